package eval_test

import "testing"

func TestNI24_NoConnectionBeginsTowardsAnOutboundOnlyHost(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets: {s: {vpc: vpc, cidr: 10.0.1.0/24}}
security_groups: {open: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances:
  a:  {subnet: s, private_ip: 10.0.1.10, security_groups: [open]}
  fn: {subnet: s, private_ip: 10.0.1.20, security_groups: [open], outbound_only: true}
load_balancers:
  nlb: {type: network, scheme: internal, nodes: [{subnet: s, private_ip: 10.0.1.30}], listeners: [{protocol: tcp, port: 443, targets: [{instance: fn}]}]}
`
	n := topo(t, yaml)
	n.ask("fn -> a tcp/5432", reachable) // and the replies come in
	n.ask("a -> fn tcp/443", unreachable, because("forward INSTANCE_OUTBOUND_ONLY fn"))
	n.ask("a -> fn udp/53", unreachable, because("forward INSTANCE_OUTBOUND_ONLY fn"))
	n.ask("a -> fn icmp", unreachable, because("forward INSTANCE_OUTBOUND_ONLY fn"))
	n.ask("a -> nlb tcp/443", unreachable, because("forward INSTANCE_OUTBOUND_ONLY fn"))
	n.ask("fn -> 10.0.1.20 tcp/80", reachable) // never leaves the host
	round := but(t, yaml, "subnets: {s: {vpc: vpc, cidr: 10.0.1.0/24}}", "internet_gateways: {igw: {vpc: vpc}}\nroute_tables: {rtb: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}}\nsubnets: {s: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb}}",
		"private_ip: 10.0.1.20,", "private_ip: 10.0.1.20, public_ip: 203.0.113.20,")
	topo(t, round).ask("fn -> 203.0.113.20 tcp/80", unreachable, because("forward INSTANCE_OUTBOUND_ONLY fn")) // and comes in again
	topo(t, but(t, yaml, ", outbound_only: true", "")).ask("a -> fn tcp/443", reachable)
}
