package packet

import (
	"math/bits"
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// Move returns the headers of s whose field, Src or Dst, lies in the prefix
// from, with that address moved to the prefix into: the bits behind the
// prefix stay. Both prefixes have equally many of those bits, or Move panics.
//
// Where the prefixes are of two families the headers change theirs, as
// RFC 6052 and RFC 7915 have it. The other address must then be free in s
// (Free), for it means nothing in the new family; an echo request becomes the
// echo request of the new family, and headers of other ICMP and ICMPv6
// messages are left out.
func (sp *Space) Move(s Set, field Field, from, into netip.Prefix) Set {
	f, g := addr.FamilyOf(from.Addr()), addr.FamilyOf(into.Addr())
	if f.Bits()-from.Bits() != g.Bits()-into.Bits() {
		panic("packet: Move between prefixes of different sizes")
	}
	m := move{sp: sp, field: field, from: addr.RangeOf(from), into: addr.RangeOf(into), left: from.Bits() - into.Bits()}
	body := m.body(sp.body(s, f))
	if f != g {
		body = sp.translateEcho(body, f, g)
	}
	if body == Empty {
		return Empty
	}
	return sp.family(g, body)
}

// move is one Move: addresses of the range from go to into.
type move struct {
	sp         *Space
	field      Field
	from, into addr.Range
	left       int // how far keys move to the left; negative to the right
}

func (m *move) body(s Set) Set {
	sp := m.sp
	if s == Empty {
		return Empty
	}
	n := sp.nodes[s]
	base := len(sp.tmp)
	if n.level < m.field {
		for i := n.off; i < n.off+n.n; i++ {
			e := sp.edges[i]
			sp.push(base, e.hi, m.body(e.to))
		}
		return sp.finish(n.level, base)
	}
	if m.into.Lo != (addr.Key{}) {
		sp.push(base, m.into.Lo.Prev(), Empty)
	}
	if n.level > m.field {
		sp.push(base, m.into.Hi, s)
	} else {
		for i := n.off; i < n.off+n.n; i++ {
			e := sp.edges[i]
			if e.hi.Less(m.from.Lo) {
				continue
			}
			if !e.hi.Less(m.from.Hi) {
				sp.push(base, m.into.Hi, e.to)
				break
			}
			sp.push(base, m.key(e.hi), e.to)
		}
	}
	if m.into.Hi != addr.MaxKey {
		sp.push(base, addr.MaxKey, Empty)
	}
	return sp.finish(m.field, base)
}

// key moves the end of an interval of addresses: the bits behind the prefix
// go to the new prefix, and those behind the address are all ones.
func (m *move) key(k addr.Key) addr.Key {
	lo, borrow := bits.Sub64(k.Lo, m.from.Lo.Lo, 0)
	hi, _ := bits.Sub64(k.Hi, m.from.Lo.Hi, borrow)
	switch n := m.left; {
	case n >= 64:
		hi, lo = lo<<(n-64)|ones(n-64), ^uint64(0)
	case n > 0:
		hi, lo = hi<<n|lo>>(64-n), lo<<n|ones(n)
	case n <= -64:
		hi, lo = 0, hi>>(-n-64)
	case n < 0:
		hi, lo = hi>>-n, lo>>-n|hi<<(64+n)
	}
	return addr.Key{Hi: m.into.Lo.Hi | hi, Lo: m.into.Lo.Lo | lo}
}

// ones returns a number whose n lowest bits are set; n is below 64.
func ones(n int) uint64 { return 1<<n - 1 }

// translateEcho turns the echo requests of s from family f into those of g
// and leaves every other ICMP message of both out.
func (sp *Space) translateEcho(s Set, f, g addr.Family) Set {
	messages := sp.Or(sp.Protos(ICMP, ICMP), sp.Protos(ICMPv6, ICMPv6))
	echo := sp.free(sp.And(s, sp.EchoRequest(f)), 1<<Proto|1<<DPort)
	return sp.Or(sp.Minus(s, messages), sp.And(echo, sp.EchoRequest(g)))
}

// EchoRequest returns the headers of the ICMP or ICMPv6 echo request that
// goes with a family, of whatever addresses.
func (sp *Space) EchoRequest(f addr.Family) Set {
	proto, typ := ICMP, ICMPPort(8, 0)
	if f == addr.V6 {
		proto, typ = ICMPv6, ICMPPort(128, 0)
	}
	return sp.And(sp.Protos(proto, proto), sp.Ports(DPort, typ, typ))
}
