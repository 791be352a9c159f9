package eval

import (
	"fmt"
	"slices"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// tgwOut takes b from a VPC to its transit gateway: through the attachment's
// subnet in the zone that b comes from (TGW-6), whose network ACL judges it on
// the way in (TGW-9).
func (w *walk) tgwOut(b branch, v *model.VPC, g *model.TransitGateway, r *model.Route) {
	a := g.AttachmentOf(v)
	if a == nil {
		w.badRoute(&b, r, fmt.Sprintf("%s has no attachment to %s", v.Name, g.Name))
		return
	}
	i := inZone(a, b.az)
	if i == nil {
		w.drop(&b, b.asked, func() Hop {
			return gatewayHop(a).with(TransitZone, fmt.Sprintf("%s has no subnet in %s, where the packet comes from", a.Name, b.az), "TGW-6")
		})
		return
	}
	w.networkACL(&b, i.Subnet, false)
	w.transit(b, a)
}

// inZone returns the attachment's interface in a zone, or nil. Where the
// topology leaves zones out, any will do.
func inZone(a *model.TransitGatewayAttachment, az string) *model.Interface {
	for _, i := range a.Interfaces {
		if i.Subnet.AZ == az || i.Subnet.AZ == "" || az == "" {
			return i
		}
	}
	return nil
}

// transit routes b by the table that the attachment it comes from is
// associated with (TGW-2).
func (w *walk) transit(b branch, from *model.TransitGatewayAttachment) {
	if b.asked == packet.Empty || !w.enter(&b, from) {
		return
	}
	w.handOn(&b, from.TransitGateway, "from "+from.Name, "TGW-1")
	if from.RouteTable == nil {
		w.drop(&b, b.asked, func() Hop {
			return gatewayHop(from).with(TransitNoAssociation, from.Name+" is associated with no route table", "TGW-2")
		})
		return
	}
	w.lookup(b, w.net.table(from.RouteTable), func(b branch, c candidate) {
		if u, is := c.route.Target.(*model.Unmodelled); is {
			w.notModelledTarget(b, u, c.route)
			return
		}
		to, ok := c.route.Target.(*model.TransitGatewayAttachment)
		if !ok {
			w.badRoute(&b, c.route, "the route says so")
			return
		}
		if !keepsGroups(from, to) {
			b.iface = nil // TGW-13
		}
		w.toAttachment(b, to)
	})
}

// toAttachment hands b on behind an attachment.
func (w *walk) toAttachment(b branch, a *model.TransitGatewayAttachment) {
	switch {
	case a.VPC != nil:
		w.intoVPC(b, a)
	case a.Connection != nil:
		to := "to " + a.Connection.Name
		if a.Connection.Type == model.ConnectAttachment {
			to = "to the site behind it"
		}
		w.handOn(&b, a, to, "TGW-3")
		w.overConnection(b, a.Connection, "TGW-3")
	case a.Peer == nil:
		w.drop(&b, b.asked, func() Hop {
			return gatewayHop(a).with(AttachmentState, fmt.Sprintf("%s has no attachment back to %s", a.PeerGateway.Name, a.TransitGateway.Name), "TGW-15")
		})
	default:
		w.handOn(&b, a, "to "+a.PeerGateway.Name, "TGW-15")
		b.az = "" // a zone is kept between VPC attachments only (TGW-7)
		w.transit(b, a.Peer)
	}
}

// intoVPC brings b into a VPC through one of the attachment's subnets, whose
// own table routes it on (TGW-8): in the zone that b comes from where there is
// one, else in any. In appliance mode a connection keeps its zone both ways
// (TGW-7).
func (w *walk) intoVPC(b branch, a *model.TransitGatewayAttachment) {
	b.entered = a.VPC
	for _, i := range w.entries(&b, a) {
		in := b
		if a.ApplianceMode && in.dir == packet.Forward {
			w.remember(&in, mark{kind: pinned, device: a, iface: i})
		}
		w.handOn(&in, a, "into "+i.Subnet.Name, "TGW-8")
		w.fromSubnet(in, i.Subnet)
	}
}

// entries returns the interfaces that b may come in by.
func (w *walk) entries(b *branch, a *model.TransitGatewayAttachment) []*model.Interface {
	if a.ApplianceMode {
		if b.dir == packet.Reply {
			for m := b.trail; m != nil; m = m.prev {
				if m.kind == pinned && m.device == model.Resource(a) {
					return []*model.Interface{m.iface}
				}
			}
		}
		return a.Interfaces
	}
	if b.az != "" {
		if k := slices.IndexFunc(a.Interfaces, func(i *model.Interface) bool { return i.Subnet.AZ == b.az }); k >= 0 {
			return a.Interfaces[k : k+1]
		}
	}
	return a.Interfaces
}
