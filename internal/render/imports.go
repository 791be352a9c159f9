package render

import (
	"fmt"
	"io"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
)

// Imports writes what importers read: findings first, then for each format
// how many resources of each type there were and what came of them.
func Imports(w io.Writer, list []doc.Import, findings []diag.Finding, o Options) error {
	if err := Findings(w, findings, o); err != nil {
		return err
	}
	for _, m := range list {
		read, modelled, not := 0, 0, 0
		for _, c := range m.Counts {
			read, modelled, not = read+c.Read, modelled+c.Modelled, not+c.NotModelled
		}
		if _, err := fmt.Fprintf(w, "%s: %s in %s: %d modelled, %d not modelled\n", m.Format, plural(read, "resource"), plural(len(m.Files), "file"), modelled, not); err != nil {
			return err
		}
		for _, c := range m.Counts {
			if c.NotModelled > 0 {
				if _, err := fmt.Fprintf(w, "  %s: %d of %d not modelled\n", c.Type, c.NotModelled, c.Read); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
