package eval_test

import (
	"fmt"
	"slices"
)

// edge gives a VPC subnets at the edge of AWS: in Wavelength Zones, with a
// carrier gateway, and on Outposts. Where a local gateway joins these comes
// later, by premises.
func (g *generator) edge(n *net) {
	if g.chance(25) {
		zones := []string{"us-east-1-wl1-bos-wlz-1", "us-east-1-wl1-nyc-wlz-1", "eu-west-3-wl1-cmn-wlz-1"}
		gateway := fmt.Sprintf("cagw%d", n.k)
		for i := range 1 + g.IntN(2) {
			s := g.place(n, fmt.Sprintf("wl%c", 'a'+i))
			s.az = pick(g, zones)
			g.s.subnets[len(g.s.subnets)-1].az = s.az
			if s.table != "" && g.chance(90) {
				g.addRoute(s.table, pick(g, []string{"0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/1"}), gateway)
			}
			for range 1 + g.IntN(2) {
				if e := g.hostAt(n, s); g.chance(85) {
					g.carriers++
					e.carrier = fmt.Sprintf("155.146.0.%d", g.carriers)
				}
			}
		}
		g.s.put("carrier_gateways", gateway, text("vpc", n.name))
		if g.chance(70) {
			g.s.networks = append(g.s.networks, networkSpec{name: fmt.Sprintf("phones%d", n.k), behind: gateway,
				cidrs: []string{pick(g, []string{"100.70.0.0/16", "155.146.0.0/16", "198.18.0.0/24"})}})
		}
	}
	if g.chance(25) {
		for i := range 1 + g.IntN(2) {
			s := g.place(n, fmt.Sprintf("op%c", 'a'+i))
			g.s.subnets[len(g.s.subnets)-1].outpost = pick(g, []string{"op-1", "op-2", "op-2", ""})
			g.hostAt(n, s)
			if g.chance(40) {
				g.hostAt(n, s)
			}
			n.outposts = append(n.outposts, s)
		}
	}
}

// place makes a subnet of IPv4 alone, behind those that the VPC has.
func (g *generator) place(n *net, role string) *sub {
	v6 := n.v6
	n.v6 = false
	g.subnet(n, role, 20+len(n.subnets), false)
	n.v6 = v6
	return n.subnets[len(n.subnets)-1]
}

// hostAt is host for one interface, which it returns.
func (g *generator) hostAt(n *net, s *sub) *eniSpec {
	name := fmt.Sprintf("h%d%c", n.k, 'a'+len(n.hosts))
	g.s.insts = append(g.s.insts, instSpec{name: name})
	n.hosts = append(n.hosts, name)
	return g.eni(n, s, name)
}

// premises joins the subnets on Outposts to the premises by one or two local
// gateways (MISC-4).
func (g *generator) premises() {
	var vpcs, blocks []string
	var subs []*sub
	for _, n := range g.nets {
		if block := fmt.Sprint(n.c); len(n.outposts) > 0 && n.second == "" && !slices.Contains(blocks, block) {
			vpcs, blocks, subs = append(vpcs, n.name), append(blocks, block), append(subs, n.outposts...)
		}
	}
	if len(vpcs) == 0 {
		return
	}
	for i := range 1 + g.IntN(2) {
		name := fmt.Sprintf("lgw%d", i+1)
		coip := g.chance(40)
		keys := []keySpec{names("vpcs", vpcs...)}
		if coip {
			keys = append(keys, text("mode", "coip"))
		}
		if g.chance(75) {
			keys = append(keys, text("outpost", fmt.Sprintf("op-%d", i+1)))
		}
		g.s.put("local_gateways", name, keys...)
		if g.chance(80) {
			g.s.networks = append(g.s.networks, networkSpec{name: fmt.Sprintf("plant%d", i+1), behind: name,
				cidrs: []string{pick(g, []string{"192.168.0.0/16", "192.168.0.0/17", "198.19.0.0/24"})}})
		}
		for _, s := range subs {
			if s.table == "" || !g.chance(70) {
				continue
			}
			g.addRoute(s.table, pick(g, []string{"192.168.0.0/16", "192.168.0.0/16", "192.168.0.0/17", "192.168.128.0/17", "198.19.0.0/24"}), name)
			if o := pick(g, subs); o != s && o.base[:5] == s.base[:5] && g.chance(40) { // RT-9
				g.addRoute(s.table, o.cidr, name)
			} else if o != s && g.chance(40) { // another VPC
				g.addRoute(s.table, o.cidr, name)
			}
		}
		if !coip {
			continue
		}
		for k := range g.s.enis {
			e := &g.s.enis[k]
			if slices.ContainsFunc(subs, func(s *sub) bool { return s.name == e.subnet }) && e.owned == "" && g.chance(70) {
				g.owned++
				e.owned = fmt.Sprintf("192.168.250.%d", g.owned)
			}
		}
	}
}

// pool lets an internet gateway take in a range of the owner's own (GW-14).
func (g *generator) pool(n *net) {
	table := "rtb-in-" + n.igw
	if n.igw == "" || g.table(table) != nil || !g.chance(30) {
		return
	}
	block := fmt.Sprintf("9.9.%d.", n.k)
	g.s.tables = append(g.s.tables, tableSpec{name: table, vpc: n.name, edges: []string{n.igw}, pools: []string{block + "0/24"}})
	for _, part := range []string{"0/25", "128/25"} {
		var to []*eniSpec
		for i := range g.s.enis {
			if e := &g.s.enis[i]; e.inst != "" && slices.ContainsFunc(n.subnets, func(s *sub) bool { return s.name == e.subnet && s.cidr != "" }) {
				to = append(to, e)
			}
		}
		if len(to) == 0 || g.chance(20) {
			continue
		}
		e := pick(g, to)
		e.check = e.check && g.chance(20)
		g.addRoute(table, block+part, e.name)
		for i := range g.s.insts {
			if h := &g.s.insts[i]; h.name == e.inst && g.chance(70) {
				h.local = append(h.local, block+pick(g, []string{part, part, "0/24", "0/26"}))
			}
		}
	}
}

// blockPublicAccess switches VPC Block Public Access on (IGW-16).
func (g *generator) blockPublicAccess() {
	if !g.chance(25) {
		return
	}
	keys := []keySpec{text("internet_gateway_block_mode", pick(g, []string{"block-bidirectional", "block-ingress", "block-ingress", "off"}))}
	if g.regions && g.s.vpcs[0].region != "" {
		keys = append(keys, text("region", g.s.vpcs[0].region))
	}
	var vpcs []vpcSpec
	var subs []subnetSpec
	for _, v := range g.s.vpcs {
		if len(keys) > 1 && v.region != "" && v.region != g.s.vpcs[0].region {
			continue
		}
		vpcs = append(vpcs, v)
		for _, s := range g.s.subnets {
			if s.vpc == v.name {
				subs = append(subs, s)
			}
		}
	}
	var list []fields
	taken := map[string]bool{}
	for range 1 + g.IntN(5) {
		mode := field{"internet_gateway_exclusion_mode", pick(g, []string{"allow-bidirectional", "allow-bidirectional", "allow-egress"})}
		x := fields{{"subnet", pick(g, subs).name}, mode}
		if g.chance(25) {
			x = fields{{"vpc", pick(g, vpcs).name}, mode}
		}
		if !taken[x[0].value] {
			taken[x[0].value] = true
			list = append(list, x)
		}
	}
	g.s.put("block_public_access", "bpa", append(keys, mappings("exclusions", list...))...)
}
