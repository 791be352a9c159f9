package eval_test

import (
	"fmt"
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// lostRoute wants a table to have passed over a route for this reason.
func lostRoute(table, destination, target, why string) want {
	return func(_ *network, r *eval.Result) string {
		var all []string
		for _, h := range r.Forward.Hops {
			for _, u := range h.Routes {
				if h.Component == table && u.Destination == destination && u.Target == target && u.WhyNot == why {
					return ""
				}
				all = append(all, fmt.Sprintf("%s %s %s: %s", h.Component, u.Destination, u.Target, u.WhyNot))
			}
		}
		return fmt.Sprintf("routes %q, expected %s %s %s: %s among them", all, table, destination, target, why)
	}
}

// A data centre behind Direct Connect and a VPN connection with BGP of one
// VPN gateway, a branch behind two VPN connections of a transit gateway.
const sitesBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16}, two: {cidr: 10.2.0.0/16}}
vpn_gateways: {vgw: {vpc: vpc}}
transit_gateways: {tgw: {}}
transit_gateway_route_tables: {trt: {transit_gateway: tgw}, trt-a: {transit_gateway: tgw}, trt-b: {transit_gateway: tgw}}
transit_gateway_attachments:
  att-two: {transit_gateway: tgw, vpc: two, subnets: [s2], route_table: trt, propagates_to: [trt-a, trt-b]}
  att-a: {transit_gateway: tgw, vpn_connection: vpn-a, route_table: trt-a, propagates_to: [trt]}
  att-b: {transit_gateway: tgw, vpn_connection: vpn-b, route_table: trt-b, propagates_to: [trt]}
customer_gateways:
  cgw: {routes: [10.0.0.0/16]}
vpn_connections:
  vpn: {gateway: vgw, routing: bgp}
  vpn-a: {gateway: tgw, routing: bgp}
  vpn-b: {gateway: tgw, routing: bgp}
direct_connect_gateways: {dx: {vpn_gateways: [vgw]}}
external_networks:
  dc: {cidrs: [172.31.0.0/16], behind: [dx, vpn]}
  branch: {cidrs: [172.30.0.0/16], behind: [vpn-a, vpn-b]}
subnets:
  s: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb}
  s2: {vpc: two, cidr: 10.2.1.0/24, route_table: rtb-2}
route_tables:
  rtb: {vpc: vpc, propagating_gateways: [vgw]}
  rtb-2: {vpc: two, routes: [{destination: 172.16.0.0/12, target: tgw}]}
security_groups:
  sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}
  sg-2: {vpc: two, ingress: [{protocol: all, source: 0.0.0.0/0}]}
instances:
  a: {subnet: s, private_ip: 10.0.1.10, security_groups: [sg]}
  c: {subnet: s2, private_ip: 10.2.1.10, security_groups: [sg-2]}
`

func TestVGW02_SiteBehindSeveralConnections(t *testing.T) {
	n := topo(t, sitesBase)
	n.ask("a -> dc tcp/443", reachable, via("vgw", "dx"), back("dx", "vgw"), routed("vgw 172.31.0.0/16 dx"), lostRoute("vgw", "172.31.0.0/16", "vpn", "propagated (Direct Connect) comes before propagated (VPN, BGP)"))
	n.ask("dc -> a tcp/443", reachable, via("dx", "vgw"), back("vgw", "dx"))
	// the site names the one that it prefers first; AWS keeps its own order
	vpnFirst := topo(t, but(t, sitesBase, "behind: [dx, vpn]", "behind: [vpn, dx]"))
	vpnFirst.ask("a -> dc tcp/443", reachable, via("vgw", "dx"), back("vpn", "vgw"))
	vpnFirst.ask("dc -> a tcp/443", reachable, via("vpn", "vgw"), back("vgw", "dx"))
}

func TestVGW02_BGPDecidesBetweenConnectionsOfOneKind(t *testing.T) {
	two := but(t, sitesBase, "direct_connect_gateways: {dx: {vpn_gateways: [vgw]}}\n", "", "vpn: {gateway: vgw, routing: bgp}", "vpn: {gateway: vgw, routing: bgp, as_path_length: 3}\n  vpn-2: {gateway: vgw, routing: bgp, med: 5}",
		"behind: [dx, vpn]", "behind: [vpn, vpn-2]")
	n := topo(t, two)
	n.ask("a -> dc tcp/443", reachable, via("vgw", "vpn-2"), lostRoute("vgw", "172.31.0.0/16", "vpn", "its AS path is longer: 3, not 1"))
	equal := but(t, two, ", as_path_length: 3", "")
	topo(t, equal).ask("a -> dc tcp/443", reachable, via("vgw", "vpn"), lostRoute("vgw", "172.31.0.0/16", "vpn-2", "its MED is higher: 5, not 0"))
	// nothing decides: AWS uses one of the two, and either works
	alike := topo(t, but(t, equal, ", med: 5", ""))
	alike.ask("a -> dc tcp/443", reachable, assumes("VGW-2"))
	// two sites claim the prefix: whose it is, AWS decides
	rivals := topo(t, but(t, equal, ", med: 5", "", "dc: {cidrs: [172.31.0.0/16], behind: [vpn, vpn-2]}", "dc: {cidrs: [172.31.0.0/16], behind: vpn}\n  dc-2: {cidrs: [172.31.0.0/16], behind: vpn-2}"))
	rivals.ask("a -> dc tcp/443", eval.Unknown, assumes("VGW-2"))
}

func TestVGW06_CustomerGatewayMustRouteIntoTheConnection(t *testing.T) {
	single := but(t, sitesBase, "vpn: {gateway: vgw, routing: bgp}", "vpn: {gateway: vgw, routing: bgp, customer_gateway: cgw}", "behind: [dx, vpn]", "behind: vpn")
	n := topo(t, single)
	n.ask("dc -> a tcp/443", reachable, via("vpn", "vgw"))
	n.ask("a -> dc tcp/443", reachable, back("vpn", "vgw"))
	for _, routes := range []string{"[10.0.2.0/24]", "[]"} {
		m := topo(t, but(t, single, "{routes: [10.0.0.0/16]}", "{routes: "+routes+"}"))
		m.ask("dc -> a tcp/443", unreachable, because("forward CUSTOMER_GATEWAY_NO_ROUTE cgw"))
		m.ask("a -> dc tcp/443", unreachable, forwardOnly, because("return CUSTOMER_GATEWAY_NO_ROUTE cgw"))
	}
	part := topo(t, but(t, single, "{routes: [10.0.0.0/16]}", "{routes: [10.0.1.0/29]}"))
	part.ask("dc -> 10.0.1.0/28 tcp/443", unreachable, because("forward CUSTOMER_GATEWAY_NO_ROUTE cgw"), because("forward VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS vgw"))
	// with a second way, what the first does not get goes there
	both := topo(t, but(t, sitesBase, "vpn: {gateway: vgw, routing: bgp}", "vpn: {gateway: vgw, routing: bgp, customer_gateway: cgw}", "{routes: [10.0.0.0/16]}", "{routes: [10.0.1.0/28]}"))
	both.ask("dc -> a tcp/443", reachable, via("vpn", "vgw")) // the longer prefix, though dx is named first
	// what nobody routes goes to the connection of which the topology does not say it
	rest := topo(t, but(t, sitesBase, "vpn: {gateway: vgw, routing: bgp}", "vpn: {gateway: vgw, routing: bgp, customer_gateway: cgw}", "behind: [dx, vpn]", "behind: [vpn, dx]"))
	rest.ask("dc -> 10.5.1.1 tcp/443", unreachable, blocked("forward VGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS vgw"))
	none := topo(t, but(t, sitesBase, "vpn: {gateway: vgw, routing: bgp}", "vpn: {gateway: vgw, routing: bgp, customer_gateway: cgw}", "{routes: [10.0.0.0/16]}", "{routes: []}", "dx: {vpn_gateways: [vgw]}", "dx: {vpn_gateways: [vgw], allowed_prefixes: []}"))
	none.ask("dc -> a tcp/443", unreachable, because("forward CUSTOMER_GATEWAY_NO_ROUTE dc"))
}

func TestVGW06_DirectConnectAnnouncesItsAllowedPrefixes(t *testing.T) {
	single := but(t, sitesBase, "behind: [dx, vpn]", "behind: dx")
	allowed := func(list string) *network {
		return topo(t, but(t, single, "dx: {vpn_gateways: [vgw]}", "dx: {vpn_gateways: [vgw], allowed_prefixes: "+list+"}"))
	}
	allowed("[10.0.0.0/15]").ask("dc -> a tcp/443", reachable, via("dx", "vgw"))
	allowed("[10.0.0.0/16]").ask("dc -> a tcp/443", reachable)
	allowed("[10.0.0.0/24, 22.0.0.0/24]").ask("dc -> a tcp/443", unreachable, because("forward CUSTOMER_GATEWAY_NO_ROUTE dx"))
	allowed("[10.0.1.0/24]").ask("dc -> a tcp/443", unreachable, because("forward CUSTOMER_GATEWAY_NO_ROUTE dx")) // the block is not in it
	allowed("[10.0.0.0/24]").ask("a -> dc tcp/443", unreachable, forwardOnly)
	// towards a transit gateway they stand for themselves
	transit := but(t, sitesBase, "dx: {vpn_gateways: [vgw]}", "dx: {allowed_prefixes: [10.2.1.0/28]}", "behind: [dx, vpn]", "behind: dx",
		"  att-b:", "  att-dx: {transit_gateway: tgw, direct_connect_gateway: dx, route_table: trt-a, propagates_to: [trt]}\n  att-b:")
	topo(t, transit).ask("dc -> c tcp/443", reachable, via("dx", "tgw", "att-two"))
	topo(t, but(t, transit, "10.2.1.0/28", "10.2.2.0/24")).ask("dc -> c tcp/443", unreachable, because("forward CUSTOMER_GATEWAY_NO_ROUTE dx"))
}

// The bound may be another for each gateway.
func TestVGW06_AllowedPrefixesOfEachAssociation(t *testing.T) {
	base := but(t, sitesBase, "behind: [dx, vpn]", "behind: dx", "  att-b:", "  att-dx: {transit_gateway: tgw, direct_connect_gateway: dx, route_table: trt-a, propagates_to: [trt]}\n  att-b:")
	n := topo(t, but(t, base, "dx: {vpn_gateways: [vgw]}", "dx: {vpn_gateways: [vgw], allowed_prefixes: {vgw: [10.0.0.0/16], tgw: [10.2.1.0/28]}}"))
	n.ask("dc -> a tcp/443", reachable, via("dx", "vgw"))
	n.ask("dc -> c tcp/443", reachable, via("dx", "tgw", "att-two"))
	less := topo(t, but(t, base, "dx: {vpn_gateways: [vgw]}", "dx: {vpn_gateways: [vgw], allowed_prefixes: {vgw: [], tgw: [10.0.0.0/8]}}"))
	less.ask("dc -> a tcp/443", unreachable, because("forward TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT trt-a")) // the vgw's site learns nothing there
	less.ask("dc -> c tcp/443", reachable, via("dx", "tgw", "att-two"))
	refused(t, but(t, base, "dx: {vpn_gateways: [vgw]}", "dx: {vpn_gateways: [vgw], allowed_prefixes: {a: [10.0.0.0/8]}}"), "a VPN gateway or a transit gateway")
}

func TestTGW17_EqualRoutesOfBGPAreAllUsed(t *testing.T) {
	n := topo(t, sitesBase)
	n.ask("c -> branch tcp/443", reachable, routed("trt 172.30.0.0/16 att-a"), routed("trt 172.30.0.0/16 att-b"))
	// one of the two sites' ends does not route back: the client's luck decides
	lame := but(t, sitesBase, "vpn-b: {gateway: tgw, routing: bgp}", "vpn-b: {gateway: tgw, routing: bgp}", "route_table: trt-b, propagates_to: [trt]", "propagates_to: [trt]")
	topo(t, lame).ask("branch -> c tcp/443", reachable, via("vpn-a", "tgw", "att-two"))                                                             // replies may come by either
	topo(t, but(t, lame, "behind: [vpn-a, vpn-b]", "behind: [vpn-b, vpn-a]")).ask("branch -> c tcp/443", reachable, via("vpn-a", "tgw", "att-two")) // nothing is offered over vpn-b
	// without ECMP, and for static routes, AWS picks one
	single := topo(t, but(t, sitesBase, "transit_gateways: {tgw: {}}", "transit_gateways: {tgw: {vpn_ecmp_support: false}}"))
	single.ask("c -> branch tcp/443", reachable, assumes("VGW-2"))
	// the better path is used alone
	better := topo(t, but(t, sitesBase, "vpn-b: {gateway: tgw, routing: bgp}", "vpn-b: {gateway: tgw, routing: bgp, as_path_length: 2}"))
	better.ask("c -> branch tcp/443", reachable, via("tgw", "att-a", "vpn-a"))
}

func TestTGW04_OrderOfPropagatedRoutes(t *testing.T) {
	const yaml = `
vpcs: {one: {cidr: 10.1.0.0/16}, sdwan: {cidr: 10.9.0.0/16}}
transit_gateways: {tgw: {}}
transit_gateway_route_tables: {trt: {transit_gateway: tgw}, trt-in: {transit_gateway: tgw}}
transit_gateway_attachments:
  att-one: {transit_gateway: tgw, vpc: one, subnets: [s], route_table: trt, propagates_to: [trt-in]}
  att-sdwan: {transit_gateway: tgw, vpc: sdwan, subnets: [s9], route_table: trt-in}
  att-clients: {transit_gateway: tgw, vpn_connection: clients, route_table: trt-in, propagates_to: [trt]}
  att-conc: {transit_gateway: tgw, vpn_connection: conc, route_table: trt-in, propagates_to: [trt]}
  att-vpn: {transit_gateway: tgw, vpn_connection: vpn, route_table: trt-in, propagates_to: [trt]}
  att-private: {transit_gateway: tgw, vpn_connection: private, route_table: trt-in, propagates_to: [trt]}
  att-connect: {transit_gateway: tgw, connect: att-sdwan, route_table: trt-in, propagates_to: [trt]}
  att-dx: {transit_gateway: tgw, direct_connect_gateway: dx, route_table: trt-in, propagates_to: [trt]}
vpn_connections:
  vpn: {gateway: tgw, routing: bgp}
  private: {gateway: tgw, routing: bgp, type: private_ip}
  conc: {gateway: tgw, routing: bgp, type: concentrator}
  clients: {gateway: tgw, type: client_vpn}
direct_connect_gateways: {dx: {}}
external_networks: {dc: {cidrs: [172.31.0.0/16], behind: [dx, att-connect, private, vpn, conc, clients]}}
subnets: {s: {vpc: one, cidr: 10.1.1.0/24, route_table: rtb}, s9: {vpc: sdwan, cidr: 10.9.1.0/24}}
route_tables: {rtb: {vpc: one, routes: [{destination: 172.16.0.0/12, target: tgw}]}}
security_groups: {sg: {vpc: one, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances: {a: {subnet: s, private_ip: 10.1.1.10, security_groups: [sg]}}
`
	left := yaml
	for _, c := range []struct{ attachment, link, drop string }{
		{"att-dx", "dx", "dx, "},
		{"att-connect", "", "att-connect, "},
		{"att-private", "private", "private, "},
		{"att-vpn", "vpn", "vpn, "},
		{"att-conc", "conc", "conc, "},
		{"att-clients", "clients", ""},
	} {
		stops, home := []string{"tgw", c.attachment}, []string{c.attachment, "tgw", "att-one"}
		if c.link != "" {
			stops, home = append(stops, c.link), []string{c.link, "tgw", "att-one"}
		}
		n := topo(t, left)
		n.ask("a -> dc tcp/443", reachable, via(stops...), back(home...), routed("trt 172.31.0.0/16 "+c.attachment), delivered("dc"))
		n.ask("dc -> a tcp/443", reachable, via(home...), back(stops...))
		left = but(t, left, "behind: ["+c.drop, "behind: [")
	}
}

func TestTGW01_ConnectAttachmentBringsItsOwnRoutes(t *testing.T) {
	const yaml = `
vpcs: {one: {cidr: 10.1.0.0/16}, sdwan: {cidr: 10.9.0.0/16}}
transit_gateways: {tgw: {}}
transit_gateway_route_tables: {trt: {transit_gateway: tgw}, trt-in: {transit_gateway: tgw}}
transit_gateway_attachments:
  att-one: {transit_gateway: tgw, vpc: one, subnets: [s], route_table: trt, propagates_to: [trt-in]}
  att-sdwan: {transit_gateway: tgw, vpc: sdwan, subnets: [s9], route_table: trt-in}
  att-connect: {transit_gateway: tgw, connect: att-sdwan, routes: [172.20.0.0/16], route_table: trt-in, propagates_to: [trt]}
external_networks: {branch: {cidrs: [172.31.0.0/16], behind: att-connect}}
subnets: {s: {vpc: one, cidr: 10.1.1.0/24, route_table: rtb}, s9: {vpc: sdwan, cidr: 10.9.1.0/24}}
route_tables: {rtb: {vpc: one, routes: [{destination: 172.16.0.0/12, target: tgw}]}}
security_groups: {sg: {vpc: one, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances: {a: {subnet: s, private_ip: 10.1.1.10, security_groups: [sg]}}
`
	n := topo(t, yaml)
	n.ask("a -> 172.20.1.1 tcp/443", reachable, via("tgw"), delivered("att-connect"), back("tgw", "att-one"))
	n.ask("branch -> a tcp/443", reachable, via("att-connect", "tgw", "att-one"))
	n.ask("a -> 172.21.1.1 tcp/443", unreachable, blocked("forward TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT trt"))
}
