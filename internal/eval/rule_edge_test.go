package eval_test

import (
	"testing"
)

// Two rules at once: the cases that an engine gets wrong when each rule alone
// is right.

func TestNGW07_NeighbourOfTheGatewayIsReachedOnTheWire(t *testing.T) {
	n := topo(t, but(t, ngwBase, "rtb-app: {vpc: vpc, routes: [", "rtb-app: {vpc: vpc, routes: [{destination: 10.0.0.0/24, target: nat}, "))
	n.ask("app -> neighbour tcp/80", reachable, via("nat"), back("nat"), seen("10.0.0.20"),
		acls("acl-app egress", "acl-nat ingress"), replyACLs("acl-nat egress", "acl-app ingress"))
}

func TestIGW11_FromBehindANATGatewayItsElasticIPIsSeen(t *testing.T) {
	yaml := but(t, ngwBase, "neighbour: {subnet: s-nat, private_ip: 10.0.0.10,", "neighbour: {subnet: s-nat, private_ip: 10.0.0.10, public_ip: 203.0.113.50,",
		"sg-app: {vpc: vpc, ingress: [{protocol: all, source: 10.0.0.0/16}]}", "sg-app: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: 203.0.113.20/32}]}")
	n := topo(t, yaml)
	n.ask("app -> 203.0.113.50 tcp/80", unreachable, because("forward SUBNET_ACL_RESTRICTION acl-nat ingress"))
	n = topo(t, but(t, yaml, "{rule: 4, action: allow, protocol: icmp, cidr: 0.0.0.0/0}", "{rule: 4, action: allow, protocol: tcp, ports: 80, cidr: 203.0.113.20/32}"))
	n.ask("app -> 203.0.113.50 tcp/80", reachable, seen("203.0.113.20"), arrives("10.0.0.10 80", "1024-65535"))
}

func TestNGW02_BehindANATInstance(t *testing.T) {
	yaml := but(t, niBase, "rtb-pub: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}", "rtb-pub: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: ngw}]}\n  rtb-ngw: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}",
		"subnets:\n", "subnets:\n  s-ngw: {vpc: vpc, cidr: 10.0.9.0/24, route_table: rtb-ngw}\n", "instances:\n", "nat_gateways: {ngw: {subnet: s-ngw, private_ip: 10.0.9.20, public_ip: 203.0.113.20}}\ninstances:\n")
	n := topo(t, yaml)
	n.ask("web -> "+client+" tcp/443 from 5000", reachable, via("nat", "ngw", "igw"), back("igw", "ngw", "nat"), seen("203.0.113.20"), arrives(client+" 443", "1024-65535"))
	bare := topo(t, but(t, yaml, "masquerade: [{source: 10.0.0.0/16}]", "masquerade: []"))
	bare.ask("web -> "+client+" tcp/443", unreachable, because("return RETURN_PATH_ASYMMETRIC web")) // the gateway delivers past the instance
}

func TestNI12_RangesAndKeptPorts(t *testing.T) {
	n := topo(t, but(t, niBase, "{protocol: tcp, destination: 10.0.0.155, port: 50001, to: 10.0.1.24, to_port: 80}", "{protocol: tcp, destination: 10.0.0.0/24, port: 50001-50003, to: 10.0.1.24}",
		"ports: [80, 22], source: 0.0.0.0/0", "ports: [80, 22, 50001-50002], source: 0.0.0.0/0"))
	n.ask(client+" -> nat tcp/50001", reachable, arrives("10.0.1.24 50001", ""))
	n.ask(client+" -> nat tcp/50001-50004", partial, worksFor(client, "50001-50002,50004", ""), delivered("web", "nat"))
}

func TestNI11_IPv6NeedsARuleOfItsOwn(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56"}}
internet_gateways: {igw: {vpc: vpc}}
subnets:
  pub: {vpc: vpc, cidr: 10.0.0.0/24, ipv6_cidr: "2001:db8:a::/64", route_table: rtb-pub}
  priv: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb-priv}
route_tables:
  rtb-pub: {vpc: vpc, routes: [{destination: "::/0", target: igw}]}
  rtb-priv: {vpc: vpc, routes: [{destination: "::/0", target: nat}]}
security_groups: {open: {vpc: vpc, ingress: [{protocol: all, source: "::/0"}], egress: [{protocol: all, destination: "::/0"}]}}
instances:
  nat: {subnet: pub, private_ip: 10.0.0.155, ipv6: "2001:db8:a::155", security_groups: [open], source_dest_check: false, ip_forward: true, masquerade: [RULE]}
  web: {subnet: priv, private_ip: 10.0.1.24, ipv6: "2001:db8:a:1::24", security_groups: [open]}
`
	four := topo(t, but(t, yaml, "RULE", "{}"))
	four.ask("web -> 2001:db8:ffff::1 tcp/443", unreachable, because("return RETURN_PATH_ASYMMETRIC web")) // untranslated; the reply comes directly
	six := topo(t, but(t, yaml, "RULE", `{source: "2001:db8:a::/56"}`))
	six.ask("web -> 2001:db8:ffff::1 tcp/443", reachable, seen("2001:db8:a::155"), via("nat", "igw"), back("igw", "nat"))
	// a rule of one family does not end the list for the other
	both := topo(t, but(t, yaml, "RULE", `{source: 10.9.0.0/16}, {}, {source: "2001:db8:a:77::/64"}, {source: "2001:db8:a::/56"}`))
	both.ask("web -> 2001:db8:ffff::1 tcp/443", reachable, seen("2001:db8:a::155"))
	mixed := topo(t, but(t, niBase, "masquerade: [{source: 10.0.0.0/16}]", `masquerade: [{source: "2001:db8:a::/56"}, {source: 10.0.0.0/16}]`))
	mixed.ask("web -> "+client+" tcp/443", reachable, seen("203.0.113.5"))
}

func TestM01_DestinationsOfACIDRAreToldApart(t *testing.T) {
	n := topo(t, but(t, mBase, "b: {subnet: s-b, private_ip: 10.0.2.10,", "b2: {subnet: s-b, private_ip: 10.0.2.11, security_groups: [sg-a]}\n  b3: {subnet: s-b, private_ip: 10.0.2.12, security_groups: [sg-b]}\n  b: {subnet: s-b, private_ip: 10.0.2.10,"))
	r := n.ask("a -> 10.0.2.8/29 tcp/80", partial, delivered("b", "b3"), because("forward NO_POSSIBLE_DESTINATION vpc"), because("forward ENI_SG_RULES_MISMATCH sg-a ingress"))
	if len(r.Works) != 1 || rangeText(r.Works[0].Family, r.Works[0].Dst) != "10.0.2.10,10.0.2.12" {
		t.Errorf("works for %v", r.Works)
	}
}

func TestM01_GroupsOfInterfacesGiveAResultForEachPair(t *testing.T) {
	n := topo(t, sgPairs)
	verdicts := map[string]string{}
	for _, r := range n.asks("sg-web -> sg-db tcp/3306") {
		verdicts[r.From.Text+" "+r.To.Text] = r.Verdict.String()
	}
	if len(verdicts) != 4 {
		t.Errorf("pairs %v, expected four", verdicts)
	}
	for _, pair := range n.asks("s-1 -> s-2 tcp/3306") {
		if pair.Verdict != reachable {
			t.Errorf("%s -> %s is %s", pair.From.Text, pair.To.Text, pair.Verdict)
		}
	}
}

const sgPairs = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets: {s-1: {vpc: vpc, cidr: 10.0.1.0/24}, s-2: {vpc: vpc, cidr: 10.0.2.0/24}}
security_groups:
  sg-web: {vpc: vpc}
  sg-db: {vpc: vpc, ingress: [{protocol: tcp, ports: 3306, source: sg-web}]}
instances:
  w1: {subnet: s-1, private_ip: 10.0.1.11, security_groups: [sg-web]}
  w2: {subnet: s-1, private_ip: 10.0.1.12, security_groups: [sg-web]}
  d1: {subnet: s-2, private_ip: 10.0.2.11, security_groups: [sg-db]}
  d2: {subnet: s-2, private_ip: 10.0.2.12, security_groups: [sg-db]}
`

func TestVPNI02_OverPrivateAddressesWhereAnEndHasNoPublicOne(t *testing.T) {
	const yaml = `
vpcs: {one: {cidr: 10.1.0.0/16}, two: {cidr: 10.2.0.0/16}}
peering_connections: {pcx: {requester: one, accepter: two}}
subnets:
  s-1: {vpc: one, cidr: 10.1.0.0/24, route_table: rtb-1}
  s-2: {vpc: two, cidr: 10.2.0.0/24, route_table: rtb-2}
route_tables:
  rtb-1: {vpc: one, routes: [{destination: 10.2.0.0/16, target: pcx}]}
  rtb-2: {vpc: two, routes: [{destination: 10.1.0.0/16, target: pcx}]}
security_groups:
  sg-1: {vpc: one, ingress: []}
  sg-2: {vpc: two, ingress: [{protocol: tcp, ports: 1194, source: 10.1.0.5/32}]}
instances:
  v1: {subnet: s-1, private_ip: 10.1.0.5, source_dest_check: false, ip_forward: true, security_groups: [sg-1]}
  v2: {subnet: s-2, private_ip: 10.2.0.5, source_dest_check: false, ip_forward: true, security_groups: [sg-2]}
tunnels: {tun: {protocol: tcp, port: 1194, ends: [{instance: v1, address: 169.254.255.1, routes: [192.168.0.0/16]}, {instance: v2, address: 169.254.255.2, routes: [192.168.0.0/16]}]}}
`
	n := topo(t, yaml)
	n.ask("v1 -> 169.254.255.2 icmp", reachable, via("tun"), delivered("v2"))
	udp := topo(t, but(t, yaml, "{protocol: tcp, port: 1194,", "{protocol: udp, port: 1194,"))
	udp.ask("v1 -> 169.254.255.2 icmp", unreachable, because("forward TUNNEL_DOWN tun"))
}

func TestM07_RecordIsOfTheWholeHeader(t *testing.T) {
	// the answer of a port forward leaves the server by its record, though
	// nothing may begin outwards there, and comes back through the appliance's
	n := topo(t, but(t, niBase, "sg-web: {vpc: vpc, ingress: [{protocol: tcp, ports: [80, 22], source: 0.0.0.0/0}]}", "sg-web: {vpc: vpc, ingress: [{protocol: tcp, ports: [80, 22], source: 0.0.0.0/0}], egress: []}"))
	n.ask(client+" -> nat tcp/50001", reachable, delivered("web"))
	n.ask("web -> "+client+" tcp/443", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-web egress"))
}

func TestGW05_InternetGatewayTableAndOwnPublicAddressInside(t *testing.T) {
	// a host of the VPC that calls a covered one by its public address enters by the gateway too
	n := topo(t, gwBase)
	n.ask("other -> 203.0.113.11 tcp/80", reachable, via("igw", "appliance"), seen("203.0.113.13"))
	n.ask("other -> server tcp/80", reachable, via())
}

func TestRT13_ReplyIntoABlackhole(t *testing.T) {
	n := topo(t, but(t, igwBase, "{destination: 0.0.0.0/0, target: igw}, ", "{destination: 0.0.0.0/0, target: igw}, {destination: 198.51.100.0/24, target: blackhole}, "))
	n.ask("198.51.100.7 -> web tcp/80", unreachable, forwardOnly, blocked("return BAD_STATE_ROUTE rtb"))
	n.ask("192.0.2.7 -> web tcp/80", reachable)
	n.ask("internet -> web tcp/80", partial)
}

func TestSG12_AnAddressIsNotEnough(t *testing.T) {
	// a forwarding host that masquerades with the address of a member is a
	// member only if it carries the group itself
	yaml := but(t, niBase, "private_ip: 10.0.2.10, security_groups: [sg-web]", "private_ip: 10.0.2.10, security_groups: [sg-ref]",
		"rtb-priv: {vpc: vpc, routes: [", "rtb-priv: {vpc: vpc, routes: [{destination: 10.0.2.0/24, target: nat}, ", "ports: 80, source: sg-nat", "ports: 80, source: sg-web")
	n := topo(t, yaml)
	n.ask("web -> data tcp/80", unreachable, because("forward SG_REFERENCES_NOT_PRESERVED sg-ref ingress"))
	n.ask("near -> data tcp/80", reachable) // directly, and a member
}
