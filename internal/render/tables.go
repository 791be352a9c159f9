package render

import (
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// table writes a plain table without borders. All columns but the last are
// as wide as they need; the last takes the rest and wraps.
func table(w io.Writer, header []string, rows [][]string, o Options) error {
	last := len(header) - 1
	used := 0
	for i := range last {
		n := width(header[i])
		for _, r := range rows {
			n = max(n, width(r[i]))
		}
		used += n + gap
	}
	room := max(leastRow, o.width()-used-gap)
	flat := tw.CellConfig{
		Alignment:  tw.CellAlignment{Global: tw.AlignLeft},
		Formatting: tw.CellFormatting{AutoFormat: tw.Off, AutoWrap: tw.WrapNone},
		Padding:    tw.CellPadding{Global: tw.Padding{Right: "  ", Overwrite: true}},
	}
	var b strings.Builder
	t := tablewriter.NewTable(&b,
		tablewriter.WithConfig(tablewriter.Config{Header: flat, Row: flat}), // first: it overrides options before it
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone},
		})),
	)
	t.Header(header)
	for _, r := range rows {
		cells := append([]string(nil), r...)
		cells[last] = strings.Join(wrap(cells[last], room, 0), "\n")
		if err := t.Append(cells); err != nil {
			return err
		}
	}
	if err := t.Render(); err != nil {
		return err
	}
	first := true
	for l := range strings.Lines(b.String()) {
		l = strings.TrimRight(l, " \n")
		if first {
			l = o.paint(l, strong)
			first = false
		}
		if _, err := io.WriteString(w, l+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// Codes writes the codes of blockers with whose word each is and its meaning.
func Codes(w io.Writer, list []eval.CodeInfo, o Options) error {
	var rows [][]string
	for _, c := range list {
		rows = append(rows, []string{string(c.Code), codeOwner(c), c.Meaning})
	}
	return table(w, []string{"CODE", "WORD OF", "MEANING"}, rows, o)
}

func codeOwner(c eval.CodeInfo) string {
	if c.AWS {
		return "AWS"
	}
	return "vpcpath"
}

// Example is a topology that ships with the program.
type Example struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

// Examples writes a list of examples.
func Examples(w io.Writer, list []Example, o Options) error {
	var rows [][]string
	for _, e := range list {
		rows = append(rows, []string{e.Name, e.Description})
	}
	return table(w, []string{"NAME", "WHAT IT SHOWS"}, rows, o)
}
