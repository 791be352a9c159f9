package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// natGateway translates a request of its VPC (NGW-2), or undoes that for a
// reply; nothing else comes through.
func (w *walk) natGateway(b branch, g *model.NATGateway) {
	id := gatewayHop(g)
	if b.dir == packet.Reply {
		if !w.undoHop(&b, g, "NGW-13") {
			w.asymmetric(&b, g, g.Name+" has no record of this connection", "M-8", "NGW-13")
			return
		}
		w.send(b, g.Interface)
		return
	}
	own := w.to(&b, addr.RangeOfAddr(g.Interface.Primary(false)))
	w.drop(&b, own, func() Hop {
		return id.with(NATGatewayUnsolicited, g.Name+" takes in only replies to what went out through it", "NGW-6")
	})
	w.gate(&b, w.carried(b.asked), true, func(packet.Set) Hop {
		return id.with(ProtocolRestriction, "a NAT gateway carries TCP, UDP and ICMP only", "NGW-5")
	})
	v := g.Subnet.VPC
	known := b.asked // NGW-11: what comes in through a transit gateway is served too
	if b.entered != v {
		known = w.owned(&b, packet.Src, v)
	}
	w.gate(&b, known, true, func(denied packet.Set) Hop {
		return id.with(NATGatewaySource, fmt.Sprintf("the source %s belongs to no network interface of %s", w.some(denied, b.fam, packet.Src), v.Name), "NGW-10")
	})
	if b.asked == packet.Empty {
		return
	}
	w.assumeNamedOut()
	w.translate(&b, g, w.newPass(), change{field: packet.Src, to: g.Interface.Primary(false), ports: packet.PortRange{Lo: 1024, Hi: 65535}}, "NGW-2")
	w.send(b, g.Interface)
}

// carried returns the part of s in the protocols that a NAT gateway carries.
func (w *walk) carried(s packet.Set) packet.Set {
	var buf [4]packet.ProtoRange
	protos := w.sp.AppendProtos(buf[:0], s)
	if len(protos) == 1 && protos[0].Lo == protos[0].Hi {
		switch protos[0].Lo {
		case packet.TCP, packet.UDP, packet.ICMP:
			return s
		}
		return packet.Empty
	}
	tcp, udp, icmp := w.sp.Protos(packet.TCP, packet.TCP), w.sp.Protos(packet.UDP, packet.UDP), w.sp.Protos(packet.ICMP, packet.ICMP)
	return w.sp.And(s, w.sp.Or(w.sp.Or(tcp, udp), icmp))
}
