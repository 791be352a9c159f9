package eval

import (
	"fmt"
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/lpm"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// instance takes b in at a host, from the wire or from a tunnel, in the order
// of iptables (NI-10): PREROUTING, then delivery here or forwarding.
func (w *walk) instance(b branch, h *model.Instance, from *model.Interface) {
	if b.asked == packet.Empty {
		return
	}
	if b.dir == packet.Reply {
		w.reply(b, h)
		return
	}
	pass := w.newPass()
	if w.returns(&b, h) {
		w.deliverOrForward(b, h, pass, noTranslation, from)
		return
	}
	for k := range h.PortForwards {
		f := &h.PortForwards[k]
		if s := w.matches(&b, h, f); s != packet.Empty {
			part := w.only(b, s)
			w.without(&b, s)
			w.dnat(&part, h, f, pass)
			w.deliverOrForward(part, h, pass, pass, from)
		}
	}
	w.deliverOrForward(b, h, pass, pass, from)
}

// noTranslation is the passage of packets that a host does not translate:
// replies, and connections that it has seen before.
const noTranslation = 0

// returns reports whether b is a packet of the host's own that comes back with
// the header that the host gave it. The host knows the connection then, and
// consults no nat chain again (NI-10, NI-17). What the host has translated is a
// new connection when it comes back: conntrack knows it by the header that it
// had before, and by that of the reply. What the host has passed on as it was,
// its rules have nothing to say of.
func (w *walk) returns(b *branch, h *model.Instance) bool {
	return b.space() == nil && w.origin.host == model.Resource(h)
}

// matches returns the part of b that a port forward is about (NI-12).
func (w *walk) matches(b *branch, h *model.Instance, f *model.PortForward) packet.Set {
	if b.fam != addr.FamilyOf(f.To) {
		return packet.Empty
	}
	s := w.sp.And(b.asked, w.sp.Protos(f.Protocol, f.Protocol))
	s = w.sp.And(s, w.sp.Ports(packet.DPort, f.Ports.Lo, f.Ports.Hi))
	if f.Destination.IsValid() {
		w.doubtRanges(b, s, packet.Dst, h, f.At, f.Destination)
		s = w.in(s, b.fam, packet.Dst, []addr.Range{addr.RangeOf(f.Destination)})
	}
	return s
}

func (w *walk) dnat(b *branch, h *model.Instance, f *model.PortForward, pass int) {
	c := change{dst: newEnd{to: f.To}}
	if f.ToPort != 0 {
		c.dst.ports = packet.PortRange{Lo: f.ToPort, Hi: f.ToPort}
	}
	w.translate(b, h, pass, c, "NI-12")
	if w.rec {
		w.last().At = f.At
	}
}

// deliverOrForward is the routing decision of a host; out is the passage that
// POSTROUTING belongs to, or noTranslation.
func (w *walk) deliverOrForward(b branch, h *model.Instance, pass, out int, from *model.Interface) {
	local := w.forHost(&b, h)
	if local != packet.Empty {
		w.arrive(w.only(b, local), h, from)
		w.without(&b, local)
	}
	if b.asked == packet.Empty {
		return
	}
	if h.ForwardUnknown {
		w.unknownForwarding(&b, h)
		return
	}
	w.forwarding(&b, h, false)
	w.forwardRules(&b, h)
	w.assumeNamedOut()
	w.remember(&b, mark{kind: passed, device: h, pass: pass})
	w.hostOut(b, h, out)
}

// forwarding stops a packet for somebody else at a host that does not forward
// (NI-9); told leaves out what another hop says already.
func (w *walk) forwarding(b *branch, h *model.Instance, told bool) {
	ok := packet.Empty
	if h.IPForward {
		ok = b.asked
	}
	w.gate(b, ok, told, func(denied packet.Set) Hop {
		hop := gatewayHop(h).with(InstanceNotForwarding, "the host forwards", "NI-9")
		if denied != packet.Empty {
			hop.Message = fmt.Sprintf("%s is another host's address, and ip_forward is off", w.some(denied, b.fam, b.destination()))
		}
		return hop
	})
}

// unknownForwarding ends b at a host of which nobody knows whether it
// forwards, nor what it changes then.
func (w *walk) unknownForwarding(b *branch, h *model.Instance) {
	w.endsUnknown(b, b.asked, func() Hop {
		return gatewayHop(h).with(NotModelled, fmt.Sprintf("%s is another host's address, and the topology does not say whether %s forwards and what its iptables rules do",
			w.some(b.asked, b.fam, b.destination()), h.Name), "NI-9")
	})
}

// assumeNamedOut notes that a group reference on the way out has matched by
// the destination's address although a middlebox is on the way.
func (w *walk) assumeNamedOut() {
	if w.namedOut {
		w.assume("SG-13", "an outbound rule that names a security group matches by the destination's address, also when the way leads through another device")
	}
}

// forHost returns the part of b that is for one of the host's own addresses.
func (w *walk) forHost(b *branch, h *model.Instance) packet.Set {
	var buf [8]addr.Range
	own := buf[:0]
	for _, i := range h.Interfaces {
		own = appendOwn(own, i, b.fam)
	}
	for _, e := range h.TunnelEnds {
		if e.Address.IsValid() && addr.FamilyOf(e.Address) == b.fam {
			own = append(own, addr.RangeOfAddr(e.Address))
		}
	}
	if len(h.LocalRoutes) > 0 {
		others := w.sp.Minus(b.asked, w.to(b, own...))
		w.doubtRanges(b, others, b.destination(), h, h.LocalRoutes[0].At, blockPrefixes(h.LocalRoutes)...)
		for _, r := range h.LocalRoutes {
			if addr.FamilyOf(r.Prefix.Addr()) == b.fam {
				own = append(own, addr.RangeOf(r.Prefix))
			}
		}
	}
	return w.to(b, own...)
}

// reply takes a reply in at a host: back through the translations of the
// request where the host made them, then home or onward.
func (w *walk) reply(b branch, h *model.Instance) {
	knows := w.undoHopInside(&b, h, "NI-10", h)
	if local := w.forHost(&b, h); local != packet.Empty {
		w.arrive(w.only(b, local), h, nil)
		w.without(&b, local)
	}
	if b.asked == packet.Empty {
		return
	}
	if h.ForwardUnknown {
		w.unknownForwarding(&b, h)
		return
	}
	w.forwarding(&b, h, knows)
	if !knows {
		w.assumeSymmetry()
		w.asymmetric(&b, h, h.Name+" forwards the reply but has not seen the request", "NI-20", "M-8")
		return
	}
	w.hostOut(b, h, noTranslation)
}

// hostOut sends b by the host's own routing table, through POSTROUTING.
func (w *walk) hostOut(b branch, h *model.Instance, pass int) {
	if b.asked == packet.Empty {
		return
	}
	rest := b.asked
	routes := w.net.host(h).routes
	alike := func(a, b lpm.Region[hostRoute]) bool { return a.OK == b.OK && a.Value == b.Value }
	doubtTable(w, &b, routes, b.asked, b.destination(), alike, func(part packet.Set, x *model.Symbol, other lpm.Region[hostRoute]) {
		w.doubt(&b, part, x, h, "the host's route for "+other.Prefix.String(), h.At, false)
	})
	split(w, routes, b.asked, b.fam, b.destination(), func(rs []addr.Range, to hostRoute, ok bool) {
		if !ok {
			return
		}
		part := w.only(b, w.to(&b, rs...))
		rest = w.sp.Minus(rest, part.asked)
		if to.end != nil {
			w.postrouting(part, h, pass, to.end.Address, func(b branch) { w.tunnel(b, to.end) })
		} else {
			w.postrouting(part, h, pass, to.iface.Primary(b.fam == addr.V6), func(b branch) { w.send(b, to.iface) })
		}
	})
	w.drop(&b, rest, func() Hop {
		return gatewayHop(h).with(NoAddressOfFamily, fmt.Sprintf("%s has no %s address to send from", h.Name, b.fam), "ADDR-10")
	})
}

// postrouting translates the part of a request that a rule matches (NI-11) and
// sends every part on; the first rule that matches decides.
func (w *walk) postrouting(b branch, h *model.Instance, pass int, out netip.Addr, next func(branch)) {
	if pass != noTranslation && out.IsValid() {
		for k := range h.Masquerade {
			m := &h.Masquerade[k]
			s := b.asked
			if m.V6() != (b.fam == addr.V6) || b.fam != addr.FamilyOf(out) {
				continue
			}
			if m.Source.IsValid() {
				w.doubtRanges(&b, s, packet.Src, h, m.At, m.Source)
				s = w.in(s, b.fam, packet.Src, []addr.Range{addr.RangeOf(m.Source)})
			}
			if m.Destination.IsValid() {
				w.doubtRanges(&b, s, packet.Dst, h, m.At, m.Destination)
				s = w.in(s, b.fam, packet.Dst, []addr.Range{addr.RangeOf(m.Destination)})
			}
			part := w.only(b, s)
			w.without(&b, s)
			to := out
			if m.To.IsValid() {
				to = m.To
			}
			same := w.in(part.asked, b.fam, packet.Src, []addr.Range{addr.RangeOfAddr(to)})
			if m.Keep {
				same = part.asked
			}
			if same != packet.Empty {
				next(w.only(part, same)) // nothing to change
				w.without(&part, same)
			}
			if part.asked != packet.Empty {
				w.translate(&part, h, pass, change{src: newEnd{to: to}}, "NI-11")
				if w.rec {
					w.last().At = m.At
				}
				next(part)
			}
		}
	}
	if b.asked != packet.Empty {
		next(b)
	}
}
