package packet

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/vpcpath/vpcpath/internal/addr"
)

var sink Set

// pointSet is the header set of a point question: everything fixed but the
// source port.
func pointSet(sp *Space, dport uint16) Set {
	a, b := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.1.1")
	s := sp.And(sp.Addrs(addr.V4, Src, addr.RangeOfAddr(a)), sp.Addrs(addr.V4, Dst, addr.RangeOfAddr(b)))
	s = sp.And(s, sp.Protos(TCP, TCP))
	return sp.And(s, sp.Ports(DPort, dport, dport))
}

// aclPieces is a typical network ACL: some denied blocks, ports from the VPC,
// the ephemeral range from anywhere.
func aclPieces() []Piece {
	tcp := ProtoRange{TCP, TCP}
	deny := Service{AllProtos, AllPorts, false, 1}
	web := Service{tcp, PortRange{443, 443}, true, 2}
	ssh := Service{tcp, PortRange{22, 22}, true, 3}
	eph := Service{tcp, PortRange{1024, 65535}, true, 4}
	pfx := func(s string) addr.Range { return addr.RangeOf(netip.MustParsePrefix(s)) }
	vpc, bad := pfx("10.0.0.0/16"), pfx("198.51.100.0/24")
	pub := NewServices([]Service{web, eph}, 0)
	return []Piece{
		{addr.Range{Hi: vpc.Lo.Prev()}, pub},
		{vpc, NewServices([]Service{web, ssh, eph}, 0)},
		{addr.Range{Lo: vpc.Hi.Next(), Hi: bad.Lo.Prev()}, pub},
		{bad, NewServices([]Service{deny}, 0)},
		{addr.Range{Lo: bad.Hi.Next(), Hi: addr.MaxKey}, pub},
	}
}

// BenchmarkRestrictPoint is one filter on a point question. Forward: nothing
// is cut. Reply: source ports below 1024 are cut off, with nothing memoised.
func BenchmarkRestrictPoint(b *testing.B) {
	pieces := aclPieces()
	sp := NewSpace()
	s := pointSet(sp, 443)
	for _, bm := range []struct {
		name string
		peer Field
		dir  Direction
	}{{"forward", Dst, Forward}, {"reply", Src, Reply}, {"replyCut", Src, Reply}} {
		b.Run(bm.name, func(b *testing.B) {
			s := s
			if bm.name == "reply" {
				s = sp.And(s, sp.Ports(SPort, 1024, 65535))
			}
			b.ReportAllocs()
			for b.Loop() {
				sp.memo.reset()
				sink = sp.Restrict(s, addr.V4, bm.peer, bm.dir, pieces)
			}
			if sink == Empty {
				b.Fatal("nothing is allowed")
			}
		})
	}
}

// BenchmarkPointQuestion is a question as the evaluator asks it: build the
// set in a Space just reset, four filters forward, two for the reply.
func BenchmarkPointQuestion(b *testing.B) {
	pieces := aclPieces()
	sp := NewSpace()
	b.ReportAllocs()
	for b.Loop() {
		sp.Reset()
		s := pointSet(sp, 443)
		s = sp.Restrict(s, addr.V4, Dst, Forward, pieces)
		s = sp.Restrict(s, addr.V4, Dst, Forward, pieces)
		s = sp.Restrict(s, addr.V4, Src, Forward, pieces)
		s = sp.Restrict(s, addr.V4, Src, Forward, pieces)
		s = sp.Restrict(s, addr.V4, Src, Reply, pieces)
		sink = sp.Restrict(s, addr.V4, Dst, Reply, pieces)
	}
}

// BenchmarkAndPoint intersects a point question with another set, with
// nothing memoised: Point is one that cuts the source ports, Route a table
// of 200 destinations, Same a subset test that cuts nothing.
func BenchmarkAndPoint(b *testing.B) {
	sp := NewSpace()
	s := pointSet(sp, 443)
	other := sp.And(s, sp.Ports(SPort, 0, 40000))
	half := sp.And(s, sp.Ports(SPort, 1024, 65535))
	var rs []addr.Range
	for i := range 200 {
		rs = append(rs, addr.RangeOf(netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i), 1, 0}), 24)))
	}
	for _, bm := range []struct {
		name string
		a, b Set
	}{{"Point", half, other}, {"Route", s, sp.Addrs(addr.V4, Dst, rs...)}, {"Ports", s, sp.Ports(SPort, 1024, 65535)}} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sp.memo.reset()
				sink = sp.And(bm.a, bm.b)
			}
		})
	}
}

// BenchmarkWide4x100 applies four lists of 100 random rules to all of IPv4,
// in a Space just reset; an operation is the four. Lists differ per
// iteration, out of 20 fixed quadruples.
func BenchmarkWide4x100(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 7))
	var filters [20][4][]Piece
	for i := range filters {
		for k := range filters[i] {
			filters[i][k] = randomPieces(r, 100)
		}
	}
	sp := NewSpace()
	nodes, n := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		sp.Reset()
		s := sp.Fam(addr.V4)
		for k, peer := range []Field{Src, Dst, Dst, Src} {
			s = sp.Restrict(s, addr.V4, peer, Forward, filters[n%len(filters)][k])
		}
		sink = s
		nodes += sp.Nodes()
		n++
	}
	b.ReportMetric(float64(nodes)/float64(n), "nodes/op")
}

func BenchmarkNewServices100(b *testing.B) {
	rules := randomRules(rand.New(rand.NewPCG(7, 7)), 100)
	b.ReportAllocs()
	for b.Loop() {
		NewServices(rules, -1)
	}
}

// TestAllocs: a point question does not allocate once its Space is warm.
func TestAllocs(t *testing.T) {
	pieces := aclPieces()
	sp := NewSpace()
	ports := make([]PortRange, 0, 8)
	addrs := make([]addr.Range, 0, 8)
	rules := make([]int32, 0, 8)
	to := netip.MustParseAddr("192.0.2.1")
	question := func() {
		sp.Reset()
		s := pointSet(sp, 443)
		s = sp.Restrict(s, addr.V4, Dst, Forward, pieces)
		s = sp.AssignAddr(s, Dst, to)
		s = sp.AssignPorts(s, SPort, 1024, 65535)
		s = sp.Restrict(s, addr.V4, Src, Forward, pieces)
		all := s
		s = sp.Restrict(s, addr.V4, Src, Reply, pieces)
		denied := sp.Minus(all, s)
		rules = sp.RulesOf(rules[:0], denied, addr.V4, Src, Reply, pieces)
		s = sp.Or(s, sp.RestrictRule(all, addr.V4, Src, Reply, pieces, 0))
		ports = sp.AppendPorts(ports[:0], s, SPort)
		addrs = sp.AppendAddrs(addrs[:0], s, addr.V4, Dst)
		if _, ok := sp.Sample(s); !ok {
			t.Fatal("nothing is allowed")
		}
	}
	for range 3 {
		question()
	}
	if n := testing.AllocsPerRun(100, question); n != 0 {
		t.Errorf("%v allocations", n)
	}
	wide := func() {
		sp.Reset()
		s := sp.Restrict(sp.Fam(addr.V4), addr.V4, Dst, Forward, pieces)
		sink = sp.Restrict(s, addr.V4, Src, Reply, pieces)
	}
	wide()
	if n := testing.AllocsPerRun(100, wide); n != 0 {
		t.Errorf("wide: %v allocations", n)
	}
}
