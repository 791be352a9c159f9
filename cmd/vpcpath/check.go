package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/render"
)

type checkOptions struct {
	app *app
	question
	topology       []string
	expect         []string
	rules          []string // RULE=LEVEL
	failOn         string
	baseline       string
	updateBaseline bool
	verbose, quiet bool
}

func newCheck(a *app) *cobra.Command {
	o := checkOptions{app: a, failOn: string(check.FailOnError)}
	cmd := &cobra.Command{
		Use:   "check [TOPOLOGY...]",
		Short: "Check a topology and its expectations, or answer one question in a line",
		Long: `Without a question: read the topology, report what is wrong with it and what
the rules find (see vpcpath rules), and run every entry of its expect:
sections. This is the step for CI.

A Terraform plan has two networks: the expectations are for the one after it, and
where the plan changes a verdict, check says what it was.

With --from, --to and --port: answer that question in one line for each pair
of endpoints.

TOPOLOGY is a file, several, a directory, or - for standard input; with none,
./vpcpath.yaml, else ./topology.yaml, else ./topology/.

Exit status: 0 reachable, or every expectation holds and nothing is found that
--fail-on names; 1 not; 2 bad input or usage; 3 something that is not modelled decides. Of several pairs, one that
is not reachable makes it 1; else one that is unknown makes it 3.`,
		Example: `  vpcpath check networks/
  vpcpath check net.yaml --expect policy.yaml
  vpcpath check networks/ -o github -o sarif=vpcpath.sarif
  vpcpath check networks/ --baseline .vpcpath-baseline.json --update-baseline
  vpcpath check net.yaml --from internet --to web-1 --port 443`,
		Annotations:       map[string]string{reporting: "yes"},
		ValidArgsFunction: completeTopology,
		RunE: func(_ *cobra.Command, args []string) error {
			o.topology = args
			return runCheck(o)
		},
	}
	o.question.flags(cmd, a)
	inputFlags(cmd, &a.input)
	f := cmd.Flags()
	f.StringArrayVar(&o.expect, "expect", nil, "a further `file` with expectations; may be given again")
	f.StringArrayVar(&o.rules, "rule", nil, "set the level of a rule, as `RULE=LEVEL`: off, info, warning, error; may be given again")
	f.Var(&choice{&o.failOn, check.Thresholds(), "threshold"}, "fail-on", "the least `severity` that fails the check: error, warning, info, or never")
	f.StringVar(&o.baseline, "baseline", "", "a `file` with findings that are known and do not count")
	f.BoolVar(&o.updateBaseline, "update-baseline", false, "write what is found now to the file of --baseline")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "show the expectations that hold and the findings that are ignored, too")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "show only what fails")
	cmd.MarkFlagsMutuallyExclusive("verbose", "quiet")
	completeFiles(cmd, "expect")
	complete(cmd, "fail-on", check.Thresholds()...)
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
		if err := o.app.settings.output.plain("a question"); err != nil {
			return err
		}
		if o.updateBaseline {
			return badInputf("--update-baseline goes with a whole check, not with a question; leave out --from, --to and --port, or --update-baseline")
		}
		if len(o.expect) > 0 {
			return badInputf("--expect goes with a whole check, not with a question; leave out --from, --to and --port, or --expect")
		}
	}
	paths, err := topologyPaths(o.topology)
	if err != nil {
		return err
	}
	if !o.given() {
		return o.whole(paths)
	}
	t, findings := o.app.loadTopology(paths)
	if diag.HasErrors(findings) {
		return o.app.reject(findings)
	}
	if o.verbose {
		o.app.warn(findings)
	}
	results, err := o.ask(t, o.app.json())
	if err != nil {
		return err
	}
	return o.app.answer(verdictStatus(results), o.lines(results))
}

// whole checks a topology without a question.
func (o checkOptions) whole(paths []string) error {
	catalogue := check.NewCatalogue()
	settings, err := o.app.policy.settings(catalogue, o.rules)
	if err != nil {
		return err
	}
	var baseline *check.Baseline
	switch {
	case o.updateBaseline && o.baseline == "":
		return fmt.Errorf("--update-baseline needs --baseline FILE, the file to write")
	case o.baseline != "" && !o.updateBaseline:
		if baseline, err = readBaseline(catalogue, o.baseline); err != nil {
			return err
		}
	}
	for _, list := range [][]string{o.app.policy.expect, o.expect} {
		paths = append(paths[:len(paths):len(paths)], list...)
	}
	in, t, findings := o.app.readTopology(paths)
	sources := in.Sources
	if diag.HasErrors(findings) {
		return o.finish(statusBadInput, check.Rejected(findings), sources)
	}
	net := eval.Compile(t)
	report := catalogue.Run(check.Input{Sources: sources, Topology: t, Net: net, Found: findings}, settings)
	report.FailOn = check.Threshold(o.failOn)
	report.Outcomes = check.Expectations(net, t.Expectations)
	if before := in.Before(); before != nil {
		was, findings := load.Network(before)
		if was == nil || diag.HasErrors(findings) {
			return o.finish(statusBadInput, check.Rejected(findings), sources)
		}
		report.Plan = check.Changes(was, report.Outcomes)
	}
	if o.updateBaseline {
		text := check.WriteBaseline(report)
		if err := writeBaseline(o.baseline, text); err != nil {
			return err
		}
		if baseline, err = catalogue.ReadBaseline(text); err != nil {
			return badInput{err}
		}
	}
	if baseline != nil {
		baseline.Mark(&report)
	}
	status := statusOK
	if !report.OK() {
		status = statusNo
	}
	return o.finish(status, report, sources)
}

// finish writes a report and ends the command.
func (o checkOptions) finish(status int, r check.Report, sources []load.Source) error {
	options := o.options()
	options.Quiet = options.Quiet || o.updateBaseline // what was just written needs no list
	if err := o.app.writeReport(r, sources, options); err != nil {
		return err
	}
	return answered{status}
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
