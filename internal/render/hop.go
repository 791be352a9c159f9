package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// actionWords are the actions as explain shows them. What stops a packet
// stands in capitals, so that it shows without colour too.
var actionWords = map[eval.Action]struct {
	word string
	tone tone
}{
	eval.Originate: {"leaves", plain},
	eval.Allow:     {"allow", good},
	eval.Deny:      {"DENY", bad},
	eval.Route:     {"route", plain},
	eval.Translate: {"NAT", mixed},
	eval.Forward:   {"forward", plain},
	eval.Deliver:   {"arrives", good},
	eval.Drop:      {"DROP", bad},
}

// hopRow lays out one hop.
func (e explainer) hopRow(h *eval.Hop) row {
	r := row{number: itoa(h.N), where: e.where(h), dim: h.Supposed || unremarkable(h)}
	a, ok := actionWords[h.Action]
	if !ok {
		a.word = string(h.Action)
	}
	r.action, r.tone = a.word, a.tone
	if h.Action == eval.Allow && !isFilter(h.Kind) {
		r.action = "passes"
	}
	if h.Passed && (h.Action == eval.Deny || h.Action == eval.Drop) {
		r.action, r.tone = "PARTLY", mixed
	}
	switch h.Action {
	case eval.Originate:
		if word := clean(h.Message); word != "" && !strings.Contains(word, " ") {
			r.action = word
		}
		r.lines = []line{{text: e.names.packetText(h.Packet, e.asked)}}
	case eval.Deliver:
		r.lines = []line{{text: joinNonEmpty("; ", e.names.packetText(h.Packet, e.asked), clean(h.Message))}}
	case eval.Translate:
		r.lines = e.translation(h)
	case eval.Route:
		r.lines = e.routeLines(h)
	case eval.Allow, eval.Deny:
		r.lines = e.filterLines(h)
	default:
		r.lines = append(e.sentence("", h), e.losers(h)...)
	}
	if len(r.lines) == 0 {
		r.lines = []line{{at: place(h.At)}}
	}
	if e.opts.Verbose && len(h.RuleIDs) > 0 {
		r.lines = append(r.lines, line{text: "see " + strings.Join(h.RuleIDs, ", "), tone: faint})
	}
	return r
}

// unremarkable reports whether a hop is a network ACL that nobody wrote and
// that lets everything pass.
func unremarkable(h *eval.Hop) bool {
	return h.Action == eval.Allow && h.Kind == model.KindNetworkACL &&
		!slices.ContainsFunc(h.Rules, func(r eval.RuleUse) bool { return r.At.IsValid() })
}

// isFilter reports whether a kind admits packets by rules or checks; anything
// else that lets them pass is a host or a gateway on the way.
func isFilter(k model.Kind) bool {
	return k == model.KindSecurityGroup || k == model.KindNetworkACL || k == model.KindNetworkInterface
}

// where names the place of a hop, and the interface behind a group where the
// group alone does not say whose traffic it guards.
func (e explainer) where(h *eval.Hop) string {
	name := clean(shortName(h))
	if h.Action == eval.Originate && h.Interface != nil && h.Interface.Name != h.Component {
		name += " (" + clean(h.Interface.Name) + ")"
	}
	return joinNonEmpty(" ", name, h.Direction)
}

// implicitNames are the endings of the names of what AWS makes by itself, and
// shorter words for them.
var implicitNames = []struct{ ending, words string }{
	{".default_network_acl", " default ACL"},
	{".main_route_table", " main table"},
	{".default_security_group", " default group"},
}

// shortName shortens the long names of what AWS makes by itself.
func shortName(h *eval.Hop) string {
	for _, n := range implicitNames {
		if vpc, ok := strings.CutSuffix(h.Component, n.ending); ok && !h.At.IsValid() {
			return vpc + n.words
		}
	}
	return h.Component
}

// sentence is a lead and the hop's own message, with its place.
func (e explainer) sentence(lead string, h *eval.Hop) []line {
	text := joinNonEmpty("; ", lead, clean(h.Message))
	if text == "" && !h.At.IsValid() {
		return nil
	}
	return []line{{text: text, at: place(h.At)}}
}

// filterLines show the rules that admit a packet. Where none does, the
// message says so, and the nearest rules follow; where only a part passes,
// the rules say which.
func (e explainer) filterLines(h *eval.Hop) []line {
	rules := e.ruleLines(h)
	deciding := decidingRules(h)
	byRules := len(deciding) > 0
	if h.Action == eval.Deny {
		denies := func(r eval.RuleUse) bool { return !r.Allow }
		byRules = h.Passed && slices.ContainsFunc(deciding, denies)
		if !h.Passed && len(deciding) == 1 && denies(deciding[0]) {
			rules = rules[1:] // the message is about this one
		}
	}
	var out []line
	if !byRules || h.Action == eval.Allow && h.Message != "" {
		out = e.sentence("", h)
		if h.Action == eval.Deny && h.Passed && len(out) > 0 {
			out[0].text, out[0].tone = "- "+out[0].text, bad
		}
	}
	out = append(out, rules...)
	if h.Action == eval.Deny {
		out = append(out, nearestLines(h)...)
	}
	return out
}

// routeLines show the route that won and, for each that matched too, why it
// did not.
func (e explainer) routeLines(h *eval.Hop) []line {
	var out []line
	for _, r := range h.Routes {
		if r.Chosen {
			out = append(out, line{text: routeText(r), at: routePlace(r)})
		}
	}
	out = append(out, e.losers(h)...)
	if h.Message != "" || len(out) == 0 {
		out = append(out, e.sentence("", h)...)
	}
	return out
}

// mostLosers is how many routes that did not win are shown unless verbose;
// there are more only where a large table has no route at all.
const mostLosers = 8

func (e explainer) losers(h *eval.Hop) []line {
	var out []line
	for _, r := range h.Routes {
		if !r.Chosen {
			out = append(out, line{text: joinNonEmpty(": ", "not "+routeText(r), clean(r.WhyNot)), at: routePlace(r), tone: faint})
		}
	}
	if more := len(out) - mostLosers; more > 1 && !e.opts.Verbose {
		out = append(out[:mostLosers], line{text: "nor " + plural(more, "more route") + "; --verbose lists them", tone: faint})
	}
	return out
}

func routeText(r eval.RouteUse) string {
	text := clean(r.Destination) + " -> " + clean(r.Target)
	if r.Origin != "" && r.Origin != "static" {
		text += ", " + r.Origin
	}
	return text
}

func routePlace(r eval.RouteUse) string {
	if !r.At.IsValid() {
		return implicit
	}
	return place(r.At)
}

// translation shows the fields that a NAT changes, before and after.
func (e explainer) translation(h *eval.Hop) []line {
	if h.Becomes == nil {
		return e.sentence("", h)
	}
	a, b := h.Packet, *h.Becomes
	var out []line
	change := func(field, before, after string) {
		out = append(out, line{text: fmt.Sprintf("%s %s becomes %s", field, before, after)})
	}
	side := func(field string, before, after string, beforePorts, afterPorts []packet.PortRange) {
		movedPorts := onlyPorted(a.Protocols) && !slices.Equal(beforePorts, afterPorts)
		switch {
		case before != after && movedPorts:
			change(field, withPorts(a.Family, before, beforePorts), withPorts(b.Family, after, afterPorts))
		case before != after:
			change(field, before, after)
		case movedPorts:
			change(field+" port", packet.FormatPorts(beforePorts), packet.FormatPorts(afterPorts))
		}
	}
	side("source", e.names.addrs(a.Family, a.Source), e.names.addrs(b.Family, b.Source), a.SourcePorts, b.SourcePorts)
	side("destination", e.names.addrs(a.Family, a.Destination), e.names.addrs(b.Family, b.Destination), a.Ports, b.Ports)
	if len(out) == 0 {
		out = append(out, line{text: "unchanged: " + e.names.packetText(a, e.asked)})
	}
	out[0].at = place(h.At)
	if h.Message != "" && e.opts.Verbose {
		out = append(out, line{text: clean(h.Message), tone: faint})
	}
	return append(out, line{text: "now " + e.names.packetText(b, e.asked), tone: faint})
}
