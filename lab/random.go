package lab

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

// defaultQuestions is how many wide questions a random topology is asked: some
// five or six probes come of each.
const defaultQuestions = 70

// parse loads a topology; what does not load is an error.
func parse(name string, text []byte) (*model.Topology, error) {
	topo, findings := load.Load([]load.Source{{Name: name, Data: text}})
	if topo == nil || diag.HasErrors(findings) {
		for _, f := range findings {
			if f.Severity == diag.Error {
				return nil, fmt.Errorf("%s", f)
			}
		}
		return nil, fmt.Errorf("%s does not load", name)
	}
	return topo, nil
}

// runSeed builds the random topology of a seed and probes it.
func runSeed(th *thread, seed uint64, questions int) (*tour, document, error) {
	text, doc := Generate(seed)
	topo, err := parse(fmt.Sprintf("seed-%d.yaml", seed), text)
	if err != nil {
		return nil, doc, nil // AWS would refuse it; not for the lab
	}
	t, err := probe(th, topo, seed, questions)
	return t, doc, err
}

// probe builds a topology, asks wide questions about random pairs, and tries
// every answer with packets.
func probe(th *thread, topo *model.Topology, seed uint64, questions int) (*tour, error) {
	lab, err := Build(th, topo)
	if err != nil {
		return nil, err
	}
	defer lab.Close()
	t := newTour(lab, eval.Compile(topo), seed)
	c := &chooser{Rand: t.rnd, topo: topo}
	for range questions {
		if len(t.mismatches) >= mostMismatches {
			break
		}
		t.ask(c.question())
	}
	return t, nil
}

// ask tries the answer to one wide question: more where it is partly yes.
func (t *tour) ask(q eval.Question) {
	rs, err := t.net.Ask(q)
	if err != nil {
		return // a question that makes no sense, such as the internet to the internet
	}
	for _, r := range rs {
		n := 7
		switch r.Verdict {
		case eval.Unreachable:
			n = 3
		case eval.Partial:
			n = 12
		}
		t.result(r, n)
	}
}
