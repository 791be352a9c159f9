package eval_test

import (
	"fmt"
	"testing"
)

func TestZZ(t *testing.T) {
	n := topo(t, `
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56"}}
internet_gateways: {igw: {vpc: vpc}}
subnets: {s: {vpc: vpc, cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb}}
route_tables: {rtb: {vpc: vpc, routes: [{destination: "::/0", target: igw}]}}
security_groups: {sg: {vpc: vpc, egress: [{protocol: all, destination: "::/0"}]}}
instances: {a: {subnet: s, private_ip: 10.0.1.10, ipv6: "2001:db8:a:1::10", security_groups: [sg]}}
`)
	q := n.question("a -> internet6 tcp/443")
	for range 3 {
		rs, _ := n.net.Ask(q)
		fmt.Println(rs[0].Verdict, rs[0].Works, rs[0].Asked, blockers(rs[0]))
		for _, b := range rs[0].Works {
			for _, r := range b.Dst {
				fmt.Println(r.Format(b.Family))
			}
		}
	}
}
