// Package lpm is a longest-prefix-match table: of all prefixes that hold an
// address, the most specific one decides, whatever order they came in. A
// table is built once and then only read, by any number of goroutines.
//
// IPv4 and IPv6 share the code but never match each other: 0.0.0.0/0 does not
// hold ::, and an IPv4-mapped IPv6 address is an IPv6 address.
package lpm

import (
	"iter"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// Entry is a prefix and what belongs to it.
type Entry[V any] struct {
	Prefix netip.Prefix // masked when it comes from a Table
	Value  V
}

// Table maps addresses to the entry with the longest matching prefix. It is
// immutable; a Builder makes one. The nil *Table and the zero Table are empty.
type Table[V any] struct {
	trie    trie
	entries []Entry[V] // entries[i] belongs to trie.spans[i]; entries[0] to "no match"
}

// Len returns the number of entries.
func (t *Table[V]) Len() int {
	if t == nil || len(t.entries) == 0 {
		return 0
	}
	return len(t.entries) - 1
}

// find returns the index of the entry for k, or 0.
func (t *Table[V]) find(f addr.Family, k addr.Key) uint32 {
	if t == nil || int(f) >= len(t.trie.nodes) {
		return 0
	}
	return t.trie.find(f, k)
}

// findAddr returns the index of the entry for a, or 0.
func (t *Table[V]) findAddr(a netip.Addr) uint32 {
	if !a.IsValid() {
		return 0
	}
	return t.find(addr.FamilyOf(a), addr.KeyOf(a))
}

// Lookup returns the most specific entry that holds a. The zero Addr is in no
// entry; a zone is ignored.
func (t *Table[V]) Lookup(a netip.Addr) (prefix netip.Prefix, value V, ok bool) {
	if i := t.findAddr(a); i != 0 {
		e := &t.entries[i]
		return e.Prefix, e.Value, true
	}
	return
}

// LookupKey is Lookup of the address of family f that k lies in, without the
// matched prefix.
func (t *Table[V]) LookupKey(f addr.Family, k addr.Key) (value V, ok bool) {
	if i := t.find(f, k); i != 0 {
		return t.entries[i].Value, true
	}
	return
}

// Matches appends all entries that hold a to dst, the least specific first,
// and returns the result. The last one appended is what Lookup returns.
func (t *Table[V]) Matches(dst []Entry[V], a netip.Addr) []Entry[V] {
	winner := t.findAddr(a)
	n := len(dst)
	for i := winner; i != 0; i = t.trie.spans[i].parent {
		n++
	}
	dst = slices.Grow(dst, n-len(dst))[:n]
	for i := winner; i != 0; i = t.trie.spans[i].parent {
		n--
		dst[n] = t.entries[i]
	}
	return dst
}

// All iterates over the entries: IPv4 first, then by address, a prefix
// before those inside it.
func (t *Table[V]) All() iter.Seq2[netip.Prefix, V] {
	return func(yield func(netip.Prefix, V) bool) {
		for i := 1; i <= t.Len(); i++ {
			if e := &t.entries[i]; !yield(e.Prefix, e.Value) {
				return
			}
		}
	}
}
