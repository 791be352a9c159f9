package eval_test

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// hop is where a host sends a packet: out of an interface or into a tunnel.
type hop struct {
	eni *model.Interface
	end *model.TunnelEnd
}

// hostRoute is a host's own table: its subnets on link, its tunnels, default
// by the first interface that speaks the family (ADDR-10, ADDR-15, VPNI-10,
// decision 12).
func hostRoute(i *model.Instance, dst netip.Addr) hop {
	best, bits := hop{eni: i.Interfaces[0]}, -2
	for _, eni := range i.Interfaces {
		if !eni.Primary(dst.Is6()).IsValid() {
			continue
		}
		if bits == -2 {
			best, bits = hop{eni: eni}, -1
		}
		for _, c := range eni.Subnet.Prefixes() {
			if covers(c, dst) && c.Bits() > bits {
				best, bits = hop{eni: eni}, c.Bits()
			}
		}
	}
	for _, e := range i.TunnelEnds {
		for _, c := range e.Routes {
			if covers(c.Prefix, dst) && c.Prefix.Bits() > bits {
				best, bits = hop{end: e}, c.Prefix.Bits()
			}
		}
		if e.Peer().Address == dst {
			return hop{end: e}
		}
	}
	return best
}

// hostOwns reports whether an address is one of the host's.
func hostOwns(i *model.Instance, a netip.Addr) bool {
	for _, eni := range i.Interfaces {
		if eni.Owns(a) {
			return true
		}
	}
	if slices.ContainsFunc(i.LocalRoutes, func(b model.Block) bool { return covers(b.Prefix, a) }) {
		return true
	}
	return slices.ContainsFunc(i.TunnelEnds, func(e *model.TunnelEnd) bool { return e.Address == a })
}

// hostSend is a packet that a host makes itself, a request or a reply, for
// the interface that its table names or, where one is given, for that one.
func (w *walker) hostSend(i *model.Instance, via *model.Interface, p pkt) {
	if w.replying {
		p, _ = w.undo(i, p)
	}
	if hostOwns(i, p.dst) {
		w.arrive(p, i, nil, i.Name)
		return
	}
	if i.Interfaces[0].Subnet.VPC.LinkLocalServices().Contains(p.dst) { // ADDR-7, ADDR-8
		w.arrive(p, nil, nil, "hypervisor")
		w.leg.hypervisor = true
		return
	}
	out := hostRoute(i, p.dst)
	if via != nil {
		out = hop{eni: via}
	}
	if !w.replying {
		q, ok := w.masquerade(i, out, p)
		if !ok {
			return
		}
		if q != p {
			w.passages = append(w.passages, passage{device: i, in: p, out: q})
		} else {
			w.visited[visit{"conntrack of " + i.Name, p}] = true
		}
		p = q
	}
	w.out(out, p)
}

func (w *walker) out(h hop, p pkt) {
	if h.end != nil {
		w.tunnelSend(h.end, p)
		return
	}
	if !h.eni.Primary(p.v6()).IsValid() { // ADDR-10
		w.drop(one(eval.NoAddressOfFamily), ownerName(h.eni))
		return
	}
	w.leave(h.eni, p)
}

// masquerade is POSTROUTING: MASQUERADE, SNAT and ACCEPT; the first rule that
// matches ends the chain (NI-11, decision 13).
func (w *walker) masquerade(i *model.Instance, out hop, p pkt) (pkt, bool) {
	for _, m := range i.Masquerade {
		if m.V6() != p.v6() || m.Source.IsValid() && !m.Source.Contains(p.src) || m.Destination.IsValid() && !m.Destination.Contains(p.dst) {
			continue
		}
		if m.Keep {
			return p, true
		}
		if m.To.IsValid() {
			p.src = m.To
			return p, true
		}
		if out.end != nil {
			p.src = out.end.Address
			return p, true
		}
		if p.src = out.eni.Primary(p.v6()); !p.src.IsValid() {
			w.drop(one(eval.NoAddressOfFamily), i.Name)
			return p, false
		}
		return p, true
	}
	return p, true
}

// portForward is PREROUTING: the first rule that matches (NI-10, NI-12).
func portForward(i *model.Instance, p pkt) pkt {
	for _, f := range i.PortForwards {
		if f.Protocol == p.proto && f.To.Is4() == p.dst.Is4() && f.Ports.Lo <= p.dport && p.dport <= f.Ports.Hi &&
			(!f.Destination.IsValid() || f.Destination.Contains(p.dst)) {
			p.dst = f.To
			if f.ToPort != 0 {
				p.dport = f.ToPort
			}
			break
		}
	}
	return p
}

// dropStray drops a reply that a stateful device does not know, or has just
// sent itself.
func (w *walker) dropStray(enis []*model.Interface, p pkt, names ...string) {
	w.drop(one(eval.ReturnPathAsymmetric), names...)
	for _, eni := range enis {
		if w.visited[visit{"leave " + eni.Name, p}] {
			w.drop(one(eval.ReturnPathAsymmetric, eval.RoutingLoop), append(names, eni.Name)...)
		}
	}
}

// hostReceive is a packet that comes to a host from the wire or a tunnel.
func (w *walker) hostReceive(i *model.Instance, p pkt) {
	if w.probing != nil { // what a host between does to an address kept, nobody says
		return
	}
	kept := w.kept
	w.kept = false
	in := p
	if w.replying {
		back := w.last(i, p)
		q, ok := w.undo(i, p)
		switch {
		case hostOwns(i, q.dst):
			w.arrive(q, i, nil, i.Name)
		case ok:
			w.pass(i.Name)
			if !forwardPasses(i, back.mid.reverse(), true) {
				w.drop(one(eval.InstanceForwardRules), i.Name)
				return
			}
			w.out(hostRoute(i, q.dst), q)
		case !i.IPForward:
			w.drop(one(eval.InstanceNotForwarding, eval.ReturnPathAsymmetric), i.Name)
		default:
			w.dropStray(i.Interfaces, p, i.Name)
		}
		return
	}
	// what the host itself sent and gets back is of a flow that it knows: the
	// nat chains see only the first packet of a flow (NI-10)
	known := w.visited[visit{"conntrack of " + i.Name, p}]
	if !known {
		p = portForward(i, p)
		w.leg.moved = w.leg.moved || p != in
	}
	if hostOwns(i, p.dst) {
		if p != in {
			w.passages = append(w.passages, passage{device: i, in: in, out: p})
		}
		w.arrive(p, i, nil, i.Name)
		return
	}
	w.leg.murky = w.leg.murky || kept
	w.pass(i.Name)
	if !i.IPForward { // NI-9
		w.drop(one(eval.InstanceNotForwarding), i.Name)
		return
	}
	out, mid := hostRoute(i, p.dst), p
	if !forwardPasses(i, mid, false) {
		w.drop(one(eval.InstanceForwardRules), i.Name)
		return
	}
	if !known {
		var ok bool
		if p, ok = w.masquerade(i, out, p); !ok {
			return
		}
	}
	w.passages = append(w.passages, passage{device: i, in: in, out: p, mid: mid})
	w.out(out, p)
}

// forwardPasses is the FORWARD chain, between the port forward and the
// masquerade: the first rule that matches decides, and what none matches
// passes. A request is new, a reply established (NI-9, NI-10).
func forwardPasses(i *model.Instance, p pkt, established bool) bool {
	for _, r := range i.ForwardRules {
		if r.State == model.NewState && established || r.State == model.EstablishedState && !established || !firewallMatch(r, p) {
			continue
		}
		return r.Action == model.Pass
	}
	return true
}
