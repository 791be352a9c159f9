package model

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// Topology is a whole network, immutable once loaded. Slices are in the order
// of the files; what AWS makes by itself stands behind what the user wrote.
type Topology struct {
	VPCs               []*VPC
	Subnets            []*Subnet
	RouteTables        []*RouteTable
	NetworkACLs        []*NetworkACL
	SecurityGroups     []*SecurityGroup
	InternetGateways   []*InternetGateway
	EgressOnlyGateways []*EgressOnlyInternetGateway
	CarrierGateways    []*CarrierGateway
	LocalGateways      []*LocalGateway
	BlockPublicAccess  []*BlockPublicAccess
	NATGateways        []*NATGateway
	Instances          []*Instance
	Interfaces         []*Interface // all, implicit ones included; Interfaces[i].Index == i
	PeeringConnections []*PeeringConnection
	Tunnels            []*Tunnel
	ExternalNetworks   []*ExternalNetwork
	VPNGateways        []*VPNGateway
	VPNConnections     []*VPNConnection
	CustomerGateways   []*CustomerGateway
	PrefixLists        []*PrefixList
	TransitGateways    []*TransitGateway
	TransitAttachments []*TransitGatewayAttachment
	VPCEndpoints       []*VPCEndpoint
	LoadBalancers      []*LoadBalancer
	Firewalls          []*NetworkFirewall
	Unmodelled         []*Unmodelled
	Symbols            []*Symbol // addresses that AWS chooses, in the order of Interfaces
	Expectations       []*Expectation
	Names              map[string]Resource // every name that a user may write, implicit ones included
}

// VPC is a virtual private cloud (ADDR-1, ADDR-5).
type VPC struct {
	Ident
	CIDRs                []Block // IPv4 blocks, the primary first
	IPv6CIDRs            []Block
	PrivateIPv6CIDRs     []Block // those of IPv6CIDRs that are private whatever their range (IGW-13)
	Region               string  // "" when the topology does not say
	Account              string  // "" when the topology does not say
	MainRouteTable       *RouteTable
	DefaultNetworkACL    *NetworkACL
	DefaultSecurityGroup *SecurityGroup
	InternetGateway      *InternetGateway   // nil when none is attached
	VPNGateway           *VPNGateway        // nil when none is attached
	CarrierGateway       *CarrierGateway    // nil when none is attached
	BlockPublicAccess    *BlockPublicAccess // nil where it is off or not said
	Subnets              []*Subnet
	// Incomplete says why the topology does not hold all interfaces of the
	// VPC: an address that nobody has may be somebody's. "" when it does.
	Incomplete string
}

// Blocks returns the IPv4 blocks and then the IPv6 blocks.
func (v *VPC) Blocks() []Block {
	return append(v.CIDRs[:len(v.CIDRs):len(v.CIDRs)], v.IPv6CIDRs...)
}

// Contains reports whether a lies in a block of the VPC.
func (v *VPC) Contains(a netip.Addr) bool {
	for _, b := range v.Blocks() {
		if b.Prefix.Contains(a) {
			return true
		}
	}
	return false
}

// Subnet is a part of a VPC in one Availability Zone. A zero CIDR or IPv6CIDR
// means that it does not speak the family (ADDR-10).
type Subnet struct {
	Ident
	VPC        *VPC
	CIDR       netip.Prefix
	IPv6CIDR   netip.Prefix
	AZ         string      // "" when the topology does not say
	RouteTable *RouteTable // the effective one: the explicit association or the main table (RT-1)
	NetworkACL *NetworkACL // the effective one (ACL-1); nil where a regional NAT gateway is, which has none (NGW-19)
	Outpost    string      // the Outpost that it is on; "" when the topology does not say
	// ExplicitRouteTable and ExplicitNetworkACL tell an association that the
	// user wrote from the VPC's default.
	ExplicitRouteTable bool
	ExplicitNetworkACL bool
}

// Prefixes returns the subnet's blocks, IPv4 first.
func (s *Subnet) Prefixes() []netip.Prefix {
	out := make([]netip.Prefix, 0, 2) // on the caller's stack, as a rule
	for _, p := range [...]netip.Prefix{s.CIDR, s.IPv6CIDR} {
		if p.IsValid() {
			out = append(out, p)
		}
	}
	return out
}

// Contains reports whether a lies in the subnet.
func (s *Subnet) Contains(a netip.Addr) bool {
	return s.CIDR.IsValid() && s.CIDR.Contains(a) || s.IPv6CIDR.IsValid() && s.IPv6CIDR.Contains(a)
}

// PrefixList is a named list of CIDRs (MISC-1). Service is set where AWS
// manages the list.
type PrefixList struct {
	Ident
	CIDRs   []Block
	Service string
	// Unknown is set in place of CIDRs where nobody knows these (MISC-6).
	Unknown bool
}

// PeeringConnection joins two VPCs (PCX-1).
type PeeringConnection struct {
	Ident
	Requester *VPC
	Accepter  *VPC
	Status    string // AWS's word; only "active" carries traffic
}

// Active reports whether the connection carries traffic (PCX-1).
func (p *PeeringConnection) Active() bool { return p.Status == "active" }

// Other returns the VPC at the far end, or nil when v is at neither.
func (p *PeeringConnection) Other(v *VPC) *VPC {
	switch v {
	case p.Requester:
		return p.Accepter
	case p.Accepter:
		return p.Requester
	}
	return nil
}

// ExternalNetwork is a named site outside AWS.
type ExternalNetwork struct {
	Ident
	CIDRs []Block
	// Links are the connections that the site is behind, the one that it
	// prefers first; none for a site on the internet.
	Links []*VPNConnection
	// Edge is the *CarrierGateway or *LocalGateway that the network is behind,
	// instead of Links; nil otherwise.
	Edge Resource
}

// OnInternet reports whether the site is on the internet.
func (e *ExternalNetwork) OnInternet() bool { return len(e.Links) == 0 && e.Edge == nil }

// Behind returns the connection that the site prefers, or nil for a site that
// is behind none.
func (e *ExternalNetwork) Behind() *VPNConnection {
	if len(e.Links) == 0 {
		return nil
	}
	return e.Links[0]
}

// Expectation is one entry of `expect:`, with its names resolved.
type Expectation struct {
	At          diag.Pos
	Name        string
	From, To    Endpoint
	Ports       []PortSpec
	SourcePorts SourcePorts
	Verdict     string // reachable, partial, unreachable or unknown; "" with Only
	// Only are the ports that are reachable, and nothing else is; Ports is
	// then the same.
	Only        []PortSpec
	Because     []string // codes that must be among the blockers
	Via         []Resource
	NotVia      []Resource
	DeliveredTo Resource // nil when not asked
	Reply       bool     // judge the reply too, for protocols that need none
}
