package render

import (
	"bytes"
	"net/url"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// Texts are the texts of the files that positions point into, by name. With
// them, formats that count columns in characters are exact.
type Texts map[string][]byte

// column returns the column of a place in characters, from 1.
func (t Texts) column(at diag.Pos) int {
	text, ok := t[at.File]
	if !ok || at.Line == 0 {
		return at.Col
	}
	for range at.Line - 1 {
		i := bytes.IndexByte(text, '\n')
		if i < 0 {
			return at.Col
		}
		text = text[i+1:]
	}
	if at.Col < 1 || at.Col-1 > len(text) {
		return at.Col
	}
	return utf8.RuneCount(text[:at.Col-1]) + 1
}

// uri returns the URI of a file: relative to where the program runs, as
// repositories are checked, unless the name is absolute.
func uri(file string) string {
	slashed := filepath.ToSlash(filepath.Clean(file))
	u := url.URL{Path: slashed}
	if filepath.IsAbs(file) {
		u.Scheme = "file"
		if !strings.HasPrefix(slashed, "/") {
			u.Path = "/" + slashed // a drive
		}
	}
	return u.String()
}
