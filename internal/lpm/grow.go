package lpm

import (
	"math/bits"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// newTrie builds the trie of spans, which are sorted, without duplicates, and
// start with the one for "no match"; first[f] is the index of the first span
// of family f. It sets their parents.
func newTrie(spans []span, first [2]uint32) trie {
	t := trie{spans: spans, first: first, nodes: make([]node, 2), leaves: make([]uint32, 1)}
	for _, f := range addr.Families {
		lo, hi := t.family(f)
		t.adopt(lo, hi)
		t.grow(uint32(f), lo, hi, 0)
	}
	return t
}

// family returns the indexes of the first span of f and of the one after its last.
func (t *trie) family(f addr.Family) (lo, hi uint32) {
	if f == addr.V4 {
		return t.first[addr.V4], t.first[addr.V6]
	}
	return t.first[addr.V6], uint32(len(t.spans))
}

// adopt sets the parent of the spans lo to hi-1, all those of a family.
func (t *trie) adopt(lo, hi uint32) {
	around := uint32(0)
	for i := lo; i < hi; i++ {
		for !t.spans[around].holds(t.spans[i].key) {
			around = t.spans[around].parent
		}
		t.spans[i].parent = around
		around = i
	}
}

// grow fills in the node at index at for the spans lo to hi-1, all of which
// lie in its slot of the node above; cover is the most specific span around
// that whole slot.
func (t *trie) grow(at, lo, hi, cover uint32) {
	lo, cover = t.strip(lo, hi, cover)
	n := node{firstLeaf: uint32(len(t.leaves) - 1)}
	depth := 0
	if lo < hi {
		depth = t.depth(lo, hi)
	}
	n.low = depth >= 64
	n.shift = uint8(64 - stride - depth&63)

	// Spans come before those inside them, so each slot ends with its most
	// specific cover; those that end beyond the node stay together by slot.
	var slots [1 << stride]slot
	for i := range slots {
		slots[i].cover = cover
	}
	for i := lo; i < hi; {
		s := &t.spans[i]
		v := n.slot(s.key)
		if l := s.length(); l <= depth+stride {
			for j := v; j < v+1<<(depth+stride-l); j++ {
				slots[j].cover = i
			}
			i++
			continue
		}
		j := i + 1
		for j < hi && n.slot(t.spans[j].key) == v {
			j++
		}
		slots[v].lo, slots[v].hi = i, j
		i = j
	}

	// A slot whose spans form one chain needs no node: find climbs the chain.
	last, started := uint32(0), false
	children := uint32(0)
	for v := range slots {
		s := &slots[v]
		s.lo, s.cover = t.strip(s.lo, s.hi, s.cover)
		if s.lo < s.hi {
			n.children |= 1 << v
			children++
			continue
		}
		if !started || last != s.cover {
			n.starts |= 1 << v
			t.leaves = append(t.leaves, s.cover)
			last, started = s.cover, true
		}
	}
	n.firstNode = uint32(len(t.nodes))
	t.nodes[at] = n
	t.nodes = append(t.nodes, make([]node, children)...)
	for mask := n.children; mask != 0; mask &= mask - 1 {
		s := &slots[bits.TrailingZeros64(mask)]
		t.grow(n.firstNode, s.lo, s.hi, s.cover)
		n.firstNode++
	}
}

// slot is what grow knows of one slot of a node.
type slot struct {
	cover  uint32 // the most specific span around all of it
	lo, hi uint32 // the spans that are only a part of it are lo to hi-1
}

// slot returns the slot of n that k falls in.
func (n *node) slot(k addr.Key) int {
	half := k.Hi
	if n.low {
		half = k.Lo
	}
	return int(half >> n.shift & (1<<stride - 1))
}

// strip takes spans that are around all the others of lo to hi-1 off the
// front: no node need tell them apart. The last of them is the new cover.
func (t *trie) strip(lo, hi, cover uint32) (uint32, uint32) {
	for lo < hi && t.spans[lo].holds(t.spans[hi-1].key) {
		cover = lo
		lo++
	}
	return lo, cover
}

// depth returns the depth of the node for the spans lo to hi-1, the first of
// which is not around the last: the first bit on which they disagree, or less
// for the node to stay in one half of the key.
func (t *trie) depth(lo, hi uint32) int {
	a, b := t.spans[lo].key, t.spans[hi-1].key
	if a.Hi != b.Hi {
		return min(bits.LeadingZeros64(a.Hi^b.Hi), 64-stride)
	}
	return 64 + min(bits.LeadingZeros64(a.Lo^b.Lo), 64-stride)
}
