package lab

import (
	"fmt"
	"slices"

	"github.com/google/nftables/expr"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// buildBalancers makes a namespace for each node of a load balancer (LB-1): it
// translates a connection to one of its targets, chosen at random, and from
// its own address unless it keeps the client's.
func (l *Lab) buildBalancers() error {
	for _, lb := range l.Topology.LoadBalancers {
		for k, i := range lb.Nodes {
			ns, err := l.namespace(i.Name, forwarderSettings)
			if err != nil {
				return err
			}
			if err := l.buildInterface(ns, i, 0); err != nil {
				return err
			}
			l.balancers[i] = ns
			if err := l.privateLinks(lb, i, ns); err != nil {
				return err
			}
			var other *translator
			if dualStack(i) && !noTunnels {
				if other, err = l.translatesFamilies(ns); err != nil {
					return err
				}
			}
			if err := l.rules(ns, func(b *box) { nodeRules(b, lb, i, other) }); err != nil {
				return fmt.Errorf("%s node %d: %w", lb.Name, k, err)
			}
			if slices.ContainsFunc(lb.Listeners, func(li *model.Listener) bool { return li.Answers }) {
				l.nodes = append(l.nodes, &node{namespace: ns, balancer: lb})
			}
			if keeps(lb, i) {
				l.kept = append(l.kept, i)
			}
		}
	}
	return nil
}

// reached lists the targets that a node sends to (LB-9).
func reached(lb *model.LoadBalancer, l *model.Listener, node *model.Interface) []*model.Target {
	var out []*model.Target
	for _, t := range l.Targets {
		if lb.CrossZone || node.Subnet.AZ == "" || t.Interface.Subnet.AZ == "" || t.Interface.Subnet.AZ == node.Subnet.AZ {
			out = append(out, t)
		}
	}
	return out
}

// dualStack reports whether a node has both families, so that a target of one
// may get clients of the other (LB-6).
func dualStack(node *model.Interface) bool {
	return node.Primary(false).IsValid() && node.Primary(true).IsValid()
}

// chosen lists the targets that clients of a family get: of a Network Load
// Balancer those of their own, where there is one.
func chosen(lb *model.LoadBalancer, list []*model.Target, v6 bool) []*model.Target {
	if own := sameFamily(slices.Clone(list), v6); lb.Type == model.NetworkLoadBalancer && len(own) > 0 {
		return own
	}
	return list
}

// sameFamily keeps the targets of a family.
func sameFamily(list []*model.Target, v6 bool) []*model.Target {
	return slices.DeleteFunc(list, func(t *model.Target) bool { return t.Address.Is6() != v6 })
}

// keepsClient reports whether a target sees the client's address (LB-6): not
// where the node's subnet sends it through a transit gateway or an inspecting
// endpoint.
func keepsClient(li *model.Listener, node *model.Interface, t *model.Target) bool {
	if !li.PreserveClientIP || node.Subnet.Contains(t.Address) {
		return li.PreserveClientIP
	}
	bits, hidden := -1, false
	for _, route := range node.Subnet.RouteTable.Routes {
		for _, p := range route.Prefixes() {
			if !p.Contains(t.Address) || p.Bits() < bits || route.Origin.Propagated() && insideVPC(node.Subnet.VPC, p) {
				continue // RT-8
			}
			if p.Bits() > bits {
				bits, hidden = p.Bits(), false
			}
			switch route.Target.(type) {
			case *model.VPCEndpoint, *model.TransitGateway:
				hidden = true
			}
		}
	}
	return !hidden
}

// keeps reports whether a node keeps the client's address for any target.
func keeps(lb *model.LoadBalancer, node *model.Interface) bool {
	for _, li := range lb.Listeners {
		for _, t := range reached(lb, li, node) {
			if node.Primary(t.Address.Is6()).IsValid() && keepsClient(li, node, t) {
				return true
			}
		}
	}
	return false
}

// Marks inside a node's namespace: by which way a connection came, and that
// it is to be masqueraded.
const (
	nodeMasquerades = 1
	nodeLinked      = 2
)

// nodeRules translate connections to a node's listeners. What comes by
// PrivateLink is masqueraded in any case (EP-9), and so is what other has
// brought into the other family.
func nodeRules(b *box, lb *model.LoadBalancer, node *model.Interface, other *translator) {
	var hairpins [][]chunk
	for _, v6 := range []bool{false, true} {
		b.nat(v6)
		pre := b.pre()
		b.rule(pre, link(expr.MetaKeyIIFNAME, "pl*", true), setMark(nodeLinked))
		b.rule(pre, link(expr.MetaKeyIIFNAME, familyIf, true), setMark(nodeMasquerades), verdict(expr.VerdictAccept, ""))
		for k, li := range lb.Listeners {
			targets := chosen(lb, reached(lb, li, node), v6)
			choices := len(targets)
			if li.Answers { // so may the node
				choices++
			}
			for n, t := range targets {
				to, keep := t.Address, keepsClient(li, node, t) && t.Address.Is6() == v6
				if to.Is6() != v6 && other == nil {
					continue // needs TUN devices
				}
				switch {
				case v6 && to.Is4():
					to = embed(to)
				case !v6 && to.Is6():
					to = other.to4(to)
				}
				c := b.chain(fmt.Sprintf("l%d_%d", k, n))
				if !keep {
					b.rule(c, setMark(nodeMasquerades))
				}
				b.rule(c, b.dnat(to, t.Port))
				for _, p := range li.Protocols {
					b.rule(pre, l4(p), dports(li.Port, li.Port), oneIn(choices-n), verdict(expr.VerdictGoto, c.Name))
				}
				for _, own := range t.Interface.Addrs() {
					if keep && own.Is6() == v6 { // LB-8
						hairpins = append(hairpins, []chunk{family(v6), original(), inPrefix(false, full(own)), inPrefix(true, full(to)), marked(0)})
					}
				}
			}
		}
		post, own := b.post(), node.Primary(v6)
		if !own.IsValid() {
			continue
		}
		for _, p := range []uint8{packet.TCP, packet.UDP} {
			for _, mark := range []uint32{nodeMasquerades, nodeLinked} {
				b.rule(post, link(expr.MetaKeyOIFNAME, "eth0", true), marked(mark), l4(p), b.snat(own))
			}
		}
	}
	onward := b.onward()
	for _, h := range hairpins {
		b.rule(onward, append(h, verdict(expr.VerdictDrop, ""))...)
	}
	var answers []chunk
	for _, li := range lb.Listeners {
		for _, p := range li.Protocols {
			if li.Answers {
				answers = append(answers, append(l4(p), dports(li.Port, li.Port)...))
			}
		}
	}
	b.closed(answers...)
}

// listens matches what a listener takes.
func listens(li *model.Listener) string {
	var protos []string
	for _, p := range li.Protocols {
		protos = append(protos, map[uint8]string{packet.TCP: "tcp", packet.UDP: "udp"}[p])
	}
	return fmt.Sprintf("meta l4proto %s th dport %d", set(protos), li.Port)
}
