package eval

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// What is missing altogether, as a public address or a route, is supposed
// where the topology leaves but one way to mend it, so that the walk finds
// what else is wrong behind it. A gate has emptied live by then: nothing here
// decides a verdict.

// supposePublic sends a request out through an internet gateway as if its
// source had a public address. It goes to hosts outside the topology alone:
// filters inside would judge an address that is not there.
func (w *walk) supposePublic(b branch, g *model.InternetGateway) {
	inside := b.asked
	split(w, w.net.public(), b.asked, b.fam, b.destination(), func(rs []addr.Range, _ publicOwner, ok bool) {
		if !ok {
			inside = w.sp.Minus(inside, w.to(&b, rs...))
		}
	})
	w.without(&b, inside)
	if b.asked == packet.Empty {
		return
	}
	w.remember(&b, mark{kind: passed, device: g, pass: w.newPass()})
	w.handOn(&b, g, "to the internet, as if from a public address", "IGW-4")
	b.iface = nil
	w.internet(b)
}

// supposedGateway returns the internet gateway that a reply goes back to
// because its request passed it with a supposed public address, or nil.
func (b *branch) supposedGateway() *model.InternetGateway {
	if b.dir != packet.Reply || b.undo == nil || b.undo.kind != passed {
		return nil
	}
	g, _ := b.undo.device.(*model.InternetGateway)
	return g
}

// supposedIn brings a request from the internet to the target that the
// question names, as if that had a public address. It returns what of s it
// has taken.
func (w *walk) supposedIn(b *branch, s packet.Set) packet.Set {
	i := w.target.iface
	if !w.rec || i == nil || b.dir != packet.Forward || b.fam != addr.V4 || i.Owner == nil || i.Subnet.VPC.InternetGateway == nil {
		return packet.Empty
	}
	g := i.Subnet.VPC.InternetGateway
	own := w.own(s, i, b.fam, packet.Dst)
	part := w.only(*b, own)
	if part.asked == packet.Empty {
		return packet.Empty
	}
	w.mend(&part, func() Hop { return w.notOnInternet(&part, part.asked) })
	w.remember(&part, mark{kind: passed, device: g, pass: w.newPass()})
	w.igwIn(part, publicOwner{vpc: g.VPC})
	return own
}

// supposeRoute returns the way on behind a missing route, where the topology
// has just one thing that joins the VPC to all the destinations of b: a
// peering connection, a transit gateway or a VPN gateway that leads there, or
// for the internet the internet gateway of a source with a public address. It
// returns nil where there is none, or a choice.
func (w *walk) supposeRoute(b *branch, v *model.VPC) func(branch) {
	var ways []func(branch)
	for _, p := range w.net.topo.PeeringConnections {
		if far := p.Other(v); far != nil && p.Active() && w.allIn(b, far.Blocks()) {
			ways = append(ways, func(b branch) { w.cross(b, v, p) })
		}
	}
	for _, g := range w.net.topo.TransitGateways {
		if g.AttachmentOf(v) == nil {
			continue
		}
		for _, a := range g.Attachments {
			if a.VPC != nil && a.VPC != v && w.allIn(b, a.VPC.Blocks()) || a.Connection != nil && w.allIn(b, a.Connection.Routes) {
				ways = append(ways, func(b branch) { w.tgwOut(b, v, g, nil) })
				break
			}
		}
	}
	if g := v.VPNGateway; g != nil {
		for _, c := range g.Connections {
			if w.allIn(b, c.Routes) {
				ways = append(ways, func(b branch) { w.vgwOut(b, v, g, nil) })
				break
			}
		}
	}
	if g := v.InternetGateway; g != nil && b.fam == addr.V4 && w.to(b, w.net.carried().Ranges(b.fam)...) == b.asked && (w.allMapped(b, v) || b.supposedGateway() == g) {
		ways = append(ways, func(b branch) { w.igwOut(b, v, g, nil) })
	}
	if len(ways) != 1 {
		return nil
	}
	return ways[0]
}

// allIn reports whether all destinations of b lie in some blocks.
func (w *walk) allIn(b *branch, blocks []model.Block) bool {
	in := packet.Empty
	for _, o := range blocks {
		if addr.FamilyOf(o.Prefix.Addr()) == b.fam {
			in = w.sp.Or(in, w.to(b, addr.RangeOf(o.Prefix)))
		}
	}
	return in == b.asked
}

// allMapped reports whether all sources of b have public addresses.
func (w *walk) allMapped(b *branch, v *model.VPC) bool {
	all := true
	w.eachMapped(*b, v, model.KindInternetGateway, func(_ branch, public netip.Addr) { all = all && public.IsValid() })
	return all
}
