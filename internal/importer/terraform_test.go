package importer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

const sharedTerraform = "../../../shared/data/terraform"

// imported reads files and resolves what they make.
func imported(t *testing.T, paths ...string) (Input, *model.Topology) {
	t.Helper()
	in, findings := Read(paths, nil, Options{})
	top, more := load.Load(in.Sources)
	for _, f := range append(findings, more...) {
		if f.Severity == diag.Error {
			t.Errorf("%v: %s", paths, f)
		}
	}
	if top == nil {
		t.Fatalf("%v: no topology", paths)
	}
	return in, top
}

// askedPorts is what tests ask of every pair.
var askedPorts = []string{"tcp/22", "tcp/80", "tcp/443", "tcp/5432", "udp/53", "icmp"}

// answers asks about every pair of instances, and of instances and the
// internet, both ways.
func answers(t *testing.T, top *model.Topology) map[string]eval.Verdict {
	t.Helper()
	out := map[string]eval.Verdict{}
	net := eval.Compile(top)
	names := []string{"internet"}
	for _, i := range top.Instances {
		names = append(names, i.Name)
	}
	for _, b := range top.LoadBalancers {
		names = append(names, b.Name)
	}
	for _, from := range names {
		for _, to := range names {
			for _, port := range askedPorts {
				var q eval.Question
				var errs [3]error
				q.From, errs[0] = top.ParseEndpoint(from)
				q.To, errs[1] = top.ParseEndpoint(to)
				q.Port, errs[2] = model.ParsePorts(port)
				q.SourcePorts, _ = model.ParseSourcePorts("")
				if from == to || errs[0] != nil || errs[1] != nil || errs[2] != nil {
					continue
				}
				rs, err := net.Ask(q)
				if err != nil {
					continue // a load balancer begins no connection
				}
				for k, r := range rs {
					out[fmt.Sprintf("%s -> %s %s #%d", from, to, port, k)] = r.Verdict
				}
			}
		}
	}
	return out
}

func realFiles(t *testing.T) []string {
	t.Helper()
	list, _ := filepath.Glob(sharedTerraform + "/*/*.json")
	if len(list) == 0 {
		t.Skip("the data of " + sharedTerraform + " is not here")
	}
	var out []string
	for _, f := range list {
		if filepath.Base(f) != "expected.json" {
			out = append(out, f)
		}
	}
	return out
}

// Every published plan and state imports, and says of every resource that it
// leaves out why.
func TestTerraformRealFiles(t *testing.T) {
	notModelled := map[string]string{
		"policy-engine-tf0.12.json":                "aws_security_group: 4", // of a default VPC
		"policy-engine-tf0.13.json":                "aws_security_group: 4",
		"policy-engine-tf0.14.json":                "aws_security_group: 4",
		"policy-engine-tf0.15.json":                "aws_security_group: 4",
		"terraform-compliance-test_issue-171.json": "aws_lb: 1",                  // its listeners answer by themselves
		"terraform-compliance-test_pull_330.json":  "aws_security_group_rule: 1", // of a group by a literal id
	}
	for _, file := range realFiles(t) {
		in, _ := imported(t, file)
		for _, m := range in.Imports {
			var not []string
			for _, c := range m.Counts {
				if c.NotModelled > 0 {
					not = append(not, fmt.Sprintf("%s: %d", c.Type, c.NotModelled))
				}
				if c.Read < c.Modelled+c.NotModelled || c.Read == 0 {
					t.Errorf("%s: %+v", file, c)
				}
			}
			if got := strings.Join(not, ", "); got != notModelled[filepath.Base(file)] {
				t.Errorf("%s: not modelled %q, expected %q", file, got, notModelled[filepath.Base(file)])
			}
		}
	}
}

// Written as YAML and read again, an import answers every question alike.
func TestTerraformRoundTrip(t *testing.T) {
	files := []string{"testdata/raw1/plan.json", "testdata/raw1/plan-change.json", "testdata/raw1/state.json"}
	if list, _ := filepath.Glob(sharedTerraform + "/*/*.json"); len(list) > 0 {
		files = realFiles(t)
	}
	for _, file := range files {
		in, top := imported(t, file)
		var text bytes.Buffer
		if err := load.Write(&text, in.Imports[0].Document); err != nil {
			t.Fatal(err)
		}
		again, findings := load.Load([]load.Source{{Name: "topology.yaml", Data: text.Bytes()}})
		if again == nil || diag.HasErrors(findings) {
			t.Errorf("%s: written and read again: %v", file, findings)
			continue
		}
		want, got := answers(t, top), answers(t, again)
		for q, v := range want {
			if got[q] != v {
				t.Errorf("%s: %s is %s, and %s when written and read again", file, q, v, got[q])
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %d answers, %d when written and read again", file, len(want), len(got))
		}
	}
}

// The plan before apply, the plan after it and the state are one network.
func TestTerraformPlanAndStateAgree(t *testing.T) {
	_, plan := imported(t, "testdata/raw1/plan.json")
	_, state := imported(t, "testdata/raw1/state.json")
	_, after := imported(t, "testdata/raw1/plan-after-apply.json")
	planned, known, applied := answers(t, plan), answers(t, state), answers(t, after)
	count := map[eval.Verdict]int{}
	for q, v := range known {
		count[v]++
		if applied[q] != v {
			t.Errorf("%s: %s in the state, %s in the plan after it", q, v, applied[q])
		}
		// The mock gave the Elastic IP address to another address of
		// aws_instance.mbox than the one it was asked for.
		if planned[q] != v && !strings.Contains(q, "aws_instance.mbox") {
			t.Errorf("%s: %s in the state, %s in the plan", q, v, planned[q])
		}
	}
	if len(known) < 200 || count[eval.Reachable] < 20 || count[eval.Unreachable] < 100 || count[eval.Unknown] < 5 {
		t.Errorf("%d answers: %v; too few of some for a test", len(known), count)
	}
}

// What luhring/reach expects of its own plans: the forward traffic as given.
func TestTerraformReach(t *testing.T) {
	cases, _ := filepath.Glob(sharedTerraform + "/reach-*/expected.json")
	if len(cases) == 0 {
		t.Skip("the data of " + sharedTerraform + " is not here")
	}
	for _, c := range cases {
		text, err := os.ReadFile(c)
		if err != nil {
			t.Fatal(err)
		}
		var want struct {
			Source, Destination string
			Forward             any `json:"forward_traffic"`
			Return              any `json:"return_traffic"`
		}
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		admitted := map[string]bool{}
		list, some := want.Forward.([]any)
		for _, p := range list {
			admitted[p.(string)] = true
		}
		for _, name := range []string{"plan.json", "state.json", "plan-after-apply.json"} {
			file := filepath.Join(filepath.Dir(c), name)
			_, top := imported(t, file)
			net := eval.Compile(top)
			for _, port := range []string{"tcp/22", "tcp/23", "tcp/443", "udp/53", "udp/22", "udp/161", "icmp", "proto/50"} {
				q := eval.Question{}
				var errs [3]error
				q.From, errs[0] = top.ParseEndpoint(want.Source)
				q.To, errs[1] = top.ParseEndpoint(want.Destination)
				q.Port, errs[2] = model.ParsePorts(port)
				q.SourcePorts, _ = model.ParseSourcePorts("")
				rs, err := net.Ask(q)
				if err != nil || len(rs) != 1 || errs != [3]error{} {
					t.Fatalf("%s %s: %v %v", file, port, err, errs)
				}
				if got := rs[0].Forward.Complete; got != (!some || admitted[port]) {
					t.Errorf("%s: %s delivered %v, expected %v", file, port, got, !some || admitted[port])
				}
				if rs[0].Forward.Complete && want.Return == "all" && rs[0].Verdict != eval.Reachable {
					t.Errorf("%s: %s is %s; all replies should come back", file, port, rs[0].Verdict)
				}
			}
		}
	}
}

// A plan has the network before it, too, and it is that of the state.
func TestTerraformBeforeAndAfter(t *testing.T) {
	in, _ := imported(t, "testdata/raw1/plan-change.json")
	before, findings := load.Load(in.Before())
	if before == nil || diag.HasErrors(findings) {
		t.Fatal(findings)
	}
	_, state := imported(t, "testdata/raw1/state.json")
	was, known := answers(t, before), answers(t, state)
	for q, v := range known {
		// The mock forgets the groups of aws_instance.natbox when asked again.
		if was[q] != v && !strings.HasSuffix(strings.Fields(q)[2], "natbox") {
			t.Errorf("%s: %s in the state, %s before the plan", q, v, was[q])
		}
	}
	_, after := imported(t, "testdata/raw1/plan-change.json")
	will := answers(t, after)
	for _, c := range []struct {
		question      string
		before, after eval.Verdict
	}{
		// The network ACL opens port 80 as well.
		{"aws_instance.web[0] -> aws_instance.web[1] tcp/80 #0", eval.Unreachable, eval.Reachable},
		// The gateway's table sends the other subnet through the middlebox, of
		// which nobody knows what it does. An ACL denies a part of the internet.
		{"internet -> aws_instance.web[0] tcp/443 #0", eval.Unknown, eval.Partial},
		{"internet -> aws_instance.web[1] tcp/443 #0", eval.Partial, eval.Unknown},
		// What the plan leaves alone.
		{"aws_instance.web[0] -> module.app[\"a\"].aws_instance.this tcp/5432 #0", eval.Reachable, eval.Reachable},
		{"aws_instance.web[0] -> module.app[\"a\"].aws_instance.this icmp #0", eval.Unreachable, eval.Unreachable}, // the reply meets the public ACL
		// A group's rule for ping moves to another resource of the configuration.
		{"module.app[\"a\"].aws_instance.this -> aws_instance.natbox icmp #0", eval.Unreachable, eval.Unreachable},
	} {
		if was[c.question] != c.before || will[c.question] != c.after {
			t.Errorf("%s: %s before and %s after, expected %s and %s", c.question, was[c.question], will[c.question], c.before, c.after)
		}
	}
	if after.Names[`module.app["b"].aws_instance.this`] != nil || before.Names[`module.app["b"].aws_instance.this`] == nil {
		t.Error("the instance that the plan destroys is there after it, or not there before")
	}
	if in, _ := imported(t, "testdata/raw1/plan.json"); len(in.Imports[0].Before.Sections) != 0 {
		t.Error("before the first plan there is a network")
	}
	if in, _ := imported(t, "testdata/raw1/state.json"); in.Before() != nil {
		t.Error("a state has a network before it")
	}
}
