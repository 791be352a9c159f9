package eval_test

import "testing"

func TestNGW07_ClientsPortsAndGatewaysPortsAreTwoThings(t *testing.T) {
	n := topo(t, but(t, ngwBase, "{rule: 2, action: allow, protocol: tcp, ports: 1024-65535, cidr: 0.0.0.0/0}", "{rule: 2, action: allow, protocol: tcp, ports: 32768-65535, cidr: 0.0.0.0/0}",
		"ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]", "ingress: [{rule: 1, action: allow, protocol: tcp, ports: 40000-65535, cidr: 0.0.0.0/0}]"))
	n.ask("app -> 198.51.100.7 tcp/443", partial, sometimesFor("10.0.1.10", "443", "40000-65535"))
	n.ask("app -> 198.51.100.7 tcp/443 from 1024-39999", unreachable)
}

func TestNI11_KeptPortsAreJudgedExactly(t *testing.T) {
	n := topo(t, but(t, niBase, "pub: {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-pub}", "pub: {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-pub, network_acl: acl}",
		"security_groups:\n", "network_acls: {acl: {vpc: vpc, ingress: [{rule: 1, action: allow, protocol: all, cidr: 10.0.0.0/16}, {rule: 2, action: allow, protocol: tcp, ports: 32768-65535, cidr: 0.0.0.0/0}], egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]}}\nsecurity_groups:\n"))
	n.ask("web -> "+client+" tcp/443", partial, worksFor("10.0.1.24", "443", "32768-65535"), because("return SUBNET_ACL_RESTRICTION acl ingress"))
}

func TestNI14_SomeClientsAreMasqueraded(t *testing.T) {
	// only the office's clients are, and only they find the way back
	n := topo(t, but(t, niBase, "masquerade: [{source: 10.0.0.0/16}]", "masquerade: [{source: 198.51.100.0/24}]", "rtb-priv: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}", "rtb-priv: {vpc: vpc}"))
	n.ask("internet -> nat tcp/50001", partial, worksFor("198.51.100.0/24", "50001", "1024-65535"), because("return NO_ROUTE_TO_DESTINATION rtb-priv"))
	n.ask("198.51.100.0/24 -> nat tcp/50001", reachable, seen("10.0.0.155"))
}

// A firewall with an interface inside and one, the primary, outside.
const twoSided = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
subnets:
  app: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-app}
  inside: {vpc: vpc, cidr: 10.0.2.0/24, network_acl: acl-in}
  outside: {vpc: vpc, cidr: 10.0.3.0/24, route_table: rtb-out, network_acl: acl-out}
route_tables:
  rtb-app: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: eni-in}]}
  rtb-out: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
network_acls:
  acl-in: &any {vpc: vpc, ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
  acl-out: {<<: *any}
security_groups:
  sg-app: {vpc: vpc}
  sg-in: {vpc: vpc, ingress: [{protocol: all, source: 10.0.0.0/16}], egress: []}
  sg-out: {vpc: vpc, ingress: [], egress: [EGRESS]}
instances:
  a: {subnet: app, private_ip: 10.0.1.10, security_groups: [sg-app]}
  fw: {ip_forward: true, masquerade: [{source: 10.0.0.0/16}]}
network_interfaces:
  eni-out: {instance: fw, subnet: outside, private_ip: 10.0.3.10, public_ip: 203.0.113.3, source_dest_check: false, security_groups: [sg-out]}
  eni-in: {instance: fw, subnet: inside, private_ip: 10.0.2.10, source_dest_check: false, security_groups: [sg-in]}
`

func TestNI21_ForwardedThroughTwoInterfaces(t *testing.T) {
	n := topo(t, but(t, twoSided, "EGRESS", "{protocol: all, destination: 0.0.0.0/0}"))
	n.ask("a -> 198.51.100.7 tcp/443", reachable, via("fw", "igw"), back("igw", "fw"), seen("203.0.113.3"), translated("fw 10.0.1.10 > 10.0.3.10", "igw 10.0.3.10 > 203.0.113.3"),
		groups("sg-app egress", "sg-in ingress", "sg-out egress"), acls("vpc.default_network_acl egress", "acl-in ingress", "acl-out egress"),
		replyACLs("acl-out ingress", "acl-out egress", "vpc.default_network_acl ingress")) // the host's default route leads the reply out by eni-out again
	// which has a record of the translated connection only: to the client it is a new one
	n = topo(t, but(t, twoSided, "EGRESS", "{protocol: tcp, ports: 443, destination: 0.0.0.0/0}"))
	n.ask("a -> 198.51.100.7 tcp/443", unreachable, forwardOnly, blocked("return ENI_SG_RULES_MISMATCH sg-out egress"))
}

func TestGW12_NATGatewayInARedirectedSubnet(t *testing.T) {
	yaml := but(t, ngwBase, "route_tables:\n", "route_tables:\n  rtb-in: {vpc: vpc, edge_associations: [igw], routes: [{destination: 10.0.0.0/24, target: eni-fw}]}\n  rtb-fw: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}\n",
		"subnets:\n", "subnets:\n  s-fw: {vpc: vpc, cidr: 10.0.9.0/24, route_table: rtb-fw}\n", "instances:\n", "network_interfaces: {eni-fw: {instance: fw, subnet: s-fw, private_ip: 10.0.9.10, public_ip: 203.0.113.9, source_dest_check: false, security_groups: [sg-open]}}\ninstances:\n  fw: {ip_forward: true}\n",
		"  sg-ref: {vpc", "  sg-open: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}\n  sg-ref: {vpc")
	n := topo(t, yaml)
	n.ask("app -> 198.51.100.7 tcp/443", unreachable, because("forward INGRESS_RTB_TRAFFIC_REDIRECTION igw"))
	through := topo(t, but(t, yaml, "rtb-nat: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}", "rtb-nat: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: eni-fw}]}"))
	through.ask("app -> 198.51.100.7 tcp/443", reachable, via("nat", "fw", "igw"), back("igw", "fw", "nat"), seen("203.0.113.20"))
}

func TestVPNI09_EndInAPrivateSubnetBehindANATGateway(t *testing.T) {
	yaml := but(t, vpniBase, "private_ip: 10.0.0.5, public_ip: 203.0.113.1, ", "private_ip: 10.0.0.5, ", "rtb-edge-1: {vpc: one, routes: [{destination: 0.0.0.0/0, target: igw-1}]}", "rtb-edge-1: {vpc: one, routes: [{destination: 0.0.0.0/0, target: nat}]}\n  rtb-nat: {vpc: one, routes: [{destination: 0.0.0.0/0, target: igw-1}]}",
		"subnets:\n", "subnets:\n  s-nat: {vpc: one, cidr: 10.0.7.0/24, route_table: rtb-nat}\n", "instances:\n", "nat_gateways: {nat: {subnet: s-nat, private_ip: 10.0.7.20, public_ip: 203.0.113.20}}\ninstances:\n",
		"source: 203.0.113.1/32", "source: 203.0.113.20/32")
	n := topo(t, yaml)
	n.ask("vpn-1 -> 203.0.113.2 udp/1194 from 1194 reply", reachable, via("nat", "igw-1", "igw-2"))
	n.ask("a -> b tcp/5432", reachable, via("vpn-1", "tun", "vpn-2"))
	shut := topo(t, but(t, yaml, "source: 203.0.113.20/32", "source: 203.0.113.99/32"))
	shut.ask("a -> b tcp/5432", unreachable, because("forward TUNNEL_DOWN tun"))
}

func TestRT09_InIPv6(t *testing.T) {
	n := topo(t, but(t, gwBase, "rtb-plain: {vpc: vpc, routes: [", "rtb-plain: {vpc: vpc, routes: [{destination: \"2001:db8:a:1::/64\", target: eni-fw}, ", "rtb-app: {vpc: vpc, routes: [", "rtb-app: {vpc: vpc, routes: [{destination: \"2001:db8:a:3::/64\", target: eni-fw}, "))
	n.ask("other -> 2001:db8:a:1::10 tcp/80", reachable, via("appliance"), back("appliance"))
	n.ask("other -> server tcp/80", reachable, via()) // IPv4 has no such route
}

func TestM01_SourcesOfACIDR(t *testing.T) {
	n := sg(t, "[{protocol: tcp, ports: 80, source: sg-a}]")
	n.ask("10.0.1.10/31 -> b tcp/80", reachable, worksFor("10.0.1.10/31", "80", ""))
	// one answer for each host that has some of them; an address that nobody has sends nothing
	rs := n.asks("10.0.1.8/29 -> b tcp/80")
	if len(rs) != 2 || rs[0].From.Addrs.String() != "10.0.1.10/31" || rs[0].Verdict != reachable || rs[1].From.Addrs.String() != "10.0.1.12" || rs[1].Verdict != unreachable {
		t.Errorf("%d answers: %v", len(rs), rs)
	}
}
