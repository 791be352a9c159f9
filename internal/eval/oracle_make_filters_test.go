package eval_test

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/packet"
)

func portRange(lo, hi uint16) []packet.PortRange { return []packet.PortRange{{Lo: lo, Hi: hi}} }

func allow(proto, peer string, ports ...packet.PortRange) ruleSpec {
	return ruleSpec{allow: true, proto: proto, peer: peer, ports: ports}
}

var openRules = []ruleSpec{allow("all", "0.0.0.0/0"), allow("all", "::/0")}

// groups makes the security groups of a VPC: an open one, one with services,
// and one that names others.
func (g *generator) groups(n *net) {
	add := func(name string, in []ruleSpec) {
		gs := groupSpec{name: fmt.Sprintf("%s%d", name, n.k), vpc: n.name, in: in, outDefault: true}
		if g.chance(25) {
			gs.outDefault = false
			gs.out = []ruleSpec{allow("tcp", "0.0.0.0/0", packet.PortRange{Lo: 80, Hi: 1023}), allow("tcp", "::/0", packet.PortRange{Lo: 443, Hi: 443}),
				allow("udp", "10.0.0.0/8", packet.PortRange{Lo: 0, Hi: 65535}), allow("icmp", "pl-in"), allow("tcp", "pl-out", packet.PortRange{Lo: 0, Hi: 65535})}
			if g.chance(50) {
				gs.out = append(gs.out, allow("all", fmt.Sprintf("open%d", g.nets[max(0, len(g.nets)-1-g.IntN(2))].k)))
			}
			if g.chance(50) {
				gs.out = append(gs.out, allow("udp", "0.0.0.0/0", packet.PortRange{Lo: 1194, Hi: 1199}))
			}
		}
		g.s.groups = append(g.s.groups, gs)
		n.groups = append(n.groups, gs.name)
	}
	add("open", openRules)
	from := pick(g, []string{"0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/8", "pl-in", "pl-out"})
	services := []ruleSpec{
		allow("tcp", from, packet.PortRange{Lo: 80, Hi: 80}, packet.PortRange{Lo: 443, Hi: 443}),
		allow("tcp", "0.0.0.0/0", packet.PortRange{Lo: 8000, Hi: uint16(8000 + g.IntN(200))}),
		allow("udp", pick(g, []string{"0.0.0.0/0", "10.0.0.0/8"}), packet.PortRange{Lo: 53, Hi: 53}),
		{allow: true, proto: "icmp", icmp: true, typ: 8, code: pick(g, []int{-1, 0}), peer: "0.0.0.0/0"},
		allow("tcp", "::/0", packet.PortRange{Lo: 22, Hi: 443}),
		{allow: true, proto: "icmpv6", icmp: true, typ: pick(g, []int{-1, 128}), code: -1, peer: "::/0"},
	}
	if g.chance(40) {
		services = append(services, allow(pick(g, []string{"47", "50"}), "0.0.0.0/0"))
	}
	add("web", services)
	ref := fmt.Sprintf("%s%d", pick(g, []string{"open", "web", "web"}), pick(g, g.nets).k)
	add("ref", []ruleSpec{
		allow("tcp", ref, packet.PortRange{Lo: 0, Hi: 1023}),
		allow("all", "self"),
		allow("tcp", "198.51.100.0/25", packet.PortRange{Lo: 22, Hi: 22}),
		{allow: true, proto: "icmp", icmp: true, typ: -1, code: -1, peer: ref},
	})
	n.groups = append(n.groups, n.groups[0], n.groups[0], n.groups[1]) // open ones are likelier
}

// acl makes a network ACL: services in, ephemeral ports out, a deny or two.
// Where a NAT gateway may stand they are narrow more often, so that its choice
// of a port decides.
func (g *generator) acl(n *net, name string, narrow bool) {
	a := aclSpec{name: name, vpc: n.name}
	ephemeral := pick(g, [][]packet.PortRange{portRange(1024, 65535), portRange(1024, 65535), portRange(0, 65535),
		portRange(32768, 60999), {{Lo: 1024, Hi: 40000}, {Lo: 45000, Hi: 65535}}, portRange(49152, 65535)})
	all := g.chance(35) && !narrow
	rule := func(n int, r ruleSpec) ruleSpec { r.number = n; return r }
	side := func(ports []packet.PortRange) []ruleSpec {
		if all {
			return []ruleSpec{rule(100, allow("all", "0.0.0.0/0")), rule(101, allow("all", "::/0"))}
		}
		var out []ruleSpec
		k := 100
		for _, p := range append(portRange(0, 1023), ports...) {
			for _, peer := range []string{"0.0.0.0/0", "::/0"} {
				out = append(out, rule(k, allow("tcp", peer, p)), rule(k+1, allow("udp", peer, p)))
				k += 10
			}
		}
		out = append(out, rule(300, allow("icmp", "0.0.0.0/0")), rule(301, allow("icmpv6", "::/0")))
		if g.chance(50) {
			out = append(out, rule(302, allow("47", "0.0.0.0/0")))
		}
		return out
	}
	a.in, a.out = side(ephemeral), side(ephemeral)
	if g.chance(50) && !narrow {
		a.in = side(portRange(1024, 65535))
	}
	for range g.IntN(3) {
		deny := ruleSpec{number: 1 + g.IntN(99), proto: pick(g, []string{"tcp", "tcp", "udp", "all", "icmp"}),
			peer: pick(g, []string{"0.0.0.0/0", "10.1.1.0/24", "10.2.0.0/16", "198.51.100.128/25", "8.0.0.0/6", "::/0"})}
		if deny.proto == "tcp" || deny.proto == "udp" {
			lo := pick(g, []int{443, 3306, 8000, 33000, 50000, 1024, 60000})
			deny.ports = portRange(uint16(lo), uint16(lo+g.IntN(1500)))
		}
		list := &a.in
		if g.chance(50) {
			list = &a.out
		}
		taken := false
		for _, r := range *list {
			taken = taken || r.number == deny.number
		}
		if !taken && (deny.proto != "all" || deny.peer != "0.0.0.0/0" || g.chance(10)) {
			*list = append(*list, deny)
		}
	}
	g.s.acls = append(g.s.acls, a)
}
