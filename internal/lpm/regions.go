package lpm

import (
	"sort"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// Region is a run of addresses that one entry decides, or none.
type Region[V any] struct {
	addr.Range
	Entry[V]      // the entry for every address in Range; zero unless OK
	OK       bool // whether there is one
}

// Regions cuts r, a range of family f, where the entry for an address
// changes. It appends the parts to dst and returns the result: they are
// sorted and disjoint, add up to r exactly, and neighbours differ in their
// entry. A range of one address costs one lookup.
func (t *Table[V]) Regions(dst []Region[V], f addr.Family, r addr.Range) []Region[V] {
	cur := t.find(f, r.Lo)
	if t.Len() == 0 || sameAddr(f, r) {
		return t.appendRegion(dst, r, cur)
	}
	spans := t.trie.spans
	next, end := t.trie.after(f, cur, r.Lo)
	for lo := r.Lo; ; {
		last := spans[cur].last()
		stop := last
		opens := next < end && !last.Less(spans[next].key)
		if opens {
			stop = spans[next].key.Prev()
		}
		if !stop.Less(r.Hi) {
			return t.appendRegion(dst, addr.Range{Lo: lo, Hi: r.Hi}, cur)
		}
		if !opens || lo.Less(spans[next].key) {
			dst = t.appendRegion(dst, addr.Range{Lo: lo, Hi: stop}, cur)
		}
		lo = stop.Next()
		if opens {
			cur = next
			next++
			continue
		}
		for cur = spans[cur].parent; !spans[cur].holds(lo); {
			cur = spans[cur].parent
		}
	}
}

func (t *Table[V]) appendRegion(dst []Region[V], r addr.Range, i uint32) []Region[V] {
	if i == 0 {
		return append(dst, Region[V]{Range: r})
	}
	return append(dst, Region[V]{Range: r, Entry: t.entries[i], OK: true})
}

// sameAddr reports whether both ends of r are in the same address of family f.
func sameAddr(f addr.Family, r addr.Range) bool {
	s := newSpan(r.Lo, f.Bits())
	return s.holds(r.Hi)
}

// after returns the index of the first span of family f that starts after k,
// and of the end of the family; around is the most specific span that holds k.
func (t *trie) after(f addr.Family, around uint32, k addr.Key) (next, end uint32) {
	lo, end := t.family(f)
	lo = max(lo, around+1)
	// What follows around in order is inside it, so usually near.
	step := uint32(1)
	hi := lo
	for hi < end && !k.Less(t.spans[hi].key) {
		lo = hi + 1
		hi += step
		step *= 2
	}
	hi = min(hi, end)
	return lo + uint32(sort.Search(int(hi-lo), func(i int) bool { return k.Less(t.spans[lo+uint32(i)].key) })), end
}
