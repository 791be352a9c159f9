package eval_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const semanticsDoc = "../../docs/semantics.md"

// sources returns the text of the Go files that match a pattern, tests or
// not.
func sources(t *testing.T, pattern string, tests bool) string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
	}
	var b strings.Builder
	for _, p := range paths {
		if strings.HasSuffix(p, "_test.go") != tests {
			continue
		}
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(data)
	}
	return b.String()
}

func firsts(re, text string) []string {
	var out []string
	for _, m := range regexp.MustCompile(re).FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestSemanticsDocument holds docs/semantics.md to the code: the tests that it
// names exist, the rules that hops, blockers and assumptions cite are in it,
// and so is every rule that has a test.
func TestSemanticsDocument(t *testing.T) {
	data, err := os.ReadFile(semanticsDoc)
	if err != nil {
		t.Fatal(err)
	}
	doc := string(data)
	rows := firsts(`(?m)^\| ([A-Z]+-[0-9]+) \|`, doc)
	inEval := firsts(`(?m)^func (Test\w+)\(t `, sources(t, "*.go", true))
	inLoad := firsts(`(?m)^func (Test\w+)\(t `, sources(t, "../load/*.go", true))
	for _, name := range firsts("`(Test\\w+)`", doc) {
		if !slices.Contains(inEval, name) {
			t.Errorf("%s names %s, which is no test of this package", semanticsDoc, name)
		}
	}
	for _, name := range firsts("`load\\.(Test\\w+)`", doc) {
		if !slices.Contains(inLoad, name) {
			t.Errorf("%s names load.%s, which is no test of package load", semanticsDoc, name)
		}
	}
	for _, name := range inEval {
		if m := regexp.MustCompile(`^Test([A-Z]+)(\d\d)_`).FindStringSubmatch(name); m != nil && !strings.Contains(doc, "`"+name+"`") {
			t.Errorf("%s does not name %s", semanticsDoc, name)
		}
	}
	engine := sources(t, "*.go", false)
	for _, id := range firsts(`"((?:M|ADDR|RT|GW|IGW|EIGW|NGW|NI|VPNI|SG|ACL|PCX|VGW|MISC)-[0-9]+)"`, engine) {
		if !slices.Contains(rows, id) {
			t.Errorf("the engine cites %s, which %s does not have", id, semanticsDoc)
		}
	}
	_, silent, _ := strings.Cut(doc, "## Where AWS is silent")
	for _, id := range firsts(`assume\("([A-Z]+-[0-9]+)"`, engine) {
		if !strings.Contains(silent, "| "+id+" |") {
			t.Errorf("the engine assumes %s, which %s does not explain", id, semanticsDoc)
		}
	}
	for _, line := range strings.Split(doc, "\n") {
		if regexp.MustCompile(`^\| [A-Z]+-[0-9]+ \|`).MatchString(line) && strings.Count(line, "|") != 5 {
			t.Errorf("no row of four cells: %s", line)
		}
	}
}
