package eval_test

import "testing"

// Two Outposts, each with a local gateway to the plant's network.
const localBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
local_gateways:
  lgw-1: {vpcs: [vpc], mode: MODE, outpost: op-1}
  lgw-2: {vpcs: [vpc], outpost: op-2}
external_networks: {plant: {cidrs: [192.168.0.0/16], behind: lgw-1}, plant-2: {cidrs: [192.168.0.0/16], behind: lgw-2}}
subnets:
  s-1: {vpc: vpc, cidr: 10.0.1.0/24, outpost: op-1, route_table: rtb-1}
  s-2: {vpc: vpc, cidr: 10.0.2.0/24, outpost: op-2, route_table: rtb-2}
  s-quiet: {vpc: vpc, cidr: 10.0.3.0/24, outpost: op-1}
  s-region: {vpc: vpc, cidr: 10.0.4.0/24, route_table: rtb-1}
  s-other: {vpc: vpc, cidr: 10.0.5.0/24, outpost: op-2, route_table: rtb-1}
route_tables:
  rtb-1: {vpc: vpc, routes: [{destination: 192.168.0.0/16, target: lgw-1}, {destination: 172.16.0.0/12, target: lgw-1}ACROSS]}
  rtb-2: {vpc: vpc, routes: [{destination: 192.168.0.0/16, target: lgw-2}BACK]}
security_groups:
  sg: {vpc: vpc, ingress: [{protocol: tcp, ports: 443, source: 0.0.0.0/0}, {protocol: tcp, ports: 22, source: self}]}
instances:
  one: {subnet: s-1, private_ip: 10.0.1.10, customer_owned_ip: 192.168.250.10, security_groups: [sg]}
  bare: {subnet: s-1, private_ip: 10.0.1.11, security_groups: [sg]}
  two: {subnet: s-2, private_ip: 10.0.2.10, security_groups: [sg]}
  quiet: {subnet: s-quiet, private_ip: 10.0.3.10, security_groups: [sg]}
  region: {subnet: s-region, private_ip: 10.0.4.10, security_groups: [sg]}
  other: {subnet: s-other, private_ip: 10.0.5.10, security_groups: [sg]}
`

func localTopo(t *testing.T, mode, across, back string) *network {
	t.Helper()
	return topo(t, but(t, localBase, "MODE", mode, "ACROSS", across, "BACK", back))
}

func TestMISC04_DirectRoutingDoesNotTranslate(t *testing.T) {
	n := localTopo(t, "direct-vpc-routing", "", "")
	n.ask("one -> plant tcp/443", reachable, via("lgw-1"), back("lgw-1"), seen("10.0.1.10"), translated(), delivered("plant"), routed("rtb-1 192.168.0.0/16 lgw-1"))
	n.ask("plant -> one tcp/443", reachable, via("lgw-1"), back("lgw-1"), arrives("10.0.1.10 443", "1024-65535"))
	n.ask("plant -> one tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg ingress"))
	n.ask("one -> 172.16.0.1 tcp/443", unknown, blocked("forward UNSUPPORTED_COMPONENT lgw-1"))
}

func TestMISC04_OnlyInstancesOnTheOutpostInSubnetsWithARoute(t *testing.T) {
	n := localTopo(t, "direct-vpc-routing", "", "")
	n.ask("plant -> quiet tcp/443", unreachable, because("forward LGW_REQUIRES_SUBNET_ROUTE lgw-1"), line("s-quiet: {vpc"))
	n.ask("other -> plant tcp/443", unreachable, blocked("forward LGW_REQUIRES_OUTPOST_INSTANCE lgw-1"))
	n.ask("plant -> other tcp/443", unreachable, because("forward LGW_REQUIRES_OUTPOST_INSTANCE lgw-1"))
	n.ask("plant -> 10.0.1.99 tcp/443", unreachable, blocked("forward LGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS lgw-1"))
	n.ask("region -> plant tcp/443", reachable) // where the topology does not say, any will do
}

func TestMISC04_CoIPMapsOneToOne(t *testing.T) {
	n := localTopo(t, "coip", "", "")
	n.ask("one -> plant tcp/443", reachable, via("lgw-1"), back("lgw-1"), seen("192.168.250.10"), translated("lgw-1 10.0.1.10 > 192.168.250.10"))
	n.ask("plant -> one tcp/443", reachable, via("lgw-1"), back("lgw-1"), arrives("10.0.1.10 443", "1024-65535"), translated("lgw-1 192.168.250.10 > 10.0.1.10"))
	n.ask("bare -> plant tcp/443", unreachable, blocked("forward LGW_CUSTOMER_OWNED_IP_ASSOCIATION_FOR_EGRESS lgw-1"))
	n.ask("plant -> bare tcp/443", unreachable, blocked("forward LGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS lgw-1"))
}

// A network's range may hold the customer-owned addresses in front of it. These
// are the local gateway's: no host of the network has them, and whether the
// premises send them back is documented nowhere.
func TestMISC04_CustomerOwnedAddressInsideTheNetworksRange(t *testing.T) {
	n := localTopo(t, "coip", "", "")
	n.ask("one -> 192.168.250.10 tcp/443", unknown, blocked("forward UNSUPPORTED_COMPONENT lgw-1"))
	n.ask("plant -> 192.168.250.10 tcp/443", reachable, via("lgw-1"), delivered("one"))
	n.ask("two -> 192.168.250.10 tcp/443", unreachable, via("lgw-2", "lgw-1"), because("return ENI_SG_RULES_MISMATCH sg ingress"), assumes("MISC-4"))
}

// A customer-owned address is of the local gateway of its own Outpost.
func TestMISC04_CustomerOwnedAddressOfAnotherOutpost(t *testing.T) {
	n := topo(t, but(t, localBase, "MODE", "coip", "ACROSS", "", "BACK", "", "lgw-2: {vpcs: [vpc], outpost: op-2}", "lgw-2: {vpcs: [vpc], outpost: op-2, mode: coip}"))
	n.ask("plant -> 192.168.250.10 tcp/443", reachable, via("lgw-1"), delivered("one"))
	n.ask("plant-2 -> 192.168.250.10 tcp/443", unknown) // whether the networks are joined
	n.ask("two -> 192.168.0.9 tcp/443", unreachable, blocked("forward LGW_CUSTOMER_OWNED_IP_ASSOCIATION_FOR_EGRESS lgw-2"))
}

// What an instance on the Outpost sends to a transit gateway, and that sends back
// into its VPC, comes from no instance there: the local gateway does not take it.
func TestMISC04_NotByWayOfATransitGateway(t *testing.T) {
	yaml := but(t, localBase, "MODE", "direct-vpc-routing", "ACROSS", ", {destination: 172.31.0.0/16, target: tgw}", "BACK", "", "external_networks: {", "external_networks: {far: {cidrs: [172.31.0.0/24], behind: lgw-1}, ",
		"subnets:\n", `transit_gateways: {tgw: {security_group_referencing: true}}
transit_gateway_route_tables: {trt: {transit_gateway: tgw, routes: [{destination: 0.0.0.0/0, target: att}]}}
transit_gateway_attachments: {att: {transit_gateway: tgw, vpc: vpc, subnets: [s-t], route_table: trt, security_group_referencing: true}}
subnets:
  s-t: {vpc: vpc, cidr: 10.0.9.0/28, route_table: rtb-t}
`, "route_tables:\n", "route_tables:\n  rtb-t: {vpc: vpc, routes: [{destination: 172.31.0.0/16, target: lgw-1}]}\n")
	topo(t, yaml).ask("one -> far tcp/443", unreachable, blocked("forward LGW_REQUIRES_OUTPOST_INSTANCE lgw-1"))
}

// Whether the networks behind two local gateways are joined, the topology does
// not say.
func TestMISC04_FromANetworkBehindAnotherLocalGateway(t *testing.T) {
	n := localTopo(t, "direct-vpc-routing", "", "")
	n.ask("plant-2 -> two tcp/443", reachable, via("lgw-2"))
	n.ask("plant-2 -> one tcp/443", unknown, blocked("forward UNSUPPORTED_COMPONENT lgw-2"))
	n.ask("plant-2 -> 10.0.3.10 tcp/443", unreachable) // made known by neither
}

func TestRT09_LocalGatewayBetweenOutposts(t *testing.T) {
	n := localTopo(t, "direct-vpc-routing", ", {destination: 10.0.2.0/24, target: lgw-1}", ", {destination: 10.0.1.0/24, target: lgw-2}")
	n.ask("one -> two tcp/443", reachable, via("lgw-1", "lgw-2"), back("lgw-2", "lgw-1"), assumes("MISC-4"), routed("rtb-1 10.0.2.0/24 lgw-1"))
	n.ask("one -> two tcp/22", unreachable, blocked("forward SG_REFERENCES_NOT_PRESERVED sg ingress"))
	n = localTopo(t, "direct-vpc-routing", "", "")
	n.ask("one -> two tcp/22", reachable, via()) // by the local route the group is known
}

func TestMISC04_BlockPublicAccessLeavesItAlone(t *testing.T) {
	n := topo(t, but(t, localBase, "MODE", "direct-vpc-routing", "ACROSS", "", "BACK", "", "internet_gateways:", "block_public_access: {bpa: {internet_gateway_block_mode: block-bidirectional}}\ninternet_gateways:"))
	n.ask("plant -> one tcp/443", reachable)
}

// What a request was given on its way out is taken off a reply that comes in,
// not off one that leaves by the same gateway again.
func TestMISC04_AReplyThatLeavesByTheGatewayOfItsRequestDoesNotComeIn(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.1.0.0/16}}
local_gateways: {direct: {vpcs: [vpc]}, coip: {vpcs: [vpc], mode: coip}}
subnets: {s-a: {vpc: vpc, cidr: 10.1.24.0/24, route_table: rtb-a}, s-b: {vpc: vpc, cidr: 10.1.25.0/24, route_table: rtb-b}}
route_tables:
  rtb-a: {vpc: vpc, routes: [{destination: 192.168.0.0/16, target: direct}, {destination: 192.168.128.0/17, target: coip}]}
  rtb-b: {vpc: vpc, routes: [{destination: 198.19.0.0/24, target: direct}, {destination: 10.1.24.0/24, target: coip}]}
security_groups: {open: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances:
  a: {subnet: s-a, private_ip: 10.1.24.13, customer_owned_ip: 192.168.250.2, security_groups: [open]}
  b: {subnet: s-b, private_ip: 10.1.25.7, customer_owned_ip: 192.168.250.3, security_groups: [open]}
`
	topo(t, yaml).ask("b -> a tcp/3306", unreachable, forwardOnly, blocked("return RETURN_PATH_ASYMMETRIC coip"))
}
