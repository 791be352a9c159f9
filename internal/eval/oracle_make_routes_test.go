package eval_test

import (
	"fmt"
	"slices"

	"github.com/vpcpath/vpcpath/internal/packet"
)

func (g *generator) nat(name string) bool {
	return slices.ContainsFunc(g.s.nats, func(n natSpec) bool { return n.name == name })
}

func (g *generator) enis(inst string) string {
	for _, e := range g.s.enis {
		if e.inst == inst {
			return e.name
		}
	}
	return ""
}

// exits gives a subnet's table its routes out of the VPC.
func (g *generator) exits(n *net, s *sub) {
	if s.table == "" {
		return
	}
	nat, natInst := "", g.enis(fmt.Sprintf("nati%d", n.k))
	if name := fmt.Sprintf("nat%d", n.k); g.nat(name) {
		nat = name
	}
	v6 := func(target string) {
		if n.v6 {
			g.addRoute(s.table, "::/0", target)
		}
	}
	if n.vgw != "" {
		if g.chance(60) {
			if t := g.table(s.table); g.chance(95) {
				t.propagating = append(t.propagating, n.vgw)
			}
		} else {
			for _, dc := range n.dc {
				g.addRoute(s.table, dc, n.vgw)
			}
		}
	}
	if (s.role == "priv" || s.role == "iso") && nat != "" && len(n.dc) > 0 && g.chance(20) {
		g.addRoute(s.table, n.dc[0], nat) // VGW-8
	}
	if private := fmt.Sprintf("natp%d", n.k); g.nat(private) && g.chance(30) {
		g.addRoute(s.table, pick(g, []string{"192.0.2.0/24", "8.0.0.0/8"}), private)
	}
	switch s.role {
	case "pub", "pub2", "fw":
		if s.role == "pub2" && g.chance(30) {
			g.addRoute(s.table, "0.0.0.0/0", nat) // one NAT gateway behind another
		}
		if g.chance(90) {
			g.addRoute(s.table, "0.0.0.0/0", n.igw)
		} else {
			g.addRoute(s.table, "0.0.0.0/1", n.igw)
			g.addRoute(s.table, "pl-out", n.igw)
		}
		v6(n.igw)
	case "priv", "iso":
		var exits []string
		for _, e := range []string{nat, nat, natInst, n.fw} {
			if e != "" {
				exits = append(exits, e)
			}
		}
		if len(exits) > 0 {
			g.addRoute(s.table, "0.0.0.0/0", pick(g, exits))
		}
		if g.chance(25) && n.igw != "" {
			if target := pick(g, append(exits, n.igw)); g.s.eni(target) != nil || target != n.fw { // RT-17
				g.addRoute(s.table, "pl-out", target)
			}
		}
		if g.chance(75) {
			v6(n.eigw)
		}
		v6(n.igw)
	case "app":
		target := n.igw
		if n.fw != "" {
			target = n.fw
		}
		g.addRoute(s.table, "0.0.0.0/0", target)
		if n.fw != "" && s.cidr6 != "" && g.chance(80) && g.fw6(n) {
			v6(n.fw)
		} else {
			v6(n.igw)
		}
	}
	if i := slices.IndexFunc(g.s.insts, func(i instSpec) bool { return i.name == fmt.Sprintf("nati%d", n.k) }); i >= 0 && g.chance(60) {
		g.forward(n, &g.s.insts[i], s)
	}
}

// fw6 reports whether the appliance speaks IPv6.
func (g *generator) fw6(n *net) bool {
	for _, e := range g.s.enis {
		if e.name == n.fw {
			return len(e.ip6) > 0
		}
	}
	for _, s := range n.subnets {
		if s.role == "fw" {
			return s.cidr6 != "" // an endpoint there
		}
	}
	return false
}

// forward lets the NAT instance forward a port to a host in the subnet.
func (g *generator) forward(n *net, inst *instSpec, s *sub) {
	for _, e := range g.s.enis {
		if e.subnet != s.name || e.inst == inst.name || e.inst == "" || len(e.ips) == 0 || !g.chance(60) {
			continue
		}
		own := ""
		for _, o := range g.s.enis {
			if o.inst == inst.name {
				own = o.ips[0]
			}
		}
		f := forwardSpec{proto: pick(g, []string{"tcp", "tcp", "udp"}), dst: pick(g, []string{own, own, own, "", fmt.Sprintf("10.%d.0.0/16", n.c)}),
			port: packet.PortRange{Lo: uint16(50001 + len(inst.forwards)), Hi: uint16(50001 + len(inst.forwards))}, to: e.ips[0], toPort: pick(g, []uint16{80, 443, 22, 0})}
		if f.toPort == 0 || g.chance(20) {
			f.port = packet.PortRange{Lo: 8000, Hi: 8050}
		}
		inst.forwards = append(inst.forwards, f)
		return
	}
}

// edges gives the gateways their own route tables.
func (g *generator) edges(n *net) {
	if n.fw == "" {
		return
	}
	var covered []*sub
	for _, s := range n.subnets {
		if s.role == "app" || s.role == "priv" && g.chance(15) {
			covered = append(covered, s)
		}
	}
	whole := g.chance(8)
	fill := func(name, gateway string) {
		g.s.tables = append(g.s.tables, tableSpec{name: name, vpc: n.name, edges: []string{gateway}})
		if whole {
			g.addRoute(name, fmt.Sprintf("10.%d.0.0/16", n.c), n.fw)
		}
		for _, s := range covered {
			g.addRoute(name, s.cidr, n.fw)
			if g.fw6(n) && g.chance(80) {
				g.addRoute(name, s.cidr6, n.fw)
			}
		}
	}
	if n.igw != "" && (whole || len(covered) > 0) && g.chance(70) {
		fill("rtb-in-"+n.igw, n.igw)
	}
	if n.vgw != "" && len(covered) > 0 && g.chance(50) {
		fill("rtb-in-"+n.vgw, n.vgw)
		for _, s := range covered {
			for _, dc := range n.dc {
				g.addRoute(s.table, dc, n.fw)
			}
		}
	}
}

// inside sends traffic between subnets of one VPC through the appliance or a
// NAT gateway (RT-9, RT-11).
func (g *generator) inside(n *net) {
	if n.fw != "" && g.chance(30) && len(n.subnets) > 2 {
		a, b := pick(g, n.subnets), pick(g, n.subnets)
		if a != b && a.role != "fw" && b.role != "fw" {
			g.addRoute(a.table, b.cidr, n.fw)
			if g.chance(85) {
				g.addRoute(b.table, a.cidr, n.fw)
			}
			if g.fw6(n) && g.chance(70) {
				g.addRoute(a.table, b.cidr6, n.fw)
				g.addRoute(b.table, a.cidr6, n.fw)
			}
		}
	}
	if g.chance(10) {
		s := pick(g, n.subnets)
		target := n.fw
		if nat := fmt.Sprintf("nat%d", n.k); target == "" || g.chance(40) && g.nat(nat) {
			target = ""
			if g.nat(nat) {
				target = nat
			}
		}
		g.addRoute(s.table, fmt.Sprintf("10.%d.0.0/16", n.c), target)
	}
	if nat := fmt.Sprintf("nat%d", n.k); g.nat(nat) && g.chance(15) {
		g.addRoute(pick(g, n.subnets).table, pick(g, n.subnets).cidr, nat) // NGW-17
	}
	for _, e := range g.s.enis {
		if e.inst == "" && g.chance(25) { // RT-13
			for _, s := range n.subnets {
				if e.subnet == s.name {
					g.addRoute(pick(g, n.subnets).table, pick(g, []string{"192.0.2.0/24", s.cidr, "8.0.0.0/8"}), e.name)
				}
			}
		}
	}
	if g.chance(20) {
		g.addRoute(pick(g, n.subnets).table, pick(g, []string{"192.0.2.0/24", "198.51.100.0/25"}), "blackhole")
	}
}
