package load_test

import (
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/load"
)

// ADDR-21: what `auto` and the names of addresses may be, and what is wrong.
func TestADDR21_AutoAndNamesOfAddresses(t *testing.T) {
	base := `version: 1
vpcs: {v: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8::/56"}}
subnets: {a: {vpc: v, cidr: 10.0.0.0/28}, six: {vpc: v, ipv6_cidr: "2001:db8:0:1::/64"}}
security_groups: {sg: {vpc: v, ingress: [{protocol: all, source: RULE}]}}
instances:
`
	many := ""
	for _, c := range "abcdefghijkl" {
		many += "  i-" + string(c) + ": {subnet: a, private_ip: auto}\n"
	}
	for _, c := range []struct{ rule, instances, want string }{
		{"10.0.0.0/8", "  x: {subnet: six, private_ip: auto}\n", `net.yaml:6:32: ` + "`auto` asks for an IPv4 address, and subnet \"six\" has none"},
		{"10.0.0.0/8", "  x: {subnet: a, private_ip: auto, ipv6: auto}\n", "`auto` asks for an IPv6 address, and subnet \"a\" has no `ipv6_cidr`"},
		{"10.0.0.0/8", many, `net.yaml:17:32: subnet "a" has no address left for ` + "`auto`" + ` of instance "i-l" [address-outside-subnet]`},
		{"x.public_ip", "  x: {subnet: a, private_ip: auto}\n", `"x.public_ip" names an address of instance "x", which has no public_ip`},
		{"y.public_ip", "  x: {subnet: a, private_ip: auto}\n", `no resource is named "y"`},
		{"x.private_ip", "  x: {}\n", `which has no network interface`},
		{"sg.private_ip", "  x: {}\n", `"sg" is a security group; expected an instance`},
		{"10.0.0.0/8", "  x: {subnet: a, private_ip: automatic}\n", `"automatic" is not an address`},
		{"x.private_ip", "  x: {subnet: a, private_ip: 10.0.0.9}\n", ""},
		{"x.ipv6", "  x: {subnet: six, ipv6: auto}\n", ""},
		{"x.public_ip", "  x: {subnet: a, private_ip: auto, private_ips: [auto, 10.0.0.7], public_ips: {10.0.0.7: auto}}\n", ""},
	} {
		top, findings := load.Load([]load.Source{{Name: "net.yaml", Data: []byte(strings.Replace(base, "RULE", c.rule, 1) + c.instances)}})
		var text []string
		for _, f := range findings {
			text = append(text, f.String())
		}
		all := strings.Join(text, "\n")
		if c.want == "" && (top == nil || all != "") || !strings.Contains(all, c.want) {
			t.Errorf("%s, %s:\n%s\nexpected %q", c.rule, strings.TrimSpace(c.instances), all, c.want)
		}
		if c.want == "" && top != nil && top.SecurityGroups[0].Ingress[0].CIDR.Bits() < 32 {
			t.Errorf("%s: the rule is for %s", c.rule, top.SecurityGroups[0].Ingress[0].CIDR)
		}
	}
}
