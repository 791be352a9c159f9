package eval

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// step appends a hop to the record; its packet is what b holds.
func (w *walk) step(b *branch, h *Hop) {
	if h.Packet.Source == nil {
		h.Packet = w.describe(b, b.asked)
	}
	w.add(b, h)
}

// add appends a hop whose packet is described already.
func (w *walk) add(b *branch, h *Hop) {
	c := *h
	w.hops++
	c.N, c.After = w.hops, b.hop
	c.Supposed = b.live == packet.Empty
	b.hop = c.N
	if b.dir == packet.Forward {
		w.forward = append(w.forward, &c)
	} else {
		w.back = append(w.back, &c)
	}
	w.latest = &c
}

// last is the hop recorded last.
func (w *walk) last() *Hop { return w.latest }

// describe tells what a set of headers looks like on the wire at b.
func (w *walk) describe(b *branch, s packet.Set) Packet {
	p := Packet{Family: b.fam, Names: w.net.symbols.names,
		Source:      w.sp.AppendAddrs(nil, s, b.fam, b.source()),
		Destination: w.sp.AppendAddrs(nil, s, b.fam, b.destination()),
		Protocols:   w.sp.AppendProtos(nil, s),
	}
	ports, sports := w.sp.AppendPorts(nil, s, packet.DPort), w.sp.AppendPorts(nil, s, packet.SPort)
	p.Ports, p.SourcePorts = ports, sports
	if b.dir == packet.Reply {
		p.Ports, p.SourcePorts = sports, ports
		if len(p.Protocols) == 1 && p.Protocols[0].Lo == p.Protocols[0].Hi {
			switch p.Protocols[0].Lo {
			case packet.ICMP:
				p.Ports, p.SourcePorts = []packet.PortRange{{Lo: packet.ICMPPort(0, 0), Hi: packet.ICMPPort(0, 0)}}, sports
			case packet.ICMPv6:
				p.Ports, p.SourcePorts = []packet.PortRange{{Lo: packet.ICMPPort(129, 0), Hi: packet.ICMPPort(129, 0)}}, sports
			}
		}
	}
	return p
}

// some names the addresses in a field of a set, in words short enough for a
// message; the packet beside the message has them all.
func (w *walk) some(s packet.Set, f addr.Family, field packet.Field) string {
	rs := w.sp.AppendAddrs(nil, s, f, field)
	if len(rs) > 1 {
		if text, ok := w.nearlyAll(addr.SetOfRanges(f, rs...), f); ok {
			return text
		}
	}
	parts := make([]string, 0, 4)
	for i, r := range rs {
		if i == 3 && len(rs) > 4 {
			parts = append(parts, fmt.Sprintf("%d more ranges", len(rs)-i))
			break
		}
		parts = append(parts, w.net.symbols.names.Format(f, r))
	}
	return strings.Join(parts, ", ")
}

// nearlyAll writes a set that is the internet, or all of it but a little.
func (w *walk) nearlyAll(s addr.Set, f addr.Family) (string, bool) {
	world := w.net.world().Only(f)
	if !world.Covers(s) {
		return "", false
	}
	missing := world.Minus(s)
	switch n := len(missing.Ranges(f)); {
	case n == 0:
		return "the internet", true
	case n <= 3 && n < len(s.Ranges(f)):
		return "the internet except " + missing.String(), true
	}
	return "", false
}

// blocker is a blocker with its set of headers, for merging.
type blocker struct {
	Blocker
	branch branch
	set    packet.Set
}

// block records why s does not pass at a hop. The same reason met again on
// another fork is the same blocker.
func (w *walk) block(b *branch, h *Hop, s packet.Set, supposed bool) {
	path := "forward"
	if b.dir == packet.Reply {
		path = "return"
	}
	n := Blocker{Code: h.Code, Component: h.Component, Kind: h.Kind, Resource: h.Resource, Interface: h.Interface, Direction: h.Direction, Path: path,
		Supposed: supposed, Hop: b.hop, At: h.At, Message: h.Message, RuleIDs: h.RuleIDs}
	for i := range w.blockers {
		o := &w.blockers[i]
		samePath := o.Path == n.Path || n.Direction == "" && failsBothWays(o, &n)
		if o.Code == n.Code && o.Component == n.Component && o.Direction == n.Direction && samePath &&
			o.At == n.At && o.Message == n.Message && o.branch.fam == b.fam {
			o.set = w.sp.Or(o.set, s)
			if o.Path == "return" && path == "forward" { // the request is stopped first
				o.Path, o.Hop = path, n.Hop
			}
			o.Supposed = o.Supposed && supposed
			return
		}
	}
	w.blockers = append(w.blockers, blocker{n, *b, s})
}

// failsBothWays reports whether two blockers at one device, of a request and
// of replies, are one: what fails one way fails the other. They are not where
// a reply is really stopped, and the request only by supposition.
func failsBothWays(a *blocker, b *Blocker) bool {
	if a.Path == "forward" {
		return !a.Supposed || b.Supposed
	}
	return !b.Supposed || a.Supposed
}

// assume notes a point where AWS's documentation is silent.
func (w *walk) assume(rule, text string) {
	for _, a := range w.assumptions {
		if a.RuleID == rule && a.Text == text {
			return
		}
	}
	w.assumptions = append(w.assumptions, Assumption{rule, text})
}

// write fills in what only a recorded walk knows.
func (w *walk) write(r *Result, sure, sometimes, undetermined packet.Set) {
	sp := w.sp
	w.blockMaybes(undetermined)
	r.Asked, r.Works = sp.Boxes(w.asked), sp.Boxes(sure)
	r.Sometimes, r.Undetermined = sp.Boxes(sometimes), sp.Boxes(undetermined)
	r.Forward.Hops, r.Return.Hops = w.forward, w.back
	r.Return.Walked = w.replied
	switch {
	case w.replied:
	case w.arrived != packet.Empty && len(w.blockers) == 0:
		r.Return.Why = "nothing to answer"
		if w.answered != packet.Empty {
			r.Return.Why = "the answer does not leave the host"
		}
	default:
		r.Return.Why = "no request arrives, not even supposing that the filters let it through"
	}
	number := make([]int, w.hops+1)
	n := 0
	for _, list := range [][]*Hop{w.forward, w.back} {
		for _, h := range list {
			n++
			number[h.N] = n
			h.N, h.After = n, number[h.After]
		}
	}
	slices.SortStableFunc(w.blockers, func(a, b blocker) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(number[a.Hop], number[b.Hop]))
	})
	for _, b := range w.blockers {
		b.Hop = number[b.Hop]
		b.Packet = w.describe(&b.branch, b.set)
		r.Blockers = append(r.Blockers, b.Blocker)
	}
}

// groupNames lists the groups of an interface.
func groupNames(gs []*model.SecurityGroup) string {
	names := make([]string, len(gs))
	for i, g := range gs {
		names[i] = g.Name
	}
	return strings.Join(names, ", ")
}
