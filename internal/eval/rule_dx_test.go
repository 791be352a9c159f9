package eval_test

import (
	"testing"
)

// Direct Connect and two VPN connections on one VPN gateway.
const dxBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56"}, two: {cidr: 10.2.0.0/16}}
vpn_gateways: {vgw: {vpc: vpc}, vgw-2: {vpc: two}}
vpn_connections:
  vpn-static: {gateway: vgw, routing: static, routes: [172.31.0.0/16, 172.30.0.0/16]}
  vpn-bgp: {gateway: vgw, routing: bgp}
direct_connect_gateways: {dx: {vpn_gateways: [vgw, vgw-2]}}
external_networks:
  dc: {cidrs: [172.31.0.0/16, "2001:db8:77::/48"], behind: dx}
  by-static: {cidrs: [172.31.0.0/16, 172.30.0.0/16], behind: vpn-static}
  by-bgp: {cidrs: [172.31.7.0/24, 172.30.0.0/16, 172.29.0.0/16, "2001:db8:88::/48"], behind: vpn-bgp}
subnets:
  s: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb}
  p: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-p}
  s2: {vpc: two, cidr: 10.2.1.0/24, route_table: rtb-2}
route_tables:
  rtb: {vpc: vpc, routes: [{destination: 172.16.0.0/12, target: vgw}, {destination: "2001:db8::/32", target: vgw}]}
  rtb-p: {vpc: vpc, propagating_gateways: [vgw]}
  rtb-2: {vpc: two, routes: [{destination: 172.16.0.0/12, target: vgw-2}, {destination: 10.0.0.0/8, target: vgw-2}]}
security_groups:
  sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}, {protocol: all, source: "::/0"}], egress: [{protocol: all, destination: 0.0.0.0/0}, {protocol: all, destination: "::/0"}]}
  sg-2: {vpc: two, ingress: [{protocol: all, source: 0.0.0.0/0}]}
instances:
  a: {subnet: s, private_ip: 10.0.1.10, ipv6: "2001:db8:a:1::10", security_groups: [sg]}
  b: {subnet: p, private_ip: 10.0.2.10, security_groups: [sg]}
  c: {subnet: s2, private_ip: 10.2.1.10, security_groups: [sg-2]}
`

func TestVGW02_LongestPrefixThenDirectConnectStaticBGP(t *testing.T) {
	n := topo(t, dxBase)
	n.ask("a -> 172.31.1.1 tcp/443", reachable, delivered("dc"), via("vgw", "dx"), back("dx", "vgw"), seen("10.0.1.10"))
	n.ask("a -> 172.31.7.1 tcp/443", reachable, delivered("by-bgp"), via("vgw", "vpn-bgp")) // longer
	n.ask("a -> 172.30.1.1 tcp/443", reachable, delivered("by-static"), via("vgw", "vpn-static"))
	n.ask("a -> 172.29.1.1 tcp/443", reachable, delivered("by-bgp"))
	n.ask("a -> 172.28.1.1 tcp/443", unreachable, blocked("forward VGW_NO_ROUTE_TO_DESTINATION vgw"))
	// what the gateway knows appears by itself where propagation is on
	n.ask("b -> 172.31.1.1 tcp/443", reachable, delivered("dc"), via("vgw", "dx"), routed("rtb-p 172.31.0.0/16 vgw"))
	n.ask("b -> 172.28.1.1 tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-p"))
}

func TestVGW03_SiteOfDirectConnectEntersTheVPC(t *testing.T) {
	n := topo(t, dxBase)
	n.ask("dc -> c tcp/80", reachable, via("dx", "vgw-2"), back("vgw-2", "dx"))
	n.ask("dc -> a tcp/80", partial, blocked("return DELIVERED_ELSEWHERE by-bgp")) // the longer prefix takes some of the replies
	n.ask("dc -> 10.0.1.77 tcp/80", unreachable, because("forward VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS vgw"))
	n.ask("dc -> 10.5.1.1 tcp/80", unreachable, delivered())
}

func TestVGW05_DirectConnectCarriesIPv6AndAVPNConnectionOfAVPNGatewayDoesNot(t *testing.T) {
	n := topo(t, dxBase)
	n.ask("a -> 2001:db8:77::1 tcp/443", reachable, delivered("dc"), via("vgw", "dx"), back("dx", "vgw"))
	n.ask("dc -> 2001:db8:a:1::10 tcp/443", reachable, via("dx", "vgw"), back("vgw", "dx"))
	n.ask("a -> 2001:db8:88::1 tcp/443", unreachable, because("forward VPN_IPV4_ONLY vgw"))
}

func TestVGW05_VPNConnectionOfATransitGatewayCarriesIPv6(t *testing.T) {
	const yaml = `
vpcs: {one: {cidr: 10.1.0.0/16, ipv6_cidr: "2001:db8:1::/56"}}
transit_gateways: {tgw: {}}
transit_gateway_route_tables: {trt: {transit_gateway: tgw}}
transit_gateway_attachments:
  att-one: {transit_gateway: tgw, vpc: one, subnets: [s], route_table: trt, propagates_to: [trt]}
  att-vpn: {transit_gateway: tgw, vpn_connection: vpn, route_table: trt, propagates_to: [trt]}
  att-dx: {transit_gateway: tgw, direct_connect_gateway: dx, route_table: trt, propagates_to: [trt]}
vpn_connections: {vpn: {gateway: tgw, routing: bgp}}
direct_connect_gateways: {dx: {}}
external_networks:
  dc: {cidrs: [172.31.0.0/16, "2001:db8:77::/48"], behind: vpn}
  dc-2: {cidrs: [172.30.0.0/16], behind: dx}
subnets: {s: {vpc: one, cidr: 10.1.1.0/24, ipv6_cidr: "2001:db8:1:1::/64", route_table: rtb}}
route_tables: {rtb: {vpc: one, routes: [{destination: 0.0.0.0/0, target: tgw}, {destination: "::/0", target: tgw}]}}
security_groups: {sg: {vpc: one, ingress: [{protocol: all, source: 0.0.0.0/0}, {protocol: all, source: "::/0"}], egress: [{protocol: all, destination: 0.0.0.0/0}, {protocol: all, destination: "::/0"}]}}
instances: {a: {subnet: s, private_ip: 10.1.1.10, ipv6: "2001:db8:1:1::10", security_groups: [sg]}}
`
	n := topo(t, yaml)
	n.ask("a -> 2001:db8:77::1 tcp/443", reachable, delivered("dc"), via("tgw", "att-vpn", "vpn"), back("vpn", "tgw", "att-one"))
	n.ask("a -> dc tcp/443", reachable)
	n.ask("dc -> a tcp/80", reachable, via("vpn", "tgw", "att-one"), back("tgw", "att-vpn", "vpn"))
	// sites meet on a transit gateway
	n.ask("dc -> dc-2 tcp/80", reachable, via("vpn", "tgw", "att-dx", "dx"))
	n.ask("dc -> 172.29.1.1 tcp/80", unreachable, blocked("forward TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT trt"))
}

func TestVGW10_VPCsOfADirectConnectGateway(t *testing.T) {
	n := topo(t, dxBase)
	n.ask("a -> dc tcp/443", partial) // a part of its range is another site's, by a longer prefix
	n.ask("a -> 172.31.1.1 tcp/443", reachable)
	n.ask("c -> dc tcp/443", reachable, via("vgw-2", "dx"), back("dx", "vgw-2"))
	n.ask("c -> a tcp/80", unreachable, blocked("forward VGW_NO_ROUTE_TO_DESTINATION vgw-2")) // it joins sites, not VPCs
	refused(t, but(t, dxBase, "two: {cidr: 10.2.0.0/16}", "two: {cidrs: [10.2.0.0/16, 10.0.128.0/17]}"), "overlap")
}

func TestVGW07_DirectConnectTakesNoPart(t *testing.T) {
	n := topo(t, dxBase)
	n.ask("172.29.1.1 -> 172.31.1.1 tcp/80", unreachable, delivered(), because("forward VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS vgw"))
	n.ask("dc -> 172.29.1.1 tcp/80", unreachable, delivered())
	n.ask("172.29.1.1 -> a tcp/80", reachable)
}
