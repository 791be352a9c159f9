package lab

import "fmt"

// filters makes the security groups and network ACLs of a VPC: mostly open.
func (g *generator) filters(v *genVPC) {
	for k := range 2 + g.IntN(2) {
		v.groups = append(v.groups, fmt.Sprintf("sg-%d%d", v.n, k))
	}
	for _, name := range v.groups {
		d := g.put("security_groups", name, document{"vpc": v.name})
		d["ingress"] = g.groupRules(v, "source", 60)
		if g.chance(25) {
			d["egress"] = g.groupRules(v, "destination", 60)
		}
	}
	for k := range g.IntN(3) {
		name := fmt.Sprintf("acl-%d%d", v.n, k)
		v.acls = append(v.acls, name)
		g.put("network_acls", name, document{"vpc": v.name, "ingress": g.aclRules(), "egress": g.aclRules()})
	}
	for _, s := range v.subnets {
		if len(v.acls) > 0 && g.chance(60) {
			g.doc["subnets"].(document)[s.name].(document)["network_acl"] = pick(g, v.acls...)
		}
	}
}

// ranges of ports with edges that are worth trying.
var genPorts = []any{80, 443, 22, "1024-65535", "32768-60999", "1-1023", "8000-8100", "1024-2000", "50001-50009", "0-65535", "2-65534"}

func (g *generator) service() document {
	switch g.IntN(10) {
	case 0, 1:
		return document{"protocol": "all"}
	case 2:
		return document{"protocol": "icmp"}
	case 3, 4:
		return document{"protocol": "udp", "ports": pick(g, genPorts...)}
	case 5:
		return document{"protocol": "tcp", "ports": []any{pick(g, genPorts[:3]...), "8000-8100"}}
	}
	return document{"protocol": "tcp", "ports": pick(g, genPorts...)}
}

var genPeers = []string{"0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16", "10.0.1.0/24", "10.0.0.0/25",
	"198.51.100.0/24", "203.0.113.0/24", "172.16.0.0/12", "198.51.100.7/32"}

func (g *generator) groupRules(v *genVPC, key string, open int) []any {
	var out []any
	if g.chance(open) {
		out = append(out, document{"protocol": "all", key: "0.0.0.0/0"})
		if v.v6 && g.chance(85) {
			out = append(out, document{"protocol": "all", key: "::/0"})
		}
		if g.chance(80) {
			return out
		}
	}
	for range 1 + g.IntN(4) {
		r := g.service()
		switch g.IntN(8) {
		case 0:
			r[key] = "self"
		case 1, 2:
			r[key] = pick(g, v.groups...)
		case 3:
			r[key] = g.list()
		case 4:
			if v.v6 {
				r[key] = pick(g, "::/0", "2001:db8::/32", "2001:db8:1:1000::/64", "2001:db8:ffff::/48")
				if r["protocol"] == "icmp" {
					r["protocol"] = "icmpv6"
				}
				break
			}
			fallthrough
		default:
			r[key] = pick(g, genPeers...)
		}
		out = append(out, r)
	}
	return out
}

// list names a prefix list, made when it is first named.
func (g *generator) list() string {
	n := g.IntN(2)
	name := fmt.Sprintf("pl-%d", n)
	cidrs := [][]any{{"198.51.100.0/24", "10.0.0.0/17"}, {"192.0.2.0/25", "172.20.0.0/16"}}
	g.put("prefix_lists", name, document{"cidrs": cidrs[n]})
	return name
}

func (g *generator) aclRules() []any {
	var out []any
	number := 0
	add := func(r document) {
		number += 10
		r["rule"] = number
		out = append(out, r)
	}
	for range g.IntN(4) {
		r := g.service()
		r["cidr"], r["action"] = pick(g, genPeers...), "deny"
		if g.chance(50) {
			r["action"] = "allow"
		}
		if g.chance(15) && r["protocol"] != "icmp" {
			r["cidr"] = pick(g, "::/0", "2001:db8:1::/48")
		}
		if p, ok := r["ports"].([]any); ok {
			r["ports"] = p[1] // an ACL rule has one range
		}
		add(r)
	}
	switch g.IntN(10) {
	case 0:
		add(document{"protocol": "tcp", "ports": "1024-65535", "cidr": "0.0.0.0/0", "action": "allow"})
		add(document{"protocol": "tcp", "ports": "80", "cidr": "0.0.0.0/0", "action": "allow"})
	case 1:
		add(document{"protocol": "tcp", "ports": "20000-65535", "cidr": "0.0.0.0/0", "action": "allow"})
		add(document{"protocol": "udp", "ports": "0-40000", "cidr": "0.0.0.0/0", "action": "allow"})
		add(document{"protocol": "icmp", "icmp": document{"type": pick(g, 0, 8, 3, -1), "code": -1}, "cidr": "0.0.0.0/0", "action": "allow"})
	default:
		add(document{"protocol": "all", "cidr": "0.0.0.0/0", "action": "allow"})
		add(document{"protocol": "all", "cidr": "::/0", "action": "allow"})
	}
	return out
}
