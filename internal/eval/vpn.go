package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// vgwOut takes b from a VPC into the VPN gateway: the subnet's table has led
// here, and the gateway must know the prefix too (VGW-1).
func (w *walk) vgwOut(b branch, v *model.VPC, g *model.VPNGateway, r *model.Route) {
	if g.VPC != v {
		w.badRoute(&b, r, g.Name+" is not attached to "+v.Name)
		return
	}
	w.gate(&b, w.owned(&b, b.source(), v), true, func(denied packet.Set) Hop {
		return gatewayHop(g).with(VPNGatewaySource, fmt.Sprintf("the source %s belongs to no network interface of %s", w.some(denied, b.fam, b.source()), v.Name), "VGW-3")
	})
	w.toSite(b, g)
}

// toSite hands b to the connection with the longest prefix (VGW-2).
func (w *walk) toSite(b branch, g *model.VPNGateway) {
	if b.asked == packet.Empty {
		return
	}
	id := gatewayHop(g)
	known := w.net.knownTo(g)
	rest := b.asked
	split(w, known, b.asked, b.fam, b.destination(), func(rs []addr.Range, c *model.VPNConnection, ok bool) {
		if !ok {
			return
		}
		s := w.to(&b, rs...)
		rest = w.sp.Minus(rest, s)
		part := w.only(b, s)
		w.handOn(&part, g, "over "+c.Name, "VGW-2")
		w.handOn(&part, c, "to the site behind it", "VGW-1")
		part.iface = nil
		w.site(part, c)
	})
	w.drop(&b, rest, func() Hop {
		if b.fam == addr.V6 {
			return id.with(VPNConnectionFamily, "a VPN connection on a VPN gateway carries IPv4 only", "VGW-5")
		}
		return id.with(VPNGatewayNoRoute, fmt.Sprintf("%s knows no VPN connection that leads to %s", g.Name, w.some(rest, b.fam, b.destination())), "VGW-1")
	})
}

// site delivers b behind a connection: to the networks that the topology names
// there, else to the connection itself where that knows the prefix. What a
// transit gateway sends there beyond that, nobody can say.
func (w *walk) site(b branch, c *model.VPNConnection) {
	for _, e := range c.Networks {
		for _, block := range e.CIDRs {
			if s := w.to(&b, addr.RangeOf(block.Prefix)); s != packet.Empty {
				w.arrive(w.only(b, s), e, nil)
				w.without(&b, s)
			}
		}
	}
	for _, r := range c.Routes {
		if s := w.to(&b, addr.RangeOf(r.Prefix)); s != packet.Empty {
			w.arrive(w.only(b, s), c, nil)
			w.without(&b, s)
		}
	}
	if b.asked == packet.Empty {
		return
	}
	w.undetermined(&b, b.asked, func() Hop {
		return gatewayHop(c).with(NotModelled, fmt.Sprintf("the topology does not say who has %s behind %s", w.some(b.asked, b.fam, b.destination()), c.Name), "VGW-6")
	})
}

// fromSite takes b from behind a connection to the gateways on its AWS side:
// to a VPN gateway what is for the gateway's VPC, to a transit gateway the
// rest.
func (w *walk) fromSite(b branch, c *model.VPNConnection) {
	w.handOn(&b, c, "to AWS", "VGW-6")
	for k, g := range c.Gateways {
		part := b
		if more := k+1 < len(c.Gateways) || len(c.Attachments) > 0; more && g.VPC != nil {
			part = w.only(b, w.in(b.asked, b.fam, b.destination(), w.net.vpc(g.VPC).blocks.Ranges(b.fam)))
			w.without(&b, part.asked)
		} else {
			b.asked, b.live = packet.Empty, packet.Empty
		}
		if part.asked != packet.Empty {
			w.vgwIn(part, g, c)
		}
	}
	if b.asked == packet.Empty {
		return
	}
	if len(c.Attachments) == 0 {
		w.drop(&b, b.asked, func() Hop {
			return gatewayHop(c).with(BadStateRoute, c.Name+" leads to no gateway", "VGW-11")
		})
		return
	}
	w.transit(b, c.Attachments[0])
}

// vgwIn takes b from behind a connection into the VPC of a gateway (VGW-3),
// or to another site (VGW-7).
func (w *walk) vgwIn(b branch, g *model.VPNGateway, c *model.VPNConnection) {
	id := gatewayHop(g)
	w.handOn(&b, g, "from "+c.Name, "VGW-3")
	if c.BGP {
		b = w.cloudHub(b, g, c)
	}
	v := g.VPC
	if v == nil {
		w.drop(&b, b.asked, func() Hop {
			return id.with(BadStateRoute, g.Name+" is attached to no VPC", "VGW-11")
		})
		return
	}
	owned := w.owned(&b, b.destination(), v)
	w.drop(&b, w.sp.Minus(b.asked, owned), func() Hop {
		s := w.sp.Minus(b.asked, owned)
		return id.with(VPNGatewayDestination, fmt.Sprintf("no attached network interface of %s has %s", v.Name, w.some(s, b.fam, b.destination())), "VGW-3")
	})
	if b.asked == packet.Empty {
		return
	}
	b.iface = nil
	w.lookup(b, w.net.edge(v, g.EdgeTable), func(b branch, r candidate) {
		if i := edgeTarget(r.route); i != nil {
			w.toInterface(b, i, r.route) // VGW-9
			return
		}
		w.routeTo(b, v, r.route)
	})
}

// cloudHub sends what is for another BGP site of the same gateway there, and
// returns the rest (VGW-7).
func (w *walk) cloudHub(b branch, g *model.VPNGateway, from *model.VPNConnection) branch {
	rest := b
	split(w, w.net.knownTo(g), b.asked, b.fam, b.destination(), func(rs []addr.Range, c *model.VPNConnection, ok bool) {
		if !ok || !c.BGP || c == from {
			return
		}
		s := w.to(&b, rs...)
		part := w.only(b, s)
		w.handOn(&part, g, "over "+c.Name, "VGW-7")
		w.handOn(&part, c, "to the site behind it", "VGW-7")
		w.site(part, c)
		w.without(&rest, s)
	})
	return rest
}
