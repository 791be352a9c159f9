package lab

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/model"
)

// A site is a network behind connections, or what is behind a connection that
// no network names.
type site struct {
	resource model.Resource
	links    []*model.VPNConnection
	prefixes []netip.Prefix
}

// sitesBehind lists the sites of a connection.
func sitesBehind(c *model.VPNConnection) []site {
	var out []site
	var named []netip.Prefix
	for _, e := range c.Networks {
		s := site{resource: e, links: e.Links, prefixes: prefixesOf(e.CIDRs)}
		named = append(named, s.prefixes...)
		out = append(out, s)
	}
	rest := site{resource: c, links: []*model.VPNConnection{c}}
	for _, p := range prefixesOf(c.Routes) {
		inside := slices.ContainsFunc(c.Gateways, func(g *model.VPNGateway) bool { return insideVPC(g.VPC, p) })
		if !inside && !slices.Contains(named, p) { // what a VPC has itself is not there (RT-8)
			rest.prefixes = append(rest.prefixes, p)
		}
	}
	return append(out, rest)
}

func prefixesOf(list []model.Block) []netip.Prefix {
	var out []netip.Prefix
	for _, b := range list {
		out = append(out, b.Prefix.Masked())
	}
	return out
}

// sitePrefixes are the addresses behind a connection.
func sitePrefixes(c *model.VPNConnection) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range sitesBehind(c) {
		out = append(out, s.prefixes...)
	}
	return out
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

// buildSites makes a namespace for the sites behind each connection, a host
// that answers for all their addresses and has their routes. Connections that
// lead to the same site share it.
func (l *Lab) buildSites() error {
	for k, c := range l.Topology.VPNConnections {
		if l.sites[c] != nil {
			continue
		}
		ns, err := l.namespace(c.Name, hostSettings)
		if err != nil {
			return err
		}
		n := &node{namespace: ns, vpn: c}
		l.nodes = append(l.nodes, n)
		group := together(c)
		for _, o := range group {
			l.sites[o] = n
		}
		if err := l.buildSite(k, n, group); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lab) buildSite(k int, n *node, group []*model.VPNConnection) error {
	lo, err := n.up("lo")
	if err != nil {
		return err
	}
	devices := map[*model.VPNConnection]int{}
	for _, c := range group {
		name := linkName("c", l.connectionNumber(c), "")
		p, index, err := l.port(port{kind: portConnection, name: name, resource: c.Named()}, n.namespace, name)
		if err != nil {
			return err
		}
		l.links[c], devices[c] = p, index
	}
	_, nowhere, err := l.port(port{kind: portNoExit, name: linkName("n", k, ""), resource: group[0]}, n.namespace, linkName("n", k, ""))
	if err != nil {
		return err
	}
	for _, v6 := range []bool{false, true} {
		if err := n.route(unix.RT_TABLE_MAIN, anyOf(v6), devices[group[0]], 10, unix.RTN_UNICAST); err != nil {
			return err
		}
	}
	var done []model.Resource
	for _, c := range group {
		for _, s := range sitesBehind(c) {
			if slices.Contains(done, s.resource) || len(s.prefixes) == 0 {
				continue
			}
			done = append(done, s.resource)
			if err := n.routeSite(namedMark+len(done), s, devices, nowhere, lo); err != nil {
				return err
			}
		}
	}
	return nil
}

// routeSite gives a site its routes: for each prefix the connection that the
// site names first of those that offer it, and for the rest one of which the
// topology does not say what the site routes there (VGW-6).
func (n *node) routeSite(table int, s site, devices map[*model.VPNConnection]int, nowhere, lo int) error {
	for k, p := range s.prefixes {
		if err := n.route(unix.RT_TABLE_LOCAL, p, lo, 10*table+k, unix.RTN_LOCAL); err != nil {
			return err
		}
		if err := n.policy(policy{priority: 50, table: table, from: p, v6: p.Addr().Is6()}); err != nil {
			return err
		}
	}
	taken := map[netip.Prefix]bool{}
	rest := nowhere
	for _, c := range s.links {
		for _, e := range exitsThrough(c) {
			for _, p := range offered(e, s.links) {
				if taken[p] {
					continue
				}
				taken[p] = true
				if err := n.route(table, p, devices[c], 10, unix.RTN_UNICAST); err != nil {
					return err
				}
			}
		}
		if rest == nowhere && !told(c) {
			rest = devices[c]
		}
	}
	for _, v6 := range []bool{false, true} {
		if err := n.route(table, anyOf(v6), rest, 20, unix.RTN_UNICAST); err != nil {
			return err
		}
	}
	return nil
}

// An exit is what of AWS a connection leads to: one of both.
type exit struct {
	link    *model.VPNConnection
	gateway *model.VPNGateway
	transit *model.TransitGatewayAttachment
}

// allowed is what the connection may announce to the sites of what it leads to.
func (e exit) allowed() ([]netip.Prefix, bool) {
	var to model.Resource = e.gateway
	if e.transit != nil {
		to = e.transit.TransitGateway
	}
	list, ok := e.link.Allowed(to)
	return prefixesOf(list), ok
}

func exitsThrough(c *model.VPNConnection) []exit {
	var out []exit
	for _, g := range c.Gateways {
		out = append(out, exit{link: c, gateway: g})
	}
	for _, a := range c.Attachments {
		out = append(out, exit{link: c, transit: a})
	}
	return out
}

// told reports whether the topology says what sites route into a connection.
func told(c *model.VPNConnection) bool {
	if c.CustomerGateway != nil && c.CustomerGateway.Routes != nil {
		return true
	}
	if c.AllowedAt == nil {
		return c.AllowedPrefixes != nil
	}
	for _, e := range exitsThrough(c) {
		if _, ok := e.allowed(); !ok {
			return false
		}
	}
	return true
}

// offered lists what a site routes to an exit: what its customer gateway has,
// else what AWS offers.
func offered(e exit, own []*model.VPNConnection) []netip.Prefix {
	if c := e.link.CustomerGateway; c != nil && c.Routes != nil {
		return prefixesOf(c.Routes)
	}
	allowed, bound := e.allowed()
	if a := e.transit; a != nil {
		if bound {
			return allowed
		}
		var out []netip.Prefix
		if a.RouteTable != nil {
			for _, r := range a.RouteTable.Routes {
				if r.Kind != model.TargetBlackhole && r.Target != model.Resource(a) {
					for _, p := range r.Prefixes() {
						out = append(out, p.Masked())
					}
				}
			}
		}
		return out
	}
	var blocks []netip.Prefix
	if e.gateway.VPC != nil {
		blocks = prefixesOf(e.gateway.VPC.Blocks())
	}
	if bound {
		return slices.DeleteFunc(blocks, func(p netip.Prefix) bool {
			return !slices.ContainsFunc(allowed, func(a netip.Prefix) bool { return a.Bits() <= p.Bits() && a.Contains(p.Addr()) })
		})
	}
	for _, c := range e.gateway.Connections {
		if hubs(e.link) && hubs(c) && c != e.link && !slices.Contains(own, c) { // VGW-7
			blocks = append(blocks, prefixesOf(c.Routes)...)
		}
	}
	return blocks
}

// hubs reports whether the sites behind a connection reach others on the same
// VPN gateway: over BGP, and not by Direct Connect (VGW-7).
func hubs(c *model.VPNConnection) bool { return c.BGP && c.Type != model.DirectConnect }

// compareLinks orders connections that bring the same prefix, the better one
// first (VGW-2).
func compareLinks(a, b *model.VPNConnection) int {
	if d := cmp.Compare(a.Origin(), b.Origin()); d != 0 || !a.BGP || !b.BGP {
		return d
	}
	return cmp.Or(cmp.Compare(a.ASPathLength, b.ASPathLength), cmp.Compare(a.MED, b.MED))
}

func (l *Lab) connectionNumber(c *model.VPNConnection) int {
	return slices.Index(l.Topology.VPNConnections, c)
}

// mostConnections is what the mark of a connection can tell apart.
const mostConnections = markLeg/legUnit - 1

func tooManyConnections(n int) error {
	return fmt.Errorf("the lab has at most %d VPN and Direct Connect connections, not %d", mostConnections, n)
}
