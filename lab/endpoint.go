package lab

import (
	"net/netip"

	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// inspects returns the inspecting endpoint, of a Gateway Load Balancer or a
// firewall, that an interface belongs to; nil for others.
func inspects(i *model.Interface) *model.VPCEndpoint {
	if e, ok := i.Owner.(*model.VPCEndpoint); ok && e.Type == model.GatewayLoadBalancerEndpoint {
		return e
	}
	return nil
}

// buildEndpoints makes the namespaces of VPC endpoints: a service that answers,
// an appliance that hands everything back, or the near half of PrivateLink.
func (l *Lab) buildEndpoints() error {
	for k, e := range l.Topology.VPCEndpoints {
		if e.Type == model.GatewayEndpoint {
			if err := l.buildService(k, e); err != nil {
				return err
			}
			continue
		}
		for _, i := range e.Interfaces {
			ns, err := l.namespace(i.Name, forwarderSettings)
			if err != nil {
				return err
			}
			if err := l.buildInterface(ns, i, 0); err != nil {
				return err
			}
			switch {
			case e.Type == model.GatewayLoadBalancerEndpoint:
				if err := l.rules(ns, func(b *box) { b.onward() }); err != nil {
					return err
				}
			case e.Type == model.InstanceConnectEndpoint:
				l.connects[i] = &node{namespace: ns, endpoint: e}
				if err := l.buildConnect(ns, e, i); err != nil {
					return err
				}
			case e.Type == model.InterfaceEndpoint && e.Provider == nil:
				l.nodes = append(l.nodes, &node{namespace: ns, endpoint: e})
			}
			l.endpoints[i] = ns
		}
	}
	return nil
}

// buildConnect lets an Instance Connect endpoint send from its clients' own
// addresses, where it does, and take the replies to these in (EP-13).
func (l *Lab) buildConnect(ns *namespace, e *model.VPCEndpoint, i *model.Interface) error {
	if !e.PreserveClientIP {
		return nil
	}
	l.kept = append(l.kept, i)
	lo, err := ns.up("lo")
	if err != nil {
		return err
	}
	if err := ns.route(tableClients, anyOf(false), lo, 10, unix.RTN_LOCAL); err != nil {
		return err
	}
	return ns.policy(policy{priority: 60, table: tableClients, iif: "eth0"})
}

// tableClients is the table by which such an endpoint takes every address for
// its own on the way in.
const tableClients = 200

// buildService makes the service behind a gateway endpoint: a host that has
// all addresses of the prefix list.
func (l *Lab) buildService(k int, e *model.VPCEndpoint) error {
	ns, err := l.namespace(e.Name, hostSettings)
	if err != nil {
		return err
	}
	l.nodes = append(l.nodes, &node{namespace: ns, endpoint: e})
	lo, err := ns.up("lo")
	if err != nil {
		return err
	}
	_, index, err := l.port(port{kind: portGatewayEndpoint, name: linkName("s", k, ""), vpc: e.VPC, resource: e}, ns, "eth0")
	if err != nil {
		return err
	}
	for n, b := range e.PrefixList.CIDRs {
		if err := ns.route(unix.RT_TABLE_LOCAL, b.Prefix, lo, 10+n, unix.RTN_LOCAL); err != nil {
			return err
		}
	}
	for _, v6 := range []bool{false, true} {
		if err := ns.route(unix.RT_TABLE_MAIN, anyOf(v6), index, 10, unix.RTN_UNICAST); err != nil {
			return err
		}
	}
	return nil
}

// privateLinks joins the interfaces of endpoints to a node of the load balancer
// behind their service, past the fabric, as no route does (EP-9): each by a link
// of its own, with addresses that nobody else sees.
func (l *Lab) privateLinks(lb *model.LoadBalancer, node *model.Interface, ns *namespace) error {
	for _, e := range l.Topology.VPCEndpoints {
		if e.Provider != lb {
			continue
		}
		for _, i := range e.Interfaces {
			serving := providers(e, i)
			for n, o := range serving {
				if o != node {
					continue
				}
				if err := l.privateLink(i, node, ns, n, len(serving)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// providers are the nodes that serve an endpoint's interface: that of its zone,
// else any.
func providers(e *model.VPCEndpoint, i *model.Interface) []*model.Interface {
	for _, n := range e.Provider.Nodes {
		if n.Subnet.AZ != "" && n.Subnet.AZ == i.Subnet.AZ {
			return []*model.Interface{n}
		}
	}
	return e.Provider.Nodes
}

// privateLink is the nth of some links from an endpoint's interface.
func (l *Lab) privateLink(i, node *model.Interface, ns *namespace, n, of int) error {
	consumer := l.endpoints[i]
	l.pairs++
	pair := l.pairs
	near, far := netip.AddrFrom4([4]byte{169, 254, byte(10 + pair/120), byte(2 * (pair % 120))}), netip.AddrFrom4([4]byte{169, 254, byte(10 + pair/120), byte(2*(pair%120) + 1)})
	ours, theirs, err := veth(consumer, linkName("pl", pair, ""), ns, linkName("pl", pair, ""))
	if err != nil {
		return err
	}
	for _, side := range []struct {
		ns        *namespace
		index     int
		own, peer netip.Addr
	}{{consumer, ours, near, far}, {ns, theirs, far, near}} {
		if err := side.ns.address(side.index, side.own); err != nil {
			return err
		}
		if err := side.ns.route(unix.RT_TABLE_MAIN, full(side.peer), side.index, 1, unix.RTN_UNICAST); err != nil {
			return err
		}
	}
	return l.rules(consumer, func(b *box) {
		b.nat(false)
		pre, post := b.pre(), b.post()
		for _, p := range []uint8{packet.TCP, packet.UDP} {
			b.rule(pre, link(expr.MetaKeyIIFNAME, "eth0", true), l4(p), oneIn(of-n), b.dnat(far, 0))
		}
		b.rule(post, link(expr.MetaKeyOIFNAME, linkName("pl", pair, ""), true), masquerades())
		if n == 0 {
			b.onward()
		}
	})
}
