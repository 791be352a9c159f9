package eval_test

import "testing"

// Two sites behind a VPN gateway, one known statically, one by BGP.
const vgwBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56"}}
internet_gateways: {igw: {vpc: vpc}}
vpn_gateways: {vgw: {vpc: vpc}}
vpn_connections:
  vpn-static: {gateway: vgw, routing: static, routes: [172.31.0.0/16, 172.29.0.0/16]}
  vpn-bgp: {gateway: vgw, routing: bgp}
  vpn-bgp-2: {gateway: vgw, routing: bgp}
external_networks:
  dc: {cidrs: [172.31.0.0/16], behind: vpn-static}
  lab: {cidrs: [172.30.0.0/16], behind: vpn-bgp}
  lab-2: {cidrs: [172.28.0.0/16], behind: vpn-bgp-2}
nat_gateways: {nat: {subnet: s-nat, private_ip: 10.0.2.20, connectivity: private}}
subnets:
  s: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb}
  s-nat: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-nat}
  s-via: {vpc: vpc, cidr: 10.0.3.0/24, route_table: rtb-via}
route_tables:
  rtb: {vpc: vpc, routes: [{destination: 172.16.0.0/12, target: vgw}, {destination: "::/0", target: vgw}, {destination: 0.0.0.0/0, target: igw}]}
  rtb-nat: {vpc: vpc, routes: [{destination: 172.16.0.0/12, target: vgw}]}
  rtb-via: {vpc: vpc, routes: [{destination: 172.16.0.0/12, target: nat}]}
security_groups:
  sg: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: 172.16.0.0/12}, {protocol: tcp, ports: 80, source: 10.0.0.0/16}], egress: [{protocol: all, destination: 0.0.0.0/0}, {protocol: all, destination: "::/0"}]}
instances:
  a: {subnet: s, private_ip: 10.0.1.10, public_ip: 203.0.113.10, ipv6: "2001:db8:a:1::10", security_groups: [sg]}
  b: {subnet: s-via, private_ip: 10.0.3.10, security_groups: [sg]}
`

func TestVGW01_BothTheTableAndTheGatewayMustKnow(t *testing.T) {
	n := topo(t, vgwBase)
	n.ask("a -> dc tcp/443", reachable, via("vgw", "vpn-static"), back("vpn-static", "vgw"), seen("10.0.1.10"))
	n.ask("a -> 172.20.0.1 tcp/443", unreachable, blocked("forward VGW_NO_ROUTE_TO_DESTINATION vgw")) // the table does, the gateway does not
	n.ask("a -> 172.29.0.1 udp/443", reachable, via("vgw"))
	none := topo(t, but(t, vgwBase, "rtb: {vpc: vpc, routes: [{destination: 172.16.0.0/12, target: vgw}, ", "rtb: {vpc: vpc, routes: ["))
	none.ask("a -> dc tcp/443", unreachable, blocked("forward IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS igw"))
	none.ask("dc -> a tcp/80", unreachable, forwardOnly)
}

func TestVGW02_LongestPrefixThenStaticOverBGP(t *testing.T) {
	n := topo(t, but(t, vgwBase, "lab: {cidrs: [172.30.0.0/16], behind: vpn-bgp}", "lab: {cidrs: [172.30.0.0/16, 172.31.7.0/24], behind: vpn-bgp}"))
	n.ask("a -> 172.31.7.1 tcp/443", reachable, delivered("lab"))
	n.ask("a -> 172.31.8.1 tcp/443", reachable, delivered("dc"))
	tie := topo(t, but(t, vgwBase, "lab: {cidrs: [172.30.0.0/16], behind: vpn-bgp}", "lab: {cidrs: [172.31.0.0/16], behind: vpn-bgp}"))
	tie.ask("a -> 172.31.8.1 tcp/443", reachable, delivered("dc"))
}

func TestVGW03_OnlyBetweenSitesAndInterfacesOfTheVPC(t *testing.T) {
	n := topo(t, vgwBase)
	n.ask("dc -> a tcp/80", reachable, via("vpn-static", "vgw"), back("vgw", "vpn-static"), arrives("10.0.1.10 80", ""))
	n.ask("dc -> 10.0.1.77 tcp/80", unreachable, because("forward VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS vgw"))
	n.ask("dc -> 203.0.113.10 tcp/80", unreachable, delivered()) // no way through to the internet gateway
	n.ask("dc -> 198.51.100.7 tcp/443", unreachable, delivered())
	// a foreign source does not leave by the gateway
	tun := topo(t, but(t, foreignBase, "internet_gateways:", "vpn_gateways: {vgw: {vpc: one}}\nvpn_connections: {vpn: {gateway: vgw, routing: static, routes: [198.51.100.0/24]}}\nexternal_networks: {dc: {cidrs: [198.51.100.0/24], behind: vpn}}\ninternet_gateways:",
		"rtb-edge-1: {vpc: one, routes: [", "rtb-edge-1: {vpc: one, routes: [{destination: 198.51.100.0/24, target: vgw}, "))
	tun.ask("host-2 -> dc tcp/443", unreachable, because("forward VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS vgw"))
	tun.ask("vpn-1 -> dc tcp/443", reachable, via("vgw", "vpn"))
}

func TestVGW04_StaticPrefixesAreListedDynamicOnesLearned(t *testing.T) {
	n := topo(t, vgwBase)
	n.ask("a -> lab tcp/443", reachable, via("vgw", "vpn-bgp"))
	n.ask("a -> dc tcp/443", reachable, via("vgw", "vpn-static"))
	unlisted := topo(t, but(t, vgwBase, "routes: [172.31.0.0/16, 172.29.0.0/16]", "routes: [172.29.0.0/16]"))
	unlisted.ask("a -> dc tcp/443", unreachable, blocked("forward VGW_NO_ROUTE_TO_DESTINATION vgw"))
	unlisted.ask("a -> lab tcp/443", reachable)
}

func TestVGW05_ConnectionOfAVPNGatewayIsIPv4Only(t *testing.T) {
	n := topo(t, but(t, vgwBase, "lab: {cidrs: [172.30.0.0/16], behind: vpn-bgp}", "lab: {cidrs: [172.30.0.0/16, \"2001:db8:77::/48\"], behind: vpn-bgp}"))
	n.ask("a -> 2001:db8:77::1 tcp/443", unreachable, because("forward VPN_IPV4_ONLY vgw"))
	n.ask("a -> 172.30.0.1 tcp/443", reachable)
}

func TestVGW06_SiteIsASetOfPrefixes(t *testing.T) {
	n := topo(t, vgwBase)
	n.ask("dc -> a tcp/80", reachable, worksFor("172.31.0.0/16", "80", "1024-65535"))
	n.ask("172.31.5.5 -> a tcp/80", reachable, via("vpn-static", "vgw"), seen("172.31.5.5"))
}

func TestVGW07_SitesReachEachOtherOverBGPOnly(t *testing.T) {
	n := topo(t, vgwBase)
	n.ask("lab -> lab-2 tcp/443", reachable, via("vpn-bgp", "vgw", "vpn-bgp-2"))
	n.ask("lab -> dc tcp/443", unreachable, delivered())
	n.ask("dc -> lab tcp/443", unreachable, delivered())
}

func TestVGW08_NATGatewayInFrontAndNothingBack(t *testing.T) {
	n := topo(t, vgwBase)
	n.ask("b -> dc tcp/443", reachable, via("nat", "vgw", "vpn-static"), back("vpn-static", "vgw", "nat"), seen("10.0.2.20"))
	n.ask("dc -> 10.0.2.20 tcp/443", unreachable, because("forward NGW_NO_INBOUND_CONNECTIONS nat"))
	n.ask("dc -> b tcp/80", unreachable, because("return RETURN_PATH_ASYMMETRIC nat"))
}

func TestVGW09_GatewayTableRedirectsWhatSitesSend(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.1.0.0/16}}
vpn_gateways: {vgw: {vpc: vpc}}
vpn_connections: {vpn: {gateway: vgw, routing: static, routes: [172.31.0.0/16]}}
external_networks: {dc: {cidrs: [172.31.0.0/16], behind: vpn}}
subnets:
  app: {vpc: vpc, cidr: 10.1.1.0/24, route_table: rtb-app}
  fw: {vpc: vpc, cidr: 10.1.2.0/24, route_table: rtb-fw}
  plain: {vpc: vpc, cidr: 10.1.3.0/24, route_table: rtb-fw}
route_tables:
  rtb-in: {vpc: vpc, edge_associations: [vgw], routes: [{destination: 10.1.1.0/24, target: eni-fw}]}
  rtb-app: {vpc: vpc, routes: [{destination: 172.31.0.0/16, target: eni-fw}]}
  rtb-fw: {vpc: vpc, routes: [{destination: 172.31.0.0/16, target: vgw}]}
security_groups: {open: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances:
  a: {subnet: app, private_ip: 10.1.1.10, security_groups: [open]}
  p: {subnet: plain, private_ip: 10.1.3.10, security_groups: [open]}
  firewall: {ip_forward: true}
network_interfaces:
  eni-fw: {instance: firewall, subnet: fw, private_ip: 10.1.2.10, source_dest_check: false, security_groups: [open]}
`
	n := topo(t, yaml)
	n.ask("dc -> a tcp/80", reachable, via("vpn", "vgw", "firewall"), back("firewall", "vgw", "vpn"), seen("172.31.0.0/16")) // without a public address
	n.ask("dc -> p tcp/80", reachable, via("vpn", "vgw"))
	n.ask("p -> a tcp/80", reachable, via()) // not what begins inside
	direct := topo(t, but(t, yaml, "route_table: rtb-app", "route_table: rtb-fw"))
	direct.ask("dc -> a tcp/80", unreachable, because("return RETURN_PATH_ASYMMETRIC dc"))
}

func TestVGW11_DetachedGatewayIsABlackhole(t *testing.T) {
	n := topo(t, but(t, vgwBase, "vpn_gateways: {vgw: {vpc: vpc}}", "vpn_gateways: {vgw: {}}"))
	n.ask("a -> dc tcp/443", unreachable, blocked("forward BAD_STATE_ROUTE rtb"))
	n.ask("a -> 198.51.100.7 tcp/443", reachable)
}

func TestVGW05_NothingOfIPv6ComesInOverAVPNConnectionOfAVPNGateway(t *testing.T) {
	n := topo(t, `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56"}}
vpn_gateways: {vgw: {vpc: vpc}}
vpn_connections: {vpn: {gateway: vgw, routing: bgp}}
external_networks: {dc: {cidrs: [172.31.0.0/16, "2001:db8:77::/48"], behind: vpn}}
subnets: {s: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb}}
route_tables: {rtb: {vpc: vpc, propagating_gateways: [vgw]}}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}, {protocol: all, source: "::/0"}]}}
instances: {a: {subnet: s, private_ip: 10.0.1.10, ipv6: "2001:db8:a:1::10", security_groups: [sg]}}
`)
	n.ask("172.31.0.1 -> 10.0.1.10 udp/53", reachable)
	n.ask("2001:db8:77::1 -> 2001:db8:a:1::10 udp/53", unreachable, blocked("forward VPN_IPV4_ONLY vgw")) // judged by delivery alone
}

func TestVGW07_WhatTheVPCHasIsNoOtherSites(t *testing.T) {
	n := topo(t, `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
vpn_gateways: {vgw: {vpc: vpc}}
vpn_connections: {vpn-a: {gateway: vgw, routing: bgp}, vpn-b: {gateway: vgw, routing: bgp}}
external_networks: {a: {cidrs: [172.30.0.0/16], behind: vpn-a}, b: {cidrs: [10.0.0.0/15], behind: vpn-b}}
subnets: {s: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb}}
route_tables: {rtb: {vpc: vpc, propagating_gateways: [vgw]}}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances: {host: {subnet: s, private_ip: 10.0.1.10, security_groups: [sg]}}
`)
	n.ask("a -> host tcp/443", reachable, via("vpn-a", "vgw"), delivered("host"))
	n.ask("host -> a tcp/443", reachable, back("vpn-a", "vgw"))
	n.ask("a -> 10.1.0.9 tcp/443", reachable, delivered("b"))
	n.ask("a -> 10.0.1.11 tcp/443", unreachable, blocked("forward VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS vgw"))
}
