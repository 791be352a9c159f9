package lab

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/model"
)

// routeVPN fills the tables of VPN gateways, what each knows (VGW-2), and of
// connections: which gateway a site's packets go to.
func (l *Lab) routeVPN(r *routing) {
	for k, g := range l.Topology.VPNGateways {
		used := map[netip.Prefix]int{}
		for _, c := range g.Connections {
			for _, b := range c.Routes {
				p := b.Prefix.Masked()
				r.route(tableKnown+k, p, l.links[c], 10*(1+rankOf(c))+used[p])
				used[p]++
			}
		}
		r.rule(policy{priority: chooseTable, table: tableKnown + k, iif: l.portOf(portVPNInside, g, g.VPC).name})
	}
	for n, c := range l.Topology.VPNConnections {
		l.routeSite(r, n, c)
	}
}

// rankOf orders the connections of a VPN gateway that know the same prefix, the
// best first (VGW-2).
func rankOf(c *model.VPNConnection) int {
	switch {
	case c.DirectConnect:
		return 0
	case !c.BGP:
		return 1
	}
	return 2
}

// routeSite chooses the gateway for what comes from behind a connection: that
// of the VPC that it is for, else the last, and of these a transit gateway. A
// VPN gateway hands what another BGP site has to that (VGW-7).
func (l *Lab) routeSite(r *routing, n int, c *model.VPNConnection) {
	from := l.links[c]
	last := l.named(sinkBadState)
	if len(c.Attachments) > 0 {
		last = l.legOf(c.Attachments[0], nil).outer
	}
	for k, g := range c.Gateways {
		door := l.portOf(portVPNInside, g, g.VPC)
		if k+1 == len(c.Gateways) && len(c.Attachments) == 0 || g.VPC == nil {
			last = door
			l.routeHub(r, n, c, g, nil)
			break
		}
		for _, b := range g.VPC.Blocks() {
			r.route(tableSite+n, b.Prefix.Masked(), door, 10)
		}
		l.routeHub(r, n, c, g, g.VPC)
	}
	for _, v6 := range []bool{false, true} {
		r.route(tableSite+n, anyOf(v6), last, 20)
	}
	if c.BGP {
		r.rule(policy{priority: chooseHub, table: tableHub + n, iif: from.name})
	}
	r.rule(policy{priority: chooseTable, table: tableSite + n, iif: from.name})
}

// routeHub adds what other sites of a gateway have. Where the connection has
// more gateways, only what is for the gateway's own VPC comes to it.
func (l *Lab) routeHub(r *routing, n int, c *model.VPNConnection, g *model.VPNGateway, only *model.VPC) {
	if !c.BGP {
		return
	}
	best := map[netip.Prefix]*model.VPNConnection{}
	for _, o := range g.Connections {
		for _, b := range o.Routes {
			p := b.Prefix.Masked()
			if old := best[p]; old == nil || rankOf(o) < rankOf(old) {
				best[p] = o
			}
		}
	}
	for p, o := range best {
		switch {
		case only != nil && !insideVPC(only, p):
		case o.BGP && o != c:
			r.route(tableHub+n, p, l.links[o], 10)
		default:
			r.throw(tableHub+n, p, 10)
		}
	}
}

// natPeers returns the addresses of NAT gateways in VPCs that v is peered
// with, and the link that leads there.
func (l *Lab) natPeers(v *model.VPC) map[netip.Addr]*port {
	out := map[netip.Addr]*port{}
	for _, p := range l.ports {
		if p.kind != portPeering || p.vpc != v {
			continue
		}
		for _, g := range l.Topology.NATGateways {
			if g.Subnet.VPC == p.peer.vpc {
				out[g.Interface.Primary(false)] = p
			}
		}
	}
	return out
}
