package render

import (
	"io"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// explainer explains one result.
type explainer struct {
	*textWriter
	names   namer
	asked   string                 // the one protocol of the question, or ""
	tunnels map[model.Resource]int // the hops whose outer packets are shown already
}

// Explain writes results hop by hop, each in turn, and a count of the
// verdicts behind several.
func Explain(w io.Writer, results []*eval.Result, o Options) error {
	for i, r := range results {
		t := &textWriter{opts: o}
		if i > 0 {
			t.printf("\n")
		}
		t.explain(r)
		if _, err := io.WriteString(w, t.String()); err != nil {
			return err
		}
	}
	if len(results) < 2 {
		return nil
	}
	_, err := io.WriteString(w, "\n"+summary(results)+"\n")
	return err
}

func (t *textWriter) explain(r *eval.Result) {
	e := explainer{
		textWriter: t,
		names:      namer{parties: []eval.Party{r.From, r.To}, all: t.opts.Verbose},
		asked:      askedProtocol(r.Port),
		tunnels:    map[model.Resource]int{},
	}
	e.headline(r)
	e.scope(r)
	if !t.opts.Quiet {
		e.walks(r)
	}
	e.blockers(r)
	e.assumptions(r)
}

// headline is the question on the left and the verdict on the right.
func (e explainer) headline(r *eval.Result) {
	left := questionText(r)
	verdict := strings.ToUpper(r.Verdict.String())
	if n := len(r.Blockers); n > 0 {
		verdict += ", " + plural(n, "blocker")
	}
	total := e.opts.width()
	painted := e.opts.paint(verdict, verdictTone(r.Verdict), strong)
	if room := total - width(left) - width(verdict); room >= gap {
		e.printf("%s%s%s\n", e.opts.paint(left, strong), strings.Repeat(" ", room), painted)
		return
	}
	for _, l := range wrap(left, total, hang) {
		e.printf("%s\n", e.opts.paint(l, strong))
	}
	e.printf("%s%s\n", strings.Repeat(" ", max(0, total-width(verdict))), painted)
}

// questionText writes "web-1 10.0.0.10 -> db-1 10.0.1.20  tcp/5432".
func questionText(r *eval.Result) string {
	return party(r.From) + " -> " + party(r.To) + "  " + askedText(r.Port)
}

func verdictTone(v eval.Verdict) tone {
	switch v {
	case eval.Reachable:
		return good
	case eval.Unreachable:
		return bad
	}
	return mixed
}

// scope says who gets the packet where it is not the one that was asked for,
// and of a partial answer exactly what works.
func (e explainer) scope(r *eval.Result) {
	if names := deliveredElsewhere(r); len(names) > 0 {
		e.printf("\n")
		e.paragraph(0, "delivered to "+strings.Join(names, ", "))
	}
	e.boxes("WORKS", r, r.Verdict == eval.Partial || r.Verdict == eval.Unknown, good)
	e.boxes("WORKS SOMETIMES, as the NAT picks its source ports", r, true, mixed)
	e.boxes("UNDETERMINED, something that is not modelled decides", r, true, mixed)
}

func (e explainer) boxes(title string, r *eval.Result, show bool, t tone) {
	list := r.Works
	switch t {
	case mixed:
		list = r.Sometimes
		if strings.HasPrefix(title, "UNDETERMINED") {
			list = r.Undetermined
		}
	}
	if !show || len(list) == 0 {
		return
	}
	n := e.names
	n.all = true
	e.title(title)
	for _, s := range n.parts(list, r.Asked, e.asked) {
		for _, l := range wrap(s, e.opts.width()-1, hang) {
			e.printf(" %s\n", e.opts.paint(l, t))
		}
	}
}

func (e explainer) title(s string) {
	e.printf("\n")
	for _, l := range wrap(s, e.opts.width(), hang) {
		e.printf("%s\n", e.opts.paint(l, strong))
	}
}

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
			r.note = "from " + itoa(h.After) + ", the part " + e.names.packetText(h.Packet, e.asked) + ":"
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

// supposition says what is supposed of the hop before one that is supposed.
func supposition(before *eval.Hop) string {
	if before != nil && before.Action == eval.Deny {
		return "supposing " + itoa(before.N) + " lets it through:"
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

// deliveredElsewhere names who gets the packet in the end, unless that is
// just the host that was asked for.
func deliveredElsewhere(r *eval.Result) []string {
	var names []string
	elsewhere := false
	for _, d := range r.DeliveredTo {
		names = append(names, clean(hostName(d, "")))
		if !sameHost(d, r.To) {
			elsewhere = true
		}
	}
	if !elsewhere {
		return nil
	}
	return slices.Compact(names)
}

// sameHost reports whether what got the packet is the party itself: its
// resource, the interface's owner, or the holder of an address.
func sameHost(d model.Resource, p eval.Party) bool {
	if p.Resource == nil {
		i, ok := d.(*model.Interface)
		if !ok {
			return true
		}
		own := addr.SetOfAddrs(i.Addrs()...)
		for _, pub := range i.Public {
			own = own.Union(addr.SetOfAddrs(pub.Public))
		}
		return own.Overlaps(p.Addrs)
	}
	return owner(d) == owner(p.Resource)
}

func owner(r model.Resource) model.Resource {
	if i, ok := r.(*model.Interface); ok && i.Owner != nil {
		return i.Owner
	}
	return r
}

// summary counts the verdicts of several pairs.
func summary(results []*eval.Result) string {
	var count [4]int
	for _, r := range results {
		count[r.Verdict]++
	}
	var parts []string
	for _, v := range []eval.Verdict{eval.Reachable, eval.Partial, eval.Unreachable, eval.Unknown} {
		if count[v] > 0 {
			parts = append(parts, itoa(count[v])+" "+v.String())
		}
	}
	return plural(len(results), "pair") + ": " + strings.Join(parts, ", ")
}
