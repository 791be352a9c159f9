package load

import (
	"testing"

	"github.com/vpcpath/vpcpath/internal/model"
)

// outside is a topology for what stands between a VPC and the world.
const outside = `version: 1
vpcs: {v: {cidr: 10.0.0.0/16}, w: {cidr: 10.1.0.0/16}}
subnets: {a: {vpc: v, cidr: 10.0.0.0/24, az: za}, b: {vpc: v, cidr: 10.0.1.0/24, az: us-east-1-wl1-bos-wlz-1}, c: {vpc: w, cidr: 10.1.0.0/24, az: za}}
internet_gateways: {g: {vpc: v}}
instances: {host: {subnet: a, private_ip: 10.0.0.10}}
`

func TestNGW19_RegionalGateway(t *testing.T) {
	topo := mustLoad(t, outside+`nat_gateways:
  r: {availability_mode: regional, vpc: v, public_ips: {za: 203.0.113.1, zb: [203.0.113.2, 203.0.113.3]}}
  s: {availability_mode: regional, vpc: v, public_ips: {za: 203.0.113.4}, route_table: t}
  z: {subnet: a, private_ip: 10.0.0.98, public_ip: 203.0.113.98}
route_tables: {t: {vpc: v, routes: [{destination: 198.51.100.0/24, target: g}]}}
`)
	r := get[*model.NATGateway](t, topo, "r")
	if !r.Regional || r.VPC.Name != "v" || len(r.Interfaces) != 3 {
		t.Fatalf("%+v", r)
	}
	for k, want := range []string{"eni-r.203.0.113.1 za", "eni-r.203.0.113.2 zb", "eni-r.203.0.113.3 zb"} {
		i := r.Interfaces[k]
		if got := i.Name + " " + i.Subnet.AZ; got != want || i.SourceDestCheck || len(i.Groups) > 0 || i.Subnet.NetworkACL != nil || topo.Names[i.Name] != model.Resource(i) {
			t.Errorf("%+v, expected %s", i, want)
		}
		if got := routes(i.Subnet.RouteTable); got != "10.0.0.0/16>local 0.0.0.0/0>g" || i.Subnet.RouteTable.Name != "r.route_table" {
			t.Errorf("its own table has %s", got)
		}
	}
	if s := get[*model.NATGateway](t, topo, "s"); s.Interfaces[0].Subnet.RouteTable.Name != "t" {
		t.Errorf("%+v", s)
	}
}

func TestNGW01_KeysOfTheTwoModes(t *testing.T) {
	refuse(t, outside+`nat_gateways:
  ^^r: {availability_mode: regional}
  s: {availability_mode: regional, vpc: v, public_ips: {za: 203.0.113.1}, subnet: ^a, private_ip: ^10.0.0.9, public_ip: ^203.0.113.2, connectivity: ^private}
  ^^^z: {vpc: ^v, public_ips: {^za: 203.0.113.3}}
  e: {availability_mode: regional, vpc: v, public_ips: ^{}}
  q: {availability_mode: ^global, subnet: a, private_ip: 10.0.0.97, public_ip: 203.0.113.97}
`,
		"NAT gateway \"r\" lacks the key `public_ips`, which a regional one needs [missing-key]",
		"NAT gateway \"r\" lacks the key `vpc`, which a regional one needs [missing-key]",
		"`subnet` is no key of a regional NAT gateway, as \"s\" is; expected one of public_ips, vpc [conflicting-keys]",
		"`private_ip` is no key of a regional NAT gateway, as \"s\" is; expected one of public_ips, vpc [conflicting-keys]",
		"`public_ip` is no key of a regional NAT gateway, as \"s\" is; expected one of public_ips, vpc [conflicting-keys]",
		"NAT gateway \"s\" is regional, and those are public only; expected no `connectivity: private` [conflicting-keys]",
		"NAT gateway \"z\" lacks the key `private_ip`, which a zonal one needs [missing-key]",
		"NAT gateway \"z\" lacks the key `public_ip`, or `connectivity: private` [missing-key]",
		"NAT gateway \"z\" lacks the key `subnet`, which a zonal one needs [missing-key]",
		"`vpc` is no key of a zonal NAT gateway, as \"z\" is; expected one of private_ip, subnet [conflicting-keys]",
		`"za" is not an address that fits here: unable to parse IP; expected an IPv4 address as 10.0.0.10 [invalid-address]`,
		"NAT gateway \"e\" has no public address; expected at least one zone with its address [empty-list]",
		`"global" is not known here; expected one of regional, zonal [invalid-value]`)
	refuse(t, outside+`nat_gateways:
  ^n: {availability_mode: regional, vpc: w, public_ips: {za: 203.0.113.4}}
  o: {availability_mode: regional, vpc: v, public_ips: {za: @203.0.113.5}, route_table: ^far}
  d: {availability_mode: regional, vpc: v, public_ips: {za: ^203.0.113.5}}
route_tables: {far: {vpc: w}}
`,
		`NAT gateway "n" is regional, and VPC "w" has no internet gateway; AWS makes such a gateway only where there is one [missing-gateway]`,
		`route table "far" belongs to VPC "w"; it cannot be the route table of NAT gateway "o" [other-vpc]`,
		`public address 203.0.113.5 is taken already by NAT gateway "o", at {1}; it maps to one private address [duplicate-public-address]`)
}

func TestMISC03_CarrierGateways(t *testing.T) {
	refuse(t, outside+`carrier_gateways:
  @one: {vpc: v}
  two: {vpc: ^v}
  three: {vpc: ^w}
  loose: {}
external_networks: {phones: {cidrs: [198.18.0.0/24], behind: one}, x: {cidrs: [198.18.1.0/24], behind: ^g}}
network_interfaces:
  e1: {subnet: b, private_ip: 10.0.1.10, carrier_ip: @155.146.0.1}
  e2: {subnet: b, private_ip: 10.0.1.11, carrier_ip: ^155.146.0.1}
route_tables:
  t: {vpc: v, routes: [{destination: 0.0.0.0/0, target: one}, {destination: "::/0", target: ^one}, {destination: 10.0.0.0/24, target: ^one}]}
  t2: {vpc: w, routes: [{destination: 0.0.0.0/0, target: ^one}]}
`,
		`VPC "v" has carrier gateway "one" already, at {1}; a VPC has at most one [second-gateway]`,
		`carrier gateway "three" needs a VPC with a subnet in a Wavelength Zone, as us-east-1-wl1-bos-wlz-1; VPC "w" has none [missing-wavelength-zone]`,
		`"g" is an internet gateway; expected a VPN connection, a Direct Connect gateway, a transit gateway attachment, a carrier gateway or a local gateway [wrong-kind]`,
		`public address 155.146.0.1 is taken already by network interface "e1", at {2}; it maps to one private address [duplicate-public-address]`,
		`carrier gateway "one" takes IPv4 only; destination ::/0 is IPv6 [illegal-route-target]`,
		`carrier gateway "one" cannot be the target of 10.0.0.0/24, which lies in VPC "v"; expected a network interface, a NAT gateway, a gateway_load_balancer endpoint or a local gateway [route-more-specific-than-local]`,
		`carrier gateway "one" belongs to VPC "v"; route table "t2" is of VPC "w" [other-vpc]`)
}

func TestMISC04_LocalGateways(t *testing.T) {
	refuse(t, outside+`local_gateways:
  one: {vpcs: [@v, ^v], mode: direct-vpc-routing}
  two: {vpcs: [w], mode: ^nat}
route_tables:
  t: {vpc: v, routes: [{destination: 0.0.0.0/0, target: one}, {destination: 10.0.0.0/24, target: one}, {destination: 10.0.0.0/16, target: ^one}]}
  t2: {vpc: w, routes: [{destination: 0.0.0.0/0, target: ^one}]}
  t3: {vpc: v, edge_associations: [^one]}
`,
		"\"v\" stands twice in `vpcs`; the first is at {1} [duplicate-entry]",
		`"nat" is not known here; expected one of coip, direct-vpc-routing [invalid-value]`,
		`local gateway "one" cannot be the target of 10.0.0.0/16, which lies in VPC "v"; expected a network interface, a NAT gateway or a gateway_load_balancer endpoint [route-more-specific-than-local]`,
		"local gateway \"one\" is not associated with VPC \"w\", which route table \"t2\" is of; name the VPC in its `vpcs` [other-vpc]",
		`"one" is a local gateway; expected an internet gateway or a VPN gateway [wrong-kind]`)
	refuse(t, `version: 1
vpcs: {v: {cidr: 10.0.0.0/16}, w: {cidr: 10.0.0.0/20}}
local_gateways: {one: {vpcs: [v, ^w]}}
`,
		`block 10.0.0.0/20 of VPC "w" overlaps 10.0.0.0/16 of VPC "v", and both are associated with local gateway "one" [block-overlap]`)
}

func TestIGW16_BlockPublicAccess(t *testing.T) {
	topo := mustLoad(t, `version: 1
vpcs: {v: {cidr: 10.0.0.0/16, account: "1", region: r1}, w: {cidr: 10.1.0.0/16, account: "2", region: r1}, x: {cidr: 10.2.0.0/16, account: "1", region: r2}}
block_public_access:
  one: {account: "1", region: r1, internet_gateway_block_mode: block-ingress, exclusions: [{vpc: v, internet_gateway_exclusion_mode: allow-egress}]}
  two: {account: "2", internet_gateway_block_mode: off}
`)
	for name, want := range map[string]string{"v": "one", "w": "", "x": ""} {
		got := ""
		if b := get[*model.VPC](t, topo, name).BlockPublicAccess; b != nil {
			got = b.Name
		}
		if got != want {
			t.Errorf("VPC %s has %q, expected %q", name, got, want)
		}
	}
	if b := get[*model.BlockPublicAccess](t, topo, "one"); !b.IngressOnly || len(b.Exclusions) != 1 || !b.Exclusions[0].EgressOnly {
		t.Errorf("%+v", b)
	}
	refuse(t, outside+`block_public_access:
  one:
    internet_gateway_block_mode: ^on
    exclusions: [^{internet_gateway_exclusion_mode: allow-egress}, ^{vpc: v, subnet: a, internet_gateway_exclusion_mode: allow-egress}, ^{vpc: v}]
  ^^two: {}
`,
		`"on" is not known here; expected one of block-bidirectional, block-ingress, off [invalid-value]`,
		"an exclusion names a `vpc` or a `subnet`; expected exactly one of them [conflicting-keys]",
		"an exclusion names a `vpc` or a `subnet`; expected exactly one of them [conflicting-keys]",
		"an exclusion lacks the key `internet_gateway_exclusion_mode` [missing-key]",
		"both \"one\" and \"two\" are for VPC \"v\"; an account has one setting in a Region, so say `account` and `region` there and here [duplicate-entry]",
		"entry of `block_public_access` \"two\" lacks the key `internet_gateway_block_mode` [missing-key]")
	refuse(t, `version: 1
vpcs: {v: {cidr: 10.0.0.0/16, account: "1"}, w: {cidr: 10.1.0.0/16, account: "2"}}
block_public_access:
  one: {account: "1", internet_gateway_block_mode: off, exclusions: [@{vpc: v, internet_gateway_exclusion_mode: allow-egress}, ^{vpc: v, internet_gateway_exclusion_mode: allow-egress}, ^{vpc: w, internet_gateway_exclusion_mode: allow-egress}]}
  ^two: {account: "1", internet_gateway_block_mode: block-ingress}
`,
		`VPC "v" is excluded twice; the first is at {1} [duplicate-entry]`,
		`VPC "w" is not in the account and Region of "one" [other-vpc]`,
		"both \"one\" and \"two\" are for VPC \"v\"; an account has one setting in a Region, so say `account` and `region` there and here [duplicate-entry]")
}

func TestGW14_Pools(t *testing.T) {
	accept(t, outside+`route_tables:
  t: {vpc: v, edge_associations: [g], public_ipv4_pools: [192.0.2.0/24, 198.51.100.0/22], routes: [{destination: 192.0.2.0/25, target: host}, {destination: 198.51.100.0/23, target: host}, {destination: 10.0.0.0/24, target: host}]}
`)
	refuse(t, outside+`route_tables:
  t:
    vpc: v
    edge_associations: [g]
    public_ipv4_pools: [192.0.2.0/24, @198.51.100.0/22, ^10.0.128.0/24]
    routes:
      - {destination: ^198.51.100.0/22, target: host}
      - {destination: ^192.0.2.0/29, target: host}
      - {destination: 192.0.2.64/26, target: ^local}
      - {destination: ^203.0.113.0/24, target: host}
  t2: {vpc: v, public_ipv4_pools: [^^198.51.100.0/24]}
  t3: {vpc: v, edge_associations: [vg], public_ipv4_pools: [^203.0.113.0/24]}
vpn_gateways: {vg: {vpc: v}}
network_interfaces:
  e: {subnet: a, private_ip: 10.0.0.20, public_ip: ^192.0.2.9}
`,
		`pool 10.0.128.0/24 overlaps block 10.0.0.0/16 of VPC "v"; its addresses are the internet's [block-overlap]`,
		`destination 198.51.100.0/22 lies in pool 198.51.100.0/22 and has a prefix length of 22; expected 23 to 28 [edge-table]`,
		`destination 192.0.2.0/29 lies in pool 192.0.2.0/24 and has a prefix length of 29; expected 23 to 28 [edge-table]`,
		`destination 192.0.2.64/26 lies in pool 192.0.2.0/24, whose routes lead to network interfaces; found "local" [edge-table]`,
		`destination 203.0.113.0/24 lies outside of VPC "v"; in a gateway's route table it is exactly a block of the VPC or the CIDR of a subnet [edge-table]`,
		`pool 198.51.100.0/24 overlaps pool 198.51.100.0/22, at {1} [block-overlap]`,
		"route table \"t2\" has `public_ipv4_pools` and is no internet gateway's; expected `edge_associations` with one [edge-table]",
		"route table \"t3\" has `public_ipv4_pools` and is no internet gateway's; expected `edge_associations` with one [edge-table]",
		`public address 192.0.2.9 is of pool 192.0.2.0/24, whose addresses are routed and are nobody's Elastic IP address [duplicate-public-address]`)
	refuse(t, `version: 1
vpcs: {v: {cidr: 10.0.0.0/16}}
subnets: {a: {vpc: v, cidr: 10.0.0.0/24, route_table: t}}
internet_gateways: {g: {vpc: v}}
route_tables:
  t: {vpc: v, edge_associations: [g], public_ipv4_pools: [^192.0.2.0/24]}
`, "route table \"t\" has `public_ipv4_pools`, and such a table is no subnet's; subnet \"a\" uses it [edge-table]")
}

func TestNGW01_FurtherAddresses(t *testing.T) {
	topo := mustLoad(t, outside+`nat_gateways:
  z: {subnet: a, private_ip: 10.0.0.98, public_ip: 203.0.113.98, private_ips: [10.0.0.99, 10.0.0.100], public_ips: {10.0.0.100: 203.0.113.100, 10.0.0.99: 203.0.113.99}}
  p: {subnet: a, private_ip: 10.0.0.108, connectivity: private, private_ips: [10.0.0.109]}
`)
	z := get[*model.NATGateway](t, topo, "z")
	for k, want := range []string{"eni-z 10.0.0.98 203.0.113.98", "eni-z.10.0.0.99 10.0.0.99 203.0.113.99", "eni-z.10.0.0.100 10.0.0.100 203.0.113.100"} {
		i := z.Interfaces[k]
		if got := i.Name + " " + i.Private[0].String() + " " + i.Public[0].Public.String(); got != want || i.Subnet.Name != "a" || i.SourceDestCheck {
			t.Errorf("got %s, expected %s", got, want)
		}
	}
	if p := get[*model.NATGateway](t, topo, "p"); len(p.Interfaces) != 2 || len(p.Interfaces[1].Public) != 0 {
		t.Errorf("%+v", p)
	}
	refuse(t, outside+`nat_gateways:
  z: {subnet: a, private_ip: 10.0.0.98, public_ip: 203.0.113.98, private_ips: [10.0.0.99, ^10.0.0.97, ^10.0.1.9], public_ips: {10.0.0.99: 203.0.113.99, ^10.0.0.98: 203.0.113.97, ^10.0.0.1: 203.0.113.96, 10.0.1.9: 203.0.113.95}}
  p: {subnet: a, private_ip: 10.0.0.108, connectivity: private, private_ips: [10.0.0.109], public_ips: {10.0.0.109: ^203.0.113.94}}
  r: {availability_mode: regional, vpc: v, public_ips: {za: 203.0.113.1}, private_ips: ^[10.0.0.7]}
`,
		"10.0.0.97 of NAT gateway \"z\" lacks its public address; expected it in `public_ips` [missing-key]",
		"10.0.1.9 lies outside of subnet \"a\"; expected an address of 10.0.0.0/24 [address-outside-subnet]",
		"10.0.0.98 is the primary address of NAT gateway \"z\"; expected its public address as `public_ip` [conflicting-keys]",
		"10.0.0.1 is none of the `private_ips` of NAT gateway \"z\" [unknown-address]",
		`NAT gateway "p" is private and has a public address; expected one or the other [conflicting-keys]`,
		"`private_ips` is no key of a regional NAT gateway, as \"r\" is; expected one of public_ips, vpc [conflicting-keys]")
}
