package main

import (
	"bytes"
	"os"

	"github.com/spf13/cobra"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/importer"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/render"
)

type importOptions struct {
	app    *app
	paths  []string
	format string
	file   string
}

func newImport(a *app) *cobra.Command {
	o := importOptions{app: a}
	cmd := &cobra.Command{
		Use:   "import SOURCE...",
		Short: "Write what AWS or Terraform prints as a topology file",
		Long: `Reads what AWS, Terraform or CloudFormation says of a network, and writes it in
the topology language. Every other command reads the same sources directly.

SOURCE is a file, a directory, or - for standard input. The format is told by
what stands in the files, not by their names.

What was read, and how much of it is modelled, is reported on standard error.
What is not modelled stands in the topology under not_modelled, and makes
verdicts that depend on it unknown.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			o.paths = args
			return runImport(o)
		},
	}
	f := cmd.Flags()
	f.Var(&choice{&o.format, importer.Formats(), "format"}, "format", "read the sources as this `format`, not as what they look like: "+alternatives(importer.Formats()))
	f.StringVar(&o.file, "to", "", "write the topology to this `file` instead of standard output")
	complete(cmd, "format", importer.Formats()...)
	return cmd
}

func runImport(o importOptions) error {
	in, findings := importer.Read(o.paths, o.app.stdin, importer.Options{Format: o.format})
	var out []*doc.Document
	for _, m := range in.Imports {
		out = append(out, m.Document)
	}
	if len(out) == 0 && !diag.HasErrors(findings) {
		return badInputf("there is nothing to import: the sources are in the topology language already")
	}
	_, more := load.Load(in.Sources)
	findings = diag.Sort(append(findings, more...))
	if len(out) == 0 {
		return o.app.reject(findings)
	}
	var text bytes.Buffer
	for _, d := range out {
		if err := load.Write(&text, d); err != nil {
			return badInputf("cannot write the topology: %w", err)
		}
	}
	if err := render.Imports(o.app.stderr, in.Imports, findings, render.Options{Color: o.app.stderrColor()}); err != nil {
		return badInputf("cannot write the report: %w", err)
	}
	status := statusOK
	if diag.HasErrors(findings) {
		status = statusBadInput
	}
	if o.file != "" {
		if err := os.WriteFile(o.file, text.Bytes(), 0o644); err != nil {
			return badInputf("cannot write the topology: %w", err)
		}
		return answered{status}
	}
	_, err := o.app.stdout.Write(text.Bytes())
	return o.app.answer(status, err)
}
