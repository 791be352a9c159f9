package eval_test

import "testing"

func TestNI10_WhatTheHostHasTranslatedIsNewWhenItComesBack(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  net: {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb}
  far: {vpc: vpc, cidr: 10.0.1.0/24}
route_tables: {rtb: {vpc: vpc, routes: [{destination: 10.0.1.0/24, target: dev}]}}
security_groups: {open: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances:
  dev:
    subnet: net
    private_ip: 10.0.0.11
    security_groups: [open]
    source_dest_check: false
    ip_forward: true
    masquerade: [{}]
    port_forwards: [{protocol: udp, port: 80, destination: 10.0.0.11, to: 10.0.1.12}, {protocol: udp, port: 80, to: 10.0.0.12},
      {protocol: tcp, port: 80, destination: 10.0.0.11, to: 10.0.1.12}, {protocol: tcp, port: 80, to: 10.0.0.12}]
  other: {subnet: net, private_ip: 10.0.0.12, security_groups: [open]}
  client: {subnet: net, private_ip: 10.0.0.13, security_groups: [open]}
`
	n := topo(t, yaml)
	n.ask("client -> 10.0.0.11 udp/80", reachable, delivered("other"), seen("10.0.0.11"))
	// of the two translations the reply undoes the second; then it is at the address that it is for
	n.ask("client -> 10.0.0.11 tcp/80", unreachable, because("return RETURN_PATH_ASYMMETRIC dev"))
	// what the host sends itself, and does not translate, it knows (NI-17)
	n.ask("dev -> 10.0.1.12 udp/80", unreachable, because("forward ROUTING_LOOP eni-dev"))
	// without a rule that takes it elsewhere it goes round
	once := topo(t, but(t, yaml, "{protocol: udp, port: 80, to: 10.0.0.12},", ""))
	once.ask("client -> 10.0.0.11 udp/80", unreachable, because("forward ROUTING_LOOP eni-dev"))
}

func TestNI14_MasqueradeBySourceLeavesOutsideClientsAsTheyAre(t *testing.T) {
	n := topo(t, niBase) // golden vector 1
	n.ask(client+" -> nat tcp/50001", reachable, seen(client), delivered("web"), via("igw", "nat"), back("nat", "igw"))
	ref := topo(t, but(t, niBase, "private_ip: 10.0.1.24, security_groups: [sg-web]", "private_ip: 10.0.1.24, security_groups: [sg-ref]")) // 2
	ref.ask(client+" -> nat tcp/50001", unreachable, because("forward SG_REFERENCES_NOT_PRESERVED sg-ref ingress"))
	all := topo(t, but(t, niBase, "private_ip: 10.0.1.24, security_groups: [sg-web]", "private_ip: 10.0.1.24, security_groups: [sg-ref]", "masquerade: [{source: 10.0.0.0/16}]", "masquerade: [{}]")) // 4
	all.ask(client+" -> nat tcp/50001", reachable, seen("10.0.0.155"), delivered("web"))
}

func TestNI15_PortForwardWithoutMasqueradeNeedsTheWayBack(t *testing.T) {
	const local = "rtb-priv: {vpc: vpc}"
	lost := topo(t, but(t, niBase, "rtb-priv: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}", local)) // 3
	lost.ask(client+" -> nat tcp/50001", unreachable, forwardOnly, blocked("return NO_ROUTE_TO_DESTINATION rtb-priv"))
	all := topo(t, but(t, niBase, "rtb-priv: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}", local, "masquerade: [{source: 10.0.0.0/16}]", "masquerade: [{}]"))
	all.ask(client+" -> nat tcp/50001", reachable, delivered("web"))
}

func TestNI16_ClientInsideIsForwardedAndMasqueraded(t *testing.T) {
	n := topo(t, niBase)
	n.ask("data -> 10.0.0.155 tcp/50001", reachable, seen("10.0.0.155"), delivered("web"), via("nat"), back("nat"))
	plain := topo(t, but(t, niBase, "masquerade: [{source: 10.0.0.0/16}]", "masquerade: []"))
	plain.ask("data -> 10.0.0.155 tcp/50001", unreachable, because("return RETURN_PATH_ASYMMETRIC data")) // web answers data directly, as web
}

func TestNI17_OwnTrafficIsNotPortForwarded(t *testing.T) {
	n := topo(t, but(t, niBase, "masquerade: [{source: 10.0.0.0/16}]", "masquerade: [{}]"))
	n.ask("nat -> 10.0.0.155 tcp/50001", reachable, delivered("nat")) // the host itself, not web
	n.ask("near -> 10.0.0.155 tcp/50001", reachable, delivered("web"))
}

func TestNI18_SecondaryBlockIsNotMasqueradedBySourceOfThePrimary(t *testing.T) {
	yaml := but(t, niBase, "{vpc: {cidr: 10.0.0.0/16}}", "{vpc: {cidrs: [10.0.0.0/16, 100.64.0.0/16]}}", "instances:\n",
		"instances:\n  second: {subnet: s-2, private_ip: 100.64.1.10, security_groups: [sg-web]}\n", "subnets:\n", "subnets:\n  s-2: {vpc: vpc, cidr: 100.64.1.0/24, route_table: rtb-priv}\n",
		"{protocol: all, source: 10.0.0.0/16}]}", "{protocol: all, source: 10.0.0.0/16}, {protocol: all, source: 100.64.0.0/16}]}")
	n := topo(t, yaml)
	n.ask("web -> "+client+" tcp/443", reachable)
	n.ask("second -> "+client+" tcp/443", unreachable, because("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
	topo(t, but(t, yaml, "masquerade: [{source: 10.0.0.0/16}]", "masquerade: [{}]")).ask("second -> "+client+" tcp/443", reachable)
}

func TestNI19_ApplianceMustStandInAnotherSubnet(t *testing.T) {
	// in its own clients' subnet its table leads back to itself
	n := topo(t, but(t, niBase, "  nat:\n    subnet: pub\n    private_ip: 10.0.0.155", "  nat:\n    subnet: priv\n    private_ip: 10.0.1.155", "destination: 10.0.0.155", "destination: 10.0.1.155"))
	n.ask("web -> "+client+" tcp/8080", unreachable, because("forward ROUTING_LOOP eni-nat"))
	// and neighbours cannot be made to pass an appliance
	self := topo(t, but(t, rtFirewall, "rtb-left: {vpc: vpc, routes: [", "rtb-left: {vpc: vpc, routes: [{destination: 10.0.1.0/24, target: eni-fw}, "))
	self.ask("a -> a2 tcp/80", reachable, via())
	// nor one in the destination's subnet, which the reply's neighbours reach without it
	near := topo(t, but(t, niBase, "masquerade: [{source: 10.0.0.0/16}]", "masquerade: []"))
	near.ask("near -> 10.0.0.155 tcp/50001", unreachable, because("return RETURN_PATH_ASYMMETRIC near"))
}

func TestNI20_BothDirectionsThroughTheAppliance(t *testing.T) {
	topo(t, rtFirewall).ask("a -> b tcp/80", reachable, via("firewall"), back("firewall"))
	request := topo(t, but(t, rtFirewall, "rtb-right: {vpc: vpc, routes: [{destination: 10.0.1.0/24, target: eni-fw}]}", "rtb-right: {vpc: vpc}"))
	request.ask("a -> b tcp/80", unreachable, forwardOnly, because("return RETURN_PATH_ASYMMETRIC a"), assumes("NI-20"))
	request.ask("a -> b udp/53", reachable)
	reply := topo(t, but(t, rtFirewall, "rtb-left: {vpc: vpc, routes: [{destination: 10.0.2.0/24, target: eni-fw}]}", "rtb-left: {vpc: vpc}"))
	reply.ask("a -> b tcp/80", unreachable, forwardOnly, because("return RETURN_PATH_ASYMMETRIC firewall"), assumes("NI-20"))
}

func TestNI21_ReplyLeavesByTheInterfaceThatTheHostChooses(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  s-a: {vpc: vpc, cidr: 10.0.1.0/24}
  s-0: {vpc: vpc, cidr: 10.0.2.0/24}
  s-1: {vpc: vpc, cidr: 10.0.3.0/24}
security_groups: {open: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances:
  a: {subnet: s-a, private_ip: 10.0.1.10, security_groups: [open]}
  b: {}
  c: {subnet: s-1, private_ip: 10.0.3.20, security_groups: [open]}
network_interfaces:
  eni-0: {instance: b, subnet: s-0, private_ip: 10.0.2.10, security_groups: [open]}
  eni-1: {instance: b, subnet: s-1, private_ip: 10.0.3.10, security_groups: [open]}
`
	n := topo(t, yaml)
	n.ask("a -> 10.0.3.10 tcp/80", unreachable, forwardOnly, blocked("return ENI_SOURCE_DEST_CHECK_RESTRICTION eni-0 egress"))
	n.ask("a -> 10.0.2.10 tcp/80", reachable)
	n.ask("c -> 10.0.3.10 tcp/80", reachable, via()) // on link
	// a host answers for any of its addresses on any interface; the check is the interface's
	off := topo(t, but(t, yaml, "private_ip: 10.0.2.10, ", "private_ip: 10.0.2.10, source_dest_check: false, "))
	off.ask("a -> 10.0.3.10 tcp/80", reachable)
}

func TestNI22_MasqueradeOpensNothingInwards(t *testing.T) {
	n := topo(t, but(t, niBase, "ports: 50001-50004", "ports: 1-65535"))
	n.ask("web -> "+client+" tcp/8080", reachable)
	n.ask(client+" -> nat tcp/80", reachable, delivered("nat"))
	n.ask(client+" -> web tcp/80", unreachable, because("forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS igw"))
}

func TestNI23_NATDevicesServeTheirOwnVPCAndMustExist(t *testing.T) {
	gone := topo(t, but(t, niBase, "target: nat}", "target: eni-gone}", "instances:\n", "network_interfaces: {eni-gone: {subnet: pub, private_ip: 10.0.0.99}}\ninstances:\n"))
	gone.ask("web -> "+client+" tcp/8080", unreachable, blocked("forward BAD_STATE_ROUTE rtb-priv"))
	peer := topo(t, but(t, niBase, "{vpc: {cidr: 10.0.0.0/16}}", "{vpc: {cidr: 10.0.0.0/16}, far: {cidr: 10.9.0.0/16}}\npeering_connections: {pcx: {requester: vpc, accepter: far}}",
		"subnets:\n", "subnets:\n  s-far: {vpc: far, cidr: 10.9.1.0/24, route_table: rtb-far}\n", "route_tables:\n", "route_tables:\n  rtb-far: {vpc: far, routes: [{destination: 0.0.0.0/0, target: pcx}]}\n",
		"instances:\n", "instances:\n  far-host: {subnet: s-far, private_ip: 10.9.1.10}\n"))
	peer.ask("far-host -> "+client+" tcp/443", unreachable, blocked("forward PCX_REQUIRES_ADDRESS_IN_VPC_CIDR pcx"))
}
