package lab

import (
	"fmt"
	"slices"
)

// transit joins the VPCs of a topology, and sites, by one transit gateway or
// two that are peered.
func (g *generator) transit() {
	if !g.chance(45) {
		return
	}
	g.put("transit_gateways", "tgw-0", document{"security_group_referencing": g.chance(60)})
	gateways := []*genTransit{{name: "tgw-0"}}
	if len(g.vpcs) > 1 && g.chance(25) {
		g.put("transit_gateways", "tgw-1", document{})
		gateways = append(gateways, &genTransit{name: "tgw-1"})
	}
	for n, t := range gateways {
		for k := range 1 + g.IntN(2) {
			t.tables = append(t.tables, fmt.Sprintf("trt-%d%d", n, k))
		}
	}
	for k, v := range g.vpcs {
		t := gateways[0]
		if len(gateways) > 1 && k > 0 && g.chance(70) {
			t = gateways[1]
		}
		if g.chance(92) {
			g.attachVPC(v, t)
		}
	}
	for n, t := range gateways {
		if g.chance(35) {
			g.attachSite(n, t)
		}
		if len(t.attachments) > 0 && g.chance(15) {
			g.attachConnect(n, t)
		}
	}
	if len(gateways) > 1 {
		for n, t := range gateways {
			far := gateways[1-n]
			if name := fmt.Sprintf("att-peer-%d", n); n == 0 || g.chance(90) {
				g.put("transit_gateway_attachments", name, g.associated(t, document{"transit_gateway": t.name, "peer": far.name}))
				t.peer = name
			}
		}
	}
	for _, t := range gateways {
		g.transitRoutes(t)
	}
}

// genTransit is a transit gateway in the making.
type genTransit struct {
	name, peer   string
	tables       []string
	vpcs         []*genVPC
	attachments  []string // those of VPCs, like vpcs
	destinations []string
}

// associated gives an attachment its table, nearly always.
func (g *generator) associated(t *genTransit, d document) document {
	if g.chance(96) {
		d["route_table"] = pick(g, t.tables...)
	}
	return d
}

// propagating gives an attachment the tables that it tells of itself.
func (g *generator) propagating(t *genTransit, d document) document {
	var out []any
	for _, table := range t.tables {
		if g.chance(85) {
			out = append(out, table)
		}
	}
	if len(out) > 0 {
		d["propagates_to"] = out
	}
	return d
}

// attachVPC attaches a VPC by one subnet in each of some zones: small ones of
// their own, or such as have hosts (TGW-9, TGW-10).
func (g *generator) attachVPC(v *genVPC, t *genTransit) {
	zones := map[string]bool{}
	var subnets []any
	own := g.chance(65)
	if own {
		for k := range 1 + g.IntN(2) {
			s := g.subnet(v, 8+k, fmt.Sprintf("10.%d.200.%d/28", v.n, 16*k))
			s.attached = true
			if az := g.zoneOf(k); az != "" {
				g.doc["subnets"].(document)[s.name].(document)["az"] = az
				s.zone = az
			}
		}
	}
	for _, s := range v.subnets {
		if s.attached == own && !zones[s.zone] && (len(subnets) == 0 || g.chance(70)) {
			zones[s.zone] = s.zone != ""
			subnets = append(subnets, s.name)
		}
	}
	if s3, ok := g.endpointOf(v); ok && g.chance(60) { // also for what comes in by the gateway (EP-5)
		for _, s := range v.subnets {
			if slices.Contains(subnets, any(s.name)) && s.attached {
				s3["route_tables"] = append(s3["route_tables"].([]any), s.table)
			}
		}
	}
	name := fmt.Sprintf("att-%d", v.n)
	d := document{"transit_gateway": t.name, "vpc": v.name, "subnets": subnets, "security_group_referencing": g.chance(75), "appliance_mode": g.chance(20)}
	g.put("transit_gateway_attachments", name, g.propagating(t, g.associated(t, d)))
	v.tgw = t.name
	t.vpcs, t.attachments = append(t.vpcs, v), append(t.attachments, name)
}

// endpointOf is the gateway endpoint of a VPC.
func (g *generator) endpointOf(v *genVPC) (document, bool) {
	list, _ := g.doc["vpc_endpoints"].(document)
	d, ok := list[fmt.Sprintf("vpce-s3-%d", v.n)].(document)
	if ok && d["route_tables"] == nil {
		d["route_tables"] = []any{}
	}
	return d, ok
}

// attachSite attaches a VPN connection or a Direct Connect gateway.
func (g *generator) attachSite(n int, t *genTransit) {
	name, cidr := fmt.Sprintf("link-%d", n), fmt.Sprintf("172.%d.0.0/24", 28+n)
	d := document{"transit_gateway": t.name}
	if g.chance(50) {
		g.put("direct_connect_gateways", name, document{})
		d["direct_connect_gateway"] = name
	} else {
		g.put("vpn_connections", name, document{"gateway": t.name, "routing": "bgp"})
		d["vpn_connection"] = name
	}
	g.put("external_networks", "far-"+name, document{"cidrs": []any{cidr}, "behind": name})
	g.put("transit_gateway_attachments", "att-"+name, g.propagating(t, g.associated(t, d)))
	t.destinations = append(t.destinations, cidr)
	g.sites = append(g.sites, cidr)
}

// attachConnect lays a Connect attachment over that of a VPC.
func (g *generator) attachConnect(n int, t *genTransit) {
	name, cidr := fmt.Sprintf("att-gre-%d", n), fmt.Sprintf("172.%d.0.0/24", 30+n)
	d := document{"transit_gateway": t.name, "connect": pick(g, t.attachments...)}
	g.put("transit_gateway_attachments", name, g.propagating(t, g.associated(t, d)))
	g.put("external_networks", fmt.Sprintf("far-gre-%d", n), document{"cidrs": []any{cidr}, "behind": name})
	g.sites = append(g.sites, cidr)
}

// transitRoutes fills the tables of a transit gateway: a way out through some
// VPC, blackholes, the other gateway's networks.
func (g *generator) transitRoutes(t *genTransit) {
	for _, table := range t.tables {
		var routes []any
		seen := map[string]bool{}
		add := func(destination, target string) {
			if target != "" && !seen[destination] {
				seen[destination] = true
				routes = append(routes, document{"destination": destination, "target": target})
			}
		}
		if len(t.attachments) > 0 {
			hub := pick(g, t.attachments...)
			if g.chance(60) {
				add("0.0.0.0/0", hub)
			}
			if g.chance(20) {
				add("::/0", hub)
			}
			if g.chance(25) {
				add(fmt.Sprintf("10.%d.%d.0/24", g.IntN(3), g.IntN(3)), pick(g, append(t.attachments, "blackhole")...))
			}
			if g.chance(15) {
				add(g.list(), hub)
			}
			for k, v := range t.vpcs { // to the service of a VPC's gateway endpoint (EP-5)
				if _, ok := g.endpointOf(v); ok && g.chance(70) {
					add("52.219.0.0/16", t.attachments[k])
				}
			}
		}
		if g.chance(15) {
			add("10.0.0.0/8", "blackhole")
		}
		for n := range g.vpcs {
			if t.peer != "" && g.chance(70) {
				add(fmt.Sprintf("10.%d.0.0/16", n), t.peer)
			}
		}
		if t.peer != "" && g.chance(40) {
			add("172.16.0.0/12", t.peer)
		}
		g.put("transit_gateway_route_tables", table, document{"transit_gateway": t.name, "routes": routes})
	}
}

// throughTransit adds the routes of a subnet to its transit gateway.
func (g *generator) throughTransit(s *genSubnet) {
	v := s.vpc
	if v.tgw == "" || v.quiet {
		return
	}
	for _, far := range g.vpcs {
		if far != v && g.chance(70) {
			g.route(s, fmt.Sprintf("10.%d.0.0/16", far.n), v.tgw)
			if v.v6 && far.v6 && g.chance(60) {
				g.route(s, fmt.Sprintf("2001:db8:%x:1000::/56", far.n+1), v.tgw)
			}
		}
	}
	if g.chance(40) {
		g.route(s, "172.28.0.0/15", v.tgw)
	}
	if g.chance(30) {
		g.route(s, "172.30.0.0/15", v.tgw)
	}
	if g.doc["vpc_endpoints"] != nil && g.chance(45) { // to the service of another VPC's gateway endpoint (EP-5)
		g.route(s, "52.219.0.0/16", v.tgw)
	}
	if g.chance(20) {
		g.route(s, pick(g, "10.0.0.0/8", "172.16.0.0/12", "198.51.100.0/24"), v.tgw)
	}
}
