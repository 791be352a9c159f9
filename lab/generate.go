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

func (g *generator) gateways(v *genVPC) {
	if g.chance(90) {
		v.igw = fmt.Sprintf("igw-%d", v.n)
		g.put("internet_gateways", v.igw, document{"vpc": v.name})
	}
	if v.v6 && g.chance(40) {
		v.eigw = fmt.Sprintf("eigw-%d", v.n)
		g.put("egress_only_internet_gateways", v.eigw, document{"vpc": v.name})
	}
	if !g.chance(25) {
		return
	}
	v.vgw = fmt.Sprintf("vgw-%d", v.n)
	g.put("vpn_gateways", v.vgw, document{"vpc": v.name})
	for k := range 1 + g.IntN(2) {
		vpn, site := fmt.Sprintf("vpn-%d%d", v.n, k), fmt.Sprintf("site-%d%d", v.n, k)
		cidr := fmt.Sprintf("172.%d.%d.0/24", 20+v.n, k)
		v.sites = append(v.sites, cidr)
		d := g.put("vpn_connections", vpn, document{"gateway": v.vgw, "routing": "bgp"})
		if g.chance(50) {
			routes := []any{pick(g, cidr, cidr, fmt.Sprintf("172.%d.0.0/16", 20+v.n))}
			if g.chance(30) { // propagated, it never beats the local route (RT-8)
				routes = append(routes, fmt.Sprintf("10.%d.%d.0/25", v.n, g.IntN(3)))
			}
			d["routing"], d["routes"] = "static", routes
		}
		var behind any = vpn
		if k == 1 && g.chance(40) { // by either connection
			behind = []any{vpn, fmt.Sprintf("vpn-%d0", v.n)}
		}
		g.put("external_networks", site, document{"cidrs": []any{cidr}, "behind": behind})
		g.customer(v, d, vpn)
	}
}

// customer says what a site routes into its connection (VGW-6), and how its
// routes by BGP compare.
func (g *generator) customer(v *genVPC, d document, vpn string) {
	if g.chance(20) {
		name := "cgw-" + vpn
		g.put("customer_gateways", name, document{"routes": pick(g, []any{fmt.Sprintf("10.%d.0.0/16", v.n)}, []any{fmt.Sprintf("10.%d.0.0/23", v.n), "172.16.0.0/12"}, []any{})})
		d["customer_gateway"] = name
	}
	if d["routing"] == "bgp" && g.chance(30) {
		d["as_path_length"], d["med"] = 1+g.IntN(2), g.IntN(2)
	}
}

func (g *generator) peerings() {
	for i, a := range g.vpcs {
		for _, b := range g.vpcs[:i] {
			if !g.chance(65) {
				continue
			}
			name := fmt.Sprintf("pcx-%d%d", b.n, a.n)
			a.peers[b], b.peers[a] = name, name
			d := g.put("peering_connections", name, document{"requester": b.name, "accepter": a.name})
			if g.chance(6) {
				d["status"] = "pending-acceptance"
			}
		}
	}
}

// directConnect puts a Direct Connect gateway before some VPN gateways; its
// site may be one that a VPN connection leads to too.
func (g *generator) directConnect() {
	var gateways []any
	for _, v := range g.vpcs {
		if v.vgw != "" && g.chance(40) {
			gateways = append(gateways, v.vgw)
			v.sites = append(v.sites, "172.26.0.0/24")
		}
	}
	if len(gateways) == 0 {
		return
	}
	d := g.put("direct_connect_gateways", "dx", document{"vpn_gateways": gateways})
	if g.chance(25) {
		d["allowed_prefixes"] = []any{pick(g, "10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16")}
	}
	g.put("external_networks", "far-dx", document{"cidrs": []any{"172.26.0.0/24"}, "behind": "dx"})
	if g.chance(50) && g.doc["transit_gateways"] != nil {
		d := document{"transit_gateway": "tgw-0", "direct_connect_gateway": "dx", "route_table": "trt-00", "propagates_to": []any{"trt-00"}}
		g.put("transit_gateway_attachments", "att-dx", d)
	}
}

// natGateway puts a NAT gateway into some subnet.
func (g *generator) natGateway(v *genVPC) {
	if !g.chance(50) {
		return
	}
	if v.igw != "" && g.chance(20) {
		g.regionalNAT(v)
		return
	}
	s := v.subnets[0]
	if g.chance(15) {
		s = pick(g, v.subnets...)
	}
	v.nat = fmt.Sprintf("nat-%d", v.n)
	d := g.put("nat_gateways", v.nat, document{"subnet": s.name, "private_ip": g.ip(s)})
	if v.igw != "" && g.chance(85) {
		d["public_ip"] = g.publicIP()
	} else {
		d["connectivity"] = "private"
	}
	if g.chance(20) { // with a second address
		ip := g.ip(s)
		d["private_ips"] = []any{ip}
		if d["public_ip"] != nil {
			d["public_ips"] = document{ip: g.publicIP()}
		}
	}
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
