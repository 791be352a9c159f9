package eval_test

import (
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// unknownNet has a web server, a database, and things of which only the name
// is known; each test puts some of them in its place.
const unknownNet = `
vpcs:
  v: {cidr: 10.0.0.0/16~VPC}
  p: {cidr: 10.9.0.0/16, incomplete: another account's}
internet_gateways: {igw: {vpc: v}}
peering_connections: {pcx: {requester: v, accepter: p}}
route_tables:
  rtb: {vpc: v, routes: [{destination: 0.0.0.0/0, target: igw}, {destination: 10.9.0.0/16, target: pcx}, {destination: 192.168.0.0/16, target: nat}]}
subnets:
  a: {vpc: v, cidr: 10.0.0.0/24, route_table: rtb~ACL}
  b: {vpc: v, cidr: 10.0.1.0/24, route_table: TABLE}
not_modelled:
  acl-x: {kind: network ACL, reason: not in the dump}
  rtb-x: {kind: route table, reason: not in the dump}
  sg-x:  {kind: security group, reason: not in the dump}
  pl-x:  {kind: prefix list, reason: its CIDRs are not in the dump}
  lb-x:  {kind: load balancer, reason: its listeners are not in the dump}
security_groups:
  sg-web: {vpc: v, ingress: [{protocol: tcp, ports: 443, source: 0.0.0.0/0}]}
  sg-db:
    vpc: v
    ingress: [{protocol: tcp, ports: 5432, source: 10.0.0.0/24}, {protocol: tcp, ports: 8000-8100, source: pl-x}]
instances:
  web: {subnet: a, private_ip: 10.0.0.10, public_ip: 203.0.113.10, security_groups: [sg-web]}
  db:  {subnet: b, private_ip: 10.0.1.10, security_groups: [sg-db]}
  two: {subnet: a, private_ip: 10.0.0.11, security_groups: [sg-db, sg-x], interface: eni-two}
  nat: {subnet: a, private_ip: 10.0.0.12, security_groups: [sg-db], source_dest_check: false, ip_forward: FORWARD}
network_interfaces:
  eni-lb: {subnet: a, private_ip: 10.0.0.20, security_groups: [sg-web], instance: lb-x}
`

func unknownTopo(t *testing.T, change ...string) *network {
	text := strings.NewReplacer(append(change, "TABLE", "rtb", "~VPC", "", "~ACL", "", "FORWARD", "unknown")...).Replace(unknownNet)
	return topo(t, text)
}

// TestMISC5_WhatIsNotKnownDecides: whatever a thing that is not modelled would
// judge is unknown, and what others forbid stays forbidden.
func TestMISC5_WhatIsNotKnownDecides(t *testing.T) {
	unknown := eval.Unknown
	for _, c := range []struct {
		change []string
		asks   string
		want   eval.Verdict
	}{
		{nil, "web -> db tcp/5432", reachable},
		{[]string{"~ACL", ", network_acl: acl-x"}, "web -> db tcp/5432", unknown},
		{[]string{"~ACL", ", network_acl: acl-x"}, "web -> db tcp/22", unreachable},
		{[]string{"~ACL", ", network_acl: acl-x"}, "two -> web tcp/443", reachable}, // never leaves the subnet
		{[]string{"~VPC", ", default_network_acl: acl-x"}, "web -> db tcp/5432", unknown},
		{[]string{"TABLE", "rtb-x"}, "web -> db tcp/5432", unknown}, // the reply
		{[]string{"TABLE", "rtb-x"}, "web -> db tcp/22", unreachable},
		{nil, "web -> db tcp/8050", unknown}, // may be in the prefix list
		{nil, "web -> db tcp/8101", unreachable},
		{nil, "web -> two tcp/5432", reachable}, // what is known allows it
		{nil, "web -> two tcp/22", unknown},     // what is not known may
		{nil, "two -> web tcp/443", reachable},
		{nil, "two -> web tcp/444", unreachable},
		{nil, "web -> eni-lb tcp/443", unknown},
		{nil, "web -> 10.0.0.20 tcp/80", unreachable}, // the group is known
		{nil, "web -> 10.9.1.1 tcp/443", unknown},
		{nil, "internet -> 203.0.113.10 tcp/443", reachable},
		{nil, "web -> 192.168.1.1 tcp/5432", unknown},
		{[]string{"FORWARD", "false"}, "web -> 192.168.1.1 tcp/5432", unreachable},
		{nil, "web -> nat tcp/5432", reachable},
	} {
		rs := unknownTopo(t, c.change...).asks(c.asks)
		if len(rs) != 1 || rs[0].Verdict != c.want {
			t.Errorf("%v %s: got %v, want %v", c.change, c.asks, rs[0].Verdict, c.want)
		}
		if c.want == unknown && (len(rs[0].Blockers) == 0 || rs[0].Blockers[0].Code != eval.NotModelled) {
			t.Errorf("%v %s: does not say what is not known: %v", c.change, c.asks, rs[0].Blockers)
		}
	}
}

// TestMISC5_TransitGateway has a table and a target that are not known.
func TestMISC5_TransitGateway(t *testing.T) {
	const net = `
vpcs: {a: {cidr: 10.1.0.0/16}, b: {cidr: 10.2.0.0/16}}
route_tables:
  ra: {vpc: a, routes: [{destination: 10.0.0.0/8, target: tgw}]}
  rb: {vpc: b, routes: [{destination: 10.0.0.0/8, target: tgw}]}
subnets:
  sa: {vpc: a, cidr: 10.1.0.0/24, route_table: ra}
  sb: {vpc: b, cidr: 10.2.0.0/24, route_table: rb}
security_groups:
  ga: {vpc: a, ingress: [{protocol: all, source: 0.0.0.0/0}]}
  gb: {vpc: b, ingress: [{protocol: tcp, ports: 80, source: 0.0.0.0/0}]}
instances:
  ia: {subnet: sa, private_ip: 10.1.0.10, security_groups: [ga]}
  ib: {subnet: sb, private_ip: 10.2.0.10, security_groups: [gb]}
transit_gateways: {tgw: {}}
transit_gateway_route_tables:
  rt: {transit_gateway: tgw, routes: [{destination: 10.3.0.0/16, target: att-x}]}
transit_gateway_attachments:
  att-a: {transit_gateway: tgw, vpc: a, subnets: [sa], route_table: rt, propagates_to: [rt]}
  att-b: {transit_gateway: tgw, vpc: b, subnets: [sb], route_table: TABLE, propagates_to: [rt]}
not_modelled:
  att-x: {kind: transit gateway attachment, reason: its VPC is not in the dump}
  rt-x:  {kind: transit gateway route table, reason: not in the dump}
`
	known, half := topo(t, strings.ReplaceAll(net, "TABLE", "rt")), topo(t, strings.ReplaceAll(net, "TABLE", "rt-x"))
	known.ask("ia -> ib tcp/80", reachable)
	known.ask("ia -> 10.3.0.1 tcp/80", eval.Unknown)
	half.ask("ia -> ib tcp/80", eval.Unknown)
	half.ask("ia -> ib tcp/81", unreachable)
}

// Of two targets one is stopped, and of the other nobody can say: that is
// neither reachable nor unreachable.
func TestMISC05_WhatFailsOneWayAndIsUnknownAnotherIsUnknown(t *testing.T) {
	const net = `
vpcs: {vpc: {cidr: 10.0.0.0/16}, far: {cidr: 10.9.0.0/16}}
not_modelled: {core: {kind: core network, reason: Cloud WAN is not modelled}}
subnets: {s: {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb}, apps: {vpc: vpc, cidr: 10.0.1.0/24}, f: {vpc: far, cidr: 10.9.0.0/24}}
route_tables: {rtb: {vpc: vpc, routes: [{destination: 10.9.0.0/16, target: core}]}}
security_groups:
  open: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}
  shut: {vpc: vpc, ingress: []}
instances:
  client: {subnet: apps, private_ip: 10.0.1.10, security_groups: [open]}
  near: {subnet: apps, private_ip: 10.0.1.11, security_groups: [WHICH]}
  there: {subnet: f, private_ip: 10.9.0.10}
load_balancers:
  nlb: {type: network, scheme: internal, nodes: [{subnet: s, private_ip: 10.0.0.40}], listeners: [{protocol: tcp, port: 443, targets: [{address: 10.0.1.11}, {address: 10.9.0.10}]}]}
`
	topo(t, but(t, net, "WHICH", "shut")).ask("client -> nlb tcp/443", eval.Unknown, because("forward ENI_SG_RULES_MISMATCH shut ingress"), because("forward UNSUPPORTED_COMPONENT core"))
	topo(t, but(t, net, "WHICH", "open")).ask("client -> nlb tcp/443", eval.Unknown)
	topo(t, but(t, net, "WHICH", "shut", "{address: 10.9.0.10}", "{address: 10.0.1.10}")).ask("near -> nlb tcp/443", eval.Partial) // both are known
}

// A question about something that is not modelled is answered, not refused.
func TestMISC05_EndsThatAreNotModelledAreUnknown(t *testing.T) {
	n := topo(t, but(t, unknownNet, "~VPC", "", "~ACL", "", "TABLE", "rtb", "FORWARD", "true"))
	for _, q := range []string{"web -> acl-x tcp/443", "acl-x -> web tcp/443", "internet -> acl-x all", "acl-x -> lb-x icmp", "lb-x -> 10.0.0.0/24 udp/53", "v -> pl-x tcp/80"} {
		for _, r := range n.asks(q) {
			if r.Verdict != eval.Unknown || len(r.Blockers) != 1 || r.Blockers[0].Code != eval.NotModelled || r.Blockers[0].Resource.ID().Kind != model.KindNotModelled {
				t.Errorf("%s: %v, blockers %v", q, r.Verdict, r.Blockers)
			}
		}
	}
	// where its interface is known, what stands before it decides as ever
	n.ask("web -> lb-x tcp/443", eval.Unknown, blocked("forward UNSUPPORTED_COMPONENT eni-lb"))
	n.ask("web -> lb-x tcp/80", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-web ingress"))
	n.ask("eni-lb -> web tcp/443", eval.Unknown, blocked("forward UNSUPPORTED_COMPONENT lb-x"))
}
