package eval

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/model"
)

// gateway makes hops of a gateway.
type gateway struct{ r model.Resource }

func gatewayHop(r model.Resource) gateway { return gateway{r} }

func (g gateway) with(code Code, message string, ruleIDs ...string) Hop {
	id := g.r.ID()
	return Hop{Component: id.Name, Kind: id.Kind, Resource: g.r, At: id.At, Code: code, Message: message, RuleIDs: ruleIDs}
}

// handOn records that a device passes b on unchanged.
func (w *walk) handOn(b *branch, r model.Resource, message, rule string) {
	if w.rec {
		h := gatewayHop(r).with("", message, rule)
		h.Action = Forward
		w.step(b, &h)
	}
}

// translate rewrites a request at a device and records it.
func (w *walk) translate(b *branch, r model.Resource, pass int, c change, rules ...string) {
	if !w.rec {
		w.rewrite(b, r, pass, c)
		return
	}
	h := gatewayHop(r).with("", "", slices.Clone(rules)...) // a copy, so that a call without record allocates nothing
	h.Action = Translate
	h.Packet = w.describe(b, b.asked)
	before := b.asked
	w.rewrite(b, r, pass, c)
	if b.asked == before {
		h.Action, h.Message = Forward, "unchanged"
	} else {
		now := w.describe(b, b.asked)
		h.Becomes = &now
	}
	w.add(b, &h)
}

// newPass numbers one passage of a request through a device.
func (w *walk) newPass() int {
	w.passes++
	return w.passes
}
