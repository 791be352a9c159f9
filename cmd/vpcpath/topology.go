package main

import (
	"os"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/importer"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/render"
)

// defaultTopologies are looked for, in this order, when none is named.
var defaultTopologies = []string{"vpcpath.yaml", "topology.yaml", "topology"}

// topologyPaths returns the topology that the arguments name, else the first
// default that exists.
func topologyPaths(args []string) ([]string, error) {
	if len(args) > 0 {
		return args, nil
	}
	for _, name := range defaultTopologies {
		if _, err := os.Stat(name); err == nil {
			return []string{name}, nil
		}
	}
	return nil, badInputf("no topology: name a file, a directory, or - for standard input; with none named, ./vpcpath.yaml, ./topology.yaml or ./topology/ is read, and there is none here")
}

// loadTopology reads and resolves a topology. The findings are sorted; with
// an error among them the topology is not to be used.
func (a *app) loadTopology(paths []string) (*model.Topology, []diag.Finding) {
	_, t, findings := a.readTopology(paths)
	return t, findings
}

// readTopology is loadTopology for who needs the text of the sources too.
func (a *app) readTopology(paths []string) (importer.Input, *model.Topology, []diag.Finding) {
	in, findings := importer.Read(paths, a.stdin, a.input)
	if diag.HasErrors(findings) && len(in.Sources) == 0 {
		return in, nil, diag.Sort(findings)
	}
	t, more := load.Load(in.Sources)
	if t != nil {
		more = append(more, check.UnknownCodes(t.Expectations)...)
	}
	return in, t, diag.Sort(append(findings, more...))
}

// reject ends a command whose topology has errors: every finding is shown,
// as text on standard error or as JSON on standard output.
func (a *app) reject(findings []diag.Finding) error {
	if a.json() {
		return a.answer(statusBadInput, render.FindingsJSON(a.stdout, findings))
	}
	if err := render.Findings(a.stderr, findings, render.Options{Color: a.stderrColor()}); err != nil {
		return badInputf("cannot write the findings: %w", err)
	}
	return answered{statusBadInput}
}

// warn shows what is short of an error on standard error, beside the answer
// to a question.
func (a *app) warn(findings []diag.Finding) {
	_ = render.Findings(a.stderr, findings, render.Options{Color: a.stderrColor()})
}

// stderrColor is like color, but stderr is taken for a terminal only where
// the user says so: it is often read through another pipe than stdout.
func (a *app) stderrColor() bool {
	return a.settings.color == "always"
}
