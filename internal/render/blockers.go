package render

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// blockers lists every reason, in the order of the walk.
func (e explainer) blockers(r *eval.Result) {
	if len(r.Blockers) == 0 {
		return
	}
	e.title("BLOCKERS")
	var list []blocker
	shown := map[model.Resource]bool{}
	for _, b := range r.Blockers {
		text := e.blockerOf(b, r)
		if h := hopNumbered(r, b.Hop); h != nil && len(h.Outer) > 0 && !shown[h.Resource] {
			shown[h.Resource] = true
			text.below = outerReasons(h.Outer)
		}
		list = append(list, text)
	}
	e.blockerTable(list)
}

// blocker is a blocker as text.
type blocker struct {
	code, where, at, message string
	below                    []string // the reasons behind it: those of a tunnel's own packets
}

func hopNumbered(r *eval.Result, n int) *eval.Hop {
	for _, w := range []eval.Walk{r.Forward, r.Return} {
		for _, h := range w.Hops {
			if h.N == n {
				return h
			}
		}
	}
	return nil
}

// outerReasons are the blockers of a tunnel's own packets.
func outerReasons(outer []*eval.Result) []string {
	var out []string
	for _, r := range outer {
		for _, b := range r.Blockers {
			out = append(out, questionLine(r)+": "+blockerWords(b)+": "+clean(b.Message))
		}
	}
	return out
}

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
	return blocker{code: string(b.Code), where: joinNonEmpty(" ", clean(b.Component), b.Direction), at: place(b.At), message: text}
}

// longCode is up to where codes are padded to stand in a column; some of
// AWS's are much longer and would push the others apart.
const longCode = 30

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
		head := strings.TrimRight(pad(b.code, min(code, longCode))+strings.Repeat(" ", gap)+b.where, " ")
		if oneLine {
			head = pad(b.code, code+gap) + pad(b.where, where+gap) + b.message
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
		for _, s := range b.below {
			e.paragraph(1+2*gap, s)
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
	id := 0
	for _, a := range r.Assumptions {
		id = max(id, width(a.RuleID))
	}
	for _, a := range r.Assumptions {
		lines := wrap(clean(a.Text), e.opts.width()-1-id-gap, 0)
		for i, l := range lines {
			head := strings.Repeat(" ", id)
			if i == 0 {
				head = pad(a.RuleID, id)
			}
			e.printf(" %s%s%s\n", head, strings.Repeat(" ", gap), l)
		}
	}
}
