package check

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
)

// large writes a topology with VPCs of 100 interfaces each, and about as many
// rules of security groups and network ACLs as are asked for.
func large(interfaces, rules int) string {
	vpcs := interfaces / 100
	perVPC := max(1, rules/vpcs/2)
	parts := map[string]*strings.Builder{}
	section := func(name string) *strings.Builder {
		if parts[name] == nil {
			parts[name] = &strings.Builder{}
		}
		return parts[name]
	}
	for v := range vpcs {
		net := fmt.Sprintf("10.%d", v)
		fmt.Fprintf(section("vpcs"), "  v%d: {cidr: %s.0.0/16}\n", v, net)
		fmt.Fprintf(section("internet_gateways"), "  igw%d: {vpc: v%d}\n", v, v)
		fmt.Fprintf(section("nat_gateways"), "  nat%d: {subnet: pub%d, private_ip: %s.0.250, public_ip: 203.0.%d.250}\n", v, v, net, v)
		fmt.Fprintf(section("subnets"), "  pub%d: {vpc: v%d, cidr: %s.0.0/24, route_table: rpub%d, network_acl: acl%d}\n", v, v, net, v, v)
		fmt.Fprintf(section("subnets"), "  pri%d: {vpc: v%d, cidr: %s.1.0/24, route_table: rpri%d}\n", v, v, net, v)
		fmt.Fprintf(section("route_tables"), "  rpub%d: {vpc: v%d, routes: [{destination: 0.0.0.0/0, target: igw%d}]}\n", v, v, v)
		fmt.Fprintf(section("route_tables"), "  rpri%d: {vpc: v%d, routes: [{destination: 0.0.0.0/0, target: nat%d}]}\n", v, v, v)
		acl := section("network_acls")
		fmt.Fprintf(acl, "  acl%d:\n    vpc: v%d\n    ingress:\n", v, v)
		for i := range perVPC {
			fmt.Fprintf(acl, "      - {rule: %d, action: deny, protocol: tcp, ports: %d, cidr: 198.51.100.%d/32}\n", i+1, 1000+i, i%256)
		}
		fmt.Fprintf(acl, "      - {rule: 30000, action: allow, protocol: all, cidr: 0.0.0.0/0}\n    egress:\n      - {rule: 100, action: allow, protocol: all, cidr: 0.0.0.0/0}\n")
		sg := section("security_groups")
		fmt.Fprintf(sg, "  web%d: {vpc: v%d, ingress: [{protocol: tcp, ports: 443, source: 0.0.0.0/0}]}\n", v, v)
		fmt.Fprintf(sg, "  app%d:\n    vpc: v%d\n    ingress:\n      - {protocol: tcp, ports: 8080, source: web%d}\n", v, v, v)
		for i := range perVPC {
			fmt.Fprintf(sg, "      - {protocol: tcp, ports: %d, source: %s.%d.0/24}\n", 2000+i, net, i%2)
		}
		for i := range 50 {
			fmt.Fprintf(section("instances"), "  w%d-%d: {subnet: pub%d, private_ip: %s.0.%d, public_ip: 203.0.%d.%d, security_groups: [web%d]}\n", v, i, v, net, i+10, v, i+10, v)
			fmt.Fprintf(section("instances"), "  a%d-%d: {subnet: pri%d, private_ip: %s.1.%d, security_groups: [app%d]}\n", v, i, v, net, i+10, v)
		}
	}
	var b strings.Builder
	b.WriteString("version: 1\n")
	for _, name := range sortedKeys(parts) {
		fmt.Fprintf(&b, "%s:\n%s", name, parts[name].String())
	}
	return b.String()
}

// BenchmarkCheck is what `vpcpath check` does with a topology in memory: load
// it, compile it and run every rule.
func BenchmarkCheck(b *testing.B) {
	for _, c := range []struct{ interfaces, rules int }{{1_000, 200}, {10_000, 2_000}} {
		b.Run(fmt.Sprintf("interfaces=%d/rules=%d", c.interfaces, c.rules), func(b *testing.B) {
			text := []byte(large(c.interfaces, c.rules))
			catalogue := NewCatalogue()
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				sources := []load.Source{{Name: "large.yaml", Data: text}}
				topo, findings := load.Load(sources)
				if diag.HasErrors(findings) {
					b.Fatal(findings[0])
				}
				catalogue.Run(Input{Sources: sources, Topology: topo, Net: eval.Compile(topo), Found: findings}, Settings{})
			}
		})
	}
}

// BenchmarkRules shows which rule takes how long on 10,000 interfaces.
func BenchmarkRules(b *testing.B) {
	topo, findings := load.Load([]load.Source{{Name: "large.yaml", Data: []byte(large(10_000, 2_000))}})
	if diag.HasErrors(findings) {
		b.Fatal(findings[0])
	}
	for _, r := range Rules() {
		b.Run(r.ID, func(b *testing.B) {
			for b.Loop() {
				Lint(topo, eval.Compile(topo), []*Rule{r})
			}
		})
	}
}
