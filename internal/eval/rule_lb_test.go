package eval_test

import (
	"maps"
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// A network and an application load balancer before a private server; the
// server's subnet has no way to the internet.
const lbBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
load_balancers:
  nlb:
    type: network
    scheme: internet_facing
    nodes: [{subnet: pub, private_ip: 10.0.0.40, public_ip: 203.0.113.40}]
    listeners:
      - {protocol: tcp, port: 443, targets: [{instance: web, port: 8443}]}
      - {protocol: tcp, port: 444, targets: [{instance: web, port: 8443}], preserve_client_ip: false}
      - {protocol: tcp, port: 445, targets: [{address: 10.0.1.10, port: 8443}]}
      - {protocol: udp, port: 53, targets: [{instance: web}]}
  alb:
    type: application
    scheme: internet_facing
    nodes: [{subnet: pub, private_ip: 10.0.0.50, public_ip: 203.0.113.50}]
    security_groups: [sg-alb]
    listeners: [{protocol: https, port: 443, targets: [{instance: app, port: 8080}]}]
subnets:
  pub: {vpc: vpc, cidr: 10.0.0.0/24, az: az-a, route_table: rtb-pub, network_acl: acl-pub}
  priv: {vpc: vpc, cidr: 10.0.1.0/24, az: az-a, network_acl: acl-priv}
  pub-b: {vpc: vpc, cidr: 10.0.2.0/24, az: az-b, route_table: rtb-pub}
  priv-b: {vpc: vpc, cidr: 10.0.3.0/24, az: az-b}
route_tables:
  rtb-pub: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
network_acls:
  acl-pub: {vpc: vpc, ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 2, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
  acl-priv: {vpc: vpc, ingress: [{rule: 3, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 4, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
security_groups:
  sg-web: {vpc: vpc, ingress: [{protocol: tcp, ports: 8443, source: 0.0.0.0/0}, {protocol: udp, ports: 53, source: 0.0.0.0/0}]}
  sg-alb: {vpc: vpc, ingress: [{protocol: tcp, ports: 443, source: 0.0.0.0/0}], egress: [{protocol: tcp, ports: 8080, destination: 10.0.1.0/24}]}
  sg-app: {vpc: vpc, ingress: [{protocol: tcp, ports: 8080, source: sg-alb}]}
instances:
  web: {subnet: priv, private_ip: 10.0.1.10, security_groups: [sg-web]}
  app: {subnet: priv, private_ip: 10.0.1.20, security_groups: [sg-app]}
  in: {subnet: pub-b, private_ip: 10.0.2.10, security_groups: [sg-web]}
`

func TestLB01_ClientMustReachANodeAndAListener(t *testing.T) {
	n := topo(t, lbBase)
	n.ask("198.51.100.7 -> nlb tcp/443", reachable, delivered("web"), via("igw", "nlb"), back("nlb", "igw"), arrives("10.0.1.10 8443", ""))
	n.ask("198.51.100.7 -> 203.0.113.50 tcp/443", reachable, delivered("app"), via("igw", "alb"), back("alb", "igw"), arrives("10.0.1.20 8080", "1024-65535"))
	n.ask("in -> 10.0.0.40 tcp/443", reachable, delivered("web"), via("nlb"), back("nlb"))
	n.ask("198.51.100.7 -> nlb tcp/80", unreachable, because("forward ELBV2_LISTENERS_MISMATCH nlb"))
	n.ask("198.51.100.7 -> nlb udp/443", unreachable, because("forward ELBV2_LISTENERS_MISMATCH nlb"))
	n.ask("198.51.100.7 -> nlb tcp/443-444", reachable)
	n.ask("198.51.100.7 -> nlb tcp/440-443", partial, worksFor("", "443", ""))
	dark := topo(t, but(t, lbBase, "az: az-a, route_table: rtb-pub, network_acl: acl-pub", "az: az-a, network_acl: acl-pub"))
	dark.ask("198.51.100.7 -> nlb tcp/444", unreachable, forwardOnly, blocked("return NO_ROUTE_TO_DESTINATION vpc.main_route_table"))
	dark.ask("in -> 10.0.0.40 tcp/444", reachable)
	internal := topo(t, but(t, lbBase, "type: network\n    scheme: internet_facing", "type: network\n    scheme: internal", ", public_ip: 203.0.113.40", ""))
	internal.ask("in -> nlb tcp/443", reachable)
	internal.ask("198.51.100.7 -> 10.0.0.40 tcp/443", unreachable)
}

func TestLB02_SecondLegIsAWalkOfItsOwn(t *testing.T) {
	n := topo(t, lbBase)
	n.ask("198.51.100.7 -> nlb tcp/444", reachable, seen("10.0.0.40"), arrives("10.0.1.10 8443", "1024-65535"), routed("rtb-pub 10.0.0.0/16 local"),
		acls("acl-pub ingress", "acl-pub egress", "acl-priv ingress"), replyACLs("acl-priv egress", "acl-pub ingress", "acl-pub egress"), replyRouted("vpc.main_route_table 10.0.0.0/16 local"), replyRouted("rtb-pub 0.0.0.0/0 igw"))
	deny := func(rule, what string) *network {
		return topo(t, but(t, lbBase, "{rule: "+rule+", action: allow, protocol: all, cidr: 0.0.0.0/0}", "{rule: 80, action: deny, "+what+"}, {rule: 81, action: allow, protocol: all, cidr: 0.0.0.0/0}"))
	}
	for _, c := range []struct{ rule, what, blocker string }{
		{"1", "protocol: tcp, ports: 444, cidr: 198.51.100.7/32", "forward SUBNET_ACL_RESTRICTION acl-pub ingress"},
		{"2", "protocol: tcp, ports: 8443, cidr: 10.0.1.0/24", "forward SUBNET_ACL_RESTRICTION acl-pub egress"},
		{"3", "protocol: tcp, ports: 8443, cidr: 10.0.0.0/24", "forward SUBNET_ACL_RESTRICTION acl-priv ingress"},
		{"4", "protocol: tcp, ports: 1024-65535, cidr: 10.0.0.40/32", "return SUBNET_ACL_RESTRICTION acl-priv egress"},
		{"1", "protocol: tcp, ports: 1024-65535, cidr: 10.0.1.10/32", "return SUBNET_ACL_RESTRICTION acl-pub ingress"},
		{"2", "protocol: tcp, ports: 1024-65535, cidr: 198.51.100.7/32", "return SUBNET_ACL_RESTRICTION acl-pub egress"},
	} {
		deny(c.rule, c.what).ask("198.51.100.7 -> nlb tcp/444", unreachable, blocked(c.blocker))
	}
	deny("3", "protocol: tcp, ports: 8443, cidr: 198.51.100.0/24").ask("198.51.100.7 -> nlb tcp/444", reachable) // the client is not to be seen there
	// replies to half of the node's ports are lost: now and then
	half := topo(t, but(t, lbBase, "{rule: 4, action: allow, protocol: all, cidr: 0.0.0.0/0}", "{rule: 4, action: allow, protocol: tcp, ports: 32768-65535, cidr: 0.0.0.0/0}"))
	half.ask("198.51.100.7 -> nlb tcp/444", partial, sometimesFor("198.51.100.7", "444", "1024-65535"), because("return SUBNET_ACL_RESTRICTION acl-priv egress"))
}

func TestLB03_TargetOfAnApplicationLoadBalancerSeesTheNode(t *testing.T) {
	n := topo(t, lbBase)
	n.ask("198.51.100.7 -> alb tcp/443", reachable, seen("10.0.0.50"), delivered("app"))
	n.ask("198.51.100.7 -> app tcp/8080", unreachable, delivered())
	node := topo(t, but(t, lbBase, "source: sg-alb}", "source: 10.0.0.0/24}"))
	node.ask("198.51.100.7 -> alb tcp/443", reachable)
	client := topo(t, but(t, lbBase, "source: sg-alb}", "source: 198.51.100.0/24}"))
	client.ask("198.51.100.7 -> alb tcp/443", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-app ingress"))
}

func TestLB04_GroupsOfAnApplicationLoadBalancer(t *testing.T) {
	n := topo(t, lbBase)
	n.ask("198.51.100.7 -> alb tcp/443", reachable, groups("sg-alb ingress", "sg-alb egress", "sg-app ingress"))
	in := topo(t, but(t, lbBase, "sg-alb: {vpc: vpc, ingress: [{protocol: tcp, ports: 443, source: 0.0.0.0/0}]", "sg-alb: {vpc: vpc, ingress: [{protocol: tcp, ports: 443, source: 10.0.0.0/8}]"))
	in.ask("198.51.100.7 -> alb tcp/443", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-alb ingress"))
	in.ask("in -> 10.0.0.50 tcp/443", reachable)
	out := topo(t, but(t, lbBase, "ports: 8080, destination: 10.0.1.0/24", "ports: 443, destination: 10.0.1.0/24"))
	out.ask("198.51.100.7 -> alb tcp/443", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-alb egress"))
	classic := topo(t, but(t, lbBase, "type: application", "type: classic", "protocol: https, port", "protocol: tcp, port"))
	classic.ask("198.51.100.7 -> alb tcp/443", reachable, seen("10.0.0.50"), groups("sg-alb ingress", "sg-alb egress", "sg-app ingress"))
	classic.ask("198.51.100.7 -> alb tcp/444", unreachable, because("forward ELB_LISTENERS_MISMATCH alb")) // AWS has words of its own for these
	zones := topo(t, but(t, lbBase, "type: application", "type: classic", "protocol: https, port", "protocol: tcp, port", "priv: {vpc: vpc, cidr: 10.0.1.0/24, az: az-a", "priv: {vpc: vpc, cidr: 10.0.1.0/24, az: az-z"))
	zones.ask("198.51.100.7 -> alb tcp/443", unreachable, because("forward ELB_NOT_CROSSZONE alb"))
	refused(t, but(t, lbBase, "    security_groups: [sg-alb]\n", ""), "security_groups")
}

func TestLB05_GroupsOfANetworkLoadBalancer(t *testing.T) {
	n := topo(t, lbBase)
	n.ask("198.51.100.7 -> nlb tcp/443", reachable, groups("sg-web ingress"))
	yaml := but(t, lbBase, "    nodes: [{subnet: pub, private_ip: 10.0.0.40,", "    security_groups: [sg-nlb]\n    nodes: [{subnet: pub, private_ip: 10.0.0.40,", "security_groups:\n  sg-web: {vpc: vpc, ingress: [{protocol: tcp, ports: 8443, source: 0.0.0.0/0}",
		"security_groups:\n  sg-nlb: {vpc: vpc, ingress: [{protocol: tcp, ports: [443, 444], source: FROM}], egress: [{protocol: tcp, ports: OUT, destination: 10.0.1.0/24}]}\n  sg-web: {vpc: vpc, ingress: [{protocol: tcp, ports: 8443, source: sg-nlb}")
	good := topo(t, but(t, yaml, "FROM", "0.0.0.0/0", "OUT", "8443"))
	good.ask("198.51.100.7 -> nlb tcp/443", reachable, groups("sg-nlb ingress", "sg-nlb egress", "sg-web ingress"), seen("198.51.100.7")) // by the group, though the client is seen
	good.ask("198.51.100.7 -> nlb tcp/444", reachable, seen("10.0.0.40"))
	good.ask("198.51.100.7 -> nlb tcp/445", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-nlb ingress"))
	good.ask("in -> web tcp/8443", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-web ingress")) // not without it
	topo(t, but(t, yaml, "FROM", "10.0.0.0/16", "OUT", "8443")).ask("198.51.100.7 -> nlb tcp/443", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-nlb ingress"))
	topo(t, but(t, yaml, "FROM", "0.0.0.0/0", "OUT", "443")).ask("198.51.100.7 -> nlb tcp/443", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-nlb egress"))
}

func TestLB06_WhoseAddressTheTargetSees(t *testing.T) {
	n := topo(t, lbBase)
	n.ask("198.51.100.7 -> nlb tcp/443 from 40001", reachable, seen("198.51.100.7"), arrives("10.0.1.10 8443", "40001")) // instance targets
	n.ask("198.51.100.7 -> nlb udp/53 reply", reachable, seen("198.51.100.7"))
	n.ask("198.51.100.7 -> nlb tcp/444", reachable, seen("10.0.0.40")) // switched off
	n.ask("198.51.100.7 -> nlb tcp/445", reachable, seen("10.0.0.40")) // targets by address
	on := topo(t, but(t, lbBase, "[{address: 10.0.1.10, port: 8443}]", "[{address: 10.0.1.10, port: 8443}], preserve_client_ip: true"))
	on.ask("198.51.100.7 -> nlb tcp/445", reachable, seen("198.51.100.7"))
	// behind a transit gateway it is off whatever is said
	far := topo(t, but(t, lbBase, "vpcs: {vpc: {cidr: 10.0.0.0/16}}", `vpcs: {vpc: {cidr: 10.0.0.0/16}, far: {cidr: 10.9.0.0/16}}
transit_gateways: {tgw: {}}
transit_gateway_route_tables: {trt: {transit_gateway: tgw}}
transit_gateway_attachments:
  att: {transit_gateway: tgw, vpc: vpc, subnets: [pub, pub-b], route_table: trt, propagates_to: [trt]}
  att-far: {transit_gateway: tgw, vpc: far, subnets: [s-far], route_table: trt, propagates_to: [trt]}`,
		"[{address: 10.0.1.10, port: 8443}]", "[{address: 10.9.1.10, port: 8443}], preserve_client_ip: true", "\nroute_tables:\n", "\n  s-far: {vpc: far, cidr: 10.9.1.0/24, az: az-a, route_table: rtb-far}\nroute_tables:\n  rtb-far: {vpc: far, routes: [{destination: 0.0.0.0/0, target: tgw}]}\n",
		"rtb-pub: {vpc: vpc, routes: [", "rtb-pub: {vpc: vpc, routes: [{destination: 10.9.0.0/16, target: tgw}, ", "instances:\n", "instances:\n  far-web: {subnet: s-far, private_ip: 10.9.1.10, security_groups: [sg-far]}\n", "security_groups:\n  sg-web:", "security_groups:\n  sg-far: {vpc: far, ingress: [{protocol: tcp, ports: 8443, source: 10.0.0.40/32}]}\n  sg-web:"))
	far.ask("198.51.100.7 -> nlb tcp/445", reachable, delivered("far-web"), seen("10.0.0.40"), via("igw", "nlb", "tgw", "att-far"), back("tgw", "att", "nlb", "igw"))
}

func TestLB06_NoClientAddressAcrossAGatewayLoadBalancerEndpoint(t *testing.T) {
	yaml := but(t, lbBase, "\nsubnets:\n", "\nvpc_endpoints: {vpce: {type: gateway_load_balancer, subnet: s-fw, service: inspection}}\nsubnets:\n  s-fw: {vpc: vpc, cidr: 10.0.9.0/28, az: az-a}\n",
		"priv: {vpc: vpc, cidr: 10.0.1.0/24, az: az-a,", "priv: {vpc: vpc, cidr: 10.0.1.0/24, az: az-a, route_table: rtb-priv,", "rtb-pub: {vpc: vpc, routes: [", "rtb-priv: {vpc: vpc, routes: [{destination: 10.0.0.0/24, target: vpce}]}\n  rtb-pub: {vpc: vpc, routes: [{destination: 10.0.1.0/24, target: vpce}, ")
	n := topo(t, yaml)
	n.ask("198.51.100.7 -> nlb tcp/444", reachable, seen("10.0.0.40"), via("igw", "nlb", "vpce"), back("vpce", "nlb", "igw"))
	n.ask("198.51.100.7 -> nlb tcp/443", reachable, seen("10.0.0.40"), via("igw", "nlb", "vpce"))
}

func TestLB07_PreservedClientIsJudgedAtTheTargetAndTheReplyGoesBackByTheNode(t *testing.T) {
	n := topo(t, lbBase) // the server's subnet has no route to the internet
	n.ask("198.51.100.7 -> nlb tcp/443", reachable, back("nlb", "igw"), replyACLs("acl-priv egress", "acl-pub ingress", "acl-pub egress"))
	sg := topo(t, but(t, lbBase, "{protocol: tcp, ports: 8443, source: 0.0.0.0/0}", "{protocol: tcp, ports: 8443, source: 10.0.0.0/16}"))
	sg.ask("198.51.100.7 -> nlb tcp/443", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-web ingress"))
	sg.ask("198.51.100.7 -> nlb tcp/444", reachable)
	in := topo(t, but(t, lbBase, "{rule: 3, action: allow, protocol: all, cidr: 0.0.0.0/0}", "{rule: 3, action: allow, protocol: all, cidr: 10.0.0.0/16}"))
	in.ask("198.51.100.7 -> nlb tcp/443", unreachable, blocked("forward SUBNET_ACL_RESTRICTION acl-priv ingress"))
	out := topo(t, but(t, lbBase, "{rule: 4, action: allow, protocol: all, cidr: 0.0.0.0/0}", "{rule: 4, action: allow, protocol: all, cidr: 10.0.0.0/16}"))
	out.ask("198.51.100.7 -> nlb tcp/443", unreachable, forwardOnly, blocked("return SUBNET_ACL_RESTRICTION acl-priv egress"))
	out.ask("198.51.100.7 -> nlb tcp/444", reachable)
}

func TestLB08_TargetDoesNotReachItselfThroughAPreservingBalancer(t *testing.T) {
	yaml := but(t, lbBase, "sg-web]}\n  app:", "sg-web]}\n  web-2: {subnet: priv, private_ip: 10.0.1.11, security_groups: [sg-web]}\n  app:")
	n := topo(t, yaml)
	n.ask("web -> 10.0.0.40 tcp/443", unreachable, because("forward ELBV2_HAIRPIN nlb"))
	n.ask("web -> 10.0.0.40 tcp/444", reachable, delivered("web"))
	n.ask("web-2 -> 10.0.0.40 tcp/443", reachable, delivered("web"), seen("10.0.1.11"))
}

func TestLB09_WithoutCrossZoneANodeHasItsOwnZonesTargets(t *testing.T) {
	yaml := but(t, lbBase, "    nodes: [{subnet: pub, private_ip: 10.0.0.40, public_ip: 203.0.113.40}]", "    cross_zone: CROSS\n    nodes: [{subnet: pub, private_ip: 10.0.0.40, public_ip: 203.0.113.40}, {subnet: pub-b, private_ip: 10.0.2.40, public_ip: 203.0.113.41}]")
	off := topo(t, but(t, yaml, "CROSS", "false"))
	off.ask("198.51.100.7 -> 203.0.113.40 tcp/443", reachable)
	off.ask("198.51.100.7 -> 203.0.113.41 tcp/443", unreachable, because("forward ELBV2_NO_TARGETS_IN_AZ nlb"))
	on := topo(t, but(t, yaml, "CROSS", "true"))
	on.ask("198.51.100.7 -> 203.0.113.41 tcp/443", reachable, delivered("web"))
	// a target in each zone: each node has its own, or both have both
	two := but(t, yaml, "port: 443, targets: [{instance: web, port: 8443}]", "port: 443, targets: [{instance: web, port: 8443}, {instance: web-b, port: 8443}]", "sg-web]}\n  app:", "sg-web]}\n  web-b: {subnet: priv-b, private_ip: 10.0.3.10, security_groups: [GROUP]}\n  app:")
	topo(t, but(t, two, "CROSS", "false", "GROUP", "sg-web")).ask("198.51.100.7 -> 203.0.113.41 tcp/443", reachable, delivered("web-b"))
	topo(t, but(t, two, "CROSS", "false", "GROUP", "sg-app")).ask("198.51.100.7 -> 203.0.113.40 tcp/443", reachable, delivered("web"))
	bad := topo(t, but(t, two, "CROSS", "true", "GROUP", "sg-app"))
	bad.ask("198.51.100.7 -> 203.0.113.40 tcp/443", partial, sometimesFor("198.51.100.7", "443", "1024-65535"), because("forward ENI_SG_RULES_MISMATCH sg-app ingress"))
}

func TestACL08_ClassicLoadBalancerAsksACLsWithinItsSubnet(t *testing.T) {
	yaml := but(t, lbBase, "app: {subnet: priv, private_ip: 10.0.1.20,", "app: {subnet: pub, private_ip: 10.0.0.20,", "destination: 10.0.1.0/24", "destination: 10.0.0.0/24", "{rule: 2, action: allow, protocol: all, cidr: 0.0.0.0/0}", "{rule: 1, action: deny, protocol: tcp, ports: 8080, cidr: 10.0.0.0/24}, {rule: 2, action: allow, protocol: all, cidr: 0.0.0.0/0}")
	topo(t, yaml).ask("198.51.100.7 -> alb tcp/443", reachable, delivered("app"), acls("acl-pub ingress"))
	classic := topo(t, but(t, yaml, "type: application", "type: classic", "protocol: https, port", "protocol: tcp, port"))
	if r := classic.ask("198.51.100.7 -> alb tcp/443", unreachable, blocked("forward SUBNET_ACL_RESTRICTION acl-pub egress")); len(r.Blockers) != 1 || r.Blockers[0].Component != "acl-pub" {
		t.Errorf("blockers %v", blockers(r))
	}
}

func TestLB06_ClientAddressGoesToATargetOfAPeerButNotBetweenFamilies(t *testing.T) {
	yaml := but(t, lbBase, "vpcs: {vpc: {cidr: 10.0.0.0/16}}", "vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: \"2001:db8:a::/56\"}, far: {cidr: 10.9.0.0/16}}\npeering_connections: {pcx: {requester: vpc, accepter: far}}",
		"[{address: 10.0.1.10, port: 8443}]", "[{address: 10.9.1.10, port: 8443}], preserve_client_ip: true", "\nroute_tables:\n", "\n  s-far: {vpc: far, cidr: 10.9.1.0/24, az: az-a, route_table: rtb-far}\nroute_tables:\n  rtb-far: {vpc: far, routes: [{destination: 10.0.0.0/16, target: pcx}]}\n",
		"rtb-pub: {vpc: vpc, routes: [", "rtb-pub: {vpc: vpc, routes: [{destination: 10.9.0.0/16, target: pcx}, {destination: \"::/0\", target: igw}, ", "instances:\n", "instances:\n  far-web: {subnet: s-far, private_ip: 10.9.1.10, security_groups: [sg-far]}\n", "security_groups:\n  sg-web:", "security_groups:\n  sg-far: {vpc: far, ingress: [{protocol: tcp, ports: 8443, source: 198.51.100.0/24}]}\n  sg-web:",
		"pub: {vpc: vpc, cidr: 10.0.0.0/24,", "pub: {vpc: vpc, cidr: 10.0.0.0/24, ipv6_cidr: \"2001:db8:a:1::/64\",", "public_ip: 203.0.113.40}", "public_ip: 203.0.113.40, ipv6: \"2001:db8:a:1::40\"}", "cidr: 0.0.0.0/0}], egress", "cidr: 0.0.0.0/0}, {rule: 9, action: allow, protocol: all, cidr: \"::/0\"}], egress", "{rule: 2, action: allow, protocol: all, cidr: 0.0.0.0/0}]", "{rule: 2, action: allow, protocol: all, cidr: 0.0.0.0/0}, {rule: 9, action: allow, protocol: all, cidr: \"::/0\"}]")
	n := topo(t, yaml)
	// the load balancer's own way: PCX-6 does not stop it
	n.ask("198.51.100.7 -> 203.0.113.40 tcp/445", reachable, delivered("far-web"), seen("198.51.100.7"), via("igw", "nlb", "pcx"))
	// a client with an IPv6 address and a target without: AWS translates, and the target sees the node
	n.ask("2600::1 -> 2001:db8:a:1::40 tcp/443", reachable, delivered("web"), seen("10.0.0.40"))
	n.ask("198.51.100.7 -> 203.0.113.40 tcp/443", reachable, delivered("web"), seen("198.51.100.7"))
}

func TestM01_GroupAsReceiverHasEndpointsAndNodesToo(t *testing.T) {
	n := topo(t, but(t, lbBase, "subnets:\n", "vpc_endpoints: {vpce: {type: interface, vpc: vpc, service: ssm, subnets: [pub], private_ips: [10.0.0.60], security_groups: [sg-alb]}}\nnat_gateways: {nat: {subnet: pub, private_ip: 10.0.0.61, public_ip: 203.0.113.61}}\nsubnets:\n"))
	got := map[string]eval.Verdict{}
	for _, r := range n.asks("in -> pub tcp/443") { // not the NAT gateway, which takes nothing in
		got[r.To.Text] = r.Verdict
	}
	want := map[string]eval.Verdict{"nlb.pub": reachable, "alb.pub": reachable, "vpce.pub": reachable}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	n.ask("in -> sg-app tcp/8080", unreachable)
	if rs := n.asks("in -> sg-alb tcp/443"); len(rs) != 2 {
		t.Errorf("%d members of sg-alb, expected the node and the endpoint", len(rs))
	}
	if rs := n.asks("vpc -> web udp/53"); len(rs) != 2 { // senders are instances alone
		t.Errorf("%d senders, expected two", len(rs))
	}
}

func TestLB06_RouteDecidesNotAPeeringBesideIt(t *testing.T) {
	yaml := but(t, lbBase, "vpcs: {vpc: {cidr: 10.0.0.0/16}}", `vpcs: {vpc: {cidr: 10.0.0.0/16}, far: {cidr: 10.9.0.0/16}}
peering_connections: {pcx: {requester: vpc, accepter: far}}
transit_gateways: {tgw: {}}
transit_gateway_route_tables: {trt: {transit_gateway: tgw}}
transit_gateway_attachments:
  att: {transit_gateway: tgw, vpc: vpc, subnets: [pub, pub-b], route_table: trt, propagates_to: [trt]}
  att-far: {transit_gateway: tgw, vpc: far, subnets: [s-far], route_table: trt, propagates_to: [trt]}`,
		"[{address: 10.0.1.10, port: 8443}]", "[{address: 10.9.1.10, port: 8443}], preserve_client_ip: true", "\nroute_tables:\n", "\n  s-far: {vpc: far, cidr: 10.9.1.0/24, az: az-a, route_table: rtb-far}\nroute_tables:\n  rtb-far: {vpc: far, routes: [{destination: 0.0.0.0/0, target: tgw}]}\n",
		"rtb-pub: {vpc: vpc, routes: [", "rtb-pub: {vpc: vpc, routes: [{destination: 10.9.0.0/16, target: WAY}, ", "instances:\n", "instances:\n  far-web: {subnet: s-far, private_ip: 10.9.1.10, security_groups: [sg-far]}\n", "security_groups:\n  sg-web:", "security_groups:\n  sg-far: {vpc: far, ingress: [{protocol: tcp, ports: 8443, source: FROM}]}\n  sg-web:")
	n := topo(t, but(t, yaml, "WAY", "tgw", "FROM", "10.0.0.40/32"))
	n.ask("198.51.100.7 -> nlb tcp/445", reachable, delivered("far-web"), seen("10.0.0.40"), via("igw", "nlb", "tgw", "att-far"))
	topo(t, but(t, yaml, "WAY", "tgw", "FROM", "198.51.100.0/24")).ask("198.51.100.7 -> nlb tcp/445", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-far ingress"))
	topo(t, but(t, yaml, "WAY", "pcx", "FROM", "198.51.100.0/24")).ask("198.51.100.7 -> nlb tcp/445", reachable, seen("198.51.100.7"), via("igw", "nlb", "pcx"))
}

func TestLB07_ReplyByAnotherInterfaceIsNoneOfTheNodes(t *testing.T) {
	// the target is a host's second interface; its answers leave by the first
	yaml := but(t, lbBase, "[{address: 10.0.1.10, port: 8443}]", "[{interface: eni-two, port: 8443}]", "\ninstances:\n", "\nnetwork_interfaces:\n  eni-one: {instance: two, subnet: priv-b, private_ip: 10.0.3.20, security_groups: [sg-web], source_dest_check: false}\n  eni-two: {instance: two, subnet: priv, private_ip: 10.0.1.30, security_groups: [sg-web], source_dest_check: false}\ninstances:\n  two: {}\n")
	topo(t, yaml).ask("198.51.100.7 -> nlb tcp/445", unreachable, forwardOnly, blocked("return NO_ROUTE_TO_DESTINATION vpc.main_route_table"))
	one := topo(t, but(t, yaml, "{interface: eni-two, port: 8443}", "{interface: eni-one, port: 8443}", "    nodes: [{subnet: pub, private_ip: 10.0.0.40, public_ip: 203.0.113.40}]", "    cross_zone: true\n    nodes: [{subnet: pub, private_ip: 10.0.0.40, public_ip: 203.0.113.40}]"))
	one.ask("198.51.100.7 -> nlb tcp/445", reachable, back("nlb", "igw"))
}

// An application load balancer that has grown: two nodes in one subnet.
func TestLB01_SeveralNodesInOneSubnet(t *testing.T) {
	const more = "{subnet: pub, private_ip: 10.0.0.41, public_ip: 203.0.113.41}"
	n := topo(t, but(t, lbBase, "{subnet: pub, private_ip: 10.0.0.40, public_ip: 203.0.113.40}", "{subnet: pub, private_ip: 10.0.0.40, public_ip: 203.0.113.40}, "+more))
	for _, node := range []string{"203.0.113.40", "203.0.113.41"} {
		n.ask("198.51.100.7 -> "+node+" tcp/443", reachable, delivered("web"), via("igw", "nlb"), back("nlb", "igw"))
	}
	n.ask("198.51.100.7 -> 203.0.113.41 tcp/444", reachable, seen("10.0.0.41"))
}
