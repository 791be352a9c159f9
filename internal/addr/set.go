package addr

import (
	"net/netip"
	"slices"
	"strings"
)

// Set is a set of addresses of both families: sorted, disjoint, non-adjacent
// ranges. The zero value is the empty set. Sets are immutable; operations
// return new ones.
type Set struct{ ranges [2][]Range }

// SetOf returns the union of prefixes, which must be valid.
func SetOf(prefixes ...netip.Prefix) Set {
	var s Set
	for _, p := range prefixes {
		f := FamilyOf(p.Addr())
		s.ranges[f] = append(s.ranges[f], RangeOf(p))
	}
	s.normalize()
	return s
}

// SetOfAddrs returns the set of the given addresses, which must be valid.
func SetOfAddrs(addrs ...netip.Addr) Set {
	var s Set
	for _, a := range addrs {
		f := FamilyOf(a)
		s.ranges[f] = append(s.ranges[f], RangeOfAddr(a))
	}
	s.normalize()
	return s
}

// SetOfRanges returns the union of ranges of one family.
func SetOfRanges(f Family, ranges ...Range) Set {
	var s Set
	s.ranges[f] = slices.Clone(ranges)
	s.normalize()
	return s
}

func (s *Set) normalize() {
	for f, rs := range s.ranges {
		slices.SortFunc(rs, func(a, b Range) int { return a.Lo.Compare(b.Lo) })
		out := rs[:0]
		for _, r := range rs {
			if n := len(out); n > 0 && (out[n-1].Hi == MaxKey || !out[n-1].Hi.Next().Less(r.Lo)) {
				if out[n-1].Hi.Less(r.Hi) {
					out[n-1].Hi = r.Hi
				}
				continue
			}
			out = append(out, r)
		}
		s.ranges[f] = out
	}
}

// Ranges returns the ranges of family f, sorted; the caller must not change
// them.
func (s Set) Ranges(f Family) []Range { return s.ranges[f] }

// Empty reports whether the set has no address of either family.
func (s Set) Empty() bool { return len(s.ranges[V4]) == 0 && len(s.ranges[V6]) == 0 }

// Has reports whether the set has an address of family f.
func (s Set) Has(f Family) bool { return len(s.ranges[f]) > 0 }

// Only returns the addresses of family f.
func (s Set) Only(f Family) Set {
	var out Set
	out.ranges[f] = s.ranges[f]
	return out
}

// Contains reports whether a is in the set.
func (s Set) Contains(a netip.Addr) bool {
	k := KeyOf(a)
	i := s.at(FamilyOf(a), k)
	return i >= 0 && s.ranges[FamilyOf(a)][i].Contains(k)
}

// Union returns the addresses in s, in o, or in both.
func (s Set) Union(o Set) Set {
	var out Set
	for f := range s.ranges {
		out.ranges[f] = slices.Concat(s.ranges[f], o.ranges[f])
	}
	out.normalize()
	return out
}

// Intersect returns the addresses in both s and o.
func (s Set) Intersect(o Set) Set {
	var out Set
	for f := range s.ranges {
		a, b := s.ranges[f], o.ranges[f]
		for len(a) > 0 && len(b) > 0 {
			if r, ok := a[0].Clip(b[0]); ok {
				out.ranges[f] = append(out.ranges[f], r)
			}
			if a[0].Hi.Less(b[0].Hi) {
				a = a[1:]
			} else {
				b = b[1:]
			}
		}
	}
	return out
}

// Minus returns the addresses in s that are not in o.
func (s Set) Minus(o Set) Set {
	var out Set
	for f := range s.ranges {
		cut := o.ranges[f]
		for _, r := range s.ranges[f] {
			for len(cut) > 0 && cut[0].Hi.Less(r.Lo) {
				cut = cut[1:]
			}
			rest, alive := r, true
			for _, c := range cut {
				if rest.Hi.Less(c.Lo) {
					break
				}
				if rest.Lo.Less(c.Lo) {
					out.ranges[f] = append(out.ranges[f], Range{rest.Lo, c.Lo.Prev()})
				}
				if !c.Hi.Less(rest.Hi) {
					alive = false
					break
				}
				rest.Lo = c.Hi.Next()
			}
			if alive {
				out.ranges[f] = append(out.ranges[f], rest)
			}
		}
	}
	return out
}

// Overlaps reports whether s and o share an address.
func (s Set) Overlaps(o Set) bool { return !s.Intersect(o).Empty() }

// Covers reports whether every address of o is in s.
func (s Set) Covers(o Set) bool {
	for f, rs := range o.ranges {
		for _, r := range rs {
			if i := s.at(Family(f), r.Lo); i < 0 || !s.ranges[f][i].Covers(r) {
				return false
			}
		}
	}
	return true
}

// at returns the index of the range of family f that starts last at or
// before k, or -1.
func (s Set) at(f Family, k Key) int {
	i, found := slices.BinarySearchFunc(s.ranges[f], k, func(r Range, k Key) int { return r.Lo.Compare(k) })
	if found {
		return i
	}
	return i - 1
}

// Equal reports whether s and o hold the same addresses.
func (s Set) Equal(o Set) bool {
	return slices.Equal(s.ranges[V4], o.ranges[V4]) && slices.Equal(s.ranges[V6], o.ranges[V6])
}

// Prefixes returns the shortest list of prefixes whose union is the set,
// IPv4 first, sorted.
func (s Set) Prefixes() []netip.Prefix {
	var out []netip.Prefix
	for _, f := range Families {
		for _, r := range s.ranges[f] {
			out = r.AppendPrefixes(out, f)
		}
	}
	return out
}

// String lists the ranges, IPv4 first: "10.0.0.0/24, 10.0.2.1-10.0.2.9".
// The empty set is "none".
func (s Set) String() string {
	if s.Empty() {
		return "none"
	}
	var parts []string
	for _, f := range Families {
		for _, r := range s.ranges[f] {
			parts = append(parts, r.Format(f))
		}
	}
	return strings.Join(parts, ", ")
}
