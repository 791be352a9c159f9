package main

import (
	"github.com/spf13/cobra"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/examples"
	"github.com/vpcpath/vpcpath/internal/render"
)

func newExample(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "example [NAME]",
		Short: "List the topologies that ship with vpcpath, or print one",
		Long: `Without a name: list the topologies that ship inside the program. With one:
print it as YAML, to read, to keep, or to ask at once.`,
		Example: `  vpcpath example
  vpcpath example openvpn | vpcpath explain - --from app-1 --to app-2 --port tcp/5432`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var list []string
			for _, e := range examples.List() {
				list = append(list, e.Name+"\t"+e.Description)
			}
			return withPrefix(list, prefix), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return runExamples(a)
			}
			return runExample(a, args[0])
		},
	}
}

func runExamples(a *app) error {
	var list []render.Example
	for _, e := range examples.List() {
		list = append(list, render.Example(e))
	}
	if a.json() {
		return a.answer(statusOK, render.ExamplesJSON(a.stdout, list))
	}
	return a.answer(statusOK, render.Examples(a.stdout, list, a.options()))
}

func runExample(a *app, name string) error {
	text, ok := examples.Get(name)
	if !ok {
		var names []string
		for _, e := range examples.List() {
			names = append(names, e.Name)
		}
		return badInputf("no example is called %q; expected %s%s", name, alternatives(names), diag.DidYouMean(name, names))
	}
	_, err := a.stdout.Write(text)
	return a.answer(statusOK, err)
}
