package model

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// WavelengthZone reports whether the name of a zone is that of a Wavelength
// Zone, as us-east-1-wl1-bos-wlz-1.
func WavelengthZone(zone string) bool { return strings.Contains(zone, "-wl") }

// CarrierGateway joins the Wavelength subnets of a VPC to a carrier's network
// (MISC-3).
type CarrierGateway struct {
	Ident
	VPC      *VPC
	Networks []*ExternalNetwork // the carrier's networks that the topology names
}

// LocalGateway joins the subnets on an Outpost to the network on the premises
// (MISC-4).
type LocalGateway struct {
	Ident
	VPCs     []*VPC // those that its route table is associated with
	CoIP     bool   // customer-owned addresses, mapped 1:1; else direct VPC routing
	Outpost  string // "" when the topology does not say
	Networks []*ExternalNetwork
}

// BlockPublicAccess is VPC Block Public Access of an account in a Region
// (IGW-16).
type BlockPublicAccess struct {
	Ident
	// IngressOnly lets out what NAT gateways and egress-only internet gateways
	// send, with its replies; else nothing passes in either direction.
	IngressOnly bool
	Exclusions  []*PublicAccessExclusion
}

// PublicAccessExclusion exempts a VPC or a subnet, of which exactly one is
// set.
type PublicAccessExclusion struct {
	At     diag.Pos
	VPC    *VPC
	Subnet *Subnet
	// EgressOnly lets out what begins inside, with its replies; else all
	// passes.
	EgressOnly bool
}
