package load

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
	"gopkg.in/yaml.v3"
)

// What a host does with packets for others, in the words of its iptables
// rules.

// readForward reads ip_forward: a boolean, or unknown.
func (w *walker) readForward(n *yaml.Node, d *model.Instance) {
	if d.ForwardUnknown = w.unknown(n); d.ForwardUnknown {
		return
	}
	w.boolean(n, &d.IPForward)
}

// forwardFields are those of a rule of the FORWARD chain. An address stands
// for itself alone, as in iptables.
var forwardFields = append(slices.DeleteFunc(slices.Clone(firewallRuleFields), func(f field[rawFirewallRule]) bool { return f.name == "source" || f.name == "destination" }),
	field[rawFirewallRule]{"source", false, func(w *walker, n *yaml.Node, d *rawFirewallRule) { w.hosts(n, &d.Source) }},
	field[rawFirewallRule]{"destination", false, func(w *walker, n *yaml.Node, d *rawFirewallRule) { w.hosts(n, &d.Destination) }},
	field[rawFirewallRule]{"action", true, func(w *walker, n *yaml.Node, d *rawFirewallRule) {
		w.word(n, []string{"accept", "drop"}, &d.action)
		d.action = map[string]string{"accept": string(model.Pass), "drop": string(model.DropPacket)}[d.action]
	}},
	field[rawFirewallRule]{"state", false, func(w *walker, n *yaml.Node, d *rawFirewallRule) {
		state := ""
		w.word(n, []string{string(model.NewState), string(model.EstablishedState)}, &state)
		d.State = model.ConnectionState(state)
	}},
)

// hosts reads an address or a CIDR, or a list of those.
func (w *walker) hosts(n *yaml.Node, into *[]model.Block) {
	w.oneOrList(n, "an address, a CIDR, or a list of those", func(item *yaml.Node) {
		b := model.Block{At: w.at(item)}
		if w.addressOrCIDR(item, &b.Prefix); b.Prefix.IsValid() {
			*into = append(*into, b)
		}
	})
}

var masqueradeFields = []field[model.Masquerade]{
	{"source", false, func(w *walker, n *yaml.Node, d *model.Masquerade) { w.addressOrCIDR(n, &d.Source) }},
	{"destination", false, func(w *walker, n *yaml.Node, d *model.Masquerade) { w.addressOrCIDR(n, &d.Destination) }},
	{"to", false, func(w *walker, n *yaml.Node, d *model.Masquerade) {
		if a, ok := w.address(n, anyFamily); ok {
			d.To = a.Addr
		}
	}},
	{"translate", false, func(w *walker, n *yaml.Node, d *model.Masquerade) {
		translate := true
		w.boolean(n, &translate)
		d.Keep = !translate
	}},
}

func (w *walker) readMasquerade(n *yaml.Node, into *model.Instance) {
	m := model.Masquerade{At: w.at(n)}
	if !readMapping(w, n, m.At, subject{kind: "a masquerade rule"}, masqueradeFields, &m) {
		return
	}
	if m.Keep && m.To.IsValid() {
		w.report(m.At, idConflictingKeys, "a masquerade rule says `translate: false` and what to translate `to`; expected one of them")
	}
	for _, p := range []netip.Prefix{m.Source, m.Destination} {
		if m.To.IsValid() && p.IsValid() && p.Addr().Is4() != m.To.Is4() {
			w.report(m.At, idMixedFamilies, "%s and `to` %s of a masquerade rule are of two families, so it never matches", p, m.To)
		}
	}
	if m.Source.IsValid() && m.Destination.IsValid() && m.Source.Addr().Is4() != m.Destination.Addr().Is4() {
		w.report(m.At, idMixedFamilies, "source %s and destination %s of a masquerade rule are of two families, so it never matches", m.Source, m.Destination)
	}
	into.Masquerade = append(into.Masquerade, m)
}

type rawPortForward struct {
	model.PortForward
	protocol string
	into     *model.Instance
	place    int // in its PortForwards
}

// written is the rule as the instance has it; a spare one where the rule could
// not be read.
func (d *rawPortForward) written() *model.PortForward {
	if d.place < len(d.into.PortForwards) {
		return &d.into.PortForwards[d.place]
	}
	return &d.PortForward
}

var portForwardFields = []field[rawPortForward]{
	{"protocol", true, func(w *walker, n *yaml.Node, d *rawPortForward) { w.word(n, []string{"tcp", "udp"}, &d.protocol) }},
	{"destination", false, func(w *walker, n *yaml.Node, d *rawPortForward) {
		if !w.addressRef(n, func(a netip.Addr, _ *model.Symbol) { d.written().Destination = wholePrefix(a) }) {
			w.addressOrCIDR(n, &d.Destination)
		}
	}},
	{"port", true, func(w *walker, n *yaml.Node, d *rawPortForward) {
		if p, ok := w.portRange(n, 1); ok {
			d.Ports = p
		}
	}},
	{"to", true, func(w *walker, n *yaml.Node, d *rawPortForward) {
		if w.addressRef(n, func(a netip.Addr, _ *model.Symbol) { d.written().To = a }) {
			return
		}
		if a, ok := w.address(n, anyFamily); ok {
			d.To = a.Addr
		}
	}},
	{"to_port", false, func(w *walker, n *yaml.Node, d *rawPortForward) {
		if p, ok := w.integer(n, "a port", 1, 65535); ok {
			d.ToPort = uint16(p)
		}
	}},
}

func (w *walker) readPortForward(n *yaml.Node, into *model.Instance) {
	d := &rawPortForward{PortForward: model.PortForward{At: w.at(n), Protocol: packet.TCP}, into: into, place: len(into.PortForwards)}
	if !readMapping(w, n, d.At, subject{kind: "a port forward"}, portForwardFields, d) {
		return
	}
	if d.protocol == "udp" {
		d.Protocol = packet.UDP
	}
	if d.Destination.IsValid() && d.To.IsValid() && d.Destination.Addr().Is4() != d.To.Is4() {
		w.report(d.At, idMixedFamilies, "destination %s and `to` %s of a port forward are of two families", d.Destination, d.To)
	}
	into.PortForwards = append(into.PortForwards, d.PortForward)
}
