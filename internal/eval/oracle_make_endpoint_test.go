package eval_test

import (
	"fmt"
	"slices"
)

// inspector puts endpoints that inspect into subnets, one in each: of a
// Gateway Load Balancer or of a network firewall. It returns their names.
func (g *generator) inspector(vpc string, subs []*sub, id string) []string {
	var out []string
	if g.chance(50) {
		for i, s := range subs {
			name := fmt.Sprintf("gwlbe%s%c", id, 'a'+i)
			g.s.put("vpc_endpoints", name, text("type", "gateway_load_balancer"), text("subnet", s.name), text("service", "inspection"))
			out = append(out, name)
		}
		return out
	}
	var endpoints fields
	for i, s := range subs {
		name := fmt.Sprintf("nfwe%s%c", id, 'a'+i)
		endpoints = append(endpoints, field{name, s.name})
		out = append(out, name)
	}
	keys := []keySpec{text("vpc", vpc), {key: "endpoints", one: endpoints}}
	end := func() string { return pick(g, []string{"forward", "forward", "pass"}) }
	if g.chance(50) {
		var rules []fields
		for p := range 1 + g.IntN(3) {
			r := append(fields{{"priority", fmt.Sprint(10 * (5 - p))}, {"action", pick(g, []string{"drop", "pass", "forward"})}}, g.firewallRule()...)
			rules = append(rules, r)
		}
		keys = append(keys, mappings("stateless_rules", rules...))
	}
	keys = append(keys, text("stateless_default", end()))
	strict := g.chance(40)
	if g.chance(70) {
		var rules []fields
		for range 1 + g.IntN(3) {
			r := append(fields{{"action", pick(g, []string{"drop", "pass", "reject", "alert"})}}, g.firewallRule()...)
			if g.chance(30) {
				r = append(r, field{"direction", "any"})
			}
			rules = append(rules, r)
		}
		keys = append(keys, mappings("stateful_rules", rules...))
	}
	if strict {
		keys = append(keys, text("stateful_order", "strict"), text("stateful_default", pick(g, []string{"pass", "drop"})))
	}
	g.s.put("network_firewalls", "nfw"+id, keys...)
	return out
}

// firewallRule makes what a rule of a firewall matches.
func (g *generator) firewallRule() fields {
	var f fields
	switch g.IntN(4) {
	case 0:
		f = append(f, field{"protocol", pick(g, []string{"icmp", "all", "udp", "tcp"})})
	default:
		f = append(f, field{"protocol", pick(g, []string{"tcp", "tcp", "udp"})}, field{"ports", pick(g, []string{"80", "443", "22", "[8000-8100, 53]", "1024-65535", "32768-60999"})})
		if g.chance(20) {
			f = append(f, field{"source_ports", pick(g, []string{"1024-40000", "50000-65535", "443"})})
		}
	}
	if g.chance(40) {
		f = append(f, field{"source", pick(g, []string{"10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/1", "[172.16.0.0/12, 10.2.0.0/15]"})})
	}
	if g.chance(30) {
		f = append(f, field{"destination", pick(g, []string{"10.0.0.0/8", "10.2.0.0/16", "128.0.0.0/1", "172.16.0.0/12"})})
	}
	return f
}

// endpoints gives a VPC endpoints of the other types.
func (g *generator) endpoints(n *net) {
	id := fmt.Sprint(n.k)
	if g.chance(35) {
		var tables []string
		for _, t := range g.s.tables {
			if t.vpc == n.name && len(t.edges) == 0 && g.chance(60) {
				tables = append(tables, t.name)
			}
		}
		if len(tables) > 0 {
			g.s.put("vpc_endpoints", "vpce-s3-"+id, text("type", "gateway"), text("vpc", n.name), text("service", "s3"), text("prefix_list", "pl-s3"), names("route_tables", tables...))
		}
	}
	if g.chance(40) {
		subs := g.perZone(n)
		var ips []string
		for _, s := range subs {
			s.next++
			ips = append(ips, fmt.Sprintf("%s%d", s.base, s.next))
		}
		keys := []keySpec{text("type", "interface"), text("vpc", n.name), text("service", "shop"), names("subnets", subNames(subs)...), names("private_ips", ips...)}
		if g.chance(85) {
			keys = append(keys, names("security_groups", pick(g, n.groups)))
		}
		var providers []string
		for _, e := range g.s.extras {
			if e.section == "load_balancers" && e.key("type").text == "network" {
				providers = append(providers, e.name)
			}
		}
		if len(providers) > 0 && g.chance(60) {
			keys = append(keys, text("load_balancer", pick(g, providers)))
		}
		g.s.put("vpc_endpoints", "vpce-if-"+id, keys...)
	}
	if s := pick(g, n.subnets); g.chance(15) && s.cidr != "" {
		s.next++
		g.s.put("vpc_endpoints", "eice-"+id, text("type", "instance_connect"), text("subnet", s.name), text("private_ip", fmt.Sprintf("%s%d", s.base, s.next)), names("security_groups", pick(g, n.groups)))
	}
}

// perZone chooses one or two subnets of different zones that speak IPv4.
func (g *generator) perZone(n *net) []*sub {
	var out []*sub
	for _, i := range g.Perm(len(n.subnets)) {
		s := n.subnets[i]
		if s.cidr != "" && !slices.ContainsFunc(out, func(o *sub) bool { return o.az == s.az }) && (len(out) == 0 || g.chance(60)) {
			out = append(out, s)
		}
	}
	return out
}
