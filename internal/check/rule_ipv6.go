package check

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

var dualStackSubnetWithoutIPv6Route = &Rule{
	ID:       "dual-stack-subnet-without-ipv6-route",
	Title:    "a dual-stack subnet reaches the internet by IPv4 and not by IPv6",
	Severity: diag.Warning,
	Why: "0.0.0.0/0 does not cover IPv6. Hosts with an IPv6 address try it first, find no route, and fail or fall back. Route ::/0 to an " +
		"internet gateway, or to an egress-only one for a private subnet; or take the IPv6 block away.",
	Rules: []string{"RT-4", "EIGW-1", "LINT-22"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, t := range p.Topology.RouteTables {
			if t.Unmodelled != nil || len(p.subnets(t)) == 0 || len(p.toInternet(t, addr.V6)) > 0 {
				continue
			}
			v4 := p.toInternet(t, addr.V4)
			if len(v4) == 0 {
				continue
			}
			var without []*model.Subnet
			for _, s := range p.subnets(t) {
				if s.CIDR.IsValid() && s.IPv6CIDR.IsValid() && (len(p.hosts(s)) == 0 || slices.ContainsFunc(p.hosts(s), hasIPv6)) {
					without = append(without, s)
				}
			}
			if len(without) == 0 {
				continue
			}
			f := p.Report(without[0].At, "dual-stack %s %s a route to the internet for IPv4 (%s -> %s) and none for IPv6 in route table %q; add a route for ::/0",
				subnetsText(without), plural(len(without), "has", "have"), v4[0].DestinationText(), v4[0].TargetText(), t.Name)
			see(f, t.At, "route table %q", t.Name)
		}
	},
}

func hasIPv6(i *model.Interface) bool { return len(i.IPv6) > 0 }

var privateSubnetWithIPv6InternetRoute = &Rule{
	ID:       "private-subnet-with-ipv6-internet-route",
	Title:    "a subnet is private for IPv4 and public for IPv6",
	Severity: diag.Warning,
	Why: "Behind a NAT device no host takes connections in. IPv6 has no NAT: with ::/0 to an internet gateway every host is reachable from " +
		"the internet as far as its filters allow. An egress-only internet gateway is the IPv6 counterpart of a NAT gateway.",
	Rules: []string{"IGW-13", "EIGW-1", "LINT-22"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, t := range p.Topology.RouteTables {
			out6, igw := internetBy[*model.InternetGateway](p.facts, t, addr.V6)
			if out6 == nil {
				continue
			}
			if r, _ := internetBy[*model.InternetGateway](p.facts, t, addr.V4); r != nil {
				continue
			}
			nat, g := internetBy[*model.NATGateway](p.facts, t, addr.V4)
			if nat == nil {
				continue
			}
			var both []*model.Subnet
			for _, s := range p.subnets(t) {
				if s.IPv6CIDR.IsValid() {
					both = append(both, s)
				}
			}
			if len(both) == 0 {
				continue
			}
			f := p.Report(at(out6.At, t.At), "route table %q sends IPv4 to NAT gateway %q and IPv6 (%s) to internet gateway %q, so %s %s open to the internet by IPv6; use an egress-only internet gateway",
				t.Name, g.Name, out6.DestinationText(), igw.Name, subnetsText(both), plural(len(both), "is", "are"))
			see(f, nat.At, "the route for IPv4")
		}
	},
}

var ipv6WithoutRules = &Rule{
	ID:       "ipv6-without-rules",
	Title:    "a filter of dual-stack hosts admits IPv4 and has no rule for IPv6",
	Severity: diag.Warning,
	Why: "A rule for 0.0.0.0/0 says nothing about ::/0. Hosts with IPv6 addresses and a route for them are then reachable by IPv4 only, " +
		"and clients that try IPv6 first fail. Add the rules for IPv6.",
	Rules: []string{"SG-11", "ACL-12", "LINT-57"},
	Since: "0.1",
	Check: func(p *Pass) {
		seen := map[string]bool{}
		acls := map[*model.NetworkACL]bool{}
		for _, i := range p.Topology.Interfaces {
			if i.Subnet == nil || len(i.IPv6) == 0 || i.Instance() == nil || len(p.toInternet(i.Subnet.RouteTable, addr.V6)) == 0 {
				continue
			}
			if a := i.Subnet.NetworkACL; a != nil && !acls[a] {
				acls[a] = true
				p.aclWithoutIPv6(a, i)
			}
			if r, _ := internetBy[*model.InternetGateway](p.facts, i.Subnet.RouteTable, addr.V6); r == nil || seen[p.class(i)] {
				continue
			}
			seen[p.class(i)] = true
			p.groupsWithoutIPv6(i)
		}
	},
}

func (p *Pass) aclWithoutIPv6(a *model.NetworkACL, i *model.Interface) {
	for d, list := range [][]*model.ACLRule{a.Ingress, a.Egress} {
		v4 := slices.ContainsFunc(list, func(r *model.ACLRule) bool { return r.Allow && r.CIDR.Addr().Is4() })
		v6 := slices.ContainsFunc(list, func(r *model.ACLRule) bool { return r.CIDR.Addr().Is6() })
		if v4 && !v6 {
			f := p.Report(at(a.At, i.Subnet.At), "network ACL %q of dual-stack subnet %q has %s rules for IPv4 and none for IPv6, so IPv6 stops there; add rules for ::/0",
				a.Name, i.Subnet.Name, []string{"inbound", "outbound"}[d])
			see(f, i.Subnet.At, "subnet %q", i.Subnet.Name)
			return
		}
	}
}

// groupsWithoutIPv6 reports an interface whose groups admit all of IPv4 and
// nothing of IPv6.
func (p *Pass) groupsWithoutIPv6(i *model.Interface) {
	var open *model.SGRule
	for _, g := range i.Groups {
		if g.Unmodelled != nil {
			return
		}
		for _, r := range g.Ingress {
			if r.Group != nil || r.Unmodelled != nil || slices.ContainsFunc(r.Prefixes(), func(q netip.Prefix) bool { return q.Addr().Is6() }) {
				return
			}
			if open == nil && r.CIDR.IsValid() && r.CIDR.Bits() == 0 {
				open = r
			}
		}
	}
	if open == nil {
		return
	}
	f := p.Report(at(open.At, i.At), "%q has an IPv6 address that the internet can use, and its security groups admit 0.0.0.0/0 and no IPv6 at all; add the rule for ::/0, or take the address away", hostName(i))
	see(f, i.At, "%q", hostName(i))
}
