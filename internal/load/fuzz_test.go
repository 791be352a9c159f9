package load

import (
	"bytes"
	"os"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// fuzzSeeds are small files that reach every section and every way to fail.
var fuzzSeeds = []string{
	"",
	"# only a comment\n",
	"version: 1\n",
	"version: 1\nvpcs:\n  vpc: {cidr: 10.0.0.0/16}\nsubnets:\n  a: {vpc: vpc, cidr: 10.0.0.0/24}\ninstances:\n  web: {subnet: a, private_ip: 10.0.0.10}\nexpect:\n  - {from: web, to: web, port: 443, verdict: reachable}\n",
	everySection,
	"a: &a [*a]\n",
	"version: 1\ninstances: &i\n  <<: *i\n  x: &x {<<: [*x, *x], ip_forward: true}\n",
	"v: &v {<<: &w {<<: *v}}\nvpcs: *v\n",
	"a: &a {b: 1}\nb: &b {<<: [*a, *a, *a]}\nc: &c {<<: [*b, *b, *b]}\nvpcs: {<<: [*c, *c]}\n",
	"version: 1\n---\nversion: 1\n",
	"version: 1\n...\nx: 2\n",
	"vpcs: {a: {cidr: 022.0.0.0/8}}\n",
	"? [a]\n: b\n<<: {? [c] : d}\n",
	"{\"version\": 1, \"vpcs\": {\"v\": {\"cidr\": \"10.0.0.0/16\"}}}",
	"vpcs:\n\tv: 1\n",
	"é: {日本: 1}\n",
	"version: 1\r\nvpcs:\r\n  v: {cidr: 10.0.0.0/16}\r\n",
	"vpcs: |\n  a\n  b\n",
	"%YAML 1.1\n---\nvpcs: {}\n",
	"expect:\n- {from: internet, to: 10.0.0.1, ports: [tcp/80, icmp/3/4, proto/50, all], verdict: partial}\n- x\n",
	"route_tables: {t: {vpc: v, routes: [{destination: 0.0.0.0/0, target: eni-i}], edge_associations: [g], propagating_gateways: [g]}}\nvpcs: {v: {cidr: 10.0.0.0/16, main_route_table: t}}\nvpn_gateways: {g: {vpc: v}}\n",
	"vpc_endpoints:\n  e: {type: interface, vpc: v, service: ssm, subnets: [a, a, b], private_ips: [10.0.0.9, x], security_groups: []}\n  g: {type: gateway, vpc: v, service: s3, prefix_list: p, route_tables: [v.main_route_table, v.main_route_table]}\nvpcs: {v: {cidr: 10.0.0.0/16}}\nsubnets: {a: {vpc: v, cidr: 10.0.0.0/24}}\n",
	"load_balancers: {l: {type: application, scheme: internal, nodes: [{subnet: a, private_ip: 10.0.0.9, public_ip: 1.1.1.1}, {subnet: a}], cross_zone: false, listeners: [{protocol: udp, port: 1, targets: [{}]}, {protocol: tcp_udp, port: 1, targets: [{address: 10.0.0.9}, {instance: l}]}]}}\nsubnets: {a: {vpc: v, cidr: 10.0.0.0/24}}\nvpcs: {v: {cidr: 10.0.0.0/16}}\n",
	"network_firewalls: {f: {vpc: v, endpoints: {f: a, g: a, g: b, local: a}, stateless_rules: [{priority: 0}, {priority: 1, action: pass, ports: 1}], stateful_rules: [{action: alert, source: []}], stateful_default: drop}}\nvpcs: {v: {cidr: 10.0.0.0/16}}\nroute_tables: {t: {vpc: v, routes: [{destination: 0.0.0.0/0, target: g}]}}\n",
	"vpcs:\n  v:\n    cidr: !foo 10.0.0.0/16\n    ipv6_cidr: ::ffff:1.2.3.4/96\n",
}

// everySection has every key of the language that this version reads.
const everySection = `version: 1
vpcs:
  vpc-a:
    cidrs: [10.0.0.0/16, 100.64.0.0/20]
    ipv6_cidrs: ["2001:db8:a::/56"]
    main_route_table: rtb-main
    default_network_acl: acl-a
    default_security_group: sg-a
    region: ap-northeast-1
    account: "111122223333"
  vpc-b: {cidr: 10.1.0.0/16, region: ap-northeast-1}
subnets:
  sub-a: {vpc: vpc-a, cidr: 10.0.0.0/24, ipv6_cidr: "2001:db8:a:1::/64", az: ap-northeast-1a, route_table: rtb-a, network_acl: acl-a}
  sub-fw: {vpc: vpc-a, cidr: 10.0.1.0/24}
  sub-6: {vpc: vpc-a, ipv6_cidr: "2001:db8:a:2::/64"}
  sub-b: {vpc: vpc-b, cidr: 10.1.0.0/24}
route_tables:
  rtb-main: {vpc: vpc-a, routes: [{destination: 0.0.0.0/0, target: vpce-gw}, {destination: 10.0.0.0/24, target: vpce-fw}]}
  rtb-a:
    vpc: vpc-a
    propagating_gateways: [vgw-a]
    routes:
      - {destination: 0.0.0.0/0, target: igw-a}
      - {destination: "::/0", target: eigw-a}
      - {destination: 10.0.1.0/24, target: eni-fw}
      - {destination: 10.0.0.0/16, target: nat-a}
      - {destination: 100.64.0.0/20, target: local}
      - {destination: 172.31.0.0/16, target: vgw-a, origin: propagated}
      - {destination: 192.0.2.0/24, target: blackhole, origin: static}
      - {destination: pl-office, target: pcx-ab}
      - {destination: 64:ff9b::/96, target: nat-a}
  rtb-in:
    vpc: vpc-a
    edge_associations: [igw-a]
    routes: [{destination: 10.0.0.0/24, target: eni-fw}, {destination: 10.0.0.0/16, target: local}]
network_acls:
  acl-a:
    vpc: vpc-a
    ingress:
      - {rule: 200, action: deny, protocol: icmp, icmp: {type: 8, code: -1}, cidr: 0.0.0.0/0}
      - {rule: 100, action: allow, protocol: tcp, ports: [443, 8000-8100], cidr: 0.0.0.0/0}
      - {rule: 300, action: allow, protocol: 50, cidr: "::/0"}
    egress: []
security_groups:
  sg-a:
    vpc: vpc-a
    ingress:
      - {protocol: tcp, ports: 443, source: 0.0.0.0/0}
      - {protocol: all, source: self}
      - {protocol: -1, source: pl-office}
      - {protocol: icmpv6, source: sg-b}
    egress: [{protocol: udp, ports: "53", destination: "::/0"}]
  sg-b: {vpc: vpc-b}
internet_gateways: {igw-a: {vpc: vpc-a}, igw-loose: {}}
egress_only_internet_gateways: {eigw-a: {vpc: vpc-a}}
nat_gateways:
  nat-a: {subnet: sub-a, private_ip: 10.0.0.20, public_ip: 203.0.113.20}
  nat-p: {subnet: sub-b, private_ip: 10.1.0.20, connectivity: private}
instances:
  web:
    subnet: sub-a
    private_ip: 10.0.0.10
    private_ips: [10.0.0.11]
    public_ip: 203.0.113.10
    ipv6: 2001:db8:a:1::10
    security_groups: [sg-a]
    source_dest_check: false
    ip_forward: true
    masquerade: [{source: 10.0.0.0/16, destination: 0.0.0.0/0}, {}]
    port_forwards: [{protocol: tcp, destination: 10.0.0.10, port: 8000-8010, to: 10.0.1.24, to_port: 80}]
  far: {subnet: sub-b, private_ip: 10.1.0.10}
  firewall: {ip_forward: true}
network_interfaces:
  eni-fw: {subnet: sub-fw, private_ip: 10.0.1.10, public_ips: {10.0.1.10: 203.0.113.30}, instance: firewall, device_index: 0}
  eni-loose: {subnet: sub-6, ipv6: ["2001:db8:a:2::10"]}
peering_connections: {pcx-ab: {requester: vpc-a, accepter: vpc-b, status: active}}
tunnels:
  tun:
    protocol: udp
    port: 1194
    ends:
      - {instance: web, address: 169.254.255.1, routes: [172.16.0.0/16]}
      - {instance: far, address: 169.254.255.2}
external_networks: {office: {cidrs: [198.51.100.0/24]}, dc: {cidrs: [172.31.0.0/16], behind: [vpn, dx, att-c]}}
customer_gateways: {cgw: {routes: [10.0.0.0/16]}, cgw-all: {}}
vpn_gateways: {vgw-a: {vpc: vpc-a}}
vpn_connections: {vpn: {gateway: vgw-a, routing: bgp, routes: [172.30.0.0/16]}, vpn-t: {gateway: tgw, routing: bgp, type: private_ip, customer_gateway: cgw, as_path_length: 2, med: 10}, cvpn: {gateway: tgw, type: client_vpn}}
prefix_lists: {pl-office: {cidrs: [198.51.100.0/24], service: office}, pl-s3: {cidrs: [52.219.0.0/16], service: s3}}
transit_gateways: {tgw: {security_group_referencing: true, vpn_ecmp_support: false}, tgw-2: {}}
transit_gateway_route_tables: {tgw-rt: {transit_gateway: tgw, routes: [{destination: 10.9.0.0/16, target: blackhole}, {destination: 0.0.0.0/0, target: att}]}}
transit_gateway_attachments:
  att: {transit_gateway: tgw, vpc: vpc-a, subnets: [sub-fw], route_table: tgw-rt, propagates_to: [tgw-rt], appliance_mode: true, security_group_referencing: true}
  att-dx: {transit_gateway: tgw, direct_connect_gateway: dx}
  att-c: {transit_gateway: tgw, connect: att-dx, routes: [172.28.0.0/16], as_path_length: 2, med: 5}
  att-peer: {transit_gateway: tgw, peer: tgw-2}
  att-vpn: {transit_gateway: tgw, vpn_connection: vpn-t}
direct_connect_gateways: {dx: {vpn_gateways: [vgw-a], routes: [172.29.0.0/16], allowed_prefixes: [10.0.0.0/8], as_path_length: 3, med: 1}}
vpc_endpoints:
  vpce-s3: {type: gateway, vpc: vpc-a, service: s3, prefix_list: pl-s3, route_tables: [rtb-a, rtb-main]}
  vpce-ssm: {type: interface, vpc: vpc-a, service: ssm, subnets: [sub-a, sub-fw], private_ips: [10.0.0.50, 10.0.1.50], security_groups: [sg-a], load_balancer: nlb}
  vpce-gw: {type: gateway_load_balancer, vpc: vpc-a, subnet: sub-fw, service: inspection, private_ip: 10.0.1.51}
  eice: {type: instance_connect, vpc: vpc-a, subnet: sub-fw, private_ip: 10.0.1.52, security_groups: [sg-a], preserve_client_ip: true}
load_balancers:
  nlb:
    type: network
    scheme: internet_facing
    nodes: [{subnet: sub-a, private_ip: 10.0.0.40, public_ip: 203.0.113.40, ipv6: "2001:db8:a:1::40"}]
    security_groups: [sg-a]
    cross_zone: true
    listeners:
      - {protocol: tcp, port: 443, targets: [{instance: web, port: 8443}, {interface: eni-fw}, {address: 10.1.0.10}], preserve_client_ip: true}
network_firewalls:
  nfw:
    vpc: vpc-a
    endpoints: {vpce-fw: sub-fw}
    stateless_rules: [{priority: 2, action: pass, protocol: udp, ports: 53, source_ports: 1024-65535, source: 10.0.0.0/16, destination: [0.0.0.0/0]}, {priority: 1, action: drop}]
    stateless_default: forward
    stateful_rules: [{action: drop, protocol: tcp, ports: [22, 23], source_ports: 1-1023, source: [10.0.0.0/16], destination: 0.0.0.0/0, direction: any}]
    stateful_order: strict
    stateful_default: drop
    not_modelled: [a rule group of domains]
expect:
  - {name: one, from: internet, to: web, port: tcp/443, verdict: reachable, via: [igw-a], not_via: nat-a, because: [A_B], delivered_to: web, reply: true, source_port: linux}
`

// FuzzLoad: no input makes Load panic, every finding lies inside the file,
// two loads give the same, and cutting into chunks changes nothing.
func FuzzLoad(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add([]byte(s))
	}
	for _, file := range scenarioFiles(f) {
		if data, err := os.ReadFile(file); err == nil {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 64<<10 {
			t.Skip()
		}
		src := []Source{{Name: "f.yaml", Data: data}}
		topo, findings := Load(src)
		if topo == nil && !diag.HasErrors(findings) {
			t.Fatal("no topology and no error")
		}
		checkPositions(t, data, findings)
		first := dump(topo, findings)
		if again := dump(Load(src)); again != first {
			t.Fatalf("two loads differ: %s", firstDifference(again, first))
		}
		if plain := dump(load(src, false)); plain != first {
			t.Fatalf("the short way and the parser differ: %s", firstDifference(first, plain))
		}
		checkChunks(t, data, first)
	})
}

// checkPositions: every finding has a place inside the file.
func checkPositions(t *testing.T, data []byte, findings []diag.Finding) {
	t.Helper()
	lines := bytes.Split(bytes.TrimSuffix(bytes.TrimPrefix(data, byteOrderMark), []byte("\n")), []byte("\n"))
	for _, f := range findings {
		if f.Pos.File != "f.yaml" || f.Pos.Line < 1 || f.Pos.Line > len(lines) {
			t.Fatalf("%s: the file has %d lines", f, len(lines))
		}
		if f.Pos.Col < 1 || f.Pos.Col > len(lines[f.Pos.Line-1])+1 {
			t.Fatalf("%s: the line has %d bytes", f, len(lines[f.Pos.Line-1]))
		}
		if f.Message == "" || f.ID == "" {
			t.Fatalf("%+v", f)
		}
	}
}

// checkChunks reads the file in the smallest chunks, where it may be cut.
func checkChunks(t *testing.T, data []byte, want string) {
	t.Helper()
	if _, ok := checkText(Source{Name: "f.yaml", Data: data}); !ok {
		return
	}
	chunks, ok := cutChunks(bytes.TrimPrefix(data, byteOrderMark), 1)
	if !ok {
		return
	}
	d, fast := &decls{}, fastParser{}
	for _, c := range chunks {
		part := readChunk("f.yaml", c, &fast)
		if part == nil {
			return
		}
		d.append(part)
	}
	if got := dump(loadDecls(Source{Name: "f.yaml", Data: bytes.TrimPrefix(data, byteOrderMark)}, d)); got != want {
		t.Fatalf("chunks and whole differ: %s", firstDifference(got, want))
	}
}

func TestFuzzSeedsPass(t *testing.T) {
	topo, findings := Load([]Source{{Name: "f.yaml", Data: []byte(everySection)}})
	for _, f := range findings {
		t.Errorf("%s", f)
	}
	if topo == nil {
		t.Error("no topology")
	}
}
