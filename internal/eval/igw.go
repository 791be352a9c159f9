package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// igwOut takes b from a VPC out through an internet gateway.
func (w *walk) igwOut(b branch, v *model.VPC, g *model.InternetGateway, r *model.Route) {
	if g.VPC != v {
		w.badRoute(&b, r, g.Name+" is not attached to "+v.Name)
		return
	}
	if w.unknownGateway(&b, g) {
		return
	}
	id := gatewayHop(g)
	for _, private := range []struct {
		set  addr.Set
		code Code
	}{{rfc1918, IGWDestinationRFC1918}, {rfc6598, IGWDestinationRFC6598}} { // IGW-8
		s := w.in(b.asked, b.fam, b.destination(), private.set.Ranges(b.fam))
		w.drop(&b, s, func() Hop {
			return id.with(private.code, "an internet gateway carries nothing to the private address "+w.some(s, b.fam, b.destination()), "IGW-8")
		})
	}
	w.private6(&b, v, g, b.source(), IGWNoPublicIP)
	w.redirected(&b, g)
	own := w.fromPool(&b, g)
	w.spoofed(&b, v, g, own)
	w.publicAccess(&b, v, g, b.iface, true)
	if b.asked == packet.Empty {
		return
	}
	leave := func(b branch) {
		b.iface = nil
		w.internet(b)
	}
	if b.fam == addr.V6 {
		w.handOn(&b, g, "to the internet", "IGW-13")
		leave(b)
		return
	}
	if own != packet.Empty {
		w.assume("GW-14", "an internet gateway lets out, untranslated, what comes from a range of the owner's own that its route table takes in")
		part := w.only(b, own)
		w.without(&b, own)
		w.handOn(&part, g, "to the internet, untranslated", "GW-14")
		leave(part)
	}
	none := func(b branch) {
		if b.supposedGateway() == g {
			w.undoAt(&b, g)
			w.handOn(&b, g, "to the internet, as if from a public address", "IGW-4")
			leave(b)
			return
		}
		w.mend(&b, func() Hop {
			return id.with(IGWNoPublicIP, fmt.Sprintf("%s has no public address, so nothing can leave", w.some(b.asked, b.fam, b.source())), "IGW-3")
		})
		if b.asked != packet.Empty && b.dir == packet.Forward {
			w.supposePublic(b, g)
		}
	}
	w.mapOut(b, v, mapping{gateway: g, by: model.KindInternetGateway, rule: "IGW-4"}, none, leave)
}

// private6 drops at a gateway what has a private IPv6 address of the VPC, which
// the internet does not carry (IGW-13).
func (w *walk) private6(b *branch, v *model.VPC, g model.Resource, field packet.Field, code Code) {
	s := w.in(b.asked, b.fam, field, private6.Ranges(b.fam))
	if len(v.PrivateIPv6CIDRs) > 0 && b.fam == addr.V6 {
		s = w.sp.Or(s, w.inBlocks(b.asked, b.fam, field, v.PrivateIPv6CIDRs))
	}
	w.drop(b, s, func() Hop {
		return gatewayHop(g).with(code, w.some(s, b.fam, field)+" is a private IPv6 address, which the internet does not carry", "IGW-13")
	})
}

// unknownGateway ends b where nobody knows what its internet gateway does.
func (w *walk) unknownGateway(b *branch, g *model.InternetGateway) bool {
	if g.NotModelled == "" {
		return false
	}
	w.undetermined(b, b.asked, func() Hop {
		return gatewayHop(g).with(NotModelled, g.Name+" is not modelled: "+g.NotModelled, "MISC-5")
	})
	return true
}

// fromPool returns the part of b that comes from a range of the owner's own
// that the gateway's table takes in, and leads to the host that sends b
// (GW-14).
func (w *walk) fromPool(b *branch, g *model.InternetGateway) packet.Set {
	if g.EdgeTable == nil || len(g.EdgeTable.Pools) == 0 || b.fam != addr.V4 {
		return packet.Empty
	}
	if b.iface == nil || w.inBlocks(b.asked, b.fam, b.source(), g.EdgeTable.Pools) == packet.Empty {
		return packet.Empty
	}
	own := packet.Empty
	split(w, w.net.table(g.EdgeTable).lookup, b.asked, b.fam, b.source(), func(rs []addr.Range, e *routeEntry, ok bool) {
		if !ok {
			return
		}
		if to := edgeTarget(e.candidates[0].route); to != nil && to.Owner != nil && to.Owner == b.iface.Owner {
			own = w.sp.Or(own, w.in(b.asked, b.fam, b.source(), rs))
		}
	})
	return w.inBlocks(own, b.fam, b.source(), g.EdgeTable.Pools)
}

// spoofed drops what a gateway to the world outside is handed from a source
// that is no network interface's of its VPC (IGW-9), nor in own.
func (w *walk) spoofed(b *branch, v *model.VPC, g model.Resource, own packet.Set) {
	s := w.sp.Minus(b.asked, w.sp.Or(own, w.owned(b, b.source(), v)))
	w.drop(b, s, func() Hop {
		return gatewayHop(g).with(GatewayRejectsSpoofed, fmt.Sprintf("the source %s belongs to no network interface of %s", w.some(s, b.fam, b.source()), v.Name), "IGW-9")
	})
}

// redirected drops what a subnet sends straight to the internet gateway whose
// route table redirects what comes in for that subnet (GW-12).
func (w *walk) redirected(b *branch, g *model.InternetGateway) {
	if b.iface == nil || g.EdgeTable == nil || b.asked == packet.Empty {
		return
	}
	for _, p := range b.iface.Subnet.Prefixes() {
		if addr.FamilyOf(p.Addr()) != b.fam {
			continue
		}
		e, ok := w.net.table(g.EdgeTable).lookup.LookupKey(b.fam, addr.KeyOf(p.Addr()))
		if !ok {
			continue
		}
		r := e.candidates[0].route
		to := edgeTarget(r)
		if to == nil || to == b.iface {
			continue
		}
		w.gate(b, packet.Empty, false, func(packet.Set) Hop {
			h := gatewayHop(g).with(IngressRedirection, fmt.Sprintf("%s sends what comes in for %s to %s, so %s cannot use %s directly", g.EdgeTable.Name, b.iface.Subnet.Name, to.Name, b.iface.Subnet.Name, g.Name), "GW-12")
			h.At = r.At
			return h
		})
	}
}

// igwIn takes b from the internet into a VPC: the mapping first, then the
// gateway's route table (GW-6). IPv6 is not translated (IGW-13).
func (w *walk) igwIn(b branch, to publicOwner) {
	v := to.vpc
	if e := w.egressOnlyReturn(&b, v); e != nil {
		w.undoHop(&b, e, "EIGW-1")
		w.resolve(b, v, func(b branch, i *model.Interface) { w.admit(b, v, e, i) })
		return
	}
	g := v.InternetGateway
	if g == nil {
		w.drop(&b, b.asked, func() Hop {
			h := Hop{Component: v.Name, Kind: v.Kind, Resource: v, At: v.At, Code: NoInternetGateway,
				Message: v.Name + " has no internet gateway", RuleIDs: []string{"IGW-1"}}
			if e := w.net.egressOnly(v); e != nil && b.fam == addr.V6 {
				h.Component, h.Kind, h.Resource, h.At = e.Name, e.Kind, e, e.At
				h.Code, h.Message, h.RuleIDs = EgressOnlyGatewayIngress, e.Name+" lets no connection in", []string{"EIGW-1"}
			}
			return h
		})
		return
	}
	if w.unknownGateway(&b, g) {
		return
	}
	id := gatewayHop(g)
	for _, notPublic := range []struct {
		set  addr.Set
		code Code
	}{{rfc1918, IGWSourceRFC1918}, {rfc6598, IGWSourceRFC6598}} { // IGW-8
		s := w.in(b.asked, b.fam, b.source(), notPublic.set.Ranges(b.fam))
		w.drop(&b, s, func() Hop {
			return id.with(notPublic.code, "an internet gateway takes nothing from the private address "+w.some(s, b.fam, b.source()), "IGW-8")
		})
	}
	w.private6(&b, to.vpc, g, b.destination(), IGWNoPrivateIP)
	if to.iface != nil && to.iface.Owner == nil {
		w.drop(&b, b.asked, func() Hop {
			return id.with(IGWNoPrivateIP, w.some(b.asked, b.fam, b.destination())+" belongs to a network interface that is attached to nothing", "IGW-5")
		})
	}
	if b.asked == packet.Empty {
		return
	}
	switch {
	case b.supposedGateway() == g:
		w.undoAt(&b, g)
		w.handOn(&b, g, "to "+v.Name+", as if for a public address", "IGW-4")
	case to.pool:
		w.handOn(&b, g, "to "+v.Name+", untranslated", "GW-14")
	case b.fam == addr.V4 && to.iface == nil:
		w.handOn(&b, g, "to "+v.Name+", as if for a public address", "IGW-5")
	case to.iface == nil:
		w.handOn(&b, g, "to "+v.Name, "IGW-13")
		w.internalNodes(&b, v)
	case !w.mapIn(&b, g, to.private, "IGW-5", "IGW-4"):
		return
	}
	b.iface = nil
	if to.iface != nil && len(to.iface.Subnet.Prefixes()) == 0 { // a regional NAT gateway's, which no table leads to
		w.admit(b, v, g, to.iface)
		return
	}
	t := w.net.edge(v, g.EdgeTable)
	w.lookup(b, t, func(b branch, c candidate) {
		i := edgeTarget(c.route)
		if i == nil && c.route.Kind == model.TargetLocal {
			w.resolve(b, v, func(b branch, i *model.Interface) { w.admit(b, v, g, i) })
			return
		}
		if i == nil {
			w.routeTo(b, v, c.route)
			return
		}
		w.publicAccess(&b, v, g, i, false)
		if _, host := c.route.Target.(*model.Interface); host && b.fam == addr.V4 && !to.pool && !i.Mapped(model.KindInternetGateway) { // GW-8
			w.gate(&b, packet.Empty, false, func(packet.Set) Hop {
				h := id.with(IngressNoPublicIP, fmt.Sprintf("%s sends %s to %s, which has no public address", t.name.Name, c.route.DestinationText(), i.Name), "GW-8")
				h.At = c.route.At
				return h
			})
		}
		w.toInterface(b, i, c.route)
	})
}

// admit brings b from a gateway to the interface that owns its destination,
// where Block Public Access lets it.
func (w *walk) admit(b branch, v *model.VPC, g model.Resource, i *model.Interface) {
	w.publicAccess(&b, v, g, i, false)
	w.arriveAt(b, i)
}

// edgeTarget returns the interface that a route of a gateway route table leads
// to: a host's, or an inspecting endpoint's (GW-2); nil for local ones.
func edgeTarget(r *model.Route) *model.Interface {
	switch t := r.Target.(type) {
	case *model.Interface:
		return t
	case *model.VPCEndpoint:
		return t.Interfaces[0]
	}
	return nil
}
