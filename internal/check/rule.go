package check

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// Rule is a check of topologies: what AWS accepts and an engineer would
// regret. A rule is data and one function; it prints nothing and keeps
// nothing. The driver owns severity, suppression, order and output.
type Rule struct {
	ID       string        // stable, in kebab-case, as nat-gateway-in-private-subnet
	Title    string        // one line, in lower case without a stop: what is wrong
	Why      string        // a paragraph: what comes of it, and how to mend it
	Severity diag.Severity // unless a finding or the configuration says another
	Rules    []string      // ids of docs/semantics.md, as NGW-8, and LINT-36 of its list
	Since    string        // the version of vpcpath that has it first
	Check    func(*Pass)
}

// Pass is one rule at work on one topology.
type Pass struct {
	Rule     *Rule
	Topology *model.Topology
	Net      *eval.Net // ask it where the rule speaks of reachability
	*facts             // what rules share
	findings []diag.Finding
}

// Report adds a finding of the rule's severity. The message is in lower case,
// quotes names and tells how to mend it.
func (p *Pass) Report(at diag.Pos, format string, args ...any) *diag.Finding {
	p.findings = append(p.findings, diag.Finding{Pos: at, Severity: p.Rule.Severity, ID: p.Rule.ID, Message: fmt.Sprintf(format, args...)})
	return &p.findings[len(p.findings)-1]
}

// deletes marks a finding as mended by deleting the item of a list that begins
// at its place. The driver, which has the text, makes the edit of it, or takes
// the mark away where the item does not stand alone on its line.
func deletes(f *diag.Finding, message string) {
	f.Fix = &diag.Fix{Message: message, Edits: []diag.Edit{{Pos: f.Pos}}}
}

// Rules lists every rule, sorted by id.
func Rules() []*Rule { return append([]*Rule(nil), rules...) }

// Lint runs rules on a topology and returns what they find, sorted.
func Lint(t *model.Topology, n *eval.Net, list []*Rule) []diag.Finding {
	var out []diag.Finding
	shared := newFacts(t, n)
	for _, r := range list {
		p := &Pass{Rule: r, Topology: t, Net: n, facts: shared}
		r.Check(p)
		out = append(out, p.findings...)
	}
	return diag.Sort(out)
}
