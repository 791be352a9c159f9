package check

import (
	"fmt"
	"slices"
	"testing"

	"github.com/vpcpath/vpcpath/internal/load"
)

// TestEveryLintIsCovered: no entry is forgotten, each id exists, and what a
// rule says that it covers is what the table says.
func TestEveryLintIsCovered(t *testing.T) {
	rule := map[string]*Rule{}
	for _, r := range Rules() {
		rule[r.ID] = r
	}
	said := map[string]bool{} // "rule LINT-n" of the table
	for i, c := range Coverage() {
		if c.Lint != i+1 {
			t.Fatalf("entry %d is LINT-%d", i+1, c.Lint)
		}
		if len(c.By) == 0 {
			t.Errorf("LINT-%d is covered by nothing", c.Lint)
		}
		for _, id := range c.By {
			r := rule[id]
			if r == nil {
				if !slices.ContainsFunc(load.IDs(), func(l load.IDInfo) bool { return string(l.ID) == id }) {
					t.Errorf("LINT-%d: there is no rule and no finding of the loader %q", c.Lint, id)
				}
				continue
			}
			lint := fmt.Sprintf("LINT-%d", c.Lint)
			said[id+" "+lint] = true
			if !slices.Contains(r.Rules, lint) {
				t.Errorf("the table says that %s covers %s, and the rule does not", id, lint)
			}
		}
	}
	if n := len(Coverage()); n != 75 {
		t.Errorf("%d entries, want 75", n)
	}
	for _, r := range Rules() {
		for _, id := range r.Rules {
			if len(id) > 5 && id[:5] == "LINT-" && !said[r.ID+" "+id] {
				t.Errorf("rule %s says that it covers %s, and the table does not", r.ID, id)
			}
		}
	}
}
