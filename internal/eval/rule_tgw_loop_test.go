package eval_test

import "testing"

// Two transit gateways, each of which takes the other for the way to 10.9.0.0/16.
const tgwLoop = `
vpcs: {one: {cidr: 10.1.0.0/16}}
transit_gateways: {tgw: {}, far: {}}
transit_gateway_route_tables:
  trt: {transit_gateway: tgw, routes: [{destination: 10.9.0.0/16, target: att-far}]}
  trt-far: {transit_gateway: far, routes: [{destination: 10.0.0.0/8, target: att-back}]}
transit_gateway_attachments:
  att-one: {transit_gateway: tgw, vpc: one, subnets: [s], route_table: trt, propagates_to: [trt]}
  att-far: {transit_gateway: tgw, peer: far, route_table: trt}
  att-back: {transit_gateway: far, peer: tgw, route_table: trt-far}
subnets: {s: {vpc: one, cidr: 10.1.1.0/24, route_table: rtb}}
route_tables: {rtb: {vpc: one, routes: [{destination: 10.0.0.0/8, target: tgw}]}}
instances: {a: {subnet: s, private_ip: 10.1.1.10}}
`

func TestM09_TransitGatewaysThatTakeEachOtherForTheWay(t *testing.T) {
	n := topo(t, tgwLoop)
	n.ask("a -> 10.9.1.1 tcp/443", unreachable, blocked("forward ROUTING_LOOP att-back"))
	n.ask("a -> 10.8.1.1 tcp/443", unreachable, blocked("forward TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT trt"))
}
