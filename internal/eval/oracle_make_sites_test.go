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
		g.s.networks = append(g.s.networks, networkSpec{name: "dc" + id, cidrs: []string{cidr}, behind: v.name})
		n.dc = append(n.dc, cidr)
	}
}

// homes puts sites behind further connections, and gives connections what BGP
// and customer gateways say (VGW-2, VGW-6).
func (g *generator) homes() {
	var links []string
	for i := range g.s.vpns {
		v := &g.s.vpns[i]
		links = append(links, v.name)
		if v.gateway[:3] == "tgw" && g.chance(40) {
			switch kind := pick(g, []string{"private_ip", "concentrator", "client_vpn"}); {
			case kind != "client_vpn":
				v.keys = append(v.keys, field{"type", kind})
			case !v.bgp:
				v.keys = append(v.keys, field{"type", kind})
			}
		}
		if v.bgp && g.chance(30) {
			v.keys = append(v.keys, field{"as_path_length", pick(g, []string{"1", "2", "3"})})
		}
		if v.bgp && g.chance(30) {
			v.keys = append(v.keys, field{"med", pick(g, []string{"0", "10", "20"})})
		}
		if len(v.keys) > 0 && v.keys[0].value == "client_vpn" || !g.chance(35) {
			continue
		}
		name := "cgw-" + v.name
		v.keys = append(v.keys, field{"customer_gateway", name})
		if g.chance(85) {
			g.s.put("customer_gateways", name, names("routes", pick(g, [][]string{{"10.0.0.0/8"}, {"10.0.0.0/8", "172.16.0.0/12"}, {"10.1.0.0/16"}, {"10.2.0.0/15"}, {"10.1.1.0/24", "10.2.0.0/16"}, {"0.0.0.0/0"}})...))
		} else {
			g.s.put("customer_gateways", name)
		}
	}
	for _, e := range g.s.extras {
		if e.section == "direct_connect_gateways" || e.key("connect") != nil {
			links = append(links, e.name)
		}
		if e.section == "direct_connect_gateways" && g.chance(30) {
			x := g.s.extra(e.name)
			x.keys = append(x.keys, names("allowed_prefixes", pick(g, [][]string{{"10.0.0.0/8"}, {"10.1.0.0/16", "10.3.0.0/16"}, {"10.2.0.0/15", "2001:db8::/32"}, {"10.1.0.0/17"}})...))
		}
	}
	for i := range g.s.networks {
		n := &g.s.networks[i]
		if !slices.Contains(links, n.behind) || !g.chance(40) {
			continue
		}
		for range 1 + g.IntN(2) {
			if o := pick(g, links); o != n.behind && !slices.Contains(n.more, o) {
				n.more = append(n.more, o)
			}
		}
		if g.chance(30) && len(n.more) > 0 {
			n.behind, n.more[0] = n.more[0], n.behind
		}
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
	g.s.networks = append(g.s.networks, networkSpec{name: "dxsite", cidrs: cidrs, behind: "dxg"})
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
