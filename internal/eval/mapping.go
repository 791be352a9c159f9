package eval

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// A mapping gateway pairs private addresses of a VPC with addresses outside,
// one to one, and keeps no state: the internet gateway with public addresses
// (IGW-4), the carrier gateway with carrier IP addresses (MISC-3), a local
// gateway in CoIP mode with customer-owned ones (MISC-4).
type mapping struct {
	gateway model.Resource
	by      model.Kind // of the gateway
	rule    string
}

// mapOut gives b its addresses outside and calls next for each part, and none
// for the part that has no address outside.
func (w *walk) mapOut(b branch, v *model.VPC, m mapping, none, next func(branch)) {
	w.eachMapped(b, v, m.by, func(b branch, outside netip.Addr) {
		if !outside.IsValid() {
			none(b)
			return
		}
		if b.dir == packet.Forward {
			w.translate(&b, m.gateway, w.newPass(), change{src: newEnd{to: outside}}, m.rule)
			next(b)
			return
		}
		w.leaveOut(&b)
		if b.undo == nil || b.undo.kind != rewritten || b.undo.device != m.gateway || !b.undo.change.dst.to.IsValid() {
			message := "the reply leaves from " + w.net.symbols.names.Addr(outside) + ", not from the address that was contacted"
			switch {
			case b.undo == nil:
			case b.undo.kind == rewritten && b.undo.device == m.gateway:
				message = "the reply leaves by " + m.gateway.ID().Name + ", as the request did, and does not come in by it"
			default:
				message = "the reply does not come back through " + b.undo.device.ID().Name
			}
			w.asymmetric(&b, m.gateway, message, "M-2", m.rule, "M-8")
			return
		}
		w.undoHop(&b, m.gateway, m.rule)
		next(b)
	})
}

// mapIn gives b the private address behind the one outside. It reports false
// where b is dropped.
func (w *walk) mapIn(b *branch, g model.Resource, private netip.Addr, rule, replyRule string) bool {
	switch {
	case b.dir == packet.Forward:
		w.translate(b, g, w.newPass(), change{dst: newEnd{to: private}}, rule)
	case !w.undoHop(b, g, replyRule):
		w.asymmetric(b, g, "the reply comes in for an address that the request did not leave from", "M-2")
		return false
	}
	return true
}

// eachMapped cuts b by the address that the gateways of a kind map its own
// source to; an invalid one stands for none.
func (w *walk) eachMapped(b branch, v *model.VPC, by model.Kind, next func(b branch, outside netip.Addr)) {
	bare := b.asked
	split(w, w.net.vpc(v).mapped.of(by), b.asked, b.fam, b.source(), func(rs []addr.Range, outside netip.Addr, ok bool) {
		if ok {
			s := w.in(b.asked, b.fam, b.source(), rs)
			bare = w.sp.Minus(bare, s)
			next(w.only(b, s), outside)
		}
	})
	if bare != packet.Empty {
		next(w.only(b, bare), netip.Addr{})
	}
}
