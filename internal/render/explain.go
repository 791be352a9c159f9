package render

import (
	"io"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
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
		names:      namer{parties: []eval.Party{r.From, r.To}, chosen: r.From.Names, all: t.opts.Verbose},
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
	e.hanging(left, strong)
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
	if r.Verdict == eval.Partial || r.Verdict == eval.Unknown {
		e.boxes("WORKS", r.Works, r, good)
	}
	e.boxes("WORKS SOMETIMES, as the NAT picks its source ports", r.Sometimes, r, mixed)
	e.boxes("UNDETERMINED, something that is not modelled decides", r.Undetermined, r, mixed)
}

// boxes writes a part of what was asked, exactly.
func (e explainer) boxes(title string, list []packet.Box, r *eval.Result, t tone) {
	if len(list) == 0 {
		return
	}
	n := e.names
	n.all = true
	e.title(title)
	for _, s := range n.parts(list, r.Asked, e.asked) {
		e.hanging(" "+s, t)
	}
}

func (e explainer) title(s string) {
	e.printf("\n")
	e.hanging(s, strong)
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
