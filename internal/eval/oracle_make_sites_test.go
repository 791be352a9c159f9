package eval_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// vpn gives a VPC a VPN gateway with one or two connections.
func (g *generator) vpn(n *net) {
	if !g.chance(40) {
		return
	}
	n.vgw = fmt.Sprintf("vgw%d", n.k)
	g.s.vgws = append(g.s.vgws, gatewaySpec{n.vgw, n.name})
	bgp := g.chance(50)
	for c := range 1 + g.IntN(2) {
		id := strconv.Itoa(n.k) + string(rune('a'+c))
		cidr := fmt.Sprintf("172.%d.0.0/16", 16+n.k*2+c)
		v := vpnSpec{name: "vpn" + id, gateway: n.vgw, bgp: bgp}
		if g.whole && g.chance(30) { // VGW-2: one of each, and for a part of the other's prefix
			v.bgp = c == 1
			if c == 1 && g.chance(60) {
				cidr = fmt.Sprintf("172.%d.0.0/%d", 16+n.k*2, pick(g, []int{16, 16, 17, 18}))
			}
		}
		if !v.bgp {
			v.routes = []string{pick(g, []string{cidr, cidr, strings.TrimSuffix(cidr, "16") + "17"})}
			if g.chance(20) {
				v.routes = append(v.routes, fmt.Sprintf("10.%d.1.0/25", n.c)) // RT-8
			}
		}
		g.s.vpns = append(g.s.vpns, v)
		g.s.networks = append(g.s.networks, networkSpec{"dc" + id, []string{cidr}, v.name})
		n.dc = append(n.dc, cidr)
	}
}

// directConnect joins VPN gateways to a site by a Direct Connect gateway, with
// prefixes that connections have too.
func (g *generator) directConnect() {
	var vgws, blocks []string
	for _, n := range g.nets {
		block := fmt.Sprintf("10.%d", n.c)
		if n.vgw == "" || n.second != "" || slices.Contains(blocks, block) || !g.chance(80) { // VGW-10
			continue
		}
		vgws, blocks = append(vgws, n.vgw), append(blocks, block)
	}
	if len(vgws) == 0 || !g.chance(60) {
		return
	}
	g.s.put("direct_connect_gateways", "dxg", names("vpn_gateways", vgws...))
	cidrs := []string{"172.27.0.0/16"}
	if n := g.nets[len(g.nets)-1]; len(n.dc) > 0 && g.chance(50) {
		cidrs = append(cidrs, pick(g, n.dc)) // VGW-2
	}
	if g.chance(50) {
		cidrs = append(cidrs, "2001:db8:aa::/48")
	}
	g.s.networks = append(g.s.networks, networkSpec{"dxsite", cidrs, "dxg"})
	for _, n := range g.nets {
		for _, s := range n.subnets {
			if slices.Contains(vgws, n.vgw) && g.chance(60) {
				g.addRoute(s.table, "172.27.0.0/16", n.vgw)
				if s.cidr6 != "" {
					g.addRoute(s.table, "2001:db8:aa::/48", n.vgw)
				}
			}
		}
	}
}
