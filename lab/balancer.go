package lab

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// buildBalancers makes a namespace for each node of a load balancer (LB-1): it
// translates a connection to one of its targets, chosen at random, and from
// its own address unless it keeps the client's.
func (l *Lab) buildBalancers() error {
	for _, lb := range l.Topology.LoadBalancers {
		for k, node := range lb.Nodes {
			ns, err := l.namespace(node.Name, forwarderSettings)
			if err != nil {
				return err
			}
			if err := l.buildInterface(ns, node, 0); err != nil {
				return err
			}
			ns.tracks = true
			l.balancers[node] = ns
			if err := l.privateLinks(lb, node, ns); err != nil {
				return err
			}
			text := l.nodeRules(lb, node)
			if err := l.t.in(ns, func() error { return nft(text) }); err != nil {
				return fmt.Errorf("%s node %d: %w", lb.Name, k, err)
			}
			if l.keeps(lb, node) {
				l.kept = append(l.kept, node)
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

// addressOf is a target's address in a family, or none.
func addressOf(t *model.Target, v6 bool) netip.Addr {
	if t.Address.Is6() == v6 {
		return t.Address
	}
	return t.Interface.Primary(v6)
}

// keepsClient reports whether a target sees the client's address (LB-6): not
// behind a transit gateway, and not across an inspecting endpoint.
func (l *Lab) keepsClient(lb *model.LoadBalancer, li *model.Listener, node *model.Interface, t *model.Target, v6 bool) bool {
	far := t.Interface.Subnet.VPC
	near := far == lb.VPC || slices.ContainsFunc(l.Topology.PeeringConnections, func(p *model.PeeringConnection) bool {
		return p.Active() && p.Other(lb.VPC) == far
	})
	to := addressOf(t, v6)
	if !li.PreserveClientIP || !near || node.Subnet.Contains(to) {
		return li.PreserveClientIP && near
	}
	var best *model.Route
	bits := -1
	for _, route := range node.Subnet.RouteTable.Routes {
		for _, p := range route.Prefixes() {
			if p.Contains(to) && p.Bits() > bits {
				best, bits = route, p.Bits()
			}
		}
	}
	if best == nil {
		return true
	}
	_, endpoint := best.Target.(*model.VPCEndpoint)
	return !endpoint
}

// keeps reports whether a node keeps the client's address for any target.
func (l *Lab) keeps(lb *model.LoadBalancer, node *model.Interface) bool {
	for _, li := range lb.Listeners {
		for _, t := range reached(lb, li, node) {
			for _, v6 := range []bool{false, true} {
				if addressOf(t, v6).IsValid() && node.Primary(v6).IsValid() && l.keepsClient(lb, li, node, t, v6) {
					return true
				}
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
// PrivateLink is masqueraded in any case (EP-9).
func (l *Lab) nodeRules(lb *model.LoadBalancer, node *model.Interface) string {
	var b strings.Builder
	var hairpins []string
	for _, v6 := range []bool{false, true} {
		fmt.Fprintf(&b, "table %s nat {\n", ipWord(v6))
		pre := []string{fmt.Sprintf("iifname \"pl*\" meta mark set %d", nodeLinked)}
		for k, li := range lb.Listeners {
			var choices []string
			for n, t := range reached(lb, li, node) {
				to := addressOf(t, v6)
				name := fmt.Sprintf("l%d_%d", k, n)
				fmt.Fprintf(&b, "chain %s {\n", name)
				if to.IsValid() {
					if keep := l.keepsClient(lb, li, node, t, v6); !keep {
						fmt.Fprintf(&b, "\tmeta mark set %d\n", nodeMasquerades)
					} else {
						for _, own := range t.Interface.Addrs() {
							if own.Is6() == v6 { // LB-8
								hairpins = append(hairpins, fmt.Sprintf("ct direction original %s saddr %s %s daddr %s meta mark 0 drop", ipWord(v6), own, ipWord(v6), to))
							}
						}
					}
					fmt.Fprintf(&b, "\tmeta l4proto { tcp, udp } dnat to %s\n", netip.AddrPortFrom(to, t.Port))
				}
				b.WriteString("}\n")
				choices = append(choices, fmt.Sprintf("%d : goto %s", n, name))
			}
			if len(choices) > 0 {
				pre = append(pre, fmt.Sprintf("%s numgen random mod %d vmap { %s }", listens(li), len(choices), join(choices)))
			}
		}
		b.WriteString("chain pre {\n\ttype nat hook prerouting priority -100\n\t" + strings.Join(pre, "\n\t") + "\n}\n")
		fmt.Fprintf(&b, "chain post {\n\ttype nat hook postrouting priority 100\n\toifname \"eth0\" meta mark { %d, %d } meta l4proto { tcp, udp } masquerade to :1024-65535 fully-random\n}\n}\n",
			nodeMasquerades, nodeLinked)
	}
	fmt.Fprintf(&b, "table inet f {\nchain in {\n\ttype filter hook input priority 0; policy drop\n\tiifname \"lo\" accept\n}\n"+
		"chain onward {\n\ttype filter hook forward priority 0\n\t%s\n%s}\n}\n", strings.Join(hairpins, "\n\t"), strayReplies)
	return b.String()
}

// strayReplies drop what answers a connection that is not known (M-8).
const strayReplies = "\tct state invalid drop\n" +
	"\tct state new meta l4proto udp ip dscp { 1, 3 } drop\n" +
	"\tct state new meta l4proto udp ip6 dscp { 1, 3 } drop\n"

// listens matches what a listener takes.
func listens(li *model.Listener) string {
	var protos []string
	for _, p := range li.Protocols {
		protos = append(protos, map[uint8]string{packet.TCP: "tcp", packet.UDP: "udp"}[p])
	}
	return fmt.Sprintf("meta l4proto %s th dport %d", set(protos), li.Port)
}
