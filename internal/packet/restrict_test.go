package packet

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// refPiece is a piece of a filter with the rules it was made of.
type refPiece struct {
	first, last int // cells of the family's addresses
	rules       []Service
}

const refDefault = 99

// refRules is every rule that a filter of randomFilter may have.
var refRules = []int32{0, 1, 2, 3, 4, 5, refDefault}

// randomFilter returns pieces over whole cells; with cover, there is one for
// every address. A third of the time pieces share their Services.
func randomFilter(r *rand.Rand, f addr.Family, cover bool) ([]Piece, []refPiece) {
	var pieces []Piece
	var ref []refPiece
	for i := 0; i < 3; i++ {
		last := i + r.IntN(3-i)
		if cover || r.IntN(5) > 0 {
			var rules []Service
			for k := range r.IntN(6) {
				protos, ports := randomRun(r, protoCells), randomRun(r, portCells)
				if r.IntN(4) == 0 {
					protos = addr.Range{Hi: maxKey[Proto]}
				}
				if r.IntN(4) == 0 {
					ports = addr.Range{Hi: maxKey[DPort]}
				}
				rules = append(rules, Service{protoRange(protos), portRange(ports), r.IntN(3) > 0, int32(k)})
			}
			svc := NewServices(rules, refDefault)
			if len(pieces) > 0 && r.IntN(3) == 0 {
				svc, rules = pieces[0].Services, ref[0].rules
			}
			pieces = append(pieces, Piece{addr.Range{Lo: addrCells[f][i].Lo, Hi: addrCells[f][last].Hi}, svc})
			ref = append(ref, refPiece{i, last, rules})
		}
		i = last
	}
	return pieces, ref
}

// judgement is the decision about one header; ok is false where no rule makes
// one, since no piece holds the peer or there is no answer.
type judgement struct {
	allow bool
	rule  int32
	ok    bool
}

// judgeSlow decides about one header, by the rules.
func judgeSlow(c coord, f addr.Family, peer Field, dir Direction, pieces []refPiece) judgement {
	if c[Family] != int(f) {
		return judgement{}
	}
	proto, port := uint8(c.cell(Proto).Lo.Lo), uint16(c.cell(DPort).Lo.Lo)
	if dir == Reply {
		switch proto {
		case TCP, UDP:
			port = uint16(c.cell(SPort).Lo.Lo)
		case ICMP:
			if port != 8<<8 {
				return judgement{}
			}
			port = 0
		case ICMPv6:
			if port != 128<<8 {
				return judgement{}
			}
			port = 129 << 8
		default:
			port = 0
		}
	}
	for _, p := range pieces {
		if p.first <= c[peer] && c[peer] <= p.last {
			allow, rule := decideSlow(p.rules, refDefault, proto, port)
			return judgement{allow, rule, true}
		}
	}
	return judgement{}
}

func TestRestrict(t *testing.T) {
	r := newRand(t)
	sp := NewSpace()
	for i := range 60 {
		if r.IntN(3) == 0 {
			sp.Reset()
		}
		x := randomSet(sp, r, 1+r.IntN(4))
		if i%2 == 0 {
			x = randomPoint(sp, r)
		}
		f := addr.Families[r.IntN(2)]
		peer := []Field{Src, Dst}[r.IntN(2)]
		dir := Direction(r.IntN(2))
		cover := r.IntN(2) == 0
		pieces, ref := randomFilter(r, f, cover)
		what := fmt.Sprintf("%v %v %v", f, peer, dir)
		decided := make([]judgement, len(universe))
		for i, c := range universe {
			if x.r[i] {
				decided[i] = judgeSlow(c, f, peer, dir, ref)
			}
		}
		by := func(c coord, rule int32) bool { j := decided[c.index()]; return j.ok && j.rule == rule }

		allowed := sp.Restrict(x.s, f, peer, dir, pieces)
		check(t, sp, "Restrict "+what, allowed, refOf(func(c coord) bool { return decided[c.index()].allow }))

		rules := sp.RulesOf([]int32{7, -7}, x.s, f, peer, dir, pieces)
		if len(rules) < 2 || rules[0] != 7 || rules[1] != -7 {
			t.Fatalf("RulesOf %s lost what was in dst: %v", what, rules)
		}
		rules = rules[2:]
		var want []int32
		for _, rule := range refRules {
			if x.r.any(func(c coord) bool { return by(c, rule) }) {
				want = append(want, rule)
			}
		}
		if !slices.Equal(rules, want) {
			t.Fatalf("RulesOf %s: %v, want %v", what, rules, want)
		}
		all := Empty
		for _, rule := range refRules {
			part := sp.RestrictRule(x.s, f, peer, dir, pieces, rule)
			if (part != Empty) != slices.Contains(rules, rule) {
				t.Fatalf("rule %d of %v %s: empty is %v", rule, rules, what, part == Empty)
			}
			if sp.And(all, part) != Empty {
				t.Fatalf("rule %d of %s overlaps others", rule, what)
			}
			all = sp.Or(all, part)
			check(t, sp, "RestrictRule "+what, part, refOf(func(c coord) bool { return by(c, rule) }))
		}
		if cover && dir == Forward && all != sp.And(x.s, sp.Fam(f)) {
			t.Fatalf("the rules of %s are not a partition", what)
		}
	}
}

// TestRestrictLaws uses real filters and sets, without the reference.
func TestRestrictLaws(t *testing.T) {
	r := newRand(t)
	sp := NewSpace()
	for range 60 {
		sp.Reset()
		pieces := randomPieces(r, 20)
		allow := map[int32]bool{}
		for _, p := range pieces {
			for _, l := range p.lists {
				for _, c := range l.cells {
					allow[c.rule] = c.allow
				}
			}
		}
		s := sp.Restrict(sp.Fam(addr.V4), addr.V4, Src, Forward, randomPieces(r, 10))
		for _, peer := range []Field{Src, Dst} {
			for _, dir := range []Direction{Forward, Reply} {
				allowed := sp.Restrict(s, addr.V4, peer, dir, pieces)
				if sp.Minus(allowed, s) != Empty {
					t.Fatal("Restrict added headers")
				}
				if sp.Restrict(allowed, addr.V4, peer, dir, pieces) != allowed {
					t.Fatal("Restrict is not idempotent")
				}
				yes, no := Empty, Empty
				for _, rule := range sp.RulesOf(nil, s, addr.V4, peer, dir, pieces) {
					part := sp.RestrictRule(s, addr.V4, peer, dir, pieces, rule)
					if allow[rule] {
						yes = sp.Or(yes, part)
					} else {
						no = sp.Or(no, part)
					}
				}
				if yes != allowed {
					t.Fatal("Restrict is not the union of its allowing rules")
				}
				if sp.And(yes, no) != Empty || dir == Forward && sp.Or(yes, no) != s {
					t.Fatal("rules are not a partition")
				}
				denied := sp.Minus(s, allowed)
				for _, rule := range sp.RulesOf(nil, denied, addr.V4, peer, dir, pieces) {
					if allow[rule] {
						t.Fatal("an allowing rule decides a denied part")
					}
				}
			}
		}
	}
}

// randomPieces is a network ACL as the benchmarks use it: first match over
// rules with random IPv4 prefixes, cut into pieces that cover the family.
func randomPieces(r *rand.Rand, rules int) []Piece {
	type rule struct {
		addr.Range
		Service
	}
	list := make([]rule, rules)
	ends := []addr.Key{addr.MaxKey}
	for i := range list {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(r.IntN(256)), byte(r.IntN(256)), byte(r.IntN(256)), byte(r.IntN(256))}), 8+r.IntN(25))
		if r.IntN(10) == 0 {
			p = netip.PrefixFrom(p.Addr(), 0)
		}
		s := Service{Allow: r.IntN(4) > 0, Rule: int32(i), Ports: AllPorts}
		switch x := r.IntN(10); {
		case x < 6:
			s.Proto = ProtoRange{TCP, TCP}
		case x < 8:
			s.Proto = ProtoRange{UDP, UDP}
		case x < 9:
			s.Proto = ProtoRange{ICMP, ICMP}
		default:
			s.Proto = AllProtos
		}
		if s.Proto.Lo == TCP || s.Proto.Lo == UDP {
			switch x := r.IntN(10); {
			case x < 5:
				s.Ports.Lo = uint16(r.IntN(65536))
				s.Ports.Hi = s.Ports.Lo
			case x < 7:
				s.Ports.Lo = 1024
			case x < 9:
				s.Ports.Lo = uint16(r.IntN(65536))
				s.Ports.Hi = s.Ports.Lo + uint16(r.IntN(65536-int(s.Ports.Lo)))
			}
		}
		list[i] = rule{addr.RangeOf(p), s}
		ends = append(ends, list[i].Hi)
		if list[i].Lo != (addr.Key{}) {
			ends = append(ends, list[i].Lo.Prev())
		}
	}
	slices.SortFunc(ends, addr.Key.Compare)
	ends = slices.Compact(ends)
	var out []Piece
	var lo addr.Key
	known := map[string]*Services{} // as the evaluator will do: equal peers share
	for _, hi := range ends {
		var svcs []Service
		name := ""
		for i, l := range list {
			if l.Contains(lo) {
				svcs = append(svcs, l.Service)
				name += fmt.Sprint(i, ",")
			}
		}
		if known[name] == nil {
			known[name] = NewServices(svcs, -1)
		}
		out = append(out, Piece{addr.Range{Lo: lo, Hi: hi}, known[name]})
		lo = hi.Next()
	}
	return out
}

// TestReply is the table of what the answer to a connection is judged by.
func TestReply(t *testing.T) {
	sp := NewSpace()
	a4, b4 := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	a6, b6 := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
	tcp := func(lo, hi uint16) Service { return Service{ProtoRange{TCP, TCP}, PortRange{lo, hi}, true, 1} }
	typ := func(proto, typ uint8) Service {
		return Service{ProtoRange{proto, proto}, PortRange{ICMPPort(typ, 0), ICMPPort(typ, 255)}, true, 1}
	}
	any := func(proto uint8) Service { return Service{ProtoRange{proto, proto}, AllPorts, true, 1} }
	v4 := func(proto uint8, dport, sport uint16) Header { return Header{a4, b4, proto, dport, sport} }
	v6 := func(proto uint8, dport uint16) Header { return Header{a6, b6, proto, dport, 0} }
	for _, c := range []struct {
		name           string
		rule           Service
		h              Header
		forward, reply bool
	}{
		{"tcp by destination port", tcp(443, 443), v4(TCP, 443, 50000), true, false},
		{"tcp by source port", tcp(1024, 65535), v4(TCP, 443, 50000), false, true},
		{"tcp source port below", tcp(1024, 65535), v4(TCP, 443, 1023), false, false},
		{"udp is not tcp", tcp(0, 65535), v4(UDP, 53, 50000), false, false},
		{"echo request allowed", typ(ICMP, 8), v4(ICMP, 8<<8, 0), true, false},
		{"echo reply allowed", typ(ICMP, 0), v4(ICMP, 8<<8, 0), false, true},
		{"echo with a code has no answer", any(ICMP), v4(ICMP, 8<<8|1, 0), true, false},
		{"unreachable has no answer", any(ICMP), v4(ICMP, 3<<8|4, 0), true, false},
		{"echo reply has no answer", any(ICMP), v4(ICMP, 0, 0), true, false},
		{"echo6 request allowed", typ(ICMPv6, 128), v6(ICMPv6, 128<<8), true, false},
		{"echo6 reply allowed", typ(ICMPv6, 129), v6(ICMPv6, 128<<8), false, true},
		{"icmpv6 does not go by icmp", any(ICMP), v6(ICMPv6, 128<<8), false, false},
		{"too big has no answer", any(ICMPv6), v6(ICMPv6, 2<<8), true, false},
		{"gre by protocol", any(47), v4(47, 0, 0), true, true},
		{"gre by port 0 of its protocol", Service{ProtoRange{47, 50}, AllPorts, true, 1}, v4(47, 9, 9), true, true},
	} {
		f := addr.FamilyOf(c.h.Src)
		pieces := []Piece{{addr.All, NewServices([]Service{c.rule}, 0)}}
		s := Everything
		for _, wide := range []bool{true, false} {
			if !wide {
				s = sp.Box(Box{f, []addr.Range{addr.RangeOfAddr(c.h.Src)}, []addr.Range{addr.RangeOfAddr(c.h.Dst)},
					[]ProtoRange{{c.h.Proto, c.h.Proto}}, []PortRange{{c.h.DPort, c.h.DPort}}, []PortRange{{c.h.SPort, c.h.SPort}}})
			}
			if got := sp.Contains(sp.Restrict(s, f, Src, Forward, pieces), c.h); got != c.forward {
				t.Errorf("%s: forward %v (wide %v)", c.name, got, wide)
			}
			if got := sp.Contains(sp.Restrict(s, f, Dst, Reply, pieces), c.h); got != c.reply {
				t.Errorf("%s: reply %v (wide %v)", c.name, got, wide)
			}
		}
	}
}

// TestRestrictSame: a filter that allows all of a set gives the set itself.
func TestRestrictSame(t *testing.T) {
	sp := NewSpace()
	all := NewServices([]Service{{AllProtos, AllPorts, true, 1}}, 0)
	half := addrCells[0][1].Lo
	pieces := []Piece{{addr.Range{Hi: half.Prev()}, all}, {addr.Range{Lo: half, Hi: addr.MaxKey}, all}}
	r := newRand(t)
	for range 200 {
		s, _ := randomExpr(sp, r, 4)
		s = sp.And(s, sp.Fam(addr.V4))
		for _, peer := range []Field{Src, Dst} {
			if sp.Restrict(s, addr.V4, peer, Forward, pieces) != s {
				t.Fatal("another set")
			}
			if sp.Restrict(s, addr.V6, peer, Forward, pieces) != Empty {
				t.Fatal("headers of the other family")
			}
		}
		if sp.Restrict(s, addr.V4, Src, Forward, nil) != Empty {
			t.Fatal("no pieces, but allowed")
		}
	}
}
