package eval_test

import (
	"math/rand/v2"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

// loadText loads a topology from YAML text.
func loadText(t testing.TB, text string) *model.Topology {
	t.Helper()
	topo, findings := load.Load([]load.Source{{Name: "oracle.yaml", Data: []byte(text)}})
	if diag.HasErrors(findings) {
		for _, f := range findings {
			t.Error(f)
		}
		t.Fatalf("the topology does not load:\n%s", text)
	}
	return topo
}

// TestSpecLoads says that what the generator makes is legal, and that the
// loader makes the same model of it as buildSpec: their printed forms agree,
// and packets fare alike.
func TestSpecLoads(t *testing.T) {
	for i := range 60 {
		r := rand.New(rand.NewPCG(uint64(i), 1))
		s := randomSpec(r, false)
		built, err := buildSpec(s)
		if err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
		loaded := loadText(t, s.String())
		if len(built.Interfaces) != len(loaded.Interfaces) || len(built.RouteTables) != len(loaded.RouteTables) {
			t.Fatalf("%d interfaces and %d tables built, %d and %d loaded", len(built.Interfaces), len(built.RouteTables), len(loaded.Interfaces), len(loaded.RouteTables))
		}
		for range 300 {
			from := pickSender(r, built)
			p := pickPacket(r, built, from)
			same := sender{}
			if from.inst != nil {
				same.inst = loaded.Names[from.inst.Name].(*model.Instance)
			}
			if from.net != nil {
				same.net = loaded.Names[from.net.Name].(*model.ExternalNetwork)
			}
			a, b := simulate(built, from, p, false, &chooser{ports: []uint16{40000}}), simulate(loaded, same, p, false, &chooser{ports: []uint16{40000}})
			if a.String() != b.String() {
				t.Fatalf("built and loaded differ for %v\nbuilt:  %v\nloaded: %v\n%s", p, a, b, s)
			}
		}
	}
}

// TestWholeSpecLoads says that what the generator makes of every section is
// legal.
func TestWholeSpecLoads(t *testing.T) {
	for i := range 200 {
		s := randomSpec(rand.New(rand.NewPCG(uint64(i), 2)), true)
		_, findings := load.Load([]load.Source{{Name: "oracle.yaml", Data: []byte(s.String())}})
		for _, f := range findings {
			if f.Severity == diag.Error {
				t.Errorf("topology %d: %v", i, f)
			}
		}
	}
}
