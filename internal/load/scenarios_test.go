package load

import (
	"os"
	"path/filepath"
	"testing"
)

// scenarioFiles finds ../shared/scenarios from the module root, walking up.
func scenarioFiles(t testing.TB) []string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		files, _ := filepath.Glob(filepath.Join(dir, "shared", "scenarios", "*.yaml"))
		if len(files) > 0 {
			return files
		}
		up := filepath.Dir(dir)
		if up == dir {
			return nil
		}
		dir = up
	}
}

func TestScenariosLoad(t *testing.T) {
	files := scenarioFiles(t)
	if len(files) == 0 {
		t.Skip("no shared/scenarios in a directory above; skipped")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			sources, findings := Files([]string{file}, nil)
			topo, more := Load(sources)
			for _, f := range append(findings, more...) {
				t.Errorf("%s: %s", f.Severity, f)
			}
			if topo == nil {
				t.Fatal("no topology")
			}
			if len(topo.Expectations) == 0 || len(topo.Interfaces) == 0 {
				t.Errorf("%d expectations, %d interfaces", len(topo.Expectations), len(topo.Interfaces))
			}
		})
	}
}
