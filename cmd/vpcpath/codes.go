package main

import (
	"github.com/spf13/cobra"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/render"
)

func newCodes(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "codes",
		Short: "List the codes of blockers with their meaning",
		Long: `List every code that a blocker can carry. Most are the words of AWS
Reachability Analyzer; the others name what it has no word for.`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			return runCodes(a)
		},
	}
}

func runCodes(a *app) error {
	if a.json() {
		return a.answer(statusOK, render.CodesJSON(a.stdout, eval.Codes()))
	}
	return a.answer(statusOK, render.Codes(a.stdout, eval.Codes(), a.options()))
}
