package lab

import "fmt"

// balancer makes a load balancer of a VPC, and now and then an endpoint of its
// service in some VPC (EP-9).
func (g *generator) balancer(v *genVPC) {
	if !g.chance(35) || len(v.hosts) == 0 {
		return
	}
	kind := pick(g, "network", "network", "network", "application", "classic")
	name := fmt.Sprintf("lb-%d", v.n)
	d := document{"type": kind, "scheme": "internal"}
	public := v.igw != "" && g.chance(50)
	if public {
		d["scheme"] = "internet_facing"
	}
	var nodes []any
	zones := map[string]bool{}
	for _, s := range v.subnets {
		if s.attached || s.bare || zones[s.zone] || len(nodes) > 0 && !g.chance(40) {
			continue
		}
		zones[s.zone] = s.zone != ""
		node := document{"subnet": s.name, "private_ip": g.ip(s)}
		if public {
			node["public_ip"] = g.publicIP()
		}
		if s.cidr6 != "" && kind != "classic" && g.chance(60) {
			node["ipv6"] = nth(s.cidr6, s.hosts)
		}
		nodes = append(nodes, node)
	}
	d["nodes"] = nodes
	if kind != "network" || g.chance(50) {
		d["security_groups"] = g.groupsOf(v)
	}
	if kind != "application" {
		d["cross_zone"] = g.chance(50)
	}
	var listeners []any
	for _, port := range []int{80, 443, 50001}[:1+g.IntN(3)] {
		listeners = append(listeners, g.listener(v, kind, port))
	}
	d["listeners"] = listeners
	g.put("load_balancers", name, d)
	if kind == "network" && g.chance(50) {
		far := pick(g, g.vpcs...)
		s := pick(g, far.subnets...)
		g.put("vpc_endpoints", "vpce-"+name, document{"type": "interface", "vpc": far.name, "service": "own", "subnets": []any{s.name},
			"private_ips": []any{g.ip(s)}, "security_groups": g.groupsOf(far), "load_balancer": name})
	}
}

func (g *generator) listener(v *genVPC, kind string, port int) document {
	protocol := "tcp"
	switch kind {
	case "network":
		protocol = pick(g, "tcp", "tcp", "udp", "tcp_udp")
	case "application":
		protocol = "http"
	}
	l := document{"protocol": protocol, "port": port}
	var targets []any
	byAddress := kind != "classic" && g.chance(30)
	from := v
	if byAddress {
		from = pick(g, g.vpcs...)
	}
	used := map[string]bool{}
	for range 1 + g.IntN(2)*g.IntN(2) {
		if len(from.hosts) == 0 {
			from = v
		}
		h := from.hosts[g.IntN(len(from.hosts))]
		if used[h.name] {
			continue
		}
		used[h.name] = true
		t := document{"instance": h.name}
		if byAddress {
			t = document{"address": h.ip}
		}
		if g.chance(60) {
			t["port"] = pick(g, 80, 443, 8080, 50001)
		}
		targets = append(targets, t)
	}
	l["targets"] = targets
	if kind == "application" && g.chance(35) {
		l["answers"] = true
		if g.chance(50) {
			delete(l, "targets")
		}
	}
	if kind == "network" && protocol == "tcp" && g.chance(30) {
		l["preserve_client_ip"] = g.chance(50)
	}
	return l
}
