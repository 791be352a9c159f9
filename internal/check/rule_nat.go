package check

import (
	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

var natGatewayInPrivateSubnet = &Rule{
	ID:       "nat-gateway-in-private-subnet",
	Title:    "a public NAT gateway in a subnet without a route to an internet gateway",
	Severity: diag.Error,
	Why: "A public NAT gateway sends what it has translated by the route table of its own subnet. Without a route to an internet " +
		"gateway there, nobody behind it reaches the internet. Move it to a public subnet, or add the route.",
	Rules: []string{"NGW-8", "LINT-36"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, g := range p.Topology.NATGateways {
			if g.Private || g.Subnet == nil || p.natLoop(g) != nil {
				continue // a regional one has a table of its own; a loop is another rule's
			}
			if !p.shut(g.Subnet.RouteTable, addr.V4) {
				continue
			}
			why := "route table " + quoted([]string{g.Subnet.RouteTable.Name}) + " leads to no internet gateway"
			if g.Subnet.VPC.InternetGateway == nil {
				why = "VPC " + quoted([]string{g.Subnet.VPC.Name}) + " has no internet gateway"
			}
			f := p.Report(g.At, "public NAT gateway %q is in subnet %q, from which nothing reaches the internet: %s; move it to a public subnet, or route 0.0.0.0/0 of its own subnet to an internet gateway",
				g.Name, g.Subnet.Name, why)
			see(f, g.Subnet.At, "subnet %q", g.Subnet.Name)
			see(f, g.Subnet.RouteTable.At, "its route table")
		}
	},
}

var privateNATGatewayToInternet = &Rule{
	ID:       "private-nat-gateway-to-internet",
	Title:    "internet traffic is routed to a private NAT gateway",
	Severity: diag.Error,
	Why: "A private NAT gateway has no Elastic IP address, so an internet gateway drops what it sends. It translates towards other " +
		"networks only, by a transit gateway or a VPN gateway. Use a public NAT gateway for the internet.",
	Rules: []string{"NGW-4", "LINT-37"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, g := range p.Topology.NATGateways {
			if !g.Private || g.Subnet == nil {
				continue
			}
			out, igw := internetBy[*model.InternetGateway](p.facts, g.Subnet.RouteTable, addr.V4)
			if out == nil {
				continue
			}
			for _, u := range p.routesTo(g) {
				if !p.decidesInternet(u, addr.V4) {
					continue
				}
				f := p.Report(at(u.route.At, u.table.At), "%s of route table %q leads to private NAT gateway %q, and from there to internet gateway %q, which drops what has no public address; use a public NAT gateway",
					u.route.DestinationText(), u.table.Name, g.Name, igw.Name)
				see(f, g.At, "NAT gateway %q is private", g.Name)
				see(f, out.At, "its route to %q", igw.Name)
			}
		}
	},
}

// decidesInternet reports whether a route decides for some address of the
// internet.
func (f *facts) decidesInternet(u use, fam addr.Family) bool {
	for _, r := range f.toInternet(u.table, fam) {
		if r == u.route {
			return true
		}
	}
	return false
}

var natGatewayInClientSubnet = &Rule{
	ID:       "nat-gateway-in-client-subnet",
	Title:    "a subnet is routed to a NAT gateway that is in it",
	Severity: diag.Error,
	Why: "A NAT gateway sends the translated packet by the route table of its own subnet. Where that table leads back to the NAT " +
		"gateway itself, the packet goes round and is dropped. Clients and their NAT gateway need different subnets, or different tables.",
	Rules: []string{"NGW-9", "LINT-38"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, g := range p.Topology.NATGateways {
			r := p.natLoop(g)
			if r == nil {
				continue
			}
			f := p.Report(at(r.At, g.Subnet.RouteTable.At, g.At), "route table %q sends %s of subnet %q to NAT gateway %q, which is in that subnet itself: what it translates comes back to it; put the NAT gateway in another subnet",
				g.Subnet.RouteTable.Name, r.DestinationText(), g.Subnet.Name, g.Name)
			see(f, g.At, "NAT gateway %q is in subnet %q", g.Name, g.Subnet.Name)
		}
	},
}

// natLoop returns the route of a NAT gateway's own subnet that leads to it.
func (f *facts) natLoop(g *model.NATGateway) *model.Route {
	if g.Subnet == nil {
		return nil
	}
	for _, u := range f.routesTo(g) {
		if u.table == g.Subnet.RouteTable {
			return u.route
		}
	}
	return nil
}

var natGatewayInOtherZone = &Rule{
	ID:       "nat-gateway-in-other-zone",
	Title:    "a subnet uses the NAT gateway of another Availability Zone",
	Severity: diag.Warning,
	Why: "When the zone of the NAT gateway fails, subnets of other zones lose the internet with it, and traffic between zones is paid " +
		"for. Where the subnet's own zone has a NAT gateway, the route is most likely a slip. Where the VPC has one NAT gateway for all " +
		"zones it may be a choice, so that is a note.",
	Rules: []string{"M-10", "LINT-39"},
	Since: "0.1",
	Check: func(p *Pass) {
		zones := map[*model.VPC]map[string]*model.NATGateway{}
		for _, g := range p.Topology.NATGateways {
			if g.Subnet == nil || g.Private || g.Subnet.AZ == "" {
				continue
			}
			if zones[g.Subnet.VPC] == nil {
				zones[g.Subnet.VPC] = map[string]*model.NATGateway{}
			}
			zones[g.Subnet.VPC][g.Subnet.AZ] = g
		}
		for _, g := range p.Topology.NATGateways {
			if g.Subnet == nil || g.Private || g.Subnet.AZ == "" {
				continue
			}
			var others []*model.Subnet // of zones without a NAT gateway
			for _, u := range p.routesTo(g) {
				var slips []*model.Subnet
				for _, s := range p.subnets(u.table) {
					switch own := zones[s.VPC][s.AZ]; {
					case s.AZ == "" || s.AZ == g.Subnet.AZ:
					case own != nil:
						slips = append(slips, s)
					default:
						others = append(others, s)
					}
				}
				if len(slips) > 0 {
					s := slips[0]
					own := zones[s.VPC][s.AZ]
					f := p.Report(at(u.route.At, u.table.At), "route table %q sends %s of %s in %s to NAT gateway %q in %s, and %s has NAT gateway %q; use the one of the same zone",
						u.table.Name, u.route.DestinationText(), subnetsText(slips), s.AZ, g.Name, g.Subnet.AZ, s.AZ, own.Name)
					see(f, own.At, "NAT gateway %q of %s", own.Name, s.AZ)
				}
			}
			if len(others) > 0 {
				f := p.Report(g.At, "NAT gateway %q in %s serves %s of other zones too, which lose the internet when %s fails; a NAT gateway in each zone avoids that",
					g.Name, g.Subnet.AZ, subnetsText(others), g.Subnet.AZ)
				f.Severity = diag.Info
			}
		}
	},
}
