package eval_test

import "github.com/vpcpath/vpcpath/internal/packet"

// breakSomething makes one mistake that AWS would accept.
func (g *generator) breakSomething() {
	s := g.s
	if g.whole && g.chance(35) {
		g.breakExtra()
		return
	}
	switch g.IntN(14) {
	case 0: // forget a route
		if t := pick(g, s.tables); len(t.routes) > 0 {
			i := g.IntN(len(t.routes))
			p := g.table(t.name)
			p.routes = append(p.routes[:i:i], p.routes[i+1:]...)
		}
	case 1: // lose a target
		if t := pick(g, s.tables); len(t.routes) > 0 && len(t.edges) == 0 {
			if r := &g.table(t.name).routes[g.IntN(len(t.routes))]; r.origin == "" {
				r.target = "blackhole"
			}
		}
	case 2, 3: // the check left on, or off for nothing
		e := &s.enis[g.IntN(len(s.enis))]
		e.check = !e.check
	case 4: // a host that does not forward
		i := &s.insts[g.IntN(len(s.insts))]
		i.forward = !i.forward
	case 5: // no public address
		s.enis[g.IntN(len(s.enis))].public = nil
	case 6: // an interface attached to nothing
		e := &s.enis[g.IntN(len(s.enis))]
		n := 0
		for _, o := range s.enis {
			if o.inst == e.inst {
				n++
			}
		}
		if n > 1 {
			e.inst = ""
		}
	case 7: // a rule too few
		sg := &s.groups[g.IntN(len(s.groups))]
		if len(sg.in) > 0 {
			i := g.IntN(len(sg.in))
			sg.in = append(sg.in[:i:i], sg.in[i+1:]...)
		}
	case 8: // nothing leaves
		if g.chance(30) {
			sg := &s.groups[g.IntN(len(s.groups))]
			sg.outDefault, sg.out = false, nil
		}
	case 9: // a deny before the rest
		if len(s.acls) > 0 {
			a := &s.acls[g.IntN(len(s.acls))]
			lo := pick(g, []uint16{22, 80, 443, 1024, 32768, 49152, 60000})
			r := ruleSpec{number: 1 + g.IntN(2), proto: "tcp", peer: "0.0.0.0/0", ports: []packet.PortRange{{Lo: lo, Hi: lo + uint16(g.IntN(500))}}}
			list := &a.out
			if g.chance(50) {
				list = &a.in
			}
			for _, o := range *list {
				if o.number == r.number {
					return
				}
			}
			*list = append(*list, r)
		}
	case 10: // a rule of an ACL too few
		if len(s.acls) > 0 {
			a := &s.acls[g.IntN(len(s.acls))]
			if n := len(a.out); n > 0 {
				i := g.IntN(n)
				a.out = append(a.out[:i:i], a.out[i+1:]...)
			}
		}
	case 11: // masquerade narrower than it should be
		i := &s.insts[g.IntN(len(s.insts))]
		if len(i.masq) > 0 {
			i.masq = [][2]string{{"10.1.0.0/17", pick(g, []string{"", "0.0.0.0/1", "10.0.0.0/8"})}}
		}
	case 12: // a subnet on the main table
		i := g.IntN(len(s.subnets))
		if g.chance(40) {
			s.subnets[i].table = ""
		}
	case 13: // a gateway detached
		if n := len(s.igws); n > 0 && g.chance(25) {
			g.detach(g.IntN(n))
		}
	}
}

// detach takes an internet gateway off its VPC; routes to it become black
// holes.
func (g *generator) detach(i int) {
	for _, t := range g.s.tables {
		for _, e := range t.edges {
			if e == g.s.igws[i].name {
				return
			}
		}
	}
	for _, n := range g.s.nats {
		if n.vpc != "" && n.vpc == g.s.igws[i].vpc { // NGW-1
			return
		}
	}
	g.s.igws[i].vpc = ""
}
