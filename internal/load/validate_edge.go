package load

import (
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

// resolveEdges looks up the gateways that use a table for what enters through
// them, and checks that they may (GW-1, GW-4, LINT-25).
func (r *resolver) resolveEdges(t *rawTable) {
	for i, name := range t.edges {
		res, ok := r.find(name, model.KindInternetGateway, model.KindVPNGateway)
		if !ok {
			continue
		}
		if first, twice := twiceIn(t.edges, i); twice {
			r.faultOf(name.at, idDuplicateEntry, first, "the first", "%q stands twice in `edge_associations`; the first is at %s", name.text, first)
			continue
		}
		vpc, table := edgeOf(res)
		if *table != nil {
			r.faultOf(name.at, idSecondEdgeTable, (*table).At, quote((*table).Name)+" is declared here",
				"%s %q uses route table %q already; a gateway has at most one", res.ID().Kind.Words(), name.text, (*table).Name)
			continue
		}
		if vpc != nil && t.VPC != nil && vpc != t.VPC {
			r.faultOf(name.at, idOtherVPC, res.ID().At, quote(name.text)+" is declared here",
				"%s %q is attached to VPC %q; route table %q is of VPC %q", res.ID().Kind.Words(), name.text, vpc.Name, t.Name, t.VPC.Name)
			continue
		}
		*table = t.RouteTable
		t.Edges = append(t.Edges, res)
	}
	r.checkPools(t)
	if len(t.Edges) == 0 {
		return
	}
	if t.VPC != nil && t.VPC.MainRouteTable == t.RouteTable { // GW-4
		r.fault(t.edges[0].at, idEdgeTable, "route table %q is the main table of VPC %q and cannot be a gateway's too; write a table of its own", t.Name, t.VPC.Name)
	}
	if len(t.propagating) > 0 { // GW-4
		r.fault(t.propagating[0].at, idEdgeTable, "route table %q is a gateway's, into which nothing propagates; expected no `propagating_gateways`", t.Name)
	}
}

// edgeOf returns the VPC of a gateway and the place of its edge table.
func edgeOf(res model.Resource) (*model.VPC, **model.RouteTable) {
	switch g := res.(type) {
	case *model.InternetGateway:
		return g.VPC, &g.EdgeTable
	case *model.VPNGateway:
		return g.VPC, &g.EdgeTable
	}
	panic("no gateway with an edge")
}

// edge checks a route of a gateway route table (GW-2, GW-3, LINT-25).
func (c *routeCheck) edge(raw rawRoute, route *model.Route) {
	fault := func(at diag.Pos, id ID, format string, args ...any) {
		c.r.faultOf(at, id, c.t.edges[0].at, "the table is a gateway's", format, args...)
	}
	if route.Origin.Propagated() { // GW-4
		fault(raw.at, idEdgeTable, "route table %q is a gateway's, into which nothing propagates", c.t.Name)
		return
	}
	if route.PrefixList != nil { // GW-3, MISC-1
		fault(raw.destAt, idEdgeTable, "route table %q is a gateway's, which takes no prefix list; expected the CIDR of a subnet or a block of VPC %q", c.t.Name, c.t.VPC.Name)
		return
	}
	switch route.Target.(type) { // GW-2
	case nil, *model.Interface, *model.VPCEndpoint:
	default:
		fault(raw.target.at, idEdgeTable, "%s %q cannot be a target in route table %q, which is a gateway's; expected `local`, a network interface or a gateway_load_balancer endpoint",
			route.Target.ID().Kind.Words(), raw.target.text, c.t.Name)
		return
	}
	if pool, ok := poolAround(c.t, route.Destination); ok { // GW-14
		c.pool(raw, route, pool)
		return
	}
	block, inside := blockAround(c.t.VPC, route.Destination)
	if !inside { // GW-3
		fault(raw.destAt, idEdgeTable, "destination %s lies outside of VPC %q; in a gateway's route table it is exactly a block of the VPC or the CIDR of a subnet",
			route.Destination, c.t.VPC.Name)
		return
	}
	if block == route.Destination {
		return
	}
	if route.Kind == model.TargetLocal { // RT-3
		fault(raw.target.at, idIllegalTarget, "target `local` goes with exactly a block of VPC %q as destination; expected %s", c.t.VPC.Name, blockList(c.t.VPC))
		return
	}
	if !isSubnet(c.t.VPC, route.Destination) { // GW-3
		fault(raw.destAt, idEdgeTable, "destination %s is neither a block of VPC %q nor the CIDR of a subnet%s", route.Destination, c.t.VPC.Name, nearestSubnet(c.t.VPC, route.Destination))
	}
}
