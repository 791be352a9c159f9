package eval_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

// natTopology is a private instance that reaches the internet through a NAT
// gateway: two subnets, two network ACLs, five hops each way.
const natTopology = `
version: 1
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
nat_gateways: {nat: {subnet: public, private_ip: 10.0.0.20, public_ip: 203.0.113.20}}
subnets:
  public:  {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-public, network_acl: acl}
  private: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-private, network_acl: acl}
route_tables:
  rtb-public:  {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-private: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}
network_acls:
  acl:
    vpc: vpc
    ingress:
      - {rule: 100, action: allow, protocol: tcp, ports: 443, cidr: 10.0.0.0/16}
      - {rule: 110, action: allow, protocol: tcp, ports: 1024-65535, cidr: 0.0.0.0/0}
    egress:
      - {rule: 100, action: allow, protocol: tcp, ports: 443, cidr: 0.0.0.0/0}
      - {rule: 110, action: allow, protocol: tcp, ports: 1024-65535, cidr: 0.0.0.0/0}
security_groups:
  sg: {vpc: vpc, ingress: []}
instances:
  app: {subnet: private, private_ip: 10.0.1.10, security_groups: [sg]}
`

func mustLoad(tb testing.TB, text string) *model.Topology {
	tb.Helper()
	topo, findings := load.Load([]load.Source{{Name: "net.yaml", Data: []byte(text)}})
	if diag.HasErrors(findings) {
		tb.Fatal(findings)
	}
	return topo
}

func mustQuestion(tb testing.TB, t *model.Topology, from, to, port string) eval.Question {
	tb.Helper()
	var q eval.Question
	var err error
	if q.From, err = t.ParseEndpoint(from); err != nil {
		tb.Fatal(err)
	}
	if q.To, err = t.ParseEndpoint(to); err != nil {
		tb.Fatal(err)
	}
	if q.Port, err = model.ParsePorts(port); err != nil {
		tb.Fatal(err)
	}
	if q.SourcePorts, err = model.ParseSourcePorts(""); err != nil {
		tb.Fatal(err)
	}
	return q
}

// BenchmarkAskPoint is one question in process, after load, over five hops
// with NAT both ways.
func BenchmarkAskPoint(b *testing.B) {
	topo := mustLoad(b, natTopology)
	n := eval.Compile(topo)
	for _, record := range []bool{false, true} {
		q := mustQuestion(b, topo, "app", "198.51.100.7", "tcp/443")
		q.Record = record
		b.Run(fmt.Sprintf("record=%t", record), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				rs, err := n.Ask(q)
				if err != nil || rs[0].Verdict != eval.Reachable {
					b.Fatal(err, rs)
				}
			}
		})
	}
}

// wideTopology joins two subnets by four filter lists of 100 random rules.
func wideTopology(seed uint64) string {
	rng := rand.New(rand.NewPCG(seed, 0))
	cidr := func() string {
		if rng.IntN(10) == 0 {
			return "0.0.0.0/0"
		}
		return fmt.Sprintf("%d.%d.%d.%d/%d", 10, rng.IntN(2), rng.IntN(256), rng.IntN(256), 8+rng.IntN(25))
	}
	ports := func() string {
		switch rng.IntN(10) {
		case 0, 1, 2, 3, 4:
			return fmt.Sprint(1 + rng.IntN(1024))
		case 5, 6:
			return "1024-65535"
		case 7, 8:
			lo := rng.IntN(60000)
			return fmt.Sprintf("%d-%d", lo, lo+rng.IntN(5000))
		}
		return "0-65535"
	}
	proto := func() string {
		switch rng.IntN(10) {
		case 0, 1, 2, 3, 4, 5:
			return "tcp, ports: " + ports()
		case 6, 7:
			return "udp, ports: " + ports()
		case 8:
			return "icmp"
		}
		return "all"
	}
	var sb strings.Builder
	sb.WriteString("version: 1\nvpcs: {a: {cidr: 10.0.0.0/16}, b: {cidr: 10.1.0.0/16}}\n" +
		"peering_connections: {pcx: {requester: a, accepter: b}}\n" +
		"route_tables:\n  ra: {vpc: a, routes: [{destination: 10.1.0.0/16, target: pcx}]}\n  rb: {vpc: b, routes: [{destination: 10.0.0.0/16, target: pcx}]}\n" +
		"subnets:\n  sa: {vpc: a, cidr: 10.0.0.0/16, route_table: ra, network_acl: acl-a}\n  sb: {vpc: b, cidr: 10.1.0.0/16, route_table: rb, network_acl: acl-b}\n")
	acl := func(name, vpc string) {
		fmt.Fprintf(&sb, "  %s:\n    vpc: %s\n", name, vpc)
		for _, dir := range []string{"ingress", "egress"} {
			fmt.Fprintf(&sb, "    %s:\n", dir)
			for i := range 100 {
				action := "allow"
				if rng.IntN(4) == 0 {
					action = "deny"
				}
				fmt.Fprintf(&sb, "      - {rule: %d, action: %s, protocol: %s, cidr: %s}\n", i+1, action, proto(), cidr())
			}
		}
	}
	sb.WriteString("network_acls:\n")
	acl("acl-a", "a")
	acl("acl-b", "b")
	sb.WriteString("security_groups:\n")
	for _, v := range []string{"a", "b"} {
		fmt.Fprintf(&sb, "  sg-%s:\n    vpc: %s\n    ingress:\n", v, v)
		for range 100 {
			fmt.Fprintf(&sb, "      - {protocol: %s, source: %s}\n", proto(), cidr())
		}
		sb.WriteString("    egress:\n")
		for range 100 {
			fmt.Fprintf(&sb, "      - {protocol: %s, destination: %s}\n", proto(), cidr())
		}
	}
	sb.WriteString("vpn_gateways: {}\ninstances:\n  router-a: {subnet: sa, private_ip: 10.0.0.10, source_dest_check: false, ip_forward: true, security_groups: [sg-a]}\n" +
		"  b-1: {subnet: sb, private_ip: 10.1.0.10, source_dest_check: false, ip_forward: true, security_groups: [sg-b]}\n")
	return sb.String()
}

// BenchmarkAskWide asks every port of every protocol between wide address
// ranges through four lists of 100 random rules.
func BenchmarkAskWide(b *testing.B) {
	topo := mustLoad(b, wideTopology(1))
	n := eval.Compile(topo)
	q := mustQuestion(b, topo, "router-a", "10.1.0.0/16", "all")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := n.Ask(q); err != nil {
			b.Fatal(err)
		}
	}
}
