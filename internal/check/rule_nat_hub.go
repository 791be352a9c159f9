package check

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

var hubNATGatewayWithoutReturnRoute = &Rule{
	ID:       "hub-nat-gateway-without-return-route",
	Title:    "the subnet of a shared NAT gateway has no route back to a spoke",
	Severity: diag.Error,
	Why: "Spokes that reach the internet by a transit gateway and the NAT gateway of a hub get their replies by the route table of the NAT " +
		"gateway's subnet. Without a route to the transit gateway there, the request leaves and the reply is lost.",
	Rules: []string{"NGW-11", "TGW-12", "LINT-41"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, hub := range p.Topology.TransitAttachments {
			if hub.VPC == nil {
				continue
			}
			for _, g := range p.hubGateways(hub) {
				p.returnRoutes(hub, g)
			}
		}
	},
}

// hubGateways returns the NAT gateways to which the tables of an attachment's
// subnets send internet traffic.
func (p *Pass) hubGateways(hub *model.TransitGatewayAttachment) []*model.NATGateway {
	var out []*model.NATGateway
	for _, i := range hub.Interfaces {
		if i.Subnet == nil {
			continue
		}
		if _, g := internetBy[*model.NATGateway](p.facts, i.Subnet.RouteTable, addr.V4); g != nil && g.Subnet != nil && !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out
}

func (p *Pass) returnRoutes(hub *model.TransitGatewayAttachment, g *model.NATGateway) {
	var lost []*model.Subnet
	if g.Subnet.RouteTable.Unmodelled != nil {
		return
	}
	for _, a := range hub.TransitGateway.Attachments {
		if a == hub || a.VPC == nil || a.RouteTable == nil {
			continue
		}
		if r, to := internetBy[*model.TransitGatewayAttachment](p.facts, a.RouteTable, addr.V4); r == nil || to != hub {
			continue
		}
		for _, s := range a.VPC.Subnets {
			if r, to := internetBy[*model.TransitGateway](p.facts, s.RouteTable, addr.V4); r != nil && to == hub.TransitGateway && s.CIDR.IsValid() && !p.allTo(g.Subnet.RouteTable, s.CIDR, to) {
				lost = append(lost, s)
			}
		}
	}
	if len(lost) == 0 {
		return
	}
	t := g.Subnet.RouteTable
	f := p.Report(at(t.At, g.Subnet.At), "route table %q of NAT gateway %q has no route to transit gateway %q for %s of %s, so replies from the internet do not come back to %s; add the route",
		t.Name, g.Name, hub.TransitGateway.Name, lost[0].CIDR, subnetsText(lost), plural(len(lost), "it", "them"))
	for _, s := range lost {
		see(f, s.At, "subnet %q sends to the internet by %q", s.Name, hub.TransitGateway.Name)
	}
}

// allTo reports whether a table leads every address of a prefix to a target.
func (p *Pass) allTo(t *model.RouteTable, q netip.Prefix, to model.Resource) bool {
	for _, d := range p.Net.Decisions(t, addr.FamilyOf(q.Addr()), addr.RangeOf(q)) {
		if r := d.Route(); r == nil || r.Target != to {
			return false
		}
	}
	return true
}

var natGatewayBlockedByACL = &Rule{
	ID:       "nat-gateway-blocked-by-acl",
	Title:    "the network ACL of a NAT gateway's subnet stops what its clients send or get",
	Severity: diag.Warning,
	Why: "The ACL of the NAT gateway's subnet judges each packet twice in each direction: from the client to the NAT gateway with the " +
		"client's address, and from there on with the gateway's. It must admit the clients' requests inbound, and replies to ports " +
		"1024-65535, which the gateway picks.",
	Rules: []string{"NGW-7", "ACL-14", "LINT-42"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, g := range p.Topology.NATGateways {
			if g.Subnet == nil || g.Subnet.NetworkACL == nil || !g.Subnet.NetworkACL.At.IsValid() { // that of AWS allows all
				continue
			}
			p.clientsOf(g)
		}
	},
}

// clientsOf asks whether one host of each client subnet gets through the ACL
// of a NAT gateway.
func (p *Pass) clientsOf(g *model.NATGateway) {
	for _, u := range p.routesTo(g) {
		if !p.decidesInternet(u, addr.V4) {
			continue
		}
		for _, s := range p.subnets(u.table) {
			hosts := p.hosts(s)
			if s == g.Subnet || s.NetworkACL == g.Subnet.NetworkACL || len(hosts) == 0 {
				continue
			}
			b := firstBlocker(p.toTheInternet(hosts[0], addr.V4, "tcp/443"))
			if b == nil || b.Code != eval.SubnetACL || b.Resource != model.Resource(g.Subnet.NetworkACL) {
				continue
			}
			f := p.Report(at(b.At, g.Subnet.NetworkACL.At, g.At), "network ACL %q of NAT gateway %q stops what subnet %q sends to the internet on tcp/443, %s: %s",
				g.Subnet.NetworkACL.Name, g.Name, s.Name, b.Path, b.Message)
			see(f, g.At, "NAT gateway %q", g.Name)
			return
		}
	}
}

// firstBlocker returns the first blocker that is not supposed, or nil.
func firstBlocker(r *eval.Result) *eval.Blocker {
	if r == nil {
		return nil
	}
	for i := range r.Blockers {
		if !r.Blockers[i].Supposed {
			return &r.Blockers[i]
		}
	}
	return nil
}
