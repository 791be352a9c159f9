package eval

import (
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// egressOnly returns the egress-only internet gateway of a VPC, or nil.
func (n *Net) egressOnly(v *model.VPC) *model.EgressOnlyInternetGateway {
	for _, e := range n.topo.EgressOnlyGateways {
		if e.VPC == v {
			return e
		}
	}
	return nil
}

// egressOnlyReturn finds the egress-only gateway of v that a reply belongs to.
func (w *walk) egressOnlyReturn(b *branch, v *model.VPC) *model.EgressOnlyInternetGateway {
	if b.dir != packet.Reply || b.undo == nil {
		return nil
	}
	if e, ok := b.undo.device.(*model.EgressOnlyInternetGateway); ok && e.VPC == v {
		return e
	}
	return nil
}

// eigwOut takes b out through an egress-only internet gateway (EIGW-1).
func (w *walk) eigwOut(b branch, v *model.VPC, g *model.EgressOnlyInternetGateway, r *model.Route) {
	if g.VPC != v {
		w.badRoute(&b, r, g.Name+" is not attached to "+v.Name)
		return
	}
	w.private6(&b, v, g, b.source(), IGWNoPublicIP)
	w.spoofed(&b, v, g, packet.Empty)
	w.publicAccess(&b, v, g, b.iface, true)
	if b.asked == packet.Empty {
		return
	}
	if b.dir == packet.Reply {
		w.asymmetric(&b, g, g.Name+" has not seen the request, and lets out only what was begun inside or belongs to it", "EIGW-1", "M-8")
		return
	}
	w.remember(&b, mark{kind: passed, device: g, pass: w.newPass()})
	w.handOn(&b, g, "to the internet", "EIGW-1")
	b.iface = nil
	w.internet(b)
}
