package lab

import "fmt"

func (g *generator) route(s *genSubnet, destination, target string) {
	if target == "" || s.routed[destination] {
		return
	}
	s.routed[destination] = true
	t := g.tables[s.table]
	t["routes"] = append(t["routes"].([]any), document{"destination": destination, "target": target})
}

// device picks a forwarding interface outside the subnet, as it takes to work,
// and now and then one inside.
func (g *generator) device(s *genSubnet) string {
	var list []string
	for _, d := range append(s.vpc.devices[:len(s.vpc.devices):len(s.vpc.devices)], s.vpc.endpoints...) {
		own := false
		for _, o := range s.devices {
			own = own || o == d
		}
		if !own || g.chance(10) {
			list = append(list, d)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return pick(g, list...)
}

// routes fills the table of a subnet. The first subnet is mostly public.
func (g *generator) routes(s *genSubnet) {
	v := s.vpc
	exit := pick(g, v.igw, v.igw, v.nat, v.nat, g.device(s), g.device(s), v.tgw)
	if (s.n == 0 || s.bare) && g.chance(85) {
		exit = v.igw
	}
	if s.attached && v.nat != "" && g.chance(60) { // the way out of other VPCs (NGW-11)
		exit = v.nat
	}
	if v.quiet {
		exit = ""
	}
	g.route(s, "0.0.0.0/0", exit)
	if g.chance(10) {
		g.route(s, pick(g, "198.51.100.0/24", "192.0.2.0/25"), pick(g, v.igw, v.nat, "blackhole", g.device(s)))
	}
	if s.cidr6 != "" {
		g.route(s, "::/0", pick(g, v.igw, v.igw, v.eigw, v.eigw, g.device(s), ""))
	}
	if s.cidr6 != "" && v.nat != "" && g.chance(40) {
		g.route(s, "64:ff9b::/96", v.nat) // NGW-14
	}
	if v.tgw != "" && g.chance(60) {
		g.throughTransit(s)
	}
	for _, far := range g.vpcs {
		pcx := v.peers[far]
		if pcx == "" {
			continue
		}
		if v.nat != "" && g.chance(12) { // a NAT gateway as the peer's client (NGW-12)
			g.route(s, fmt.Sprintf("10.%d.0.0/16", far.n), v.nat)
		}
		if g.chance(85) && !v.quiet {
			g.route(s, pick(g, fmt.Sprintf("10.%d.0.0/16", far.n), fmt.Sprintf("10.%d.0.0/16", far.n), fmt.Sprintf("10.%d.0.0/23", far.n)), pcx)
		}
		if far.v6 && v.v6 && g.chance(60) {
			g.route(s, fmt.Sprintf("2001:db8:%x:1000::/56", far.n+1), pcx)
		}
		if g.chance(6) { // outside the peer's blocks
			g.route(s, pick(g, "172.16.0.0/12", "198.51.100.0/24", "10.0.0.0/8"), pcx)
		}
	}
	g.throughTransit(s)
	// Traffic between subnets through a device (RT-9), both ways or one.
	for _, o := range v.subnets {
		if o != s && g.chance(14) {
			via := g.device(s)
			if v.nat != "" && g.chance(15) {
				via = v.nat
			}
			g.route(s, o.cidr, via)
			if g.chance(70) && via != v.nat && via != "" {
				g.route(o, s.cidr, via)
			}
			if v.nat != "" && len(s.devices) > 0 && g.chance(30) {
				g.route(s, o.cidr, v.nat) // who sends through the device is not the VPC's (NGW-10)
			}
			if s.cidr6 != "" && o.cidr6 != "" && g.chance(40) && via != v.nat {
				g.route(s, o.cidr6, via)
				g.route(o, s.cidr6, via)
			}
		}
	}
	if g.chance(3) {
		g.route(s, fmt.Sprintf("10.%d.0.0/16", v.n), g.device(s)) // RT-11
	}
	if v.vgw != "" {
		if v.v6 && g.chance(15) {
			g.route(s, pick(g, "2001:db8:ffff::/48", "::/0"), v.vgw) // VGW-5
		}
		if g.chance(15) {
			g.route(s, pick(g, "172.31.0.0/16", "198.51.100.0/24"), v.vgw) // what it does not know
		}
		switch g.IntN(5) {
		case 0:
			g.route(s, pick(g, v.sites...), v.vgw)
		case 1:
			g.route(s, "172.16.0.0/12", pick(g, v.vgw, v.vgw, g.device(s), "blackhole"))
		case 2, 3:
			g.tables[s.table]["propagating_gateways"] = []any{v.vgw}
		}
	}
	g.toEdges(s)
	if len(v.devices) > 0 && g.chance(12) { // RT-21: beside a static route to the same destination, or alone
		d := pick(g, append(v.sites[:len(v.sites):len(v.sites)], "0.0.0.0/0", "198.51.100.0/24", "172.28.0.0/15", g.destination(s))...)
		t := g.tables[s.table]
		t["routes"] = append(t["routes"].([]any), document{"destination": d, "target": pick(g, v.devices...), "origin": "advertised"})
	}
	if g.chance(8) { // RT-17: not to an endpoint
		via := append([]string{v.igw, v.nat, v.tgw}, v.devices...)
		g.route(s, g.list(), pick(g, via...))
	}
}

// destination picks the destination of some route of a subnet.
func (g *generator) destination(s *genSubnet) string {
	routes := g.tables[s.table]["routes"].([]any)
	if len(routes) == 0 {
		return "0.0.0.0/0"
	}
	if d, _ := routes[g.IntN(len(routes))].(document)["destination"].(string); len(d) > 0 && d[0] >= '0' && d[0] <= '9' {
		return d
	}
	return "0.0.0.0/0"
}

// edges gives the gateways of a VPC route tables of their own (GW-1).
func (g *generator) edges(v *genVPC) {
	for _, gateway := range []string{v.igw, v.vgw} {
		pool := gateway != "" && gateway == v.igw && g.chance(12)
		inspected := g.chance(30) && len(v.devices)+len(v.endpoints) > 0
		if gateway == "" || !inspected && !pool {
			continue
		}
		name := "rtb-edge-" + gateway
		t := g.put("route_tables", name, document{"vpc": v.name, "edge_associations": []any{gateway}})
		s := &genSubnet{table: name, routed: map[string]bool{}}
		g.tables[name] = t
		t["routes"] = []any{}
		if pool {
			g.pool(v, t)
		}
		for _, o := range v.subnets {
			if !inspected || !g.chance(40) {
				continue
			}
			via := g.device(o)
			g.route(s, o.cidr, via)
			if o.cidr6 != "" && g.chance(40) && gateway == v.igw {
				g.route(s, o.cidr6, via)
			}
			// The way back: what leaves the subnet goes through the device.
			if via != "" && g.chance(75) {
				g.reroute(o, "0.0.0.0/0", via)
			}
		}
		if inspected && g.chance(5) {
			g.route(s, fmt.Sprintf("10.%d.0.0/16", v.n), pick(g, append(v.endpoints[:len(v.endpoints):len(v.endpoints)], v.devices...)...))
		}
	}
}

// reroute changes the target of a route that is there.
func (g *generator) reroute(s *genSubnet, destination, target string) {
	for _, r := range g.tables[s.table]["routes"].([]any) {
		if d := r.(document); d["destination"] == destination {
			d["target"] = target
			return
		}
	}
	g.route(s, destination, target)
}
