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
		Example: `  vpcpath import aws --commands > dump.sh && sh dump.sh dump
  vpcpath import dump -o network.yaml
  terraform show -json plan.bin | vpcpath import -`,
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
	inputFlags(cmd, &a.input)
	// -o of the other commands chooses a format; here it names the file, and
	// neither the environment nor the configuration sets it.
	f.StringVarP(&o.file, "output", "o", "", "write the topology to this `file` instead of standard output")
	complete(cmd, "format", importer.Formats()...)
	cmd.AddCommand(newImportAWS(a))
	return cmd
}

func runImport(o importOptions) error {
	o.app.input.Format = o.format
	in, findings := importer.Read(o.paths, o.app.stdin, o.app.input)
	return o.write(in, findings)
}

// write writes what was read as a topology, and a report.
func (o importOptions) write(in importer.Input, findings []diag.Finding) error {
	if len(in.Imports) == 0 {
		if diag.HasErrors(findings) {
			return o.app.reject(findings)
		}
		return badInputf("there is nothing to import: expected %s; a file in the topology language is read as it is", importer.Expected())
	}
	var made []*doc.Document
	var read []load.Source
	for i, m := range in.Imports {
		made = append(made, m.Document)
		read = append(read, load.Source{Name: m.Files[0], Doc: in.Imports[i].Document})
	}
	_, more := load.Load(read)
	findings = diag.Sort(append(findings, more...))
	if err := render.Imports(o.app.stderr, in.Imports, in.LeftOut, findings, render.Options{Color: o.app.stderrColor()}); err != nil && !brokenPipe(err) {
		return badInputf("cannot write the report: %w", err)
	}
	if diag.HasErrors(findings) {
		return answered{statusBadInput} // a file that looks whole would be believed
	}
	var text bytes.Buffer
	if err := load.Write(&text, doc.Join(made...)); err != nil {
		return badInputf("cannot write the topology: %w", err)
	}
	if o.file != "" {
		if err := os.WriteFile(o.file, text.Bytes(), 0o644); err != nil {
			return badInputf("cannot write the topology: %w", err)
		}
		return nil
	}
	_, err := o.app.stdout.Write(text.Bytes())
	return o.app.answer(statusOK, err)
}
