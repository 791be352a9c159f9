package check

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

var loadBalancerInPrivateSubnet = &Rule{
	ID:       "load-balancer-in-private-subnet",
	Title:    "an internet-facing load balancer in a subnet without a route to an internet gateway",
	Severity: diag.Error,
	Why: "Clients come in at a node of the load balancer, and its answers follow the route table of the node's subnet. Without a route to an " +
		"internet gateway they are lost. Put the nodes in public subnets; the targets may stay in private ones.",
	Rules: []string{"LB-1", "IGW-10", "LINT-72"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, b := range p.Topology.LoadBalancers {
			if !b.InternetFacing {
				continue
			}
			var bad []*model.Subnet
			for _, n := range b.Nodes {
				if n.Subnet != nil && len(n.Private) > 0 && !slices.Contains(bad, n.Subnet) && p.shut(n.Subnet.RouteTable, addr.V4) && !slices.ContainsFunc(p.toInternet(n.Subnet.RouteTable, addr.V4), leavesBySubnet) {
					bad = append(bad, n.Subnet)
				}
			}
			if len(bad) == 0 {
				continue
			}
			f := p.Report(b.At, "internet-facing load balancer %q has a node in %s, from which nothing leads to an internet gateway; use public subnets", b.Name, subnetsText(bad))
			for _, s := range bad {
				see(f, s.RouteTable.At, "route table %q of subnet %q", s.RouteTable.Name, s.Name)
			}
		}
	},
}

var loadBalancerTargetNotAdmitted = &Rule{
	ID:       "load-balancer-target-not-admitted",
	Title:    "a target's filters stop what its load balancer sends, or the answers",
	Severity: diag.Error,
	Why: "The second leg of a load balancer is a connection of its own: an Application Load Balancer's target sees a node, a Network Load " +
		"Balancer's with client addresses preserved sees the client. Its security groups and network ACL must admit that on the target's port, and the replies to 1024-65535.",
	Rules: []string{"LB-2", "LB-3", "LB-7", "LINT-73"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, b := range p.Topology.LoadBalancers {
			for _, l := range b.Listeners {
				if !b.InternetFacing && l.PreserveClientIP {
					continue // who its clients are meant to be, nobody says
				}
				for _, t := range l.Targets {
					if t.Interface != nil && t.Interface.Subnet != nil && slices.Contains(l.Protocols, packet.TCP) {
						p.target(b, l, t)
					}
				}
			}
		}
	},
}

// target reports a target of which no client gets an answer because of the
// filters around it.
func (p *Pass) target(b *model.LoadBalancer, l *model.Listener, t *model.Target) {
	var why *eval.Blocker
	for _, n := range b.Nodes {
		if n.Subnet == nil || !b.CrossZone && n.Subnet.AZ != "" && t.Interface.Subnet.AZ != "" && n.Subnet.AZ != t.Interface.Subnet.AZ {
			continue
		}
		from, key := p.client(b, n, t)
		if key == "" {
			return
		}
		res := p.ask("lb\x00"+key+"\x00"+n.Name+"\x00"+tcpPorts([]service{{port: l.Port}}), from, the(n), tcpPorts([]service{{port: l.Port}}))
		if res == nil || works(res) && len(l.Targets) == 1 {
			return
		}
		k := slices.IndexFunc(res.Blockers, func(x eval.Blocker) bool { return atTarget(x, t.Interface) })
		if k < 0 {
			return
		}
		why = &res.Blockers[k]
	}
	if why == nil {
		return
	}
	f := p.Report(at(t.At, l.At, b.At), "target %q of load balancer %q, port %d, does not get or answer what comes to port %d: %s", hostName(t.Interface), b.Name, t.Port, l.Port, why.Message)
	see(f, why.At, "where it stops")
	see(f, t.Interface.At, "%q", hostName(t.Interface))
}

// atTarget reports whether a blocker is a security group of a target, or the
// ACL of its subnet.
func atTarget(x eval.Blocker, i *model.Interface) bool {
	switch x.Code {
	case eval.SecurityGroupMismatch, eval.SecurityGroupRefNotKept:
		return x.Interface == i
	case eval.SubnetACL:
		return x.Resource == model.Resource(i.Subnet.NetworkACL)
	}
	return false
}

// client returns somebody who would use a node: the internet, or a host of the
// VPC that is no target. key names the class of the client.
func (p *Pass) client(b *model.LoadBalancer, n *model.Interface, t *model.Target) (model.Endpoint, string) {
	if b.InternetFacing {
		return world[addr.V4], "internet"
	}
	for _, i := range p.Topology.Interfaces {
		if i.Instance() != nil && i.Subnet != nil && i.Subnet.VPC == b.VPC && !isTarget(b, i) {
			return the(i), i.Name
		}
	}
	return model.Endpoint{}, ""
}

func isTarget(b *model.LoadBalancer, i *model.Interface) bool {
	return slices.ContainsFunc(b.Listeners, func(l *model.Listener) bool {
		return slices.ContainsFunc(l.Targets, func(t *model.Target) bool { return t.Interface == i })
	})
}

var loadBalancerZoneGap = &Rule{
	ID:       "load-balancer-zone-gap",
	Title:    "a load balancer's node has no target in its zone",
	Severity: diag.Warning,
	Why: "Without cross-zone load balancing a node sends only to targets of its own Availability Zone. Clients that come to a node without " +
		"any get no answer, though others do. Add a target in the zone, or set `cross_zone: true`.",
	Rules: []string{"LB-9", "LINT-71"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, b := range p.Topology.LoadBalancers {
			if b.CrossZone {
				continue
			}
			for _, l := range b.Listeners {
				var gaps []string
				for _, n := range b.Nodes {
					if n.Subnet == nil || n.Subnet.AZ == "" || len(l.Targets) == 0 || slices.Contains(gaps, n.Subnet.AZ) {
						continue
					}
					if !slices.ContainsFunc(l.Targets, func(t *model.Target) bool {
						return t.Interface == nil || t.Interface.Subnet == nil || t.Interface.Subnet.AZ == "" || t.Interface.Subnet.AZ == n.Subnet.AZ
					}) {
						gaps = append(gaps, n.Subnet.AZ)
					}
				}
				if len(gaps) > 0 {
					p.Report(at(l.At, b.At), "port %d of load balancer %q has no target in %s, where it has a node, and cross-zone load balancing is off; add one there, or set `cross_zone: true`", l.Port, b.Name, quoted(gaps))
				}
			}
		}
	},
}

var networkLoadBalancerHairpin = &Rule{
	ID:       "network-load-balancer-hairpin",
	Title:    "a target of an internal Network Load Balancer is also its client",
	Severity: diag.Warning,
	Why: "With client addresses preserved, a target that connects to itself through the load balancer gets a packet from its own address and " +
		"drops it: some of its connections fail. Turn preservation off, or register targets by IP address.",
	Rules: []string{"LB-8", "LB-6", "LINT-74"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, b := range p.Topology.LoadBalancers {
			if b.InternetFacing || b.Type != model.NetworkLoadBalancer || len(b.Nodes) == 0 {
				continue
			}
			told := map[*model.Interface]bool{}
			for _, l := range b.Listeners {
				if !l.PreserveClientIP {
					continue
				}
				for _, t := range l.Targets {
					if r := namesClient(b, t.Interface); r != nil && !told[t.Interface] {
						told[t.Interface] = true
						f := p.Report(at(t.At, l.At, b.At), "%q is a target of load balancer %q, which preserves client addresses, and its security group %q is admitted there as a client; what it sends to itself is lost",
							hostName(t.Interface), b.Name, r.Group.Name)
						see(f, r.At, "the rule that admits it")
						break
					}
				}
			}
		}
	},
}

// namesClient returns the rule of a load balancer's groups that admits an
// interface by name, or nil.
func namesClient(b *model.LoadBalancer, i *model.Interface) *model.SGRule {
	if i == nil {
		return nil
	}
	for _, g := range b.Nodes[0].Groups {
		for _, r := range g.Ingress {
			if r.Group != nil && r.Group != g && slices.Contains(i.Groups, r.Group) {
				return r
			}
		}
	}
	return nil
}

var interfaceEndpointClosed = &Rule{
	ID:       "interface-endpoint-closed",
	Title:    "the security groups of an interface endpoint admit nobody on port 443",
	Severity: diag.Error,
	Why: "An interface endpoint is used by HTTPS. Its security groups must admit TCP port 443 from its clients; a group that admits nobody, as " +
		"the default group does for those that do not carry it, shuts the endpoint.",
	Rules: []string{"EP-7", "SG-21", "LINT-70"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, e := range p.Topology.VPCEndpoints {
			if e.Type != model.InterfaceEndpoint || e.Provider != nil || len(e.Interfaces) == 0 || len(e.Interfaces[0].Groups) == 0 {
				continue
			}
			open := slices.ContainsFunc(e.Interfaces[0].Groups, func(g *model.SecurityGroup) bool {
				return g.Unmodelled != nil || slices.ContainsFunc(g.Ingress, func(r *model.SGRule) bool { return p.admits443(e, r) })
			})
			if open {
				continue
			}
			g := e.Interfaces[0].Groups[0]
			f := p.Report(e.At, "interface endpoint %q admits nobody on tcp/443: no rule of its security group %q does; admit the clients' CIDR", e.Name, g.Name)
			see(f, g.At, "security group %q", g.Name)
		}
	},
}

// admits443 reports whether a rule admits some client of an endpoint to port
// 443.
func (p *Pass) admits443(e *model.VPCEndpoint, r *model.SGRule) bool {
	if r.Unmodelled != nil {
		return true
	}
	if !r.Protocols.Contains(packet.TCP) || !slices.ContainsFunc(r.Ports, func(q packet.PortRange) bool { return q.Contains(443) }) {
		return false
	}
	if r.Group == nil {
		return len(r.Prefixes()) > 0
	}
	return r.Group.VPC.Incomplete != "" || slices.ContainsFunc(r.Group.Members, func(i *model.Interface) bool { return i.Instance() != nil })
}

var gatewayEndpointNotUsed = &Rule{
	ID:       "gateway-endpoint-not-used",
	Title:    "a subnet reaches a service over NAT though the VPC has a gateway endpoint for it",
	Severity: diag.Warning,
	Why: "A gateway endpoint works only for the route tables that it names. Subnets of other tables reach S3 or DynamoDB by their default " +
		"route: over the NAT device, which is paid for by the gigabyte. Name the table in the endpoint's `route_tables`.",
	Rules: []string{"EP-1", "EP-2", "LINT-69"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, e := range p.Topology.VPCEndpoints {
			if e.Type != model.GatewayEndpoint || e.PrefixList == nil {
				continue
			}
			for _, t := range p.Topology.RouteTables {
				if t.VPC != e.VPC || len(p.subnets(t)) == 0 || t.Unmodelled != nil || slices.ContainsFunc(t.Routes, func(r *model.Route) bool { return r.Target == model.Resource(e) }) {
					continue
				}
				via := p.natFor(t, e.PrefixList)
				if via == nil {
					continue
				}
				f := p.Report(at(t.At, e.At), "%s %s %s over %q (%s), though VPC %q has gateway endpoint %q; add route table %q to its `route_tables`",
					subnetsText(p.subnets(t)), plural(len(p.subnets(t)), "reaches", "reach"), e.Service, via.TargetText(), via.DestinationText(), e.VPC.Name, e.Name, t.Name)
				see(f, e.At, "gateway endpoint %q", e.Name)
			}
		}
	},
}

// natFor returns the route by which a table sends a service's addresses to a
// NAT device, or nil.
func (p *Pass) natFor(t *model.RouteTable, list *model.PrefixList) *model.Route {
	for _, c := range list.CIDRs {
		r := p.Net.Winner(t, c.Prefix.Addr())
		if r == nil {
			continue
		}
		switch target := r.Target.(type) {
		case *model.NATGateway:
			return r
		case *model.Interface:
			if inst := target.Instance(); inst != nil && len(inst.Masquerade) > 0 {
				return r
			}
		}
	}
	return nil
}
