package render

import (
	"io"
	"strings"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
)

// Report is what a check without a question has to say.
type Report struct {
	Findings []diag.Finding
	Outcomes []check.Outcome
}

// Summary counts what a report holds.
type Summary struct {
	Expectations int `json:"expectations"`
	Passed       int `json:"passed"`
	Failed       int `json:"failed"`
	Errors       int `json:"errors"`
	Warnings     int `json:"warnings"`
	Infos        int `json:"infos"`
}

// Summary counts the report.
func (r Report) Summary() Summary {
	s := Summary{Expectations: len(r.Outcomes)}
	for _, o := range r.Outcomes {
		if o.OK {
			s.Passed++
		} else {
			s.Failed++
		}
	}
	for _, f := range r.Findings {
		switch f.Severity {
		case diag.Error:
			s.Errors++
		case diag.Warning:
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

// Check writes a report: the findings, the expectations that fail with their
// blockers, and a summary. Verbose adds those that hold; Quiet leaves the
// summary and everything below an error out.
func Check(w io.Writer, r Report, o Options) error {
	t := &textWriter{opts: o}
	for _, f := range r.Findings {
		if !o.Quiet || f.Severity == diag.Error {
			t.finding(f)
		}
	}
	for _, out := range r.Outcomes {
		t.outcome(out)
	}
	if !o.Quiet {
		t.printf("%s\n", summaryText(r.Summary(), o))
	}
	_, err := io.WriteString(w, t.String())
	return err
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
			t.printf("%s%sholds: %s -> %s %s is %s\n", at, name, clean(x.From.Text), clean(x.To.Text), portsText(o), t.opts.paint(o.Verdict.String(), good))
		}
		return
	}
	for i, f := range o.Failures {
		if more := len(o.Failures) - i; i >= mostFailures && more > 1 && !t.opts.Verbose {
			t.printf("%s%s%s; --verbose lists them %s\n", at, name, plural(more, "more failure"), t.opts.paint("[expect]", faint))
			return
		}
		question := clean(x.From.Text) + " -> " + clean(x.To.Text)
		if f.Result != nil {
			question = questionLine(f.Result)
		}
		t.printf("%s%s%s: %s %s\n", at, name, question, t.opts.paint(clean(f.Message), bad), t.opts.paint("[expect]", faint))
		if f.Result != nil && !t.opts.Quiet {
			t.why(f.Result)
		}
	}
}

// why lists what works of a result and what stops the rest.
func (t *textWriter) why(r *eval.Result) {
	n := namer{parties: []eval.Party{r.From, r.To}, all: true}
	if r.Verdict != eval.Reachable {
		for _, s := range n.parts(r.Works, r.Asked, askedProtocol(r.Port)) {
			t.printf("    works: %s\n", s)
		}
	}
	for _, b := range r.Blockers {
		t.printf("    %s: %s\n", blockerWords(b), clean(b.Message))
	}
}

func portsText(o check.Outcome) string {
	var parts []string
	for _, p := range o.Expectation.Ports {
		parts = append(parts, askedText(p))
	}
	return strings.Join(parts, ", ")
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
	}{{s.Errors, "error"}, {s.Warnings, "warning"}, {s.Infos, "info"}} {
		if c.n > 0 {
			text += "; " + plural(c.n, c.noun)
		}
	}
	return text
}
