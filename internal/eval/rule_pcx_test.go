package eval_test

import "testing"

// Three VPCs in a chain of peering connections, with two families.
const pcxBase = `
vpcs:
  a: {cidr: 10.1.0.0/16, ipv6_cidr: "2001:db8:a::/56"}
  b: {cidrs: [10.2.0.0/16, 100.64.0.0/16], ipv6_cidr: "2001:db8:b::/56"}
  c: {cidr: 10.3.0.0/16}
peering_connections:
  pcx-ab: {requester: a, accepter: b, status: active}
  pcx-bc: {requester: b, accepter: c}
internet_gateways: {igw-b: {vpc: b}}
vpn_gateways: {vgw-b: {vpc: b}}
vpn_connections: {vpn-b: {gateway: vgw-b, routing: static, routes: [172.31.0.0/16]}}
external_networks: {dc: {cidrs: [172.31.0.0/16], behind: vpn-b}}
nat_gateways: {nat-b: {subnet: s-b, private_ip: 10.2.1.20, public_ip: 203.0.113.20}}
subnets:
  s-a: {vpc: a, cidr: 10.1.1.0/24, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb-a, network_acl: acl-a}
  s-b: {vpc: b, cidr: 10.2.1.0/24, ipv6_cidr: "2001:db8:b:1::/64", route_table: rtb-b, network_acl: acl-b}
  s-b2: {vpc: b, cidr: 10.2.2.0/24, route_table: rtb-b2}
  s-b3: {vpc: b, cidr: 100.64.1.0/24, route_table: rtb-b}
  s-c: {vpc: c, cidr: 10.3.1.0/24, route_table: rtb-c}
route_tables:
  rtb-a: {vpc: a, routes: [{destination: 10.2.0.0/16, target: pcx-ab}, {destination: 100.64.1.10/32, target: pcx-ab}, {destination: 10.3.0.0/16, target: pcx-ab}, {destination: 172.31.0.0/16, target: pcx-ab}, {destination: "2001:db8:b::/56", target: pcx-ab}, {destination: 0.0.0.0/0, target: pcx-ab}]}
  rtb-b: {vpc: b, routes: [{destination: 10.1.0.0/16, target: pcx-ab}, {destination: 10.3.0.0/16, target: pcx-bc}, {destination: "2001:db8:a::/56", target: pcx-ab}, {destination: 0.0.0.0/0, target: igw-b}, {destination: 172.31.0.0/16, target: vgw-b}]}
  rtb-b2: {vpc: b}
  rtb-c: {vpc: c, routes: [{destination: 10.2.0.0/16, target: pcx-bc}, {destination: 10.1.0.0/16, target: pcx-bc}]}
network_acls:
  acl-a: &any
    vpc: a
    ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}, {rule: 2, action: allow, protocol: all, cidr: "::/0"}]
    egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}, {rule: 2, action: allow, protocol: all, cidr: "::/0"}]
  acl-b: {<<: *any, vpc: b}
security_groups:
  sg-a: {vpc: a, ingress: &in [{protocol: all, source: 10.0.0.0/8}, {protocol: all, source: "::/0"}, {protocol: all, source: 100.64.0.0/10}], egress: &out [{protocol: all, destination: 0.0.0.0/0}, {protocol: all, destination: "::/0"}]}
  sg-b: {vpc: b, ingress: *in, egress: *out}
  sg-c: {vpc: c, ingress: *in}
instances:
  host-a: {subnet: s-a, private_ip: 10.1.1.10, ipv6: "2001:db8:a:1::10", security_groups: [sg-a]}
  host-b: {subnet: s-b, private_ip: 10.2.1.10, public_ip: 203.0.113.2, ipv6: "2001:db8:b:1::10", security_groups: [sg-b]}
  host-b2: {subnet: s-b2, private_ip: 10.2.2.10, security_groups: [sg-b]}
  host-b3: {subnet: s-b3, private_ip: 100.64.1.10, security_groups: [sg-b]}
  host-b4: {subnet: s-b3, private_ip: 100.64.1.11, security_groups: [sg-b]}
  host-c: {subnet: s-c, private_ip: 10.3.1.10, security_groups: [sg-c]}
`

const notInVPC = "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR pcx-ab"

func TestPCX01_OnlyActiveConnectionsCarryTraffic(t *testing.T) {
	topo(t, pcxBase).ask("host-a -> host-b tcp/80", reachable, via("pcx-ab"), back("pcx-ab"), seen("10.1.1.10"))
	for _, status := range []string{"pending-acceptance", "deleted", "expired", "rejected"} {
		n := topo(t, but(t, pcxBase, "status: active", "status: "+status))
		n.ask("host-a -> host-b tcp/80", unreachable, blocked("forward BAD_STATE_ROUTE rtb-a"))
		n.ask("host-b -> host-c tcp/80", reachable)
	}
}

func TestPCX03_RoutesOnBothSides(t *testing.T) {
	n := topo(t, pcxBase)
	n.ask("host-a -> host-b2 tcp/80", unreachable, forwardOnly, blocked("return NO_ROUTE_TO_DESTINATION rtb-b2"))
	n.ask("host-b2 -> host-a tcp/80", unreachable, because("forward NO_ROUTE_TO_DESTINATION rtb-b2"))
	n.ask("host-a -> host-b3 tcp/80", reachable, routed("rtb-a 100.64.1.10/32 pcx-ab")) // one host of the peer
	part := topo(t, but(t, pcxBase, ", {destination: 0.0.0.0/0, target: pcx-ab}", ""))
	part.ask("host-a -> host-b3 tcp/80", reachable)
	part.ask("host-a -> host-b4 tcp/80", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-a"))
}

func TestPCX04_NeverTransitive(t *testing.T) {
	n := topo(t, pcxBase)
	n.ask("host-a -> host-c tcp/80", unreachable, blocked("forward "+notInVPC))
	n.ask("host-c -> host-a tcp/80", unreachable, blocked("forward PCX_REQUIRES_ADDRESS_IN_VPC_CIDR pcx-bc"))
	n.ask("host-b -> host-c tcp/80", reachable, via("pcx-bc"))
}

func TestPCX05_OnlyToTheReceivingVPCsBlocks(t *testing.T) {
	n := topo(t, pcxBase)
	n.ask("host-a -> 198.51.100.7 tcp/443", unreachable, blocked("forward "+notInVPC))
	n.ask("host-a -> dc tcp/443", unreachable, blocked("forward "+notInVPC))
	n.ask("host-a -> 10.2.9.9 tcp/443", unreachable, because("forward NO_POSSIBLE_DESTINATION b"))
	n.ask("host-b -> 198.51.100.7 tcp/443", reachable)
	// of a set of destinations, the part inside goes on
	wide := topo(t, but(t, pcxBase, "{destination: 10.2.0.0/16, target: pcx-ab}, ", "{destination: 10.2.0.0/15, target: pcx-ab}, ", "{destination: 10.3.0.0/16, target: pcx-ab}, ", ""))
	wide.ask("host-a -> 10.2.0.0/15 tcp/80", partial, delivered("host-b", "host-b2"), worksFor("10.1.1.10", "80", ""), because("forward "+notInVPC), because("forward NO_POSSIBLE_DESTINATION b"))
}

func TestPCX06_SourceMustLieInTheSendingVPC(t *testing.T) {
	// what a tunnel brings to a host of VPC one does not leave over its peering connection
	yaml := but(t, foreignBase, "198.51.100.0/24", "10.3.0.0/16", "rtb-app-3: {vpc: three, routes: [", "rtb-app-3: {vpc: three, routes: [{destination: 10.2.0.0/16, target: pcx}, ",
		"instances:\n", "instances:\n  target-3: {subnet: app-3, private_ip: 10.3.1.8, security_groups: [sg-3]}\n", "  sg-2: {", "  sg-3: {vpc: three, ingress: [{protocol: all, source: 0.0.0.0/0}]}\n  sg-2: {")
	n := topo(t, yaml)
	n.ask("host-2 -> target-3 tcp/80", unreachable, because("forward PCX_REQUIRES_ADDRESS_IN_VPC_CIDR pcx"), assumes("PCX-6"))
	n.ask("vpn-1 -> target-3 tcp/80", reachable, via("pcx"))
	masq := topo(t, but(t, yaml, "public_ip: 203.0.113.1, ", "public_ip: 203.0.113.1, masquerade: [{source: 10.2.0.0/16}], "))
	masq.ask("host-2 -> target-3 tcp/80", reachable, seen("10.1.0.5"))
}

func TestPCX07_NoEdgeOfThePeerButItsHosts(t *testing.T) {
	n := topo(t, pcxBase)
	n.ask("host-a -> internet tcp/443", unreachable, blocked("forward "+notInVPC))
	n.ask("host-a -> 10.2.1.20 tcp/443", unreachable, because("forward NGW_NO_INBOUND_CONNECTIONS nat-b"))
	n.ask("host-a -> host-b tcp/3128", reachable) // a proxy ends the connection and begins its own
	n.ask("host-b -> internet tcp/443", reachable, via("igw-b"))
}

func TestPCX08_RepliesFollowTheTableNotTheRequest(t *testing.T) {
	const yaml = `
vpcs: {hub: {cidr: 10.0.0.0/16}, left: {cidr: 10.5.0.0/16}, right: {cidr: 10.5.0.0/16}}
peering_connections: {pcx-left: {requester: hub, accepter: left}, pcx-right: {requester: hub, accepter: right}}
subnets:
  s-hub: {vpc: hub, cidr: 10.0.1.0/24, route_table: rtb-hub}
  s-left: {vpc: left, cidr: 10.5.1.0/24, route_table: rtb-left}
  s-right: {vpc: right, cidr: 10.5.1.0/24, route_table: rtb-right}
route_tables:
  rtb-hub: {vpc: hub, routes: [{destination: 10.5.0.0/16, target: pcx-left}, {destination: 10.5.1.20/32, target: pcx-right}]}
  rtb-left: {vpc: left, routes: [{destination: 10.0.0.0/16, target: pcx-left}]}
  rtb-right: {vpc: right, routes: [{destination: 10.0.0.0/16, target: pcx-right}]}
security_groups:
  sg: {vpc: hub, ingress: [{protocol: all, source: 10.0.0.0/8}]}
  sg-l: {vpc: left, ingress: [{protocol: all, source: 10.0.0.0/8}]}
  sg-r: {vpc: right, ingress: [{protocol: all, source: 10.0.0.0/8}]}
instances:
  hub-host: {subnet: s-hub, private_ip: 10.0.1.10, security_groups: [sg]}
  left-10: {subnet: s-left, private_ip: 10.5.1.10, security_groups: [sg-l]}
  right-10: {subnet: s-right, private_ip: 10.5.1.10, security_groups: [sg-r]}
  right-11: {subnet: s-right, private_ip: 10.5.1.11, security_groups: [sg-r]}
  right-20: {subnet: s-right, private_ip: 10.5.1.20, security_groups: [sg-r]}
`
	n := topo(t, yaml)
	n.ask("left-10 -> hub-host tcp/80", reachable, back("pcx-left"))
	n.ask("right-20 -> hub-host tcp/80", reachable, back("pcx-right"))
	n.ask("right-11 -> hub-host tcp/80", unreachable, forwardOnly, because("return NO_POSSIBLE_DESTINATION left"))
	r := n.ask("right-10 -> hub-host tcp/80", unreachable) // its answer goes to left-10
	if !r.Forward.Delivered || r.Return.Delivered || len(r.Blockers) != 1 || r.Blockers[0].Path != "return" {
		t.Errorf("the reply is lost at a stranger's\n%s", story(r))
	}
	n.ask("hub-host -> right-10 tcp/80", unreachable)
}

func TestPCX09_GroupsOfTheRegionOnly(t *testing.T) {
	topo(t, but(t, sgPeered, "REGION", "eu-west-1")).ask("a -> b tcp/80", reachable)
	topo(t, but(t, sgPeered, "REGION", "eu-west-2")).ask("a -> b tcp/80", unreachable)
}

func TestPCX10_IPv6AndTheResolver(t *testing.T) {
	n := topo(t, pcxBase)
	n.ask("host-a -> 2001:db8:b:1::10 tcp/80", reachable, via("pcx-ab"))
	n.ask("host-a -> 2001:db8:c::1 tcp/80", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-a"))
	n.ask("host-a -> 10.2.0.2 udp/53", unreachable, delivered()) // the peer's resolver
	n.ask("host-b -> 10.2.0.2 udp/53", reachable)
}

func TestPCX11_PublicAddressOfAPeerGoesByGateways(t *testing.T) {
	n := topo(t, pcxBase)
	n.ask("host-a -> 203.0.113.2 tcp/80", unreachable, blocked("forward "+notInVPC)) // the private way is no way to it
	n.ask("host-a -> host-b tcp/80", reachable, via("pcx-ab"))
}

func TestPCX12_PlainLocalDeliveryBehindTheConnection(t *testing.T) {
	// neither the peer's gateway table nor a longer route of the sender's far subnet takes the packet
	n := topo(t, but(t, pcxBase, "rtb-b2: {vpc: b}", "rtb-b2: {vpc: b, routes: [{destination: 10.1.0.0/16, target: pcx-ab}, {destination: 10.2.1.0/24, target: eni-fw}]}\n  rtb-in: {vpc: b, edge_associations: [igw-b], routes: [{destination: 10.2.2.0/24, target: eni-fw}]}",
		"instances:\n", "network_interfaces: {eni-fw: {instance: fw, subnet: s-b3, private_ip: 100.64.1.50, public_ip: 203.0.113.50, source_dest_check: false}}\ninstances:\n  fw: {ip_forward: true}\n"))
	n.ask("host-a -> host-b2 tcp/80", reachable, via("pcx-ab"), acls("acl-a egress", "b.default_network_acl ingress"))
}
