package eval_test

import (
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// Two subnets with tables of their own and one on the main table.
const rtBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16, main_route_table: rtb-main}}
internet_gateways: {igw: {vpc: vpc}}
subnets:
  s-1: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-1}
  s-2: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-2}
  s-3: {vpc: vpc, cidr: 10.0.3.0/24}
route_tables:
  rtb-main: {vpc: vpc}
  rtb-1: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-2: {vpc: vpc}
instances:
  a: {subnet: s-1, private_ip: 10.0.1.10, public_ip: 203.0.113.1}
  b: {subnet: s-2, private_ip: 10.0.2.10, public_ip: 203.0.113.2}
  c: {subnet: s-3, private_ip: 10.0.3.10, public_ip: 203.0.113.3}
`

func TestRT01_EverySubnetHasExactlyOneTable(t *testing.T) {
	n := topo(t, rtBase)
	n.ask("a -> 198.51.100.7 tcp/443", reachable, routed("rtb-1 0.0.0.0/0 igw"), via("igw"))
	n.ask("b -> 198.51.100.7 tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-2"))
	n.ask("a -> b tcp/80", reachable, routed("rtb-1 10.0.0.0/16 local"), replyRouted("rtb-2 10.0.0.0/16 local"), via())
}

func TestRT02_SubnetWithoutAssociationUsesTheMainTable(t *testing.T) {
	n := topo(t, rtBase)
	n.ask("c -> 198.51.100.7 tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-main"))
	swapped := topo(t, but(t, rtBase, "main_route_table: rtb-main", "main_route_table: rtb-1"))
	swapped.ask("c -> 198.51.100.7 tcp/443", reachable, routed("rtb-1 0.0.0.0/0 igw"))
	swapped.ask("b -> 198.51.100.7 tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-2"))
	implicit := topo(t, but(t, rtBase, ", main_route_table: rtb-main", ""))
	implicit.ask("c -> 198.51.100.7 tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION vpc.main_route_table"))
}

func TestRT03_LocalRouteForEveryBlock(t *testing.T) {
	n := topo(t, `
vpcs: {vpc: {cidrs: [10.0.0.0/16, 100.64.0.0/20], ipv6_cidr: "2001:db8:a::/56"}}
subnets:
  s-1: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:a:1::/64"}
  s-2: {vpc: vpc, cidr: 100.64.1.0/24, ipv6_cidr: "2001:db8:a:2::/64"}
instances:
  a: {subnet: s-1, private_ip: 10.0.1.10, ipv6: "2001:db8:a:1::10"}
  b: {subnet: s-2, private_ip: 100.64.1.10, ipv6: "2001:db8:a:2::10"}
`)
	n.ask("a -> b tcp/80", reachable, routed("vpc.main_route_table 100.64.0.0/20 local"), replyRouted("vpc.main_route_table 10.0.0.0/16 local"))
	n.ask("a -> 2001:db8:a:2::10 tcp/80", reachable, routed("vpc.main_route_table 2001:db8:a::/56 local"))
	n.ask("a -> 100.64.16.1 tcp/80", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION vpc.main_route_table")) // behind the /20
}

func TestRT04_LongestPrefixWinsWhateverTheOrder(t *testing.T) {
	for _, routes := range []string{
		`[{destination: 0.0.0.0/0, target: igw}, {destination: 198.51.0.0/16, target: blackhole}, {destination: 198.51.100.0/24, target: igw}]`,
		`[{destination: 198.51.100.0/24, target: igw}, {destination: 198.51.0.0/16, target: blackhole}, {destination: 0.0.0.0/0, target: igw}]`,
	} {
		n := topo(t, but(t, rtBase, "[{destination: 0.0.0.0/0, target: igw}]", routes))
		n.ask("a -> 198.51.100.7 tcp/443", reachable, routed("rtb-1 198.51.100.0/24 igw"))
		n.ask("a -> 198.51.101.7 tcp/443", unreachable, blocked("forward BAD_STATE_ROUTE rtb-1"))
		n.ask("a -> 192.0.2.7 tcp/443", reachable, routed("rtb-1 0.0.0.0/0 igw"))
		// a set of destinations splits where the prefixes cut it
		r := n.ask("a -> 198.51.0.0/16 tcp/443", partial)
		if len(r.Works) != 1 || len(r.Works[0].Dst) != 1 || rangeText(r.Works[0].Family, r.Works[0].Dst) != "198.51.100.0/24" {
			t.Errorf("works for %v", r.Works)
		}
	}
}

func TestRT04_FamiliesNeverMatchEachOther(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56"}}
internet_gateways: {igw: {vpc: vpc}}
subnets: {s: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb}}
route_tables: {rtb: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}}
security_groups: {sg: {vpc: vpc, egress: [{protocol: all, destination: 0.0.0.0/0}, {protocol: all, destination: "::/0"}]}}
instances: {a: {subnet: s, private_ip: 10.0.1.10, public_ip: 203.0.113.1, ipv6: "2001:db8:a:1::10", security_groups: [sg]}}
`
	n := topo(t, yaml)
	n.ask("a -> internet tcp/443", reachable)
	n.ask("a -> 2001:db8:b::1 tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb"))
	n = topo(t, but(t, yaml, "destination: 0.0.0.0/0, target: igw", `destination: "::/0", target: igw`))
	n.ask("a -> 198.51.100.7 tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb"))
	n.ask("a -> internet6 tcp/443", reachable)
}

// One destination from several origins.
const rtTie = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
vpn_gateways: {vgw: {vpc: vpc}}
vpn_connections:
  vpn-static: {gateway: vgw, routing: static, routes: [198.51.100.0/24]}
  vpn-bgp: {gateway: vgw, routing: bgp}
external_networks: {site: {cidrs: [198.51.100.0/24], behind: vpn-static}}
prefix_lists: {pl: {cidrs: [198.51.100.0/24]}}
subnets: {s: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb}}
route_tables: {rtb: {vpc: vpc, propagating_gateways: [vgw], routes: [ROUTES]}}
instances: {a: {subnet: s, private_ip: 10.0.1.10, public_ip: 203.0.113.1}}
`

func TestRT05_StaticThenPrefixListThenPropagated(t *testing.T) {
	const (
		static = "{destination: 198.51.100.0/24, target: igw}"
		list   = "{destination: pl, target: blackhole}"
		list2  = "{destination: pl, target: igw}"
	)
	for _, c := range []struct{ routes, choice, target string }{
		{list + ", " + static, "198.51.100.0/24 igw", "igw"},
		{static + ", " + list, "198.51.100.0/24 igw", "igw"},
		{static, "198.51.100.0/24 igw", "igw"},
		{list2, "pl igw", "igw"},
		{"", "198.51.100.0/24 vgw", "vgw"},
	} {
		n := topo(t, but(t, rtTie, "ROUTES", c.routes))
		n.ask("a -> site udp/53", n.asks("a -> site udp/53")[0].Verdict, routed("rtb "+c.choice))
	}
	n := topo(t, but(t, rtTie, "ROUTES", "{destination: 198.51.100.0/24, target: blackhole}, "+list2))
	n.ask("a -> 198.51.100.7 tcp/80", unreachable, because("forward BAD_STATE_ROUTE rtb"))
}

func TestRT06_LongestPrefixDecidesBetweenCIDRAndPrefixList(t *testing.T) {
	n := topo(t, but(t, rtTie, "ROUTES", "{destination: 198.51.0.0/16, target: blackhole}, {destination: pl, target: igw}"))
	n.ask("a -> 198.51.100.7 udp/53", n.asks("a -> 198.51.100.7 udp/53")[0].Verdict, routed("rtb pl igw"))
	n = topo(t, but(t, rtTie, "ROUTES", "{destination: 198.51.100.0/25, target: blackhole}, {destination: pl, target: igw}"))
	n.ask("a -> 198.51.100.7 udp/53", unreachable, because("forward BAD_STATE_ROUTE rtb"))
}

func TestRT07_EqualPrefixListsAreEvaluatedBothWays(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
prefix_lists: {pl-1: {cidrs: [198.51.100.0/24]}, pl-2: {cidrs: [198.51.100.0/24, 192.0.2.0/25]}, pl-3: {cidrs: [192.0.2.0/24]}}
subnets:
  s: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb}
  public: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-public}
route_tables:
  rtb: {vpc: vpc, routes: [{destination: pl-1, target: nat-1}, {destination: pl-2, target: TARGET}, {destination: pl-3, target: nat-1}]}
  rtb-public: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
nat_gateways:
  nat-1: {subnet: public, private_ip: 10.0.2.20, public_ip: 203.0.113.20}
  nat-2: {subnet: public, private_ip: 10.0.2.21, public_ip: 203.0.113.21}
instances: {a: {subnet: s, private_ip: 10.0.1.10}}
`
	n := topo(t, but(t, yaml, "TARGET", "blackhole"))
	n.ask("a -> 198.51.100.7 tcp/443", eval.Unknown, assumes("RT-7"))
	n.ask("a -> 192.0.2.7 tcp/443", unreachable, because("forward BAD_STATE_ROUTE rtb")) // the longer one wins
	n.ask("a -> 192.0.2.200 tcp/443", reachable, via("nat-1", "igw"))
	n = topo(t, but(t, yaml, "TARGET", "nat-2"))
	n.ask("a -> 198.51.100.7 tcp/443", reachable, assumes("RT-7"))
	n.ask("a -> 192.0.2.7 tcp/443", reachable, via("nat-2", "igw"))
	n = topo(t, but(t, yaml, "TARGET", "nat-1"))
	if r := n.ask("a -> 198.51.100.7 tcp/443", reachable, via("nat-1", "igw")); len(r.Assumptions) > 0 {
		t.Errorf("one target leaves nothing to assume: %v", r.Assumptions)
	}
	// of three, two with one target, both targets count
	n = topo(t, but(t, yaml, "TARGET", "nat-1", "pl-3: {cidrs: [192.0.2.0/24]}", "pl-3: {cidrs: [192.0.2.0/24, 198.51.100.0/24]}", "{destination: pl-3, target: nat-1}", "{destination: pl-3, target: blackhole}"))
	n.ask("a -> 198.51.100.7 tcp/443", eval.Unknown, assumes("RT-7"))
}

func TestRT10_ListsInsideTheVPCAreUndetermined(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
prefix_lists: {pl: {cidrs: [10.0.2.0/24, 198.51.100.0/24]}, pl-wide: {cidrs: [10.0.0.0/8, 10.0.0.0/16]}}
subnets:
  s: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb}
  t: {vpc: vpc, cidr: 10.0.2.0/24}
route_tables:
  rtb: {vpc: vpc, routes: [{destination: pl, target: igw}, {destination: pl-wide, target: blackhole}]}
security_groups: {sg: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances: {a: {subnet: s, private_ip: 10.0.1.10, public_ip: 203.0.113.1, security_groups: [sg]}, b: {subnet: t, private_ip: 10.0.2.10, security_groups: [sg]}, c: {subnet: s, private_ip: 10.0.1.11, security_groups: [sg]}}
`
	n := topo(t, yaml)
	n.ask("a -> b tcp/443", eval.Unknown, assumes("RT-10"))
	n.ask("a -> 198.51.100.7 tcp/443", reachable, via("igw"))
	// a list with the VPC's own block, or a wider one, takes nothing from local
	n = topo(t, but(t, yaml, "{destination: pl, target: igw}, ", ""))
	n.ask("a -> b tcp/443", reachable)
	// a static route to the subnet comes before the list (RT-5, RT-9)
	n = topo(t, but(t, yaml, "{destination: pl, target: igw}", "{destination: pl, target: igw}, {destination: 10.0.2.0/24, target: b}"))
	n.ask("a -> b tcp/443", reachable)
}

func TestRT08_PropagatedRouteNeverBeatsLocal(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
vpn_gateways: {vgw: {vpc: vpc}}
vpn_connections: {vpn: {gateway: vgw, routing: static, routes: [10.0.2.0/25, 10.0.0.0/8]}}
external_networks: {dc: {cidrs: [10.0.0.0/8], behind: vpn}}
subnets:
  s-1: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb}
  s-2: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb}
route_tables: {rtb: {vpc: vpc, propagating_gateways: [vgw]}}
instances:
  a: {subnet: s-1, private_ip: 10.0.1.10}
  b: {subnet: s-2, private_ip: 10.0.2.10}
`
	n := topo(t, yaml)
	n.ask("a -> b tcp/80", reachable, routed("rtb 10.0.0.0/16 local"), via())
	n.ask("a -> 10.9.0.1 tcp/80", reachable, routed("rtb 10.0.0.0/8 vgw"), via("vgw", "vpn")) // shorter than local, outside the VPC
	// nor one that is written down as propagated
	for _, inside := range []string{"10.0.2.0/24", "10.0.2.10/32", "10.0.0.0/16"} {
		n := topo(t, but(t, yaml, "propagating_gateways: [vgw]", "routes: [{destination: "+inside+", target: vgw, origin: propagated}]"))
		n.ask("a -> b tcp/80", reachable, routed("rtb 10.0.0.0/16 local"), via())
	}
}

func TestRT18_NoRouteIsADrop(t *testing.T) {
	n := topo(t, rtBase)
	n.ask("c -> 198.51.100.7 tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-main"))
	n.ask("c -> a tcp/443", reachable)
	n.ask("internet -> b tcp/443", unreachable, because("return NO_ROUTE_TO_DESTINATION rtb-2"))
}

func TestRT20_PropagationOnlyWhereEnabledAndAttached(t *testing.T) {
	const yaml = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
vpn_gateways: {vgw: {vpc: vpc}}
vpn_connections: {vpn: {gateway: vgw, routing: bgp}}
external_networks: {dc: {cidrs: [172.31.0.0/16], behind: vpn}}
subnets:
  s-1: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-on}
  s-2: {vpc: vpc, cidr: 10.0.2.0/24, route_table: rtb-off}
route_tables:
  rtb-on: {vpc: vpc, propagating_gateways: [vgw]}
  rtb-off: {vpc: vpc}
instances:
  a: {subnet: s-1, private_ip: 10.0.1.10}
  b: {subnet: s-2, private_ip: 10.0.2.10}
`
	n := topo(t, yaml)
	n.ask("a -> dc tcp/443", reachable, routed("rtb-on 172.31.0.0/16 vgw"), via("vgw", "vpn"))
	n.ask("b -> dc tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-off"))
}

func TestRT23_AddedRouteConcernsTheSubnetsOfItsTable(t *testing.T) {
	n := topo(t, but(t, rtBase, "rtb-2: {vpc: vpc}", "rtb-2: {vpc: vpc, routes: [{destination: 198.51.100.0/24, target: igw}]}"))
	n.ask("b -> 198.51.100.7 tcp/443", reachable, via("igw"))
	n.ask("c -> 198.51.100.7 tcp/443", unreachable, blocked("forward NO_ROUTE_TO_DESTINATION rtb-main"))
	n.ask("a -> c tcp/443", reachable, routed("rtb-1 10.0.0.0/16 local"), via()) // another subnet is not the internet
}
