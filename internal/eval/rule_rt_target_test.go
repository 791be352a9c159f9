package eval_test

import "testing"

// A firewall instance in a subnet of its own, between the subnets left and
// right; tables to be filled in.
const rtFirewall = `
vpcs: {vpc: {cidrs: [10.0.0.0/16, 100.64.0.0/16]}}
subnets:
  left: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-left, network_acl: acl-left}
  right: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-right}
  fw: {vpc: vpc, cidr: 10.0.9.0/24, route_table: rtb-fw, network_acl: acl-fw}
  other: {vpc: vpc, cidr: 100.64.1.0/24}
route_tables:
  rtb-left: {vpc: vpc, routes: [{destination: 10.0.2.0/24, target: eni-fw}]}
  rtb-right: {vpc: vpc, routes: [{destination: 10.0.1.0/24, target: eni-fw}]}
  rtb-fw: {vpc: vpc}
network_acls:
  acl-left: &any {vpc: vpc, ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
  acl-fw: {<<: *any}
security_groups:
  open: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}
  sg-fw: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}
instances:
  a: {subnet: left, private_ip: 10.0.1.10, security_groups: [open]}
  a2: {subnet: left, private_ip: 10.0.1.11, security_groups: [open]}
  b: {subnet: right, private_ip: 10.0.2.10, security_groups: [open]}
  c: {subnet: other, private_ip: 100.64.1.10, security_groups: [open]}
  firewall: {ip_forward: true}
network_interfaces:
  eni-fw: {instance: firewall, subnet: fw, private_ip: 10.0.9.10, source_dest_check: false, security_groups: [sg-fw]}
`

func TestRT09_StaticRouteMoreSpecificThanLocalWins(t *testing.T) {
	n := topo(t, rtFirewall)
	n.ask("a -> b tcp/80", reachable, routed("rtb-left 10.0.2.0/24 eni-fw"), routed("rtb-fw 10.0.0.0/16 local"),
		replyRouted("rtb-right 10.0.1.0/24 eni-fw"), via("firewall"), back("firewall"), seen("10.0.1.10"))
	n.ask("a -> firewall tcp/80", reachable, routed("rtb-left 10.0.0.0/16 local"), via()) // not covered: local
	n.ask("a -> c tcp/80", reachable, routed("rtb-left 100.64.0.0/16 local"), via())
	one := topo(t, but(t, rtFirewall, "rtb-right: {vpc: vpc, routes: [{destination: 10.0.1.0/24, target: eni-fw}]}", "rtb-right: {vpc: vpc}"))
	one.ask("a -> b tcp/80", unreachable, because("return RETURN_PATH_ASYMMETRIC a"), forwardOnly)
}

func TestRT11_LocalRouteWithAnotherTarget(t *testing.T) {
	const left, right = "{destination: 10.0.2.0/24, target: eni-fw}", "{destination: 10.0.1.0/24, target: eni-fw}"
	n := topo(t, but(t, rtFirewall, left, "{destination: 10.0.0.0/16, target: eni-fw}", right, "{destination: 10.0.0.0/16, target: eni-fw}"))
	n.ask("a -> b tcp/80", reachable, routed("rtb-left 10.0.0.0/16 eni-fw"), via("firewall"), back("firewall"))
	n.ask("a -> a2 tcp/80", reachable, via(), acls())                                // inside the subnet: no table
	n.ask("a -> c tcp/80", reachable, routed("rtb-left 100.64.0.0/16 local"), via()) // another block keeps its own local route
	n.ask("a -> 10.0.7.7 tcp/80", unreachable, routed("rtb-left 10.0.0.0/16 eni-fw"), because("forward NO_POSSIBLE_DESTINATION vpc"))
}

func TestRT12_NoTableAndNoACLInsideASubnet(t *testing.T) {
	// neither a route for the subnet itself nor an ACL that denies all concerns neighbours; groups do
	n := topo(t, but(t, rtFirewall, "rtb-left: {vpc: vpc, routes: [", "rtb-left: {vpc: vpc, routes: [{destination: 10.0.1.0/24, target: eni-fw}, ",
		"acl-left: &any {vpc: vpc,", "acl-left: {vpc: vpc}\n  acl-any: &any {vpc: vpc,"))
	n.ask("a -> a2 tcp/80", reachable, via(), order("open egress", "open ingress"))
	n.ask("a -> b tcp/80", unreachable, because("forward SUBNET_ACL_RESTRICTION acl-left egress"))
	closed := topo(t, but(t, rtFirewall, "a2: {subnet: left, private_ip: 10.0.1.11, security_groups: [open]}", "a2: {subnet: left, private_ip: 10.0.1.11}"))
	closed.ask("a -> a2 tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH vpc.default_security_group ingress"))
}

func TestRT13_BlackholeWinsAndNothingShorterIsTried(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16}, far: {cidr: 10.9.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
peering_connections: {pcx: {requester: vpc, accepter: far, status: pending-acceptance}}
subnets:
  s: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb}
  s-fw: {vpc: vpc, cidr: 10.0.9.0/24}
route_tables:
  rtb:
    vpc: vpc
    routes:
      - {destination: 0.0.0.0/0, target: igw}
      - {destination: 198.51.100.0/24, target: blackhole}        # gone
      - {destination: 198.51.101.0/24, target: eni-loose}        # loose
      - {destination: 10.9.0.0/16, target: pcx}                  # pending
instances: {a: {subnet: s, private_ip: 10.0.1.10, public_ip: 203.0.113.1}}
network_interfaces: {eni-loose: {subnet: s-fw, private_ip: 10.0.9.10, source_dest_check: false}}
`
	n := topo(t, yaml)
	n.ask("a -> 198.51.100.7 tcp/443", unreachable, blocked("forward BAD_STATE_ROUTE rtb"), line("# gone"))
	n.ask("a -> 198.51.101.7 tcp/443", unreachable, blocked("forward BAD_STATE_ROUTE rtb"), line("# loose"))
	n.ask("a -> 10.9.0.10 tcp/443", unreachable, blocked("forward BAD_STATE_ROUTE rtb"), line("# pending"))
	n.ask("a -> 198.51.102.7 tcp/443", reachable, via("igw"))
}

func TestRT13_RouteToADetachedGateway(t *testing.T) {
	n := topo(t, `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {}}
subnets: {s: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb}}
route_tables: {rtb: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}}
instances: {a: {subnet: s, private_ip: 10.0.1.10, public_ip: 203.0.113.1}}
`)
	n.ask("a -> internet tcp/443", unreachable, blocked("forward BAD_STATE_ROUTE rtb"))
	n.ask("internet -> a tcp/443", unreachable, because("forward NO_INTERNET_GATEWAY vpc"))
}

func TestRT15_RouteToAnInstanceIsARouteToItsInterface(t *testing.T) {
	yaml := but(t, rtFirewall, "  firewall: {ip_forward: true}\nnetwork_interfaces:\n  eni-fw: {instance: firewall, ",
		"  firewall: {ip_forward: true, ", "target: eni-fw", "target: firewall")
	n := topo(t, yaml)
	n.ask("a -> b tcp/80", reachable, via("firewall"), back("firewall"), acls("acl-left egress", "acl-fw ingress", "acl-fw egress", "vpc.default_network_acl ingress"))
	checked := topo(t, but(t, yaml, "source_dest_check: false, ", ""))
	checked.ask("a -> b tcp/80", unreachable, because("forward ENI_SOURCE_DEST_CHECK_RESTRICTION eni-firewall ingress"))
}

func TestRT19_RouteToAnInterfaceKeepsTheHeaderAndItsFiltersApply(t *testing.T) {
	n := topo(t, rtFirewall)
	n.ask("a -> b tcp/80", reachable, translated(), arrives("10.0.2.10 80", "1024-65535"),
		groups("open egress", "sg-fw ingress", "sg-fw egress", "open ingress"),
		acls("acl-left egress", "acl-fw ingress", "acl-fw egress", "vpc.default_network_acl ingress"))
	// the group of the appliance sees the packet's own addresses
	sg := topo(t, but(t, rtFirewall, "sg-fw: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}", "sg-fw: {vpc: vpc, ingress: [{protocol: all, source: 10.0.2.0/24}]}"))
	sg.ask("a -> b tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-fw ingress"))
	sg.ask("b -> a tcp/80", reachable)
	acl := topo(t, but(t, rtFirewall, "acl-fw: {<<: *any}", "acl-fw: {<<: *any, ingress: []}"))
	acl.ask("a -> b tcp/80", unreachable, because("forward SUBNET_ACL_RESTRICTION acl-fw ingress"))
	check := topo(t, but(t, rtFirewall, "source_dest_check: false, ", ""))
	check.ask("a -> b tcp/80", unreachable, because("forward ENI_SOURCE_DEST_CHECK_RESTRICTION eni-fw ingress"))
}
