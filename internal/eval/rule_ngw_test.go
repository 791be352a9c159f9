package eval_test

import (
	"testing"
)

// A private client behind a public NAT gateway; every ACL named.
const ngwBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
nat_gateways: {nat: {subnet: s-nat, private_ip: 10.0.0.20, public_ip: 203.0.113.20}}
subnets:
  s-nat: {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-nat, network_acl: acl-nat}
  s-app: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-app, network_acl: acl-app}
  s-db: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-db}
route_tables:
  rtb-nat: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-app: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}
  rtb-db: {vpc: vpc}
network_acls:
  acl-nat:
    vpc: vpc
    ingress: [{rule: 1, action: allow, protocol: all, cidr: 10.0.0.0/16}, {rule: 2, action: allow, protocol: tcp, ports: 1024-65535, cidr: 0.0.0.0/0}, {rule: 3, action: allow, protocol: udp, ports: 1024-65535, cidr: 0.0.0.0/0}, {rule: 4, action: allow, protocol: icmp, cidr: 0.0.0.0/0}]
    egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]
  acl-app:
    vpc: vpc
    ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]
    egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]
security_groups:
  sg-app: {vpc: vpc, ingress: [{protocol: all, source: 10.0.0.0/16}]}
  sg-ref: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: sg-app}]}
instances:
  app: {subnet: s-app, private_ip: 10.0.1.10, security_groups: [sg-app]}
  neighbour: {subnet: s-nat, private_ip: 10.0.0.10, security_groups: [sg-app]}
  db: {subnet: s-db, private_ip: 10.0.2.10, security_groups: [sg-app]}
  fussy: {subnet: s-db, private_ip: 10.0.2.11, security_groups: [sg-ref]}
`

func TestNGW02_SourceAndPortAreRewrittenTwice(t *testing.T) {
	n := topo(t, ngwBase)
	n.ask("app -> 198.51.100.7 tcp/443 from 40001", reachable, via("nat", "igw"), back("igw", "nat"), seen("203.0.113.20"),
		arrives("198.51.100.7 443", "1024-65535"), translated("nat 10.0.1.10 > 10.0.0.20", "igw 10.0.0.20 > 203.0.113.20"),
		routed("rtb-app 0.0.0.0/0 nat"), routed("rtb-nat 0.0.0.0/0 igw"))
	n.ask("app -> 198.51.100.7 udp/53 reply", reachable, seen("203.0.113.20"))
	n.ask("app -> 198.51.100.7 icmp", reachable, seen("203.0.113.20"))
	n.ask("app -> internet tcp/443", reachable, via("nat", "igw"))
}

const ngwPeer = `
vpcs: {vpc: {cidr: 10.0.0.0/16}, far: {cidr: 10.9.0.0/16}}
peering_connections: {pcx: {requester: vpc, accepter: far}}
vpn_gateways: {vgw: {vpc: vpc}}
vpn_connections: {vpn: {gateway: vgw, routing: static, routes: [172.31.0.0/16]}}
external_networks: {dc: {cidrs: [172.31.0.0/16], behind: vpn}}
internet_gateways: {igw: {vpc: vpc}}
nat_gateways: {nat: {subnet: s-nat, private_ip: 10.0.0.20, KIND}}
subnets:
  s-nat: {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-nat}
  s-app: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-app}
  s-far: {vpc: far, cidr: 10.9.1.0/24, route_table: rtb-far, network_acl: acl-far}
route_tables:
  rtb-nat: {vpc: vpc, routes: [{destination: 10.9.0.0/16, target: pcx}, {destination: 172.31.0.0/16, target: vgw}, {destination: 0.0.0.0/0, target: igw}]}
  rtb-app: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}
  rtb-far: {vpc: far, routes: [BACK]}
network_acls:
  acl-far: {vpc: far, ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 1, action: ACTION, protocol: all, cidr: 10.0.0.20/32}]}
security_groups: {sg-far: {vpc: far, ingress: [{protocol: tcp, ports: 80, source: 10.0.0.20/32}]}}
instances:
  app: {subnet: s-app, private_ip: 10.0.1.10}
  far-host: {subnet: s-far, private_ip: 10.9.1.10, security_groups: [sg-far]}
`

func TestNGW03_PeerAndSiteSeeThePrivateAddress(t *testing.T) {
	for _, kind := range []string{"public_ip: 203.0.113.20", "connectivity: private"} {
		n := topo(t, but(t, ngwPeer, "KIND", kind, "BACK", "{destination: 10.0.0.0/16, target: pcx}", "ACTION", "allow"))
		n.ask("app -> far-host tcp/80", reachable, via("nat", "pcx"), back("pcx", "nat"), seen("10.0.0.20"), arrives("10.9.1.10 80", "1024-65535"))
		n.ask("app -> dc tcp/80", reachable, via("nat", "vgw", "vpn"), back("vpn", "vgw", "nat"), seen("10.0.0.20"))
	}
}

func TestNGW04_PrivateGatewayNeverReachesTheInternet(t *testing.T) {
	n := topo(t, but(t, ngwPeer, "KIND", "connectivity: private", "BACK", "", "ACTION", "allow"))
	n.ask("app -> 198.51.100.7 tcp/443", unreachable, blocked("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
	n = topo(t, but(t, ngwPeer, "KIND", "public_ip: 203.0.113.20", "BACK", "", "ACTION", "allow"))
	n.ask("app -> 198.51.100.7 tcp/443", reachable)
}

func TestNGW05_CarriesTCPUDPAndICMPOnly(t *testing.T) {
	n := topo(t, ngwBase)
	n.ask("app -> 198.51.100.7 proto/47", unreachable, because("forward PROTOCOL_RESTRICTION nat"))
	n.ask("app -> 198.51.100.7 proto/50", unreachable, because("forward PROTOCOL_RESTRICTION nat"))
	n.ask("app -> 198.51.100.7 icmp", reachable)
	n.ask("app -> 198.51.100.7 all", partial)
	n.ask("app -> db proto/47", reachable, via()) // not through the gateway
}

func TestNGW06_TakesNothingInUnasked(t *testing.T) {
	n := topo(t, ngwBase)
	n.ask("198.51.100.7 -> 203.0.113.20 tcp/1024", unreachable, because("forward NGW_NO_INBOUND_CONNECTIONS nat"))
	n.ask("198.51.100.7 -> 203.0.113.20 icmp", unreachable, because("forward NGW_NO_INBOUND_CONNECTIONS nat"))
	n.ask("neighbour -> 10.0.0.20 tcp/1024", unreachable, because("forward NGW_NO_INBOUND_CONNECTIONS nat"))
	n.ask("app -> 10.0.0.20 icmp", unreachable, because("forward NGW_NO_INBOUND_CONNECTIONS nat"))
	n.ask("app -> 198.51.100.7 tcp/1024", reachable)
}

func TestNGW07_SixACLChecksAndNoGroup(t *testing.T) {
	n := topo(t, ngwBase)
	n.ask("app -> 198.51.100.7 tcp/443", reachable, groups("sg-app egress"),
		acls("acl-app egress", "acl-nat ingress", "acl-nat egress"), replyACLs("acl-nat ingress", "acl-nat egress", "acl-app ingress"))
	for _, c := range []struct{ name, old, new, blocker string }{
		{"the client's leg in", "ingress: [{rule: 1, action: allow, protocol: all, cidr: 10.0.0.0/16}, ", "ingress: [", "forward SUBNET_ACL_RESTRICTION acl-nat ingress"},
		{"the gateway's leg out", "egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]\n  acl-app", "egress: [{rule: 1, action: allow, protocol: all, cidr: 10.0.0.0/16}]\n  acl-app", "forward SUBNET_ACL_RESTRICTION acl-nat egress"},
		{"the reply to the gateway", "{rule: 2, action: allow, protocol: tcp, ports: 1024-65535, cidr: 0.0.0.0/0}, ", "", "return SUBNET_ACL_RESTRICTION acl-nat ingress"},
		{"the reply to the client", "egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]\n  acl-app", "egress: [{rule: 1, action: deny, protocol: all, cidr: 10.0.1.0/24}, {rule: 2, action: allow, protocol: all, cidr: 0.0.0.0/0}]\n  acl-app", "return SUBNET_ACL_RESTRICTION acl-nat egress"},
		{"the client sees the server", "ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]", "ingress: [{rule: 1, action: allow, protocol: all, cidr: 10.0.0.0/16}]", "return SUBNET_ACL_RESTRICTION acl-app ingress"},
	} {
		topo(t, but(t, ngwBase, c.old, c.new)).ask("app -> 198.51.100.7 tcp/443", unreachable, blocked(c.blocker))
	}
	// only port 443 from the client is asked of the gateway's subnet on the client's leg
	port := topo(t, but(t, ngwBase, "ingress: [{rule: 1, action: allow, protocol: all, cidr: 10.0.0.0/16}", "ingress: [{rule: 1, action: allow, protocol: tcp, ports: 443, cidr: 10.0.1.0/24}"))
	port.ask("app -> 198.51.100.7 tcp/443", reachable)
	port.ask("app -> 198.51.100.7 tcp/80", unreachable, blocked("forward SUBNET_ACL_RESTRICTION acl-nat ingress"))
}

func TestNGW07_GatewayChoosesItsOwnSourcePort(t *testing.T) {
	// replies to half of the gateway's ports are lost: it works now and then,
	// whatever the client's port
	n := topo(t, but(t, ngwBase, "{rule: 2, action: allow, protocol: tcp, ports: 1024-65535, cidr: 0.0.0.0/0}", "{rule: 2, action: allow, protocol: tcp, ports: 32768-65535, cidr: 0.0.0.0/0}"))
	r := n.ask("app -> 198.51.100.7 tcp/443", partial, sometimesFor("10.0.1.10", "443", "1024-65535"), because("return SUBNET_ACL_RESTRICTION acl-nat ingress"))
	if len(r.Works) != 0 {
		t.Errorf("certainly works: %v", r.Works)
	}
	n.ask("app -> 198.51.100.7 tcp/443 from 50000", partial)
	n.ask("app -> 198.51.100.7 icmp", reachable)
	// the client's own ports are judged at the client's subnet
	n = topo(t, but(t, ngwBase, "ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]", "ingress: [{rule: 1, action: allow, protocol: tcp, ports: 32768-65535, cidr: 0.0.0.0/0}]"))
	n.ask("app -> 198.51.100.7 tcp/443", partial, worksFor("10.0.1.10", "443", "32768-65535"), because("return SUBNET_ACL_RESTRICTION acl-app ingress"))
	// the gateway uses no port below 1024 even for a client that does
	n = topo(t, ngwBase)
	n.ask("app -> 198.51.100.7 tcp/443 from 600", reachable, arrives("198.51.100.7 443", "1024-65535"))
}

func TestNGW08_ItsOwnSubnetMustReachTheInternet(t *testing.T) {
	n := topo(t, but(t, ngwBase, "rtb-nat: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}", "rtb-nat: {vpc: vpc}"))
	n.ask("app -> 198.51.100.7 tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-nat"))
	// a longer route of the client's table takes its destination away
	n = topo(t, but(t, ngwBase, "rtb-app: {vpc: vpc, routes: [", "rtb-app: {vpc: vpc, routes: [{destination: 198.51.100.0/24, target: blackhole}, "))
	n.ask("app -> 198.51.100.7 tcp/443", unreachable, blocked("forward BAD_STATE_ROUTE rtb-app"))
	n.ask("app -> 192.0.2.7 tcp/443", reachable, via("nat", "igw"))
	n.ask("db -> 192.0.2.7 tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-db"))
}

func TestNGW09_ClientInTheGatewaysOwnSubnetLoops(t *testing.T) {
	n := topo(t, but(t, ngwBase, "rtb-nat: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}", "rtb-nat: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}"))
	n.ask("neighbour -> 198.51.100.7 tcp/443", unreachable, because("forward ROUTING_LOOP nat"))
	n.ask("app -> 198.51.100.7 tcp/443", unreachable, because("forward ROUTING_LOOP nat")) // the translated packet, alike
	topo(t, ngwBase).ask("app -> 198.51.100.7 tcp/443", reachable)
}

func TestNGW10_SourceMustBeInItsVPC(t *testing.T) {
	// what comes out of a tunnel at a forwarding host is nobody's in this VPC
	n := topo(t, but(t, foreignBase, "instances:\n", "nat_gateways: {nat: {subnet: s-nat, private_ip: 10.1.9.20, public_ip: 203.0.113.20}}\ninstances:\n",
		"subnets:\n", "subnets:\n  s-nat: {vpc: one, cidr: 10.1.9.0/24, route_table: rtb-nat}\n",
		"rtb-edge-1: {vpc: one, routes: [", "rtb-nat: {vpc: one, routes: [{destination: 0.0.0.0/0, target: igw-1}]}\n  rtb-edge-1: {vpc: one, routes: [{destination: 198.51.100.0/24, target: nat}, "))
	n.ask("host-2 -> 198.51.100.7 tcp/443", unreachable, because("forward NGW_REQUIRES_SOURCE_IN_VPC nat"))
	n.ask("vpn-1 -> 198.51.100.7 tcp/443", reachable, via("nat", "igw-1"))
	// and a peer's packets do not even enter (golden vector 21)
	n.ask("host-3 -> 198.51.100.7 tcp/443", unreachable, blocked("forward PCX_REQUIRES_ADDRESS_IN_VPC_CIDR pcx"))
}

func TestNGW12_RepliesCrossAPeeringConnectionWithoutARoute(t *testing.T) {
	const kind, allow = "public_ip: 203.0.113.20", "allow"
	n := topo(t, but(t, ngwPeer, "KIND", kind, "BACK", "", "ACTION", allow))
	n.ask("app -> far-host tcp/80", reachable, via("nat", "pcx"), back("pcx", "nat"), assumes("NGW-12"))
	// the table decides where it has a route, and ACLs always do
	hole := topo(t, but(t, ngwPeer, "KIND", kind, "BACK", "{destination: 10.0.0.0/24, target: blackhole}", "ACTION", allow))
	hole.ask("app -> far-host tcp/80", unreachable, forwardOnly, blocked("return BAD_STATE_ROUTE rtb-far"))
	acl := topo(t, but(t, ngwPeer, "KIND", kind, "BACK", "", "ACTION", "deny"))
	acl.ask("app -> far-host tcp/80", unreachable, forwardOnly, blocked("return SUBNET_ACL_RESTRICTION acl-far egress"))
	// an instance in the place of the gateway gets no such reply
	direct := topo(t, but(t, ngwPeer, "KIND", kind, "BACK", "", "ACTION", allow, "rtb-app: {vpc: vpc, routes: [", "rtb-app: {vpc: vpc, routes: [{destination: 10.9.0.0/16, target: pcx}, ", "source: 10.0.0.20/32", "source: 10.0.0.0/16", "cidr: 10.0.0.20/32", "cidr: 10.0.0.0/16"))
	direct.ask("app -> far-host tcp/80", unreachable, forwardOnly, blocked("return NO_ROUTE_TO_DESTINATION rtb-far"))
}

func TestNGW13_ReplyIsUndoneAndDeliveredLocally(t *testing.T) {
	n := topo(t, ngwBase)
	r := n.ask("app -> 198.51.100.7 tcp/443", reachable, back("igw", "nat"), replyRouted("rtb-nat 10.0.0.0/16 local"))
	hops := way(r.Return)
	if p := hops[len(hops)-1].Packet; rangeText(p.Family, p.Destination) != "10.0.1.10" || rangeText(p.Family, p.Source) != "198.51.100.7" {
		t.Errorf("the client sees\n%s", story(r))
	}
}

func TestNGW16_DestinationSeesTheGatewayNeverTheClientsGroup(t *testing.T) {
	// a NAT gateway between two subnets of the VPC (NGW-17)
	yaml := but(t, ngwBase, "rtb-app: {vpc: vpc, routes: [", "rtb-app: {vpc: vpc, routes: [{destination: 10.0.2.0/24, target: nat}, ")
	n := topo(t, yaml)
	n.ask("app -> fussy tcp/80", unreachable, because("forward SG_REFERENCES_NOT_PRESERVED sg-ref ingress"))
	topo(t, ngwBase).ask("app -> fussy tcp/80", reachable, via())
	cidr := topo(t, but(t, yaml, "source: sg-app}", "source: 10.0.0.20/32}"))
	cidr.ask("app -> fussy tcp/80", reachable, seen("10.0.0.20"))
}

func TestNGW17_MiddleboxInsideTheVPC(t *testing.T) {
	n := topo(t, but(t, ngwBase, "rtb-app: {vpc: vpc, routes: [", "rtb-app: {vpc: vpc, routes: [{destination: 10.0.2.0/24, target: nat}, "))
	n.ask("app -> db tcp/80", reachable, via("nat"), back("nat"), seen("10.0.0.20"), routed("rtb-nat 10.0.0.0/16 local"))
	n.ask("app -> neighbour tcp/80", reachable, via(), seen("10.0.1.10")) // not covered
	local := topo(t, but(t, ngwBase, "rtb-app: {vpc: vpc, routes: [", "rtb-app: {vpc: vpc, routes: [{destination: 10.0.0.0/16, target: nat}, "))
	local.ask("app -> db tcp/80", reachable, via("nat"), seen("10.0.0.20"))
	local.ask("db -> app tcp/80", unreachable, because("return RETURN_PATH_ASYMMETRIC nat")) // the way back only
}

// Which of several addresses a connection gets, AWS does not say: all must do.
func TestNGW02_AnyOfItsAddresses(t *testing.T) {
	const text = `
vpcs: {vpc: {cidr: 10.0.0.0/16}, far: {cidr: 10.9.0.0/16}}
internet_gateways: {igw: {vpc: vpc}, igw-far: {vpc: far}}
subnets:
  s-pub: {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-pub}
  s-app: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-app}
  s-far: {vpc: far, cidr: 10.9.1.0/24, route_table: rtb-far}
route_tables:
  rtb-pub: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-app: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}
  rtb-far: {vpc: far, routes: [{destination: 0.0.0.0/0, target: igw-far}]}
nat_gateways: {nat: {subnet: s-pub, private_ip: 10.0.0.20, public_ip: 203.0.113.20, private_ips: [10.0.0.21], public_ips: {10.0.0.21: 203.0.113.21}}}
security_groups:
  sg: {vpc: far, ingress: [{protocol: tcp, ports: 443, source: 203.0.113.20/31}, {protocol: tcp, ports: 80, source: 203.0.113.20/32}, {protocol: tcp, ports: 22, source: 203.0.113.22/32}]}
instances:
  app: {subnet: s-app, private_ip: 10.0.1.10}
  web: {subnet: s-far, private_ip: 10.9.1.10, public_ip: 203.0.113.99, security_groups: [sg]}
`
	n := topo(t, text)
	n.ask("app -> web tcp/443", reachable, via("nat", "igw", "igw-far"), back("igw-far", "igw", "nat"))
	n.ask("app -> web tcp/80", partial, because("forward ENI_SG_RULES_MISMATCH sg ingress"))
	n.ask("app -> web tcp/22", unreachable)
	n.ask("app -> internet tcp/443", reachable)
	n.ask("internet -> 203.0.113.21 tcp/443", unreachable, because("forward NGW_NO_INBOUND_CONNECTIONS nat"))
}
