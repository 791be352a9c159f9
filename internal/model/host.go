package model

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// Interface is an elastic network interface (ADDR-11), an instance's or one
// that belongs to a NAT gateway.
type Interface struct {
	Ident
	Index           int // its place in Topology.Interfaces
	Subnet          *Subnet
	Private         []netip.Addr // IPv4, the primary first
	IPv6            []netip.Addr
	Public          []PublicIP       // Elastic, carrier and customer-owned addresses
	Groups          []*SecurityGroup // none for a NAT gateway's (SG-21)
	SourceDestCheck bool             // NI-1
	// Owner is who stands behind the interface: the *Instance, the service
	// that it belongs to, or an *Unmodelled; nil for
	// one that is attached to nothing (RT-13).
	Owner    Resource
	Implicit bool // made from an instance's shorthand or by a NAT gateway
}

// PublicIP is a 1:1 mapping at a gateway: of a public address at the internet
// gateway (IGW-4), of a carrier IP address at the carrier gateway (MISC-3),
// of a customer-owned one at the local gateway (MISC-4).
type PublicIP struct {
	Private, Public netip.Addr
	At              diag.Pos
	By              Kind // KindInternetGateway, KindCarrierGateway or KindLocalGateway
}

// Addrs returns every private and IPv6 address of the interface.
func (i *Interface) Addrs() []netip.Addr {
	return append(i.Private[:len(i.Private):len(i.Private)], i.IPv6...)
}

// Owns reports whether a is one of the interface's private or IPv6 addresses.
func (i *Interface) Owns(a netip.Addr) bool {
	for _, b := range i.Addrs() {
		if a == b {
			return true
		}
	}
	return false
}

// Primary returns the first address of the family of like, or the zero Addr.
func (i *Interface) Primary(v6 bool) netip.Addr {
	list := i.Private
	if v6 {
		list = i.IPv6
	}
	if len(list) == 0 {
		return netip.Addr{}
	}
	return list[0]
}

// PublicOf returns the public address that the internet gateway maps a private
// one to, if any.
func (i *Interface) PublicOf(private netip.Addr) (netip.Addr, bool) {
	return i.MappedTo(private, KindInternetGateway)
}

// MappedTo returns the address that the gateways of a kind map a private one
// to, if any.
func (i *Interface) MappedTo(private netip.Addr, by Kind) (netip.Addr, bool) {
	for _, p := range i.Public {
		if p.Private == private && p.By == by {
			return p.Public, true
		}
	}
	return netip.Addr{}, false
}

// Mapped reports whether the gateways of a kind map an address of the
// interface.
func (i *Interface) Mapped(by Kind) bool {
	return slices.ContainsFunc(i.Public, func(p PublicIP) bool { return p.By == by })
}

// Instance returns the instance that holds the interface, or nil.
func (i *Interface) Instance() *Instance {
	inst, _ := i.Owner.(*Instance)
	return inst
}

// Instance is a host with interfaces, and the words of its iptables rules.
type Instance struct {
	Ident
	Interfaces []*Interface // in device order, the primary first
	IPForward  bool         // net.ipv4.ip_forward and its IPv6 twin (NI-9)
	// ForwardUnknown is set in place of IPForward where nobody knows what the
	// host does with packets that are not for it.
	ForwardUnknown bool
	// OutboundOnly is set where no connection can be begun to the host, as to
	// a Lambda function (NI-24); replies to its own come in.
	OutboundOnly bool
	LocalRoutes  []Block       // further destinations that the host takes for its own
	Masquerade   []Masquerade  // in order; the first match wins
	PortForwards []PortForward // in order; the first match wins
	// ForwardRules are the FORWARD chain of iptables' filter table, in order;
	// what none matches is forwarded (NI-9).
	ForwardRules []*FirewallRule
	TunnelEnds   []*TunnelEnd
}

// Masquerade is a POSTROUTING rule: MASQUERADE, SNAT or ACCEPT (NI-11). A zero
// prefix matches all; a rule with neither is an IPv4 rule, as iptables' are.
type Masquerade struct {
	Source, Destination netip.Prefix
	// To is the new source (SNAT --to-source); the zero Addr stands for the
	// primary address of the interface that the packet leaves by.
	To   netip.Addr
	Keep bool // ACCEPT: the source stays, and later rules are not asked
	At   diag.Pos
}

// V6 reports whether the rule is one of ip6tables.
func (m Masquerade) V6() bool {
	return m.Source.IsValid() && m.Source.Addr().Is6() || m.Destination.IsValid() && m.Destination.Addr().Is6() || m.To.Is6()
}

// PortForward is a PREROUTING DNAT rule (NI-12).
type PortForward struct {
	Protocol    uint8        // TCP or UDP
	Destination netip.Prefix // zero matches every destination
	Ports       packet.PortRange
	To          netip.Addr
	// ToPort is the new port; 0 keeps the port as it is.
	ToPort uint16
	At     diag.Pos
}

// NATGateway is a managed NAT gateway (NGW-1), with an interface for each of
// its addresses, of which any may serve a connection. Those of a zonal one are
// in its subnet, the primary one first. A regional one is in no subnet: each of
// its interfaces stands in a subnet of its own that has a zone and the gateway's
// route table, and neither CIDRs nor a network ACL (NGW-19).
type NATGateway struct {
	Ident
	VPC        *VPC
	Subnet     *Subnet // nil for a regional one
	Interfaces []*Interface
	Regional   bool
	Private    bool // connectivity: private
}

// Tunnel is a VPN between two instances (VPNI-1).
type Tunnel struct {
	Ident
	Protocol uint8
	Port     uint16
	Ends     [2]*TunnelEnd
}

// TunnelEnd is one end of a tunnel.
type TunnelEnd struct {
	At       diag.Pos
	Tunnel   *Tunnel
	Instance *Instance
	Address  netip.Addr // of the tunnel device at this end
	Routes   []Block    // routed into the tunnel at this end
}

// Peer returns the other end.
func (e *TunnelEnd) Peer() *TunnelEnd {
	if e.Tunnel.Ends[0] == e {
		return e.Tunnel.Ends[1]
	}
	return e.Tunnel.Ends[0]
}
