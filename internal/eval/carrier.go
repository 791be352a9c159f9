package eval

import (
	"fmt"
	"strings"

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
	zone := ""
	if b.iface != nil {
		zone = b.iface.Subnet.AZ
	}
	w.mapOut(b, v, mapping{gateway: g, by: model.KindCarrierGateway, rule: "MISC-3"}, none, func(b branch) {
		b.iface = nil
		w.carrier(b, g, zone)
	})
}

// carrier carries b, which comes from a zone, in the network of a carrier: to
// carrier IP addresses, to the networks that the topology names there, and
// else to the internet.
func (w *walk) carrier(b branch, g *model.CarrierGateway, zone string) {
	b = w.toNetworks(w.toCarrierAddresses(b), g.Networks)
	rest := b.asked
	outside := w.sp.Or(w.in(rest, b.fam, b.destination(), w.net.carried().Ranges(b.fam)), w.in(rest, b.fam, b.destination(), w.net.publicAddrs().Ranges(b.fam)))
	w.notSaid(&b, w.sp.Minus(rest, outside), g, "MISC-3")
	w.carrierProtocols(&b, g, zone)
	w.internet(b)
}

// toCarrierAddresses takes in, by their gateways, what is for carrier IP
// addresses, and returns the rest.
func (w *walk) toCarrierAddresses(b branch) branch {
	rest := b.asked
	split(w, w.net.public(), b.asked, b.fam, b.destination(), func(rs []addr.Range, to publicOwner, ok bool) {
		if ok && to.by == model.KindCarrierGateway {
			s := w.to(&b, rs...)
			rest = w.sp.Minus(rest, s)
			w.carrierIn(w.only(b, s), to, false)
		}
	})
	return w.only(b, rest)
}

// fromCarrier sends b from a network of the carrier. The gateway knows carrier
// IP addresses; the private ones of its VPC are nobody's out there.
// Whether the network is that of another gateway's zones too, the topology
// does not say.
func (w *walk) fromCarrier(b branch, g *model.CarrierGateway) {
	others := packet.Empty
	split(w, w.net.public(), b.asked, b.fam, b.destination(), func(rs []addr.Range, to publicOwner, ok bool) {
		if ok && to.by == model.KindCarrierGateway && to.vpc.CarrierGateway != nil && to.vpc.CarrierGateway != g {
			others = w.sp.Or(others, w.to(&b, rs...))
		}
	})
	if others != packet.Empty {
		w.undetermined(&b, others, func() Hop {
			return gatewayHop(g).with(NotModelled, fmt.Sprintf("the topology does not say whether %s, of another carrier gateway, is in reach behind %s", w.some(others, b.fam, b.destination()), g.Name), "MISC-3")
		})
	}
	b = w.toCarrierAddresses(b)
	if g.VPC != nil {
		private := w.inBlocks(b.asked, b.fam, b.destination(), g.VPC.Blocks())
		w.drop(&b, private, func() Hop {
			return gatewayHop(g).with(CarrierNoInterface, w.some(private, b.fam, b.destination())+" is no carrier IP address, and the carrier's network knows no other of "+g.VPC.Name, "MISC-3")
		})
	}
	w.notSaid(&b, b.asked, g, "MISC-3")
}

// openZone reports whether the carrier gateways of a zone let everything pass
// between it and the internet: those in Africa do, whose parent Region is
// eu-west-3.
func openZone(zone string) bool { return strings.HasPrefix(zone, "eu-west-3-") }

// carrierProtocols stops what a carrier gateway lets nobody send to the
// internet: UDP. Of other protocols than TCP and ICMP no page speaks.
func (w *walk) carrierProtocols(b *branch, g *model.CarrierGateway, zone string) {
	if b.asked == packet.Empty || b.dir != packet.Forward || openZone(zone) {
		return
	}
	spoken := w.sp.Or(w.sp.Protos(packet.TCP, packet.TCP), w.sp.Or(w.sp.Protos(packet.UDP, packet.UDP), w.sp.Protos(packet.ICMP, packet.ICMP)))
	if other := w.sp.Minus(b.asked, spoken); other != packet.Empty {
		w.endsUnknown(b, other, func() Hop {
			return gatewayHop(g).with(NotModelled, "whether a carrier gateway carries other protocols than TCP, UDP and ICMP to the internet is not documented", "MISC-3")
		})
		w.without(b, other)
	}
	w.gate(b, w.sp.Minus(b.asked, w.sp.Protos(packet.UDP, packet.UDP)), true, func(packet.Set) Hop {
		return gatewayHop(g).with(CarrierProtocol, "a carrier gateway carries no UDP between its zone and the internet", "MISC-3")
	})
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
	w.endsUnknown(b, s, func() Hop {
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
	if internet && b.dir == packet.Forward && !openZone(to.iface.Subnet.AZ) {
		icmp := w.sp.And(b.asked, w.sp.Protos(packet.ICMP, packet.ICMP))
		if w.sp.And(icmp, b.live) != packet.Empty {
			w.assume("MISC-3", "a carrier gateway lets ICMP in from the internet, as the page of considerations says; the page on how Wavelength works speaks of nothing that comes in from there")
		}
		w.gate(&b, icmp, true, func(packet.Set) Hop {
			return id.with(CarrierFromInternet, g.Name+" lets no connection in from the internet, only from the carrier's network", "MISC-3")
		})
	}
	if b.asked != packet.Empty && w.mapIn(&b, g, to.private, "MISC-3", "MISC-3") {
		b.iface = nil
		w.admit(b, v, g, to.iface)
	}
}

// localTo delivers b by a local route. Two Wavelength Zones of a VPC are not
// allowed to communicate (MISC-3).
func (w *walk) localTo(b branch, i *model.Interface) {
	if from := b.iface; from != nil && from.Subnet.AZ != i.Subnet.AZ && model.WavelengthZone(from.Subnet.AZ) && model.WavelengthZone(i.Subnet.AZ) {
		w.gate(&b, packet.Empty, false, func(packet.Set) Hop {
			v, a, z := i.Subnet.VPC, from.Subnet.AZ, i.Subnet.AZ
			return gatewayHop(v).with(WavelengthZones, fmt.Sprintf("the Wavelength Zones %s and %s do not communicate within %s", min(a, z), max(a, z), v.Name), "MISC-3")
		})
	}
	w.arriveAt(b, i)
}
