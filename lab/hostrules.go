package lab

import (
	"fmt"
	"strings"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"

	"github.com/vpcpath/vpcpath/internal/model"
)

// buildHostRules loads the iptables rules of instances. A forwarding instance
// is taken for a stateful one, as AWS's advice on appliances has it (NI-20): a
// reply whose request it has not seen is dropped, where Linux alone would pass
// it on.
func (l *Lab) buildHostRules() error {
	for inst, n := range l.hosts {
		if inst.OutboundOnly {
			if err := l.t.in(n.namespace, func() error { return nft(outboundOnly) }); err != nil {
				return fmt.Errorf("%s: %w", inst.Name, err)
			}
		}
		if !inst.IPForward && len(inst.Masquerade) == 0 && len(inst.PortForwards) == 0 {
			continue
		}
		if err := l.rules(n.namespace, func(b *box) { hostRules(b, inst) }); err != nil {
			return fmt.Errorf("%s: %w", inst.Name, err)
		}
		if len(inst.ForwardRules) > 0 {
			if err := l.t.in(n.namespace, func() error { return nft(forwardRules(inst)) }); err != nil {
				return fmt.Errorf("%s: %w", inst.Name, err)
			}
		}
	}
	return nil
}

// outboundOnly lets in what belongs to connections of the host's own (NI-24).
const outboundOnly = `table inet outbound {
chain input {
	type filter hook input priority 1
	iifname "lo" accept
	ct state new drop
}
}
`

func hostRules(b *box, inst *model.Instance) {
	for _, v6 := range []bool{false, true} {
		b.nat(v6)
		pre := b.pre()
		for _, f := range inst.PortForwards {
			if f.To.Is6() == v6 {
				b.portForward(pre, f)
			}
		}
		post := b.post()
		for _, m := range inst.Masquerade {
			if m.V6() == v6 {
				b.masquerade(post, m)
			}
		}
	}
	b.onward()
}

// portForward writes a PREROUTING -j DNAT rule (NI-12).
func (b *box) portForward(c *nftables.Chain, f model.PortForward) {
	var to chunk
	if f.Destination.IsValid() {
		to = inPrefix(true, f.Destination)
	}
	b.rule(c, link(expr.MetaKeyIIFNAME, "lo", false), to, l4(f.Protocol), dports(f.Ports.Lo, f.Ports.Hi), b.dnat(f.To, f.ToPort))
}

// forwardRules writes the FORWARD chain of a host (NI-9), the first match
// decides. Replies of connections that the host does not know are dropped
// before.
func forwardRules(inst *model.Instance) string {
	var text strings.Builder
	text.WriteString("table inet filter {\nchain forward {\n\ttype filter hook forward priority 1\n")
	for _, f := range inst.ForwardRules {
		do, state := "accept", ""
		if f.Action == model.DropPacket {
			do = "drop"
		}
		switch f.State {
		case model.NewState:
			state = "ct state new "
		case model.EstablishedState:
			state = "ct state established "
		}
		for _, m := range firewallMatches(f, false) {
			fmt.Fprintf(&text, "\t%s%s%s\n", state, m, do)
		}
	}
	text.WriteString("}\n}\n")
	return text.String()
}

// masquerade writes a POSTROUTING rule: -j MASQUERADE, SNAT or ACCEPT (NI-11).
func (b *box) masquerade(c *nftables.Chain, m model.Masquerade) {
	var from, to chunk
	if m.Source.IsValid() {
		from = inPrefix(false, m.Source)
	}
	if m.Destination.IsValid() {
		to = inPrefix(true, m.Destination)
	}
	do := masquerades()
	switch {
	case m.Keep:
		do = verdict(expr.VerdictAccept, "")
	case m.To.IsValid():
		do = b.snatKeeping(m.To)
	}
	b.rule(c, link(expr.MetaKeyOIFNAME, "lo", false), from, to, do)
}
