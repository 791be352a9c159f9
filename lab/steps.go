package lab

import (
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// through adds a passage; what belongs to the same device is one.
func (w *Walk) through(name string) {
	if s := (Step{"through", name}); name != "" && (len(w.Steps) == 0 || w.Steps[len(w.Steps)-1] != s) {
		w.Steps = append(w.Steps, s)
	}
}

// from adds the step by which a packet came into the fabric, or from one link
// within it to another.
func (w *walker) from(walk *Walk, p *port) {
	if p == nil {
		return
	}
	switch p.kind {
	case portInterface:
		if w.l.transparent(p.iface) {
			walk.through(p.resource.ID().Name)
			return
		}
		walk.Steps = append(walk.Steps, Step{"out", stepName(p.iface)})
	case portInternet:
		name := p.resource.ID().Name
		if e := w.throughEgressOnly(p, walk); e != "" {
			name = e
		}
		walk.Steps = append(walk.Steps, Step{"through", name})
	case portConnection, portGatewayEndpoint, portCarrier, portCarrierIn, portCarrierInternet, portLocal, portLocalIn:
		walk.Steps = append(walk.Steps, Step{"through", p.resource.ID().Name})
	case portTransit:
		walk.Steps = append(walk.Steps, Step{"through", p.resource.(*model.TransitGatewayAttachment).TransitGateway.Name})
	}
}

// stepName is what a passage of an interface is called: of a NAT gateway that
// uses any of several, by the gateway.
func stepName(i *model.Interface) string {
	if g, ok := i.Owner.(*model.NATGateway); ok && (g.Regional || len(g.Interfaces) > 1) {
		return g.Name
	}
	return i.Name
}

// transparent reports whether an interface is one of a device that is passed
// as a whole: a load balancer or an endpoint.
func (l *Lab) transparent(i *model.Interface) bool {
	switch i.Owner.(type) {
	case *model.LoadBalancer, *model.VPCEndpoint:
		return true
	}
	return false
}

// throughEgressOnly tells a reply that an egress-only gateway takes in; it
// comes by the same link as what an internet gateway takes in.
func (w *walker) throughEgressOnly(p *port, walk *Walk) string {
	if walk != &w.out.Walks[back] || w.proto == packet.ICMP {
		return ""
	}
	for _, e := range w.l.Topology.EgressOnlyGateways {
		for _, s := range w.out.Walks[forward].Steps {
			if e.VPC == p.vpc && s.Name == e.Name {
				return e.Name
			}
		}
	}
	return ""
}

// to adds the step by which a packet leaves the fabric, or by one link within
// it.
func (w *walker) to(walk *Walk, from, p *port) {
	if p == nil {
		return
	}
	name := ""
	if p.resource != nil {
		name = p.resource.ID().Name
	}
	switch p.kind {
	case portInterface:
		if w.l.transparent(p.iface) {
			walk.through(name)
			return
		}
		walk.Steps = append(walk.Steps, Step{"in", stepName(p.iface)})
	case portInternet, portEgressOnly, portPeering, portVPNInside, portCarrier, portLocal:
		walk.Steps = append(walk.Steps, Step{"through", name})
	case portConnection:
		switch {
		case from == nil:
		case from.kind == portVPNInside || from.kind == portVPNGateway: // from the VPC, or from another site (VGW-7)
			walk.Steps = append(walk.Steps, Step{"through", from.resource.ID().Name})
		}
		if _, connect := p.resource.(*model.TransitGatewayAttachment); !connect || from == nil || from.kind != portAttachment {
			walk.Steps = append(walk.Steps, Step{"through", name})
		}
	case portTransit:
		a := p.resource.(*model.TransitGatewayAttachment)
		switch {
		case p.iface != nil: // behind the door
			walk.Steps = append(walk.Steps, Step{"through", name}, Step{"into", p.iface.Subnet.Name})
		case a.VPC == nil:
			walk.Steps = append(walk.Steps, Step{"through", name})
		}
	}
}

// connection is what a link to a site is of.
func (l *Lab) connection(p *port) *model.VPNConnection {
	for c, o := range l.links {
		if o == p {
			return c
		}
	}
	return nil
}
