// Package model is the resolved topology: every reference is a pointer, every
// default is filled in, and every object knows its place in the user's files.
// It holds no behaviour of packets; package eval gives it that.
package model

import (
	"net/netip"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// Kind is what a resource is, in AWS's words and snake case, as in the JSON
// output and in messages.
type Kind string

// The kinds of resources.
const (
	KindVPC                       Kind = "vpc"
	KindSubnet                    Kind = "subnet"
	KindRouteTable                Kind = "route_table"
	KindNetworkACL                Kind = "network_acl"
	KindSecurityGroup             Kind = "security_group"
	KindInternetGateway           Kind = "internet_gateway"
	KindEgressOnlyInternetGateway Kind = "egress_only_internet_gateway"
	KindCarrierGateway            Kind = "carrier_gateway"
	KindLocalGateway              Kind = "local_gateway"
	KindBlockPublicAccess         Kind = "block_public_access"
	KindNATGateway                Kind = "nat_gateway"
	KindInstance                  Kind = "instance"
	KindNetworkInterface          Kind = "network_interface"
	KindPeeringConnection         Kind = "peering_connection"
	KindTunnel                    Kind = "tunnel"
	KindExternalNetwork           Kind = "external_network"
	KindVPNGateway                Kind = "vpn_gateway"
	KindVPNConnection             Kind = "vpn_connection"
	KindCustomerGateway           Kind = "customer_gateway"
	KindPrefixList                Kind = "prefix_list"
	KindTransitGateway            Kind = "transit_gateway"
	KindTransitGatewayRouteTable  Kind = "transit_gateway_route_table"
	KindTransitGatewayAttachment  Kind = "transit_gateway_attachment"
	KindDirectConnectGateway      Kind = "direct_connect_gateway"
	KindVPCEndpoint               Kind = "vpc_endpoint"
	KindLoadBalancer              Kind = "load_balancer"
	KindNetworkFirewall           Kind = "network_firewall"
	// KindNotModelled is of a resource that vpcpath accepts and does not
	// understand.
	KindNotModelled Kind = "not_modelled"
	// KindInternet is the pseudo-resource of everything outside AWS that no
	// external network names.
	KindInternet Kind = "internet"
	// KindHypervisor answers for the addresses that every host reaches past
	// all filters (ADDR-7, ADDR-8): the resolver, instance metadata, time.
	KindHypervisor Kind = "link_local_service"
)

// Words returns the kind in words, as "security group".
func (k Kind) Words() string {
	switch k {
	case KindVPC:
		return "VPC"
	case KindVPCEndpoint:
		return "VPC endpoint"
	case KindNotModelled:
		return "resource that is not modelled"
	case KindDirectConnectGateway:
		return "Direct Connect gateway"
	case KindNATGateway:
		return "NAT gateway"
	case KindNetworkACL:
		return "network ACL"
	case KindVPNGateway:
		return "VPN gateway"
	case KindBlockPublicAccess:
		return "VPC Block Public Access"
	case KindVPNConnection:
		return "VPN connection"
	case KindEgressOnlyInternetGateway:
		return "egress-only internet gateway"
	}
	b := []byte(k)
	for i, c := range b {
		if c == '_' {
			b[i] = ' '
		}
	}
	return string(b)
}

// Phrase returns the kind in words with its article, as "an instance".
func (k Kind) Phrase() string {
	w := k.Words()
	if strings.ContainsRune("aeiou", rune(w[0])) {
		return "an " + w
	}
	return "a " + w
}

// Ident is what every resource has: a name unique in the topology, a kind,
// and the place where it is declared (the zero Pos for what AWS makes by
// itself).
type Ident struct {
	Name string
	Kind Kind
	At   diag.Pos
}

// ID returns the resource's identity; it makes every resource a Resource.
func (i *Ident) ID() *Ident { return i }

// Resource is anything with a name in a topology.
type Resource interface{ ID() *Ident }

// Unmodelled is a resource that vpcpath accepts and does not understand, as a
// Cloud WAN core network; a verdict that depends on it is unknown (MISC-5).
type Unmodelled struct {
	Ident
	What   string // what it is, in AWS's words
	Reason string
}

// Block is a prefix with the place where it is written.
type Block struct {
	Prefix netip.Prefix
	At     diag.Pos
}
