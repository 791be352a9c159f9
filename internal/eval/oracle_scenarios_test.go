package eval_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// TestOracleScenarios compares engine and simulator on what the scenarios
// expect; a packet that a scenario says is reachable must work here too.
func TestOracleScenarios(t *testing.T) {
	var files []string
	for _, dir := range []string{"../../../shared/scenarios", "../../testdata"} {
		found, _ := filepath.Glob(filepath.Join(dir, "*.yaml"))
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Skip("no scenarios beside this tree; skipped")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			topo := loadText(t, string(data))
			var n tally
			c := &comparison{t: topo, net: eval.Compile(topo), r: rand.New(rand.NewPCG(1, 1)), usual: usualAddrs(topo), ports: natPorts(topo), tally: &n, most: 100}
			for _, e := range topo.Expectations {
				for _, p := range e.Ports {
					c.ask = ask{from: e.From.Text, to: e.To.Text, port: p.Text, source: e.SourcePorts.Text, reply: e.Reply}
					if m := c.run(); m != nil {
						t.Errorf("%v: %v %s\n%s", e.At, m.ask, m.kind, m.text)
					}
					rs, _ := c.ask.put(topo, c.net)
					for _, r := range rs {
						if r.Verdict.String() != e.Verdict {
							t.Errorf("%v: %v, want %s", e.At, r.Verdict, e.Verdict)
						}
					}
				}
			}
			t.Logf("%d packets compared, %d work", n.compared, n.delivered)
		})
	}
}
