package main

import (
	"io"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/vpcpath/vpcpath/internal/awsjson"
)

// newImportAWS is what there is to say about AWS accounts besides reading
// their dumps.
func newImportAWS(a *app) *cobra.Command {
	var commands bool
	var regions []string
	cmd := &cobra.Command{
		Use:   "aws --commands",
		Short: "Print the AWS CLI calls that dump an account",
		Long: `Prints a shell script that asks the AWS CLI for everything vpcpath reads of an
account, and writes the answers to a directory. It makes calls that read only.

A directory of your own that is called aws is imported as ./aws.`,
		Example: `  vpcpath import aws --commands --region eu-west-1 --region us-east-1 > dump.sh
  sh dump.sh dump
  vpcpath import dump -o network.yaml`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if !commands {
				return badInputf("expected --commands, which prints the AWS CLI calls that dump an account; to import a directory called aws, give ./aws")
			}
			name := regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+$`)
			for _, r := range regions {
				if !name.MatchString(r) {
					return badInputf("--region: %q is no Region; expected one as eu-west-1", r)
				}
			}
			_, err := io.WriteString(a.stdout, awsjson.Script(regions))
			return a.answer(statusOK, err)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&commands, "commands", false, "print the AWS CLI calls that dump an account, as a shell script")
	f.StringArrayVar(&regions, "region", nil, "dump this `region`; may be given several times; default: that of the AWS CLI's configuration")
	return cmd
}
