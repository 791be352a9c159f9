package packet

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/vpcpath/vpcpath/internal/addr"
)

func TestRandomExpressions(t *testing.T) {
	r := newRand(t)
	sp := NewSpace()
	for range 100 {
		if r.IntN(4) == 0 {
			sp.Reset()
		}
		x := randomSet(sp, r, 1+r.IntN(5))
		check(t, sp, "expression", x.s, x.r)
	}
}

func TestFree(t *testing.T) {
	r := newRand(t)
	sp := NewSpace()
	for range 50 {
		x := randomSet(sp, r, 4)
		var fields []Field
		for f := Src; f < numFields; f++ {
			if r.IntN(3) == 0 {
				fields = append(fields, f)
			}
		}
		got := sp.Free(x.s, fields...)
		check(t, sp, "Free", got, x.r.free(fields...))
		if sp.Free(got, fields...) != got {
			t.Fatalf("Free %v is not idempotent", fields)
		}
		if sp.Minus(x.s, got) != Empty {
			t.Fatalf("Free %v lost headers", fields)
		}
	}
}

func TestAssign(t *testing.T) {
	r := newRand(t)
	sp := NewSpace()
	for range 50 {
		x := randomSet(sp, r, 4)
		fam := r.IntN(2)
		field := []Field{Src, Dst}[r.IntN(2)]
		// the second cell of IPv4 is one address
		a := addrCells[0][1].First(addr.V4)
		if fam == 0 {
			free := x.r.free(field)
			check(t, sp, "AssignAddr", sp.AssignAddr(x.s, field, a),
				refOf(func(c coord) bool { return c[Family] == 0 && c[field] == 1 && free.has(c) }))
		}
		field = []Field{DPort, SPort}[r.IntN(2)]
		run := randomRun(r, portCells)
		ported := func(c coord) bool { p := uint8(c.cell(Proto).Lo.Lo); return p == 6 || p == 17 }
		free := x.r.free(field)
		check(t, sp, "AssignPorts", sp.AssignPorts(x.s, field, uint16(run.Lo.Lo), uint16(run.Hi.Lo)),
			refOf(func(c coord) bool {
				if !ported(c) {
					return x.r.has(c)
				}
				return run.Covers(c.cell(field)) && free.has(c)
			}))
	}
}

// TestLaws: equal sets built by different routes are the same number.
func TestLaws(t *testing.T) {
	r := newRand(t)
	sp := NewSpace()
	for range 2000 {
		a, _ := randomExpr(sp, r, 3)
		b, _ := randomExpr(sp, r, 3)
		c, _ := randomExpr(sp, r, 3)
		not := func(s Set) Set { return sp.Minus(Everything, s) }
		for _, law := range []struct {
			name string
			l, r Set
		}{
			{"De Morgan and", not(sp.And(a, b)), sp.Or(not(a), not(b))},
			{"De Morgan or", not(sp.Or(a, b)), sp.And(not(a), not(b))},
			{"double complement", not(not(a)), a},
			{"minus", sp.Minus(a, b), sp.And(a, not(b))},
			{"partition", sp.Or(sp.And(a, b), sp.Minus(a, b)), a},
			{"disjoint", sp.And(sp.And(a, b), sp.Minus(a, b)), Empty},
			{"distributive", sp.And(a, sp.Or(b, c)), sp.Or(sp.And(a, b), sp.And(a, c))},
			{"associative", sp.Or(a, sp.Or(b, c)), sp.Or(sp.Or(c, a), b)},
			{"excluded middle", sp.Or(a, not(a)), Everything},
		} {
			if law.l != law.r {
				t.Fatalf("%s does not hold", law.name)
			}
		}
	}
}

func TestBoxes(t *testing.T) {
	r := newRand(t)
	sp := NewSpace()
	for range 100 {
		x := randomSet(sp, r, 4)
		boxes := sp.Boxes(x.s)
		all := Empty
		for i, b := range boxes {
			s := sp.Box(b)
			if s == Empty {
				t.Fatalf("box %d is empty: %+v", i, b)
			}
			if sp.And(all, s) != Empty {
				t.Fatalf("box %d overlaps others: %+v", i, b)
			}
			all = sp.Or(all, s)
		}
		if all != x.s || sp.FromBoxes(boxes) != x.s {
			t.Fatalf("union of %d boxes is another set", len(boxes))
		}
		other := NewSpace()
		again := other.Boxes(other.FromBoxes(boxes))
		if !slices.EqualFunc(boxes, again, func(a, b Box) bool {
			return a.Family == b.Family && slices.Equal(a.Src, b.Src) && slices.Equal(a.Dst, b.Dst) &&
				slices.Equal(a.Protos, b.Protos) && slices.Equal(a.DPorts, b.DPorts) && slices.Equal(a.SPorts, b.SPorts)
		}) {
			t.Fatal("another Space gives other boxes")
		}
	}
}

// TestBoxesMerge: a product is one box, however it was put together.
func TestBoxesMerge(t *testing.T) {
	sp := NewSpace()
	p := func(s string) addr.Range { return addr.RangeOf(netip.MustParsePrefix(s)) }
	src := sp.Addrs(addr.V4, Src, p("10.0.0.0/24"), p("10.0.9.0/24"))
	dst := sp.Addrs(addr.V4, Dst, p("10.1.0.0/24"), p("10.1.9.0/24"))
	web := sp.And(sp.Protos(TCP, TCP), sp.Or(sp.Ports(DPort, 80, 80), sp.Ports(DPort, 443, 443)))
	s := sp.And(sp.And(src, dst), web)
	if bs := sp.Boxes(s); len(bs) != 1 {
		t.Fatalf("product: %d boxes: %+v", len(bs), bs)
	}
	// one source reaches one destination more
	s = sp.Or(s, sp.And(web, sp.And(sp.Addrs(addr.V4, Src, p("10.0.0.0/24")), sp.Addrs(addr.V4, Dst, p("10.2.0.0/24")))))
	if bs := sp.Boxes(s); len(bs) != 2 {
		t.Fatalf("product and a part: %d boxes: %+v", len(bs), bs)
	}
	if bs := sp.Boxes(Everything); len(bs) != 2 {
		t.Fatalf("Everything: %d boxes, want one per family", len(bs))
	}
}

func TestProjections(t *testing.T) {
	r := newRand(t)
	sp := NewSpace()
	for range 100 {
		x := randomSet(sp, r, 4)
		for _, f := range addr.Families {
			for _, field := range []Field{Src, Dst} {
				got := sp.AppendAddrs(nil, x.s, f, field)
				var want []addr.Range
				for i, cell := range addrCells[f] {
					if x.r.any(func(c coord) bool { return c[Family] == int(f) && c[field] == i }) {
						want = append(want, cell)
					}
				}
				if want = addr.SetOfRanges(f, want...).Ranges(f); !slices.Equal(got, want) {
					t.Fatalf("AppendAddrs %v %v: %v, want %v", f, field, got, want)
				}
			}
		}
		numbers := func(field Field, cells []addr.Range) (want []addr.Range) {
			for i, cell := range cells {
				if x.r.any(func(c coord) bool { return c[field] == i }) {
					if n := len(want); n > 0 && want[n-1].Hi.Next() == cell.Lo {
						want[n-1].Hi = cell.Hi
						continue
					}
					want = append(want, cell)
				}
			}
			return want
		}
		for _, field := range []Field{DPort, SPort} {
			var want []PortRange
			for _, w := range numbers(field, portCells) {
				want = append(want, portRange(w))
			}
			if got := sp.AppendPorts(nil, x.s, field); !slices.Equal(got, want) {
				t.Fatalf("AppendPorts %v: %v, want %v", field, got, want)
			}
		}
		var want []ProtoRange
		for _, w := range numbers(Proto, protoCells) {
			want = append(want, protoRange(w))
		}
		if got := sp.AppendProtos(nil, x.s); !slices.Equal(got, want) {
			t.Fatalf("AppendProtos: %v, want %v", got, want)
		}
	}
}

func TestSample(t *testing.T) {
	r := newRand(t)
	sp := NewSpace()
	for range 100 {
		x := randomSet(sp, r, 4)
		h, ok := sp.Sample(x.s)
		var want *Header
		for i, c := range universe {
			if x.r[i] {
				w := c.header(false)
				want = &w
				break
			}
		}
		if ok != (want != nil) || ok && h != *want {
			t.Fatalf("Sample: %+v %v, want %+v", h, ok, want)
		}
		for range 20 {
			if h, ok := sp.Pick(x.s, r.IntN); ok != (want != nil) || ok && !sp.Contains(x.s, h) {
				t.Fatalf("Pick: %+v %v is not in the set", h, ok)
			}
		}
	}
}

func TestAddrSet(t *testing.T) {
	sp := NewSpace()
	set := addr.SetOf(netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32"))
	s := sp.AddrSet(Dst, set)
	for _, c := range []struct {
		dst string
		in  bool
	}{{"10.1.2.3", true}, {"11.0.0.0", false}, {"2001:db8::1", true}, {"2001:db9::", false}} {
		d := netip.MustParseAddr(c.dst)
		if got := sp.Contains(s, Header{Src: d, Dst: d}); got != c.in {
			t.Errorf("%s: %v", c.dst, got)
		}
	}
	if sp.AddrSet(Src, addr.Set{}) != Empty {
		t.Error("no address, but not Empty")
	}
	if sp.AddrSet(Src, addr.SetOfRanges(addr.V4, addr.All)) != sp.Fam(addr.V4) {
		t.Error("all of IPv4 is not Fam(V4)")
	}
	// unsorted, overlapping, adjacent, and the ends of the key space
	lo := addr.Range{Hi: addr.Key{Hi: 5}}
	hi := addr.Range{Lo: addr.Key{Hi: 9}, Hi: addr.MaxKey}
	mid := addr.Range{Lo: addr.Key{Hi: 5, Lo: 1}, Hi: addr.Key{Hi: 9}}
	if sp.Addrs(addr.V6, Src, hi, lo, mid, hi) != sp.Fam(addr.V6) {
		t.Error("the pieces of the key space do not make all of it")
	}
}
