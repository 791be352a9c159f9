package lab

import (
	"fmt"
)

func (g *generator) gateways(v *genVPC) {
	if g.chance(90) {
		v.igw = fmt.Sprintf("igw-%d", v.n)
		g.put("internet_gateways", v.igw, document{"vpc": v.name})
	}
	if v.v6 && g.chance(40) {
		v.eigw = fmt.Sprintf("eigw-%d", v.n)
		g.put("egress_only_internet_gateways", v.eigw, document{"vpc": v.name})
	}
	if !g.chance(25) {
		return
	}
	v.vgw = fmt.Sprintf("vgw-%d", v.n)
	g.put("vpn_gateways", v.vgw, document{"vpc": v.name})
	for k := range 1 + g.IntN(2) {
		vpn, site := fmt.Sprintf("vpn-%d%d", v.n, k), fmt.Sprintf("site-%d%d", v.n, k)
		cidr := fmt.Sprintf("172.%d.%d.0/24", 20+v.n, k)
		v.sites = append(v.sites, cidr)
		d := g.put("vpn_connections", vpn, document{"gateway": v.vgw, "routing": "bgp"})
		if g.chance(50) {
			routes := []any{pick(g, cidr, cidr, fmt.Sprintf("172.%d.0.0/16", 20+v.n))}
			if g.chance(30) { // propagated, it never beats the local route (RT-8)
				routes = append(routes, fmt.Sprintf("10.%d.%d.0/25", v.n, g.IntN(3)))
			}
			d["routing"], d["routes"] = "static", routes
		}
		var behind any = vpn
		if k == 1 && g.chance(40) { // by either connection
			behind = []any{vpn, fmt.Sprintf("vpn-%d0", v.n)}
		}
		g.put("external_networks", site, document{"cidrs": []any{cidr}, "behind": behind})
		g.customer(v, d, vpn)
	}
}

// customer says what a site routes into its connection (VGW-6), and how its
// routes by BGP compare.
func (g *generator) customer(v *genVPC, d document, vpn string) {
	if g.chance(20) {
		name := "cgw-" + vpn
		g.put("customer_gateways", name, document{"routes": pick(g, []any{fmt.Sprintf("10.%d.0.0/16", v.n)}, []any{fmt.Sprintf("10.%d.0.0/23", v.n), "172.16.0.0/12"}, []any{})})
		d["customer_gateway"] = name
	}
	if d["routing"] == "bgp" && g.chance(30) {
		d["as_path_length"], d["med"] = 1+g.IntN(2), g.IntN(2)
	}
}

func (g *generator) peerings() {
	for i, a := range g.vpcs {
		for _, b := range g.vpcs[:i] {
			if !g.chance(65) {
				continue
			}
			name := fmt.Sprintf("pcx-%d%d", b.n, a.n)
			a.peers[b], b.peers[a] = name, name
			d := g.put("peering_connections", name, document{"requester": b.name, "accepter": a.name})
			if g.chance(6) {
				d["status"] = "pending-acceptance"
			}
		}
	}
}

// directConnect puts a Direct Connect gateway before some VPN gateways; its
// site may be one that a VPN connection leads to too.
func (g *generator) directConnect() {
	var gateways []any
	for _, v := range g.vpcs {
		if v.vgw != "" && g.chance(40) {
			gateways = append(gateways, v.vgw)
			v.sites = append(v.sites, "172.26.0.0/24")
		}
	}
	if len(gateways) == 0 {
		return
	}
	d := g.put("direct_connect_gateways", "dx", document{"vpn_gateways": gateways})
	if g.chance(25) {
		d["allowed_prefixes"] = []any{pick(g, "10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16")}
	}
	g.put("external_networks", "far-dx", document{"cidrs": []any{"172.26.0.0/24"}, "behind": "dx"})
	if g.chance(50) && g.doc["transit_gateways"] != nil {
		d := document{"transit_gateway": "tgw-0", "direct_connect_gateway": "dx", "route_table": "trt-00", "propagates_to": []any{"trt-00"}}
		g.put("transit_gateway_attachments", "att-dx", d)
	}
}

// natGateway puts a NAT gateway into some subnet.
func (g *generator) natGateway(v *genVPC) {
	if !g.chance(50) {
		return
	}
	if v.igw != "" && g.chance(20) {
		g.regionalNAT(v)
		return
	}
	s := v.subnets[0]
	if g.chance(15) {
		s = pick(g, v.subnets...)
	}
	v.nat = fmt.Sprintf("nat-%d", v.n)
	d := g.put("nat_gateways", v.nat, document{"subnet": s.name, "private_ip": g.ip(s)})
	if v.igw != "" && g.chance(85) {
		d["public_ip"] = g.publicIP()
	} else {
		d["connectivity"] = "private"
	}
	if g.chance(20) { // with a second address
		ip := g.ip(s)
		d["private_ips"] = []any{ip}
		if d["public_ip"] != nil {
			d["public_ips"] = document{ip: g.publicIP()}
		}
	}
}
