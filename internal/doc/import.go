package doc

import (
	"github.com/vpcpath/vpcpath/internal/diag"
)

// Import is what an importer made of its files.
type Import struct {
	Format   string   // the importer's name
	Files    []string // that it read, in order
	Document *Document
	// Before is the network before the changes that a plan makes; nil where
	// the input knows one state only.
	Before   *Document
	Counts   []Count // by type of resource, sorted
	Findings []diag.Finding
}

// Count tells how many resources of one type there were, and what came of
// them. What is neither modelled nor not modelled is of no account to packets.
type Count struct {
	Type        string // in the input's own words, as aws_subnet or Subnets
	Read        int
	Modelled    int
	NotModelled int // stands under not_modelled in the document
}

// Join puts documents together into one, their sections in the order of first
// sight. Weak entries make room; it does not look whether other names stand
// twice.
func Join(docs ...*Document) *Document {
	out := &Document{}
	for _, d := range docs {
		if d.Comment != "" && out.Comment != "" {
			out.Comment += "\n"
		}
		out.Comment += d.Comment
		for _, s := range d.Sections {
			into := out.Section(s.Name)
			into.Entries = append(into.Entries, s.Entries...)
		}
	}
	out.settle()
	return out
}
