package load

import (
	"fmt"
	"testing"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

func TestFW01_Endpoints(t *testing.T) {
	topo := mustLoad(t, base+`network_firewalls:
  nfw: {vpc: v, endpoints: {vpce-a: a, vpce-b: b}}
route_tables:
  t: {vpc: v, routes: [{destination: 0.0.0.0/0, target: vpce-b}, {destination: 10.0.0.0/24, target: vpce-b}]}
  in: {vpc: v, edge_associations: [g], routes: [{destination: 10.0.0.0/24, target: vpce-b}]}
`)
	f := get[*model.NetworkFirewall](t, topo, "nfw")
	e := get[*model.VPCEndpoint](t, topo, "vpce-b")
	i := get[*model.Interface](t, topo, "vpce-b.b")
	if f.VPC.Name != "v" || len(f.Endpoints) != 2 || f.Endpoints[1] != e || len(topo.Firewalls) != 1 || len(topo.VPCEndpoints) != 2 ||
		f.StatelessDefault != model.ForwardToStateful || f.StatefulDefault != model.Pass || f.Stateful != nil || f.Stateless != nil {
		t.Errorf("%+v", f)
	}
	if e.Firewall != f || e.Type != model.GatewayLoadBalancerEndpoint || e.VPC != f.VPC || len(e.Interfaces) != 1 || e.Interfaces[0] != i || e.At.String() != "f.yaml:15:40" {
		t.Errorf("%+v", e)
	}
	if i.Owner != model.Resource(e) || len(i.Addrs()) > 0 || i.Groups != nil || i.SourceDestCheck || i.Subnet.Name != "b" {
		t.Errorf("%+v", i)
	}
	if got := routes(get[*model.RouteTable](t, topo, "t")); got != "10.0.0.0/16>local 2001:db8::/56>local 0.0.0.0/0>vpce-b 10.0.0.0/24>vpce-b" {
		t.Error(got)
	}
}

func TestFW01_EndpointsRefused(t *testing.T) {
	refuse(t, base+`network_firewalls:
  one: {vpc: v, endpoints: {@x: a, ^x: b, ^host: a, ^local: b, y: ^c, z: ^nowhere, u: ^[a]}}
  two: {vpc: ^vv, endpoints: ^{}}
  ^^three: {^endpoint: {}}
route_tables:
  t: {vpc: w, routes: [{destination: 0.0.0.0/0, target: ^x}]}
`,
		`name "x" is taken already by the VPC endpoint at {1}; a name stands for one resource, across kinds and files [duplicate-name]`,
		`name "host" is taken already by the instance at f.yaml:11:3; a name stands for one resource, across kinds and files [duplicate-name]`,
		`name "local" is reserved; the words local, blackhole, internet, internet6, self mean something by themselves [invalid-name]`,
		`subnet "c" is of VPC "w"; VPC endpoint "y" is of VPC "v" [other-vpc]`,
		`no resource is named "nowhere"; expected the name of a subnet [unknown-name]`,
		`expected the name of a subnet, found a list [wrong-type]`,
		`no resource is named "vv"; expected the name of a VPC [unknown-name]`,
		`network firewall "two" has no endpoints; expected the name of one with its subnet [empty-list]`,
		"network firewall \"three\" lacks the key `endpoints` [missing-key]",
		"network firewall \"three\" lacks the key `vpc` [missing-key]",
		`unknown key "endpoint" in network firewall "three"; expected one of endpoints, not_modelled, stateful_default, stateful_order, stateful_rules, stateless_default, stateless_rules, vpc; did you mean "endpoints"? [unknown-key]`,
		`VPC endpoint "x" belongs to VPC "v"; route table "t" is of VPC "w" [other-vpc]`)
}

func ruleText(list []*model.FirewallRule) string {
	out := ""
	for _, r := range list {
		var src, dst []string
		for _, b := range r.Source {
			src = append(src, b.Prefix.String())
		}
		for _, b := range r.Destination {
			dst = append(dst, b.Prefix.String())
		}
		out += fmt.Sprint(r.Priority, " ", r.Action, " ", r.Traffic.Protocols, r.Traffic.Ports, r.SourcePorts, src, dst, r.BothWays, "; ")
	}
	return out
}

func TestFW03_StatelessRules(t *testing.T) {
	topo := mustLoad(t, base+`network_firewalls:
  nfw:
    vpc: v
    endpoints: {ep: b}
    stateless_rules:
      - {priority: 20, action: forward}
      - {priority: 10, action: drop, protocol: tcp, ports: [22, 80-90], source_ports: 1024-65535, source: 10.0.0.9/8, destination: [10.1.0.0/16, "2001:db8::/32"]}
      - {priority: 5, action: pass, protocol: icmp}
    stateless_default: drop
    not_modelled: [domain list, "suricata: x"]
`)
	f := get[*model.NetworkFirewall](t, topo, "nfw")
	want := "5 pass icmp [0-65535] [] [] [] false; 10 drop tcp [22 80-90] [1024-65535] [10.0.0.0/8] [10.1.0.0/16 2001:db8::/32] false; 20 forward all [0-65535] [] [] [] false; "
	if got := ruleText(f.Stateless); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	if r := f.Stateless[2]; r.Source != nil || r.Destination != nil || r.SourcePorts != nil || r.At.Line != 19 || f.Stateless[0].Traffic.Protocols.Lo != packet.ICMP {
		t.Errorf("%+v", r)
	}
	if f.StatelessDefault != model.DropPacket || len(f.NotModelled) != 2 || f.NotModelled[1].Text != "suricata: x" || f.NotModelled[0].At.String() != "f.yaml:23:20" {
		t.Errorf("%+v", f)
	}
}

func TestFW03_StatefulOrder(t *testing.T) {
	rules := `    stateful_rules:
      - {action: reject, protocol: tcp, ports: 1}
      - {action: alert, protocol: tcp, ports: 2}
      - {action: drop, protocol: tcp, ports: 3, direction: any}
      - {action: pass, protocol: tcp, ports: 4, direction: forward}
      - {action: drop, protocol: tcp, ports: 5}
      - {action: pass, protocol: udp}
`
	for order, want := range map[string]string{
		"": "0 pass tcp [4] [] [] [] false; 0 pass udp [0-65535] [] [] [] false; 0 drop tcp [3] [] [] [] true; 0 drop tcp [5] [] [] [] false; 0 drop tcp [1] [] [] [] false; ",
		"    stateful_order: strict\n    stateful_default: drop\n": "0 drop tcp [1] [] [] [] false; 0 drop tcp [3] [] [] [] true; 0 pass tcp [4] [] [] [] false; 0 drop tcp [5] [] [] [] false; 0 pass udp [0-65535] [] [] [] false; ",
	} {
		f := get[*model.NetworkFirewall](t, mustLoad(t, base+"network_firewalls:\n  nfw:\n    vpc: v\n    endpoints: {ep: b}\n"+rules+order), "nfw")
		if got := ruleText(f.Stateful); got != want {
			t.Errorf("%q\n got %s\nwant %s", order, got, want)
		}
		if (f.StatefulDefault == model.DropPacket) != (order != "") {
			t.Errorf("%q: default %s", order, f.StatefulDefault)
		}
	}
}

func TestFW03_RulesRefused(t *testing.T) {
	refuse(t, base+`network_firewalls:
  nfw:
    vpc: v
    endpoints: {ep: b}
    stateless_rules:
      - {priority: @1, action: pass}
      - {priority: ^1, action: ^reject}
      - ^{action: drop}
      - {priority: ^0, action: pass, ^direction: any}
      - {priority: 3, action: pass, protocol: icmp, ports: ^1, source_ports: ^2}
      - {priority: 4, action: pass, ports: ^80}
      - {priority: 5, action: pass, protocol: ^tpc, ports: 80, source: ^[], destination: ^10.0.0.1}
    stateless_default: ^reject
    stateful_rules:
      - {action: ^forward, protocol: tcp, ports: ^[], direction: ^both}
      - ^{}
      - ^drop
    stateful_order: ^default
    stateful_default: ^alert
    not_modelled: ^text
  drop: {vpc: v, endpoints: {f: b}, stateful_default: ^drop}
`,
		`priority 1 stands twice in the stateless rules of network firewall "nfw"; the first is at {1} [duplicate-rule]`,
		`"reject" is not known here; expected one of drop, forward, pass [invalid-value]`,
		"a rule of a network firewall lacks the key `priority` [missing-key]",
		`"0" is out of range; expected a priority from 1 to 65535 [invalid-number]`,
		`unknown key "direction" in a rule of a network firewall; expected one of action, destination, ports, priority, protocol, source, source_ports [unknown-key]`,
		`ports go with protocol tcp or udp only; expected a rule for each of them, or no ports [invalid-icmp]`,
		`ports go with protocol tcp or udp only; expected a rule for each of them, or no ports [invalid-icmp]`,
		`ports go with protocol tcp or udp only; expected a rule for each of them, or no ports [invalid-icmp]`,
		`protocol "tpc" is not known; expected a protocol: all, tcp, udp, icmp, icmpv6 or a number from 0 to 255; did you mean "tcp"? [invalid-protocol]`,
		`the list of CIDRs is empty; leave the key out for every address [empty-list]`,
		`"10.0.0.1" is not a CIDR that fits here: an address without a prefix length; did you mean "10.0.0.1/32"?; expected a CIDR as 10.0.0.0/16 or 2001:db8::/56 [invalid-cidr]`,
		`"reject" is not known here; expected one of drop, forward, pass [invalid-value]`,
		`"forward" is not known here; expected one of alert, drop, not_modelled, pass, reject [invalid-value]`,
		`the list of ports is empty; expected a port, a range or a list of those [invalid-port]`,
		`"both" is not known here; expected one of any, forward [invalid-value]`,
		"a rule of a network firewall lacks the key `action` [missing-key]",
		`expected a mapping for a rule of a network firewall, found "drop" [wrong-type]`,
		`"default" is not known here; expected one of action, strict [invalid-value]`,
		`"alert" is not known here; expected one of drop, pass [invalid-value]`,
		`expected a list of texts, found "text" [wrong-type]`,
		"`stateful_default: drop` goes with `stateful_order: strict` only; expected both, or a last rule of action drop for everything [conflicting-keys]")
}
