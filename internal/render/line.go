package render

import (
	"io"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// Lines writes one line for each result: the pair with the addresses used,
// the verdict, and for anything but reachable what works and what stops the
// rest. A line is never wrapped. Quiet leaves out what is reachable.
func Lines(w io.Writer, results []*eval.Result, o Options) error {
	var b strings.Builder
	for _, r := range results {
		if o.Quiet && r.Verdict == eval.Reachable {
			continue
		}
		b.WriteString(questionLine(r) + ": " + o.paint(r.Verdict.String(), verdictTone(r.Verdict)))
		if d := details(r); d != "" {
			b.WriteString("; " + d)
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// questionLine writes "web-1 10.0.0.10 -> db-1 10.0.1.20 tcp/5432".
func questionLine(r *eval.Result) string {
	return party(r.From) + " -> " + party(r.To) + " " + askedText(r.Port)
}

func details(r *eval.Result) string {
	n := namer{parties: []eval.Party{r.From, r.To}, chosen: r.From.Names, all: true}
	var out []string
	if names := deliveredElsewhere(r); len(names) > 0 {
		out = append(out, "delivered to "+strings.Join(names, ", "))
	}
	add := func(lead string, parts []string) {
		if len(parts) > 0 {
			out = append(out, lead+": "+strings.Join(parts, " or "))
		}
	}
	if r.Verdict != eval.Reachable {
		add("works", n.parts(r.Works, r.Asked, askedProtocol(r.Port)))
	}
	add("works sometimes", n.parts(r.Sometimes, r.Asked, askedProtocol(r.Port)))
	add("undetermined", n.parts(r.Undetermined, r.Asked, askedProtocol(r.Port)))
	var why []string
	for _, b := range r.Blockers {
		why = append(why, blockerWords(b))
	}
	if len(why) > 0 {
		out = append(out, "blocked by "+strings.Join(why, ", "))
	}
	return strings.Join(out, "; ")
}

// blockerWords writes "ENI_SG_RULES_MISMATCH at sg-db ingress (net.yaml:44:5)".
func blockerWords(b eval.Blocker) string {
	text := string(b.Code)
	if where := joinNonEmpty(" ", clean(b.Component), b.Direction); where != "" {
		text += " at " + where
	}
	if b.Path == "return" {
		text += " of the reply"
	}
	if b.At.IsValid() {
		text += " (" + clean(b.At.String()) + ")"
	}
	return text
}
