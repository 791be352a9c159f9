package eval_test

import "testing"

// Everything that leads to the internet, under VPC Block Public Access.
const bpaBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: 2001:db8:a::/56, account: "1", region: r1}, other: {cidr: 10.1.0.0/16, account: "2", region: r1}}
internet_gateways: {igw: {vpc: vpc}, igw-o: {vpc: other}}
egress_only_internet_gateways: {eigw: {vpc: vpc}}
carrier_gateways: {cagw: {vpc: vpc}}
external_networks: {phones: {cidrs: [198.18.0.0/24], behind: cagw}}
nat_gateways: {nat: {subnet: s-nat, private_ip: 10.0.0.20, public_ip: 203.0.113.20}}
block_public_access:
  bpa: {account: "1", region: r1, internet_gateway_block_mode: MODE, exclusions: [EXCLUSIONS]}
subnets:
  s-nat: {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-pub}
  s-web: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb-pub}
  s-app: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-app}
  s-six: {vpc: vpc, ipv6_cidr: "2001:db8:a:3::/64", route_table: rtb-six}
  s-wl: {vpc: vpc, cidr: 10.0.4.0/24, route_table: rtb-wl}
  s-fw: {vpc: vpc, cidr: 10.0.5.0/24, route_table: rtb-pub}
  s-behind: {vpc: vpc, cidr: 10.0.6.0/24, route_table: rtb-behind}
  s-o: {vpc: other, cidr: 10.1.0.0/24, route_table: rtb-o}
route_tables:
  rtb-pub: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}, {destination: "::/0", target: igw}]}
  rtb-app: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}
  rtb-six: {vpc: vpc, routes: [{destination: "::/0", target: eigw}]}
  rtb-wl: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: cagw}]}
  rtb-behind: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: vpce}]}
  rtb-edge: {vpc: vpc, edge_associations: [igw], routes: [{destination: 10.0.6.0/24, target: vpce}]}
  rtb-o: {vpc: other, routes: [{destination: 0.0.0.0/0, target: igw-o}]}
vpc_endpoints: {vpce: {type: gateway_load_balancer, subnet: s-fw, service: inspection}}
security_groups:
  sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}, {protocol: all, source: "::/0"}]}
  sg-o: {vpc: other, ingress: [{protocol: all, source: 0.0.0.0/0}]}
instances:
  web: {subnet: s-web, private_ip: 10.0.1.10, public_ip: 203.0.113.10, ipv6: "2001:db8:a:1::10", security_groups: [sg]}
  app: {subnet: s-app, private_ip: 10.0.2.10, security_groups: [sg]}
  six: {subnet: s-six, ipv6: "2001:db8:a:3::10", security_groups: [sg]}
  edge: {subnet: s-wl, private_ip: 10.0.4.10, carrier_ip: 155.146.0.10, security_groups: [sg]}
  behind: {subnet: s-behind, private_ip: 10.0.6.10, public_ip: 203.0.113.60, security_groups: [sg]}
  o: {subnet: s-o, private_ip: 10.1.0.10, public_ip: 203.0.113.11, security_groups: [sg-o]}
`

// bpa asks one table of questions: those in works are reachable, all others
// are stopped by Block Public Access.
func bpa(t *testing.T, mode, exclusions string, works ...string) {
	t.Helper()
	n := topo(t, but(t, bpaBase, "MODE", mode, "EXCLUSIONS", exclusions))
	for _, q := range []string{
		"web -> 198.51.100.7 tcp/443", "internet -> web tcp/443", "web -> internet6 tcp/443", "internet6 -> web tcp/443",
		"app -> 198.51.100.7 tcp/443", "six -> internet6 tcp/443", "edge -> 198.51.100.7 tcp/443", "phones -> edge tcp/443",
		"behind -> 198.51.100.7 tcp/443", "internet -> behind tcp/443",
	} {
		verdict, wants := unreachable, []want{because("forward VPC_BLOCK_PUBLIC_ACCESS_ENABLED bpa")}
		for _, w := range works {
			if w == q {
				verdict, wants = reachable, nil
			}
		}
		n.ask(q, verdict, wants...)
	}
	n.ask("internet -> o tcp/443", reachable) // another account
	n.ask("web -> app tcp/443", reachable)    // not by a gateway
}

func TestIGW16_BlockBidirectionalLetsNothingThrough(t *testing.T) {
	bpa(t, "block-bidirectional", "")
}

func TestIGW16_BlockIngressLetsNATAndEgressOnlyGatewaysOut(t *testing.T) {
	bpa(t, "block-ingress", "", "app -> 198.51.100.7 tcp/443", "six -> internet6 tcp/443")
}

func TestIGW16_OffIsOff(t *testing.T) {
	n := topo(t, but(t, bpaBase, "MODE", "off", "EXCLUSIONS", ""))
	n.ask("internet -> web tcp/443", reachable)
	n.ask("phones -> edge tcp/443", reachable)
}

func TestIGW16_ExclusionOfAVPC(t *testing.T) {
	all := []string{"web -> 198.51.100.7 tcp/443", "internet -> web tcp/443", "web -> internet6 tcp/443", "internet6 -> web tcp/443",
		"app -> 198.51.100.7 tcp/443", "six -> internet6 tcp/443", "edge -> 198.51.100.7 tcp/443", "phones -> edge tcp/443",
		"behind -> 198.51.100.7 tcp/443", "internet -> behind tcp/443"}
	bpa(t, "block-bidirectional", "{vpc: vpc, internet_gateway_exclusion_mode: allow-bidirectional}", all...)
	bpa(t, "block-ingress", "{vpc: vpc, internet_gateway_exclusion_mode: allow-bidirectional}", all...)
	bpa(t, "block-bidirectional", "{vpc: vpc, internet_gateway_exclusion_mode: allow-egress}",
		"web -> 198.51.100.7 tcp/443", "web -> internet6 tcp/443", "app -> 198.51.100.7 tcp/443", "six -> internet6 tcp/443", "edge -> 198.51.100.7 tcp/443", "behind -> 198.51.100.7 tcp/443")
}

func TestIGW16_ExclusionOfASubnet(t *testing.T) {
	bpa(t, "block-bidirectional", "{subnet: s-web, internet_gateway_exclusion_mode: allow-bidirectional}",
		"web -> 198.51.100.7 tcp/443", "internet -> web tcp/443", "web -> internet6 tcp/443", "internet6 -> web tcp/443")
	// The NAT gateway's subnet counts, not its client's.
	bpa(t, "block-bidirectional", "{subnet: s-app, internet_gateway_exclusion_mode: allow-bidirectional}")
	bpa(t, "block-bidirectional", "{subnet: s-nat, internet_gateway_exclusion_mode: allow-egress}", "app -> 198.51.100.7 tcp/443")
	// One for egress alone is of no use beside block-ingress.
	bpa(t, "block-ingress", "{subnet: s-web, internet_gateway_exclusion_mode: allow-egress}", "app -> 198.51.100.7 tcp/443", "six -> internet6 tcp/443")
}

// What is inspected on the way is blocked, whichever subnet is excluded.
func TestIGW16_SubnetExclusionsDoNotHelpBehindAnInspectingEndpoint(t *testing.T) {
	bpa(t, "block-bidirectional", "{subnet: s-fw, internet_gateway_exclusion_mode: allow-bidirectional}, {subnet: s-behind, internet_gateway_exclusion_mode: allow-bidirectional}")
}

// A connection from a VPC to its own public address leaves and comes in: the
// second half is begun outside.
func TestIGW16_OwnPublicAddressComesInFromOutside(t *testing.T) {
	n := topo(t, but(t, bpaBase, "MODE", "block-ingress", "EXCLUSIONS", ""))
	n.ask("app -> 203.0.113.10 tcp/443", unreachable, blocked("forward VPC_BLOCK_PUBLIC_ACCESS_ENABLED bpa"))
}

func TestIGW16_TheApplianceOfAnIngressRouteNeedsTheExclusion(t *testing.T) {
	ingress := `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
block_public_access: {bpa: {internet_gateway_block_mode: block-bidirectional, exclusions: [{subnet: WHICH, internet_gateway_exclusion_mode: allow-bidirectional}]}}
subnets:
  s-web: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-web}
  s-fw: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-fw}
route_tables:
  rtb-web: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: fw}]}
  rtb-fw: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-edge: {vpc: vpc, edge_associations: [igw], routes: [{destination: 10.0.1.0/24, target: fw}]}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances:
  web: {subnet: s-web, private_ip: 10.0.1.10, public_ip: 203.0.113.10, security_groups: [sg]}
  fw: {subnet: s-fw, private_ip: 10.0.2.10, public_ip: 203.0.113.20, security_groups: [sg], source_dest_check: false, ip_forward: true}
`
	topo(t, but(t, ingress, "WHICH", "s-fw")).ask("internet -> web tcp/443", reachable, via("igw", "bpa", "fw"))
	topo(t, but(t, ingress, "WHICH", "s-web")).ask("internet -> web tcp/443", unreachable, blocked("forward VPC_BLOCK_PUBLIC_ACCESS_ENABLED bpa"))
}

// It knows connections: a reply passes wherever it leaves, also by a subnet
// that no exclusion names.
func TestIGW16_RepliesOfWhatPassesPass(t *testing.T) {
	const twoLegs = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
block_public_access: {bpa: {internet_gateway_block_mode: block-bidirectional, exclusions: [{subnet: WHICH, internet_gateway_exclusion_mode: allow-bidirectional}]}}
subnets:
  s-in: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb}
  s-out: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb}
route_tables: {rtb: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances: {host: {}}
network_interfaces:
  eth0: {subnet: s-out, private_ip: 10.0.2.10, instance: host, security_groups: [sg], source_dest_check: false}
  eth1: {subnet: s-in, private_ip: 10.0.1.10, public_ip: 203.0.113.10, instance: host, security_groups: [sg], source_dest_check: false}
`
	topo(t, but(t, twoLegs, "WHICH", "s-in")).ask("internet -> 203.0.113.10 tcp/443", reachable, via("igw", "bpa"), back("igw"))
	topo(t, but(t, twoLegs, "WHICH", "s-out")).ask("internet -> 203.0.113.10 tcp/443", unreachable, because("forward VPC_BLOCK_PUBLIC_ACCESS_ENABLED bpa"))
}

// A reply that leaves by a gateway which its request has not passed belongs to
// no connection that is known there.
func TestIGW16_RepliesOfWhatHasNotPassedAreBlocked(t *testing.T) {
	const byPeering = `
vpcs: {vpc-a: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56", account: "1"}, vpc-b: {cidr: 10.1.0.0/16, ipv6_cidr: "2001:db8:b::/56", account: "2"}}
internet_gateways: {igw-a: {vpc: vpc-a}, igw-b: {vpc: vpc-b}}
peering_connections: {pcx: {requester: vpc-a, accepter: vpc-b}}
block_public_access: {bpa: {account: WHOSE, internet_gateway_block_mode: MODE, exclusions: [EXCLUSIONS]}}
subnets:
  s-a: {vpc: vpc-a, ipv6_cidr: "2001:db8:a::/64", route_table: rtb-a}
  s-b: {vpc: vpc-b, ipv6_cidr: "2001:db8:b::/64", route_table: rtb-b}
route_tables:
  rtb-a: {vpc: vpc-a, routes: [{destination: "::/0", target: igw-a}, {destination: "2001:db8:b::/56", target: pcx}]}
  rtb-b: {vpc: vpc-b, routes: [{destination: "::/0", target: igw-b}]}
security_groups: {sg-b: {vpc: vpc-b, ingress: [{protocol: all, source: "::/0"}]}}
instances:
  a: {subnet: s-a, ipv6: "2001:db8:a::10"}
  b: {subnet: s-b, ipv6: "2001:db8:b::10", security_groups: [sg-b]}
`
	ask := func(whose, mode, exclusions string) *network {
		return topo(t, but(t, byPeering, "WHOSE", whose, "MODE", mode, "EXCLUSIONS", exclusions))
	}
	const q = "a -> b tcp/443"
	stopped := blocked("return VPC_BLOCK_PUBLIC_ACCESS_ENABLED bpa")
	for _, mode := range []string{"block-bidirectional", "block-ingress"} {
		ask(`"1"`, mode, "").ask(q, unreachable, stopped) // where it comes in
		ask(`"2"`, mode, "").ask(q, unreachable, stopped) // where it goes out
		ask(`"2"`, mode, "{subnet: s-b, internet_gateway_exclusion_mode: allow-bidirectional}").ask(q, reachable, back("bpa", "igw-b", "igw-a"))
	}
	ask(`"1"`, "off", "").ask(q, reachable)
	const egress = "internet_gateway_exclusion_mode: allow-egress}"
	ask(`"1"`, "block-bidirectional", "{subnet: s-a, "+egress).ask(q, unreachable, stopped)
	ask(`"2"`, "block-ingress", "{subnet: s-b, "+egress).ask(q, unreachable, stopped)
	ask(`"2"`, "block-bidirectional", "{subnet: s-b, "+egress).ask(q, unknown)
}
