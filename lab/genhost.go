package lab

import "fmt"

func (g *generator) groupsOf(v *genVPC) []any {
	if g.chance(5) {
		return []any{v.name + ".default_security_group"}
	}
	out := []any{v.groups[0]} // often one, so that groups have members
	if g.chance(50) {
		out = []any{pick(g, v.groups...)}
	}
	if g.chance(15) {
		for _, other := range v.groups {
			if other != out[0] {
				return append(out, other)
			}
		}
	}
	return out
}

// devices makes instances that forward: NAT instances, firewalls, some with
// two interfaces, most with all that it takes.
func (g *generator) devices(v *genVPC) {
	for k := range g.IntN(3) {
		name := fmt.Sprintf("dev-%d%d", v.n, k)
		s := v.subnets[0]
		if g.chance(40) {
			s = pick(g, v.subnets...)
		}
		inst := document{"ip_forward": g.chance(92)}
		ip := g.ip(s)
		eni := g.interfaceOf(s, ip)
		eni["source_dest_check"] = g.chance(8)
		if g.chance(75) {
			eni["public_ip"] = g.publicIP()
		}
		switch g.IntN(5) {
		case 0, 1:
			inst["masquerade"] = []any{document{}}
		case 2:
			inst["masquerade"] = []any{document{"source": fmt.Sprintf("10.%d.0.0/16", v.n)}}
		case 3:
			inst["masquerade"] = g.sourceRules(v, ip)
		}
		if g.chance(25) {
			inst["forward_rules"] = g.forwardRules()
		}
		if g.chance(50) {
			inst["port_forwards"] = g.forwards(v, ip)
		}
		g.put("instances", name, inst)
		if g.chance(75) { // the shorthand: one interface
			for key, x := range eni {
				inst[key] = x
			}
			v.devices = append(v.devices, name)
			s.devices = append(s.devices, name)
			continue
		}
		eni["instance"] = name
		g.put("network_interfaces", name+"-a", eni)
		v.devices = append(v.devices, name+"-a")
		s.devices = append(s.devices, name+"-a")
		if g.chance(60) {
			other := pick(g, v.subnets...)
			second := g.interfaceOf(other, g.ip(other))
			second["instance"], second["source_dest_check"] = name, g.chance(10)
			g.put("network_interfaces", name+"-b", second)
			v.devices = append(v.devices, name+"-b")
			other.devices = append(other.devices, name+"-b")
		}
	}
}

func (g *generator) interfaceOf(s *genSubnet, ip string) document {
	d := document{"subnet": s.name, "private_ip": ip, "security_groups": g.groupsOf(s.vpc)}
	if s.cidr6 != "" && g.chance(90) {
		d["ipv6"] = nth(s.cidr6, s.hosts)
	}
	g.edgeAddresses(s, d)
	return d
}

// forwards makes port forwards to addresses that hosts will have.
func (g *generator) forwards(v *genVPC, own string) []any {
	var out []any
	for range 1 + g.IntN(2) {
		s := pick(g, v.subnets...)
		f := document{"protocol": pick(g, "tcp", "tcp", "udp"), "port": pick(g, 80, 8000, 50001), "to": nth(s.cidr, 11+g.IntN(3))}
		if g.chance(70) {
			f["destination"] = own
		}
		if g.chance(75) {
			f["to_port"] = pick(g, 80, 443, 22)
		}
		out = append(out, f)
	}
	return out
}

// sourceRules makes POSTROUTING rules with ACCEPT and SNAT among them.
func (g *generator) sourceRules(v *genVPC, own string) []any {
	var out []any
	if g.chance(60) {
		out = append(out, document{"destination": pick(g, "10.0.0.0/8", "198.51.100.0/24", fmt.Sprintf("10.%d.1.0/24", v.n)), "translate": false})
	}
	if g.chance(70) {
		out = append(out, document{"source": pick(g, "10.0.0.0/8", "0.0.0.0/0", fmt.Sprintf("10.%d.0.0/16", v.n)), "to": pick(g, own, own, own, "10.200.0.9")})
	}
	return append(out, document{})
}

// forwardRules makes a FORWARD chain (NI-9), mostly one that lets replies pass.
func (g *generator) forwardRules() []any {
	var out []any
	if g.chance(70) {
		out = append(out, document{"action": "accept", "state": "established"})
	}
	for range 1 + g.IntN(2) {
		r := g.firewallRule()
		if r["protocol"] == "icmp" {
			delete(r, "source_ports")
		}
		r["action"] = pick(g, "accept", "accept", "drop")
		if g.chance(25) {
			r["state"] = pick(g, "new", "new", "established")
		}
		out = append(out, r)
	}
	if g.chance(40) {
		out = append(out, document{"action": "accept", "protocol": "tcp", "ports": pick(g, genPorts...)}, document{"action": "drop"})
	}
	return out
}

// hosts makes the plain instances.
func (g *generator) hosts(v *genVPC) {
	for _, s := range v.subnets {
		for k := range 1 + g.IntN(2) {
			name := fmt.Sprintf("host-%d%d%d", v.n, s.n, k)
			d := g.interfaceOf(s, g.ip(s))
			if g.chance(55) {
				d["public_ip"] = g.publicIP()
			}
			if g.chance(8) {
				d["private_ips"] = []any{g.ip(s)}
			}
			if g.chance(4) {
				d["outbound_only"] = true
			}
			g.put("instances", name, d)
			v.hosts = append(v.hosts, genHost{name, d["private_ip"].(string)})
		}
	}
}

// tunnel joins two forwarding instances of two VPCs.
func (g *generator) tunnel() {
	if len(g.vpcs) < 2 || !g.chance(35) || noTunnels {
		return
	}
	a, b := g.vpcs[0], g.vpcs[1]
	end := func(v *genVPC) string {
		for _, name := range v.devices {
			if d, ok := g.doc["instances"].(document)[name].(document); ok && d["public_ip"] != nil {
				return name
			}
		}
		return ""
	}
	x, y := end(a), end(b)
	if x == "" || y == "" {
		return
	}
	ends := []any{
		document{"instance": x, "address": "169.254.255.1", "routes": g.tunnelRoutes(b)},
		document{"instance": y, "address": "169.254.255.2", "routes": g.tunnelRoutes(a)},
	}
	if g.chance(15) { // a group that lets nothing through: the tunnel is down
		shut := fmt.Sprintf("sg-shut-%d", a.n)
		g.put("security_groups", shut, document{"vpc": a.name, "ingress": []any{}, "egress": []any{}})
		g.doc["instances"].(document)[x].(document)["security_groups"] = []any{shut}
	}
	g.put("tunnels", "tunnel", document{"protocol": "udp", "port": 1194, "ends": ends})
	for _, j := range []struct {
		v, far *genVPC
		via    string
	}{{a, b, x}, {b, a, y}} {
		if j.v.peers[j.far] != "" && g.chance(50) {
			continue
		}
		for _, s := range j.v.subnets {
			if g.chance(80) {
				g.route(s, fmt.Sprintf("10.%d.0.0/16", j.far.n), j.via)
			}
		}
	}
}

// tunnelRoutes are what an end routes into a tunnel: the other VPC, or less
// (VPNI-4), or more than that.
func (g *generator) tunnelRoutes(far *genVPC) []any {
	whole := fmt.Sprintf("10.%d.0.0/16", far.n)
	switch g.IntN(5) {
	case 0:
		return []any{fmt.Sprintf("10.%d.%d.0/24", far.n, g.IntN(3))}
	case 1:
		return []any{whole, "172.16.0.0/12", "198.51.100.0/24"}
	}
	return []any{whole}
}

// noTunnels is set where TUN devices are not permitted.
var noTunnels = haveTUN() != nil
