package load

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// nlb is a network load balancer with the given rest behind its nodes.
func nlb(rest string) string {
	return services("load_balancers:\n  nlb: {type: network, scheme: internal, nodes: [{subnet: b, private_ip: 10.0.1.40}]" + rest + "}\n")
}

func TestLB01_Nodes(t *testing.T) {
	topo := mustLoad(t, services(`load_balancers:
  nlb:
    type: network
    scheme: internet_facing
    nodes:
      - {subnet: a, private_ip: 10.0.0.40, public_ip: 203.0.113.40, ipv6: "2001:db8::40"}
      - {subnet: z1, private_ip: 10.0.2.40, public_ip: 203.0.113.41}
  alb: {type: application, scheme: internal, nodes: [{subnet: a, private_ip: 10.0.0.41}, {subnet: b, private_ip: 10.0.1.41}], security_groups: [sg]}
  clb: {type: classic, scheme: internal, nodes: [{subnet: a, private_ip: 10.0.0.42}], security_groups: [sg], cross_zone: true}
  plain: {type: network, scheme: internal, nodes: [{subnet: a, private_ip: 10.0.0.43}], security_groups: []}
expect:
  - {from: internet, to: nlb, port: 443, verdict: unreachable, via: [nlb], not_via: alb, delivered_to: clb}
`))
	n := get[*model.LoadBalancer](t, topo, "nlb")
	i := get[*model.Interface](t, topo, "nlb.a")
	if !n.InternetFacing || n.CrossZone || n.VPC.Name != "v" || len(n.Nodes) != 2 || n.Nodes[0] != i || len(topo.LoadBalancers) != 4 {
		t.Errorf("%+v", n)
	}
	if i.Owner != model.Resource(n) || !i.Implicit || i.SourceDestCheck || topo.Interfaces[i.Index] != i || i.Groups != nil ||
		fmt.Sprint(i.Private, i.IPv6, i.Public[0].Private, i.Public[0].Public) != "[10.0.0.40] [2001:db8::40] 10.0.0.40 203.0.113.40" {
		t.Errorf("%+v", i)
	}
	if a := get[*model.LoadBalancer](t, topo, "alb"); !a.CrossZone || a.InternetFacing || a.Nodes[1].Groups[0].Name != "sg" {
		t.Errorf("%+v", a)
	}
	if c := get[*model.LoadBalancer](t, topo, "clb"); !c.CrossZone || c.Type != model.ClassicLoadBalancer {
		t.Errorf("%+v", c)
	}
	if g := get[*model.SecurityGroup](t, topo, "sg"); len(g.Members) != 3 {
		t.Errorf("%d members", len(g.Members))
	}
	if b := get[*model.Interface](t, topo, "plain.a"); b.Groups != nil {
		t.Errorf("%+v", b)
	}
}

func TestLB01_NodesRefused(t *testing.T) {
	refuse(t, services(`load_balancers:
  one: {type: network, scheme: internal, nodes: [{subnet: z2, private_ip: 10.0.3.40}, {subnet: z2, private_ip: 10.0.3.41}, {subnet: ^z2b, private_ip: 10.0.4.40}, {subnet: ^c, private_ip: 10.1.0.40}]}
  two: {type: network, scheme: internal, nodes: [{subnet: b, private_ip: 10.0.1.40, public_ip: ^203.0.113.40}]}
  three: {type: network, scheme: internet_facing, nodes: [^{subnet: b, private_ip: 10.0.1.41}]}
  four: {type: network, scheme: internal, nodes: ^[]}
  ^^^five: {}
  six: {type: ^netwerk, scheme: ^external, nodes: [^{subnet: ^nowhere}]}
  seven: {type: network, scheme: internal, nodes: [{subnet: b, private_ip: ^10.0.1.2}, {subnet: a, private_ip: ^10.0.0.99, ^name: x}], security_groups: [^sg-w]}
`),
		`subnets "z2" and "z2b" of load balancer "one" are both in az-2; expected one subnet a zone [duplicate-entry]`,
		`subnet "c" is of VPC "w"; load balancer "one" is of VPC "v" [other-vpc]`,
		"load balancer \"two\" is internal, and a node of it has a public address; expected `scheme: internet_facing`, or no `public_ip` [conflicting-keys]",
		"a node of internet-facing load balancer \"three\" lacks the key `public_ip`, or `ipv6` [missing-key]",
		`load balancer "four" has no nodes; expected at least one in each subnet that it serves [empty-list]`,
		"load balancer \"five\" lacks the key `nodes` [missing-key]",
		"load balancer \"five\" lacks the key `scheme` [missing-key]",
		"load balancer \"five\" lacks the key `type` [missing-key]",
		`"netwerk" is not known here; expected one of application, classic, network; did you mean "network"? [invalid-value]`,
		`"external" is not known here; expected one of internal, internet_facing; did you mean "internal"? [invalid-value]`,
		"a node of load balancer \"six\" lacks the key `private_ip` [missing-key]",
		`no resource is named "nowhere"; expected the name of a subnet [unknown-name]`,
		`10.0.1.2 is an address kept for DNS of subnet "b"; AWS keeps the first four addresses and the last one of 10.0.1.0/24 [reserved-address]`,
		`10.0.0.99 is taken already by NAT gateway "nat", at f.yaml:7:45; in a VPC an address belongs to one interface [duplicate-address]`,
		`unknown key "name" in a node of load balancer "seven"; expected one of ipv6, private_ip, public_ip, subnet [unknown-key]`,
		`security group "sg-w" belongs to VPC "w"; the interface is in VPC "v" [other-vpc]`)
}

func TestLB01_Listeners(t *testing.T) {
	refuse(t, nlb(`, listeners: [
    ^{protocol: tcp, port: 80},
    {protocol: tcp, port: ^0, targets: ^[]},
    @{protocol: tcp_udp, port: 53, targets: [{instance: host}]},
    ^{protocol: udp, port: 53, targets: [{instance: host, port: ^70000}]},
    @{protocol: tls, port: 443, targets: [{instance: host}]},
    ^{protocol: tcp, port: 443, targets: [{instance: host}]},
    {protocol: udp, port: 443, targets: [^{}, ^{instance: host, address: 10.0.0.10}]},
    {protocol: ^http, port: 8080, targets: [{instance: host}]},
    {protocol: ^tpc, port: 8081, targets: [{instance: host, ^prt: 1}]}]`),
		"a listener of load balancer \"nlb\" lacks the key `targets`, or `answers: true` where it redirects or has a fixed response [missing-key]",
		`"0" is out of range; expected a port from 1 to 65535 [invalid-number]`,
		"a listener has at least one target; expected `instance`, `interface` or `address` of one [empty-list]",
		`load balancer "nlb" listens on UDP port 53 already, at {1}; expected one listener for each protocol and port [duplicate-entry]`,
		`"70000" is out of range; expected a port from 1 to 65535 [invalid-number]`,
		`load balancer "nlb" listens on TCP port 443 already, at {2}; expected one listener for each protocol and port [duplicate-entry]`,
		"a target needs exactly one of `instance`, `interface` and `address`; found 0 of them [conflicting-keys]",
		"a target needs exactly one of `instance`, `interface` and `address`; found 2 of them [conflicting-keys]",
		`protocol http does not go with load balancer "nlb" of type network; expected one of tcp, tcp_udp, tls, udp [listener-protocol]`,
		`"tpc" is not known here; expected one of http, https, tcp, tcp_udp, tls, udp; did you mean "tcp"? [invalid-value]`,
		`unknown key "prt" in a target; expected one of address, instance, interface, port; did you mean "port"? [unknown-key]`)
}

func TestLB02_Targets(t *testing.T) {
	topo := mustLoad(t, strings.NewReplacer("{subnet: b, private_ip: 10.0.1.40}", `{subnet: a, private_ip: 10.0.0.40, ipv6: "2001:db8::40"}`,
		"host: {subnet: a, private_ip: 10.0.0.10", `host: {subnet: a, private_ip: 10.0.0.10, private_ips: [10.0.0.11], ipv6: "2001:db8::10"`).Replace(nlb(`, listeners: [
    {protocol: tcp_udp, port: 53, targets: [{instance: host, port: 5353}, {interface: eni-far}]},
    {protocol: tls, port: 443, targets: [{address: 10.0.0.11}, {address: "2001:db8::10"}, {address: 10.1.0.10, port: 8443}]}]`)))
	b := get[*model.LoadBalancer](t, topo, "nlb")
	var got []string
	for _, l := range b.Listeners {
		for _, x := range l.Targets {
			got = append(got, fmt.Sprint(l.Protocols, l.Port, " ", x.Interface.Name, " ", x.Address, ":", x.Port))
		}
	}
	want := []string{"[6 17] 53 eni-host 10.0.0.10:5353", "[6 17] 53 eni-far 10.1.0.10:53", "[6] 443 eni-host 10.0.0.11:443", "[6] 443 eni-host 2001:db8::10:443", "[6] 443 eni-far 10.1.0.10:8443"}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	if l := b.Listeners[0]; l.At.Line != 18 || l.Targets[0].At.Line != 18 || l.Protocols[1] != packet.UDP {
		t.Errorf("%+v", l)
	}
}

func TestLB02_TargetsOfIPv6NeedNodesWithIPv6(t *testing.T) {
	refuse(t, strings.Replace(services(`load_balancers:
  nlb: {type: network, scheme: internal, nodes: [{subnet: a, private_ip: 10.0.0.40, ipv6: "2001:db8::40"}, @{subnet: b, private_ip: 10.0.1.40}], listeners: [{protocol: tcp, port: 443, targets: [^{address: "2001:db8::10"}]}]}
  clb: {type: classic, scheme: internal, nodes: [{subnet: a, private_ip: 10.0.0.41, ipv6: ^"2001:db8::41"}], security_groups: [sg]}
`), "host: {subnet: a, private_ip: 10.0.0.10", `host: {subnet: a, private_ip: 10.0.0.10, ipv6: "2001:db8::10"`, 1),
		"target 2001:db8::10 is IPv6; the node of load balancer \"nlb\" in subnet \"b\" has no `ipv6` to reach it from [load-balancer-target]",
		"classic load balancer \"clb\" speaks IPv4 only; expected no `ipv6` [invalid-address]")
}

func TestLB02_TargetsRefused(t *testing.T) {
	refuse(t, nlb(`, listeners: [
    {protocol: tcp, port: 80, targets: [{instance: ^far}, {instance: ^bare}, {instance: ^nat}, {interface: ^host}]},
    {protocol: tcp, port: 81, targets: [{address: ^10.0.0.77}, {address: ^192.0.2.1}, {address: ^10.0.0.0/24}, ^{address: 10.0.1.40}]}]`),
		`instance "far" is in VPC "w"; load balancer "nlb" is in VPC "v", and reaches other VPCs by `+"`address`"+` only [other-vpc]`,
		`instance "bare" has no network interface; as a target it needs one [load-balancer-target]`,
		`"nat" is a NAT gateway; expected an instance [wrong-kind]`,
		`"host" is an instance; expected a network interface [wrong-kind]`,
		`10.0.0.77 is a target that is nobody's; expected an address of a network interface in VPC "v" or in one that it reaches [load-balancer-target]`,
		`192.0.2.1 is a target that is nobody's; expected an address of a network interface in VPC "v" or in one that it reaches [load-balancer-target]`,
		`"10.0.0.0/24" is not an address that fits here: a CIDR, not one address; did you mean "10.0.0.0"?; expected an address as 10.0.0.10 or 2001:db8::10 [invalid-address]`,
		`load balancer "nlb" has its own node "nlb.b" as a target; expected another interface [load-balancer-target]`)
}

func TestLB02_AddressOfAnotherVPC(t *testing.T) {
	vpcs := func(peerings string) string {
		return `version: 1
vpcs: {v: {cidr: 10.0.0.0/16}, w: {cidr: 10.1.0.0/16}, x: {cidr: 10.1.0.0/16}}
subnets: {a: {vpc: v, cidr: 10.0.0.0/24}, b: {vpc: w, cidr: 10.1.0.0/24}, c: {vpc: x, cidr: 10.1.0.0/24}}
instances: {in-w: {subnet: b, private_ip: 10.1.0.10}, in-x: {subnet: c, private_ip: 10.1.0.10}}
peering_connections: {` + peerings + `}
load_balancers: {nlb: {type: network, scheme: internal, nodes: [{subnet: a, private_ip: 10.0.0.9}], listeners: [{protocol: tcp, port: 80, targets: [{address: ^10.1.0.10}]}]}}
`
	}
	topo := mustLoad(t, strings.Replace(vpcs("p: {requester: v, accepter: x}, q: {requester: w, accepter: v, status: deleted}"), "^", "", 1))
	if i := get[*model.LoadBalancer](t, topo, "nlb").Listeners[0].Targets[0].Interface; i.Name != "eni-in-x" {
		t.Errorf("%+v", i)
	}
	refuse(t, vpcs(""), "10.1.0.10 stands in VPCs \"w\" and \"x\"; expected `interface` with the name of \"eni-in-w\" or \"eni-in-x\" [load-balancer-target]")
}

func TestLB04_GroupsAndProtocolsOfTheType(t *testing.T) {
	refuse(t, services(`load_balancers:
  ^alb: {type: application, scheme: internal, nodes: [{subnet: b, private_ip: 10.0.1.40}], listeners: [{protocol: ^tcp, port: 80, targets: [{instance: host}]}, {protocol: https, port: 443, targets: [{instance: host}]}]}
  clb: {type: classic, scheme: internal, nodes: [{subnet: b, private_ip: 10.0.1.41}], security_groups: ^[], listeners: [{protocol: tcp, port: 80, targets: [{address: ^10.0.0.10}]}, {protocol: ^tls, port: 443, targets: [{instance: host}]}]}
`),
		"load balancer \"alb\" lacks the key `security_groups`, which type application needs [missing-key]",
		`protocol tcp does not go with load balancer "alb" of type application; expected one of http, https [listener-protocol]`,
		`load balancer "clb" of type classic has at least one security group [empty-list]`,
		"a classic load balancer has instances as its targets; expected `instance` [load-balancer-target]",
		`protocol tls does not go with load balancer "clb" of type classic; expected one of http, https, tcp [listener-protocol]`)
}

func TestLB06_ClientAddresses(t *testing.T) {
	topo := mustLoad(t, nlb(`, listeners: [
    {protocol: tcp, port: 1, targets: [{instance: host}, {interface: eni-far}]},
    {protocol: tls, port: 2, targets: [{address: 10.0.0.10}]},
    {protocol: udp, port: 3, targets: [{address: 10.0.0.10}]},
    {protocol: tcp_udp, port: 4, targets: [{address: 10.0.0.10}, {instance: host}]},
    {protocol: tcp, port: 5, targets: [{address: 10.0.0.10}], preserve_client_ip: true},
    {protocol: tcp, port: 6, targets: [{address: 10.0.0.10}, {instance: host}], preserve_client_ip: false}]`))
	var got []bool
	for _, l := range get[*model.LoadBalancer](t, topo, "nlb").Listeners {
		got = append(got, l.PreserveClientIP)
	}
	if want := []bool{true, false, true, true, true, false}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	refuse(t, services(`load_balancers:
  nlb: {type: network, scheme: internal, nodes: [{subnet: b, private_ip: 10.0.1.40}], listeners: [
    ^{protocol: tcp, port: 1, targets: [{address: 10.0.0.10}, {instance: host}]},
    {protocol: udp, port: 2, targets: [{address: 10.0.0.10}], preserve_client_ip: ^false}]}
  alb: {type: application, scheme: internal, nodes: [{subnet: b, private_ip: 10.0.1.41}], security_groups: [sg], listeners: [
    {protocol: http, port: 1, targets: [{instance: host}], preserve_client_ip: ^true},
    {protocol: http, port: 2, targets: [{instance: host}], preserve_client_ip: false}]}
`),
		"a listener with targets by address and others lacks the key `preserve_client_ip`, whose default they do not have in common [missing-key]",
		"a listener for udp always preserves the client's address; expected true, or no `preserve_client_ip` [listener-protocol]",
		"the targets of load balancer \"alb\" see its nodes, never the client, since it is of type application; expected false, or no `preserve_client_ip` [listener-protocol]")
}

func TestLB09_CrossZone(t *testing.T) {
	refuse(t, services("load_balancers: {alb: {type: application, scheme: internal, nodes: [{subnet: b, private_ip: 10.0.1.41}], security_groups: [sg], cross_zone: ^false}}\n"),
		"application load balancer \"alb\" always crosses zones; expected true, or no `cross_zone` [invalid-value]")
}

// A load balancer grows by further nodes in a subnet.
func TestLB01_SeveralNodesInASubnet(t *testing.T) {
	topo := mustLoad(t, strings.NewReplacer("^", "", "@", "").Replace(services(`load_balancers:
  one: {type: network, scheme: internal, nodes: [{subnet: z2, private_ip: 10.0.3.40}, {subnet: b, private_ip: 10.0.1.40}, {subnet: z2, private_ip: 10.0.3.41}, {subnet: z2, private_ip: 10.0.3.42}]}
  six: {type: network, scheme: internet_facing, nodes: [{subnet: a, private_ip: 10.0.0.41, ipv6: "2001:db8::41"}]}
`)))
	for k, want := range []string{"one.z2 10.0.3.40", "one.b 10.0.1.40", "one.z2.2 10.0.3.41", "one.z2.3 10.0.3.42"} {
		i := get[*model.LoadBalancer](t, topo, "one").Nodes[k]
		if got := i.Name + " " + i.Private[0].String(); got != want {
			t.Errorf("got %s, expected %s", got, want)
		}
	}
}
