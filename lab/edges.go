package lab

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// headers picks packets that try an answer: each field from the inside or from
// an edge of what works, what does not, and what a blocker stops, or from just
// beyond one.
func (t *tour) headers(r *eval.Result, n int) []packet.Header {
	if len(r.Asked) == 0 {
		return nil
	}
	boxes := slices.Concat(r.Works, r.Works, r.Sometimes, r.Asked)
	var dports, sports []packet.PortRange
	for _, b := range boxes {
		dports, sports = append(dports, b.DPorts...), append(sports, b.SPorts...)
	}
	for _, b := range r.Blockers {
		if b.Path == "forward" {
			dports, sports = append(dports, b.Packet.Ports...), append(sports, b.Packet.SourcePorts...)
		}
	}
	var out []packet.Header
	seen := map[packet.Header]bool{}
	for try := 0; try < 4*n && len(out) < n; try++ {
		b := boxes[t.rnd.IntN(len(boxes))]
		h := packet.Header{Src: t.address(b.Src, b.Family), Dst: t.address(b.Dst, b.Family), Proto: t.protocol(b)}
		h.DPort, h.SPort = t.portOf(b.DPorts), t.sourcePort(b.SPorts)
		switch t.rnd.IntN(4) { // leave the box by one field
		case 0:
			h.DPort = t.edge(dports)
		case 1:
			h.SPort = t.edge(sports)
		}
		if h.Proto == packet.ICMP || h.Proto == packet.ICMPv6 {
			h.SPort, h.DPort = 0, 8<<8
			if h.Proto == packet.ICMPv6 {
				h.DPort = 128 << 8
			}
		}
		if !seen[h] && sendable(h) && !t.own(r, h) && inBoxes(r.Asked, h) {
			seen[h] = true
			out = append(out, h)
		}
	}
	return out
}

// everyEdge returns packets at every edge of the port sets of an answer: of
// each box that works, for sure or at times, the lowest and the highest port,
// one below and one above, of both ports; most bounds their number.
func (t *tour) everyEdge(r *eval.Result, most int) []packet.Header {
	var out []packet.Header
	seen := map[packet.Header]bool{}
	add := func(h packet.Header) {
		if len(out) < most && !seen[h] && sendable(h) && inBoxes(r.Asked, h) && !t.own(r, h) {
			seen[h] = true
			out = append(out, h)
		}
	}
	for _, b := range slices.Concat(r.Works, r.Sometimes) {
		for _, proto := range []uint8{packet.TCP, packet.UDP} {
			h := packet.Header{Src: t.address(b.Src, b.Family), Dst: t.address(b.Dst, b.Family), Proto: proto}
			for _, d := range b.DPorts {
				for _, port := range []uint16{d.Lo, d.Hi, d.Lo - 1, d.Hi + 1} {
					h.DPort, h.SPort = port, t.sourcePort(b.SPorts)
					add(h)
				}
			}
			for _, s := range b.SPorts {
				for _, port := range []uint16{s.Lo, s.Hi, s.Lo - 1, s.Hi + 1} {
					h.DPort, h.SPort = t.portOf(b.DPorts), port
					add(h)
				}
			}
		}
	}
	return out
}

// own reports whether a packet is for what the sender's hypervisor answers
// (ADDR-8), which never leaves the host and is not built here, for the sender's
// own site, or has equal ports: where it comes back to its sender through a
// gateway, nobody could tell the request from its own reply.
func (t *tour) own(r *eval.Result, h packet.Header) bool {
	inst, _ := r.From.Resource.(*model.Instance)
	if i, ok := r.From.Resource.(*model.Interface); ok {
		inst = i.Instance()
	}
	if inst != nil && len(inst.Interfaces) > 0 && inst.Interfaces[0].Subnet.VPC.LinkLocalServices().Contains(h.Dst) {
		return true
	}
	if site, ok := r.From.Resource.(*model.ExternalNetwork); ok && site.Behind() != nil {
		for _, c := range together(site.Behind()) { // which are one host here
			for _, p := range sitePrefixes(c) {
				if p.Contains(h.Dst) {
					return true // within the site
				}
			}
		}
	}
	if site, ok := r.From.Resource.(*model.ExternalNetwork); ok && site.Edge != nil {
		for _, e := range t.lab.Topology.ExternalNetworks {
			if e.Edge != site.Edge {
				continue
			}
			for _, b := range e.CIDRs {
				if b.Prefix.Contains(h.Dst) {
					return true // within the networks there
				}
			}
		}
	}
	return h.SPort == h.DPort && h.SPort != 0 && h.Proto != packet.ICMP && h.Proto != packet.ICMPv6
}

func (t *tour) protocol(b packet.Box) uint8 {
	var can []uint8
	for _, p := range []uint8{packet.TCP, packet.TCP, packet.UDP, packet.ICMP, packet.ICMPv6} {
		for _, r := range b.Protos {
			if r.Lo <= p && p <= r.Hi && (p != packet.ICMP || b.Family == addr.V4) && (p != packet.ICMPv6 || b.Family == addr.V6) {
				can = append(can, p)
			}
		}
	}
	if len(can) == 0 {
		return 0
	}
	return can[t.rnd.IntN(len(can))]
}

// edge picks a port at an edge of a list, or just beyond it.
func (t *tour) edge(list []packet.PortRange) uint16 {
	if len(list) == 0 {
		return 0
	}
	r := list[t.rnd.IntN(len(list))]
	switch t.rnd.IntN(4) {
	case 0:
		return r.Lo
	case 1:
		return r.Hi
	case 2:
		return r.Lo - 1
	}
	return r.Hi + 1
}

// portOf picks a port of a list, often an end. Wide ranges give few values, so
// that servers need not listen everywhere.
func (t *tour) portOf(list []packet.PortRange) uint16 {
	if len(list) == 0 {
		return 0
	}
	r := list[t.rnd.IntN(len(list))]
	switch t.rnd.IntN(4) {
	case 0:
		return r.Lo
	case 1:
		return r.Hi
	}
	for range 8 {
		if p := usualPorts[t.rnd.IntN(len(usualPorts))]; r.Lo <= p && p <= r.Hi {
			return p
		}
	}
	return r.Lo
}

var usualPorts = []uint16{22, 80, 443, 3306, 5432, 8080, 53, 50001, 1194, 33000}

// sourcePort picks a port of a list, mostly one that nobody has used.
func (t *tour) sourcePort(list []packet.PortRange) uint16 {
	if len(list) == 0 {
		return 0
	}
	r := list[t.rnd.IntN(len(list))]
	switch t.rnd.IntN(8) {
	case 0:
		return r.Lo
	case 1:
		return r.Hi
	}
	return r.Lo + uint16(t.rnd.IntN(int(r.Hi-r.Lo)+1))
}

// address picks an address of a list, often an end of a range.
func (t *tour) address(list []addr.Range, f addr.Family) netip.Addr {
	if len(list) == 0 {
		list = []addr.Range{addr.All}
	}
	r := list[t.rnd.IntN(len(list))]
	switch t.rnd.IntN(4) {
	case 0:
		return r.First(f)
	case 1:
		return r.Last(f)
	}
	for range 6 {
		a := usualAddresses[f][t.rnd.IntN(len(usualAddresses[f]))]
		if r.Contains(addr.KeyOf(a)) {
			return a
		}
	}
	return r.First(f)
}

var usualAddresses = [2][]netip.Addr{
	{netip.MustParseAddr("198.51.100.7"), netip.MustParseAddr("192.0.2.9"), netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("198.51.100.66")},
	{netip.MustParseAddr("2001:db8:ffff::7"), netip.MustParseAddr("2620:fe::9")},
}

// sendable reports whether a kernel sends such a packet at all.
func sendable(h packet.Header) bool {
	for _, a := range []netip.Addr{h.Src, h.Dst} {
		if !a.IsValid() || a.IsLoopback() || a.IsMulticast() || a.IsUnspecified() || a.IsLinkLocalUnicast() {
			return false
		}
		if a.Is4() {
			if b := a.As4(); b[0] == 0 || b[0] >= 240 || b[0] == 127 {
				return false
			}
		} else if nat64.Contains(a) {
			if b := a.As16(); !sendable(packet.Header{Src: netip.AddrFrom4([4]byte(b[12:])), Dst: usualAddresses[0][0], Proto: packet.ICMP}) {
				return false
			}
		} else if !netip.MustParsePrefix("2000::/3").Contains(a) {
			return false
		}
	}
	switch h.Proto {
	case packet.TCP, packet.UDP:
		return h.SPort > 0 && h.DPort > 0
	}
	return h.Proto == packet.ICMP || h.Proto == packet.ICMPv6
}

func inBoxes(list []packet.Box, h packet.Header) bool {
	return slices.ContainsFunc(list, func(b packet.Box) bool { return inBox(b, h) })
}

func inBox(b packet.Box, h packet.Header) bool {
	return b.Family == addr.FamilyOf(h.Src) && inRanges(b.Src, addr.KeyOf(h.Src)) && inRanges(b.Dst, addr.KeyOf(h.Dst)) &&
		slices.ContainsFunc(b.Protos, func(r packet.ProtoRange) bool { return r.Lo <= h.Proto && h.Proto <= r.Hi }) &&
		inPorts(b.DPorts, h.DPort) && inPorts(b.SPorts, h.SPort)
}

func inRanges(list []addr.Range, k addr.Key) bool {
	return list == nil || slices.ContainsFunc(list, func(r addr.Range) bool { return r.Contains(k) })
}

func inPorts(list []packet.PortRange, p uint16) bool {
	return list == nil || slices.ContainsFunc(list, func(r packet.PortRange) bool { return r.Lo <= p && p <= r.Hi })
}
