package eval

import (
	"fmt"
	"net/netip"
	"slices"

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
		return gatewayHop(lb).with(ofType(lb, ListenersMismatch, ClassicListeners), fmt.Sprintf("no listener of %s accepts %s", lb.Name, trafficText(w.describe(&b, b.asked))), "LB-1")
	})
}

// ofType returns the word that AWS has for load balancers of a type.
func ofType(lb *model.LoadBalancer, others, classic Code) Code {
	if lb.Type == model.ClassicLoadBalancer {
		return classic
	}
	return others
}

// balance sends b to every target that the node may choose.
func (w *walk) balance(b branch, lb *model.LoadBalancer, l *model.Listener, node *model.Interface) {
	targets := reachableTargets(lb, ofFamily(lb, l.Targets, b.fam), node)
	if l.Answers {
		w.arrive(b, lb, node)
	}
	if len(targets) == 0 && !l.Answers {
		w.drop(&b, b.asked, func() Hop {
			h := gatewayHop(lb).with(ofType(lb, NoTargetsInZone, ClassicZone), fmt.Sprintf("the listener on port %d has no target in %s, and cross-zone load balancing is off", l.Port, node.Subnet.AZ), "LB-9")
			h.At = l.At
			return h
		})
		return
	}
	for _, t := range targets {
		part, to, v6 := b, t.Address, t.Address.Is6()
		keep := l.PreserveClientIP && b.link == nil && addr.FamilyOf(to) == b.fam && !w.net.hidesClient(node, to)
		if v6 || b.fam == addr.V6 {
			w.sourceNATPrefix(&part, lb)
		}
		if keep {
			w.hairpin(&part, lb, t)
		}
		if part.asked == packet.Empty {
			continue
		}
		pass := w.newPass()
		c := change{dst: newEnd{to: to, ports: packet.PortRange{Lo: t.Port, Hi: t.Port}}}
		if keep {
			w.translate(&part, lb, pass, c, "LB-2")
			w.remember(&part, mark{kind: passed, device: lb, pass: pass, iface: node})
		} else {
			c.src = newEnd{to: node.Primary(v6), ports: ephemeral}
			w.translate(&part, lb, pass, c, "LB-2", "LB-3")
		}
		if lb.Type == model.ClassicLoadBalancer && node.Subnet.Contains(to) {
			w.networkACL(&part, node.Subnet, true) // ACL-8
		}
		w.send(part, node)
	}
}

// sourceNATPrefix ends the UDP part of b, which is IPv6 on one side at least:
// the target sees an address of a prefix of the load balancer's that
// topologies do not give (LB-6).
func (w *walk) sourceNATPrefix(b *branch, lb *model.LoadBalancer) {
	udp := w.sp.And(b.asked, w.sp.Protos(packet.UDP, packet.UDP))
	if udp == packet.Empty {
		return
	}
	w.endsUnknown(b, udp, func() Hop {
		return gatewayHop(lb).with(NotModelled, lb.Name+" sends UDP over IPv6 from a source NAT prefix, which a topology does not give", "LB-6")
	})
	w.without(b, udp)
}

// hidesClient reports whether a node's subnet sends what is for a target to a
// transit gateway or an inspecting endpoint: no client address is preserved
// across these, whatever peering there may be besides (LB-6).
func (n *Net) hidesClient(node *model.Interface, to netip.Addr) bool {
	e, ok := n.table(node.Subnet.RouteTable).lookup.LookupKey(addr.FamilyOf(to), addr.KeyOf(to))
	if !ok || node.Subnet.Contains(to) {
		return false
	}
	for _, c := range e.candidates {
		switch c.route.Target.(type) {
		case *model.VPCEndpoint, *model.TransitGateway:
			return true
		}
	}
	return false
}

// reachableTargets returns those of a list of targets that a node sends to
// (LB-9).
func reachableTargets(lb *model.LoadBalancer, list []*model.Target, node *model.Interface) []*model.Target {
	if lb.CrossZone || node.Subnet.AZ == "" {
		return list
	}
	var out []*model.Target
	for _, t := range list {
		if az := t.Interface.Subnet.AZ; az == "" || az == node.Subnet.AZ {
			out = append(out, t)
		}
	}
	return out
}

// ofFamily returns the targets that clients of a family get. A listener of a
// Network Load Balancer has targets of both families only with a rule that
// sends clients to those of their own; other types send anybody to any.
func ofFamily(lb *model.LoadBalancer, list []*model.Target, f addr.Family) []*model.Target {
	own := func(t *model.Target) bool { return addr.FamilyOf(t.Address) == f }
	if lb.Type != model.NetworkLoadBalancer || !slices.ContainsFunc(list, own) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(t *model.Target) bool { return !own(t) })
}

// internalNodes stops what the internet sends to the IPv6 addresses of
// internal load balancers, which deny an internet gateway's traffic (EP-12).
func (w *walk) internalNodes(b *branch, v *model.VPC) {
	split(w, w.net.vpc(v).owners, b.asked, b.fam, b.destination(), func(rs []addr.Range, i *model.Interface, ok bool) {
		if !ok {
			return
		}
		lb, is := i.Owner.(*model.LoadBalancer)
		if !is || lb.InternetFacing {
			return
		}
		w.gate(b, w.sp.Minus(b.asked, w.to(b, rs...)), false, func(packet.Set) Hop {
			return gatewayHop(lb).with(BalancerInternal, lb.Name+" is internal, and denies what comes through an internet gateway", "EP-12")
		})
	})
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
