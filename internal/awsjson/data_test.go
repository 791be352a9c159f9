package awsjson_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/importer"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

// recorded lists the directories of recorded dumps.
func recorded(t *testing.T) []string {
	t.Helper()
	dirs, _ := filepath.Glob("../../../shared/data/aws/*")
	more, _ := filepath.Glob("../../../shared/data/terraform/*/describe")
	if len(dirs) == 0 {
		t.Skip("the recorded dumps are not here (../shared/data)")
	}
	return append(dirs, more...)
}

func read(t *testing.T, paths ...string) (importer.Input, []diag.Finding) {
	t.Helper()
	in, findings := importer.Read(paths, nil, importer.Options{})
	return in, findings
}

func mustLoad(t *testing.T, sources []load.Source) *model.Topology {
	t.Helper()
	top, findings := load.Load(sources)
	for _, f := range findings {
		if f.Severity == diag.Error {
			t.Error(f)
		}
	}
	if top == nil {
		t.FailNow()
	}
	return top
}

// TestRecordedExpectations asks what was worked out about the dumps by others.
func TestRecordedExpectations(t *testing.T) {
	n := 0
	for _, dir := range recorded(t) {
		if _, err := os.Stat(filepath.Join(dir, "expect.yaml")); err != nil {
			continue
		}
		in, findings := read(t, dir)
		if diag.HasErrors(findings) {
			t.Fatal(findings)
		}
		top := mustLoad(t, in.Sources)
		for _, o := range check.Expectations(eval.Compile(top), top.Expectations) {
			n++
			if !o.OK {
				t.Errorf("%s: %s -> %s: expected %s", o.Expectation.At, o.Expectation.From.Text, o.Expectation.To.Text, o.Expectation.Verdict)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d expectations were asked", n)
	}
}

// TestRecordedDumpsImport: every dump imports without an error, and every
// resource is accounted for.
func TestRecordedDumpsImport(t *testing.T) {
	idle := []string{"AvailabilityZones", "CustomerGateways", "SecurityGroupRules", "PrefixLists", "Addresses", "Instances", "TransitGatewayAttachments", "VpnConnections"}
	for _, dir := range recorded(t) {
		in, findings := read(t, dir)
		if diag.HasErrors(findings) {
			t.Errorf("%s: %v", dir, findings)
			continue
		}
		if len(in.Imports) != 1 || len(in.Imports[0].Counts) == 0 {
			t.Errorf("%s: nothing was imported", dir)
			continue
		}
		mustLoad(t, in.Sources)
		for _, c := range in.Imports[0].Counts {
			if !slices.Contains(idle, c.Type) && c.Read != c.Modelled+c.NotModelled {
				t.Errorf("%s: of %d %s, %d are modelled and %d are not; the rest is lost", dir, c.Read, c.Type, c.Modelled, c.NotModelled)
			}
			for _, f := range findings {
				if f.Message == "" || strings.ContainsAny(f.Message, "\n\x00") {
					t.Errorf("%s: %v", dir, f)
				}
			}
		}
	}
}

// answers asks every pair of instances and interfaces, and the internet, on a
// list of ports.
func answers(t *testing.T, top *model.Topology) map[string]string {
	t.Helper()
	net := eval.Compile(top)
	names := []string{"internet", "8.8.8.8"}
	for _, i := range top.Instances {
		names = append(names, i.Name)
	}
	for _, l := range top.LoadBalancers {
		names = append(names, l.Name)
	}
	out := map[string]string{}
	for _, from := range names {
		for _, to := range names {
			for _, port := range []string{"tcp/22", "tcp/80", "tcp/443", "udp/53", "icmp", "all"} {
				q := eval.Question{Record: true}
				var errs [3]error
				q.From, errs[0] = top.ParseEndpoint(from)
				q.To, errs[1] = top.ParseEndpoint(to)
				q.Port, errs[2] = model.ParsePorts(port)
				for _, err := range errs {
					if err != nil {
						t.Fatal(err)
					}
				}
				key := from + " -> " + to + " " + port
				rs, err := net.Ask(q)
				if err != nil {
					out[key] = err.Error()
					continue
				}
				for _, r := range rs {
					out[key] += fmt.Sprint(r.Verdict, r.Works, r.Undetermined)
					for _, b := range r.Blockers {
						out[key] += fmt.Sprint(" ", b.Code, " ", b.Component)
					}
				}
			}
		}
	}
	return out
}

// TestRoundTrip: a dump, and the topology file written of it, give the same
// answers.
func TestRoundTrip(t *testing.T) {
	for _, dir := range recorded(t) {
		in, findings := read(t, dir)
		if diag.HasErrors(findings) {
			t.Fatal(findings)
		}
		var text bytes.Buffer
		if err := load.Write(&text, in.Imports[0].Document); err != nil {
			t.Fatal(err)
		}
		direct := mustLoad(t, []load.Source{{Name: "dump", Doc: in.Imports[0].Document}})
		written := mustLoad(t, []load.Source{{Name: "written.yaml", Data: text.Bytes()}})
		want, got := answers(t, direct), answers(t, written)
		if len(want) != len(got) {
			t.Errorf("%s: %d answers of the dump, %d of the file", dir, len(want), len(got))
		}
		for key, w := range want {
			if got[key] != w {
				t.Errorf("%s: %s: the dump says %s, the file %s", dir, key, w, got[key])
			}
		}
		var again bytes.Buffer
		in2, _ := read(t, dir)
		_ = load.Write(&again, in2.Imports[0].Document)
		if !bytes.Equal(text.Bytes(), again.Bytes()) {
			t.Errorf("%s: two imports write different files", dir)
		}
	}
}
