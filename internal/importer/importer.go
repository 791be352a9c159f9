// Package importer reads topologies of every format: those of the topology
// language, and what AWS and infrastructure-as-code tools print. It tells the
// formats apart by what stands in the files, whatever their names are.
package importer

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/awsjson"
	"github.com/vpcpath/vpcpath/internal/cloudformation"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
	"github.com/vpcpath/vpcpath/internal/load"
)

// format is an input format other than the topology language. One call of
// read gets all files of the format, in their order.
type format struct {
	name      string // as --format takes it
	words     string // what the files are, for messages
	json      bool   // its files are JSON, so that what is none has an error
	recognise func(File) bool
	read      func([]File, Options) doc.Import
}

// File is a source with the JSON in it; the zero Value where it holds none.
type File struct {
	load.Source
	JSON jsontree.Value
}

// formats are asked in this order; the first that recognises a file has it.
var formats = []format{
	{
		name: "terraform", words: "plans or states as `terraform show -json` prints them", json: true,
		recognise: recogniseTerraform, read: readTerraform,
	},
	{
		name: "aws", words: "what the AWS CLI prints of describe calls", json: true,
		recognise: func(f File) bool { return awsjson.Recognise(f.JSON) },
		read:      func(files []File, _ Options) doc.Import { return awsjson.Read(roots(files)) },
	},
	{
		name: "cloudformation", words: "CloudFormation templates",
		recognise: func(f File) bool { return cloudformation.Recognise(f.Source) },
		read:      readTemplates,
	},
}

func roots(files []File) []jsontree.Value {
	out := make([]jsontree.Value, len(files))
	for i, f := range files {
		out[i] = f.JSON
	}
	return out
}

// topology is the name of the topology language as a format.
const topology = "topology"

// Options are what the user says about the input.
type Options struct {
	Format string // read every file as this format; "" to recognise it
	// Parameters are the values of a template's parameters, by name.
	Parameters map[string]string
	// Iptables are files of iptables-save's output, by the name or id of the
	// instance.
	Iptables map[string]string
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
	grouped := make([][]File, len(formats))
	broken := false
	for _, src := range files {
		f, problems := parse(src, o)
		switch i, ok := formatOf(f, o); {
		case ok && len(problems) > 0:
			broken = true
			findings = append(findings, problems...)
		case ok:
			grouped[i] = append(grouped[i], f)
		case src.Found && !strings.HasSuffix(src.Name, ".yaml") && !strings.HasSuffix(src.Name, ".yml"):
			in.LeftOut = append(in.LeftOut, src.Name)
		default:
			in.Sources = append(in.Sources, src)
		}
	}
	if broken {
		// What the broken file holds is missing everywhere else: more errors
		// would report what is not wrong.
		return Input{LeftOut: in.LeftOut}, findings
	}
	for i, group := range grouped {
		if len(group) == 0 {
			continue
		}
		m := formats[i].read(group, o)
		m.Format = formats[i].name
		for _, f := range group {
			m.Files = append(m.Files, f.Name)
		}
		in.Imports = append(in.Imports, m)
		in.Sources = append(in.Sources, load.Source{Name: group[0].Name, Doc: m.Document})
		findings = append(findings, m.Findings...)
	}
	if twice := overlaps(in.Imports); len(twice) > 0 {
		return Input{LeftOut: in.LeftOut}, append(findings, twice...)
	}
	findings = append(findings, applyIptables(in.Imports, o.Iptables)...)
	if len(in.Sources) == 0 && len(in.LeftOut) > 0 && !diag.HasErrors(findings) {
		findings = append(findings, diag.Finding{Pos: diag.Pos{File: in.LeftOut[0]}, Severity: diag.Error, ID: "no-topology",
			Message: fmt.Sprintf("none of the %d files found holds a topology; expected topology files, or %s", len(in.LeftOut), Expected())})
	}
	return in, findings
}

// parse reads the JSON of a file that looks like it, or is said to be.
func parse(src load.Source, o Options) (File, []diag.Finding) {
	text := bytes.TrimLeft(bytes.TrimPrefix(src.Data, []byte("\ufeff")), " \t\r\n")
	i := slices.IndexFunc(formats, func(f format) bool { return f.name == o.Format })
	if o.Format == topology || len(text) == 0 || text[0] != '{' && text[0] != '[' && (i < 0 || !formats[i].json) {
		return File{Source: src}, nil
	}
	root, problems := jsontree.Parse(src.Name, src.Data)
	return File{src, root}, problems
}

// formatOf returns the index of a file's format; ok is false for the topology
// language and for what nobody knows.
func formatOf(f File, o Options) (index int, ok bool) {
	i := slices.IndexFunc(formats, func(c format) bool { return c.name == o.Format || o.Format == "" && c.recognise(f) })
	return i, i >= 0
}

// Expected says in words what the importers read.
func Expected() string {
	words := make([]string, len(formats))
	for i, f := range formats {
		words[i] = f.words
	}
	return strings.Join(words, ", or ")
}
