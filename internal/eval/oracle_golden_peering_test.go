package eval_test

import (
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
)

const goldenPeering = `version: 1
vpcs: {a: {cidr: 10.1.0.0/16}, b: {cidr: 10.2.0.0/16}, c: {cidr: 10.3.0.0/16}}
peering_connections: {pcx-ab: {requester: a, accepter: b}, pcx-bc: {requester: b, accepter: c}}
internet_gateways: {igw: {vpc: a}}
nat_gateways: {ngw: {subnet: a-pub, private_ip: 10.1.0.20, public_ip: 203.0.113.20}}
subnets:
  a-pub:  {vpc: a, cidr: 10.1.0.0/24, route_table: rtb-a}
  a-priv: {vpc: a, cidr: 10.1.1.0/24, route_table: rtb-ap}
  b-1:    {vpc: b, cidr: 10.2.0.0/24, route_table: rtb-b}
  c-1:    {vpc: c, cidr: 10.3.0.0/24, route_table: rtb-c}
route_tables:
  rtb-a:  {vpc: a, routes: [{destination: 0.0.0.0/0, target: igw}, {destination: 10.2.0.0/16, target: pcx-ab}, {destination: 10.3.0.0/16, target: pcx-ab}]}
  rtb-ap: {vpc: a, routes: [{destination: 10.2.0.0/16, target: ngw}]}
  rtb-b:  {vpc: b, routes: [{destination: 10.3.0.0/16, target: pcx-bc}]}
  rtb-c:  {vpc: c, routes: [{destination: 10.1.0.0/16, target: pcx-bc}, {destination: 10.2.0.0/16, target: pcx-bc}]}
security_groups:
  sg-b: {vpc: b, ingress: [{protocol: all, source: 0.0.0.0/0}]}
  sg-c: {vpc: c, ingress: [{protocol: all, source: 0.0.0.0/0}]}
instances:
  host-a: {subnet: a-pub, private_ip: 10.1.0.10}
  inner:  {subnet: a-priv, private_ip: 10.1.1.10}
  host-b: {subnet: b-1, private_ip: 10.2.0.10, security_groups: [sg-b]}
  host-c: {subnet: c-1, private_ip: 10.3.0.10, security_groups: [sg-c]}
`

func TestGolden20_PCX03_NGW12_RouteOnOneSideOnly(t *testing.T) {
	golden(t, goldenPeering, goldenCase{ask: ask{from: "host-a", to: "host-b", port: "tcp/80"}, verdict: eval.Unreachable, path: "return", code: eval.NoRoute, at: "rtb-b"})
	golden(t, goldenPeering, goldenCase{ask: ask{from: "inner", to: "host-b", port: "tcp/80"}, verdict: eval.Reachable, to: "host-b", seen: "10.1.0.20"})
}

func TestGolden21_NGW10_PeersNATGateway(t *testing.T) {
	golden(t, replaced(t, goldenPeering, "rtb-b:  {vpc: b, routes: [", "rtb-b:  {vpc: b, routes: [{destination: 0.0.0.0/0, target: pcx-ab}, "),
		goldenCase{ask: ask{from: "host-b", to: "198.51.100.10", port: "tcp/443"}, verdict: eval.Unreachable, path: "forward", code: eval.PeeringAddress, at: "pcx-ab"})
}

func TestGolden22_PCX04_PCX05_NotTransitive(t *testing.T) {
	golden(t, goldenPeering, goldenCase{ask: ask{from: "host-a", to: "10.3.0.10", port: "tcp/80"}, verdict: eval.Unreachable, path: "forward", code: eval.PeeringAddress, at: "pcx-ab"})
}

const goldenVPN = `version: 1
vpcs: {vpc-1: {cidr: 10.0.0.0/16}, vpc-2: {cidr: 172.16.0.0/16}}
internet_gateways: {igw-1: {vpc: vpc-1}, igw-2: {vpc: vpc-2}}
subnets:
  public-1:  {vpc: vpc-1, cidr: 10.0.0.0/24, route_table: rtb-public-1}
  private-1: {vpc: vpc-1, cidr: 10.0.1.0/24, route_table: rtb-private-1}
  public-2:  {vpc: vpc-2, cidr: 172.16.0.0/24, route_table: rtb-public-2}
  private-2: {vpc: vpc-2, cidr: 172.16.1.0/24, route_table: rtb-private-2}
route_tables:
  rtb-public-1:  {vpc: vpc-1, routes: [{destination: 0.0.0.0/0, target: igw-1}]}
  rtb-private-1: {vpc: vpc-1, routes: [{destination: 172.16.0.0/16, target: vpn-1}]}
  rtb-public-2:  {vpc: vpc-2, routes: [{destination: 0.0.0.0/0, target: igw-2}]}
  rtb-private-2: {vpc: vpc-2, routes: [{destination: 10.0.0.0/16, target: vpn-2}]}
security_groups:
  sg-vpn-1: {vpc: vpc-1, ingress: [{protocol: udp, ports: 1194, source: 203.0.113.2/32}, {protocol: all, source: 10.0.0.0/16}], egress: &out [{protocol: tcp, ports: 0-65535, destination: 0.0.0.0/0}, {protocol: udp, ports: 1194, destination: 0.0.0.0/0}]}
  sg-vpn-2: {vpc: vpc-2, ingress: [{protocol: udp, ports: 1194, source: 203.0.113.1/32}, {protocol: all, source: 172.16.0.0/16}], egress: *out}
  sg-app-1: {vpc: vpc-1}
  sg-app-2: {vpc: vpc-2, ingress: [{protocol: tcp, ports: 5432, source: 10.0.1.7/32}]}
instances:
  vpn-1: {subnet: public-1, private_ip: 10.0.0.5, public_ip: 203.0.113.1, source_dest_check: false, ip_forward: true, security_groups: [sg-vpn-1]}
  vpn-2: {subnet: public-2, private_ip: 172.16.0.5, public_ip: 203.0.113.2, source_dest_check: false, ip_forward: true, security_groups: [sg-vpn-2]}
  app-1: {subnet: private-1, private_ip: 10.0.1.7, security_groups: [sg-app-1]}
  app-2: {subnet: private-2, private_ip: 172.16.1.9, security_groups: [sg-app-2]}
tunnels:
  tunnel:
    protocol: udp
    port: 1194
    ends: [{instance: vpn-1, address: 169.254.255.1, routes: [172.16.0.0/16]}, {instance: vpn-2, address: 169.254.255.2, routes: [10.0.0.0/16]}]
`

func TestGolden25_VPNI02_VPNI05_TunnelBetweenVPCs(t *testing.T) {
	q := ask{from: "app-1", to: "172.16.1.9", port: "tcp/5432"}
	golden(t, goldenVPN, goldenCase{ask: q, verdict: eval.Reachable, to: "app-2", seen: "10.0.1.7"})
	golden(t, replaced(t, goldenVPN, "203.0.113.1, source_dest_check: false", "203.0.113.1"),
		goldenCase{ask: q, verdict: eval.Unreachable, path: "forward", code: eval.SourceDestCheck, at: "eni-vpn-1"})
	golden(t, replaced(t, goldenVPN, "203.0.113.2, source_dest_check: false", "203.0.113.2"),
		goldenCase{ask: q, verdict: eval.Unreachable, path: "forward", code: eval.SourceDestCheck, at: "eni-vpn-2"})
	golden(t, replaced(t, goldenVPN, "rtb-private-2: {vpc: vpc-2, routes: [{destination: 10.0.0.0/16, target: vpn-2}]}", "rtb-private-2: {vpc: vpc-2}"),
		goldenCase{ask: q, verdict: eval.Unreachable, path: "return", code: eval.NoRoute, at: "rtb-private-2"})
	golden(t, replaced(t, goldenVPN, "{protocol: udp, ports: 1194, source: 203.0.113.2/32}, ", "", "{protocol: udp, ports: 1194, source: 203.0.113.1/32}, ", ""),
		goldenCase{ask: q, verdict: eval.Unreachable, path: "forward", code: eval.TunnelDown, at: "tunnel"})
	golden(t, replaced(t, goldenVPN, "address: 169.254.255.2, routes: [10.0.0.0/16]", "address: 169.254.255.2"),
		goldenCase{ask: q, verdict: eval.Unreachable, path: "forward", code: eval.ReversePathFilter})
}

// What comes out of a tunnel cannot go on by peering: its source is foreign
// to the VPC it leaves (PCX-6, first reading). Random topologies seldom get
// this far.
func TestGolden22_PCX06_FromATunnelOnByPeering(t *testing.T) {
	text := replaced(t, goldenVPN, "vpc-2: {cidr: 172.16.0.0/16}", "vpc-2: {cidr: 172.16.0.0/16}, vpc-3: {cidr: 10.9.0.0/16}",
		"subnets:\n", "peering_connections: {pcx: {requester: vpc-2, accepter: vpc-3}}\nsubnets:\n  far: {vpc: vpc-3, cidr: 10.9.0.0/24}\n",
		"instances:\n", "instances:\n  host: {subnet: far, private_ip: 10.9.0.10}\n",
		"{destination: 172.16.0.0/16, target: vpn-1}", "{destination: 172.16.0.0/16, target: vpn-1}, {destination: 10.9.0.0/16, target: vpn-1}",
		"{destination: 0.0.0.0/0, target: igw-2}", "{destination: 0.0.0.0/0, target: igw-2}, {destination: 10.9.0.0/16, target: pcx}",
		"routes: [172.16.0.0/16]", "routes: [172.16.0.0/16, 10.9.0.0/16]")
	golden(t, text, goldenCase{ask: ask{from: "app-1", to: "10.9.0.10", port: "tcp/443"}, verdict: eval.Unreachable, path: "forward", code: eval.PeeringAddress, at: "pcx"})
}
