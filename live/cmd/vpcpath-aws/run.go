package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/vpcpath/vpcpath/live"
)

// The exit statuses.
const (
	statusOK     = 0
	statusFailed = 2
)

// run runs one command line and returns its exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o live.Options
	policy := false
	cmd := &cobra.Command{
		Use:   "vpcpath-aws --dir DIR",
		Short: "Write what an AWS account's networks are, as the AWS CLI prints it",
		Long: `Asks an AWS account by read-only calls what its networks are, and writes the
answers into DIR as ACCOUNT/REGION/*.json. Every command of vpcpath reads DIR:

  vpcpath-aws --profile audit --region eu-west-1 --dir dump
  vpcpath explain dump --from web-1 --to db-1 --port 5432

Credentials and the region come from the environment or from the AWS
configuration, as with the AWS CLI. Calls that AWS throttles are tried again.

Exit status: 0 all was fetched, 2 something failed.`,
		Args:          cobra.NoArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(*cobra.Command, []string) error {
			if policy {
				return writePolicy(stdout)
			}
			if o.Dir == "" {
				return fmt.Errorf("where to write is missing: give --dir DIR")
			}
			return fetch(ctx, o, stderr)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Profile, "profile", "", "the `profile` of the AWS configuration to use")
	f.StringArrayVar(&o.Regions, "region", nil, "a `region`, or all for every enabled one; may be given again")
	f.StringVar(&o.Dir, "dir", "", "the `directory` to write into; made if need be")
	f.BoolVar(&policy, "policy", false, "print the least-privilege IAM policy and exit")
	cmd.SetArgs(args)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	if err := cmd.Execute(); err != nil {
		fmt.Fprintf(stderr, "vpcpath-aws: %v\n", err)
		return statusFailed
	}
	return statusOK
}

func fetch(ctx context.Context, o live.Options, stderr io.Writer) error {
	if file, ok := stderr.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		bar := progressbar.NewOptions(1, progressbar.OptionSetWriter(stderr), progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(), progressbar.OptionShowCount())
		o.Progress = func(done, all int, what string) {
			bar.ChangeMax(all)
			bar.Describe(what)
			_ = bar.Set(done)
		}
	}
	got, err := live.Fetch(ctx, o)
	for _, n := range got.Notes {
		fmt.Fprintf(stderr, "vpcpath-aws: %s\n", n)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "vpcpath-aws: account %s: %d resources in %d files below %s\n", got.Account, got.Items, got.Files, o.Dir)
	return nil
}

// writePolicy writes the policy that allows what Fetch asks, and no more.
func writePolicy(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(live.Policy())
}
