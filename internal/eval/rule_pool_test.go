package eval_test

import "testing"

// A range of the owner's own, routed to an appliance without translation.
const poolBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
subnets:
  s-edge: {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-edge}
  s-app: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-app}
route_tables:
  rtb-edge: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-app: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: router}]}
  rtb-pool: {vpc: vpc, edge_associations: [igw], public_ipv4_pools: [192.0.2.0/24], routes: [{destination: 192.0.2.128/25, target: host}, {destination: 192.0.2.0/26, target: router}]}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances:
  host: {subnet: s-edge, private_ip: 10.0.0.10, security_groups: [sg], source_dest_check: CHECK, local_routes: [192.0.2.128/25]}
  router:
    subnet: s-edge
    private_ip: 10.0.0.11
    security_groups: [sg]
    source_dest_check: false
    ip_forward: true
    port_forwards: [{protocol: tcp, destination: 192.0.2.7, port: 80, to: 10.0.1.10}]
  app: {subnet: s-app, private_ip: 10.0.1.10, security_groups: [sg]}
`

func TestGW14_PoolIsRoutedToAnInterfaceUntranslated(t *testing.T) {
	n := topo(t, but(t, poolBase, "CHECK", "false"))
	n.ask("internet -> 192.0.2.200 tcp/443", reachable, via("igw"), back("igw"), arrives("192.0.2.200 443", "1024-65535"), translated(), delivered("host"),
		routed("rtb-pool 192.0.2.128/25 host"), assumes("GW-14"))
	n.ask("internet -> 192.0.2.7 tcp/80", reachable, via("igw", "router"), delivered("app"), assumes("GW-14"))
	n.ask("internet -> 192.0.2.8 tcp/80", unreachable) // the router has nobody for it
	n.ask("internet -> 192.0.2.100 tcp/80", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-pool"))
}

// What comes back in for a part that no route takes is not supposed to go out
// again, and in again, without end: a regional NAT gateway's address is the same
// on both sides of the internet gateway.
func TestGW14_NoRouteForWhatComesBackIn(t *testing.T) {
	n := topo(t, but(t, poolBase, "CHECK", "false", "rtb-app: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: router}]}", "rtb-app: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}",
		"subnets:\n", "nat_gateways: {nat: {availability_mode: regional, vpc: vpc, public_ips: {az-a: 203.0.113.20}}}\nsubnets:\n"))
	n.ask("app -> 192.0.2.200 tcp/80", reachable, via("nat", "igw"), delivered("host"))
	n.ask("app -> 192.0.2.100 tcp/80", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-pool"))
}

func TestGW14_TheInterfacesCheckMustBeOff(t *testing.T) {
	n := topo(t, but(t, poolBase, "CHECK", "true"))
	n.ask("internet -> 192.0.2.200 tcp/443", unreachable, because("forward ENI_SOURCE_DEST_CHECK_RESTRICTION eni-host ingress"))
}

func TestGW14_TheInterfaceNeedsNoPublicAddressAndOthersAreStillMapped(t *testing.T) {
	n := topo(t, but(t, poolBase, "CHECK", "false", "private_ip: 10.0.0.11\n", "private_ip: 10.0.0.11\n    public_ip: 203.0.113.11\n"))
	n.ask("internet -> 203.0.113.11 icmp", reachable, arrives("10.0.0.11 2048", ""))
	n.ask("internet -> 192.0.2.200 tcp/443", reachable)
	n.ask("app -> internet tcp/443", unreachable, because("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
}

// Only the host that the gateway routes an address to may send from it.
func TestGW14_OnlyTheHostThatGetsThePoolSendsFromIt(t *testing.T) {
	n := topo(t, but(t, poolBase, "CHECK", "false", "instances:\n", "instances:\n  thief: {subnet: s-edge, private_ip: 10.0.0.12, security_groups: [sg], source_dest_check: false, ip_forward: true, masquerade: [{to: 192.0.2.200}]}\n",
		"s-app: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-app}", "s-app: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-thief}",
		"  rtb-edge:", "  rtb-thief: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: thief}]}\n  rtb-edge:"))
	n.ask("app -> 198.51.100.7 udp/53", unreachable, blocked("forward GATEWAY_REJECTS_SPOOFED_TRAFFIC igw"))
}
