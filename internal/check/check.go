// Package check holds what a topology is checked against: the expectations
// that its author wrote down. It decides and explains; it prints nothing.
package check

import (
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// Outcome is what came of one expectation.
type Outcome struct {
	Expectation *model.Expectation
	OK          bool
	// Verdict is that of all results together: the one that all have, unknown
	// where one is, else partial.
	Verdict  eval.Verdict
	Failures []Failure      // empty when OK, in the order of Results
	Results  []*eval.Result // one per port and pair of endpoints, without hops
}

// Failure is one way in which an expectation does not hold.
type Failure struct {
	// Message says what was expected and what is, in lower case.
	Message string
	// Result is the answer that it speaks of; nil where there is none.
	Result *eval.Result
	// Example is a packet that shows it; nil where none does, as where
	// nothing gets through.
	Example *Example
}

// Expectations asks the network what each expectation says, in the order
// given. An expectation holds if it holds for each of its ports and for
// every pair of endpoints.
func Expectations(n *eval.Net, list []*model.Expectation) []Outcome {
	out := make([]Outcome, 0, len(list))
	for _, x := range list {
		out = append(out, expectation(n, x))
	}
	return out
}

func expectation(n *eval.Net, x *model.Expectation) Outcome {
	o := Outcome{Expectation: x}
	for _, p := range x.Ports {
		err := n.Each(question(x, p), func(r *eval.Result) { // a group has many pairs
			o.Results = append(o.Results, r)
			for _, m := range judge(x, r) {
				o.Failures = append(o.Failures, Failure{Message: m, Result: r, Example: shown(n, x, r, len(o.Failures))})
			}
			r.Forward.Hops, r.Return.Hops = nil, nil
		})
		if err != nil {
			o.Failures = append(o.Failures, Failure{Message: err.Error()})
		}
	}
	if len(x.Only) > 0 {
		if err := onlyThese(n, x, &o); err != nil {
			o.Failures = append(o.Failures, Failure{Message: err.Error()})
		}
	}
	o.OK = len(o.Failures) == 0
	o.Verdict = Together(o.Results)
	return o
}

// question asks about one port. Recording costs time, so it is for what needs
// the path or a reason: not for what is reachable as expected.
func question(x *model.Expectation, p model.PortSpec) eval.Question {
	return eval.Question{From: x.From, To: x.To, Port: p, SourcePorts: x.SourcePorts, Reply: x.Reply, Why: true,
		Record: len(x.Via) > 0 || len(x.NotVia) > 0 || wanted(x) != eval.Reachable.String()}
}

// wanted is the verdict that an expectation wants of each of its ports.
func wanted(x *model.Expectation) string {
	if len(x.Only) > 0 {
		return eval.Reachable.String()
	}
	return x.Verdict
}

// mostExamples bounds the packets that are followed for one expectation: a
// group has as many failures as pairs.
const mostExamples = 10

// shown finds a packet that shows a failure: one that gets through where none
// may, or goes another way.
func shown(n *eval.Net, x *model.Expectation, r *eval.Result, failures int) *Example {
	switch {
	case failures >= mostExamples:
	case r.Verdict.String() != wanted(x):
		if wanted(x) == eval.Unreachable.String() {
			return gotThrough(n, r)
		}
	case len(judgePath(x, r)) > 0:
		return wrongWay(n, x, r)
	}
	return nil
}

// Together is the verdict of several results as one: the verdict that all
// have, unknown where one is unknown, else partial. Of no result it is
// unknown.
func Together(results []*eval.Result) eval.Verdict {
	if len(results) == 0 {
		return eval.Unknown
	}
	v := results[0].Verdict
	for _, r := range results[1:] {
		switch {
		case r.Verdict == eval.Unknown:
			v = eval.Unknown
		case r.Verdict != v && v != eval.Unknown:
			v = eval.Partial
		}
	}
	return v
}
