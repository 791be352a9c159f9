package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSeededPlaces sees that each seeded bug still has its place in the engine.
func TestSeededPlaces(t *testing.T) {
	files, err := filepath.Glob("../internal/eval/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range seededBugs {
		places := 0
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			places += strings.Count(string(text), b.old)
		}
		if places != 1 {
			t.Errorf("%s: %q stands %d times in internal/eval, expected once", b.name, b.old, places)
		}
	}
}
