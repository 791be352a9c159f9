package load

import (
	"bytes"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// DeleteItem returns the edit that deletes the item of a list which begins at
// a place. It knows the one form in which that is certain: a mapping in
// braces, alone on its line behind the dash.
func DeleteItem(src Source, at diag.Pos) (diag.Edit, bool) {
	if src.Doc != nil || src.Name != at.File || at.Line < 1 {
		return diag.Edit{}, false
	}
	text := bytes.TrimPrefix(src.Data, byteOrderMark)
	for range at.Line - 1 {
		_, rest, ok := bytes.Cut(text, []byte("\n"))
		if !ok {
			return diag.Edit{}, false
		}
		text = rest
	}
	raw, _, _ := bytes.Cut(text, []byte("\n"))
	line := strings.TrimRight(string(raw), "\r")
	if at.Col < 1 || at.Col > len(line) || strings.TrimSpace(line[:at.Col-1]) != "-" {
		return diag.Edit{}, false
	}
	rest, ok := behindBraces(line[at.Col-1:])
	if !ok || rest != "" && rest[0] != '#' {
		return diag.Edit{}, false
	}
	return deleteLine(at.File, at.Line), true
}

// deleteLine deletes a line with its end.
func deleteLine(file string, line int) diag.Edit {
	return diag.Edit{Pos: diag.Pos{File: file, Line: line, Col: 1}, End: diag.Pos{File: file, Line: line + 1, Col: 1}}
}

// behindBraces returns what stands behind a text in braces, without blanks;
// ok is false where they are not closed on the line.
func behindBraces(s string) (rest string, ok bool) {
	depth, quote := 0, byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == '\\' && quote == '"' {
				return "", false // not worth knowing
			}
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return strings.TrimSpace(s[i+1:]), s[0] == '{'
			}
		case depth == 0:
			return "", false
		}
	}
	return "", false
}
