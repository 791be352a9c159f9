package load

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
)

// chooseAddresses puts stand-ins in the place of addresses that AWS chooses,
// and says which addresses each may be.
func (r *resolver) chooseAddresses() {
	c := chooser{r: r, taken: map[netip.Addr]bool{}, known: map[*model.Subnet][]netip.Addr{}}
	any := false
	for _, d := range r.d.interfaces {
		for _, a := range d.each() {
			any = any || a.auto
		}
	}
	if !any {
		return
	}
	c.avoid()
	for _, d := range r.d.interfaces {
		name := d.Name
		if _, node := d.Owner.(*model.LoadBalancer); d.Implicit && !node && d.Owner != nil {
			name = d.Owner.ID().Name
		}
		c.private(d, &d.primary, name+".private_ip")
		for k := range d.secondary {
			text := name + ".private_ips[" + itoa(k) + "]"
			if k == 0 && !d.primary.given() {
				text = name + ".private_ip"
			}
			c.private(d, &d.secondary[k], text)
		}
		for k := range d.v6 {
			text := name + ".ipv6"
			if k > 0 {
				text += "[" + itoa(k) + "]"
			}
			c.private(d, &d.v6[k], text)
		}
		for k := range d.publics {
			p := &d.publics[k]
			text := name + ".public_ip"
			if p.private.given() && len(d.publics) > 1 {
				text = name + ".public_ips[" + p.private.String() + "]"
			}
			c.public(d, &p.public, text)
		}
	}
	c.pools()
}

// each returns the addresses of an interface.
func (d *rawInterface) each() []address {
	out := []address{d.primary}
	out = append(out, d.secondary...)
	out = append(out, d.v6...)
	for _, p := range d.publics {
		out = append(out, p.public)
	}
	return out
}

// chooser hands out stand-ins.
type chooser struct {
	r     *resolver
	taken map[netip.Addr]bool // named anywhere in the topology, or handed out
	known map[*model.Subnet][]netip.Addr
	last  netip.Addr // the public stand-in handed out last
}

// avoid collects every address that the topology names: a stand-in is none of
// them, so that what is said of an address is never taken for what is said of
// a stand-in.
func (c *chooser) avoid() {
	d := c.r.d
	prefix := func(p netip.Prefix) {
		if p.IsValid() && p.IsSingleIP() {
			c.taken[p.Addr()] = true
		}
	}
	for _, i := range d.interfaces {
		for _, a := range i.each() {
			if a.IsValid() {
				c.taken[a.Addr] = true
				c.known[i.Subnet] = append(c.known[i.Subnet], a.Addr)
			}
		}
	}
	for _, g := range d.groups {
		for _, x := range append(g.Ingress[:len(g.Ingress):len(g.Ingress)], g.Egress...) {
			prefix(x.CIDR)
		}
	}
	for _, a := range d.acls {
		for _, x := range append(a.Ingress[:len(a.Ingress):len(a.Ingress)], a.Egress...) {
			prefix(x.CIDR)
		}
	}
	for _, i := range d.instances {
		for _, f := range i.PortForwards {
			prefix(f.Destination)
			c.taken[f.To] = true
		}
		for _, m := range i.Masquerade {
			prefix(m.Source)
			prefix(m.Destination)
		}
	}
	for _, b := range d.balancers {
		for _, l := range b.listeners {
			for _, t := range l.targets {
				c.taken[t.address.Addr] = true
			}
		}
	}
	for _, f := range d.firewalls {
		for _, x := range append(f.Stateless[:len(f.Stateless):len(f.Stateless)], f.Stateful...) {
			for _, b := range append(x.Source[:len(x.Source):len(x.Source)], x.Destination...) {
				prefix(b.Prefix)
			}
		}
	}
	for _, l := range d.lists {
		for _, b := range l.CIDRs {
			prefix(b.Prefix)
		}
	}
	for _, x := range d.expects {
		for _, e := range []ref{x.from, x.to} {
			if a, err := netip.ParseAddr(e.text); err == nil {
				c.taken[a] = true
			}
		}
	}
}

// private puts a stand-in of its subnet in the place of an address.
func (c *chooser) private(d *rawInterface, a *address, text string) {
	if !a.auto || d.Subnet == nil {
		return
	}
	p := d.Subnet.CIDR
	if a == &d.primary || isSecondary(d, a) {
		if !p.IsValid() {
			c.r.hole(a.at, idAddressOutside, "`auto` asks for an IPv4 address, and subnet %q has none; leave it out, and write `ipv6: auto`", d.Subnet.Name)
			return
		}
	} else if p = d.Subnet.IPv6CIDR; !p.IsValid() {
		c.r.hole(a.at, idAddressOutside, "`auto` asks for an IPv6 address, and subnet %q has no `ipv6_cidr`", d.Subnet.Name)
		return
	}
	f := addr.FamilyOf(p.Addr())
	for x := addr.RangeOf(p).Last(f).Prev(); p.Contains(x) && reservedAs(p, x) == ""; x = x.Prev() { // ADDR-6
		if !c.taken[x] {
			c.take(d, a, x, text, false)
			return
		}
	}
	c.r.hole(a.at, idAddressOutside, "subnet %q has no address left for `auto` of %s", d.Subnet.Name, owner(d))
}

func isSecondary(d *rawInterface, a *address) bool {
	for k := range d.secondary {
		if a == &d.secondary[k] {
			return true
		}
	}
	return false
}

// firstPublic is where public stand-ins begin, downwards: the anycast range of
// 6to4, which is public, nobody's, and never AWS's to give (RFC 7526).
var firstPublic = netip.MustParseAddr("192.88.99.254")

func (c *chooser) public(d *rawInterface, a *address, text string) {
	if !a.auto {
		return
	}
	x := firstPublic
	if c.last.IsValid() {
		x = c.last.Prev()
	}
	for c.taken[x] {
		x = x.Prev()
	}
	c.last = x
	c.take(d, a, x, text, true)
}

func (c *chooser) take(d *rawInterface, a *address, x netip.Addr, text string, public bool) {
	a.Addr = x
	c.taken[x] = true
	c.r.t.Symbols = append(c.r.t.Symbols, &model.Symbol{Text: text, Interface: d.Interface, Addr: x, Public: public})
}

// publicUse is what a public address may be: all but what nobody routes.
var publicUse = addr.SetOf(netip.MustParsePrefix("0.0.0.0/0")).Minus(addr.SetOf(
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("224.0.0.0/3")))

// pools works out what each symbol may be, when all of them are known: what
// is free, less the stand-ins of the others.
func (c *chooser) pools() {
	var others []netip.Addr
	for _, s := range c.r.t.Symbols {
		others = append(others, s.Addr)
	}
	standIns := addr.SetOfAddrs(others...)
	free := map[netip.Prefix]addr.Set{}
	private := func(s *model.Subnet, p netip.Prefix) addr.Set {
		if set, ok := free[p]; ok {
			return set
		}
		f := addr.FamilyOf(p.Addr())
		r := addr.RangeOf(p)
		reserved := []netip.Addr{r.Last(f)}
		for x, n := p.Addr(), 0; n < 4; x, n = x.Next(), n+1 { // ADDR-6
			reserved = append(reserved, x)
		}
		free[p] = addr.SetOf(p).Minus(addr.SetOfAddrs(reserved...)).Minus(addr.SetOfAddrs(c.known[s]...)).Minus(standIns)
		return free[p]
	}
	var publicFree addr.Set
	for _, s := range c.r.t.Symbols {
		switch {
		case s.Public && publicFree.Empty():
			publicFree = publicUse.Minus(c.knownPublic()).Minus(standIns)
			fallthrough
		case s.Public:
			s.Pool = publicFree
		case s.Addr.Is4():
			s.Pool = private(s.Interface.Subnet, s.Interface.Subnet.CIDR)
		default:
			s.Pool = private(s.Interface.Subnet, s.Interface.Subnet.IPv6CIDR)
		}
		s.Pool = s.Pool.Union(addr.SetOfAddrs(s.Addr))
	}
}

// knownPublic are the addresses that the topology knows to be somebody's.
func (c *chooser) knownPublic() addr.Set {
	var ps []netip.Prefix
	add := func(list []model.Block) {
		for _, b := range list {
			ps = append(ps, b.Prefix)
		}
	}
	for _, n := range c.r.d.networks {
		add(n.CIDRs)
	}
	for _, v := range c.r.t.VPCs {
		add(v.Blocks())
	}
	for _, d := range c.r.d.interfaces {
		for _, p := range d.publics {
			if a := p.public; a.IsValid() && !a.auto && p.by == model.KindInternetGateway {
				ps = append(ps, netip.PrefixFrom(a.Addr, a.BitLen()))
			}
		}
	}
	return addr.SetOf(ps...)
}
