package packet

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// The slow reference: every field's domain is cut into a few cells, headers
// are tuples of cells, a set is one bool per tuple. Random expressions only
// use whole cells, so that the reference is exact.

var (
	addrCells = [2][]addr.Range{
		rangesTo("9.255.255.255", "10.0.0.0", "255.255.255.255"),
		rangesTo("2001:db8::", "2001:db8:0:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
	}
	protoCells = numbersTo(0, 1, 5, 6, 16, 17, 57, 58, 255)
	portCells  = numbersTo(0, 1023, 0x7ff, 0x800, 0x7fff, 0x8000, 0x80ff, 0x8100, 65535)
)

// dims is the number of cells per field.
var dims = [numFields]int{2, 3, 3, 9, 9, 9}

func rangesTo(last ...string) []addr.Range {
	var out []addr.Range
	var lo addr.Key
	for _, l := range last {
		hi := addr.RangeOfAddr(netip.MustParseAddr(l)).Hi
		out = append(out, addr.Range{Lo: lo, Hi: hi})
		lo = hi.Next()
	}
	return out
}

func numbersTo(last ...uint64) []addr.Range {
	var out []addr.Range
	var lo uint64
	for _, hi := range last {
		out = append(out, addr.Range{Lo: addr.Key{Lo: lo}, Hi: addr.Key{Lo: hi}})
		lo = hi + 1
	}
	return out
}

// coord is a header of the reference: the cell of each field.
type coord [numFields]int

func (c coord) index() int {
	i := 0
	for f, v := range c {
		i = i*dims[f] + v
	}
	return i
}

func coordOf(i int) (c coord) {
	for f := int(numFields) - 1; f >= 0; f-- {
		c[f] = i % dims[f]
		i /= dims[f]
	}
	return c
}

// cell returns the values of field f of the coordinate.
func (c coord) cell(f Field) addr.Range {
	switch f {
	case Src, Dst:
		return addrCells[c[Family]][c[f]]
	case Proto:
		return protoCells[c[f]]
	case DPort, SPort:
		return portCells[c[f]]
	}
	return addr.Range{Lo: addr.Key{Lo: uint64(c[f])}, Hi: addr.Key{Lo: uint64(c[f])}}
}

// header returns the lowest or the highest header of the cell.
func (c coord) header(high bool) Header {
	end := func(f Field) addr.Key {
		if high {
			return c.cell(f).Hi
		}
		return c.cell(f).Lo
	}
	fam := addr.Family(c[Family])
	return Header{end(Src).Addr(fam), end(Dst).Addr(fam), uint8(end(Proto).Lo), uint16(end(DPort).Lo), uint16(end(SPort).Lo)}
}

var universe = func() []coord {
	n := 1
	for _, d := range dims {
		n *= d
	}
	cs := make([]coord, n)
	for i := range cs {
		cs[i] = coordOf(i)
	}
	return cs
}()

type refSet []bool

func refOf(in func(c coord) bool) refSet {
	r := make(refSet, len(universe))
	for i, c := range universe {
		r[i] = in(c)
	}
	return r
}

func (r refSet) has(c coord) bool { return r[c.index()] }

// any reports whether some header of the set meets a condition.
func (r refSet) any(cond func(c coord) bool) bool {
	for i, c := range universe {
		if r[i] && cond(c) {
			return true
		}
	}
	return false
}

func (r refSet) empty() bool { return !r.any(func(coord) bool { return true }) }

// free is the existential projection.
func (r refSet) free(fields ...Field) refSet {
	flat := func(c coord) coord {
		for _, f := range fields {
			c[f] = 0
		}
		return c
	}
	hit := make(refSet, len(universe))
	for i, c := range universe {
		if r[i] {
			hit[flat(c).index()] = true
		}
	}
	return refOf(func(c coord) bool { return hit.has(flat(c)) })
}

// newRand returns a generator whose seed is printed.
func newRand(t testing.TB) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// check compares a set with the reference, header by header: the lowest or
// the highest of each cell.
func check(t *testing.T, sp *Space, what string, s Set, want refSet) {
	t.Helper()
	for i, c := range universe {
		h := c.header(rand.IntN(2) == 0)
		if got := sp.Contains(s, h); got != want[i] {
			t.Fatalf("%s: %+v: in set %v, want %v", what, h, got, want[i])
		}
	}
	if (s == Empty) != want.empty() {
		t.Fatalf("%s: Empty is %v, but set is not", what, s == Empty)
	}
	if base := len(sp.tmp) + len(sp.sets) + len(sp.ids); base != 0 {
		t.Fatalf("%s: %d left on the stacks", what, base)
	}
}

// randomRun picks a run of cells.
func randomRun(r *rand.Rand, cells []addr.Range) addr.Range {
	i := r.IntN(len(cells))
	j := i
	if r.IntN(2) == 0 {
		j += r.IntN(len(cells) - i)
	}
	return addr.Range{Lo: cells[i].Lo, Hi: cells[j].Hi}
}

// both is a set with its reference.
type both struct {
	s Set
	r refSet
}

// randomAtom returns a constraint on one field.
func randomAtom(sp *Space, r *rand.Rand) (Set, func(coord) bool) {
	switch f := Field(r.IntN(int(numFields))); f {
	case Family:
		fam := addr.Families[r.IntN(2)]
		return sp.Fam(fam), func(c coord) bool { return c[Family] == int(fam) }
	case Src, Dst:
		fam := addr.Families[r.IntN(2)]
		var rs []addr.Range
		for range r.IntN(4) {
			rs = append(rs, randomRun(r, addrCells[fam]))
		}
		return sp.Addrs(fam, f, rs...), func(c coord) bool {
			if c[Family] != int(fam) {
				return false
			}
			for _, x := range rs {
				if x.Covers(c.cell(f)) {
					return true
				}
			}
			return false
		}
	case Proto:
		x := randomRun(r, protoCells)
		return sp.Protos(uint8(x.Lo.Lo), uint8(x.Hi.Lo)), func(c coord) bool { return x.Covers(c.cell(f)) }
	default:
		x := randomRun(r, portCells)
		return sp.Ports(f, uint16(x.Lo.Lo), uint16(x.Hi.Lo)), func(c coord) bool { return x.Covers(c.cell(f)) }
	}
}

// randomExpr returns a random expression and what is in it.
func randomExpr(sp *Space, r *rand.Rand, depth int) (Set, func(coord) bool) {
	if depth == 0 {
		return randomAtom(sp, r)
	}
	a, inA := randomExpr(sp, r, depth-1)
	b, inB := randomExpr(sp, r, r.IntN(depth))
	switch r.IntN(8) {
	case 0, 1, 2:
		return sp.And(a, b), func(c coord) bool { return inA(c) && inB(c) }
	case 3, 4, 5:
		return sp.Or(a, b), func(c coord) bool { return inA(c) || inB(c) }
	}
	return sp.Minus(a, b), func(c coord) bool { return inA(c) && !inB(c) }
}

// randomSet returns a random expression with its reference.
func randomSet(sp *Space, r *rand.Rand, depth int) both {
	s, in := randomExpr(sp, r, depth)
	return both{s, refOf(in)}
}

// randomPoint returns a set as a point question makes it: most fields in one
// cell.
func randomPoint(sp *Space, r *rand.Rand) both {
	at := universe[r.IntN(len(universe))]
	var free [numFields]bool
	for f := Src; f < numFields; f++ {
		free[f] = r.IntN(5) == 0
	}
	free[SPort] = r.IntN(2) == 0
	fam := addr.Family(at[Family])
	s := sp.Fam(fam)
	for f := Src; f < numFields; f++ {
		x := at.cell(f)
		if free[f] {
			continue
		}
		switch f {
		case Src, Dst:
			s = sp.And(s, sp.Addrs(fam, f, x))
		case Proto:
			s = sp.And(s, sp.Protos(uint8(x.Lo.Lo), uint8(x.Hi.Lo)))
		default:
			s = sp.And(s, sp.Ports(f, uint16(x.Lo.Lo), uint16(x.Hi.Lo)))
		}
	}
	return both{s, refOf(func(c coord) bool {
		for f := range numFields {
			if !free[f] && c[f] != at[f] {
				return false
			}
		}
		return true
	})}
}
