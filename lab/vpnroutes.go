package lab

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/model"
)

// routeVPN fills the tables of VPN gateways: what each knows (VGW-2), and
// what its sites may reach.
func (l *Lab) routeVPN(r *routing, vpcs map[*model.VPC]int, tables map[*model.RouteTable]int) {
	for k, g := range l.Topology.VPNGateways {
		known := map[netip.Prefix]*model.VPNConnection{}
		for _, c := range g.Connections {
			for _, b := range c.Routes {
				p := b.Prefix.Masked()
				if old := known[p]; old == nil || old.BGP && !c.BGP {
					known[p] = c
				}
			}
		}
		for p, c := range known {
			r.route(tableKnown+k, p, l.portOf(portConnection, c, g.VPC), 10)
		}
		inside := l.portOf(portVPNInside, g, g.VPC)
		r.rule(policy{priority: chooseTable, table: tableKnown + k, iif: inside.name})
		for n, c := range l.Topology.VPNConnections {
			if c.Gateways[0] != g {
				continue
			}
			from := l.portOf(portConnection, c, g.VPC)
			if c.BGP {
				for p, other := range known {
					if other.BGP && other != c {
						r.route(tableHub+n, p, l.portOf(portConnection, other, g.VPC), 10)
					} else {
						r.throw(tableHub+n, p, 10)
					}
				}
				r.rule(policy{priority: chooseHub, table: tableHub + n, iif: from.name})
			}
			if g.VPC == nil {
				continue
			}
			if g.EdgeTable != nil {
				r.rule(policy{priority: chooseTable, table: tables[g.EdgeTable], iif: from.name})
			}
			r.rule(policy{priority: chooseLocal, table: tableLocal + vpcs[g.VPC], iif: from.name})
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
