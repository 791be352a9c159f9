package main

import (
	"github.com/spf13/cobra"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/render"
)

type checkOptions struct {
	app *app
	question
	topology       []string
	expect         []string
	verbose, quiet bool
}

func newCheck(a *app) *cobra.Command {
	o := checkOptions{app: a}
	cmd := &cobra.Command{
		Use:   "check [TOPOLOGY...]",
		Short: "Check a topology and its expectations, or answer one question in a line",
		Long: `Without a question: read the topology, report what is wrong with it, and run
every entry of its expect: sections. This is the step for CI.

With --from, --to and --port: answer that question in one line for each pair
of endpoints.

TOPOLOGY is a file, several, a directory, or - for standard input; with none,
./vpcpath.yaml, else ./topology.yaml, else ./topology/.

Exit status: 0 reachable, or every expectation holds; 1 not; 2 bad input or
usage; 3 something that is not modelled decides. Of several pairs, one that
is not reachable makes it 1; else one that is unknown makes it 3.`,
		Example: `  vpcpath check networks/
  vpcpath check net.yaml --expect policy.yaml
  vpcpath check net.yaml --from internet --to web-1 --port 443`,
		ValidArgsFunction: completeTopology,
		RunE: func(_ *cobra.Command, args []string) error {
			o.topology = args
			return runCheck(o)
		},
	}
	o.question.flags(cmd, a)
	f := cmd.Flags()
	f.StringArrayVar(&o.expect, "expect", nil, "a further `file` with expectations; may be given again")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "show the expectations that hold, too")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "show only what fails")
	cmd.MarkFlagsMutuallyExclusive("verbose", "quiet")
	completeFiles(cmd, "expect")
	return cmd
}

func runCheck(o checkOptions) error {
	if o.given() {
		if err := o.missing(); err != nil {
			return err
		}
		if err := o.ports(new(eval.Question)); err != nil {
			return err
		}
		if len(o.expect) > 0 {
			return badInputf("--expect goes with a whole check, not with a question; leave out --from, --to and --port, or --expect")
		}
	}
	paths, err := topologyPaths(o.topology)
	if err != nil {
		return err
	}
	sources, t, findings := o.app.readTopology(append(paths[:len(paths):len(paths)], o.expect...))
	if diag.HasErrors(findings) {
		return o.rejectCheck(findings)
	}
	if o.given() {
		if o.verbose {
			o.app.warn(findings)
		}
		results, err := o.ask(t, o.app.json())
		if err != nil {
			return err
		}
		return o.app.answer(verdictStatus(results), o.lines(results))
	}
	net := eval.Compile(t)
	report := check.NewCatalogue().Run(check.Input{Sources: sources, Topology: t, Net: net, Found: findings}, check.Settings{})
	report.Outcomes = check.Expectations(net, t.Expectations)
	return o.app.answer(checkStatus(report), o.report(report))
}

// rejectCheck is reject; the JSON of a whole check keeps its shape.
func (o checkOptions) rejectCheck(findings []diag.Finding) error {
	if o.app.json() && !o.given() {
		return o.app.answer(statusBadInput, render.CheckJSON(o.app.stdout, check.Rejected(findings)))
	}
	return o.app.reject(findings)
}

func (o checkOptions) options() render.Options {
	r := o.app.options()
	r.Verbose, r.Quiet = o.verbose, o.quiet
	return r
}

func (o checkOptions) lines(results []*eval.Result) error {
	if o.app.json() {
		return render.ResultsJSON(o.app.stdout, results)
	}
	return render.Lines(o.app.stdout, results, o.options())
}

func (o checkOptions) report(r check.Report) error {
	if o.app.json() {
		return render.CheckJSON(o.app.stdout, r)
	}
	return render.Check(o.app.stdout, r, o.options())
}

// checkStatus is the exit status of a whole check.
func checkStatus(r check.Report) int {
	for _, o := range r.Outcomes {
		if !o.OK {
			return statusNo
		}
	}
	for _, f := range r.Counting() {
		if f.Severity >= diag.Error {
			return statusNo
		}
	}
	return statusOK
}
