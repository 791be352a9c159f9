package model

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// Traffic is what a rule of a security group or network ACL matches besides
// its peer: protocols, and destination ports (ICMP: type<<8|code, as in
// package packet). It is normalised: a protocol whose ports AWS ignores has
// all of them (SG-9, ACL-11).
type Traffic struct {
	Protocols packet.ProtoRange
	Ports     []packet.PortRange
}

// NetworkACL is a stateless, ordered filter of subnets.
type NetworkACL struct {
	Ident
	VPC     *VPC
	Ingress []*ACLRule // ascending by Number
	Egress  []*ACLRule
	// Unmodelled is set in place of rules where these are not known.
	Unmodelled *Unmodelled
}

// ACLRule is a numbered rule (ACL-2, ACL-10).
type ACLRule struct {
	At     diag.Pos // zero in a default ACL
	Number int      // 1..32766
	Allow  bool
	Traffic
	CIDR   netip.Prefix // the source for ingress, the destination for egress
	Symbol *Symbol      // set where the rule names an address that AWS chooses; CIDR is then its stand-in
}

// PeerText is the rule's peer as the user wrote it.
func (r *ACLRule) PeerText() string {
	if r.Symbol != nil {
		return r.Symbol.Text
	}
	return r.CIDR.String()
}

// SecurityGroup is a stateful list of allow rules.
type SecurityGroup struct {
	Ident
	VPC     *VPC
	Ingress []*SGRule
	Egress  []*SGRule
	Members []*Interface // the interfaces that carry it
	Account string       // its owner's, in a shared VPC; "" for that of the VPC (MISC-2)
	// Unmodelled is set in place of rules where these are not known.
	Unmodelled *Unmodelled
}

// SGRule is an allow rule. Exactly one of CIDR, PrefixList, Group and
// Unmodelled is set.
type SGRule struct {
	At diag.Pos // zero for the default egress rule and the default group's
	Traffic
	CIDR       netip.Prefix
	PrefixList *PrefixList
	Group      *SecurityGroup
	Symbol     *Symbol     // set beside CIDR, its stand-in, where the rule names an address that AWS chooses
	Unmodelled *Unmodelled // who is meant is not known
}

// PeerText is the rule's peer as the user wrote it.
func (r *SGRule) PeerText() string {
	switch {
	case r.Group != nil:
		return r.Group.Name
	case r.PrefixList != nil:
		return r.PrefixList.Name
	case r.Symbol != nil:
		return r.Symbol.Text
	case r.Unmodelled != nil:
		return r.Unmodelled.Name
	}
	return r.CIDR.String()
}

// Prefixes returns the CIDRs of the peer; nil for a group, and for what is not
// modelled.
func (r *SGRule) Prefixes() []netip.Prefix {
	if r.PrefixList != nil {
		out := make([]netip.Prefix, len(r.PrefixList.CIDRs))
		for i, b := range r.PrefixList.CIDRs {
			out[i] = b.Prefix
		}
		return out
	}
	if r.Group != nil || r.Unmodelled != nil {
		return nil
	}
	return []netip.Prefix{r.CIDR}
}
