package packet

import (
	"math/bits"
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// Header is one connection header, in the forward direction.
type Header struct {
	// Src and Dst are of one family, valid and unmapped.
	Src, Dst netip.Addr
	// Proto is the IP protocol number.
	Proto uint8
	// DPort is the destination port, or ICMP type<<8|code; 0 for protocols
	// that have neither.
	DPort uint16
	// SPort is the source port; 0 for protocols without ports.
	SPort uint16
}

// Contains reports whether h is in s.
func (sp *Space) Contains(s Set, h Header) bool {
	for {
		n := &sp.nodes[s]
		var k addr.Key
		switch n.level {
		case Family:
			k = number(uint8(addr.FamilyOf(h.Src)))
		case Src:
			k = addr.KeyOf(h.Src)
		case Dst:
			k = addr.KeyOf(h.Dst)
		case Proto:
			k = number(h.Proto)
		case DPort:
			k = number(h.DPort)
		case SPort:
			k = number(h.SPort)
		default:
			return s == Everything
		}
		lo, hi := n.off, n.off+n.n-1
		for lo < hi {
			if mid := (lo + hi) / 2; sp.edges[mid].hi.Less(k) {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		s = sp.edges[lo].to
	}
}

// Sample returns the lowest header of s, comparing fields in the order of the
// Field constants; ok is false if s is empty.
func (sp *Space) Sample(s Set) (h Header, ok bool) {
	return sp.pick(s, func([]edge) int { return 0 }, func(r addr.Range) addr.Key { return r.Lo })
}

// Pick returns a header of s chosen by random numbers: rnd(n) returns one of
// 0..n-1, as rand.IntN does. Ends of ranges are chosen often. It is for tests;
// headers are not equally likely. ok is false if s is empty.
func (sp *Space) Pick(s Set, rnd func(n int) int) (h Header, ok bool) {
	return sp.pick(s,
		func(es []edge) int { return rnd(len(es)) },
		func(r addr.Range) addr.Key { return pickKey(r, rnd) })
}

// pick goes down a way through the diagram: from picks the edge at which to
// begin the search for a non-empty one, value picks the field's value.
func (sp *Space) pick(s Set, from func([]edge) int, value func(addr.Range) addr.Key) (h Header, ok bool) {
	if s == Empty {
		return Header{}, false
	}
	var ks [numFields]addr.Key
	for level := range numFields {
		r := addr.Range{Hi: maxKey[level]}
		if n := sp.nodes[s]; n.level == level {
			es := sp.edges[n.off : n.off+n.n]
			i := from(es)
			for es[i].to == Empty {
				i = (i + 1) % len(es)
			}
			r.Hi = es[i].hi
			if i > 0 {
				r.Lo = es[i-1].hi.Next()
			}
			s = es[i].to
		}
		ks[level] = value(r)
	}
	f := addr.Family(ks[Family].Lo)
	return Header{
		Src: ks[Src].Addr(f), Dst: ks[Dst].Addr(f),
		Proto: uint8(ks[Proto].Lo), DPort: uint16(ks[DPort].Lo), SPort: uint16(ks[SPort].Lo),
	}, true
}

// pickKey picks an end of r, or any key between.
func pickKey(r addr.Range, rnd func(n int) int) addr.Key {
	switch rnd(4) {
	case 0:
		return r.Lo
	case 1:
		return r.Hi
	}
	lo, borrow := bits.Sub64(r.Hi.Lo, r.Lo.Lo, 0)
	hi, _ := bits.Sub64(r.Hi.Hi, r.Lo.Hi, borrow)
	span := addr.Key{Hi: hi, Lo: lo}
	var off addr.Key
	for range 8 {
		off.Hi = off.Hi<<16 | uint64(rnd(1<<16))
		off.Lo = off.Lo<<16 | uint64(rnd(1<<16))
	}
	if hi > 0 {
		off.Hi &= 1<<bits.Len64(hi) - 1
	} else {
		off.Hi = 0
		off.Lo &= 1<<bits.Len64(lo) - 1
	}
	if span.Less(off) { // less than twice the span: fold it back
		off.Lo, borrow = bits.Sub64(off.Lo, span.Lo, 0)
		off.Hi, _ = bits.Sub64(off.Hi, span.Hi, borrow)
	}
	l, carry := bits.Add64(r.Lo.Lo, off.Lo, 0)
	return addr.Key{Hi: r.Lo.Hi + off.Hi + carry, Lo: l}
}

// AppendAddrs appends to dst the values that the field, Src or Dst, takes in
// the headers of s of family f: sorted, disjoint and not adjacent.
func (sp *Space) AppendAddrs(dst []addr.Range, s Set, f addr.Family, field Field) []addr.Range {
	sp.project(sp.body(s, f), field, func(r addr.Range) { dst = append(dst, r) })
	return dst
}

// AppendPorts appends to dst the values that the field, DPort or SPort, takes
// in s, of all protocols: sorted, disjoint and not adjacent.
func (sp *Space) AppendPorts(dst []PortRange, s Set, field Field) []PortRange {
	sp.project(s, field, func(r addr.Range) { dst = append(dst, portRange(r)) })
	return dst
}

// AppendProtos appends to dst the protocols of s: sorted, disjoint and not
// adjacent.
func (sp *Space) AppendProtos(dst []ProtoRange, s Set) []ProtoRange {
	sp.project(s, Proto, func(r addr.Range) { dst = append(dst, protoRange(r)) })
	return dst
}

func portRange(r addr.Range) PortRange   { return PortRange{uint16(r.Lo.Lo), uint16(r.Hi.Lo)} }
func protoRange(r addr.Range) ProtoRange { return ProtoRange{uint8(r.Lo.Lo), uint8(r.Hi.Lo)} }

// project calls emit for each range of values of the field in s.
func (sp *Space) project(s Set, field Field, emit func(addr.Range)) {
	s = sp.free(s, (1<<numFields-1)&^(1<<field))
	switch n := sp.nodes[s]; {
	case s == Empty:
	case s == Everything:
		emit(addr.Range{Hi: maxKey[field]})
	default:
		lo := addr.Key{}
		for _, e := range sp.edges[n.off : n.off+n.n] {
			if e.to != Empty {
				emit(addr.Range{Lo: lo, Hi: e.hi})
			}
			lo = e.hi.Next()
		}
	}
}
