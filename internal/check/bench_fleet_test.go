package check

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

// fleet is a network of VPCs of 100 interfaces each behind a transit gateway:
// a public and four private subnets, a NAT gateway, ACLs, and 20 rules of
// security groups.
func fleet(vpcs int) string {
	var b strings.Builder
	w := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	each := func(section string, do func(v int)) {
		w("%s:", section)
		for v := range vpcs {
			do(v)
		}
	}
	w("version: 1")
	each("vpcs", func(v int) { w("  vpc-%d: {cidr: 10.%d.0.0/16}", v, v) })
	each("internet_gateways", func(v int) { w("  igw-%d: {vpc: vpc-%d}", v, v) })
	each("nat_gateways", func(v int) { w("  nat-%d: {subnet: pub-%d, private_ip: 10.%d.0.5, public_ip: 52.%d.0.5}", v, v, v, v) })
	w("transit_gateways: {tgw: {}}\ntransit_gateway_route_tables: {trt: {transit_gateway: tgw}}")
	each("transit_gateway_attachments", func(v int) {
		w("  att-%d: {transit_gateway: tgw, vpc: vpc-%d, subnets: [tgw-%d], route_table: trt, propagates_to: [trt]}", v, v, v)
	})
	each("subnets", func(v int) {
		w("  tgw-%d: {vpc: vpc-%d, cidr: 10.%d.9.0/28}", v, v, v)
		w("  pub-%d: {vpc: vpc-%d, cidr: 10.%d.0.0/24, route_table: rtb-pub-%d}", v, v, v, v)
		for s := 1; s < 5; s++ {
			w("  app-%d-%d: {vpc: vpc-%d, cidr: 10.%d.%d.0/24, route_table: rtb-app-%d, network_acl: acl-%d}", v, s, v, v, s, v, v)
		}
	})
	each("route_tables", func(v int) {
		w("  rtb-pub-%d: {vpc: vpc-%d, routes: [{destination: 0.0.0.0/0, target: igw-%d}, {destination: 10.0.0.0/8, target: tgw}]}", v, v, v)
		w("  rtb-app-%d: {vpc: vpc-%d, routes: [{destination: 0.0.0.0/0, target: nat-%d}, {destination: 10.0.0.0/8, target: tgw}]}", v, v, v)
	})
	each("network_acls", func(v int) {
		w("  acl-%d:\n    vpc: vpc-%d\n    ingress:", v, v)
		w("      - {rule: 90, action: deny, protocol: tcp, ports: 23, cidr: 0.0.0.0/0}")
		w("      - {rule: 100, action: allow, protocol: all, cidr: 10.0.0.0/8}")
		w("      - {rule: 110, action: allow, protocol: tcp, ports: 1024-65535, cidr: 0.0.0.0/0}")
		w("    egress:\n      - {rule: 100, action: allow, protocol: all, cidr: 0.0.0.0/0}")
	})
	each("security_groups", func(v int) {
		w("  sg-web-%d: {vpc: vpc-%d, ingress: [{protocol: tcp, ports: [80, 443], source: 0.0.0.0/0}, {protocol: tcp, ports: 22, source: 0.0.0.0/0}]}", v, v)
		w("  sg-app-%d:\n    vpc: vpc-%d\n    ingress:", v, v)
		for r := range 16 {
			w("      - {protocol: tcp, ports: %d, source: 10.%d.0.0/16}", 8000+r, (v+r)%vpcs)
		}
		w("      - {protocol: tcp, ports: 9000, source: sg-web-%d}", v)
	})
	each("instances", func(v int) {
		for i := range 20 {
			w("  web-%d-%d: {subnet: pub-%d, private_ip: 10.%d.0.%d, public_ip: 52.%d.0.%d, security_groups: [sg-web-%d]}", v, i, v, v, 10+i, v, 10+i, v)
		}
		for i := range 80 {
			w("  app-%d-x%d: {subnet: app-%d-%d, private_ip: 10.%d.%d.%d, security_groups: [sg-app-%d]}", v, i, v, 1+i%4, v, 1+i%4, 10+i, v)
		}
	})
	return b.String()
}

func loadFleet(tb testing.TB, vpcs int) *model.Topology {
	topo, findings := load.Load([]load.Source{{Name: "fleet.yaml", Data: []byte(fleet(vpcs))}})
	if diag.HasErrors(findings) {
		tb.Fatal(findings[0])
	}
	return topo
}

// BenchmarkLintFleet runs all rules on a network that was just compiled.
func BenchmarkLintFleet(b *testing.B) {
	for _, vpcs := range []int{10, 100} {
		topo := loadFleet(b, vpcs)
		b.Run(fmt.Sprintf("%dinterfaces", vpcs*100), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Lint(topo, eval.Compile(topo), Rules())
			}
		})
	}
}

// BenchmarkRuleFleet runs each rule by itself on 10,000 interfaces.
func BenchmarkRuleFleet(b *testing.B) {
	topo := loadFleet(b, 100)
	for _, r := range Rules() {
		b.Run(r.ID, func(b *testing.B) {
			for b.Loop() {
				Lint(topo, eval.Compile(topo), []*Rule{r})
			}
		})
	}
}
