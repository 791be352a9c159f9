package eval_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// A goldenCase is a question of section 18 of docs/semantics.md, put to the
// engine and to the simulator.
type goldenCase struct {
	ask
	verdict eval.Verdict
	path    string    // where the first blocker stands
	code    eval.Code // its code
	at      string    // its component
	to      string    // who gets the packet
	seen    string    // the source address that it arrives with
}

// golden puts a question about the topology and compares both answers with
// what is expected. It returns the engine's result and the simulator's walk.
func golden(t *testing.T, text string, c goldenCase) (*eval.Result, *outcome) {
	t.Helper()
	topo := loadText(t, text)
	rs, err := c.ask.put(topo, eval.Compile(topo))
	if err != nil || len(rs) != 1 {
		t.Fatalf("%v: %d results, %v", c.ask, len(rs), err)
	}
	r := rs[0]
	if r.Verdict != c.verdict {
		t.Errorf("%v: %v, want %v", c.ask, r.Verdict, c.verdict)
	}
	if len(r.Asked) == 0 {
		t.Fatalf("%v: nothing asked", c.ask)
	}
	b := r.Asked[0]
	h := header{src: b.Src[0].First(b.Family), dst: b.Dst[0].First(b.Family), proto: b.Protos[0].Lo, dport: b.DPorts[0].Lo, sport: b.SPorts[0].Lo}
	from, ok := senderOf(topo, c.from, r.From, h.src)
	if !ok {
		t.Fatalf("%v: nobody sends from %v", c.ask, h.src)
	}
	o := simulate(topo, from, h.packet(), c.reply, &chooser{ports: []uint16{40000}})
	if c.verdict != eval.Partial && o.works() != (c.verdict == eval.Reachable) {
		t.Errorf("%v: the simulator disagrees:\n%v", c.ask, o)
	}
	if c.code != "" {
		if !slices.ContainsFunc(r.Blockers, func(b eval.Blocker) bool {
			return b.Code == c.code && b.Path == c.path && !b.Supposed && (c.at == "" || c.at == b.Component)
		}) {
			t.Errorf("%v: no blocker %s at %s on the %s path; got:", c.ask, c.code, c.at, c.path)
			for _, b := range r.Blockers {
				t.Errorf("  %s %s at %s, supposed %v: %s", b.Path, b.Code, b.Component, b.Supposed, b.Message)
			}
		}
		if c.verdict == eval.Unreachable {
			d, path := o.firstDrop()
			if path != c.path || !slices.Contains(d.codes, c.code) || c.at != "" && len(d.at) > 0 && !slices.Contains(d.at, c.at) {
				t.Errorf("%v: the simulator's first drop is %v on the %s path", c.ask, d, path)
			}
		}
		if want := c.path == "return"; r.Forward.Delivered != want || o.fwd.delivered != want {
			t.Errorf("%v: forward delivered: engine %v, simulator %v, want %v", c.ask, r.Forward.Delivered, o.fwd.delivered, want)
		}
	}
	if c.to != "" {
		if got := namesOf(r.DeliveredTo); !slices.Contains(got, c.to) {
			t.Errorf("%v: delivered to %v, want %s", c.ask, got, c.to)
		}
		if got := whoOf(o); got != c.to {
			t.Errorf("%v: the simulator delivers to %v, want %s", c.ask, got, c.to)
		}
	}
	if c.seen != "" {
		want := netip.MustParseAddr(c.seen)
		if o.fwd.seen.src != want {
			t.Errorf("%v: the simulator's packet arrives from %v, want %v", c.ask, o.fwd.seen.src, want)
		}
		last := deliveryHop(r)
		if last == nil || len(last.Packet.Source) != 1 || last.Packet.Source[0].First(last.Packet.Family) != want {
			t.Errorf("%v: the engine's last hop does not see %v: %+v", c.ask, want, last)
		}
	}
	return r, o
}

// deliveryHop is the hop at which the forward walk arrives.
func deliveryHop(r *eval.Result) *eval.Hop {
	for _, h := range slices.Backward(r.Forward.Hops) {
		if h.Action == eval.Deliver {
			return h
		}
	}
	return nil
}

// aclChecks counts the network ACLs passed, in both directions.
func aclChecks(r *eval.Result) (n int) {
	for _, h := range slices.Concat(r.Forward.Hops, r.Return.Hops) {
		if h.Kind == model.KindNetworkACL {
			n++
		}
	}
	return n
}

// goldenT is the base topology T of section 18, changed by pairs of what to
// replace and by what.
func goldenT(t *testing.T, pairs ...string) string {
	t.Helper()
	return replaced(t, goldenBase, pairs...)
}

func replaced(t *testing.T, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("no %q in the topology", pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

const goldenBase = `version: 1
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
subnets:
  pub:  {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-pub}
  priv: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-priv}
route_tables:
  rtb-pub:  {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-priv: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}
security_groups:
  sg-nat: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}
  sg-web: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: 198.51.100.10/32}]}
instances:
  nat: {subnet: pub, private_ip: 10.0.0.155, public_ip: 203.0.113.5, security_groups: [sg-nat], source_dest_check: false, ip_forward: true,
    masquerade: [{source: 10.0.0.0/16}], port_forwards: [{protocol: tcp, destination: 10.0.0.155, port: 50001, to: 10.0.1.24, to_port: 80}]}
  web: {subnet: priv, private_ip: 10.0.1.24, security_groups: [sg-web]}
`

// concentrator is the question of vectors 1 to 6.
var concentrator = ask{from: "198.51.100.10", to: "203.0.113.5", port: "tcp/50001"}

const localOnly = "rtb-priv: {vpc: vpc}"

const privToNAT = "rtb-priv: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}"

func TestGolden01_NI14_ForwardedWithoutMasqueradeReachable(t *testing.T) {
	golden(t, goldenT(t), goldenCase{ask: concentrator, verdict: eval.Reachable, to: "web", seen: "198.51.100.10"})
}

func TestGolden02_SG12_NI14_ReferenceToTheNATInstance(t *testing.T) {
	golden(t, goldenT(t, "source: 198.51.100.10/32", "source: sg-nat"),
		goldenCase{ask: concentrator, verdict: eval.Unreachable, path: "forward", code: eval.SecurityGroupRefNotKept, at: "sg-web"})
}

func TestGolden03_NI15_NoWayBackThroughTheNATInstance(t *testing.T) {
	golden(t, goldenT(t, privToNAT, localOnly),
		goldenCase{ask: concentrator, verdict: eval.Unreachable, path: "return", code: eval.NoRoute, at: "rtb-priv"})
}

func TestGolden04_NI14_SG12_MasqueradeOfEverything(t *testing.T) {
	golden(t, goldenT(t, privToNAT, localOnly, "masquerade: [{source: 10.0.0.0/16}]", "masquerade: [{}]", "source: 198.51.100.10/32", "source: sg-nat"),
		goldenCase{ask: concentrator, verdict: eval.Reachable, to: "web", seen: "10.0.0.155"})
}

func TestGolden05_NI13_DNATOfThePublicAddress(t *testing.T) {
	golden(t, goldenT(t, "destination: 10.0.0.155", "destination: 203.0.113.5"),
		goldenCase{ask: concentrator, verdict: eval.Reachable, to: "nat"})
}

func TestGolden06_NI09_NoForwarding(t *testing.T) {
	golden(t, goldenT(t, "ip_forward: true", "ip_forward: false"),
		goldenCase{ask: concentrator, verdict: eval.Unreachable, path: "forward", code: eval.InstanceNotForwarding, at: "nat"})
}

func TestGolden07_NI11_MasqueradeKeepsThePort(t *testing.T) {
	r, o := golden(t, goldenT(t), goldenCase{ask: ask{from: "web", to: "198.51.100.10", port: "tcp/8080", source: "40001"}, verdict: eval.Reachable, seen: "203.0.113.5"})
	if o.fwd.seen.sport != 40001 {
		t.Errorf("the simulator's packet arrives from port %d", o.fwd.seen.sport)
	}
	if h := deliveryHop(r); h == nil || len(h.Packet.SourcePorts) != 1 || h.Packet.SourcePorts[0].Lo != 40001 || h.Packet.SourcePorts[0].Hi != 40001 {
		t.Errorf("the engine's packet does not arrive from port 40001: %+v", h)
	}
}

func TestGolden08_NI02_CheckLeftOn(t *testing.T) {
	r, _ := golden(t, goldenT(t, "source_dest_check: false", "source_dest_check: true"),
		goldenCase{ask: ask{from: "web", to: "198.51.100.10", port: "tcp/8080"}, verdict: eval.Unreachable, path: "forward", code: eval.SourceDestCheck})
	if r.Blockers[0].Direction != "ingress" {
		t.Errorf("direction %q", r.Blockers[0].Direction)
	}
}

func TestGolden09_NI17_OwnTrafficIsNotForwarded(t *testing.T) {
	golden(t, goldenT(t), goldenCase{ask: ask{from: "nat", to: "10.0.0.155", port: "tcp/50001"}, verdict: eval.Reachable, to: "nat"})
}

func TestGolden10_IGW10_ElasticIPWithoutARoute(t *testing.T) {
	golden(t, goldenT(t, privToNAT, localOnly, "private_ip: 10.0.1.24", "private_ip: 10.0.1.24, public_ip: 203.0.113.24"),
		goldenCase{ask: ask{from: "198.51.100.10", to: "203.0.113.24", port: "tcp/80"}, verdict: eval.Unreachable, path: "return", code: eval.NoRoute, at: "rtb-priv"})
}

func TestGolden15_RT12_ACL07_OneSubnetNoACL(t *testing.T) {
	golden(t, goldenT(t, "cidr: 10.0.1.0/24,", "cidr: 10.0.1.0/24, network_acl: acl-shut,", "instances:\n", `network_acls: {acl-shut: {vpc: vpc}}
instances:
  peer: {subnet: priv, private_ip: 10.0.1.25, security_groups: [sg-web]}
`, "198.51.100.10/32", "10.0.1.25/32"), goldenCase{ask: ask{from: "peer", to: "web", port: "tcp/80"}, verdict: eval.Reachable})
}

func TestGolden23_RT08_PropagatedIntoTheVPC(t *testing.T) {
	_, o := golden(t, goldenT(t, "source: 198.51.100.10/32", "source: 10.0.0.0/16", "rtb-pub:  {vpc: vpc, ", "rtb-pub:  {vpc: vpc, propagating_gateways: [vgw], ",
		"instances:\n", "vpn_gateways: {vgw: {vpc: vpc}}\nvpn_connections: {vpn: {gateway: vgw, routing: static, routes: [10.0.1.0/25]}}\ninstances:\n"),
		goldenCase{ask: ask{from: "nat", to: "web", port: "tcp/80"}, verdict: eval.Reachable, to: "web"})
	if slices.Contains(o.fwd.path, "vgw") {
		t.Errorf("by the VPN gateway: %v", o.fwd.path)
	}
}

func TestGolden26_M05_NobodyThere(t *testing.T) {
	golden(t, goldenT(t), goldenCase{ask: ask{from: "nat", to: "10.0.9.9", port: "tcp/80"}, verdict: eval.Unreachable, path: "forward", code: eval.NoPossibleDestination})
}
