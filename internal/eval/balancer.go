package eval

import (
	"fmt"
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// loadBalancer takes b in at a node (LB-1) and sends it on to the targets of
// the listener (LB-2). Any target may be chosen, so what works must work for
// all of them.
func (w *walk) loadBalancer(b branch, lb *model.LoadBalancer, node *model.Interface) {
	if b.dir == packet.Reply {
		w.balancedReply(b, lb, node)
		return
	}
	for _, l := range lb.Listeners {
		s := packet.Empty
		for _, p := range l.Protocols {
			s = w.sp.Or(s, w.sp.Protos(p, p))
		}
		s = w.sp.And(b.asked, w.sp.And(s, w.sp.Ports(packet.DPort, l.Port, l.Port)))
		if s != packet.Empty {
			w.balance(w.only(b, s), lb, l, node)
			w.without(&b, s)
		}
	}
	w.drop(&b, b.asked, func() Hop {
		return gatewayHop(lb).with(ListenersMismatch, fmt.Sprintf("no listener of %s accepts %s", lb.Name, trafficText(w.describe(&b, b.asked))), "LB-1")
	})
}

// balance sends b to every target that the node may choose.
func (w *walk) balance(b branch, lb *model.LoadBalancer, l *model.Listener, node *model.Interface) {
	targets := reachableTargets(lb, l, node)
	if len(targets) == 0 {
		w.drop(&b, b.asked, func() Hop {
			h := gatewayHop(lb).with(NoTargetsInZone, fmt.Sprintf("the listener on port %d has no target in %s, and cross-zone load balancing is off", l.Port, node.Subnet.AZ), "LB-9")
			h.At = l.At
			return h
		})
		return
	}
	for _, t := range targets {
		to := t.Address
		if addr.FamilyOf(to) != b.fam {
			to = t.Interface.Primary(b.fam == addr.V6)
		}
		part := b
		if !to.IsValid() {
			w.undetermined(&part, part.asked, func() Hop {
				return gatewayHop(lb).with(NotModelled, fmt.Sprintf("target %s has no %s address, and translation between the families is not modelled", t.Interface.Name, b.fam), "LB-6")
			})
			continue
		}
		keep := l.PreserveClientIP && w.net.besides(lb.VPC, t.Interface.Subnet.VPC) && !w.net.inspected(node, to)
		if keep {
			w.hairpin(&part, lb, t)
		}
		if part.asked == packet.Empty {
			continue
		}
		pass := w.newPass()
		w.translate(&part, lb, pass, change{dst: newEnd{to: to, ports: packet.PortRange{Lo: t.Port, Hi: t.Port}}}, "LB-2")
		if !keep {
			w.translate(&part, lb, pass, change{src: newEnd{to: node.Primary(b.fam == addr.V6), ports: ephemeral}}, "LB-3")
		} else {
			w.remember(&part, mark{kind: passed, device: lb, pass: pass, iface: node})
		}
		if lb.Type == model.ClassicLoadBalancer && node.Subnet.Contains(to) {
			w.networkACL(&part, node.Subnet, true) // ACL-8
		}
		w.send(part, node)
	}
}

// besides reports whether a VPC is the same or peered: behind a transit
// gateway no client address is preserved (LB-6).
func (n *Net) besides(v, o *model.VPC) bool {
	if v == o {
		return true
	}
	for _, p := range n.topo.PeeringConnections {
		if p.Active() && p.Other(v) == o {
			return true
		}
	}
	return false
}

// inspected reports whether a node's subnet sends what is for a target to an
// inspecting endpoint, across which no client address is preserved (LB-6).
func (n *Net) inspected(node *model.Interface, to netip.Addr) bool {
	e, ok := n.table(node.Subnet.RouteTable).lookup.LookupKey(addr.FamilyOf(to), addr.KeyOf(to))
	if !ok || node.Subnet.Contains(to) {
		return false
	}
	_, endpoint := e.candidates[0].route.Target.(*model.VPCEndpoint)
	return endpoint
}

// reachableTargets returns the targets that a node sends to (LB-9).
func reachableTargets(lb *model.LoadBalancer, l *model.Listener, node *model.Interface) []*model.Target {
	if lb.CrossZone || node.Subnet.AZ == "" {
		return l.Targets
	}
	var out []*model.Target
	for _, t := range l.Targets {
		if az := t.Interface.Subnet.AZ; az == "" || az == node.Subnet.AZ {
			out = append(out, t)
		}
	}
	return out
}

// hairpin drops what a target sends to itself through a load balancer that
// keeps its address (LB-8).
func (w *walk) hairpin(b *branch, lb *model.LoadBalancer, t *model.Target) {
	own := w.own(b.asked, t.Interface, b.fam, packet.Src)
	w.drop(b, own, func() Hop {
		return gatewayHop(lb).with(BalancerHairpin, fmt.Sprintf("%s would get a packet from its own address", t.Interface.Name), "LB-8")
	})
}

// balancedReply takes a target's reply back through the node.
func (w *walk) balancedReply(b branch, lb *model.LoadBalancer, node *model.Interface) {
	if !w.undoHop(&b, lb, "LB-2") {
		w.asymmetric(&b, lb, lb.Name+" has no record of this connection", "LB-2", "M-8")
		return
	}
	if b.link != nil { // through the service's endpoint, not the provider's network
		if e, ok := b.link.Owner.(*model.VPCEndpoint); ok {
			w.privateLink(b, e, b.link)
			return
		}
	}
	w.send(b, node)
}

// keptClient returns the node that a reply goes back to although it is
// addressed to the client: a Network Load Balancer that preserves client
// addresses gets the replies of its own connections, whatever the target's
// routes say (LB-7), and so does an instance connect endpoint (EP-13).
func (b *branch) keptClient() *model.Interface {
	if b.dir != packet.Reply || b.undo == nil || b.undo.kind != passed {
		return nil
	}
	return b.undo.iface // set for load balancers and instance connect endpoints alone
}

// fromBalancer reports whether a load balancer's node has sent b last.
func (b *branch) fromBalancer() bool {
	if b.iface == nil {
		return false
	}
	_, ok := b.iface.Owner.(*model.LoadBalancer)
	return ok
}

// toNode takes a reply from a target's subnet to the node that it goes back
// to.
func (w *walk) toNode(b branch, s *model.Subnet, node *model.Interface) {
	if node.Subnet == s {
		w.receive(b, node)
		return
	}
	w.networkACL(&b, s, true)
	w.arriveAt(b, node)
}
