package packet

// memo maps (operation, node, two parameters) to a result. Entries live until
// reset, which is a new stamp.
type memo struct {
	slots []memoSlot
	used  int
	gen   uint32
}

type memoSlot struct {
	gen  uint32
	key  memoKey
	want Set
}

// memoKey: a is the operation in the highest 4 bits and a node below.
type memoKey struct{ a, b, c uint32 }

type op uint32

const (
	opAnd op = iota
	opOr
	opMinus
	opFree
	opAbove // the part of a walk above the peer's field; c is the call
	opAllow // the part of a walk below the peer's field
	opRule  // the same for one rule; c is the rule
	opSeen  // the same for collecting rules; c is the call
	opAllowList
	opRuleList
)

func (o op) key(s Set, b, c uint32) memoKey { return memoKey{uint32(o)<<28 | uint32(s), b, c} }

func (m *memo) init() {
	m.slots = make([]memoSlot, 512)
	m.gen = 1
}

func (m *memo) reset() {
	m.used = 0
	if m.gen++; m.gen == 0 {
		clear(m.slots)
		m.gen = 1
	}
}

func (k memoKey) hash() uint32 {
	h := (uint64(k.a)<<32 | uint64(k.b)) * 0x9e3779b97f4a7c15
	h ^= h >> 32
	h = (h + uint64(k.c)) * 0xbf58476d1ce4e5b9
	return uint32(h >> 32)
}

func (m *memo) get(k memoKey) (Set, bool) {
	mask := uint32(len(m.slots) - 1)
	for i := k.hash() & mask; m.slots[i].gen == m.gen; i = (i + 1) & mask {
		if m.slots[i].key == k {
			return m.slots[i].want, true
		}
	}
	return 0, false
}

// put stores the result of a key that get did not find.
func (m *memo) put(k memoKey, s Set) {
	if m.used++; m.used*2 > len(m.slots) {
		m.grow()
	}
	m.insert(memoSlot{m.gen, k, s})
}

func (m *memo) insert(s memoSlot) {
	mask := uint32(len(m.slots) - 1)
	i := s.key.hash() & mask
	for m.slots[i].gen == m.gen {
		i = (i + 1) & mask
	}
	m.slots[i] = s
}

func (m *memo) grow() {
	old := m.slots
	m.slots = make([]memoSlot, 4*len(old))
	for _, s := range old {
		if s.gen == m.gen {
			m.insert(s)
		}
	}
}
