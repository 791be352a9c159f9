package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/render"
)

// formats are the values of --output that every command takes; a report of
// check can have the further ones too.
var (
	formats       = []string{"table", "json"}
	reportFormats = []string{"table", "json", "sarif", "junit", "github", "checkstyle"}
)

// reporting marks a command whose output can have every format.
const reporting = "reporting"

// destination is one output: a format, and the file it goes to, "" for
// standard output.
type destination struct{ format, file string }

// outputs is the flag --output FORMAT[=FILE], which may be given several
// times.
type outputs []destination

func (o *outputs) Type() string { return "format[=file]" }

func (o *outputs) String() string {
	parts := make([]string, len(*o))
	for i, d := range *o {
		parts[i] = d.format
		if d.file != "" {
			parts[i] += "=" + d.file
		}
	}
	return strings.Join(parts, ",")
}

// Set adds an output.
func (o *outputs) Set(text string) error {
	format, file, toFile := strings.Cut(text, "=")
	switch {
	case !slices.Contains(reportFormats, format):
		return fmt.Errorf("no format is called %q; expected %s%s", format, alternatives(reportFormats), diag.DidYouMean(format, reportFormats))
	case toFile && (file == "" || file == "-"):
		return fmt.Errorf("%q names no file; write %s=FILE, or %s alone for standard output", text, format, format)
	}
	for _, d := range *o {
		switch {
		case d.file != file:
		case file == "":
			return fmt.Errorf("%s and %s both go to standard output; give all but one a file, as %s=FILE", d.format, format, format)
		default:
			return fmt.Errorf("%s and %s both go to the file %q", d.format, format, file)
		}
	}
	*o = append(*o, destination{format, file})
	return nil
}

// stdout is the format of standard output: table, unless another is named.
func (o outputs) stdout() string {
	for _, d := range o {
		if d.file == "" {
			return d.format
		}
	}
	return "table"
}

// plain reports an error unless the output is one that every command has.
func (o outputs) plain(what string) error {
	for _, d := range o {
		switch {
		case !slices.Contains(formats, d.format):
			return badInputf("--output %s is for the report of a whole check; %s writes %s", d.format, what, alternatives(formats))
		case d.file != "":
			return badInputf("--output %s=%s: only the report of a whole check goes to files; redirect what %s writes", d.format, d.file, what)
		}
	}
	return nil
}

// checkOutputs refuses formats that the command cannot write.
func (a *app) checkOutputs(cmd *cobra.Command) error {
	if cmd.Annotations[reporting] != "" {
		return nil
	}
	return a.settings.output.plain(cmd.Name())
}

// writeReport writes a report in every format asked for, and to standard
// output always: as a table where nothing else is said.
func (a *app) writeReport(r check.Report, sources []load.Source, o render.Options) error {
	texts := render.Texts{}
	for _, src := range sources {
		if src.Doc == nil {
			texts[src.Name] = src.Data
		}
	}
	write := func(w io.Writer, format string, o render.Options) error {
		switch format {
		case "json":
			return render.CheckJSON(w, r)
		case "sarif":
			return render.SARIF(w, r, texts, programVersion(), check.NewCatalogue().Describe)
		case "junit":
			return render.JUnit(w, r)
		case "github":
			return render.Annotations(w, r, texts)
		case "checkstyle":
			return render.Checkstyle(w, r, texts)
		}
		return render.Check(w, r, o)
	}
	var failed []error
	for _, d := range a.settings.output {
		if d.file == "" {
			continue
		}
		var b bytes.Buffer
		plain := o
		plain.Color = false
		if err := write(&b, d.format, plain); err != nil {
			failed = append(failed, err)
			continue
		}
		if err := os.WriteFile(d.file, b.Bytes(), 0o644); err != nil {
			failed = append(failed, fmt.Errorf("cannot write the output: %w", err))
		}
	}
	if r.Rejected && a.settings.output.stdout() == "table" {
		// A table of what is wrong with the input is no answer.
		if err := render.Check(a.stderr, r, render.Options{Color: a.stderrColor()}); err != nil {
			failed = append(failed, err)
		}
	} else if err := write(a.stdout, a.settings.output.stdout(), o); err != nil && !brokenPipe(err) {
		failed = append(failed, fmt.Errorf("cannot write the output: %w", err))
	}
	if len(failed) > 0 {
		return badInput{errors.Join(failed...)}
	}
	return nil
}
