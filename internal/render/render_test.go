package render

import (
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"

	"net/netip"
)

func ranges(cidrs ...string) []addr.Range {
	var out []addr.Range
	for _, c := range cidrs {
		out = append(out, addr.RangeOf(netip.MustParsePrefix(c)))
	}
	return out
}

func set(cidrs ...string) addr.Set { return addr.SetOfRanges(addr.V4, ranges(cidrs...)...) }

func tcp(source, destination string, port uint16) eval.Packet {
	return eval.Packet{Source: ranges(source), Destination: ranges(destination),
		Protocols: []packet.ProtoRange{{Lo: packet.TCP, Hi: packet.TCP}},
		Ports:     []packet.PortRange{{Lo: port, Hi: port}}, SourcePorts: []packet.PortRange{{Lo: 1024, Hi: 65535}}}
}

// forked is a made-up answer with everything that text has to cope with: long
// names, a fork, a drop, what is supposed behind it, a tunnel.
func forked() *eval.Result {
	at := func(line int) diag.Pos { return diag.Pos{File: "networks/prod/net.yaml", Line: line, Col: 3} }
	p := tcp("10.0.0.10/32", "10.0.1.0/24", 443)
	half := tcp("10.0.0.10/32", "10.0.1.128/25", 443)
	outer := &eval.Result{From: eval.Party{Text: "vpn-1", Addrs: set("10.0.0.5/32")}, To: eval.Party{Text: "vpn-2", Addrs: set("203.0.113.2/32")},
		Port: model.PortSpec{Protocol: packet.UDP, Ports: []packet.PortRange{{Lo: 1194, Hi: 1194}}}, Verdict: eval.Unreachable,
		Blockers: []eval.Blocker{{Code: eval.SecurityGroupMismatch, Component: "sg-outer", Direction: "ingress", Path: "forward", Message: "no rule admits udp/1194"}}}
	return &eval.Result{
		From: eval.Party{Text: "web-1", Addrs: set("10.0.0.10/32")}, To: eval.Party{Text: "10.0.1.0/24", Addrs: set("10.0.1.0/24")},
		Port:    model.PortSpec{Protocol: packet.TCP, Ports: []packet.PortRange{{Lo: 443, Hi: 443}}},
		Verdict: eval.Partial,
		Asked:   []packet.Box{{Src: ranges("10.0.0.10/32"), Dst: ranges("10.0.1.0/24"), Protos: p.Protocols, DPorts: p.Ports, SPorts: p.SourcePorts}},
		Works:   []packet.Box{{Src: ranges("10.0.0.10/32"), Dst: ranges("10.0.1.0/25"), Protos: p.Protocols, DPorts: p.Ports, SPorts: p.SourcePorts}},
		Forward: eval.Walk{Walked: true, Delivered: true, Hops: []*eval.Hop{
			{N: 1, Component: "web-1", Kind: model.KindInstance, Action: eval.Originate, Packet: p, Message: "leaves"},
			{N: 2, After: 1, Component: "rtb-with-a-name-that-is-longer-than-any-column", Kind: model.KindRouteTable, Action: eval.Route, Packet: p,
				Routes: []eval.RouteUse{{Destination: "10.0.0.0/16", Target: "local", Chosen: true}, {Destination: "0.0.0.0/0", Target: "igw-0123456789abcdef0", WhyNot: "10.0.0.0/16 is longer", At: at(12)}}},
			{N: 3, After: 2, Component: "host-a", Kind: model.KindInstance, Action: eval.Deliver, Packet: p},
			{N: 4, After: 2, Component: "tunnel-1", Kind: model.KindTunnel, Action: eval.Deny, Packet: half, Message: "the tunnel is down", Outer: []*eval.Result{outer}, At: at(40)},
			{N: 5, After: 4, Component: "sg-db", Kind: model.KindSecurityGroup, Direction: "ingress", Action: eval.Deny, Supposed: true, Packet: half,
				Message: "no rule admits tcp/443 from 10.0.0.10", At: at(1044),
				Nearest: []eval.RuleUse{{Component: "sg-db", Allow: true, Peer: "sg-app", Traffic: model.Traffic{Protocols: packet.ProtoRange{Lo: 6, Hi: 6}, Ports: p.Ports}, Note: "10.0.0.10 (web-1) is not in sg-app", At: at(1046)}}},
		}},
		Return: eval.Walk{Why: "nothing to answer"},
		Blockers: []eval.Blocker{
			{Code: eval.TunnelDown, Component: "tunnel-1", Path: "forward", Message: "the tunnel is down", Hop: 4, At: at(40), Packet: half},
			{Code: eval.SecurityGroupMismatch, Component: "sg-db", Direction: "ingress", Path: "forward", Message: "no rule admits tcp/443 from 10.0.0.10", Hop: 5, At: at(1044), Packet: half, RuleIDs: []string{"SG-1"}},
		},
		Assumptions: []eval.Assumption{{RuleID: "RT-7", Text: "AWS picks one of two prefix lists and does not say which"}},
	}
}

func explained(t *testing.T, o Options, results ...*eval.Result) string {
	t.Helper()
	var b strings.Builder
	if err := Explain(&b, results, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestExplainFork(t *testing.T) {
	got := explained(t, Options{Width: 90}, forked())
	want, err := os.ReadFile("testdata/fork.txt")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("testdata/fork.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestExplainFitsAnyWidthAndLosesNothing(t *testing.T) {
	r := forked()
	dense := func(s string) string {
		return strings.Map(func(c rune) rune {
			if c == ' ' || c == '\n' || c == '|' {
				return -1
			}
			return c
		}, s)
	}
	for w := 40; w <= 160; w++ {
		for _, o := range []Options{{Width: w}, {Width: w, Verbose: true}, {Width: w, Quiet: true}} {
			text := explained(t, o, r)
			for l := range strings.Lines(text) {
				if n := width(strings.TrimSuffix(l, "\n")); n > w {
					t.Fatalf("width %d: a line of %d:\n%s", w, n, l)
				}
			}
			// Words may be broken, and places stand in between; the code is not.
			for _, b := range r.Blockers {
				if !strings.Contains(text, string(b.Code)) || !strings.Contains(dense(text), dense(b.Component)) {
					t.Fatalf("width %d: %s is lost:\n%s", w, b.Code, text)
				}
			}
		}
	}
}

func TestColorChangesNoLetter(t *testing.T) {
	r := forked()
	text := explained(t, Options{Width: 80}, r)
	painted := explained(t, Options{Width: 80, Color: true}, r)
	if !strings.Contains(painted, "\x1b[31m") || strings.Contains(text, "\x1b") {
		t.Error("colour where there should be none, or none where there should be")
	}
	for strings.Contains(painted, "\x1b") {
		i := strings.Index(painted, "\x1b")
		painted = painted[:i] + painted[i+strings.IndexByte(painted[i:], 'm')+1:]
	}
	if painted != text {
		t.Errorf("without its colours:\n%s\nwant:\n%s", painted, text)
	}
}

func TestNamesCannotMoveTheCursor(t *testing.T) {
	r := forked()
	r.Forward.Hops[0].Component = "web\x1b[2J\r\u202e1"
	r.Blockers[0].Message = "tab\tbell\a"
	text := explained(t, Options{}, r)
	for _, c := range text {
		if c != '\n' && unprintable(c) {
			t.Fatalf("%q reached the output:\n%s", c, text)
		}
	}
	if !strings.Contains(text, `web\x1b[2J\r\u202e1`) {
		t.Errorf("the name is not spelled out:\n%s", text)
	}
}

func TestWrap(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	words := []string{"a", "10.0.0.0/16", "SUBNET_ACL_RESTRICTION", "2001:db8:0:1::/64", "日本語の名前", "->", ""}
	for range 5000 {
		var parts []string
		for range rnd.IntN(12) {
			parts = append(parts, words[rnd.IntN(len(words))])
		}
		s, n, hang := strings.Join(parts, " "), 6+rnd.IntN(40), rnd.IntN(4)
		var joined strings.Builder
		for i, l := range wrap(s, n, hang) {
			room := n
			if i > 0 {
				room -= hang
			}
			if width(l) > room {
				t.Fatalf("wrap(%q, %d, %d): %q is wider than %d", s, n, hang, l, room)
			}
			joined.WriteString(l)
		}
		if got, want := strings.ReplaceAll(joined.String(), " ", ""), strings.ReplaceAll(s, " ", ""); got != want {
			t.Fatalf("wrap(%q, %d, %d) has the letters %q", s, n, hang, got)
		}
	}
}

func TestNamerWords(t *testing.T) {
	internet := eval.Party{Text: "internet", Addrs: set("1.0.0.0/8", "3.0.0.0/8", "5.0.0.0/8", "7.0.0.0/8", "198.51.100.0/24")}
	n := namer{parties: []eval.Party{internet}}
	for _, c := range []struct {
		set  addr.Set
		want string
	}{
		{internet.Addrs, "internet"},
		{internet.Addrs.Minus(set("3.1.0.0/16")), "internet except 3.1.0.0/16"},
		{set("3.1.0.0/16"), "3.1.0.0/16"},
		{set("10.0.0.1/32", "10.0.0.3/32"), "10.0.0.1, 10.0.0.3"},
		{set("10.0.0.1/32", "10.0.0.3/32", "10.0.0.5/32", "10.0.0.7/32", "10.0.0.9/32"), "10.0.0.1, 10.0.0.3, 10.0.0.5 and 2 more ranges"},
		{addr.SetOfRanges(addr.V4, addr.All), "any IPv4 address"},
	} {
		if got := n.addrs(addr.V4, c.set.Ranges(addr.V4)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.set, got, c.want)
		}
	}
}

func TestPacketText(t *testing.T) {
	var n namer
	p := tcp("10.0.0.10/32", "10.0.1.20/32", 443)
	v6 := p
	v6.Family, v6.Source, v6.Destination = addr.V6, ranges("2001:db8::1/128"), ranges("2001:db8::2/128")
	echo := p
	echo.Protocols = []packet.ProtoRange{{Lo: packet.ICMP, Hi: packet.ICMP}}
	echo.Ports = []packet.PortRange{{Lo: 0x800, Hi: 0x800}}
	all := eval.Packet{Source: p.Source, Destination: p.Destination, Protocols: []packet.ProtoRange{packet.AllProtos}, Ports: []packet.PortRange{packet.AllPorts}, SourcePorts: []packet.PortRange{packet.AllPorts}}
	for _, c := range []struct {
		packet eval.Packet
		asked  string
		want   string
	}{
		{p, "tcp", "10.0.0.10:1024-65535 -> 10.0.1.20:443"},
		{p, "", "tcp 10.0.0.10:1024-65535 -> 10.0.1.20:443"},
		{v6, "tcp", "[2001:db8::1]:1024-65535 -> [2001:db8::2]:443"},
		{echo, "", "10.0.0.10 -> 10.0.1.20, icmp echo request"},
		{all, "", "10.0.0.10 -> 10.0.1.20, all protocols"},
	} {
		if got := n.packetText(c.packet, c.asked); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// TestEveryJSONFieldIsDocumented keeps docs/json.md whole.
func TestEveryJSONFieldIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	var seen []reflect.Type
	var visit func(reflect.Type)
	visit = func(typ reflect.Type) {
		for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || slices.Contains(seen, typ) {
			return
		}
		seen = append(seen, typ)
		for i := range typ.NumField() {
			f := typ.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name != "" && !strings.Contains(string(text), "`"+name+"`") && !strings.Contains(string(text), "."+name+"`") {
				t.Errorf("%s.%s: `%s` is not in docs/json.md", typ, f.Name, name)
			}
			visit(f.Type)
		}
	}
	for _, v := range []any{jsonResult{}, jsonExpectation{}, jsonFinding{}, Summary{}, Example{}} {
		visit(reflect.TypeOf(v))
	}
}

func TestJSONIsStable(t *testing.T) {
	var a, b strings.Builder
	if err := ResultsJSON(&a, []*eval.Result{forked()}); err != nil {
		t.Fatal(err)
	}
	_ = ResultsJSON(&b, []*eval.Result{forked()})
	if a.String() != b.String() || !strings.HasSuffix(a.String(), "}\n") || !strings.HasPrefix(a.String(), "{\n  \"version\": 1,\n  \"question\": {\n") {
		t.Errorf("got:\n%s", a.String())
	}
	for _, null := range []string{": null", "\\u003e"} {
		if strings.Contains(a.String(), null) {
			t.Errorf("%s in:\n%s", null, a.String())
		}
	}
}
