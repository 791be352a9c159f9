package packet

import "github.com/vpcpath/vpcpath/internal/addr"

// Set is a set of headers of one Space. Compare sets with ==: equal sets of
// one Space are the same number. A Set means nothing in another Space or
// after Reset of its own, except for Empty and Everything.
type Set int32

// The two sets that exist in every Space.
const (
	Empty      Set = 0 // no header
	Everything Set = 1 // every header of both families
)

// Field is a part of a header. The order of the constants is the order in
// which the diagram tests them.
type Field uint8

// The fields of a header.
const (
	Family Field = iota // the address family of both addresses
	Src                 // source address of the forward direction
	Dst                 // destination address of the forward direction
	Proto               // IP protocol number
	DPort               // forward destination port, or ICMP type<<8|code
	SPort               // forward source port

	numFields // level of the terminals
)

// Protocol numbers that have ports or types.
const (
	ICMP   uint8 = 1
	TCP    uint8 = 6
	UDP    uint8 = 17
	ICMPv6 uint8 = 58
)

// ICMPPort returns what the DPort field holds for an ICMP or ICMPv6 message.
func ICMPPort(typ, code uint8) uint16 { return uint16(typ)<<8 | uint16(code) }

// maxKey is the highest value of each field. Addresses are left-aligned keys;
// the other fields are small numbers in Lo.
var maxKey = [numFields]addr.Key{
	Family: {Lo: 1},
	Src:    addr.MaxKey,
	Dst:    addr.MaxKey,
	Proto:  {Lo: 0xff},
	DPort:  {Lo: 0xffff},
	SPort:  {Lo: 0xffff},
}

// An edge leads from a node to the sub-diagram of the field values that end
// at hi, included, and begin behind the previous edge's hi, or at zero.
type edge struct {
	hi addr.Key
	to Set
}

// A node is edges[off:off+n] with n >= 2; the last hi is the field's maximum.
type node struct {
	off, n uint32
	hash   uint32
	level  Field
}

// maxNodes keeps node numbers within the 28 bits that memo keys have for them.
const maxNodes = 1 << 28

// Space is an arena of header sets. It is not for concurrent use: a goroutine
// takes its own. Memory grows with the number of distinct nodes and is kept
// over Reset for reuse. A Space panics at 2^28 nodes or 2^32 edges.
type Space struct {
	nodes []node // 0 and 1 are the terminals
	edges []edge

	slots []slot // hash table of nodes, open addressing, power of two
	gen   uint32 // stamp of the live slots

	memo memo

	tmp    []edge       // stack of edges of nodes under construction
	sets   []Set        // stack of operands
	ranges []addr.Range // scratch of Addrs
	ids    []uint32     // stack: list base per piece of a running walk

	bases map[*Services]uint32 // first list number of each filter seen
	lists uint32               // list numbers given out
	calls uint32               // walks numbered so far
}

type slot struct {
	gen uint32
	id  Set
}

// NewSpace returns an empty Space.
func NewSpace() *Space {
	sp := &Space{
		nodes: make([]node, 2, 256),
		edges: make([]edge, 0, 1024),
		slots: make([]slot, 512),
		tmp:   make([]edge, 0, 256),
		gen:   1,
		bases: map[*Services]uint32{},
	}
	sp.nodes[Empty].level = numFields
	sp.nodes[Everything].level = numFields
	sp.memo.init()
	return sp
}

// Reset forgets every set and keeps the memory, in about constant time. All
// Sets of the Space but Empty and Everything become invalid.
func (sp *Space) Reset() {
	sp.nodes = sp.nodes[:2]
	sp.edges = sp.edges[:0]
	if sp.gen++; sp.gen == 0 { // stamps wrapped: old ones would look alive
		clear(sp.slots)
		sp.gen = 1
	}
	sp.memo.reset()
	if len(sp.bases) > 0 {
		clear(sp.bases)
	}
	sp.lists, sp.calls = 0, 0
}

// Nodes returns how many nodes the Space holds, a measure of memory: about
// 16 bytes a node and 32 an edge.
func (sp *Space) Nodes() int { return len(sp.nodes) - 2 }

// push appends an edge to the node under construction that began at base.
func (sp *Space) push(base int, hi addr.Key, to Set) {
	if n := len(sp.tmp); n > base && sp.tmp[n-1].to == to {
		sp.tmp[n-1].hi = hi
		return
	}
	sp.tmp = append(sp.tmp, edge{hi, to})
}

// finish takes the edges pushed since base off the stack and returns their
// node. The last of them must end at the field's maximum.
func (sp *Space) finish(level Field, base int) Set {
	es := sp.tmp[base:]
	sp.tmp = sp.tmp[:base]
	if len(es) == 1 {
		return es[0].to
	}
	h := hashEdges(level, es)
	mask := uint32(len(sp.slots) - 1)
	i := h & mask
	for ; sp.slots[i].gen == sp.gen; i = (i + 1) & mask {
		id := sp.slots[i].id
		n := &sp.nodes[id]
		if n.hash == h && n.level == level && int(n.n) == len(es) && sameEdges(sp.edges[n.off:n.off+n.n], es) {
			return id
		}
	}
	id := Set(len(sp.nodes))
	if id >= maxNodes || len(sp.edges)+len(es) > 1<<32-1 {
		panic("packet: Space is full")
	}
	sp.nodes = append(sp.nodes, node{off: uint32(len(sp.edges)), n: uint32(len(es)), hash: h, level: level})
	sp.edges = append(sp.edges, es...)
	sp.slots[i] = slot{sp.gen, id}
	if len(sp.nodes)*2 > len(sp.slots) {
		sp.growSlots()
	}
	return id
}

func (sp *Space) growSlots() {
	sp.slots = make([]slot, 4*len(sp.slots))
	mask := uint32(len(sp.slots) - 1)
	for id := 2; id < len(sp.nodes); id++ {
		i := sp.nodes[id].hash & mask
		for sp.slots[i].gen == sp.gen {
			i = (i + 1) & mask
		}
		sp.slots[i] = slot{sp.gen, Set(id)}
	}
}

func sameEdges(a, b []edge) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func hashEdges(level Field, es []edge) uint32 {
	h := uint64(level) + 1
	for i := range es {
		e := &es[i]
		h = (h ^ e.hi.Hi) * 0x9e3779b97f4a7c15
		h ^= h >> 29
		h = (h + e.hi.Lo ^ uint64(e.to)<<32) * 0xbf58476d1ce4e5b9
		h ^= h >> 32
	}
	return uint32(h)
}

// interval makes the node whose values lo..hi of the field lead to in, and
// all others to Empty.
func (sp *Space) interval(field Field, lo, hi addr.Key, in Set) Set {
	base := len(sp.tmp)
	if lo != (addr.Key{}) {
		sp.push(base, lo.Prev(), Empty)
	}
	sp.push(base, hi, in)
	if hi != maxKey[field] {
		sp.push(base, maxKey[field], Empty)
	}
	return sp.finish(field, base)
}

// number is the key of a small field's value.
func number[T uint8 | uint16](v T) addr.Key { return addr.Key{Lo: uint64(v)} }
