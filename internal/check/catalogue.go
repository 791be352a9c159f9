package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/load"
)

// Catalogue is everything that a check can find, by id: the rules, what the
// loader reports, and what the driver says about ignores.
type Catalogue struct {
	list    []*Rule // sorted by id
	renamed []Rename
}

// Rename is an id that a rule had before.
type Rename struct {
	Old, New string
	Since    string // the version of vpcpath that has the new one first
}

// renamed lists every id that was given up for another. An id is never given
// to another rule.
var renamed = []Rename{}

// The driver's own ids.
const (
	invalidIgnore = "invalid-ignore"
	unusedIgnore  = "unused-ignore"
)

// driverRules are what the driver itself reports.
var driverRules = []*Rule{
	{ID: "unknown-code", Severity: diag.Error, Title: "a `because` names a code that no blocker carries"},
	{ID: invalidIgnore, Severity: diag.Error, Title: "a `vpcpath:ignore` comment without a rule or a reason, or with a rule that there is not"},
	{ID: unusedIgnore, Severity: diag.Warning, Title: "an ignore that no finding needs any more"},
}

// NewCatalogue returns the catalogue of this version.
func NewCatalogue() *Catalogue { return catalogue(Rules(), renamed) }

func catalogue(rules []*Rule, renamed []Rename) *Catalogue {
	c := &Catalogue{list: append(rules, driverRules...), renamed: renamed}
	for _, i := range load.IDs() {
		c.list = append(c.list, &Rule{ID: string(i.ID), Title: i.Meaning, Severity: i.Severity()})
	}
	slices.SortStableFunc(c.list, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return c
}

// Rules returns the rules that look at topologies, sorted by id.
func (c *Catalogue) Rules() []*Rule {
	var out []*Rule
	for _, r := range c.list {
		if r.Check != nil {
			out = append(out, r)
		}
	}
	return out
}

// Find returns what an id stands for. The error quotes the id, and names the
// one it was renamed to, or the nearest one.
func (c *Catalogue) Find(id string) (*Rule, error) {
	if r := c.get(id); r != nil {
		return r, nil
	}
	for _, n := range c.renamed {
		if n.Old == id {
			return nil, fmt.Errorf("rule %q was renamed to %q in version %s; write that", id, n.New, n.Since)
		}
	}
	ids := make([]string, len(c.list))
	for i, r := range c.list {
		ids[i] = r.ID
	}
	return nil, fmt.Errorf("no rule is called %q; `vpcpath rules` lists them%s", id, diag.DidYouMean(id, ids))
}

// get returns a rule, or nil.
func (c *Catalogue) get(id string) *Rule {
	i, ok := slices.BinarySearchFunc(c.list, id, func(r *Rule, id string) int { return strings.Compare(r.ID, id) })
	if !ok {
		return nil
	}
	return c.list[i]
}

// Describe returns the rule of a finding; where the catalogue has none, one
// with the id alone.
func (c *Catalogue) Describe(id string) *Rule {
	if r := c.get(id); r != nil {
		return r
	}
	return &Rule{ID: id, Title: id, Severity: diag.Error}
}
