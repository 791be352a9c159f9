package eval_test

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// bestConnections are the connections of a VPN gateway that know the longest
// prefix to an address; Direct Connect beats static, and that beats BGP. Where
// nothing tells several apart, any may be taken (VGW-1, VGW-2).
func bestConnections(g *model.VPNGateway, dst netip.Addr) []*model.VPNConnection {
	var best []*model.VPNConnection
	bits, rank := -1, 0
	for _, c := range g.Connections {
		mine := 2
		switch {
		case c.Type == model.DirectConnect:
			mine = 0
		case !c.BGP:
			mine = 1
		}
		for _, r := range c.Routes {
			if !covers(r.Prefix, dst) {
				continue
			}
			switch n := r.Prefix.Bits(); {
			case n > bits || n == bits && mine < rank:
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
		c = list[w.choose.pick(len(list))]
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
	w.pass(c.Name)
	for _, n := range c.Networks {
		for _, b := range n.CIDRs {
			if covers(b.Prefix, p.dst) {
				w.arrive(p, n, c, n.Name)
				return
			}
		}
	}
	w.arrive(p, c, c, "behind "+c.Name)
}

// fromSite is a packet that a site sends over its connection.
func (w *walker) fromSite(c *model.VPNConnection, p pkt) {
	w.emitter, w.byTransit = nil, nil
	w.pass(c.Name)
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
		w.drop(one(eval.VPNConnectionFamily), g.Name, c.Name)
		return
	}
	if g.VPC == nil || w.owner(g.VPC, p.dst) == nil {
		hubs := func(c *model.VPNConnection) bool { return c.BGP && c.Type != model.DirectConnect }
		var to []*model.VPNConnection // CloudHub
		for _, o := range bestConnections(g, p.dst) {
			if o != c && hubs(o) && hubs(c) {
				to = append(to, o)
			}
		}
		if len(to) > 0 {
			w.toSite(to[w.choose.pick(len(to))], p)
			return
		}
		names := []string{c.Name}
		for _, g := range c.Gateways {
			names = append(names, g.Name)
		}
		w.drop(one(eval.VPNGatewayDestination), names...)
		return
	}
	w.edge(g.EdgeTable, g.VPC, g.Name, p, false)
}
