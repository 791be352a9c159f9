package eval_test

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// nat64 is the prefix whose addresses carry IPv4 ones (RFC 6052).
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// embedded is the IPv4 address in the last 32 bits.
func embedded(a netip.Addr) netip.Addr {
	b := a.As16()
	return netip.AddrFrom4([4]byte(b[12:]))
}

// natGateway is a packet that reaches a NAT gateway at one of its interfaces
// (NGW-2, 5, 6, 10, 13, 14).
func (w *walker) natGateway(g *model.NATGateway, at *model.Interface, p pkt) {
	w.pass(g.Name)
	if w.replying {
		if q, ok := w.undo(at, p); ok {
			w.leave(at, q)
			return
		}
		w.dropStray([]*model.Interface{at}, p, g.Name)
		return
	}
	if at.Owns(p.dst) {
		w.drop(one(eval.NATGatewayUnsolicited), g.Name)
		return
	}
	var codes []eval.Code
	echo := p.proto == packet.ICMPv6 && p.isEcho()
	switch {
	case p.v6() && !covers(nat64, p.dst):
		codes = append(codes, eval.NATGatewayFamily, eval.ProtocolRestriction)
	case p.v6() && !p.hasPorts() && !echo, !p.v6() && !p.hasPorts() && p.proto != packet.ICMP:
		codes = append(codes, eval.ProtocolRestriction)
	}
	if w.owner(g.VPC, p.src) == nil && w.byTransit != g.VPC { // NGW-10, NGW-11
		codes = append(codes, eval.NATGatewaySource)
	}
	if codes != nil {
		w.drop(codes, g.Name)
		return
	}
	q := p
	q.src = at.Private[0]
	if p.v6() {
		q.dst = embedded(p.dst)
	}
	if echo {
		q.proto, q.dport = packet.ICMP, echo4
	}
	if p.hasPorts() {
		q.sport = w.choose.port(g)
	}
	w.passages = append(w.passages, passage{device: at, in: p, out: q})
	w.leave(at, q)
}

// toNATGateway is a packet that a route leads to a NAT gateway, which serves it
// from any of its addresses (NGW-1); a regional one from one of its zone, or of
// any where that has none (NGW-19).
func (w *walker) toNATGateway(g *model.NATGateway, from *model.Interface, p pkt) {
	var in []*model.Interface
	for _, i := range g.Interfaces {
		if !g.Regional || i.Subnet.AZ == from.Subnet.AZ {
			in = append(in, i)
		}
	}
	if len(in) == 0 {
		in = g.Interfaces
	}
	if w.replying { // by the address that it had
		for _, i := range in {
			if w.last(i, p) != nil {
				in = []*model.Interface{i}
			}
		}
	}
	i := in[w.choose.pick(len(in))]
	if g.Regional { // in no subnet
		w.natGateway(g, i, p)
		return
	}
	w.enter(i, p, true)
}
