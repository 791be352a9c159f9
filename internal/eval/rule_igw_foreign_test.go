package eval_test

import "testing"

// Instances that hand on what others send: a tunnel host whose peer's VPC
// would use its internet gateway, and a peering connection.
const foreignBase = `
vpcs: {one: {cidr: 10.1.0.0/16}, two: {cidr: 10.2.0.0/16}, three: {cidr: 10.3.0.0/16}}
internet_gateways: {igw-1: {vpc: one}, igw-2: {vpc: two}}
peering_connections: {pcx: {requester: one, accepter: three}}
subnets:
  edge-1: {vpc: one, cidr: 10.1.0.0/24, route_table: rtb-edge-1}
  edge-2: {vpc: two, cidr: 10.2.0.0/24, route_table: rtb-edge-2}
  app-2: {vpc: two, cidr: 10.2.1.0/24, route_table: rtb-app-2}
  app-3: {vpc: three, cidr: 10.3.1.0/24, route_table: rtb-app-3}
route_tables:
  rtb-edge-1: {vpc: one, routes: [{destination: 0.0.0.0/0, target: igw-1}, {destination: 10.3.0.0/16, target: pcx}]}
  rtb-edge-2: {vpc: two, routes: [{destination: 0.0.0.0/0, target: igw-2}]}
  rtb-app-2: {vpc: two, routes: [{destination: 198.51.100.0/24, target: vpn-2}]}
  rtb-app-3: {vpc: three, routes: [{destination: 0.0.0.0/0, target: pcx}]}
security_groups:
  sg-1: {vpc: one, ingress: [{protocol: all, source: 0.0.0.0/0}]}
  sg-2: {vpc: two, ingress: [{protocol: all, source: 0.0.0.0/0}]}
instances:
  vpn-1: {subnet: edge-1, private_ip: 10.1.0.5, public_ip: 203.0.113.1, source_dest_check: false, ip_forward: true, security_groups: [sg-1]}
  vpn-2: {subnet: edge-2, private_ip: 10.2.0.5, public_ip: 203.0.113.2, source_dest_check: false, ip_forward: true, security_groups: [sg-2]}
  host-2: {subnet: app-2, private_ip: 10.2.1.7, security_groups: [sg-2]}
  host-3: {subnet: app-3, private_ip: 10.3.1.7}
tunnels:
  tun: {protocol: udp, port: 1194, ends: [{instance: vpn-1, address: 169.254.255.1, routes: [10.2.0.0/16]}, {instance: vpn-2, address: 169.254.255.2, routes: [198.51.100.0/24]}]}
`

func TestIGW09_ForeignSourcesCannotLeave(t *testing.T) {
	n := topo(t, foreignBase)
	n.ask("host-2 -> 198.51.100.7 tcp/443", unreachable, because("forward GATEWAY_REJECTS_SPOOFED_TRAFFIC igw-1"))
	masq := topo(t, but(t, foreignBase, "public_ip: 203.0.113.1, ", "public_ip: 203.0.113.1, masquerade: [{source: 10.2.0.0/16}], "))
	masq.ask("host-2 -> 198.51.100.7 tcp/443", reachable, seen("203.0.113.1"), via("vpn-2", "tun", "vpn-1", "igw-1"))
}

func TestIGW15_NobodyElsesGateway(t *testing.T) {
	n := topo(t, foreignBase)
	n.ask("host-3 -> 198.51.100.7 tcp/443", unreachable, blocked("forward PCX_REQUIRES_ADDRESS_IN_VPC_CIDR pcx"))
	n.ask("host-3 -> vpn-1 tcp/443", reachable, via("pcx"))
}

func TestEIGW01_ConnectionsLeaveAndNoneEnter(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56"}}
internet_gateways: {igw: {vpc: vpc}}
egress_only_internet_gateways: {eigw: {vpc: vpc}}
subnets: {s: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb, network_acl: acl}}
route_tables: {rtb: {vpc: vpc, routes: [{destination: "::/0", target: eigw}]}}
network_acls:
  acl:
    vpc: vpc
    ingress: [{rule: 1, action: allow, protocol: tcp, ports: 1024-65535, cidr: "::/0"}, {rule: 2, action: allow, protocol: tcp, ports: 80, cidr: "::/0"}]
    egress: [{rule: 1, action: allow, protocol: all, cidr: "::/0"}]
security_groups: {sg: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: "::/0"}], egress: [{protocol: all, destination: "::/0"}]}}
instances: {a: {subnet: s, private_ip: 10.0.1.10, ipv6: "2001:db8:a:1::10", security_groups: [sg]}}
`
	n := topo(t, yaml)
	n.ask("a -> 2001:db8:ffff::1 tcp/443", reachable, via("eigw"), back("eigw"), seen("2001:db8:a:1::10"), translated(), acls("acl egress"), replyACLs("acl ingress"))
	n.ask("a -> internet6 tcp/443", reachable)
	n.ask("2001:db8:ffff::1 -> a tcp/80", unreachable, because("return RETURN_PATH_ASYMMETRIC eigw")) // in by the internet gateway, the reply by the other
	n.ask("a -> 198.51.100.7 tcp/443", unreachable, because("forward NO_ROUTE_TO_DESTINATION rtb"))
	only := topo(t, but(t, yaml, "internet_gateways: {igw: {vpc: vpc}}\n", ""))
	only.ask("2001:db8:ffff::1 -> a tcp/80", unreachable, because("forward EIGW_NO_INBOUND_CONNECTIONS eigw"))
	only.ask("a -> 2001:db8:ffff::1 tcp/443", reachable, via("eigw"), back("eigw"))
	acl := topo(t, but(t, yaml, "{rule: 1, action: allow, protocol: tcp, ports: 1024-65535, cidr: \"::/0\"}", "{rule: 1, action: allow, protocol: tcp, ports: 32768-65535, cidr: \"::/0\"}"))
	acl.ask("a -> 2001:db8:ffff::1 tcp/443", partial, worksFor("", "443", "32768-65535"), because("return SUBNET_ACL_RESTRICTION acl ingress"))
}
