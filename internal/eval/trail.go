package eval

import (
	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// A mark is something that a request has left behind on its way, which
// decides about the reply.
type mark struct {
	prev *mark
	kind markKind
	// asked and live are the headers that left it, and fam their family; for
	// a rewrite, as they were before.
	asked, live packet.Set
	fam         addr.Family
	// newAsked and newLive are what a rewrite made of them.
	newAsked, newLive packet.Set
	iface             *model.Interface // tracked, pinned
	egress            bool             // tracked
	device            model.Resource   // rewritten, passed, crossed, admitted, pinned
	pass              int              // rewritten, passed: one number for all marks of one passage
	change            change           // rewritten
	optional          bool             // passed: the reply may leave the device out (EP-11)
	space             *mark            // the newest rewrite up to and including this mark
}

type markKind uint8

const (
	tracked   markKind = iota // a security group has recorded the connection (M-7)
	rewritten                 // an address or port has changed
	passed                    // a stateful device was passed, which must see the reply (M-8)
	crossed                   // a peering connection was crossed (NGW-12)
	admitted                  // Block Public Access has let it through (IGW-16)
	pinned                    // appliance mode has chosen an interface of an attachment (TGW-7)
)

// must reports whether the reply has to come past the mark again.
func (m *mark) must() bool { return m.kind == rewritten || m.kind == passed }

// remember appends a mark to the trail of a request.
func (w *walk) remember(b *branch, m mark) {
	p := w.marks.next()
	*p = m
	p.prev, p.asked, p.live, p.fam = b.trail, b.asked, b.live, b.fam
	if b.trail != nil {
		p.space = b.trail.space
	}
	if p.kind == rewritten {
		p.space = p
	}
	b.trail = p
}

// newestMust returns the newest mark from m on that a reply must come past.
func newestMust(m *mark) *mark {
	for m != nil && !m.must() {
		m = m.prev
	}
	return m
}

// space returns the newest rewrite in force for b's headers.
func (b *branch) space() *mark {
	m := b.trail
	if b.dir == packet.Reply {
		m = b.undo
	}
	if m == nil {
		return nil
	}
	return m.space
}

// pull translates headers at b into headers of the question: those that have
// become, or may have become, one of s.
func (w *walk) pull(b *branch, s packet.Set) packet.Set {
	for m := b.space(); m != nil; {
		s = w.before(s, m, m.live, m.newLive)
		if m = m.prev; m != nil {
			m = m.space
		}
	}
	return s
}

// rewrite changes fields of a request and leaves the mark by which the reply
// is changed back.
func (w *walk) rewrite(b *branch, device model.Resource, pass int, c change) {
	w.remember(b, mark{kind: rewritten, device: device, pass: pass, change: c})
	m := b.trail
	m.newAsked = w.apply(&m.change, b.asked)
	m.newLive = m.newAsked
	if b.live != b.asked {
		m.newLive = w.apply(&m.change, b.live)
	}
	b.asked, b.live = m.newAsked, m.newLive
	b.fam = m.change.family(b.fam)
}

// undoAt takes the reply b back past a device that has seen the request. It
// reports false where the device is not the one that the reply should come to
// next.
func (w *walk) undoAt(b *branch, device model.Resource) bool {
	return w.undoInside(b, device, nil)
}

// undoInside is undoAt. Where forwarder is not nil, the reply comes by its
// forward rules where the request did, with the header that the request had
// there.
func (w *walk) undoInside(b *branch, device model.Resource, forwarder *model.Instance) bool {
	m := b.undo
	for m != nil && m.device != device && m.optional {
		m = newestMust(m.prev)
	}
	if m == nil || m.device != device {
		return false
	}
	b.undo = m
	for pass := b.undo.pass; b.undo != nil && b.undo.pass == pass; {
		m := b.undo
		if m.kind == rewritten {
			b.asked = w.before(b.asked, m, m.asked, m.newAsked)
			b.live = w.before(b.live, m, m.live, m.newLive)
			b.fam = m.fam
		} else if forwarder != nil {
			w.forwardRules(b, forwarder)
		}
		b.undo = newestMust(m.prev)
	}
	return true
}

// leaveOut passes over what the reply need not come past (EP-11).
func (w *walk) leaveOut(b *branch) {
	for b.undo != nil && b.undo.optional {
		w.assume("EP-11", "a reply may leave out a Gateway Load Balancer endpoint that its request has passed, as Reachability Analyzer has it; an appliance with state of its own may think otherwise")
		b.undo = newestMust(b.undo.prev)
	}
}

// undoHop is undoAt with its step in the record.
func (w *walk) undoHop(b *branch, device model.Resource, rule string) bool {
	return w.undoHopInside(b, device, rule, nil)
}

func (w *walk) undoHopInside(b *branch, device model.Resource, rule string, forwarder *model.Instance) bool {
	was := *b
	if !w.undoInside(b, device, forwarder) {
		return false
	}
	if w.rec {
		id := device.ID()
		h := Hop{Component: id.Name, Kind: id.Kind, Resource: device, At: id.At, RuleIDs: []string{rule}}
		h.Packet = w.describe(&was, was.asked)
		if was.asked == b.asked {
			h.Action, h.Message = Forward, "knows the connection"
		} else {
			now := w.describe(b, b.asked)
			h.Action, h.Becomes, h.Message = Translate, &now, "undoes the translation of the request"
		}
		w.add(b, &h)
	}
	return true
}

// recorded returns the part of a reply at an interface that the interface's
// state admits: the connection passed there in the other direction (SG-5,
// M-7), with the same header.
func (w *walk) recorded(b *branch, i *model.Interface, egress bool) packet.Set {
	out := packet.Empty
	space := b.space()
	for m := b.trail; m != nil; m = m.prev {
		if m.kind == tracked && m.iface == i && m.egress != egress && m.space == space {
			out = w.sp.Or(out, w.sp.And(b.asked, m.asked))
		}
	}
	return out
}

func (w *walk) assumeSymmetry() {
	w.assume("NI-20", "a forwarding instance must see both directions of a connection; AWS calls asymmetric routing through an appliance unsupported")
}

// asymmetric drops a reply that has not come the way of its request (M-2,
// M-8, NI-20).
func (w *walk) asymmetric(b *branch, at model.Resource, message string, ruleIDs ...string) {
	if b.undo != nil {
		if _, host := b.undo.device.(*model.Instance); host && b.undo.kind == passed {
			w.assumeSymmetry()
		}
	}
	w.drop(b, b.asked, func() Hop {
		id := at.ID()
		return Hop{Component: id.Name, Kind: id.Kind, Resource: at, At: id.At, Code: ReturnPathAsymmetric,
			Message: message, RuleIDs: ruleIDs}
	})
}
