package eval_test

import (
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// Dual-stack load balancers before servers of one family each.
const lbDual = `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56"}}
internet_gateways: {igw: {vpc: vpc}}
load_balancers:
  nlb:
    type: network
    scheme: internet_facing
    nodes: [{subnet: pub, private_ip: 10.0.0.40, public_ip: 203.0.113.40, ipv6: "2001:db8:a:1::40"}]
    listeners:
      - {protocol: tcp, port: 443, targets: [{instance: four, port: 8443}]}
      - {protocol: tcp, port: 446, targets: [{address: "2001:db8:a:2::66", port: 8443}], preserve_client_ip: true}
      - {protocol: tcp, port: 444, targets: [{address: 10.0.1.10, port: 8443}, {address: "2001:db8:a:2::66", port: 8443}], preserve_client_ip: true}
      - {protocol: udp, port: 53, targets: [{instance: four}]}
  alb:
    type: application
    scheme: internal
    nodes: [{subnet: pub, private_ip: 10.0.0.50, ipv6: "2001:db8:a:1::50"}]
    security_groups: [sg-alb]
    listeners: [{protocol: https, port: 443, targets: [{instance: four, port: 8080}, {address: "2001:db8:a:2::66", port: 8080}]}]
subnets:
  pub: {vpc: vpc, cidr: 10.0.0.0/24, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb-pub}
  priv: {vpc: vpc, cidr: 10.0.1.0/24, network_acl: acl-4}
  six: {vpc: vpc, ipv6_cidr: "2001:db8:a:2::/64"}
route_tables: {rtb-pub: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}, {destination: "::/0", target: igw}]}}
network_acls:
  acl-4: {vpc: vpc, ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}], egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]}
security_groups:
  sg-alb: {vpc: vpc, ingress: [{protocol: tcp, ports: 443, source: "::/0"}], egress: [{protocol: tcp, ports: 8080, destination: 10.0.1.0/24}, {protocol: tcp, ports: 8080, destination: "2001:db8:a:2::/64"}]}
  sg-4: {vpc: vpc, ingress: [{protocol: tcp, ports: 8443, source: 0.0.0.0/0}, {protocol: udp, ports: 53, source: 0.0.0.0/0}, {protocol: tcp, ports: 8080, source: sg-alb}]}
  sg-6: {vpc: vpc, ingress: [{protocol: tcp, ports: 8443, source: "::/0"}, {protocol: tcp, ports: 8080, source: sg-alb}]}
instances:
  four: {subnet: priv, private_ip: 10.0.1.10, security_groups: [sg-4]}
  sixer: {subnet: six, ipv6: "2001:db8:a:2::66", security_groups: [sg-6]}
  client: {subnet: six, ipv6: "2001:db8:a:2::77", security_groups: [sg-6]}
`

func TestLB06_ClientsOfIPv6AreTranslatedForTargetsOfIPv4(t *testing.T) {
	n := topo(t, lbDual)
	n.ask("2600::1 -> nlb tcp/443", reachable, delivered("four"), seen("10.0.0.40"), via("igw", "nlb"), back("nlb", "igw"), arrives("10.0.1.10 8443", "1024-65535"))
	n.ask("198.51.100.7 -> nlb tcp/443", reachable, delivered("four"), seen("198.51.100.7")) // its own family: preserved
	n.ask("client -> 2001:db8:a:1::40 tcp/443", reachable, delivered("four"), seen("10.0.0.40"))
	// the target's filters are asked in its own family
	shut := topo(t, but(t, lbDual, "{protocol: tcp, ports: 8443, source: 0.0.0.0/0}", "{protocol: tcp, ports: 8443, source: 198.51.100.0/24}"))
	shut.ask("2600::1 -> nlb tcp/443", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-4 ingress"))
	shut.ask("198.51.100.7 -> nlb tcp/443", reachable)
	// and a question about some source ports comes back to them
	n.ask("2600::1 -> nlb tcp/443 from 2000-2999", reachable)
	acl := topo(t, but(t, lbDual, "route_table: rtb-pub}", "route_table: rtb-pub, network_acl: acl-6}", "network_acls:\n", "network_acls:\n  acl-6: {vpc: vpc, ingress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}, {rule: 2, action: allow, protocol: all, cidr: \"::/0\"}], egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}, {rule: 2, action: allow, protocol: tcp, ports: 1024-2047, cidr: \"::/0\"}]}\n"))
	acl.ask("2600::1 -> nlb tcp/443", partial, worksFor("2600::1", "443", "1024-2047"), blocked("return SUBNET_ACL_RESTRICTION acl-6 egress"))
}

func TestLB06_ClientsOfIPv4AreTranslatedForTargetsOfIPv6(t *testing.T) {
	n := topo(t, lbDual)
	n.ask("198.51.100.7 -> nlb tcp/446", reachable, delivered("sixer"), seen("2001:db8:a:1::40"), back("nlb", "igw"))
	n.ask("2600::1 -> nlb tcp/446", reachable, delivered("sixer"), seen("2600::1"), back("nlb", "igw"))
}

func TestLB06_ListenerWithTargetsOfBothFamilies(t *testing.T) {
	n := topo(t, lbDual)
	n.ask("198.51.100.7 -> nlb tcp/444", reachable, delivered("four"), seen("198.51.100.7"))
	n.ask("2600::1 -> nlb tcp/444", reachable, delivered("sixer"), seen("2600::1"))
	// an application load balancer sends anybody to any
	n.ask("client -> 2001:db8:a:1::50 tcp/443", reachable, delivered("four", "sixer"))
	half := topo(t, but(t, lbDual, "{protocol: tcp, ports: 8080, destination: 10.0.1.0/24}, ", ""))
	half.ask("client -> 2001:db8:a:1::50 tcp/443", partial, because("forward ENI_SG_RULES_MISMATCH sg-alb egress"))
}

func TestLB06_UDPOverIPv6NeedsASourceNATPrefix(t *testing.T) {
	n := topo(t, lbDual)
	n.ask("2600::1 -> nlb udp/53", eval.Unknown, because("forward UNSUPPORTED_COMPONENT nlb"))
	n.ask("198.51.100.7 -> nlb udp/53", reachable, seen("198.51.100.7"))
}

func TestEP12_InternalLoadBalancerDeniesTheInternetGateway(t *testing.T) {
	open := but(t, lbDual, "{protocol: tcp, ports: 443, source: \"::/0\"}", "{protocol: tcp, ports: 443, source: \"::/0\"}, {protocol: tcp, ports: 443, source: 0.0.0.0/0}")
	n := topo(t, open)
	n.ask("2600::1 -> 2001:db8:a:1::50 tcp/443", unreachable, blocked("forward ELBV2_DENIES_IGW_TRAFFIC alb"))
	n.ask("client -> 2001:db8:a:1::50 tcp/443", reachable)
	facing := topo(t, but(t, open, "    scheme: internal\n    nodes: [{subnet: pub, private_ip: 10.0.0.50,", "    scheme: internet_facing\n    nodes: [{subnet: pub, private_ip: 10.0.0.50, public_ip: 203.0.113.50,"))
	facing.ask("2600::1 -> 2001:db8:a:1::50 tcp/443", reachable)
}

// The targets that a client gets are those of its own family; its node's zone
// does not change that.
func TestLB09_ZoneOfTheNodeIsAskedAboutTargetsOfTheClientsFamily(t *testing.T) {
	zones := but(t, lbDual, "  pub: {vpc: vpc,", "  pub: {vpc: vpc, az: za,", "priv: {vpc: vpc,", "priv: {vpc: vpc, az: zb,", "six: {vpc: vpc,", "six: {vpc: vpc, az: za,")
	n := topo(t, zones)
	n.ask("198.51.100.7 -> nlb tcp/444", unreachable, blocked("forward ELBV2_NO_TARGETS_IN_AZ nlb"))
	n.ask("2600::1 -> nlb tcp/444", reachable, delivered("sixer"))
	topo(t, but(t, zones, "    scheme: internet_facing\n    nodes: [{subnet: pub, private_ip: 10.0.0.40", "    cross_zone: true\n    scheme: internet_facing\n    nodes: [{subnet: pub, private_ip: 10.0.0.40")).
		ask("198.51.100.7 -> nlb tcp/444", reachable, delivered("four"))
}
