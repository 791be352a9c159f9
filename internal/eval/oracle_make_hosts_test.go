package eval_test

import (
	"fmt"
	"slices"
	"strings"
)

// chains gives forwarding hosts the further words of iptables: FORWARD, SNAT
// and ACCEPT (NI-9, NI-11).
func (g *generator) chains() {
	for i := range g.s.insts {
		h := &g.s.insts[i]
		if !h.forward {
			continue
		}
		if g.chance(30) {
			h.chain = g.chain()
		}
		var own []string
		for _, e := range g.s.enis {
			if e.inst == h.name {
				own = append(own, e.ips...)
			}
		}
		if len(own) == 0 || !g.chance(25) {
			continue
		}
		for range 1 + g.IntN(2) {
			f := fields{}
			if g.chance(60) {
				f = append(f, field{"source", pick(g, []string{"10.0.0.0/8", "10.1.0.0/16", "10.2.1.0/24", "172.16.0.0/12"})})
			}
			if g.chance(50) || len(f) == 0 {
				f = append(f, field{"destination", pick(g, []string{"0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "198.51.100.0/24"})})
			}
			if g.chance(50) {
				f = append(f, field{"to", pick(g, own)})
			} else {
				f = append(f, field{"translate", "false"})
			}
			h.sources = append(h.sources, f)
		}
	}
}

// chain makes a FORWARD chain: some rules, and mostly one for replies and a
// policy.
func (g *generator) chain() []fields {
	var out []fields
	if g.chance(60) {
		out = append(out, fields{{"action", "accept"}, {"state", "established"}})
	}
	for range g.IntN(4) {
		f := fields{{"action", pick(g, []string{"accept", "accept", "drop"})}}
		if g.chance(35) {
			f = append(f, field{"state", pick(g, []string{"new", "established"})})
		}
		switch g.IntN(3) {
		case 0:
			f = append(f, field{"protocol", pick(g, []string{"icmp", "udp", "tcp", "47"})})
		case 1:
			f = append(f, field{"protocol", "tcp"}, field{"ports", pick(g, []string{"[22, 80, 443]", "443", "1024-65535", "0-50000"})})
		case 2:
			f = append(f, field{"protocol", "tcp"}, field{"source_ports", pick(g, []string{"1024-40000", "[80, 443]", "32768-65535"})})
		}
		if g.chance(40) {
			f = append(f, field{pick(g, []string{"source", "destination"}), pick(g, []string{"10.0.0.0/8", "10.1.0.0/17", "[10.2.0.0/15, 172.16.0.0/12]", "128.0.0.0/1"})})
		}
		out = append(out, f)
	}
	if g.chance(40) {
		out = append(out, fields{{"action", "accept"}, {"source", "10.0.0.0/8"}}, fields{{"action", "accept"}, {"destination", "10.0.0.0/8"}, {"state", "established"}})
	}
	if len(out) == 0 || g.chance(30) {
		out = append(out, fields{{"action", "drop"}})
	}
	return out
}

// nat64 leads a subnet's 64:ff9b::/96 to a NAT gateway (NGW-14).
func (g *generator) nat64(n *net) {
	var nats []string
	for _, x := range g.s.nats {
		if x.vpc == n.name || slices.ContainsFunc(n.subnets, func(s *sub) bool { return s.name == x.subnet }) {
			nats = append(nats, x.name)
		}
	}
	for _, s := range n.subnets {
		if s.cidr6 != "" && len(nats) > 0 && g.chance(50) {
			g.addRoute(s.table, "64:ff9b::/96", pick(g, nats))
		}
	}
}

// advertise puts routes of a VPC Route Server into tables (RT-21).
func (g *generator) advertise(n *net) {
	if !g.chance(25) {
		return
	}
	var to []string
	for _, e := range g.s.enis {
		if slices.ContainsFunc(n.subnets, func(s *sub) bool { return s.name == e.subnet }) {
			to = append(to, e.name)
		}
	}
	s := pick(g, n.subnets)
	t := g.table(s.table)
	if t == nil || len(to) == 0 {
		return
	}
	hosts := []string{pick(g, to), g.enis(fmt.Sprintf("nati%d", n.k)), g.enis(fmt.Sprintf("fw%d", n.k))}
	hosts = slices.DeleteFunc(hosts, func(h string) bool { return h == "" || g.s.eni(h) == nil })
	dsts := []string{"192.0.2.0/24", "198.51.100.0/24", "192.0.0.0/8", "0.0.0.0/0"}
	if len(n.dc) > 0 {
		dsts = append(dsts, n.dc...)
	}
	for range 1 + g.IntN(2) {
		dst := pick(g, dsts)
		if !slices.ContainsFunc(t.routes, func(r routeSpec) bool { return r.dst == dst && r.origin != "" }) {
			t.routes = append(t.routes, routeSpec{dst, pick(g, hosts), "advertised"})
		}
	}
}

// moreLists leads prefix lists that meet others, or the VPC's own addresses, to
// some target of the table (RT-7, RT-10).
func (g *generator) moreLists(n *net) {
	if !g.chance(20) {
		return
	}
	s := pick(g, n.subnets)
	t := g.table(s.table)
	if t == nil || len(t.routes) == 0 {
		return
	}
	name := fmt.Sprintf("pl-more%d", n.k)
	cidrs := []string{"198.51.100.0/24"}
	if o := pick(g, n.subnets); o.cidr != "" && g.chance(60) {
		cidrs = []string{o.cidr, "192.0.2.128/25"}
	}
	r := pick(g, t.routes)
	target := r.target
	if strings.Contains(r.dst, ":") || target == "local" || strings.HasPrefix(target, "gwlbe") || strings.HasPrefix(target, "nfwe") { // RT-17
		return
	}
	g.s.lists = append(g.s.lists, listSpec{name, cidrs})
	g.addRoute(s.table, name, target)
	if g.chance(50) {
		g.addRoute(s.table, "pl-out", pick(g, []string{target, n.igw, "blackhole"}))
	}
}
