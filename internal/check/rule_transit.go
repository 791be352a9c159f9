package check

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

var transitGatewayZoneMissing = &Rule{
	ID:       "transit-gateway-zone-missing",
	Title:    "a subnet is routed to a transit gateway that has no attachment subnet in its zone",
	Severity: diag.Error,
	Why: "A transit gateway takes packets only from Availability Zones in which its attachment has a subnet. Hosts of other zones cannot use " +
		"the route. Add a subnet of the zone to the attachment.",
	Rules: []string{"TGW-6", "LINT-62"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, a := range p.Topology.TransitAttachments {
			if a.VPC == nil || len(a.Interfaces) == 0 || slices.ContainsFunc(a.Interfaces, func(i *model.Interface) bool { return i.Subnet == nil || i.Subnet.AZ == "" }) {
				continue
			}
			seen := map[*model.Subnet]bool{}
			for _, u := range p.routesTo(a.TransitGateway) {
				for _, s := range p.subnets(u.table) {
					if s.VPC != a.VPC || s.AZ == "" || seen[s] || slices.ContainsFunc(a.Interfaces, func(i *model.Interface) bool { return i.Subnet.AZ == s.AZ }) {
						continue
					}
					seen[s] = true
					f := p.Report(s.At, "subnet %q in %s is routed to transit gateway %q (%s), and attachment %q has no subnet in %s; add one to it",
						s.Name, s.AZ, a.TransitGateway.Name, u.route.DestinationText(), a.Name, s.AZ)
					see(f, at(u.route.At, u.table.At), "the route")
					see(f, a.At, "attachment %q", a.Name)
				}
			}
		}
	},
}

var transitGatewayAttachmentWithoutTable = &Rule{
	ID:       "transit-gateway-attachment-without-table",
	Title:    "a transit gateway attachment is associated with no route table",
	Severity: diag.Error,
	Why: "What comes from an attachment is routed by the table that it is associated with. Without one everything that it sends is dropped, " +
		"while others may still send to it. Name its `route_table`.",
	Rules: []string{"TGW-2", "LINT-63"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, a := range p.Topology.TransitAttachments {
			if a.RouteTable == nil {
				p.Report(a.At, "attachment %q to transit gateway %q is associated with no route table, so all that comes from it is dropped; name its `route_table`", a.Name, a.TransitGateway.Name)
			}
		}
	},
}

var transitGatewayRouteMissing = &Rule{
	ID:       "transit-gateway-route-missing",
	Title:    "a VPC routes to a transit gateway what that gateway has no route for",
	Severity: diag.Error,
	Why: "Two tables must agree: the subnet's leads to the transit gateway, and the one that the attachment is associated with leads on, by " +
		"propagation or a static route. What it has no route for is dropped. A blackhole there is taken for an answer.",
	Rules: []string{"TGW-2", "TGW-3", "TGW-5", "LINT-63"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, a := range p.Topology.TransitAttachments {
			if a.VPC == nil || a.RouteTable == nil || a.RouteTable.Unmodelled != nil || carries(a) {
				continue
			}
			for _, u := range p.routesTo(a.TransitGateway) {
				if u.table.VPC != a.VPC || len(p.subnets(u.table)) == 0 {
					continue
				}
				for _, q := range u.route.Prefixes() {
					if slices.ContainsFunc(p.Net.Decisions(a.RouteTable, addr.FamilyOf(q.Addr()), addr.RangeOf(q)), func(d eval.Decision) bool { return d.Route() != nil }) {
						continue
					}
					f := p.Report(at(u.route.At, u.table.At), "route table %q sends %s to transit gateway %q, and table %q of attachment %q has no route for any of it: let the network there propagate to it, or add a static route",
						u.table.Name, q, a.TransitGateway.Name, a.RouteTable.Name, a.Name)
					see(f, a.RouteTable.At, "transit gateway route table %q", a.RouteTable.Name)
				}
			}
		}
	},
}

// carries reports whether an attachment carries a Connect attachment: what its
// VPC sends to the gateway is then for the tunnels.
func carries(a *model.TransitGatewayAttachment) bool {
	return slices.ContainsFunc(a.TransitGateway.Attachments, func(b *model.TransitGatewayAttachment) bool { return b.Transport == a })
}

var transitGatewayWithoutReturnRoute = &Rule{
	ID:       "transit-gateway-without-return-route",
	Title:    "a VPC behind a transit gateway has no route back",
	Severity: diag.Error,
	Why: "The route tables of both VPCs need a route to the transit gateway. Where none of the subnets that a route is for has one back, " +
		"requests arrive and replies are lost.",
	Rules: []string{"TGW-1", "TGW-8", "LINT-59"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, a := range p.Topology.TransitAttachments {
			if a.VPC == nil || a.RouteTable == nil {
				continue
			}
			for _, u := range p.routesTo(a.TransitGateway) {
				if u.table.VPC != a.VPC || p.defaultRoute(u.route) {
					continue
				}
				asked := addr.SetOf(u.route.Prefixes()...)
				for _, b := range a.TransitGateway.Attachments {
					if b == a || b.VPC == nil || !asked.Overlaps(blocksOf(b.VPC)) || !p.leadsTo(a.RouteTable, b) {
						continue
					}
					p.wayBack(u, a.TransitGateway, b.VPC, asked.Intersect(blocksOf(b.VPC)))
				}
			}
		}
	},
}

// leadsTo reports whether a transit gateway's table sends some of a VPC's
// addresses to its attachment.
func (p *Pass) leadsTo(t *model.RouteTable, b *model.TransitGatewayAttachment) bool {
	for _, block := range b.VPC.Blocks() {
		if p.someTo(t, block.Prefix, b) {
			return true
		}
	}
	return false
}

var workloadInAttachmentSubnet = &Rule{
	ID:       "workload-in-attachment-subnet",
	Title:    "instances stand in the subnet of a transit gateway attachment",
	Severity: diag.Info, // it works; the ACL and the table are shared
	Why: "The route table of an attachment's subnet routes what comes out of the transit gateway, and its network ACL judges that otherwise " +
		"than what its own hosts send. Instances there share both. AWS advises a small subnet of its own for each attachment. It is a warning where the subnet has an ACL of its own.",
	Rules: []string{"TGW-9", "TGW-10", "LINT-65"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, a := range p.Topology.TransitAttachments {
			for _, i := range a.Interfaces {
				if i.Subnet == nil || len(p.hosts(i.Subnet)) == 0 {
					continue
				}
				f := p.Report(at(i.At, a.At), "%s %s in subnet %q of attachment %q, whose route table and network ACL also judge what comes out of transit gateway %q; give the attachment a subnet of its own",
					quoted(hostNames(p.hosts(i.Subnet))), plural(len(p.hosts(i.Subnet)), "is", "are"), i.Subnet.Name, a.Name, a.TransitGateway.Name)
				if i.Subnet.ExplicitNetworkACL && i.Subnet.NetworkACL != a.VPC.DefaultNetworkACL {
					f.Severity = diag.Warning
				}
			}
		}
	},
}
