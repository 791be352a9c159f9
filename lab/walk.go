package lab

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// Walk is one direction of a probe as the fabric reported it.
type Walk struct {
	Started bool
	Steps   []Step
	Drop    *Drop // where it was dropped, nil when it was not
	Last    packet.Header
}

// A Step is a passage: out of or into an interface, or through a gateway,
// connection or tunnel.
type Step struct {
	Way  string // out, in or through
	Name string
}

func (s Step) String() string { return s.Way + " " + s.Name }

// The two directions.
const (
	forward = iota
	back
)

// visited is a place and a header, without the client's port, which address
// translation changes every time.
type visited struct {
	in       int
	dir      int
	src, dst netip.Addr
	port     uint16
}

// walker turns reports into walks.
type walker struct {
	l       *Lab
	proto   uint8
	id      uint16 // of ICMP echo
	out     *Outcome
	visited map[visited]bool
	ended   bool
}

// direction tells a request from a reply; ok is false for what is neither: the
// rest of a TCP connection, and what belongs to another probe.
func (w *walker) direction(r report) (int, bool) {
	if !alike(r.header.Proto, w.proto) || r.tos&^3 == outerTOS || r.tos&^3 == answerTOS {
		return 0, false
	}
	switch w.proto {
	case packet.TCP:
		switch r.tcpFlags & 0x17 { // FIN, SYN, RST, ACK
		case 0x02:
			return forward, true
		case 0x12:
			return back, true
		}
		return 0, false
	case packet.UDP:
		if r.tos&^3 == replyTOS {
			return back, true
		}
		return forward, true
	}
	if stale := w.id - r.id; stale > 0 && stale < 256 {
		return 0, false // of an earlier probe; a NAT may have chosen any other
	}
	switch r.header.DPort >> 8 {
	case 8, 128:
		return forward, true
	case 0, 129:
		return back, true
	}
	return 0, false
}

// alike reports whether two protocols are the same, or ICMP of either family:
// what changes its family changes that too.
func alike(a, b uint8) bool {
	icmp := func(p uint8) bool { return p == packet.ICMP || p == packet.ICMPv6 }
	return a == b || icmp(a) && icmp(b)
}

// report adds one report to its walk.
func (w *walker) report(r report) {
	dir, ok := w.direction(r)
	if !ok || w.ended {
		return
	}
	walk := &w.out.Walks[dir]
	in, out := w.l.byIndex[r.in], w.l.byIndex[r.out]
	w.out.Reports = append(w.out.Reports, fmt.Sprintf("%s %s -> %s %v", r.prefix, nameOf(in), nameOf(out), r.header))
	if dir == back && !walk.Started {
		w.answeredBy(in, r.header)
	}
	walk.Started = true
	walk.Last = r.header
	if d := w.dropOf(r); r.prefix[0] == 'F' || out != nil || in != nil && !in.kind.outside() || d != nil && d.Entered {
		w.from(walk, in)
	}
	switch r.prefix[0] {
	case 'F':
		w.to(walk, in, out)
		if w.again(dir, r) {
			w.drop(walk, Drop{Code: eval.RoutingLoop})
		}
	case 'D':
		d := w.dropOf(r)
		if d == nil {
			return
		}
		if d.Inside && out != nil {
			w.to(walk, in, out)
		}
		walk.through(d.Through)
		w.drop(walk, *d)
	}
}

// dropOf is what the log prefix of a drop stands for; nil for other reports.
func (w *walker) dropOf(r report) *Drop {
	k, err := strconv.Atoi(r.prefix[1:])
	if r.prefix[0] != 'D' || err != nil || k >= len(w.l.drops) {
		return nil
	}
	return &w.l.drops[k]
}

func (w *walker) drop(walk *Walk, d Drop) {
	walk.Drop = &d
	w.ended = true
}

func nameOf(p *port) string {
	if p == nil {
		return "-"
	}
	return p.name
}

// answeredBy notes who sent the first packet of the reply.
func (w *walker) answeredBy(p *port, h packet.Header) {
	if p == nil {
		return
	}
	if w.out.Answered != "" {
		return // the server itself has told
	}
	switch r := p.resource.(type) {
	case *model.Instance:
		w.out.Answered = r.Name
	case *model.VPNConnection:
		w.out.Answered = w.l.sites[r].String()
	case *model.TransitGatewayAttachment: // a Connect attachment
		w.out.Answered = w.l.sites[r.Connection].String()
	case *model.VPCEndpoint:
		w.out.Answered = r.Name
	case *model.LoadBalancer:
		w.out.Answered = r.Name
	case *model.InternetGateway, *model.VPC:
		w.out.Answered = "internet"
		h.Dst = w.l.public(p.vpc, h.Dst, model.KindInternetGateway) // the report is from behind the mapping
	case *model.CarrierGateway:
		w.out.Answered = r.Name
		if p.kind == portCarrierInternet {
			w.out.Answered = "internet"
		}
		h.Dst = w.l.public(p.vpc, h.Dst, model.KindCarrierGateway)
	case *model.LocalGateway:
		w.out.Answered = r.Name
		if r.CoIP {
			for _, v := range r.VPCs {
				h.Dst = w.l.public(v, h.Dst, model.KindLocalGateway)
			}
		}
	}
	w.out.Seen = netip.AddrPortFrom(h.Dst, h.DPort)
	if w.proto == packet.ICMP || w.proto == packet.ICMPv6 {
		w.out.Seen = netip.AddrPortFrom(h.Dst, 0)
	}
}

// public is the address that the gateways of a kind map a private one of a VPC
// to, or the address itself.
func (l *Lab) public(v *model.VPC, private netip.Addr, by model.Kind) netip.Addr {
	for _, i := range l.Topology.Interfaces {
		if a, ok := i.MappedTo(private, by); ok && i.Subnet.VPC == v {
			return a
		}
	}
	return private
}

// again notes the place of a packet and reports whether it was there before.
func (w *walker) again(dir int, r report) bool {
	port := r.header.DPort
	if dir == back {
		port = r.header.SPort
	}
	v := visited{r.in, dir, r.header.Src, r.header.Dst, port}
	if w.visited[v] {
		return true
	}
	w.visited[v] = true
	return false
}
