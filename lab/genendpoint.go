package lab

import "fmt"

// endpoints makes the VPC endpoints and firewalls of a VPC. Those that inspect
// are among its devices, for routes to lead to.
func (g *generator) endpoints(v *genVPC) {
	if g.chance(20) {
		var tables []any
		for _, s := range v.subnets {
			if g.chance(60) {
				tables = append(tables, s.table)
			}
		}
		g.put("prefix_lists", "pl-s3", document{"cidrs": []any{"52.219.0.0/16", "3.5.140.0/22"}, "service": "s3"})
		g.put("vpc_endpoints", fmt.Sprintf("vpce-s3-%d", v.n), document{"type": "gateway", "vpc": v.name, "service": "s3", "prefix_list": "pl-s3", "route_tables": tables})
	}
	if g.chance(20) {
		s := pick(g, v.subnets...)
		g.put("vpc_endpoints", fmt.Sprintf("vpce-ssm-%d", v.n), document{"type": "interface", "vpc": v.name, "service": "ssm",
			"subnets": []any{s.name}, "private_ips": []any{g.ip(s)}, "security_groups": g.groupsOf(v)})
	}
	if g.chance(25) {
		name, s := fmt.Sprintf("vpce-gwlb-%d", v.n), g.inspectionSubnet(v, 5)
		g.put("vpc_endpoints", name, document{"type": "gateway_load_balancer", "subnet": s.name, "service": "fleet"})
		v.endpoints = append(v.endpoints, name)
		s.devices = append(s.devices, name)
	}
	if g.chance(20) {
		name, s := fmt.Sprintf("vpce-fw-%d", v.n), g.inspectionSubnet(v, 6)
		v.endpoints = append(v.endpoints, name)
		s.devices = append(s.devices, name)
		f := g.put("network_firewalls", fmt.Sprintf("fw-%d", v.n), document{"vpc": v.name, "endpoints": document{name: s.name}})
		g.firewall(f)
	}
}

// inspectionSubnet is mostly one of its own.
func (g *generator) inspectionSubnet(v *genVPC, n int) *genSubnet {
	if g.chance(25) {
		return pick(g, v.subnets...)
	}
	s := g.subnet(v, n, fmt.Sprintf("10.%d.%d.0/28", v.n, 200+n))
	s.bare = true
	return s
}

func (g *generator) firewall(f document) {
	var stateless []any
	for k := range g.IntN(3) {
		r := g.firewallRule()
		r["priority"], r["action"] = 10*(k+1), pick(g, "drop", "pass", "forward")
		stateless = append(stateless, r)
	}
	if stateless != nil {
		f["stateless_rules"] = stateless
	}
	if g.chance(15) {
		f["stateless_default"] = pick(g, "pass", "forward")
	}
	var stateful []any
	for range g.IntN(4) {
		r := g.firewallRule()
		r["action"] = pick(g, "pass", "pass", "drop", "reject", "alert")
		if g.chance(50) {
			r["direction"] = "any"
		}
		stateful = append(stateful, r)
	}
	if g.chance(40) {
		f["stateful_order"] = "strict"
		if g.chance(50) {
			stateful = append(stateful, document{"action": "pass", "protocol": "tcp", "ports": "1-30000"})
			f["stateful_default"] = "drop"
		}
	}
	if stateful != nil {
		f["stateful_rules"] = stateful
	}
}

func (g *generator) firewallRule() document {
	r := g.service()
	if g.chance(50) {
		r["source"] = []any{pick(g, genPeers...), pick(g, "172.16.0.0/12", "192.0.2.0/25")}
	}
	if g.chance(30) {
		r["destination"] = pick(g, genPeers...)
	}
	if p := r["protocol"]; (p == "tcp" || p == "udp") && g.chance(20) {
		r["source_ports"] = pick(g, "1024-40000", "20000-65535")
	}
	return r
}
