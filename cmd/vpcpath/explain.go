package main

import (
	"github.com/spf13/cobra"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/render"
)

type explainOptions struct {
	app *app
	question
	topology       []string
	direction      string
	verbose, quiet bool
}

func newExplain(a *app) *cobra.Command {
	o := explainOptions{app: a}
	cmd := &cobra.Command{
		Use:   "explain [TOPOLOGY...] --from A --to B --port P",
		Short: "Answer a question route by route, there and back",
		Long: `Follow the packets of a question hop by hop, there and back: every route with
the ones it won over, every rule with its line, every NAT before and after,
and behind a drop what else would stop them.

TOPOLOGY is a file, several, a directory, or - for standard input; with none,
./vpcpath.yaml, else ./topology.yaml, else ./topology/.

Exit status: 0 reachable; 1 partial or unreachable; 2 bad input or usage; 3
something that is not modelled decides. Of several pairs, one that is not
reachable makes it 1; else one that is unknown makes it 3.`,
		Example: `  vpcpath explain net.yaml --from web-1 --to db-1 --port tcp/5432
  vpcpath explain --from internet --to web-1 --port 443 --direction return
  vpcpath example openvpn | vpcpath explain - --from app-1 --to app-2 --port 5432`,
		ValidArgsFunction: completeTopology,
		RunE: func(_ *cobra.Command, args []string) error {
			o.topology = args
			return runExplain(o)
		},
	}
	o.question.flags(cmd, a)
	inputFlags(cmd, &a.input)
	f := cmd.Flags()
	f.Var(&choice{&o.direction, []string{"forward", "return"}, "direction"}, "direction", "show only one `way`: forward or return")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "show the rules passed over and every hop of a tunnel's own packets, too")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "show only the verdict and the blockers")
	cmd.MarkFlagsMutuallyExclusive("verbose", "quiet")
	complete(cmd, "direction", "forward", "return")
	return cmd
}

func runExplain(o explainOptions) error {
	if err := o.missing(); err != nil {
		return err
	}
	if err := o.ports(new(eval.Question)); err != nil {
		return err
	}
	paths, err := topologyPaths(o.topology)
	if err != nil {
		return err
	}
	t, findings := o.app.loadTopology(paths)
	if diag.HasErrors(findings) {
		return o.app.reject(findings)
	}
	if o.verbose {
		o.app.warn(findings)
	}
	o.allRules = o.verbose
	results, err := o.ask(t, true)
	if err != nil {
		return err
	}
	return o.app.answer(verdictStatus(results), o.explain(results))
}

func (o explainOptions) explain(results []*eval.Result) error {
	if o.app.json() {
		return render.ResultsJSON(o.app.stdout, results)
	}
	r := o.app.options()
	r.Verbose, r.Quiet, r.Direction = o.verbose, o.quiet, render.Direction(o.direction)
	return render.Explain(o.app.stdout, results, r)
}
