package lab

import "fmt"

// carrier gives a VPC a carrier gateway, and a carrier's network behind it, now
// and then one whose range holds carrier IP addresses.
func (g *generator) carrier(v *genVPC) {
	if !g.chance(20) {
		return
	}
	s := pick(g, v.subnets...)
	d := g.doc["subnets"].(document)[s.name].(document)
	s.zone = fmt.Sprintf("us-east-1-wl1-bos-wlz-%d", v.n)
	if d["az"] = s.zone; !g.zones {
		delete(d, "az")
		s.zone = ""
	}
	v.carrier = fmt.Sprintf("cagw-%d", v.n)
	g.put("carrier_gateways", v.carrier, document{"vpc": v.name})
	cidr := fmt.Sprintf("100.%d.0.0/16", 70+v.n)
	if g.chance(20) {
		cidr = "155.146.0.0/24"
	}
	if g.chance(85) {
		g.put("external_networks", fmt.Sprintf("phones-%d", v.n), document{"cidrs": []any{cidr}, "behind": v.carrier})
	}
	g.carried = append(g.carried, cidr)
	v.wireless = s
}

// outposts puts subnets on Outposts, whose local gateways lead to the premises.
func (g *generator) outposts() {
	if !g.chance(20) {
		return
	}
	for n := range 1 + g.IntN(2) {
		name, outpost := fmt.Sprintf("lgw-%d", n), fmt.Sprintf("op-%d", n)
		var vpcs []any
		for k, v := range g.vpcs {
			if k == n%len(g.vpcs) || g.chance(40) {
				vpcs = append(vpcs, v.name)
				v.locals = append(v.locals, name)
				for _, s := range v.subnets {
					if d := g.doc["subnets"].(document)[s.name].(document); g.chance(50) && d["outpost"] == nil {
						d["outpost"] = outpost
					}
				}
			}
		}
		d := g.put("local_gateways", name, document{"vpcs": vpcs})
		if g.chance(85) {
			d["outpost"] = outpost
		}
		cidr := fmt.Sprintf("172.%d.0.0/24", 24+n)
		if g.chance(50) {
			d["mode"] = "coip"
			if g.chance(50) {
				cidr = fmt.Sprintf("172.%d.0.0/16", 24+n) // around the customer-owned addresses
			}
		}
		g.put("external_networks", fmt.Sprintf("plant-%d", n), document{"cidrs": []any{cidr}, "behind": name})
		if g.chance(20) {
			g.put("external_networks", fmt.Sprintf("office-%d", n), document{"cidrs": []any{fmt.Sprintf("172.%d.9.0/24", 24+n)}, "behind": name})
		}
	}
}

// toEdges adds the routes of a subnet to the carrier and local gateways.
func (g *generator) toEdges(s *genSubnet) {
	v := s.vpc
	if v.carrier != "" && (s == v.wireless || g.chance(10)) {
		if g.chance(70) {
			g.route(s, "0.0.0.0/0", v.carrier)
		}
		for _, cidr := range append([]string{"155.146.0.0/24"}, g.carried...) {
			if g.chance(60) {
				g.route(s, cidr, v.carrier)
			}
		}
	}
	for k, name := range v.locals {
		if !g.chance(60) {
			continue
		}
		g.route(s, pick(g, fmt.Sprintf("172.%d.0.0/16", 24+k), "172.24.0.0/15"), name)
		if o := pick(g, v.subnets...); o != s && g.chance(20) { // between Outposts (RT-9)
			g.route(s, o.cidr, name)
		}
		for _, far := range g.vpcs {
			if far != v && len(far.locals) > 0 && g.chance(25) {
				g.route(s, fmt.Sprintf("10.%d.0.0/16", far.n), name)
			}
		}
	}
}

// edgeAddresses gives an interface the addresses that carrier and local gateways
// map.
func (g *generator) edgeAddresses(s *genSubnet, d document) {
	if s.vpc.carrier != "" && (s == s.vpc.wireless && g.chance(75) || g.chance(8)) {
		g.carrierIPs++
		d["carrier_ip"] = nth("155.146.0.0/24", 10+g.carrierIPs)
	}
	if len(s.vpc.locals) > 0 && g.chance(45) {
		g.owned++
		d["customer_owned_ip"] = fmt.Sprintf("172.24.250.%d", g.owned)
	}
}

// publicAccess blocks public access in some topologies, with exclusions.
func (g *generator) publicAccess() {
	if !g.chance(14) {
		return
	}
	d := g.put("block_public_access", "bpa", document{"internet_gateway_block_mode": pick(g, "block-bidirectional", "block-ingress", "block-ingress")})
	if d["internet_gateway_block_mode"] == "block-ingress" && g.chance(50) {
		d["region"] = "eu-west-1"
	}
	var list []any
	for _, v := range g.vpcs {
		if in := g.doc["vpcs"].(document)[v.name].(document)["region"]; d["region"] != nil && in != nil && in != d["region"] {
			continue
		}
		if g.chance(15) {
			list = append(list, document{"vpc": v.name, "internet_gateway_exclusion_mode": g.exclusion()})
		}
		for _, s := range v.subnets {
			if g.chance(45) {
				list = append(list, document{"subnet": s.name, "internet_gateway_exclusion_mode": g.exclusion()})
			}
		}
	}
	if list != nil {
		d["exclusions"] = list
	}
}

func (g *generator) exclusion() string {
	return pick(g, "allow-bidirectional", "allow-bidirectional", "allow-egress")
}

// regionalNAT makes a regional NAT gateway, with several addresses.
func (g *generator) regionalNAT(v *genVPC) {
	v.nat = fmt.Sprintf("nat-%d", v.n)
	ips := document{}
	for _, zone := range []string{"az-a", "az-b"}[:1+g.IntN(2)] {
		list := []any{g.publicIP()}
		if g.chance(35) {
			list = append(list, g.publicIP())
		}
		ips[zone] = list
	}
	d := g.put("nat_gateways", v.nat, document{"availability_mode": "regional", "vpc": v.name, "public_ips": ips})
	if g.chance(25) {
		name := "rtb-" + v.nat
		routes := []any{document{"destination": "0.0.0.0/0", "target": v.igw}}
		if g.chance(30) {
			routes = []any{document{"destination": "198.51.100.0/24", "target": v.igw}}
		}
		g.put("route_tables", name, document{"vpc": v.name, "routes": routes})
		d["route_table"] = name
	}
}

// pool makes the table of an internet gateway take in a range of the owner's own
// (GW-14), and leads parts of it to interfaces.
func (g *generator) pool(v *genVPC, t document) {
	cidr := fmt.Sprintf("192.0.%d.0/24", 100+v.n)
	t["public_ipv4_pools"] = []any{cidr}
	for _, part := range []string{"0/26", "64/26", "128/25"} {
		if !g.chance(75) {
			continue
		}
		to, p := g.deviceOrHost(v), fmt.Sprintf("192.0.%d.%s", 100+v.n, part)
		t["routes"] = append(t["routes"].([]any), document{"destination": p, "target": to})
		if d, ok := g.doc["instances"].(document)[to].(document); ok && d["local_routes"] == nil && g.chance(70) {
			d["local_routes"] = []any{p}
			if g.chance(75) && d["subnet"] != nil {
				d["source_dest_check"] = false
			}
		}
	}
}

func (g *generator) deviceOrHost(v *genVPC) string {
	if len(v.devices) > 0 && g.chance(50) {
		return pick(g, v.devices...)
	}
	return v.hosts[g.IntN(len(v.hosts))].name
}

// connect makes an Instance Connect endpoint in some subnet (EP-13).
func (g *generator) connect(v *genVPC) {
	if !g.chance(25) {
		return
	}
	s := pick(g, v.subnets...)
	g.put("vpc_endpoints", fmt.Sprintf("eice-%d", v.n), document{"type": "instance_connect", "subnet": s.name, "private_ip": g.ip(s),
		"security_groups": g.groupsOf(v), "preserve_client_ip": g.chance(35)})
}
