package eval_test

import (
	"fmt"
	"math/rand/v2"
)

// randomSpec makes a legal topology of one to three VPCs in which most things
// are right, and then breaks a few of them. Without whole it has only the
// sections that buildSpec knows.
func randomSpec(r *rand.Rand, whole bool) *spec {
	g := &generator{Rand: r, s: &spec{}, whole: whole}
	n := pick(g, []int{1, 2, 2, 3, 3})
	g.regions = g.chance(35)
	if g.chance(70) {
		g.s.networks = append(g.s.networks, networkSpec{name: "office", cidrs: []string{"198.51.100.0/24"}})
	}
	g.lists()
	for k := 1; k <= n; k++ {
		g.vpc(k)
	}
	for i := range g.nets {
		for j := range i {
			g.join(g.nets[j], g.nets[i])
		}
	}
	g.relay()
	if whole {
		g.directConnect()
		g.hub()
		g.premises()
		g.homes()
		for _, n := range g.nets {
			g.balancer(n)
			g.endpoints(n)
			g.nat64(n)
			g.pool(n)
			g.advertise(n)
			g.moreLists(n)
		}
		g.chains()
		g.blockPublicAccess()
	}
	for g.Rand.IntN(100) < 60 {
		g.breakSomething()
	}
	for i := range g.s.acls {
		sortRules(g.s.acls[i].in)
		sortRules(g.s.acls[i].out)
	}
	return g.s
}

type generator struct {
	*rand.Rand
	s               *spec
	nets            []*net
	public          int
	carriers, owned int
	regions         bool
	whole           bool
}

// net is what the generator remembers of a VPC.
type net struct {
	k         int
	c         int // its IPv4 block is 10.c.0.0/16; VPCs that never meet may share it
	name      string
	v6        bool
	igw, eigw string
	second    string // the first half of the secondary block
	vgw       string
	groups    []string
	subnets   []*sub
	fw        string // the interface of an appliance
	hosts     []string
	outposts  []*sub
	dc        []string // prefixes on premises
	vpnHost   string   // an instance for tunnels
}

type sub struct {
	name, role  string
	cidr, cidr6 string
	base, base6 string // to append a host number to
	table       string
	next        int
	az          string
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

func (g *generator) lists() {
	if g.whole {
		g.s.lists = append(g.s.lists, listSpec{"pl-s3", []string{"52.219.0.0/16", "3.5.140.0/22"}})
	}
	g.s.lists = append(g.s.lists, listSpec{"pl-out", []string{"198.51.100.0/24", "192.0.2.128/25"}})
	if g.chance(50) {
		g.s.lists = append(g.s.lists, listSpec{"pl-in", []string{"10.0.0.0/8", "172.16.0.0/12"}})
	} else {
		g.s.lists = append(g.s.lists, listSpec{"pl-in", []string{"10.1.0.0/16", "10.2.0.0/17", "203.0.113.0/24"}})
	}
}

func (g *generator) publicIP() string {
	g.public++
	return fmt.Sprintf("203.0.113.%d", g.public)
}

func (g *generator) vpc(k int) {
	n := &net{k: k, c: k, name: fmt.Sprintf("vpc%d", k), v6: g.chance(55)}
	if k > 1 && g.chance(8) {
		n.c = g.nets[0].c
	}
	g.nets = append(g.nets, n)
	v := vpcSpec{name: n.name, cidrs: []string{fmt.Sprintf("10.%d.0.0/16", n.c)}}
	second := g.chance(25)
	if second {
		n.second = pick(g, []string{"100.64", "44.55"}) // shared, or public (ADDR-14)
		v.cidrs = append(v.cidrs, fmt.Sprintf("%s.%d.0/20", n.second, k*16))
	}
	if n.v6 {
		v.cidr6 = []string{fmt.Sprintf("2001:db8:%d::/56", k)}
	}
	if g.regions {
		v.region = pick(g, []string{"eu-west-1", "eu-west-1", "us-east-1"})
	}
	g.s.vpcs = append(g.s.vpcs, v)
	if g.chance(88) {
		n.igw = fmt.Sprintf("igw%d", k)
		g.s.igws = append(g.s.igws, gatewaySpec{n.igw, n.name})
	}
	if n.v6 && g.chance(60) {
		n.eigw = fmt.Sprintf("eigw%d", k)
		g.s.eigws = append(g.s.eigws, gatewaySpec{n.eigw, n.name})
	}
	g.groups(n)
	roles := []string{"pub"}
	for _, r := range []struct {
		role    string
		percent int
	}{{"priv", 80}, {"app", 45}, {"fw", 55}, {"iso", 25}, {"pub2", 20}} {
		if g.chance(r.percent) {
			roles = append(roles, r.role)
		}
	}
	for i, role := range roles {
		g.subnet(n, role, i+1, second && role != "fw" && g.chance(35))
	}
	g.vpn(n)
	g.appliance(n)
	for _, s := range n.subnets {
		for range 1 + g.IntN(2) {
			g.host(n, s)
		}
	}
	if g.whole {
		g.edge(n)
	}
	for _, s := range n.subnets {
		g.exits(n, s)
	}
	g.edges(n)
	g.inside(n)
}

func (g *generator) subnet(n *net, role string, i int, second bool) {
	s := &sub{name: fmt.Sprintf("sn-%s%d", role, n.k), role: role, next: 4 + g.IntN(8), az: pick(g, []string{"az-a", "az-a", "az-b"})}
	s.base = fmt.Sprintf("10.%d.%d.", n.c, i)
	if second {
		s.base = fmt.Sprintf("%s.%d.", n.second, n.k*16+i)
	}
	s.cidr = s.base + "0/24"
	if n.v6 && g.chance(90) {
		s.base6 = fmt.Sprintf("2001:db8:%d:%d::", n.k, i)
		s.cidr6 = s.base6 + "/64"
		if role == "iso" && g.chance(25) {
			s.base, s.cidr = "", "" // IPv6 only
		}
	}
	if role != "iso" || g.chance(50) {
		s.table = "rtb-" + s.name
		g.s.tables = append(g.s.tables, tableSpec{name: s.table, vpc: n.name})
	}
	acl := ""
	if g.chance(40) || role == "pub" && g.chance(30) {
		acl = "acl-" + s.name
		g.acl(n, acl, role == "pub" && g.chance(60))
	}
	g.s.subnets = append(g.s.subnets, subnetSpec{name: s.name, vpc: n.name, cidr: s.cidr, cidr6: s.cidr6, az: s.az, table: s.table, acl: acl})
	n.subnets = append(n.subnets, s)
}

// eni makes an interface in a subnet and returns its name.
func (g *generator) eni(n *net, s *sub, inst string) *eniSpec {
	s.next++
	e := eniSpec{name: "eni-" + inst, subnet: s.name, inst: inst, check: true, groups: []string{pick(g, n.groups)}}
	if s.cidr != "" {
		e.ips = []string{fmt.Sprintf("%s%d", s.base, s.next)}
	}
	if s.cidr6 != "" && (s.cidr == "" || s.role == "fw" || g.chance(90)) {
		e.ip6 = []string{fmt.Sprintf("%s%x", s.base6, s.next)}
	}
	if g.chance(20) && s.cidr != "" {
		s.next++
		e.ips = append(e.ips, fmt.Sprintf("%s%d", s.base, s.next))
	}
	if g.chance(20) {
		if o := pick(g, n.groups); o != e.groups[0] {
			e.groups = append(e.groups, o)
		}
	}
	public := s.role == "pub" && g.chance(75) || s.role == "app" && g.chance(85) || s.role == "fw" && g.chance(90) || g.chance(15)
	if public {
		for _, a := range e.ips {
			if a == e.ips[0] || g.chance(50) {
				e.public = append(e.public, [2]string{a, g.publicIP()})
			}
		}
	}
	for i := range g.s.enis {
		if g.s.enis[i].name == e.name {
			e.name += "b"
		}
	}
	g.s.enis = append(g.s.enis, e)
	return &g.s.enis[len(g.s.enis)-1]
}

func (g *generator) host(n *net, s *sub) {
	name := fmt.Sprintf("h%d%c", n.k, 'a'+len(n.hosts))
	g.s.insts = append(g.s.insts, instSpec{name: name})
	g.eni(n, s, name)
	n.hosts = append(n.hosts, name)
	if g.chance(12) && len(n.subnets) > 1 {
		if o := pick(g, n.subnets); o != s {
			g.eni(n, o, name)
		}
	}
	if g.chance(8) {
		e := g.eni(n, s, "spare-"+name)
		e.inst = ""
	}
}

func (g *generator) table(name string) *tableSpec {
	for i := range g.s.tables {
		if g.s.tables[i].name == name {
			return &g.s.tables[i]
		}
	}
	return nil
}

// addRoute adds a route to a table unless it has the destination already.
func (g *generator) addRoute(table, dst, target string) {
	t := g.table(table)
	if t == nil || target == "" || dst == "" {
		return
	}
	for _, r := range t.routes {
		if r.dst == dst {
			return
		}
	}
	t.routes = append(t.routes, routeSpec{dst: dst, target: target})
}
