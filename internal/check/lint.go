package check

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

// Finding is a finding of a check with what the driver knows of it.
type Finding struct {
	diag.Finding
	Resource    string // the resource in whose description it lies; "" for none
	Fingerprint string // "" for bad input; else the same as long as rule, resource and message are: lines may move
	// Suppressed says why it does not count; nil where it does.
	Suppressed *Suppression
}

// Suppression is why a finding does not count.
type Suppression struct {
	Kind   SuppressionKind
	Reason string   // as the user wrote it; "" for Known
	At     diag.Pos // where it is written
}

// SuppressionKind is where a suppression stands.
type SuppressionKind uint8

// The kinds.
const (
	InSource SuppressionKind = iota // a `vpcpath:ignore` comment
	External                        // an ignore of the configuration
	Known                           // in the baseline: it was there before
)

// Input is a topology to check.
type Input struct {
	Sources  []load.Source // for the comments in them
	Topology *model.Topology
	Net      *eval.Net
	Found    []diag.Finding // what was found in reading it
}

// Report is what a check has to say.
type Report struct {
	Findings []Finding // sorted by place
	Outcomes []Outcome // in the order of the expectations
	Rules    []*Rule   // those that ran
	FailOn   Threshold // what fails it
	Baseline bool      // there is one
	Gone     int       // findings of the baseline that are no more
	// Plan is what a plan changes; nil where the topology has no plan in it.
	Plan *Plan
	// Rejected says that the topology could not be read: nothing was checked.
	Rejected bool
}

// Run runs every rule that is not off, joins what they find with what was
// found in reading, and leaves out, marks and weighs it as settings say. The
// expectations are the caller's.
func (c *Catalogue) Run(in Input, s Settings) Report {
	var r Report
	for _, rule := range c.Rules() {
		if !s.off(rule.ID) {
			r.Rules = append(r.Rules, rule)
		}
	}
	found := append(in.Found[:len(in.Found):len(in.Found)], Lint(in.Topology, in.Net, r.Rules)...)
	list, bad := comments(in.Sources, c)
	places, prints, silent := newOwners(in.Topology), newFingerprints(), newSuppressor(list, s)
	add := func(list []diag.Finding) {
		for _, f := range list {
			if s.off(f.ID) {
				continue
			}
			f.Severity = s.severity(f)
			f.Fix = mend(f, in.Sources)
			one := Finding{Finding: f, Resource: places.of(f.Pos)}
			one.Fingerprint = prints.of(f, one.Resource)
			one.Suppressed = silent.of(&one)
			r.Findings = append(r.Findings, one)
		}
	}
	add(diag.Sort(append(found, bad...)))
	if unused := silent.unused(in.Sources, s); len(unused) > 0 {
		add(diag.Sort(unused))
		sortFindings(r.Findings)
	}
	return r
}

// mend returns the fix of a finding with whole edits, nil where there is none.
func mend(f diag.Finding, sources []load.Source) *diag.Fix {
	if f.Fix == nil || f.Fix.Edits[0].End.IsValid() {
		return f.Fix
	}
	for _, src := range sources {
		if e, ok := load.DeleteItem(src, f.Fix.Edits[0].Pos); ok {
			return &diag.Fix{Message: f.Fix.Message, Edits: []diag.Edit{e}}
		}
	}
	return nil
}

// sortFindings orders findings as diag.Sort does.
func sortFindings(list []Finding) {
	slices.SortStableFunc(list, func(a, b Finding) int { return diag.Compare(a.Finding, b.Finding) })
}

// Rejected is the report on a topology that has errors: what was found in
// reading, and nothing else.
func Rejected(found []diag.Finding) Report {
	r := Report{Rejected: true}
	for _, f := range found {
		r.Findings = append(r.Findings, Finding{Finding: f})
	}
	return r
}

// RuleIDs returns the ids of the rules that ran, and of everything else that
// was found, sorted.
func (r *Report) RuleIDs() []string {
	seen := map[string]bool{}
	for _, rule := range r.Rules {
		seen[rule.ID] = true
	}
	for _, f := range r.Findings {
		seen[f.ID] = true
	}
	return sortedKeys(seen)
}
