package load

import (
	"testing"

	"github.com/vpcpath/vpcpath/internal/model"
)

// transit is a topology with two transit gateways, two VPCs and more.
func transit(rest string) string {
	return `version: 1
vpcs: {v: {cidr: 10.0.0.0/16}, w: {cidr: 10.1.0.0/16}}
subnets:
  a: {vpc: v, cidr: 10.0.0.0/24, az: az-1}
  a2: {vpc: v, cidr: 10.0.1.0/24, az: az-1}
  b: {vpc: w, cidr: 10.1.0.0/24}
vpn_gateways: {vgw: {vpc: v}}
transit_gateways: {one: {}, two: {}}
` + rest
}

func TestTGW01_AttachmentsRefused(t *testing.T) {
	refuse(t, transit(`transit_gateway_attachments:
  ^no-subnets: {transit_gateway: one, vpc: v}
  ^nothing: {transit_gateway: one}
  ^both: {transit_gateway: two, vpc: w, direct_connect_gateway: dx}
  zone: {transit_gateway: two, vpc: v, subnets: [@a, ^a2, ^b]}
  @first: {transit_gateway: one, vpc: w, subnets: [b]}
  second: {transit_gateway: one, vpc: ^w, subnets: [b]}
  elsewhere: {transit_gateway: one, vpn_connection: ^vpn-2}
  @vpn-1: {transit_gateway: one, vpn_connection: vpn}
  vpn-again: {transit_gateway: one, vpn_connection: ^vpn}
  odd: {transit_gateway: one, direct_connect_gateway: dx, subnets: [^a]}
vpn_connections: {vpn: {gateway: one, routing: bgp}, vpn-2: {gateway: two, routing: bgp}}
direct_connect_gateways: {dx: {}}
`),
		`attachment "no-subnets" to VPC "v" has no subnets; expected `+"`subnets:`"+` with one subnet of each Availability Zone to serve [attachment-kind]`,
		"transit gateway attachment \"nothing\" needs exactly one of `vpc`, `vpn_connection`, `direct_connect_gateway`, `connect` and `peer`; found 0 of them [attachment-kind]",
		"transit gateway attachment \"both\" needs exactly one of `vpc`, `vpn_connection`, `direct_connect_gateway`, `connect` and `peer`; found 2 of them [attachment-kind]",
		`subnets "a" and "a2" of attachment "zone" are both in az-1; expected one subnet a zone [duplicate-entry]`,
		`subnet "b" is of VPC "w"; attachment "zone" is of VPC "v" [other-vpc]`,
		`VPC "w" has attachment "first" to transit gateway "one" already, at {2} [duplicate-entry]`,
		`VPN connection "vpn-2" ends at "two", not at transit gateway "one" [other-transit-gateway]`,
		`VPN connection "vpn" has attachment "vpn-1" to transit gateway "one" already, at {3} [duplicate-entry]`,
		"`subnets` goes with `vpc` only [conflicting-keys]")
}

func TestTGW02_TablesOfAnotherTransitGatewayRefused(t *testing.T) {
	refuse(t, transit(`transit_gateway_route_tables:
  trt-1: {transit_gateway: one, routes: [{destination: 10.1.0.0/16, target: ^att-2}]}
  trt-2: {transit_gateway: two}
transit_gateway_attachments:
  att-1: {transit_gateway: one, vpc: v, subnets: [a], route_table: ^trt-2, propagates_to: [@trt-1, ^trt-1, ^trt-2]}
  att-2: {transit_gateway: two, vpc: w, subnets: [b]}
  att-3: {transit_gateway: one, peer: two, route_table: trt-1, propagates_to: [^trt-1]}
  att-4: {transit_gateway: two, peer: ^two}
`),
		`attachment "att-2" is of transit gateway "two"; route table "trt-1" is of "one" [other-transit-gateway]`,
		`route table "trt-2" is of transit gateway "two"; attachment "att-1" is of "one" [other-transit-gateway]`,
		"\"trt-1\" stands twice in `propagates_to`; the first is at {1} [duplicate-entry]",
		`route table "trt-2" is of transit gateway "two"; attachment "att-1" is of "one" [other-transit-gateway]`,
		`nothing propagates over the peering of transit gateways; expected static routes to "att-3" [conflicting-keys]`,
		`attachment "att-4" joins transit gateway "two" with itself; expected another one [self-peering]`)
}

func TestTGW03_ConnectAttachments(t *testing.T) {
	topo := mustLoad(t, transit(`transit_gateway_route_tables: {trt: {transit_gateway: one}}
transit_gateway_attachments:
  att-v: {transit_gateway: one, vpc: v, subnets: [a]}
  att-c: {transit_gateway: one, connect: att-v, routes: [172.16.0.0/16], as_path_length: 2, med: 7, route_table: trt, propagates_to: [trt]}
external_networks: {branch: {cidrs: [172.17.0.0/16], behind: [att-c]}}
`))
	a := get[*model.TransitGatewayAttachment](t, topo, "att-c")
	c := a.Connection
	if a.Transport == nil || a.Transport.Name != "att-v" || c == nil || c.Type != model.ConnectAttachment || !c.BGP || c.ASPathLength != 2 || c.MED != 7 || c.Named() != model.Resource(a) {
		t.Fatalf("%+v of %+v", c, a)
	}
	if n := get[*model.ExternalNetwork](t, topo, "branch"); n.Behind() != c || len(c.Networks) != 1 {
		t.Errorf("%+v", n)
	}
	table := get[*model.RouteTable](t, topo, "trt")
	if len(table.Routes) != 2 || table.Routes[1].Destination.String() != "172.17.0.0/16" || table.Routes[1].Origin != model.OriginPropagatedConnect {
		t.Errorf("%+v", table.Routes)
	}
	refuse(t, transit(`transit_gateway_route_tables: {trt: {transit_gateway: one, routes: [{destination: 10.9.0.0/16, target: ^att-c}]}}
transit_gateway_attachments:
  att-v: {transit_gateway: one, vpc: v, subnets: [a], routes: ^[10.9.0.0/16]}
  att-w: {transit_gateway: two, vpc: w, subnets: [b]}
  att-c: {transit_gateway: one, connect: att-v}
  att-d: {transit_gateway: one, connect: ^att-c}
  att-e: {transit_gateway: one, connect: ^att-e}
  att-f: {transit_gateway: one, connect: ^att-w}
  att-dx: {transit_gateway: one, direct_connect_gateway: dx, med: ^4}
direct_connect_gateways: {dx: {}}
external_networks: {lab: {cidrs: [172.16.0.0/16], behind: ^att-v}}
`),
		`no static route leads to Connect attachment "att-c", whose routes are learned by BGP; name route table "trt" in its `+"`propagates_to`"+` instead [illegal-route-target]`,
		"`routes` goes with `connect` only; what a VPN connection or Direct Connect gateway knows is said there [conflicting-keys]",
		`attachment "att-c" is neither to a VPC nor to a Direct Connect gateway, so it carries no Connect attachment [attachment-kind]`,
		`attachment "att-e" is neither to a VPC nor to a Direct Connect gateway, so it carries no Connect attachment [attachment-kind]`,
		`attachment "att-w" is of transit gateway "two"; Connect attachment "att-f" is of "one" [other-transit-gateway]`,
		"`med` goes with `connect` only; what a VPN connection or Direct Connect gateway knows is said there [conflicting-keys]",
		"attachment \"att-v\" has no `connect`, so no site is behind it; expected a VPN connection, a Direct Connect gateway or a Connect attachment [wrong-kind]")
}

func TestVGW06_CustomerGateways(t *testing.T) {
	topo := mustLoad(t, transit(`customer_gateways: {all: {}, some: {routes: [10.0.0.0/16]}, none: {routes: []}}
vpn_connections:
  vpn: {gateway: vgw, routing: bgp, customer_gateway: some, as_path_length: 3}
  clients: {gateway: one, type: client_vpn, routes: [10.99.0.0/22]}
  plain: {gateway: vgw, routing: static}
direct_connect_gateways: {dx: {vpn_gateways: [vgw], allowed_prefixes: [10.0.0.0/8], med: 3}}
external_networks: {lab: {cidrs: [172.16.0.0/16], behind: [dx, vpn]}}
`))
	if c := get[*model.VPNConnection](t, topo, "vpn"); c.CustomerGateway.Name != "some" || len(c.CustomerGateway.Routes) != 1 || c.ASPathLength != 3 || len(c.Routes) != 1 {
		t.Errorf("%+v", c)
	}
	if c := get[*model.VPNConnection](t, topo, "clients"); c.Type != model.ClientVPN || c.BGP || len(c.Routes) != 1 {
		t.Errorf("%+v", c)
	}
	if c := get[*model.VPNConnection](t, topo, "plain"); c.CustomerGateway != nil || c.AllowedPrefixes != nil || c.ASPathLength != 1 {
		t.Errorf("%+v", c)
	}
	if c := get[*model.VPNConnection](t, topo, "dx"); len(c.AllowedPrefixes) != 1 || c.MED != 3 {
		t.Errorf("%+v", c)
	}
	if all, none := get[*model.CustomerGateway](t, topo, "all"), get[*model.CustomerGateway](t, topo, "none"); all.Routes != nil || none.Routes == nil {
		t.Errorf("all %v, none %v", all.Routes, none.Routes)
	}
	if n := get[*model.ExternalNetwork](t, topo, "lab"); len(n.Links) != 2 || n.Behind().Name != "dx" {
		t.Errorf("%+v", n)
	}
	refuse(t, transit(`customer_gateways: {cgw: {routes: [^10.0.0.0/33]}}
vpn_connections:
  ^routing: {gateway: vgw}
  type: {gateway: vgw, routing: bgp, type: ^concentrator}
  clients: {gateway: one, routing: ^static, type: client_vpn}
  static: {gateway: one, routing: static, as_path_length: ^2}
  path: {gateway: one, routing: bgp, as_path_length: ^0, customer_gateway: ^vgw}
direct_connect_gateways: {dx: {}}
external_networks: {lab: {cidrs: [172.16.0.0/16], behind: [@dx, ^dx, ^vgw]}}
`),
		`"10.0.0.0/33" is not a CIDR that fits here: prefix length out of range; expected a CIDR as 10.0.0.0/16 or 2001:db8::/56 [invalid-cidr]`,
		"VPN connection \"routing\" lacks the key `routing` [missing-key]",
		`VPN connection "type" ends at VPN gateway "vgw", which takes type site_to_site only; the other types end at a transit gateway [conflicting-keys]`,
		"the site of VPN connection \"clients\" of type client_vpn is its clients, which have no routing; leave `routing` out [conflicting-keys]",
		"`as_path_length` and `med` are of routes learned by BGP; VPN connection \"static\" has none [conflicting-keys]",
		`"0" is out of range; expected a number of autonomous systems from 1 to 255 [invalid-number]`,
		`"vgw" is a VPN gateway; expected a customer gateway; did you mean "cgw"? [wrong-kind]`,
		"\"dx\" stands twice in `behind`; the first is at {1} [duplicate-entry]",
		`"vgw" is a VPN gateway; expected a VPN connection, a Direct Connect gateway, a transit gateway attachment, a carrier gateway or a local gateway [wrong-kind]`)
}
