package lab

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// namedMark is what a socket is marked with that must leave by a certain
// interface, whatever the host's routes say.
const namedMark = 100

// buildHosts makes a namespace per instance: its interfaces, its routes as
// DHCP gives them (ADDR-15, NI-21).
func (l *Lab) buildHosts() error {
	for _, inst := range l.Topology.Instances {
		settings := hostSettings
		if inst.IPForward {
			settings = forwarderSettings
		}
		ns, err := l.namespace(inst.Name, settings)
		if err != nil {
			return err
		}
		n := &node{namespace: ns, instance: inst}
		l.hosts[inst] = n
		l.nodes = append(l.nodes, n)
		if err := l.localRoutes(ns, inst); err != nil {
			return err
		}
		for k, i := range inst.Interfaces {
			if err := l.buildInterface(ns, i, k); err != nil {
				return err
			}
		}
	}
	return nil
}

// localRoutes are the ranges that a host takes for its own.
func (l *Lab) localRoutes(ns *namespace, inst *model.Instance) error {
	if len(inst.LocalRoutes) == 0 {
		return nil
	}
	lo, err := ns.up("lo")
	if err != nil {
		return err
	}
	for k, b := range inst.LocalRoutes {
		if err := ns.route(unix.RT_TABLE_LOCAL, b.Prefix, lo, 10+k, unix.RTN_LOCAL); err != nil {
			return err
		}
	}
	return nil
}

// buildInterface joins an interface to the fabric; k is its place in its
// owner. The first interface of a family has the default route.
func (l *Lab) buildInterface(ns *namespace, i *model.Interface, k int) error {
	p := port{kind: portInterface, name: linkName("e", i.Index, ""), iface: i, vpc: i.Subnet.VPC, resource: i.Owner}
	ours, index, err := l.port(p, ns, linkName("eth", k, ""))
	if err != nil {
		return err
	}
	l.enis[i] = ours
	families := map[bool]bool{}
	if inspects(i) != nil { // it needs no address to hand packets back
		families = map[bool]bool{false: true, true: true}
	}
	for _, a := range i.Addrs() {
		families[a.Is6()] = true
		if err := ns.address(index, a); err != nil {
			return err
		}
	}
	for _, p := range i.Subnet.Prefixes() {
		if !families[p.Addr().Is6()] {
			continue // on link only in a family that the interface speaks
		}
		if err := ns.route(unix.RT_TABLE_MAIN, p, index, k+1, unix.RTN_UNICAST); err != nil {
			return err
		}
	}
	for v6 := range families {
		if err := ns.route(unix.RT_TABLE_MAIN, anyOf(v6), index, k+1, unix.RTN_UNICAST); err != nil {
			return err
		}
		if err := ns.route(namedMark+k, anyOf(v6), index, 1, unix.RTN_UNICAST); err != nil {
			return err
		}
		if err := ns.policy(policy{priority: 50, table: namedMark + k, mark: uint32(namedMark + k), mask: ^uint32(0), v6: v6}); err != nil {
			return err
		}
	}
	return nil
}

// buildNATGateways makes a namespace for each interface of a NAT gateway
// (NGW-1).
func (l *Lab) buildNATGateways() error {
	for _, g := range l.Topology.NATGateways {
		for _, i := range g.Interfaces { // a regional one has several (NGW-19)
			ns, err := l.namespace(i.Name, forwarderSettings)
			if err != nil {
				return err
			}
			if err := l.buildInterface(ns, i, 0); err != nil {
				return err
			}
			if err := l.rules(ns, func(b *box) { natGatewayRules(b, i.Primary(false)) }); err != nil {
				return err
			}
			if !l.nat64Gateway(g) {
				continue
			}
			if _, err := l.translatesFamilies(ns); err != nil {
				return err
			}
			index, err := ns.up("eth0")
			if err != nil {
				return err
			}
			if err := ns.route(unix.RT_TABLE_MAIN, anyOf(true), index, 1, unix.RTN_UNICAST); err != nil {
				return err
			}
		}
	}
	return nil
}

// natGatewayRules are those of a NAT gateway: any source port of 1024-65535
// (NGW-2), nothing but replies inwards (NGW-6), and a reply that belongs to
// no connection is dropped (NGW-13) where Linux alone would forward it.
func natGatewayRules(b *box, own netip.Addr) {
	b.nat(false)
	post := b.post()
	for _, proto := range []uint8{packet.TCP, packet.UDP} {
		b.rule(post, l4(proto), b.snat(own))
	}
	b.rule(post, masquerades())
	b.onward()
	b.closed()
}
