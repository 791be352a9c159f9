package eval_test

import (
	"fmt"
	"slices"
)

// balancer gives a VPC a load balancer, with targets in it and perhaps in
// another VPC.
func (g *generator) balancer(n *net) {
	if !g.chance(55) {
		return
	}
	name := fmt.Sprintf("lb%d", n.k)
	kind := pick(g, []string{"network", "network", "application", "classic"})
	subs := g.perZone(n)
	if n.igw != "" && g.chance(55) {
		if i := slices.IndexFunc(n.subnets, func(s *sub) bool { return s.role == "pub" }); i >= 0 {
			pub := n.subnets[i]
			subs = append([]*sub{pub}, slices.DeleteFunc(subs, func(s *sub) bool { return s.az == pub.az })...)
		}
	}
	if len(subs) == 0 {
		return
	}
	scheme := "internal"
	if subs[0].role == "pub" {
		scheme = "internet_facing"
	}
	var nodes []fields
	dual := kind != "classic" && g.chance(70)
	for _, s := range subs {
		dual = dual && s.cidr6 != ""
	}
	for _, s := range subs {
		s.next++
		node := fields{{"subnet", s.name}, {"private_ip", fmt.Sprintf("%s%d", s.base, s.next)}}
		if scheme != "internal" {
			node = append(node, field{"public_ip", g.publicIP()})
		}
		if dual || s.cidr6 != "" && kind != "classic" && g.chance(20) {
			node = append(node, field{"ipv6", quote(fmt.Sprintf("%s%x", s.base6, s.next))})
		}
		nodes = append(nodes, node)
	}
	keys := []keySpec{text("type", kind), text("scheme", scheme), mappings("nodes", nodes...)}
	if kind != "network" || g.chance(50) {
		keys = append(keys, names("security_groups", pick(g, n.groups)))
	}
	if kind != "application" {
		keys = append(keys, text("cross_zone", fmt.Sprint(g.chance(50))))
	}
	var listeners []fields
	for _, port := range []string{"443", "80", "53", "8000"} {
		if l := g.listener(n, kind, port, dual); l != nil && g.chance(60) {
			listeners = append(listeners, l)
		}
	}
	if len(listeners) > 0 {
		g.s.put("load_balancers", name, append(keys, mappings("listeners", listeners...))...)
	}
}

// listener makes a listener, or nil where nobody can be a target.
func (g *generator) listener(n *net, kind, port string, dual bool) fields {
	proto := map[string][]string{"network": {"tcp", "tcp", "tls", "udp", "tcp_udp"}, "application": {"http", "https"}, "classic": {"tcp", "http", "https"}}[kind]
	l := fields{{"protocol", pick(g, proto)}, {"port", port}}
	var targets []string
	named, addressed := false, false
	for range 1 + g.IntN(3) {
		t, address := g.target(n, kind, dual)
		if t == nil {
			continue
		}
		if text := t.String(); !slices.Contains(targets, text) {
			targets = append(targets, text)
			named, addressed = named || !address, addressed || address
		}
	}
	answers := kind == "application" && g.chance(30)
	if answers {
		l = append(l, field{"answers", "true"})
		if g.chance(50) {
			return l
		}
	}
	if len(targets) == 0 {
		return nil
	}
	l = append(l, field{"targets", "[" + join(targets) + "]"})
	if tcp := l[0].value == "tcp" || l[0].value == "tls"; kind == "network" && tcp && (named && addressed || g.chance(40)) {
		l = append(l, field{"preserve_client_ip", fmt.Sprint(g.chance(60))})
	}
	return l
}

func join(list []string) string {
	out := ""
	for i, s := range list {
		if i > 0 {
			out += ", "
		}
		out += s
	}
	return out
}

// target picks an interface with IPv4: of the VPC by any of its names, of
// another by its address.
func (g *generator) target(n *net, kind string, dual bool) (f fields, address bool) {
	e := g.s.enis[g.IntN(len(g.s.enis))]
	if e.inst == "" || len(e.ips) == 0 && !(dual && len(e.ip6) > 0) {
		return nil, false
	}
	if dual && len(e.ip6) > 0 && (len(e.ips) == 0 || g.chance(35)) {
		f = fields{{"address", quote(pick(g, e.ip6))}} // VPCs do not share IPv6 blocks
		if g.chance(80) {
			f = append(f, field{"port", pick(g, []string{"80", "443", "8000", "22"})})
		}
		return f, true
	}
	home := n
	for _, o := range g.nets {
		for _, s := range o.subnets {
			if s.name == e.subnet {
				home = o
			}
		}
	}
	first := slices.IndexFunc(g.s.enis, func(o eniSpec) bool { return o.inst == e.inst })
	alone := true
	for _, o := range g.nets {
		alone = alone && (o == home || o.c != home.c)
	}
	switch {
	case home != n && (kind == "classic" || !alone || !g.chance(40)):
		return nil, false
	case home != n || kind != "classic" && g.chance(35):
		f, address = fields{{"address", pick(g, e.ips)}}, true
	case g.s.enis[first].name == e.name && g.chance(70):
		f = fields{{"instance", e.inst}}
	case kind == "classic" && g.s.enis[first].name != e.name:
		return nil, false
	default:
		f = fields{{"interface", e.name}}
	}
	if g.chance(80) {
		f = append(f, field{"port", pick(g, []string{"80", "443", "8000", "22", "53"})})
	}
	return f, address
}
