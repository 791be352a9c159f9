package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// Prefix lists whose CIDRs nobody knows, as that of a gateway endpoint's service
// in a plan (MISC-6). A packet that may be for an address of such a list is
// followed both ways, by the route to the list and by the one that wins
// otherwise; where they differ the answer is unknown.

// maybe is a part of the question that a route to such a list decides.
type maybe struct {
	hop    Hop
	branch branch
	set    packet.Set // in the question's headers
}

// forkLists follows the routes to lists whose CIDRs are not known. What they do
// may not win stays with b too, which is all of it as a rule.
func (w *walk) forkLists(b *branch, t *routeTable, next func(branch, candidate)) {
	for _, r := range t.vague {
		if r.PrefixList == w.listed && b.dir == packet.Forward {
			fork := *b
			fork.table = t
			if w.rec {
				w.routeHop(&fork, t, candidate{route: r})
			}
			next(fork, candidate{route: r})
			w.without(b, b.asked)
			return
		}
		fork := w.only(*b, w.mayBeListed(b, t, r))
		if fork.asked == packet.Empty {
			continue
		}
		pulled := w.pull(&fork, fork.live)
		w.chosen = w.sp.Or(w.chosen, pulled)
		fork.table = t
		c := candidate{route: r}
		if w.rec {
			w.routeHop(&fork, t, c)
			h := gatewayHop(t.resource).with(PrefixListNotKnown, fmt.Sprintf("%s leads %s to %s, and which addresses are in the list is not known", t.name.Name, r.PrefixList.Name, r.TargetText()), "MISC-6")
			h.At, h.Action, h.Passed = r.At, Deny, true
			w.maybes = append(w.maybes, maybe{h, fork, pulled})
		}
		next(fork, c)
	}
}

// mayBeListed returns the part of b whose destination may be in the list of a
// route. A service's addresses are public ones and open no connection, and
// what its endpoint does not carry nobody sends to it.
func (w *walk) mayBeListed(b *branch, t *routeTable, r *model.Route) packet.Set {
	s := b.asked
	if e, ok := r.Target.(*model.VPCEndpoint); ok && e.Type == model.GatewayEndpoint {
		if b.fam == addr.V6 {
			return packet.Empty
		}
		s = w.in(s, b.fam, b.destination(), w.net.world().Ranges(b.fam))
		carried := w.carriedByGateway(b.fam)
		other := w.sp.Minus(s, carried)
		if b.dir == packet.Reply {
			other = s
		}
		if other != packet.Empty {
			w.assume("MISC-6", fmt.Sprintf("which addresses are those of %s's service is not known; the service opens no connections and takes TCP and pings only, so nothing else is taken to be for it", e.Name))
		}
		s = w.sp.Minus(s, other)
	} else if t.vpc != nil {
		s = w.sp.Minus(s, w.in(s, b.fam, b.destination(), w.net.vpc(t.vpc).blocks.Ranges(b.fam)))
	}
	return w.sp.Minus(s, w.in(s, b.fam, b.destination(), t.single.Ranges(b.fam)))
}

// carriedByGateway returns what a gateway endpoint carries (EP-3).
func (w *walk) carriedByGateway(f addr.Family) packet.Set {
	return w.sp.Or(w.sp.Protos(packet.TCP, packet.TCP), w.sp.EchoRequest(f))
}

// blockMaybes adds the routes that decide what is undetermined to the reasons.
func (w *walk) blockMaybes(undetermined packet.Set) {
	for i := range w.maybes {
		m := &w.maybes[i]
		if w.sp.And(m.set, undetermined) != packet.Empty {
			m.branch.hop = 0 // of no hop: the route was taken
			w.block(&m.branch, &m.hop, m.branch.asked, m.branch.live == packet.Empty)
		}
	}
}

// askedList returns the list that holds the addresses of a question's target,
// the service of a gateway endpoint, where nobody knows which ones these are:
// any public ones.
func askedList(p pair) *model.PrefixList {
	if e, ok := p.to.Resource.(*model.VPCEndpoint); ok && e.Type == model.GatewayEndpoint && e.PrefixList.Unknown {
		return e.PrefixList
	}
	return nil
}

// doubtListed notes that the addresses asked for are not known: what works for
// some of them only is undetermined.
func (w *walk) doubtListed(b *branch) {
	h := gatewayHop(w.listed).with(PrefixListNotKnown, "which addresses are in "+w.listed.Name+" is not known; give a prefix list with `service: "+w.listed.Service+"` and its CIDRs", "MISC-6")
	h.Action, h.Passed = Deny, true
	w.maybes = append(w.maybes, maybe{h, *b, w.asked})
}
