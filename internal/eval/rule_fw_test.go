package eval_test

import (
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// A host behind an endpoint of a Gateway Load Balancer, or of a network
// firewall, at the VPC's edge and between two of its subnets.
const gwlbe = `
vpcs: {vpc: {cidr: 10.0.0.0/16}, far: {cidr: 10.9.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
peering_connections: {pcx: {requester: vpc, accepter: far}}
vpc_endpoints: {vpce: {type: gateway_load_balancer, subnet: s-fw, service: inspection}}
subnets:
  s-app: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-app, network_acl: acl-app}
  s-db: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-db}
  s-fw: {vpc: vpc, cidr: 10.0.3.0/28, route_table: rtb-fw, network_acl: acl-fw}
  s-far: {vpc: far, cidr: 10.9.1.0/24, route_table: rtb-far}
route_tables:
  rtb-edge: {vpc: vpc, edge_associations: [igw], routes: [{destination: 10.0.1.0/24, target: vpce}]}
  rtb-app: {vpc: vpc, routes: [{destination: 10.9.0.0/16, target: pcx}, {destination: 10.0.2.0/24, target: vpce}, {destination: 0.0.0.0/0, target: vpce}]}
  rtb-db: {vpc: vpc, routes: [{destination: 10.0.1.0/24, target: vpce}]}
  rtb-fw: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-far: {vpc: far, routes: [{destination: 10.0.0.0/16, target: pcx}]}
network_acls:
  acl-app: {vpc: vpc, ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 2, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
  acl-fw: {vpc: vpc, ingress: [{rule: 3, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 4, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
security_groups:
  sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}
  sg-db: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: 10.0.1.0/24}]}
  sg-ref: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: sg}]}
  sg-far: {vpc: far, ingress: [{protocol: all, source: 0.0.0.0/0}]}
instances:
  app: {subnet: s-app, private_ip: 10.0.1.10, public_ip: 203.0.113.10, security_groups: [sg]}
  db: {subnet: s-db, private_ip: 10.0.2.10, security_groups: [sg-db]}
  fussy: {subnet: s-db, private_ip: 10.0.2.11, security_groups: [sg-ref]}
  f: {subnet: s-far, private_ip: 10.9.1.10, security_groups: [sg-far]}
`

func TestEP10_EndpointHandsThePacketBackInItsSubnet(t *testing.T) {
	n := topo(t, gwlbe)
	n.ask("app -> 198.51.100.7 tcp/443", reachable, via("vpce", "igw"), back("igw", "vpce"), seen("203.0.113.10"), routed("rtb-app 0.0.0.0/0 vpce"), routed("rtb-fw 0.0.0.0/0 igw"), replyRouted("rtb-edge 10.0.1.0/24 vpce"),
		groups("sg egress"), acls("acl-app egress", "acl-fw ingress", "acl-fw egress"), replyACLs("acl-fw ingress", "acl-fw egress", "acl-app ingress"))
	// between subnets of the VPC (RT-9): the header stays, the group is lost
	n.ask("app -> db tcp/80", reachable, via("vpce"), back("vpce"), seen("10.0.1.10"), routed("rtb-fw 10.0.0.0/16 local"))
	n.ask("app -> fussy tcp/80", unreachable, because("forward SG_REFERENCES_NOT_PRESERVED sg-ref ingress"))
	plain := topo(t, but(t, gwlbe, "{destination: 10.0.2.0/24, target: vpce}, ", "", "rtb-db: {vpc: vpc, routes: [{destination: 10.0.1.0/24, target: vpce}]}", "rtb-db: {vpc: vpc}"))
	plain.ask("app -> fussy tcp/80", reachable, via())
	// its subnet's table decides next
	lost := topo(t, but(t, gwlbe, "rtb-fw: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}", "rtb-fw: {vpc: vpc}"))
	lost.ask("app -> 198.51.100.7 tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-fw"))
	for _, c := range []struct{ rule, blocker string }{{"3", "forward SUBNET_ACL_RESTRICTION acl-fw ingress"}, {"4", "forward SUBNET_ACL_RESTRICTION acl-fw egress"}} {
		acl := topo(t, but(t, gwlbe, "{rule: "+c.rule+", action: allow, protocol: all, cidr: 0.0.0.0/0}", "{rule: 90, action: deny, protocol: tcp, ports: 443, cidr: 0.0.0.0/0}, {rule: 91, action: allow, protocol: all, cidr: 0.0.0.0/0}"))
		acl.ask("app -> 198.51.100.7 tcp/443", unreachable, blocked(c.blocker))
		acl.ask("app -> 198.51.100.7 tcp/80", reachable)
	}
	refused(t, but(t, gwlbe, "\nvpc_endpoints:", "\nprefix_lists: {pl: {cidrs: [198.51.100.0/24]}}\nvpc_endpoints:", "{destination: 0.0.0.0/0, target: vpce}]", "{destination: pl, target: vpce}]"), "prefix list")
}

func TestGW15_EdgeTableLeadsToAnEndpoint(t *testing.T) {
	n := topo(t, gwlbe)
	n.ask("198.51.100.7 -> 203.0.113.10 tcp/80", reachable, via("igw", "vpce"), back("vpce", "igw"), seen("198.51.100.7"), arrives("10.0.1.10 80", ""), routed("rtb-edge 10.0.1.0/24 vpce"), routed("rtb-fw 10.0.0.0/16 local"),
		acls("acl-fw ingress", "acl-fw egress", "acl-app ingress"), groups("sg ingress"))
	direct := topo(t, but(t, gwlbe, "{destination: 0.0.0.0/0, target: vpce}", "{destination: 0.0.0.0/0, target: igw}"))
	direct.ask("198.51.100.7 -> 203.0.113.10 tcp/80", unreachable, forwardOnly, because("return INGRESS_RTB_TRAFFIC_REDIRECTION igw")) // GW-12
}

// Found by the lab: the internet gateway took the endpoint for one that the
// reply had to come past.
func TestEP11_TheReplyMayLeaveOutTheEndpointAlsoByTheInternetGateway(t *testing.T) {
	topo(t, `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
vpc_endpoints: {vpce: {type: gateway_load_balancer, subnet: fleet, service: fleet}}
subnets:
  front: {vpc: vpc, cidr: 10.0.0.0/24}
  side: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-side}
  back: {vpc: vpc, cidr: 10.0.3.0/24}
  fleet: {vpc: vpc, cidr: 10.0.5.0/28, route_table: rtb-fleet}
route_tables:
  rtb-edge: {vpc: vpc, edge_associations: [igw], routes: [{destination: 10.0.0.0/24, target: vpce}]}
  rtb-fleet: {vpc: vpc, routes: [{destination: 10.0.0.0/24, target: box-b}]}
  rtb-side: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
security_groups: {open: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances:
  host: {subnet: front, private_ip: 10.0.0.12, public_ip: 203.0.113.3, security_groups: [open]}
  box: {port_forwards: [{protocol: tcp, port: 80, to: 10.0.2.11}]}
network_interfaces:
  box-a: {subnet: side, private_ip: 10.0.2.11, instance: box, security_groups: [open], source_dest_check: false}
  box-b: {subnet: back, private_ip: 10.0.3.11, instance: box, security_groups: [open], source_dest_check: false}
`).ask("192.0.2.9 -> 203.0.113.3 tcp/80", reachable, via("igw", "vpce"), back("igw"))
}

func TestEP11_TheFirstPacketMustPassIfTheReplyDoes(t *testing.T) {
	// only the request passes: tolerated
	out := topo(t, but(t, gwlbe, "rtb-edge: {vpc: vpc, edge_associations: [igw], routes: [{destination: 10.0.1.0/24, target: vpce}]}", "rtb-edge: {vpc: vpc, edge_associations: [igw]}"))
	out.ask("app -> 198.51.100.7 tcp/443", reachable, via("vpce", "igw"), back("igw"), assumes("EP-11"))
	// only the reply passes
	out.ask("198.51.100.7 -> 203.0.113.10 tcp/80", unreachable, forwardOnly, blocked("return RETURN_PATH_ASYMMETRIC vpce"))
	in := topo(t, but(t, gwlbe, "{destination: 10.0.2.0/24, target: vpce}, ", ""))
	in.ask("app -> db tcp/80", unreachable, forwardOnly, blocked("return RETURN_PATH_ASYMMETRIC vpce"))
	in.ask("app -> db udp/80", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-db ingress", "return RETURN_PATH_ASYMMETRIC vpce"))
}

// The same with a network firewall.
func firewall(t *testing.T, rules string) string {
	t.Helper()
	return but(t, gwlbe, "vpc_endpoints: {vpce: {type: gateway_load_balancer, subnet: s-fw, service: inspection}}", "network_firewalls:\n  nfw:\n    vpc: vpc\n    endpoints: {vpce: s-fw}\n"+rules)
}

func TestFW01_EndpointOfAFirewallInTheRoute(t *testing.T) {
	n := topo(t, firewall(t, ""))
	n.ask("app -> 198.51.100.7 tcp/443", reachable, via("vpce", "igw"), back("igw", "vpce"), seen("203.0.113.10"))
	n.ask("198.51.100.7 -> 203.0.113.10 tcp/80", reachable, via("igw", "vpce"), back("vpce", "igw"))
	n.ask("app -> db tcp/80", reachable, via("vpce"), back("vpce"))
	// both ways, or it sees half a connection
	half := topo(t, but(t, firewall(t, ""), "rtb-edge: {vpc: vpc, edge_associations: [igw], routes: [{destination: 10.0.1.0/24, target: vpce}]}", "rtb-edge: {vpc: vpc, edge_associations: [igw]}"))
	half.ask("app -> 198.51.100.7 tcp/443", unreachable, forwardOnly, because("return RETURN_PATH_ASYMMETRIC app"))
	half.ask("198.51.100.7 -> 203.0.113.10 tcp/80", unreachable, forwardOnly, blocked("return RETURN_PATH_ASYMMETRIC vpce"))
}

func TestFW01_StatefulRulesSeeBothHalvesOfATCPConnection(t *testing.T) {
	const to, from = "{priority: 10, action: pass, protocol: tcp, ports: 443}", "{priority: 11, action: pass, protocol: tcp, source_ports: 443}"
	for _, half := range []string{to, from} {
		n := topo(t, firewall(t, "    stateless_rules: ["+half+"]\n"))
		n.ask("app -> 198.51.100.7 tcp/443", unreachable, forwardOnly, blocked("return FIREWALL_RULES_RESTRICTION vpce"))
		n.ask("app -> 198.51.100.7 tcp/80", reachable)
	}
	topo(t, firewall(t, "    stateless_rules: ["+to+", "+from+"]\n")).ask("app -> 198.51.100.7 tcp/443", reachable)
	// other protocols have no halves: the reply is judged as a first packet
	udp := "    stateless_rules: [{priority: 10, action: pass, protocol: udp, ports: 53}]\n"
	topo(t, firewall(t, udp)).ask("app -> 198.51.100.7 udp/53 reply", reachable)
	topo(t, firewall(t, udp+"    stateful_rules: [{action: drop, protocol: udp, source: 198.51.100.0/24}]\n")).ask("app -> 198.51.100.7 udp/53 reply", unreachable, forwardOnly, blocked("return FIREWALL_RULES_RESTRICTION vpce"))
}

func TestFW02_WhatEntersByPeeringIsNotInspected(t *testing.T) {
	n := topo(t, firewall(t, "    stateful_rules: [{action: drop}]\n"))
	n.ask("f -> app tcp/80", reachable, via("pcx"), back("pcx"))
	n.ask("app -> 169.254.169.253 udp/53", reachable) // nor the resolver
	n.ask("app -> 198.51.100.7 tcp/443", unreachable, because("forward FIREWALL_RULES_RESTRICTION vpce"))
}

func TestFW03_StatelessRulesByPriority(t *testing.T) {
	n := topo(t, firewall(t, `    stateless_rules:
      - {priority: 20, action: drop, protocol: tcp, ports: 0-1023}
      - {priority: 10, action: pass, protocol: tcp, ports: 443}
      - {priority: 11, action: pass, protocol: tcp, source_ports: 443}
      - {priority: 30, action: drop, protocol: udp, destination: 198.51.100.0/24}
`))
	n.ask("app -> 198.51.100.7 tcp/443", reachable)
	n.ask("app -> 198.51.100.7 tcp/80", unreachable, because("forward FIREWALL_RULES_RESTRICTION vpce"))
	n.ask("app -> 198.51.100.7 udp/53", unreachable, because("forward FIREWALL_RULES_RESTRICTION vpce"))
	n.ask("app -> 192.0.2.7 udp/53", reachable)
	n.ask("app -> 198.51.100.7 tcp/8080", reachable) // the stateful rules, of which there are none
	n.ask("app -> db tcp/80", unreachable, blocked("forward FIREWALL_RULES_RESTRICTION vpce"))
	n.ask("f -> app tcp/80", reachable)
	// each packet alone: a reply is no friend
	each := topo(t, firewall(t, "    stateless_default: drop\n    stateless_rules: [{priority: 10, action: pass, protocol: tcp, ports: 443}]\n"))
	each.ask("app -> 198.51.100.7 tcp/443", unreachable, forwardOnly, blocked("return FIREWALL_RULES_RESTRICTION vpce"))
	both := topo(t, firewall(t, "    stateless_default: drop\n    stateless_rules: [{priority: 10, action: pass, protocol: tcp, ports: 443}, {priority: 11, action: pass, protocol: tcp, source_ports: 443}]\n"))
	both.ask("app -> 198.51.100.7 tcp/443", reachable)
	both.ask("app -> 198.51.100.7 tcp/444", unreachable)
}

func TestFW03_StatefulRulesJudgeTheFirstPacket(t *testing.T) {
	action := topo(t, firewall(t, `    stateful_rules:
      - {action: drop, protocol: tcp}
      - {action: pass, protocol: tcp, ports: 443, source: 10.0.0.0/16}
      - {action: alert, protocol: udp}
`))
	action.ask("app -> 198.51.100.7 tcp/443", reachable) // pass goes before drop, and the reply is known
	action.ask("app -> 198.51.100.7 tcp/80", unreachable, because("forward FIREWALL_RULES_RESTRICTION vpce"))
	action.ask("198.51.100.7 -> 203.0.113.10 tcp/443", unreachable, because("forward FIREWALL_RULES_RESTRICTION vpce"))
	action.ask("app -> 198.51.100.7 udp/53", reachable)
	strict := topo(t, firewall(t, `    stateful_order: strict
    stateful_default: drop
    stateful_rules:
      - {action: drop, protocol: tcp, ports: 443, destination: 198.51.100.0/24}
      - {action: pass, protocol: tcp, ports: 443}
      - {action: pass, protocol: udp, ports: 53, source: 10.0.1.0/24, direction: any}
`))
	strict.ask("app -> 198.51.100.7 tcp/443", unreachable, because("forward FIREWALL_RULES_RESTRICTION vpce"))
	strict.ask("app -> 192.0.2.7 tcp/443", reachable)
	strict.ask("app -> 192.0.2.7 tcp/80", unreachable, because("forward FIREWALL_RULES_RESTRICTION vpce"))
	strict.ask("app -> internet tcp/443", partial)
	strict.ask("app -> 192.0.2.7 udp/53", reachable)
	strict.ask("app -> 192.0.2.7 udp/54", unreachable, because("forward FIREWALL_RULES_RESTRICTION vpce"))
}

func TestFW03_WhatIsNotModelledIsUnknownAndNamed(t *testing.T) {
	n := topo(t, firewall(t, "    stateless_rules: [{priority: 10, action: drop, protocol: tcp, ports: 23}]\n    stateful_rules: [{action: drop, protocol: tcp, ports: 25}]\n    not_modelled: [domain list allow-domains]\n"))
	r := n.ask("app -> 198.51.100.7 tcp/443", eval.Unknown)
	if !strings.Contains(story(r), "domain list allow-domains") {
		t.Errorf("the rule group is not named\n%s", story(r))
	}
	n.ask("app -> 198.51.100.7 tcp/23", unreachable, because("forward FIREWALL_RULES_RESTRICTION vpce")) // it does not come so far
	n.ask("f -> app tcp/80", reachable)
	n.ask("app -> 198.51.100.7 tcp/25", eval.Unknown) // a pass rule among them would go before the drop
}

// A rule in the place of what is not understood: what comes before it decides.
func TestFW03_RulesThatAreNotModelledHaveTheirPlace(t *testing.T) {
	const rules = `    stateful_rules:
      - {action: pass, protocol: tcp, ports: 443}
      - {action: drop, protocol: tcp, ports: 25}
      - {action: not_modelled, reason: rule group allow-domains lists domains, protocol: tcp}
      - {action: drop, protocol: tcp, ports: 23}
`
	strict := topo(t, firewall(t, "    stateful_order: strict\n    stateful_default: drop\n"+rules))
	strict.ask("app -> 198.51.100.7 tcp/443", reachable)
	strict.ask("app -> 198.51.100.7 tcp/25", unreachable)
	r := strict.ask("app -> 198.51.100.7 tcp/80", eval.Unknown)
	if !strings.Contains(story(r), "rule group allow-domains lists domains") {
		t.Errorf("the rule group is not named\n%s", story(r))
	}
	strict.ask("app -> 198.51.100.7 tcp/23", eval.Unknown)
	strict.ask("app -> 198.51.100.7 udp/53", unreachable)
	// pass before drop: a pass rule among them would go before any drop, and none undoes a pass
	action := topo(t, firewall(t, rules))
	action.ask("app -> 198.51.100.7 tcp/443", reachable)
	action.ask("app -> 198.51.100.7 tcp/25", eval.Unknown)
	action.ask("app -> 198.51.100.7 udp/53", reachable)
	refused(t, firewall(t, "    stateful_rules: [{action: not_modelled}]\n"), "lacks the key `reason`")
	refused(t, firewall(t, "    stateful_rules: [{action: pass, reason: x}]\n"), "`reason` goes with `action: not_modelled` only")
}
