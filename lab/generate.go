package lab

import (
	"fmt"
	"math/rand/v2"
	"net/netip"

	"gopkg.in/yaml.v3"
)

// A document is a topology file as a tree, to generate, print and shrink.
type document = map[string]any

// A generator makes random topologies: mostly ones that work, with some of
// their parts broken, so that both answers occur, and partial ones.
type generator struct {
	*rand.Rand
	doc    document
	vpcs   []*genVPC
	public int // the next public address
	tables map[string]document
	zones  bool     // subnets say in which Availability Zone they are
	sites  []string // prefixes behind transit gateways

	carried           []string // prefixes behind carrier gateways
	carrierIPs, owned int      // carrier and customer-owned addresses so far
}

type genVPC struct {
	name     string
	n        int
	v6       bool
	igw, vgw string
	eigw     string
	nat      string
	devices  []string // interfaces or instances that forward
	subnets  []*genSubnet
	groups   []string
	acls     []string
	peers    map[*genVPC]string
	sites    []string // prefixes behind the VPN gateway
	// endpoints are those that inspect, and a route may lead to.
	endpoints []string
	hosts     []genHost
	tgw       string
	carrier   string     // a carrier gateway
	wireless  *genSubnet // in its Wavelength Zone
	locals    []string   // local gateways
	quiet     bool       // has no routes to its peers and no default route (NGW-12)
}

// genHost is a plain instance.
type genHost struct{ name, ip string }

type genSubnet struct {
	name, cidr, cidr6, table, zone string
	attached                       bool // for a transit gateway, without hosts
	bare                           bool // for an endpoint, without hosts
	vpc                            *genVPC
	n, hosts                       int
	devices                        []string
	routed                         map[string]bool
}

// Generate makes a topology from a seed, as YAML.
func Generate(seed uint64) ([]byte, document) {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1)), doc: document{"version": 1}, tables: map[string]document{}}
	g.zones = g.chance(45)
	for n := range 1 + g.IntN(3) {
		g.vpc(n)
	}
	for _, v := range g.vpcs {
		g.gateways(v)
		g.filters(v)
		g.carrier(v)
	}
	g.outposts()
	g.peerings()
	for _, v := range g.vpcs {
		g.devices(v)
		g.natGateway(v)
		g.hosts(v)
		g.endpoints(v)
		g.connect(v)
	}
	g.transit()
	g.directConnect()
	for _, v := range g.vpcs {
		g.balancer(v)
	}
	g.tunnel()
	for _, v := range g.vpcs {
		for _, s := range v.subnets {
			g.routes(s)
		}
		g.edges(v)
	}
	g.publicAccess()
	text, err := yaml.Marshal(g.doc)
	if err != nil {
		panic(err) // a tree of maps, lists and scalars
	}
	return text, g.doc
}

// chance is true in so many of a hundred cases.
func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *generator, list ...T) T { return list[g.IntN(len(list))] }

// put adds an entry to a section.
func (g *generator) put(section, name string, entry document) document {
	s, ok := g.doc[section].(document)
	if !ok {
		s = document{}
		g.doc[section] = s
	}
	s[name] = entry
	return entry
}

func (g *generator) vpc(n int) {
	v := &genVPC{name: fmt.Sprintf("vpc-%d", n), n: n, v6: g.chance(35), quiet: n > 0 && g.chance(12), peers: map[*genVPC]string{}}
	g.vpcs = append(g.vpcs, v)
	d := g.put("vpcs", v.name, document{"cidr": fmt.Sprintf("10.%d.0.0/16", n)})
	if v.v6 {
		d["ipv6_cidr"] = fmt.Sprintf("2001:db8:%x:1000::/56", n+1)
	}
	if g.chance(20) {
		d["region"] = pick(g, "ap-northeast-1", "eu-west-1")
	}
	for k := range 2 + g.IntN(3) {
		s := g.subnet(v, k, fmt.Sprintf("10.%d.%d.0/24", n, k))
		if v.v6 && g.chance(80) {
			s.cidr6 = fmt.Sprintf("2001:db8:%x:10%02x::/64", n+1, k)
			g.doc["subnets"].(document)[s.name].(document)["ipv6_cidr"] = s.cidr6
		}
	}
}

// subnet adds a subnet with a route table of its own.
func (g *generator) subnet(v *genVPC, k int, cidr string) *genSubnet {
	s := &genSubnet{name: fmt.Sprintf("net-%d%d", v.n, k), vpc: v, n: k, cidr: cidr, routed: map[string]bool{}, zone: g.zoneOf(g.IntN(2))}
	if s.hosts = 10; k > 4 {
		s.hosts = 4 // a small one
	}
	s.table = fmt.Sprintf("rtb-%d%d", v.n, k)
	v.subnets = append(v.subnets, s)
	d := g.put("subnets", s.name, document{"vpc": v.name, "cidr": s.cidr, "route_table": s.table})
	if s.zone != "" {
		d["az"] = s.zone
	}
	g.tables[s.table] = g.put("route_tables", s.table, document{"vpc": v.name, "routes": []any{}})
	return s
}

// zoneOf names a zone, where the topology has them.
func (g *generator) zoneOf(k int) string {
	if !g.zones || g.chance(8) {
		return ""
	}
	return []string{"az-a", "az-b"}[k]
}

// ip takes the next free address of a subnet.
func (g *generator) ip(s *genSubnet) string {
	s.hosts++
	return nth(s.cidr, s.hosts)
}

func (g *generator) publicIP() string {
	g.public++
	return nth("203.0.113.0/24", g.public)
}

// nth is an address of a prefix.
func nth(cidr string, n int) string {
	a := netip.MustParsePrefix(cidr).Addr().AsSlice()
	a[len(a)-1] += byte(n)
	out, _ := netip.AddrFromSlice(a)
	return out.String()
}
