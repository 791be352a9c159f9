package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// forwardRules applies the FORWARD chain of a host: requests behind the port
// forwards and before the masquerade, replies where their request was (NI-9,
// NI-10). A reply has the state established, a request is new.
func (w *walk) forwardRules(b *branch, h *model.Instance) {
	if len(h.ForwardRules) == 0 {
		return
	}
	other := model.EstablishedState
	if b.dir == packet.Reply {
		other = model.NewState
	}
	rest, dropped := b.asked, packet.Empty
	var at diag.Pos
	for _, r := range h.ForwardRules {
		if r.State == other {
			continue
		}
		s := w.firewallMatch(b, h, r, rest, b.dir)
		rest = w.sp.Minus(rest, s)
		if r.Action == model.DropPacket && s != packet.Empty {
			if dropped == packet.Empty {
				at = r.At
			}
			dropped = w.sp.Or(dropped, s)
		}
	}
	w.gate(b, w.sp.Minus(b.asked, dropped), false, func(denied packet.Set) Hop {
		hop := gatewayHop(h).with(InstanceForwardRules, "the host's forward rules let it pass", "NI-9")
		if denied != packet.Empty {
			hop.Message = fmt.Sprintf("the forward rules of %s drop %s", h.Name, trafficText(w.describe(b, denied)))
			hop.At = at
		}
		return hop
	})
}
