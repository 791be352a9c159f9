package eval

import (
	"net/netip"
	"slices"
	"sync"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/lpm"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// Net is a topology made ready for questions. It may be asked by any number
// of goroutines. Tables are compiled when a question first needs them, so
// that a single question about a large topology compiles little.
type Net struct {
	topo    *model.Topology
	symbols *symbols

	tables   cache[*model.RouteTable, *routeTable]
	locals   cache[*model.VPC, *routeTable]
	acls     cache[aclKey, *filter]
	groups   cache[*model.Interface, *groupFilters]
	groupOf  cache[string, *groupFilters]
	vpcs     cache[*model.VPC, *vpcNet]
	hosts    cache[*model.Instance, *hostTable]
	sites    cache[*model.VPNGateway, *routeTable]
	exits    cache[model.Resource, *exitTable]
	tunnels  cache[*model.Tunnel, bool]
	doubts   cache[symbolFilter, *alternatives]
	outposts cache[*model.LocalGateway, *lpm.Table[publicOwner]]

	public      func() *lpm.Table[publicOwner]
	publicAddrs func() addr.Set
	carried     func() addr.Set
	world       func() addr.Set
	named       func() *lpm.Table[*model.ExternalNetwork]

	walks sync.Pool
}

// Compile makes a topology ready for questions.
func Compile(t *model.Topology) *Net {
	n := &Net{topo: t, symbols: compileSymbols(t)}
	n.public = sync.OnceValue(n.compilePublic)
	n.publicAddrs = sync.OnceValue(n.compilePublicAddrs)
	n.carried = sync.OnceValue(n.compileCarried)
	n.world = sync.OnceValue(n.compileWorld)
	n.named = sync.OnceValue(n.compileNamed)
	n.walks.New = func() any { return &walk{net: n, sp: packet.NewSpace()} }
	return n
}

// cache builds values on demand; concurrent builders of one key agree on the
// first to finish.
type cache[K comparable, V any] struct {
	mu sync.RWMutex
	m  map[K]V
}

func (c *cache[K, V]) get(k K, build func(K) V) V {
	c.mu.RLock()
	v, ok := c.m[k]
	c.mu.RUnlock()
	if ok {
		return v
	}
	built := build(k)
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.m[k]; ok {
		return v
	}
	if c.m == nil {
		c.m = map[K]V{}
	}
	c.m[k] = built
	return built
}

// publicOwner is what the world outside finds behind an address of the
// topology: an interface with the private address that a gateway maps; for
// IPv6 the VPC alone (IGW-13), and for a range of the owner's own the VPC whose
// gateway takes it in (GW-14).
type publicOwner struct {
	vpc     *model.VPC
	iface   *model.Interface // nil for IPv6 and for a range
	private netip.Addr
	by      model.Kind // the kind of gateway that maps it
	pool    bool       // GW-14
	known   bool       // made known on the premises (MISC-4)
}

func (n *Net) compilePublic() *lpm.Table[publicOwner] {
	var b lpm.Builder[publicOwner]
	for _, i := range n.topo.Interfaces {
		for _, p := range i.Public {
			if p.By != model.KindLocalGateway {
				b.Insert(netip.PrefixFrom(p.Public, p.Public.BitLen()), publicOwner{vpc: i.Subnet.VPC, iface: i, private: p.Private, by: p.By})
			}
		}
	}
	for _, t := range n.topo.RouteTables {
		for _, p := range t.Pools {
			b.Insert(p.Prefix, publicOwner{vpc: t.VPC, by: model.KindInternetGateway, pool: true})
		}
	}
	for _, v := range n.topo.VPCs {
		for _, c := range v.IPv6CIDRs {
			b.Insert(c.Prefix, publicOwner{vpc: v, by: model.KindInternetGateway})
		}
	}
	return b.Build()
}

// compilePublicAddrs returns every public address of the topology.
func (n *Net) compilePublicAddrs() addr.Set {
	var own []netip.Prefix
	for e := range n.public().All() {
		own = append(own, e)
	}
	return addr.SetOf(own...)
}

// compileNamed maps the addresses of external networks on the internet to
// their names.
func (n *Net) compileNamed() *lpm.Table[*model.ExternalNetwork] {
	var b lpm.Builder[*model.ExternalNetwork]
	for _, e := range n.topo.ExternalNetworks {
		if e.OnInternet() {
			for _, c := range e.CIDRs {
				b.Insert(c.Prefix, e)
			}
		}
	}
	return b.Build()
}

// notPublic are the IPv4 ranges that the internet does not carry. The
// documentation ranges are left in, since examples use them.
var notPublic = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
	"172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4")

var (
	rfc1918  = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
	rfc6598  = prefixes("100.64.0.0/10")
	private6 = prefixes("fc00::/7")
	public4  = addr.SetOf(netip.MustParsePrefix("0.0.0.0/0")).Minus(notPublic)
	public6  = prefixes("2000::/3")
	publicIP = public4.Union(public6)
)

func prefixes(list ...string) addr.Set {
	ps := make([]netip.Prefix, len(list))
	for i, s := range list {
		ps[i] = netip.MustParsePrefix(s)
	}
	return addr.SetOf(ps...)
}

// compileCarried returns the addresses that the internet carries: all public
// ones but those of VPC blocks, which are private whatever their range
// (ADDR-14).
func (n *Net) compileCarried() addr.Set {
	var own []netip.Prefix
	for _, v := range n.topo.VPCs {
		for _, c := range v.Blocks() {
			own = append(own, c.Prefix)
		}
	}
	return publicIP.Minus(addr.SetOf(own...))
}

// compileWorld returns what `internet` and `internet6` stand for: what the
// internet carries, less the topology's own public addresses.
func (n *Net) compileWorld() addr.Set { return n.carried().Minus(n.publicAddrs()) }

// vpcNet is what the stages need to know of a VPC.
type vpcNet struct {
	owners   *lpm.Table[*model.Interface] // by private and IPv6 address; attached interfaces only
	mapped   mappedBy
	blocks   addr.Set
	services addr.Set // answered by the hypervisor (ADDR-7, ADDR-8)
	pool     addr.Set // what AWS may choose for interfaces whose address is not known (ADDR-21)
}

// mappedBy holds the addresses outside by private address, for each kind of
// gateway that maps them.
type mappedBy struct{ internet, carrier, local *lpm.Table[netip.Addr] }

func (m *mappedBy) of(by model.Kind) *lpm.Table[netip.Addr] {
	switch by {
	case model.KindCarrierGateway:
		return m.carrier
	case model.KindLocalGateway:
		return m.local
	}
	return m.internet
}

func (n *Net) vpc(v *model.VPC) *vpcNet { return n.vpcs.get(v, n.compileVPC) }

func (n *Net) compileVPC(v *model.VPC) *vpcNet {
	var owners lpm.Builder[*model.Interface]
	mapped := map[model.Kind]*lpm.Builder[netip.Addr]{model.KindInternetGateway: {}, model.KindCarrierGateway: {}, model.KindLocalGateway: {}}
	for _, i := range n.topo.Interfaces {
		if i.Subnet.VPC != v || i.Owner == nil {
			continue // M-5: only an attached interface receives
		}
		for _, a := range i.Addrs() {
			owners.Insert(netip.PrefixFrom(a, a.BitLen()), i)
		}
		for _, p := range i.Public {
			mapped[p.By].Insert(netip.PrefixFrom(p.Private, p.Private.BitLen()), p.Public)
		}
	}
	var ps []netip.Prefix
	for _, b := range v.Blocks() {
		ps = append(ps, b.Prefix)
	}
	by := mappedBy{mapped[model.KindInternetGateway].Build(), mapped[model.KindCarrierGateway].Build(), mapped[model.KindLocalGateway].Build()}
	return &vpcNet{owners: owners.Build(), mapped: by, blocks: addr.SetOf(ps...), services: v.LinkLocalServices(), pool: n.poolOf(v)}
}

// hostTable is the routing table of an instance (ADDR-15, NI-21, VPNI-10).
type hostTable struct {
	routes *lpm.Table[hostRoute]
}

// hostRoute leads out of an interface or, when end is set, into a tunnel.
type hostRoute struct {
	iface *model.Interface
	end   *model.TunnelEnd
}

func (n *Net) host(i *model.Instance) *hostTable { return n.hosts.get(i, compileHost) }

func compileHost(inst *model.Instance) *hostTable {
	var b lpm.Builder[hostRoute]
	for _, i := range slices.Backward(inst.Interfaces) { // the primary, first in order, wins
		if len(i.Private) > 0 {
			b.Insert(netip.PrefixFrom(netip.IPv4Unspecified(), 0), hostRoute{iface: i})
		}
		if len(i.IPv6) > 0 {
			b.Insert(netip.PrefixFrom(netip.IPv6Unspecified(), 0), hostRoute{iface: i})
		}
	}
	for _, i := range slices.Backward(inst.Interfaces) {
		for _, p := range i.Subnet.Prefixes() {
			if i.Primary(p.Addr().Is6()).IsValid() { // on link only in a family that the interface speaks
				b.Insert(p, hostRoute{iface: i})
			}
		}
	}
	for _, e := range slices.Backward(inst.TunnelEnds) { // of equal routes the first added stays
		for _, r := range e.Routes {
			b.Insert(r.Prefix, hostRoute{end: e})
		}
		if a := e.Peer().Address; a.IsValid() {
			b.Insert(netip.PrefixFrom(a, a.BitLen()), hostRoute{end: e})
		}
	}
	return &hostTable{b.Build()}
}
