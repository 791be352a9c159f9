package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/vpcpath/vpcpath"

// order lists the packages of the house, lowest first; each may import only
// those before it (docs/architecture.md). What is not in it yet fails, so
// that a new package gets its place.
var order = []string{
	"internal/diag", "internal/jsontree", "internal/doc", "internal/addr", "internal/packet", "internal/lpm", "internal/model",
	"internal/load", "internal/eval", "internal/check", "internal/render", "internal/examples",
	"internal/draft", "internal/firewall", "internal/terraform", "internal/awsjson", "internal/cloudformation", "internal/iptables",
	"internal/importer",
	"cmd/vpcpath",
}

// fences are the third parties that only some packages may import.
var fences = map[string][]string{
	"github.com/spf13/cobra":              {"cmd/vpcpath"},
	"github.com/spf13/viper":              {"cmd/vpcpath"},
	"gopkg.in/yaml.v3":                    {"internal/load", "internal/cloudformation"},
	"github.com/olekukonko/tablewriter":   {"internal/render"},
	"github.com/fatih/color":              {"internal/render"},
	"github.com/hashicorp/terraform-json": {"internal/terraform"},
	"github.com/go-json-experiment/json":  {"internal/jsontree"},
}

func imports(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	list := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		list[strings.TrimPrefix(f[0], module+"/")] = f[1:]
	}
	return list
}

func TestPackagesImportDownwards(t *testing.T) {
	for pkg, list := range imports(t) {
		place := slices.Index(order, pkg)
		if place < 0 {
			t.Errorf("package %s has no place in the order", pkg)
			continue
		}
		for _, i := range list {
			own, ok := strings.CutPrefix(i, module+"/")
			if ok && slices.Index(order, own) >= place {
				t.Errorf("%s imports %s, which stands above it", pkg, own)
			}
		}
	}
}

func TestThirdPartiesStayInTheirPackages(t *testing.T) {
	for pkg, list := range imports(t) {
		for _, i := range list {
			for party, allowed := range fences {
				if (i == party || strings.HasPrefix(i, party+"/")) && !slices.Contains(allowed, pkg) {
					t.Errorf("%s imports %s, which only %s may", pkg, i, strings.Join(allowed, ", "))
				}
			}
		}
	}
}

// TestNoHiddenState looks for what would act before main or behind its back.
func TestNoHiddenState(t *testing.T) {
	forbidden := map[string]*regexp.Regexp{
		"an init function":  regexp.MustCompile(`(?m)^func init\(\)`),
		"os.Exit":           regexp.MustCompile(`\bos\.Exit\(`),
		"a global of viper": regexp.MustCompile(`\bviper\.(Get|Set|Bind|ReadIn|Unmarshal)`),
		"a global of color": regexp.MustCompile(`\bcolor\.NoColor\b`),
	}
	look := func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || d.Name() == "main.go":
			return nil
		}
		text, err := os.ReadFile(path)
		for what, pattern := range forbidden {
			if pattern.Match(text) {
				t.Errorf("%s: %s", path, what)
			}
		}
		return err
	}
	for _, dir := range []string{"../../internal", "../../cmd"} {
		if err := filepath.WalkDir(dir, look); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMainIsShort(t *testing.T) {
	text, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n > 25 {
		t.Errorf("main.go has %d lines", n)
	}
}
