package load

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// rawTable is a route table with its names not yet looked up.
type rawTable struct {
	*model.RouteTable
	vpc         ref
	transit     ref // of a transit gateway's table, instead of vpc
	routes      []rawRoute
	edges       []ref
	propagating []ref
	implicit    bool // AWS's own; the VPC is set already
}

type rawRoute struct {
	at         diag.Pos
	prefix     netip.Prefix
	list       ref // where the destination is no CIDR
	destAt     diag.Pos
	target     ref
	propagated bool
	advertised bool
}

var tableFields = []field[rawTable]{
	{"vpc", true, func(w *walker, n *yaml.Node, d *rawTable) { w.ref(n, "the name of a VPC", &d.vpc) }},
	{"routes", false, func(w *walker, n *yaml.Node, d *rawTable) {
		w.list(n, "a list of routes", func(item *yaml.Node) { w.readRoute(item, d) })
	}},
	{"edge_associations", false, func(w *walker, n *yaml.Node, d *rawTable) {
		w.refs(n, "the name of an internet gateway or VPN gateway", &d.edges)
	}},
	{"public_ipv4_pools", false, func(w *walker, n *yaml.Node, d *rawTable) { w.cidrs(n, onlyV4, &d.Pools) }},
	{"propagating_gateways", false, func(w *walker, n *yaml.Node, d *rawTable) {
		w.refs(n, "the name of a VPN gateway", &d.propagating)
	}},
}

var routeFields = []field[rawRoute]{
	{"destination", true, func(w *walker, n *yaml.Node, d *rawRoute) {
		d.destAt = w.at(n)
		w.prefixOrRef(n, "a CIDR or the name of a prefix list", &d.prefix, &d.list) // ADDR-4
	}},
	{"target", true, func(w *walker, n *yaml.Node, d *rawRoute) {
		w.ref(n, "the name of a gateway, network interface, instance, peering connection or VPC endpoint, `local` or `blackhole`", &d.target)
	}},
	{"origin", false, func(w *walker, n *yaml.Node, d *rawRoute) {
		var origin string
		w.word(n, []string{"static", "propagated", "advertised"}, &origin)
		d.propagated, d.advertised = origin == "propagated", origin == "advertised"
	}},
}

func (w *walker) readTable(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindRouteTable
	d := &rawTable{RouteTable: &model.RouteTable{Ident: id}}
	w.resource(d.RouteTable)
	w.out.tables = append(w.out.tables, d)
	readMapping(w, n, id.At, subject{"route table", id.Name}, tableFields, d)
}

func (w *walker) readRoute(n *yaml.Node, t *rawTable) {
	d := rawRoute{at: w.at(n)}
	if readMapping(w, n, d.at, subject{kind: "a route"}, routeFields, &d) {
		t.routes = append(t.routes, d)
	}
}

// resolveTableVPCs comes before all that asks which VPC a table is of.
func (r *resolver) resolveTableVPCs() {
	for _, t := range r.d.tables {
		if !t.implicit && !t.transit.given() {
			t.VPC = r.vpc(t.vpc)
		}
	}
}

// resolveTables fills the tables: local routes, the user's, propagated ones.
func (r *resolver) resolveTables() {
	for _, t := range r.d.tables {
		r.t.RouteTables = append(r.t.RouteTables, t.RouteTable)
		r.resolveEdges(t)
		r.resolvePropagating(t)
		routes := r.resolveRoutes(t)
		if t.VPC == nil {
			t.Routes = routes
			continue
		}
		retargeted := map[netip.Prefix]bool{} // RT-11
		for _, route := range routes {
			if route.PrefixList == nil && !route.Origin.Propagated() {
				retargeted[route.Destination] = true
			}
		}
		for _, b := range t.VPC.Blocks() { // RT-3
			if !retargeted[b.Prefix] {
				t.Routes = append(t.Routes, &model.Route{Destination: b.Prefix, Kind: model.TargetLocal})
			}
		}
		t.Routes = append(t.Routes, routes...)
		r.propagate(t)
	}
}

var targetKinds = []model.Kind{model.KindInternetGateway, model.KindEgressOnlyInternetGateway, model.KindNATGateway,
	model.KindNetworkInterface, model.KindInstance, model.KindVPNGateway, model.KindPeeringConnection, model.KindTransitGateway, model.KindNotModelled,
	model.KindVPCEndpoint, model.KindCarrierGateway, model.KindLocalGateway}

// resolveRoutes looks up and checks the routes that the user wrote.
func (r *resolver) resolveRoutes(t *rawTable) []*model.Route {
	var out []*model.Route
	c := routeCheck{r: r, t: t, static: map[string]diag.Pos{}}
	for _, raw := range t.routes {
		route := &model.Route{At: raw.at, Destination: raw.prefix}
		ok := true
		switch {
		case raw.list.given():
			if r.looksLikeCIDR(raw.list, "a CIDR as 10.0.0.0/16, or the name of a prefix list") {
				ok = false
			} else {
				route.PrefixList, ok = lookup[*model.PrefixList](r, raw.list, model.KindPrefixList)
			}
		case !raw.prefix.IsValid():
			ok = false
		}
		switch raw.target.text {
		case "":
			ok = false
		case "local":
			route.Kind = model.TargetLocal
		case "blackhole":
			route.Kind = model.TargetBlackhole
		default:
			kinds := targetKinds
			if t.Kind == model.KindTransitGatewayRouteTable {
				kinds = []model.Kind{model.KindTransitGatewayAttachment, model.KindNotModelled}
			}
			res, found := r.find(raw.target, kinds...)
			if !found {
				ok = false
				break
			}
			if inst, is := res.(*model.Instance); is {
				if len(inst.Interfaces) != 1 { // RT-15, LINT-8
					r.hole(raw.target.at, idInstanceTarget, "instance %q has %d network interfaces; as a target it needs exactly one, so name the interface instead", inst.Name, len(inst.Interfaces))
					ok = false
					break
				}
				res = inst.Interfaces[0]
			}
			route.Target = res
		}
		if !ok {
			continue
		}
		if raw.propagated {
			r.propagatedOrigin(t, raw, route)
		}
		if raw.advertised {
			r.advertisedOrigin(t, raw, route)
		}
		c.check(raw, route)
		out = append(out, route)
	}
	return out
}

// advertisedOrigin checks a route that a VPC Route Server has put into the
// table (RT-21).
func (r *resolver) advertisedOrigin(t *rawTable, raw rawRoute, route *model.Route) {
	route.Origin = model.OriginAdvertised
	if _, ok := route.Target.(*model.Interface); !ok {
		r.fault(raw.target.at, idIllegalTarget, "an advertised route leads to the network interface of a Route Server's peer; found %s", quote(raw.target.text))
	}
	if route.PrefixList != nil {
		r.fault(raw.destAt, idIllegalDestination, "an advertised route has a CIDR as its destination, not prefix list %q", route.PrefixList.Name)
	}
	for _, name := range t.edges {
		if _, ok := r.t.Names[name.text].(*model.VPNGateway); ok {
			r.faultOf(raw.at, idEdgeTable, name.at, "the table is a VPN gateway's", "route table %q is a VPN gateway's, into which a Route Server puts no routes", t.Name)
		}
	}
}

// propagatedOrigin works out where a route written as propagated came from.
func (r *resolver) propagatedOrigin(t *rawTable, raw rawRoute, route *model.Route) {
	route.Origin = model.OriginPropagatedVPN
	g, ok := route.Target.(*model.VPNGateway)
	switch {
	case !ok: // RT-20
		r.fault(raw.target.at, idIllegalTarget, "a propagated route leads to a VPN gateway; found %s", quote(raw.target.text))
		return
	case route.PrefixList != nil:
		r.fault(raw.destAt, idIllegalDestination, "a propagated route has a CIDR as its destination, not prefix list %q", route.PrefixList.Name)
		return
	}
	for _, c := range g.Connections {
		for _, b := range c.Routes {
			if b.Prefix != route.Destination {
				continue
			}
			if route.From == nil || c.Origin() < route.From.Origin() { // RT-5
				route.From, route.Origin = c, c.Origin()
			}
		}
	}
}

func (r *resolver) resolvePropagating(t *rawTable) {
	for i, name := range t.propagating {
		g, ok := lookup[*model.VPNGateway](r, name, model.KindVPNGateway)
		if !ok {
			continue
		}
		if first, twice := twiceIn(t.propagating, i); twice {
			r.faultOf(name.at, idDuplicateEntry, first, "the first", "%q stands twice in `propagating_gateways`; the first is at %s", name.text, first)
			continue
		}
		if g.VPC != nil && t.VPC != nil && g.VPC != t.VPC { // RT-20
			r.faultOf(name.at, idOtherVPC, g.At, quote(g.Name)+" is declared here",
				"VPN gateway %q is attached to VPC %q; its routes cannot propagate into a table of VPC %q", g.Name, g.VPC.Name, t.VPC.Name)
			continue
		}
		t.Propagating = append(t.Propagating, g)
	}
}

func twiceIn(names []ref, i int) (first diag.Pos, twice bool) {
	for _, o := range names[:i] {
		if o.text == names[i].text {
			return o.at, true
		}
	}
	return diag.Pos{}, false
}

// propagate adds what attached gateways know (RT-20). A route that the user
// wrote as propagated is not added again.
func (r *resolver) propagate(t *rawTable) {
	type key struct {
		gateway *model.VPNGateway
		prefix  netip.Prefix
	}
	written := map[key]bool{}
	for _, route := range t.Routes {
		if g, ok := route.Target.(*model.VPNGateway); ok && route.Origin.Propagated() {
			written[key{g, route.Destination}] = true
		}
	}
	for _, g := range t.Propagating {
		if g.VPC == nil {
			continue
		}
		for _, c := range g.Connections {
			for _, b := range c.Routes {
				if written[key{g, b.Prefix}] {
					continue
				}
				t.Routes = append(t.Routes, &model.Route{At: b.At, Destination: b.Prefix, Target: g, Origin: c.Origin(), From: c})
			}
		}
	}
}
