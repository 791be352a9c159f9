package lab

import (
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// shrinkTime bounds the search for a smaller topology.
const shrinkTime = 15 * time.Second

// shrink takes parts of a topology away for as long as the mismatch stays.
func shrink(th *thread, doc document, m Mismatch) (Mismatch, []byte) {
	s := &shrinker{th: th, doc: doc, best: m, until: time.Now().Add(shrinkTime)}
	for s.pass(doc, nil) && time.Now().Before(s.until) {
	}
	text, err := yaml.Marshal(doc)
	if err != nil {
		text = []byte(err.Error())
	}
	return s.best, text
}

type shrinker struct {
	th    *thread
	doc   document
	best  Mismatch
	until time.Time
}

// pass tries to take every entry away, the outer ones first; it reports
// whether anything went.
func (s *shrinker) pass(node any, store func(any)) bool {
	gone := false
	switch n := node.(type) {
	case document:
		var keys []string
		for k := range n {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			v := n[k]
			delete(n, k)
			if time.Now().Before(s.until) && s.still() {
				gone = true
				continue
			}
			n[k] = v
			gone = s.pass(v, func(x any) { n[k] = x }) || gone
		}
	case []any:
		for k := 0; k < len(n); {
			less := slices.Delete(slices.Clone(n), k, k+1)
			store(less)
			if time.Now().Before(s.until) && s.still() {
				n, gone = less, true
				continue
			}
			store(n)
			gone = s.pass(n[k], func(x any) { n[k] = x }) || gone
			k++
		}
	}
	return gone
}

// still reports whether the document has the mismatch.
func (s *shrinker) still() bool {
	text, err := yaml.Marshal(s.doc)
	if err != nil {
		return false
	}
	topo, err := parse("shrunk.yaml", text)
	if err != nil {
		return false
	}
	p, ok := moved(s.best.Probe, topo)
	if !ok {
		return false
	}
	lab, err := Build(s.th, topo)
	if err != nil {
		return false
	}
	defer lab.Close()
	q, ok := lab.question(p)
	if !ok {
		return false
	}
	rs, err := eval.Compile(topo).Ask(q)
	if err != nil || len(rs) != 1 {
		return false
	}
	o, err := lab.Send(p, 30*time.Millisecond)
	if err != nil {
		return false
	}
	what := lab.compare(p, rs[0], o)
	if what == "" || kindOf(what) != kindOf(s.best.What) {
		return false
	}
	s.best = Mismatch{Probe: p, What: what, Reports: o.Reports, Answer: describe(rs[0])}
	return true
}

// kindOf is the part of a mismatch that names no names.
func kindOf(what string) string {
	for k, c := range what {
		if strings.ContainsRune("[{\"0123456789", c) {
			return what[:k]
		}
	}
	return what
}

// moved finds the same probe in another topology.
func moved(p Probe, topo *model.Topology) (Probe, bool) {
	ok := true
	if p.Instance != nil {
		p.Instance, ok = resourceNamed[*model.Instance](topo, p.Instance.Name)
	}
	if p.Site != nil && ok {
		p.Site, ok = resourceNamed[*model.VPNConnection](topo, p.Site.Name)
	}
	if p.Edge != nil && ok {
		p.Edge, ok = resourceNamed[model.Resource](topo, p.Edge.ID().Name)
	}
	if p.Endpoint != nil && ok {
		var e *model.VPCEndpoint
		if e, ok = resourceNamed[*model.VPCEndpoint](topo, p.Endpoint.Owner.ID().Name); ok {
			p.Endpoint, ok = e.Interfaces[0], e.Type == model.InstanceConnectEndpoint
		}
	}
	if p.Named != nil && ok {
		name := p.Named.Name
		p.Named, ok = nil, false
		for _, i := range topo.Interfaces {
			if i.Name == name {
				p.Named, ok = i, i.Owner == model.Resource(p.Instance)
			}
		}
	}
	if p.Named != nil && ok && p.Header.Src.IsValid() {
		ok = p.Named.Primary(p.Header.Dst.Is6()) == p.Header.Src
	} else if p.Instance != nil && ok && p.Header.Src.IsValid() {
		ok = slices.Contains(ownAddresses(p.Instance), p.Header.Src)
	}
	return p, ok
}

func resourceNamed[T model.Resource](topo *model.Topology, name string) (T, bool) {
	r, ok := topo.Names[name].(T)
	return r, ok
}
