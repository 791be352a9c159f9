package eval

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/lpm"
	"github.com/vpcpath/vpcpath/internal/model"
)

// routeTable is a compiled route table.
type routeTable struct {
	name     *model.Ident
	resource model.Resource
	vpc      *model.VPC
	lookup   *lpm.Table[*routeEntry]
	// unmodelled is set where the routes are not known.
	unmodelled *model.Unmodelled
	// never are propagated routes inside a block of the VPC: they never
	// beat the local route, not even when longer (RT-8).
	never []candidate
	// vague are routes to lists whose CIDRs nobody knows; single are the
	// addresses that have a route of their own, which beats any list.
	vague  []*model.Route
	single addr.Set
}

// rule is the rule by which the table chooses.
func (t *routeTable) rule() string {
	switch t.name.Kind {
	case model.KindVPNGateway:
		return "VGW-2"
	case model.KindTransitGatewayRouteTable:
		return "TGW-4"
	}
	return "RT-4"
}

// routeEntry is everything that the table says about one prefix.
type routeEntry struct {
	candidates []candidate // best first
	equal      int         // how many of them AWS may use; 1 as a rule
	// picks is set where AWS uses one of equal ones and does not say which
	// (RT-7); else it spreads connections over them (TGW-17).
	picks bool
	// inside is set where that is a prefix list's entry inside the VPC, and the
	// local route around it (RT-10).
	inside bool
}

type candidate struct {
	prefix netip.Prefix
	route  *model.Route
}

// table returns a compiled route table.
func (n *Net) table(t *model.RouteTable) *routeTable { return n.tables.get(t, compileTable) }

// edge returns the table that a gateway uses for what enters through it: the
// associated one, or local routes only (GW-5).
func (n *Net) edge(v *model.VPC, t *model.RouteTable) *routeTable {
	if t != nil {
		return n.table(t)
	}
	return n.locals.get(v, func(v *model.VPC) *routeTable {
		implicit := &model.RouteTable{Ident: model.Ident{Name: v.Name, Kind: model.KindVPC}, VPC: v}
		for _, b := range v.Blocks() {
			implicit.Routes = append(implicit.Routes, &model.Route{Destination: b.Prefix, Kind: model.TargetLocal})
		}
		return compileTable(implicit)
	})
}

// vpnTable returns what a VPN gateway knows: a route to each connection for
// each prefix (VGW-1).
func (n *Net) vpnTable(g *model.VPNGateway) *routeTable {
	return n.sites.get(g, func(g *model.VPNGateway) *routeTable {
		t := &model.RouteTable{Ident: g.Ident}
		for _, c := range g.Connections {
			for _, b := range c.Routes {
				t.Routes = append(t.Routes, &model.Route{At: b.At, Destination: b.Prefix, Target: c, Origin: c.Origin(), From: c})
			}
		}
		out := compileTable(t)
		out.resource = g
		return out
	})
}

// rank orders routes to the same prefix, best first (RT-5).
func rank(r *model.Route) int {
	switch {
	case r.Origin != model.OriginStatic:
		return 1 + int(r.Origin)
	case r.PrefixList != nil:
		return 1
	}
	return 0
}

func compileTable(t *model.RouteTable) *routeTable {
	out := &routeTable{name: &t.Ident, vpc: t.VPC, resource: t, unmodelled: t.Unmodelled}
	entries := map[netip.Prefix]*routeEntry{}
	var order []netip.Prefix
	for _, r := range t.Routes {
		if r.PrefixList != nil && r.PrefixList.Unknown {
			out.vague = append(out.vague, r)
			continue
		}
		for _, p := range r.Prefixes() {
			p = p.Masked()
			c := candidate{p, r}
			if r.Origin.Propagated() && insideVPC(t.VPC, p) {
				out.never = append(out.never, c)
				continue
			}
			e, ok := entries[p]
			if !ok {
				e = &routeEntry{}
				entries[p] = e
				order = append(order, p)
			}
			e.candidates = append(e.candidates, c)
		}
	}
	var b lpm.Builder[*routeEntry]
	var single []netip.Prefix
	for _, p := range order {
		e := entries[p]
		if p.IsSingleIP() && len(out.vague) > 0 {
			single = append(single, p)
		}
		slices.SortStableFunc(e.candidates, func(a, b candidate) int { return compareRoutes(a.route, b.route) })
		best := e.candidates[0].route
		e.settle()
		e.picks = e.equal > 1 && !multipath(best)
		if best.PrefixList != nil && insideVPC(t.VPC, p) { // RT-10: nobody says whether it comes before the local route
			if l, ok := localRoute(t, p); ok {
				e.candidates, e.equal, e.picks, e.inside = slices.Insert(e.candidates, e.equal, l), e.equal+1, true, true
			}
		}
		b.Insert(p, e)
	}
	out.lookup, out.single = b.Build(), addr.SetOf(single...)
	return out
}

// settle puts what may be used first: the best route, and those that are as
// good and lead elsewhere.
func (e *routeEntry) settle() {
	best := e.candidates[0].route
	var ties, rest []candidate
	for _, c := range e.candidates {
		tie := len(ties) == 0 || compareRoutes(c.route, best) == 0 && (best.PrefixList != nil || best.Origin.Propagated())
		if tie && !slices.ContainsFunc(ties, func(o candidate) bool { return sameTarget(o.route, c.route) }) {
			ties = append(ties, c)
		} else {
			rest = append(rest, c)
		}
	}
	e.candidates, e.equal = append(ties, rest...), len(ties)
}

// localRoute returns the local route that a prefix lies strictly inside of.
func localRoute(t *model.RouteTable, p netip.Prefix) (candidate, bool) {
	for _, b := range t.VPC.Blocks() {
		if b.Prefix.Bits() >= p.Bits() || !b.Prefix.Contains(p.Addr()) {
			continue
		}
		for _, r := range t.Routes {
			if r.PrefixList == nil && r.Destination == b.Prefix {
				return candidate{b.Prefix, r}, true
			}
		}
	}
	return candidate{}, false
}

// compareRoutes compares two routes to the same prefix, the better one first: by
// rank, and of the same sort by what BGP says (VGW-2, TGW-4).
func compareRoutes(a, b *model.Route) int {
	if d := cmp.Compare(rank(a), rank(b)); d != 0 || a.From == nil || b.From == nil || !a.From.BGP || !b.From.BGP {
		return d
	}
	return cmp.Or(cmp.Compare(a.From.ASPathLength, b.From.ASPathLength), cmp.Compare(a.From.MED, b.From.MED))
}

// multipath reports whether a transit gateway spreads connections over equal
// routes like this one: those learned by BGP over Direct Connect, Connect and,
// where that is on, VPN connections (TGW-17).
func multipath(r *model.Route) bool {
	a, transit := r.Target.(*model.TransitGatewayAttachment)
	if !transit || r.From == nil || !r.From.BGP {
		return false
	}
	switch r.From.Type {
	case model.DirectConnect, model.ConnectAttachment:
		return true
	}
	return !a.TransitGateway.NoECMP
}

func sameTarget(a, b *model.Route) bool { return a.Kind == b.Kind && a.Target == b.Target }

func insideVPC(v *model.VPC, p netip.Prefix) bool {
	if v == nil {
		return false // a transit gateway has no local routes
	}
	for _, b := range v.Blocks() {
		if b.Prefix.Bits() <= p.Bits() && b.Prefix.Contains(p.Addr()) {
			return true
		}
	}
	return false
}
