package eval

import "slices"

// Code names a reason for a drop: AWS Reachability Analyzer's word wherever
// it has one (https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html),
// else one in the same style.
type Code string

// The codes.
const (
	AddressNotKnown          Code = "ADDRESS_NOT_KNOWN"
	BadStateRoute            Code = "BAD_STATE_ROUTE"
	CustomerGatewayNoRoute   Code = "CUSTOMER_GATEWAY_NO_ROUTE"
	DeliveredElsewhere       Code = "DELIVERED_ELSEWHERE"
	EgressOnlyGatewayIngress Code = "EIGW_NO_INBOUND_CONNECTIONS"
	GatewayRejectsSpoofed    Code = "GATEWAY_REJECTS_SPOOFED_TRAFFIC"
	IGWDestinationRFC1918    Code = "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"
	IGWDestinationRFC6598    Code = "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"
	IGWNoPrivateIP           Code = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
	IGWNoPublicIP            Code = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
	IGWSourceRFC1918         Code = "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS"
	IGWSourceRFC6598         Code = "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS"
	IngressNoPublicIP        Code = "INGRESS_RTB_NO_PUBLIC_IP"
	IngressRedirection       Code = "INGRESS_RTB_TRAFFIC_REDIRECTION"
	InstanceForwardRules     Code = "INSTANCE_FORWARD_RULES_RESTRICTION"
	InstanceNotForwarding    Code = "INSTANCE_NOT_FORWARDING"
	ProtocolRestriction      Code = "PROTOCOL_RESTRICTION"
	NATGatewayUnsolicited    Code = "NGW_NO_INBOUND_CONNECTIONS"
	NATGatewayFamily         Code = "NGW_IPV6_REQUIRES_NAT64_PREFIX"
	NATGatewaySource         Code = "NGW_REQUIRES_SOURCE_IN_VPC"
	OutboundOnly             Code = "INSTANCE_OUTBOUND_ONLY"
	NoAddressOfFamily        Code = "NO_ADDRESS_OF_FAMILY"
	NoInternetGateway        Code = "NO_INTERNET_GATEWAY"
	NoPossibleDestination    Code = "NO_POSSIBLE_DESTINATION"
	NoRoute                  Code = "NO_ROUTE_TO_DESTINATION"
	PeeringAddress           Code = "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"
	ReturnPathAsymmetric     Code = "RETURN_PATH_ASYMMETRIC"
	ReversePathFilter        Code = "REVERSE_PATH_FILTER"
	PublicAccessBlocked      Code = "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"
	CarrierNoAddress         Code = "CAGW_CARRIER_IP_ASSOCIATION_FOR_EGRESS"
	CarrierNoInterface       Code = "CAGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
	CarrierFromInternet      Code = "CAGW_NO_INBOUND_FROM_INTERNET"
	CarrierProtocol          Code = "CAGW_PROTOCOL_RESTRICTION"
	NoCarrierGateway         Code = "NO_CARRIER_GATEWAY"
	WavelengthZones          Code = "WAVELENGTH_ZONES_DO_NOT_COMMUNICATE"
	LocalGatewayOutpost      Code = "LGW_REQUIRES_OUTPOST_INSTANCE"
	LocalGatewayNoAddress    Code = "LGW_CUSTOMER_OWNED_IP_ASSOCIATION_FOR_EGRESS"
	LocalGatewayNoInterface  Code = "LGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
	LocalGatewayNotKnown     Code = "LGW_REQUIRES_SUBNET_ROUTE"
	RoutingLoop              Code = "ROUTING_LOOP"
	SecurityGroupMismatch    Code = "ENI_SG_RULES_MISMATCH"
	SecurityGroupRefNotKept  Code = "SG_REFERENCES_NOT_PRESERVED"
	SourceDestCheck          Code = "ENI_SOURCE_DEST_CHECK_RESTRICTION"
	SubnetACL                Code = "SUBNET_ACL_RESTRICTION"
	BalancerHairpin          Code = "ELBV2_HAIRPIN"
	BalancerInternal         Code = "ELBV2_DENIES_IGW_TRAFFIC"
	EndpointInitiates        Code = "VPCE_NO_INBOUND_CONNECTIONS"
	EndpointTargetVPC        Code = "VPCE_CLIENT_IP_REQUIRES_TARGET_IN_VPC"
	FirewallRules            Code = "FIREWALL_RULES_RESTRICTION"
	GatewayEndpointProtocol  Code = "VPCE_GATEWAY_PROTOCOL_RESTRICTION"
	GatewayEndpointSource    Code = "VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC"
	ListenersMismatch        Code = "ELBV2_LISTENERS_MISMATCH"
	ClassicListeners         Code = "ELB_LISTENERS_MISMATCH"
	ClassicZone              Code = "ELB_NOT_CROSSZONE"
	NoTargetsInZone          Code = "ELBV2_NO_TARGETS_IN_AZ"
	NotModelled              Code = "UNSUPPORTED_COMPONENT"
	PrefixListNotKnown       Code = "PREFIX_LIST_NOT_KNOWN"
	AttachmentState          Code = "BAD_STATE_ATTACHMENT"
	TransitNoAssociation     Code = "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"
	TransitBadRoute          Code = "TGW_RTB_BAD_STATE_ROUTE"
	TransitNoRoute           Code = "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"
	TransitZone              Code = "TGW_ROUTE_AZ_RESTRICTION"
	TunnelDown               Code = "TUNNEL_DOWN"
	VPNGatewayNoRoute        Code = "VGW_NO_ROUTE_TO_DESTINATION"
	VPNGatewaySource         Code = "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS"
	VPNGatewayDestination    Code = "VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
	VPNConnectionFamily      Code = "VPN_IPV4_ONLY"
)

// CodeInfo explains a code.
type CodeInfo struct {
	Code    Code
	AWS     bool // the word is Reachability Analyzer's
	Meaning string
}

// Codes returns every code that a blocker can carry, sorted.
func Codes() []CodeInfo {
	list := []CodeInfo{
		{AddressNotKnown, false, "an address that AWS will choose decides; the answer is unknown until it is known"},
		{BadStateRoute, true, "the route that wins leads to something missing, detached or not active; a shorter route is not tried"},
		{CustomerGatewayNoRoute, false, "the site does not route the packet into its connection to AWS"},
		{DeliveredElsewhere, false, "the address belongs to another host on this path than the one that was asked for"},
		{EgressOnlyGatewayIngress, false, "an egress-only internet gateway lets no connection in"},
		{GatewayRejectsSpoofed, true, "an internet or VPN gateway drops a source address that belongs to no network interface of its VPC"},
		{IGWDestinationRFC1918, true, "an internet gateway drops what leaves for a private address (RFC 1918)"},
		{IGWDestinationRFC6598, true, "an internet gateway drops what leaves for a shared address (RFC 6598)"},
		{IGWNoPrivateIP, true, "no network interface of the VPC has this public address"},
		{IGWNoPublicIP, true, "the source address has no public address paired with it, so nothing leaves through the internet gateway"},
		{IGWSourceRFC1918, true, "an internet gateway drops what arrives from a private address (RFC 1918)"},
		{IGWSourceRFC6598, true, "an internet gateway drops what arrives from a shared address (RFC 6598)"},
		{IngressNoPublicIP, true, "a gateway route table leads to a network interface without a public address"},
		{IngressRedirection, true, "a subnet whose inbound traffic a gateway route table redirects cannot use a direct route to that internet gateway"},
		{InstanceForwardRules, false, "the forward rules of a host (iptables' FORWARD chain) drop the packet"},
		{InstanceNotForwarding, false, "the packet is for another host and the instance does not forward (ip_forward)"},
		{OutboundOnly, false, "the host begins connections and takes none in, as a Lambda function (outbound_only)"},
		{ProtocolRestriction, true, "this device carries other protocols only: a NAT gateway TCP, UDP and ICMP, an interface endpoint TCP and UDP"},
		{NATGatewayUnsolicited, false, "a NAT gateway takes nothing in but the replies to what went out through it"},
		{NATGatewayFamily, false, "a NAT gateway translates IPv6 to 64:ff9b::/96 only"},
		{NATGatewaySource, true, "a NAT gateway serves only network interfaces of its own VPC"},
		{NoAddressOfFamily, false, "an end has no address of the family that the question needs"},
		{NoInternetGateway, false, "the VPC has no internet gateway"},
		{NoPossibleDestination, true, "no attached network interface has the destination address"},
		{NoRoute, true, "the route table has no route to the destination"},
		{PeeringAddress, true, "a peering connection carries only what goes from one VPC's blocks to the other's"},
		{ReturnPathAsymmetric, false, "the reply does not come back through what the request went through, or not from the address that was contacted"},
		{ReversePathFilter, false, "a tunnel host drops what comes out of the tunnel from a source that it would not route into it"},
		{PublicAccessBlocked, true, "VPC Block Public Access blocks internet traffic of the VPC"},
		{CarrierNoAddress, false, "the source address has no carrier IP address paired with it, so nothing leaves through the carrier gateway"},
		{CarrierNoInterface, false, "no attached network interface of the VPC has this carrier IP address"},
		{CarrierFromInternet, false, "a carrier gateway lets no connection in from the internet"},
		{CarrierProtocol, false, "a carrier gateway carries no UDP between its zone and the internet"},
		{WavelengthZones, false, "subnets in two Wavelength Zones of one VPC do not communicate"},
		{NoCarrierGateway, false, "the VPC has no carrier gateway"},
		{LocalGatewayOutpost, false, "only network interfaces of instances on its Outpost use a local gateway"},
		{LocalGatewayNoAddress, false, "the source address has no customer-owned address paired with it, which the local gateway's CoIP mode needs"},
		{LocalGatewayNoInterface, false, "no network interface behind the local gateway has this address"},
		{LocalGatewayNotKnown, false, "the subnet's table has no route to the local gateway, so the subnet is not made known on the premises"},
		{RoutingLoop, false, "the packet comes to the same place again"},
		{SecurityGroupMismatch, true, "no rule of the network interface's security groups admits it"},
		{SecurityGroupRefNotKept, true, "a rule names the sender's security group, but a hop on the way has hidden the sender"},
		{SourceDestCheck, true, "the source/destination check drops what is neither from nor for the network interface's own addresses"},
		{SubnetACL, true, "the subnet's network ACL does not admit it"},
		{BalancerHairpin, false, "a target cannot reach itself through a load balancer that preserves client addresses"},
		{BalancerInternal, false, "an internal load balancer takes nothing from an internet gateway, at its IPv6 addresses either"},
		{EndpointInitiates, false, "an EC2 Instance Connect endpoint starts connections and takes none in"},
		{EndpointTargetVPC, false, "an EC2 Instance Connect endpoint that keeps its clients' addresses connects to instances of its own VPC only"},
		{FirewallRules, true, "a rule of a network firewall drops it"},
		{GatewayEndpointProtocol, true, "a gateway endpoint carries TCP and ICMP echo only"},
		{GatewayEndpointSource, false, "a gateway endpoint serves only network interfaces of its own VPC"},
		{ClassicListeners, true, "no listener of the Classic Load Balancer accepts the traffic"},
		{ClassicZone, true, "the Classic Load Balancer's node has no target in its Availability Zone, and cross-zone load balancing is off"},
		{ListenersMismatch, true, "no listener of the load balancer accepts the traffic"},
		{NoTargetsInZone, true, "the load balancer's node has no target in its Availability Zone, and cross-zone load balancing is off"},
		{NotModelled, true, "something that vpcpath does not model decides; the answer is unknown"},
		{PrefixListNotKnown, false, "which addresses are in a prefix list is not known, and that decides; the answer is unknown"},
		{AttachmentState, true, "the attachment is accepted on one side only, or leads nowhere"},
		{TransitNoAssociation, true, "the transit gateway attachment is associated with no route table, so what comes from it is dropped"},
		{TransitBadRoute, true, "the transit gateway route that wins is a blackhole"},
		{TransitNoRoute, true, "the transit gateway route table has no route to the destination"},
		{TransitZone, true, "the transit gateway attachment has no subnet in the Availability Zone that the packet comes from"},
		{TunnelDown, false, "the tunnel's own packets do not get through in either direction"},
		{VPNGatewayNoRoute, false, "the VPN gateway knows no connection that leads to the destination"},
		{VPNGatewaySource, true, "a VPN gateway takes only what comes from a network interface of its VPC"},
		{VPNGatewayDestination, true, "a VPN gateway delivers only to network interfaces of its VPC"},
		{VPNConnectionFamily, false, "a VPN connection on a VPN gateway carries IPv4 only"},
	}
	slices.SortFunc(list, func(a, b CodeInfo) int {
		if a.Code < b.Code {
			return -1
		}
		return 1
	})
	return list
}
