package eval_test

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// lawful checks what must hold of every answer, whatever the topology. Every
// question of the rule tests goes through it, and TestLaws asks many more.
func lawful(t *testing.T, text string, top *model.Topology, n *eval.Net, q eval.Question, rs []*eval.Result) {
	t.Helper()
	for i, r := range rs {
		for _, broken := range answerLaws(r) {
			t.Errorf("%s, pair %d (%s, %s): law: %s\n%s", text, i, r.From.Text, r.To.Text, broken, story(r))
		}
	}
	if broken := repeatLaws(top, n, q, rs); broken != "" {
		t.Errorf("%s: law: %s", text, broken)
	}
	for _, broken := range []string{halvesLaw(n, q, rs), replyLaw(n, q, rs)} {
		if broken != "" {
			t.Errorf("%s: law: %s", text, broken)
		}
	}
}

// answerLaws checks one answer for itself.
func answerLaws(r *eval.Result) []string {
	var out []string
	if r.Verdict != eval.Reachable && r.Verdict != eval.Unknown && len(r.Blockers) == 0 {
		out = append(out, fmt.Sprintf("%s without a blocker", r.Verdict))
	}
	sp := packet.NewSpace()
	asked, works := sp.FromBoxes(r.Asked), sp.FromBoxes(r.Works)
	sometimes, open := sp.FromBoxes(r.Sometimes), sp.FromBoxes(r.Undetermined)
	for _, p := range []struct {
		name string
		set  packet.Set
	}{{"works", works}, {"sometimes", sometimes}, {"undetermined", open}} {
		if sp.Minus(p.set, asked) != packet.Empty {
			out = append(out, p.name+" is not inside what was asked")
		}
	}
	if sp.And(works, sometimes) != packet.Empty || sp.And(works, open) != packet.Empty || sp.And(sometimes, open) != packet.Empty {
		out = append(out, "works, sometimes and undetermined overlap")
	}
	want := eval.Partial
	switch {
	case works == asked && asked != packet.Empty:
		want = eval.Reachable
	case works == packet.Empty && sometimes == packet.Empty:
		want = eval.Unreachable
	}
	if open != packet.Empty || !r.Forward.Walked && len(r.Blockers) == 1 && r.Blockers[0].Code == eval.NotModelled { // an end is not modelled
		want = eval.Unknown
	}
	if r.Verdict != want {
		out = append(out, fmt.Sprintf("%s, but what works makes it %s", r.Verdict, want))
	}
	hops := append(r.Forward.Hops[:len(r.Forward.Hops):len(r.Forward.Hops)], r.Return.Hops...)
	for i, h := range hops {
		if h.N != i+1 || h.After >= h.N {
			out = append(out, fmt.Sprintf("hop %d is numbered %d behind %d", i+1, h.N, h.After))
		}
		if stopped := h.Action == eval.Deny || h.Action == eval.Drop; stopped != (h.Code != "") {
			out = append(out, fmt.Sprintf("hop %d: %s with code %q", h.N, h.Action, h.Code))
		}
		certain := slices.ContainsFunc(hops, func(o *eval.Hop) bool { return o.After == h.N && !o.Supposed })
		if h.Action == eval.Deny && !h.Passed && certain {
			out = append(out, fmt.Sprintf("hop %d lets nothing pass, but what lies behind it is no supposition", h.N))
		}
	}
	return append(out, blockerLaws(r, hops)...)
}

// blockerLaws checks that every blocker has a known code, a rule and a
// message, and is the hop that it names; and that no two say the same.
func blockerLaws(r *eval.Result, hops []*eval.Hop) []string {
	var out []string
	known := eval.Codes()
	seen := map[string]bool{}
	for _, b := range r.Blockers {
		what := fmt.Sprintf("blocker %s %s %s %s", b.Path, b.Code, b.Component, b.Direction)
		if !slices.ContainsFunc(known, func(c eval.CodeInfo) bool { return c.Code == b.Code }) {
			out = append(out, what+" has an unknown code")
		}
		if len(b.RuleIDs) == 0 || b.Message == "" || b.Component == "" {
			out = append(out, what+" lacks a rule, a message or a component")
		}
		if b.Hop > len(hops) || b.Hop > 0 && (hops[b.Hop-1].Code != b.Code || hops[b.Hop-1].Component != b.Component) {
			out = append(out, fmt.Sprintf("%s is not its hop %d", what, b.Hop))
		}
		if b.Path != "forward" && b.Path != "return" {
			out = append(out, what+" is on no path")
		}
		key := fmt.Sprint(what, b.Message, b.At, b.Packet)
		if seen[key] {
			out = append(out, what+" is there twice")
		}
		seen[key] = true
	}
	return out
}

// repeatLaws asks the same again: as it was, without recording, and of the
// topology made ready anew.
func repeatLaws(top *model.Topology, n *eval.Net, q eval.Question, rs []*eval.Result) string {
	quiet := q
	quiet.Record = false
	return cmp.Or(again("asking twice", n, q, rs), again("asking without recording", n, quiet, rs),
		again("asking a topology compiled anew", eval.Compile(top), q, rs))
}

func again(what string, n *eval.Net, q eval.Question, rs []*eval.Result) string {
	got, err := n.Ask(q)
	switch {
	case err != nil:
		return what + ": " + err.Error()
	case q.Record && !reflect.DeepEqual(rs, got):
		return what + " gives another answer: " + differingField(rs, got)
	case !q.Record && essence(rs) != essence(got):
		return fmt.Sprintf("%s gives another answer:\n%s\nand\n%s", what, essence(rs), essence(got))
	}
	return ""
}

// differingField names the first field in which two answers differ.
func differingField(a, b []*eval.Result) string {
	if len(a) != len(b) {
		return fmt.Sprintf("%d results and %d", len(a), len(b))
	}
	for i := range a {
		x, y := reflect.ValueOf(*a[i]), reflect.ValueOf(*b[i])
		for f := range x.NumField() {
			if v, w := x.Field(f).Interface(), y.Field(f).Interface(); !reflect.DeepEqual(v, w) {
				return fmt.Sprintf("%s is\n%#v\nand\n%#v", x.Type().Field(f).Name, v, w)
			}
		}
	}
	return "in nothing"
}

// asked is a question with its answer.
type asked struct {
	text string
	q    eval.Question
	rs   []*eval.Result
}

// together asks a topology made ready anew from eight goroutines at once,
// each beginning at another question; one answer in eight is compared hop by
// hop.
func together(t *testing.T, top *model.Topology, list []asked) {
	t.Helper()
	n := eval.Compile(top)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range list {
				a := list[(i+g*len(list)/8)%len(list)]
				a.q.Record = i%8 == g
				if s := again(fmt.Sprintf("goroutine %d of 8", g), n, a.q, a.rs); s != "" {
					t.Errorf("%s: law: %s", a.text, s)
				}
			}
		})
	}
	wg.Wait()
}

// essence is what an answer without recording says too.
func essence(rs []*eval.Result) string {
	var b strings.Builder
	for _, r := range rs {
		fmt.Fprintln(&b, r.From.Text, r.To.Text, r.Verdict, r.Forward.Delivered)
		for _, d := range r.DeliveredTo {
			fmt.Fprintln(&b, d.ID().Name)
		}
	}
	return b.String()
}

// halvesLaw asks one half of the source ports and then the other, and the
// same for the ports: what works must add up to the whole.
func halvesLaw(n *eval.Net, q eval.Question, rs []*eval.Result) string {
	if s := q.SourcePorts.Range; s.Lo < s.Hi {
		a, b := q, q
		mid := s.Lo + (s.Hi-s.Lo)/2
		a.SourcePorts = model.SourcePorts{Range: packet.PortRange{Lo: s.Lo, Hi: mid}}
		b.SourcePorts = model.SourcePorts{Range: packet.PortRange{Lo: mid + 1, Hi: s.Hi}}
		if broken := addsUp("source ports", n, a, b, rs); broken != "" {
			return broken
		}
	}
	if p := q.Port; !p.All && !p.Echo && packet.HasPorts(p.Protocol) && len(p.Ports) == 1 && p.Ports[0].Lo < p.Ports[0].Hi {
		a, b := q, q
		mid := p.Ports[0].Lo + (p.Ports[0].Hi-p.Ports[0].Lo)/2
		a.Port.Ports = []packet.PortRange{{Lo: p.Ports[0].Lo, Hi: mid}}
		b.Port.Ports = []packet.PortRange{{Lo: mid + 1, Hi: p.Ports[0].Hi}}
		return addsUp("ports", n, a, b, rs)
	}
	return ""
}

// replyLaw asks with the reply and without: what works with it is a part of
// what works without, and what works altogether has nothing in its way.
func replyLaw(n *eval.Net, q eval.Question, rs []*eval.Result) string {
	q.Reply = true
	both, err := n.Ask(q)
	if err != nil || len(both) != len(rs) {
		return fmt.Sprintf("with the reply there are %d answers for %d: %v", len(both), len(rs), err)
	}
	for i, r := range rs {
		sp := packet.NewSpace()
		without := sp.Or(sp.FromBoxes(r.Works), sp.FromBoxes(r.Sometimes))
		with := sp.Or(sp.FromBoxes(both[i].Works), sp.FromBoxes(both[i].Sometimes))
		if sp.Minus(with, without) != packet.Empty {
			return fmt.Sprintf("pair %d: more works with the reply, %v, than without, %v", i, both[i].Works, r.Works)
		}
		if both[i].Verdict == eval.Reachable && len(both[i].Blockers) > 0 {
			return fmt.Sprintf("pair %d: reachable both ways, but blocked by %v", i, blockers(both[i]))
		}
	}
	return ""
}

func addsUp(what string, n *eval.Net, a, b eval.Question, whole []*eval.Result) string {
	low, err1 := n.Ask(a)
	high, err2 := n.Ask(b)
	if err1 != nil || err2 != nil || len(low) != len(whole) || len(high) != len(whole) {
		return fmt.Sprintf("halves of the %s: %d and %d answers for %d; %v %v", what, len(low), len(high), len(whole), err1, err2)
	}
	for i, r := range whole {
		sp := packet.NewSpace()
		for _, p := range []struct {
			name             string
			low, high, whole []packet.Box
		}{
			{"asked", low[i].Asked, high[i].Asked, r.Asked},
			{"works", low[i].Works, high[i].Works, r.Works},
			{"sometimes works", low[i].Sometimes, high[i].Sometimes, r.Sometimes},
			{"is undetermined", low[i].Undetermined, high[i].Undetermined, r.Undetermined},
		} {
			if sp.Or(sp.FromBoxes(p.low), sp.FromBoxes(p.high)) != sp.FromBoxes(p.whole) {
				return fmt.Sprintf("pair %d: what %s of the halves of the %s is %v and %v, of the whole %v", i, p.name, what, p.low, p.high, p.whole)
			}
		}
	}
	return ""
}

// topologies returns every topology of the tree that loads without an error.
func topologies(t *testing.T) map[string]*model.Topology {
	out := map[string]*model.Topology{}
	for _, dir := range []string{"../../testdata", "../examples", "../../../shared/scenarios"} {
		filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" {
				return nil
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if len(data) > 1<<16 {
				return nil // a file for benchmarks
			}
			top, findings := load.Load([]load.Source{{Name: path, Data: data}})
			if !diag.HasErrors(findings) && len(top.VPCs) > 0 {
				out[path] = top
			}
			return nil
		})
	}
	return out
}

// TestLaws asks, of every topology, every expectation and every pair of
// instances, sites and the internet, and checks the laws.
func TestLaws(t *testing.T) {
	all := topologies(t)
	if len(all) == 0 {
		t.Skip("no topologies in testdata, the examples or the scenarios")
	}
	for path, top := range all {
		t.Run(filepath.Base(path), func(t *testing.T) {
			n := eval.Compile(top)
			var list []asked
			try := func(q eval.Question) {
				rs, err := n.Ask(q)
				if err != nil {
					return // a question without sense, as to one's own address
				}
				a := asked{fmt.Sprintf("%s -> %s %s", q.From.Text, q.To.Text, q.Port.Text), q, rs}
				list = append(list, a)
				lawful(t, a.text, top, n, q, rs)
			}
			for _, x := range top.Expectations {
				for _, p := range x.Ports {
					try(eval.Question{From: x.From, To: x.To, Port: p, SourcePorts: x.SourcePorts, Reply: x.Reply, Record: true})
				}
			}
			for _, q := range everyPair(top) {
				try(q)
			}
			together(t, top, list)
		})
	}
}

// everyPair asks from each of the first ends to each other.
func everyPair(top *model.Topology) []eval.Question {
	ends := []string{"internet"}
	for _, e := range top.ExternalNetworks {
		ends = append(ends, e.Name)
	}
	for _, i := range top.Instances {
		ends = append(ends, i.Name)
	}
	ends = ends[:min(len(ends), 6)]
	ports := []string{"tcp/80", "udp/53", "icmp", "all"}
	sources, _ := model.ParseSourcePorts("")
	var out []eval.Question
	for _, from := range ends {
		for _, to := range ends {
			port := ports[len(out)%len(ports)]
			a, err1 := top.ParseEndpoint(from)
			b, err2 := top.ParseEndpoint(to)
			p, err3 := model.ParsePorts(port)
			if from != to && cmp.Or(err1, err2, err3) == nil {
				out = append(out, eval.Question{From: a, To: b, Port: p, SourcePorts: sources, Reply: len(out)%2 == 1, Record: true})
			}
		}
	}
	return out
}
