package addr

import (
	"math/bits"
	"net/netip"
)

// Range is a run of keys, both ends included. The zero value is the single
// key zero, not an empty range; there is no empty Range.
type Range struct{ Lo, Hi Key }

// All is the range of a whole family.
var All = Range{Hi: MaxKey}

// RangeOf returns the keys that a valid prefix covers, host bits ignored.
func RangeOf(p netip.Prefix) Range {
	hi, lo := hostMask(p.Bits())
	k := KeyOf(p.Addr())
	return Range{
		Lo: Key{k.Hi &^ hi, k.Lo &^ lo},
		Hi: Key{k.Hi | hi, k.Lo | lo},
	}
}

// RangeOfAddr returns the keys of one address.
func RangeOfAddr(a netip.Addr) Range { return RangeOf(netip.PrefixFrom(a, a.BitLen())) }

// hostMask returns the bits behind the first n of a key.
func hostMask(n int) (hi, lo uint64) {
	if n < 64 {
		return ^uint64(0) >> n, ^uint64(0)
	}
	if n == 64 {
		return 0, ^uint64(0)
	}
	return 0, ^uint64(0) >> (n - 64)
}

// Contains reports whether k lies in r.
func (r Range) Contains(k Key) bool { return !k.Less(r.Lo) && !r.Hi.Less(k) }

// Covers reports whether every key of o lies in r.
func (r Range) Covers(o Range) bool { return !o.Lo.Less(r.Lo) && !r.Hi.Less(o.Hi) }

// Overlaps reports whether r and o share a key.
func (r Range) Overlaps(o Range) bool { return !r.Hi.Less(o.Lo) && !o.Hi.Less(r.Lo) }

// Clip returns the part of r inside o; ok is false where they are apart.
func (r Range) Clip(o Range) (part Range, ok bool) {
	if !r.Overlaps(o) {
		return Range{}, false
	}
	if r.Lo.Less(o.Lo) {
		r.Lo = o.Lo
	}
	if o.Hi.Less(r.Hi) {
		r.Hi = o.Hi
	}
	return r, true
}

// First returns the lowest address of r in family f.
func (r Range) First(f Family) netip.Addr { return r.Lo.Addr(f) }

// Last returns the highest address of r in family f.
func (r Range) Last(f Family) netip.Addr { return r.Hi.Addr(f) }

// Single reports whether r is exactly one address of family f.
func (r Range) Single(f Family) bool {
	if f == V4 {
		return r.Lo.Hi>>32 == r.Hi.Hi>>32
	}
	return r.Lo == r.Hi
}

// AppendPrefixes appends the shortest list of prefixes of family f whose
// union is r.
func (r Range) AppendPrefixes(dst []netip.Prefix, f Family) []netip.Prefix {
	lo, last := r.Lo, r.Hi
	for {
		n := 128 - trailingZeros(lo)
		for n < f.Bits() {
			if hi, lw := hostMask(n); last.Less(Key{lo.Hi | hi, lo.Lo | lw}) {
				n++
				continue
			}
			break
		}
		n = min(n, f.Bits())
		dst = append(dst, netip.PrefixFrom(lo.Addr(f), n))
		hi, lw := hostMask(n)
		end := Key{lo.Hi | hi, lo.Lo | lw}
		if !end.Less(last) {
			return dst
		}
		lo = end.Next()
	}
}

func trailingZeros(k Key) int {
	if k.Lo != 0 {
		return bits.TrailingZeros64(k.Lo)
	}
	return 64 + min(bits.TrailingZeros64(k.Hi), 64)
}

// Format writes the range of family f as an address, a prefix where it is
// one, or "first-last".
func (r Range) Format(f Family) string {
	if r.Single(f) {
		return r.First(f).String()
	}
	var buf [2]netip.Prefix
	if ps := r.AppendPrefixes(buf[:0], f); len(ps) == 1 {
		return ps[0].String()
	}
	return r.First(f).String() + "-" + r.Last(f).String()
}
