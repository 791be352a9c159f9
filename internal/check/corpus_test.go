package check

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
)

// TestCorpus runs every rule on every example and scenario. What they find
// stands in golden files, which were read by eye: a finding more is a false
// alarm until somebody has read it, too.
func TestCorpus(t *testing.T) {
	for _, c := range []struct{ name, dir string }{
		{"examples", "../examples"},
		{"scenarios", "../../../shared/scenarios"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(c.dir, "*.yaml"))
			if err != nil || len(files) == 0 {
				t.Skipf("%s is not here", c.dir)
			}
			compareGolden(t, filepath.Join("testdata", "corpus-"+c.name+".txt"), corpus(t, files))
		})
	}
}

func corpus(t *testing.T, files []string) string {
	var out strings.Builder
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "== %s\n", filepath.Base(path))
		topo, findings := load.Load([]load.Source{{Name: filepath.Base(path), Data: text}})
		if diag.HasErrors(findings) {
			fmt.Fprintf(&out, "refused\n")
			continue
		}
		for _, f := range Lint(topo, eval.Compile(topo), Rules()) {
			fmt.Fprintf(&out, "%-7s %d:%d %s [%s]\n", f.Severity, f.Pos.Line, f.Pos.Col, f.Message, f.ID)
		}
	}
	return out.String()
}

// compareGolden compares with a golden file; UPDATE=1 writes it.
func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, l := range strings.Split(string(want), "\n") {
		have[l] = true
	}
	for _, l := range strings.Split(got, "\n") {
		if !have[l] {
			t.Errorf("new, to be read by eye: %s", l)
		}
		delete(have, l)
	}
	if got != string(want) {
		for l := range have {
			if l != "" && !strings.Contains(got, l) {
				t.Errorf("no more: %s", l)
			}
		}
		if !t.Failed() {
			t.Error("the order has changed")
		}
	}
}
