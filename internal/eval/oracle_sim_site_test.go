package eval_test

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// merit orders connections that know one prefix; less is better (VGW-2,
// TGW-4). What a static route knows has neither an AS path nor a MED.
type merit struct{ kind, path, med int }

func meritOf(c *model.VPNConnection) merit {
	m := merit{}
	switch c.Type {
	case model.DirectConnect:
		m.kind = 0
	case model.ConnectAttachment:
		m.kind = 1
	case model.PrivateIPVPN:
		m.kind = 2
	case model.ConcentratorVPN:
		m.kind = 5
	case model.ClientVPN:
		m.kind = 6
	default:
		if m.kind = 4; !c.BGP {
			m.kind = 3
		}
	}
	if c.BGP {
		m.path, m.med = c.ASPathLength, c.MED
	} else {
		m.path = 1
	}
	return m
}

func (m merit) less(o merit) bool {
	switch {
	case m.kind != o.kind:
		return m.kind < o.kind
	case m.path != o.path:
		return m.path < o.path
	}
	return m.med < o.med
}

// bestConnections are the connections of a VPN gateway that know the longest
// prefix to an address; Direct Connect beats static, and that beats BGP. Where
// nothing tells several apart, AWS takes one and does not say which (VGW-1,
// VGW-2).
func bestConnections(g *model.VPNGateway, dst netip.Addr) []*model.VPNConnection {
	var best []*model.VPNConnection
	bits, rank := -1, merit{}
	for _, c := range g.Connections {
		mine := meritOf(c)
		for _, r := range c.Routes {
			if !covers(r.Prefix, dst) {
				continue
			}
			switch n := r.Prefix.Bits(); {
			case n > bits || n == bits && mine.less(rank):
				best, bits, rank = []*model.VPNConnection{c}, n, mine
			case n == bits && mine == rank:
				best = append(best, c)
			}
		}
	}
	return best
}

// vpnGatewayOut is a VPN gateway away from its VPC (VGW-1, 3, 5).
func (w *walker) vpnGatewayOut(g *model.VPNGateway, p pkt) {
	w.pass(g.Name)
	var codes []eval.Code
	var c *model.VPNConnection
	if list := bestConnections(g, p.dst); len(list) > 0 {
		c = list[w.choose.settle(len(list))]
	}
	if p.v6() && (c == nil || c.Type != model.DirectConnect) {
		codes = append(codes, eval.VPNConnectionFamily)
	}
	if w.owner(g.VPC, p.src) == nil {
		codes = append(codes, eval.VPNGatewaySource, eval.GatewayRejectsSpoofed)
	}
	if c == nil {
		codes = append(codes, eval.VPNGatewayNoRoute)
	}
	if codes != nil {
		w.drop(codes, g.Name)
		return
	}
	w.toSite(c, p)
}

// toSite delivers behind a connection.
func (w *walker) toSite(c *model.VPNConnection, p pkt) {
	w.pass(c.Named().ID().Name)
	for _, n := range c.Networks {
		for _, b := range n.CIDRs {
			if covers(b.Prefix, p.dst) {
				w.arrive(p, n, c, n.Name)
				return
			}
		}
	}
	if !slices.ContainsFunc(c.Routes, func(b model.Block) bool { return covers(b.Prefix, p.dst) }) {
		w.leg.unclear = true // who has that address there, nobody says
		return
	}
	w.arrive(p, c, c, "behind "+c.Named().ID().Name)
}

// fromNetwork is who sends for a network outside.
func fromNetwork(n *model.ExternalNetwork) sender {
	if n.OnInternet() {
		return sender{}
	}
	return sender{net: n}
}

func (w *walker) fromNetwork(n *model.ExternalNetwork, p pkt) {
	if n.Edge != nil {
		w.fromEdge(n, p)
		return
	}
	w.fromLinks(n.Links, n.Name, p)
}

// siteRoutes are the prefixes that a site routes to a connection, and whether the
// topology says so (VGW-6).
func siteRoutes(c *model.VPNConnection) (list []netip.Prefix, said bool) {
	switch {
	case c.CustomerGateway != nil && c.CustomerGateway.Routes != nil:
		for _, b := range c.CustomerGateway.Routes {
			list = append(list, b.Prefix)
		}
		return list, true
	case c.AllowedPrefixes != nil || c.AllowedAt != nil:
		allowed := func(g model.Resource) []model.Block {
			if c.AllowedAt != nil {
				return c.AllowedAt[g]
			}
			return c.AllowedPrefixes
		}
		for _, a := range c.Attachments {
			for _, b := range allowed(a.TransitGateway) {
				list = append(list, b.Prefix)
			}
		}
		for _, g := range c.Gateways {
			for _, a := range allowed(g) {
				if g.VPC == nil {
					continue
				}
				for _, b := range g.VPC.Blocks() {
					if b.Prefix.Bits() >= a.Prefix.Bits() && covers(a.Prefix, b.Prefix.Addr()) {
						list = append(list, b.Prefix)
					}
				}
			}
		}
		return list, true
	}
	for _, g := range c.Gateways { // what AWS offers there
		if g.VPC != nil {
			for _, b := range g.VPC.Blocks() {
				list = append(list, b.Prefix)
			}
		}
		if !c.BGP || c.Type == model.DirectConnect {
			continue
		}
		for _, o := range g.Connections {
			if o != c && o.BGP && o.Type != model.DirectConnect {
				for _, b := range o.Routes {
					list = append(list, b.Prefix)
				}
			}
		}
	}
	for _, a := range c.Attachments {
		if a.RouteTable != nil {
			for _, r := range a.RouteTable.Routes {
				if r.Kind == model.TargetBlackhole || r.Target == a {
					continue
				}
				list = append(list, r.Prefixes()...)
			}
		}
	}
	return list, false
}

// fromLinks is a packet that a site sends by one of its connections: the one
// with the longest prefix, then the first; what none is known to take goes by
// the first of which the topology does not say it (VGW-6).
func (w *walker) fromLinks(links []*model.VPNConnection, name string, p pkt) {
	var by *model.VPNConnection
	bits := -1
	names := []string{name}
	for _, c := range links {
		names = append(names, c.Named().ID().Name)
		if c.CustomerGateway != nil {
			names = append(names, c.CustomerGateway.Name)
		}
		list, _ := siteRoutes(c)
		for _, r := range list {
			if covers(r, p.dst) && r.Bits() > bits {
				by, bits = c, r.Bits()
			}
		}
	}
	for _, c := range links {
		if _, said := siteRoutes(c); by == nil && !said {
			by = c
		}
	}
	if by == nil {
		w.drop(one(eval.CustomerGatewayNoRoute), names...)
		return
	}
	w.fromSite(by, p)
}

// fromSite is a packet that a site sends over a connection.
func (w *walker) fromSite(c *model.VPNConnection, p pkt) {
	w.emitter, w.byTransit = nil, nil
	w.pass(c.Named().ID().Name)
	if len(c.Attachments) > 0 {
		w.transitRoute(c.Attachments[0], "", p)
		return
	}
	g := c.Gateways[0]
	for _, o := range c.Gateways { // a Direct Connect gateway knows which VPC has the address
		if o.VPC != nil && o.VPC.Contains(p.dst) {
			g = o
		}
	}
	w.vpnGatewayIn(g, c, p)
}

// vpnGatewayIn is a VPN gateway towards its VPC (VGW-3, 7, 9). Sites of a
// Direct Connect gateway and of VPN connections do not meet there:
// https://docs.aws.amazon.com/directconnect/latest/UserGuide/virtualgateways.html
func (w *walker) vpnGatewayIn(g *model.VPNGateway, c *model.VPNConnection, p pkt) {
	w.pass(g.Name)
	if p.v6() && c.Type != model.DirectConnect {
		names := []string{c.Name}
		for _, g := range c.Gateways {
			names = append(names, g.Name)
		}
		w.drop(one(eval.VPNConnectionFamily, eval.VPNGatewayDestination), names...) // whichever is seen first
		return
	}
	if g.VPC == nil || w.owner(g.VPC, p.dst) == nil {
		hubs := func(c *model.VPNConnection) bool { return c.BGP && c.Type != model.DirectConnect }
		var to []*model.VPNConnection // CloudHub
		for _, o := range bestConnections(g, p.dst) {
			if o != c && hubs(o) && hubs(c) && (g.VPC == nil || !g.VPC.Contains(p.dst)) { // the VPC's own stays there
				to = append(to, o)
			}
		}
		if len(to) > 0 {
			w.toSite(to[w.choose.settle(len(to))], p)
			return
		}
		names := []string{c.Name}
		for _, g := range c.Gateways {
			names = append(names, g.Name)
		}
		w.drop(one(eval.VPNGatewayDestination), names...)
		return
	}
	if nat, ok := w.owner(g.VPC, p.dst).Owner.(*model.NATGateway); ok && nat.Regional { // a public address
		w.drop(one(eval.VPNGatewayDestination, eval.NoRoute))
		return
	}
	w.edge(g.EdgeTable, g.VPC, g.Name, p, false)
}
