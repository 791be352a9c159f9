package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/vpcpath/vpcpath/internal/check"
)

// Catalogue writes the rules, one to a line.
func Catalogue(w io.Writer, list []*check.Rule, o Options) error {
	var rows [][]string
	for _, r := range list {
		rows = append(rows, []string{r.ID, r.Severity.String(), r.Title})
	}
	return table(w, []string{"RULE", "SEVERITY", "FINDS"}, rows, o)
}

// CatalogueRule writes one rule with all that there is to say of it.
func CatalogueRule(w io.Writer, r *check.Rule, o Options) error {
	t := &textWriter{opts: o}
	t.printf("%s (%s)\n", t.opts.paint(r.ID, strong), r.Severity)
	t.paragraph(2, r.Title, plain)
	if r.Check == nil {
		t.printf("\n")
		t.paragraph(2, "Found in reading a topology, not by a rule that looks at it. An error of this kind is bad input: status 2.", faint)
	}
	for part := range strings.SplitSeq(r.Why, "\n\n") {
		if part != "" {
			t.printf("\n")
			t.paragraph(2, strings.Join(strings.Fields(part), " "), plain)
		}
	}
	for _, e := range []struct{ title, text string }{{"Found, at the lines with `# want`:", r.Bad()}, {"Not found:", r.Good()}} {
		if e.text == "" {
			continue
		}
		t.printf("\n  %s\n\n", e.title)
		for line := range strings.Lines(strings.Trim(e.text, "\n")) {
			t.printf("%s\n", strings.TrimRight("    "+strings.TrimRight(line, "\n"), " "))
		}
	}
	if len(r.Rules) > 0 {
		t.printf("\n")
		t.paragraph(2, "Rules of docs/semantics.md: "+strings.Join(r.Rules, ", "), faint)
	}
	if r.Since != "" {
		t.paragraph(2, "Since "+r.Since, faint)
	}
	_, err := io.WriteString(w, t.String())
	return err
}

// CatalogueJSON writes rules.
func CatalogueJSON(w io.Writer, list []*check.Rule) error {
	out := make([]jsonLintRule, len(list))
	for i, r := range list {
		out[i] = jsonLintRule{r.ID, r.Title, r.Why, r.Severity.String(), r.Bad(), r.Good(), append([]string{}, r.Rules...), r.Since, r.Check == nil}
	}
	return writeJSON(w, struct {
		Version int            `json:"version"`
		Rules   []jsonLintRule `json:"rules"`
	}{schemaVersion, out})
}

type jsonLintRule struct {
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Why       string   `json:"why"`
	Severity  string   `json:"severity"`
	Bad       string   `json:"bad"`
	Good      string   `json:"good"`
	Semantics []string `json:"semantics"`
	Since     string   `json:"since"`
	Reading   bool     `json:"reading"`
}

// CatalogueMarkdown writes docs/rules.md.
func CatalogueMarkdown(w io.Writer, list []*check.Rule) error {
	var b strings.Builder
	b.WriteString(`# Rules

What ` + "`vpcpath check`" + ` looks for besides errors: what AWS accepts and an engineer would regret. This page is made from the rules
themselves; ` + "`vpcpath rules RULE`" + ` prints the same. How to set, silence and baseline them: [ci.md](ci.md). What is found in reading
a topology, and is bad input, stands in [language.md](language.md#findings).

| rule | severity | finds |
|---|---|---|
`)
	for _, r := range list {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.ID, r.ID, r.Severity, cell(r.Title))
	}
	for _, r := range list {
		fmt.Fprintf(&b, "\n## %s\n\n%s (%s).\n", r.ID, capital(r.Title), r.Severity)
		if r.Why != "" {
			fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(r.Why))
		}
		for _, e := range []struct{ title, text string }{{"Found, at the lines with `# want`:", r.Bad()}, {"Not found:", r.Good()}} {
			if e.text != "" {
				fmt.Fprintf(&b, "\n%s\n\n```yaml\n%s\n```\n", e.title, strings.Trim(e.text, "\n"))
			}
		}
		var notes []string
		if len(r.Rules) > 0 {
			notes = append(notes, "Rules of [semantics.md](semantics.md): "+strings.Join(r.Rules, ", ")+".")
		}
		if r.Since != "" {
			notes = append(notes, "Since "+r.Since+".")
		}
		if len(notes) > 0 {
			fmt.Fprintf(&b, "\n%s\n", strings.Join(notes, " "))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cell escapes a text for a cell of a Markdown table.
func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
