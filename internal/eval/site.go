package eval

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/lpm"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// exit is a way from a site into AWS: a connection, and what of its AWS side
// the packet comes to.
type exit struct {
	link *model.VPNConnection
	// gateway is a *model.VPNGateway or *model.TransitGatewayAttachment, or nil
	// where the connection leads to neither.
	gateway model.Resource
}

// exitTable is the routing table of a site (VGW-6).
type exitTable struct {
	routes *lpm.Table[exit]
	// rest takes what no route holds; it is set where the topology does not
	// say what the site routes into some connection.
	rest  exit
	known bool // rest is not used: the topology says it for every connection
}

// exitsOf returns the routing table of a site: the longest prefix, then the
// connection that the site names first.
func (n *Net) exitsOf(site model.Resource, links []*model.VPNConnection) *exitTable {
	return n.exits.get(site, func(model.Resource) *exitTable {
		out := &exitTable{known: true}
		var b lpm.Builder[exit]
		taken := map[netip.Prefix]bool{}
		for _, link := range links {
			exits := exitsThrough(link)
			for _, e := range exits {
				for _, p := range n.offered(e, links) {
					if !taken[p] {
						taken[p] = true
						b.Insert(p, e)
					}
				}
			}
			if out.known && (!told(link) || link == links[0]) {
				out.rest, out.known = exits[len(exits)-1], told(link)
			}
		}
		out.routes = b.Build()
		return out
	})
}

// exitsThrough lists what of AWS a connection leads to.
func exitsThrough(c *model.VPNConnection) []exit {
	var out []exit
	for _, g := range c.Gateways {
		out = append(out, exit{c, g})
	}
	for _, a := range c.Attachments {
		out = append(out, exit{c, a})
	}
	if out == nil {
		out = append(out, exit{link: c})
	}
	return out
}

// told reports whether the topology says what sites route into a connection.
func told(c *model.VPNConnection) bool {
	if c.AllowedAt == nil {
		return c.AllowedPrefixes != nil || c.CustomerGateway != nil && c.CustomerGateway.Routes != nil
	}
	for _, g := range c.Gateways {
		if _, ok := c.Allowed(g); !ok {
			return false
		}
	}
	for _, a := range c.Attachments {
		if _, ok := c.Allowed(a.TransitGateway); !ok {
			return false
		}
	}
	return true
}

// offered returns the prefixes that a site routes to an exit: those that its
// customer gateway has, else those that AWS offers there. A VPN gateway
// offers the blocks of its VPC, and over BGP its other sites; a transit
// gateway what the attachment's route table holds; Direct Connect no more
// than its allowed prefixes: those around a VPC's blocks let the blocks pass,
// and towards a transit gateway they stand for themselves.
func (n *Net) offered(e exit, own []*model.VPNConnection) []netip.Prefix {
	if c := e.link.CustomerGateway; c != nil && c.Routes != nil {
		return prefixesOf(c.Routes)
	}
	var out []netip.Prefix
	switch g := e.gateway.(type) {
	case *model.VPNGateway:
		if g.VPC != nil {
			out = prefixesOf(g.VPC.Blocks())
		}
		if allowed, ok := e.link.Allowed(g); ok {
			return within(out, allowed)
		}
		for _, c := range g.Connections {
			if hubs(e.link) && hubs(c) && c != e.link && !slices.Contains(own, c) { // VGW-7
				out = append(out, prefixesOf(c.Routes)...)
			}
		}
	case *model.TransitGatewayAttachment:
		if allowed, ok := e.link.Allowed(g.TransitGateway); ok {
			return prefixesOf(allowed)
		}
		if g.RouteTable == nil {
			return nil
		}
		for _, r := range g.RouteTable.Routes {
			if r.Kind != model.TargetBlackhole && r.Target != model.Resource(g) {
				out = append(out, r.Prefixes()...)
			}
		}
	}
	return out
}

// leaveSite sends b from a site into AWS by the site's own routes. Where the
// topology says them and none leads there, the walk goes on as if the first
// connection took it.
func (w *walk) leaveSite(b branch, site model.Resource, links []*model.VPNConnection) {
	t := w.net.exitsOf(site, links)
	rest := b.asked
	split(w, t.routes, b.asked, b.fam, b.destination(), func(rs []addr.Range, e exit, ok bool) {
		if ok {
			part := w.only(b, w.to(&b, rs...))
			rest = w.sp.Minus(rest, part.asked)
			w.intoAWS(part, e)
		}
	})
	b = w.only(b, rest)
	if t.known {
		w.gate(&b, packet.Empty, true, func(denied packet.Set) Hop { return w.notRouted(&b, denied, site, links) })
	}
	w.intoAWS(b, t.rest)
}

// notRouted explains that a site sends nothing into its connections.
func (w *walk) notRouted(b *branch, s packet.Set, site model.Resource, links []*model.VPNConnection) Hop {
	to := w.some(s, b.fam, b.destination())
	c := links[0]
	switch {
	case len(links) > 1:
		return gatewayHop(site).with(CustomerGatewayNoRoute, fmt.Sprintf("none of the %d connections of %s gets what is for %s", len(links), site.ID().Name, to), "VGW-6")
	case c.CustomerGateway != nil:
		return gatewayHop(c.CustomerGateway).with(CustomerGatewayNoRoute, fmt.Sprintf("%s does not route %s into %s", c.CustomerGateway.Name, to, c.Name), "VGW-6")
	}
	return gatewayHop(c).with(CustomerGatewayNoRoute, fmt.Sprintf("the allowed prefixes of %s announce nothing that holds %s to its sites", c.Name, to), "VGW-6")
}

// intoAWS takes b over a connection to the gateway on its AWS side.
func (w *walk) intoAWS(b branch, e exit) {
	if b.asked == packet.Empty {
		return
	}
	w.handOn(&b, e.link.Named(), "to AWS", "VGW-6")
	switch g := e.gateway.(type) {
	case *model.VPNGateway:
		w.vgwIn(b, g, e.link)
	case *model.TransitGatewayAttachment:
		w.transit(b, g)
	default:
		w.drop(&b, b.asked, func() Hop {
			return gatewayHop(e.link).with(BadStateRoute, e.link.Name+" leads to no gateway", "VGW-11")
		})
	}
}

func prefixesOf(blocks []model.Block) []netip.Prefix {
	out := make([]netip.Prefix, len(blocks))
	for i, b := range blocks {
		out[i] = b.Prefix
	}
	return out
}

// within returns the prefixes that lie in one of some blocks.
func within(list []netip.Prefix, blocks []model.Block) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range list {
		for _, b := range blocks {
			if b.Prefix.Bits() <= p.Bits() && b.Prefix.Contains(p.Addr()) {
				out = append(out, p)
				break
			}
		}
	}
	return out
}
