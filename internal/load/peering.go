package load

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

type rawPeering struct {
	*model.PeeringConnection
	requester, accepter ref
}

var peeringStates = []string{"initiating-request", "pending-acceptance", "active", "deleted",
	"rejected", "failed", "expired", "provisioning", "deleting"}

var peeringFields = []field[rawPeering]{
	{"requester", true, func(w *walker, n *yaml.Node, d *rawPeering) { w.ref(n, "the name of a VPC", &d.requester) }},
	{"accepter", true, func(w *walker, n *yaml.Node, d *rawPeering) { w.ref(n, "the name of a VPC", &d.accepter) }},
	{"status", false, func(w *walker, n *yaml.Node, d *rawPeering) { w.word(n, peeringStates, &d.Status) }},
}

func (w *walker) readPeering(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindPeeringConnection
	d := &rawPeering{PeeringConnection: &model.PeeringConnection{Ident: id, Status: "active"}}
	w.resource(d.PeeringConnection)
	w.out.peerings = append(w.out.peerings, d)
	readMapping(w, n, id.At, subject{"peering connection", id.Name}, peeringFields, d)
}

func (r *resolver) resolvePeerings() {
	type pair struct{ a, b *model.VPC }
	seen := map[pair]*rawPeering{}
	for _, p := range r.d.peerings {
		r.t.PeeringConnections = append(r.t.PeeringConnections, p.PeeringConnection)
		p.Requester, p.Accepter = r.vpc(p.requester), r.vpc(p.accepter)
		if p.Requester == nil || p.Accepter == nil {
			continue
		}
		if p.Requester == p.Accepter { // PCX-1
			r.fault(p.accepter.at, idSelfPeering, "peering connection %q joins VPC %q with itself; expected two VPCs", p.Name, p.Requester.Name)
			continue
		}
		switch p.Status {
		case "deleted", "deleting", "failed", "rejected", "expired":
			continue // AWS keeps these for a while; they hinder nothing
		}
		if first := seen[pair{p.Requester, p.Accepter}]; first != nil { // PCX-1
			r.faultOf(p.At, idSecondPeering, first.At, quote(first.Name)+" is declared here",
				"VPCs %q and %q have peering connection %q already, at %s; two VPCs have at most one", p.Requester.Name, p.Accepter.Name, first.Name, first.At)
			continue
		}
		seen[pair{p.Requester, p.Accepter}], seen[pair{p.Accepter, p.Requester}] = p, p
		if a, b, bad := overlap(p.Requester, p.Accepter); bad { // PCX-2
			r.faultOf(p.At, idPeeringOverlap, a.At, "the block of "+quote(p.Requester.Name),
				"VPCs %q and %q cannot peer: block %s overlaps %s", p.Requester.Name, p.Accepter.Name, a.Prefix, b.Prefix)
		}
	}
}

// overlap finds two blocks of two VPCs that share addresses.
func overlap(v, o *model.VPC) (a, b model.Block, bad bool) {
	for _, a := range v.Blocks() {
		for _, b := range o.Blocks() {
			if a.Prefix.Overlaps(b.Prefix) {
				return a, b, true
			}
		}
	}
	return a, b, false
}

// contains reports whether p is inside q or equal to it.
func contains(q, p netip.Prefix) bool { return q.Bits() <= p.Bits() && q.Contains(p.Addr()) }
