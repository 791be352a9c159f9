package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
)

// ruleText writes a rule as its filter states it: "rule 100 allow tcp/22 from
// 0.0.0.0/0" for a network ACL, "tcp/22 from sg-web" for a group.
func ruleText(r eval.RuleUse, h *eval.Hop) string {
	if r.Number < 0 {
		return "rule *  everything else"
	}
	service := packetService(r)
	text := service + " " + preposition(h.Direction) + " " + clean(r.Peer)
	if r.Number > 0 {
		verb := ""
		if !r.Allow {
			verb = "deny "
		}
		text = fmt.Sprintf("rule %d  %s%s", r.Number, verb, text)
	}
	if r.Component != "" && r.Component != h.Component {
		text = clean(r.Component) + ": " + text
	}
	return text
}

func packetService(r eval.RuleUse) string {
	return service(r.Traffic.Protocols, r.Traffic.Ports)
}

func preposition(direction string) string {
	if direction == "egress" {
		return "to"
	}
	return "from"
}

// ruleLines are the rules that decide, each with the part it decides where
// that is not the whole packet; then, when verbose, those passed over. Where
// some admit and some deny, signs tell them apart.
func (e explainer) ruleLines(h *eval.Hop) []line {
	var out []line
	deciding := decidingRules(h)
	signs := h.Passed || slices.ContainsFunc(deciding, func(r eval.RuleUse) bool { return r.Allow != deciding[0].Allow })
	for _, r := range deciding {
		l := line{text: withNote(ruleText(r, h), r.Note), at: place(r.At)}
		if l.at == "" && r.Number == 0 {
			l.at = implicit
		}
		if len(deciding) > 1 {
			l.text = joinNonEmpty(": ", l.text, e.part(r, h))
		}
		if signs && r.Allow {
			l.tone, l.text = good, "+ "+l.text
		} else if signs {
			l.tone, l.text = bad, "- "+l.text
		}
		out = append(out, l)
	}
	if !e.opts.Verbose {
		return out
	}
	for _, r := range h.Rules {
		if !r.Decides {
			out = append(out, line{text: withNote("passed over: "+ruleText(r, h), r.Note), at: place(r.At), tone: faint})
		}
	}
	return out
}

func decidingRules(h *eval.Hop) []eval.RuleUse {
	var out []eval.RuleUse
	for _, r := range h.Rules {
		if r.Decides {
			out = append(out, r)
		}
	}
	return out
}

func withNote(text, note string) string { return joinNonEmpty("; ", text, clean(note)) }

// part says in which fields the part that a rule decides is less than the
// packet, as far as the rule's own text does not say so already: "ports
// 1024-32767".
func (e explainer) part(r eval.RuleUse, h *eval.Hop) string {
	if r.Packet == nil {
		return ""
	}
	text := ruleText(r, h)
	var out []string
	for _, d := range e.names.differences(*r.Packet, h.Packet) {
		if !strings.Contains(text, d.value) {
			out = append(out, d.String())
		}
	}
	return strings.Join(out, ", ")
}

// nearestLines are the rules that almost admit the packet, and why not.
func nearestLines(h *eval.Hop) []line {
	var out []line
	deciding := decidingRules(h)
	for _, r := range h.Nearest {
		decides := func(d eval.RuleUse) bool { return d.At == r.At && d.Number == r.Number && d.Peer == r.Peer }
		if r.At.IsValid() && slices.ContainsFunc(deciding, decides) {
			continue // it admits another part of the packet
		}
		lead := "nearest: "
		if len(out) > 0 {
			lead = "also near: "
		}
		out = append(out, line{text: joinNonEmpty(": ", lead+ruleText(r, h), clean(r.Note)), at: place(r.At), tone: faint})
	}
	return out
}

// implicit stands for the place of what AWS makes by itself.
const implicit = "(implicit)"

// place is a position as explain cites it: file and line, or the object alone
// where one is named. The column is for editors; check and JSON have it.
func place(p diag.Pos) string {
	switch {
	case !p.IsValid():
		return ""
	case p.Object() != "":
		return clean(p.Object())
	case p.Line == 0:
		return clean(p.File)
	}
	return fmt.Sprintf("%s:%d", clean(p.File), p.Line)
}
