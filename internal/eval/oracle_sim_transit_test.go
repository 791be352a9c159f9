package eval_test

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// transitOut is a packet that a subnet's table sends to a transit gateway: by
// the attachment's subnet in the sender's zone, whose ACL judges it inwards,
// be it the sender's own (TGW-6, TGW-9, TGW-10).
func (w *walker) transitOut(a *model.TransitGatewayAttachment, from *model.Interface, p pkt) {
	var by *model.Subnet
	for _, n := range a.Interfaces {
		if n.Subnet.AZ == from.Subnet.AZ || n.Subnet.AZ == "" || from.Subnet.AZ == "" {
			by = n.Subnet
		}
	}
	if by == nil {
		w.drop(one(eval.TransitZone), a.Name)
		return
	}
	if !w.aclPasses(by, false, p) {
		return
	}
	if !a.TransitGateway.SGReferencing || !a.SGReferencing { // SG-16
		w.emitter = nil
	}
	w.transitRoute(a, from.Subnet.AZ, p)
}

// transitRoute asks the table that an attachment is associated with about a
// packet that came by it, from a zone or from no zone (TGW-2, TGW-5).
func (w *walker) transitRoute(a *model.TransitGatewayAttachment, zone string, p pkt) {
	w.byTransit = nil
	if w.probing != nil {
		w.probing.hidden = true
		return
	}
	if w.loop("transit "+a.Name, p) {
		return
	}
	rt := a.RouteTable
	w.pass(a.TransitGateway.Name)
	if rt == nil {
		w.drop(one(eval.TransitNoAssociation), a.Name)
		return
	}
	w.pass(rt.Name)
	to, hole := transitBest(a.TransitGateway, rt, p.dst)
	switch {
	case hole:
		w.drop(one(eval.TransitBadRoute), rt.Name)
		return
	case len(to) == 0:
		w.drop(one(eval.TransitNoRoute), rt.Name)
		return
	}
	n := 0
	if spreads(a.TransitGateway, to) {
		n = w.choose.pick(len(to))
	} else {
		n = w.choose.settle(len(to))
	}
	w.transitTo(to[n], zone, p)
}

// spreads reports whether a transit gateway uses all of several connections
// that are alike: those learned by BGP, and of VPN connections only with ECMP
// switched on (TGW-17).
func spreads(g *model.TransitGateway, to []*model.TransitGatewayAttachment) bool {
	for _, a := range to {
		c := a.Connection
		if c == nil || !c.BGP || g.NoECMP && c.Type != model.DirectConnect && c.Type != model.ConnectAttachment {
			return false
		}
	}
	return true
}

// transitTo is the way out of a transit gateway by an attachment.
func (w *walker) transitTo(a *model.TransitGatewayAttachment, zone string, p pkt) {
	switch {
	case a.VPC != nil:
		w.transitIn(a, zone, p)
	case a.Connection != nil:
		w.toSite(a.Connection, p)
	case a.Peer == nil: // TGW-15
		w.pass(a.Name)
		w.drop(one(eval.AttachmentState), a.Name)
	default:
		w.pass(a.Name)
		w.emitter = nil
		w.transitRoute(a.Peer, "", p)
	}
}

// transitBest looks a destination up in a transit gateway's table. What
// attachments propagate is worked out here, not read from the table: the
// longest prefix, then static, prefix list, VPC, Direct Connect, Connect and
// the kinds of VPN, then BGP; several attachments where connections are alike
// (TGW-3, 4, 11, 17).
func transitBest(g *model.TransitGateway, rt *model.RouteTable, dst netip.Addr) (to []*model.TransitGatewayAttachment, hole bool) {
	bits, rank := -1, merit{}
	offer := func(c netip.Prefix, r merit, a *model.TransitGatewayAttachment) {
		if !covers(c, dst) {
			return
		}
		switch {
		case c.Bits() > bits || c.Bits() == bits && r.less(rank):
			bits, rank, to, hole = c.Bits(), r, nil, a == nil
		case c.Bits() < bits || rank.less(r) || r.kind < 0:
			return
		}
		if a != nil {
			to = append(to, a)
		}
	}
	for _, r := range rt.Routes {
		if r.Origin != model.OriginStatic {
			continue
		}
		a, _ := r.Target.(*model.TransitGatewayAttachment)
		for _, c := range r.Prefixes() {
			rank := -3
			if r.PrefixList != nil {
				rank = -2
			}
			offer(c, merit{kind: rank}, a)
		}
	}
	var before []netip.Prefix
	for _, a := range g.Attachments {
		if !propagates(a, rt) {
			continue
		}
		switch {
		case a.VPC != nil:
			for _, b := range a.VPC.Blocks() {
				if !overlapsAny(before, b.Prefix) {
					offer(b.Prefix, merit{kind: -1}, a)
				}
			}
			for _, b := range a.VPC.Blocks() {
				before = append(before, b.Prefix)
			}
		case a.Connection != nil:
			for _, b := range a.Connection.Routes {
				offer(b.Prefix, meritOf(a.Connection), a)
			}
		}
	}
	return to, hole
}

func propagates(a *model.TransitGatewayAttachment, rt *model.RouteTable) bool {
	for _, t := range a.PropagatesTo {
		if t == rt {
			return true
		}
	}
	return false
}

func overlapsAny(list []netip.Prefix, c netip.Prefix) bool {
	for _, o := range list {
		if o.Overlaps(c) {
			return true
		}
	}
	return false
}

// transitIn enters a VPC by the attachment's subnet in the sender's zone, or
// in any where there is none; in appliance mode in one that the flow keeps
// (TGW-7). The subnet's table routes it (TGW-8), its ACL judges it outwards
// unless it stays in the subnet (TGW-9, TGW-10).
func (w *walker) transitIn(a *model.TransitGatewayAttachment, zone string, p pkt) {
	w.pass(a.Name)
	if !a.TransitGateway.SGReferencing || !a.SGReferencing { // SG-16
		w.emitter = nil
	}
	if len(a.Interfaces) == 0 {
		panic("attachment " + a.Name + " without subnets")
	}
	by := w.pinned[a]
	if !a.ApplianceMode {
		for _, n := range a.Interfaces {
			if n.Subnet.AZ == zone && zone != "" {
				by = n
			}
		}
	}
	if by == nil {
		by = a.Interfaces[w.choose.pick(len(a.Interfaces))]
		if a.ApplianceMode {
			w.pinned[a] = by
		}
	}
	w.byTransit = a.VPC
	if by.Subnet.Contains(p.dst) {
		o := w.owner(a.VPC, p.dst)
		if o == nil || o.Subnet != by.Subnet {
			w.drop(one(eval.NoPossibleDestination))
			return
		}
		w.enter(o, p, false)
		return
	}
	if !w.aclPasses(by.Subnet, true, p) {
		return
	}
	w.route(by, p)
}
