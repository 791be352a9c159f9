package render

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
)

type checkstyleReport struct {
	XMLName xml.Name         `xml:"checkstyle"`
	Version string           `xml:"version,attr"`
	Files   []checkstyleFile `xml:"file"`
}

type checkstyleFile struct {
	Name   string            `xml:"name,attr"`
	Errors []checkstyleError `xml:"error"`
}

type checkstyleError struct {
	Line     int    `xml:"line,attr"`
	Column   int    `xml:"column,attr,omitempty"`
	Severity string `xml:"severity,attr"`
	Message  string `xml:"message,attr"`
	Source   string `xml:"source,attr"`
}

// Checkstyle writes a report as Checkstyle does: findings by file. What is
// suppressed is left out, as there is no word for it.
func Checkstyle(w io.Writer, r check.Report, texts Texts) error {
	byFile := map[string][]checkstyleError{}
	add := func(at diag.Pos, severity, id, message string) {
		byFile[at.Path()] = append(byFile[at.Path()], checkstyleError{Line: at.Line, Column: texts.column(at), Severity: severity,
			Message: xmlText(message), Source: "vpcpath." + id})
	}
	for _, f := range r.Findings {
		if f.Suppressed == nil {
			add(f.Pos, f.Severity.String(), f.ID, joinNonEmpty(": ", f.Pos.Object(), f.Message))
		}
	}
	for _, o := range r.Outcomes {
		if !o.OK {
			add(o.Expectation.At, "error", expectRule, joinNonEmpty(": ", o.Expectation.Name, outcomeText(o)))
		}
	}
	out := checkstyleReport{Version: "4.3"} // of the format, which most readers know
	var names []string
	for name := range byFile {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		list := byFile[name]
		slices.SortStableFunc(list, func(a, b checkstyleError) int { return a.Line - b.Line })
		out.Files = append(out.Files, checkstyleFile{xmlText(name), list})
	}
	return writeXML(w, out)
}

// writeXML writes v with the declaration, an indent and a final newline.
func writeXML(w io.Writer, v any) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// xmlText spells out what XML cannot hold, line by line.
func xmlText(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	return strings.Join(lines, "\n")
}
