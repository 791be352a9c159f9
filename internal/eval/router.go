package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// route looks b's destinations up in a table (RT-4) and hands each part to
// the target of the route that wins.
func (w *walk) route(b branch, t *routeTable, v *model.VPC) {
	w.lookup(b, t, func(b branch, c candidate) {
		r := c.route
		switch target := r.Target.(type) {
		case *model.Interface:
			w.toInterface(b, target, r)
		case *model.NATGateway:
			for _, i := range w.serving(&b, target) {
				w.toInterface(b, i, r)
			}
		case *model.InternetGateway:
			w.igwOut(b, v, target, r)
		case *model.EgressOnlyInternetGateway:
			w.eigwOut(b, v, target, r)
		case *model.CarrierGateway:
			w.carrierOut(b, v, target, r)
		case *model.LocalGateway:
			w.lgwOut(b, v, target, r)
		case *model.VPNGateway:
			w.vgwOut(b, v, target, r)
		case *model.PeeringConnection:
			w.peering(b, v, target, r)
		case *model.VPCEndpoint:
			if target.Type == model.GatewayEndpoint {
				w.gatewayEndpoint(b, v, target)
			} else {
				w.toInterface(b, target.Interfaces[0], r)
			}
		case *model.Unmodelled:
			w.notModelledTarget(b, target, r)
		case *model.TransitGateway:
			w.tgwOut(b, v, target, r)
		default:
			w.routeTo(b, v, r)
		}
	})
}

// routeTo handles the targets that are no resource.
func (w *walk) routeTo(b branch, v *model.VPC, r *model.Route) {
	if r.Kind == model.TargetLocal {
		w.resolve(b, v, w.localTo)
		return
	}
	w.badRoute(&b, r, "the target of the route is gone")
}

// badRoute drops what a route in a bad state wins; a shorter route is not
// tried (RT-13).
func (w *walk) badRoute(b *branch, r *model.Route, why string) {
	w.drop(b, b.asked, func() Hop {
		id := b.table.name
		code := BadStateRoute
		if id.Kind == model.KindTransitGatewayRouteTable {
			code = TransitBadRoute
		}
		return Hop{Component: id.Name, At: r.At, Code: code, Kind: id.Kind, Resource: b.table.resource,
			Message: fmt.Sprintf("the route %s -> %s is a blackhole: %s", r.DestinationText(), r.TargetText(), why),
			RuleIDs: []string{"RT-13"}}
	})
}

// toInterface delivers b to a route's target with its header unchanged
// (RT-19). A NAT gateway whose own subnet leads back to it would translate in
// circles (NGW-9); what comes back to a host, the host sees anew.
func (w *walk) toInterface(b branch, i *model.Interface, r *model.Route) {
	switch {
	case i.Owner == nil:
		w.badRoute(&b, r, i.Name+" is attached to no instance")
	case nat(i) && b.iface != nil && i.Owner == b.iface.Owner:
		w.drop(&b, b.asked, func() Hop {
			return Hop{Component: r.TargetText(), Kind: r.Target.ID().Kind, Resource: r.Target, At: r.At, Code: RoutingLoop,
				Message: fmt.Sprintf("the route %s -> %s leads back to where the packet comes from", r.DestinationText(), r.TargetText()),
				RuleIDs: []string{"NGW-9", "M-9"}}
		})
	default:
		w.arriveAt(b, i)
	}
}

// lookup cuts b by the routes that win, and calls next for each part.
func (w *walk) lookup(b branch, t *routeTable, next func(branch, candidate)) {
	if t.unmodelled != nil {
		w.endsUnknown(&b, b.asked, func() Hop {
			return gatewayHop(t.resource).with(NotModelled, t.unmodelled.Name+" is not modelled: "+t.unmodelled.Reason, "MISC-5")
		})
		return
	}
	if len(t.vague) > 0 {
		w.forkLists(&b, t, next)
	}
	w.forkRoutes(&b, t, next)
	split(w, t.lookup, b.asked, b.fam, b.destination(), func(rs []addr.Range, e *routeEntry, ok bool) {
		w.follow(w.only(b, w.to(&b, rs...)), t, e, ok, next)
	})
}

// follow hands b to the routes of an entry, or drops it where there is none.
func (w *walk) follow(part branch, t *routeTable, e *routeEntry, ok bool, next func(branch, candidate)) {
	if part.asked == packet.Empty {
		return
	}
	if !ok {
		w.noRoute(part, t)
		return
	}
	if e.picks {
		w.pick(&part, t, e)
	}
	for _, c := range e.candidates[:e.equal] {
		fork := part
		fork.table = t
		if w.rec {
			w.routeHop(&fork, t, c)
		}
		next(fork, c)
	}
}

// pick notes that AWS uses one of several equal routes and does not say which.
func (w *walk) pick(b *branch, t *routeTable, e *routeEntry) {
	w.chosen = w.sp.Or(w.chosen, w.pull(b, b.live))
	if e.inside {
		w.assume("RT-10", fmt.Sprintf("%s has a prefix list with %s, inside the VPC; whether that comes before the local route is not documented", t.name.Name, e.candidates[0].prefix))
		return
	}
	rule, what := "RT-7", "prefix lists with %s and different targets"
	if e.candidates[0].route.PrefixList == nil {
		rule, what = "VGW-2", "connections that bring %s alike"
	}
	w.assume(rule, fmt.Sprintf("%s has %d "+what+"; AWS picks one of them and does not say which", t.name.Name, e.equal, e.candidates[0].prefix))
}

// noRoute drops what no route matches (RT-18), but for the replies to a NAT
// gateway that peering brings back by itself (NGW-12).
func (w *walk) noRoute(b branch, t *routeTable) {
	if pcx := w.returnToSender(&b, t.vpc); pcx != nil {
		if w.rec {
			w.step(&b, &Hop{Component: pcx.Name, Kind: pcx.Kind, Resource: pcx, Action: Forward, At: pcx.At,
				Message: "returns to the NAT gateway without a route", RuleIDs: []string{"NGW-12"}})
		}
		w.assume("NGW-12", "replies to a NAT gateway cross a peering connection back even where the peer's route table has no route; AWS calls this expected behaviour in certain circumstances")
		w.cross(b, t.vpc, pcx)
		return
	}
	missing := func() Hop {
		h := Hop{Component: t.name.Name, Kind: t.name.Kind, Resource: t.resource, At: t.name.At, Code: NoRoute,
			Message: "no route to " + w.some(b.asked, b.fam, b.destination()), RuleIDs: []string{"RT-18"},
			Routes: w.unused(&b, t)}
		switch r := t.resource.(type) {
		case *model.VPNGateway:
			h.Code, h.RuleIDs = VPNGatewayNoRoute, []string{"VGW-1"}
			h.Message = fmt.Sprintf("%s knows no connection that leads to %s", r.Name, w.some(b.asked, b.fam, b.destination()))
			if b.fam == addr.V6 {
				h.Code, h.RuleIDs, h.Message = VPNConnectionFamily, []string{"VGW-5"}, "a VPN connection on a VPN gateway carries IPv4 only"
			}
		case *model.RouteTable:
			if r.TransitGateway != nil {
				h.Code = TransitNoRoute
			}
		}
		return h
	}
	if w.rec && t.vpc != nil && !takesPools(t) {
		if onward := w.supposeRoute(&b, t.vpc); onward != nil {
			w.mend(&b, missing)
			onward(b)
			return
		}
	}
	w.drop(&b, b.asked, missing)
}

// takesPools reports whether a table takes in ranges of the owner's own (GW-14):
// no subnet uses it, and what it has no route for comes from the internet.
func takesPools(t *routeTable) bool {
	r, ok := t.resource.(*model.RouteTable)
	return ok && len(r.Pools) > 0
}

// returnToSender finds the peering connection over which a request translated
// by a NAT gateway came into v.
func (w *walk) returnToSender(b *branch, v *model.VPC) *model.PeeringConnection {
	if v == nil || b.dir != packet.Reply || b.undo == nil || b.undo.kind != rewritten {
		return nil
	}
	if _, ok := b.undo.device.(*model.NATGateway); !ok {
		return nil
	}
	for m := b.trail; m != nil && m != b.undo; m = m.prev {
		if pcx, ok := m.device.(*model.PeeringConnection); ok && m.kind == crossed && pcx.Other(v) != nil {
			return pcx
		}
	}
	return nil
}
