package eval

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/lpm"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// Addresses that AWS chooses (ADDR-21) are walked by their stand-ins. Where a
// rule or a route would decide otherwise about another address that AWS may
// choose, what it decides is undetermined; everything else is certain.

// symbols are a topology's, sorted by stand-in.
type symbols struct {
	list  []*model.Symbol
	names Names
}

func compileSymbols(t *model.Topology) *symbols {
	s := &symbols{list: slices.Clone(t.Symbols), names: Names{}}
	slices.SortFunc(s.list, func(a, b *model.Symbol) int { return a.Addr.Compare(b.Addr) })
	for _, x := range s.list {
		s.names[x.Addr] = x.Text
	}
	return s
}

// in returns the symbols whose stand-ins a field of s has.
func (w *walk) symbolsIn(s packet.Set, f addr.Family, field packet.Field) []*model.Symbol {
	all := w.net.symbols.list
	if len(all) == 0 || s == packet.Empty {
		return nil
	}
	var out []*model.Symbol
	for _, r := range w.addrs(s, f, field) {
		i, _ := slices.BinarySearchFunc(all, r, func(x *model.Symbol, r addr.Range) int {
			return cmp.Or(cmp.Compare(addr.FamilyOf(x.Addr), f), addr.KeyOf(x.Addr).Compare(r.Lo))
		})
		for ; i < len(all) && addr.FamilyOf(all[i].Addr) == f && r.Contains(addr.KeyOf(all[i].Addr)); i++ {
			out = append(out, all[i])
		}
	}
	return out
}

// withSymbol returns the part of s whose field is a symbol's.
func (w *walk) withSymbol(s packet.Set, f addr.Family, field packet.Field, x *model.Symbol) packet.Set {
	return w.in(s, f, field, []addr.Range{addr.RangeOfAddr(x.Addr)})
}

// splits reports whether a range holds some of what a symbol may be and not
// the rest. A range that is the stand-in alone follows the symbol.
func splits(x *model.Symbol, p netip.Prefix) bool {
	if p.Addr().Is4() != x.Addr.Is4() || p.IsSingleIP() && p.Addr() == x.Addr {
		return false
	}
	s := addr.SetOf(p)
	return s.Overlaps(x.Pool) && !s.Covers(x.Pool)
}

// doubt makes part undetermined, since the address that AWS chooses for x
// decides what a rule or a route does with it. follows tells that the walk
// goes on with all that the rule may let through.
func (w *walk) doubt(b *branch, part packet.Set, x *model.Symbol, who model.Resource, what string, at diag.Pos, follows bool) {
	if part == packet.Empty {
		return
	}
	if !follows {
		pulled := w.only(*b, part)
		w.doubted = w.sp.Or(w.doubted, w.pull(&pulled, pulled.live))
	}
	w.undetermined(b, part, func() Hop {
		h := gatewayHop(who).with(AddressNotKnown, fmt.Sprintf("%s is not known yet, and %s holds for some of the addresses that AWS may choose", x.Text, what), "ADDR-21")
		if at.IsValid() {
			h.At = at
		}
		return h
	})
}

// doubtRanges is doubt for a rule about ranges of addresses.
func (w *walk) doubtRanges(b *branch, s packet.Set, field packet.Field, who model.Resource, at diag.Pos, ps ...netip.Prefix) {
	for _, x := range w.symbolsIn(s, b.fam, field) {
		all := addr.SetOf(ps...)
		if all.Covers(x.Pool) {
			continue
		}
		for _, p := range ps {
			if splits(x, p) {
				w.doubt(b, w.withSymbol(s, b.fam, field, x), x, who, "the rule for "+p.String(), at, false)
				break
			}
		}
	}
}

// doubtTable is doubt for a look-up: what is decided alike for every address
// that the symbol may be is certain. alike compares two values.
func doubtTable[V any](w *walk, b *branch, t *lpm.Table[V], s packet.Set, field packet.Field, alike func(a, b lpm.Region[V]) bool, each func(part packet.Set, x *model.Symbol, other lpm.Region[V])) {
	for _, x := range w.symbolsIn(s, b.fam, field) {
		own := t.Regions(nil, b.fam, addr.RangeOfAddr(x.Addr))[0]
		var regions []lpm.Region[V]
		for _, r := range x.Pool.Ranges(b.fam) {
			regions = t.Regions(regions, b.fam, r)
		}
		for _, r := range regions {
			if !alike(own, r) {
				each(w.withSymbol(s, b.fam, field, x), x, r)
				break
			}
		}
	}
}

// forkRoutes follows every route that an address which AWS chooses may take,
// where there are several, and leaves the rest in b. It works where all of
// them do.
func (w *walk) forkRoutes(b *branch, t *routeTable, next func(branch, candidate)) {
	alike := func(a, b lpm.Region[*routeEntry]) bool {
		if !a.OK || !b.OK {
			return a.OK == b.OK
		}
		p, q := a.Value.candidates[0].route, b.Value.candidates[0].route
		return a.Value == b.Value || a.Value.equal == 1 && b.Value.equal == 1 && p.Kind == q.Kind && p.Target == q.Target
	}
	for _, x := range w.symbolsIn(b.asked, b.fam, b.destination()) {
		var ways, regions []lpm.Region[*routeEntry]
		for _, r := range x.Pool.Ranges(b.fam) {
			regions = t.lookup.Regions(regions, b.fam, r)
		}
		for _, r := range regions {
			if !slices.ContainsFunc(ways, func(o lpm.Region[*routeEntry]) bool { return alike(o, r) }) {
				ways = append(ways, r)
			}
		}
		if len(ways) < 2 {
			continue
		}
		part := w.only(*b, w.withSymbol(b.asked, b.fam, b.destination(), x))
		w.without(b, part.asked)
		w.chosen = w.sp.Or(w.chosen, w.pull(&part, part.live))
		if w.rec {
			h := gatewayHop(t.resource).with(AddressNotKnown, x.Text+" is not known yet, and "+t.name.Name+" has different routes to the addresses that AWS may choose", "ADDR-21")
			for _, r := range ways {
				if r.OK && splits(x, r.Prefix) {
					route := r.Value.candidates[0].route
					h.At = route.At
					h.Message = fmt.Sprintf("%s is not known yet, and the route %s of %s holds for some of the addresses that AWS may choose", x.Text, route.DestinationText(), t.name.Name)
				}
			}
			h.Action, h.Passed = Deny, true
			w.step(&part, &h)
			w.block(&part, &h, part.asked, part.live == packet.Empty)
		}
		for _, r := range ways {
			w.follow(part, t, r.Value, r.OK, next)
		}
	}
}

// alternatives are a filter's decisions about some of what a symbol may be.
type alternatives struct {
	services []*packet.Services
	splits   []filterRule // the rules that tell the addresses apart
}

type symbolFilter struct {
	f *filter
	x *model.Symbol
}

// alternatives returns how a filter may decide about a symbol; nil where it
// decides about every address alike.
func (n *Net) alternatives(f *filter, x *model.Symbol) *alternatives {
	return n.doubts.get(symbolFilter{f, x}, compileAlternatives)
}

func compileAlternatives(k symbolFilter) *alternatives {
	out := &alternatives{}
	var cut []netip.Prefix
	for _, r := range k.f.rules {
		some := false
		for _, p := range r.literal() {
			if splits(k.x, p) {
				cut = append(cut, p)
				some = true
			}
		}
		if some {
			out.splits = append(out.splits, r)
		}
	}
	if len(cut) == 0 {
		return nil
	}
	classes := []addr.Set{k.x.Pool}
	for _, p := range cut {
		s := addr.SetOf(p)
		for _, c := range slices.Clone(classes) {
			if c.Overlaps(s) && !s.Covers(c) {
				i := slices.IndexFunc(classes, c.Equal)
				classes[i] = c.Minus(s)
				classes = append(classes, c.Intersect(s))
			}
		}
	}
	made := map[string]bool{}
	for _, c := range classes {
		var list []packet.Service
		for id, r := range k.f.rules {
			holds := r.follows(k.x)
			for _, p := range r.literal() {
				holds = holds || addr.SetOf(p).Covers(c)
			}
			if holds {
				list = append(list, services(r.traffic(), r.acl == nil || r.acl.Allow, int32(id))...)
			}
		}
		if key := ruleKey(list); !made[key] {
			made[key] = true
			out.services = append(out.services, packet.NewServices(list, noRule))
		}
	}
	return out
}

// literal returns the CIDRs that a rule writes out.
func (r *filterRule) literal() []netip.Prefix {
	switch {
	case r.acl != nil && r.acl.Symbol == nil:
		return []netip.Prefix{r.acl.CIDR}
	case r.sg != nil && r.sg.Symbol == nil:
		return r.sg.Prefixes()
	}
	return nil
}

// follows reports whether a rule names a symbol, or by a group whose it is.
func (r *filterRule) follows(x *model.Symbol) bool {
	switch {
	case r.acl != nil:
		return r.acl.Symbol == x
	case r.sg.Group != nil:
		return r.byMember && !x.Public && slices.Contains(r.sg.Group.Members, x.Interface)
	}
	return r.sg.Symbol == x
}

func (r *filterRule) traffic() model.Traffic {
	if r.acl != nil {
		return r.acl.Traffic
	}
	return r.sg.Traffic
}

// doubtFilter returns what a filter may allow of s, sure being what it allows
// for other reasons than a peer's address. Of what it allows for some of the
// addresses that a peer may become, the verdict is undetermined.
func (w *walk) doubtFilter(b *branch, f *filter, s packet.Set, peer packet.Field, sure packet.Set) (may packet.Set) {
	may = packet.Empty
	for _, x := range w.symbolsIn(s, b.fam, peer) {
		a := w.net.alternatives(f, x)
		if a == nil {
			continue
		}
		part := w.sp.Minus(w.withSymbol(s, b.fam, peer, x), sure)
		some, all := packet.Empty, part
		for _, services := range a.services {
			ok := w.sp.Restrict(part, b.fam, peer, b.dir, everyPeer(services))
			some, all = w.sp.Or(some, ok), w.sp.And(all, ok)
		}
		may = w.sp.Or(may, some)
		unsure := w.sp.Minus(some, all)
		for _, r := range a.splits {
			touched := w.sp.Restrict(unsure, b.fam, peer, b.dir, everyPeer(packet.NewServices(services(r.traffic(), true, 0), noRule)))
			who, what, at := model.Resource(r.group), "", diag.Pos{}
			if r.acl != nil {
				who, what, at = f.acl, fmt.Sprintf("rule %d of %s for %s", r.acl.Number, f.acl.Name, r.acl.CIDR), r.acl.At
			} else {
				what, at = fmt.Sprintf("the rule for %s of %s", r.sg.PeerText(), r.group.Name), r.sg.At
			}
			w.doubt(b, touched, x, who, what, at, true)
		}
	}
	return may
}

// mayBe returns the part of s whose destination an interface of v may get,
// and the symbol that it may be.
func (w *walk) mayBe(s packet.Set, f addr.Family, field packet.Field, v *model.VPC) (packet.Set, *model.Symbol) {
	pool := w.net.vpc(v).pool
	if !pool.Has(f) || s == packet.Empty {
		return packet.Empty, nil
	}
	part := w.in(s, f, field, pool.Ranges(f))
	if part == packet.Empty {
		return packet.Empty, nil
	}
	at := w.addrs(part, f, field)
	for _, x := range w.net.topo.Symbols {
		if !x.Public && x.Interface.Subnet.VPC == v && x.Pool.Overlaps(addr.SetOfRanges(f, at...)) {
			return part, x
		}
	}
	return part, w.net.topo.Symbols[0]
}

// poolOf is what the addresses of a VPC's interfaces may become, less their
// stand-ins.
func (n *Net) poolOf(v *model.VPC) addr.Set {
	var out addr.Set
	seen := map[netip.Prefix]bool{}
	var own []netip.Addr
	for _, x := range n.topo.Symbols {
		if x.Public || x.Interface.Subnet.VPC != v || x.Interface.Owner == nil {
			continue
		}
		own = append(own, x.Addr)
		p := x.Interface.Subnet.CIDR
		if x.Addr.Is6() {
			p = x.Interface.Subnet.IPv6CIDR
		}
		if !seen[p] {
			seen[p] = true
			out = out.Union(x.Pool)
		}
	}
	return out.Minus(addr.SetOfAddrs(own...))
}

// namedByAddress makes undetermined what a question asks of an address as
// such where AWS may choose that address for somebody.
func (w *walk) namedByAddress(b *branch) {
	for _, x := range w.symbolsIn(b.asked, b.fam, packet.Dst) {
		part := w.withSymbol(b.asked, b.fam, packet.Dst, x)
		w.endsUnknown(b, part, func() Hop {
			return gatewayHop(x.Interface).with(AddressNotKnown, x.Text+" is not known yet, and may become this address", "ADDR-21")
		})
		w.without(b, part)
	}
}
