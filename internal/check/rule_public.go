package check

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

var publicIPWithoutInternetRoute = &Rule{
	ID:       "public-ip-without-internet-route",
	Title:    "a public address in a subnet without a route to an internet gateway",
	Severity: diag.Error,
	Why: "The internet gateway hands packets for the address to the instance, and the replies follow the subnet's route table: without a " +
		"route to the gateway they are lost, and a NAT gateway does not help. Route the subnet to the internet gateway, or take the address away.",
	Rules: []string{"IGW-10", "IGW-2", "LINT-33"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, s := range p.Topology.Subnets {
			if s.RouteTable == nil || s.RouteTable.Unmodelled != nil || slices.ContainsFunc(p.toInternet(s.RouteTable, addr.V4), leavesBySubnet) {
				continue
			}
			var list []*model.Interface
			for _, i := range p.hosts(s) {
				if i.Mapped(model.KindInternetGateway) {
					list = append(list, i)
				}
			}
			if len(list) == 0 {
				continue
			}
			why := "has no route to an internet gateway"
			if out := p.toInternet(s.RouteTable, addr.V4); len(out) > 0 {
				why = "sends what is for the internet to " + quoted([]string{out[0].TargetText()})
			}
			f := p.Report(at(list[0].Public[0].At, list[0].At), "the public %s of %s cannot be used: route table %q of subnet %q %s, so replies are lost; route the subnet to an internet gateway, or take the %s away",
				plural(len(list), "address", "addresses"), quoted(hostNames(list)), s.RouteTable.Name, s.Name, why, plural(len(list), "address", "addresses"))
			see(f, s.RouteTable.At, "route table %q", s.RouteTable.Name)
			for _, i := range list[1:] {
				see(f, at(i.Public[0].At, i.At), "%q", hostName(i))
			}
		}
	},
}

// leavesBySubnet reports whether a public address may be of use behind a
// route: by the internet gateway, or an appliance on the way to it (GW-11).
func leavesBySubnet(r *model.Route) bool {
	switch r.Target.(type) {
	case *model.InternetGateway, *model.Interface, *model.VPCEndpoint, *model.Unmodelled:
		return true
	}
	return false
}

var internetRouteWithoutPublicIP = &Rule{
	ID:       "internet-route-without-public-ip",
	Title:    "an instance in a public subnet has no public address",
	Severity: diag.Info, // sound for what needs no internet, as the targets of a load balancer
	Why: "An internet gateway translates nothing but public addresses one to one, so an instance without one neither reaches the internet " +
		"nor is reached. Give it a public address, or move it to a subnet behind a NAT gateway; leave it if it needs no internet.",
	Rules: []string{"IGW-3", "LINT-34"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, s := range p.Topology.Subnets {
			out, igw := internetBy[*model.InternetGateway](p.facts, s.RouteTable, addr.V4)
			if out == nil || out.Destination.Bits() != 0 {
				continue
			}
			var list []*model.Interface
			for _, i := range p.hosts(s) {
				if !i.Mapped(model.KindInternetGateway) && len(i.Private) > 0 && len(p.routesTo(i)) == 0 && len(i.Instance().Interfaces) == 1 {
					list = append(list, i)
				}
			}
			if len(list) == 0 {
				continue
			}
			f := p.Report(list[0].At, "%s in public subnet %q %s no public address, so internet gateway %q carries nothing for %s; give %s one, or use a subnet behind a NAT gateway",
				quoted(hostNames(list)), s.Name, plural(len(list), "has", "have"), igw.Name, plural(len(list), "it", "them"), plural(len(list), "it", "each"))
			see(f, at(out.At, s.RouteTable.At), "the route to %q", igw.Name)
			for _, i := range list[1:] {
				see(f, i.At, "%q", hostName(i))
			}
		}
	},
}
