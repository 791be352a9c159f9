package lab

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/model"
)

// routeVPN fills the tables of VPN gateways, what each knows (VGW-2), and of
// connections: which gateway a site's packets go to.
func (l *Lab) routeVPN(r *routing) {
	for k, g := range l.Topology.VPNGateways {
		best := slices.Clone(g.Connections)
		slices.SortStableFunc(best, compareLinks)
		for n, c := range best {
			for _, p := range prefixesOf(c.Routes) {
				r.route(tableKnown+k, p, l.links[c], 10+n)
			}
		}
		r.rule(policy{priority: chooseTable, table: tableKnown + k, iif: l.portOf(portVPNInside, g, g.VPC).name})
		for _, c := range g.Connections {
			if hubs(c) {
				l.routeHub(r, k, g, c, best)
			}
		}
	}
	for n, c := range l.Topology.VPNConnections {
		l.routeExits(r, n, c)
	}
}

// routeHub sends what another BGP site of a gateway has there (VGW-7); which
// connection a packet came by is marked.
func (l *Lab) routeHub(r *routing, k int, g *model.VPNGateway, c *model.VPNConnection, best []*model.VPNConnection) {
	n := l.connectionNumber(c)
	table := tableHub + k*mostConnections + n
	done := map[netip.Prefix]bool{}
	for _, o := range best {
		for _, p := range prefixesOf(o.Routes) {
			if done[p] {
				continue
			}
			if done[p] = true; hubs(o) && o != c {
				r.route(table, p, l.links[o], 10)
			} else {
				r.throw(table, p, 10)
			}
		}
	}
	r.rule(policy{priority: chooseHub, table: table, iif: l.portOf(portVPNGateway, g, g.VPC).name, mark: uint32((n + 1) * legUnit), mask: markLeg})
}

// routeExits chooses what of AWS gets what comes by a connection.
func (l *Lab) routeExits(r *routing, n int, c *model.VPNConnection) {
	from, rest := l.links[c], l.named(sinkBadState)
	taken := map[netip.Prefix]bool{}
	for _, e := range exitsThrough(c) {
		if e.transit != nil {
			rest = l.legOf(e.transit, nil).outer
		} else {
			rest = l.portOf(portVPNInside, e.gateway, e.gateway.VPC)
		}
		for _, s := range sitesBehind(c) {
			for _, p := range offered(e, s.links) {
				if !taken[p] {
					taken[p] = true
					r.route(tableSite+n, p, rest, 10)
				}
			}
		}
	}
	for _, v6 := range []bool{false, true} {
		r.route(tableSite+n, anyOf(v6), rest, 20)
	}
	r.rule(policy{priority: chooseTable, table: tableSite + n, iif: from.name})
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
			if g.VPC == p.peer.vpc {
				for _, i := range g.Interfaces {
					out[i.Primary(false)] = p
				}
			}
		}
	}
	return out
}
