package eval_test

import "testing"

// A server behind an ACL to be filled in, reached from outside and from
// another subnet.
const aclBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56"DEFAULT}}
internet_gateways: {igw: {vpc: vpc}}
subnets:
  s: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb, network_acl: acl}
  plain: {vpc: vpc, cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:a:2::/64", route_table: rtb}
route_tables: {rtb: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}, {destination: "::/0", target: igw}]}}
network_acls:
  acl: {vpc: vpc, ingress: [IN], egress: [OUT]}
  acl-empty: {vpc: vpc}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}, {protocol: all, source: "::/0"}], egress: [{protocol: all, destination: 0.0.0.0/0}, {protocol: all, destination: "::/0"}]}}
instances:
  a: {subnet: s, private_ip: 10.0.1.10, public_ip: 203.0.113.1, ipv6: "2001:db8:a:1::10", security_groups: [sg]}
  a2: {subnet: s, private_ip: 10.0.1.11, public_ip: 203.0.113.2, security_groups: [sg]}
  b: {subnet: plain, private_ip: 10.0.2.10, public_ip: 203.0.113.3, ipv6: "2001:db8:a:2::10", security_groups: [sg]}
`

const aclAny = "{rule: 900, action: allow, protocol: all, cidr: 0.0.0.0/0}, {rule: 901, action: allow, protocol: all, cidr: \"::/0\"}"

// acl is aclBase with the ACL's lists.
func acl(t *testing.T, in, out string) *network {
	t.Helper()
	return topo(t, but(t, aclBase, "IN]", in+"]", "OUT]", out+"]", "DEFAULT", ""))
}

const blockedIn, blockedOut = "SUBNET_ACL_RESTRICTION acl ingress", "SUBNET_ACL_RESTRICTION acl egress"

func TestACL01_OneACLPerSubnetOrTheDefault(t *testing.T) {
	n := acl(t, aclAny, aclAny)
	n.ask("b -> a tcp/80", reachable, acls("vpc.default_network_acl egress", "acl ingress"))
	named := topo(t, but(t, aclBase, "IN]", aclAny+"]", "OUT]", aclAny+"]", "DEFAULT", ", default_network_acl: acl-empty"))
	named.ask("b -> a tcp/80", unreachable, blocked("forward SUBNET_ACL_RESTRICTION acl-empty egress", "return SUBNET_ACL_RESTRICTION acl-empty ingress"))
}

func TestACL02_LowestNumberThatMatchesDecides(t *testing.T) {
	n := acl(t, "{rule: 200, action: allow, protocol: tcp, ports: 80, cidr: 10.0.2.10/32}, {rule: 100, action: deny, protocol: tcp, ports: 22, cidr: 10.0.2.10/32}, {rule: 90, action: allow, protocol: tcp, ports: 20-25, cidr: 10.0.2.0/24}, {rule: 50, action: deny, protocol: tcp, ports: 23, cidr: 0.0.0.0/0}", aclAny)
	n.ask("b -> a tcp/22", reachable, decides("acl ingress 90"))
	n.ask("b -> a tcp/23", unreachable, because("forward "+blockedIn), decides("acl ingress 50"))
	n.ask("b -> a tcp/80", reachable, decides("acl ingress 200"))
	n.ask("b -> a tcp/20-25", partial, worksFor("", "20-22,24-25", ""))
	n.ask("a -> b tcp/22", unreachable, because("return "+blockedIn)) // the lists are separate
}

func TestACL03_LastRuleDenies(t *testing.T) {
	n := acl(t, "{rule: 100, action: allow, protocol: tcp, ports: 80, cidr: 0.0.0.0/0}", aclAny)
	n.ask("b -> a tcp/81", unreachable, blocked("forward "+blockedIn), decides("acl ingress -1"))
	n.ask("b -> a tcp/80", reachable)
}

func TestACL04_DefaultACLAllowsAll(t *testing.T) {
	n := acl(t, aclAny, aclAny)
	n.ask("198.51.100.7 -> b all", reachable)
	n.ask("2001:db8:ffff::1 -> b tcp/80", reachable) // both families, where the VPC has both
}

func TestACL05_NewACLDeniesAll(t *testing.T) {
	n := acl(t, "", "")
	n.ask("b -> a tcp/80", unreachable, blocked("forward "+blockedIn, "return "+blockedOut))
	n.ask("a -> b udp/53", unreachable, because("forward "+blockedOut))
}

func TestACL06_EachDirectionForItself(t *testing.T) {
	const ssh = "{rule: 100, action: allow, protocol: tcp, ports: 22, cidr: 0.0.0.0/0}"
	n := acl(t, ssh, "")
	n.ask("198.51.100.7 -> a tcp/22", unreachable, forwardOnly, blocked("return "+blockedOut))
	n = acl(t, ssh, "{rule: 100, action: allow, protocol: tcp, ports: 1024-65535, cidr: 0.0.0.0/0}")
	n.ask("198.51.100.7 -> a tcp/22", reachable)
	n = acl(t, ssh, ssh) // the reply's destination port is the client's, not 22
	n.ask("198.51.100.7 -> a tcp/22", unreachable, forwardOnly)
	n.ask("198.51.100.7 -> a tcp/22 from 22", reachable)
}

func TestACL07_OnlyAtTheSubnetsBorder(t *testing.T) {
	n := acl(t, "", "")
	n.ask("a -> a2 tcp/80", reachable, acls(), replyACLs())
	n.ask("a -> b tcp/80", unreachable, because("forward "+blockedOut))
}

func TestACL09_LeavingAndReenteringCountsTwice(t *testing.T) {
	n := acl(t, aclAny, aclAny)
	n.ask("a -> 203.0.113.2 tcp/80", reachable, via("igw"), acls("acl egress", "acl ingress"))
	shut := acl(t, "{rule: 1, action: deny, protocol: all, cidr: 203.0.113.1/32}, "+aclAny, aclAny)
	shut.ask("a -> 203.0.113.2 tcp/80", unreachable, because("forward "+blockedIn))
	shut.ask("a -> a2 tcp/80", reachable)
	// a route to an interface of the sender's own subnet, alike
	fw := topo(t, but(t, rtFirewall, "rtb-left: {vpc: vpc, routes: [{destination: 10.0.2.0/24, target: eni-fw}]}", "rtb-left: {vpc: vpc, routes: [{destination: 10.0.2.0/24, target: eni-2}]}",
		"rtb-right: {vpc: vpc, routes: [{destination: 10.0.1.0/24, target: eni-fw}]}", "rtb-right: {vpc: vpc}", "network_interfaces:\n", "  second: {ip_forward: true}\nnetwork_interfaces:\n  eni-2: {instance: second, subnet: left, private_ip: 10.0.1.50, source_dest_check: false, security_groups: [sg-fw]}\n"))
	fw.ask("a -> b udp/53", unreachable, because("forward ROUTING_LOOP eni-2"))
	if got := filters(fw.asks("a -> b udp/53")[0].Forward, "network_acl"); len(got) < 2 || got[0] != "acl-left egress" || got[1] != "acl-left ingress" {
		t.Errorf("meets %v", got)
	}
}

func TestACL10_ProtocolPeerAndDestinationPort(t *testing.T) {
	n := acl(t, "{rule: 1, action: allow, protocol: udp, ports: 53, cidr: 10.0.2.0/24}, {rule: 2, action: allow, protocol: 50, cidr: 10.0.2.0/24}, {rule: 3, action: allow, protocol: icmp, icmp: {type: 8, code: -1}, cidr: 10.0.2.0/24}", aclAny)
	n.ask("b -> a udp/53", reachable)
	n.ask("b -> a udp/1024 from 53", unreachable)
	n.ask("b -> a tcp/53", unreachable)
	n.ask("198.51.100.7 -> a udp/53", unreachable)
	n.ask("b -> a proto/50", reachable)
	n.ask("b -> a icmp", reachable)
	n.ask("b -> a icmp/13/0", unreachable)
}

func TestACL11_OtherProtocolsAndAllTakeEveryPort(t *testing.T) {
	n := acl(t, "{rule: 1, action: deny, protocol: 47, cidr: 0.0.0.0/0}, "+aclAny, aclAny)
	n.ask("b -> a proto/47", unreachable)
	n.ask("b -> a proto/48", reachable)
	n.ask("b -> a tcp/1-65535", reachable)
	n.ask("b -> a all", partial)
}

func TestACL12_FamiliesNeverMatchEachOther(t *testing.T) {
	n := acl(t, "{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}", "{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}")
	n.ask("b -> a tcp/80", reachable)
	n.ask("b -> 2001:db8:a:1::10 tcp/80", unreachable, because("forward "+blockedIn), decides("acl ingress -1"))
	six := acl(t, "{rule: 1, action: deny, protocol: all, cidr: \"::/0\"}, "+aclAny, aclAny)
	six.ask("b -> a tcp/80", reachable)
	six.ask("b -> 2001:db8:a:1::10 tcp/80", unreachable, decides("acl ingress 1"))
}

func TestACL13_ICMPTypesAndCodes(t *testing.T) {
	n := acl(t, "{rule: 1, action: allow, protocol: icmp, icmp: {type: 3, code: 4}, cidr: 0.0.0.0/0}, {rule: 2, action: allow, protocol: icmp, icmp: {type: 11, code: -1}, cidr: 0.0.0.0/0}", "{rule: 1, action: allow, protocol: icmp, icmp: {type: -1, code: -1}, cidr: 0.0.0.0/0}")
	n.ask("198.51.100.7 -> a icmp/3/4", reachable)
	n.ask("198.51.100.7 -> a icmp/3/3", unreachable)
	n.ask("198.51.100.7 -> a icmp/11/7", reachable)
	n.ask("a -> 198.51.100.7 icmp/30/0", reachable)
	n.ask("a -> 198.51.100.7 icmp", unreachable, blocked("return "+blockedIn)) // the echo's reply, 0/0, has no rule
}

func TestACL14_ProfilesOfClientsPorts(t *testing.T) {
	n := acl(t, "{rule: 1, action: allow, protocol: tcp, ports: 22, cidr: 0.0.0.0/0}", "{rule: 1, action: allow, protocol: tcp, ports: 32768-61000, cidr: 0.0.0.0/0}")
	n.ask("198.51.100.7 -> a tcp/22 from linux", reachable, worksFor("", "22", "32768-61000"))
	n.ask("198.51.100.7 -> a tcp/22 from windows", partial, worksFor("", "22", "49152-61000"))
	n.ask("198.51.100.7 -> a tcp/22 from nat", partial, worksFor("", "22", "32768-61000"))
	n.ask("198.51.100.7 -> a tcp/22", partial, worksFor("", "22", "32768-61000")) // unknown clients: 1024-65535
}

func TestACL15_ExactlyThePortsThatSurviveTheRoundTrip(t *testing.T) {
	n := acl(t, "{rule: 1, action: allow, protocol: tcp, ports: 22, cidr: 0.0.0.0/0}", "{rule: 1, action: deny, protocol: tcp, ports: 3389, cidr: 0.0.0.0/0}, {rule: 2, action: allow, protocol: tcp, ports: 1024-65535, cidr: 0.0.0.0/0}")
	n.ask("198.51.100.7 -> a tcp/22", partial, worksFor("198.51.100.7", "22", "1024-3388,3390-65535"), blocked("return "+blockedOut))
	n.ask("198.51.100.7 -> a tcp/22 from linux", reachable)
	n.ask("198.51.100.7 -> a tcp/22 from 3389", unreachable)
}

func TestACL16_JudgesThePrivateAddressInside(t *testing.T) {
	n := acl(t, "{rule: 1, action: allow, protocol: all, cidr: 198.51.100.0/24}", "{rule: 1, action: allow, protocol: all, cidr: 198.51.100.0/24}")
	n.ask("a -> 198.51.100.7 tcp/443", reachable)
	n.ask("198.51.100.7 -> a tcp/443", reachable)
	n.ask("a -> 192.0.2.7 tcp/443", unreachable, because("forward "+blockedOut))
	n.ask("b -> a tcp/443", unreachable, because("forward "+blockedIn))
}

func TestACL17_HypervisorsServicesAreExempt(t *testing.T) {
	n := acl(t, "", "")
	n.ask("a -> 10.0.0.2 udp/53", reachable, acls())
	n.ask("a -> 169.254.169.123 udp/123", reachable, acls())
}

func TestACL18_DevicesSubnetIsJudgedInAndOut(t *testing.T) {
	topo(t, rtFirewall).ask("a -> b tcp/80", reachable, acls("acl-left egress", "acl-fw ingress", "acl-fw egress", "vpc.default_network_acl ingress"))
	topo(t, ngwBase).ask("app -> 198.51.100.7 tcp/443", reachable, acls("acl-app egress", "acl-nat ingress", "acl-nat egress"))
	topo(t, gwBase).ask("198.51.100.7 -> server tcp/80", reachable, acls("acl-fw ingress", "acl-fw egress", "acl-app ingress"))
}
