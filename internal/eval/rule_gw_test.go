package eval_test

import "testing"

// What enters by the internet gateway for the subnet app goes through an
// appliance, and back (golden vector 17).
const gwBase = `
vpcs:
  vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56"}
  far: {cidr: 10.9.0.0/16}
internet_gateways: {igw: {vpc: vpc}}
peering_connections: {pcx: {requester: vpc, accepter: far}}
subnets:
  app: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb-app, network_acl: acl-app}
  fw: {vpc: vpc, cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:a:2::/64", route_table: rtb-fw, network_acl: acl-fw}
  plain: {vpc: vpc, cidr: 10.0.3.0/24, ipv6_cidr: "2001:db8:a:3::/64", route_table: rtb-plain}
  s-far: {vpc: far, cidr: 10.9.1.0/24, route_table: rtb-far}
route_tables:
  rtb-in:
    vpc: vpc
    edge_associations: [igw]
    routes:
      - {destination: 10.0.1.0/24, target: eni-fw}    # v4
      - {destination: "2001:db8:a:1::/64", target: eni-fw}    # v6
  rtb-app: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: eni-fw}, {destination: "::/0", target: eni-fw}, {destination: 10.9.0.0/16, target: pcx}]}
  rtb-fw: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}, {destination: "::/0", target: igw}]}
  rtb-plain: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}, {destination: "::/0", target: igw}]}
  rtb-far: {vpc: far, routes: [{destination: 10.0.0.0/16, target: pcx}]}
network_acls:
  acl-app: &any
    vpc: vpc
    ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}, {rule: 2, action: allow, protocol: all, cidr: "::/0"}]
    egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}, {rule: 2, action: allow, protocol: all, cidr: "::/0"}]
  acl-fw: {<<: *any}
security_groups:
  sg-app: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: 0.0.0.0/0}, {protocol: tcp, ports: 80, source: "::/0"}], egress: &out [{protocol: all, destination: 0.0.0.0/0}, {protocol: all, destination: "::/0"}]}
  sg-fw: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}, {protocol: all, source: "::/0"}], egress: *out}
instances:
  server: {subnet: app, private_ip: 10.0.1.10, public_ip: 203.0.113.11, ipv6: "2001:db8:a:1::10", security_groups: [sg-app]}
  other: {subnet: plain, private_ip: 10.0.3.10, public_ip: 203.0.113.13, ipv6: "2001:db8:a:3::10", security_groups: [sg-app]}
  far-host: {subnet: s-far, private_ip: 10.9.1.10}
  appliance: {ip_forward: true}
network_interfaces:
  eni-fw: {instance: appliance, subnet: fw, private_ip: 10.0.2.10, public_ip: 203.0.113.12, ipv6: "2001:db8:a:2::10", source_dest_check: false, security_groups: [sg-fw]}
`

func TestGW01_TableOfAGatewayIsNotASubnetsUnlessAssociated(t *testing.T) {
	n := topo(t, gwBase)
	n.ask("198.51.100.7 -> server tcp/80", reachable, via("igw", "appliance"), back("appliance", "igw"))
	n.ask("other -> server tcp/80", reachable, routed("rtb-plain 10.0.0.0/16 local"), via())
	both := topo(t, but(t, gwBase, "cidr: 10.0.3.0/24, ipv6_cidr: \"2001:db8:a:3::/64\", route_table: rtb-plain", "cidr: 10.0.3.0/24, ipv6_cidr: \"2001:db8:a:3::/64\", route_table: rtb-in"))
	both.ask("other -> server udp/53", unreachable, routed("rtb-in 10.0.1.0/24 eni-fw"), because("forward ENI_SG_RULES_MISMATCH sg-app ingress"))
	both.ask("198.51.100.7 -> server tcp/80", reachable, via("igw", "appliance"))
}

func TestGW05_WithoutATableAndForUncoveredSubnetsLocal(t *testing.T) {
	n := topo(t, gwBase)
	n.ask("198.51.100.7 -> other tcp/80", reachable, via("igw"), routed("rtb-in 10.0.0.0/16 local"))
	n.ask("198.51.100.7 -> server tcp/80", reachable, routed("rtb-in 10.0.1.0/24 eni-fw"))
	bare := topo(t, but(t, gwBase, "    edge_associations: [igw]\n", ""))
	bare.ask("198.51.100.7 -> other tcp/80", reachable, via("igw"))
	bare.ask("198.51.100.7 -> server udp/53", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-app ingress"), via("igw"))
}

func TestGW06_AddressIsTranslatedBeforeTheTableIsAsked(t *testing.T) {
	n := topo(t, gwBase)
	r := n.ask("198.51.100.7 -> 203.0.113.11 tcp/80", reachable, translated("igw 203.0.113.11 > 10.0.1.10"), routed("rtb-in 10.0.1.0/24 eni-fw"))
	for _, h := range r.Forward.Hops {
		if h.Component == "rtb-in" && rangeText(h.Packet.Family, h.Packet.Destination) != "10.0.1.10" {
			t.Errorf("the table sees %s", story(r))
		}
	}
	n.ask("198.51.100.7 -> 203.0.113.13 tcp/80", reachable, translated("igw 203.0.113.13 > 10.0.3.10"), routed("rtb-in 10.0.0.0/16 local"))
}

func TestGW07_OnlyWhatEntersByThatGateway(t *testing.T) {
	n := topo(t, gwBase)
	n.ask("far-host -> server tcp/80", reachable, via("pcx"), back("pcx"))
	n.ask("other -> server tcp/80", reachable, via())
	n.ask("198.51.100.7 -> server tcp/80", reachable, via("igw", "appliance"))
}

func TestGW08_TargetNeedsAPublicAddressAndAHost(t *testing.T) {
	n := topo(t, but(t, gwBase, "private_ip: 10.0.2.10, public_ip: 203.0.113.12,", "private_ip: 10.0.2.10,"))
	n.ask("198.51.100.7 -> server tcp/80", unreachable, because("forward INGRESS_RTB_NO_PUBLIC_IP igw"))
	n.ask("server -> 198.51.100.7 tcp/443", unreachable, blocked("return INGRESS_RTB_NO_PUBLIC_IP igw"), forwardOnly) // replies enter by the same table
	n.ask("2001:db8:ffff::1 -> server tcp/80", reachable, via("igw", "appliance"))                                    // IPv6 knows no mapping
	loose := topo(t, but(t, gwBase, "eni-fw: {instance: appliance, ", "eni-x: {instance: appliance, subnet: fw, private_ip: 10.0.2.11}\n  eni-fw: {"))
	loose.ask("198.51.100.7 -> server tcp/80", unreachable, blocked("forward BAD_STATE_ROUTE rtb-in"), line("# v4"))
	loose.ask("198.51.100.7 -> other tcp/80", reachable)
}

func TestGW09_ApplianceSeesTheClientAndThePrivateAddress(t *testing.T) {
	n := topo(t, gwBase)
	n.ask("198.51.100.7 -> server tcp/80", reachable, seen("198.51.100.7"), arrives("10.0.1.10 80", ""),
		order("rtb-in", "acl-fw ingress", "sg-fw ingress", "sg-fw egress", "acl-fw egress", "rtb-fw", "acl-app ingress", "sg-app ingress"),
		routed("rtb-fw 10.0.0.0/16 local"))
	check := topo(t, but(t, gwBase, "source_dest_check: false, ", ""))
	check.ask("198.51.100.7 -> server tcp/80", unreachable, because("forward ENI_SOURCE_DEST_CHECK_RESTRICTION eni-fw ingress"))
	host := topo(t, but(t, gwBase, "appliance: {ip_forward: true}", "appliance: {}"))
	host.ask("198.51.100.7 -> server tcp/80", unreachable, because("forward INSTANCE_NOT_FORWARDING appliance"))
	narrow := topo(t, but(t, gwBase, "sg-fw: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}", "sg-fw: {vpc: vpc, ingress: [{protocol: all, source: 198.51.100.7/32}"))
	narrow.ask("198.51.100.7 -> server tcp/80", reachable)
	narrow.ask("198.51.100.8 -> server tcp/80", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-fw ingress"))
}

func TestGW10_ReplyMustUseTheSameAppliance(t *testing.T) {
	n := topo(t, gwBase)
	n.ask("198.51.100.7 -> server tcp/80", reachable, replyRouted("rtb-app 0.0.0.0/0 eni-fw"), replyRouted("rtb-fw 0.0.0.0/0 igw"), back("appliance", "igw"))
	direct := topo(t, but(t, gwBase, "{destination: 0.0.0.0/0, target: eni-fw}", "{destination: 0.0.0.0/0, target: igw}"))
	direct.ask("198.51.100.7 -> server tcp/80", unreachable, forwardOnly, because("return INGRESS_RTB_TRAFFIC_REDIRECTION igw"))
	// another appliance on the way back has not seen the request
	second := topo(t, but(t, gwBase, "{destination: 0.0.0.0/0, target: eni-fw}", "{destination: 0.0.0.0/0, target: second}",
		"  appliance: {ip_forward: true}", "  appliance: {ip_forward: true}\n  second: {ip_forward: true, subnet: fw, private_ip: 10.0.2.11, source_dest_check: false, security_groups: [sg-fw]}"))
	second.ask("198.51.100.7 -> server tcp/80", unreachable, forwardOnly, because("return RETURN_PATH_ASYMMETRIC second"))
}

func TestGW11_GatewayMapsTheServersAddressNotTheAppliances(t *testing.T) {
	n := topo(t, gwBase)
	n.ask("server -> 198.51.100.7 tcp/443", reachable, via("appliance", "igw"), seen("203.0.113.11"))
	n.ask("appliance -> 198.51.100.7 tcp/443", reachable, via("igw"), seen("203.0.113.12"))
	bare := topo(t, but(t, gwBase, "private_ip: 10.0.1.10, public_ip: 203.0.113.11,", "private_ip: 10.0.1.10,"))
	bare.ask("server -> 198.51.100.7 tcp/443", unreachable, blocked("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
}

func TestGW12_RedirectedSubnetCannotUseTheGatewayDirectly(t *testing.T) {
	n := topo(t, but(t, gwBase, "{destination: 0.0.0.0/0, target: eni-fw}", "{destination: 0.0.0.0/0, target: igw}"))
	n.ask("server -> 198.51.100.7 tcp/443", unreachable, because("forward INGRESS_RTB_TRAFFIC_REDIRECTION igw"))
	n.ask("server -> 2001:db8:ffff::1 tcp/443", reachable, via("appliance", "igw")) // per family: IPv6 still goes through
	n.ask("other -> 198.51.100.7 tcp/443", reachable, via("igw"))
	// per family: without the IPv4 entry, IPv4 is free
	six := topo(t, but(t, gwBase, "{destination: 0.0.0.0/0, target: eni-fw}", "{destination: 0.0.0.0/0, target: igw}",
		"      - {destination: 10.0.1.0/24, target: eni-fw}    # v4\n", "", "{destination: \"::/0\", target: eni-fw}", "{destination: \"::/0\", target: igw}"))
	six.ask("server -> 198.51.100.7 tcp/443", reachable, via("igw"))
	six.ask("server -> 2001:db8:ffff::1 tcp/443", unreachable, because("forward INGRESS_RTB_TRAFFIC_REDIRECTION igw"))
	// a whole VPC redirected: the appliance itself may answer
	whole := topo(t, but(t, gwBase, "{destination: 10.0.1.0/24, target: eni-fw}    # v4", "{destination: 10.0.0.0/16, target: eni-fw}"))
	whole.ask("198.51.100.7 -> server tcp/80", reachable, via("igw", "appliance"), back("appliance", "igw"))
	whole.ask("198.51.100.7 -> appliance tcp/80", reachable)
	whole.ask("198.51.100.7 -> other tcp/80", unreachable, because("return INGRESS_RTB_TRAFFIC_REDIRECTION igw"))
}

func TestGW13_IPv6EntriesWorkAlike(t *testing.T) {
	n := topo(t, gwBase)
	n.ask("2001:db8:ffff::1 -> server tcp/80", reachable, via("igw", "appliance"), back("appliance", "igw"), translated(),
		routed("rtb-in 2001:db8:a:1::/64 eni-fw"))
	n.ask("2001:db8:ffff::1 -> other tcp/80", reachable, via("igw"))
	four := topo(t, but(t, gwBase, "      - {destination: \"2001:db8:a:1::/64\", target: eni-fw}    # v6\n", ""))
	four.ask("2001:db8:ffff::1 -> server tcp/80", unreachable, routed("rtb-in 2001:db8:a::/56 local"), forwardOnly)
	four.ask("198.51.100.7 -> server tcp/80", reachable, via("igw", "appliance"))
}
