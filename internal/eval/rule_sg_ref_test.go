package eval_test

import "testing"

func TestSG12_ReferenceNeedsTheSendersPrivateAddressAndNoMiddlebox(t *testing.T) {
	n := sg(t, "[{protocol: tcp, ports: 80, source: sg-a}]")
	n.ask("a -> b tcp/80", reachable)
	n.ask("10.0.1.11 -> b tcp/80", reachable) // a secondary address
	n.ask("default-1 -> b tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-b ingress"))
	// through a forwarding host (NI-8), a NAT gateway (NGW-16), the internet gateway (IGW-11) or a tunnel (VPNI-5) it is lost;
	// the NAT instance's own group matches what it masquerades (golden vector 4)
	nat := topo(t, but(t, niBase, "private_ip: 10.0.2.10, security_groups: [sg-web]", "private_ip: 10.0.2.10, security_groups: [sg-ref]",
		"rtb-priv: {vpc: vpc, routes: [", "rtb-priv: {vpc: vpc, routes: [{destination: 10.0.2.0/24, target: nat}, "))
	nat.ask("web -> data tcp/80", reachable, seen("10.0.0.155"), via("nat"))
}

func TestSG13_OutboundReferenceIsTheDestinationsAddress(t *testing.T) {
	n := sg(t, "[{protocol: all, source: 0.0.0.0/0}, {protocol: all, source: \"::/0\"}]", "[{protocol: tcp, ports: 80, destination: sg-b}]")
	n.ask("a -> b tcp/80", reachable)
	n.ask("a -> 2001:db8:a:2::10 tcp/80", reachable)
	n.ask("a -> default-1 tcp/80", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-a egress"))
	// a middlebox on the way does not change the destination
	fw := topo(t, but(t, rtFirewall, "a: {subnet: left, private_ip: 10.0.1.10, security_groups: [open]}", "a: {subnet: left, private_ip: 10.0.1.10, security_groups: [out]}",
		"  sg-fw: {vpc", "  out: {vpc: vpc, ingress: [], egress: [{protocol: all, destination: open}]}\n  sg-fw: {vpc"))
	fw.ask("a -> b tcp/80", reachable, via("firewall"), assumes("SG-13"))
	fw.ask("a -> firewall tcp/80", unreachable, because("forward ENI_SG_RULES_MISMATCH out egress"))
}

func TestSG14_ReferenceIsASetOfAddressesNotOfRules(t *testing.T) {
	n := sg(t, "[{protocol: tcp, ports: 80, source: self}, {protocol: tcp, ports: 81, source: sg-c}]")
	n.ask("b -> b1 tcp/80", reachable)
	n.ask("bc -> b tcp/80", reachable)
	n.ask("a -> b tcp/80", unreachable)
	n.ask("bc -> b tcp/81", reachable)
	n.ask("bc -> b tcp/9000", unreachable) // sg-c's own rule does not come along
}

const sgPeered = `
vpcs:
  one: {cidr: 10.1.0.0/16, region: eu-west-1}
  two: {cidr: 10.2.0.0/16, region: REGION}
peering_connections: {pcx: {requester: one, accepter: two, status: active}}
subnets:
  s-1: {vpc: one, cidr: 10.1.1.0/24, route_table: rtb-1}
  s-2: {vpc: two, cidr: 10.2.1.0/24, route_table: rtb-2}
route_tables:
  rtb-1: {vpc: one, routes: [{destination: 10.2.0.0/16, target: pcx}]}
  rtb-2: {vpc: two, routes: [{destination: 10.1.0.0/16, target: pcx}]}
security_groups:
  sg-1: {vpc: one, egress: [{protocol: tcp, ports: 80, destination: sg-2}]}
  sg-2: {vpc: two, ingress: [{protocol: tcp, ports: 80, source: sg-1}]}
  sg-3: {vpc: one}
instances:
  a: {subnet: s-1, private_ip: 10.1.1.10, security_groups: [sg-1]}
  a3: {subnet: s-1, private_ip: 10.1.1.11, security_groups: [sg-3]}
  b: {subnet: s-2, private_ip: 10.2.1.10, security_groups: [sg-2]}
`

func TestSG15_ReferencesReachActivePeersOfTheRegion(t *testing.T) {
	n := topo(t, but(t, sgPeered, "REGION", "eu-west-1"))
	n.ask("a -> b tcp/80", reachable, via("pcx"))
	n.ask("a3 -> b tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-2 ingress"))
	silent := topo(t, but(t, sgPeered, ", region: eu-west-1", "", ", region: REGION", ""))
	silent.ask("a -> b tcp/80", reachable) // no region said: one region
}

func TestSG17_NoReferencesAcrossRegions(t *testing.T) {
	n := topo(t, but(t, sgPeered, "REGION", "us-east-1"))
	n.ask("a -> b tcp/80", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-2 ingress"))
	n.ask("a -> b tcp/80", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-1 egress"))
	cidr := topo(t, but(t, sgPeered, "REGION", "us-east-1", "source: sg-1", "source: 10.1.0.0/16", "destination: sg-2", "destination: 10.2.0.0/16"))
	cidr.ask("a -> b tcp/80", reachable)
}

func TestSG18_StaleRuleMatchesNothing(t *testing.T) {
	n := topo(t, but(t, sgPeered, "REGION", "eu-west-1", "status: active", "status: deleted"))
	n.ask("a -> b tcp/80", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-1 egress"))
	n.ask("a -> b tcp/80", unreachable, because("forward BAD_STATE_ROUTE rtb-1"))
}

func TestSG20_HypervisorsServicesAreExempt(t *testing.T) {
	n := sg(t, "[]", "[]")
	n.ask("a -> 10.0.0.2 udp/53", reachable, groups())
	n.ask("a -> 169.254.169.254 tcp/80", reachable, groups())
	n.ask("a -> b udp/53", unreachable)
}

func TestSG21_GatewaysHaveNoGroups(t *testing.T) {
	topo(t, ngwBase).ask("app -> 198.51.100.7 tcp/443", reachable, groups("sg-app egress"))
	topo(t, igwBase).ask("198.51.100.7 -> web tcp/80", reachable, groups("sg ingress"))
}

func TestSG23_SecondaryAndIPv6AddressesCountAsTheMembers(t *testing.T) {
	n := sg(t, "[{protocol: tcp, ports: 80, source: sg-a}]", "[{protocol: all, destination: sg-b}]")
	n.ask("10.0.1.11 -> b tcp/80", reachable)
	n.ask("a -> 2001:db8:a:2::10 tcp/80", reachable)
	n.ask("a2 -> 2001:db8:a:2::10 tcp/80", unreachable)
}
