package eval_test

import "testing"

// A server with a public address, one without, and one whose subnet has no
// route to the gateway.
const igwBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56"}}
internet_gateways: {igw: {vpc: vpc}}
external_networks:
  lan: {cidrs: [10.77.0.0/16]}
  cgn: {cidrs: [100.64.9.0/24]}
subnets:
  public: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb, network_acl: acl}
  inner: {vpc: vpc, cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:a:2::/64"}
route_tables:
  rtb: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}, {destination: "::/0", target: igw}]}
network_acls:
  acl:
    vpc: vpc
    ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}, {rule: 2, action: allow, protocol: all, cidr: "::/0"}]
    egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}, {rule: 2, action: allow, protocol: all, cidr: "::/0"}]
security_groups:
  sg: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: 0.0.0.0/0}, {protocol: tcp, ports: 80, source: "::/0"}], egress: &out [{protocol: all, destination: 0.0.0.0/0}, {protocol: all, destination: "::/0"}]}
  ref: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: sg}], egress: *out}
instances:
  web: {subnet: public, private_ip: 10.0.1.10, public_ip: 203.0.113.10, ipv6: "2001:db8:a:1::10", security_groups: [sg]}
  bare: {subnet: public, private_ip: 10.0.1.11, security_groups: [sg]}
  peer: {subnet: public, private_ip: 10.0.1.12, public_ip: 203.0.113.12, security_groups: [sg]}
  fussy: {subnet: public, private_ip: 10.0.1.13, public_ip: 203.0.113.13, security_groups: [ref]}
  inner-1: {subnet: inner, private_ip: 10.0.2.10, public_ip: 203.0.113.20, ipv6: "2001:db8:a:2::10", security_groups: [sg]}
`

func TestIGW01_OneGatewayAndNoMasquerading(t *testing.T) {
	n := topo(t, igwBase)
	n.ask("web -> 198.51.100.7 tcp/443", reachable, seen("203.0.113.10"))
	n.ask("bare -> 198.51.100.7 tcp/443", unreachable, blocked("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
	none := topo(t, but(t, igwBase, "internet_gateways: {igw: {vpc: vpc}}", "", "{destination: 0.0.0.0/0, target: igw}, {destination: \"::/0\", target: igw}", ""))
	none.ask("198.51.100.7 -> web tcp/80", unreachable, because("forward NO_INTERNET_GATEWAY vpc"))
}

func TestIGW02_AllFourConditions(t *testing.T) {
	topo(t, igwBase).ask("web -> 198.51.100.7 tcp/443", reachable, via("igw"), order("sg egress", "acl egress", "rtb"))
	for _, c := range []struct{ old, new, blocker string }{
		{"{destination: 0.0.0.0/0, target: igw}, ", "", "forward NO_ROUTE_TO_DESTINATION rtb"},
		{"private_ip: 10.0.1.10, public_ip: 203.0.113.10,", "private_ip: 10.0.1.10,", "forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"},
		{"egress: &out [{protocol: all, destination: 0.0.0.0/0}, ", "egress: &out [", "forward ENI_SG_RULES_MISMATCH sg egress"},
		{"egress: [{rule: 1, action: allow,", "egress: [{rule: 1, action: deny,", "forward SUBNET_ACL_RESTRICTION acl egress"},
		{"ingress: [{rule: 1, action: allow,", "ingress: [{rule: 1, action: deny,", "return SUBNET_ACL_RESTRICTION acl ingress"},
	} {
		topo(t, but(t, igwBase, c.old, c.new)).ask("web -> 198.51.100.7 tcp/443", unreachable, blocked(c.blocker))
	}
	topo(t, but(t, igwBase, "igw: {vpc: vpc}", "igw: {}")).ask("web -> 198.51.100.7 tcp/443", unreachable, blocked("forward BAD_STATE_ROUTE rtb"))
}

func TestIGW03_SourceNeedsItsOwnPublicAddress(t *testing.T) {
	n := topo(t, igwBase)
	n.ask("bare -> 198.51.100.7 udp/53", unreachable, blocked("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
	n.ask("peer -> 198.51.100.7 udp/53", reachable)
}

func TestIGW04_OneToOneForEveryProtocolPortsUntouched(t *testing.T) {
	n := topo(t, but(t, igwBase, "{protocol: tcp, ports: 80, source: 0.0.0.0/0}", "{protocol: all, source: 0.0.0.0/0}"))
	n.ask("web -> 198.51.100.7 tcp/443 from 40001", reachable, seen("203.0.113.10"), arrives("198.51.100.7 443", "40001"))
	n.ask("198.51.100.7 -> web tcp/8081 from 555", reachable, seen("198.51.100.7"), arrives("10.0.1.10 8081", "555"))
	n.ask("198.51.100.7 -> web proto/47", reachable)
	n.ask("web -> 198.51.100.7 proto/50", reachable, seen("203.0.113.10"))
	n.ask("198.51.100.7 -> web icmp", reachable)
	topo(t, igwBase).ask("198.51.100.7 -> web tcp/79-81", partial, worksFor("", "80", "")) // the group is the only port filter
}

func TestIGW05_DestinationMustBeMappedInThisVPC(t *testing.T) {
	n := topo(t, but(t, igwBase, "instances:\n", "network_interfaces: {eni: {subnet: public, private_ip: 10.0.1.99, public_ip: 203.0.113.99, security_groups: [sg]}}\ninstances:\n"))
	n.ask("198.51.100.7 -> 203.0.113.10 tcp/80", reachable, delivered("web"))
	n.ask("198.51.100.7 -> bare tcp/80", unreachable, because("forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS igw"))
	n.ask("198.51.100.7 -> 203.0.113.99 tcp/80", unreachable, delivered()) // mapped, but nobody holds the interface
}

func TestIGW06_InternetMayBeginAndNoStateIsKept(t *testing.T) {
	n := topo(t, igwBase)
	n.ask("198.51.100.7 -> web tcp/80", reachable, via("igw"), back("igw"))
	n.ask("web -> 198.51.100.7 tcp/80", reachable, via("igw"), back("igw"))
}

func TestIGW07_InsideOnlyThePrivateAddressIsKnown(t *testing.T) {
	// rules for the public address of the host itself never match
	n := topo(t, but(t, igwBase, "ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}",
		"ingress: [{rule: 1, action: allow, protocol: all, cidr: 198.51.100.0/24}", "egress: &out [{protocol: all, destination: 0.0.0.0/0}", "egress: &out [{protocol: all, destination: 198.51.100.0/24}"))
	n.ask("198.51.100.7 -> web tcp/80", reachable, arrives("10.0.1.10 80", ""))
	n.ask("web -> 198.51.100.7 tcp/80", reachable)
	n = topo(t, but(t, igwBase, "{protocol: tcp, ports: 80, source: 0.0.0.0/0}", "{protocol: tcp, ports: 80, source: 203.0.113.10/32}"))
	n.ask("web -> bare tcp/80", unreachable, because("forward ENI_SG_RULES_MISMATCH sg ingress")) // inside, web is 10.0.1.10
}

func TestIGW08_PrivateAndSharedAddressesNeverPass(t *testing.T) {
	n := topo(t, igwBase)
	n.ask("web -> 10.77.1.1 tcp/443", unreachable, blocked("forward IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS igw"))
	n.ask("web -> 172.16.1.1 tcp/443", unreachable, blocked("forward IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS igw"))
	n.ask("web -> 100.64.9.1 tcp/443", unreachable, blocked("forward IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS igw"))
	n.ask("lan -> web tcp/80", unreachable, because("forward IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS igw"))
	n.ask("cgn -> web tcp/80", unreachable, because("forward IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS igw"))
	n.ask("web -> 172.32.1.1 tcp/443", reachable) // beside 172.16.0.0/12
}

func TestIGW10_PublicAddressWithoutARouteToTheGateway(t *testing.T) {
	n := topo(t, igwBase)
	n.ask("198.51.100.7 -> inner-1 tcp/80", unreachable, forwardOnly, arrives("10.0.2.10 80", ""), blocked("return NO_ROUTE_TO_DESTINATION vpc.main_route_table"))
	n.ask("198.51.100.7 -> web tcp/80", reachable)
	// a default route to a NAT gateway does not help, and one to an appliance sees only the reply
	nat := topo(t, but(t, igwBase, "2001:db8:a:2::/64\"}", "2001:db8:a:2::/64\", route_table: rtb-nat}", "instances:\n", "nat_gateways: {nat: {subnet: public, private_ip: 10.0.1.20, public_ip: 203.0.113.30}}\ninstances:\n",
		"route_tables:\n", "route_tables:\n  rtb-nat: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}\n"))
	nat.ask("198.51.100.7 -> inner-1 tcp/80", unreachable, forwardOnly, blocked("return RETURN_PATH_ASYMMETRIC nat"))
	nat.ask("inner-1 -> 198.51.100.7 tcp/80", reachable, via("nat", "igw"))
}

func TestIGW11_OwnVPCByPublicAddress(t *testing.T) {
	n := topo(t, igwBase)
	n.ask("web -> 203.0.113.12 tcp/80", reachable, via("igw"), back("igw"), seen("203.0.113.10"), arrives("10.0.1.12 80", ""),
		acls("acl egress", "acl ingress"), replyACLs("acl egress", "acl ingress"))
	n.ask("web -> peer tcp/80", reachable, via(), acls()) // by name: the private address
	n.ask("bare -> 203.0.113.12 tcp/80", unreachable, because("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
	// a group reference does not match a public address; the address itself does
	n.ask("web -> fussy tcp/80", reachable)
	n.ask("web -> 203.0.113.13 tcp/80", unreachable, because("forward SG_REFERENCES_NOT_PRESERVED ref ingress"))
	cidr := topo(t, but(t, igwBase, "{protocol: tcp, ports: 80, source: sg}", "{protocol: tcp, ports: 80, source: 203.0.113.10/32}"))
	cidr.ask("web -> 203.0.113.13 tcp/80", reachable)
	cidr.ask("web -> fussy tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH ref ingress"))
}

func TestIGW12_AnotherVPCByPublicAddress(t *testing.T) {
	const yaml = `
vpcs: {one: {cidr: 10.1.0.0/16, region: eu-west-1}, two: {cidr: 10.1.0.0/16, region: us-east-1}}
internet_gateways: {igw-1: {vpc: one}, igw-2: {vpc: two}}
subnets: {s-1: {vpc: one, cidr: 10.1.1.0/24, route_table: rtb-1}, s-2: {vpc: two, cidr: 10.1.2.0/24, route_table: rtb-2}}
route_tables:
  rtb-1: {vpc: one, routes: [{destination: 0.0.0.0/0, target: igw-1}]}
  rtb-2: {vpc: two, routes: [{destination: 0.0.0.0/0, target: igw-2}]}
security_groups:
  sg-1: {vpc: one}
  sg-2: {vpc: two, ingress: [{protocol: udp, ports: 1194, source: 203.0.113.1/32}]}
instances:
  a: {subnet: s-1, private_ip: 10.1.1.10, public_ip: 203.0.113.1, security_groups: [sg-1]}
  a2: {subnet: s-1, private_ip: 10.1.1.11, public_ip: 203.0.113.3, security_groups: [sg-1]}
  b: {subnet: s-2, private_ip: 10.1.2.10, public_ip: 203.0.113.2, security_groups: [sg-2]}
`
	n := topo(t, yaml)
	r := n.ask("a -> 203.0.113.2 udp/1194 reply", reachable, seen("203.0.113.1"), translated("igw-1 10.1.1.10 > 203.0.113.1", "igw-2 203.0.113.2 > 10.1.2.10"))
	if s := stops(r.Forward); len(s) < 2 || s[0] != "igw-1" || s[len(s)-1] != "igw-2" {
		t.Errorf("goes via %v", s)
	}
	n.ask("a2 -> 203.0.113.2 udp/1194", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-2 ingress"))
}

func TestIGW13_IPv6BothWaysUntranslated(t *testing.T) {
	n := topo(t, igwBase)
	n.ask("web -> internet6 tcp/443", reachable, via("igw"), seen("2001:db8:a:1::10"), translated())
	n.ask("2001:db8:ffff::1 -> web tcp/80", reachable, via("igw"), back("igw"), arrives("2001:db8:a:1::10 80", ""))
	n.ask("2001:db8:ffff::1 -> inner-1 tcp/80", unreachable, forwardOnly, blocked("return NO_ROUTE_TO_DESTINATION vpc.main_route_table"))
	n.ask("2001:db8:ffff::1 -> 2001:db8:a:1::77 tcp/80", unreachable, because("forward NO_POSSIBLE_DESTINATION vpc"))
}

func TestIGW13_PrivateIPv6IsNotOfTheInternet(t *testing.T) {
	n := topo(t, `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "fd80:0:a::/56"}}
internet_gateways: {igw: {vpc: vpc}}
egress_only_internet_gateways: {eigw: {vpc: vpc}}
route_tables:
  rtb: {vpc: vpc, routes: [{destination: "::/0", target: igw}]}
  rtb-out: {vpc: vpc, routes: [{destination: "::/0", target: eigw}]}
subnets:
  s: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "fd80:0:a:1::/64", route_table: rtb}
  out: {vpc: vpc, ipv6_cidr: "fd80:0:a:2::/64", route_table: rtb-out}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: all, source: "::/0"}]}}
instances:
  web: {subnet: s, private_ip: 10.0.1.10, ipv6: "fd80:0:a:1::10", security_groups: [sg]}
  batch: {subnet: out, ipv6: "fd80:0:a:2::10", security_groups: [sg]}
`)
	n.ask("batch -> web tcp/443", reachable)
	n.ask("web -> internet6 tcp/443", unreachable, blocked("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
	n.ask("batch -> internet6 tcp/443", unreachable, blocked("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS eigw"))
	n.ask("internet6 -> web tcp/443", unreachable, blocked("forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS igw"))
}

// A block may be private that IPAM took from a range of the internet's.
func TestIGW13_PrivateBlockOfAPublicRange(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16, KEY: ["2600:1f00:1::/56"]}}
internet_gateways: {igw: {vpc: vpc}}
route_tables: {rtb: {vpc: vpc, routes: [{destination: "::/0", target: igw}]}}
subnets: {s: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2600:1f00:1:1::/64", route_table: rtb}}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: all, source: "::/0"}]}}
instances: {web: {subnet: s, private_ip: 10.0.1.10, ipv6: "2600:1f00:1:1::10", security_groups: [sg]}}
`
	public := topo(t, but(t, yaml, "KEY", "ipv6_cidrs"))
	public.ask("web -> internet6 tcp/443", reachable)
	private := topo(t, but(t, yaml, "KEY", "private_ipv6_cidrs"))
	private.ask("web -> internet6 tcp/443", unreachable, blocked("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
	private.ask("internet6 -> web tcp/443", unreachable, blocked("forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS igw"))
}

func TestIGW14_NarrowRoutesReachOnlyTheirPeers(t *testing.T) {
	n := topo(t, but(t, igwBase, "{destination: 0.0.0.0/0, target: igw}, ", "{destination: 198.51.100.0/24, target: igw}, "))
	n.ask("web -> 198.51.100.7 tcp/443", reachable)
	n.ask("web -> 192.0.2.7 tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb"))
	n.ask("198.51.100.7 -> web tcp/80", reachable)
	n.ask("192.0.2.7 -> web tcp/80", unreachable, forwardOnly)
	n.ask("internet -> web tcp/80", partial, worksFor("198.51.100.0/24", "80", ""))
}
