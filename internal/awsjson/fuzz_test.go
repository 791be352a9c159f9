package awsjson_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/importer"
	"github.com/vpcpath/vpcpath/internal/load"
)

// FuzzImport reads anything as a dump: nothing panics, and what is imported
// without an error is a topology without one.
func FuzzImport(f *testing.F) {
	for _, files := range elements(f) {
		for _, src := range files {
			f.Add(src.Data)
		}
	}
	files, _ := filepath.Glob("../../../shared/data/aws/*/*.json")
	for _, name := range files {
		if text, err := os.ReadFile(name); err == nil && len(text) < 10000 {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		in, findings := importer.Import([]load.Source{{Name: "dump.json", Data: text}}, importer.Options{Format: "aws"})
		for _, one := range findings {
			if one.Pos.File != "" && one.Pos.File != "dump.json" || one.Message == "" {
				t.Errorf("%+v", one)
			}
		}
		if diag.HasErrors(findings) {
			return
		}
		if _, more := load.Load(in.Sources); diag.HasErrors(more) {
			t.Errorf("imported without an error, but: %v", more)
		}
	})
}

// FuzzWithOthers adds a list to a whole dump, so that what it names is there.
func FuzzWithOthers(f *testing.F) {
	for list, text := range parts {
		f.Add(list, text)
	}
	for _, files := range elements(f) {
		for _, src := range files {
			name := strings.TrimSuffix(filepath.Base(src.Name), ".json")
			if text, ok := strings.CutPrefix(string(src.Data), `{"`+name+`": `); ok {
				f.Add(name, strings.TrimSuffix(text, "}"))
			}
		}
	}
	f.Fuzz(func(t *testing.T, list, text string) {
		files := dumpFiles(list, "")
		files = append(files, load.Source{Name: "dump/extra.json", Data: []byte(`{"` + list + `": ` + text + `}`)})
		in, findings := importer.Import(files, importer.Options{Format: "aws"})
		if diag.HasErrors(findings) {
			return
		}
		if _, more := load.Load(in.Sources); diag.HasErrors(more) {
			t.Errorf("imported without an error, but: %v", more)
		}
	})
}
