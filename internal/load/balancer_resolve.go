package load

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/model"
)

// resolveBalancers looks up the targets of load balancers.
func (r *resolver) resolveBalancers() {
	var owners map[netip.Addr][]*model.Interface
	for _, b := range r.d.balancers {
		r.t.LoadBalancers = append(r.t.LoadBalancers, b.LoadBalancer)
		b.VPC = r.checkPlaces(&b.Ident, nil, b.ifaces)
	}
	for _, b := range r.d.balancers {
		for _, l := range b.listeners {
			b.Listeners = append(b.Listeners, l.Listener)
			for _, t := range l.targets {
				switch {
				case t.instance.given():
					t.Interface = r.instanceTarget(b, t)
				case t.iface.given():
					t.Interface, _ = lookup[*model.Interface](r, t.iface, model.KindNetworkInterface)
				case t.address.IsValid():
					if owners == nil {
						owners = map[netip.Addr][]*model.Interface{}
						for _, i := range r.t.Interfaces {
							for _, a := range i.Addrs() {
								owners[a] = append(owners[a], i)
							}
						}
					}
					t.Interface = r.addressTarget(b, t, owners[t.address.Addr])
				}
				if t.Interface == nil {
					continue
				}
				if t.Address = t.address.Addr; !t.Address.IsValid() {
					if t.Address = t.Interface.Primary(false); !t.Address.IsValid() {
						t.Address = t.Interface.Primary(true)
					}
				}
				r.familyTarget(b, t)
				if t.Interface.Owner == model.Resource(b.LoadBalancer) {
					r.fault(t.At, idLoadBalancerTarget, "load balancer %q has its own node %q as a target; expected another interface", b.Name, t.Interface.Name)
				}
				l.Targets = append(l.Targets, t.Target)
			}
		}
	}
}

// familyTarget: a node speaks to a target in the target's family, so it needs
// an address of it (LB-2).
func (r *resolver) familyTarget(b *rawBalancer, t *rawTarget) {
	for _, n := range b.ifaces {
		if t.Address.Is6() && len(n.v6) == 0 {
			r.faultOf(t.At, idLoadBalancerTarget, n.At, "a node without IPv6",
				"target %s is IPv6; the node of load balancer %q in subnet %q has no `ipv6` to reach it from", t.Address, b.Name, n.subnet.text)
			return
		}
	}
}

// instanceTarget returns the primary interface of an instance.
func (r *resolver) instanceTarget(b *rawBalancer, t *rawTarget) *model.Interface {
	inst, ok := lookup[*model.Instance](r, t.instance, model.KindInstance)
	if !ok {
		return nil
	}
	if len(inst.Interfaces) == 0 {
		r.hole(t.instance.at, idLoadBalancerTarget, "instance %q has no network interface; as a target it needs one", inst.Name)
		return nil
	}
	i := inst.Interfaces[0]
	if i.Subnet != nil && i.Subnet.VPC != nil && b.VPC != nil && i.Subnet.VPC != b.VPC {
		r.faultOf(t.instance.at, idOtherVPC, inst.At, quote(inst.Name)+" is declared here",
			"instance %q is in VPC %q; load balancer %q is in VPC %q, and reaches other VPCs by `address` only", inst.Name, i.Subnet.VPC.Name, b.Name, b.VPC.Name)
	}
	return i
}

// addressTarget chooses among the interfaces that own an address: that of the
// load balancer's VPC, else that of a peered VPC, else that of another one.
func (r *resolver) addressTarget(b *rawBalancer, t *rawTarget, owners []*model.Interface) *model.Interface {
	if b.VPC == nil {
		return nil
	}
	var peered, others []*model.Interface
	for _, i := range owners {
		if i.Subnet == nil || i.Subnet.VPC == nil {
			continue
		}
		if i.Subnet.VPC == b.VPC {
			return i
		}
		others = append(others, i)
		if r.peered(b.VPC, i.Subnet.VPC) {
			peered = append(peered, i)
		}
	}
	if b.VPC.Contains(t.address.Addr) {
		others = nil // M-5: what is local goes nowhere else
	} else if len(peered) > 0 {
		others = peered
	}
	switch {
	case len(others) == 0:
		r.hole(t.addressAt, idLoadBalancerTarget, "%s is a target that is nobody's; expected an address of a network interface in VPC %q or in one that it reaches", t.address, b.VPC.Name)
		return nil
	case len(others) > 1 && others[0].Subnet.VPC != others[1].Subnet.VPC:
		r.hole(t.addressAt, idLoadBalancerTarget, "%s stands in VPCs %q and %q; expected `interface` with the name of %q or %q",
			t.address, others[0].Subnet.VPC.Name, others[1].Subnet.VPC.Name, others[0].Name, others[1].Name)
		return nil
	}
	return others[0]
}

// peered reports whether an active peering joins two VPCs.
func (r *resolver) peered(a, b *model.VPC) bool {
	for _, p := range r.t.PeeringConnections {
		if p.Active() && p.Other(a) == b {
			return true
		}
	}
	return false
}
