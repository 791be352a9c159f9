// Package render turns results into text and JSON. Its functions are pure:
// they take results, options and a writer, and look at nothing else — no
// terminal, no environment, no flags.
package render

import (
	"strings"

	"github.com/fatih/color"
)

// Options say how text output looks. The zero value is plain text of 80
// columns with both directions and the usual detail.
type Options struct {
	Color     bool
	Width     int  // columns to fit in; 0 means 80
	Verbose   bool // every rule considered and the hops of a tunnel's own packets
	Quiet     bool // the verdict and the blockers only
	Direction Direction
}

// Direction selects what Explain shows of a path.
type Direction string

// The directions.
const (
	Both    Direction = ""
	Forward Direction = "forward"
	Return  Direction = "return"
)

// narrowest is the least width that is laid out for; on anything narrower
// the terminal wraps.
const narrowest = 24

func (o Options) width() int {
	if o.Width == 0 {
		return 80
	}
	return max(o.Width, narrowest)
}

// tone is the meaning of a piece of text; paint gives it a colour.
type tone uint8

const (
	plain tone = iota
	good
	bad
	mixed
	faint
	strong
)

var toneAttributes = [...][]color.Attribute{
	good:   {color.FgGreen},
	bad:    {color.FgRed},
	mixed:  {color.FgYellow},
	faint:  {color.Faint},
	strong: {color.Bold},
}

// paint returns s in the colours of the tones. Painted text is put together
// only after all widths are measured.
func (o Options) paint(s string, tones ...tone) string {
	if !o.Color || s == "" {
		return s
	}
	var attributes []color.Attribute
	for _, t := range tones {
		attributes = append(attributes, toneAttributes[t]...)
	}
	if len(attributes) == 0 {
		return s
	}
	c := color.New(attributes...)
	c.EnableColor()
	return c.Sprint(s)
}

// plural returns "1 blocker", "2 blockers".
func plural(n int, noun string) string {
	s := itoa(n) + " " + noun
	if n != 1 {
		s += "s"
	}
	return s
}

func joinNonEmpty(sep string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}
