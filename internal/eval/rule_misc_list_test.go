package eval_test

import (
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// unlisted is a VPC whose tables all have a gateway endpoint of which nobody
// knows the service's addresses: a public subnet, a private one behind a NAT
// gateway, and one that has no way out. What these answer about an address, with
// it in the list and not, is what an answer may say.
const unlisted = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
nat_gateways: {nat: {subnet: pub, private_ip: 10.0.0.20, public_ip: 203.0.113.20}}
prefix_lists: {pl: {cidrs: unknown, service: s3}}
vpc_endpoints: {s3: {type: gateway, vpc: vpc, service: s3, prefix_list: pl, route_tables: [rtb-pub, rtb-priv, rtb-iso]}}
subnets:
  pub: {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-pub}
  priv: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-priv}
  iso: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-iso}
route_tables:
  rtb-pub: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-priv: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}
  rtb-iso: {vpc: vpc, routes: [{destination: 198.51.100.7/32, target: nat}]}
security_groups:
  sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}
  sg-s3: {vpc: vpc, egress: [{protocol: tcp, ports: 443, destination: pl}]}
  sg-some: {vpc: vpc, egress: [{protocol: tcp, ports: 443, destination: 52.219.0.0/16}]}
instances:
  web: {subnet: pub, private_ip: 10.0.0.10, public_ip: 203.0.113.10, security_groups: [sg]}
  app: {subnet: priv, private_ip: 10.0.1.10, security_groups: [sg]}
  db: {subnet: iso, private_ip: 10.0.2.10, security_groups: [sg]}
  tight: {subnet: priv, private_ip: 10.0.1.11, security_groups: [sg-s3]}
  some: {subnet: priv, private_ip: 10.0.1.12, security_groups: [sg-some]}
`

// An answer about an address that may be in the list is sure only if it is the
// same with the list holding the address and not.
func TestMISC06_AnswersHoldWhateverTheListHolds(t *testing.T) {
	vague := topo(t, unlisted)
	with := topo(t, but(t, unlisted, "cidrs: unknown", "cidrs: [8.8.0.0/16, 198.51.100.0/24]"))
	without := topo(t, but(t, unlisted, "cidrs: unknown", "cidrs: [9.9.0.0/16]"))
	for _, from := range []string{"web", "app", "db", "tight", "some"} {
		for _, to := range []string{"8.8.8.8", "198.51.100.7", "web", "10.0.1.10"} {
			for _, port := range []string{"tcp/443", "tcp/80", "icmp"} {
				text := from + " -> " + to + " " + port
				got, a, b := vague.asks(text)[0].Verdict, with.asks(text)[0].Verdict, without.asks(text)[0].Verdict
				if want := a; a == b && got != want || a != b && got != eval.Unknown {
					t.Errorf("%s: %s; with the address in the list %s, else %s", text, got, a, b)
				}
			}
		}
	}
}

func TestMISC06_GatewayEndpointOfUnknownAddresses(t *testing.T) {
	n := topo(t, unlisted)
	n.ask("app -> 8.8.8.8 tcp/443", reachable)
	n.ask("db -> internet tcp/443", eval.Unknown, because("forward PREFIX_LIST_NOT_KNOWN rtb-iso"), because("forward NO_ROUTE_TO_DESTINATION rtb-iso"))
	n.ask("db -> 198.51.100.7 tcp/443", reachable, via("nat", "igw")) // a route of its own is longer than any list
	n.ask("db -> 8.8.8.8 udp/53", unreachable)                        // nobody sends a service of TCP that
	n.ask("tight -> 8.8.8.8 tcp/443", eval.Unknown)
	n.ask("tight -> 10.0.2.10 tcp/443", unreachable) // no service has private addresses
	if r := n.ask("internet -> web tcp/443", reachable); len(r.Assumptions) != 1 || r.Assumptions[0].RuleID != "MISC-6" || !strings.Contains(r.Assumptions[0].Text, "s3's service") {
		t.Errorf("the assumptions are %v", r.Assumptions)
	}
	if r := n.ask("app -> db tcp/443", reachable); len(r.Assumptions) > 0 {
		t.Errorf("the endpoint has nothing to do with it, and the assumptions are %v", r.Assumptions)
	}
}

// The endpoint itself may be asked for: what holds for all public addresses
// holds for those of the service, and what holds for some may not.
func TestMISC06_TheServiceOfUnknownAddresses(t *testing.T) {
	n := topo(t, unlisted)
	n.ask("db -> s3 tcp/443", reachable, delivered("s3"))
	n.ask("tight -> s3 tcp/443", reachable, delivered("s3"))
	n.ask("tight -> s3 tcp/80", unreachable)
	n.ask("db -> s3 udp/53", unreachable)
	n.ask("some -> s3 tcp/443", eval.Unknown, because("forward PREFIX_LIST_NOT_KNOWN pl"), because("forward ENI_SG_RULES_MISMATCH sg-some egress"))
}

// A list of no service may hold any address, also that of a client.
func TestMISC06_ListOfNoService(t *testing.T) {
	yaml := but(t, unlisted, "pl: {cidrs: unknown, service: s3}", "pl: {cidrs: unknown, service: s3}, own: {cidrs: unknown}",
		"rtb-pub: {vpc: vpc, routes: [", "rtb-pub: {vpc: vpc, routes: [{destination: own, target: blackhole}, ")
	n := topo(t, yaml)
	n.ask("web -> 8.8.8.8 tcp/443", eval.Unknown, because("forward PREFIX_LIST_NOT_KNOWN rtb-pub"))
	n.ask("internet -> web tcp/443", eval.Unknown)
	n.ask("web -> app tcp/443", reachable) // the local route is better
	n.ask("web -> 8.8.8.8 udp/53", eval.Unknown)
	n.ask("app -> 8.8.8.8 tcp/443", eval.Unknown) // the NAT gateway is in the same subnet
}

// Services open no connection, so the internet as a source leaves out their
// addresses.
func TestEP03_ServicesOpenNoConnection(t *testing.T) {
	n := topo(t, but(t, unlisted, "cidrs: unknown", "cidrs: [52.219.0.0/16]"))
	n.ask("internet -> web tcp/443", reachable)
	n.ask("52.219.1.1 -> web tcp/443", unreachable, because("return DELIVERED_ELSEWHERE s3"))
	n.ask("db -> internet tcp/443", partial)
}
