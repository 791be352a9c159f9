package check

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

// farVPC returns the VPC at the other end of a peering connection for a table, and its
// blocks; nil where the topology cannot tell.
func farVPC(u use, c *model.PeeringConnection) (*model.VPC, addr.Set) {
	v := c.Other(u.table.VPC)
	if v == nil || !c.Active() {
		return nil, addr.Set{}
	}
	return v, blocksOf(v)
}

func blocksOf(v *model.VPC) addr.Set {
	var list []netip.Prefix
	for _, b := range v.Blocks() {
		list = append(list, b.Prefix)
	}
	return addr.SetOf(list...)
}

var peeringRouteBeyondPeer = &Rule{
	ID:       "peering-route-beyond-peer",
	Title:    "a route expects a peered VPC to pass packets on",
	Severity: diag.Error,
	Why: "A peering connection carries only what goes from one VPC's blocks to the other's. It leads to no third VPC, and to no internet " +
		"gateway, NAT gateway, VPN, Direct Connect or endpoint of the peer. Peer with the third VPC itself, or use a transit gateway.",
	Rules: []string{"PCX-4", "PCX-5", "PCX-7", "NGW-10", "LINT-60", "LINT-40"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, c := range p.Topology.PeeringConnections {
			for _, u := range p.routesTo(c) {
				far, blocks := farVPC(u, c)
				if far == nil {
					continue
				}
				asked := addr.SetOf(u.route.Prefixes()...)
				if blocks.Overlaps(asked) && !p.defaultRoute(u.route) {
					continue
				}
				f := p.Report(at(u.route.At, u.table.At), "route table %q sends %s to peering connection %q, and VPC %q there has %s: peering leads no further; expected a destination in that",
					u.table.Name, u.route.DestinationText(), c.Name, far.Name, blocks)
				see(f, c.At, "%q joins VPCs %q and %q", c.Name, c.Requester.Name, c.Accepter.Name)
			}
		}
	},
}

func (p *Pass) defaultRoute(r *model.Route) bool {
	return r.Destination.IsValid() && r.Destination.Bits() == 0
}

var peeringWithoutReturnRoute = &Rule{
	ID:       "peering-without-return-route",
	Title:    "a peered VPC has no route back",
	Severity: diag.Error,
	Why: "Both sides of a peering connection need a route: without one back, requests arrive and replies are lost. Only what comes from a NAT " +
		"gateway finds back by itself. Add a route for the senders' block to the tables of the peer's subnets.",
	Rules: []string{"PCX-3", "NGW-12", "LINT-59"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, c := range p.Topology.PeeringConnections {
			for _, u := range p.routesTo(c) {
				if far, blocks := farVPC(u, c); far != nil {
					p.wayBack(u, c, far, blocks.Intersect(addr.SetOf(u.route.Prefixes()...)))
				}
			}
		}
	},
}

// wayBack reports a route to another VPC where no subnet that it is for has a
// route back to any that uses it.
func (p *Pass) wayBack(u use, by model.Resource, far *model.VPC, asked addr.Set) {
	var lost []*model.Subnet
	for _, s := range far.Subnets {
		if !asked.Overlaps(addr.SetOf(s.Prefixes()...)) || s.RouteTable == nil {
			continue
		}
		if s.RouteTable.Unmodelled != nil {
			return
		}
		for _, from := range p.subnets(u.table) {
			for _, q := range from.Prefixes() {
				if p.someTo(s.RouteTable, q, by) {
					return
				}
			}
		}
		lost = append(lost, s)
	}
	if len(lost) == 0 || len(p.subnets(u.table)) == 0 || p.onlyNAT(u.table) {
		return
	}
	from := p.subnets(u.table)[0]
	f := p.Report(at(u.route.At, u.table.At), "route table %q sends %s to VPC %q by %q, and no subnet there has a route back to %s of subnet %q; add one to route table %q",
		u.table.Name, u.route.DestinationText(), far.Name, by.ID().Name, from.Prefixes()[0], from.Name, lost[0].RouteTable.Name)
	see(f, lost[0].RouteTable.At, "route table %q of subnet %q", lost[0].RouteTable.Name, lost[0].Name)
}

// someTo reports whether a table leads some address of a prefix to a target.
func (p *Pass) someTo(t *model.RouteTable, q netip.Prefix, to model.Resource) bool {
	for _, d := range p.Net.Decisions(t, addr.FamilyOf(q.Addr()), addr.RangeOf(q)) {
		if r := d.Route(); r != nil && r.Target == to {
			return true
		}
		if r := d.Route(); r != nil {
			if _, unknown := r.Target.(*model.Unmodelled); unknown {
				return true
			}
		}
	}
	return false
}

// onlyNAT reports whether a table serves NAT gateways alone, whose replies
// need no route over peering (NGW-12).
func (p *Pass) onlyNAT(t *model.RouteTable) bool {
	nat := false
	for _, s := range p.subnets(t) {
		for _, i := range p.interfaces(s) {
			if _, ok := i.Owner.(*model.NATGateway); !ok {
				return false
			}
			nat = true
		}
	}
	return nat
}

var peeringAmbiguousReturn = &Rule{
	ID:       "peering-ambiguous-return",
	Title:    "replies to a peered VPC go to another one with the same addresses",
	Severity: diag.Warning,
	Why: "A VPC may be peered with two VPCs whose blocks overlap. Its route tables look at the address alone, so the reply to one of them goes " +
		"to the other. Give the subnets that serve each VPC a table of their own, or routes for the parts that are in use.",
	Rules: []string{"PCX-8", "LINT-61"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, c := range p.Topology.PeeringConnections {
			for _, u := range p.routesTo(c) { // from the VPC whose replies go astray
				v, _ := farVPC(u, c)
				if v == nil {
					continue
				}
				for _, back := range p.subnets(u.table) {
					p.astray(u, c, v, back)
				}
			}
		}
	},
}

// astray reports a subnet of v that gets requests from subnet from and whose
// table sends the replies over another peering connection.
func (p *Pass) astray(u use, c *model.PeeringConnection, v *model.VPC, from *model.Subnet) {
	asked := addr.SetOf(u.route.Prefixes()...)
	for _, s := range v.Subnets {
		if !asked.Overlaps(addr.SetOf(s.Prefixes()...)) || s.RouteTable == nil || len(p.interfaces(s)) == 0 {
			continue
		}
		for _, q := range from.Prefixes() {
			for _, d := range p.Net.Decisions(s.RouteTable, addr.FamilyOf(q.Addr()), addr.RangeOf(q)) {
				r := d.Route()
				if r == nil {
					continue
				}
				other, ok := r.Target.(*model.PeeringConnection)
				if !ok || other == c || !other.Active() {
					continue
				}
				f := p.Report(at(r.At, s.RouteTable.At), "subnet %q gets requests from subnet %q over %q, and route table %q sends the replies (%s) over %q, to VPC %q",
					s.Name, from.Name, c.Name, s.RouteTable.Name, r.DestinationText(), other.Name, other.Other(v).Name)
				see(f, u.route.At, "the route of %q", from.Name)
				return
			}
		}
	}
}

var vpnGatewayUnknownPrefix = &Rule{
	ID:       "vpn-gateway-unknown-prefix",
	Title:    "a route leads to a VPN gateway that does not know the destination",
	Severity: diag.Error,
	Why: "Two look-ups must agree: the subnet's table leads to the gateway, and the gateway must know the prefix, by a static route of a VPN " +
		"connection or by BGP. What it does not know is dropped. Correct the destination, or add the prefix to the connection.",
	Rules: []string{"VGW-1", "VGW-4", "LINT-66"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, g := range p.Topology.VPNGateways {
			var known []netip.Prefix
			told := g.VPC != nil && len(g.Connections) > 0
			for _, c := range g.Connections {
				told = told && len(c.Routes) > 0
				for _, b := range c.Routes {
					known = append(known, b.Prefix)
				}
			}
			if !told {
				continue // what BGP brings is not in the topology
			}
			for _, u := range p.routesTo(g) {
				asked := addr.SetOf(u.route.Prefixes()...)
				if u.route.Origin.Propagated() || asked.Overlaps(addr.SetOf(known...)) {
					continue
				}
				f := p.Report(at(u.route.At, u.table.At), "route table %q sends %s to VPN gateway %q, whose connections know %s only; add the prefix to a connection, or correct the route",
					u.table.Name, u.route.DestinationText(), g.Name, addr.SetOf(known...))
				see(f, g.Connections[0].At, "connection %q", g.Connections[0].Name)
			}
		}
	},
}

var vpnGatewayIPv6 = &Rule{
	ID:       "vpn-gateway-ipv6",
	Title:    "IPv6 is routed to a VPN gateway that has VPN connections only",
	Severity: diag.Warning,
	Why:      "Site-to-Site VPN on a virtual private gateway carries IPv4 only. IPv6 goes over Direct Connect, or over a VPN connection of a transit gateway.",
	Rules:    []string{"VGW-5", "LINT-66"},
	Since:    "0.1",
	Check: func(p *Pass) {
		for _, g := range p.Topology.VPNGateways {
			if len(g.Connections) == 0 || slices.ContainsFunc(g.Connections, func(c *model.VPNConnection) bool { return c.Type == model.DirectConnect }) {
				continue
			}
			for _, u := range p.routesTo(g) {
				if q := u.route.Prefixes(); len(q) > 0 && q[0].Addr().Is6() && !u.route.Origin.Propagated() {
					p.Report(at(u.route.At, u.table.At), "route table %q sends %s to VPN gateway %q, whose VPN connections carry IPv4 only; use Direct Connect, or a transit gateway", u.table.Name, u.route.DestinationText(), g.Name)
				}
			}
		}
	},
}
