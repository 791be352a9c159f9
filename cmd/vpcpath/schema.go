package main

import (
	"github.com/spf13/cobra"

	"github.com/vpcpath/vpcpath/internal/load"
)

func newSchema(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the topology language, for editors",
		Long: `Print a JSON Schema (draft 2020-12) of topology files. Editors complete and
check with it: for those that use yaml-language-server, write it to a file and
begin a topology with

  # yaml-language-server: $schema=vpcpath.schema.json`,
		Example:           `  vpcpath schema > vpcpath.schema.json`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.stdout.Write(load.Schema())
			return a.answer(statusOK, err)
		},
	}
}
