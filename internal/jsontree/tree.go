package jsontree

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// tree is a text with its values.
type tree struct {
	name  string
	data  []byte
	nodes []node // each before those in it
	lines []uint32
}

// block is the number of bytes between two entries of tree.lines, which has
// the number of line ends before each block.
const block = 1 << 12

func newTree(name string, data []byte) *tree {
	t := &tree{name: name, data: data, nodes: make([]node, 0, len(data)/32+8)}
	n := uint32(0)
	for from := 0; from < len(data); from += block {
		t.lines = append(t.lines, n)
		n += uint32(bytes.Count(data[from:min(from+block, len(data))], []byte("\n")))
	}
	t.lines = append(t.lines, n)
	return t
}

// pos returns the place of a byte; off may be the length of the text.
func (t *tree) pos(off uint32) diag.Pos {
	from := off / block * block
	line := t.lines[off/block] + uint32(bytes.Count(t.data[from:off], []byte("\n")))
	return diag.Pos{File: t.name, Line: int(line) + 1, Col: int(off) - bytes.LastIndexByte(t.data[:off], '\n')}
}

// literal returns the number or word that begins at off.
func (t *tree) literal(off uint32) []byte {
	rest := t.data[off:]
	n := 0
	for n < len(rest) && isWord(rest[n]) {
		n++
	}
	return rest[:n]
}

// raw returns the string that begins at off, with its quotes.
func (t *tree) raw(off uint32) (text []byte, escaped bool) {
	rest := t.data[off:]
	end := 1 + bytes.IndexByte(rest[1:], '"')
	if bytes.IndexByte(rest[:end], '\\') < 0 {
		return rest[:end+1], false
	}
	for i := 1; rest[i] != '"'; i++ {
		if rest[i] == '\\' {
			i++
		}
		end = i + 1
	}
	return rest[:end+1], true
}

func (t *tree) text(off uint32) string {
	raw, escaped := t.raw(off)
	if !escaped {
		return string(raw[1 : len(raw)-1])
	}
	text, _ := jsontext.AppendUnquote(nil, raw) // the decoder has found it good
	return string(text)
}

// stringIs reports whether the string that begins at off says text.
func (t *tree) stringIs(off uint32, text string) bool {
	raw, escaped := t.raw(off)
	if !escaped {
		return string(raw[1:len(raw)-1]) == text
	}
	return t.text(off) == text
}
