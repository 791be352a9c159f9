package eval_test

import (
	"strings"
	"testing"
)

// A gateway endpoint for S3 in one of two private tables; both have a default
// route through a NAT gateway. A peer, a site and a spoke have routes to it.
const gwEndpoint = `
vpcs: {vpc: {cidr: 10.0.0.0/16}, far: {cidr: 10.9.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
nat_gateways: {nat: {subnet: s-nat, private_ip: 10.0.0.20, public_ip: 203.0.113.20}}
prefix_lists: {pl-s3: {cidrs: [52.219.0.0/16, 3.5.140.0/22], service: s3}}
vpc_endpoints: {vpce-s3: {type: gateway, vpc: vpc, service: s3, prefix_list: pl-s3, route_tables: [rtb-ep]}}
transit_gateways: {tgw: {}}
transit_gateway_route_tables: {trt: {transit_gateway: tgw, routes: [{destination: 0.0.0.0/0, target: att-vpc}]}}
transit_gateway_attachments:
  att-vpc: {transit_gateway: tgw, vpc: vpc, subnets: [t], route_table: trt, propagates_to: [trt]}
  att-far: {transit_gateway: tgw, vpc: far, subnets: [s-far], route_table: trt, propagates_to: [trt]}
subnets:
  s-nat: {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-nat}
  s-ep: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-ep, network_acl: acl-ep}
  s-no: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-no}
  t: {vpc: vpc, cidr: 10.0.9.0/28, route_table: rtb-ep}
  s-far: {vpc: far, cidr: 10.9.1.0/24, route_table: rtb-far}
route_tables:
  rtb-nat: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-ep: {vpc: vpc, routes: [{destination: 10.9.0.0/16, target: tgw}, {destination: 0.0.0.0/0, target: nat}]}
  rtb-no: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}
  rtb-far: {vpc: far, routes: [{destination: 0.0.0.0/0, target: tgw}]}
network_acls:
  acl-ep: {vpc: vpc, ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 2, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
security_groups:
  sg: {vpc: vpc, egress: [{protocol: all, destination: 0.0.0.0/0}]}
  sg-pl: {vpc: vpc, egress: [{protocol: tcp, ports: 443, destination: pl-s3}]}
  sg-in: {vpc: vpc, egress: [{protocol: all, destination: 10.0.0.0/16}]}
  sg-far: {vpc: far}
instances:
  a: {subnet: s-ep, private_ip: 10.0.1.10, security_groups: [sg]}
  tight: {subnet: s-ep, private_ip: 10.0.1.11, security_groups: [sg-pl]}
  inner: {subnet: s-ep, private_ip: 10.0.1.12, security_groups: [sg-in]}
  b: {subnet: s-no, private_ip: 10.0.2.10, security_groups: [sg]}
  f: {subnet: s-far, private_ip: 10.9.1.10, security_groups: [sg-far]}
`

func TestEP01_RouteToTheServiceInTheTablesThatAreNamed(t *testing.T) {
	n := topo(t, gwEndpoint)
	n.ask("a -> 52.219.1.1 tcp/443", reachable, delivered("vpce-s3"), via(), back(), routed("rtb-ep pl-s3 vpce-s3"), seen("10.0.1.10"))
	n.ask("a -> 3.5.141.1 tcp/443", reachable, delivered("vpce-s3"))
	n.ask("b -> 52.219.1.1 tcp/443", reachable, via("nat", "igw"), seen("203.0.113.20")) // another table
	n.ask("a -> vpce-s3 tcp/443", reachable, delivered("vpce-s3"))
	refused(t, but(t, gwEndpoint, "route_tables: [rtb-ep]}", "route_tables: [rtb-ep]}, second: {type: gateway, vpc: vpc, service: s3, prefix_list: pl-s3, route_tables: [rtb-ep]}"), "already")
}

func TestEP02_LongestPrefixDecidesBetweenTheServiceAndTheRest(t *testing.T) {
	n := topo(t, gwEndpoint)
	n.ask("a -> 52.220.1.1 tcp/443", reachable, via("nat", "igw"), seen("203.0.113.20")) // another Region's
	static := topo(t, but(t, gwEndpoint, "rtb-ep: {vpc: vpc, routes: [", "rtb-ep: {vpc: vpc, routes: [{destination: 52.219.7.0/24, target: nat}, {destination: 3.5.140.0/22, target: nat}, "))
	static.ask("a -> 52.219.7.1 tcp/443", reachable, via("nat", "igw"), routed("rtb-ep 52.219.7.0/24 nat")) // longer
	static.ask("a -> 3.5.140.1 tcp/443", reachable, via("nat", "igw"), routed("rtb-ep 3.5.140.0/22 nat"))   // equal
	static.ask("a -> 52.219.8.1 tcp/443", reachable, via(), delivered("vpce-s3"))
}

func TestEP03_TCPAndEchoOnly(t *testing.T) {
	n := topo(t, gwEndpoint)
	n.ask("a -> 52.219.1.1 icmp", reachable, delivered("vpce-s3"))
	n.ask("a -> 52.219.1.1 udp/443", unreachable, blocked("forward VPCE_GATEWAY_PROTOCOL_RESTRICTION vpce-s3"))
	n.ask("a -> 52.219.1.1 icmp/3/4", unreachable, blocked("forward VPCE_GATEWAY_PROTOCOL_RESTRICTION vpce-s3"))
	n.ask("b -> 52.219.1.1 udp/443", reachable, via("nat", "igw"))
}

func TestEP04_FiltersMustAllowTheServicesAddresses(t *testing.T) {
	n := topo(t, gwEndpoint)
	n.ask("a -> 52.219.1.1 tcp/443", reachable, acls("acl-ep egress"), replyACLs("acl-ep ingress"), groups("sg egress"))
	n.ask("tight -> 52.219.1.1 tcp/443", reachable) // by the prefix list
	n.ask("tight -> 52.219.1.1 tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-pl egress"))
	n.ask("inner -> 52.219.1.1 tcp/443", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-in egress"))
	out := topo(t, but(t, gwEndpoint, "{rule: 2, action: allow, protocol: all, cidr: 0.0.0.0/0}", "{rule: 2, action: allow, protocol: all, cidr: 10.0.0.0/8}"))
	out.ask("a -> 52.219.1.1 tcp/443", unreachable, blocked("forward SUBNET_ACL_RESTRICTION acl-ep egress"))
	in := topo(t, but(t, gwEndpoint, "{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}", "{rule: 1, action: allow, protocol: tcp, ports: 1024-65535, cidr: 3.5.140.0/22}"))
	in.ask("a -> 52.219.1.1 tcp/443", unreachable, forwardOnly, blocked("return SUBNET_ACL_RESTRICTION acl-ep ingress"))
	in.ask("a -> 3.5.140.1 tcp/443", reachable)
}

func TestEP05_GatewayEndpointServesNobodyOutside(t *testing.T) {
	n := topo(t, gwEndpoint)
	n.ask("f -> 52.219.1.1 tcp/443", unreachable, blocked("forward VPCE_GATEWAY_REQUIRES_SOURCE_IN_VPC vpce-s3"))
	n.ask("f -> 52.220.1.1 tcp/443", unreachable, forwardOnly) // the NAT gateway would (NGW-11), but for its way back
	// a NAT gateway's own subnet may lead there: the source is the VPC's again
	own := topo(t, but(t, gwEndpoint, "route_tables: [rtb-ep]}", "route_tables: [rtb-nat]}"))
	own.ask("b -> 52.219.1.1 tcp/443", reachable, via("nat"), back("nat"), seen("10.0.0.20"), delivered("vpce-s3"))
}

// Interface endpoints in two subnets, clients near and far.
const ifEndpoint = `
vpcs: {vpc: {cidr: 10.0.0.0/16}, far: {cidr: 10.9.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
peering_connections: {pcx: {requester: vpc, accepter: far}}
vpn_gateways: {vgw: {vpc: vpc}}
vpn_connections: {vpn: {gateway: vgw, routing: bgp}}
external_networks: {dc: {cidrs: [172.31.0.0/16], behind: vpn}}
vpc_endpoints:
  vpce: {type: interface, vpc: vpc, service: ssm, subnets: [e-a, e-b], private_ips: [10.0.1.50, 10.0.2.50], security_groups: [sg-vpce]}
  plain: {type: interface, vpc: vpc, service: sts, subnets: [e-a], private_ips: [10.0.1.60]}
subnets:
  e-a: {vpc: vpc, cidr: 10.0.1.0/24, az: az-a, route_table: rtb, network_acl: acl-e}
  e-b: {vpc: vpc, cidr: 10.0.2.0/24, az: az-b, route_table: rtb}
  s: {vpc: vpc, cidr: 10.0.3.0/24, az: az-c, route_table: rtb}
  s-far: {vpc: far, cidr: 10.9.1.0/24, route_table: rtb-far}
route_tables:
  rtb: {vpc: vpc, routes: [{destination: 10.9.0.0/16, target: pcx}, {destination: 172.16.0.0/12, target: vgw}, {destination: 0.0.0.0/0, target: igw}]}
  rtb-far: {vpc: far, routes: [{destination: 10.0.0.0/16, target: pcx}]}
network_acls:
  acl-e: {vpc: vpc, ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 2, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
security_groups:
  sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}
  sg-vpce: {vpc: vpc, ingress: [{protocol: tcp, ports: 443, source: sg}, {protocol: tcp, ports: 443, source: 10.9.0.0/16}, {protocol: tcp, ports: 443, source: 172.31.0.0/16}, {protocol: icmp, source: 0.0.0.0/0}]}
  sg-far: {vpc: far}
instances:
  a: {subnet: s, private_ip: 10.0.3.10, security_groups: [sg]}
  n: {subnet: e-a, private_ip: 10.0.1.10, security_groups: [sg]}
  own: {subnet: s, private_ip: 10.0.3.12}
  f: {subnet: s-far, private_ip: 10.9.1.10, security_groups: [sg-far]}
`

func TestEP07_InterfaceEndpointIsReachedLikeAnyInterface(t *testing.T) {
	n := topo(t, ifEndpoint)
	n.ask("a -> 10.0.1.50 tcp/443", reachable, delivered("vpce"), via(), routed("rtb 10.0.0.0/16 local"), groups("sg egress", "sg-vpce ingress"), acls("vpc.default_network_acl egress", "acl-e ingress"), seen("10.0.3.10"))
	n.ask("a -> 10.0.2.50 tcp/443", reachable, delivered("vpce")) // from every zone
	n.ask("n -> 10.0.1.50 tcp/443", reachable, acls())            // a neighbour
	n.ask("f -> 10.0.1.50 tcp/443", reachable, via("pcx"), back("pcx"))
	n.ask("dc -> 10.0.1.50 tcp/443", reachable, via("vpn", "vgw"))
	n.ask("a -> 10.0.1.50 tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-vpce ingress"))
	// without groups it has the VPC's default one
	n.ask("own -> 10.0.1.60 tcp/443", reachable, groups("vpc.default_security_group egress", "vpc.default_security_group ingress"))
	n.ask("a -> 10.0.1.60 tcp/443", unreachable, blocked("forward ENI_SG_RULES_MISMATCH vpc.default_security_group ingress"))
	shut := topo(t, but(t, ifEndpoint, "{rule: 2, action: allow, protocol: all, cidr: 0.0.0.0/0}", "{rule: 2, action: allow, protocol: all, cidr: 10.9.0.0/16}"))
	shut.ask("a -> 10.0.1.50 tcp/443", unreachable, forwardOnly, blocked("return SUBNET_ACL_RESTRICTION acl-e egress"))
	shut.ask("f -> 10.0.1.50 tcp/443", reachable)
	shut.ask("n -> 10.0.1.50 tcp/443", reachable)
	for _, r := range n.asks("a -> vpce tcp/443") {
		if r.Verdict != reachable {
			t.Errorf("a -> vpce: %s\n%s", r.Verdict, story(r))
		}
	}
}

func TestEP08_EndpointStartsNothingAndAnswersNoPing(t *testing.T) {
	n := topo(t, ifEndpoint)
	n.ask("a -> 10.0.1.50 icmp", unreachable, because("forward PROTOCOL_RESTRICTION vpce"))
	n.ask("a -> n icmp", reachable)
	q := n.question("plain -> a tcp/443")
	if rs, err := n.net.Ask(q); err == nil {
		for _, r := range rs {
			t.Errorf("plain -> a: %s; expected that it may not be asked\n%s", r.Verdict, story(r))
		}
	}
}

func TestEP12_EndpointIsNotTheInternets(t *testing.T) {
	n := topo(t, ifEndpoint)
	for _, r := range n.asks("198.51.100.7 -> vpce tcp/443") {
		if r.Verdict != unreachable {
			t.Errorf("%s\n%s", r.Verdict, story(r))
		}
	}
}

func TestEP09_ProviderWithTheSameAddresses(t *testing.T) {
	yaml := but(t, ifEndpoint, "service: ssm, subnets: [e-a, e-b], private_ips: [10.0.1.50, 10.0.2.50]", "service: shop, subnets: [e-a], private_ips: [10.0.1.50], load_balancer: nlb",
		"far: {cidr: 10.9.0.0/16}}", "far: {cidr: 10.9.0.0/16}, shop: {cidr: 10.0.0.0/16}}", "\nroute_tables:", "\n  s-shop: {vpc: shop, cidr: 10.0.3.0/24, az: az-a, network_acl: acl-shop}\n  s-lb: {vpc: shop, cidr: 10.0.7.0/24, az: az-a, network_acl: acl-lb}\nroute_tables:",
		"\nsecurity_groups:", "\n  acl-shop: {vpc: shop, ingress: [{rule: 1, action: allow, protocol: tcp, ports: 8443, cidr: 10.0.7.0/24}], egress: [{rule: 1, action: allow, protocol: tcp, ports: 1024-65535, cidr: 10.0.7.0/24}]}\n  acl-lb: {vpc: shop, ingress: [{rule: 1, action: allow, protocol: tcp, ports: 1024-65535, cidr: 10.0.3.0/24}], egress: [{rule: 1, action: allow, protocol: tcp, ports: 8443, cidr: 10.0.3.0/24}]}\nload_balancers:\n  nlb: {type: network, scheme: internal, nodes: [{subnet: s-lb, private_ip: 10.0.7.40}], listeners: [{protocol: tcp, port: 443, targets: [{instance: server, port: 8443}]}]}\nsecurity_groups:\n  sg-shop: {vpc: shop, ingress: [{protocol: tcp, ports: 8443, source: 10.0.7.40/32}]}",
		"\ninstances:", "\ninstances:\n  server: {subnet: s-shop, private_ip: 10.0.3.10, security_groups: [sg-shop]}")
	n := topo(t, yaml)
	r := n.ask("a -> 10.0.1.50 tcp/443", reachable, delivered("server"), seen("10.0.7.40"), arrives("10.0.3.10 8443", "1024-65535"))
	if got := strings.Join(stops(r.Forward), " "); got != "vpce nlb" {
		t.Errorf("the request goes via %s\n%s", got, story(r))
	}
	n.ask("a -> 10.0.1.50 tcp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-vpce ingress", "forward ELBV2_LISTENERS_MISMATCH nlb"))
	n.ask("a -> server tcp/8443", unreachable, delivered()) // no way round it
	client := topo(t, but(t, yaml, "source: 10.0.7.40/32", "source: 10.0.3.10/32"))
	client.ask("a -> 10.0.1.50 tcp/443", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-shop ingress")) // never the client's address
}

func TestEP13_InstanceConnectEndpointStartsAndTakesNothingIn(t *testing.T) {
	yaml := but(t, ifEndpoint, "vpc_endpoints:\n", "vpc_endpoints:\n  eice: {type: instance_connect, subnet: e-a, private_ip: 10.0.1.70, security_groups: [sg-eice], preserve_client_ip: KEEP}\n",
		"security_groups:\n  sg:", "security_groups:\n  sg-eice: {vpc: vpc, egress: [{protocol: tcp, ports: 22, destination: 10.0.3.0/24}]}\n  sg-host: {vpc: vpc, ingress: [{protocol: tcp, ports: 22, source: PEER}]}\n  sg:",
		"instances:\n", "instances:\n  host: {subnet: s, private_ip: 10.0.3.20, security_groups: [sg-host]}\n")
	n := topo(t, but(t, yaml, "KEEP", "false", "PEER", "sg-eice"))
	n.ask("eice -> host tcp/22", reachable, groups("sg-eice egress", "sg-host ingress"), via(), seen("10.0.1.70"))
	n.ask("eice -> host tcp/23", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-eice egress", "forward ENI_SG_RULES_MISMATCH sg-host ingress"))
	n.ask("eice -> n tcp/22", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-eice egress")) // whose group is sg: all in
	n.ask("a -> 10.0.1.70 tcp/22", unreachable, because("forward VPCE_NO_INBOUND_CONNECTIONS eice"))
	other := topo(t, but(t, yaml, "KEEP", "false", "PEER", "198.51.100.0/24"))
	other.ask("eice -> host tcp/22", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-host ingress"))
	// with the client's address kept, the target's groups judge clients
	keep := topo(t, but(t, yaml, "KEEP", "true", "PEER", "198.51.100.0/24"))
	keep.ask("eice -> host tcp/22", partial, worksFor("198.51.100.0/24", "22", ""), because("forward ENI_SG_RULES_MISMATCH sg-host ingress"))
}

// A rule that names the endpoint's group admits it, whether the client's address
// is kept or not.
func TestEP13_GroupOfTheEndpointIsKnownWithTheClientAddressKept(t *testing.T) {
	for _, keep := range []string{"true", "false"} {
		yaml := but(t, `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets: {s: {vpc: vpc, cidr: 10.0.1.0/24}, s-h: {vpc: vpc, cidr: 10.0.2.0/24}}
security_groups:
  sg-eice: {vpc: vpc}
  sg-host: {vpc: vpc, ingress: [{protocol: tcp, ports: 22, source: sg-eice}, {protocol: tcp, ports: 3389, source: sg-host}]}
vpc_endpoints: {eice: {type: instance_connect, subnet: s, private_ip: 10.0.1.70, security_groups: [sg-eice], preserve_client_ip: KEEP}}
instances: {host: {subnet: s-h, private_ip: 10.0.2.10, security_groups: [sg-host]}}
`, "KEEP", keep)
		n := topo(t, yaml)
		n.ask("eice -> host tcp/22", reachable, groups("sg-eice egress", "sg-host ingress"))
		n.ask("eice -> host tcp/3389", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-host ingress"))
	}
}

// What keeps its clients' addresses connects within its VPC only, over a transit
// gateway too, where nothing else would stop it.
func TestEP13_KeptClientAddressStaysInTheVPC(t *testing.T) {
	yaml := but(t, `
vpcs: {vpc: {cidr: 10.0.0.0/16}, far: {cidr: 10.9.0.0/16}}
transit_gateways: {tgw: {}}
transit_gateway_route_tables: {trt: {transit_gateway: tgw}}
transit_gateway_attachments:
  att: {transit_gateway: tgw, vpc: vpc, subnets: [s], route_table: trt, propagates_to: [trt]}
  att-f: {transit_gateway: tgw, vpc: far, subnets: [s-f], route_table: trt, propagates_to: [trt]}
subnets:
  s: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb}
  s-f: {vpc: far, cidr: 10.9.1.0/24, route_table: rtb-f}
route_tables:
  rtb: {vpc: vpc, routes: [{destination: 10.9.0.0/16, target: tgw}]}
  rtb-f: {vpc: far, routes: [{destination: 0.0.0.0/0, target: tgw}]}
security_groups:
  sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}
  sg-f: {vpc: far, ingress: [{protocol: all, source: 0.0.0.0/0}]}
vpc_endpoints: {eice: {type: instance_connect, subnet: s, private_ip: 10.0.1.70, security_groups: [sg], preserve_client_ip: KEEP}}
instances:
  near: {subnet: s, private_ip: 10.0.1.10, security_groups: [sg]}
  host: {subnet: s-f, private_ip: 10.9.1.10, security_groups: [sg-f]}
`)
	keep := topo(t, but(t, yaml, "KEEP", "true"))
	keep.ask("eice -> near tcp/22", reachable)
	keep.ask("eice -> host tcp/22", unreachable, blocked("forward VPCE_CLIENT_IP_REQUIRES_TARGET_IN_VPC eice"))
	topo(t, but(t, yaml, "KEEP", "false")).ask("eice -> host tcp/22", reachable, via("tgw", "att-f"), seen("10.0.1.70"))
}

func TestEP09_ProviderKeepsNoClientAddress(t *testing.T) {
	// the target is reached over peering; its answers to the node need a route,
	// which the answers to a client whose address is kept would not
	yaml := but(t, ifEndpoint, "service: ssm, subnets: [e-a, e-b], private_ips: [10.0.1.50, 10.0.2.50]", "service: shop, subnets: [e-a], private_ips: [10.0.1.50], load_balancer: nlb",
		"rtb-far: {vpc: far, routes: [{destination: 10.0.0.0/16, target: pcx}]}", "rtb-far: {vpc: far, routes: [ROUTE]}", "\nsecurity_groups:", "\nload_balancers:\n  nlb: {type: network, scheme: internal, nodes: [{subnet: e-a, private_ip: 10.0.1.40}], cross_zone: true, listeners: [{protocol: tcp, port: 443, targets: [{address: 10.9.1.20, port: 8443}], preserve_client_ip: true}]}\nsecurity_groups:\n  sg-t: {vpc: far, ingress: [{protocol: tcp, ports: 8443, source: 10.0.1.40/32}]}",
		"\ninstances:", "\ninstances:\n  server: {subnet: s-far, private_ip: 10.9.1.20, security_groups: [sg-t]}")
	topo(t, but(t, yaml, "ROUTE", "{destination: 10.0.0.0/16, target: pcx}")).ask("a -> 10.0.1.50 tcp/443", reachable, delivered("server"), seen("10.0.1.40"))
	topo(t, but(t, yaml, "ROUTE", "")).ask("a -> 10.0.1.50 tcp/443", unreachable, forwardOnly, blocked("return NO_ROUTE_TO_DESTINATION rtb-far"))
}
