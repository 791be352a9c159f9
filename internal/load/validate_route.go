package load

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

var (
	linkLocalRoutes = netip.MustParsePrefix("169.254.168.0/22")
	ec2Routes       = netip.MustParsePrefix("fd00:ec2::/32")
	nat64           = netip.MustParsePrefix("64:ff9b::/96")
)

// routeCheck checks the routes of one table, in order.
type routeCheck struct {
	r      *resolver
	t      *rawTable
	static map[string]diag.Pos // destinations so far
}

// check reports what AWS would refuse of a route.
func (c *routeCheck) check(raw rawRoute, route *model.Route) {
	if route.Origin == model.OriginStatic {
		key := route.DestinationText()
		if first, ok := c.static[key]; ok { // RT-16, LINT-7
			c.r.faultOf(raw.destAt, idDuplicateRoute, first, "the first route",
				"destination %s stands twice in route table %q; the first is at %s", quote(key), c.t.Name, first)
		} else {
			c.static[key] = raw.destAt
		}
	}
	if a, ok := route.Target.(*model.TransitGatewayAttachment); ok {
		c.attachmentTarget(raw, a)
	}
	if c.forbiddenRange(raw, route) || c.targetOfOtherVPC(raw, route) || c.t.VPC == nil {
		return
	}
	if len(c.t.edges) > 0 {
		c.edge(raw, route)
		return
	}
	if !c.family(raw, route) || route.Origin.Propagated() {
		return
	}
	c.inside(raw, route)
}

// forbiddenRange: ADDR-9, LINT-6.
func (c *routeCheck) forbiddenRange(raw rawRoute, route *model.Route) bool {
	if route.PrefixList != nil {
		return false
	}
	for _, p := range []netip.Prefix{linkLocalRoutes, ec2Routes} {
		if contains(p, route.Destination) {
			c.r.fault(raw.destAt, idIllegalDestination, "destination %s lies in %s, which AWS keeps for its own services; expected another destination", route.Destination, p)
			return true
		}
	}
	return false
}

// attachmentTarget: a route of a transit gateway's table leads to one of its
// own attachments, and to no Connect attachment, which has BGP alone (TGW-3).
func (c *routeCheck) attachmentTarget(raw rawRoute, a *model.TransitGatewayAttachment) {
	switch {
	case a.TransitGateway != nil && c.t.TransitGateway != nil && a.TransitGateway != c.t.TransitGateway:
		c.r.faultOf(raw.target.at, idOtherTransit, a.At, quote(a.Name)+" is declared here",
			"attachment %q is of transit gateway %q; route table %q is of %q", a.Name, a.TransitGateway.Name, c.t.Name, c.t.TransitGateway.Name)
	case a.Connection != nil && a.Connection.Type == model.ConnectAttachment:
		c.r.faultOf(raw.target.at, idIllegalTarget, a.At, quote(a.Name)+" is declared here",
			"no static route leads to Connect attachment %q, whose routes are learned by BGP; name route table %q in its `propagates_to` instead", a.Name, c.t.Name)
	}
}

// targetOfOtherVPC: a target belongs to the table's VPC, or joins it (RT-14).
func (c *routeCheck) targetOfOtherVPC(raw rawRoute, route *model.Route) bool {
	if c.t.VPC == nil || route.Target == nil {
		return false
	}
	var owner *model.VPC
	switch g := route.Target.(type) {
	case *model.InternetGateway:
		owner = g.VPC
	case *model.EgressOnlyInternetGateway:
		owner = g.VPC
	case *model.VPNGateway:
		owner = g.VPC
	case *model.CarrierGateway:
		owner = g.VPC
	case *model.LocalGateway:
		if !slices.Contains(g.VPCs, c.t.VPC) { // MISC-4
			c.r.faultOf(raw.target.at, idOtherVPC, g.At, quote(g.Name)+" is declared here",
				"local gateway %q is not associated with VPC %q, which route table %q is of; name the VPC in its `vpcs`", g.Name, c.t.VPC.Name, c.t.Name)
			return true
		}
	case *model.NATGateway:
		owner = g.VPC
	case *model.Interface:
		if g.Subnet != nil {
			owner = g.Subnet.VPC
		}
		if nat, ok := g.Owner.(*model.NATGateway); ok {
			c.r.fault(raw.target.at, idIllegalTarget, "%q is the own interface of NAT gateway %q; expected the gateway as the target", g.Name, nat.Name)
			return true
		}
		if ownedBySection(g.Owner) { // RT-14
			c.r.fault(raw.target.at, idIllegalTarget, "%q is the own interface of %s %q; expected a network interface that forwards, or a gateway_load_balancer endpoint by its name",
				g.Name, g.Owner.ID().Kind.Words(), g.Owner.ID().Name)
			return true
		}
	case *model.VPCEndpoint:
		if !c.endpointTarget(raw, route, g) {
			return true
		}
		owner = g.VPC
	case *model.PeeringConnection:
		if g.Requester != nil && g.Accepter != nil && g.Other(c.t.VPC) == nil {
			c.r.faultOf(raw.target.at, idOtherVPC, g.At, quote(g.Name)+" is declared here",
				"peering connection %q joins VPCs %q and %q; route table %q is of VPC %q", g.Name, g.Requester.Name, g.Accepter.Name, c.t.Name, c.t.VPC.Name)
			return true
		}
	}
	if owner != nil && owner != c.t.VPC {
		id := route.Target.ID()
		c.r.faultOf(raw.target.at, idOtherVPC, id.At, quote(id.Name)+" is declared here",
			"%s %q belongs to VPC %q; route table %q is of VPC %q", id.Kind.Words(), id.Name, owner.Name, c.t.Name, c.t.VPC.Name)
		return true
	}
	return false
}

// endpointTarget: only endpoints of Gateway Load Balancers and firewalls are
// targets that a user writes, and not of prefix lists (RT-14, RT-17, LINT-9).
func (c *routeCheck) endpointTarget(raw rawRoute, route *model.Route, e *model.VPCEndpoint) bool {
	switch {
	case e.Type == model.GatewayEndpoint: // EP-1
		c.r.faultOf(raw.target.at, idIllegalTarget, e.At, quote(e.Name)+" is declared here",
			"the routes to gateway endpoint %q make themselves; name route table %q in the endpoint's `route_tables` instead", e.Name, c.t.Name)
	case e.Type == model.InterfaceEndpoint, e.Type == model.InstanceConnectEndpoint:
		c.r.faultOf(raw.target.at, idIllegalTarget, e.At, quote(e.Name)+" is declared here",
			"VPC endpoint %q is of type %s, to which no route leads; as a target it needs to be of type %s", e.Name, e.Type, model.GatewayLoadBalancerEndpoint)
	case route.PrefixList != nil && len(c.t.edges) == 0:
		c.r.fault(raw.destAt, idIllegalDestination, "a route to gateway_load_balancer endpoint %q has a CIDR as its destination, not prefix list %q", e.Name, route.PrefixList.Name)
	default:
		return true
	}
	return false
}

// family: which families a target takes (RT-14, LINT-4).
func (c *routeCheck) family(raw rawRoute, route *model.Route) bool {
	for _, p := range route.Prefixes() {
		switch route.Target.(type) {
		case *model.EgressOnlyInternetGateway:
			if p.Addr().Is4() {
				c.r.fault(raw.target.at, idIllegalTarget, "egress-only internet gateway %q takes IPv6 only; destination %s is IPv4", raw.target.text, p)
				return false
			}
		case *model.CarrierGateway: // MISC-3
			if p.Addr().Is6() {
				c.r.fault(raw.target.at, idIllegalTarget, "carrier gateway %q takes IPv4 only; destination %s is IPv6", raw.target.text, p)
				return false
			}
		case *model.NATGateway:
			if p.Addr().Is6() && !contains(nat64, p) {
				c.r.fault(raw.target.at, idIllegalTarget, "NAT gateway %q takes IPv4 and %s only; destination %s is IPv6", raw.target.text, nat64, p)
				return false
			}
		}
	}
	return true
}

// inside checks a destination that lies in a block of the VPC (RT-9, RT-10,
// RT-11, LINT-5).
func (c *routeCheck) inside(raw rawRoute, route *model.Route) {
	block, inside := netip.Prefix{}, false
	if route.PrefixList == nil {
		block, inside = blockAround(c.t.VPC, route.Destination)
	}
	if route.Kind == model.TargetLocal {
		if !inside || block != route.Destination { // RT-3
			c.r.fault(raw.target.at, idIllegalTarget, "target `local` goes with exactly a block of VPC %q as destination; expected %s", c.t.VPC.Name, blockList(c.t.VPC))
		}
		return
	}
	if !inside {
		return
	}
	if block != route.Destination && !isSubnet(c.t.VPC, route.Destination) { // RT-10
		c.r.fault(raw.destAt, idMoreSpecificThanLocal, "destination %s lies in block %s of VPC %q; expected exactly that block or exactly the CIDR of a subnet%s",
			route.Destination, block, c.t.VPC.Name, nearestSubnet(c.t.VPC, route.Destination))
		return
	}
	switch route.Target.(type) {
	case *model.Interface, *model.NATGateway, *model.VPCEndpoint, nil: // nil: a blackhole, whose target is gone
		return
	case *model.LocalGateway: // RT-9, MISC-4
		if block != route.Destination {
			return
		}
	}
	expected := "a network interface, a NAT gateway or a gateway_load_balancer endpoint" // RT-9, RT-10, RT-11
	if block != route.Destination {
		expected = "a network interface, a NAT gateway, a gateway_load_balancer endpoint or a local gateway"
	}
	c.r.fault(raw.target.at, idMoreSpecificThanLocal, "%s %q cannot be the target of %s, which lies in VPC %q; expected %s",
		route.Target.ID().Kind.Words(), raw.target.text, route.Destination, c.t.VPC.Name, expected)
}

// blockAround returns the block of the VPC that p lies in.
func blockAround(v *model.VPC, p netip.Prefix) (netip.Prefix, bool) {
	for _, b := range v.Blocks() {
		if contains(b.Prefix, p) {
			return b.Prefix, true
		}
	}
	return netip.Prefix{}, false
}

func isSubnet(v *model.VPC, p netip.Prefix) bool {
	return slices.ContainsFunc(v.Subnets, func(s *model.Subnet) bool { return s.CIDR == p || s.IPv6CIDR == p })
}

// nearestSubnet names the subnet that a destination lies in.
func nearestSubnet(v *model.VPC, p netip.Prefix) string {
	for _, s := range v.Subnets {
		for _, q := range s.Prefixes() {
			if contains(q, p) {
				return "; subnet " + quote(s.Name) + " has " + q.String()
			}
		}
	}
	return ""
}

func blockList(v *model.VPC) string {
	var words []string
	for _, b := range v.Blocks() {
		words = append(words, b.Prefix.String())
	}
	if len(words) == 0 {
		return "a block of the VPC"
	}
	return oneOf(words)
}

// familyOf tells the family of a prefix in words.
func familyOf(p netip.Prefix) string { return addr.FamilyOf(p.Addr()).String() }
