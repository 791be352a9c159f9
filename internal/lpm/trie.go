package lpm

import (
	"math/bits"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// stride is the number of address bits that one node decides.
const stride = 6

// trie finds the number of the longest matching prefix. It knows nothing of
// values and, apart from its two roots, nothing of families.
//
// Nodes skip every bit on which all prefixes beneath them agree, and the
// descent does not look at skipped bits. It therefore ends at the only prefix
// that can be the most specific match, which then is compared with the whole
// address: where the two differ, the answer is the nearest of the prefixes
// around it that does hold the address. (Let N be the first node on the way
// whose skipped bits differ. No prefix beneath N matches, and one that matches
// and is not beneath N covers the whole slot that N hangs on, so it is around
// everything that the descent can still reach.)
type trie struct {
	nodes  []node    // nodes[f] is the root of family f; empty for no prefixes at all
	leaves []uint32  // indexes into spans; leaves[0] is not used
	spans  []span    // sorted by family, key, length; spans[0] is "no match" and holds every address
	first  [2]uint32 // first[f] is the index of the first span of family f
}

// node decides the six bits of an address that start at some depth. No node
// straddles the halves of a key. A slot is a value of these bits.
type node struct {
	children  uint64 // bit s: slot s has a node of its own
	starts    uint64 // bit s: slot s has no node, and another leaf than the slot without a node before it
	firstNode uint32 // index of the first child, the others follow in order of slot
	firstLeaf uint32 // index before that of the first leaf, so that the n-th set bit of starts is firstLeaf+n
	shift     uint8  // how far right to shift the half that holds the bits, 0-58
	low       bool   // whether that half is Key.Lo
}

// span is one prefix: the keys that it holds, and what is around it.
type span struct {
	key     addr.Key
	parent  uint32 // the most specific prefix that is less specific than this; 0 for none
	hiShift uint8  // host bits in key.Hi, 0-64
	loShift uint8  // host bits in key.Lo, 0-64
}

func newSpan(k addr.Key, length int) span {
	return span{key: k, hiShift: uint8(64 - min(length, 64)), loShift: uint8(128 - max(length, 64))}
}

// length returns the number of address bits that s fixes.
func (s *span) length() int { return 128 - int(s.hiShift) - int(s.loShift) }

// holds reports whether k is in s.
func (s *span) holds(k addr.Key) bool {
	return (k.Hi^s.key.Hi)>>s.hiShift|(k.Lo^s.key.Lo)>>s.loShift == 0
}

// last returns the highest key in s.
func (s *span) last() addr.Key {
	return addr.Key{Hi: s.key.Hi | (1<<s.hiShift - 1), Lo: s.key.Lo | (1<<s.loShift - 1)}
}

// find returns the index of the most specific span of family f that holds k,
// or 0. The trie must have its roots.
func (t *trie) find(f addr.Family, k addr.Key) uint32 {
	n := &t.nodes[f]
	for {
		half := k.Hi
		if n.low {
			half = k.Lo
		}
		slot := uint64(1) << (half >> (n.shift & 63) & 63)
		if n.children&slot == 0 {
			e := t.leaves[int(n.firstLeaf)+bits.OnesCount64(n.starts&(slot|(slot-1)))]
			s := &t.spans[e]
			for !s.holds(k) {
				e = s.parent
				s = &t.spans[e]
			}
			return e
		}
		n = &t.nodes[int(n.firstNode)+bits.OnesCount64(n.children&(slot-1))]
	}
}
