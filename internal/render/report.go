package render

import (
	"io"
	"strings"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// Summary counts what a report holds. Findings that are suppressed count as
// such and nowhere else.
type Summary struct {
	Expectations int `json:"expectations"`
	Passed       int `json:"passed"`
	Failed       int `json:"failed"`
	Errors       int `json:"errors"`
	Warnings     int `json:"warnings"`
	Infos        int `json:"infos"`
	Ignored      int `json:"ignored"`  // by a comment or the configuration
	Baseline     int `json:"baseline"` // known from the baseline
	Gone         int `json:"gone"`     // in the baseline, and no more in the topology
}

// Summarise counts a report.
func Summarise(r check.Report) Summary {
	s := Summary{Expectations: len(r.Outcomes), Gone: r.Gone}
	for _, o := range r.Outcomes {
		if o.OK {
			s.Passed++
		} else {
			s.Failed++
		}
	}
	for _, f := range r.Findings {
		switch {
		case f.Suppressed != nil && f.Suppressed.Kind == check.Known:
			s.Baseline++
		case f.Suppressed != nil:
			s.Ignored++
		case f.Severity == diag.Error:
			s.Errors++
		case f.Severity == diag.Warning:
			s.Warnings++
		default:
			s.Infos++
		}
	}
	return s
}

// Findings writes findings one to a line, "file:line:col: message [id]",
// with the places they cite indented below. A severity below error is named.
func Findings(w io.Writer, list []diag.Finding, o Options) error {
	t := &textWriter{opts: o}
	for _, f := range list {
		t.finding(f)
	}
	_, err := io.WriteString(w, t.String())
	return err
}

func (t *textWriter) finding(f diag.Finding) {
	at, tn, severity := "", bad, ""
	if f.Pos.IsValid() {
		at = clean(f.Pos.String()) + ": "
	}
	if f.Severity != diag.Error {
		tn, severity = mixed, f.Severity.String()+": "
	}
	t.printf("%s%s %s\n", t.opts.paint(at, strong), t.opts.paint(severity+clean(f.Message), tn), t.opts.paint("["+f.ID+"]", faint))
	for _, r := range f.Related {
		t.printf("    %s\n", t.opts.paint(joinNonEmpty(": ", clean(r.Pos.String()), clean(r.Message)), faint))
	}
}

// Check writes a report: the findings, those of the baseline first, the
// expectations that fail with their blockers, and a summary. Verbose adds the
// expectations that hold and the findings that are ignored; Quiet leaves out
// the summary, the baseline and everything below an error. Where findings are
// all there is to say, since they fail the check or there are no
// expectations, there is no summary.
func Check(w io.Writer, r check.Report, o Options) error {
	t := &textWriter{opts: o}
	shown := 0
	for _, known := range []bool{true, false} {
		for _, f := range r.Findings {
			if known == t.old(f) && t.shows(f) {
				t.mark(f)
				shown++
			}
		}
	}
	for _, out := range r.Outcomes {
		t.outcome(out)
	}
	t.plan(r.Plan)
	s := Summarise(r)
	alone := shown > 0 && s.Failed == 0 && (s.Expectations == 0 || !r.OK())
	if !o.Quiet && (!alone || s.Gone > 0 || o.Verbose) {
		t.printf("%s\n", summaryText(s, o))
	}
	_, err := io.WriteString(w, t.String())
	return err
}

// plan writes what a plan changes, one line for each expectation.
func (t *textWriter) plan(p *check.Plan) {
	if p == nil {
		return
	}
	for _, c := range p.Changes {
		x := c.Expectation
		at := t.opts.paint(clean(x.At.String())+": ", strong)
		name := ""
		if x.Name != "" {
			name = clean(x.Name) + ": "
		}
		was := c.Before.String() + " before"
		if c.Missing != "" {
			was = "not there before (" + clean(c.Missing) + ")"
		}
		t.printf("%s%s%s -> %s %s: the plan changes it: %s, %s after %s\n", at, name, clean(x.From.Text), clean(x.To.Text), portsText(c.Outcome),
			was, t.opts.paint(c.Verdict.String(), verdictTone(c.Verdict)), t.opts.paint("[plan]", faint))
	}
	if t.opts.Quiet {
		return
	}
	switch {
	case p.Fresh:
		t.printf("the plan makes the network anew: there is none before it to compare with\n")
	case len(p.Changes) == 0:
		t.printf("the plan changes no verdict of the expectations\n")
	}
}

// old reports whether a finding was there before.
func (t *textWriter) old(f check.Finding) bool {
	return f.Suppressed != nil && f.Suppressed.Kind == check.Known
}

// shows reports whether a finding is written.
func (t *textWriter) shows(f check.Finding) bool {
	switch {
	case f.Suppressed == nil:
		return !t.opts.Quiet || f.Severity == diag.Error
	case f.Suppressed.Kind == check.Known:
		return !t.opts.Quiet
	}
	return t.opts.Verbose
}

// mark writes a finding with what silences it.
func (t *textWriter) mark(f check.Finding) {
	switch {
	case f.Suppressed == nil:
		t.finding(f.Finding)
	case f.Suppressed.Kind == check.Known:
		t.suppressed(f, "baseline")
	default:
		t.suppressed(f, "ignored")
		t.printf("    %s\n", t.opts.paint(joinNonEmpty(": ", clean(f.Suppressed.At.String()), clean(f.Suppressed.Reason)), faint))
	}
}

func (t *textWriter) suppressed(f check.Finding, word string) {
	at := ""
	if f.Pos.IsValid() {
		at = clean(f.Pos.String()) + ": "
	}
	t.printf("%s\n", t.opts.paint(at+word+": "+clean(f.Message)+" ["+f.ID+"]", faint))
}

// mostFailures is how many failures of one expectation are shown unless
// verbose: groups make as many as there are pairs.
const mostFailures = 10

func (t *textWriter) outcome(o check.Outcome) {
	x := o.Expectation
	at := t.opts.paint(clean(x.At.String())+": ", strong)
	name := ""
	if x.Name != "" {
		name = clean(x.Name) + ": "
	}
	if o.OK {
		if t.opts.Verbose {
			t.printf("%s%sholds: %s -> %s %s is %s\n", at, name, clean(x.From.Text), clean(x.To.Text), portsText(o), t.opts.paint(verdictText(o), good))
		}
		return
	}
	t.failures(o, at+name)
}

// failures writes what of an expectation does not hold, each behind a lead.
func (t *textWriter) failures(o check.Outcome, lead string) {
	x := o.Expectation
	for i, f := range o.Failures {
		if more := len(o.Failures) - i; i >= mostFailures && more > 1 && !t.opts.Verbose {
			t.printf("%s%s; --verbose lists them%s\n", lead, plural(more, "more failure"), t.tag(lead))
			return
		}
		question := clean(x.From.Text) + " -> " + clean(x.To.Text)
		if f.Result != nil {
			question = questionLine(f.Result)
		}
		t.printf("%s%s: %s%s\n", lead, question, t.opts.paint(clean(f.Message), bad), t.tag(lead))
		if f.Result != nil && !t.opts.Quiet {
			t.why(f.Result, !f.Result.Port.All || len(x.Only) == 0)
		}
		if f.Example != nil && !t.opts.Quiet {
			t.example(f)
		}
	}
}

// example shows a packet by which an expectation fails, with its path.
func (t *textWriter) example(f check.Failure) {
	r := f.Result
	n := namer{parties: []eval.Party{r.From, r.To}, chosen: r.From.Names, all: true}
	path := func(names []string) string { return clean(strings.Join(names, " > ")) }
	t.printf("    for example %s, by %s\n", n.packetText(boxPacket(f.Example.Packet), ""), path(f.Example.Path))
	if f.Example.Reply != nil {
		t.printf("        and back by %s\n", path(f.Example.Reply))
	}
}

// tag is the id of a failure, where the line has a place.
func (t *textWriter) tag(lead string) string {
	if lead == "" {
		return ""
	}
	return " " + t.opts.paint("["+expectRule+"]", faint)
}

// why lists what works of a result, where that is not said already, and what
// stops the rest.
func (t *textWriter) why(r *eval.Result, works bool) {
	n := namer{parties: []eval.Party{r.From, r.To}, chosen: r.From.Names, all: true}
	if r.Verdict != eval.Reachable && works {
		for _, s := range n.parts(r.Works, r.Asked, askedProtocol(r.Port)) {
			t.printf("    works: %s\n", s)
		}
	}
	for _, b := range r.Blockers {
		t.printf("    %s: %s\n", blockerWords(b), clean(b.Message))
	}
}

// verdictText is what an expectation that holds has found.
func verdictText(o check.Outcome) string {
	if len(o.Expectation.Only) > 0 {
		return o.Verdict.String() + ", and nothing else"
	}
	return o.Verdict.String()
}

func portsText(o check.Outcome) string {
	var parts []string
	for _, p := range o.Expectation.Ports {
		parts = append(parts, askedText(p))
	}
	return strings.Join(parts, ", ")
}

// expectedText is what an expectation wants, in a word or two.
func expectedText(x *model.Expectation) string {
	if len(x.Only) > 0 {
		return "only"
	}
	return x.Verdict
}

func summaryText(s Summary, o Options) string {
	var text string
	switch {
	case s.Expectations == 0:
		text = "no expectations"
	case s.Failed == 0:
		text = o.paint(plural(s.Expectations, "expectation"), good) + ", all hold"
		if s.Expectations == 1 {
			text = o.paint("1 expectation", good) + ", it holds"
		}
	default:
		text = plural(s.Expectations, "expectation") + ": " + itoa(s.Passed) + " hold, " + o.paint(itoa(s.Failed)+" fail", bad)
	}
	for _, c := range []struct {
		n    int
		noun string
	}{{s.Errors, "error"}, {s.Warnings, "warning"}, {s.Infos, "info"}, {s.Baseline, "finding"}} {
		if c.n > 0 {
			text += "; " + plural(c.n, c.noun)
		}
	}
	if s.Baseline > 0 {
		text += " of the baseline"
	}
	if s.Ignored > 0 {
		text += "; " + itoa(s.Ignored) + " ignored"
	}
	if s.Gone > 0 {
		text += "; " + plural(s.Gone, "finding") + " of the baseline gone, --update-baseline forgets them"
	}
	return text
}
