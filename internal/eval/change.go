package eval

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// change is what a rewrite does to a packet, source and destination apart.
// Every rewrite in a network sets fields to constants or ranges, or moves an
// address by a prefix, so that sets stay small. A change may lead into the
// other family; then both ends change.
type change struct{ src, dst newEnd }

// newEnd is what becomes of one end: its address, and the port that goes with
// it. The zero value leaves both.
type newEnd struct {
	to netip.Addr // the address that it becomes
	// embedded makes an address of 64:ff9b::/96 the IPv4 address inside it
	// (RFC 6052).
	embedded bool
	ports    packet.PortRange // the port becomes any of these; the zero value keeps it
}

// What an embedded address moves between.
var (
	wellKnown = netip.MustParsePrefix("64:ff9b::/96")
	everyV4   = netip.MustParsePrefix("0.0.0.0/0")
)

// ends calls do for each end that changes, with the fields that hold it.
func (c *change) ends(do func(e *newEnd, address, port packet.Field)) {
	if c.src != (newEnd{}) {
		do(&c.src, packet.Src, packet.SPort)
	}
	if c.dst != (newEnd{}) {
		do(&c.dst, packet.Dst, packet.DPort)
	}
}

// family returns the family of what a change makes of packets of f.
func (c *change) family(f addr.Family) addr.Family {
	out := f
	c.ends(func(e *newEnd, _, _ packet.Field) {
		if e.to.IsValid() {
			out = addr.FamilyOf(e.to)
		}
	})
	return out
}

// apply makes the change to s: addresses that become constants are let go,
// then embedded ones move, then the constants are set.
func (w *walk) apply(c *change, s packet.Set) packet.Set {
	c.ends(func(e *newEnd, address, _ packet.Field) {
		if e.to.IsValid() {
			s = w.sp.Free(s, address, packet.Family) // the new address brings its family
		}
	})
	c.ends(func(e *newEnd, address, _ packet.Field) {
		if e.embedded {
			s = w.sp.Move(s, address, wellKnown, everyV4)
		}
	})
	c.ends(func(e *newEnd, address, port packet.Field) {
		if e.to.IsValid() {
			s = w.sp.And(s, w.sp.Addrs(addr.FamilyOf(e.to), address, addr.RangeOfAddr(e.to)))
		}
		if e.ports != (packet.PortRange{}) {
			s = w.sp.AssignPorts(s, port, e.ports.Lo, e.ports.Hi)
		}
	})
	return s
}

// before returns what of old, which a rewrite turned into made, may have
// become one of s.
func (w *walk) before(s packet.Set, m *mark, old, made packet.Set) packet.Set {
	if s == made {
		return old
	}
	m.change.ends(func(e *newEnd, address, port packet.Field) {
		if e.to.IsValid() {
			s = w.sp.Free(s, address, packet.Family)
		}
		if e.ports != (packet.PortRange{}) {
			s = w.sp.Free(s, port)
		}
	})
	m.change.ends(func(e *newEnd, address, _ packet.Field) {
		if e.embedded {
			s = w.sp.Move(s, address, everyV4, wellKnown)
		}
	})
	return w.sp.And(old, s)
}
