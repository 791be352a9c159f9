package lab

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/examples"
	"github.com/vpcpath/vpcpath/internal/load"
)

// scenarioDirs is where the shared scenarios may stand.
var scenarioDirs = []string{os.Getenv("VPCPATH_SCENARIOS"), "../testdata/scenarios", "../../shared/scenarios"}

func TestScenarios(t *testing.T) {
	permitted(t)
	var files []string
	for _, dir := range scenarioDirs {
		if dir != "" && len(files) == 0 {
			files, _ = filepath.Glob(filepath.Join(dir, "*.yaml"))
		}
	}
	if len(files) == 0 {
		t.Skip("the shared scenarios are not here; set VPCPATH_SCENARIOS to their directory")
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(f), func(t *testing.T) { runFile(t, f, text) })
	}
}

func TestExamples(t *testing.T) {
	permitted(t)
	for _, e := range examples.List() {
		text, _ := examples.Get(e.Name)
		t.Run(e.Name, func(t *testing.T) { runFile(t, e.Name+".yaml", text) })
	}
}

// TestFound runs the topologies in which the lab once found the engine, or
// itself, wrong.
func TestFound(t *testing.T) {
	permitted(t)
	files, err := filepath.Glob("testdata/found/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no topologies: %v", err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(f), func(t *testing.T) { runFile(t, f, text) })
	}
}

// runFile builds a topology file and puts every expectation of it to the
// test: some packets of each, on both sides of every edge of the answer.
func runFile(t *testing.T, name string, text []byte) {
	th := inLab(t)
	topo, findings := load.Load([]load.Source{{Name: name, Data: text}})
	if topo == nil || diag.HasErrors(findings) {
		t.Fatalf("does not load: %v", findings)
	}
	if len(topo.Tunnels) > 0 && haveTUN() != nil {
		t.Skip("tunnels need /dev/net/tun: ", haveTUN())
	}
	begin := time.Now()
	lab, err := Build(th, topo)
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	built := time.Since(begin)
	net := eval.Compile(topo)
	tour := newTour(lab, net, 1)
	for _, x := range topo.Expectations {
		for _, port := range x.Ports {
			rs, err := net.Ask(eval.Question{From: x.From, To: x.To, Port: port, SourcePorts: x.SourcePorts, Reply: x.Reply, Record: true})
			if err != nil {
				t.Errorf("%s: %v", x.At, err)
				continue
			}
			for _, r := range rs {
				for _, code := range x.Because {
					if !slices.ContainsFunc(r.Blockers, func(b eval.Blocker) bool { return string(b.Code) == code }) {
						t.Errorf("%s: expected %s, the analyzer says %v", x.At, code, r.Blockers)
					}
				}
				if got := r.Verdict.String(); got != x.Verdict {
					t.Errorf("%s: expected %s, the analyzer says %s", x.At, x.Verdict, got)
				}
				tour.result(r, 40)
			}
		}
	}
	c := &chooser{Rand: tour.rnd, topo: topo}
	for range 60 { // wide questions, at the edges of their answers
		if len(tour.mismatches) < mostMismatches {
			tour.ask(c.question())
		}
	}
	for _, m := range tour.mismatches {
		t.Errorf("%s", m)
	}
	t.Logf("built in %v; %d probes, %d got through, %d at edges, in %v", built.Round(time.Millisecond), tour.Probes, tour.Through, tour.Edges, (time.Since(begin) - built).Round(time.Millisecond))
	if tour.Probes == 0 && len(topo.Expectations) > 0 {
		t.Error("no probe was sent")
	}
}
