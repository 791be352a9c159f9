package load

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/model"
)

// services is base with prefix lists of services, tables, groups, and a
// second and third subnet in zones of their own.
func services(text string) string {
	return strings.NewReplacer(
		"prefix_lists: {", "prefix_lists: {pl-s3: {cidrs: [52.219.0.0/16], service: com.amazonaws.eu-west-1.s3}, pl-ddb: {cidrs: [52.94.0.0/22], service: dynamodb}, ",
		"subnets: {", "subnets: {z1: {vpc: v, cidr: 10.0.2.0/24, az: az-1}, z2: {vpc: v, cidr: 10.0.3.0/24, az: az-2}, z2b: {vpc: v, cidr: 10.0.4.0/24, az: az-2}, ").Replace(base) +
		`route_tables: {rt: {vpc: v}, rt-w: {vpc: w}, rt-in: {vpc: v, edge_associations: [g]}, rt-own: {vpc: v, routes: [{destination: pl-s3, target: nat}]}}
security_groups: {sg: {vpc: v}, sg-w: {vpc: w}}
` + text
}

func TestEP01_GatewayEndpointRoutes(t *testing.T) {
	topo := mustLoad(t, services(`vpc_endpoints:
  s3: {type: gateway, vpc: v, service: s3, prefix_list: pl-s3, route_tables: [rt, v.main_route_table]}
  ddb: {type: gateway, vpc: v, service: com.amazonaws.eu-west-1.dynamodb, prefix_list: pl-ddb, route_tables: [rt]}
  none: {type: gateway, vpc: w, service: s3, prefix_list: pl}
`))
	e := get[*model.VPCEndpoint](t, topo, "s3")
	if e.Type != model.GatewayEndpoint || e.VPC.Name != "v" || e.PrefixList.Name != "pl-s3" || e.Service != "s3" || len(e.Interfaces) > 0 || len(topo.VPCEndpoints) != 3 {
		t.Errorf("%+v", e)
	}
	if got := routes(get[*model.RouteTable](t, topo, "rt")); got != "10.0.0.0/16>local 2001:db8::/56>local pl-s3>s3 pl-ddb>ddb" {
		t.Error(got)
	}
	main := get[*model.RouteTable](t, topo, "v.main_route_table")
	if got := routes(main); got != "10.0.0.0/16>local 2001:db8::/56>local pl-s3>s3" {
		t.Error(got)
	}
	if r := main.Routes[2]; r.Target != model.Resource(e) || r.Origin != model.OriginStatic || r.At.String() != "f.yaml:17:83" {
		t.Errorf("%+v", r)
	}
}

func TestEP01_OneEndpointOfAServiceInATable(t *testing.T) {
	refuse(t, services(`vpc_endpoints:
  one: {type: gateway, vpc: v, service: s3, prefix_list: pl-s3, route_tables: [@rt, ^rt]}
  two: {type: gateway, vpc: v, service: com.amazonaws.eu-west-1.s3, prefix_list: pl-s3, route_tables: [^rt, ^rt-w, ^rt-in, ^rt-own]}
  three: {type: gateway, vpc: v, service: dynamodb, prefix_list: ^pl-s3}
`),
		"\"rt\" stands twice in `route_tables`; the first is at {1} [duplicate-entry]",
		`route table "rt" has VPC endpoint "one" for service "com.amazonaws.eu-west-1.s3" already, at {1}; a table has one endpoint of a service [duplicate-route]`,
		`route table "rt-w" is of VPC "w"; VPC endpoint "two" is of VPC "v" [other-vpc]`,
		`route table "rt-in" is a gateway's, which takes no prefix list; VPC endpoint "two" serves subnets only [edge-table]`,
		`destination "pl-s3" stands in route table "rt-own" already, at f.yaml:14:113; VPC endpoint "two" adds it by itself [duplicate-route]`,
		`prefix list "pl-s3" has the addresses of service "com.amazonaws.eu-west-1.s3"; VPC endpoint "three" is for "dynamodb" [conflicting-keys]`)
}

func TestEP01_KeysOfTheType(t *testing.T) {
	refuse(t, services(`vpc_endpoints:
  ^^one: {type: gateway, vpc: v}
  two: {type: gateway, vpc: v, service: s3, prefix_list: ^a, subnets: ^[a]}
  three: {type: ^gatway, vpc: v, ^servise: s3}
  ^four: {}
  five: {type: gateway, vpc: v, service: ^ssm, prefix_list: pl, route_tables: [^a]}
  ^six: {type: gateway_load_balancer, subnet: b, security_groups: ^[sg]}
  ^seven: {type: instance_connect, private_ip: 10.0.1.9, preserve_client_ip: ^yes, service: ^x}
`),
		"VPC endpoint \"one\" lacks the key `prefix_list`, which type gateway needs [missing-key]",
		"VPC endpoint \"one\" lacks the key `service`, which type gateway needs [missing-key]",
		`"a" is a subnet; expected a prefix list [wrong-kind]`,
		"`subnets` does not go with an endpoint of type gateway; expected one of prefix_list, route_tables, service, vpc [conflicting-keys]",
		`"gatway" is not known here; expected one of gateway, gateway_load_balancer, instance_connect, interface; did you mean "gateway"? [invalid-value]`,
		`unknown key "servise" in VPC endpoint "three"; expected one of load_balancer, prefix_list, preserve_client_ip, private_ip, private_ips, route_tables, security_groups, service, subnet, subnets, type, vpc; did you mean "service"? [unknown-key]`,
		"VPC endpoint \"four\" lacks the key `type` [missing-key]",
		"service \"ssm\" has no gateway endpoints; expected one of dynamodb, s3, s3express, or `type: interface` [invalid-value]",
		`"a" is a subnet; expected a route table [wrong-kind]`,
		"VPC endpoint \"six\" lacks the key `service`, which type gateway_load_balancer needs [missing-key]",
		"`security_groups` does not go with an endpoint of type gateway_load_balancer; expected one of private_ip, service, subnet, vpc [conflicting-keys]",
		"VPC endpoint \"seven\" lacks the key `subnet`, which type instance_connect needs [missing-key]",
		`expected true or false, found "yes"; did you mean true? [wrong-type]`,
		"`service` does not go with an endpoint of type instance_connect; expected one of preserve_client_ip, private_ip, security_groups, subnet, vpc [conflicting-keys]")
}

func TestEP07_InterfaceEndpoint(t *testing.T) {
	topo := mustLoad(t, services(`vpc_endpoints:
  ssm: {type: interface, vpc: v, service: ssm, subnets: [z1, z2], private_ips: [10.0.2.50, 10.0.3.50], security_groups: [sg]}
  kms: {type: interface, vpc: v, service: kms, subnets: [z1], private_ips: [10.0.2.51]}
expect:
  - {from: host, to: ssm, port: 443, verdict: reachable, via: [ssm], not_via: [kms], delivered_to: kms}
`))
	e := get[*model.VPCEndpoint](t, topo, "ssm")
	i := get[*model.Interface](t, topo, "ssm.z2")
	if len(e.Interfaces) != 2 || e.Interfaces[1] != i || e.VPC.Name != "v" {
		t.Fatalf("%+v", e)
	}
	if i.Owner != model.Resource(e) || !i.Implicit || i.SourceDestCheck || i.Kind != model.KindNetworkInterface || i.Subnet.Name != "z2" ||
		fmt.Sprint(i.Private) != "[10.0.3.50]" || topo.Interfaces[i.Index] != i || i.At.String() != "f.yaml:17:62" {
		t.Errorf("%+v", i)
	}
	if g := get[*model.SecurityGroup](t, topo, "sg"); len(g.Members) != 2 || g.Members[1] != i || len(i.Groups) != 1 || i.Groups[0] != g {
		t.Errorf("%+v, groups %v", g, i.Groups)
	}
	v := get[*model.VPC](t, topo, "v")
	if k := get[*model.Interface](t, topo, "kms.z1"); len(k.Groups) != 1 || k.Groups[0] != v.DefaultSecurityGroup {
		t.Errorf("%+v", k)
	}
}

func TestEP07_PlacesAndAddresses(t *testing.T) {
	refuse(t, services(`vpc_endpoints:
  one: {type: interface, vpc: v, service: ssm, subnets: [@z2, ^z2, ^z2b, ^c], private_ips: [10.0.3.50, 10.0.3.51, 10.0.4.50, 10.1.0.50], security_groups: [sg, ^sg-w]}
  two: {type: interface, vpc: v, service: ssm, subnets: [z1, b], private_ips: ^[10.0.2.52]}
  three: {type: interface, vpc: v, service: ssm, subnets: ^[], private_ips: [], security_groups: ^[]}
  four: {type: interface, vpc: v, service: ssm, subnets: [z1, b, a], private_ips: [^10.0.9.9, ^10.0.1.1, ^10.0.0.10]}
`),
		`VPC endpoint "one" has subnet "z2" twice; the first is at {1} [duplicate-entry]`,
		`subnets "z2" and "z2b" of VPC endpoint "one" are both in az-2; expected one subnet a zone [duplicate-entry]`,
		`subnet "c" is of VPC "w"; VPC endpoint "one" is of VPC "v" [other-vpc]`,
		`security group "sg-w" belongs to VPC "w"; the interface is in VPC "v" [other-vpc]`,
		`VPC endpoint "two" has 2 subnets and 1 private addresses; expected one address for each subnet, in the same order [address-count]`,
		`an interface endpoint has at least one subnet; expected one of each Availability Zone to serve [empty-list]`,
		`an interface has at least one security group; leave the key out for the VPC's default group [empty-list]`,
		`10.0.9.9 lies outside of subnet "z1"; expected an address of 10.0.2.0/24 [address-outside-subnet]`,
		`10.0.1.1 is the address of the router of subnet "b"; AWS keeps the first four addresses and the last one of 10.0.1.0/24 [reserved-address]`,
		`10.0.0.10 is taken already by instance "host", at f.yaml:11:33; in a VPC an address belongs to one interface [duplicate-address]`)
	refuse(t, services("network_interfaces: {^ep.z1: {subnet: b, private_ip: 10.0.1.9}}\nvpc_endpoints: {ep: {type: interface, vpc: v, service: ssm, subnets: [z1], private_ips: [10.0.2.50]}}\n"),
		`name "ep.z1" is what the interface of VPC endpoint "ep" is called; give a network interface another name [duplicate-name]`)
}

func TestEP09_Provider(t *testing.T) {
	text := services(`load_balancers:
  nlb: {type: network, scheme: internal, nodes: [{subnet: c, private_ip: 10.1.0.40}]}
  alb: {type: application, scheme: internal, security_groups: [sg-w], nodes: [{subnet: c, private_ip: 10.1.0.41}]}
vpc_endpoints:
  good: {type: interface, vpc: v, service: svc, subnets: [a], private_ips: [10.0.0.50], load_balancer: nlb}
`)
	topo := mustLoad(t, text)
	if e := get[*model.VPCEndpoint](t, topo, "good"); e.Provider != topo.Names["nlb"] {
		t.Errorf("%+v", e)
	}
	refuse(t, text+`  bad: {type: interface, vpc: v, service: svc, subnets: [b], private_ips: [10.0.1.50], load_balancer: ^alb}
  none: {type: interface, vpc: v, service: svc, subnets: [z1], private_ips: [10.0.2.50], load_balancer: ^host}
`,
		`load balancer "alb" is of type application; the service behind an interface endpoint is a network load balancer's [wrong-kind]`,
		`"host" is an instance; expected a load balancer [wrong-kind]`)
}

func TestEP10_GatewayLoadBalancerEndpoint(t *testing.T) {
	topo := mustLoad(t, strings.Replace(services(`vpc_endpoints:
  fw: {type: gateway_load_balancer, subnet: b, service: inspection}
  addressed: {type: gateway_load_balancer, vpc: v, subnet: b, service: inspection, private_ip: 10.0.1.60}
`), "rt: {vpc: v}", `rt: {vpc: v, routes: [{destination: 0.0.0.0/0, target: fw}, {destination: 10.0.0.0/24, target: fw}, {destination: 10.0.0.0/16, target: addressed}, {destination: "::/0", target: fw}]}`, 1))
	e, i := get[*model.VPCEndpoint](t, topo, "fw"), get[*model.Interface](t, topo, "fw.b")
	if e.VPC.Name != "v" || len(e.Interfaces) != 1 || e.Interfaces[0] != i || len(i.Addrs()) > 0 || len(i.Groups) > 0 || i.SourceDestCheck {
		t.Errorf("%+v %+v", e, i)
	}
	if got := routes(get[*model.RouteTable](t, topo, "rt")); got != "2001:db8::/56>local 0.0.0.0/0>fw 10.0.0.0/24>fw 10.0.0.0/16>addressed ::/0>fw" {
		t.Error(got)
	}
	if i := get[*model.Interface](t, topo, "addressed.b"); fmt.Sprint(i.Private) != "[10.0.1.60]" {
		t.Errorf("%+v", i)
	}
	refuse(t, services("vpc_endpoints: {fw: {type: gateway_load_balancer, vpc: v, subnet: ^c, service: x}}\n"), `subnet "c" is of VPC "w"; VPC endpoint "fw" is of VPC "v" [other-vpc]`)
}

func TestEP13_InstanceConnectEndpoint(t *testing.T) {
	topo := mustLoad(t, services(`vpc_endpoints:
  eice: {type: instance_connect, subnet: b, private_ip: 10.0.1.70, security_groups: [sg], preserve_client_ip: true}
  plain: {type: instance_connect, subnet: c, private_ip: 10.1.0.77}
`))
	e, p := get[*model.VPCEndpoint](t, topo, "eice"), get[*model.VPCEndpoint](t, topo, "plain")
	if !e.PreserveClientIP || e.VPC.Name != "v" || e.Interfaces[0].Groups[0].Name != "sg" || fmt.Sprint(e.Interfaces[0].Private) != "[10.0.1.70]" {
		t.Errorf("%+v", e)
	}
	if p.PreserveClientIP || p.VPC.Name != "w" || p.Interfaces[0].Groups[0].Name != "w.default_security_group" || fmt.Sprint(p.Interfaces[0].Private) != "[10.1.0.77]" {
		t.Errorf("%+v", p)
	}
}

// targeted has an endpoint of every type in v.
func targeted(text string) string {
	return base + `vpc_endpoints:
  s3: {type: gateway, vpc: v, service: s3, prefix_list: pl}
  ssm: {type: interface, vpc: v, service: ssm, subnets: [b], private_ips: [10.0.1.50]}
  eice: {type: instance_connect, subnet: b, private_ip: 10.0.1.77}
  fw: {type: gateway_load_balancer, subnet: b, service: inspection}
  far-fw: {type: gateway_load_balancer, subnet: c, service: inspection}
load_balancers:
  nlb: {type: network, scheme: internal, nodes: [{subnet: b, private_ip: 10.0.1.51}]}
` + text
}

func TestRT17_EndpointTargets(t *testing.T) {
	refuse(t, targeted(`route_tables:
  t:
    vpc: v
    routes:
      - {destination: ^pl, target: fw}
      - {destination: 0.0.0.0/0, target: ^s3}
      - {destination: 1.0.0.0/8, target: ^ssm}
      - {destination: 2.0.0.0/8, target: ^eice}
      - {destination: 3.0.0.0/8, target: ^far-fw}
      - {destination: 4.0.0.0/8, target: ^ssm.b}
      - {destination: 5.0.0.0/8, target: ^nlb.b}
      - {destination: 6.0.0.0/8, target: ^nlb}
      - {destination: ^10.0.0.0/25, target: fw}
`),
		`a route to gateway_load_balancer endpoint "fw" has a CIDR as its destination, not prefix list "pl" [illegal-route-destination]`,
		"the routes to gateway endpoint \"s3\" make themselves; name route table \"t\" in the endpoint's `route_tables` instead [illegal-route-target]",
		`VPC endpoint "ssm" is of type interface, to which no route leads; as a target it needs to be of type gateway_load_balancer [illegal-route-target]`,
		`VPC endpoint "eice" is of type instance_connect, to which no route leads; as a target it needs to be of type gateway_load_balancer [illegal-route-target]`,
		`VPC endpoint "far-fw" belongs to VPC "w"; route table "t" is of VPC "v" [other-vpc]`,
		`"ssm.b" is the own interface of VPC endpoint "ssm"; expected a network interface that forwards, or a gateway_load_balancer endpoint by its name [illegal-route-target]`,
		`"nlb.b" is the own interface of load balancer "nlb"; expected a network interface that forwards, or a gateway_load_balancer endpoint by its name [illegal-route-target]`,
		`"nlb" is a load balancer; expected an internet gateway, an egress-only internet gateway, a NAT gateway, a network interface, an instance, a VPN gateway, a peering connection, a transit gateway, a resource that is not modelled, a VPC endpoint, a carrier gateway or a local gateway [wrong-kind]`,
		`destination 10.0.0.0/25 lies in block 10.0.0.0/16 of VPC "v"; expected exactly that block or exactly the CIDR of a subnet; subnet "a" has 10.0.0.0/24 [route-more-specific-than-local]`)
}

func TestGW02_EndpointTargets(t *testing.T) {
	refuse(t, targeted(`route_tables:
  t: {vpc: v, edge_associations: [g], routes: [{destination: 10.0.0.0/24, target: fw}, {destination: 10.0.0.0/16, target: fw}, {destination: ^pl, target: fw}, {destination: 10.0.1.0/24, target: ^ssm}]}
  u: {vpc: v, edge_associations: [vg], routes: [{destination: 10.0.0.0/24, target: fw}, {destination: ^0.0.0.0/0, target: fw}]}
`),
		`route table "t" is a gateway's, which takes no prefix list; expected the CIDR of a subnet or a block of VPC "v" [edge-table]`,
		`VPC endpoint "ssm" is of type interface, to which no route leads; as a target it needs to be of type gateway_load_balancer [illegal-route-target]`,
		`destination 0.0.0.0/0 lies outside of VPC "v"; in a gateway's route table it is exactly a block of the VPC or the CIDR of a subnet [edge-table]`)
}
