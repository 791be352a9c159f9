package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// arrive ends a walk at somebody who takes the packets in: a host, a site,
// the internet, or the hypervisor. A request that arrives is answered.
func (w *walk) arrive(b branch, who model.Resource, at *model.Interface) {
	if b.asked == packet.Empty {
		return
	}
	if b.dir == packet.Reply {
		w.home(b, who)
		return
	}
	if c, ok := who.(*model.VPNConnection); ok && w.namesSite() {
		w.endsUnknown(&b, b.asked, func() Hop {
			return gatewayHop(c).with(NotModelled, fmt.Sprintf("the topology does not say who has %s behind %s; %s is elsewhere", w.some(b.asked, b.fam, b.destination()), c.Name, w.target.host.ID().Name), "VGW-6")
		})
		return
	}
	if h, ok := who.(*model.Instance); ok && h.OutboundOnly && (who != w.origin.host || b.trail != nil) {
		w.drop(&b, b.asked, func() Hop {
			return gatewayHop(h).with(OutboundOnly, fmt.Sprintf("%s begins connections, and none can be begun to it", h.Name), "NI-24")
		})
		return
	}
	if t := w.target.host; t != nil && t != who && !forwardedPort(b.trail) {
		w.elsewhere(&b, who, t)
		return
	}
	w.arrived = w.sp.Or(w.arrived, w.pull(&b, b.live))
	if b.live != packet.Empty {
		w.deliveredTo(who)
	}
	if w.rec {
		h := gatewayHop(who).with("", "", "M-2")
		h.Action, h.Interface = Deliver, at
		w.step(&b, &h)
	}
	w.answer(b, who, at)
}

// namesSite reports whether the question is for a named site.
func (w *walk) namesSite() bool {
	_, site := w.target.host.(*model.ExternalNetwork)
	return site
}

func (w *walk) deliveredTo(who model.Resource) {
	for _, d := range w.delivered {
		if d == who {
			return
		}
	}
	w.delivered = append(w.delivered, who)
}

// forwardedPort reports whether a port forward or a load balancer has changed
// the destination.
func forwardedPort(m *mark) bool {
	for ; m != nil; m = m.prev {
		if m.kind == rewritten && m.change.dst.to.IsValid() && m.device.ID().Kind != model.KindInternetGateway {
			return true
		}
	}
	return false
}

// elsewhere drops what arrives at another host than the one that the
// question names: the address stands in more than one network (PCX-8).
func (w *walk) elsewhere(b *branch, who, want model.Resource) {
	w.drop(b, b.asked, func() Hop {
		return gatewayHop(who).with(DeliveredElsewhere, fmt.Sprintf("%s is %s here, not %s", w.some(b.asked, b.fam, b.destination()), who.ID().Name, want.ID().Name), "PCX-8")
	})
}

// answer sends the replies of everything that arrived.
func (w *walk) answer(b branch, who model.Resource, at *model.Interface) {
	replies := w.replies
	if !w.rec {
		replies = w.need // the others decide nothing
	}
	b = w.only(b, replies)
	if b.asked == packet.Empty {
		return
	}
	if who == theHypervisor || who == w.origin.host && b.trail == nil {
		w.answered = w.sp.Or(w.answered, w.pull(&b, b.live)) // never leaves the host
		return
	}
	b.dir = packet.Reply
	b.undo = newestMust(b.trail)
	b.seen = nil
	b.iface = nil
	b.az, b.entered = "", nil // a site's reply comes from no zone (TGW-7)
	b.depth = 0
	if w.rec {
		w.replied = true
		w.step(&b, &Hop{Component: who.ID().Name, Kind: who.ID().Kind, Resource: who, At: who.ID().At, Action: Originate,
			Message: "answers", RuleIDs: []string{"M-2"}})
	}
	switch who := who.(type) {
	case *model.LoadBalancer:
		w.send(b, at)
	case *model.VPCEndpoint:
		if at == nil {
			w.fromService(b, who)
		} else {
			w.send(b, at)
		}
	case *model.Instance:
		w.undoHop(&b, who, "NI-10") // a port forward to the host itself
		if own := w.forHost(&b, who); own != packet.Empty {
			w.home(w.only(b, own), who) // never leaves the host
			w.without(&b, own)
		}
		w.hostOut(b, who, noTranslation)
	case *model.ExternalNetwork:
		w.fromNetwork(b, who)
	case *model.VPNConnection:
		w.leaveSite(b, who, []*model.VPNConnection{who})
	default:
		w.internet(b)
	}
}

// waitsFor reports whether a reply has still to come past a device, by its
// way or another.
func (b *branch) waitsFor(device model.Resource) bool {
	for m := b.undo; m != nil; m = newestMust(m.prev) {
		if m.device == device {
			return true
		}
	}
	return false
}

// home takes a reply in where it ends, and sees whether that is the client,
// and whether it comes from the address that was contacted (M-2).
func (w *walk) home(b branch, who model.Resource) {
	if who != w.origin.host && !b.waitsFor(who) {
		w.elsewhere(&b, who, w.origin.host)
		return
	}
	w.leaveOut(&b)
	if b.undo == nil && who != w.origin.host {
		w.elsewhere(&b, who, w.origin.host)
		return
	}
	if b.undo != nil {
		missed := b.undo.device.ID().Name
		if b.undo.kind == rewritten {
			w.asymmetric(&b, who, fmt.Sprintf("the reply does not come back through %s, which changed the request", missed), "M-2", "M-8")
		} else {
			w.asymmetric(&b, who, fmt.Sprintf("the reply does not come back through %s", missed), "M-8", "NI-20")
		}
		return
	}
	w.answered = w.sp.Or(w.answered, w.pull(&b, b.live))
	if w.rec {
		h := gatewayHop(w.origin.shown).with("", "", "M-2")
		h.Action = Deliver
		w.step(&b, &h)
	}
}
