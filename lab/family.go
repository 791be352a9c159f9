package lab

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// A translator changes the family of packets in a namespace, in user space and
// without state (RFC 7915), as Linux itself does not: what is routed into its
// TUN device comes out of it in the other family, and the namespace's own rules
// do the rest of NAT64 and of a load balancer.
//
// An IPv4 address has its place in 64:ff9b::/96 (RFC 6052). An IPv6 address has
// one of 198.18.0.0/16, which nobody outside of the namespace sees.
type translator struct {
	fd    int
	inner map[netip.Addr]netip.Addr // IPv6 to IPv4
	outer map[netip.Addr]netip.Addr // and back
}

var (
	nat64    = netip.MustParsePrefix("64:ff9b::/96")
	stand4   = netip.MustParsePrefix("198.18.0.0/16")
	familyIf = "six"
)

// translatesFamilies builds a translator in a namespace.
func (l *Lab) translatesFamilies(ns *namespace) (*translator, error) {
	t := &translator{fd: -1, inner: map[netip.Addr]netip.Addr{}, outer: map[netip.Addr]netip.Addr{}}
	err := l.t.in(ns, func() error {
		fd, err := openTUN(familyIf)
		if err != nil {
			return err
		}
		t.fd = fd
		index, err := ns.up(familyIf)
		if err != nil {
			return err
		}
		for _, p := range []netip.Prefix{nat64, stand4} {
			if err := ns.route(unix.RT_TABLE_MAIN, p, index, 1, unix.RTN_UNICAST); err != nil {
				return err
			}
		}
		l.serve.families[fd] = t
		return l.serve.watch(fd)
	})
	return t, err
}

// openTUN makes a TUN device in the namespace that the thread is in.
func openTUN(name string) (int, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("/dev/net/tun: %w", err)
	}
	req, err := unix.NewIfreq(name)
	if err == nil {
		req.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, req)
	}
	if err != nil {
		unix.Close(fd)
		return 0, err
	}
	return fd, nil
}

// nat64Gateway reports whether some table leads IPv6 to a NAT gateway.
func (l *Lab) nat64Gateway(g *model.NATGateway) bool {
	return !noTunnels && slices.ContainsFunc(l.Topology.RouteTables, func(t *model.RouteTable) bool {
		return slices.ContainsFunc(t.Routes, func(r *model.Route) bool {
			return r.Target == model.Resource(g) && r.Destination.IsValid() && r.Destination.Addr().Is6()
		})
	})
}

// embed is the place of an IPv4 address in 64:ff9b::/96.
func embed(a netip.Addr) netip.Addr {
	b, v4 := nat64.Addr().As16(), a.As4()
	copy(b[12:], v4[:])
	return netip.AddrFrom16(b)
}

// to4 is the IPv4 address that stands for an IPv6 one.
func (t *translator) to4(a netip.Addr) netip.Addr {
	if nat64.Contains(a) {
		b := a.As16()
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	in, ok := t.inner[a]
	if !ok {
		n := len(t.inner) + 1
		in = netip.AddrFrom4([4]byte{198, 18, byte(n >> 8), byte(n)})
		t.inner[a], t.outer[in] = in, a
	}
	return in
}

// to6 is the IPv6 address that stands for an IPv4 one.
func (t *translator) to6(a netip.Addr) netip.Addr {
	if out, ok := t.outer[a]; ok {
		return out
	}
	return embed(a)
}

// carry takes one packet in and hands it back in the other family.
func (t *translator) carry() {
	var b [2048]byte
	n, err := unix.Read(t.fd, b[:])
	if err != nil {
		return
	}
	var r report
	if !r.parsePacket(b[:n]) {
		return
	}
	if out := t.packet(b[:n], r); out != nil {
		_, _ = unix.Write(t.fd, out)
	}
}

// packet writes a packet in the other family; nil where it has no counterpart.
func (t *translator) packet(b []byte, r report) []byte {
	h := r.header
	var out []byte
	switch {
	case h.Src.Is4():
		payload := b[int(b[0]&15)*4:]
		out = make([]byte, 40, 40+len(payload))
		proto := h.Proto
		if proto == packet.ICMP {
			proto = packet.ICMPv6
		}
		binary.BigEndian.PutUint32(out, 6<<28|uint32(r.tos)<<20)
		binary.BigEndian.PutUint16(out[4:], uint16(len(payload)))
		out[6], out[7] = proto, b[8]
		src, dst := t.to6(h.Src).As16(), t.to6(h.Dst).As16()
		copy(out[8:], src[:])
		copy(out[24:], dst[:])
		out = append(out, payload...)
		return finish(out, 40, proto, out[8:40])
	default:
		payload := b[40:]
		out = make([]byte, 20, 20+len(payload))
		proto := h.Proto
		if proto == packet.ICMPv6 {
			proto = packet.ICMP
		}
		out[0], out[1] = 0x45, r.tos
		binary.BigEndian.PutUint16(out[2:], uint16(20+len(payload)))
		out[6], out[8], out[9] = 0x40, b[7], proto // do not fragment
		src, dst := t.to4(h.Src).As4(), t.to4(h.Dst).As4()
		copy(out[12:], src[:])
		copy(out[16:], dst[:])
		binary.BigEndian.PutUint16(out[10:], checksum(0, out))
		out = append(out, payload...)
		return finish(out, 20, proto, out[12:20])
	}
}

// finish writes the type of an echo packet and the checksum behind the IP
// header, which covers the addresses too, but for ICMP.
func finish(b []byte, at int, proto uint8, addresses []byte) []byte {
	p := b[at:]
	where := map[uint8]int{packet.TCP: 16, packet.UDP: 6, packet.ICMP: 2, packet.ICMPv6: 2}[proto]
	if len(p) < where+2 || where == 0 {
		return nil
	}
	if proto == packet.ICMP || proto == packet.ICMPv6 {
		echo := map[byte]byte{8: 128, 0: 129, 128: 8, 129: 0}
		kind, ok := echo[p[0]]
		if !ok {
			return nil
		}
		p[0] = kind
	}
	sum := uint32(0)
	if proto != packet.ICMP {
		sum = uint32(proto) + uint32(len(p))
		for k := 0; k < len(addresses); k += 2 {
			sum += uint32(binary.BigEndian.Uint16(addresses[k:]))
		}
	}
	p[where], p[where+1] = 0, 0
	c := checksum(sum, p)
	if c == 0 && proto == packet.UDP {
		c = 0xffff
	}
	binary.BigEndian.PutUint16(p[where:], c)
	return b
}

// checksum is that of the internet protocols.
func checksum(sum uint32, b []byte) uint16 {
	for k := 0; k < len(b); k += 2 {
		if k+1 < len(b) {
			sum += uint32(binary.BigEndian.Uint16(b[k:]))
		} else {
			sum += uint32(b[k]) << 8
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
