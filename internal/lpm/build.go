package lpm

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// Builder collects entries for a Table. The zero value is ready to use.
type Builder[V any] struct {
	items []item[V]
	tidy  bool // items are sorted and without duplicates
}

// item is an inserted entry in the form that sorts.
type item[V any] struct {
	key    addr.Key
	family addr.Family
	length uint8
	seq    uint32 // number of the Insert among those since the last tidying
	value  V
}

func (a *item[V]) compare(b *item[V]) int {
	if a.family != b.family {
		return cmp.Compare(a.family, b.family)
	}
	if c := a.key.Compare(b.key); c != 0 {
		return c
	}
	return cmp.Compare(a.length, b.length)
}

// Insert adds an entry; host bits of the prefix are ignored. Inserting a
// prefix again replaces its value. A prefix of IPv4-mapped IPv6 addresses is
// an IPv6 prefix as any other. Insert panics on an invalid prefix, since a
// table that lacks a route without saying so gives wrong answers.
func (b *Builder[V]) Insert(prefix netip.Prefix, value V) {
	if !prefix.IsValid() {
		panic("lpm: Insert of an invalid prefix")
	}
	b.items = append(b.items, item[V]{
		key:    addr.RangeOf(prefix).Lo,
		family: addr.FamilyOf(prefix.Addr()),
		length: uint8(prefix.Bits()),
		seq:    uint32(len(b.items)),
		value:  value,
	})
	b.tidy = false
}

// Len returns the number of different prefixes inserted so far.
func (b *Builder[V]) Len() int {
	b.tidyUp()
	return len(b.items)
}

// tidyUp sorts the items and keeps the newest of each prefix.
func (b *Builder[V]) tidyUp() {
	if b.tidy {
		return
	}
	slices.SortFunc(b.items, func(x, y item[V]) int {
		if c := x.compare(&y); c != 0 {
			return c
		}
		return cmp.Compare(y.seq, x.seq)
	})
	b.items = slices.CompactFunc(b.items, func(x, y item[V]) bool { return x.compare(&y) == 0 })
	for i := range b.items {
		b.items[i].seq = uint32(i)
	}
	b.tidy = true
}

// Build returns the table of what was inserted so far. The builder can be
// used further; that does not change the table.
func (b *Builder[V]) Build() *Table[V] {
	b.tidyUp()
	spans := make([]span, 1, len(b.items)+1)
	spans[0] = newSpan(addr.Key{}, 0)
	entries := make([]Entry[V], 1, len(b.items)+1)
	first := [2]uint32{1, 1}
	for i := range b.items {
		it := &b.items[i]
		spans = append(spans, newSpan(it.key, int(it.length)))
		entries = append(entries, Entry[V]{netip.PrefixFrom(it.key.Addr(it.family), int(it.length)), it.value})
		if it.family == addr.V4 {
			first[addr.V6]++
		}
	}
	return &Table[V]{trie: newTrie(spans, first), entries: entries}
}

// New returns the table of the given entries, as if each were inserted in
// turn.
func New[V any](entries ...Entry[V]) *Table[V] {
	b := Builder[V]{items: make([]item[V], 0, len(entries))}
	for _, e := range entries {
		b.Insert(e.Prefix, e.Value)
	}
	return b.Build()
}
