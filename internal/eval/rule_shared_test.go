package eval_test

import "testing"

// A VPC of account 1, whose subnets 2 and 3 use too.
const sharedBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16, account: "1"}}
internet_gateways: {igw: {vpc: vpc}}
block_public_access: {mine: {account: "2", internet_gateway_block_mode: block-bidirectional}}
subnets: {s: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb, network_acl: acl}, t: {vpc: vpc, cidr: 10.0.2.0/24}}
route_tables: {rtb: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}}
network_acls: {acl: {vpc: vpc, ingress: [{rule: 1, action: allow, protocol: tcp, ports: 0-65535, cidr: 0.0.0.0/0}], egress: [{rule: 1, action: allow, protocol: all, cidr: 0.0.0.0/0}]}}
security_groups:
  sg-1: {vpc: vpc, ingress: [{protocol: tcp, ports: 22, source: sg-2}]}
  sg-2: {vpc: vpc, account: "2", ingress: [{protocol: tcp, ports: 443, source: 0.0.0.0/0}]}
  sg-3: {vpc: vpc, account: "3", ingress: [{protocol: tcp, ports: 5432, source: sg-2}, {protocol: udp, ports: 53, source: sg-1}]}
instances:
  owner: {subnet: t, private_ip: 10.0.2.10, security_groups: [sg-1]}
  plain: {subnet: t, private_ip: 10.0.2.11}
  web: {subnet: s, private_ip: 10.0.1.10, public_ip: 203.0.113.10, account: "2", security_groups: [sg-2]}
  db: {subnet: t, private_ip: 10.0.2.12, account: "3", security_groups: [sg-3]}
`

func TestMISC02_PacketsSeeNoAccounts(t *testing.T) {
	n := topo(t, sharedBase)
	n.ask("web -> db tcp/5432", reachable) // a group of another participant
	n.ask("web -> owner tcp/22", reachable)
	n.ask("db -> owner tcp/22", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-1 ingress"))
	n.ask("owner -> db udp/53", reachable)
	n.ask("plain -> db udp/53", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-3 ingress"))
	// the owner's table, ACL and Block Public Access hold for the participant
	n.ask("internet -> web tcp/443", reachable, via("igw"))
	n.ask("internet -> web udp/443", unreachable, because("forward SUBNET_ACL_RESTRICTION acl ingress"))
	topo(t, but(t, sharedBase, `mine: {account: "2"`, `mine: {account: "1"`)).ask("internet -> web tcp/443", unreachable, because("forward VPC_BLOCK_PUBLIC_ACCESS_ENABLED mine"))
}
