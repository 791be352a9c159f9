package load

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// refuse loads a topology in which ^ stands before each place that must be
// reported, in order, and @ before places that messages speak of as {1},
// {2}... The messages end with their id. Nothing else may be reported.
func refuse(t *testing.T, text string, messages ...string) {
	t.Helper()
	var clean strings.Builder
	var places, others []string
	line, col := 1, 1
	for _, c := range []byte(text) {
		switch c {
		case '^':
			places = append(places, fmt.Sprintf("f.yaml:%d:%d", line, col))
			continue
		case '@':
			others = append(others, fmt.Sprintf("f.yaml:%d:%d", line, col))
			continue
		case '\n':
			line, col = line+1, 0
		}
		clean.WriteByte(c)
		col++
	}
	if len(places) != len(messages) {
		t.Fatalf("%d places, %d messages", len(places), len(messages))
	}
	var want []string
	for i, m := range messages {
		for k, o := range others {
			m = strings.ReplaceAll(m, fmt.Sprintf("{%d}", k+1), o)
		}
		want = append(want, places[i]+": "+m)
	}
	_, findings := Load([]Source{{Name: "f.yaml", Data: []byte(clean.String())}})
	var got []string
	for _, f := range findings {
		got = append(got, f.String())
		if !slices.ContainsFunc(ids, func(i IDInfo) bool { return string(i.ID) == f.ID }) {
			t.Errorf("id %q is not in the table of ids", f.ID)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got:\n  %s\nwant:\n  %s\nof\n%s", strings.Join(got, "\n  "), strings.Join(want, "\n  "), clean.String())
	}
}

// accept loads a topology of which nothing may be reported.
func accept(t *testing.T, text string) {
	t.Helper()
	topo, findings := Load([]Source{{Name: "f.yaml", Data: []byte(text)}})
	for _, f := range findings {
		t.Errorf("%s", f)
	}
	if topo == nil {
		t.Error("no topology")
	}
}

// base is two VPCs with subnets and gateways, for the snippets below.
const base = `version: 1
vpcs: {v: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8::/56"}, w: {cidr: 10.1.0.0/16}}
subnets: {a: {vpc: v, cidr: 10.0.0.0/24, ipv6_cidr: "2001:db8::/64"}, b: {vpc: v, cidr: 10.0.1.0/24}, c: {vpc: w, cidr: 10.1.0.0/24}}
internet_gateways: {g: {vpc: v}, h: {vpc: w}, loose: {}}
egress_only_internet_gateways: {e: {vpc: v}}
vpn_gateways: {vg: {vpc: v}, wg: {vpc: w}}
nat_gateways: {nat: {subnet: a, private_ip: 10.0.0.99, public_ip: 203.0.113.99}}
peering_connections: {pcx: {requester: v, accepter: w}}
prefix_lists: {pl: {cidrs: [198.51.100.0/24]}, pl6: {cidrs: ["2001:db8:ffff::/48"]}}
instances:
  host: {subnet: a, private_ip: 10.0.0.10}
  bare: {}
  far: {subnet: c, private_ip: 10.1.0.10}
`

func TestBaseIsClean(t *testing.T) { accept(t, base) }

func TestADDR01_Blocks(t *testing.T) {
	refuse(t, `version: 1
vpcs:
  big: {cidr: ^10.0.0.0/15}
  small: {cidr: ^10.0.0.0/29}
  lo: {cidr: ^127.1.0.0/16}
  link: {cidr: ^169.254.0.0/16}
  multi: {cidr: ^224.1.0.0/16}
  zero: {cidr: ^0.1.0.0/16}
  twice: {cidrs: [@10.0.0.0/16, ^10.0.128.0/17]}
  six: {cidr: 10.0.0.0/16, ipv6_cidrs: ["2001:db8::/56", ^"2001:db8:0:100::/57"]}
`,
		`block 10.0.0.0/15 of VPC "big" has a prefix length of 15; expected 16 to 28 [block-size]`,
		`block 10.0.0.0/29 of VPC "small" has a prefix length of 29; expected 16 to 28 [block-size]`,
		`block 127.1.0.0/16 of VPC "lo" lies in 127.0.0.0/8, which AWS refuses [forbidden-block]`,
		`block 169.254.0.0/16 of VPC "link" lies in 169.254.0.0/16, which AWS refuses [forbidden-block]`,
		`block 224.1.0.0/16 of VPC "multi" lies in 224.0.0.0/4, which AWS refuses [forbidden-block]`,
		`block 0.1.0.0/16 of VPC "zero" lies in 0.0.0.0/8, which AWS refuses [forbidden-block]`,
		`block 10.0.128.0/17 of VPC "twice" overlaps its block 10.0.0.0/16, at {1} [block-overlap]`,
		`IPv6 block 2001:db8:0:100::/57 of VPC "six" has a prefix length of 57; expected 44, 48, 52, 56 or 60 [block-size]`)
}

func TestADDR02_SecondaryBlocks(t *testing.T) {
	refuse(t, `version: 1
vpcs:
  a: {cidrs: [10.0.0.0/16, ^192.168.0.0/16]}
  b: {cidrs: [10.0.0.0/16, ^198.19.0.0/20]}
  c: {cidrs: [172.16.0.0/16, ^172.31.0.0/16]}
  d: {cidrs: [10.1.0.0/16, ^10.0.0.0/16]}
  good: {cidrs: [10.0.0.0/16, 10.1.0.0/16, 100.64.0.0/20, 203.0.113.0/24]}
`,
		`block 192.168.0.0/16 cannot be added to VPC "a", which has 10.0.0.0/16: both are private, of different ranges [forbidden-block]`,
		`block 198.19.0.0/20 cannot be added to VPC "b", which has 10.0.0.0/16: 198.19.0.0/16 does not go with private ranges [forbidden-block]`,
		`block 172.31.0.0/16 cannot be added to VPC "c", which has 172.16.0.0/16: 172.31.0.0/16 is not for VPCs of 172.16.0.0/12 [forbidden-block]`,
		`block 10.0.0.0/16 cannot be added to VPC "d", which has 10.1.0.0/16: 10.0.0.0/16 is not for VPCs of 10.0.0.0/15 [forbidden-block]`)
}

func TestADDR04_HostBitsAreCleared(t *testing.T) {
	topo, findings := Load([]Source{{Name: "f.yaml", Data: []byte(`version: 1
vpcs: {v: {cidr: 10.0.9.9/16}}
internet_gateways: {g: {vpc: v}}
route_tables: {t: {vpc: v, routes: [{destination: 198.51.100.77/24, target: g}]}}
`)}})
	if len(findings) != 1 || findings[0].String() != `f.yaml:2:18: "10.0.9.9/16" has host bits; taken as 10.0.0.0/16, as AWS does [host-bits]` {
		t.Errorf("findings: %v", findings)
	}
	if got := topo.RouteTables[0].Routes[1].Destination.String(); got != "198.51.100.0/24" {
		t.Errorf("route to %s", got)
	}
}

func TestADDR05_Subnets(t *testing.T) {
	refuse(t, base[:strings.Index(base, "subnets:")]+`subnets:
  out: {vpc: v, cidr: ^10.2.0.0/24}
  @one: {vpc: v, cidr: @10.0.0.0/24}
  two: {vpc: v, cidr: ^10.0.0.128/25}
  tiny: {vpc: v, cidr: ^10.0.9.0/29}
  six: {vpc: v, ipv6_cidr: ^"2001:db8::/63"}
  other: {vpc: w, ipv6_cidr: ^"2001:db8::/64"}
`,
		`10.2.0.0/24 of subnet "out" lies outside of VPC "v"; expected a part of 10.0.0.0/16 [subnet-outside-vpc]`,
		`10.0.0.128/25 of subnet "two" overlaps 10.0.0.0/24 of subnet "one", at {2} [subnet-overlap]`,
		`subnet "tiny" has a prefix length of 29; expected 16 to 28 [block-size]`,
		`subnet "six" has an IPv6 prefix length of 63; expected 44, 48, 52, 56, 60 or 64 [block-size]`,
		`subnet "other" has 2001:db8::/64, and VPC "w" has no IPv6 block [subnet-outside-vpc]`)
}

func TestADDR06_ReservedAddresses(t *testing.T) {
	refuse(t, base+`network_interfaces:
  n0: {subnet: b, private_ip: ^10.0.1.0}
  n1: {subnet: b, private_ip: ^10.0.1.1}
  n2: {subnet: b, private_ip: ^10.0.1.2}
  n3: {subnet: b, private_ip: ^10.0.1.3}
  n4: {subnet: b, private_ip: 10.0.1.4}
  n254: {subnet: b, private_ip: 10.0.1.254}
  n255: {subnet: b, private_ip: ^10.0.1.255}
  x: {subnet: b, private_ip: ^10.0.2.7}
  six: {subnet: a, private_ip: 10.0.0.20, ipv6: [^"2001:db8::3", "2001:db8::4", ^"2001:db8::ffff:ffff:ffff:ffff"]}
`,
		`10.0.1.0 is the network address of subnet "b"; AWS keeps the first four addresses and the last one of 10.0.1.0/24 [reserved-address]`,
		`10.0.1.1 is the address of the router of subnet "b"; AWS keeps the first four addresses and the last one of 10.0.1.0/24 [reserved-address]`,
		`10.0.1.2 is an address kept for DNS of subnet "b"; AWS keeps the first four addresses and the last one of 10.0.1.0/24 [reserved-address]`,
		`10.0.1.3 is an address kept for future use of subnet "b"; AWS keeps the first four addresses and the last one of 10.0.1.0/24 [reserved-address]`,
		`10.0.1.255 is the last address of subnet "b"; AWS keeps the first four addresses and the last one of 10.0.1.0/24 [reserved-address]`,
		`10.0.2.7 lies outside of subnet "b"; expected an address of 10.0.1.0/24 [address-outside-subnet]`,
		`2001:db8::3 is an address kept for future use of subnet "a"; AWS keeps the first four addresses and the last one of 2001:db8::/64 [reserved-address]`,
		`2001:db8::ffff:ffff:ffff:ffff is the last address of subnet "a"; AWS keeps the first four addresses and the last one of 2001:db8::/64 [reserved-address]`)
}

func TestADDR09_RoutesToAWSRanges(t *testing.T) {
	refuse(t, base+`route_tables:
  t:
    vpc: v
    routes:
      - {destination: ^169.254.168.0/22, target: g}
      - {destination: ^169.254.169.254/32, target: g}
      - {destination: ^"fd00:ec2::254/128", target: g}
      - {destination: 169.254.0.0/16, target: g}
`,
		`destination 169.254.168.0/22 lies in 169.254.168.0/22, which AWS keeps for its own services; expected another destination [illegal-route-destination]`,
		`destination 169.254.169.254/32 lies in 169.254.168.0/22, which AWS keeps for its own services; expected another destination [illegal-route-destination]`,
		`destination fd00:ec2::254/128 lies in fd00:ec2::/32, which AWS keeps for its own services; expected another destination [illegal-route-destination]`)
}

func TestADDR10_Families(t *testing.T) {
	refuse(t, base+`network_interfaces:
  x: {subnet: b, private_ip: 10.0.1.20, ipv6: ^"2001:db8::20"}
  ^y: {subnet: b}
`,
		`2001:db8::20 is IPv6, and subnet "b" has IPv4 only [address-outside-subnet]`,
		`network interface "y" lacks the key `+"`private_ip`"+`; every interface in subnet "b" has an address of 10.0.1.0/24 [missing-key]`)
}

func TestADDR13_PublicAddressOnce(t *testing.T) {
	refuse(t, base+`network_interfaces:
  x: {subnet: b, private_ip: 10.0.1.20, public_ip: @203.0.113.7}
  y: {subnet: b, private_ip: 10.0.1.21, private_ips: [10.0.1.22], public_ips: {10.0.1.21: ^203.0.113.7, 10.0.1.22: ^203.0.113.99, ^10.0.1.23: 203.0.113.9}}
  z: {subnet: b, private_ip: 10.0.1.24, public_ip: ^192.168.1.1}
`,
		`public address 203.0.113.7 is taken already by network interface "x", at {1}; it maps to one private address [duplicate-public-address]`,
		`public address 203.0.113.99 is taken already by NAT gateway "nat", at f.yaml:7:67; it maps to one private address [duplicate-public-address]`,
		`10.0.1.23 is none of the interface's private addresses; expected one of 10.0.1.21, 10.0.1.22 [unknown-address]`,
		`192.168.1.1 is no public address; expected one that the internet can route [invalid-public-address]`)
}

func TestDuplicatePrivateAddress(t *testing.T) {
	refuse(t, base+`network_interfaces:
  x: {subnet: b, private_ip: @10.0.1.20, private_ips: [^10.0.1.20]}
  y: {subnet: a, private_ip: ^10.0.0.10}
`,
		`10.0.1.20 is taken already by network interface "x", at {1}; in a VPC an address belongs to one interface [duplicate-address]`,
		`10.0.0.10 is taken already by instance "host", at f.yaml:11:33; in a VPC an address belongs to one interface [duplicate-address]`)
}

func TestRT01_TablesOfAnotherVPC(t *testing.T) {
	refuse(t, `version: 1
vpcs:
  v: {cidr: 10.0.0.0/16, main_route_table: ^tw, default_network_acl: ^aw, default_security_group: ^sw}
  w: {cidr: 10.1.0.0/16}
subnets: {a: {vpc: v, cidr: 10.0.0.0/24, route_table: ^tw, network_acl: ^aw}}
route_tables: {tw: {vpc: w}}
network_acls: {aw: {vpc: w}}
security_groups: {sw: {vpc: w}}
`,
		`route table "tw" belongs to VPC "w"; it cannot be the main table of VPC "v" [other-vpc]`,
		`network ACL "aw" belongs to VPC "w"; it cannot be the default ACL of VPC "v" [other-vpc]`,
		`security group "sw" belongs to VPC "w"; it cannot be the default security group of VPC "v" [other-vpc]`,
		`route table "tw" belongs to VPC "w"; it cannot be the route table of subnet "a" of VPC "v" [other-vpc]`,
		`network ACL "aw" belongs to VPC "w"; it cannot be the ACL of subnet "a" of VPC "v" [other-vpc]`)
}

func TestRT03_LocalNeedsABlock(t *testing.T) {
	refuse(t, base+`route_tables:
  t: {vpc: v, routes: [{destination: 10.0.0.0/24, target: ^local}, {destination: 10.0.0.0/16, target: local}, {destination: 0.0.0.0/0, target: ^local}]}
`,
		"target `local` goes with exactly a block of VPC \"v\" as destination; expected one of 10.0.0.0/16, 2001:db8::/56 [illegal-route-target]",
		"target `local` goes with exactly a block of VPC \"v\" as destination; expected one of 10.0.0.0/16, 2001:db8::/56 [illegal-route-target]")
}

func TestRT09_MoreSpecificThanLocal(t *testing.T) {
	refuse(t, base+`route_tables:
  t:
    vpc: v
    routes:
      - {destination: 10.0.1.0/24, target: host}
      - {destination: 10.0.0.0/24, target: nat}
      - {destination: "2001:db8::/64", target: eni-host}
      - {destination: ^10.0.1.0/25, target: host}
      - {destination: ^10.0.1.7/32, target: host}
      - {destination: ^10.0.0.0/23, target: host}
      - {destination: ^10.0.128.0/17, target: blackhole}
`,
		`destination 10.0.1.0/25 lies in block 10.0.0.0/16 of VPC "v"; expected exactly that block or exactly the CIDR of a subnet; subnet "b" has 10.0.1.0/24 [route-more-specific-than-local]`,
		`destination 10.0.1.7/32 lies in block 10.0.0.0/16 of VPC "v"; expected exactly that block or exactly the CIDR of a subnet; subnet "b" has 10.0.1.0/24 [route-more-specific-than-local]`,
		`destination 10.0.0.0/23 lies in block 10.0.0.0/16 of VPC "v"; expected exactly that block or exactly the CIDR of a subnet [route-more-specific-than-local]`,
		`destination 10.0.128.0/17 lies in block 10.0.0.0/16 of VPC "v"; expected exactly that block or exactly the CIDR of a subnet [route-more-specific-than-local]`)
}

func TestRT10_TargetsInsideTheVPC(t *testing.T) {
	refuse(t, base+`route_tables:
  t1: {vpc: v, routes: [{destination: 10.0.1.0/24, target: ^g}]}
  t2: {vpc: v, routes: [{destination: 10.0.1.0/24, target: ^pcx}]}
  t3: {vpc: v, routes: [{destination: 10.0.1.0/24, target: ^vg}]}
  t4: {vpc: v, routes: [{destination: "2001:db8::/64", target: ^e}]}
  t5: {vpc: v, routes: [{destination: 10.0.1.0/24, target: vg, origin: propagated}]}
`,
		`internet gateway "g" cannot be the target of 10.0.1.0/24, which lies in VPC "v"; expected a network interface, a NAT gateway, a gateway_load_balancer endpoint or a local gateway [route-more-specific-than-local]`,
		`peering connection "pcx" cannot be the target of 10.0.1.0/24, which lies in VPC "v"; expected a network interface, a NAT gateway, a gateway_load_balancer endpoint or a local gateway [route-more-specific-than-local]`,
		`VPN gateway "vg" cannot be the target of 10.0.1.0/24, which lies in VPC "v"; expected a network interface, a NAT gateway, a gateway_load_balancer endpoint or a local gateway [route-more-specific-than-local]`,
		`egress-only internet gateway "e" cannot be the target of 2001:db8::/64, which lies in VPC "v"; expected a network interface, a NAT gateway, a gateway_load_balancer endpoint or a local gateway [route-more-specific-than-local]`)
}

func TestRT11_LocalRetargeted(t *testing.T) {
	refuse(t, base+`route_tables:
  t1: {vpc: v, routes: [{destination: 10.0.0.0/16, target: host}, {destination: "2001:db8::/56", target: eni-host}]}
  t2: {vpc: v, routes: [{destination: 10.0.0.0/16, target: nat}]}
  t3: {vpc: v, routes: [{destination: 10.0.0.0/16, target: ^g}]}
  t4: {vpc: v, routes: [{destination: "2001:db8::/56", target: ^nat}]}
`,
		`internet gateway "g" cannot be the target of 10.0.0.0/16, which lies in VPC "v"; expected a network interface, a NAT gateway or a gateway_load_balancer endpoint [route-more-specific-than-local]`,
		`NAT gateway "nat" takes IPv4 and 64:ff9b::/96 only; destination 2001:db8::/56 is IPv6 [illegal-route-target]`)
}

func TestRT14_TargetsAndFamilies(t *testing.T) {
	refuse(t, base+`route_tables:
  t1: {vpc: v, routes: [{destination: 0.0.0.0/0, target: ^e}, {destination: "::/0", target: e}]}
  t2: {vpc: v, routes: [{destination: "::/0", target: ^nat}, {destination: "64:ff9b::/96", target: nat}, {destination: pl6, target: ^nat}]}
  t3: {vpc: v, routes: [{destination: 0.0.0.0/0, target: ^h}, {destination: 198.51.100.0/24, target: loose}]}
  t4: {vpc: v, routes: [{destination: 0.0.0.0/0, target: ^eni-far}, {destination: 198.51.100.0/24, target: ^wg}]}
  t5: {vpc: v, routes: [{destination: 0.0.0.0/0, target: ^eni-nat}]}
`,
		`egress-only internet gateway "e" takes IPv6 only; destination 0.0.0.0/0 is IPv4 [illegal-route-target]`,
		`NAT gateway "nat" takes IPv4 and 64:ff9b::/96 only; destination ::/0 is IPv6 [illegal-route-target]`,
		`NAT gateway "nat" takes IPv4 and 64:ff9b::/96 only; destination 2001:db8:ffff::/48 is IPv6 [illegal-route-target]`,
		`internet gateway "h" belongs to VPC "w"; route table "t3" is of VPC "v" [other-vpc]`,
		`network interface "eni-far" belongs to VPC "w"; route table "t4" is of VPC "v" [other-vpc]`,
		`VPN gateway "wg" belongs to VPC "w"; route table "t4" is of VPC "v" [other-vpc]`,
		`"eni-nat" is the own interface of NAT gateway "nat"; expected the gateway as the target [illegal-route-target]`)
}

func TestRT14_WrongKinds(t *testing.T) {
	refuse(t, base+`route_tables:
  t: {vpc: v, routes: [{destination: 0.0.0.0/0, target: ^a}, {destination: ^g, target: g}, {destination: 1.0.0.0/8, target: ^internet}]}
`,
		`"a" is a subnet; expected an internet gateway, an egress-only internet gateway, a NAT gateway, a network interface, an instance, a VPN gateway, a peering connection, a transit gateway, a resource that is not modelled, a VPC endpoint, a carrier gateway or a local gateway [wrong-kind]`,
		`"g" is an internet gateway; expected a prefix list [wrong-kind]`,
		`no resource is named "internet"; expected the name of an internet gateway, an egress-only internet gateway, a NAT gateway, a network interface, an instance, a VPN gateway, a peering connection, a transit gateway, a resource that is not modelled, a VPC endpoint, a carrier gateway or a local gateway [unknown-name]`)
}

func TestRT15_InstanceTarget(t *testing.T) {
	refuse(t, base+`network_interfaces:
  second: {subnet: b, private_ip: 10.0.1.30, instance: host}
route_tables:
  t: {vpc: v, routes: [{destination: 0.0.0.0/0, target: ^host}, {destination: 1.0.0.0/8, target: ^bare}]}
`,
		`instance "host" has 2 network interfaces; as a target it needs exactly one, so name the interface instead [instance-target]`,
		`instance "bare" has 0 network interfaces; as a target it needs exactly one, so name the interface instead [instance-target]`)
}

func TestRT16_OneRoutePerDestination(t *testing.T) {
	refuse(t, base+`route_tables:
  t: {vpc: v, routes: [{destination: @198.51.100.0/24, target: g}, {destination: ^198.51.100.9/24, target: pcx}, {destination: @pl, target: g}, {destination: ^pl, target: pcx}, {destination: 198.51.100.0/24, target: vg, origin: propagated}]}
`,
		`destination "198.51.100.0/24" stands twice in route table "t"; the first is at {1} [duplicate-route]`,
		`destination "pl" stands twice in route table "t"; the first is at {2} [duplicate-route]`)
}

func TestRT20_Propagation(t *testing.T) {
	refuse(t, base+`route_tables:
  t: {vpc: v, propagating_gateways: [@vg, ^vg, ^wg, ^g], routes: [{destination: 172.31.0.0/16, target: ^g, origin: propagated}, {destination: ^pl, target: vg, origin: propagated}]}
`,
		`"vg" stands twice in `+"`propagating_gateways`"+`; the first is at {1} [duplicate-entry]`,
		`VPN gateway "wg" is attached to VPC "w"; its routes cannot propagate into a table of VPC "v" [other-vpc]`,
		`"g" is an internet gateway; expected a VPN gateway [wrong-kind]`,
		`a propagated route leads to a VPN gateway; found "g" [illegal-route-target]`,
		`a propagated route has a CIDR as its destination, not prefix list "pl" [illegal-route-destination]`)
}

func TestGW01_OneTablePerGateway(t *testing.T) {
	refuse(t, base+`route_tables:
  t1: {vpc: v, edge_associations: [g]}
  t2: {vpc: v, edge_associations: [^g]}
  t3: {vpc: v, edge_associations: [^h]}
  t4: {vpc: v, edge_associations: [vg, ^e]}
`,
		`internet gateway "g" uses route table "t1" already; a gateway has at most one [second-edge-table]`,
		`internet gateway "h" is attached to VPC "w"; route table "t3" is of VPC "v" [other-vpc]`,
		`"e" is an egress-only internet gateway; expected an internet gateway or a VPN gateway [wrong-kind]`)
}

func TestGW02_EdgeTargets(t *testing.T) {
	refuse(t, base+`route_tables:
  t: {vpc: v, edge_associations: [g], routes: [{destination: 10.0.0.0/24, target: ^nat}, {destination: 10.0.1.0/24, target: host}, {destination: 10.0.0.0/16, target: local}]}
  u: {vpc: v, edge_associations: [vg], routes: [{destination: 10.0.0.0/16, target: ^g}]}
`,
		`NAT gateway "nat" cannot be a target in route table "t", which is a gateway's; expected `+"`local`"+`, a network interface or a gateway_load_balancer endpoint [edge-table]`,
		`internet gateway "g" cannot be a target in route table "u", which is a gateway's; expected `+"`local`"+`, a network interface or a gateway_load_balancer endpoint [edge-table]`)
}

func TestGW03_EdgeDestinations(t *testing.T) {
	refuse(t, base+`route_tables:
  t:
    vpc: v
    edge_associations: [g]
    routes:
      - {destination: ^0.0.0.0/0, target: host}
      - {destination: ^10.1.0.0/24, target: host}
      - {destination: ^10.0.0.0/25, target: host}
      - {destination: ^10.0.0.9/32, target: host}
      - {destination: ^pl, target: host}
      - {destination: 10.0.0.0/24, target: ^local}
      - {destination: 10.0.1.0/24, target: host}
      - {destination: 10.0.0.0/16, target: host}
      - {destination: "2001:db8::/64", target: eni-host}
`,
		`destination 0.0.0.0/0 lies outside of VPC "v"; in a gateway's route table it is exactly a block of the VPC or the CIDR of a subnet [edge-table]`,
		`destination 10.1.0.0/24 lies outside of VPC "v"; in a gateway's route table it is exactly a block of the VPC or the CIDR of a subnet [edge-table]`,
		`destination 10.0.0.0/25 is neither a block of VPC "v" nor the CIDR of a subnet; subnet "a" has 10.0.0.0/24 [edge-table]`,
		`destination 10.0.0.9/32 is neither a block of VPC "v" nor the CIDR of a subnet; subnet "a" has 10.0.0.0/24 [edge-table]`,
		`route table "t" is a gateway's, which takes no prefix list; expected the CIDR of a subnet or a block of VPC "v" [edge-table]`,
		"target `local` goes with exactly a block of VPC \"v\" as destination; expected one of 10.0.0.0/16, 2001:db8::/56 [illegal-route-target]")
}

func TestGW04_EdgeTableUses(t *testing.T) {
	refuse(t, `version: 1
vpcs: {v: {cidr: 10.0.0.0/16, main_route_table: m}}
internet_gateways: {g: {vpc: v}}
vpn_gateways: {vg: {vpc: v}}
route_tables:
  m: {vpc: v, edge_associations: [^g]}
  p: {vpc: v, edge_associations: [vg], propagating_gateways: [^vg], routes: [^{destination: 172.16.0.0/12, target: vg, origin: propagated}]}
`,
		`route table "m" is the main table of VPC "v" and cannot be a gateway's too; write a table of its own [edge-table]`,
		`route table "p" is a gateway's, into which nothing propagates; expected no `+"`propagating_gateways`"+` [edge-table]`,
		`route table "p" is a gateway's, into which nothing propagates [edge-table]`)
}

func TestIGW01_OneGatewayPerVPC(t *testing.T) {
	refuse(t, `version: 1
vpcs: {v: {cidr: 10.0.0.0/16}}
internet_gateways: {@g1: {vpc: v}, g2: {vpc: ^v}, g3: {vpc: ^[v]}}
vpn_gateways: {@vg1: {vpc: v}, vg2: {vpc: ^v}}
`,
		`VPC "v" has internet gateway "g1" already, at {1}; a VPC has at most one [second-gateway]`,
		`expected the name of a VPC, found a list [wrong-type]`,
		`VPC "v" has VPN gateway "vg1" already, at {2}; a VPC has at most one [second-gateway]`)
}

func TestNGW01_PublicAndPrivate(t *testing.T) {
	refuse(t, `version: 1
vpcs: {v: {cidr: 10.0.0.0/16}}
subnets: {a: {vpc: v, cidr: 10.0.0.0/24}}
nat_gateways:
  ^n1: {subnet: a, private_ip: 10.0.0.21}
  n2: {subnet: a, private_ip: 10.0.0.22, public_ip: ^203.0.113.2, connectivity: private}
  n3: {subnet: a, private_ip: 10.0.0.23, connectivity: private}
  n4: {subnet: a, private_ip: 10.0.0.24, public_ip: 203.0.113.4}
`,
		`NAT gateway "n1" lacks the key `+"`public_ip`, or `connectivity: private`"+` [missing-key]`,
		`NAT gateway "n2" is private and has a public address; expected one or the other [conflicting-keys]`)
}

func TestPCX01_OnePeeringPerPair(t *testing.T) {
	refuse(t, `version: 1
vpcs: {v: {cidr: 10.0.0.0/16}, w: {cidr: 10.1.0.0/16}}
peering_connections:
  @p: {requester: v, accepter: w}
  ^q: {requester: w, accepter: v, status: pending-acceptance}
  gone: {requester: w, accepter: v, status: deleted}
  me: {requester: v, accepter: ^v}
`,
		`VPCs "w" and "v" have peering connection "p" already, at {1}; two VPCs have at most one [second-peering]`,
		`peering connection "me" joins VPC "v" with itself; expected two VPCs [self-peering]`)
}

func TestPCX02_OverlappingVPCs(t *testing.T) {
	refuse(t, `version: 1
vpcs: {v: {cidrs: [10.0.0.0/16, 100.64.0.0/20]}, w: {cidrs: [10.1.0.0/16, 100.64.8.0/21]}}
peering_connections:
  ^p: {requester: v, accepter: w}
  f: {requester: v, accepter: w, status: failed}
`, `VPCs "v" and "w" cannot peer: block 100.64.0.0/20 overlaps 100.64.8.0/21 [peering-overlap]`)
}

func TestSG09_Ports(t *testing.T) {
	refuse(t, base+`security_groups:
  s:
    vpc: v
    ingress:
      - ^{protocol: tcp, source: 0.0.0.0/0}
      - ^{protocol: 17, source: 0.0.0.0/0}
      - {protocol: icmp, ports: ^8, source: 0.0.0.0/0}
      - {protocol: tcp, ports: 80, icmp: ^{type: 8, code: 0}, source: 0.0.0.0/0}
      - {protocol: tcp, ports: ^70000, source: 0.0.0.0/0}
      - {protocol: tcp, ports: ^90-80, source: 0.0.0.0/0}
      - {protocol: tcp, ports: [80, ^"022"], source: 0.0.0.0/0}
      - {protocol: tcp, ports: ^022, source: 0.0.0.0/0}
      - {protocol: ^tpc, ports: 80, source: 0.0.0.0/0}
      - {protocol: ^256, source: 0.0.0.0/0}
      - {protocol: all, ports: 80, source: 0.0.0.0/0}
      - {protocol: 50, source: 0.0.0.0/0}
`,
		"a rule for tcp or udp lacks the key `ports`; write 0-65535 for all of them [missing-key]",
		"a rule for tcp or udp lacks the key `ports`; write 0-65535 for all of them [missing-key]",
		"ICMP has no ports; expected `icmp: {type: 8, code: -1}`, or neither for every type [invalid-icmp]",
		"`icmp` goes with protocol icmp or icmpv6, not with tcp or udp [invalid-icmp]",
		`port "70000" is out of range; expected a port as 443 or a range as 8000-8100, from 0 to 65535 [invalid-port]`,
		`port "90-80" is a range that runs backwards; did you mean "80-90"?; expected a port as 443 or a range as 8000-8100, from 0 to 65535 [invalid-port]`,
		`port "022" is a number with a leading zero, which YAML reads as octal; did you mean 22?; expected a port as 443 or a range as 8000-8100, from 0 to 65535 [invalid-port]`,
		`port "022" is a number with a leading zero, which YAML reads as octal; did you mean 22?; expected a port as 443 or a range as 8000-8100, from 0 to 65535 [invalid-port]`,
		`protocol "tpc" is not known; expected a protocol: all, tcp, udp, icmp, icmpv6 or a number from 0 to 255; did you mean "tcp"? [invalid-protocol]`,
		`protocol "256" is out of range; expected a protocol: all, tcp, udp, icmp, icmpv6 or a number from 0 to 255 [invalid-protocol]`)
}

func TestSG10_ICMP(t *testing.T) {
	refuse(t, base+`security_groups:
  s:
    vpc: v
    ingress:
      - {protocol: icmp, icmp: ^{type: -1, code: 4}, source: 0.0.0.0/0}
      - {protocol: icmp, icmp: {type: ^256}, source: 0.0.0.0/0}
      - {protocol: icmp, icmp: ^{code: 0}, source: 0.0.0.0/0}
      - {protocol: icmp, icmp: {type: -1, code: -1}, source: 0.0.0.0/0}
`,
		"ICMP type -1 means every type, so the code is -1 too; found code 4 [invalid-icmp]",
		`"256" is out of range; expected an ICMP type from -1 to 255 [invalid-number]`,
		"`icmp` lacks the key `type` [missing-key]")
}

func TestSG19_GroupsOfAnotherVPC(t *testing.T) {
	refuse(t, base+`security_groups: {sv: {vpc: v}, sw: {vpc: w}}
network_interfaces:
  x: {subnet: b, private_ip: 10.0.1.20, security_groups: [@sv, ^sw, ^sv, ^g]}
  y: {subnet: b, private_ip: 10.0.1.21, security_groups: ^[]}
`,
		`security group "sw" belongs to VPC "w"; the interface is in VPC "v" [other-vpc]`,
		`security group "sv" stands twice; the first is at {1} [duplicate-entry]`,
		`"g" is an internet gateway; expected a security group [wrong-kind]`,
		`an interface has at least one security group; leave the key out for the VPC's default group [empty-list]`)
}

func TestSG18_StaleReferences(t *testing.T) {
	text := `version: 1
vpcs: {v: {cidr: 10.0.0.0/16}, w: {cidr: 10.1.0.0/16}, x: {cidr: 10.2.0.0/16}}
peering_connections: {p: {requester: v, accepter: w}, q: {requester: v, accepter: x, status: pending-acceptance}}
security_groups:
  sv: {vpc: v, ingress: [{protocol: all, source: sw}, {protocol: all, source: ^sx}]}
  sw: {vpc: w}
  sx: {vpc: x}
`
	refuse(t, text, `the rule can never match: security group "sx" is of VPC "x", to which VPC "v" has no active peering in the same Region, and no transit gateway with security group referencing on at the gateway and both attachments; name a CIDR instead [stale-group-reference]`)
	if topo, _ := Load([]Source{{Name: "f.yaml", Data: []byte(strings.ReplaceAll(text, "^", ""))}}); topo == nil {
		t.Error("a warning must not hold back the topology")
	}
}

func TestACL02_RuleNumbers(t *testing.T) {
	refuse(t, base+`network_acls:
  x:
    vpc: v
    ingress:
      - {rule: @100, action: allow, protocol: all, cidr: 0.0.0.0/0}
      - {rule: ^100, action: deny, protocol: all, cidr: "::/0"}
      - {rule: ^0, action: deny, protocol: all, cidr: 0.0.0.0/0}
      - {rule: ^32767, action: deny, protocol: all, cidr: 0.0.0.0/0}
      - {rule: ^"7", action: ^drop, protocol: all, cidr: ^pl}
    egress:
      - {rule: 100, action: allow, protocol: all, cidr: 0.0.0.0/0}
`,
		`rule number 100 stands twice in the ingress rules of network ACL "x"; the first is at {1} [duplicate-rule]`,
		`"0" is out of range; expected a rule number from 1 to 32766 [invalid-number]`,
		`"32767" is out of range; expected a rule number from 1 to 32766 [invalid-number]`,
		`expected a rule number from 1 to 32766, found the text "7"; write it without quotes [wrong-type]`,
		`"drop" is not known here; expected one of allow, deny [invalid-value]`,
		`"pl" is no CIDR; the rule of a network ACL takes a CIDR, and neither a prefix list nor a security group [invalid-cidr]`)
}

func TestMISC01_PrefixLists(t *testing.T) {
	refuse(t, `version: 1
prefix_lists:
  a: {cidrs: [@10.0.0.0/8, ^"2001:db8::/32", ^10.0.0.0/8]}
  b: {cidrs: []}
  ^c: {}
`,
		`2001:db8::/32 is of another family than 10.0.0.0/8 before it; a prefix list has one family, so write two lists [mixed-families]`,
		`10.0.0.0/8 stands twice in prefix list "a"; the first is at {1} [duplicate-entry]`,
		"prefix list \"c\" lacks the key `cidrs` [missing-key]")
}

// Where AWS takes a prefix list: routes of subnets and of transit gateways,
// and rules of security groups, the customer's and its own alike.
func TestMISC01_PlacesThatTakeAPrefixList(t *testing.T) {
	top, findings := Load([]Source{{Name: "f.yaml", Data: []byte(`version: 1
vpcs: {v: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: v}}
subnets: {s: {vpc: v, cidr: 10.0.0.0/24, route_table: r}}
prefix_lists: {pl: {cidrs: [198.51.100.0/24]}, pl-s3: {cidrs: [52.219.0.0/16], service: s3}}
route_tables: {r: {vpc: v, routes: [{destination: pl, target: igw}, {destination: pl-s3, target: igw}]}}
transit_gateways: {t: {}}
transit_gateway_route_tables: {x: {transit_gateway: t, routes: [{destination: pl, target: a}, {destination: pl-s3, target: blackhole}]}}
transit_gateway_attachments: {a: {transit_gateway: t, vpc: v, subnets: [s], route_table: x}}
security_groups: {g: {vpc: v, ingress: [{protocol: all, source: pl}], egress: [{protocol: all, destination: pl-s3}]}}
vpc_endpoints: {e: {type: gateway, vpc: v, service: s3, prefix_list: pl-s3, route_tables: [v.main_route_table]}}
`)}})
	if top == nil || len(findings) > 0 {
		t.Fatal(findings)
	}
	pl, s3 := top.PrefixLists[0], top.PrefixLists[1]
	for _, rt := range top.RouteTables {
		lists := 0
		for _, r := range rt.Routes {
			if r.PrefixList == pl || r.PrefixList == s3 {
				lists++
			}
		}
		if want := map[string]int{"r": 2, "x": 2, "v.main_route_table": 1}[rt.Name]; lists != want {
			t.Errorf("table %s has %d routes to lists, expected %d", rt.Name, lists, want)
		}
	}
	g := top.SecurityGroups[0]
	if g.Ingress[0].PrefixList != pl || g.Egress[0].PrefixList != s3 {
		t.Errorf("rules of the group: %v, %v", g.Ingress[0], g.Egress[0])
	}
}

// And where it takes none: rules of ACLs and of firewalls, routes of gateways,
// routes to inspecting endpoints, routes that others bring, and gateway
// endpoints for another list than their service's.
func TestMISC01_PlacesThatTakeNoPrefixList(t *testing.T) {
	refuse(t, `version: 1
vpcs: {v: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: v}}
vpn_gateways: {vgw: {vpc: v}}
subnets: {s: {vpc: v, cidr: 10.0.0.0/24, route_table: r}}
prefix_lists: {pl: {cidrs: [10.0.0.0/24]}, pl-s3: {cidrs: [52.219.0.0/16], service: s3}}
instances: {i: {subnet: s, private_ip: 10.0.0.10}}
route_tables:
  r: {vpc: v, routes: [{destination: ^pl, target: e}, {destination: ^pl-s3, target: i, origin: advertised}]}
  edge: {vpc: v, edge_associations: [igw], routes: [{destination: ^pl, target: i}]}
vpc_endpoints:
  e: {type: gateway_load_balancer, subnet: s, service: x}
  ddb: {type: gateway, vpc: v, service: dynamodb, prefix_list: ^pl-s3}
network_acls: {n: {vpc: v, ingress: [{rule: 1, action: allow, protocol: all, cidr: ^pl}]}}
network_firewalls: {f: {vpc: v, endpoints: {fe: s}, stateless_rules: [{priority: 1, action: pass, source: ^pl}], stateful_rules: [{action: pass, destination: [^pl]}]}}
external_networks: {x: {cidrs: [^pl]}}
vpn_connections: {c: {gateway: vgw, routing: static, routes: [^pl]}}
`,
		`a route to gateway_load_balancer endpoint "e" has a CIDR as its destination, not prefix list "pl" [illegal-route-destination]`,
		`an advertised route has a CIDR as its destination, not prefix list "pl-s3" [illegal-route-destination]`,
		`route table "edge" is a gateway's, which takes no prefix list; expected the CIDR of a subnet or a block of VPC "v" [edge-table]`,
		`prefix list "pl-s3" has the addresses of service "s3"; VPC endpoint "ddb" is for "dynamodb" [conflicting-keys]`,
		`"pl" is no CIDR; the rule of a network ACL takes a CIDR, and neither a prefix list nor a security group [invalid-cidr]`,
		`"pl" is no CIDR; the rule of a firewall takes CIDRs; write out those of a prefix list [invalid-cidr]`,
		`"pl" is no CIDR; the rule of a firewall takes CIDRs; write out those of a prefix list [invalid-cidr]`,
		`"pl" is not a CIDR that fits here: no '/'; expected a CIDR as 10.0.0.0/16 or 2001:db8::/56 [invalid-cidr]`,
		`"pl" is not a CIDR that fits here: no '/'; expected a CIDR as 10.0.0.0/16 or 2001:db8::/56 [invalid-cidr]`)
}

// In a shared VPC everybody has groups of their own, and the default one is
// the owner's.
func TestMISC02_GroupsOfAnotherAccount(t *testing.T) {
	refuse(t, `version: 1
vpcs: {v: {cidr: 10.0.0.0/16, account: "1"}, w: {cidr: 10.1.0.0/16}}
subnets: {s: {vpc: v, cidr: 10.0.0.0/24}, u: {vpc: w, cidr: 10.1.0.0/24}}
security_groups: {mine: {vpc: v}, theirs: {vpc: v, account: "2"}, some: {vpc: w, account: "2"}, any: {vpc: w}}
instances:
  a: {subnet: s, private_ip: 10.0.0.10, security_groups: [mine, ^theirs]}
  b: {subnet: s, private_ip: 10.0.0.11, account: "2", security_groups: [^mine, theirs]}
  c: {subnet: s, private_ip: 10.0.0.12, account: ^"2"}
  d: {subnet: s, private_ip: 10.0.0.13, account: "1"}
  e: {subnet: u, private_ip: 10.1.0.10, account: "3", security_groups: [^some, any]}
  f: {subnet: u, private_ip: 10.1.0.11, security_groups: [some]}
  g: {subnet: u, private_ip: 10.1.0.12, account: "3"}
network_interfaces:
  h: {subnet: s, private_ip: 10.0.0.14, account: "3", security_groups: [^theirs]}
`,
		`security group "theirs" is of account 2, and network interface "eni-a" of 1; in a shared VPC an interface carries groups of its own account only [other-account]`,
		`security group "mine" is of account 1, and network interface "eni-b" of 2; in a shared VPC an interface carries groups of its own account only [other-account]`,
		"network interface \"eni-c\" is of account 2 and names no `security_groups`; the default one of VPC \"v\" is of account 1, so name some of its own [other-account]",
		`security group "some" is of account 2, and network interface "eni-e" of 3; in a shared VPC an interface carries groups of its own account only [other-account]`,
		`security group "theirs" is of account 2, and network interface "h" of 3; in a shared VPC an interface carries groups of its own account only [other-account]`)
}

// The CIDRs of a list that is not known are those of the topology's other lists
// of its service, where these are alike.
func TestMISC06_ListsOfOneService(t *testing.T) {
	refuse(t, `version: 1
prefix_lists:
  a: {cidrs: ^some, service: s3}
`, "expected a list of CIDRs, or unknown, found \"some\" [wrong-type]")
	for _, c := range []struct{ lists, want string }{
		{"b: {cidrs: [52.219.0.0/16, 3.5.0.0/16], service: s3}", "[52.219.0.0/16 3.5.0.0/16]"},
		{"b: {cidrs: [52.219.0.0/16], service: com.amazonaws.eu-west-1.s3}", "[52.219.0.0/16]"},
		{"b: {cidrs: [52.219.0.0/16], service: com.amazonaws.us-east-1.s3}", "unknown"},
		{"b: {cidrs: [52.219.0.0/16], service: dynamodb}", "unknown"},
		{"b: {cidrs: [52.219.0.0/16]}", "unknown"},
		{"b: {cidrs: unknown, service: s3}", "unknown"},
		{"b: {cidrs: [52.219.0.0/16, 3.5.0.0/16], service: s3}, c: {cidrs: [3.5.0.0/16, 52.219.0.0/16], service: s3}", "[3.5.0.0/16 52.219.0.0/16]"},
		{"b: {cidrs: [52.219.0.0/16], service: s3}, c: {cidrs: [3.5.0.0/16], service: s3}", "unknown"},
	} {
		top, findings := Load([]Source{{Name: "in.yaml", Data: []byte("version: 1\nprefix_lists: {a: {cidrs: unknown, service: com.amazonaws.eu-west-1.s3}, " + c.lists + "}\n")}})
		if top == nil {
			t.Fatal(findings)
		}
		l := top.PrefixLists[0]
		got := "unknown"
		if !l.Unknown {
			var ps []string
			for _, b := range l.CIDRs {
				ps = append(ps, b.Prefix.String())
			}
			got = fmt.Sprint(ps)
		}
		if got != c.want {
			t.Errorf("%s: %s, expected %s", c.lists, got, c.want)
		}
	}
}

func TestVPNI01_TunnelEnds(t *testing.T) {
	refuse(t, base+`tunnels:
  one: {protocol: udp, port: 1, ends: ^[{instance: host, address: 169.254.255.1}]}
  same: {protocol: udp, port: 2, ends: [{instance: host, address: 169.254.255.1}, {instance: ^host, address: 169.254.255.2}]}
  addr: {protocol: udp, port: 3, ends: [{instance: host, address: 169.254.255.1}, {instance: far, address: ^169.254.255.1}]}
  esp: {protocol: 50, port: ^4, ends: [{instance: host, address: 169.254.255.1}, {instance: far, address: 169.254.255.2}]}
  ^none: {protocol: udp, ends: [{instance: host, address: 169.254.255.1}, {instance: far, address: 169.254.255.2}]}
  all: {protocol: ^all, port: 5, ends: [{instance: host, address: 169.254.255.1}, {instance: far, address: 169.254.255.2}]}
`,
		`tunnel "one" has 1 ends; expected exactly two [tunnel-ends]`,
		`both ends of tunnel "same" are on instance "host"; expected two instances [tunnel-ends]`,
		`both ends of tunnel "addr" have the address 169.254.255.1; expected one each [tunnel-ends]`,
		`protocol 50 of tunnel "esp" has no ports [conflicting-keys]`,
		"tunnel \"none\" lacks the key `port` [missing-key]",
		`a tunnel has one protocol; expected udp, tcp or a number [invalid-protocol]`)
}

func TestVPNI08_OnePortPerTunnel(t *testing.T) {
	refuse(t, base+`tunnels:
  one: {protocol: udp, port: 1194, ends: [{instance: host, address: 169.254.255.1}, {instance: far, address: 169.254.255.2}]}
  two: {protocol: udp, port: ^1194, ends: [{instance: host, address: 169.254.255.5}, {instance: bare, address: 169.254.255.6}]}
  tcp: {protocol: tcp, port: 1194, ends: [{instance: host, address: 169.254.255.9}, {instance: bare, address: 169.254.255.10}]}
`, `tunnel "two" on instance "host" listens on port 1194 as tunnel "one" does; each tunnel of a host has a port of its own [duplicate-tunnel-port]`)
}

func TestVGW05_IPv4Only(t *testing.T) {
	refuse(t, base+`vpn_connections: {vpn: {gateway: vg, routing: static, routes: [172.16.0.0/12, ^"2001:db8:9::/48"]}}
`, `route 2001:db8:9::/48 of VPN connection "vpn" is IPv6; a VPN connection on a VPN gateway carries IPv4 only [invalid-cidr]`)
}
