package eval_test

import "testing"

// Hosts in two subnets of one VPC with groups to be filled in.
const sgBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56"}}
subnets:
  s-1: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:a:1::/64"}
  s-2: {vpc: vpc, cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:a:2::/64"}
prefix_lists: {pl: {cidrs: [10.0.1.10/32, 10.0.1.12/31]}}
security_groups:
  sg-a: {vpc: vpc, ingress: [], egress: EGRESS}
  sg-b: {vpc: vpc, ingress: INGRESS}
  sg-c: {vpc: vpc, ingress: [{protocol: tcp, ports: 9000, source: 10.0.0.0/16}], egress: []}
instances:
  a: {subnet: s-1, private_ip: 10.0.1.10, private_ips: [10.0.1.11], ipv6: "2001:db8:a:1::10", security_groups: [sg-a]}
  a2: {subnet: s-1, private_ip: 10.0.1.12, ipv6: "2001:db8:a:1::12", security_groups: [sg-c]}
  b: {subnet: s-2, private_ip: 10.0.2.10, ipv6: "2001:db8:a:2::10", security_groups: [sg-b]}
  bc: {subnet: s-2, private_ip: 10.0.2.11, security_groups: [sg-b, sg-c]}
  b1: {subnet: s-1, private_ip: 10.0.1.20, security_groups: [sg-b]}
  default-1: {subnet: s-1, private_ip: 10.0.1.30, ipv6: "2001:db8:a:1::30"}
  default-2: {subnet: s-2, private_ip: 10.0.2.30, ipv6: "2001:db8:a:2::30"}
`

const sgAll = "[{protocol: all, destination: 0.0.0.0/0}, {protocol: all, destination: \"::/0\"}]"

// sg is sgBase with sg-b's ingress and, by default, everything out of sg-a.
func sg(t *testing.T, ingress string, egress ...string) *network {
	t.Helper()
	out := sgAll
	if len(egress) > 0 {
		out = egress[0]
	}
	return topo(t, but(t, sgBase, "INGRESS", ingress, "EGRESS", out))
}

func TestSG01_AnyRuleOfAnyGroupAllows(t *testing.T) {
	n := sg(t, "[{protocol: tcp, ports: 80, source: 10.0.0.0/16}, {protocol: tcp, ports: 8000-8999, source: 10.0.1.10/32}, {protocol: tcp, ports: 8500-9999, source: 10.0.9.0/24}]")
	n.ask("a -> b tcp/80", reachable)
	n.ask("a -> b tcp/8500", reachable)
	n.ask("a -> b tcp/9000", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-b ingress"))
	n.ask("a -> bc tcp/9000", reachable) // the second group's
	n.ask("a -> bc tcp/80", reachable)
	n.ask("a -> bc tcp/9001", unreachable)
}

func TestSG02_FreshGroupNothingInEverythingOut(t *testing.T) {
	n := sg(t, "[]")
	n.ask("a -> b tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-b ingress"))
	n.ask("b -> default-2 tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH vpc.default_security_group ingress")) // not sg-b's egress, which is AWS's own
	n.ask("b -> bc udp/53", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-b, sg-c ingress"))
	n = sg(t, "[{protocol: all, source: 0.0.0.0/0}]", "[]")
	n.ask("a -> b tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-a egress"))
	n.ask("a2 -> b tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-c egress"))
}

func TestSG03_DefaultGroupAdmitsItsMembers(t *testing.T) {
	n := sg(t, "[{protocol: all, source: 0.0.0.0/0}, {protocol: all, source: \"::/0\"}]")
	n.ask("default-1 -> default-2 tcp/22", reachable)
	n.ask("default-1 -> 2001:db8:a:2::30 tcp/22", reachable) // ::/0 out, since the VPC has IPv6
	n.ask("a -> default-2 tcp/22", unreachable, blocked("forward ENI_SG_RULES_MISMATCH vpc.default_security_group ingress"))
	n.ask("default-1 -> b proto/47", reachable)
}

func TestSG04_EveryPacketEvenInsideTheSubnet(t *testing.T) {
	n := sg(t, "[{protocol: tcp, ports: 80, source: 10.0.0.0/16}]")
	n.ask("a -> b1 tcp/80", reachable, order("sg-a egress", "sg-b ingress"))
	n.ask("a -> b1 tcp/81", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-b ingress"))
}

func TestSG05_ReplyOfAnAllowedFlowPasses(t *testing.T) {
	n := sg(t, "[{protocol: tcp, ports: 22, source: 10.0.1.10/32}]", "[{protocol: tcp, ports: 22, destination: 10.0.2.10/32}]")
	n.ask("a -> b tcp/22", reachable) // sg-a admits nothing in
	n.ask("b -> a tcp/22", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-a ingress"))
	n.ask("a -> bc tcp/9000", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-a egress"))
	open := sg(t, "[]")
	open.ask("a -> bc tcp/9000", reachable) // though sg-c lets nothing begin outwards
}

func TestSG06_UntrackedFlowsHaveTheSameVerdict(t *testing.T) {
	n := sg(t, "[{protocol: tcp, ports: 80, source: 0.0.0.0/0}]")
	n.ask("a -> b tcp/80", reachable)
	n.ask("a -> b icmp", unreachable)
}

func TestSG07_OtherProtocolsByAddressAndNumber(t *testing.T) {
	n := sg(t, "[{protocol: 50, source: 10.0.1.10/32}]")
	n.ask("a -> b proto/50 reply", reachable)
	n.ask("a -> b proto/51", unreachable)
	n.ask("a2 -> b proto/50", unreachable)
}

func TestSG08_DestinationPortAndOnePeerNeverTheSourcePort(t *testing.T) {
	n := sg(t, "[{protocol: tcp, ports: 80, source: 10.0.0.0/16}]", "[{protocol: tcp, ports: 80-81, destination: 10.0.2.10/32}]")
	n.ask("a -> b tcp/80 from 1-65535", reachable)
	n.ask("a -> b tcp/1024 from 80", unreachable)
	n.ask("a -> b tcp/80-90", partial, worksFor("10.0.1.10", "80", ""))
	n.ask("a -> bc tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-a egress"))
}

func TestSG09_PortsCountForTCPAndUDPOnly(t *testing.T) {
	n := sg(t, "[{protocol: udp, ports: 53, source: 10.0.0.0/16}, {protocol: 47, source: 10.0.0.0/16}]")
	n.ask("a -> b udp/53", reachable)
	n.ask("a -> b udp/54", unreachable)
	n.ask("a -> b tcp/53", unreachable)
	n.ask("a -> b proto/47", reachable)
	all := sg(t, "[{protocol: all, source: 10.0.0.0/16}]")
	for _, port := range []string{"tcp/1-65535", "udp/1", "icmp", "icmp/3/4", "proto/132", "all"} {
		all.ask("a -> b "+port, reachable)
	}
}

func TestSG10_ICMPTypeAndCode(t *testing.T) {
	n := sg(t, "[{protocol: icmp, icmp: {type: 8, code: -1}, source: 10.0.0.0/16}, {protocol: icmp, icmp: {type: 3, code: 4}, source: 10.0.0.0/16}]")
	n.ask("a -> b icmp", reachable)
	n.ask("a -> b icmp/3/4", reachable)
	n.ask("a -> b icmp/3/1", unreachable)
	n.ask("a -> b icmp/0/0", unreachable)
	any := sg(t, "[{protocol: icmp, source: 10.0.0.0/16}]")
	any.ask("a -> b icmp/11/0", reachable)
	six := sg(t, "[{protocol: icmpv6, icmp: {type: 128, code: 0}, source: \"::/0\"}]")
	six.ask("a -> 2001:db8:a:2::10 icmp", reachable)
	six.ask("a -> 2001:db8:a:2::10 icmpv6/1", unreachable)
	six.ask("a -> b icmp", unreachable)
}

func TestSG11_KindsOfPeers(t *testing.T) {
	n := sg(t, "[{protocol: tcp, ports: 1, source: 10.0.1.0/24}, {protocol: tcp, ports: 2, source: \"2001:db8:a:1::/64\"}, {protocol: tcp, ports: 3, source: pl}, {protocol: tcp, ports: 4, source: sg-a}]")
	for port, works := range map[string][2]bool{"1": {true, false}, "2": {false, true}, "3": {true, false}, "4": {true, true}} {
		for i, to := range []string{"10.0.2.10", "2001:db8:a:2::10"} {
			verdict := unreachable
			if works[i] {
				verdict = reachable
			}
			n.ask("a -> "+to+" tcp/"+port, verdict)
		}
	}
	n.ask("default-1 -> b tcp/3", unreachable) // 10.0.1.30 is not in the list
}
