// Package addr holds the arithmetic of IP addresses that every other package
// shares: addresses as 128-bit numbers, inclusive ranges, and sets of ranges.
// IPv4 and IPv6 run through the same code; only Family tells them apart.
package addr

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// Family is an address family. The zero value is IPv4.
type Family uint8

// The two families.
const (
	V4 Family = iota
	V6
)

// Families lists both families in the order used everywhere in output.
var Families = [2]Family{V4, V6}

// FamilyOf returns the family of a valid, unmapped address.
func FamilyOf(a netip.Addr) Family {
	if a.Is4() {
		return V4
	}
	return V6
}

// Bits returns the number of bits in an address of the family: 32 or 128.
func (f Family) Bits() int {
	if f == V4 {
		return 32
	}
	return 128
}

// String returns "IPv4" or "IPv6".
func (f Family) String() string {
	if f == V4 {
		return "IPv4"
	}
	return "IPv6"
}

// Key is an address as an unsigned 128-bit number, left-aligned: the first bit
// of the address is the highest bit of Hi in both families. An IPv4 address
// therefore covers a run of 2^96 keys, and the whole of either family runs
// from the zero Key to MaxKey.
type Key struct{ Hi, Lo uint64 }

// MaxKey is the highest key, the end of the range of each family.
var MaxKey = Key{^uint64(0), ^uint64(0)}

// KeyOf returns the first key of a valid, unmapped address.
func KeyOf(a netip.Addr) Key {
	if a.Is4() {
		b := a.As4()
		return Key{Hi: uint64(binary.BigEndian.Uint32(b[:])) << 32}
	}
	b := a.As16()
	return Key{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// Addr returns the address of family f that k lies in.
func (k Key) Addr(f Family) netip.Addr {
	if f == V4 {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], uint32(k.Hi>>32))
		return netip.AddrFrom4(b)
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], k.Hi)
	binary.BigEndian.PutUint64(b[8:], k.Lo)
	return netip.AddrFrom16(b)
}

// Less reports whether k comes before o.
func (k Key) Less(o Key) bool { return k.Hi < o.Hi || k.Hi == o.Hi && k.Lo < o.Lo }

// Compare returns -1, 0 or +1 as k is before, equal to or after o.
func (k Key) Compare(o Key) int {
	switch {
	case k == o:
		return 0
	case k.Less(o):
		return -1
	}
	return 1
}

// Next returns k+1; the successor of MaxKey is the zero Key.
func (k Key) Next() Key {
	lo, carry := bits.Add64(k.Lo, 1, 0)
	return Key{k.Hi + carry, lo}
}

// Prev returns k-1; the predecessor of the zero Key is MaxKey.
func (k Key) Prev() Key {
	lo, borrow := bits.Sub64(k.Lo, 1, 0)
	return Key{k.Hi - borrow, lo}
}
