package eval_test

import "testing"

// A regional NAT gateway: no subnet, an address in each of two zones.
const regionalBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: 2001:db8:a::/56}, far: {cidr: 10.9.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
peering_connections: {pcx: {requester: vpc, accepter: far}}
nat_gateways: {nat: {availability_mode: regional, vpc: vpc, public_ips: {za: 203.0.113.20, zb: [203.0.113.21, 203.0.113.22]}TABLE}}
subnets:
  s-a: {vpc: vpc, cidr: 10.0.1.0/24, az: za, route_table: rtb-app, network_acl: acl}
  s-b: {vpc: vpc, cidr: 10.0.2.0/24, az: zb, route_table: rtb-app}
  s-c: {vpc: vpc, cidr: 10.0.3.0/24, ipv6_cidr: "2001:db8:a:3::/64", az: zc, route_table: rtb-app}
  s-far: {vpc: far, cidr: 10.9.1.0/24}
route_tables:
  rtb-app: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}, {destination: "64:ff9b::/96", target: nat}]}
  rtb-own: {vpc: vpc, routes: [{destination: 198.51.100.0/24, target: igw}, {destination: 10.9.0.0/16, target: pcx}]}
network_acls:
  acl: {vpc: vpc, ingress: [{rule: 1, action: allow, protocol: tcp, ports: 1024-65535, cidr: 0.0.0.0/0}], egress: [{rule: 1, action: allow, protocol: tcp, ports: 443, cidr: 0.0.0.0/0}]}
security_groups: {sg: {vpc: vpc, ingress: []}}
instances:
  a: {subnet: s-a, private_ip: 10.0.1.10, security_groups: [sg]}
  b: {subnet: s-b, private_ip: 10.0.2.10, security_groups: [sg]}
  c: {subnet: s-c, private_ip: 10.0.3.10, ipv6: "2001:db8:a:3::10", security_groups: [sg]}
  far-web: {subnet: s-far, private_ip: 10.9.1.10}
`

func TestNGW19_RegionalGatewayServesItsZonesWithoutASubnet(t *testing.T) {
	n := topo(t, but(t, regionalBase, "TABLE", ""))
	n.ask("a -> 198.51.100.7 tcp/443", reachable, via("nat", "igw"), back("igw", "nat"), seen("203.0.113.20"), arrives("198.51.100.7 443", "1024-65535"),
		acls("acl egress"), replyACLs("acl ingress"), // NGW-19: no ACL of the gateway's
		routed("rtb-app 0.0.0.0/0 nat"), routed("nat.route_table 0.0.0.0/0 igw"))
	r := n.ask("b -> 198.51.100.7 tcp/443", reachable)
	var out []string
	for _, h := range r.Forward.Hops {
		if h.Component == "internet" {
			out = append(out, rangeText(h.Packet.Family, h.Packet.Source))
		}
	}
	if s := differ("the addresses of zone zb", out, []string{"203.0.113.21", "203.0.113.22"}); s != "" {
		t.Error(s)
	}
}

func TestNGW19_ZoneThatItIsNotInIsServedFromAnother(t *testing.T) {
	n := topo(t, but(t, regionalBase, "TABLE", ""))
	n.ask("c -> 198.51.100.7 tcp/443", reachable, assumes("NGW-19"))
	n.ask("c -> 64:ff9b::198.51.100.7 tcp/443", reachable, assumes("NGW-19")) // NGW-14
	for _, asm := range n.ask("a -> 198.51.100.7 tcp/443", reachable).Assumptions {
		t.Errorf("assumes %v, expected nothing", asm)
	}
}

func TestNGW19_TakesNothingInAndIsReachedByNoRoute(t *testing.T) {
	n := topo(t, but(t, regionalBase, "TABLE", ""))
	n.ask("internet -> 203.0.113.20 tcp/443", unreachable, blocked("forward NGW_NO_INBOUND_CONNECTIONS nat"))
	n.ask("internet -> 203.0.113.22 tcp/443", unreachable, blocked("forward NGW_NO_INBOUND_CONNECTIONS nat"))
}

func TestNGW19_OwnTableDecidesAndOnlyTheInternetIsKnown(t *testing.T) {
	n := topo(t, but(t, regionalBase, "TABLE", ", route_table: rtb-own"))
	n.ask("a -> 198.51.100.7 tcp/443", reachable, routed("rtb-own 198.51.100.0/24 igw"))
	n.ask("a -> 192.0.2.7 tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-own"))
	n.ask("a -> 10.9.1.10 tcp/443", unknown, blocked("forward UNSUPPORTED_COMPONENT nat")) // which address it shows there is not documented
}

// The address of a regional gateway is the same on both sides of the internet
// gateway: a reply to it that a route leads there comes from the wrong side.
func TestNGW19_RepliesComeByTheInternetGateway(t *testing.T) {
	yaml := but(t, poolBase, "CHECK", "false", "rtb-app: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: router}]}", "rtb-app: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}",
		"subnets:\n", "nat_gateways: {nat: {availability_mode: regional, vpc: vpc, public_ips: {az-a: 203.0.113.20}}}\nsubnets:\n")
	topo(t, yaml).ask("app -> 192.0.2.200 tcp/80", reachable, via("nat", "igw"), back("igw", "nat"))
	n := topo(t, but(t, yaml, "rtb-edge: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}", "rtb-edge: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}"))
	n.ask("app -> 192.0.2.200 tcp/80", unreachable, blocked("return RETURN_PATH_ASYMMETRIC nat"), assumes("NGW-19"))
}

func TestNGW01_RegionalGatewayIsPublicAndNeedsAnInternetGateway(t *testing.T) {
	n := topo(t, but(t, regionalBase, "TABLE", "", "internet_gateways: {igw: {vpc: vpc}}", "internet_gateways: {igw: {vpc: vpc}}\nblock_public_access: {bpa: {internet_gateway_block_mode: block-ingress}}"))
	n.ask("a -> 198.51.100.7 tcp/443", reachable) // IGW-16: a NAT gateway's connections pass
}
