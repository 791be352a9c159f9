package check

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

var redundantSecurityGroupRule = &Rule{
	ID:       "redundant-security-group-rule",
	Title:    "other rules of a security group admit all that a rule admits",
	Severity: diag.Info,
	Why: "The rules of a group add up, so a rule that the others cover admits nothing more. It hides what is open: whoever deletes it to " +
		"close a port closes nothing. Delete the narrow rule, or the wide one that was not meant.",
	Rules: []string{"SG-1"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, g := range p.Topology.SecurityGroups {
			for _, list := range [][]*model.SGRule{g.Ingress, g.Egress} {
				p.implied(g, list)
			}
		}
	},
}

// implied reports the rules of a list that others imply; of two equal ones
// the later.
func (p *Pass) implied(g *model.SecurityGroup, list []*model.SGRule) {
	for k, r := range list {
		if !r.At.IsValid() || r.Symbol != nil || r.Unmodelled != nil || r.Group != nil && len(r.Group.Members) == 0 {
			continue
		}
		var near []*model.SGRule
		for j, o := range list {
			if j != k && related(r, o) && !(j > k && sameRule(r, o)) {
				near = append(near, o)
			}
		}
		if len(near) == 0 {
			continue
		}
		by := p.cover(r, near)
		if len(by) == 0 {
			continue
		}
		f := p.Report(r.At, "the rule %s, %s of security group %q admits nothing that other rules do not admit; delete it", packet.FormatService(r.Protocols, r.Ports), r.PeerText(), g.Name)
		deletes(f, "delete the rule")
		for _, o := range by {
			see(f, o.At, "%s, %s", packet.FormatService(o.Protocols, o.Ports), o.PeerText())
		}
	}
}

func sameRule(a, b *model.SGRule) bool {
	return a.Group == b.Group && a.PrefixList == b.PrefixList && a.CIDR == b.CIDR && a.Protocols == b.Protocols && slices.Equal(a.Ports, b.Ports)
}

// related is the cheap test: o can admit something that r does.
func related(r, o *model.SGRule) bool {
	if o.Symbol != nil || r.Protocols.Hi < o.Protocols.Lo || o.Protocols.Hi < r.Protocols.Lo {
		return false
	}
	if r.Group != nil || o.Group != nil {
		return r.Group == o.Group || r.Group != nil && o.Group == nil && coversVPC(o, r.Group.VPC)
	}
	for _, q := range r.Prefixes() {
		for _, s := range o.Prefixes() {
			if q.Overlaps(s) {
				return true
			}
		}
	}
	return false
}

// coversVPC reports whether a rule admits every address of a VPC, and so of
// any group's members.
func coversVPC(r *model.SGRule, v *model.VPC) bool {
	for _, b := range v.Blocks() {
		if !covers(r.Prefixes(), b.Prefix) {
			return false
		}
	}
	return true
}

// cover returns those of some rules that admit all that r admits together, or
// nil.
func (p *Pass) cover(r *model.SGRule, near []*model.SGRule) []*model.SGRule {
	peers := r.Prefixes()
	if r.Group != nil {
		peers = []netip.Prefix{r.Group.VPC.Blocks()[0].Prefix} // any will do: the others are for all of the group
	}
	rest := p.ownSet(packet.Src, peers, r.Traffic)
	var by []*model.SGRule
	for _, o := range near {
		from := o.Prefixes()
		if r.Group != nil {
			from = peers
		}
		left := p.sp().Minus(rest, p.ownSet(packet.Src, from, o.Traffic))
		if left != rest {
			by = append(by, o)
			rest = left
		}
		if rest == packet.Empty {
			return by
		}
	}
	return nil
}

var securityGroupReferenceNeverMatches = &Rule{
	ID:       "security-group-reference-never-matches",
	Title:    "a rule names a security group whose members it never sees",
	Severity: diag.Warning,
	Why: "A rule that names a group matches by who sent the packet last. A NAT device, a firewall or an appliance on the way hides the " +
		"sender, so the rule admits nobody. Name the addresses instead. A group that no interface carries matches nothing either; that is a note.",
	Rules: []string{"SG-12", "SG-16", "NI-8", "LINT-51"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, g := range p.Topology.SecurityGroups {
			if len(g.Members) == 0 {
				continue
			}
			for _, r := range g.Ingress {
				if r.Group == nil || !r.At.IsValid() || !p.Net.MayReference(g, r.Group, false) {
					continue // the loader warns of what cannot be named at all
				}
				if len(r.Group.Members) == 0 {
					if r.Group.VPC.Incomplete != "" {
						continue
					}
					f := p.Report(r.At, "security group %q admits %s from group %q, which no network interface carries", g.Name, packet.FormatService(r.Protocols, r.Ports), r.Group.Name)
					f.Severity = diag.Info
					see(f, r.Group.At, "%q is declared here", r.Group.Name)
					continue
				}
				if p.mayHide(g.VPC, r.Group.VPC) {
					p.hidden(g, r)
				}
			}
		}
	},
}

// mayHide is the cheap test: something between two VPCs, or between subnets of
// one, may hide the sender.
func (p *Pass) mayHide(a, b *model.VPC) bool {
	if a != b {
		return true
	}
	for _, t := range p.Topology.RouteTables {
		if t.VPC != a {
			continue
		}
		for _, r := range t.Routes {
			if r.Kind == model.TargetResource && r.Destination.IsValid() && a.Contains(r.Destination.Addr()) {
				return true
			}
		}
	}
	return false
}

// hidden reports a rule if every pair of members that it speaks of fails
// because the sender is hidden.
func (p *Pass) hidden(g *model.SecurityGroup, r *model.SGRule) {
	const most = 6
	port, ok := someTCP(r.Traffic)
	if !ok {
		return
	}
	var why *eval.Blocker
	for _, from := range p.samples(r.Group, most) {
		for _, to := range p.samples(g, most) {
			if from == to {
				continue
			}
			res := p.ask("pair\x00"+p.class(from)+"\x00\x00\x00"+p.class(to)+"\x00"+port, the(from), the(to), port)
			b := blockedBy(res, eval.SecurityGroupRefNotKept)
			if res == nil || b == nil {
				return
			}
			why = b
		}
	}
	if why == nil {
		return
	}
	f := p.Report(r.At, "security group %q admits %s from group %q, but no member of it gets there as such: %s; name the addresses instead", g.Name, packet.FormatService(r.Protocols, r.Ports), r.Group.Name, why.Message)
	see(f, r.Group.At, "%q is declared here", r.Group.Name)
}

// someTCP returns a TCP port of some traffic, as a question has it.
func someTCP(t model.Traffic) (string, bool) {
	if !t.Protocols.Contains(packet.TCP) || len(t.Ports) == 0 {
		return "", false
	}
	return tcpPorts([]service{{port: max(t.Ports[0].Lo, min(t.Ports[0].Hi, 443))}}), true
}

// samples returns an interface of each of the first classes of a group's
// members that an instance holds.
func (p *Pass) samples(g *model.SecurityGroup, most int) []*model.Interface {
	var out []*model.Interface
	seen := map[string]bool{}
	for _, i := range g.Members {
		if i.Instance() != nil && i.Subnet != nil && !seen[p.class(i)] && len(out) < most {
			seen[p.class(i)] = true
			out = append(out, i)
		}
	}
	return out
}

var securityGroupWithoutEgress = &Rule{
	ID:       "security-group-without-egress",
	Title:    "an instance whose security groups let no connection out",
	Severity: diag.Info, // sound for a server that only answers
	Why: "Without any outbound rule an instance answers and starts nothing: no updates, no logs, no name that it has to look up outside of the " +
		"VPC's resolver. Terraform leaves such groups behind, since it removes the rule that AWS makes. Add outbound rules where they are needed.",
	Rules: []string{"SG-2", "SG-5", "LINT-52"},
	Since: "0.1",
	Check: func(p *Pass) {
		seen := map[*model.SecurityGroup]*diag.Finding{}
		for _, i := range p.Topology.Interfaces {
			if i.Instance() == nil || len(i.Groups) == 0 || slices.ContainsFunc(i.Groups, func(g *model.SecurityGroup) bool { return len(g.Egress) > 0 || g.Unmodelled != nil }) {
				continue
			}
			g := i.Groups[0]
			if seen[g] == nil {
				seen[g] = p.Report(at(g.At, i.At), "security group %q has no outbound rule, and %q carries no other that has: it starts no connection", g.Name, hostName(i))
			}
		}
	},
}

var privateCIDROfNobody = &Rule{
	ID:       "private-cidr-of-nobody",
	Title:    "a rule speaks of private addresses that no network of the topology has",
	Severity: diag.Info,
	Why: "The range belongs to no VPC, no site and no tunnel of the topology, so nobody there can send or receive: a network that is gone, a " +
		"slip of the pen, or one that the topology does not tell of. Correct it, delete the rule, or add the network.",
	Rules: []string{"SG-11", "ACL-10"},
	Since: "0.1",
	Check: func(p *Pass) {
		known, ok := p.known()
		if !ok {
			return
		}
		private := addr.SetOf(netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"))
		foreign := func(q netip.Prefix) bool {
			s := addr.SetOf(q)
			return private.Covers(s) && !known.Overlaps(s)
		}
		const advice = "which no VPC, site or tunnel of the topology has; correct it, or delete the rule"
		for _, g := range p.Topology.SecurityGroups {
			for _, list := range [][]*model.SGRule{g.Ingress, g.Egress} {
				for _, r := range list {
					if r.CIDR.IsValid() && r.At.IsValid() && r.Symbol == nil && foreign(r.CIDR) {
						p.Report(r.At, "a rule of security group %q speaks of %s, %s", g.Name, r.CIDR, advice)
					}
				}
			}
		}
		for _, a := range p.Topology.NetworkACLs {
			for _, d := range directions(a) {
				for _, r := range d.rules() {
					if r.At.IsValid() && r.Symbol == nil && foreign(r.CIDR) {
						p.Report(r.At, "%s rule %d of network ACL %q speaks of %s, %s", d.word(), r.Number, a.Name, r.CIDR, advice)
					}
				}
			}
		}
	},
}

// known returns every private address that a network of the topology has; ok
// is false where some network behind it is not told.
func (p *Pass) known() (known addr.Set, ok bool) {
	var list []netip.Prefix
	add := func(blocks []model.Block) {
		for _, b := range blocks {
			list = append(list, b.Prefix)
		}
	}
	for _, v := range p.Topology.VPCs {
		add(v.Blocks())
	}
	for _, x := range p.Topology.ExternalNetworks {
		add(x.CIDRs)
	}
	for _, c := range p.Topology.VPNConnections {
		if len(c.Routes) == 0 {
			return known, false
		}
		add(c.Routes)
	}
	for _, t := range p.Topology.Tunnels {
		for _, e := range t.Ends {
			add(e.Routes)
			if e.Address.IsValid() {
				list = append(list, netip.PrefixFrom(e.Address, e.Address.BitLen()))
			}
		}
	}
	for _, a := range p.Topology.TransitAttachments {
		if a.PeerGateway != nil && a.Peer == nil {
			return known, false
		}
	}
	for _, t := range p.Topology.RouteTables { // a blackhole or unmodelled target tells that something was there
		for _, r := range t.Routes {
			if _, unknown := r.Target.(*model.Unmodelled); unknown || r.Kind == model.TargetBlackhole {
				list = append(list, r.Prefixes()...)
			}
		}
	}
	return addr.SetOf(list...), true
}
