package eval

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/lpm"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// filter is a compiled rule list of one direction: a function from the peer's
// address to what it may send, as a longest-prefix-match table. The entry of
// a prefix holds the rules of the prefix and of all shorter ones around it,
// so that one lookup decides.
type filter struct {
	table *lpm.Table[*packet.Services]
	rules []filterRule
	acl   *model.NetworkACL // nil for groups
	// named are the rules that name a security group as source; they match
	// by the sender's identity, not by address alone (SG-12).
	named []namedGroup
	// unknown is what rules may allow that are not known, or name a peer that
	// is not.
	unknown []unknownRule
}

// unknownRule allows what its services say, or does not.
type unknownRule struct {
	group    *model.SecurityGroup
	code     Code
	why      string
	rule     string // of semantics.md
	services *packet.Services
	list     *model.PrefixList // whose addresses nobody knows; nil for what is not modelled
}

// notModelled is the unknownRule of what vpcpath does not model.
func notModelled(u *model.Unmodelled, g *model.SecurityGroup, s []packet.Service) unknownRule {
	return unknownRule{group: g, code: NotModelled, why: unmodelledText(u), rule: "MISC-5", services: packet.NewServices(s, noRule)}
}

// filterRule says what a rule number in the filter's Services stands for.
type filterRule struct {
	acl   *model.ACLRule
	sg    *model.SGRule
	group *model.SecurityGroup // of sg
	// byMember is set where the rule matches by the addresses of the group
	// that it names.
	byMember bool
}

type namedGroup struct {
	group    *model.SecurityGroup
	services *packet.Services
}

// noRule is the number that Services give to what no rule decides.
const noRule = -1

// aclKey is one direction of a network ACL.
type aclKey struct {
	acl    *model.NetworkACL
	egress bool
}

func (n *Net) acl(a *model.NetworkACL, egress bool) *filter {
	return n.acls.get(aclKey{a, egress}, compileACL)
}

// compileACL keeps the order of the numbers: the first match decides (ACL-2),
// and what no rule matches is denied (ACL-3).
func compileACL(k aclKey) *filter {
	list := k.acl.Ingress
	if k.egress {
		list = k.acl.Egress
	}
	f := &filter{acl: k.acl}
	var c compiler
	for _, r := range list {
		c.add(r.CIDR, r.Traffic, r.Allow, int32(len(f.rules)))
		f.rules = append(f.rules, filterRule{acl: r})
	}
	f.table = c.build()
	return f
}

// groupFilters are the two filters of a list of security groups.
type groupFilters struct {
	ingress, egress *filter
	groups          []*model.SecurityGroup
}

// group returns the filters of an interface's groups. Interfaces with the
// same groups share them.
func (n *Net) group(i *model.Interface) *groupFilters {
	return n.groups.get(i, func(i *model.Interface) *groupFilters {
		names := make([]string, len(i.Groups))
		for j, g := range i.Groups {
			names[j] = g.Name
		}
		return n.groupOf.get(strings.Join(names, "\x00"), func(string) *groupFilters {
			return &groupFilters{
				ingress: n.compileGroups(i.Groups, false),
				egress:  n.compileGroups(i.Groups, true),
				groups:  i.Groups,
			}
		})
	})
}

// compileGroups unites the allow rules of all groups (SG-1).
func (n *Net) compileGroups(groups []*model.SecurityGroup, egress bool) *filter {
	f := &filter{}
	var c compiler
	byGroup := map[*model.SecurityGroup][]packet.Service{}
	for _, g := range groups {
		list := g.Ingress
		if egress {
			list = g.Egress
		}
		if g.Unmodelled != nil {
			f.unknown = append(f.unknown, notModelled(g.Unmodelled, g, []packet.Service{{
				Proto: packet.ProtoRange{Lo: 0, Hi: 255}, Ports: packet.PortRange{Lo: 0, Hi: 65535}, Allow: true}}))
		}
		for _, r := range list {
			id := int32(len(f.rules))
			f.rules = append(f.rules, filterRule{sg: r, group: g})
			switch {
			case r.Unmodelled != nil:
				f.unknown = append(f.unknown, notModelled(r.Unmodelled, g, services(r.Traffic, true, id)))
			case r.PrefixList != nil && r.PrefixList.Unknown:
				f.unknown = append(f.unknown, unknownRule{group: g, code: PrefixListNotKnown, rule: "MISC-6", list: r.PrefixList,
					why: "which addresses are in prefix list " + r.PrefixList.Name + " is not known", services: packet.NewServices(services(r.Traffic, true, id), noRule)})
			case r.Group == nil:
				for _, p := range r.Prefixes() {
					c.add(p, r.Traffic, true, id)
				}
			case !n.mayReference(g, r.Group, egress): // SG-15, SG-17, SG-18: matches nothing
			case egress:
				// SG-13: an outbound reference matches by destination address.
				f.rules[id].byMember = true
				for _, m := range r.Group.Members {
					for _, a := range m.Addrs() {
						c.add(netip.PrefixFrom(a, a.BitLen()), r.Traffic, true, id)
					}
				}
			default:
				if _, seen := byGroup[r.Group]; !seen {
					f.named = append(f.named, namedGroup{group: r.Group})
				}
				byGroup[r.Group] = append(byGroup[r.Group], services(r.Traffic, true, id)...)
			}
		}
	}
	for i := range f.named {
		f.named[i].services = packet.NewServices(byGroup[f.named[i].group], noRule)
	}
	f.table = c.build()
	return f
}

// mayReference reports whether a rule of g may name other: a group of the
// same VPC, of one that an active peering connection of the same Region joins
// to it, or on the way in of one that a transit gateway does with security
// group referencing (SG-15..17).
func (n *Net) mayReference(g, other *model.SecurityGroup, egress bool) bool {
	if g.VPC == other.VPC {
		return true
	}
	for _, p := range n.topo.PeeringConnections {
		if p.Other(g.VPC) == other.VPC && p.Active() && sameRegion(g.VPC, other.VPC) {
			return true
		}
	}
	for _, t := range n.topo.TransitGateways {
		if a, b := t.AttachmentOf(g.VPC), t.AttachmentOf(other.VPC); !egress && a != nil && b != nil && keepsGroups(a, b) {
			return true
		}
	}
	return false
}

// keepsGroups reports whether what goes from one attachment to another keeps
// its sender's security groups (SG-16).
func keepsGroups(a, b *model.TransitGatewayAttachment) bool {
	return a.TransitGateway == b.TransitGateway && a.TransitGateway.SGReferencing && a.SGReferencing && b.SGReferencing
}

func sameRegion(a, b *model.VPC) bool {
	return a.Region == b.Region || a.Region == "" || b.Region == ""
}

func services(t model.Traffic, allow bool, id int32) []packet.Service {
	out := make([]packet.Service, len(t.Ports))
	for i, p := range t.Ports {
		out[i] = packet.Service{Proto: t.Protocols, Ports: p, Allow: allow, Rule: id}
	}
	return out
}

// compiler collects the rules of a list by prefix.
type compiler struct {
	prefixes []netip.Prefix
	own      map[netip.Prefix][]packet.Service
}

func (c *compiler) add(p netip.Prefix, t model.Traffic, allow bool, id int32) {
	if c.own == nil {
		c.own = map[netip.Prefix][]packet.Service{}
	}
	p = p.Masked()
	if _, ok := c.own[p]; !ok {
		c.prefixes = append(c.prefixes, p)
	}
	c.own[p] = append(c.own[p], services(t, allow, id)...)
}

// build gives each prefix the rules of all prefixes around it, in the order
// of their numbers. Prefixes with the same rules share one Services.
func (c *compiler) build() *lpm.Table[*packet.Services] {
	slices.SortFunc(c.prefixes, func(a, b netip.Prefix) int {
		if d := a.Addr().Compare(b.Addr()); d != 0 {
			return d
		}
		return a.Bits() - b.Bits()
	})
	type level struct {
		prefix netip.Prefix
		list   []packet.Service
	}
	var around []level
	var b lpm.Builder[*packet.Services]
	made := map[string]*packet.Services{}
	for _, p := range c.prefixes {
		for len(around) > 0 && !around[len(around)-1].prefix.Contains(p.Addr()) {
			around = around[:len(around)-1]
		}
		list := c.own[p]
		if len(around) > 0 {
			list = mergeByRule(around[len(around)-1].list, list)
		}
		around = append(around, level{p, list})
		key := ruleKey(list)
		s, ok := made[key]
		if !ok {
			s = packet.NewServices(list, noRule)
			made[key] = s
		}
		b.Insert(p, s)
	}
	return b.Build()
}

func mergeByRule(a, b []packet.Service) []packet.Service {
	out := append(slices.Clone(a), b...)
	slices.SortStableFunc(out, func(a, b packet.Service) int { return int(a.Rule) - int(b.Rule) })
	return out
}

// ruleKey tells lists of rules apart by their numbers, which is enough within
// one filter.
func ruleKey(list []packet.Service) string {
	var sb strings.Builder
	for _, s := range list {
		sb.WriteByte(byte(s.Rule))
		sb.WriteByte(byte(s.Rule >> 8))
		sb.WriteByte(byte(s.Rule >> 16))
	}
	return sb.String()
}

// pieces cuts the peers that appear in a set into the runs that the filter
// treats alike.
func (w *walk) pieces(f *filter, s packet.Set, fam addr.Family, peer packet.Field) []packet.Piece {
	w.cut = w.cut[:0]
	for _, r := range w.addrs(s, fam, peer) {
		w.regions = f.table.Regions(w.regions[:0], fam, r)
		for _, g := range w.regions {
			if g.OK {
				w.cut = append(w.cut, packet.Piece{Range: g.Range, Services: g.Value})
			}
		}
	}
	return w.cut
}
