package eval_test

import (
	"fmt"
	"slices"
	"strings"
)

// join lets two VPCs talk: by peering, by a tunnel, both, or only by their
// public addresses.
func (g *generator) join(a, b *net) {
	if a.c == b.c { // PCX-2, VPNI-7
		return
	}
	if g.chance(60) {
		name := fmt.Sprintf("pcx%d%d", a.k, b.k)
		status := "active"
		if g.chance(18) {
			status = "pending-acceptance"
		}
		g.s.pcxs = append(g.s.pcxs, pcxSpec{name, a.name, b.name, status})
		g.lead(a, b, name, 85)
		g.lead(b, a, name, 85)
		if len(a.dc) > 0 && g.chance(25) {
			g.addRoute(b.subnets[0].table, a.dc[0], name) // PCX-7
		}
	}
	if a.vpnHost != "" && b.vpnHost != "" && g.chance(85) {
		name := fmt.Sprintf("tun%d%d", a.k, b.k)
		end := func(n, o *net, i int) endSpec {
			return endSpec{n.vpnHost, fmt.Sprintf("169.254.255.%d", (a.k*4+b.k)*4+i), []string{fmt.Sprintf("10.%d.0.0/16", o.c)}}
		}
		t := tunnelSpec{name, pick(g, []string{"udp", "udp", "tcp", "47"}), uint16(1190 + a.k + b.k), [2]endSpec{end(a, b, 1), end(b, a, 2)}}
		if t.proto == "47" {
			t.port = 0
		}
		for _, far := range slices.Concat(b.dc, []string{"192.0.2.0/24"}) { // on by b's gateways, which know no foreign source (IGW-9, VGW-3)
			if g.chance(60) {
				t.ends[0].routes = append(t.ends[0].routes, far)
				for _, s := range a.subnets {
					g.addRoute(s.table, far, g.enis(a.vpnHost))
				}
			}
		}
		g.s.tunnels = append(g.s.tunnels, t)
		g.lead(a, b, g.enis(a.vpnHost), 90)
		g.lead(b, a, g.enis(b.vpnHost), 90)
	}
	if g.chance(5) { // an attempt at transit
		for _, n := range g.nets {
			if n != a && n != b && n.c != a.c && len(g.s.pcxs) > 0 {
				if p := pick(g, g.s.pcxs); p.a == a.name || p.b == a.name {
					g.addRoute(a.subnets[0].table, fmt.Sprintf("10.%d.0.0/16", n.c), p.name)
				}
			}
		}
	}
}

// lead adds routes of a towards b.
func (g *generator) lead(a, b *net, target string, percent int) {
	for _, s := range a.subnets {
		if !g.chance(percent) {
			continue
		}
		dst := fmt.Sprintf("10.%d.0.0/16", b.c)
		if nat := fmt.Sprintf("nat%d", a.k); s.role != "pub" && g.nat(nat) && g.chance(15) {
			g.addRoute(s.table, dst, nat) // NGW-3, NGW-12
			continue
		}
		if g.chance(10) {
			dst = b.subnets[0].cidr
		}
		g.addRoute(s.table, dst, target)
		if a.v6 && b.v6 && strings.HasPrefix(target, "pcx") {
			g.addRoute(s.table, fmt.Sprintf("2001:db8:%d::/56", b.k), target)
		}
	}
}

// relay sends the first VPC's traffic for the third over the second's
// tunnel host (VPNI-8).
func (g *generator) relay() {
	if len(g.nets) < 3 || !g.chance(60) {
		return
	}
	a, hub, b := g.nets[0], g.nets[1], g.nets[2]
	find := func(name string) *tunnelSpec {
		for i := range g.s.tunnels {
			if g.s.tunnels[i].name == name {
				return &g.s.tunnels[i]
			}
		}
		return nil
	}
	direct := fmt.Sprintf("tun%d%d", a.k, b.k)
	g.s.tunnels = slices.DeleteFunc(g.s.tunnels, func(t tunnelSpec) bool { return t.name == direct })
	one, two := find(fmt.Sprintf("tun%d%d", a.k, hub.k)), find(fmt.Sprintf("tun%d%d", hub.k, b.k))
	if one != nil && (two == nil || g.chance(40)) { // from the tunnel on by peering, where it cannot go (PCX-6)
		one.ends[0].routes = append(one.ends[0].routes, fmt.Sprintf("10.%d.0.0/16", b.c))
		g.lead(a, b, g.enis(a.vpnHost), 90)
		return
	}
	if one == nil {
		return
	}
	one.ends[0].routes = append(one.ends[0].routes, fmt.Sprintf("10.%d.0.0/16", b.c))
	two.ends[1].routes = append(two.ends[1].routes, fmt.Sprintf("10.%d.0.0/16", a.c))
	g.lead(a, b, g.enis(a.vpnHost), 90)
	g.lead(b, a, g.enis(b.vpnHost), 90)
}
