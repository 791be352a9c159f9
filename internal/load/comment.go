package load

import (
	"bytes"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// Comment is a comment of a YAML file.
type Comment struct {
	At   diag.Pos // of the #
	Text string   // what stands behind the #, without blanks around it
	// Line is the line that it speaks of: its own, where something stands
	// before it, else the next line that is not a comment and not blank.
	Line int
	// Delete takes the comment out, with its line where nothing else stands
	// on it.
	Delete diag.Edit
}

// Comments returns the comments of a source that begin with a word, in their
// order. It reads the text itself, since none of the ways to nodes keeps
// comments with exact places; a # inside quotes, a block scalar or a word is
// no comment. An importer's document has none.
func Comments(src Source, word string) []Comment {
	if src.Doc != nil || !bytes.Contains(src.Data, []byte(word)) {
		return nil
	}
	src.Data = bytes.TrimPrefix(src.Data, byteOrderMark)
	s := commentScanner{block: -1}
	var out []Comment
	waiting := 0 // comments of out whose line is not known yet
	line := 0
	for text := range strings.Lines(string(src.Data)) {
		line++
		text = strings.TrimRight(text, "\r\n")
		at, content := s.line(text)
		if content {
			for i := len(out) - waiting; i < len(out); i++ {
				out[i].Line = line
			}
			waiting = 0
		}
		if at < 0 {
			continue
		}
		c := Comment{At: diag.Pos{File: src.Name, Line: line, Col: at + 1}, Text: strings.TrimSpace(text[at+1:])}
		if !strings.HasPrefix(c.Text, word) {
			continue
		}
		if content {
			c.Line = line
			c.Delete = diag.Edit{Pos: diag.Pos{File: src.Name, Line: line, Col: len(strings.TrimRight(text[:at], " \t")) + 1},
				End: diag.Pos{File: src.Name, Line: line, Col: len(text) + 1}}
		} else {
			c.Delete = deleteLine(src.Name, line)
			waiting++
		}
		out = append(out, c)
	}
	return out
}

// commentScanner finds comments line by line. It knows as much of YAML as it
// takes to tell them from text.
type commentScanner struct {
	quote byte // the quote that is open over the end of the line, 0 for none
	flow  int  // brackets that are open
	block int  // the indentation of the line that opened a block scalar, -1 for none
}

// line returns the offset of the comment of a line, -1 for none, and whether
// the line has anything else.
func (s *commentScanner) line(text string) (comment int, content bool) {
	trimmed := strings.TrimLeft(text, " \t")
	indent := len(text) - len(trimmed)
	if s.block >= 0 {
		if trimmed == "" || indent > s.block {
			return -1, trimmed != ""
		}
		s.block = -1
	}
	start := true // a value may begin here
	for i := indent; i < len(text); i++ {
		c := text[i]
		switch {
		case s.quote != 0:
			content = true
			switch {
			case c == '\\' && s.quote == '"':
				i++
			case c == s.quote && c == '\'' && i+1 < len(text) && text[i+1] == '\'':
				i++
			case c == s.quote:
				s.quote = 0
			}
			start = false
		case c == ' ' || c == '\t':
		case c == '#' && (i == 0 || text[i-1] == ' ' || text[i-1] == '\t'):
			return i, content
		case start && (c == '"' || c == '\''):
			s.quote, content = c, true
		case start && (c == '&' || c == '!'): // an anchor or a tag, before the value
			for i+1 < len(text) && text[i+1] != ' ' {
				i++
			}
			content = true
		case start && s.flow == 0 && (c == '|' || c == '>'):
			s.block, content = indent, true
			start = false
		default:
			content = true
			start = s.opens(text, i, start)
		}
	}
	return -1, content
}

// opens takes one byte outside of quotes, and reports whether a value may
// begin behind it.
func (s *commentScanner) opens(text string, i int, start bool) bool {
	last := i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\t'
	switch c := text[i]; {
	case c == ':' && (last || s.flow > 0 && strings.IndexByte(`"'[{`, text[i+1]) >= 0):
		return true
	case (c == '-' || c == '?') && start && last:
		return true
	case (c == '[' || c == '{') && (start || s.flow > 0):
		s.flow++
		return true
	case s.flow > 0 && (c == ']' || c == '}'):
		s.flow--
	case s.flow > 0 && c == ',':
		return true
	}
	return false
}
