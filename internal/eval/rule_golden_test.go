package eval_test

import (
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// TestGoldenVectors holds the answers that were settled before the engine was
// written: 1 to 9 were measured on Linux with network namespaces and
// iptables, the others follow from the rules named.
func TestGoldenVectors(t *testing.T) {
	const (
		default4 = "rtb-priv: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}"
		masq     = "masquerade: [{source: 10.0.0.0/16}]"
		webSG    = "private_ip: 10.0.1.24, security_groups: [sg-web]"
		direct   = "{destination: 0.0.0.0/0, target: eni-fw}"
		igw      = "{destination: 0.0.0.0/0, target: igw}"
		aclSSH   = "{rule: 1, action: allow, protocol: tcp, ports: 22, cidr: 0.0.0.0/0}"
		kind     = "public_ip: 203.0.113.20"
	)
	for _, v := range []struct {
		name, yaml string
		change     []string
		question   string
		verdict    eval.Verdict
		wants      []want
	}{
		{"1 port forward, masquerade by source (NI-14)", niBase, nil, client + " -> nat tcp/50001", reachable, []want{seen(client), delivered("web")}},
		{"2 the server's group names the NAT instance's (SG-12)", niBase, []string{webSG, "private_ip: 10.0.1.24, security_groups: [sg-ref]"},
			client + " -> nat tcp/50001", unreachable, []want{because("forward SG_REFERENCES_NOT_PRESERVED sg-ref ingress")}},
		{"3 no way back (NI-15)", niBase, []string{default4, "rtb-priv: {vpc: vpc}"}, client + " -> nat tcp/50001", unreachable, []want{forwardOnly}},
		{"4 masquerade of everything (NI-14)", niBase, []string{default4, "rtb-priv: {vpc: vpc}", masq, "masquerade: [{}]", webSG, "private_ip: 10.0.1.24, security_groups: [sg-ref]"},
			client + " -> nat tcp/50001", reachable, []want{seen("10.0.0.155"), delivered("web")}},
		{"5 a rule for the public address (NI-13)", niBase, []string{"destination: 10.0.0.155, port: 50001,", "destination: 203.0.113.5, port: 50001,"}, client + " -> nat tcp/50001", reachable, []want{delivered("nat")}},
		{"6 no forwarding (NI-9)", niBase, []string{"ip_forward: true", "ip_forward: false"}, client + " -> nat tcp/50001", unreachable, []want{because("forward INSTANCE_NOT_FORWARDING nat")}},
		{"7 out by the NAT instance (NI-11)", niBase, nil, "web -> " + client + " tcp/8080 from 40001", reachable, []want{seen("203.0.113.5"), arrives(client+" 8080", "40001")}},
		{"8 with the check on (NI-2)", niBase, []string{"source_dest_check: false", "source_dest_check: true"}, "web -> " + client + " tcp/8080", unreachable, []want{because("forward ENI_SOURCE_DEST_CHECK_RESTRICTION eni-nat ingress")}},
		{"9 the NAT host itself (NI-17)", niBase, nil, "nat -> 10.0.0.155 tcp/50001", reachable, []want{delivered("nat")}},
		{"10 public address, no route (IGW-10)", niBase, []string{default4, "rtb-priv: {vpc: vpc}", "private_ip: 10.0.1.24,", "private_ip: 10.0.1.24, public_ip: 203.0.113.6,"},
			client + " -> 203.0.113.6 tcp/80", unreachable, []want{forwardOnly, blocked("return NO_ROUTE_TO_DESTINATION rtb-priv")}},
		{"11 NAT gateway (NGW-2, NGW-7)", ngwBase, nil, "app -> internet tcp/443", reachable, []want{seen("203.0.113.20"),
			acls("acl-app egress", "acl-nat ingress", "acl-nat egress"), replyACLs("acl-nat ingress", "acl-nat egress", "acl-app ingress")}},
		{"12 NAT gateway beside its client (NGW-9)", ngwBase, []string{"nat: {subnet: s-nat, private_ip: 10.0.0.20,", "nat: {subnet: s-app, private_ip: 10.0.1.20,"},
			"app -> internet tcp/443", unreachable, []want{because("forward ROUTING_LOOP nat")}},
		{"13 the client's leg at the gateway's ACL (NGW-7)", ngwBase, []string{"{rule: 1, action: allow, protocol: all, cidr: 10.0.0.0/16}, {rule: 2", "{rule: 2"},
			"app -> internet tcp/443", unreachable, []want{blocked("forward SUBNET_ACL_RESTRICTION acl-nat ingress")}},
		{"14 an ACL without a way out (ACL-6)", aclBase, []string{"IN]", aclSSH + "]", "OUT]", "]", "DEFAULT", ""}, "internet -> a tcp/22", unreachable, []want{forwardOnly}},
		{"14 with the ephemeral ports of Linux only (ACL-15)", aclBase, []string{"IN]", aclSSH + "]", "OUT]", "{rule: 1, action: allow, protocol: tcp, ports: 32768-65535, cidr: 0.0.0.0/0}]", "DEFAULT", ""},
			"internet -> a tcp/22", partial, []want{worksFor("", "22", "32768-65535")}},
		{"15 neighbours (RT-12, ACL-7)", aclBase, []string{"IN]", "]", "OUT]", "]", "DEFAULT", ""}, "a -> a2 tcp/80", reachable, []want{acls()}},
		{"16 own VPC by public address (IGW-11)", igwBase, nil, "web -> 203.0.113.13 tcp/80", unreachable, []want{because("forward SG_REFERENCES_NOT_PRESERVED ref ingress")}},
		{"16 with a rule for that address (IGW-11)", igwBase, []string{"ports: 80, source: sg}", "ports: 80, source: 203.0.113.10/32}"}, "web -> 203.0.113.13 tcp/80", reachable, nil},
		{"17 ingress routing (GW-6 to GW-11)", gwBase, nil, "server -> internet tcp/443", reachable, []want{seen("203.0.113.11"), via("appliance", "igw")}},
		{"18 the server's subnet leads straight out (GW-12)", gwBase, []string{direct, igw}, "server -> internet tcp/443", unreachable, []want{because("forward INGRESS_RTB_TRAFFIC_REDIRECTION igw")}},
		{"19 an appliance without a public address (GW-8)", gwBase, []string{"private_ip: 10.0.2.10, public_ip: 203.0.113.12,", "private_ip: 10.0.2.10,"}, client + " -> server tcp/80", unreachable, []want{because("forward INGRESS_RTB_NO_PUBLIC_IP igw")}},
		{"20 peering with a route on one side (PCX-3)", pcxBase, nil, "host-a -> host-b2 tcp/80", unreachable, []want{forwardOnly}},
		{"20 by a NAT gateway (NGW-12)", ngwPeer, []string{"KIND", kind, "BACK", "", "ACTION", "allow"}, "app -> far-host tcp/80", reachable, []want{back("pcx", "nat")}},
		{"21 the peer's NAT gateway (NGW-10)", pcxBase, nil, "host-a -> internet tcp/443", unreachable, nil},
		{"22 transit over peering (PCX-4)", pcxBase, nil, "host-a -> host-c tcp/80", unreachable, nil},
		{"23 a propagated route inside the VPC (RT-8)", vgwBase, []string{"routes: [172.31.0.0/16, 172.29.0.0/16]", "routes: [172.31.0.0/16, 10.0.3.0/25]", "rtb: {vpc: vpc,", "rtb: {vpc: vpc, propagating_gateways: [vgw],"},
			"a -> b tcp/80", reachable, []want{routed("rtb 10.0.0.0/16 local"), via()}},
		{"24 more specific than local (RT-9)", rtFirewall, nil, "a -> b tcp/80", reachable, []want{via("firewall")}},
		{"24 and from inside the subnet (RT-12)", rtFirewall, nil, "a -> a2 tcp/80", reachable, []want{via()}},
		{"25 a tunnel (VPNI-2 to VPNI-5)", vpniBase, nil, "a -> b tcp/5432", reachable, []want{seen("10.0.1.7")}},
		{"25 one check on (NI-2)", vpniBase, []string{"public_ip: 203.0.113.2, source_dest_check: false,", "public_ip: 203.0.113.2,"}, "a -> b tcp/5432", unreachable, nil},
		{"25 one route missing (VPNI-5)", vpniBase, []string{"rtb-app-2: {vpc: two, routes: [{destination: 10.0.0.0/16, target: vpn-2}]}", "rtb-app-2: {vpc: two}"}, "a -> b tcp/5432", unreachable, []want{forwardOnly}},
		{"25 the port shut (VPNI-2)", vpniBase, []string{"ports: 1194", "ports: 1195"}, "a -> b tcp/5432", unreachable, []want{because("forward TUNNEL_DOWN tun")}},
		{"26 nobody's address (M-5)", mBase, nil, "a -> 10.0.9.9 tcp/80", unreachable, []want{blocked("forward NO_POSSIBLE_DESTINATION vpc")}},
	} {
		t.Run(v.name, func(t *testing.T) {
			topo(t, but(t, v.yaml, v.change...)).ask(v.question, v.verdict, v.wants...)
		})
	}
}
