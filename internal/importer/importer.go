// Package importer reads topologies of every format: those of the topology
// language, and what AWS and infrastructure-as-code tools print. It tells the
// formats apart by what stands in the files, whatever their names are.
package importer

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/load"
)

// format is an input format other than the topology language. One call of
// read gets all files of the format, in their order.
type format struct {
	name      string // as --format takes it
	words     string // what the files are, for messages
	recognise func(load.Source) bool
	read      func([]load.Source, Options) doc.Import
}

// formats are asked in this order; the first that recognises a file has it.
var formats = []format{
	{"terraform", "plans or states as `terraform show -json` prints them", recogniseTerraform, readTerraform},
}

// topology is the name of the topology language as a format.
const topology = "topology"

// Options are what the user says about the input.
type Options struct {
	Format string // read every file as this format; "" to recognise it
}

// Formats lists the names that Options.Format takes.
func Formats() []string {
	names := []string{topology}
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Input is what was read.
type Input struct {
	Sources []load.Source // for load.Load: topology files, and a document for each format
	Imports []doc.Import
	// LeftOut are files found in directories that hold nothing of ours.
	LeftOut []string
}

// Before returns the sources with the networks before a plan's changes in
// place of those after them; nil where no input has both.
func (in Input) Before() []load.Source {
	out, has := slices.Clone(in.Sources), false
	for i := range out {
		for _, m := range in.Imports {
			if m.Before != nil && out[i].Doc == m.Document {
				out[i].Doc, has = m.Before, true
			}
		}
	}
	if !has {
		return nil
	}
	return out
}

// Read reads the files that paths name, as load.Files does, and imports those
// that are not in the topology language.
func Read(paths []string, stdin io.Reader, o Options) (Input, []diag.Finding) {
	files, findings := load.Files(paths, stdin)
	in, more := Import(files, o)
	return in, append(findings, more...)
}

// Import is Read for files that are in memory.
func Import(files []load.Source, o Options) (Input, []diag.Finding) {
	var in Input
	var findings []diag.Finding
	grouped := make([][]load.Source, len(formats))
	for _, src := range files {
		switch i, ok := formatOf(src, o); {
		case ok:
			grouped[i] = append(grouped[i], src)
		case src.Found && !strings.HasSuffix(src.Name, ".yaml") && !strings.HasSuffix(src.Name, ".yml"):
			in.LeftOut = append(in.LeftOut, src.Name)
		default:
			in.Sources = append(in.Sources, src)
		}
	}
	for i, group := range grouped {
		if len(group) == 0 {
			continue
		}
		m := formats[i].read(group, o)
		m.Format = formats[i].name
		for _, src := range group {
			m.Files = append(m.Files, src.Name)
		}
		in.Imports = append(in.Imports, m)
		in.Sources = append(in.Sources, load.Source{Name: group[0].Name, Doc: m.Document})
		findings = append(findings, m.Findings...)
	}
	if len(in.Sources) == 0 && len(in.LeftOut) > 0 && !diag.HasErrors(findings) {
		findings = append(findings, diag.Finding{Pos: diag.Pos{File: in.LeftOut[0]}, Severity: diag.Error, ID: "no-topology",
			Message: fmt.Sprintf("none of the %d files found holds a topology; expected %s", len(in.LeftOut), expected())})
	}
	return in, findings
}

// formatOf returns the index of a file's format; ok is false for the topology
// language and for what nobody knows.
func formatOf(src load.Source, o Options) (index int, ok bool) {
	if o.Format != "" {
		i := slices.IndexFunc(formats, func(f format) bool { return f.name == o.Format })
		return i, i >= 0
	}
	i := slices.IndexFunc(formats, func(f format) bool { return f.recognise(src) })
	return i, i >= 0
}

func expected() string {
	words := []string{"topology files"}
	for _, f := range formats {
		words = append(words, f.words)
	}
	return strings.Join(words, ", or ")
}
