package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
)

// Imports writes what importers read: findings first, then for each format
// how many resources of each type there were and what came of them, and the
// files of directories that hold nothing of ours.
func Imports(w io.Writer, list []doc.Import, leftOut []string, findings []diag.Finding, o Options) error {
	if err := Findings(w, findings, o); err != nil {
		return err
	}
	for _, m := range list {
		read, modelled, not := 0, 0, 0
		for _, c := range m.Counts {
			read, modelled, not = read+c.Read, modelled+c.Modelled, not+c.NotModelled
		}
		if _, err := fmt.Fprintf(w, "%s: %s in %s: %d modelled, %d not modelled, %d of no account to packets\n",
			m.Format, plural(read, "resource"), plural(len(m.Files), "file"), modelled, not, read-modelled-not); err != nil {
			return err
		}
		width := 34
		for _, c := range m.Counts {
			width = max(width, len(c.Type))
		}
		for _, c := range m.Counts {
			if _, err := fmt.Fprintf(w, "  %-*s %6d read %6d modelled %6d not modelled\n", width, c.Type, c.Read, c.Modelled, c.NotModelled); err != nil {
				return err
			}
		}
	}
	if n := len(leftOut); n > 0 {
		if _, err := fmt.Fprintf(w, "left out, with nothing of a network in %s: %s\n", map[bool]string{true: "it", false: "them"}[n == 1], strings.Join(leftOut, ", ")); err != nil {
			return err
		}
	}
	return nil
}
