package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/vpcpath/vpcpath/internal/awsjson"
	"github.com/vpcpath/vpcpath/internal/importer"
	"github.com/vpcpath/vpcpath/internal/load"
)

// fetcher is the program that asks AWS; it is not part of this one, which
// talks to nobody.
const fetcher = "vpcpath-aws"

type awsOptions struct {
	importOptions
	commands bool
	profile  string
	regions  []string
	dump     string
}

// newImportAWS is what there is to say about AWS accounts besides reading
// their dumps.
func newImportAWS(a *app) *cobra.Command {
	o := awsOptions{importOptions: importOptions{app: a}}
	cmd := &cobra.Command{
		Use:   "aws",
		Short: "Import a running AWS account, or print the AWS CLI calls that dump one",
		Long: `Asks a running account what its networks are, by calls that read only, and
writes a topology. The calls are made by the program vpcpath-aws, which has to
be beside vpcpath or on the PATH; docs/import.md says how to get it, and
docs/aws-policy.json is the policy with the least that it needs. Credentials
come from the environment or the AWS configuration, as with the AWS CLI.

With --commands: prints a shell script that asks the AWS CLI for the same, and
writes the answers to a directory.

A directory of your own that is called aws is imported as ./aws.`,
		Example: `  vpcpath import aws --profile audit --region eu-west-1 -o network.yaml
  vpcpath import aws --commands --region eu-west-1 --region us-east-1 > dump.sh
  sh dump.sh dump && vpcpath import dump -o network.yaml`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return runImportAWS(o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.commands, "commands", false, "print the AWS CLI calls that dump an account, as a shell script")
	f.StringVar(&o.profile, "profile", "", "the `profile` of the AWS configuration to use")
	f.StringArrayVar(&o.regions, "region", nil, "ask this `region`; may be given again; default: that of the AWS configuration; all: every enabled one (not with --commands)")
	f.StringVar(&o.dump, "dump", "", "keep what AWS answers in this `directory`, for other commands to read")
	f.StringVarP(&o.file, "output", "o", "", "write the topology to this `file` instead of standard output")
	inputFlags(cmd, &a.input)
	cmd.MarkFlagsMutuallyExclusive("commands", "profile")
	cmd.MarkFlagsMutuallyExclusive("commands", "dump")
	return cmd
}

var regionName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+$`) })

func runImportAWS(o awsOptions) error {
	for _, r := range o.regions {
		if !regionName().MatchString(r) && (r != "all" || o.commands) {
			return badInputf("--region: %q is no Region; expected one as eu-west-1", r)
		}
	}
	if o.commands {
		_, err := io.WriteString(o.app.stdout, awsjson.Script(o.regions))
		return o.app.answer(statusOK, err)
	}
	program, err := findFetcher()
	if err != nil {
		return err
	}
	dir := o.dump
	if dir == "" {
		if dir, err = os.MkdirTemp("", "vpcpath-aws-"); err != nil {
			return badInputf("cannot keep what AWS answers: %w", err)
		}
		defer os.RemoveAll(dir)
	}
	args := []string{"--dir", dir}
	if o.profile != "" {
		args = append(args, "--profile", o.profile)
	}
	for _, r := range o.regions {
		args = append(args, "--region", r)
	}
	cmd := exec.Command(program, args...)
	cmd.Stderr = o.app.stderr
	if err := cmd.Run(); err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			return answered{statusBadInput} // it has said why
		}
		return badInputf("%s cannot be started: %w", program, err)
	}
	files, findings := load.Files([]string{dir}, nil)
	if o.dump == "" { // places in files that are about to go
		for i := range files {
			files[i].Name = strings.TrimPrefix(files[i].Name, dir+string(filepath.Separator))
		}
	}
	in, more := importer.Import(files, o.app.input)
	return o.write(in, append(findings, more...))
}

// findFetcher looks for the program beside this one, then on the PATH.
func findFetcher() (string, error) {
	if own, err := os.Executable(); err == nil {
		if path, err := exec.LookPath(filepath.Join(filepath.Dir(own), fetcher)); err == nil {
			return path, nil
		}
	}
	if path, err := exec.LookPath(fetcher); err == nil {
		return path, nil
	}
	return "", badInputf("the program %s, which asks AWS, is neither beside vpcpath nor on the PATH; build it with `make live`, or dump the account with the AWS CLI: vpcpath import aws --commands", fetcher)
}
