package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// natGateway translates a request of its VPC (NGW-2), or undoes that for a
// reply; nothing else comes through.
func (w *walk) natGateway(b branch, g *model.NATGateway, i *model.Interface) {
	id := gatewayHop(g)
	if b.dir == packet.Reply {
		if !w.undoHop(&b, g, "NGW-13") {
			if g.Regional && b.undo != nil && b.undo.device == model.Resource(g.VPC.InternetGateway) {
				w.assume("NGW-19", "a regional NAT gateway takes in replies that come by the internet gateway, and none that a route of the VPC leads to it")
			}
			w.asymmetric(&b, g, g.Name+" has no record of this connection", "M-8", "NGW-13")
			return
		}
		w.send(b, i)
		return
	}
	var buf [1]addr.Range
	own := w.to(&b, appendOwn(buf[:0], i, b.fam)...)
	w.drop(&b, own, func() Hop {
		return id.with(NATGatewayUnsolicited, g.Name+" takes in only replies to what went out through it", "NGW-6")
	})
	c := change{src: newEnd{to: i.Primary(false), ports: ephemeral}}
	rule := "NGW-2"
	if b.fam == addr.V6 {
		c.dst.embedded = true
		rule = "NGW-14"
		w.untranslatable(&b, g)
	}
	w.gate(&b, w.translatable(&b), true, func(packet.Set) Hop {
		return id.with(ProtocolRestriction, "a NAT gateway carries TCP, UDP and ICMP only", "NGW-5")
	})
	v := g.VPC
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
	if b.fam == addr.V6 && w.sp.And(b.asked, w.sp.EchoRequest(addr.V6)) != packet.Empty {
		w.assume("NGW-14", "a NAT gateway translates the ICMPv6 echo request as it translates TCP and UDP")
	}
	w.translate(&b, g, w.newPass(), c, rule)
	if g.Regional {
		w.onlyInternet(&b, g, i)
	}
	w.send(b, i)
}

// serving returns the interfaces of a gateway that b may come to: of a
// regional one those in the zone that b comes from. In a zone that it is not
// in yet it serves all the same, from another (NGW-19).
func (w *walk) serving(b *branch, g *model.NATGateway) []*model.Interface {
	if !g.Regional || b.az == "" {
		return g.Interfaces
	}
	var near []*model.Interface
	for _, i := range g.Interfaces {
		if i.Subnet.AZ == b.az {
			near = append(near, i)
		}
	}
	if near == nil {
		w.assume("NGW-19", fmt.Sprintf("%s has no address in %s and serves it from another zone, as the guide says; Reachability Analyzer has a code for the contrary, REGIONAL_NGW_ROUTE_AZ_RESTRICTION", g.Name, b.az))
		return g.Interfaces
	}
	return near
}

// onlyInternet takes out of b what a regional gateway sends elsewhere than to
// the internet: which address it shows there is documented nowhere (NGW-19).
func (w *walk) onlyInternet(b *branch, g *model.NATGateway, i *model.Interface) {
	inside := packet.Empty
	split(w, w.net.table(i.Subnet.RouteTable).lookup, b.asked, b.fam, b.destination(), func(rs []addr.Range, e *routeEntry, ok bool) {
		if !ok {
			return
		}
		r := e.candidates[0].route
		if _, internet := r.Target.(*model.InternetGateway); !internet && r.Kind != model.TargetBlackhole {
			inside = w.sp.Or(inside, w.to(b, rs...))
		}
	})
	if inside == packet.Empty {
		return
	}
	w.endsUnknown(b, inside, func() Hop {
		return gatewayHop(g).with(NotModelled, fmt.Sprintf("which address a regional NAT gateway shows to %s, which is not on the internet, is not documented", w.some(inside, b.fam, packet.Dst)), "NGW-19")
	})
	w.without(b, inside)
}

// untranslatable drops the IPv6 packets that have no counterpart in IPv4.
func (w *walk) untranslatable(b *branch, g *model.NATGateway) {
	id := gatewayHop(g)
	foreign := w.sp.Minus(b.asked, w.to(b, addr.RangeOf(wellKnown)))
	w.drop(b, foreign, func() Hop {
		return id.with(NATGatewayFamily, fmt.Sprintf("%s takes IPv6 to %s only, not to %s", g.Name, wellKnown, w.some(foreign, b.fam, packet.Dst)), "NGW-14")
	})
	w.drop(b, w.sp.Minus(b.asked, w.translatable(b)), func() Hop {
		return id.with(ProtocolRestriction, "of IPv6 a NAT gateway translates TCP, UDP and echo requests only", "NGW-14", "NGW-5")
	})
}

// translatable returns the part of b in the protocols that a NAT gateway
// carries: of IPv6 what has a counterpart in IPv4, so of ICMPv6 the echo
// request alone.
func (w *walk) translatable(b *branch) packet.Set {
	var buf [4]packet.ProtoRange
	protos := w.sp.AppendProtos(buf[:0], b.asked)
	if len(protos) == 1 && protos[0].Lo == protos[0].Hi && (protos[0].Lo == packet.TCP || protos[0].Lo == packet.UDP) {
		return b.asked
	}
	icmp := w.sp.Protos(packet.ICMP, packet.ICMP)
	if b.fam == addr.V6 {
		icmp = w.sp.EchoRequest(addr.V6)
	}
	tcp, udp := w.sp.Protos(packet.TCP, packet.TCP), w.sp.Protos(packet.UDP, packet.UDP)
	return w.sp.And(b.asked, w.sp.Or(w.sp.Or(tcp, udp), icmp))
}

// ephemeral are the source ports of NAT gateways and load balancers (ACL-14).
var ephemeral = packet.PortRange{Lo: 1024, Hi: 65535}
