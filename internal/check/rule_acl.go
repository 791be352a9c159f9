package check

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

var shadowedACLRule = &Rule{
	ID:       "shadowed-acl-rule",
	Title:    "rules with lower numbers decide all that a network ACL rule matches",
	Severity: diag.Warning,
	Why: "The first match decides. A rule that lower numbers cover completely never does: where they say the opposite, somebody wanted " +
		"something that does not happen, as a deny behind an allow for everything. Where they say the same it is only in the way, and a note.",
	Rules: []string{"ACL-2", "LINT-54"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, a := range p.Topology.NetworkACLs {
			for _, d := range directions(a) {
				for _, fam := range addr.Families {
					p.shadowed(d, fam)
				}
			}
		}
	},
}

func (p *Pass) shadowed(d direction, fam addr.Family) {
	alive := p.decidedBy(d, p.sp().Fam(fam), fam)
	for _, r := range d.rules() {
		if addr.FamilyOf(r.CIDR.Addr()) != fam || !r.At.IsValid() || r.Symbol != nil || slices.Contains(alive, r) {
			continue
		}
		by := p.decidedBy(d, p.ownSet(d.peer, []netip.Prefix{r.CIDR}, r.Traffic), fam)
		if len(by) == 0 {
			continue
		}
		opposite := slices.ContainsFunc(by, func(o *model.ACLRule) bool { return o.Allow != r.Allow })
		f := p.Report(r.At, "%s rule %d of network ACL %q never decides: %s %s all that it %s; %s",
			d.word(), r.Number, d.acl.Name, ruleNumbers(by), decide(by, r), map[bool]string{true: "allows", false: "denies"}[r.Allow],
			map[bool]string{true: "give it a lower number, or delete it", false: "delete it"}[opposite])
		if !opposite {
			f.Severity = diag.Info
			deletes(f, "delete the rule")
		}
		for _, o := range by {
			see(f, o.At, "shadowed by rule %d", o.Number)
		}
	}
}

// decide says what the rules that shadow another one do.
func decide(by []*model.ACLRule, r *model.ACLRule) string {
	allow := slices.ContainsFunc(by, func(o *model.ACLRule) bool { return o.Allow })
	deny := slices.ContainsFunc(by, func(o *model.ACLRule) bool { return !o.Allow })
	switch {
	case allow && deny:
		return plural(len(by), "decides", "decide")
	case allow:
		return plural(len(by), "allows", "allow")
	}
	return plural(len(by), "denies", "deny")
}

func ruleNumbers(list []*model.ACLRule) string {
	text := "rule"
	if len(list) > 1 {
		text = "rules"
	}
	for k, r := range list[:min(3, len(list))] {
		switch {
		case k == 0:
			text += fmt.Sprintf(" %d", r.Number)
		case k == len(list)-1:
			text += fmt.Sprintf(" and %d", r.Number)
		default:
			text += fmt.Sprintf(", %d", r.Number)
		}
	}
	if len(list) > 3 {
		text += fmt.Sprintf(" and %d more", len(list)-3)
	}
	return text
}

var networkACLBlocksReplies = &Rule{
	ID:       "network-acl-blocks-replies",
	Title:    "a network ACL lets a connection begin and stops its replies",
	Severity: diag.Warning,
	Why: "A network ACL keeps no state: replies go to the client's ephemeral port and need a rule in the other direction. Clients that are " +
		"not known, NAT gateways and load balancers use 1024-65535, Linux hosts 32768-60999. Allow TCP to those ports for the same addresses.",
	Rules: []string{"ACL-6", "ACL-14", "ACL-15", "LINT-53", "LINT-42", "LINT-73"},
	Since: "0.1",
	Check: func(p *Pass) {
		acls, subnets := p.servedACLs()
		for _, a := range acls {
			for _, d := range directions(a) {
				for k, r := range d.rules() {
					if r.Allow && r.At.IsValid() && r.Symbol == nil && r.Protocols.Contains(packet.TCP) && !forReplies(r.Traffic) {
						p.replies(d, k, r, subnets[a])
					}
				}
			}
		}
	},
}

// forReplies reports whether a rule may be there for replies: it holds a wide
// range of ephemeral ports, or every port.
func forReplies(t model.Traffic) bool {
	return slices.ContainsFunc(t.Ports, func(r packet.PortRange) bool { return r.Hi-r.Lo > 8192 })
}

// replies reports a rule whose connections get no replies, or some only.
func (p *Pass) replies(d direction, k int, r *model.ACLRule, subnets []*model.Subnet) {
	sp, fam := p.sp(), addr.FamilyOf(r.CIDR.Addr())
	from := p.clients(d, r, subnets)
	begun := sp.And(sp.Protos(packet.TCP, packet.TCP), sp.Ports(packet.SPort, from.Lo, from.Hi))
	begun = sp.RestrictRule(sp.And(sp.Fam(fam), begun), fam, d.peer, packet.Forward, p.pieces(d, d.egress, fam), int32(k))
	answered := sp.Restrict(begun, fam, d.peer, packet.Reply, p.pieces(d, !d.egress, fam))
	missing := sp.Minus(sp.Minus(begun, answered), p.refused(d, begun, fam))
	if missing == packet.Empty {
		return
	}
	advised := from
	if from == linuxPorts {
		advised.Hi++ // as the User Guide has it, and `--source-port linux`
	}
	back := directions(d.acl)[b2i(!d.egress)].word()
	what := fmt.Sprintf("%s rule %d of network ACL %q allows %s %s %s, ", d.word(), r.Number, d.acl.Name,
		packet.FormatService(packet.ProtoRange{Lo: packet.TCP, Hi: packet.TCP}, r.Ports), map[bool]string{true: "to", false: "from"}[d.egress], r.CIDR)
	var f *diag.Finding
	switch {
	case answered == packet.Empty:
		f = p.Report(r.At, "%sbut no %s rule allows the replies; allow tcp/%d-%d %s %s there", what, back, advised.Lo, advised.Hi, map[bool]string{true: "from", false: "to"}[d.egress], r.CIDR)
	case sp.Free(missing, packet.SPort) == sp.Free(begun, packet.SPort):
		f = p.Report(r.At, "%sbut the %s rules allow replies to a part of the client's ports only, and not to %s; allow tcp/%d-%d", what, back, p.portsOf(missing, packet.SPort), advised.Lo, advised.Hi)
	default:
		f = p.Report(r.At, "%sbut the %s rules stop the replies for %s; allow tcp/%d-%d there, or narrow the rule", what, back, p.peersOf(missing, fam, d.peer), advised.Lo, advised.Hi)
	}
	see(f, subnets[0].At, "subnet %q uses it", subnets[0].Name)
}

// refused returns the headers whose reply a deny for some network stops:
// whoever wrote that wants it.
func (p *Pass) refused(d direction, begun packet.Set, fam addr.Family) packet.Set {
	s := packet.Empty
	back := directions(d.acl)[b2i(!d.egress)]
	for k, r := range back.rules() {
		if !r.Allow && r.CIDR.Bits() > 0 && addr.FamilyOf(r.CIDR.Addr()) == fam {
			s = p.sp().Or(s, p.sp().RestrictRule(begun, fam, d.peer, packet.Reply, p.pieces(d, back.egress, fam), int32(k)))
		}
	}
	return s
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// linuxPorts are the source ports that Linux kernels use by default.
var linuxPorts = packet.PortRange{Lo: 32768, Hi: 60999}

// clients returns the source ports that are to be expected of the clients of
// a rule's connections (ACL-14).
func (p *Pass) clients(d direction, r *model.ACLRule, subnets []*model.Subnet) packet.PortRange {
	if !d.egress {
		if p.Net.Public().Overlaps(addr.SetOf(r.CIDR)) {
			return anySourcePort.Range
		}
		return linuxPorts
	}
	for _, s := range subnets {
		for _, i := range p.interfaces(s) {
			switch i.Owner.(type) {
			case *model.NATGateway, *model.LoadBalancer:
				return anySourcePort.Range
			}
		}
	}
	return linuxPorts
}

var networkACLBlocksPathMTU = &Rule{
	ID:       "network-acl-blocks-path-mtu-discovery",
	Title:    "a network ACL stops ICMP \"fragmentation needed\" from the internet",
	Severity: diag.Info,
	Why: "A router that cannot pass a large packet says so by ICMP type 3 code 4 (ICMPv6 type 2). Without it the sender goes on with packets " +
		"that are too large: connections open and then hang. Allow it inbound.",
	Rules: []string{"ACL-13", "LINT-55"},
	Since: "0.1",
	Check: func(p *Pass) {
		acls, subnets := p.servedACLs()
		for _, a := range acls {
			in, out := directions(a)[0], directions(a)[1]
			for _, fam := range addr.Families {
				if !slices.ContainsFunc(subnets[a], func(s *model.Subnet) bool { return len(p.toInternet(s.RouteTable, fam)) > 0 }) {
					continue
				}
				sp := p.sp()
				world := sp.AddrSet(packet.Src, p.Net.Public().Only(fam))
				tcp := sp.And(sp.Protos(packet.TCP, packet.TCP), sp.AddrSet(packet.Dst, p.Net.Public().Only(fam)))
				icmp, code := packet.ICMP, packet.ICMPPort(3, 4)
				if fam == addr.V6 {
					icmp, code = packet.ICMPv6, packet.ICMPPort(2, 0)
				}
				toobig := sp.And(world, sp.And(sp.Protos(icmp, icmp), sp.Ports(packet.DPort, code, code)))
				if sp.Restrict(tcp, fam, packet.Dst, packet.Forward, p.pieces(out, true, fam)) == packet.Empty ||
					sp.Restrict(toobig, fam, packet.Src, packet.Forward, p.pieces(in, false, fam)) != packet.Empty {
					continue
				}
				p.Report(a.At, "network ACL %q lets TCP out to the internet and no %s in, so path MTU discovery fails; allow %s from anywhere",
					a.Name, map[addr.Family]string{addr.V4: `ICMP "fragmentation needed"`, addr.V6: `ICMPv6 "packet too big"`}[fam],
					map[addr.Family]string{addr.V4: "ICMP type 3 code 4", addr.V6: "ICMPv6 type 2"}[fam])
				break
			}
		}
	},
}

var emptyNetworkACL = &Rule{
	ID:       "empty-network-acl",
	Title:    "a network ACL in use allows nothing in a direction",
	Severity: diag.Warning,
	Why: "A network ACL that AWS makes for you denies everything until rules are added. Its subnet then exchanges nothing with anybody but " +
		"the neighbours in the subnet itself.",
	Rules: []string{"ACL-5", "ACL-7", "LINT-56"},
	Since: "0.1",
	Check: func(p *Pass) {
		acls, subnets := p.servedACLs()
		for _, a := range acls {
			if a.Unmodelled != nil {
				continue
			}
			var shut []string
			for _, d := range directions(a) {
				if !slices.ContainsFunc(d.rules(), func(r *model.ACLRule) bool { return r.Allow }) {
					shut = append(shut, d.word())
				}
			}
			if len(shut) == 0 {
				continue
			}
			text := shut[0]
			if len(shut) == 2 {
				text = "inbound and outbound"
			}
			f := p.Report(a.At, "network ACL %q of %s allows nothing %s, so nothing crosses the border of %s that way; add rules",
				a.Name, subnetsText(subnets[a]), text, plural(len(subnets[a]), "the subnet", "these subnets"))
			see(f, subnets[a][0].At, "subnet %q", subnets[a][0].Name)
		}
	},
}

var aclRuleSplitsSubnet = &Rule{
	ID:       "acl-rule-splits-subnet",
	Title:    "a network ACL rule speaks of a part of a subnet",
	Severity: diag.Info,
	Why: "Hosts of one subnet come and go, and get any free address of it; a rule for half of a subnet holds for whoever happens to have an " +
		"address there. Rules for single addresses are not meant. Name whole subnets, or use security groups.",
	Rules: []string{"ACL-10", "ACL-16"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, a := range p.Topology.NetworkACLs {
			for _, d := range directions(a) {
				for _, r := range d.rules() {
					if r.CIDR.IsSingleIP() || !r.At.IsValid() || r.Symbol != nil || a.VPC == nil {
						continue
					}
					for _, s := range a.VPC.Subnets {
						for _, q := range s.Prefixes() {
							if r.CIDR.Bits() > q.Bits() && q.Contains(r.CIDR.Addr()) {
								f := p.Report(r.At, "%s rule %d of network ACL %q speaks of %s, a part of %s of subnet %q; name the whole subnet", d.word(), r.Number, a.Name, r.CIDR, q, s.Name)
								see(f, s.At, "subnet %q", s.Name)
							}
						}
					}
				}
			}
		}
	},
}
