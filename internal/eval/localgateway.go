package eval

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/lpm"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// lgwOut takes b from a subnet on an Outpost to the network on the premises
// (MISC-4): untranslated, or in CoIP mode from a customer-owned address.
func (w *walk) lgwOut(b branch, v *model.VPC, g *model.LocalGateway, r *model.Route) {
	if !slices.Contains(g.VPCs, v) {
		w.badRoute(&b, r, g.Name+" is not associated with "+v.Name)
		return
	}
	// What comes back from a transit gateway may still be known as an
	// interface's, but is not sent by its subnet's table.
	if b.iface == nil || !onOutpost(b.iface, g) || !slices.Contains(b.iface.Subnet.RouteTable.Routes, r) {
		w.drop(&b, b.asked, func() Hop {
			return gatewayHop(g).with(LocalGatewayOutpost, "only network interfaces of instances on the Outpost use "+g.Name, "MISC-4")
		})
		return
	}
	w.spoofed(&b, v, g, packet.Empty)
	if b.asked == packet.Empty {
		return
	}
	if b.fam == addr.V6 {
		w.endsUnknown(&b, b.asked, func() Hop {
			return gatewayHop(g).with(NotModelled, "IPv6 over a local gateway is not modelled", "MISC-4")
		})
		return
	}
	leave := func(b branch) {
		b.iface = nil // SG-12: groups do not reach across
		w.premises(b, g)
	}
	if !g.CoIP {
		w.handOn(&b, g, "to the network on the premises", "MISC-4")
		leave(b)
		return
	}
	none := func(b branch) {
		w.drop(&b, b.asked, func() Hop {
			return gatewayHop(g).with(LocalGatewayNoAddress, fmt.Sprintf("%s has no customer-owned address, so nothing can leave", w.some(b.asked, b.fam, b.source())), "MISC-4")
		})
	}
	w.mapOut(b, v, mapping{gateway: g, by: model.KindLocalGateway, rule: "MISC-4"}, none, leave)
}

// onOutpost reports whether an interface may use a local gateway: it is an
// instance's, in a subnet on the gateway's Outpost. Where the topology leaves
// Outposts out, any will do.
func onOutpost(i *model.Interface, g *model.LocalGateway) bool {
	on := i.Subnet.Outpost
	return i.Instance() != nil && (on == g.Outpost || on == "" || g.Outpost == "")
}

// premises carries b on the premises behind a local gateway: to another
// Outpost's local gateway what that one makes known, also where a network's
// range holds it, and to the networks that the topology names there.
func (w *walk) premises(b branch, g *model.LocalGateway) {
	split(w, w.net.local(g), b.asked, b.fam, b.destination(), func(rs []addr.Range, to publicOwner, ok bool) {
		if ok && to.known {
			w.notSaid(&b, w.to(&b, rs...), g, "MISC-4") // whether it comes back
		}
	})
	for _, other := range w.net.topo.LocalGateways {
		if other == g || b.asked == packet.Empty {
			continue
		}
		split(w, w.net.local(other), b.asked, b.fam, b.destination(), func(rs []addr.Range, to publicOwner, ok bool) {
			if !ok || !to.known {
				return
			}
			part := w.only(b, w.to(&b, rs...))
			w.assume("MISC-4", "the networks behind "+g.Name+" and "+other.Name+" are one, which leads to either what that makes known")
			w.without(&b, part.asked)
			w.lgwIn(part, other)
		})
	}
	b = w.toNetworks(b, g.Networks)
	w.notSaid(&b, b.asked, g, "MISC-4")
}

// fromPremises sends b from a network behind a local gateway. What another
// local gateway makes known it may reach there; the topology does not say.
func (w *walk) fromPremises(b branch, g *model.LocalGateway) {
	toKnown := func(by *model.LocalGateway, next func(part branch)) {
		split(w, w.net.local(by), b.asked, b.fam, b.destination(), func(rs []addr.Range, to publicOwner, ok bool) {
			if ok && to.known {
				part := w.only(b, w.to(&b, rs...))
				w.without(&b, part.asked)
				next(part)
			}
		})
	}
	toKnown(g, func(part branch) { w.lgwIn(part, g) })
	for _, other := range w.net.topo.LocalGateways {
		if other != g && b.asked != packet.Empty {
			toKnown(other, func(part branch) { w.notSaid(&part, part.asked, g, "MISC-4") })
		}
	}
	w.lgwIn(b, g)
}

// local maps what the premises find behind a local gateway: the private
// addresses in its VPCs, of which those of instances on its Outpost are made
// known, or the customer-owned ones of these.
func (n *Net) local(g *model.LocalGateway) *lpm.Table[publicOwner] {
	return n.outposts.get(g, func(g *model.LocalGateway) *lpm.Table[publicOwner] {
		var b lpm.Builder[publicOwner]
		add := func(a, private netip.Addr, i *model.Interface, known bool) {
			b.Insert(netip.PrefixFrom(a, a.BitLen()), publicOwner{vpc: i.Subnet.VPC, iface: i, private: private, by: model.KindLocalGateway, known: known})
		}
		for _, i := range n.topo.Interfaces {
			if i.Owner == nil || !slices.Contains(g.VPCs, i.Subnet.VPC) {
				continue
			}
			if !g.CoIP {
				for _, a := range i.Private {
					add(a, netip.Addr{}, i, onOutpost(i, g) && leadsTo(i.Subnet.RouteTable, g))
				}
				continue
			}
			for _, p := range i.Public {
				if p.By == model.KindLocalGateway && onOutpost(i, g) {
					add(p.Public, p.Private, i, true)
				}
			}
		}
		return b.Build()
	})
}

// leadsTo reports whether a table has a route to a local gateway, which is
// what makes the subnet known on the premises.
func leadsTo(t *model.RouteTable, g *model.LocalGateway) bool {
	return t != nil && slices.ContainsFunc(t.Routes, func(r *model.Route) bool { return r.Target == model.Resource(g) })
}

// lgwIn takes b from the premises to an instance on the Outpost.
func (w *walk) lgwIn(b branch, g *model.LocalGateway) {
	id := gatewayHop(g)
	free := b.asked
	split(w, w.net.local(g), b.asked, b.fam, b.destination(), func(rs []addr.Range, to publicOwner, ok bool) {
		if !ok {
			return
		}
		part := w.only(b, w.to(&b, rs...))
		free = w.sp.Minus(free, part.asked)
		if !to.known {
			w.gate(&part, packet.Empty, false, func(packet.Set) Hop {
				h := id.with(LocalGatewayNotKnown, fmt.Sprintf("%s is not made known on the premises: %s has no route to %s", to.iface.Subnet.Name, to.iface.Subnet.RouteTable.Name, g.Name), "MISC-4")
				if h.At = to.iface.Subnet.RouteTable.At; !h.At.IsValid() {
					h.At = to.iface.Subnet.At
				}
				if !onOutpost(to.iface, g) {
					h.Code, h.At = LocalGatewayOutpost, id.r.ID().At
					h.Message = fmt.Sprintf("%s is no network interface of an instance on the Outpost", to.iface.Name)
				}
				return h
			})
			if part.asked == packet.Empty {
				return
			}
		}
		if !to.private.IsValid() {
			w.handOn(&part, g, "to "+to.vpc.Name, "MISC-4")
		} else if !w.mapIn(&part, g, to.private, "MISC-4", "MISC-4") {
			return
		}
		part.iface = nil
		w.arriveAt(part, to.iface)
	})
	w.drop(&b, free, func() Hop {
		return id.with(LocalGatewayNoInterface, fmt.Sprintf("no network interface behind %s has %s", g.Name, w.some(free, b.fam, b.destination())), "MISC-4")
	})
}
