package eval

import (
	"fmt"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// tunnel carries b into a tunnel and out of it at the other end (VPNI-3).
func (w *walk) tunnel(b branch, e *model.TunnelEnd) {
	t := e.Tunnel
	if !w.enterAt(&b, e, t) {
		return
	}
	ok := packet.Empty
	if w.net.tunnelUp(t, w.tunnels) {
		ok = b.asked
	}
	w.gate(&b, ok, false, func(denied packet.Set) Hop {
		h := gatewayHop(t).with(TunnelDown, "to "+e.Peer().Instance.Name, "VPNI-2")
		h.Outer = w.net.tunnelPaths(t, w.tunnels)
		if denied != packet.Empty {
			h.Message = fmt.Sprintf("the tunnel's own packets do not get through between %s and %s, from neither end", t.Ends[0].Instance.Name, t.Ends[1].Instance.Name)
		}
		return h
	})
	if b.asked == packet.Empty {
		return
	}
	b.iface = nil
	far := e.Peer()
	w.reversePath(&b, far)
	w.instance(b, far.Instance, nil)
}

// reversePath applies strict reverse path filtering at the end that the
// packet comes out of: its source must be routed into the same tunnel
// (VPNI-4).
func (w *walk) reversePath(b *branch, e *model.TunnelEnd) {
	ok := packet.Empty
	split(w, w.net.host(e.Instance).routes, b.asked, b.fam, b.source(), func(rs []addr.Range, back hostRoute, found bool) {
		if found && back.end == e {
			ok = w.sp.Or(ok, w.in(b.asked, b.fam, b.source(), rs))
		}
	})
	w.gate(b, ok, true, func(denied packet.Set) Hop {
		h := gatewayHop(e.Instance).with(ReversePathFilter, fmt.Sprintf("%s comes out of %s, but %s does not route it into that tunnel", w.some(denied, b.fam, b.source()), e.Tunnel.Name, e.Instance.Name), "VPNI-4")
		h.At = e.At
		return h
	})
}

// tunnelUp reports whether the outer packets make the round trip when either
// end begins (VPNI-2). A tunnel that would run through itself is down;
// inside lists the tunnels that the question is already about.
func (n *Net) tunnelUp(t *model.Tunnel, inside []*model.Tunnel) bool {
	if slices.Contains(inside, t) {
		return false
	}
	ask := func(t *model.Tunnel) bool {
		for _, e := range t.Ends {
			if r := n.outer(e, inside, false); r != nil && r.Verdict == Reachable {
				return true
			}
		}
		return false
	}
	if len(inside) > 0 {
		return ask(t) // depends on the question around it
	}
	return n.tunnels.get(t, ask)
}

// tunnelPaths returns the paths of the outer packets, as each end begins.
func (n *Net) tunnelPaths(t *model.Tunnel, inside []*model.Tunnel) []*Result {
	if slices.Contains(inside, t) {
		return nil
	}
	var out []*Result
	for _, e := range t.Ends {
		if r := n.outer(e, inside, true); r != nil {
			out = append(out, r)
			if r.Verdict == Reachable {
				return out[len(out)-1:]
			}
		}
	}
	return out
}

// outer asks whether the outer packets of an end reach the other one: between
// the public addresses, or private ones where an end has none.
func (n *Net) outer(e *model.TunnelEnd, inside []*model.Tunnel, record bool) *Result {
	p, ok := n.hostPair(e.Instance, e.Peer().Instance)
	if !ok {
		return nil
	}
	port := packet.PortRange{Lo: e.Tunnel.Port, Hi: e.Tunnel.Port}
	p.port = model.PortSpec{Text: fmt.Sprintf("%s/%d", packet.ProtoName(e.Tunnel.Protocol), e.Tunnel.Port), Protocol: e.Tunnel.Protocol, Ports: []packet.PortRange{port}}
	p.sourcePorts = port
	p.reply = true
	p.record = record
	p.tunnels = append(slices.Clone(inside), e.Tunnel)
	return n.answer(p)
}

// hostPair makes the question of a tunnel's outer packets.
func (n *Net) hostPair(from, to *model.Instance) (pair, bool) {
	if len(from.Interfaces) == 0 || len(to.Interfaces) == 0 {
		return pair{}, false
	}
	dst := to.Interfaces[0].Primary(false)
	for _, i := range to.Interfaces {
		if pub, ok := i.PublicOf(i.Primary(false)); ok {
			dst = pub
			break
		}
	}
	if !dst.IsValid() {
		dst = to.Interfaces[0].Primary(true)
	}
	if !dst.IsValid() {
		return pair{}, false
	}
	return n.pairFrom(from, to, dst), addr.FamilyOf(dst) == addr.V4 || from.Interfaces[0].Primary(true).IsValid()
}
