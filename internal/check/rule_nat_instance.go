package check

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// natUse is a NAT instance with the routes that send internet traffic to it.
type natUse struct {
	instance *model.Instance
	iface    *model.Interface
	uses     []use
}

// natInstances returns the instances that masquerade and are routed to for
// the internet.
func (p *Pass) natInstances() []natUse {
	var out []natUse
	for _, inst := range p.Topology.Instances {
		if len(inst.Masquerade) == 0 || !inst.IPForward {
			continue
		}
		for _, i := range inst.Interfaces {
			n := natUse{instance: inst, iface: i}
			for _, u := range p.routesTo(i) {
				if p.decidesInternet(u, addr.V4) {
					n.uses = append(n.uses, u)
				}
			}
			if len(n.uses) > 0 {
				out = append(out, n)
			}
		}
	}
	return out
}

var natInstanceWithoutInternet = &Rule{
	ID:       "nat-instance-without-internet",
	Title:    "a NAT instance cannot reach the internet itself",
	Severity: diag.Error,
	Why: "A NAT instance sends what it has translated like traffic of its own: it needs a public address, and a route of its subnet to an " +
		"internet gateway. Without either, nobody behind it gets out.",
	Rules: []string{"NI-5", "IGW-3", "LINT-43"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, n := range p.natInstances() {
			if len(n.instance.Interfaces) > 1 {
				continue // which interface it leaves by is a matter of its own routes
			}
			s := n.iface.Subnet
			hop, _ := internetBy[*model.InternetGateway](p.facts, s.RouteTable, addr.V4)
			var why string
			switch {
			case s.RouteTable.Unmodelled != nil:
				continue
			case hop == nil && len(p.toInternet(s.RouteTable, addr.V4)) == 0:
				why = "route table " + quoted([]string{s.RouteTable.Name}) + " of its subnet has no route to an internet gateway"
			case hop != nil && !n.iface.Mapped(model.KindInternetGateway):
				why = "it has no public address"
			default:
				continue
			}
			u := n.uses[0]
			f := p.Report(n.iface.At, "route table %q sends %s to NAT instance %q, which cannot reach the internet itself: %s", u.table.Name, u.route.DestinationText(), n.instance.Name, why)
			see(f, at(u.route.At, u.table.At), "the route")
		}
	},
}

var natInstanceBlockedBySecurityGroup = &Rule{
	ID:       "nat-instance-blocked-by-security-group",
	Title:    "the security groups of a NAT instance stop what its clients send",
	Severity: diag.Error,
	Why: "The groups of a NAT instance judge what comes from the clients, with their addresses and the port that they ask for, and what " +
		"goes on. Where they admit neither HTTP nor HTTPS of a client subnet, the route to the instance is of no use there. Admit the clients' CIDR.",
	Rules: []string{"NI-6", "NI-7", "LINT-43"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, n := range p.natInstances() {
			for _, u := range n.uses {
				for _, s := range p.subnets(u.table) {
					hosts := p.hosts(s)
					if len(hosts) == 0 || hosts[0].Instance() == n.instance {
						continue
					}
					web, b := p.toTheInternet(hosts[0], addr.V4, "tcp/443"), (*eval.Blocker)(nil)
					if b = firstBlocker(web); works(web) || !guards(b, n.instance) || !guards(firstBlocker(p.toTheInternet(hosts[0], addr.V4, "tcp/80")), n.instance) {
						continue
					}
					f := p.Report(at(b.At, n.iface.At), "security group %q of NAT instance %q stops what subnet %q sends to the internet: %s; admit %s",
						b.Component, n.instance.Name, s.Name, b.Message, s.CIDR)
					see(f, at(u.route.At, u.table.At), "the route to %q", n.instance.Name)
				}
			}
		}
	},
}

// guards reports whether a blocker is a security group at an interface of an
// instance.
func guards(b *eval.Blocker, inst *model.Instance) bool {
	return b != nil && (b.Code == eval.SecurityGroupMismatch || b.Code == eval.SecurityGroupRefNotKept) && b.Interface != nil && b.Interface.Instance() == inst
}

var masqueradeMissesClients = &Rule{
	ID:       "masquerade-misses-clients",
	Title:    "a NAT instance does not masquerade a subnet that is routed to it",
	Severity: diag.Warning,
	Why: "What no MASQUERADE rule matches leaves with the client's own private address, and the internet gateway drops it. A rule made for " +
		"the first block of a VPC does not cover blocks that came later. Widen the source of the rule, or leave it out.",
	Rules: []string{"NI-18", "NI-11", "LINT-44"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, n := range p.natInstances() {
			var sources []netip.Prefix
			for _, m := range n.instance.Masquerade {
				switch {
				case m.V6() || m.Destination.IsValid():
				case m.Source.IsValid():
					sources = append(sources, m.Source)
				default:
					sources = append(sources, netip.PrefixFrom(netip.IPv4Unspecified(), 0))
				}
			}
			if len(sources) == 0 {
				continue // by destination: a design of its own
			}
			for _, u := range n.uses {
				for _, s := range p.subnets(u.table) {
					if !s.CIDR.IsValid() || covers(sources, s.CIDR) || s == n.iface.Subnet {
						continue
					}
					f := p.Report(n.instance.Masquerade[0].At, "NAT instance %q masquerades %s, and %s of subnet %q is routed to it: what it does not masquerade leaves with a private address and is dropped; widen `source`",
						n.instance.Name, addr.SetOf(sources...), s.CIDR, s.Name)
					see(f, at(u.route.At, u.table.At), "the route to %q", n.instance.Name)
					see(f, s.At, "subnet %q", s.Name)
				}
			}
		}
	},
}
