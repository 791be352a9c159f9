package eval_test

import (
	"fmt"
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// A server without a public address, a private one, and a peer; no route
// leads between the VPCs, and some filters are shut as well.
const wanting = `
vpcs: {a: {cidr: 10.0.0.0/16}, b: {cidr: 10.1.0.0/16}}
internet_gateways: {igw: {vpc: a}}
peering_connections: {pcx: {requester: a, accepter: b}}
subnets:
  s: {vpc: a, cidr: 10.0.0.0/24, route_table: rtb, network_acl: acl}
  p: {vpc: a, cidr: 10.0.1.0/24, route_table: rtb-p}
  t: {vpc: b, cidr: 10.1.0.0/24, route_table: rtb-b}
route_tables:
  rtb: {vpc: a, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-p: {vpc: a}
  rtb-b: {vpc: b}
network_acls:
  acl: {vpc: a, ingress: [{rule: 1, action: allow, protocol: tcp, ports: 443, cidr: 0.0.0.0/0}], egress: [{rule: 1, action: allow, protocol: tcp, ports: 443, cidr: 0.0.0.0/0}]}
security_groups: {shut: {vpc: a}, shut-b: {vpc: b}}
instances:
  web: {subnet: s, private_ip: 10.0.0.10, security_groups: [shut]}
  priv: {subnet: p, private_ip: 10.0.1.10, security_groups: [shut]}
  pub: {subnet: p, private_ip: 10.0.1.20, public_ip: 203.0.113.20, security_groups: [shut]}
  far: {subnet: t, private_ip: 10.1.0.10, security_groups: [shut-b]}
`

// supposedBehind wants every blocker but the first to be marked as supposed.
func supposedBehind(_ *network, r *eval.Result) string {
	var got []bool
	for i, b := range r.Blockers {
		if b.Supposed != (i > 0) {
			return fmt.Sprintf("supposed %v of %v", append(got, b.Supposed), blockers(r))
		}
		got = append(got, b.Supposed)
	}
	return ""
}

func TestIGW03_WalksOnAsIfFromAPublicAddress(t *testing.T) {
	n := topo(t, wanting)
	n.ask("web -> internet tcp/443", unreachable, supposedBehind, delivered(),
		blocked("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw", "return SUBNET_ACL_RESTRICTION acl ingress"))
	// the address would be judged inside the topology, and is not there
	n.ask("web -> 203.0.113.20 tcp/443", unreachable, blocked("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
	mended := topo(t, but(t, wanting, "web: {subnet: s, private_ip: 10.0.0.10,", "web: {subnet: s, private_ip: 10.0.0.10, public_ip: 203.0.113.10,"))
	mended.ask("web -> internet tcp/443", unreachable, blocked("return SUBNET_ACL_RESTRICTION acl ingress"))
}

func TestIGW05_WalksOnAsIfForAPublicAddress(t *testing.T) {
	n := topo(t, wanting)
	n.ask("internet -> web tcp/443", unreachable, supposedBehind, delivered(),
		blocked("forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS igw", "forward ENI_SG_RULES_MISMATCH shut ingress", "return SUBNET_ACL_RESTRICTION acl egress"))
	mended := topo(t, but(t, wanting, "web: {subnet: s, private_ip: 10.0.0.10,", "web: {subnet: s, private_ip: 10.0.0.10, public_ip: 203.0.113.10,"))
	mended.ask("internet -> web tcp/443", unreachable, blocked("forward ENI_SG_RULES_MISMATCH shut ingress", "return SUBNET_ACL_RESTRICTION acl egress"))
	// an address of nobody is not supposed to be somebody's
	n.ask("internet -> 10.0.0.77 tcp/443", unreachable, blocked("forward IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS internet"))
	none := topo(t, but(t, wanting, "igw: {vpc: a}", "igw: {}"))
	none.ask("internet -> web tcp/443", unreachable, blocked("forward NO_INTERNET_GATEWAY a"))
}

func TestRT18_WalksOnWhereOneThingCouldBeTheTarget(t *testing.T) {
	n := topo(t, wanting)
	n.ask("priv -> far tcp/443", unreachable, supposedBehind, delivered(),
		blocked("forward NO_ROUTE_TO_DESTINATION rtb-p", "forward ENI_SG_RULES_MISMATCH shut-b ingress", "return NO_ROUTE_TO_DESTINATION rtb-b"))
	// an Elastic IP without a route: the reply would go out by the internet gateway
	n.ask("internet -> pub tcp/443", unreachable, blocked("forward ENI_SG_RULES_MISMATCH shut ingress", "return NO_ROUTE_TO_DESTINATION rtb-p"))
	// priv has no public address: a NAT gateway would do as well
	n.ask("priv -> internet tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-p"))
	// not active, it carries nothing
	dead := topo(t, but(t, wanting, "accepter: b}", "accepter: b, status: deleted}"))
	dead.ask("priv -> far tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-p"))
	// two ways: which is meant, nobody can say
	two := but(t, wanting, "subnets:\n", `transit_gateways: {tgw: {}}
transit_gateway_route_tables: {trt: {transit_gateway: tgw}}
transit_gateway_attachments:
  att-a: {transit_gateway: tgw, vpc: a, subnets: [p], route_table: trt, propagates_to: [trt]}
  att-b: {transit_gateway: tgw, vpc: b, subnets: [t], propagates_to: [trt]}
subnets:
`)
	topo(t, two).ask("priv -> far tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-p"))
	transit := topo(t, but(t, two, "peering_connections: {pcx: {requester: a, accepter: b}}", ""))
	transit.ask("priv -> 10.1.0.10 tcp/443", unreachable, supposedBehind,
		blocked("forward NO_ROUTE_TO_DESTINATION rtb-p", "forward ENI_SG_RULES_MISMATCH shut-b ingress", "return NO_ROUTE_TO_DESTINATION rtb-b", "return TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION att-b"))
}

func TestRT18_WalksOnToASite(t *testing.T) {
	n := topo(t, but(t, sitesBase, "rtb: {vpc: vpc, propagating_gateways: [vgw]}", "rtb: {vpc: vpc}", "cidrs: [172.31.0.0/16], behind: [dx, vpn]", "cidrs: [172.31.0.0/16], behind: vpn", "vpn: {gateway: vgw, routing: bgp}", "vpn: {gateway: vgw, routing: bgp, customer_gateway: cgw}", "{routes: [10.0.0.0/16]}", "{routes: []}",
		"rtb-2: {vpc: two, routes: [{destination: 172.16.0.0/12, target: tgw}]}", "rtb-2: {vpc: two}"))
	n.ask("a -> dc tcp/443", unreachable, supposedBehind, blocked("forward NO_ROUTE_TO_DESTINATION rtb", "return CUSTOMER_GATEWAY_NO_ROUTE cgw"))
	n.ask("c -> branch tcp/443", unreachable, supposedBehind, blocked("forward NO_ROUTE_TO_DESTINATION rtb-2"))
	n.ask("c -> 172.16.0.1 tcp/443", unreachable, noReply, blocked("forward NO_ROUTE_TO_DESTINATION rtb-2"))
}
