package model

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// RouteTable is a subnet route table, a gateway route table (GW-1), or both;
// or a transit gateway's (TGW-2), which has no VPC.
type RouteTable struct {
	Ident
	VPC            *VPC
	TransitGateway *TransitGateway
	Routes         []*Route // local routes and propagated ones included, in file order behind the local ones
	// Edges are the gateways that use the table for what enters through
	// them: *InternetGateway or *VPNGateway.
	Edges       []Resource
	Propagating []*VPNGateway // gateways whose routes propagate into it (RT-20)
	// Unmodelled is set in place of routes where these are not known.
	Unmodelled *Unmodelled
	// Pools are the public ranges of the owner's own (BYOIP) that an internet
	// gateway's table takes untranslated (GW-14).
	Pools []Block
}

// Origin says where a route came from; it decides ties (RT-5).
type Origin uint8

// The origins, best first.
const (
	OriginStatic                 Origin = iota // written by the user, or the local route
	OriginAdvertised                           // advertised by a network interface's host to a VPC Route Server (RT-21)
	OriginPropagatedVPC                        // a VPC's blocks, in a transit gateway's table (TGW-3)
	OriginPropagatedDX                         // learned over Direct Connect
	OriginPropagatedConnect                    // learned over a Connect attachment
	OriginPropagatedPrivateVPN                 // of a private IP VPN connection
	OriginPropagatedVPN                        // static routes of a VPN connection
	OriginPropagatedBGP                        // learned by BGP over a VPN connection
	OriginPropagatedConcentrator               // of a VPN connection at a VPN concentrator
	OriginPropagatedClientVPN                  // the clients of a Client VPN endpoint
)

// Propagated reports whether the route came from a gateway.
func (o Origin) Propagated() bool { return o > OriginAdvertised }

// String names the origin.
func (o Origin) String() string {
	return [...]string{"static", "advertised (Route Server)", "propagated (VPC)", "propagated (Direct Connect)", "propagated (Connect)", "propagated (private IP VPN)",
		"propagated (VPN, static)", "propagated (VPN, BGP)", "propagated (VPN concentrator)", "propagated (Client VPN)"}[o]
}

// TargetKind tells the two targets that are no resource from the others.
type TargetKind uint8

// The kinds of targets.
const (
	TargetResource TargetKind = iota
	TargetLocal
	TargetBlackhole
)

// Route is one route. Exactly one of Destination and PrefixList is set.
type Route struct {
	At          diag.Pos // zero for a local route that nobody re-targeted
	Destination netip.Prefix
	PrefixList  *PrefixList
	Kind        TargetKind
	// Target is set for TargetResource: an interface, NAT gateway, internet
	// gateway, egress-only gateway, VPN gateway or peering connection. A
	// route to an instance has its interface here (RT-15).
	Target Resource
	Origin Origin
	From   *VPNConnection // the connection a propagated route came from, if known
}

// Prefixes returns the destinations of the route: one, or the list's.
func (r *Route) Prefixes() []netip.Prefix {
	if r.PrefixList == nil {
		return []netip.Prefix{r.Destination}
	}
	out := make([]netip.Prefix, len(r.PrefixList.CIDRs))
	for i, b := range r.PrefixList.CIDRs {
		out[i] = b.Prefix
	}
	return out
}

// DestinationText is the destination as the user wrote it.
func (r *Route) DestinationText() string {
	if r.PrefixList != nil {
		return r.PrefixList.Name
	}
	return r.Destination.String()
}

// TargetText is the target as the user wrote it.
func (r *Route) TargetText() string {
	switch r.Kind {
	case TargetLocal:
		return "local"
	case TargetBlackhole:
		return "blackhole"
	}
	if i, ok := r.Target.(*Interface); ok && i.Implicit && i.Owner != nil {
		return i.Owner.ID().Name // the instance that the user named
	}
	return r.Target.ID().Name
}

// InternetGateway is attached to one VPC, or to none (IGW-1).
type InternetGateway struct {
	Ident
	VPC       *VPC        // nil when detached
	EdgeTable *RouteTable // nil without an edge association (GW-5)
	// NotModelled says why nobody knows what becomes of what goes through it;
	// "" for a gateway like any other (MISC-5).
	NotModelled string
}

// EgressOnlyInternetGateway lets IPv6 connections out and none in (EIGW-1).
type EgressOnlyInternetGateway struct {
	Ident
	VPC *VPC // nil when detached
}

// VPNGateway is a virtual private gateway (VGW-1..9).
type VPNGateway struct {
	Ident
	VPC         *VPC        // nil when detached
	EdgeTable   *RouteTable // nil without an edge association
	Connections []*VPNConnection
}
