package eval_test

import "testing"

// Two Wavelength subnets with a carrier gateway, beside a subnet of the Region.
const carrierBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16}, far: {cidr: 10.9.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
carrier_gateways: {cagw: {vpc: vpc}, cagw-f: {vpc: far}}
external_networks: {phones: {cidrs: [100.70.0.0/16], behind: cagw}}
subnets:
  s-wl: {vpc: vpc, cidr: 10.0.1.0/24, az: us-east-1-wl1-bos-wlz-1, route_table: rtb-wl, network_acl: acl}
  s-region: {vpc: vpc, cidr: 10.0.2.0/24, az: us-east-1a, route_table: rtb-region}
  s-wl-f: {vpc: far, cidr: 10.9.1.0/24, az: us-east-1-wl1-nyc-wlz-1, route_table: rtb-wl-f}
route_tables:
  rtb-wl: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: cagw}]}
  rtb-region: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-wl-f: {vpc: far, routes: [{destination: 0.0.0.0/0, target: cagw-f}]}
network_acls:
  acl: {vpc: vpc, ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
security_groups:
  sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}
  sg-f: {vpc: far, ingress: [{protocol: tcp, ports: 80, source: 155.146.0.10/32}]}
instances:
  edge: {subnet: s-wl, private_ip: 10.0.1.10, carrier_ip: 155.146.0.10, security_groups: [sg]}
  bare: {subnet: s-wl, private_ip: 10.0.1.11, security_groups: [sg]}
  region: {subnet: s-region, private_ip: 10.0.2.10, public_ip: 203.0.113.10, security_groups: [sg]}
  far-edge: {subnet: s-wl-f, private_ip: 10.9.1.10, carrier_ip: 155.146.0.20, security_groups: [sg-f]}
`

func TestMISC03_CarrierNetworkComesInAndGoesOut(t *testing.T) {
	n := topo(t, carrierBase)
	n.ask("phones -> edge tcp/443", reachable, via("cagw"), back("cagw"), arrives("10.0.1.10 443", "1024-65535"), acls("acl ingress"), replyACLs("acl egress"))
	n.ask("edge -> phones tcp/443", reachable, via("cagw"), back("cagw"), seen("155.146.0.10"), routed("rtb-wl 0.0.0.0/0 cagw"), delivered("phones"))
	n.ask("edge -> region tcp/443", reachable, via()) // local
}

// A network's range may hold carrier IP addresses: these lead to their
// interfaces all the same.
func TestMISC03_CarrierAddressInsideTheNetworksRange(t *testing.T) {
	n := topo(t, but(t, carrierBase, "100.70.0.0/16", "155.146.0.0/16"))
	n.ask("phones -> edge tcp/443", reachable, via("cagw"), back("cagw"), delivered("edge"))
	n.ask("phones -> 155.146.0.10 tcp/443", reachable, via("cagw"), delivered("edge"))
	n.ask("edge -> 155.146.0.20 tcp/80", reachable, via("cagw", "cagw-f"), delivered("far-edge"))
	n.ask("edge -> 155.146.0.20 tcp/81", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-f ingress"))
	n.ask("edge -> phones tcp/443", reachable, via("cagw"), delivered("phones"))
}

func TestMISC03_InternetGoesOutAndDoesNotComeIn(t *testing.T) {
	n := topo(t, carrierBase)
	n.ask("edge -> 192.0.2.7 tcp/443", reachable, via("cagw"), back("cagw"), seen("155.146.0.10"))
	n.ask("internet -> edge tcp/443", unreachable, blocked("forward CAGW_NO_INBOUND_FROM_INTERNET cagw"))
	n.ask("region -> 155.146.0.10 tcp/443", unreachable, blocked("forward CAGW_NO_INBOUND_FROM_INTERNET cagw"))
	n.ask("edge -> 10.77.0.1 tcp/443", unknown, blocked("forward UNSUPPORTED_COMPONENT cagw")) // nobody says who that is
}

func TestMISC03_CarrierAddressIsNeeded(t *testing.T) {
	n := topo(t, carrierBase)
	n.ask("bare -> 192.0.2.7 tcp/443", unreachable, blocked("forward CAGW_CARRIER_IP_ASSOCIATION_FOR_EGRESS cagw"))
	n.ask("region -> 192.0.2.7 tcp/443", reachable, via("igw")) // a public address is not one of the carrier's
	// A carrier IP address is of no use at the internet gateway.
	n = topo(t, but(t, carrierBase, "0.0.0.0/0, target: cagw}", "0.0.0.0/0, target: igw}"))
	n.ask("edge -> 192.0.2.7 tcp/443", unreachable, blocked("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
}

func TestMISC03_BetweenCarrierAddresses(t *testing.T) {
	n := topo(t, carrierBase)
	n.ask("edge -> 155.146.0.20 tcp/80", reachable, via("cagw", "cagw-f"), back("cagw-f", "cagw"), delivered("far-edge"))
	n.ask("edge -> 155.146.0.20 tcp/81", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-f ingress"))
}

// Of which carrier a zone is stands nowhere: whether a network behind one
// gateway reaches the zones of another is not known, whatever the protocol.
func TestMISC03_NetworkBehindAnotherGateway(t *testing.T) {
	n := topo(t, but(t, carrierBase, "{protocol: tcp, ports: 80, source: 155.146.0.10/32}", "{protocol: all, source: 0.0.0.0/0}"))
	for _, port := range []string{"tcp/80", "udp/53", "icmp"} {
		n.ask("phones -> far-edge "+port, unknown, because("forward UNSUPPORTED_COMPONENT cagw"))
	}
	n.ask("phones -> edge udp/53", reachable, delivered("edge"))
}

func TestMISC03_DetachedAndMissingGateways(t *testing.T) {
	n := topo(t, but(t, carrierBase, "cagw: {vpc: vpc}", "cagw: {}"))
	n.ask("edge -> 192.0.2.7 tcp/443", unreachable, blocked("forward BAD_STATE_ROUTE rtb-wl"))
	n.ask("phones -> edge tcp/443", unreachable, because("forward NO_CARRIER_GATEWAY vpc"))
}

func TestRT09_NoCarrierGatewayInsideTheVPC(t *testing.T) {
	n := topo(t, carrierBase)
	n.ask("region -> edge tcp/443", reachable, via())
}

func TestMISC03_NoUDPBetweenAZoneAndTheInternet(t *testing.T) {
	n := topo(t, carrierBase)
	n.ask("edge -> 192.0.2.7 udp/53", unreachable, blocked("forward CAGW_PROTOCOL_RESTRICTION cagw"))
	n.ask("edge -> 192.0.2.7 icmp", reachable, via("cagw"), back("cagw"))
	n.ask("edge -> 192.0.2.7 proto/47", unknown, blocked("forward UNSUPPORTED_COMPONENT cagw")) // no page speaks of it
	n.ask("edge -> phones udp/53", reachable, via("cagw"))
	n.ask("phones -> edge udp/53", reachable, via("cagw"))
	n.ask("internet -> edge udp/53", unreachable, blocked("forward CAGW_NO_INBOUND_FROM_INTERNET cagw"))
	n.ask("internet -> edge icmp", reachable, via("cagw"), assumes("MISC-3"))
	// in Africa, whose zones belong to Paris, everything passes
	n = topo(t, but(t, carrierBase, "us-east-1-wl1-bos-wlz-1", "eu-west-3-wl1-cmn-wlz-1"))
	n.ask("edge -> 192.0.2.7 udp/53", reachable, via("cagw"))
	n.ask("edge -> 192.0.2.7 proto/47", reachable, via("cagw"))
	n.ask("internet -> edge tcp/443", reachable, via("cagw"), back("cagw"))
}

func TestMISC03_TwoWavelengthZonesOfAVPCDoNotCommunicate(t *testing.T) {
	n := topo(t, but(t, carrierBase, "az: us-east-1a", "az: us-east-1-wl1-nyc-wlz-1"))
	n.ask("edge -> region tcp/443", unreachable, blocked("forward WAVELENGTH_ZONES_DO_NOT_COMMUNICATE vpc"))
	n.ask("region -> edge tcp/443", unreachable, blocked("forward WAVELENGTH_ZONES_DO_NOT_COMMUNICATE vpc"))
	n.ask("edge -> bare tcp/443", reachable, via())
	n = topo(t, but(t, carrierBase, "az: us-east-1a", "az: us-east-1-wl1-bos-wlz-1"))
	n.ask("edge -> region tcp/443", reachable, via())
}

func TestMISC03_CarrierNetworkKnowsCarrierAddressesOnly(t *testing.T) {
	n := topo(t, carrierBase)
	n.ask("phones -> bare tcp/443", unreachable, blocked("forward CAGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS cagw"))
	n.ask("phones -> 192.0.2.7 tcp/443", unknown, blocked("forward UNSUPPORTED_COMPONENT cagw"))
	n.ask("phones -> 155.146.0.20 tcp/443", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-f ingress"))
	// a network's range may hold carrier IP addresses, which are interfaces'
	n = topo(t, but(t, carrierBase, "100.70.0.0/16", "155.146.0.0/16", "{protocol: tcp, ports: 80, source: 155.146.0.10/32}", "{protocol: all, source: 155.146.0.0/16}"))
	n.ask("edge -> 155.146.0.20 tcp/443", reachable, via("cagw", "cagw-f"), delivered("far-edge"))
	n.ask("edge -> phones tcp/443", reachable, via("cagw"), delivered("phones"))
}
