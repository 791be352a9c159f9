package lab

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// traffic writes what a rule matches of protocols and ports, one text for
// each nft rule that it takes.
func traffic(t model.Traffic) []string {
	all := len(t.Ports) == 1 && t.Ports[0] == packet.AllPorts
	if t.Protocols == packet.AllProtos && all {
		return []string{""}
	}
	var out []string
	for _, proto := range []uint8{packet.TCP, packet.UDP, packet.ICMP, packet.ICMPv6} {
		if proto < t.Protocols.Lo || proto > t.Protocols.Hi {
			continue
		}
		match := fmt.Sprintf("meta l4proto %d ", proto)
		switch {
		case all:
			out = append(out, match)
		case proto == packet.TCP || proto == packet.UDP:
			ports := make([]string, len(t.Ports))
			for i, r := range t.Ports {
				ports[i] = fmt.Sprintf("%d-%d", r.Lo, r.Hi)
				if r.Lo == r.Hi {
					ports[i] = fmt.Sprint(r.Lo)
				}
			}
			out = append(out, match+"th dport "+set(ports)+" ")
		default:
			for _, r := range t.Ports { // type and code, as they stand on the wire
				out = append(out, match+fmt.Sprintf("@th,0,16 >= %d @th,0,16 <= %d ", r.Lo, r.Hi))
			}
		}
	}
	return out
}

// acls writes two chains for each network ACL: in the order of the rules, the
// first match decides (ACL-2), and nothing is remembered (ACL-6).
func (r *ruleset) acls() {
	for k, a := range r.l.Topology.NetworkACLs {
		r.acl(fmt.Sprintf("acl_in_%d", k), a, a.Ingress, "saddr", "ingress")
		r.acl(fmt.Sprintf("acl_out_%d", k), a, a.Egress, "daddr", "egress")
	}
}

func (r *ruleset) acl(chain string, a *model.NetworkACL, list []*model.ACLRule, field, direction string) {
	var rules []string
	d := Drop{Code: eval.SubnetACL, Component: a.Name, Direction: direction}
	for _, rule := range list {
		do := "return"
		if !rule.Allow {
			d.Rule = rule.Number
			do = r.drop(d)
		}
		for _, t := range traffic(rule.Traffic) {
			rules = append(rules, peerMatch(field, rule.CIDR)+" "+t+do)
		}
	}
	d.Rule = -1
	r.chain(chain, append(rules, r.drop(d))...)
}

// judge asks a subnet's network ACL; where a regional NAT gateway is, there is
// none (NGW-19).
func (r *ruleset) judge(s *model.Subnet, direction string) string {
	if s.NetworkACL == nil {
		return ""
	}
	return "jump " + r.aclOf(s, direction)
}

func (r *ruleset) aclOf(s *model.Subnet, direction string) string {
	return fmt.Sprintf("acl_%s_%d", direction, slices.Index(r.l.Topology.NetworkACLs, s.NetworkACL))
}

// groups writes the chain of an interface's security groups in one direction.
// What a rule admits is remembered for the reply, at this interface.
func (r *ruleset) groups(p *port, egress bool) string {
	i := p.iface
	chain, direction, key := fmt.Sprintf("sg_in_%d", i.Index), "ingress", "meta oif . "
	mine, other := "reply_in", "reply_out"
	if egress {
		chain, direction, key = fmt.Sprintf("sg_out_%d", i.Index), "egress", "meta iif . "
		mine, other = other, mine
	}
	admit := chain + "_ok"
	r.chain(admit, remember(other, key)...)
	rules := known(mine, key, "return")
	var names []string
	for _, g := range i.Groups {
		names = append(names, g.Name)
		list := g.Ingress
		if egress {
			list = g.Egress
		}
		for _, rule := range list {
			for _, peer := range r.peers(g, rule, egress) {
				for _, t := range traffic(rule.Traffic) {
					rules = append(rules, peer+" "+t+"goto "+admit)
				}
			}
		}
	}
	d := Drop{Code: eval.SecurityGroupMismatch, Component: strings.Join(names, ", "), Direction: direction, Inside: true}
	r.chain(chain, append(rules, r.drop(d))...)
	return "jump " + chain
}

// peers writes what a rule of a group matches of the other side. A group as a
// source matches by the interface that sent the packet last and by its own
// addresses (SG-12), as a destination by the members' addresses (SG-13).
func (r *ruleset) peers(g *model.SecurityGroup, rule *model.SGRule, egress bool) []string {
	var out []string
	if rule.Group == nil {
		field := "saddr"
		if egress {
			field = "daddr"
		}
		for _, p := range rule.Prefixes() {
			out = append(out, peerMatch(field, p))
		}
		return out
	}
	if !r.mayName(g.VPC, rule.Group.VPC, egress) {
		return nil
	}
	for _, m := range rule.Group.Members {
		if keepsClients(m.Owner) && !egress { // LB-5, EP-13: also with the client's address
			out = append(out, fmt.Sprintf("meta mark & %#x == %d", markEmitter, r.l.emitter(m)))
			continue
		}
		for _, v6 := range []bool{false, true} {
			var list []netip.Addr
			for _, a := range m.Addrs() {
				if a.Is6() == v6 {
					list = append(list, a)
				}
			}
			switch {
			case len(list) == 0:
			case egress:
				out = append(out, fmt.Sprintf("%s daddr %s", ipWord(v6), set(list)))
			case m.Owner != nil:
				out = append(out, fmt.Sprintf("meta mark & %#x == %d %s saddr %s", markEmitter, r.l.emitter(m), ipWord(v6), set(list)))
			}
		}
	}
	return out
}

// mayName reports whether a group of one VPC may name one of another
// (SG-15..17).
func (r *ruleset) mayName(a, b *model.VPC, egress bool) bool {
	if a == b {
		return true
	}
	for _, p := range r.l.Topology.PeeringConnections {
		if p.Active() && p.Other(a) == b && oneRegion(a, b) {
			return true
		}
	}
	for _, g := range r.l.Topology.TransitGateways {
		if x, y := g.AttachmentOf(a), g.AttachmentOf(b); !egress && x != nil && y != nil && names(x) && names(y) {
			return true
		}
	}
	return false
}

func oneRegion(a, b *model.VPC) bool {
	return a.Region == b.Region || a.Region == "" || b.Region == ""
}

// check writes the source/destination check of an interface (NI-2).
func (r *ruleset) check(i *model.Interface, field, direction string) []string {
	if !i.SourceDestCheck {
		return nil
	}
	drop := r.drop(Drop{Code: eval.SourceDestCheck, Component: i.Name, Direction: direction, Inside: true})
	var out []string
	for _, v6 := range []bool{false, true} {
		var own []netip.Addr
		for _, a := range i.Addrs() {
			if a.Is6() == v6 {
				own = append(own, a)
			}
		}
		switch {
		case len(own) > 0:
			out = append(out, fmt.Sprintf("%s %s != %s %s", ipWord(v6), field, set(own), drop))
		case v6:
			out = append(out, "meta nfproto ipv6 "+drop)
		default:
			out = append(out, "meta nfproto ipv4 "+drop)
		}
	}
	return out
}

// keepsClients reports whether what is sent from an owner's interfaces may have
// its clients' addresses.
func keepsClients(owner model.Resource) bool {
	switch owner := owner.(type) {
	case *model.LoadBalancer:
		return true
	case *model.VPCEndpoint:
		return owner.PreserveClientIP
	}
	return false
}
