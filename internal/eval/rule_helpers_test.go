package eval_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

const (
	reachable   = eval.Reachable
	partial     = eval.Partial
	unreachable = eval.Unreachable
	unknown     = eval.Unknown
)

// network is a topology of a rule test, ready for questions.
type network struct {
	t    *testing.T
	yaml string
	topo *model.Topology
	net  *eval.Net
}

// topo loads a YAML topology; `version: 1` is put before it, on its first
// (empty) line.
func topo(t *testing.T, yaml string) *network {
	t.Helper()
	yaml = "version: 1" + yaml
	top, findings := load.Load([]load.Source{{Name: "net.yaml", Data: []byte(yaml)}})
	if diag.HasErrors(findings) {
		for _, f := range findings {
			t.Error(f)
		}
		t.FailNow()
	}
	return &network{t: t, yaml: yaml, topo: top, net: eval.Compile(top)}
}

// asks answers a question as `web -> internet tcp/443`, with `from 1024-2047`
// (or a profile) for the source ports and `reply` for the reply behind it.
func (n *network) asks(text string) []*eval.Result {
	n.t.Helper()
	q := n.question(text)
	rs, err := n.net.Ask(q)
	if err != nil {
		n.t.Fatalf("%s: %v", text, err)
	}
	lawful(n.t, text, n.topo, n.net, q, rs)
	together(n.t, n.topo, []asked{{text, q, rs}})
	return rs
}

func (n *network) question(text string) eval.Question {
	n.t.Helper()
	q := eval.Question{Record: true}
	words := strings.Fields(text)
	if len(words) < 4 || words[1] != "->" {
		n.t.Fatalf("%q is no question", text)
	}
	var errs [4]error
	q.From, errs[0] = n.topo.ParseEndpoint(words[0])
	q.To, errs[1] = n.topo.ParseEndpoint(words[2])
	q.Port, errs[2] = model.ParsePorts(words[3])
	sources := ""
	for rest := words[4:]; len(rest) > 0; rest = rest[1:] {
		switch {
		case rest[0] == "reply":
			q.Reply = true
		case rest[0] == "from" && len(rest) > 1:
			sources, rest = rest[1], rest[1:]
		default:
			n.t.Fatalf("%q is no question: %q", text, rest[0])
		}
	}
	q.SourcePorts, errs[3] = model.ParseSourcePorts(sources)
	for _, err := range errs {
		if err != nil {
			n.t.Fatalf("%s: %v", text, err)
		}
	}
	return q
}

// want is something that must hold of a result; it returns what is wrong.
type want func(n *network, r *eval.Result) string

// ask asks about one pair and checks the verdict and what else is wanted.
func (n *network) ask(text string, verdict eval.Verdict, wants ...want) *eval.Result {
	n.t.Helper()
	rs := n.asks(text)
	if len(rs) != 1 {
		n.t.Fatalf("%s: %d results, expected one", text, len(rs))
	}
	r := rs[0]
	var wrong []string
	if r.Verdict != verdict {
		wrong = append(wrong, fmt.Sprintf("%s, expected %s", r.Verdict, verdict))
	}
	for _, w := range wants {
		if s := w(n, r); s != "" {
			wrong = append(wrong, s)
		}
	}
	if len(wrong) > 0 {
		n.t.Errorf("%s: %s\n%s", text, strings.Join(wrong, "; "), story(r))
	}
	return r
}

// story tells a result hop by hop, for the message of a failed test.
func story(r *eval.Result) string {
	var b strings.Builder
	for _, w := range []struct {
		name string
		eval.Walk
	}{{"forward", r.Forward}, {"return", r.Return}} {
		fmt.Fprintf(&b, "  %s: walked %t, delivered %t, complete %t %s\n", w.name, w.Walked, w.Delivered, w.Complete, w.Why)
		for _, h := range w.Hops {
			fmt.Fprintf(&b, "   %2d<%-2d %-22s %-8s %-9s %s %s%v", h.N, h.After, h.Component, h.Direction, h.Action, h.Code, h.Message, h.RuleIDs)
			if h.Supposed {
				b.WriteString(" (supposed)")
			}
			p := h.Packet
			fmt.Fprintf(&b, "  %s -> %s %s from %s\n", rangeText(p.Family, p.Source), rangeText(p.Family, p.Destination),
				packet.FormatPorts(p.Ports), packet.FormatPorts(p.SourcePorts))
		}
	}
	for _, bl := range blockers(r) {
		fmt.Fprintf(&b, "  blocker %s\n", bl)
	}
	return b.String()
}

func rangeText(f addr.Family, list []addr.Range) string {
	if len(list) > 3 {
		return "..."
	}
	var out []string
	for _, r := range list {
		out = append(out, r.Format(f))
	}
	return strings.Join(out, ",")
}

func differ[T any](what string, got, want T) string {
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		return fmt.Sprintf("%s %s, expected %s", what, g, w)
	}
	return ""
}

func blockers(r *eval.Result) []string {
	var out []string
	for _, b := range r.Blockers {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", b.Path, b.Code, b.Component, b.Direction)))
	}
	return out
}

// but returns the topology with one text replaced, wherever it stands.
func but(t *testing.T, yaml string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(yaml, pairs[i]) {
			t.Fatalf("the topology has no %q", pairs[i])
		}
		yaml = strings.ReplaceAll(yaml, pairs[i], pairs[i+1])
	}
	return yaml
}
