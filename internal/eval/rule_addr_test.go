package eval_test

import "testing"

// Filters that admit nothing, and a peer.
const addrBase = `
vpcs:
  vpc: {cidrs: [10.0.0.0/16, 100.64.0.0/16], ipv6_cidr: "2001:db8:a::/56"}
  far: {cidr: 10.9.0.0/16}
peering_connections: {pcx: {requester: vpc, accepter: far}}
subnets:
  s-a: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb, network_acl: acl}
  s-far: {vpc: far, cidr: 10.9.1.0/24, route_table: rtb-far}
route_tables:
  rtb: {vpc: vpc, routes: [{destination: 10.9.0.0/16, target: pcx}]}
  rtb-far: {vpc: far, routes: [{destination: 10.0.0.0/16, target: pcx}]}
network_acls: {acl: {vpc: vpc}}
security_groups: {shut: {vpc: vpc, ingress: [], egress: []}}
instances:
  a: {subnet: s-a, private_ip: 10.0.1.10, ipv6: "2001:db8:a:1::10", security_groups: [shut]}
  far-a: {subnet: s-far, private_ip: 10.9.1.10}
`

func TestADDR07_ResolverPastEveryFilter(t *testing.T) {
	n := topo(t, addrBase)
	for _, resolver := range []string{"10.0.0.2", "169.254.169.253", "fd00:ec2::253"} {
		n.ask("a -> "+resolver+" udp/53", reachable, via(), acls(), groups())
	}
	n.ask("a -> 10.0.1.2 udp/53", unreachable)   // reserved, but nobody's: no host
	n.ask("a -> 100.64.0.2 udp/53", unreachable) // only the primary block has one
	n.ask("far-a -> 10.0.0.2 udp/53", unreachable)
	n.ask("far-a -> 10.9.0.2 udp/53", reachable)
}

func TestADDR08_ServicesOfTheHypervisorPastEveryFilter(t *testing.T) {
	n := topo(t, addrBase)
	n.ask("a -> 169.254.169.254 tcp/80", reachable, via(), acls(), groups())
	n.ask("a -> 169.254.169.123 udp/123", reachable)
	n.ask("a -> 169.254.170.2 tcp/80", reachable)
	n.ask("a -> fd00:ec2::254 tcp/80", reachable)
	n.ask("a -> 169.254.10.10 tcp/80", unreachable) // link-local is not enough
}

func TestADDR09_ReservedLinkLocalRangesAreNotForwarded(t *testing.T) {
	n := topo(t, but(t, rtFirewall, "{destination: 10.0.2.0/24, target: eni-fw}", "{destination: 169.254.0.0/16, target: eni-fw}"))
	n.ask("a -> 169.254.168.10 udp/53", unreachable, forwardNever)
	n.ask("a -> 169.254.171.255 udp/53", unreachable, forwardNever)
	n.ask("a -> 169.254.169.253 udp/53", reachable, via()) // the hypervisor's, wherever the route leads
	n.ask("a -> 169.254.255.2 udp/53", unreachable, routed("rtb-left 169.254.0.0/16 eni-fw"))
}

func TestADDR10_InterfaceSpeaksTheFamiliesOfItsSubnet(t *testing.T) {
	n := topo(t, `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56"}}
subnets:
  four: {vpc: vpc, cidr: 10.0.1.0/24}
  both: {vpc: vpc, cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:a:2::/64"}
  six: {vpc: vpc, ipv6_cidr: "2001:db8:a:3::/64"}
instances:
  a4: {subnet: four, private_ip: 10.0.1.10}
  b: {subnet: both, private_ip: 10.0.2.10, ipv6: "2001:db8:a:2::10"}
  c6: {subnet: six, ipv6: "2001:db8:a:3::10"}
`)
	n.ask("a4 -> b tcp/80", reachable, seen("10.0.1.10"))
	n.ask("b -> c6 tcp/80", reachable, seen("2001:db8:a:2::10"))
	n.ask("a4 -> 2001:db8:a:2::10 tcp/80", unreachable, blocked("forward NO_ADDRESS_OF_FAMILY a4"))
	n.ask("a4 -> c6 tcp/80", unreachable, blocked("forward NO_ADDRESS_OF_FAMILY a4"))
}

func TestADDR11_PublicAddressesOfPrivateOnesAndGroupsOfTheInterface(t *testing.T) {
	n := topo(t, `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
subnets: {s: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb}}
route_tables: {rtb: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: 0.0.0.0/0}]}}
instances:
  a: {subnet: s, private_ip: 10.0.1.10, private_ips: [10.0.1.11, 10.0.1.12], public_ips: {10.0.1.10: 203.0.113.10, 10.0.1.11: 203.0.113.11}, security_groups: [sg]}
  b: {subnet: s, private_ip: 10.0.1.20, private_ips: [10.0.1.21], public_ip: 203.0.113.20, security_groups: [sg]}
`)
	n.ask("198.51.100.7 -> 203.0.113.10 tcp/80", reachable, arrives("10.0.1.10 80", ""))
	n.ask("198.51.100.7 -> 203.0.113.11 tcp/80", reachable, arrives("10.0.1.11 80", ""), groups("sg ingress"))
	n.ask("198.51.100.7 -> 203.0.113.20 tcp/80", reachable, arrives("10.0.1.20 80", "")) // the primary one
	n.ask("a -> 198.51.100.7 tcp/80", reachable, seen("203.0.113.10"))
	n.ask("10.0.1.11 -> 198.51.100.7 tcp/80", reachable, seen("203.0.113.11"))
	n.ask("10.0.1.12 -> 198.51.100.7 tcp/80", unreachable, blocked("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
	n.ask("b -> 10.0.1.12 tcp/80", reachable, delivered("a"))
	n.ask("b -> 10.0.1.12 tcp/81", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg ingress"))
}

func TestADDR11_TheInternetCallsTheInterfaceThatHasAPublicAddress(t *testing.T) {
	yaml := but(t, twoSided, "EGRESS", "{protocol: all, destination: 0.0.0.0/0}", "sg-out: {vpc: vpc, ingress: []", "sg-out: {vpc: vpc, ingress: [{protocol: tcp, ports: 22, source: 0.0.0.0/0}]")
	topo(t, yaml).ask("198.51.100.7 -> fw tcp/22", reachable, arrives("10.0.3.10 22", ""))
	// the first interface has none: the second is called, and the reply leaves by the first (NI-21)
	n := topo(t, but(t, yaml, "  eni-out: {", "  eni-first: {instance: fw, subnet: outside, private_ip: 10.0.3.9, source_dest_check: false, security_groups: [sg-out]}\n  eni-out: {"))
	n.ask("198.51.100.7 -> fw tcp/22", reachable, arrives("10.0.3.10 22", ""))
	n.ask("a -> fw tcp/22", reachable, arrives("10.0.3.9 22", "")) // inside, the primary address
}

func TestADDR13_ElasticIPFollowsItsInterface(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
subnets: {s: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb}}
route_tables: {rtb: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: 0.0.0.0/0}]}}
instances:
  blue: {subnet: s, private_ip: 10.0.1.10, security_groups: [sg], public_ip: 203.0.113.10}
  green: {subnet: s, private_ip: 10.0.1.11, security_groups: [sg]}
`
	topo(t, yaml).ask("198.51.100.7 -> 203.0.113.10 tcp/80", reachable, delivered("blue"))
	moved := but(t, yaml, ", public_ip: 203.0.113.10}", "}", "10.0.1.11, security_groups: [sg]}", "10.0.1.11, security_groups: [sg], public_ip: 203.0.113.10}")
	n := topo(t, moved)
	n.ask("198.51.100.7 -> 203.0.113.10 tcp/80", reachable, delivered("green"))
	n.ask("blue -> 198.51.100.7 tcp/80", unreachable, blocked("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
}

func TestADDR14_PublicRangeOfAVPCIsStillPrivate(t *testing.T) {
	n := topo(t, `
vpcs: {vpc: {cidr: 11.22.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
subnets: {s: {vpc: vpc, cidr: 11.22.1.0/24, route_table: rtb}}
route_tables: {rtb: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances:
  a: {subnet: s, private_ip: 11.22.1.10, security_groups: [sg]}
  b: {subnet: s, private_ip: 11.22.1.11, public_ip: 203.0.113.11, security_groups: [sg]}
`)
	n.ask("a -> 198.51.100.7 tcp/80", unreachable, blocked("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
	n.ask("b -> 198.51.100.7 tcp/80", reachable, seen("203.0.113.11"))
	n.ask("198.51.100.7 -> 11.22.1.11 tcp/80", unreachable) // only the mapped address is on the internet
}

func TestADDR15_HostSendsOnLinkOrByItsPrimaryInterface(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  s-0: {vpc: vpc, cidr: 10.0.1.0/24, network_acl: acl-0}
  s-1: {vpc: vpc, cidr: 10.0.2.0/24, network_acl: acl-1}
  s-2: {vpc: vpc, cidr: 10.0.3.0/24}
network_acls:
  acl-0: &any {vpc: vpc, ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
  acl-1: {<<: *any}
security_groups:
  sg-0: {vpc: vpc, ingress: [{protocol: all, source: 10.0.0.0/16}]}
  sg-1: {vpc: vpc, ingress: [{protocol: all, source: 10.0.0.0/16}]}
instances:
  two: {}
  near: {subnet: s-1, private_ip: 10.0.2.20, security_groups: [sg-0]}
  other: {subnet: s-2, private_ip: 10.0.3.20, security_groups: [sg-0]}
network_interfaces:
  eni-0: {instance: two, subnet: s-0, private_ip: 10.0.1.10, security_groups: [sg-0]}
  eni-1: {instance: two, subnet: s-1, private_ip: 10.0.2.10, security_groups: [sg-1]}
`
	n := topo(t, yaml)
	n.ask("two -> near tcp/80", reachable, groups("sg-1 egress", "sg-0 ingress"), acls(), seen("10.0.2.10")) // on link by eni-1
	n.ask("two -> other tcp/80", reachable, groups("sg-0 egress", "sg-0 ingress"), acls("acl-0 egress", "vpc.default_network_acl ingress"), seen("10.0.1.10"))
}

func TestADDR16_VPCsAreApart(t *testing.T) {
	const yaml = `
vpcs: {one: {cidr: 10.1.0.0/16}, two: {cidr: 10.2.0.0/16}, three: {cidr: 10.1.0.0/16}}
internet_gateways: {igw-1: {vpc: one}, igw-2: {vpc: two}}
subnets:
  s-1: {vpc: one, cidr: 10.1.1.0/24, route_table: rtb-1}
  s-2: {vpc: two, cidr: 10.2.1.0/24, route_table: rtb-2}
  s-3: {vpc: three, cidr: 10.1.3.0/24}
route_tables:
  rtb-1: {vpc: one, routes: [{destination: 0.0.0.0/0, target: igw-1}]}
  rtb-2: {vpc: two, routes: [{destination: 192.0.2.0/24, target: igw-2}]}
instances:
  a: {subnet: s-1, private_ip: 10.1.1.10, public_ip: 203.0.113.1}
  b: {subnet: s-2, private_ip: 10.2.1.10, public_ip: 203.0.113.2}
  c: {subnet: s-3, private_ip: 10.1.3.10}
`
	n := topo(t, yaml)
	n.ask("b -> 10.1.1.10 tcp/80", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-2"))
	n.ask("a -> 10.2.1.10 tcp/80", unreachable, blocked("forward IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS igw-1"))
	// the same block in another VPC is another network
	n.ask("a -> 10.1.3.10 tcp/80", unreachable, blocked("forward NO_POSSIBLE_DESTINATION one"))
}

func TestADDR17_DefaultVPCIsPublic(t *testing.T) {
	n := topo(t, `
vpcs: {vpc: {cidr: 172.31.0.0/16, main_route_table: rtb}}
internet_gateways: {igw: {vpc: vpc}}
subnets: {default-a: {vpc: vpc, cidr: 172.31.0.0/20, az: eu-west-1a}, default-b: {vpc: vpc, cidr: 172.31.16.0/20, az: eu-west-1b}}
route_tables: {rtb: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}}
instances:
  a: {subnet: default-a, private_ip: 172.31.0.10, public_ip: 203.0.113.1}
  b: {subnet: default-b, private_ip: 172.31.16.10, public_ip: 203.0.113.2}
`)
	n.ask("a -> internet tcp/443", reachable, via("igw"))
	n.ask("a -> b tcp/443", reachable, via())
	n.ask("198.51.100.7 -> a tcp/22", unreachable, blocked("forward ENI_SG_RULES_MISMATCH vpc.default_security_group ingress"))
}

func TestADDR18_VPCStandsForItsInterfaces(t *testing.T) {
	n := topo(t, addrBase)
	if rs := n.asks("far -> 10.0.0.2 udp/53"); len(rs) != 1 || rs[0].Verdict != unreachable {
		t.Errorf("%d results, expected one, for far-a", len(rs))
	}
	empty := topo(t, "\nvpcs: {vpc: {cidr: 10.0.0.0/16}, other: {cidr: 10.1.0.0/16}}\nsubnets: {s: {vpc: vpc, cidr: 10.0.1.0/24}}\ninstances: {a: {subnet: s, private_ip: 10.0.1.10}}\n")
	if rs, err := empty.net.Ask(empty.question("a -> other tcp/80")); err == nil && len(rs) > 0 {
		t.Errorf("a VPC without interfaces has %d results", len(rs))
	}
}

func TestADDR20_ZonesDoNotMatterToLocalRouting(t *testing.T) {
	n := topo(t, `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets: {a: {vpc: vpc, cidr: 10.0.1.0/24, az: eu-west-1a}, b: {vpc: vpc, cidr: 10.0.2.0/24, az: eu-west-1c}}
instances: {host-a: {subnet: a, private_ip: 10.0.1.10}, host-b: {subnet: b, private_ip: 10.0.2.10}}
`)
	n.ask("host-a -> host-b tcp/80", reachable)
}

func TestADDR07_ResolverIsNoSite(t *testing.T) {
	n := topo(t, but(t, addrBase, "\nsubnets:", "\nvpn_gateways: {vgw: {vpc: vpc}}\nvpn_connections: {vpn: {gateway: vgw, routing: bgp}}\nexternal_networks: {dc: {cidrs: [10.0.0.0/29], behind: vpn}}\nsubnets:"))
	n.ask("a -> dc udp/53", unreachable, delivered(), because("forward DELIVERED_ELSEWHERE link-local service"))
}
