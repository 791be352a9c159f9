package packet

import (
	"net/netip"
	"testing"

	"github.com/vpcpath/vpcpath/internal/addr"
)

var (
	testNAT64 = netip.MustParsePrefix("64:ff9b::/96")
	testV4    = netip.MustParsePrefix("0.0.0.0/0")
)

// crossed is what RFC 6052 and RFC 7915 make of a header that goes to the
// other family with its destination, the source being free; ok is false for
// what has no counterpart.
func crossed(h Header) (Header, bool) {
	if h.Dst.Is4() {
		b := testNAT64.Addr().As16()
		a := h.Dst.As4()
		copy(b[12:], a[:])
		h.Src, h.Dst = netip.MustParseAddr("2001:db8::1"), netip.AddrFrom16(b)
		switch {
		case h.Proto == ICMP && h.DPort == 0x800:
			h.Proto, h.DPort = ICMPv6, 0x8000
		case h.Proto == ICMP || h.Proto == ICMPv6:
			return h, false
		}
		return h, true
	}
	b := h.Dst.As16()
	if !testNAT64.Contains(h.Dst) {
		return h, false
	}
	h.Src, h.Dst = netip.MustParseAddr("192.0.2.1"), netip.AddrFrom4([4]byte(b[12:]))
	switch {
	case h.Proto == ICMPv6 && h.DPort == 0x8000:
		h.Proto, h.DPort = ICMP, 0x800
	case h.Proto == ICMP || h.Proto == ICMPv6:
		return h, false
	}
	return h, true
}

// embeddable returns a random set of headers to destinations that lie in both
// worlds, with free sources.
func embeddable(sp *Space, r interface{ IntN(int) int }) Set {
	out := Empty
	for range 1 + r.IntN(5) {
		dst := netip.AddrFrom4([4]byte{byte(r.IntN(256)), byte(r.IntN(256)), byte(r.IntN(256)), byte(r.IntN(256))})
		bits := r.IntN(33)
		p := netip.PrefixFrom(dst, bits).Masked()
		if r.IntN(2) == 0 {
			h, _ := crossed(Header{Src: dst, Dst: p.Addr()})
			p = netip.PrefixFrom(h.Dst, 96+bits)
			if r.IntN(4) == 0 {
				p = netip.PrefixFrom(h.Dst, r.IntN(97)).Masked()
			}
		}
		protos := []uint8{ICMP, TCP, UDP, ICMPv6, 47}
		s := sp.Protos(protos[r.IntN(5)], 255)
		if r.IntN(2) == 0 {
			proto := protos[r.IntN(5)]
			s = sp.Protos(proto, proto)
		}
		lo := []uint16{0, 80, 0x800, 0x8000}[r.IntN(4)]
		s = sp.And(s, sp.Ports(DPort, lo, lo+uint16(r.IntN(3000))))
		s = sp.And(s, sp.Ports(SPort, uint16(r.IntN(1000)), 65535))
		out = sp.Or(out, sp.And(s, sp.Addrs(addr.FamilyOf(p.Addr()), Dst, addr.RangeOf(p))))
	}
	return out
}

func TestMoveCrossesFamilies(t *testing.T) {
	r := newRand(t)
	sp := NewSpace()
	for range 300 {
		if r.IntN(10) == 0 {
			sp.Reset()
		}
		s := embeddable(sp, r)
		for _, way := range [][2]netip.Prefix{{testNAT64, testV4}, {testV4, testNAT64}} {
			f := addr.FamilyOf(way[0].Addr())
			there := sp.Move(s, Dst, way[0], way[1])
			if sp.And(there, sp.Fam(f)) != Empty {
				t.Fatalf("some headers of %s have stayed in their family", way[0])
			}
			for range 20 {
				if h, ok := sp.Pick(sp.And(s, sp.Fam(f)), r.IntN); ok {
					c, counterpart := crossed(h)
					if counterpart && !sp.Contains(there, c) {
						t.Fatalf("%v became nothing, expected %v", h, c)
					}
				}
				if h, ok := sp.Pick(there, r.IntN); ok {
					if c, counterpart := crossed(h); !counterpart || !sp.Contains(s, c) {
						t.Fatalf("%v came from nowhere", h)
					}
				}
			}
			back := sp.Move(there, Dst, way[1], way[0])
			if sp.Minus(back, s) != Empty {
				t.Fatal("moving back gives headers that were not there")
			}
			if sp.Move(back, Dst, way[0], way[1]) != there {
				t.Fatal("moving there, back and there again differs from moving there")
			}
		}
	}
}

func TestMoveWithinAFamilyKeepsEverythingElse(t *testing.T) {
	sp := NewSpace()
	from, into := netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("192.168.0.0/16")
	s := sp.And(sp.Addrs(addr.V4, Src, addr.RangeOf(netip.MustParsePrefix("10.1.2.0/23"))), sp.Protos(ICMP, ICMP))
	want := sp.And(sp.Addrs(addr.V4, Src, addr.RangeOf(netip.MustParsePrefix("192.168.2.0/23"))), sp.Protos(ICMP, ICMP))
	if got := sp.Move(s, Src, from, into); got != want {
		t.Errorf("got %v, want %v", sp.Boxes(got), sp.Boxes(want))
	}
	if got := sp.Move(s, Dst, from, into); got != sp.And(s, sp.Addrs(addr.V4, Dst, addr.RangeOf(into))) {
		t.Errorf("a free field: got %v", sp.Boxes(got))
	}
	defer func() {
		if recover() == nil {
			t.Error("prefixes of different sizes are accepted")
		}
	}()
	sp.Move(s, Src, from, netip.MustParsePrefix("192.168.0.0/24"))
}
