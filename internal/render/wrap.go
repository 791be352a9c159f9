package render

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

func itoa(n int) string { return strconv.Itoa(n) }

// width is the number of terminal columns that s takes.
func width(s string) int {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return twwidth.Width(s)
		}
	}
	return len(s)
}

// pad returns s with spaces up to n columns.
func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-width(s)))
}

// clean spells out control characters, so that no name in a file can move
// the cursor or change colours.
func clean(s string) string {
	if strings.IndexFunc(s, unprintable) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unprintable(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func unprintable(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }

// wrap breaks s at spaces into lines of at most n columns, those behind the
// first by hang columns shorter; a word that is wider than a line is broken
// inside. Nothing but spaces at breaks is lost.
func wrap(s string, n, hang int) []string {
	n = max(n, 1)
	if width(s) <= n {
		return []string{s}
	}
	var lines []string
	line := ""
	push := func(s string) {
		if len(lines) == 0 {
			n -= min(hang, n-1)
		}
		lines = append(lines, strings.TrimRight(s, " "))
	}
	for _, word := range strings.Split(s, " ") {
		switch {
		case line == "":
			line = word
		case width(line)+1+width(word) <= n:
			line += " " + word
		default:
			push(line)
			line = word
		}
		for width(line) > n {
			head := fitting(line, n)
			push(line[:head])
			line = line[head:]
		}
	}
	return append(lines, strings.TrimRight(line, " "))
}

// fitting returns how many bytes of s fit in n columns, at least one rune. A
// break behind a separator of names and numbers is preferred where it leaves
// at least half a line.
func fitting(s string, n int) int {
	end, columns, nice := 0, 0, 0
	for i, r := range s {
		size := utf8.RuneLen(r)
		if size < 0 {
			size = 1
		}
		w := width(s[i : i+size])
		if columns+w > n && end > 0 {
			break
		}
		columns, end = columns+w, i+size
		if strings.ContainsRune(",-/:._", r) && columns > n/2 {
			nice = end
		}
	}
	if nice > 0 {
		return nice
	}
	return end
}

// textWriter collects a text and remembers nothing else.
type textWriter struct {
	strings.Builder
	opts Options
}

func (w *textWriter) printf(format string, args ...any) { fmt.Fprintf(w, format, args...) }

// paragraph writes s wrapped behind an indent of n columns.
func (w *textWriter) paragraph(n int, s string, tones ...tone) {
	for _, line := range wrap(s, w.opts.width()-n, 0) {
		w.printf("%s%s\n", strings.Repeat(" ", n), w.opts.paint(line, tones...))
	}
}

// hanging writes s wrapped, the lines behind the first indented.
func (w *textWriter) hanging(s string, tones ...tone) {
	for i, line := range wrap(s, w.opts.width(), hang) {
		if i > 0 {
			line = strings.Repeat(" ", hang) + line
		}
		w.printf("%s\n", w.opts.paint(line, tones...))
	}
}
