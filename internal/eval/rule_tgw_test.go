package eval_test

import (
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/load"
)

// Two VPCs on a transit gateway with one table. Every subnet has its own ACL;
// in and out are apart, for each to be shut alone.
const tgwBase = `
vpcs: {one: {cidr: 10.1.0.0/16}, two: {cidr: 10.2.0.0/16}}
transit_gateways: {tgw: {}}
transit_gateway_route_tables:
  trt: {transit_gateway: tgw, routes: []}
transit_gateway_attachments:
  att-one: {transit_gateway: tgw, vpc: one, subnets: [t1], route_table: trt, propagates_to: [trt]}
  att-two: {transit_gateway: tgw, vpc: two, subnets: [t2], route_table: trt, propagates_to: [trt]}
subnets:
  s1: {vpc: one, cidr: 10.1.1.0/24, az: az-a, route_table: rtb-1, network_acl: acl-1}
  t1: {vpc: one, cidr: 10.1.9.0/24, az: az-a, route_table: rtb-t1, network_acl: acl-t1}
  s2: {vpc: two, cidr: 10.2.1.0/24, az: az-a, route_table: rtb-2, network_acl: acl-2}
  t2: {vpc: two, cidr: 10.2.9.0/24, az: az-a, route_table: rtb-t2, network_acl: acl-t2}
route_tables:
  rtb-1: {vpc: one, routes: [{destination: 10.0.0.0/8, target: tgw}, {destination: 172.16.0.0/12, target: tgw}]}
  rtb-t1: {vpc: one, routes: [{destination: 10.0.0.0/8, target: tgw}]}
  rtb-2: {vpc: two, routes: [{destination: 10.0.0.0/8, target: tgw}]}
  rtb-t2: {vpc: two, routes: [{destination: 10.0.0.0/8, target: tgw}]}
network_acls:
  acl-1: {vpc: one, ingress: [{rule: 1, action: allow, protocol: all, cidr: 10.2.0.0/16}, {rule: 2, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 3, action: allow, protocol: all, cidr: 10.2.0.0/16}, {rule: 4, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
  acl-t1: {vpc: one, ingress: [{rule: 5, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 6, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
  acl-2: {vpc: two, ingress: [{rule: 7, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 8, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
  acl-t2: {vpc: two, ingress: [{rule: 9, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 10, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
security_groups:
  sg-1: {vpc: one, ingress: [{protocol: all, source: 0.0.0.0/0}]}
  sg-2: {vpc: two, ingress: [{protocol: all, source: 0.0.0.0/0}]}
instances:
  a: {subnet: s1, private_ip: 10.1.1.10, security_groups: [sg-1]}
  ta: {subnet: t1, private_ip: 10.1.9.10, security_groups: [sg-1]}
  b: {subnet: s2, private_ip: 10.2.1.10, security_groups: [sg-2]}
  tb: {subnet: t2, private_ip: 10.2.9.10, security_groups: [sg-2]}
`

func TestTGW01_AttachmentJoinsAVPC(t *testing.T) {
	n := topo(t, tgwBase)
	n.ask("a -> b tcp/80", reachable, via("tgw", "att-two"), back("tgw", "att-one"), seen("10.1.1.10"), arrives("10.2.1.10 80", ""),
		routed("rtb-1 10.0.0.0/8 tgw"), routed("trt 10.2.0.0/16 att-two"), routed("rtb-t2 10.2.0.0/16 local"),
		replyRouted("rtb-2 10.0.0.0/8 tgw"), replyRouted("trt 10.1.0.0/16 att-one"), replyRouted("rtb-t1 10.1.0.0/16 local"))
	n.ask("a -> b udp/53 reply", reachable)
	n.ask("a -> b icmp", reachable)
	n.ask("a -> b proto/50", reachable)
	n.ask("a -> ta tcp/80", reachable, via()) // local, not by the gateway
	n.ask("a -> 10.2.1.77 tcp/80", unreachable, blocked("forward NO_POSSIBLE_DESTINATION two"))
	// without the attachment the route of the VPC leads nowhere
	gone := topo(t, but(t, tgwBase, "  att-one: {transit_gateway: tgw, vpc: one, subnets: [t1], route_table: trt, propagates_to: [trt]}\n", ""))
	gone.ask("a -> b tcp/80", unreachable, blocked("forward BAD_STATE_ROUTE rtb-1"))
	gone.ask("a -> ta tcp/80", reachable, via())
	// nor without the route
	dark := topo(t, but(t, tgwBase, "rtb-2: {vpc: two, routes: [{destination: 10.0.0.0/8, target: tgw}]}", "rtb-2: {vpc: two}"))
	dark.ask("a -> b tcp/80", unreachable, forwardOnly, blocked("return NO_ROUTE_TO_DESTINATION rtb-2"))
	dark.ask("a -> tb tcp/80", reachable)
}

func TestTGW02_AssociationDecidesWhatComesFromAnAttachment(t *testing.T) {
	none := topo(t, but(t, tgwBase, "subnets: [t1], route_table: trt, ", "subnets: [t1], "))
	none.ask("a -> b tcp/80", unreachable, blocked("forward TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION att-one"))
	none.ask("b -> a tcp/80", unreachable, forwardOnly, blocked("return TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION att-one"))
	// what an attachment propagates to is not what it uses
	two := but(t, tgwBase, "  trt: {transit_gateway: tgw, routes: []}", "  trt: {transit_gateway: tgw, routes: []}\n  trt-1: {transit_gateway: tgw}",
		"subnets: [t1], route_table: trt, propagates_to: [trt]", "subnets: [t1], route_table: trt-1, propagates_to: [trt]")
	topo(t, two).ask("a -> b tcp/80", unreachable, blocked("forward TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT trt-1"))
	topo(t, two).ask("b -> a tcp/80", unreachable, forwardOnly, blocked("return TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT trt-1"))
	both := topo(t, but(t, two, "subnets: [t2], route_table: trt, propagates_to: [trt]", "subnets: [t2], route_table: trt, propagates_to: [trt, trt-1]"))
	both.ask("a -> b tcp/80", reachable, routed("trt-1 10.2.0.0/16 att-two"), replyRouted("trt 10.1.0.0/16 att-one"))
}

func TestTGW03_PropagationBringsEveryBlock(t *testing.T) {
	more := but(t, tgwBase, "two: {cidr: 10.2.0.0/16}", "two: {cidrs: [10.2.0.0/16, 100.64.0.0/20], ipv6_cidr: \"2001:db8:2::/56\"}", "one: {cidr: 10.1.0.0/16}", "one: {cidr: 10.1.0.0/16, ipv6_cidr: \"2001:db8:1::/56\"}",
		"cidr: 10.1.1.0/24,", "cidr: 10.1.1.0/24, ipv6_cidr: \"2001:db8:1:1::/64\",", "cidr: 10.2.1.0/24,", "cidr: 10.2.1.0/24, ipv6_cidr: \"2001:db8:2:1::/64\",",
		"\nroute_tables:", "\n  s3: {vpc: two, cidr: 100.64.1.0/24, az: az-a, route_table: rtb-2}\nroute_tables:", "{destination: 172.16.0.0/12, target: tgw}", "{destination: 100.64.0.0/10, target: tgw}, {destination: \"2001:db8::/32\", target: tgw}",
		"rtb-2: {vpc: two, routes: [", "rtb-2: {vpc: two, routes: [{destination: \"2001:db8::/32\", target: tgw}, ",
		"a: {subnet: s1, ", "c: {subnet: s3, private_ip: 100.64.1.10, security_groups: [sg-2]}\n  a: {subnet: s1, ipv6: \"2001:db8:1:1::10\", ", "b: {subnet: s2, private_ip: 10.2.1.10,", "b: {subnet: s2, private_ip: 10.2.1.10, ipv6: \"2001:db8:2:1::10\",",
		"source: 0.0.0.0/0}]", "source: 0.0.0.0/0}, {protocol: all, source: \"::/0\"}], egress: [{protocol: all, destination: 0.0.0.0/0}, {protocol: all, destination: \"::/0\"}]",
		"protocol: all, cidr: 0.0.0.0/0}]", "protocol: all, cidr: 0.0.0.0/0}, {rule: 90, action: allow, protocol: all, cidr: \"::/0\"}]")
	n := topo(t, more)
	n.ask("a -> c tcp/80", reachable, routed("trt 100.64.0.0/20 att-two"))
	n.ask("a -> 2001:db8:2:1::10 tcp/80", reachable, routed("trt 2001:db8:2::/56 att-two"), seen("2001:db8:1:1::10"))
	n.ask("a -> 100.64.64.1 tcp/80", unreachable, blocked("forward TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT trt"))
	none := topo(t, but(t, tgwBase, "subnets: [t2], route_table: trt, propagates_to: [trt]", "subnets: [t2], route_table: trt"))
	none.ask("a -> b tcp/80", unreachable, blocked("forward TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT trt"))
	none.ask("b -> a tcp/80", unreachable, forwardOnly)
	static := topo(t, but(t, tgwBase, "subnets: [t2], route_table: trt, propagates_to: [trt]", "subnets: [t2], route_table: trt", "routes: []", "routes: [{destination: 10.2.1.0/24, target: att-two}]"))
	static.ask("a -> b tcp/80", reachable, routed("trt 10.2.1.0/24 att-two"))
	static.ask("a -> tb tcp/80", unreachable, blocked("forward TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT trt"))
}

// A third VPC with the addresses of the second, and sites, behind one gateway.
const tgwTies = `
vpn_connections:
  vpn-bgp: {gateway: tgw, routing: bgp}
  vpn-bgp-2: {gateway: tgw, routing: bgp}
direct_connect_gateways: {dx: {}}
external_networks:
  by-bgp: {cidrs: [172.31.0.0/16, 172.30.1.0/24, 10.2.0.0/16], behind: vpn-bgp}
  by-dx: {cidrs: [172.30.0.0/16, 172.31.0.0/16, 10.2.0.0/16], behind: dx}
`

// tgwWith adds sections of ties to the base, with these attachments.
func tgwWith(t *testing.T, sections, attachments string) string {
	t.Helper()
	return but(t, tgwBase, "\nsubnets:\n", "\n"+attachments+"subnets:\n") + strings.TrimPrefix(sections, "\n")
}

func TestTGW04_LongestPrefixThenStaticVPCDirectConnectVPN(t *testing.T) {
	const (
		vpn = "  att-vpn: {transit_gateway: tgw, vpn_connection: vpn-bgp, route_table: trt, propagates_to: [trt]}\n"
		dx  = "  att-dx: {transit_gateway: tgw, direct_connect_gateway: dx, route_table: trt, propagates_to: [trt]}\n"
	)
	yaml := tgwWith(t, tgwTies, vpn+dx)
	n := topo(t, yaml)
	n.ask("a -> 172.31.5.5 tcp/80", reachable, delivered("by-dx"), routed("trt 172.31.0.0/16 att-dx"))   // before VPN
	n.ask("a -> 172.30.1.5 tcp/80", reachable, delivered("by-bgp"), routed("trt 172.30.1.0/24 att-vpn")) // longer
	n.ask("a -> b tcp/80", reachable, delivered("b"), routed("trt 10.2.0.0/16 att-two"))                 // a VPC's before both
	static := topo(t, but(t, yaml, "routes: []", "routes: [{destination: 172.31.0.0/16, target: att-vpn}, {destination: 10.2.0.0/16, target: att-dx}]"))
	static.ask("a -> 172.31.5.5 tcp/80", reachable, delivered("by-bgp"))
	static.ask("a -> 10.2.1.10 tcp/80", reachable, delivered("by-dx"))
	wide := topo(t, but(t, yaml, "routes: []", "routes: [{destination: 10.0.0.0/8, target: att-dx}]"))
	wide.ask("a -> b tcp/80", reachable, delivered("b")) // static, but shorter
}

func TestTGW05_BlackholeAndNoRouteDrop(t *testing.T) {
	hole := topo(t, but(t, tgwBase, "routes: []", "routes: [{destination: 10.2.1.0/24, target: blackhole}]"))
	hole.ask("a -> b tcp/80", unreachable, blocked("forward TGW_RTB_BAD_STATE_ROUTE trt"))
	hole.ask("a -> tb tcp/80", reachable)
	hole.ask("b -> a tcp/80", unreachable, forwardOnly, blocked("return TGW_RTB_BAD_STATE_ROUTE trt"))
	short := topo(t, but(t, tgwBase, "routes: []", "routes: [{destination: 10.0.0.0/8, target: blackhole}]"))
	short.ask("a -> b tcp/80", reachable)
	short.ask("a -> 10.7.1.1 tcp/80", unreachable, blocked("forward TGW_RTB_BAD_STATE_ROUTE trt"))
	equal := topo(t, but(t, tgwBase, "routes: []", "routes: [{destination: 10.2.0.0/16, target: blackhole}]"))
	equal.ask("a -> b tcp/80", unreachable, blocked("forward TGW_RTB_BAD_STATE_ROUTE trt")) // static before propagated
	topo(t, tgwBase).ask("a -> 10.7.1.1 tcp/80", unreachable, blocked("forward TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT trt"))
}

func TestTGW06_ZoneOfTheSenderNeedsASubnetOfTheAttachment(t *testing.T) {
	far := but(t, tgwBase, "s1: {vpc: one, cidr: 10.1.1.0/24, az: az-a", "s1: {vpc: one, cidr: 10.1.1.0/24, az: az-b")
	n := topo(t, far)
	n.ask("a -> b tcp/80", unreachable, blocked("forward TGW_ROUTE_AZ_RESTRICTION att-one"))
	n.ask("ta -> b tcp/80", reachable)
	// what arrives reaches any zone; it is the answer that does not get out
	n.ask("b -> a tcp/80", unreachable, forwardOnly, blocked("return TGW_ROUTE_AZ_RESTRICTION att-one"))
	n.ask("b -> a udp/80", reachable)
	both := topo(t, but(t, far, "subnets: [t1]", "subnets: [t1, t1b]", "\nroute_tables:", "\n  t1b: {vpc: one, cidr: 10.1.10.0/24, az: az-b}\nroute_tables:"))
	both.ask("a -> b tcp/80", reachable)
	both.ask("b -> a tcp/80", reachable)
}

func TestTGW08_AttachmentSubnetsTableRoutesWhatEnters(t *testing.T) {
	yaml := but(t, tgwBase, "rtb-t2: {vpc: two, routes: [", "rtb-t2: {vpc: two, routes: [{destination: 10.2.1.0/24, target: eni-fw}, ", "\nroute_tables:", "\n  s-fw: {vpc: two, cidr: 10.2.5.0/24, az: az-a, route_table: rtb-2}\nroute_tables:",
		"\ninstances:", "\nnetwork_interfaces: {eni-fw: {instance: fw, subnet: s-fw, private_ip: 10.2.5.5, source_dest_check: false, security_groups: [sg-2]}}\ninstances:\n  fw: {ip_forward: true}",
		"rtb-2: {vpc: two, routes: [", "rtb-2: {vpc: two, routes: [{destination: 10.1.0.0/16, target: BACK}, ")
	n := topo(t, but(t, yaml, "route_table: rtb-2, network_acl: acl-2", "route_table: rtb-b, network_acl: acl-2", "target: BACK", "target: tgw", "\nnetwork_acls:", "\n  rtb-b: {vpc: two, routes: [{destination: 10.1.0.0/16, target: eni-fw}]}\nnetwork_acls:"))
	n.ask("a -> b tcp/80", reachable, via("tgw", "att-two", "fw"), back("fw", "tgw", "att-one"), routed("rtb-t2 10.2.1.0/24 eni-fw"))
	n.ask("a -> tb tcp/80", reachable, via("tgw", "att-two")) // in the attachment's own subnet: no table
	// the same route in the table of the subnet that is meant changes nothing
	other := topo(t, but(t, tgwBase, "rtb-1: {vpc: one, routes: [", "rtb-1: {vpc: one, routes: [{destination: 10.1.9.0/24, target: blackhole}, "))
	other.ask("b -> a tcp/80", reachable, via("tgw", "att-one"))
}

func TestTGW09_ACLsWithTheWorkloadInAnotherSubnet(t *testing.T) {
	n := topo(t, tgwBase)
	n.ask("a -> b tcp/80", reachable, acls("acl-1 egress", "acl-t1 ingress", "acl-t2 egress", "acl-2 ingress"),
		replyACLs("acl-2 egress", "acl-t2 ingress", "acl-t1 egress", "acl-1 ingress"), groups("sg-1 egress", "sg-2 ingress"))
	deny := func(rule string, cidr string) *network {
		return topo(t, but(t, tgwBase, "{rule: "+rule+", action: allow, protocol: all, cidr: 0.0.0.0/0}", "{rule: 80, action: deny, protocol: tcp, ports: 80, cidr: "+cidr+"}, {rule: 81, action: allow, protocol: all, cidr: 0.0.0.0/0}"))
	}
	for _, c := range []struct{ rule, cidr, blocker string }{
		{"5", "10.1.1.10/32", "forward SUBNET_ACL_RESTRICTION acl-t1 ingress"}, // in at the attachment, by source
		{"6", "10.2.1.10/32", ""}, // its way out is not asked
		{"6", "0.0.0.0/0", ""},
		{"10", "10.2.1.10/32", "forward SUBNET_ACL_RESTRICTION acl-t2 egress"}, // out of the attachment, by destination
		{"9", "10.1.1.10/32", ""}, // its way in is not asked
		{"9", "0.0.0.0/0", ""},
		{"7", "10.1.1.10/32", "forward SUBNET_ACL_RESTRICTION acl-2 ingress"},
		{"7", "10.2.9.0/24", ""}, // the attachment is nobody's source
		{"8", "0.0.0.0/0", ""},
	} {
		if n := deny(c.rule, c.cidr); c.blocker == "" {
			n.ask("a -> b tcp/80", reachable)
		} else {
			n.ask("a -> b tcp/80", unreachable, blocked(c.blocker))
		}
	}
	out := topo(t, but(t, tgwBase, "{rule: 3, action: allow,", "{rule: 3, action: deny,"))
	out.ask("a -> b tcp/80", unreachable, blocked("forward SUBNET_ACL_RESTRICTION acl-1 egress"))
	in := topo(t, but(t, tgwBase, "{rule: 1, action: allow,", "{rule: 1, action: deny,"))
	in.ask("a -> b tcp/80", unreachable, forwardOnly, blocked("return SUBNET_ACL_RESTRICTION acl-1 ingress"))
}

func TestTGW10_ACLsWithTheWorkloadInTheAttachmentsSubnet(t *testing.T) {
	n := topo(t, tgwBase)
	n.ask("ta -> tb tcp/80", reachable, acls("acl-t1 egress", "acl-t1 ingress"), replyACLs("acl-t2 egress", "acl-t2 ingress"), groups("sg-1 egress", "sg-2 ingress"))
	n.ask("ta -> b tcp/80", reachable, acls("acl-t1 egress", "acl-t1 ingress", "acl-t2 egress", "acl-2 ingress"), replyACLs("acl-2 egress", "acl-t2 ingress"))
	n.ask("a -> tb tcp/80", reachable, acls("acl-1 egress", "acl-t1 ingress"), replyACLs("acl-t2 egress", "acl-t2 ingress", "acl-t1 egress", "acl-1 ingress"))
	// nothing is asked on the way in
	shut := topo(t, but(t, tgwBase, "{rule: 9, action: allow, protocol: all, cidr: 0.0.0.0/0}", "{rule: 9, action: deny, protocol: tcp, ports: 80, cidr: 0.0.0.0/0}, {rule: 19, action: allow, protocol: all, cidr: 0.0.0.0/0}",
		"{rule: 10, action: allow, protocol: all, cidr: 0.0.0.0/0}", "{rule: 10, action: deny, protocol: tcp, ports: 80, cidr: 0.0.0.0/0}, {rule: 20, action: allow, protocol: all, cidr: 0.0.0.0/0}"))
	shut.ask("a -> tb tcp/80", reachable)
	shut.ask("a -> b tcp/80", unreachable, blocked("forward SUBNET_ACL_RESTRICTION acl-t2 egress"))
	// both are on the way out: out by destination, in by source
	in := topo(t, but(t, tgwBase, "{rule: 5, action: allow, protocol: all, cidr: 0.0.0.0/0}", "{rule: 5, action: allow, protocol: all, cidr: 10.1.1.0/24}"))
	in.ask("ta -> b tcp/80", unreachable, blocked("forward SUBNET_ACL_RESTRICTION acl-t1 ingress"))
	in.ask("a -> b tcp/80", reachable)
	out := topo(t, but(t, tgwBase, "{rule: 6, action: allow, protocol: all, cidr: 0.0.0.0/0}", "{rule: 6, action: allow, protocol: all, cidr: 10.1.0.0/16}"))
	out.ask("ta -> b tcp/80", unreachable, blocked("forward SUBNET_ACL_RESTRICTION acl-t1 egress"))
	out.ask("a -> b tcp/80", reachable)
}

func TestTGW11_SecondVPCWithTheSameBlockIsNotPropagated(t *testing.T) {
	yaml := but(t, tgwBase, "two: {cidr: 10.2.0.0/16}}", "two: {cidr: 10.2.0.0/16}, dup: {cidr: 10.2.0.0/16}}", "\nsubnets:\n",
		"\n  att-dup: {transit_gateway: tgw, vpc: dup, subnets: [t3], route_table: trt, propagates_to: [trt]}\nsubnets:\n  t3: {vpc: dup, cidr: 10.2.1.0/24, az: az-a, route_table: rtb-3}\n",
		"\nnetwork_acls:", "\n  rtb-3: {vpc: dup, routes: [{destination: 10.0.0.0/8, target: tgw}]}\nnetwork_acls:", "\ninstances:", "\n  sg-3: {vpc: dup, ingress: [{protocol: all, source: 0.0.0.0/0}]}\ninstances:\n  d: {subnet: t3, private_ip: 10.2.1.10, security_groups: [sg-3]}")
	n := topo(t, yaml)
	n.ask("a -> 10.2.1.10 tcp/80", reachable, delivered("b"), via("tgw", "att-two"))
	n.ask("a -> d tcp/80", unreachable)
	over := topo(t, but(t, yaml, "dup: {cidr: 10.2.0.0/16}", "dup: {cidr: 10.2.0.0/20}")) // overlapping is enough
	over.ask("a -> 10.2.1.10 tcp/80", reachable, delivered("b"), via("tgw", "att-two"))
	static := topo(t, but(t, yaml, "routes: []", "routes: [{destination: 10.2.0.0/16, target: att-dup}]"))
	static.ask("a -> 10.2.1.10 tcp/80", reachable, delivered("d"), via("tgw", "att-dup"))
}

func TestTGW13_NoGroupOnTheAttachmentAndNoneReferred(t *testing.T) {
	n := topo(t, tgwBase)
	n.ask("a -> b tcp/80", reachable, groups("sg-1 egress", "sg-2 ingress"))
	ref := topo(t, but(t, tgwBase, "sg-2: {vpc: two, ingress: [{protocol: all, source: 0.0.0.0/0}]}", "sg-2: {vpc: two, ingress: [{protocol: all, source: sg-1}]}"))
	ref.ask("a -> b tcp/80", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-2 ingress"))
}

func TestTGW15_PeeringOfGatewaysIsStaticAndOfBothSides(t *testing.T) {
	yaml := but(t, tgwBase, "{tgw: {}}", "{tgw: {}, far: {}}", "  trt: {transit_gateway: tgw, routes: []}", "  trt: {transit_gateway: tgw, routes: [{destination: 10.2.0.0/16, target: peer-tgw}]}\n  frt: {transit_gateway: far, routes: [{destination: 10.1.0.0/16, target: peer-far}]}",
		"att-two: {transit_gateway: tgw, vpc: two, subnets: [t2], route_table: trt, propagates_to: [trt]}", "att-two: {transit_gateway: far, vpc: two, subnets: [t2], route_table: frt, propagates_to: [frt]}\n  peer-tgw: {transit_gateway: tgw, peer: far, route_table: trt}\n  peer-far: {transit_gateway: far, peer: tgw, route_table: frt}",
		"rtb-2: {vpc: two, routes: [{destination: 10.0.0.0/8, target: tgw}]}", "rtb-2: {vpc: two, routes: [{destination: 10.0.0.0/8, target: far}]}", "rtb-t2: {vpc: two, routes: [{destination: 10.0.0.0/8, target: tgw}]}", "rtb-t2: {vpc: two}")
	n := topo(t, yaml)
	n.ask("a -> b tcp/80", reachable, routed("trt 10.2.0.0/16 peer-tgw"), routed("frt 10.2.0.0/16 att-two"), replyRouted("frt 10.1.0.0/16 peer-far"), seen("10.1.1.10"))
	n.ask("b -> a tcp/80", reachable)
	one := topo(t, but(t, yaml, "routes: [{destination: 10.1.0.0/16, target: peer-far}]", "routes: []"))
	one.ask("a -> b tcp/80", unreachable, forwardOnly, blocked("return TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT frt"))
	pending := topo(t, but(t, yaml, "  peer-far: {transit_gateway: far, peer: tgw, route_table: frt}\n", "", "routes: [{destination: 10.1.0.0/16, target: peer-far}]", "routes: []"))
	pending.ask("a -> b tcp/80", unreachable, because("forward BAD_STATE_ATTACHMENT peer-tgw"))
	loose := topo(t, but(t, yaml, "peer: tgw, route_table: frt}", "peer: tgw}"))
	loose.ask("a -> b tcp/80", unreachable, blocked("forward TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION peer-far"))
}

// refused wants the loader to refuse a topology with this text.
func refused(t *testing.T, yaml, text string) {
	t.Helper()
	_, findings := load.Load([]load.Source{{Name: "net.yaml", Data: []byte("version: 1" + yaml)}})
	for _, f := range findings {
		if f.Severity == diag.Error && strings.Contains(f.Message, text) {
			return
		}
	}
	t.Errorf("findings %v, expected one with %q", findings, text)
}

func TestTGW16_AttachmentNeedsIPv4(t *testing.T) {
	refused(t, but(t, tgwBase, "one: {cidr: 10.1.0.0/16}", "one: {cidr: 10.1.0.0/16, ipv6_cidr: \"2001:db8:1::/56\"}",
		"\nroute_tables:", "\n  six: {vpc: one, ipv6_cidr: \"2001:db8:1:6::/64\", az: az-c}\nroute_tables:", "subnets: [t1]", "subnets: [t1, six]"), "IPv6-only")
}

func TestTGW17_EqualConnectionsShareTheLoad(t *testing.T) {
	const atts = "  att-v1: {transit_gateway: tgw, vpn_connection: vpn-bgp, route_table: trt, propagates_to: [trt]}\n  att-v2: {transit_gateway: tgw, vpn_connection: vpn-bgp-2, route_table: trt, propagates_to: [trt]}\n"
	const sites = `
vpn_connections:
  vpn-bgp: {gateway: tgw, routing: bgp}
  vpn-bgp-2: {gateway: tgw, routing: bgp}
external_networks:
  dc: {cidrs: [172.31.0.0/16], behind: vpn-bgp}
  dc-2: {cidrs: [172.31.0.0/16, 172.30.0.0/16], behind: vpn-bgp-2}
`
	n := topo(t, tgwWith(t, sites, atts))
	n.ask("a -> 172.31.5.5 tcp/80", reachable, delivered("dc", "dc-2"))
	n.ask("a -> 172.30.5.5 tcp/80", reachable, delivered("dc-2"))
	// all of them must work
	half := topo(t, but(t, tgwWith(t, sites, atts), "vpn_connection: vpn-bgp-2, route_table: trt,", "vpn_connection: vpn-bgp-2,"))
	r := half.ask("a -> 172.31.5.5 tcp/80", partial, sometimesFor("10.1.1.10", "80", "1024-65535"), because("return TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION att-v2"))
	if len(r.Works) != 0 {
		t.Errorf("certainly works: %v", r.Works)
	}
	// a longer prefix of one of them is no equal
	static := topo(t, but(t, tgwWith(t, sites, atts), "cidrs: [172.31.0.0/16], behind", "cidrs: [172.31.0.0/16, 172.31.5.0/24], behind"))
	static.ask("a -> 172.31.5.5 tcp/80", reachable, delivered("dc"))
}
