package eval_test

import "testing"

// Two spokes whose default route leads through the transit gateway into a
// hub, which has a NAT gateway and an internet gateway.
const hubBase = `
vpcs: {one: {cidr: 10.1.0.0/16}, two: {cidr: 10.2.0.0/16}, hub: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: hub}}
nat_gateways: {nat: {subnet: s-nat, private_ip: 10.0.0.20, public_ip: 203.0.113.20}}
transit_gateways: {tgw: {}}
transit_gateway_route_tables:
  trt-spoke: {transit_gateway: tgw, routes: [{destination: 0.0.0.0/0, target: att-hub}]}
  trt-hub: {transit_gateway: tgw}
transit_gateway_attachments:
  att-one: {transit_gateway: tgw, vpc: one, subnets: [s1], route_table: trt-spoke, propagates_to: [trt-hub]}
  att-two: {transit_gateway: tgw, vpc: two, subnets: [s2], route_table: trt-spoke, propagates_to: [trt-hub]}
  att-hub: {transit_gateway: tgw, vpc: hub, subnets: [t-hub], route_table: trt-hub}
  att-vpn: {transit_gateway: tgw, vpn_connection: vpn, route_table: trt-spoke, propagates_to: [trt-hub]}
vpn_connections: {vpn: {gateway: tgw, routing: bgp}}
external_networks: {dc: {cidrs: [172.31.0.0/16], behind: vpn}}
subnets:
  s1: {vpc: one, cidr: 10.1.1.0/24, route_table: rtb-1}
  s2: {vpc: two, cidr: 10.2.1.0/24, route_table: rtb-2}
  t-hub: {vpc: hub, cidr: 10.0.9.0/28, route_table: rtb-t}
  s-nat: {vpc: hub, cidr: 10.0.0.0/24, route_table: rtb-nat}
route_tables:
  rtb-1: {vpc: one, routes: [{destination: 0.0.0.0/0, target: tgw}]}
  rtb-2: {vpc: two, routes: [{destination: 0.0.0.0/0, target: tgw}]}
  rtb-t: {vpc: hub, routes: [{destination: 0.0.0.0/0, target: nat}]}
  rtb-nat: {vpc: hub, routes: [{destination: 10.0.0.0/8, target: tgw}, {destination: 172.16.0.0/12, target: tgw}, {destination: 0.0.0.0/0, target: igw}]}
security_groups:
  sg-1: {vpc: one, ingress: [{protocol: all, source: 10.0.0.0/8}]}
  sg-2: {vpc: two, ingress: [{protocol: all, source: 10.0.0.0/8}]}
instances:
  a: {subnet: s1, private_ip: 10.1.1.10, security_groups: [sg-1]}
  b: {subnet: s2, private_ip: 10.2.1.10, security_groups: [sg-2]}
`

func TestNGW11_ServesWhatComesOverATransitGateway(t *testing.T) {
	n := topo(t, hubBase)
	n.ask("a -> 198.51.100.7 tcp/443", reachable, via("tgw", "att-hub", "nat", "igw"), back("igw", "nat", "tgw", "att-one"), seen("203.0.113.20"),
		routed("trt-spoke 0.0.0.0/0 att-hub"), routed("rtb-t 0.0.0.0/0 nat"), routed("rtb-nat 0.0.0.0/0 igw"), replyRouted("rtb-nat 10.0.0.0/8 tgw"), replyRouted("trt-hub 10.1.0.0/16 att-one"))
	n.ask("dc -> 198.51.100.7 tcp/443", reachable, via("vpn", "tgw", "att-hub", "nat", "igw"), back("igw", "nat", "tgw", "att-vpn", "vpn"), seen("203.0.113.20"))
	n.ask("198.51.100.7 -> 203.0.113.20 tcp/443", unreachable, because("forward NGW_NO_INBOUND_CONNECTIONS nat"))
	// the NAT gateway's own subnet must know the way back
	lost := topo(t, but(t, hubBase, "{destination: 10.0.0.0/8, target: tgw}, ", ""))
	r := lost.ask("a -> 198.51.100.7 tcp/443", unreachable, forwardOnly)
	if r.Return.Hops == nil || chosen(r.Return, "rtb-nat 0.0.0.0/0 igw") != "" {
		t.Errorf("the reply\n%s", story(r))
	}
	// nor does the route of the attachment's subnet do it
	other := topo(t, but(t, hubBase, "{destination: 10.0.0.0/8, target: tgw}, ", "", "rtb-t: {vpc: hub, routes: [", "rtb-t: {vpc: hub, routes: [{destination: 10.0.0.0/8, target: tgw}, "))
	other.ask("a -> 198.51.100.7 tcp/443", unreachable, forwardOnly)
	// and the gateway must know it too
	blind := topo(t, but(t, hubBase, "subnets: [s1], route_table: trt-spoke, propagates_to: [trt-hub]", "subnets: [s1], route_table: trt-spoke"))
	blind.ask("a -> 198.51.100.7 tcp/443", unreachable, forwardOnly, blocked("return TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT trt-hub"))
	blind.ask("b -> 198.51.100.7 tcp/443", reachable)
}

func TestTGW12_HubIsATransitButItsInternetGatewayNeedsNAT(t *testing.T) {
	n := topo(t, hubBase)
	n.ask("a -> 198.51.100.7 tcp/443", reachable)
	direct := topo(t, but(t, hubBase, "rtb-t: {vpc: hub, routes: [{destination: 0.0.0.0/0, target: nat}]}", "rtb-t: {vpc: hub, routes: [{destination: 0.0.0.0/0, target: igw}]}"))
	direct.ask("a -> 198.51.100.7 tcp/443", unreachable, forwardNever)
	// a NAT instance does as well
	host := topo(t, but(t, hubBase, "rtb-t: {vpc: hub, routes: [{destination: 0.0.0.0/0, target: nat}]}", "rtb-t: {vpc: hub, routes: [{destination: 0.0.0.0/0, target: box}]}",
		"instances:\n", "instances:\n  box: {subnet: s-nat, private_ip: 10.0.0.30, public_ip: 203.0.113.30, source_dest_check: false, ip_forward: true, masquerade: [{source: 10.0.0.0/8}], security_groups: [sg-h]}\n",
		"security_groups:\n  sg-1", "security_groups:\n  sg-h: {vpc: hub, ingress: [{protocol: all, source: 10.0.0.0/8}]}\n  sg-1"))
	host.ask("a -> 198.51.100.7 tcp/443", reachable, via("tgw", "att-hub", "box", "igw"), back("igw", "box", "tgw", "att-one"), seen("203.0.113.30"))
}

func TestTGW14_SpokesMeetInTheHubUnlessABlackholeKeepsThemApart(t *testing.T) {
	n := topo(t, hubBase)
	n.ask("a -> b tcp/80", reachable, via("tgw", "att-hub", "nat", "tgw", "att-two"), back("tgw", "att-hub", "nat", "tgw", "att-one"), seen("10.0.0.20"))
	apart := topo(t, but(t, hubBase, "routes: [{destination: 0.0.0.0/0, target: att-hub}]", "routes: [{destination: 0.0.0.0/0, target: att-hub}, {destination: 10.1.0.0/16, target: blackhole}, {destination: 10.2.0.0/16, target: blackhole}]"))
	apart.ask("a -> b tcp/80", unreachable, blocked("forward TGW_RTB_BAD_STATE_ROUTE trt-spoke"))
	apart.ask("a -> 198.51.100.7 tcp/443", reachable)
}

// An inspection VPC between two spokes, its firewalls in two zones.
const inspectBase = `
vpcs: {one: {cidr: 10.1.0.0/16}, two: {cidr: 10.2.0.0/16}, insp: {cidr: 10.9.0.0/16}}
transit_gateways: {tgw: {}}
transit_gateway_route_tables:
  trt-spoke: {transit_gateway: tgw, routes: [{destination: 0.0.0.0/0, target: att-insp}]}
  trt-insp: {transit_gateway: tgw}
transit_gateway_attachments:
  att-one: {transit_gateway: tgw, vpc: one, subnets: [t1a, t1b], route_table: trt-spoke, propagates_to: [trt-insp]}
  att-two: {transit_gateway: tgw, vpc: two, subnets: [t2a, t2b], route_table: trt-spoke, propagates_to: [trt-insp]}
  att-insp: {transit_gateway: tgw, vpc: insp, subnets: [tia, tib], route_table: trt-insp, appliance_mode: MODE}
subnets:
  t1a: {vpc: one, cidr: 10.1.1.0/24, az: az-a, route_table: rtb-1}
  t1b: {vpc: one, cidr: 10.1.2.0/24, az: az-b, route_table: rtb-1}
  t2a: {vpc: two, cidr: 10.2.1.0/24, az: az-a, route_table: rtb-2}
  t2b: {vpc: two, cidr: 10.2.2.0/24, az: az-b, route_table: rtb-2}
  tia: {vpc: insp, cidr: 10.9.1.0/28, az: az-a, route_table: rtb-ia}
  tib: {vpc: insp, cidr: 10.9.2.0/28, az: az-b, route_table: rtb-ib}
  fa: {vpc: insp, cidr: 10.9.3.0/28, az: az-a, route_table: rtb-f}
  fb: {vpc: insp, cidr: 10.9.4.0/28, az: az-b, route_table: rtb-f}
route_tables:
  rtb-1: {vpc: one, routes: [{destination: 0.0.0.0/0, target: tgw}]}
  rtb-2: {vpc: two, routes: [{destination: 0.0.0.0/0, target: tgw}]}
  rtb-ia: {vpc: insp, routes: [{destination: 0.0.0.0/0, target: fw-a}]}
  rtb-ib: {vpc: insp, routes: [{destination: 0.0.0.0/0, target: fw-b}]}
  rtb-f: {vpc: insp, routes: [{destination: 0.0.0.0/0, target: tgw}]}
security_groups:
  sg-1: {vpc: one, ingress: [{protocol: all, source: 10.0.0.0/8}]}
  sg-2: {vpc: two, ingress: [{protocol: all, source: 10.0.0.0/8}]}
  sg-f: {vpc: insp, ingress: [{protocol: all, source: 10.0.0.0/8}]}
instances:
  a: {subnet: t1a, private_ip: 10.1.1.10, security_groups: [sg-1]}
  b: {subnet: t2a, private_ip: 10.2.1.10, security_groups: [sg-2]}
  far: {subnet: t2b, private_ip: 10.2.2.10, security_groups: [sg-2]}
  fw-a: {subnet: fa, private_ip: 10.9.3.10, source_dest_check: false, ip_forward: true, security_groups: [sg-f]}
  fw-b: {subnet: fb, private_ip: 10.9.4.10, source_dest_check: false, ip_forward: FORWARD, security_groups: [sg-f]}
`

func TestTGW07_ApplianceModeKeepsAFlowInOneZone(t *testing.T) {
	plain := topo(t, but(t, inspectBase, "MODE", "false", "FORWARD", "true"))
	plain.ask("a -> b tcp/80", reachable, via("tgw", "att-insp", "fw-a", "tgw", "att-two"), back("tgw", "att-insp", "fw-a", "tgw", "att-one"))
	plain.ask("a -> far tcp/80", unreachable, forwardOnly, blocked("return RETURN_PATH_ASYMMETRIC fw-b"))
	plain.ask("far -> a tcp/80", unreachable, forwardOnly, blocked("return RETURN_PATH_ASYMMETRIC fw-a"))
	plain.ask("a -> far udp/80", reachable, via("tgw", "att-insp", "fw-a", "tgw", "att-two"))
	pinned := topo(t, but(t, inspectBase, "MODE", "true", "FORWARD", "true"))
	pinned.ask("a -> far tcp/80", reachable)
	pinned.ask("far -> a tcp/80", reachable)
	pinned.ask("a -> b tcp/80", reachable)
	// the zone is the flow's, not the sender's: either firewall may get it
	broken := topo(t, but(t, inspectBase, "MODE", "true", "FORWARD", "false"))
	broken.ask("a -> b tcp/80", partial, sometimesFor("10.1.1.10", "80", "1024-65535"), because("forward INSTANCE_NOT_FORWARDING fw-b"))
	stay := topo(t, but(t, inspectBase, "MODE", "false", "FORWARD", "false"))
	stay.ask("a -> b tcp/80", reachable, via("tgw", "att-insp", "fw-a", "tgw", "att-two"))
}

func TestTGW07_AnyZoneWhereTheSendersHasNone(t *testing.T) {
	// the client's zone is none of the inspection VPC's
	yaml := but(t, inspectBase, "MODE", "false", "FORWARD", "true", "subnets: [t1a, t1b]", "subnets: [t1c]", "\nroute_tables:", "\n  t1c: {vpc: one, cidr: 10.1.3.0/24, az: az-c, route_table: rtb-1}\nroute_tables:",
		"a: {subnet: t1a, private_ip: 10.1.1.10,", "a: {subnet: t1c, private_ip: 10.1.3.10,")
	n := topo(t, yaml)
	n.ask("a -> b udp/80", reachable)
	n.ask("a -> b tcp/80", partial, because("return RETURN_PATH_ASYMMETRIC fw-a")) // the reply comes by zone a; the request, by any
	topo(t, but(t, yaml, "appliance_mode: false", "appliance_mode: true")).ask("a -> b tcp/80", reachable)
}

// Found by the lab: the reply kept the zone of the request.
func TestTGW07_ASitesReplyComesFromNoZone(t *testing.T) {
	yaml := `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
transit_gateways: {tgw: {}}
transit_gateway_route_tables: {trt: {transit_gateway: tgw}}
transit_gateway_attachments:
  att: {transit_gateway: tgw, vpc: vpc, subnets: [att-a, att-b], route_table: trt, propagates_to: [trt]}
  att-link: {transit_gateway: tgw, vpn_connection: link, route_table: trt, propagates_to: [trt]}
vpn_connections: {link: {gateway: tgw, routing: bgp}}
external_networks: {office: {cidrs: [172.28.0.0/24], behind: link}}
subnets:
  net: {vpc: vpc, cidr: 10.0.0.0/24, az: az-a, route_table: rtb}
  att-a: {vpc: vpc, cidr: 10.0.8.0/28, az: az-a}
  att-b: {vpc: vpc, cidr: 10.0.8.16/28, az: az-b, network_acl: shut}
route_tables: {rtb: {vpc: vpc, routes: [{destination: 172.28.0.0/24, target: tgw}]}}
network_acls: {shut: {vpc: vpc, ingress: [], egress: []}}
security_groups: {open: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances: {host: {subnet: net, private_ip: 10.0.0.11, security_groups: [open]}}
`
	topo(t, yaml).ask("host -> 172.28.0.9 tcp/443", partial, because("return SUBNET_ACL_RESTRICTION shut egress"))
	topo(t, but(t, yaml, ", network_acl: shut", "")).ask("host -> 172.28.0.9 tcp/443", reachable)
}

func TestSG16_ReferencesOverATransitGatewayNeedAllThreeSwitches(t *testing.T) {
	yaml := but(t, tgwBase, "sg-2: {vpc: two, ingress: [{protocol: all, source: 0.0.0.0/0}]}", "sg-2: {vpc: two, ingress: [{protocol: tcp, ports: 80, source: sg-1}]}",
		"{tgw: {}}", "{tgw: {security_group_referencing: GW}}", "subnets: [t1],", "subnets: [t1], security_group_referencing: ONE,", "subnets: [t2],", "subnets: [t2], security_group_referencing: TWO,")
	for _, c := range []struct{ gw, one, two string }{{"true", "true", "true"}, {"false", "true", "true"}, {"true", "false", "true"}, {"true", "true", "false"}} {
		n := topo(t, but(t, yaml, "GW", c.gw, "ONE", c.one, "TWO", c.two))
		if c.gw == "true" && c.one == "true" && c.two == "true" {
			n.ask("a -> b tcp/80", reachable, groups("sg-1 egress", "sg-2 ingress"))
			n.ask("a -> b tcp/81", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-2 ingress"))
			continue
		}
		n.ask("a -> b tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-2 ingress"))
	}
	// inbound rules only (SG-15)
	on := but(t, yaml, "GW", "true", "ONE", "true", "TWO", "true")
	out := topo(t, but(t, on, "sg-1: {vpc: one, ingress: [{protocol: all, source: 0.0.0.0/0}]}", "sg-1: {vpc: one, ingress: [{protocol: all, source: 0.0.0.0/0}], egress: [{protocol: all, destination: sg-2}]}"))
	out.ask("a -> b tcp/80", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-1 egress"))
	// not behind an appliance of the inspection VPC
	insp := topo(t, but(t, inspectBase, "MODE", "true, security_group_referencing: true", "FORWARD", "true", "{tgw: {}}", "{tgw: {security_group_referencing: true}}", "trt-insp]}", "trt-insp], security_group_referencing: true}",
		"sg-2: {vpc: two, ingress: [{protocol: all, source: 10.0.0.0/8}]}", "sg-2: {vpc: two, ingress: [{protocol: all, source: sg-1}]}"))
	insp.ask("a -> b tcp/80", unreachable, because("forward SG_REFERENCES_NOT_PRESERVED sg-2 ingress"))
}

func TestTGW07_PeeringKeepsNoZone(t *testing.T) {
	// far away, the zones of the first gateway say nothing
	yaml := but(t, inspectBase, "FORWARD", "true", "{tgw: {}}", "{tgw: {}, tgw-2: {}}", "trt-insp: {transit_gateway: tgw}", "trt-insp: {transit_gateway: tgw, routes: [{destination: 10.3.0.0/16, target: att-peer}]}\n  trt-far: {transit_gateway: tgw-2, routes: [{destination: 0.0.0.0/0, target: att-back}]}",
		"insp: {cidr: 10.9.0.0/16}", "insp: {cidr: 10.9.0.0/16}, three: {cidr: 10.3.0.0/16}", "\nsubnets:", "\n  att-peer: {transit_gateway: tgw, peer: tgw-2, route_table: trt-spoke}\n  att-back: {transit_gateway: tgw-2, peer: tgw, route_table: trt-far}\n  att-three: {transit_gateway: tgw-2, vpc: three, subnets: [t3], route_table: trt-far, propagates_to: [trt-far]}\nsubnets:\n  t3: {vpc: three, cidr: 10.3.1.0/24, az: az-a, route_table: rtb-3}",
		"\nroute_tables:", "\nroute_tables:\n  rtb-3: {vpc: three, routes: [{destination: 0.0.0.0/0, target: tgw-2}]}", "\ninstances:", "\n  sg-3: {vpc: three, ingress: [{protocol: all, source: 10.0.0.0/8}]}\ninstances:\n  c: {subnet: t3, private_ip: 10.3.1.10, security_groups: [sg-3]}")
	topo(t, but(t, yaml, "MODE", "false")).ask("a -> c tcp/80", partial, because("return RETURN_PATH_ASYMMETRIC fw-b"))
	topo(t, but(t, yaml, "MODE", "true")).ask("a -> c tcp/80", reachable)
}
