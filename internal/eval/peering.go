package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// peering takes b over a peering connection (PCX-1): only from the one VPC's
// blocks to the other's, and then by local routes alone (PCX-5).
func (w *walk) peering(b branch, v *model.VPC, p *model.PeeringConnection, r *model.Route) {
	if !p.Active() {
		w.badRoute(&b, r, fmt.Sprintf("%s is %s, not active", p.Name, p.Status))
		return
	}
	w.cross(b, v, p)
}

func (w *walk) cross(b branch, v *model.VPC, p *model.PeeringConnection) {
	far := p.Other(v)
	inside := w.in(b.asked, b.fam, b.destination(), w.net.vpc(far).blocks.Ranges(b.fam))
	if outside := w.sp.Minus(b.asked, inside); outside != packet.Empty {
		w.drop(&b, outside, func() Hop {
			return Hop{Component: p.Name, Kind: p.Kind, Resource: p, At: p.At, Code: PeeringAddress,
				Message: fmt.Sprintf("%s is in no block of %s; peering leads no further", w.some(outside, b.fam, b.destination()), far.Name),
				RuleIDs: []string{"PCX-5"}}
		})
		if b.asked == packet.Empty {
			return
		}
	}
	from := b.asked
	if !b.fromBalancer() { // LB-6: a node's packets may keep the client's address
		from = w.in(b.asked, b.fam, b.source(), w.net.vpc(v).blocks.Ranges(b.fam))
	}
	w.gate(&b, from, true, func(denied packet.Set) Hop {
		w.assume("PCX-6", "a peering connection carries no packet whose source lies outside the sending VPC")
		return Hop{Component: p.Name, Kind: p.Kind, Resource: p, At: p.At, Code: PeeringAddress,
			Message: fmt.Sprintf("the source %s is in no block of %s", w.some(denied, b.fam, b.source()), v.Name),
			RuleIDs: []string{"PCX-6"}}
	})
	if b.asked == packet.Empty {
		return
	}
	if w.rec {
		w.step(&b, &Hop{Component: p.Name, Kind: p.Kind, Resource: p, At: p.At, Action: Forward,
			Message: "to " + far.Name, RuleIDs: []string{"PCX-3"}})
	}
	if b.dir == packet.Forward {
		w.remember(&b, mark{kind: crossed, device: p})
	}
	if !sameRegion(v, far) {
		b.iface = nil // SG-17: groups do not reach across Regions
	}
	w.resolve(b, far, w.arriveAt)
}
