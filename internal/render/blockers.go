package render

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
)

// blockers lists every reason, in the order of the walk.
func (e explainer) blockers(r *eval.Result) {
	if len(r.Blockers) == 0 {
		return
	}
	e.title("BLOCKERS")
	var list []blocker
	for _, b := range r.Blockers {
		list = append(list, e.blockerOf(b, r))
	}
	e.blockerTable(list)
}

// blocker is a blocker as text.
type blocker struct{ code, where, at, message string }

func (e explainer) blockerOf(b eval.Blocker, r *eval.Result) blocker {
	text := clean(b.Message)
	if b.Path == "return" {
		text = "reply: " + text
	}
	if r.Verdict == eval.Partial {
		if what := e.names.stopped(b, r); what != "" && !strings.Contains(text, what) {
			text += "; stops what is " + what
		}
	}
	if len(b.RuleIDs) > 0 {
		text += " [" + strings.Join(b.RuleIDs, ", ") + "]"
	}
	return blocker{string(b.Code), joinNonEmpty(" ", clean(b.Component), b.Direction), place(b.At), text}
}

// blockerTable writes each blocker on one line where all fit, else each with
// its message below.
func (e explainer) blockerTable(list []blocker) {
	var code, where, message, at int
	for _, b := range list {
		code, where = max(code, width(b.code)), max(where, width(b.where))
		message, at = max(message, width(b.message)), max(at, width(b.at))
	}
	total := e.opts.width()
	oneLine := 1+code+gap+where+gap+message+gap+at <= total
	for _, b := range list {
		head := pad(b.code, code) + strings.Repeat(" ", gap) + b.where
		if 1+width(head) > total {
			head = b.code + " " + b.where
		}
		if oneLine {
			head = pad(head, code+gap+where) + strings.Repeat(" ", gap) + b.message
		}
		lines := wrap(head, total-1, hang)
		last := len(lines) - 1
		for i, l := range lines {
			text := " " + e.opts.paint(l, bad)
			if i == last && b.at != "" {
				if room := total - 1 - width(l) - at; room >= gap {
					text += strings.Repeat(" ", room) + e.opts.paint(b.at, faint)
				} else {
					text += "\n" + strings.Repeat(" ", max(0, total-width(b.at))) + e.opts.paint(b.at, faint)
				}
			}
			e.printf("%s\n", text)
		}
		if !oneLine {
			e.paragraph(1+gap, b.message)
		}
	}
}

// stopped says which part of what was asked a forward blocker stops; a
// reply's packets are another matter, and the message speaks of them.
func (n namer) stopped(b eval.Blocker, r *eval.Result) string {
	if b.Path == "return" || len(r.Asked) != 1 {
		return ""
	}
	whole := boxPacket(r.Asked[0])
	from := addr.SetOfRanges(whole.Family, whole.Source...)
	if b.Packet.Family != whole.Family || !from.Covers(addr.SetOfRanges(whole.Family, b.Packet.Source...)) {
		return "" // behind a NAT its addresses are no longer the question's
	}
	p := whole
	p.Source = b.Packet.Source
	return n.difference(p, whole)
}

func (e explainer) assumptions(r *eval.Result) {
	if len(r.Assumptions) == 0 {
		return
	}
	e.title("ASSUMED, where AWS's documentation is silent")
	var rows []row
	for _, a := range r.Assumptions {
		rows = append(rows, row{where: a.RuleID, lines: []line{{text: clean(a.Text)}}})
	}
	e.rows(rows)
}
