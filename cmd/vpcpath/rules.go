package main

import (
	"github.com/spf13/cobra"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/render"
)

func newRules(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "rules [RULE]",
		Short: "List the rules that check looks for, or explain one",
		Long: `List every rule that check runs, with its severity and what it finds. With
RULE: why it matters, a topology that it flags and one that it does not.

RULE may also be the id of a finding from reading a topology.`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var out []string
			for _, r := range check.NewCatalogue().Rules() {
				out = append(out, cobra.CompletionWithDesc(r.ID, r.Title))
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return runRules(a, args)
		},
	}
}

func runRules(a *app, args []string) error {
	catalogue := check.NewCatalogue()
	if len(args) == 0 {
		if a.json() {
			return a.answer(statusOK, render.CatalogueJSON(a.stdout, catalogue.Rules()))
		}
		return a.answer(statusOK, render.Catalogue(a.stdout, catalogue.Rules(), a.options()))
	}
	r, err := catalogue.Find(args[0])
	if err != nil {
		return badInput{err}
	}
	if a.json() {
		return a.answer(statusOK, render.CatalogueJSON(a.stdout, []*check.Rule{r}))
	}
	return a.answer(statusOK, render.CatalogueRule(a.stdout, r, a.options()))
}
