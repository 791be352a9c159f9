package eval

import (
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// endsUnknown is undetermined for what ends there: nobody can say what becomes
// of it.
func (w *walk) endsUnknown(b *branch, s packet.Set, hop func() Hop) {
	part := w.only(*b, s)
	w.open = w.sp.Or(w.open, w.pull(&part, part.live))
	w.undetermined(b, s, hop)
}

// undetermined notes that something which is not modelled decides about s: it
// may pass and it may not (MISC-5, FW-3).
func (w *walk) undetermined(b *branch, s packet.Set, hop func() Hop) {
	part := w.only(*b, s)
	w.unknown = w.sp.Or(w.unknown, w.pull(&part, part.live))
	if w.rec {
		h := hop()
		h.Action, h.Passed = Deny, true
		w.step(b, &h)
		w.block(b, &h, part.asked, part.live == packet.Empty)
	}
}

// unknownRules makes undetermined what rules would judge that nobody knows.
func (w *walk) unknownRules(b *branch, h Hop, direction string, s packet.Set) {
	w.undetermined(b, s, func() Hop {
		h.Direction = direction
		return h
	})
}

func unmodelledText(u *model.Unmodelled) string { return u.Name + " is not modelled: " + u.Reason }

// notModelledTarget ends b at a device that vpcpath does not know: where it
// goes from there nobody can say.
func (w *walk) notModelledTarget(b branch, t *model.Unmodelled, r *model.Route) {
	w.endsUnknown(&b, b.asked, func() Hop {
		h := gatewayHop(t).with(NotModelled, unmodelledText(t), "MISC-5")
		h.At = r.At
		return h
	})
}

// unmodelledEnd returns the end of a question of which vpcpath knows no
// interface, so that nothing about the question can be said; nil where both
// are known.
func unmodelledEnd(p pair) *model.Unmodelled {
	if u, ok := p.origin.host.(*model.Unmodelled); ok {
		return u
	}
	if u, ok := p.to.Resource.(*model.Unmodelled); ok && p.target.iface == nil {
		return u
	}
	return nil
}

// notModelledEnd is the answer about an end that is not modelled (MISC-5).
func notModelledEnd(p pair, u *model.Unmodelled) *Result {
	b := Blocker{Code: NotModelled, Component: u.Name, Kind: u.Kind, Resource: u, Path: "forward", At: u.At,
		Message: unmodelledText(u), RuleIDs: []string{"MISC-5"}}
	return &Result{From: p.from, To: p.to, Port: p.port, SourcePorts: p.sourcePorts, Verdict: Unknown,
		Forward: Walk{Why: unmodelledText(u)}, Return: Walk{Why: "no request is known to arrive"}, Blockers: []Blocker{b}}
}
