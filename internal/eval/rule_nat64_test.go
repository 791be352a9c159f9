package eval_test

import "testing"

// An IPv6-only client, whose traffic to 64:ff9b::/96 a NAT gateway translates.
const nat64Base = `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: 2001:db8:a::/56}, far: {cidr: 10.9.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
peering_connections: {pcx: {requester: vpc, accepter: far}}
nat_gateways: {nat: {subnet: s-nat, private_ip: 10.0.0.20, public_ip: 203.0.113.20}}
subnets:
  s-nat: {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-nat, network_acl: acl-nat}
  s-six: {vpc: vpc, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb-six, network_acl: acl-six}
  s-db: {vpc: vpc, cidr: 10.0.2.0/24}
  s-far: {vpc: far, cidr: 10.9.1.0/24}
route_tables:
  rtb-nat: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}, {destination: 10.9.0.0/16, target: pcx}]}
  rtb-six: {vpc: vpc, routes: [{destination: "64:ff9b::/96", target: nat}]}
network_acls:
  acl-nat:
    vpc: vpc
    ingress: [{rule: 1, action: allow, protocol: all, cidr: "::/0"}, {rule: 2, action: allow, protocol: all, cidr: 0.0.0.0/0}]
    egress: [{rule: 1, action: allow, protocol: all, cidr: "2001:db8:a::/56"}, {rule: 2, action: allow, protocol: all, cidr: 0.0.0.0/0}]
  acl-six:
    vpc: vpc
    ingress: [{rule: 1, action: allow, protocol: tcp, ports: 1024-65535, cidr: "64:ff9b::/96"}, {rule: 2, action: allow, protocol: icmpv6, icmp: {type: 129}, cidr: "64:ff9b::/96"}]
    egress: [{rule: 1, action: allow, protocol: all, cidr: "64:ff9b::/96"}]
security_groups:
  sg-six: {vpc: vpc, egress: [{protocol: all, destination: "64:ff9b::/96"}]}
  sg-db: {vpc: vpc, ingress: [{protocol: tcp, ports: 5432, source: 10.0.0.20/32}, {protocol: tcp, ports: 5433, source: sg-six}]}
  sg-far: {vpc: far, ingress: [{protocol: tcp, ports: 80, source: 10.0.0.20/32}]}
instances:
  six: {subnet: s-six, ipv6: "2001:db8:a:1::10", security_groups: [sg-six]}
  db: {subnet: s-db, private_ip: 10.0.2.10, security_groups: [sg-db]}
  far-web: {subnet: s-far, private_ip: 10.9.1.10, security_groups: [sg-far]}
`

func TestNGW14_IPv6BecomesIPv4AndRepliesComeBack(t *testing.T) {
	n := topo(t, nat64Base)
	n.ask("six -> 64:ff9b::198.51.100.7 tcp/443 from 40001", reachable, via("nat", "igw"), back("igw", "nat"),
		seen("203.0.113.20"), arrives("198.51.100.7 443", "1024-65535"),
		translated("nat 64:ff9b::c633:6407 > 198.51.100.7", "igw 10.0.0.20 > 203.0.113.20"),
		routed("rtb-six 64:ff9b::/96 nat"), routed("rtb-nat 0.0.0.0/0 igw"),
		acls("acl-six egress", "acl-nat ingress", "acl-nat egress"),
		replyACLs("acl-nat ingress", "acl-nat egress", "acl-six ingress"))
	n.ask("six -> 64:ff9b::198.51.100.0/120 tcp/443", reachable, arrives("198.51.100.0/24 443", "1024-65535"))
}

func TestNGW14_EchoIsTranslatedAndOtherICMPv6IsNot(t *testing.T) {
	n := topo(t, nat64Base)
	n.ask("six -> 64:ff9b::198.51.100.7 icmp", reachable, arrives("198.51.100.7 2048", ""))
	n.ask("six -> 64:ff9b::198.51.100.7 icmpv6/128/0", reachable)
	n.ask("six -> 64:ff9b::198.51.100.7 icmpv6/2", unreachable, blocked("forward PROTOCOL_RESTRICTION nat"))
	n.ask("six -> 64:ff9b::198.51.100.7 proto/47", unreachable, blocked("forward PROTOCOL_RESTRICTION nat"))
}

func TestNGW14_WithinTheVPCAndOverPeering(t *testing.T) {
	n := topo(t, nat64Base)
	n.ask("six -> 64:ff9b::10.0.2.10 tcp/5432", reachable, via("nat"), seen("10.0.0.20"), delivered("db"))
	n.ask("six -> 64:ff9b::10.0.2.10 tcp/5433", unreachable, blocked("forward SG_REFERENCES_NOT_PRESERVED sg-db ingress"))
	n.ask("six -> 64:ff9b::10.9.1.10 tcp/80", reachable, via("nat", "pcx"), delivered("far-web"), assumes("NGW-12"))
	n.ask("six -> 64:ff9b::10.0.2.99 tcp/80", unreachable, blocked("forward NO_POSSIBLE_DESTINATION vpc"))
}

func TestNGW14_FiltersSeeThePrefixOnTheClientsSide(t *testing.T) {
	n := topo(t, but(t, nat64Base, `destination: "64:ff9b::/96"}]}
  sg-db`, `destination: "2000::/3"}]}
  sg-db`))
	n.ask("six -> 64:ff9b::198.51.100.7 tcp/443", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-six egress"))
	n = topo(t, but(t, nat64Base, `{rule: 1, action: allow, protocol: tcp, ports: 1024-65535, cidr: "64:ff9b::/96"}`,
		`{rule: 1, action: allow, protocol: tcp, ports: 1024-65535, cidr: 198.51.100.0/24}`))
	n.ask("six -> 64:ff9b::198.51.100.7 tcp/443", unreachable, blocked("return SUBNET_ACL_RESTRICTION acl-six ingress"), forwardOnly)
	n = topo(t, but(t, nat64Base, `{rule: 1, action: allow, protocol: all, cidr: "2001:db8:a::/56"}, `, ""))
	n.ask("six -> 64:ff9b::198.51.100.7 tcp/443", unreachable, blocked("return SUBNET_ACL_RESTRICTION acl-nat egress"), forwardOnly)
}

// The reply's ports are the client's own again: an ACL that admits some of
// them admits exactly those.
func TestNGW14_SourcePortsSurviveTheChangeOfFamily(t *testing.T) {
	n := topo(t, but(t, nat64Base, `protocol: tcp, ports: 1024-65535, cidr: "64:ff9b::/96"`, `protocol: tcp, ports: 32768-65535, cidr: "64:ff9b::/96"`))
	n.ask("six -> 64:ff9b::198.51.100.7 tcp/443", partial, worksFor("2001:db8:a:1::10", "443", "32768-65535"))
	n = topo(t, but(t, nat64Base, "protocol: all, cidr: 0.0.0.0/0}]\n    egress", "protocol: tcp, ports: 1024-2047, cidr: 0.0.0.0/0}]\n    egress"))
	n.ask("six -> 64:ff9b::198.51.100.7 tcp/443", partial, sometimesFor("2001:db8:a:1::10", "443", "1024-65535"))
}

func TestNGW14_PrivateGatewayAndAnIPv4Client(t *testing.T) {
	n := topo(t, but(t, nat64Base, "public_ip: 203.0.113.20", "connectivity: private"))
	n.ask("six -> 64:ff9b::10.0.2.10 tcp/5432", reachable, via("nat"))
	n.ask("six -> 64:ff9b::198.51.100.7 tcp/443", unreachable, blocked("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
	n.ask("db -> 64:ff9b::198.51.100.7 tcp/443", unreachable, blocked("forward NO_ADDRESS_OF_FAMILY db"))
}
