package eval_test

import (
	"slices"
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/packet"
)

const goldenNAT = `version: 1
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
subnets:
  pub:  {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-pub, network_acl: acl-pub}
  priv: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-priv, network_acl: acl-priv}
route_tables:
  rtb-pub:  {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-priv: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: ngw}]}
network_acls:
  acl-pub:
    vpc: vpc
    ingress: [{rule: 100, action: allow, protocol: tcp, ports: 443, cidr: 10.0.1.0/24}, {rule: 110, action: allow, protocol: tcp, ports: 1024-65535, cidr: 0.0.0.0/0}]
    egress: [{rule: 100, action: allow, protocol: all, cidr: 0.0.0.0/0}]
  acl-priv:
    vpc: vpc
    ingress: [{rule: 100, action: allow, protocol: tcp, ports: 1024-65535, cidr: 0.0.0.0/0}]
    egress: [{rule: 100, action: allow, protocol: tcp, ports: 443, cidr: 0.0.0.0/0}]
nat_gateways: {ngw: {subnet: pub, private_ip: 10.0.0.20, public_ip: 203.0.113.20}}
instances: {web: {subnet: priv, private_ip: 10.0.1.24}}
`

var webOut = ask{from: "web", to: "198.51.100.10", port: "tcp/443"}

func TestGolden11_NGW02_NGW07_SixACLChecks(t *testing.T) {
	r, o := golden(t, goldenNAT, goldenCase{ask: webOut, verdict: eval.Reachable, seen: "203.0.113.20"})
	if n := aclChecks(r); n != 6 {
		t.Errorf("the engine passes %d ACLs, want 6", n)
	}
	n := 0
	for _, c := range slices.Concat(o.fwd.path, o.ret.path) {
		if c == "acl-pub" || c == "acl-priv" {
			n++
		}
	}
	if n != 6 {
		t.Errorf("the simulator passes %d ACLs, want 6: %v", n, o)
	}
}

func TestGolden12_NGW09_GatewayInItsClientsSubnet(t *testing.T) {
	golden(t, replaced(t, goldenNAT, "{subnet: pub, private_ip: 10.0.0.20", "{subnet: priv, private_ip: 10.0.1.20", ", network_acl: acl-priv", ""),
		goldenCase{ask: webOut, verdict: eval.Unreachable, path: "forward", code: eval.RoutingLoop})
}

func TestGolden13_NGW07_ClientLegAtTheGatewaysSubnet(t *testing.T) {
	r, _ := golden(t, replaced(t, goldenNAT, "{rule: 100, action: allow, protocol: tcp, ports: 443, cidr: 10.0.1.0/24}, ", ""),
		goldenCase{ask: webOut, verdict: eval.Unreachable, path: "forward", code: eval.SubnetACL, at: "acl-pub"})
	if r.Blockers[0].Direction != "ingress" {
		t.Errorf("direction %q", r.Blockers[0].Direction)
	}
}

const goldenACL = `version: 1
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  clients: {vpc: vpc, cidr: 10.0.0.0/24}
  servers: {vpc: vpc, cidr: 10.0.1.0/24, network_acl: acl}
network_acls:
  acl:
    vpc: vpc
    ingress: [{rule: 100, action: allow, protocol: tcp, ports: 22, cidr: 0.0.0.0/0}]
    egress: []
security_groups: {sg: {vpc: vpc, ingress: [{protocol: tcp, ports: 22, source: 0.0.0.0/0}]}}
instances:
  client: {subnet: clients, private_ip: 10.0.0.10}
  server: {subnet: servers, private_ip: 10.0.1.10, security_groups: [sg]}
`

func TestGolden14_ACL06_ACL15_EphemeralPorts(t *testing.T) {
	ssh := ask{from: "client", to: "server", port: "tcp/22"}
	r, _ := golden(t, goldenACL, goldenCase{ask: ssh, verdict: eval.Unreachable, path: "return", code: eval.SubnetACL, at: "acl"})
	if r.Blockers[0].Direction != "egress" {
		t.Errorf("direction %q", r.Blockers[0].Direction)
	}
	r, _ = golden(t, replaced(t, goldenACL, "egress: []", "egress: [{rule: 100, action: allow, protocol: tcp, ports: 32768-65535, cidr: 0.0.0.0/0}]"),
		goldenCase{ask: ssh, verdict: eval.Partial, path: "return", code: eval.SubnetACL, at: "acl"})
	if len(r.Works) != 1 || !slices.Equal(r.Works[0].SPorts, []packet.PortRange{{Lo: 32768, Hi: 65535}}) {
		t.Errorf("works: %s", oracleBoxes(r.Works))
	}
}

const goldenHairpin = `version: 1
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
subnets: {pub: {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb}}
route_tables: {rtb: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}}
security_groups:
  sg-a: {vpc: vpc}
  sg-b: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: sg-a}]}
instances:
  a: {subnet: pub, private_ip: 10.0.0.10, public_ip: 203.0.113.10, security_groups: [sg-a]}
  b: {subnet: pub, private_ip: 10.0.0.11, public_ip: 203.0.113.11, security_groups: [sg-b]}
`

func TestGolden16_IGW11_HairpinHidesTheGroup(t *testing.T) {
	q := ask{from: "a", to: "203.0.113.11", port: "tcp/80"}
	golden(t, goldenHairpin, goldenCase{ask: q, verdict: eval.Unreachable, path: "forward", code: eval.SecurityGroupRefNotKept, at: "sg-b"})
	golden(t, replaced(t, goldenHairpin, "source: sg-a", "source: 203.0.113.10/32"), goldenCase{ask: q, verdict: eval.Reachable, to: "b", seen: "203.0.113.10"})
}

const goldenIngress = `version: 1
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
subnets:
  app: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-app}
  fw:  {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-fw}
route_tables:
  rtb-in:  {vpc: vpc, edge_associations: [igw], routes: [{destination: 10.0.1.0/24, target: appliance}]}
  rtb-app: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: appliance}]}
  rtb-fw:  {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances:
  server:    {subnet: app, private_ip: 10.0.1.10, public_ip: 203.0.113.10, security_groups: [sg]}
  appliance: {subnet: fw, private_ip: 10.0.2.10, public_ip: 203.0.113.20, security_groups: [sg], source_dest_check: false, ip_forward: true}
`

func TestGolden17_GW06_GW11_IngressRouting(t *testing.T) {
	_, o := golden(t, goldenIngress, goldenCase{ask: ask{from: "198.51.100.10", to: "203.0.113.10", port: "tcp/80"}, verdict: eval.Reachable, to: "server", seen: "198.51.100.10"})
	for _, path := range [][]string{o.fwd.path, o.ret.path} {
		if !slices.Contains(path, "appliance") {
			t.Errorf("not by the appliance: %v", path)
		}
	}
	golden(t, goldenIngress, goldenCase{ask: ask{from: "server", to: "198.51.100.10", port: "tcp/80"}, verdict: eval.Reachable, seen: "203.0.113.10"})
}

func TestGolden18_GW12_RedirectedSubnetGoesStraightOut(t *testing.T) {
	text := replaced(t, goldenIngress, "rtb-app: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: appliance}]}", "rtb-app: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}")
	golden(t, text, goldenCase{ask: ask{from: "server", to: "198.51.100.10", port: "tcp/80"}, verdict: eval.Unreachable, path: "forward", code: eval.IngressRedirection, at: "igw"})
	golden(t, text, goldenCase{ask: ask{from: "198.51.100.10", to: "203.0.113.10", port: "tcp/80"}, verdict: eval.Unreachable, path: "return", code: eval.IngressRedirection, at: "igw"})
}

func TestGolden19_GW08_ApplianceWithoutPublicAddress(t *testing.T) {
	golden(t, replaced(t, goldenIngress, "public_ip: 203.0.113.20, ", ""),
		goldenCase{ask: ask{from: "198.51.100.10", to: "203.0.113.10", port: "tcp/80"}, verdict: eval.Unreachable, path: "forward", code: eval.IngressNoPublicIP})
}

const goldenMiddle = `version: 1
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  pub:  {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-pub}
  priv: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-priv}
  fw:   {vpc: vpc, cidr: 10.0.2.0/24}
route_tables:
  rtb-pub:  {vpc: vpc, routes: [{destination: 10.0.1.0/24, target: appliance}]}
  rtb-priv: {vpc: vpc, routes: [{destination: 10.0.0.0/24, target: appliance}]}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances:
  host:      {subnet: pub, private_ip: 10.0.0.10, security_groups: [sg]}
  web:       {subnet: priv, private_ip: 10.0.1.24, security_groups: [sg]}
  near:      {subnet: priv, private_ip: 10.0.1.25, security_groups: [sg]}
  appliance: {subnet: fw, private_ip: 10.0.2.10, security_groups: [sg], source_dest_check: false, ip_forward: true}
`

func TestGolden24_RT09_RT12_MoreSpecificThanLocal(t *testing.T) {
	for _, c := range []struct {
		from    string
		through bool
	}{{"host", true}, {"near", false}} {
		r, o := golden(t, goldenMiddle, goldenCase{ask: ask{from: c.from, to: "web", port: "tcp/80"}, verdict: eval.Reachable, to: "web"})
		by := slices.ContainsFunc(r.Forward.Hops, func(h *eval.Hop) bool { return h.Component == "appliance" })
		if slices.Contains(o.fwd.path, "appliance") != c.through || by != c.through {
			t.Errorf("from %s: engine by the appliance %v, simulator %v", c.from, by, o.fwd.path)
		}
	}
}
