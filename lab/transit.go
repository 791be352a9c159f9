package lab

import (
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// A leg is a link with both ends in the fabric between a transit gateway and
// what is attached to it: one for each subnet of a VPC attachment, one for a
// connection, one between the attachments of two gateways.
type leg struct {
	attachment *model.TransitGatewayAttachment
	iface      *model.Interface // of a VPC attachment
	outer      *port            // on the side of what is attached
	inner      *port            // on the transit gateway's side
}

// A VPC attachment with its legs has a door, a link with both ends in the
// fabric: what the gateway's table sends to the attachment goes out by it, and
// where it comes in again the leg is chosen (TGW-7).

// buildTransit makes the legs and doors of transit gateways.
func (l *Lab) buildTransit() error {
	for k, a := range l.Topology.TransitAttachments {
		switch {
		case a.VPC != nil:
			for n, i := range a.Interfaces {
				if err := l.leg(a, i, linkName("t", 100*k+n, "")); err != nil {
					return err
				}
			}
			out := port{kind: portTransit, name: linkName("d", k, "a"), resource: a}
			in := port{kind: portDoor, name: linkName("d", k, "b"), resource: a}
			if _, _, err := l.twin(out, in); err != nil {
				return err
			}
			says := &Drop{Code: eval.TransitZone, Component: a.Name}
			if _, err := l.sink(linkName("z", k, ""), says); err != nil {
				return err
			}
		case a.Connection != nil:
			if err := l.leg(a, nil, linkName("t", 100*k, "")); err != nil {
				return err
			}
		case a.Peer == nil:
			says := &Drop{Code: eval.AttachmentState, Component: a.Name}
			if _, err := l.sink(linkName("y", k, ""), says); err != nil {
				return err
			}
		case l.legOf(a, nil) == nil: // the other attachment comes along
			if err := l.leg(a, nil, linkName("t", 100*k, "")); err != nil {
				return err
			}
			ours := l.legs[len(l.legs)-1]
			ours.outer.kind, ours.outer.resource = portTransit, a.Peer
			l.legs = append(l.legs, &leg{attachment: a.Peer, outer: ours.inner, inner: ours.outer})
		}
	}
	return nil
}

func (l *Lab) leg(a *model.TransitGatewayAttachment, i *model.Interface, name string) error {
	outer := port{kind: portAttachment, name: name + "a", iface: i, vpc: a.VPC, resource: a}
	inner := port{kind: portTransit, name: name + "b", iface: i, resource: a}
	out, in, err := l.twin(outer, inner)
	if err != nil {
		return err
	}
	l.legs = append(l.legs, &leg{attachment: a, iface: i, outer: out, inner: in})
	return nil
}

// legOf finds the leg of an attachment in a subnet; nil stands for the only
// one.
func (l *Lab) legOf(a *model.TransitGatewayAttachment, i *model.Interface) *leg {
	for _, g := range l.legs {
		if g.attachment == a && g.iface == i {
			return g
		}
	}
	return nil
}

// attachmentNumber is the place of an attachment in the topology.
func (l *Lab) attachmentNumber(a *model.TransitGatewayAttachment) int {
	for k, o := range l.Topology.TransitAttachments {
		if o == a {
			return k
		}
	}
	return -1
}

// zoneLeg is the interface of an attachment that serves a subnet (TGW-6): any
// one where the topology leaves zones out.
func zoneLeg(a *model.TransitGatewayAttachment, s *model.Subnet) *model.Interface {
	for _, i := range a.Interfaces {
		if s.AZ == "" || i.Subnet.AZ == "" || i.Subnet.AZ == s.AZ {
			return i
		}
	}
	return nil
}

// towards is the link by which a subnet reaches a transit gateway.
func (l *Lab) towards(g *model.TransitGateway, v *model.VPC, s *model.Subnet) *port {
	a := g.AttachmentOf(v)
	if a == nil {
		return nil
	}
	i := zoneLeg(a, s)
	if i == nil {
		return l.named(linkName("z", l.attachmentNumber(a), ""))
	}
	return l.legOf(a, i).outer
}
