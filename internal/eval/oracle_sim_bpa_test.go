package eval_test

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/model"
)

// blocked reports whether VPC Block Public Access stops a connection at a
// gateway of a VPC: outward where an interface in the subnet hands it over,
// inward where one gets it (IGW-16). Replies of what has passed pass. p is the
// packet as the VPC knows it.
func (w *walker) blocked(v *model.VPC, at *model.Interface, s *model.Subnet, outward bool, p pkt) bool {
	b := v.BlockPublicAccess
	if b == nil {
		return false
	}
	if !w.replying {
		w.admitted[admitted{v, p}] = true // where it is stopped there is no reply
	} else if w.admitted[admitted{v, p.reverse()}] {
		return false
	}
	if at != nil && outward && b.IngressOnly {
		if _, nat := at.Owner.(*model.NATGateway); nat {
			return false
		}
	}
	egress := false
	for _, x := range b.Exclusions {
		if x.EgressOnly && (!outward || b.IngressOnly) {
			continue
		}
		if x.VPC == v && !(x.EgressOnly && w.replying) {
			return false
		}
		egress = egress || x.VPC == v
		inspects := false
		if at != nil {
			e, ok := at.Owner.(*model.VPCEndpoint)
			inspects = ok && e.Type == model.GatewayLoadBalancerEndpoint
		}
		if x.Subnet != nil && x.Subnet == s && !inspects {
			if !x.EgressOnly || !w.replying {
				return false
			}
			egress = true
		}
	}
	if egress { // nothing says whether a reply without a request may leave
		w.leg.unclear = true
		return false
	}
	return true
}

// admitted is what Block Public Access has seen of the request in a VPC.
type admitted struct {
	v *model.VPC
	p pkt
}

// entrance is who gets what a gateway lets into a VPC, and its subnet.
func (w *walker) entrance(rt *model.RouteTable, v *model.VPC, dst netip.Addr) (*model.Interface, *model.Subnet) {
	if rt != nil {
		if r := bestRoute(rt, dst); r != nil && r.Kind == model.TargetResource {
			switch t := r.Target.(type) {
			case *model.Interface:
				return t, t.Subnet
			case *model.VPCEndpoint:
				return t.Interfaces[0], t.Interfaces[0].Subnet
			}
		}
	}
	if o := w.owner(v, dst); o != nil {
		return o, o.Subnet
	}
	for _, s := range v.Subnets {
		if s.Contains(dst) {
			return nil, s
		}
	}
	return nil, nil
}

func bpaName(v *model.VPC) string {
	if v.BlockPublicAccess == nil {
		return ""
	}
	return v.BlockPublicAccess.Name
}
