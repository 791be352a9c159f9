package check

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

var applianceSourceDestCheck = &Rule{
	ID:       "appliance-source-dest-check",
	Title:    "a route leads to a network interface with the source/destination check on",
	Severity: diag.Error,
	Why: "With the check on, an interface drops what is neither from nor for its own addresses: all that a router, firewall, NAT or VPN " +
		"instance is there for. Set `source_dest_check: false` on it.",
	Rules: []string{"NI-2", "NI-3", "GW-9", "VPNI-3", "LINT-27", "LINT-43", "LINT-67"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, i := range p.Topology.Interfaces {
			uses := p.routesTo(i)
			if !i.SourceDestCheck || i.Instance() == nil || len(uses) == 0 {
				continue
			}
			u := uses[0]
			f := p.Report(i.At, "route table %q sends %s to %q, whose source/destination check drops it; set `source_dest_check: false`",
				u.table.Name, u.route.DestinationText(), hostName(i))
			for _, u := range uses {
				see(f, at(u.route.At, u.table.At), "route %s of %q", u.route.DestinationText(), u.table.Name)
			}
		}
	},
}

var applianceNotForwarding = &Rule{
	ID:       "appliance-not-forwarding",
	Title:    "a route leads to an instance that does not forward",
	Severity: diag.Error,
	Why: "A host drops what is not for itself unless the kernel forwards. Set `ip_forward: true` here when net.ipv4.ip_forward is 1 on " +
		"the host; if it is not, the route leads nowhere. Port forwards need it too.",
	Rules: []string{"NI-9", "GW-9", "VPNI-4", "LINT-27", "LINT-43", "LINT-67"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, inst := range p.Topology.Instances {
			if inst.IPForward || inst.ForwardUnknown {
				continue
			}
			for _, i := range inst.Interfaces {
				uses := slices.DeleteFunc(slices.Clone(p.routesTo(i)), func(u use) bool { return forItself(inst, u) })
				if len(uses) == 0 {
					continue
				}
				u := uses[0]
				f := p.Report(inst.At, "route table %q sends %s to %q, and instance %q does not forward; set `ip_forward: true` if its kernel does",
					u.table.Name, u.route.DestinationText(), hostName(i), inst.Name)
				for _, u := range uses {
					see(f, at(u.route.At, u.table.At), "route %s of %q", u.route.DestinationText(), u.table.Name)
				}
				break
			}
		}
	},
}

// ownRange reports whether a route brings an instance addresses of a range
// that the owner of the account brought, at an internet gateway (GW-14).
func ownRange(u use) bool {
	return len(u.table.Edges) > 0 && u.route.Destination.IsValid() && !u.table.VPC.Contains(u.route.Destination.Addr())
}

// forItself reports whether all that a route brings an instance is for its
// own addresses, as those of its local routes.
func forItself(inst *model.Instance, u use) bool {
	if ownRange(u) {
		return true
	}
	for _, p := range u.route.Prefixes() {
		if !slices.ContainsFunc(inst.LocalRoutes, func(b model.Block) bool { return b.Prefix.Bits() <= p.Bits() && b.Prefix.Contains(p.Addr()) }) {
			return false
		}
	}
	return true
}

var singleApplianceForSeveralZones = &Rule{
	ID:       "single-appliance-for-several-zones",
	Title:    "one NAT, VPN or other appliance serves several Availability Zones",
	Severity: diag.Info, // it may be a choice, as with a single NAT gateway
	Why: "When the instance or its zone fails, the subnets of the other zones lose the way too. An appliance in each zone, with the routes " +
		"of each zone to its own, avoids that.",
	Rules: []string{"VPNI-9", "ADDR-20", "LINT-68"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, i := range p.Topology.Interfaces {
			if i.Instance() == nil || i.Subnet == nil || i.Subnet.AZ == "" {
				continue
			}
			var others []*model.Subnet
			for _, u := range p.routesTo(i) {
				for _, s := range p.subnets(u.table) {
					if s.AZ != "" && s.AZ != i.Subnet.AZ {
						others = append(others, s)
					}
				}
			}
			if len(others) > 0 {
				p.Report(i.At, "%q in %s serves %s of other zones too, which lose their way when it or %s fails; an appliance in each zone avoids that",
					hostName(i), i.Subnet.AZ, subnetsText(others), i.Subnet.AZ)
			}
		}
	},
}
