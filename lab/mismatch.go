package lab

import (
	"fmt"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// A Mismatch is a difference that a second look has confirmed.
type Mismatch struct {
	Probe   Probe
	At      int // the how manieth probe of its topology
	What    string
	Reports []string
	Answer  string
}

func (m Mismatch) String() string {
	who := "internet"
	switch {
	case m.Probe.Named != nil:
		who = m.Probe.Named.Name
	case m.Probe.Instance != nil:
		who = m.Probe.Instance.Name
	case m.Probe.Site != nil:
		who = m.Probe.Site.Name
	case m.Probe.Edge != nil:
		who = m.Probe.Edge.ID().Name
	case m.Probe.Endpoint != nil:
		who = m.Probe.Endpoint.Name
	}
	return fmt.Sprintf("from %s %+v: %s\n  kernel:\n    %s\n  analyzer:\n%s", who, m.Probe.Header, m.What, strings.Join(m.Reports, "\n    "), m.Answer)
}

func describe(r *eval.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "    %s -> %s: %s\n", r.From.Addrs, r.To.Addrs, r.Verdict)
	for _, w := range []eval.Walk{r.Forward, r.Return} {
		for _, h := range w.Hops {
			fmt.Fprintf(&b, "    %d(%d) %s %s %s %s supposed=%v %s %s\n", h.N, h.After, h.Action, h.Kind, h.Component, h.Direction, h.Supposed, h.Code, h.Message)
		}
	}
	return b.String()
}
