package eval_test

import (
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// A client and a server in subnets of their own, every filter named.
const mBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
subnets:
  s-a: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-a, network_acl: acl-a}
  s-b: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-b, network_acl: acl-b}
route_tables:
  rtb-a: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-b: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
network_acls:
  acl-a: &any {vpc: vpc, ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
  acl-b: {<<: *any}
security_groups:
  sg-a: {vpc: vpc}
  sg-b: {vpc: vpc, ingress: [{protocol: tcp, ports: [80, 443], source: 0.0.0.0/0}, {protocol: udp, ports: 53, source: 10.0.0.0/16}, {protocol: icmp, icmp: {type: 8, code: -1}, source: 10.0.0.0/16}]}
instances:
  a: {subnet: s-a, private_ip: 10.0.1.10, security_groups: [sg-a]}
  a2: {subnet: s-a, private_ip: 10.0.1.11, security_groups: [sg-b]}
  b: {subnet: s-b, private_ip: 10.0.2.10, public_ip: 203.0.113.2, security_groups: [sg-b]}
network_interfaces:
  eni-loose: {subnet: s-b, private_ip: 10.0.2.99, security_groups: [sg-b]}
`

func TestM01_SetsOfPacketsAreAnsweredExactly(t *testing.T) {
	n := topo(t, mBase)
	for _, h := range n.ask("a -> b tcp/79-81", partial, worksFor("10.0.1.10", "80", "1024-65535")).Forward.Hops {
		if h.Action == eval.Deny && !h.Passed {
			t.Errorf("hop %d does not say that a part passes", h.N)
		}
	}
	n.ask("a -> b tcp/80,443", reachable, worksFor("10.0.1.10", "80,443", "1024-65535"))
	n.ask("a -> b tcp/80 from 4000-4999", reachable, worksFor("10.0.1.10", "80", "4000-4999"))
	n.ask("a -> b tcp/81-442", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-b ingress"))
}

func TestM01_OneBlockerAndOneBranchForASetOfAddresses(t *testing.T) {
	// the internet is ten ranges of addresses, but one route leads to all
	n := topo(t, but(t, mBase, "sg-a: {vpc: vpc}", "sg-a: {vpc: vpc, egress: []}"))
	n.ask("a -> internet tcp/443", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-a egress", "forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
	n = topo(t, mBase)
	if r := n.ask("b -> internet tcp/443", reachable, via("igw")); len(r.Forward.Hops) > 8 {
		t.Errorf("%d hops\n%s", len(r.Forward.Hops), story(r))
	}
}

func TestM02_ReplyDecidesForTCPAndEchoOnly(t *testing.T) {
	n := topo(t, but(t, mBase, "acl-b: {<<: *any}", "acl-b: {<<: *any, egress: []}"))
	n.ask("a -> b tcp/80", unreachable, blocked("return SUBNET_ACL_RESTRICTION acl-b egress"), forwardOnly)
	n.ask("a -> b icmp", unreachable, blocked("return SUBNET_ACL_RESTRICTION acl-b egress"), forwardOnly)
	n.ask("a -> b udp/53", reachable, delivered("b"))
	n.ask("a -> b udp/53 reply", unreachable, because("return SUBNET_ACL_RESTRICTION acl-b egress"))
	n.ask("a -> b icmp/3/4", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-b ingress"), noReply)
	n = topo(t, mBase)
	n.ask("a -> b icmp", reachable)
	n.ask("a -> b udp/53 reply", reachable)
}

func TestM02_ReplyFromAnotherAddressIsLost(t *testing.T) {
	// a calls b by its public address; b answers through the gateway (its own
	// address comes back as the public one) or, where a route says so, not
	n := topo(t, but(t, mBase, "a: {subnet: s-a, private_ip: 10.0.1.10,", "a: {subnet: s-a, private_ip: 10.0.1.10, public_ip: 203.0.113.1,"))
	n.ask("a -> 203.0.113.2 tcp/80", reachable, via("igw"), back("igw"))
	const office = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
subnets:
  s-b: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-b}
  s-n: {vpc: vpc, cidr: 10.0.3.0/24, route_table: rtb-n}
nat_gateways: {nat: {subnet: s-n, private_ip: 10.0.3.20, public_ip: 203.0.113.20}}
route_tables:
  rtb-b: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}
  rtb-n: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: 0.0.0.0/0}]}}
instances: {b: {subnet: s-b, private_ip: 10.0.2.10, public_ip: 203.0.113.2, security_groups: [sg]}}
`
	topo(t, office).ask("198.51.100.7 -> 203.0.113.2 tcp/80", unreachable, blocked("return RETURN_PATH_ASYMMETRIC nat"), forwardOnly)
}

func TestM03_OrderOfLeavingAnInterface(t *testing.T) {
	n := topo(t, mBase)
	n.ask("a -> b tcp/80", reachable, order("sg-a egress", "acl-a egress", "rtb-a", "acl-b ingress", "sg-b ingress"))
	n.ask("a -> a2 tcp/80", reachable, order("sg-a egress", "sg-b ingress")) // layer 2: neither table nor ACL
	n = topo(t, but(t, mBase, "acl-a: &any {", "acl-a: {vpc: vpc}\n  acl-any: &any {", "sg-a: {vpc: vpc}", "sg-a: {vpc: vpc, egress: []}", "{destination: 0.0.0.0/0, target: igw}", ""))
	n.ask("a -> 198.51.100.7 tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-a egress",
		"forward SUBNET_ACL_RESTRICTION acl-a egress", "forward NO_ROUTE_TO_DESTINATION rtb-a"))
}

func TestM04_OrderOfEnteringASubnet(t *testing.T) {
	n := topo(t, but(t, mBase, "acl-b: {<<: *any}", "acl-b: {<<: *any, ingress: []}"))
	n.ask("198.51.100.7 -> b tcp/22", unreachable, blocked("forward SUBNET_ACL_RESTRICTION acl-b ingress", "forward ENI_SG_RULES_MISMATCH sg-b ingress"))
	topo(t, mBase).ask("198.51.100.7 -> b tcp/80", reachable, via("igw"), order("acl-b ingress", "sg-b ingress"), arrives("10.0.2.10 80", ""))
}

func TestM05_LocalDeliveryNeedsAnOwnerAndNeverFallsBack(t *testing.T) {
	n := topo(t, mBase)
	n.ask("a -> 10.0.9.9 tcp/80", unreachable, routed("rtb-a 10.0.0.0/16 local"), blocked("forward NO_POSSIBLE_DESTINATION vpc"))
	n.ask("a -> 10.0.1.77 tcp/80", unreachable, because("forward NO_POSSIBLE_DESTINATION vpc")) // nor inside the subnet
	n.ask("a -> 10.0.2.99 tcp/80", unreachable, because("forward NO_POSSIBLE_DESTINATION vpc")) // an interface that nobody holds
	n.ask("a -> 10.0.2.8/30 tcp/80", partial)
}

func TestM06_FiltersAgainAtEveryCrossing(t *testing.T) {
	n := topo(t, rtFirewall)
	n.ask("a -> b tcp/80", reachable, order("open egress", "acl-left egress", "rtb-left", "acl-fw ingress", "sg-fw ingress",
		"sg-fw egress", "acl-fw egress", "rtb-fw", "vpc.default_network_acl ingress", "open ingress"),
		replyACLs("vpc.default_network_acl egress", "acl-fw ingress", "acl-fw egress", "acl-left ingress"))
	for _, side := range []string{"ingress", "egress"} {
		n := topo(t, but(t, rtFirewall, "acl-fw: {<<: *any}", "acl-fw: {<<: *any, "+side+": []}"))
		n.ask("a -> b tcp/80", unreachable, blocked("forward SUBNET_ACL_RESTRICTION acl-fw "+side, "return SUBNET_ACL_RESTRICTION acl-fw "+side))
	}
}

func TestM07_StateIsKeptPerInterface(t *testing.T) {
	// the server answers by its primary interface, whatever the request came in by
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  s-a: {vpc: vpc, cidr: 10.0.1.0/24}
  s-0: {vpc: vpc, cidr: 10.0.2.0/24}
  s-1: {vpc: vpc, cidr: 10.0.3.0/24}
security_groups:
  open: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: 0.0.0.0/0}], egress: []}
  sg-0: {vpc: vpc, ingress: [], egress: EGRESS}
  client: {vpc: vpc}
instances: {a: {subnet: s-a, private_ip: 10.0.1.10, security_groups: [client]}, b: {}}
network_interfaces:
  eni-0: {instance: b, subnet: s-0, private_ip: 10.0.2.10, security_groups: [sg-0], source_dest_check: false}
  eni-1: {instance: b, subnet: s-1, private_ip: 10.0.3.10, security_groups: [open]}
`
	n := topo(t, but(t, yaml, "EGRESS", "[]"))
	n.ask("a -> 10.0.3.10 tcp/80", unreachable, blocked("return ENI_SG_RULES_MISMATCH sg-0 egress"), forwardOnly)
	// without a record the reply is a new flow: its port is the client's
	n = topo(t, but(t, yaml, "EGRESS", "[{protocol: tcp, ports: 40000-50000, destination: 10.0.1.0/24}]"))
	n.ask("a -> 10.0.3.10 tcp/80", partial, worksFor("10.0.1.10", "80", "40000-50000"))
	// with one it passes without rules: eni-1's egress is empty
	n = topo(t, but(t, yaml, "EGRESS", "[]", "open: {vpc: vpc,", "unused: {vpc: vpc,", "sg-0: {vpc: vpc, ingress: []", "open: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: 0.0.0.0/0}]", "security_groups: [sg-0]", "security_groups: [open]"))
	n.ask("a -> 10.0.2.10 tcp/80", reachable)
}

func TestM08_StatefulDevicesTakeOnlyRepliesToWhatTheySaw(t *testing.T) {
	// an instance with a public address and its own default route to a NAT gateway
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
subnets:
  s-b: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-b}
  s-n: {vpc: vpc, cidr: 10.0.3.0/24, route_table: rtb-n}
nat_gateways: {nat: {subnet: s-n, private_ip: 10.0.3.20, public_ip: 203.0.113.20}}
route_tables:
  rtb-b: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}
  rtb-n: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: 0.0.0.0/0}]}}
instances: {b: {subnet: s-b, private_ip: 10.0.2.10, public_ip: 203.0.113.2, security_groups: [sg]}}
`
	n := topo(t, yaml)
	n.ask("b -> 198.51.100.7 tcp/443", reachable, via("nat", "igw"), back("igw", "nat"))
	n.ask("198.51.100.7 -> b tcp/80", unreachable, blocked("return RETURN_PATH_ASYMMETRIC nat"), forwardOnly)
}

func TestM09_SamePlaceAndHeaderAgainIsALoop(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  s-a: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-a}
  s-1: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-1}
  s-2: {vpc: vpc, cidr: 10.0.3.0/24, route_table: rtb-2}
route_tables:
  rtb-a: {vpc: vpc, routes: [{destination: 198.51.100.0/24, target: fw-1}]}
  rtb-1: {vpc: vpc, routes: [{destination: 198.51.100.0/24, target: fw-2}]}
  rtb-2: {vpc: vpc, routes: [{destination: 198.51.100.0/25, target: fw-1}]}
security_groups: {open: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances:
  a: {subnet: s-a, private_ip: 10.0.1.10, security_groups: [open]}
  fw-1: {subnet: s-1, private_ip: 10.0.2.10, security_groups: [open], source_dest_check: false, ip_forward: true}
  fw-2: {subnet: s-2, private_ip: 10.0.3.10, security_groups: [open], source_dest_check: false, ip_forward: true}
`
	n := topo(t, yaml)
	n.ask("a -> 198.51.100.7 tcp/80", unreachable, because("forward ROUTING_LOOP eni-fw-1"))
	n.ask("a -> 198.51.100.200 tcp/80", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-2")) // leaves the ring, and is lost for another reason
}
