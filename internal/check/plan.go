package check

import (
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// Plan is what a plan of changes does to the verdicts that expectations ask
// for.
type Plan struct {
	// Fresh is set where there was no network before: everything is new.
	Fresh bool
	// Changes are the expectations whose verdict is another one before the
	// plan, in their order. A plan that makes everything anew has none.
	Changes []Change
}

// Change is an expectation whose verdict a plan changes. Outcome has the
// verdict after it.
type Change struct {
	Outcome
	// Before is the verdict before the plan; Missing says why there was none,
	// as where an end is new, and is "" else.
	Before  eval.Verdict
	Missing string
}

// Changes asks the network before a plan what the outcomes say of the one
// after it.
func Changes(before *model.Topology, outcomes []Outcome) *Plan {
	p := &Plan{Fresh: len(before.VPCs) == 0}
	if p.Fresh {
		return p
	}
	n := eval.Compile(before)
	for _, o := range outcomes {
		c := Change{Outcome: o}
		if c.Before, c.Missing = verdictBefore(before, n, o.Expectation); c.Missing != "" || c.Before != o.Verdict {
			p.Changes = append(p.Changes, c)
		}
	}
	return p
}

// verdictBefore asks an expectation's question of another network, where its
// names may stand for nothing.
func verdictBefore(t *model.Topology, n *eval.Net, x *model.Expectation) (v eval.Verdict, missing string) {
	from, err := t.ParseEndpoint(x.From.Text)
	if err != nil {
		return 0, x.From.Text + " is new"
	}
	to, err := t.ParseEndpoint(x.To.Text)
	if err != nil {
		return 0, x.To.Text + " is new"
	}
	var results []*eval.Result
	for _, p := range x.Ports {
		q := eval.Question{From: from, To: to, Port: p, SourcePorts: x.SourcePorts, Reply: x.Reply}
		if err := n.Each(q, func(r *eval.Result) { results = append(results, r) }); err != nil {
			return 0, err.Error()
		}
	}
	return Together(results), ""
}
