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
	if b.asked != packet.Empty {
		w.toSite(b, g)
	}
}

// toSite hands b to the connection with the longest prefix (VGW-2).
func (w *walk) toSite(b branch, g *model.VPNGateway) {
	w.lookup(b, w.net.vpnTable(g), func(b branch, c candidate) {
		w.overConnection(b, c.route.From, "VGW-1")
	})
}

// overConnection takes b to the site behind a connection.
func (w *walk) overConnection(b branch, c *model.VPNConnection, rule string) {
	if c.Type != model.ConnectAttachment { // the attachment has its step already
		w.handOn(&b, c, "to the site behind it", rule)
	}
	b.iface = nil
	w.site(b, c)
}

// site delivers b behind a connection: to the networks that the topology names
// there, else to the connection itself where that knows the prefix. What a
// transit gateway sends there beyond that, nobody can say.
func (w *walk) site(b branch, c *model.VPNConnection) {
	b = w.toNetworks(b, c.Networks)
	for _, r := range c.Routes {
		if s := w.to(&b, addr.RangeOf(r.Prefix)); s != packet.Empty {
			w.arrive(w.only(b, s), c, nil)
			w.without(&b, s)
		}
	}
	if b.asked == packet.Empty {
		return
	}
	w.endsUnknown(&b, b.asked, func() Hop {
		return gatewayHop(c.Named()).with(NotModelled, fmt.Sprintf("the topology does not say who has %s behind %s", w.some(b.asked, b.fam, b.destination()), c.Name), "VGW-6")
	})
}

// fromNetwork sends b from a site by what it is behind.
func (w *walk) fromNetwork(b branch, e *model.ExternalNetwork) {
	switch edge := e.Edge.(type) {
	case *model.CarrierGateway:
		w.fromCarrier(b, edge)
	case *model.LocalGateway:
		w.fromPremises(b, edge)
	default:
		if e.OnInternet() {
			w.internet(b)
		} else {
			w.leaveSite(b, e, e.Links)
		}
	}
}

// vgwIn takes b from behind a connection into the VPC of a gateway (VGW-3),
// or to another site (VGW-7).
func (w *walk) vgwIn(b branch, g *model.VPNGateway, c *model.VPNConnection) {
	id := gatewayHop(g)
	w.handOn(&b, g, "from "+c.Name, "VGW-3")
	if b.fam == addr.V6 && c.Type != model.DirectConnect {
		w.drop(&b, b.asked, func() Hop {
			return id.with(VPNConnectionFamily, "a VPN connection on a VPN gateway carries IPv4 only", "VGW-5")
		})
		return
	}
	if hubs(c) {
		b = w.cloudHub(b, g, c)
	}
	v := g.VPC
	if v == nil {
		w.drop(&b, b.asked, func() Hop {
			return id.with(BadStateRoute, g.Name+" is attached to no VPC", "VGW-11")
		})
		return
	}
	owned := b.asked
	if v.Incomplete == "" {
		owned = w.inBlocks(w.owned(&b, b.destination(), v), b.fam, b.destination(), v.Blocks()) // a regional NAT gateway's addresses are public ones
	}
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

// hubs reports whether the sites behind a connection reach those of others on
// the same VPN gateway: over BGP, and not by Direct Connect (VGW-7),
// https://docs.aws.amazon.com/directconnect/latest/UserGuide/virtualgateways.html.
func hubs(c *model.VPNConnection) bool { return c.BGP && c.Type != model.DirectConnect }

// cloudHub sends what is for another BGP site of the same gateway there, and
// returns the rest (VGW-7).
func (w *walk) cloudHub(b branch, g *model.VPNGateway, from *model.VPNConnection) branch {
	rest := b
	if g.VPC != nil { // what its VPC has stays there, whatever a site claims
		w.without(&b, w.inBlocks(b.asked, b.fam, b.destination(), g.VPC.Blocks()))
	}
	split(w, w.net.vpnTable(g).lookup, b.asked, b.fam, b.destination(), func(rs []addr.Range, e *routeEntry, ok bool) {
		if !ok {
			return
		}
		s := w.to(&b, rs...)
		part := w.only(b, s)
		for _, c := range e.candidates[:e.equal] {
			if to := c.route.From; hubs(to) && to != from {
				fork := part
				w.handOn(&fork, g, "over "+to.Name, "VGW-7")
				w.overConnection(fork, to, "VGW-7")
				w.without(&rest, s)
			}
		}
	})
	return rest
}
