package render

import (
	"io"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	homepage    = "https://github.com/vpcpath/vpcpath"
	rulesPage   = homepage + "/blob/main/docs/rules.md"
	sourceRoot  = "%SRCROOT%" // the word of SARIF's readers for the root of the repository

	// fingerprintName has the version of how fingerprints are made.
	fingerprintName = "vpcpath/v1"
)

// sarifLevels are SARIF's words for the severities.
var sarifLevels = map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning", diag.Info: "note"}

// SARIF writes a report as a SARIF 2.1.0 log with one run. describe tells
// what a rule's id stands for.
func SARIF(w io.Writer, r check.Report, texts Texts, version string, describe func(id string) *check.Rule) error {
	s := sarifWriter{texts: texts, index: map[string]int{}}
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "vpcpath", Version: version, InformationURI: homepage, Rules: []sarifRule{}}},
		Invocations: []sarifInvocation{{!r.Rejected}},
		Bases:       map[string]sarifURI{sourceRoot: {Description: &sarifText{Text: "where vpcpath was run: the root of the repository"}}},
		ColumnKind:  "unicodeCodePoints",
		Results:     []sarifResult{},
	}
	rule := func(d sarifRule) {
		s.index[d.ID] = len(run.Tool.Driver.Rules)
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, d)
	}
	for _, id := range r.RuleIDs() {
		rule(descriptor(describe(id)))
	}
	if len(r.Outcomes) > 0 {
		rule(sarifRule{ID: expectRule, Short: sarifText{Text: "An expectation does not hold."}, Configuration: sarifConfiguration{"error"}})
	}
	for _, f := range r.Findings {
		run.Results = append(run.Results, s.finding(f, r.Baseline))
	}
	for _, o := range r.Outcomes {
		if !o.OK {
			run.Results = append(run.Results, s.outcome(o))
		}
	}
	return writeJSON(w, sarifLog{sarifSchema, "2.1.0", []sarifRun{run}})
}

// descriptor describes a rule: its help is what `vpcpath rules` says.
func descriptor(r *check.Rule) sarifRule {
	out := sarifRule{ID: r.ID, Short: sarifText{Text: capital(r.Title) + "."}, Configuration: sarifConfiguration{sarifLevels[r.Severity]}}
	if r.Why == "" {
		return out
	}
	why := strings.TrimSpace(r.Why)
	out.Full = &sarifText{Text: why}
	help := &sarifText{Text: why, Markdown: why}
	for _, e := range []struct{ title, text string }{{"Found, at the lines with `# want`:", r.Bad()}, {"Not found:", r.Good()}} {
		if text := strings.Trim(e.text, "\n"); text != "" {
			help.Markdown += "\n\n" + e.title + "\n\n```yaml\n" + text + "\n```"
		}
	}
	out.Help, out.HelpURI = help, rulesPage+"#"+r.ID
	if len(r.Rules) > 0 {
		out.Properties = &sarifProperties{Tags: r.Rules}
	}
	return out
}

type sarifWriter struct {
	texts Texts
	index map[string]int // of rules
}

func (s *sarifWriter) finding(f check.Finding, baseline bool) sarifResult {
	out := sarifResult{RuleID: f.ID, RuleIndex: s.index[f.ID], Level: sarifLevels[f.Severity], Message: sarifText{Text: clean(f.Message)}}
	if l, ok := s.location(f.Pos); ok {
		if f.Resource != "" {
			l.Logical = append(l.Logical, sarifLogical{f.Resource, "resource"})
		}
		out.Locations = append(out.Locations, l)
	}
	for i, rel := range f.Related {
		if l, ok := s.location(rel.Pos); ok {
			l.ID, l.Message = i+1, &sarifText{Text: clean(rel.Message)}
			out.Related = append(out.Related, l)
		}
	}
	if f.Fingerprint != "" {
		out.Fingerprints = map[string]string{fingerprintName: f.Fingerprint}
	}
	if baseline {
		out.BaselineState = "new"
	}
	if sup := f.Suppressed; sup != nil {
		one := sarifSuppression{Kind: "external", Status: "accepted", Justification: clean(sup.Reason)}
		switch sup.Kind {
		case check.InSource:
			one.Kind = "inSource"
		case check.Known:
			out.BaselineState, one.Justification = "unchanged", "known from the baseline"
		}
		if l, ok := s.location(sup.At); ok {
			one.Location = &l
		}
		out.Suppressions = append(out.Suppressions, one)
	}
	if f.Fix != nil && len(f.Fix.Edits) > 0 {
		out.Fixes = append(out.Fixes, s.fix(f.Fix))
	}
	return out
}

func (s *sarifWriter) outcome(o check.Outcome) sarifResult {
	out := sarifResult{RuleID: expectRule, RuleIndex: s.index[expectRule], Level: "error",
		Message: sarifText{Text: joinNonEmpty(": ", clean(o.Expectation.Name), outcomeText(o))}}
	if l, ok := s.location(o.Expectation.At); ok {
		out.Locations = append(out.Locations, l)
	}
	return out
}

// location is ok for every place but none at all.
func (s *sarifWriter) location(at diag.Pos) (sarifLocation, bool) {
	if !at.IsValid() {
		return sarifLocation{}, false
	}
	l := sarifLocation{Physical: &sarifPhysical{Artifact: artifact(at.Path())}}
	if at.Line > 0 {
		l.Physical.Region = &sarifRegion{StartLine: at.Line, StartColumn: s.texts.column(at)}
	}
	if at.Object() != "" {
		l.Logical = append(l.Logical, sarifLogical{at.Object(), "object"})
	}
	return l, true
}

func artifact(file string) sarifURI {
	u := sarifURI{URI: uri(file)}
	if !strings.HasPrefix(u.URI, "file:") {
		u.BaseID = sourceRoot
	}
	return u
}

// fix writes the edits by file, in their order.
func (s *sarifWriter) fix(f *diag.Fix) sarifFix {
	out := sarifFix{Description: sarifText{Text: clean(f.Message)}}
	for _, e := range f.Edits {
		a := artifact(e.Pos.File)
		i := slices.IndexFunc(out.Changes, func(c sarifChange) bool { return c.Artifact == a })
		if i < 0 {
			i = len(out.Changes)
			out.Changes = append(out.Changes, sarifChange{Artifact: a})
		}
		r := sarifReplacement{Deleted: sarifRegion{e.Pos.Line, s.texts.column(e.Pos), e.End.Line, s.texts.column(e.End)}}
		if e.Text != "" {
			r.Inserted = &sarifText{Text: e.Text}
		}
		out.Changes[i].Replacements = append(out.Changes[i].Replacements, r)
	}
	return out
}
