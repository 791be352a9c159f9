package eval

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// theHypervisor answers for the link-local services (ADDR-8).
var theHypervisor model.Resource = &pseudo{model.Ident{Name: "link-local service", Kind: model.KindHypervisor}}

// origin is where a question's packets start.
type origin struct {
	host  model.Resource   // *Instance, *ExternalNetwork, *VPNConnection or theInternet
	iface *model.Interface // set when the question names the interface
	shown model.Resource   // what the user named: host, or an external network on the internet
}

// target is what a question asks for. host is set when it names a host, which
// then must be the one that gets the packets.
type target struct {
	host  model.Resource
	iface *model.Interface
}

// pair is a question about one origin and one target, with its addresses.
type pair struct {
	from, to    Party
	origin      origin
	target      target
	src, dst    addr.Set
	sends       []sends // where the addresses of src send to different parts of dst
	port        model.PortSpec
	sourcePorts packet.PortRange
	reply       bool
	record, why bool
	allRules    bool
	tunnels     []*model.Tunnel // the tunnels whose outer packets are in question
	only        []packet.Box    // nil: everything that the question asks
	byAddress   bool            // the target is named by addresses
}

// Ask answers a question, one result for each pair of endpoints, in the order
// of the topology. The error says why the question makes no sense: an address
// that nobody has, or one that several VPCs have.
func (n *Net) Ask(q Question) ([]*Result, error) {
	var out []*Result
	err := n.Each(q, func(r *Result) { out = append(out, r) })
	return out, err
}

// Each is Ask for questions about many pairs: it hands over one result after
// the other, so that they need not all be kept.
func (n *Net) Each(q Question, do func(*Result)) error {
	return n.eachPair(q, func(p pair) {
		r := n.answer(p)
		if p.why && !p.record && r.Verdict != Reachable {
			p.record = true // only a recorded walk knows why not
			r = n.answer(p)
			r.Forward.Hops, r.Return.Hops = nil, nil
		}
		do(r)
	})
}

// Narrow asks again what a result of a question with Why or Record answers,
// for a part of its headers alone, with every hop recorded.
func (n *Net) Narrow(r *Result, only []packet.Box) *Result {
	p := *r.pair
	p.only, p.record = only, true
	return n.answer(p)
}

// kept returns a pair in memory of its own.
func kept(p pair) *pair { return &p }

// answer walks one pair.
func (n *Net) answer(p pair) *Result {
	if u := unmodelledEnd(p); u != nil {
		return notModelledEnd(p, u)
	}
	w := n.walks.Get().(*walk)
	defer n.walks.Put(w)
	w.reset(p)
	if w.asked == packet.Empty {
		return noAddress(p)
	}
	for _, f := range addr.Families {
		w.start(p, f)
	}
	return w.result(p)
}

func (w *walk) reset(p pair) {
	w.sp.Reset()
	w.marks.reset()
	w.visits.reset()
	w.rec, w.allRules = p.record, p.allRules
	w.origin, w.target, w.tunnels = p.origin, p.target, p.tunnels
	w.arrived, w.lost, w.answered, w.unanswered = packet.Empty, packet.Empty, packet.Empty, packet.Empty
	w.chosen, w.unknown, w.open, w.doubted = packet.Empty, packet.Empty, packet.Empty, packet.Empty
	w.forward, w.back, w.blockers, w.assumptions, w.delivered = nil, nil, nil, nil, w.delivered[:0]
	w.maybes, w.listed = w.maybes[:0], askedList(p)
	w.ranges, w.recent = w.ranges[:0], [4]projection{}
	w.passes, w.hops, w.replied, w.namedOut = 0, 0, false, false
	w.asked = w.headers(p)
	if p.only != nil {
		w.asked = w.sp.And(w.asked, w.sp.FromBoxes(p.only))
	}
	w.replies, w.need = w.judged(p)
}

// headers returns everything that the question asks about.
func (w *walk) headers(p pair) packet.Set {
	ends := w.between(p, p.src, p.dst)
	if p.sends != nil {
		ends = packet.Empty
		for _, s := range p.sends {
			ends = w.sp.Or(ends, w.between(p, s.from, s.to))
		}
	}
	return w.sp.And(ends, w.traffic(p.port, p.sourcePorts))
}

// between returns the headers of a question from some addresses to others.
func (w *walk) between(p pair, src, dst addr.Set) packet.Set {
	ends := packet.Empty
	for _, f := range addr.Families {
		if src.Has(f) && dst.Has(f) && speaks(p.port, f) {
			from, to := w.sp.Addrs(f, packet.Src, src.Ranges(f)...), w.sp.Addrs(f, packet.Dst, dst.Ranges(f)...)
			ends = w.sp.Or(ends, w.sp.And(from, to))
		}
	}
	return ends
}

// speaks reports whether what is asked exists in a family: ICMP is IPv4's, and
// ICMPv6 is IPv6's. A plain `icmp` asks for the echo of either.
func speaks(p model.PortSpec, f addr.Family) bool {
	switch {
	case p.All:
		return true
	case p.Protocol == packet.ICMPv6:
		return f == addr.V6
	case p.Protocol == packet.ICMP && !p.Echo:
		return f == addr.V4
	}
	return true
}

// traffic returns the headers of protocols and ports; source ports count for
// TCP and UDP alone.
func (w *walk) traffic(p model.PortSpec, sport packet.PortRange) packet.Set {
	switch {
	case p.All:
		ported := w.sp.Or(w.sp.Protos(packet.TCP, packet.TCP), w.sp.Protos(packet.UDP, packet.UDP))
		return w.sp.Or(w.sp.Minus(packet.Everything, ported), w.sp.And(ported, w.sp.Ports(packet.SPort, sport.Lo, sport.Hi)))
	case p.Echo:
		return w.sp.Or(w.echo(addr.V4), w.echo(addr.V6))
	}
	s := packet.Empty
	for _, r := range p.Ports {
		s = w.sp.Or(s, w.sp.Ports(packet.DPort, r.Lo, r.Hi))
	}
	if packet.HasPorts(p.Protocol) {
		s = w.sp.And(s, w.sp.Ports(packet.SPort, sport.Lo, sport.Hi))
	}
	return w.sp.And(w.sp.Protos(p.Protocol, p.Protocol), s)
}

// judged returns the headers that have a reply at all, and those that work
// only when it comes back: TCP and ICMP echo, and on demand everything that
// has one (M-2). Of ICMP only the echo request has a reply.
func (w *walk) judged(p pair) (replies, need packet.Set) {
	if !p.port.All && (p.port.Echo || p.port.Protocol != packet.ICMP && p.port.Protocol != packet.ICMPv6) {
		replies = packet.Everything
		if p.reply || p.port.Echo || p.port.Protocol == packet.TCP {
			need = packet.Everything
		}
		return replies, need
	}
	sp := w.sp
	icmp := sp.Or(sp.Protos(packet.ICMP, packet.ICMP), sp.Protos(packet.ICMPv6, packet.ICMPv6))
	echo := sp.Or(w.echo(addr.V4), w.echo(addr.V6))
	replies = sp.Or(sp.Minus(packet.Everything, icmp), echo)
	if p.reply {
		return replies, replies
	}
	return replies, sp.Or(sp.Protos(packet.TCP, packet.TCP), echo)
}

// echo returns the ICMP echo requests of a family.
func (w *walk) echo(f addr.Family) packet.Set {
	return w.sp.And(w.sp.Fam(f), w.sp.EchoRequest(f))
}

// start sends the asked headers of one family on their way.
func (w *walk) start(p pair, f addr.Family) {
	s := w.sp.And(w.asked, w.sp.Fam(f))
	if s == packet.Empty {
		return
	}
	b := branch{asked: s, live: s, fam: f, dir: packet.Forward}
	if w.rec {
		h := gatewayHop(p.origin.shown).with("", "leaves")
		h.Action, h.Interface = Originate, p.origin.iface
		w.step(&b, &h)
	}
	if w.listed != nil && w.rec {
		w.doubtListed(&b)
	}
	if p.byAddress {
		w.namedByAddress(&b)
		if b.asked == packet.Empty {
			return
		}
	}
	switch host := p.origin.host.(type) {
	case *model.Instance:
		w.originate(b, host, p.origin.iface)
	case *model.VPCEndpoint:
		if host.PreserveClientIP {
			w.onlyInVPC(&b, host)
			w.remember(&b, mark{kind: passed, device: host, pass: w.newPass(), iface: p.origin.iface})
		}
		w.send(b, p.origin.iface)
	case *model.ExternalNetwork:
		w.fromNetwork(b, host)
	case *model.VPNConnection:
		w.leaveSite(b, host, []*model.VPNConnection{host})
	default:
		w.internet(b)
	}
}

// originate starts b at a host: what is for the host itself and for the
// hypervisor never gets on the wire; locally generated packets skip
// PREROUTING (NI-17).
func (w *walk) originate(b branch, h *model.Instance, i *model.Interface) {
	if own := w.forHost(&b, h); own != packet.Empty {
		w.arrive(w.only(b, own), h, nil)
		w.without(&b, own)
	}
	if len(h.Interfaces) == 0 || b.asked == packet.Empty {
		return
	}
	services := w.in(b.asked, b.fam, packet.Dst, w.net.vpc(h.Interfaces[0].Subnet.VPC).services.Ranges(b.fam))
	if services != packet.Empty {
		w.arrive(w.only(b, services), theHypervisor, nil)
		w.without(&b, services)
	}
	if b.asked == packet.Empty {
		return
	}
	if i != nil {
		w.postrouting(b, h, w.newPass(), i.Primary(b.fam == addr.V6), func(b branch) { w.send(b, i) })
		return
	}
	w.hostOut(b, h, w.newPass())
}

// result reads the verdict off the outcomes.
func (w *walk) result(p pair) *Result {
	sp := w.sp
	ok := sp.Or(sp.Minus(w.arrived, w.need), sp.And(w.answered, w.need))
	failed := sp.Or(w.lost, sp.And(w.unanswered, w.need))
	sure := sp.Minus(sp.Minus(sp.Minus(ok, failed), w.unknown), w.doubted)
	either := sp.And(ok, failed)
	undetermined := sp.Or(sp.Or(sp.Minus(w.unknown, failed), sp.And(either, w.chosen)), w.doubted)
	// what fails one way and is unknown another works sometimes, or never
	undetermined = sp.Or(undetermined, sp.And(failed, sp.Or(w.open, sp.And(ok, w.unknown))))
	if w.listed != nil && sure != w.asked && sp.Or(ok, undetermined) != packet.Empty {
		sure, undetermined = packet.Empty, w.asked
	}
	sometimes := sp.Minus(either, undetermined)
	r := &Result{From: p.from, To: p.to, Port: p.port, SourcePorts: p.sourcePorts,
		Assumptions: w.assumptions}
	if p.why || p.record {
		r.pair = kept(p)
	}
	if len(w.delivered) > 0 {
		r.DeliveredTo = slices.Clone(w.delivered)
	}
	switch never := sp.Minus(sp.Minus(w.asked, ok), undetermined); {
	case w.asked == packet.Empty:
		r.Verdict = Unreachable
	case sure == w.asked:
		r.Verdict = Reachable
	case undetermined != packet.Empty && (never == packet.Empty || sp.Or(sure, sometimes) == packet.Empty):
		r.Verdict = Unknown
	case sp.Or(sure, sometimes) == packet.Empty:
		r.Verdict = Unreachable
	default:
		r.Verdict = Partial
	}
	r.Forward.Walked = true
	r.Forward.Delivered = w.arrived != packet.Empty
	r.Forward.Complete = sp.Minus(w.arrived, w.lost) == w.asked
	r.Return.Delivered = w.answered != packet.Empty
	r.Return.Complete = r.Return.Delivered && w.unanswered == packet.Empty
	if w.rec {
		w.write(r, sure, sometimes, undetermined)
	}
	return r
}

// noAddress is the answer where an end has no address of the family that the
// other one speaks (ADDR-10).
func noAddress(p pair) *Result {
	who, f := p.to, addr.V4
	switch {
	case !speaks(p.port, addr.V4) && !p.dst.Has(addr.V6):
		f = addr.V6
	case !speaks(p.port, addr.V6) && !p.dst.Has(addr.V4):
	case p.dst.Has(addr.V4) && !p.src.Has(addr.V4):
		who = p.from
	case p.dst.Has(addr.V6) && !p.src.Has(addr.V6):
		who, f = p.from, addr.V6
	case !p.src.Has(addr.V4):
		f = addr.V6
	}
	b := Blocker{Code: NoAddressOfFamily, Component: who.Text, Path: "forward",
		Message: who.Text + " has no " + f.String() + " address", RuleIDs: []string{"ADDR-10"}}
	if who.Resource != nil {
		b.Kind, b.At = who.Resource.ID().Kind, who.Resource.ID().At
	}
	return &Result{From: p.from, To: p.to, Port: p.port, SourcePorts: p.sourcePorts, Verdict: Unreachable,
		Forward: Walk{Why: "no packet can be made"}, Return: Walk{Why: "no request arrives"}, Blockers: []Blocker{b}}
}

func single(a netip.Addr) addr.Set { return addr.SetOfAddrs(a) }
