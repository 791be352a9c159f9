package eval_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// between has a client and a database whose packets for each other pass a host,
// hub, and one whose packets pass a network firewall. AWS chooses the database's
// address.
const between = `
vpcs: {v: {cidr: 10.0.0.0/16}}
subnets:
  pub:  {vpc: v, cidr: 10.0.0.0/24, route_table: rtb-pub}
  priv: {vpc: v, cidr: 10.0.1.0/24, route_table: rtb-priv}
  mid:  {vpc: v, cidr: 10.0.2.0/24}
  far:  {vpc: v, cidr: 10.0.3.0/24, route_table: rtb-far}
route_tables:
  rtb-pub:  {vpc: v, routes: [{destination: 10.0.1.0/24, target: hub}]}
  rtb-priv: {vpc: v, routes: [{destination: 10.0.0.0/24, target: hub}, {destination: 10.0.3.0/24, target: wall-a}]}
  rtb-far:  {vpc: v, routes: [{destination: 10.0.1.0/24, target: wall-a}]}
network_firewalls: {wall: {vpc: v, endpoints: {wall-a: mid}, FIREWALL}}
security_groups:
  all: {vpc: v, ingress: [{protocol: all, source: 0.0.0.0/0}]}
  sg-hub: {vpc: v, ingress: [{protocol: all, source: 0.0.0.0/0}]}
  from-hub: {vpc: v, ingress: [{protocol: all, source: sg-hub}]}
instances:
  client: {subnet: pub, private_ip: 10.0.0.10, security_groups: [CLIENT]}
  db: {subnet: priv, private_ip: auto, security_groups: [DB]}
  other: {subnet: far, private_ip: 10.0.3.10, security_groups: [all]}
  hub: {subnet: mid, private_ip: 10.0.2.10, security_groups: [sg-hub], source_dest_check: false, ip_forward: true, HUB}
  end: {subnet: mid, private_ip: 10.0.2.20, security_groups: [all], source_dest_check: false, ip_forward: true}
`

// What a host or a firewall does with an address that AWS chooses is certain
// only if it does so with every one.
func TestADDR21_HostsAndFirewallsTellAddressesApart(t *testing.T) {
	half := "10.0.1.0/25"
	for _, c := range []struct {
		name, question string
		with           []string
		want           eval.Verdict
		at             string // who decides, where it is unknown
	}{
		{"no rule", "client -> db tcp/443", nil, reachable, ""},
		{"masquerade by destination", "client -> db tcp/443", []string{"HUB", "masquerade: [{destination: " + half + "}]", "DB", "from-hub"}, eval.Unknown, "hub"},
		{"masquerade of everything", "client -> db tcp/443", []string{"HUB", "masquerade: [{}]", "DB", "from-hub"}, reachable, ""},
		{"masquerade by source", "db -> client tcp/443", []string{"HUB", "masquerade: [{source: " + half + "}]", "CLIENT", "from-hub"}, eval.Unknown, "hub"},
		{"masquerade by the whole subnet as source", "db -> client tcp/443", []string{"HUB", "masquerade: [{source: 10.0.1.0/24}]", "CLIENT", "from-hub"}, reachable, ""},
		{"port forward", "client -> db tcp/443", []string{"HUB", "port_forwards: [{protocol: tcp, destination: " + half + ", port: 443, to: 10.0.2.20}]"}, eval.Unknown, "hub"},
		{"port forward of another port", "client -> db tcp/443", []string{"HUB", "port_forwards: [{protocol: tcp, destination: " + half + ", port: 80, to: 10.0.2.20}]"}, reachable, ""},
		{"forward rule", "client -> db tcp/443", []string{"HUB", "forward_rules: [{action: drop, destination: " + half + "}]"}, eval.Unknown, "hub"},
		{"forward rule for the whole subnet", "client -> db tcp/443", []string{"HUB", "forward_rules: [{action: drop, destination: 10.0.1.0/24}]"}, unreachable, ""},
		{"forward rule by source", "db -> client tcp/443", []string{"HUB", "forward_rules: [{action: drop, source: " + half + "}]"}, eval.Unknown, "hub"},
		{"addresses that the host takes for its own", "client -> db tcp/443", []string{"HUB", "local_routes: [" + half + "]"}, eval.Unknown, "hub"},
		{"a route of the host", "client -> db tcp/443", []string{"HUB", "TUNNEL"}, eval.Unknown, "hub"},
		{"stateless rule by destination", "other -> db tcp/443", []string{"FIREWALL", "stateless_rules: [{priority: 1, action: drop, destination: " + half + "}]"}, eval.Unknown, "wall"},
		{"stateless rule by source", "db -> other tcp/443", []string{"FIREWALL", "stateless_rules: [{priority: 1, action: drop, source: " + half + "}]"}, eval.Unknown, "wall"},
		{"stateful rule", "other -> db tcp/443", []string{"FIREWALL", "stateful_rules: [{action: drop, destination: " + half + "}]"}, eval.Unknown, "wall"},
		{"stateful rule by two halves", "other -> db tcp/443", []string{"FIREWALL", "stateful_rules: [{action: drop, destination: [" + half + ", 10.0.1.128/25]}]"}, unreachable, ""},
		{"stateful rule for somebody else", "other -> db tcp/443", []string{"FIREWALL", "stateful_rules: [{action: drop, destination: 10.0.0.0/24}]"}, reachable, ""},
	} {
		yaml := between
		for k := 0; k+1 < len(c.with); k += 2 {
			if c.with[k+1] == "TUNNEL" {
				yaml += "tunnels: {tun: {protocol: udp, port: 1194, ends: [{instance: hub, address: 169.254.255.1, routes: [" + half + "]}, {instance: end, address: 169.254.255.2, routes: [10.0.0.0/24]}]}}\n"
				continue
			}
			yaml = strings.ReplaceAll(yaml, c.with[k], c.with[k+1])
		}
		yaml = strings.NewReplacer(", HUB", "", ", FIREWALL", "", "[CLIENT]", "[all]", "[DB]", "[all]").Replace(yaml)
		r := topo(t, yaml).ask(c.question, c.want)
		if c.want == eval.Unknown {
			if !slices.ContainsFunc(r.Blockers, func(b eval.Blocker) bool {
				return b.Code == eval.AddressNotKnown && b.Component == c.at && strings.Contains(b.Message, "db.private_ip is not known yet")
			}) {
				t.Errorf("%s: no blocker says that the address decides at %s:\n%s", c.name, c.at, story(r))
			}
		}
		seen := map[eval.Verdict]bool{}
		for _, a := range []string{"10.0.1.4", "10.0.1.100", "10.0.1.127", "10.0.1.128", "10.0.1.254"} {
			rs := topo(t, strings.Replace(yaml, "private_ip: auto", "private_ip: "+a, 1)).asks(c.question)
			seen[rs[0].Verdict] = true
			if c.want != eval.Unknown && rs[0].Verdict != c.want {
				t.Errorf("%s: certainly %s, and %s with %s", c.name, c.want, rs[0].Verdict, a)
			}
		}
		if c.want == eval.Unknown && len(seen) < 2 {
			t.Errorf("%s: unknown, and %v with every address", c.name, seen)
		}
	}
}
