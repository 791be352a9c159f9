package lab

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/model"
)

// routeTransit fills the tables of transit gateways, and the ways into what is
// attached to them.
func (l *Lab) routeTransit(r *routing) {
	for k, t := range l.Topology.RouteTables {
		if t.TransitGateway != nil {
			l.buildTable(r, t, nil, tableTransit+k)
		}
	}
	for k, g := range l.legs {
		if t := g.attachment.RouteTable; t != nil {
			r.rule(policy{priority: chooseTable, table: tableTransit + l.tableNumber(t), iif: g.inner.name})
		}
		switch {
		case g.iface != nil:
			n := slices.Index(g.attachment.Interfaces, g.iface)
			door := l.portOf(portDoor, g.attachment, nil)
			r.rule(policy{priority: chooseTable, table: tableLeg + k, iif: door.name, mark: uint32((n + 1) * legUnit), mask: markLeg})
			for _, v6 := range []bool{false, true} {
				r.route(tableLeg+k, anyOf(v6), g.inner, 10)
			}
		case g.attachment.Connection != nil:
			r.rule(policy{priority: chooseTable, table: tableLeg + k, iif: g.outer.name})
			for _, v6 := range []bool{false, true} {
				r.route(tableLeg+k, anyOf(v6), l.links[g.attachment.Connection], 10)
			}
		}
	}
}

func (l *Lab) tableNumber(t *model.RouteTable) int { return slices.Index(l.Topology.RouteTables, t) }

// into is the link by which a transit gateway hands on to an attachment.
func (l *Lab) into(a *model.TransitGatewayAttachment) *port {
	switch {
	case a.VPC != nil:
		return l.portOf(portDoor, a, nil).peer
	case a.Connection != nil || a.Peer != nil:
		return l.legOf(a, nil).inner
	}
	return l.named(linkName("y", l.attachmentNumber(a), ""))
}
