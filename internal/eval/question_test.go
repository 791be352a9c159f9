package eval_test

import "testing"

// A protocol that exists in one family alone is asked over that family.
func TestQuestionICMPv6IsAskedOverIPv6(t *testing.T) {
	n := topo(t, `
vpcs: {v: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56"}}
subnets: {s: {vpc: v, cidr: 10.0.0.0/24, ipv6_cidr: "2001:db8:a::/64"}}
security_groups: {v4: {vpc: v, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances:
  x: {subnet: s, private_ip: 10.0.0.10, ipv6: "2001:db8:a::10", security_groups: [v4]}
  y: {subnet: s, private_ip: 10.0.0.11, ipv6: "2001:db8:a::11", security_groups: [v4]}
`)
	n.ask("x -> y icmpv6/128/0", unreachable, because("forward ENI_SG_RULES_MISMATCH v4 ingress"))
	n.ask("x -> y icmpv6", unreachable, because("forward ENI_SG_RULES_MISMATCH v4 ingress"))
	n.ask("x -> y icmp", reachable)
	n.ask("x -> 10.0.0.11 proto/58", unreachable, because("forward NO_ADDRESS_OF_FAMILY 10.0.0.11"))
	n.ask("x -> 2001:db8:a::11 icmp/8/0", unreachable, because("forward NO_ADDRESS_OF_FAMILY 2001:db8:a::11"))
}

// A host is found from the internet by whichever of its addresses has a public
// one.
func TestQuestionPublicAddressOfASecondary(t *testing.T) {
	n := topo(t, `
vpcs: {v: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: v}}
route_tables: {t: {vpc: v, routes: [{destination: 0.0.0.0/0, target: igw}]}}
subnets: {s: {vpc: v, cidr: 10.0.0.0/24, route_table: t}}
security_groups: {web: {vpc: v, ingress: [{protocol: tcp, ports: 80, source: 0.0.0.0/0}]}}
instances:
  web-1: {subnet: s, private_ip: 10.0.0.14, private_ips: [10.0.0.15], public_ips: {10.0.0.15: 203.0.113.15}, security_groups: [web]}
`)
	n.ask("internet -> web-1 tcp/80", reachable, delivered("web-1"))
	n.ask("198.51.100.7 -> eni-web-1 tcp/80", reachable, delivered("web-1"))
}
