package model

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// EndpointType is the type of a VPC endpoint.
type EndpointType string

// The types of VPC endpoints.
const (
	GatewayEndpoint             EndpointType = "gateway"               // S3 and DynamoDB, by prefix list (EP-1)
	InterfaceEndpoint           EndpointType = "interface"             // PrivateLink (EP-7)
	GatewayLoadBalancerEndpoint EndpointType = "gateway_load_balancer" // a route target that inspects (EP-10)
	InstanceConnectEndpoint     EndpointType = "instance_connect"      // starts connections to instances (EP-13)
)

// VPCEndpoint leads from a VPC to a service without the internet.
type VPCEndpoint struct {
	Ident
	Type    EndpointType
	VPC     *VPC
	Service string
	// PrefixList holds the service's addresses; gateway endpoints only. Their
	// routes stand in the tables like any other (EP-1).
	PrefixList *PrefixList
	Interfaces []*Interface // one a subnet; none for a gateway endpoint
	// Provider is the Network Load Balancer behind the service, where the
	// topology has it (EP-9); nil otherwise.
	Provider *LoadBalancer
	// Firewall is set for an endpoint of a Network Firewall, whose Type is
	// GatewayLoadBalancerEndpoint (FW-1).
	Firewall *NetworkFirewall
	// PreserveClientIP lets the client's own address through an instance
	// connect endpoint (EP-13).
	PreserveClientIP bool
}

// LoadBalancerType is the type of a load balancer.
type LoadBalancerType string

// The types of load balancers.
const (
	NetworkLoadBalancer     LoadBalancerType = "network"
	ApplicationLoadBalancer LoadBalancerType = "application"
	ClassicLoadBalancer     LoadBalancerType = "classic"
)

// LoadBalancer spreads connections over targets; it has an interface, its
// node, in each enabled subnet (LB-1).
type LoadBalancer struct {
	Ident
	Type           LoadBalancerType
	InternetFacing bool
	VPC            *VPC
	Nodes          []*Interface
	CrossZone      bool // LB-9; always true for an Application Load Balancer
	Listeners      []*Listener
}

// Listener accepts connections on a port.
type Listener struct {
	At        diag.Pos
	Protocols []uint8 // TCP, UDP or both
	Port      uint16
	Targets   []*Target
	// Answers is set where the nodes answer by themselves, by a redirect or a
	// fixed response, besides sending to Targets, if there are any. What an
	// HTTP request asks for decides, which vpcpath does not look at.
	Answers bool
	// PreserveClientIP keeps the client's address towards the targets; false
	// for Application and Classic Load Balancers (LB-3, LB-6).
	PreserveClientIP bool
}

// Target is where a listener sends connections: an interface of the topology.
type Target struct {
	At        diag.Pos
	Interface *Interface
	Address   netip.Addr // the interface's that the user named, or its primary one
	Port      uint16
}

// NetworkFirewall inspects what is routed to its endpoints (FW-1).
type NetworkFirewall struct {
	Ident
	VPC       *VPC
	Endpoints []*VPCEndpoint
	// Stateless rules come first, by priority; what they forward goes to the
	// stateful ones.
	Stateless        []*FirewallRule
	StatelessDefault FirewallAction // Pass, Drop or ForwardToStateful
	// Stateful rules judge the first packet of a connection, in the order of
	// the list.
	Stateful        []*FirewallRule
	StatefulDefault FirewallAction // Pass or Drop
	// NotModelled are rule groups that vpcpath does not understand; they make
	// what reaches them undetermined (FW-3).
	NotModelled []NotModelled
}

// NotModelled is a part of a resource that vpcpath does not understand.
type NotModelled struct {
	At   diag.Pos
	Text string
}

// FirewallAction is what a rule does.
type FirewallAction string

// The actions of firewall rules.
const (
	Pass              FirewallAction = "pass"
	DropPacket        FirewallAction = "drop"
	ForwardToStateful FirewallAction = "forward"
	// Undetermined is of a stateful rule in the place of rules that vpcpath does
	// not understand: what it matches may pass and may not (FW-3).
	Undetermined FirewallAction = "not_modelled"
)

// FirewallRule is a 5-tuple rule. Nil lists match everything.
type FirewallRule struct {
	At          diag.Pos
	Priority    int
	Action      FirewallAction
	Reason      string  // of an undetermined one: what is not understood
	Traffic     Traffic // protocols and destination ports
	Source      []Block
	Destination []Block
	SourcePorts []packet.PortRange
	// BothWays matches the mirrored packet too (stateful rules, direction any).
	BothWays bool
	State    ConnectionState // of a host's rule (conntrack's --ctstate)
}

// ConnectionState is what a host's connection tracking says of a packet.
type ConnectionState string

// The states that a rule may ask for; "" is any.
const (
	AnyState         ConnectionState = ""
	NewState         ConnectionState = "new"         // the first packet of a connection
	EstablishedState ConnectionState = "established" // a reply
)
