package eval_test

import (
	"net/netip"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// serves reports whether a rule's traffic includes a packet. Only the
// destination port counts (SG-8, ACL-10).
func serves(tr model.Traffic, p pkt) bool {
	if p.proto < tr.Protocols.Lo || p.proto > tr.Protocols.Hi {
		return false
	}
	if !p.hasPorts() && !(p.proto == packet.ICMP && !p.v6()) && !(p.proto == packet.ICMPv6 && p.v6()) {
		return true // SG-9, ACL-11: protocols without ports
	}
	for _, r := range tr.Ports {
		if r.Lo <= p.dport && p.dport <= r.Hi {
			return true
		}
	}
	return false
}

// covers is Prefix.Contains; families never match each other (ACL-12, SG-11).
func covers(c netip.Prefix, a netip.Addr) bool {
	return c.Addr().Is4() == a.Is4() && c.Contains(a)
}

// aclPasses judges a packet that crosses a subnet's boundary (ACL-2, ACL-3).
func (w *walker) aclPasses(s *model.Subnet, egress bool, p pkt) bool {
	if w.probing != nil || s.NetworkACL == nil { // NGW-19: a regional NAT gateway has none
		return true
	}
	rules, peer := s.NetworkACL.Ingress, p.src
	if egress {
		rules, peer = s.NetworkACL.Egress, p.dst
	}
	w.pass(s.NetworkACL.Name)
	last := 0
	for _, r := range rules {
		if r.Number <= last {
			panic("ACL rules out of order")
		}
		last = r.Number
		if covers(r.CIDR, peer) && serves(r.Traffic, p) {
			if r.Allow {
				return true
			}
			break
		}
	}
	w.drop(one(eval.SubnetACL), s.NetworkACL.Name, s.Name)
	return false
}

// groupPasses judges a packet at an interface, ingress or egress: a reply of
// a flow that the interface has seen passes (SG-5), all else needs a rule.
func (w *walker) groupPasses(i *model.Interface, egress bool, p pkt) bool {
	if w.probing != nil || len(i.Groups) == 0 { // NGW-7, LB-5, EP-10
		return true
	}
	if w.replying && w.records[record{i, !egress, p.reverse()}] {
		return true
	}
	var names []string
	hint := false
	for _, g := range i.Groups {
		names = append(names, g.Name)
		rules := g.Ingress
		if egress {
			rules = g.Egress
		}
		for _, r := range rules {
			if !serves(r.Traffic, p) {
				continue
			}
			if w.peerMatches(g, r, egress, p) {
				w.records[record{i, egress, p}] = true
				return true
			}
			hint = hint || r.Group != nil
		}
	}
	codes := one(eval.SecurityGroupMismatch)
	if hint {
		codes = append(codes, eval.SecurityGroupRefNotKept)
	}
	w.drop(codes, append(names, strings.Join(names, ", "), i.Name, ownerName(i))...)
	return false
}

func ownerName(i *model.Interface) string {
	if i.Owner == nil {
		return i.Name
	}
	return i.Owner.ID().Name
}

// peerMatches judges the peer of a rule of group g.
func (w *walker) peerMatches(g *model.SecurityGroup, r *model.SGRule, egress bool, p pkt) bool {
	peer := p.src
	if egress {
		peer = p.dst
	}
	if r.Group == nil {
		for _, c := range r.Prefixes() {
			if covers(c, peer) {
				return true
			}
		}
		return false
	}
	if !w.inReach(g.VPC, r.Group.VPC, egress) {
		return false
	}
	if egress { // SG-13 (a)
		for _, m := range r.Group.Members {
			if m.Owns(peer) {
				return true
			}
		}
		return false
	}
	if w.emitter == nil {
		return false
	}
	_, known := w.emitter.Owner.(*model.LoadBalancer)                            // LB-5
	if e, ok := w.emitter.Owner.(*model.VPCEndpoint); ok && e.PreserveClientIP { // EP-13
		known = true
	}
	if !known && !w.emitter.Owns(peer) { // SG-12
		return false
	}
	for _, carried := range w.emitter.Groups {
		if carried == r.Group {
			return true
		}
	}
	return false
}

// inReach reports whether a rule in VPC v may name a group of VPC o (SG-15,
// SG-16, SG-17, SG-18).
func (w *walker) inReach(v, o *model.VPC, egress bool) bool {
	if v == o {
		return true
	}
	for _, g := range w.t.TransitGateways {
		a, b := g.AttachmentOf(v), g.AttachmentOf(o)
		if !egress && g.SGReferencing && a != nil && a.SGReferencing && b != nil && b.SGReferencing {
			return true
		}
	}
	for _, p := range w.t.PeeringConnections {
		if p.Active() && p.Other(v) == o && v.Region == o.Region {
			return true
		}
	}
	return false
}

// checkPasses is the source/destination check (NI-2).
func (w *walker) checkPasses(i *model.Interface, egress bool, p pkt) bool {
	own := p.dst
	if egress {
		own = p.src
	}
	if w.probing == nil && i.SourceDestCheck && !i.Owns(own) {
		w.drop(one(eval.SourceDestCheck), i.Name, ownerName(i))
		return false
	}
	return true
}
