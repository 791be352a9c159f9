package eval_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

// autoNetwork has addresses that AWS chooses everywhere; rules and routes tell
// some of them apart.
const autoNetwork = `
vpcs: {v: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:a::/56"}, far: {cidr: 10.9.0.0/16}}
subnets:
  pub:  {vpc: v, cidr: 10.0.0.0/24, ipv6_cidr: "2001:db8:a:1::/64", route_table: rtb}
  priv: {vpc: v, cidr: 10.0.1.0/24, route_table: rtp, network_acl: acl}
  edge: {vpc: far, cidr: 10.9.0.0/24, route_table: rtf}
internet_gateways: {igw: {vpc: v}}
nat_gateways: {nat: {subnet: pub, private_ip: auto, public_ip: auto}}
peering_connections: {pcx: {requester: v, accepter: far}}
route_tables:
  rtb: {vpc: v, routes: [{destination: 0.0.0.0/0, target: igw}, {destination: 10.9.0.0/16, target: pcx}]}
  rtp: {vpc: v, routes: [{destination: 0.0.0.0/0, target: nat}]}
  rtf: {vpc: far, routes: [{destination: 10.0.0.0/25, target: pcx}]}
network_acls:
  acl:
    vpc: v
    ingress:
      - {rule: 90, action: deny, protocol: tcp, ports: 8080, cidr: 10.0.0.64/26}
      - {rule: 100, action: allow, protocol: all, cidr: 0.0.0.0/0}
    egress: [{rule: 100, action: allow, protocol: all, cidr: 0.0.0.0/0}]
security_groups:
  web: {vpc: v, ingress: [{protocol: tcp, ports: 443, source: 0.0.0.0/0}, {protocol: tcp, ports: 443, source: "::/0"}, {protocol: tcp, ports: 8443, source: nat.public_ip}]}
  sg-far: {vpc: far, ingress: [{protocol: all, source: 10.0.0.0/8}]}
  db:
    vpc: v
    ingress:
      - {protocol: tcp, ports: 5432, source: 10.0.0.0/25}
      - {protocol: tcp, ports: 3306, source: web}
      - {protocol: tcp, ports: [22, 8080], source: 10.0.0.0/24}
      - {protocol: tcp, ports: 80, source: 10.0.0.0/25}
      - {protocol: tcp, ports: 80, source: 10.0.0.128/25}
      - {protocol: tcp, ports: 6379, source: web-1.private_ip}
      - {protocol: tcp, ports: 25, source: 10.0.0.20/32}
instances:
  web-1: {subnet: pub, private_ip: auto, public_ip: auto, ipv6: auto, security_groups: [web]}
  web-2: {subnet: pub, private_ip: auto, public_ip: auto, security_groups: [web]}
  web-3: {subnet: pub, private_ip: 10.0.0.20, public_ip: 203.0.113.20, security_groups: [web]}
  db-1:  {subnet: priv, private_ip: auto, security_groups: [db]}
  app:   {subnet: edge, private_ip: auto, security_groups: [sg-far]}
  hub:
    subnet: pub
    private_ip: auto
    source_dest_check: false
    ip_forward: true
    security_groups: [web]
    port_forwards: [{protocol: tcp, destination: hub.private_ip, port: 443, to: db-1.private_ip, to_port: 22}]
    masquerade: [{}]
`

var autoVerdicts = []struct {
	question string
	want     eval.Verdict
}{
	{"web-1 -> db-1 tcp/3306", eval.Reachable},   // by group
	{"web-1 -> db-1 tcp/22", eval.Reachable},     // by the whole subnet
	{"web-1 -> db-1 tcp/80", eval.Reachable},     // by two halves of it
	{"web-1 -> db-1 tcp/6379", eval.Reachable},   // by the address itself
	{"web-2 -> db-1 tcp/6379", eval.Unreachable}, // another one's
	{"web-1 -> db-1 tcp/5432", eval.Unknown},     // by half of it
	{"web-3 -> db-1 tcp/5432", eval.Reachable},
	{"web-1 -> db-1 tcp/8080", eval.Unknown}, // an ACL denies some
	{"web-3 -> db-1 tcp/8080", eval.Reachable},
	{"web-1 -> db-1 tcp/25", eval.Unreachable}, // an address that is web-3's
	{"web-3 -> db-1 tcp/25", eval.Reachable},
	{"web-1 -> db-1 tcp/443", eval.Unreachable},
	{"internet -> web-1 tcp/443", eval.Reachable},
	{"internet -> web-1.public_ip tcp/443", eval.Reachable},
	{"internet6 -> web-1 tcp/443", eval.Unreachable}, // no IPv6 route
	{"db-1 -> internet tcp/443", eval.Reachable},
	{"db-1 -> web-1.public_ip tcp/8443", eval.Reachable}, // from the NAT gateway's address
	{"web-2 -> web-1.public_ip tcp/8443", eval.Unreachable},
	{"web-1 -> app tcp/22", eval.Unknown}, // the reply's route leads to half of them
	{"web-3 -> app tcp/22", eval.Reachable},
	{"web-1 -> hub tcp/443", eval.Reachable}, // a port forward to an address that follows
}

func TestADDR21_AddressesThatAWSChooses(t *testing.T) {
	n := topo(t, autoNetwork)
	for _, v := range autoVerdicts {
		r := n.ask(v.question, v.want)
		if v.want != eval.Unknown {
			continue
		}
		found := false
		for _, b := range r.Blockers {
			found = found || b.Code == eval.AddressNotKnown && strings.Contains(b.Message, "10.0.0.") || b.Code == eval.AddressNotKnown && strings.Contains(b.Message, "rule 90")
		}
		if !found {
			t.Errorf("%s: no blocker names the rule that tells addresses apart:\n%s", v.question, story(r))
		}
	}
}

// What is certain about an address that AWS chooses holds for every address
// that it may choose; and what is unknown is not the same for all of them.
func TestADDR21_CertainForEveryAddress(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	seen := map[string]map[eval.Verdict]bool{}
	for range 40 {
		n := topo(t, withAddresses(rnd, autoNetwork))
		for _, v := range autoVerdicts {
			if strings.Contains(v.question, "internet") {
				n.asks(v.question)
			}
			q := n.question(v.question)
			rs, err := n.net.Ask(q)
			if err != nil || len(rs) != 1 {
				t.Fatalf("%s: %v", v.question, err)
			}
			if seen[v.question] == nil {
				seen[v.question] = map[eval.Verdict]bool{}
			}
			seen[v.question][rs[0].Verdict] = true
			if v.want != eval.Unknown && rs[0].Verdict != v.want {
				t.Errorf("%s: certainly %s, and %s with\n%s", v.question, v.want, rs[0].Verdict, n.yaml)
			}
		}
	}
	for _, v := range autoVerdicts {
		if v.want == eval.Unknown && len(seen[v.question]) < 2 {
			t.Errorf("%s: unknown, and %v for all of 40 choices", v.question, seen[v.question])
		}
	}
}

// withAddresses puts free addresses in the place of every `auto`, as AWS would, and
// in the place of what names them.
func withAddresses(rnd *rand.Rand, yaml string) string {
	used := map[int]bool{20: true}
	public := map[int]bool{20: true}
	free := func(used map[int]bool) int {
		for {
			if n := 4 + rnd.IntN(251); !used[n] {
				used[n] = true
				return n
			}
		}
	}
	var names []string
	lines := strings.Split(yaml, "\n")
	name := ""
	third := map[string]string{"pub": "10.0.0", "priv": "10.0.1", "edge": "10.9.0"}
	subnet := map[string]string{"hub": "pub", "nat": "pub"}
	for i, l := range lines {
		if f := strings.Fields(strings.TrimPrefix(strings.TrimSpace(l), "nat_gateways: {")); len(f) > 0 && strings.HasSuffix(f[0], ":") {
			name = strings.TrimSuffix(f[0], ":")
		}
		for s := range third {
			if strings.Contains(l, "{subnet: "+s+",") {
				subnet[name] = s
			}
		}
		owner := name
		if strings.HasPrefix(strings.TrimSpace(l), "private_ip:") {
			owner = "hub"
		}
		if strings.Contains(l, "private_ip: auto") {
			a := fmt.Sprintf("%s.%d", third[subnet[owner]], free(used))
			lines[i] = strings.Replace(lines[i], "private_ip: auto", "private_ip: "+a, 1)
			names = append(names, "source: "+owner+".private_ip", "source: "+a+"/32", "destination: "+owner+".private_ip", "destination: "+a, "to: "+owner+".private_ip", "to: "+a)
		}
		if strings.Contains(l, "public_ip: auto") {
			a := fmt.Sprintf("203.0.113.%d", free(public))
			lines[i] = strings.Replace(lines[i], "public_ip: auto", "public_ip: "+a, 1)
			names = append(names, "source: "+owner+".public_ip", "source: "+a+"/32")
		}
		lines[i] = strings.Replace(lines[i], "ipv6: auto", fmt.Sprintf(`ipv6: "2001:db8:a:1::%x"`, 16+rnd.IntN(1<<16-16)), 1)
	}
	return strings.NewReplacer(names...).Replace(strings.Join(lines, "\n"))
}

// An address as such is nobody's for sure while AWS may still give it away.
func TestADDR21_AskedByAddress(t *testing.T) {
	n := topo(t, autoNetwork)
	n.ask("web-1 -> 10.0.1.7 tcp/3306", eval.Unknown)
	n.ask("web-1 -> "+standIn(t, n, "db-1.private_ip")+" tcp/3306", eval.Unknown)
	n.ask("web-1 -> 10.0.1.1 tcp/3306", eval.Unreachable) // AWS keeps it (ADDR-6)
	n.ask("web-1 -> 10.0.0.20 tcp/443", eval.Reachable)   // web-3's, so nobody else's
	q := n.question("10.0.0.0/25 -> db-1 tcp/22")
	if _, err := n.net.Ask(q); err == nil || !strings.Contains(err.Error(), "may hold the address that AWS will choose as") {
		t.Errorf("half a subnet as the sender: %v", err)
	}
}

func standIn(t *testing.T, n *network, text string) string {
	t.Helper()
	e, err := n.topo.ParseEndpoint(text)
	if err != nil {
		t.Fatal(err)
	}
	return e.Prefix.Addr().String()
}

// A stand-in is an address that the topology names nowhere else.
func TestADDR21_StandInsAreNobodysAddress(t *testing.T) {
	yaml := "version: 1" + strings.Replace(autoNetwork, "10.0.0.20/32}", "10.0.0.254/32}", 1)
	top, findings := load.Load([]load.Source{{Name: "net.yaml", Data: []byte(yaml)}})
	if top == nil {
		t.Fatal(findings)
	}
	seen := map[netip.Addr]*model.Symbol{}
	for _, s := range top.Symbols {
		if other := seen[s.Addr]; other != nil {
			t.Errorf("%s and %s have the same stand-in %s", s.Text, other.Text, s.Addr)
		}
		seen[s.Addr] = s
		if s.Addr == netip.MustParseAddr("10.0.0.254") || s.Addr == netip.MustParseAddr("10.0.0.20") {
			t.Errorf("%s has the stand-in %s, which the topology names", s.Text, s.Addr)
		}
		if !s.Pool.Contains(s.Addr) {
			t.Errorf("%s: its stand-in %s is not in its pool %s", s.Text, s.Addr, s.Pool)
		}
		if s.Pool.Contains(netip.MustParseAddr("10.0.0.20")) || s.Pool.Contains(netip.MustParseAddr("203.0.113.20")) {
			t.Errorf("%s: its pool has an address of web-3", s.Text)
		}
	}
	if len(top.Symbols) != 10 {
		t.Errorf("%d symbols, expected 10", len(top.Symbols))
	}
}
