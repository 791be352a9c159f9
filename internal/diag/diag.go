// Package diag holds what every stage reports with: positions in files and
// findings. It imports nothing of the program and knows nothing of networks.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Pos is a place in a file. Line and Col count from 1, Col in bytes; a zero
// Line means the file as a whole, and the zero Pos no place at all, as for
// what AWS creates by itself.
//
// Where lines say little, a place is an object in the file, as a resource of a
// Terraform plan by its address; see InObject. File then names both, so that a
// place takes no more room: topologies hold millions.
type Pos struct {
	File string // Path has the file alone
	Line int
	Col  int
}

// objectMark parts the file of a Pos from the object in it; no path has it.
const objectMark = "\x00"

// InObject returns the place of an object in a file. It is shown by the
// object's name, and its Line is 1.
func InObject(file, object string) Pos { return Pos{File: file + objectMark + object, Line: 1, Col: 1} }

// Path is the file.
func (p Pos) Path() string {
	path, _, _ := strings.Cut(p.File, objectMark)
	return path
}

// Object is the name of the object, "" where there is none.
func (p Pos) Object() string {
	_, object, _ := strings.Cut(p.File, objectMark)
	return object
}

// IsValid reports whether p names a place.
func (p Pos) IsValid() bool { return p.File != "" }

// String returns "file:line:col", "file:object" where an object is named,
// "file" without a line, or "" for no place.
func (p Pos) String() string {
	switch {
	case p.File == "":
		return ""
	case p.Object() != "":
		return p.Path() + ":" + p.Object()
	case p.Line == 0:
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Compare orders positions by file, line and column.
func (p Pos) Compare(o Pos) int {
	return cmp.Or(cmp.Compare(p.File, o.File), cmp.Compare(p.Line, o.Line), cmp.Compare(p.Col, o.Col))
}

// Severity says how much a finding matters.
type Severity uint8

// The severities, in rising order.
const (
	Info Severity = iota
	Warning
	Error
)

// String returns the severity in lower case.
func (s Severity) String() string { return [...]string{"info", "warning", "error"}[s] }

// Related is another place that a finding speaks of.
type Related struct {
	Pos     Pos
	Message string
}

// Finding is one thing to tell the user about a file. Message is in lower
// case without a final stop, quotes the user's text and says what was
// expected; ID is the stable name of the check, as "unknown-key".
type Finding struct {
	Pos      Pos
	Severity Severity
	ID       string
	Message  string
	Related  []Related
	// Fix mends the finding where the mend is certain; nil elsewhere.
	Fix *Fix
}

// Fix is a suggested mend: all of its edits together.
type Fix struct {
	Message string // what it does, as "delete the rule"
	Edits   []Edit
}

// Edit replaces the text from Pos up to, not including, End in one file.
type Edit struct {
	Pos, End Pos
	Text     string
}

// String returns "file:line:col: message [id]".
func (f Finding) String() string {
	s := fmt.Sprintf("%s [%s]", f.Message, f.ID)
	if f.Pos.IsValid() {
		s = f.Pos.String() + ": " + s
	}
	return s
}

// Sort orders findings by position, then severity (highest first), id and
// message, and drops exact repetitions.
func Sort(fs []Finding) []Finding {
	slices.SortStableFunc(fs, Compare)
	return slices.CompactFunc(fs, func(a, b Finding) bool {
		return a.Pos == b.Pos && a.Severity == b.Severity && a.ID == b.ID && a.Message == b.Message
	})
}

// Compare orders two findings as Sort does.
func Compare(a, b Finding) int {
	return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(a.ID, b.ID), cmp.Compare(a.Message, b.Message))
}

// HasErrors reports whether any finding is an Error.
func HasErrors(fs []Finding) bool {
	return slices.ContainsFunc(fs, func(f Finding) bool { return f.Severity == Error })
}
