package check

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
)

// lint loads one text and runs rules on it.
func lint(t *testing.T, name, text string, list []*Rule) []diag.Finding {
	t.Helper()
	topo, findings := load.Load([]load.Source{{Name: name, Data: []byte(text)}})
	if diag.HasErrors(findings) {
		t.Fatalf("%s is no topology: %v", name, findings)
	}
	return Lint(topo, eval.Compile(topo), list)
}

var (
	wantComment = regexp.MustCompile(`# want ("(?:[^"\\]|\\.)*"(?: "(?:[^"\\]|\\.)*")*)\s*$`)
	wantString  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

// wants returns the regular expressions of `# want` by line.
func wants(t *testing.T, text string) map[int][]string {
	t.Helper()
	out := map[int][]string{}
	for i, line := range strings.Split(text, "\n") {
		if m := wantComment.FindStringSubmatch(line); m != nil {
			for _, q := range wantString.FindAllString(m[1], -1) {
				out[i+1] = append(out[i+1], strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(q[1:len(q)-1]))
			}
		} else if strings.Contains(line, "# want") {
			t.Errorf("line %d: malformed want: %s", i+1, line)
		}
	}
	return out
}

// TestRulesFlagTheirBadTopology: exactly what a `# want` says is found, at its
// line, and nothing else.
func TestRulesFlagTheirBadTopology(t *testing.T) {
	for _, r := range Rules() {
		t.Run(r.ID, func(t *testing.T) {
			want := wants(t, r.Bad())
			if len(want) == 0 {
				t.Fatal("the bad topology wants nothing")
			}
			for _, f := range lint(t, "bad.yaml", r.Bad(), []*Rule{r}) {
				i := slices.IndexFunc(want[f.Pos.Line], func(re string) bool { return regexp.MustCompile(re).MatchString(f.Message) })
				if i < 0 {
					t.Errorf("not wanted: %s", f)
					continue
				}
				want[f.Pos.Line] = slices.Delete(want[f.Pos.Line], i, i+1)
			}
			for line, list := range want {
				for _, re := range list {
					t.Errorf("line %d: wanted and not found: %s", line, re)
				}
			}
		})
	}
}

// TestRulesPassTheirGoodTopology: a good topology is silent for its own rule,
// and no rule at all has more than a note on it.
func TestRulesPassTheirGoodTopology(t *testing.T) {
	for _, r := range Rules() {
		t.Run(r.ID, func(t *testing.T) {
			for _, f := range lint(t, "good.yaml", r.Good(), Rules()) {
				if f.ID == r.ID || f.Severity > diag.Info {
					t.Errorf("%s: %s", f.Severity, f)
				}
			}
		})
	}
}

var (
	kebab     = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)+$`)
	semantics = regexp.MustCompile(`^[A-Z]+-[0-9]+$`)
)

func TestRulesAreWhole(t *testing.T) {
	ids, err := os.ReadFile("../../docs/semantics.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, r := range Rules() {
		fail := func(format string, args ...any) { t.Errorf("%s: %s", r.ID, fmt.Sprintf(format, args...)) }
		if !kebab.MatchString(r.ID) {
			fail("the id is not in kebab-case")
		}
		if i > 0 && Rules()[i-1].ID >= r.ID {
			fail("is not sorted behind %s, or listed twice", Rules()[i-1].ID)
		}
		if slices.ContainsFunc(load.IDs(), func(l load.IDInfo) bool { return string(l.ID) == r.ID }) {
			fail("the loader has a finding of this id")
		}
		if r.Title == "" || strings.HasSuffix(r.Title, ".") || strings.Contains(r.Title, "\n") || len(r.Title) > 90 {
			fail("the title is not one short line without a stop: %q", r.Title)
		}
		if len(r.Why) < 80 || !strings.HasSuffix(r.Why, ".") {
			fail("the reason is too short, or no sentence: %q", r.Why)
		}
		if r.Since == "" || r.Check == nil || len(r.Rules) == 0 {
			fail("lacks Since, Check or Rules")
		}
		for _, id := range r.Rules {
			if strings.HasPrefix(id, "LINT-") {
				continue // TestEveryLint holds those to the table
			}
			if !semantics.MatchString(id) || !strings.Contains(string(ids), "\n| "+id+" |") {
				fail("names %s, which docs/semantics.md does not have", id)
			}
		}
		if r.Bad() == "" || r.Good() == "" || r.Bad() == r.Good() {
			fail("lacks bad or good, or they are one")
		}
		for _, text := range []string{r.Bad(), r.Good()} {
			if seen[r.ID+text] {
				fail("a topology stands twice")
			}
			seen[r.ID+text] = true
		}
	}
	files, err := os.ReadDir("rules")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		id := strings.TrimSuffix(strings.TrimSuffix(f.Name(), ".bad.yaml"), ".good.yaml")
		if !slices.ContainsFunc(Rules(), func(r *Rule) bool { return r.ID == id }) {
			t.Errorf("rules/%s belongs to no rule", f.Name())
		}
	}
}
