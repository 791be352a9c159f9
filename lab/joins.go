package lab

import (
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/model"
)

// buildPeering makes a link with both ends in the fabric for each active
// peering connection; the far end knows the local routes of its VPC alone, so
// that nothing is transitive (PCX-5).
func (l *Lab) buildPeering() error {
	for k, c := range l.Topology.PeeringConnections {
		if !c.Active() {
			continue
		}
		a := port{kind: portPeering, name: linkName("p", k, "a"), vpc: c.Requester, resource: c}
		b := port{kind: portPeering, name: linkName("p", k, "b"), vpc: c.Accepter, resource: c}
		if _, _, err := l.twin(a, b); err != nil {
			return err
		}
	}
	return nil
}

// buildVPN makes a link with both ends in the fabric for each VPN gateway,
// and a site for each connection, a host that answers for all its addresses.
func (l *Lab) buildVPN() error {
	for k, g := range l.Topology.VPNGateways {
		a := port{kind: portVPNGateway, name: linkName("v", k, "a"), vpc: g.VPC, resource: g}
		b := port{kind: portVPNInside, name: linkName("v", k, "b"), vpc: g.VPC, resource: g}
		if _, _, err := l.twin(a, b); err != nil {
			return err
		}
	}
	for k, c := range l.Topology.VPNConnections {
		if err := l.buildSite(k, c); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lab) buildSite(k int, c *model.VPNConnection) error {
	ns, err := l.namespace(c.Name, hostSettings)
	if err != nil {
		return err
	}
	n := &node{namespace: ns, vpn: c}
	l.sites[c] = n
	l.nodes = append(l.nodes, n)
	lo, err := ns.up("lo")
	if err != nil {
		return err
	}
	_, index, err := l.port(port{kind: portConnection, name: linkName("c", k, ""), vpc: c.Gateways[0].VPC, resource: c}, ns, "eth0")
	if err != nil {
		return err
	}
	for _, p := range sitePrefixes(c) {
		if err := ns.route(unix.RT_TABLE_LOCAL, p, lo, 10, unix.RTN_LOCAL); err != nil {
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

// sitePrefixes are the addresses behind a VPN connection: of the networks
// there, and what the gateway is told, but for what a VPC has itself (RT-8).
func sitePrefixes(c *model.VPNConnection) []netip.Prefix {
	var out []netip.Prefix
	add := func(p netip.Prefix) {
		if p = p.Masked(); !slices.Contains(out, p) && (c.Gateways[0].VPC == nil || !insideVPC(c.Gateways[0].VPC, p)) {
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
