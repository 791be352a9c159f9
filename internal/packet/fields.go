package packet

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// Fam returns the headers of one family.
func (sp *Space) Fam(f addr.Family) Set { return sp.family(f, Everything) }

// family puts body, a set that does not test the family, under family f; the
// other family is empty.
func (sp *Space) family(f addr.Family, body Set) Set {
	k := number(uint8(f))
	return sp.interval(Family, k, k, body)
}

// body returns what s holds of family f, as a set that does not test the
// family.
func (sp *Space) body(s Set, f addr.Family) Set {
	n := &sp.nodes[s]
	if n.level != Family {
		return s
	}
	return sp.edges[n.off+uint32(f)].to
}

// Addrs returns the headers of family f whose field, Src or Dst, lies in one
// of the ranges. The ranges may come in any order and overlap; no range gives
// Empty. For IPv4 a range should cover whole addresses, as addr.RangeOf and
// addr.RangeOfAddr make them.
func (sp *Space) Addrs(f addr.Family, field Field, ranges ...addr.Range) Set {
	switch len(ranges) {
	case 0:
		return Empty
	case 1:
		return sp.family(f, sp.interval(field, ranges[0].Lo, ranges[0].Hi, Everything))
	}
	sp.ranges = append(sp.ranges[:0], ranges...)
	slices.SortFunc(sp.ranges, func(a, b addr.Range) int { return a.Lo.Compare(b.Lo) })
	base := len(sp.tmp)
	end := sp.ranges[0]
	if end.Lo != (addr.Key{}) {
		sp.push(base, end.Lo.Prev(), Empty)
	}
	for _, r := range sp.ranges[1:] {
		if end.Hi == addr.MaxKey || !end.Hi.Next().Less(r.Lo) {
			if end.Hi.Less(r.Hi) {
				end.Hi = r.Hi
			}
			continue
		}
		sp.push(base, end.Hi, Everything)
		sp.push(base, r.Lo.Prev(), Empty)
		end = r
	}
	sp.push(base, end.Hi, Everything)
	if end.Hi != addr.MaxKey {
		sp.push(base, addr.MaxKey, Empty)
	}
	return sp.family(f, sp.finish(field, base))
}

// AddrSet returns the headers whose field, Src or Dst, lies in the address
// set, of both families.
func (sp *Space) AddrSet(field Field, s addr.Set) Set {
	return sp.Or(sp.Addrs(addr.V4, field, s.Ranges(addr.V4)...), sp.Addrs(addr.V6, field, s.Ranges(addr.V6)...))
}

// Protos returns the headers whose protocol is lo..hi, both included.
// It is Empty where hi < lo.
func (sp *Space) Protos(lo, hi uint8) Set {
	if hi < lo {
		return Empty
	}
	return sp.interval(Proto, number(lo), number(hi), Everything)
}

// Ports returns the headers whose field, DPort or SPort, is lo..hi, both
// included, whatever their protocol: intersect with Protos of protocols that
// have the field. It is Empty where hi < lo.
func (sp *Space) Ports(field Field, lo, hi uint16) Set {
	if hi < lo {
		return Empty
	}
	return sp.interval(field, number(lo), number(hi), Everything)
}

// Free returns s with the given fields unconstrained: every header that
// agrees with some header of s in all other fields. Family is not to be freed:
// addresses mean nothing without it.
func (sp *Space) Free(s Set, fields ...Field) Set {
	var mask uint32
	for _, f := range fields {
		mask |= 1 << f
	}
	return sp.free(s, mask)
}

func (sp *Space) free(s Set, mask uint32) Set {
	n := sp.nodes[s]
	if mask>>n.level == 0 { // terminals, too: no field at or below the node is freed
		return s
	}
	key := opFree.key(s, mask, 0)
	if r, ok := sp.memo.get(key); ok {
		return r
	}
	var r Set
	if mask>>n.level&1 == 1 {
		first := len(sp.sets)
		for i := n.off; i < n.off+n.n; i++ {
			sp.sets = append(sp.sets, sp.free(sp.edges[i].to, mask))
		}
		r = sp.union(first)
	} else {
		base := len(sp.tmp)
		for i := n.off; i < n.off+n.n; i++ {
			e := sp.edges[i]
			sp.push(base, e.hi, sp.free(e.to, mask))
		}
		r = sp.finish(n.level, base)
	}
	sp.memo.put(key, r)
	return r
}

// union takes the sets from first on off the operand stack and returns their
// union, by pairs, so that many small sets do not grow one large one.
func (sp *Space) union(first int) Set {
	for {
		list := sp.sets[first:]
		slices.Sort(list)
		list = slices.Compact(list)
		if len(list) <= 1 {
			sp.sets = sp.sets[:first]
			if len(list) == 0 {
				return Empty
			}
			return list[0]
		}
		half := 0
		for i := 0; i < len(list); i += 2 {
			s := list[i]
			if i+1 < len(list) {
				s = sp.Or(s, list[i+1])
			}
			list[half] = s
			half++
		}
		sp.sets = sp.sets[:first+half]
	}
}

// AssignAddr returns the headers of s with the field, Src or Dst, set to a.
// All headers of s must be of a's family: those of the other family are
// dropped.
func (sp *Space) AssignAddr(s Set, field Field, a netip.Addr) Set {
	return sp.And(sp.free(s, 1<<field), sp.Addrs(addr.FamilyOf(a), field, addr.RangeOfAddr(a)))
}

// AssignPorts returns s with the field, DPort or SPort, of its TCP and UDP
// headers set to every value of lo..hi, both included. Headers of other
// protocols stay as they are. Where hi < lo no TCP or UDP header is left.
func (sp *Space) AssignPorts(s Set, field Field, lo, hi uint16) Set {
	ported := sp.ported()
	part := sp.And(s, ported)
	if part == Empty {
		return s
	}
	part = sp.And(sp.free(part, 1<<field), sp.Ports(field, lo, hi))
	return sp.Or(part, sp.Minus(s, ported))
}

// ported is TCP and UDP.
func (sp *Space) ported() Set {
	base := len(sp.tmp)
	sp.push(base, number(TCP-1), Empty)
	sp.push(base, number(TCP), Everything)
	sp.push(base, number(UDP-1), Empty)
	sp.push(base, number(UDP), Everything)
	sp.push(base, maxKey[Proto], Empty)
	return sp.finish(Proto, base)
}
