package load

import (
	"slices"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

func mustLoad(t *testing.T, text string) *model.Topology {
	t.Helper()
	topo, findings := Load([]Source{{Name: "f.yaml", Data: []byte(text)}})
	if topo == nil || len(findings) > 0 {
		t.Fatalf("findings: %v", findings)
	}
	return topo
}

func get[T model.Resource](t *testing.T, topo *model.Topology, name string) T {
	t.Helper()
	r, ok := topo.Names[name].(T)
	if !ok {
		t.Fatalf("%q is %T", name, topo.Names[name])
	}
	return r
}

func routes(t *model.RouteTable) string {
	var out []string
	for _, r := range t.Routes {
		s := r.DestinationText() + ">" + r.TargetText()
		if r.Origin != model.OriginStatic {
			s += "(" + r.Origin.String() + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestImplicitResources(t *testing.T) {
	topo := mustLoad(t, base)
	v := get[*model.VPC](t, topo, "v")
	if v.MainRouteTable != get[*model.RouteTable](t, topo, "v.main_route_table") || routes(v.MainRouteTable) != "10.0.0.0/16>local 2001:db8::/56>local" {
		t.Errorf("main table: %s", routes(v.MainRouteTable))
	}
	if a := get[*model.NetworkACL](t, topo, "v.default_network_acl"); a != v.DefaultNetworkACL || len(a.Ingress) != 2 || len(a.Egress) != 2 || a.Ingress[1].Number != 101 { // ACL-4
		t.Errorf("default ACL: %+v", a)
	}
	g := get[*model.SecurityGroup](t, topo, "v.default_security_group")
	if g != v.DefaultSecurityGroup || g.Ingress[0].Group != g || len(g.Egress) != 2 || g.At.IsValid() { // SG-3
		t.Errorf("default group: %+v", g)
	}
	host := get[*model.Instance](t, topo, "host")
	n := get[*model.Interface](t, topo, "eni-host")
	if host.Interfaces[0] != n || n.Owner != model.Resource(host) || !n.Implicit || !n.SourceDestCheck || n.Groups[0] != g || !slices.Contains(g.Members, n) {
		t.Errorf("implicit interface: %+v", n)
	}
	nat := get[*model.NATGateway](t, topo, "nat")
	if i := nat.Interfaces[0]; i != topo.Names["eni-nat"] || i.SourceDestCheck || len(i.Groups) != 0 || i.Owner != model.Resource(nat) || i.Public[0].Public.String() != "203.0.113.99" || i.Subnet.Name != "a" || nat.VPC != v {
		t.Errorf("interface of the NAT gateway: %+v", i)
	}
	for i, n := range topo.Interfaces {
		if n.Index != i {
			t.Errorf("interface %d has index %d", i, n.Index)
		}
	}
	if v.InternetGateway == nil || v.VPNGateway == nil || len(v.Subnets) != 2 {
		t.Errorf("VPC: %+v", v)
	}
	if s := get[*model.Subnet](t, topo, "a"); s.ExplicitRouteTable || s.RouteTable != v.MainRouteTable || s.NetworkACL != v.DefaultNetworkACL {
		t.Errorf("subnet: %+v", s)
	}
}

func TestImplicitInterfaceNameTaken(t *testing.T) {
	topo := mustLoad(t, base+"network_interfaces:\n  eni-host: {subnet: b, private_ip: 10.0.1.9}\n")
	if n := get[*model.Interface](t, topo, "host.eni"); get[*model.Instance](t, topo, "host").Interfaces[0] != n {
		t.Error("the shorthand's interface is not host.eni")
	}
}

func TestDeviceIndex(t *testing.T) {
	topo := mustLoad(t, base+`network_interfaces:
  x: {subnet: b, private_ip: 10.0.1.9, instance: bare, device_index: 1}
  y: {subnet: b, private_ip: 10.0.1.10, instance: bare}
  z: {subnet: b, private_ip: 10.0.1.11, instance: host}
`)
	names := func(instance string) string {
		var out []string
		for _, n := range get[*model.Instance](t, topo, instance).Interfaces {
			out = append(out, n.Name)
		}
		return strings.Join(out, " ")
	}
	if got := names("bare") + "; " + names("host"); got != "y x; eni-host z" {
		t.Errorf("got %s", got)
	}
	refuse(t, base+`network_interfaces:
  x: {subnet: b, private_ip: 10.0.1.9, instance: host, device_index: ^0}
  y: {subnet: b, private_ip: 10.0.1.10, device_index: ^1}
`,
		`device index 0 of instance "host" is taken by interface "eni-host" already [duplicate-entry]`,
		"network interface \"y\" has a `device_index` and no `instance` to be a device of [conflicting-keys]")
}

func TestRT11_LocalRouteReplaced(t *testing.T) {
	topo := mustLoad(t, base+"route_tables: {t: {vpc: v, routes: [{destination: 10.0.0.0/16, target: host}, {destination: 0.0.0.0/0, target: g}]}}\n")
	if got := routes(get[*model.RouteTable](t, topo, "t")); got != "2001:db8::/56>local 10.0.0.0/16>host 0.0.0.0/0>g" {
		t.Error(got)
	}
}

func TestRT20_PropagatedRoutes(t *testing.T) {
	topo := mustLoad(t, base+`external_networks: {dc: {cidrs: [172.20.0.0/16, "2001:db8:99::/48"], behind: dyn}}
vpn_connections:
  st: {gateway: vg, routing: static, routes: [172.31.0.0/16, 172.30.0.0/16]}
  dyn: {gateway: vg, routing: bgp, routes: [172.31.0.0/16]}
route_tables: {t: {vpc: v, propagating_gateways: [vg], routes: [{destination: 172.30.0.0/16, target: vg, origin: propagated}]}}
`)
	got := routes(get[*model.RouteTable](t, topo, "t"))
	want := "10.0.0.0/16>local 2001:db8::/56>local 172.30.0.0/16>vg(propagated (VPN, static)) 172.31.0.0/16>vg(propagated (VPN, static)) 172.31.0.0/16>vg(propagated (VPN, BGP)) 172.20.0.0/16>vg(propagated (VPN, BGP))"
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	table := get[*model.RouteTable](t, topo, "t")
	if r := table.Routes[3]; r.From.Name != "st" || r.At.String() != "f.yaml:16:47" {
		t.Errorf("from %v at %s", r.From, r.At)
	}
	if r := table.Routes[5]; r.From.Name != "dyn" || r.At.Line != 14 {
		t.Errorf("from %v at %s", r.From, r.At)
	}
}

func TestSG09_Normalised(t *testing.T) {
	topo := mustLoad(t, base+`security_groups:
  s:
    vpc: v
    ingress:
      - {protocol: all, ports: 22, source: 0.0.0.0/0}
      - {protocol: 6, ports: [22, 80-90], source: pl}
      - {protocol: icmp, icmp: {type: 8, code: -1}, source: self}
      - {protocol: icmpv6, source: "2001:db8::1/32"}
      - {protocol: icmp, icmp: {type: 3, code: 4}, source: 10.0.0.0/8}
      - {protocol: 47, ports: 5, source: 10.0.0.0/8}
    egress: []
`)
	s := get[*model.SecurityGroup](t, topo, "s")
	all := []packet.PortRange{{Lo: 0, Hi: 65535}}
	want := []model.Traffic{
		{Protocols: packet.ProtoRange{Lo: 0, Hi: 255}, Ports: all},
		{Protocols: packet.ProtoRange{Lo: 6, Hi: 6}, Ports: []packet.PortRange{{Lo: 22, Hi: 22}, {Lo: 80, Hi: 90}}},
		{Protocols: packet.ProtoRange{Lo: 1, Hi: 1}, Ports: []packet.PortRange{{Lo: 0x0800, Hi: 0x08ff}}},
		{Protocols: packet.ProtoRange{Lo: 58, Hi: 58}, Ports: all},
		{Protocols: packet.ProtoRange{Lo: 1, Hi: 1}, Ports: []packet.PortRange{{Lo: 0x0304, Hi: 0x0304}}},
		{Protocols: packet.ProtoRange{Lo: 47, Hi: 47}, Ports: all},
	}
	for i, w := range want {
		if got := s.Ingress[i].Traffic; got.Protocols != w.Protocols || !slices.Equal(got.Ports, w.Ports) {
			t.Errorf("rule %d: %+v, want %+v", i, got, w)
		}
	}
	if s.Ingress[2].Group != s || s.Ingress[1].PrefixList == nil || s.Ingress[3].CIDR.String() != "2001:db8::/32" || len(s.Egress) != 0 {
		t.Errorf("%+v", s)
	}
}

func TestACLRulesAreSorted(t *testing.T) {
	topo := mustLoad(t, base+"network_acls: {x: {vpc: v, ingress: [{rule: 20, action: deny, protocol: all, cidr: 0.0.0.0/0}, {rule: 10, action: allow, protocol: all, cidr: 10.9.9.9/8}]}}\n")
	x := get[*model.NetworkACL](t, topo, "x")
	if x.Ingress[0].Number != 10 || !x.Ingress[0].Allow || x.Ingress[0].CIDR.String() != "10.0.0.0/8" || x.Ingress[1].Allow || len(x.Egress) != 0 {
		t.Errorf("%+v %+v", x.Ingress[0], x.Ingress[1])
	}
}

func TestTunnelsResolve(t *testing.T) {
	topo := mustLoad(t, base+"tunnels: {tun: {protocol: udp, port: 1194, ends: [{instance: host, address: 169.254.255.1, routes: [10.1.0.0/16]}, {instance: far, address: 169.254.255.2}]}}\n")
	host, far := get[*model.Instance](t, topo, "host"), get[*model.Instance](t, topo, "far")
	if e := host.TunnelEnds[0]; e.Peer() != far.TunnelEnds[0] || e.Tunnel.Port != 1194 || e.Routes[0].Prefix.String() != "10.1.0.0/16" {
		t.Errorf("%+v", e)
	}
}

func TestExpectationsResolve(t *testing.T) {
	topo := mustLoad(t, everySection)
	e := topo.Expectations[0]
	if e.Name != "one" || e.From.Kind != model.EndpointInternet || e.To.Resource != topo.Names["web"] || len(e.Ports) != 1 || e.Via[0] != topo.Names["igw-a"] ||
		e.NotVia[0] != topo.Names["nat-a"] || e.Because[0] != "A_B" || e.DeliveredTo != topo.Names["web"] || !e.Reply || e.SourcePorts.Text != "linux" {
		t.Errorf("%+v", e)
	}
}

// TestInvalidButWhole: what AWS would refuse is an error and leaves the
// topology whole; a hole leaves none.
func TestInvalidButWhole(t *testing.T) {
	refused := base + "network_interfaces: {x: {subnet: b, private_ip: 10.0.1.1}}\n"
	if topo, findings := Load([]Source{{Name: "f.yaml", Data: []byte(refused)}}); topo == nil || len(findings) != 1 {
		t.Errorf("%v %v", topo, findings)
	}
	hole := base + "network_interfaces: {x: {subnet: nowhere, private_ip: 10.0.1.1}}\n"
	if topo, findings := Load([]Source{{Name: "f.yaml", Data: []byte(hole)}}); topo != nil || len(findings) != 1 {
		t.Errorf("%v %v", topo, findings)
	}
}

func TestJSONIsYAML(t *testing.T) {
	mustLoad(t, `{"version": 1, "vpcs": {"v": {"cidr": "10.0.0.0/16"}},
	"security_groups": {"s": {"vpc": "v", "ingress": [{"protocol": "tcp", "ports": [80, "443-444"], "source": "self"}], "egress": []}}}`)
}
