package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// carrierOut takes b from a VPC out through a carrier gateway, which pairs
// private addresses with carrier IP addresses as an internet gateway does with
// public ones (MISC-3).
func (w *walk) carrierOut(b branch, v *model.VPC, g *model.CarrierGateway, r *model.Route) {
	if g.VPC != v {
		w.badRoute(&b, r, g.Name+" is not attached to "+v.Name)
		return
	}
	w.spoofed(&b, v, g, packet.Empty)
	w.publicAccess(&b, v, g, b.iface, true)
	if b.asked == packet.Empty {
		return
	}
	none := func(b branch) {
		w.drop(&b, b.asked, func() Hop {
			return gatewayHop(g).with(CarrierNoAddress, fmt.Sprintf("%s has no carrier IP address, so nothing can leave", w.some(b.asked, b.fam, b.source())), "MISC-3")
		})
	}
	w.mapOut(b, v, mapping{gateway: g, by: model.KindCarrierGateway, rule: "MISC-3"}, none, func(b branch) {
		b.iface = nil
		w.carrier(b, g)
	})
}

// carrier carries b in the network of a carrier: to carrier IP addresses, also
// where a network's range holds them, to the networks that the topology names
// there, and else to the internet.
func (w *walk) carrier(b branch, g *model.CarrierGateway) {
	rest := b.asked
	split(w, w.net.public(), b.asked, b.fam, b.destination(), func(rs []addr.Range, to publicOwner, ok bool) {
		if ok && to.by == model.KindCarrierGateway {
			s := w.to(&b, rs...)
			rest = w.sp.Minus(rest, s)
			w.carrierIn(w.only(b, s), to, false)
		}
	})
	b = w.toNetworks(w.only(b, rest), g.Networks)
	rest = b.asked
	outside := w.sp.Or(w.in(rest, b.fam, b.destination(), w.net.carried().Ranges(b.fam)), w.in(rest, b.fam, b.destination(), w.net.publicAddrs().Ranges(b.fam)))
	w.notSaid(&b, w.sp.Minus(rest, outside), g, "MISC-3")
	w.internet(b)
}

// toNetworks delivers b to the networks that have its destinations, and
// returns the rest.
func (w *walk) toNetworks(b branch, list []*model.ExternalNetwork) branch {
	for _, e := range list {
		for _, block := range e.CIDRs {
			if s := w.to(&b, addr.RangeOf(block.Prefix)); s != packet.Empty {
				w.arrive(w.only(b, s), e, nil)
				w.without(&b, s)
			}
		}
	}
	return b
}

// notSaid ends what goes to addresses outside of which the topology says
// nothing: nobody can tell what becomes of it.
func (w *walk) notSaid(b *branch, s packet.Set, g model.Resource, rule string) {
	if s == packet.Empty {
		return
	}
	w.undetermined(b, s, func() Hop {
		return gatewayHop(g).with(NotModelled, fmt.Sprintf("the topology does not say who has %s behind %s", w.some(s, b.fam, b.destination()), g.ID().Name), rule)
	})
	w.without(b, s)
}

// carrierIn takes b in for a carrier IP address: from the carrier's network,
// or from the internet what belongs to a connection that went out there.
func (w *walk) carrierIn(b branch, to publicOwner, internet bool) {
	v, g := to.vpc, to.vpc.CarrierGateway
	if g == nil {
		w.drop(&b, b.asked, func() Hop {
			return Hop{Component: v.Name, Kind: v.Kind, Resource: v, At: v.At, Code: NoCarrierGateway,
				Message: v.Name + " has no carrier gateway", RuleIDs: []string{"MISC-3"}}
		})
		return
	}
	id := gatewayHop(g)
	if to.iface.Owner == nil {
		w.drop(&b, b.asked, func() Hop {
			return id.with(CarrierNoInterface, w.some(b.asked, b.fam, b.destination())+" belongs to a network interface that is attached to nothing", "MISC-3")
		})
		return
	}
	if internet && b.dir == packet.Forward {
		w.gate(&b, packet.Empty, false, func(packet.Set) Hop {
			return id.with(CarrierFromInternet, g.Name+" lets nothing in from the internet, only from the carrier's network", "MISC-3")
		})
	}
	if b.asked != packet.Empty && w.mapIn(&b, g, to.private, "MISC-3", "MISC-3") {
		b.iface = nil
		w.admit(b, v, g, to.iface)
	}
}
