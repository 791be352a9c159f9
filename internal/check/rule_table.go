package check

import (
	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

var mainRouteTableToInternet = &Rule{
	ID:       "main-route-table-to-internet",
	Title:    "the main route table of a VPC leads to an internet gateway",
	Severity: diag.Warning,
	Why: "A subnet that names no route table uses the main one. With an internet route in it, every new subnet is public from its first " +
		"minute. Leave the local routes alone in the main table, and name a table of their own for public subnets.",
	Rules: []string{"RT-2", "ADDR-17", "LINT-17"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, v := range p.Topology.VPCs {
			t := v.MainRouteTable
			if t == nil || len(t.Edges) > 0 {
				continue
			}
			for _, r := range t.Routes {
				if _, ok := r.Target.(*model.InternetGateway); !ok {
					continue
				}
				f := p.Report(at(r.At, t.At, v.At), "main route table %q of VPC %q leads %s to internet gateway %q, so a subnet that names no table is public; name a table of their own for public subnets",
					t.Name, v.Name, r.DestinationText(), r.TargetText())
				for _, s := range p.subnets(t) {
					if !s.ExplicitRouteTable {
						see(f, s.At, "subnet %q names no table", s.Name)
					}
				}
				break
			}
		}
	},
}

var subnetUsesMainRouteTable = &Rule{
	ID:       "subnet-uses-main-route-table",
	Title:    "a subnet names no route table and gets the routes of the main one",
	Severity: diag.Info, // AWS works so by design; it is a slip only where the routes were not meant
	Why: "Whoever changes the main table, or makes another table the main one, changes these subnets too. Subnets whose main table has " +
		"nothing but local routes are not meant: that is the safe default. Name the table that the subnet is to use.",
	Rules: []string{"RT-1", "RT-2", "LINT-16"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, v := range p.Topology.VPCs {
			if v.MainRouteTable == nil {
				continue
			}
			var route *model.Route // that the subnets inherit
			for _, r := range v.MainRouteTable.Routes {
				if r.Kind != model.TargetLocal {
					route = r
					break
				}
			}
			var implicit []*model.Subnet
			for _, s := range p.subnets(v.MainRouteTable) {
				if !s.ExplicitRouteTable {
					implicit = append(implicit, s)
				}
			}
			if route == nil || len(implicit) == 0 {
				continue
			}
			f := p.Report(implicit[0].At, "%s %s no route table and %s that of main route table %q, as %s -> %s; name the table that is meant",
				subnetsText(implicit), plural(len(implicit), "names", "name"), plural(len(implicit), "gets", "get"), v.MainRouteTable.Name, route.DestinationText(), route.TargetText())
			see(f, route.At, "the route")
			for _, s := range implicit[1:] {
				see(f, s.At, "subnet %q", s.Name)
			}
		}
	},
}

var subnetUsesDefaultNetworkACL = &Rule{
	ID:       "subnet-uses-default-network-acl",
	Title:    "a subnet names no network ACL where its neighbours have their own",
	Severity: diag.Info, // the default ACL is how most VPCs work
	Why: "The default network ACL lets everything pass. Where other subnets of the VPC have an ACL of their own, one without was most " +
		"likely forgotten. Name the ACL; where none is wanted, name the default one, so that it is seen.",
	Rules: []string{"ACL-1", "ACL-4", "LINT-18"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, v := range p.Topology.VPCs {
			var own, without []*model.Subnet
			for _, s := range v.Subnets {
				switch {
				case len(p.interfaces(s)) == 0:
				case s.ExplicitNetworkACL && s.NetworkACL != v.DefaultNetworkACL:
					own = append(own, s)
				case !s.ExplicitNetworkACL:
					without = append(without, s)
				}
			}
			if len(without) == 0 || len(own) <= len(without) || v.DefaultNetworkACL == nil {
				continue // where most subnets use the default, nobody forgot one
			}
			f := p.Report(without[0].At, "%s of VPC %q %s no network ACL and %s default one %q, while %d other subnets have their own; name the one that is meant",
				subnetsText(without), v.Name, plural(len(without), "names", "name"), plural(len(without), "gets the", "get the"), v.DefaultNetworkACL.Name, len(own))
			see(f, own[0].NetworkACL.At, "as network ACL %q of subnet %q", own[0].NetworkACL.Name, own[0].Name)
		}
	},
}

var unusedResource = &Rule{
	ID:       "unused-resource",
	Title:    "a route table, network ACL, security group or prefix list that nothing uses",
	Severity: diag.Info,
	Why: "What nothing uses has no effect, but is read, reviewed and counted against quotas. It is also what is left when a subnet or an " +
		"interface names the wrong one. Use it, or delete it.",
	Rules: []string{"RT-1", "ACL-1", "SG-4", "LINT-24"},
	Since: "0.1",
	Check: func(p *Pass) {
		named := map[*model.SecurityGroup]bool{}
		lists := map[*model.PrefixList]bool{}
		for _, g := range p.Topology.SecurityGroups {
			for _, rules := range [][]*model.SGRule{g.Ingress, g.Egress} {
				for _, r := range rules {
					if r.Group != nil && r.Group != g {
						named[r.Group] = true
					}
					if r.PrefixList != nil {
						lists[r.PrefixList] = true
					}
				}
			}
		}
		report := func(id *model.Ident, why string) {
			if id.At.IsValid() {
				p.Report(id.At, "nothing uses %s %q: %s; delete it, or use it", id.Kind.Words(), id.Name, why)
			}
		}
		main, acls := map[*model.RouteTable]bool{}, map[*model.NetworkACL]bool{}
		for _, v := range p.Topology.VPCs {
			main[v.MainRouteTable] = true
			acls[v.DefaultNetworkACL] = true
			if v.DefaultSecurityGroup != nil {
				named[v.DefaultSecurityGroup] = true
			}
		}
		for _, s := range p.Topology.Subnets {
			acls[s.NetworkACL] = true
		}
		for _, g := range p.Topology.NATGateways {
			for _, i := range g.Interfaces { // a regional one has a table of its own
				if i.Subnet != nil {
					main[i.Subnet.RouteTable] = true
				}
			}
		}
		for _, a := range p.Topology.TransitAttachments {
			main[a.RouteTable] = true
			for _, t := range a.PropagatesTo {
				main[t] = true
			}
		}
		for _, t := range p.Topology.RouteTables {
			for _, r := range t.Routes {
				lists[r.PrefixList] = true
			}
			if !main[t] && len(p.subnets(t)) == 0 && len(t.Edges) == 0 && complete(t.VPC) {
				if t.VPC == nil {
					report(&t.Ident, "no attachment is associated with it")
				} else {
					report(&t.Ident, "no subnet and no gateway is associated with it")
				}
			}
		}
		for _, a := range p.Topology.NetworkACLs {
			if !acls[a] && complete(a.VPC) {
				report(&a.Ident, "no subnet is associated with it")
			}
		}
		for _, g := range p.Topology.SecurityGroups {
			if len(g.Members) == 0 && !named[g] && complete(g.VPC) {
				report(&g.Ident, "no network interface carries it, and no rule names it")
			}
		}
		for _, l := range p.Topology.PrefixLists {
			if !lists[l] && l.Service == "" {
				report(&l.Ident, "no route and no rule names it")
			}
		}
	},
}

// complete reports whether the topology holds all of a VPC: what nothing uses in
// another one may be used all the same.
func complete(v *model.VPC) bool { return v == nil || v.Incomplete == "" }

var quotaExceeded = &Rule{
	ID:       "quota-exceeded",
	Title:    "more routes or rules than AWS allows by default",
	Severity: diag.Warning,
	Why: "AWS refuses what goes beyond a quota. Most quotas can be raised, up to a limit that cannot; above the default it is a note, " +
		"above the limit a warning. A prefix list counts in full: here with as many entries as it has, with AWS as its maximum size.",
	Rules: []string{"RT-14", "ACL-2", "SG-1", "LINT-14"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, t := range p.Topology.RouteTables {
			if t.VPC == nil {
				continue
			}
			static := [2]int{}
			for _, r := range t.Routes {
				if r.Kind != model.TargetLocal && !r.Origin.Propagated() {
					for _, q := range r.Prefixes() {
						static[addr.FamilyOf(q.Addr())]++
					}
				}
			}
			for _, fam := range addr.Families {
				p.quota(&t.Ident, static[fam], 50, 1000, fam.String()+" routes")
			}
		}
		for _, a := range p.Topology.NetworkACLs {
			p.quota(&a.Ident, len(a.Ingress), 20, 40, "inbound rules")
			p.quota(&a.Ident, len(a.Egress), 20, 40, "outbound rules")
		}
		for _, g := range p.Topology.SecurityGroups {
			for d, rules := range [][]*model.SGRule{g.Ingress, g.Egress} {
				count := [2]int{}
				for _, r := range rules {
					each := len(r.Ports) // AWS has a rule for each range of ports
					if r.Group != nil {  // counts in both families
						count[addr.V4] += each
						count[addr.V6] += each
					}
					for _, q := range r.Prefixes() {
						count[addr.FamilyOf(q.Addr())] += each
					}
				}
				for _, fam := range addr.Families {
					p.quota(&g.Ident, count[fam], 60, 1000, fam.String()+[]string{" inbound rules", " outbound rules"}[d])
				}
			}
		}
		for _, i := range p.Topology.Interfaces {
			p.quota(&i.Ident, len(i.Groups), 5, 16, "security groups")
		}
	},
}

// quota reports a number above what AWS allows by default, or at all.
func (p *Pass) quota(id *model.Ident, n, usual, most int, what string) {
	if n <= usual || !id.At.IsValid() {
		return
	}
	if n > most {
		p.Report(id.At, "%s %q has %d %s; AWS allows %d at most", id.Kind.Words(), id.Name, n, what, most)
		return
	}
	p.Report(id.At, "%s %q has %d %s; the quota is %d, and can be raised to %d", id.Kind.Words(), id.Name, n, what, usual, most).Severity = diag.Info
}
