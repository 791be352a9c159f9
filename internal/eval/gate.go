package eval

import (
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// visit remembers what was at a place; a packet that comes there again loops
// (M-9).
type visit struct {
	prev  *visit
	place any
	set   packet.Set
	dir   packet.Direction
}

// maxDepth bounds a path as a packet's time to live does.
const maxDepth = 200

// enter notes that b is at a device, and drops what has been there before.
func (w *walk) enter(b *branch, device model.Resource) bool { return w.enterAt(b, device, device) }

// enterAt is enter for a device with several places, as the ends of a tunnel.
func (w *walk) enterAt(b *branch, place any, device model.Resource) bool {
	b.depth++
	for v := b.seen; v != nil; v = v.prev {
		if v.place == place && v.dir == b.dir {
			if again := w.sp.And(v.set, b.asked); again != packet.Empty {
				w.loop(b, again, device)
			}
		}
	}
	if b.asked != packet.Empty && b.depth > maxDepth {
		w.loop(b, b.asked, device)
	}
	v := w.visits.next()
	*v = visit{prev: b.seen, place: place, set: b.asked, dir: b.dir}
	b.seen = v
	return b.asked != packet.Empty
}

func (w *walk) loop(b *branch, again packet.Set, place model.Resource) {
	w.drop(b, again, func() Hop {
		id := place.ID()
		return Hop{Component: id.Name, Kind: id.Kind, Resource: place, At: id.At, Code: RoutingLoop,
			Message: "the packet comes to " + id.Name + " again", RuleIDs: []string{"M-9"}}
	})
}

// lose accounts for live packets that end at b.
func (w *walk) lose(b *branch, s packet.Set) {
	if s == packet.Empty {
		return
	}
	s = w.pull(b, s)
	if b.dir == packet.Forward {
		w.lost = w.sp.Or(w.lost, s)
	} else {
		w.unanswered = w.sp.Or(w.unanswered, s)
	}
}

// gate lets the part ok of b pass a filter or check. What is stopped is
// accounted for, and walked on as a supposition when recording. hop describes
// the check; quiet leaves it out of the record where all pass.
func (w *walk) gate(b *branch, ok packet.Set, quiet bool, hop func(denied packet.Set) Hop) {
	denied := w.sp.Minus(b.asked, ok)
	if denied == packet.Empty {
		if w.rec && !quiet {
			h := hop(packet.Empty)
			h.Action, h.Code = Allow, ""
			w.step(b, &h)
		}
		return
	}
	stopped := w.sp.And(b.live, denied)
	w.lose(b, stopped)
	if !w.rec {
		w.without(b, denied)
		return
	}
	h := hop(denied)
	if h.Action == "" {
		h.Action = Deny
	}
	h.Passed = denied != b.asked
	w.step(b, &h)
	w.block(b, &h, denied, stopped == packet.Empty)
	b.live = w.sp.Minus(b.live, denied)
}

// mend drops all of b for want of something, as a route. When recording, the
// walk may go on behind it as if that were there.
func (w *walk) mend(b *branch, hop func() Hop) {
	w.gate(b, packet.Empty, false, func(packet.Set) Hop {
		h := hop()
		h.Action = Drop
		return h
	})
}

// drop ends the part s of b here, for a reason behind which there is no way
// on.
func (w *walk) drop(b *branch, s packet.Set, hop func() Hop) {
	part := w.only(*b, s)
	if part.asked == packet.Empty {
		return
	}
	w.lose(&part, part.live)
	if w.rec {
		h := hop()
		h.Action = Drop
		w.step(&part, &h)
		w.block(&part, &h, part.asked, part.live == packet.Empty)
	}
	w.without(b, s)
}
