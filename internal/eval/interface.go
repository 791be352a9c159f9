package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// send puts b on the wire at an interface (M-3): source/destination check,
// security groups, then either straight to a neighbour in the subnet or
// through the network ACL to the router.
func (w *walk) send(b branch, i *model.Interface) {
	if !w.enter(&b, i) {
		return
	}
	b.iface = i
	w.sourceDestCheck(&b, i, true)
	w.securityGroups(&b, i, true)
	w.fromSubnet(b, i.Subnet)
}

// fromSubnet sends b from a subnet: to a neighbour there, or through the
// network ACL to the router.
func (w *walk) fromSubnet(b branch, s *model.Subnet) {
	if node := b.keptClient(); node != nil && b.iface != nil {
		// the target's own interface answers; what leaves by another one is
		// no part of the connection there
		if own := w.own(b.asked, b.iface, b.fam, b.source()); own != packet.Empty {
			w.toNode(w.only(b, own), s, node)
			w.without(&b, own)
		}
		if b.asked == packet.Empty {
			return
		}
	}
	// RT-12: what is for the subnet itself never sees the router.
	near := packet.Empty
	for _, p := range s.Prefixes() {
		if addr.FamilyOf(p.Addr()) == b.fam {
			near = w.to(&b, addr.RangeOf(p))
		}
	}
	if near != packet.Empty {
		w.resolve(w.only(b, near), s.VPC, func(b branch, to *model.Interface) { w.receive(b, to) })
		w.without(&b, near)
	}
	if b.asked == packet.Empty {
		return
	}
	b.az = s.AZ
	w.networkACL(&b, s, true)
	w.route(b, w.net.table(s.RouteTable), s.VPC)
}

// arriveAt brings b from the router or a gateway to an interface (M-4):
// network ACL, then the interface itself.
func (w *walk) arriveAt(b branch, i *model.Interface) {
	w.networkACL(&b, i.Subnet, false)
	w.receive(b, i)
}

// receive takes b in at an interface: security groups, source/destination
// check, host.
func (w *walk) receive(b branch, i *model.Interface) {
	if b.asked == packet.Empty {
		return
	}
	w.securityGroups(&b, i, false)
	w.sourceDestCheck(&b, i, false)
	if b.asked == packet.Empty {
		return
	}
	switch owner := i.Owner.(type) {
	case *model.Instance:
		w.instance(b, owner, i)
	case *model.NATGateway:
		w.natGateway(b, owner, i)
	case *model.TransitGatewayAttachment:
		w.transit(b, owner)
	case *model.VPCEndpoint:
		w.endpoint(b, owner, i)
	case *model.LoadBalancer:
		w.loadBalancer(b, owner, i)
	case *model.Unmodelled:
		w.endsUnknown(&b, b.asked, func() Hop {
			return gatewayHop(i).with(NotModelled, owner.Name+" is not modelled: "+owner.Reason, "MISC-5")
		})
	}
}

// resolve finds the interface that owns the destination in a VPC (M-5). There
// is no falling back to a shorter route for an address that nobody owns.
func (w *walk) resolve(b branch, v *model.VPC, next func(branch, *model.Interface)) {
	owners := w.net.vpc(v).owners
	free := b.asked
	split(w, owners, b.asked, b.fam, b.destination(), func(rs []addr.Range, i *model.Interface, ok bool) {
		if ok {
			s := w.to(&b, rs...)
			free = w.sp.Minus(free, s)
			next(w.only(b, s), i)
		}
	})
	if maybe, x := w.mayBe(free, b.fam, b.destination(), v); maybe != packet.Empty {
		w.endsUnknown(&b, maybe, func() Hop {
			return gatewayHop(x.Interface).with(AddressNotKnown, x.Text+" is not known yet, and may become "+w.some(maybe, b.fam, b.destination()), "ADDR-21")
		})
		free = w.sp.Minus(free, maybe)
	}
	if v.Incomplete != "" && free != packet.Empty {
		w.endsUnknown(&b, free, func() Hop {
			return gatewayHop(v).with(NotModelled, fmt.Sprintf("%s does not show who has %s: %s", v.Name, w.some(free, b.fam, b.destination()), v.Incomplete), "MISC-5")
		})
		return
	}
	w.drop(&b, free, func() Hop {
		return Hop{Component: v.Name, Kind: v.Kind, Resource: v, At: v.At, Code: NoPossibleDestination,
			Message: "no attached network interface of " + v.Name + " has " + w.some(free, b.fam, b.destination()),
			RuleIDs: []string{"M-5"}}
	})
}

// owned returns the part of b whose address in field belongs to an interface
// of the VPC.
func (w *walk) owned(b *branch, field packet.Field, v *model.VPC) packet.Set {
	owners := w.net.vpc(v).owners
	var buf [4]addr.Range
	own := buf[:0]
	split(w, owners, b.asked, b.fam, field, func(rs []addr.Range, _ *model.Interface, ok bool) {
		if ok {
			own = append(own, rs...)
		}
	})
	return w.in(b.asked, b.fam, field, own)
}

// sourceDestCheck applies NI-2: what leaves must come from the interface's
// own addresses, what arrives must be for them.
func (w *walk) sourceDestCheck(b *branch, i *model.Interface, egress bool) {
	if !i.SourceDestCheck {
		return
	}
	field := b.destination()
	if egress {
		field = b.source()
	}
	ok := w.own(b.asked, i, b.fam, field)
	w.gate(b, ok, true, func(denied packet.Set) Hop {
		what := "is for " + w.some(denied, b.fam, field)
		if egress {
			what = "comes from " + w.some(denied, b.fam, field)
		}
		return Hop{Component: i.Name, Kind: i.Kind, Resource: i, Interface: i, Direction: way(egress), At: i.At,
			Code: SourceDestCheck, RuleIDs: []string{"NI-2"},
			Message: "the source/destination check is on, and the packet " + what + ", none of the interface's own addresses"}
	})
}

// own returns the part of s whose field is one of the interface's own
// addresses.
func (w *walk) own(s packet.Set, i *model.Interface, f addr.Family, field packet.Field) packet.Set {
	var buf [8]addr.Range
	return w.in(s, f, field, appendOwn(buf[:0], i, f))
}

// appendOwn appends the addresses of an interface in a family.
func appendOwn(dst []addr.Range, i *model.Interface, f addr.Family) []addr.Range {
	list := i.Private
	if f == addr.V6 {
		list = i.IPv6
	}
	for _, a := range list {
		dst = append(dst, addr.RangeOfAddr(a))
	}
	return dst
}

// way names a direction.
func way(egress bool) string {
	if egress {
		return "egress"
	}
	return "ingress"
}
