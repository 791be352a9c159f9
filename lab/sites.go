package lab

import (
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/model"
)

// buildSites makes a namespace for the sites behind each VPN connection and
// Direct Connect gateway, a host that answers for all their addresses.
// Connections that lead to the same site share it.
func (l *Lab) buildSites() error {
	shared := map[*model.VPNConnection]*node{}
	for k, c := range l.Topology.VPNConnections {
		n := shared[c]
		if n == nil {
			ns, err := l.namespace(c.Name, hostSettings)
			if err != nil {
				return err
			}
			n = &node{namespace: ns, vpn: c}
			l.nodes = append(l.nodes, n)
			for _, o := range together(c) {
				shared[o] = n
			}
		}
		l.sites[c] = n
		if err := l.buildSite(k, c, n); err != nil {
			return err
		}
	}
	return nil
}

// together lists the connections that lead to the same sites, c among them.
func together(c *model.VPNConnection) []*model.VPNConnection {
	out := []*model.VPNConnection{c}
	for k := 0; k < len(out); k++ {
		for _, e := range out[k].Networks {
			for _, o := range e.Links {
				if !slices.Contains(out, o) {
					out = append(out, o)
				}
			}
		}
	}
	return out
}

// buildSite joins a site by one connection: an address answers by the
// connection that its network prefers.
func (l *Lab) buildSite(k int, c *model.VPNConnection, n *node) error {
	lo, err := n.up("lo")
	if err != nil {
		return err
	}
	p, index, err := l.port(port{kind: portConnection, name: linkName("c", k, ""), resource: c}, n.namespace, linkName("c", k, ""))
	if err != nil {
		return err
	}
	l.links[c] = p
	for _, p := range sitePrefixes(c) {
		if !prefers(c, p) {
			continue
		}
		if err := n.route(unix.RT_TABLE_LOCAL, p, lo, 10+k, unix.RTN_LOCAL); err != nil {
			return err
		}
		if err := n.policy(policy{priority: 50, table: namedMark + k, from: p, v6: p.Addr().Is6()}); err != nil {
			return err
		}
	}
	for _, v6 := range []bool{false, true} {
		if err := n.route(namedMark+k, anyOf(v6), index, 10, unix.RTN_UNICAST); err != nil {
			return err
		}
		if err := n.route(unix.RT_TABLE_MAIN, anyOf(v6), index, 10+k, unix.RTN_UNICAST); err != nil {
			return err
		}
	}
	return nil
}

// prefers reports whether the network with a prefix answers by a connection;
// what is no network's does.
func prefers(c *model.VPNConnection, p netip.Prefix) bool {
	for _, e := range c.Networks {
		for _, b := range e.CIDRs {
			if b.Prefix.Masked() == p {
				return e.Behind() == c
			}
		}
	}
	return true
}

// sitePrefixes are the addresses behind a connection: of the networks there,
// and what the gateways are told, but for what a VPC has itself (RT-8).
func sitePrefixes(c *model.VPNConnection) []netip.Prefix {
	var out []netip.Prefix
	add := func(p netip.Prefix) {
		inside := slices.ContainsFunc(c.Gateways, func(g *model.VPNGateway) bool { return insideVPC(g.VPC, p) })
		if p = p.Masked(); !slices.Contains(out, p) && !inside {
			out = append(out, p)
		}
	}
	for _, b := range c.Routes {
		add(b.Prefix)
	}
	for _, e := range c.Networks {
		for _, b := range e.CIDRs {
			add(b.Prefix)
		}
	}
	return out
}
