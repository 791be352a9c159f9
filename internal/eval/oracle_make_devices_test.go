package eval_test

import (
	"fmt"
	"strconv"
)

// appliance puts a forwarding instance into the subnet for it, and perhaps a
// NAT instance and NAT gateways into the public one.
func (g *generator) appliance(n *net) {
	for _, s := range n.subnets {
		switch {
		case s.role == "fw" && g.whole && g.chance(40):
			n.fw = g.inspector(n.name, []*sub{s}, strconv.Itoa(n.k))[0]
		case s.role == "fw":
			name := fmt.Sprintf("fw%d", n.k)
			g.s.insts = append(g.s.insts, instSpec{name: name, forward: true})
			e := g.eni(n, s, name)
			e.check, e.groups = false, []string{n.groups[0]}
			n.fw = e.name
			if o := pick(g, n.subnets); o != s && o.cidr != "" && g.chance(35) { // a leg in another subnet
				e := g.eni(n, o, name)
				e.check, e.groups = false, []string{n.groups[0]}
			}
			if g.chance(20) {
				g.s.insts[len(g.s.insts)-1].masq = [][2]string{pick(g, [][2]string{{"", ""}, {"", ""}, {"2001:db8::/32", ""}})}
			}
		case s.role == "pub":
			if g.whole && n.igw != "" && g.chance(25) { // NGW-19
				var zones []string
				for _, z := range []string{"az-a", "az-b"}[:1+g.IntN(2)] {
					list := g.publicIP()
					if g.chance(30) {
						list = "[" + list + ", " + g.publicIP() + "]"
					}
					zones = append(zones, z+": "+list)
				}
				g.s.nats = append(g.s.nats, natSpec{name: fmt.Sprintf("nat%d", n.k), vpc: n.name, zones: "{" + join(zones) + "}"})
			} else if g.chance(60) {
				s.next++
				g.s.nats = append(g.s.nats, natSpec{name: fmt.Sprintf("nat%d", n.k), subnet: s.name, ip: fmt.Sprintf("%s%d", s.base, s.next), public: g.publicIP()})
				g.furtherAddress(s)
			}
			if g.chance(35) {
				name := fmt.Sprintf("nati%d", n.k)
				inst := instSpec{name: name, forward: true, masq: [][2]string{pick(g, [][2]string{{"", ""}, {fmt.Sprintf("10.%d.0.0/16", n.c), ""}, {"", "0.0.0.0/1"}, {"10.0.0.0/8", "192.0.0.0/4"}})}}
				g.s.insts = append(g.s.insts, inst)
				e := g.eni(n, s, name)
				e.check, e.groups = false, []string{n.groups[0]}
				if len(e.public) == 0 {
					e.public = [][2]string{{e.ips[0], g.publicIP()}}
				}
			}
			if g.chance(50) {
				n.vpnHost = fmt.Sprintf("ovpn%d", n.k)
				g.s.insts = append(g.s.insts, instSpec{name: n.vpnHost, forward: true})
				e := g.eni(n, s, n.vpnHost)
				e.check, e.groups = false, []string{n.groups[0]}
				if len(e.public) == 0 && g.chance(80) {
					e.public = [][2]string{{e.ips[0], g.publicIP()}}
				}
				if g.chance(12) {
					g.s.insts[len(g.s.insts)-1].masq = [][2]string{pick(g, [][2]string{{"", ""}, {"", "10.0.0.0/8"}})}
				}
			}
		case s.role == "pub2" && g.chance(50):
			s.next++
			g.s.nats = append(g.s.nats, natSpec{name: fmt.Sprintf("natp%d", n.k), subnet: s.name, ip: fmt.Sprintf("%s%d", s.base, s.next), public: ""})
		}
	}
}

// furtherAddress gives the NAT gateway made last another address or two.
func (g *generator) furtherAddress(s *sub) {
	if !g.whole || !g.chance(25) {
		return
	}
	n := &g.s.nats[len(g.s.nats)-1]
	for range 1 + g.IntN(2) {
		s.next++
		n.further = append(n.further, fmt.Sprintf("%s%d", s.base, s.next))
		if n.public != "" {
			n.furtherPublic = append(n.furtherPublic, g.publicIP())
		}
	}
}
