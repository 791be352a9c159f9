package lpm

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// reference is a table in the slow and obvious way.
type reference []Entry[int]

// insert replaces or appends.
func (r *reference) insert(p netip.Prefix, v int) {
	p = p.Masked()
	for i := range *r {
		if (*r)[i].Prefix == p {
			(*r)[i].Value = v
			return
		}
	}
	*r = append(*r, Entry[int]{p, v})
}

// matches returns the entries that hold a, the least specific first.
func (r reference) matches(a netip.Addr) []Entry[int] {
	var out []Entry[int]
	for _, e := range r {
		if e.Prefix.Contains(a) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(x, y Entry[int]) int { return x.Prefix.Bits() - y.Prefix.Bits() })
	return out
}

// newRand returns a generator and prints what it takes to repeat the test.
func newRand(t testing.TB) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// randomEntries makes up to n entries that nest, touch, repeat, and include
// the whole family and single addresses.
func randomEntries(rng *rand.Rand, n int) []Entry[int] {
	var out []Entry[int]
	for v := range n {
		f := addr.Families[rng.IntN(2)]
		p := netip.PrefixFrom(randomAddr(rng, f), rng.IntN(f.Bits()+1))
		if len(out) > 0 {
			o := out[rng.IntN(len(out))].Prefix
			r, bits := addr.RangeOf(o), o.Addr().BitLen()
			switch rng.IntN(8) {
			case 0: // inside
				p = netip.PrefixFrom(randomIn(rng, o), o.Bits()+rng.IntN(bits-o.Bits()+1))
			case 1: // inside, a little longer
				p = netip.PrefixFrom(randomIn(rng, o), min(o.Bits()+1+rng.IntN(8), bits))
			case 2: // around
				p = netip.PrefixFrom(o.Addr(), rng.IntN(o.Bits()+1))
			case 3: // the next of its length
				p = netip.PrefixFrom(r.Hi.Next().Addr(addr.FamilyOf(o.Addr())), o.Bits())
			case 4: // its first or last part
				k := []addr.Key{r.Lo, r.Hi}[rng.IntN(2)]
				p = netip.PrefixFrom(k.Addr(addr.FamilyOf(o.Addr())), o.Bits()+rng.IntN(bits-o.Bits()+1))
			case 5: // the same
				p = o
			}
		}
		out = append(out, Entry[int]{p, v})
	}
	return out
}

func randomAddr(rng *rand.Rand, f addr.Family) netip.Addr {
	return addr.Key{Hi: rng.Uint64(), Lo: rng.Uint64()}.Addr(f)
}

// pointsOf returns addresses worth asking about: random ones, and the ends of
// prefixes, what is next to them, and what is inside.
func pointsOf(rng *rand.Rand, entries []Entry[int], n int) []netip.Addr {
	var out []netip.Addr
	for range n {
		out = append(out, randomAddr(rng, addr.Families[rng.IntN(2)]))
		if len(entries) == 0 {
			continue
		}
		p := entries[rng.IntN(len(entries))].Prefix
		f, r := addr.FamilyOf(p.Addr()), addr.RangeOf(p)
		k := []addr.Key{r.Lo, r.Hi, r.Lo.Prev(), r.Hi.Next()}[rng.IntN(4)]
		out = append(out, k.Addr(f), randomIn(rng, p))
	}
	return out
}

// randomIn returns a random address of p.
func randomIn(rng *rand.Rand, p netip.Prefix) netip.Addr {
	r := addr.RangeOf(p)
	k := addr.Key{Hi: rng.Uint64()&(r.Lo.Hi^r.Hi.Hi) | r.Lo.Hi, Lo: rng.Uint64()&(r.Lo.Lo^r.Hi.Lo) | r.Lo.Lo}
	return k.Addr(addr.FamilyOf(p.Addr()))
}
