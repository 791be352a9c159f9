package load

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

// checkPools checks the public ranges of the owner's own that an internet
// gateway's table takes: such a table is for this alone, and the ranges are
// nobody else's (GW-14).
func (r *resolver) checkPools(t *rawTable) {
	if len(t.Pools) == 0 {
		return
	}
	at := t.Pools[0].At
	gateway := false
	for _, e := range t.Edges {
		_, ok := e.(*model.InternetGateway)
		gateway = gateway || ok
	}
	if !gateway && len(t.edges) == len(t.Edges) {
		r.fault(at, idEdgeTable, "route table %q has `public_ipv4_pools` and is no internet gateway's; expected `edge_associations` with one", t.Name)
	}
	if t.VPC == nil {
		return
	}
	for _, s := range t.VPC.Subnets {
		if s.RouteTable == t.RouteTable {
			r.faultOf(at, idEdgeTable, s.At, quote(s.Name)+" is declared here", "route table %q has `public_ipv4_pools`, and such a table is no subnet's; subnet %q uses it", t.Name, s.Name)
		}
	}
	for _, p := range t.Pools {
		for _, b := range t.VPC.Blocks() {
			if b.Prefix.Overlaps(p.Prefix) {
				r.faultOf(p.At, idBlockOverlap, b.At, "the block of the VPC", "pool %s overlaps block %s of VPC %q; its addresses are the internet's", p.Prefix, b.Prefix, t.VPC.Name)
			}
		}
	}
}

// poolAround returns the pool of a table that p lies in.
func poolAround(t *rawTable, p netip.Prefix) (model.Block, bool) {
	for _, b := range t.Pools {
		if contains(b.Prefix, p) {
			return b, true
		}
	}
	return model.Block{}, false
}

// pool checks a route for a pool of public addresses, or a part of one: to a
// network interface, of /23 to /28 (GW-14).
func (c *routeCheck) pool(raw rawRoute, route *model.Route, pool model.Block) {
	if bits := route.Destination.Bits(); bits < 23 || bits > 28 {
		c.r.faultOf(raw.destAt, idEdgeTable, pool.At, "the pool", "destination %s lies in pool %s and has a prefix length of %d; expected 23 to 28", route.Destination, pool.Prefix, bits)
	}
	if _, ok := route.Target.(*model.Interface); !ok && route.Kind != model.TargetBlackhole {
		c.r.faultOf(raw.target.at, idEdgeTable, pool.At, "the pool", "destination %s lies in pool %s, whose routes lead to network interfaces; found %s", route.Destination, pool.Prefix, quote(raw.target.text))
	}
}

// checkPoolAddresses: an address of a pool is nobody's Elastic IP address
// (GW-14, LINT-12), and no two tables share a pool.
func (r *resolver) checkPoolAddresses() {
	type taken struct {
		prefix netip.Prefix
		at     diag.Pos
	}
	var seen []taken
	for _, t := range r.d.tables {
		for _, p := range t.Pools {
			for _, o := range seen {
				if o.prefix.Overlaps(p.Prefix) {
					r.faultOf(p.At, idBlockOverlap, o.at, "the first", "pool %s overlaps pool %s, at %s", p.Prefix, o.prefix, o.at)
				}
			}
			seen = append(seen, taken{p.Prefix, p.At})
		}
	}
	if len(seen) == 0 {
		return
	}
	for _, d := range r.d.interfaces {
		for _, m := range d.Public {
			for _, o := range seen {
				if m.By == model.KindInternetGateway && o.prefix.Contains(m.Public) {
					r.faultOf(m.At, idDuplicatePublicAddress, o.at, "the pool", "public address %s is of pool %s, whose addresses are routed and are nobody's Elastic IP address", m.Public, o.prefix)
				}
			}
		}
	}
}
