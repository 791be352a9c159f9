package eval_test

import (
	"math/bits"
	"math/rand/v2"
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// A header is a point that boxes hold or do not hold. Its ports are filled
// whatever its protocol; packet clears those that the protocol lacks.
type header struct {
	src, dst     netip.Addr
	proto        uint8
	dport, sport uint16
}

func (h header) packet() pkt {
	p := pkt{src: h.src, dst: h.dst, proto: h.proto, sport: h.sport, dport: h.dport}
	if p.hasPorts() {
		return p
	}
	p.sport = 0
	if p.proto != packet.ICMP && p.proto != packet.ICMPv6 {
		p.dport = 0
	}
	return p
}

// odd is ICMP of the wrong family: no such packets exist.
func (h header) odd() bool {
	return h.proto == packet.ICMP && h.src.Is6() || h.proto == packet.ICMPv6 && h.src.Is4()
}

func inAddrs(list []addr.Range, a netip.Addr) bool {
	f := addr.FamilyOf(a)
	for _, r := range list {
		if r.First(f).Compare(a) <= 0 && a.Compare(r.Last(f)) <= 0 {
			return true
		}
	}
	return list == nil
}

func inPorts(list []packet.PortRange, n uint16) bool {
	for _, r := range list {
		if r.Lo <= n && n <= r.Hi {
			return true
		}
	}
	return list == nil
}

func inBox(b packet.Box, h header) bool {
	if addr.FamilyOf(h.src) != b.Family || !inAddrs(b.Src, h.src) || !inAddrs(b.Dst, h.dst) || !inPorts(b.DPorts, h.dport) || !inPorts(b.SPorts, h.sport) {
		return false
	}
	for _, r := range b.Protos {
		if r.Lo <= h.proto && h.proto <= r.Hi {
			return true
		}
	}
	return b.Protos == nil
}

func inBoxes(bs []packet.Box, h header) bool {
	for _, b := range bs {
		if inBox(b, h) {
			return true
		}
	}
	return false
}

// sampler draws headers from boxes.
type sampler struct{ *rand.Rand }

func (s sampler) port(list []packet.PortRange) uint16 {
	if list == nil {
		return uint16(s.IntN(65536))
	}
	r := list[s.IntN(len(list))]
	switch s.IntN(4) {
	case 0:
		return r.Lo
	case 1:
		return r.Hi
	}
	return r.Lo + uint16(s.IntN(int(r.Hi-r.Lo)+1))
}

func (s sampler) proto(list []packet.ProtoRange) uint8 {
	if s.IntN(2) == 0 {
		p := []uint8{packet.TCP, packet.UDP, packet.ICMP, packet.ICMPv6, 47}[s.IntN(5)]
		for _, r := range list {
			if r.Lo <= p && p <= r.Hi {
				return p
			}
		}
	}
	if list == nil {
		return uint8(s.IntN(256))
	}
	r := list[s.IntN(len(list))]
	return r.Lo + uint8(s.IntN(int(r.Hi-r.Lo)+1))
}

func (s sampler) addr(f addr.Family, list []addr.Range, usual []netip.Addr) netip.Addr {
	if s.IntN(2) == 0 && len(usual) > 0 { // addresses that mean something
		for range 4 {
			a := usual[s.IntN(len(usual))]
			if addr.FamilyOf(a) == f && inAddrs(list, a) {
				return a
			}
		}
	}
	if list == nil {
		list = []addr.Range{{Hi: addr.MaxKey}}
	}
	r := list[s.IntN(len(list))]
	lo, hi := r.First(f), r.Last(f)
	switch s.IntN(4) {
	case 0:
		return lo
	case 1:
		return hi
	}
	// keep the first bits of lo that hi shares, and let the rest be random
	a, b := lo.AsSlice(), hi.AsSlice()
	for i := range a {
		if a[i] != b[i] {
			n := bits.Len8(a[i] ^ b[i])
			a[i] = a[i]&^(1<<n-1) | uint8(s.IntN(1<<n))
			for j := i + 1; j < len(a); j++ {
				a[j] = uint8(s.IntN(256))
			}
			break
		}
	}
	x, _ := netip.AddrFromSlice(a)
	if x.Compare(lo) < 0 || hi.Compare(x) < 0 {
		return lo
	}
	return x
}

func (s sampler) inside(b packet.Box, usual []netip.Addr) header {
	return header{s.addr(b.Family, b.Src, usual), s.addr(b.Family, b.Dst, usual), s.proto(b.Protos), s.port(b.DPorts), s.port(b.SPorts)}
}

// edges calls f with headers at every end of every range of the box, one
// below and one above included; the other fields lie inside.
func (s sampler) edges(b packet.Box, usual []netip.Addr, f func(header)) {
	addrEdges := func(list []addr.Range, set func(*header, netip.Addr)) {
		for _, r := range list {
			lo, hi := r.First(b.Family), r.Last(b.Family)
			for _, a := range []netip.Addr{lo, hi, lo.Prev(), hi.Next()} {
				if h := s.inside(b, usual); a.IsValid() {
					set(&h, a)
					f(h)
				}
			}
		}
	}
	addrEdges(b.Src, func(h *header, a netip.Addr) { h.src = a })
	addrEdges(b.Dst, func(h *header, a netip.Addr) { h.dst = a })
	portEdges := func(list []packet.PortRange, set func(*header, uint16)) {
		for _, r := range list {
			for _, n := range []uint16{r.Lo, r.Hi, r.Lo - 1, r.Hi + 1} {
				h := s.inside(b, usual)
				set(&h, n)
				f(h)
			}
		}
	}
	portEdges(b.DPorts, func(h *header, n uint16) { h.dport = n })
	portEdges(b.SPorts, func(h *header, n uint16) { h.sport = n })
	for _, r := range b.Protos {
		for _, n := range []uint8{r.Lo, r.Hi, r.Lo - 1, r.Hi + 1} {
			h := s.inside(b, usual)
			h.proto = n
			f(h)
		}
	}
}
