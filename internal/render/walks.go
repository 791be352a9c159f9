package render

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// walks shows the directions asked for, in the same columns.
func (e explainer) walks(r *eval.Result) {
	var all []row
	var sections []section
	add := func(title string, w eval.Walk) {
		s := section{title: title, walk: w}
		if w.Walked {
			if s.supposed = len(w.Hops) > 0 && w.Hops[0].Supposed; s.supposed {
				s.title += ", supposing the above let it through"
			}
			s.rows = e.walkRows(w.Hops, s.supposed)
			all = append(all, s.rows...)
		}
		sections = append(sections, s)
	}
	if e.opts.Direction != Return {
		add("FORWARD", r.Forward)
	}
	if e.opts.Direction != Forward {
		add("REPLY", r.Return)
	}
	columns := fit(all, e.opts.width())
	for _, s := range sections {
		e.section(s, columns)
	}
}

// section is one direction as text.
type section struct {
	title    string
	walk     eval.Walk
	supposed bool
	rows     []row
}

func (e explainer) section(s section, columns widths) {
	switch {
	case !s.walk.Walked && s.walk.Why == "":
		return
	case !s.walk.Walked || len(s.rows) == 0 && s.walk.Why != "":
		e.title(s.title + ": " + clean(s.walk.Why))
		return
	}
	e.title(s.title)
	for i, r := range s.rows {
		e.row(r, columns)
		e.tunnel(s.walk.Hops[i], columns)
	}
}

// walkRows lays out the hops of a walk. A note stands where a branch begins:
// which part of the packet of an earlier hop goes this way.
func (e explainer) walkRows(hops []*eval.Hop, supposed bool) []row {
	branches := map[int]int{}
	before := map[int]*eval.Hop{}
	for _, h := range hops {
		branches[h.After]++
		before[h.N] = h
	}
	var rows []row
	for i, h := range hops {
		r := e.hopRow(h)
		switch {
		case i > 0 && branches[h.After] > 1:
			r.note = e.branch(h, before[h.After])
		case i > 0 && h.After != hops[i-1].N:
			r.note = "from " + itoa(h.After) + ":"
		}
		if h.Supposed && !supposed {
			r.note = joinNonEmpty(" ", r.note, supposition(before[h.After]))
		}
		supposed = h.Supposed
		rows = append(rows, r)
	}
	return rows
}

// branch says which part of the packet of an earlier hop goes on here.
func (e explainer) branch(h, from *eval.Hop) string {
	text := "from " + itoa(h.After)
	if from != nil {
		whole := from.Packet
		if from.Becomes != nil {
			whole = *from.Becomes
		}
		if part := e.names.difference(h.Packet, whole); part != "" {
			text += ", the part " + part
		}
	}
	return text + ":"
}

// supposition says what is supposed of the hop before one that is supposed.
func supposition(before *eval.Hop) string {
	if before != nil && before.Action == eval.Deny {
		return "supposing " + itoa(before.N) + " lets it through:"
	}
	if before != nil && before.Action == eval.Drop {
		return "supposing " + itoa(before.N) + " were mended:"
	}
	return "supposing what stops this part above lets it through:"
}

// tunnel shows the tunnel's own packets under the hop that they carry: one
// line each way, and every hop when verbose.
func (e explainer) tunnel(h *eval.Hop, w widths) {
	if len(h.Outer) == 0 {
		return
	}
	if n, shown := e.tunnels[h.Resource]; shown && h.Resource != nil {
		e.printf("%s%s\n", strings.Repeat(" ", w.indent()), e.opts.paint("| outer packets as at "+itoa(n), faint))
		return
	}
	e.tunnels[h.Resource] = h.N
	for _, outer := range h.Outer {
		inner := &textWriter{opts: e.opts}
		inner.opts.Width = max(narrowest, e.opts.width()-w.indent()-2)
		if e.opts.Verbose || outer.Verdict != eval.Reachable {
			inner.opts.Quiet = !e.opts.Verbose
			inner.opts.Direction = Both
			inner.explain(outer)
		} else {
			inner.paragraph(0, "outer packets "+questionText(outer)+": "+outer.Verdict.String(), faint)
			if path := pathText(outer.Forward); path != "" {
				inner.paragraph(2, "by "+path, faint)
			}
		}
		for l := range strings.Lines(inner.String()) {
			if strings.TrimSpace(l) == "" {
				continue
			}
			e.printf("%s%s %s", strings.Repeat(" ", w.indent()), e.opts.paint("|", faint), l)
		}
	}
}

// pathText names the components of a walk in order, each once in a row.
func pathText(w eval.Walk) string {
	var names []string
	for _, h := range w.Hops {
		if n := clean(h.Component); n != "" && (len(names) == 0 || names[len(names)-1] != n) {
			names = append(names, n)
		}
	}
	return strings.Join(names, " > ")
}
