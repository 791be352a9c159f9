package load

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/vpcpath/vpcpath/internal/diag"
	"gopkg.in/yaml.v3"
)

// maxExpansion bounds the nodes that aliases may stand for in one file, so
// that a few lines of aliases of aliases cannot take all memory.
const maxExpansion = 1_000_000

// maxMergeDepth bounds merges inside merged mappings; an anchor may contain
// itself.
const maxMergeDepth = 32

// walker reads the nodes of one text, a whole file or a chunk of one, into
// declarations. It reports what is wrong and goes on.
type walker struct {
	file   string
	offset int // lines of the file before the text
	text   []byte
	ascii  bool  // then columns are bytes already
	lines  []int // offsets of the lines of text, made when needed
	out    *decls
	// places are those of the nodes of an importer's document, whose Line is
	// an index into them, from 1; nil for YAML.
	places []diag.Pos

	// shapes are set where readers are only to say what they take; see Schema.
	shapes *shapes

	expanded  int
	exhausted bool // the bound was hit, and said so
	sizes     map[*yaml.Node]int
}

func newWalker(file string, text []byte, offset int) *walker {
	w := &walker{file: file, text: text, offset: offset, ascii: true, out: &decls{}}
	for _, c := range text {
		if c >= utf8.RuneSelf {
			w.ascii = false
			break
		}
	}
	return w
}

// at returns the place of a node, its column counted in bytes.
func (w *walker) at(n *yaml.Node) diag.Pos { return w.pos(n.Line, n.Column) }

func (w *walker) pos(line, col int) diag.Pos {
	if w.places != nil {
		return w.places[line-1]
	}
	if !w.ascii {
		line, col = w.byteColumn(line, col)
	}
	return diag.Pos{File: w.file, Line: line + w.offset, Col: col}
}

// byteColumn turns a column that counts characters, as the parser's do, into
// one that counts bytes.
func (w *walker) byteColumn(line, col int) (int, int) {
	if w.lines == nil {
		w.lines = []int{0}
		for i, c := range w.text {
			if c == '\n' {
				w.lines = append(w.lines, i+1)
			}
		}
	}
	if line < 1 || line > len(w.lines) {
		return line, col
	}
	rest, bytes := w.text[w.lines[line-1]:], 1
	for ; col > 1 && len(rest) > 0; col-- {
		_, size := utf8.DecodeRune(rest)
		rest, bytes = rest[size:], bytes+size
	}
	return line, bytes
}

// report adds a finding that leaves a hole in the topology: something could
// not be read.
func (w *walker) report(at diag.Pos, id ID, format string, args ...any) {
	w.out.findings = append(w.out.findings, diag.Finding{Pos: at, Severity: diag.Error, ID: string(id), Message: fmt.Sprintf(format, args...)})
}

// reportOf is report with another place.
func (w *walker) reportOf(at diag.Pos, id ID, other diag.Pos, note string, format string, args ...any) {
	w.report(at, id, format, args...)
	w.out.findings[len(w.out.findings)-1].Related = []diag.Related{{Pos: other, Message: note}}
}

// deref follows an alias. It returns nil when aliases have stood for too much
// already.
func (w *walker) deref(n *yaml.Node) *yaml.Node {
	if n.Kind != yaml.AliasNode {
		return n
	}
	target := n.Alias
	w.expanded += w.size(target)
	if w.expanded > maxExpansion {
		if !w.exhausted {
			w.exhausted = true
			w.report(w.at(n), idAliasExpansion, "with alias %q the aliases of the file stand for more than %d values; write fewer aliases of aliases", "*"+n.Value, maxExpansion)
		}
		return nil
	}
	return target
}

// size counts the nodes of a tree, up to the bound, aliases as one.
func (w *walker) size(n *yaml.Node) int {
	if n.Kind == yaml.ScalarNode || n.Kind == yaml.AliasNode {
		return 1
	}
	if s, ok := w.sizes[n]; ok {
		return s
	}
	total := 1
	for _, c := range n.Content {
		total += w.size(c)
	}
	if w.sizes == nil {
		w.sizes = map[*yaml.Node]int{}
	}
	w.sizes[n] = total
	return total
}

// describe says what a node is, as in "found a list".
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if isNull(n) {
		return "nothing"
	}
	return quote(n.Value)
}

// quote quotes the user's text, cut where it is long.
func quote(s string) string {
	const most = 120
	if len(s) > most {
		cut := most
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		return fmt.Sprintf("%q...", s[:cut])
	}
	return fmt.Sprintf("%q", s)
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func isQuoted(n *yaml.Node) bool {
	return n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
}

// tagged reports a tag that is none of YAML's own.
func (w *walker) tagged(n *yaml.Node) bool {
	if n.Style&yaml.TaggedStyle == 0 {
		return false
	}
	switch n.Tag {
	case "!!str", "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq", "!!merge":
		return false
	}
	w.report(w.at(n), idWrongType, "tag %s is not known; expected a plain value", quote(n.Tag))
	return true
}

// scalar returns the text of a single value as it stands in the file.
func (w *walker) scalar(n *yaml.Node, want string) (string, bool) {
	if w.describing() {
		w.shapes.scalar(n, want)
		return "", false
	}
	v := w.deref(n)
	if v == nil || w.tagged(v) {
		return "", false
	}
	if v.Kind != yaml.ScalarNode || isNull(v) {
		w.report(w.at(n), idWrongType, "expected %s, found %s", want, describe(v))
		return "", false
	}
	if v.Value == "" {
		w.report(w.at(n), idWrongType, "expected %s, found an empty text", want)
		return "", false
	}
	return v.Value, true
}

// ref reads a name to be looked up later.
func (w *walker) ref(n *yaml.Node, want string, into *ref) {
	if text, ok := w.scalar(n, want); ok {
		*into = ref{text, w.at(n)}
	}
}

// refs reads a list of names.
func (w *walker) refs(n *yaml.Node, want string, into *[]ref) {
	w.list(n, "a list of names", func(item *yaml.Node) {
		var r ref
		if w.ref(item, want, &r); r.given() {
			*into = append(*into, r)
		}
	})
}

// list calls each with the items of a list.
func (w *walker) list(n *yaml.Node, want string, each func(*yaml.Node)) {
	if w.describing() {
		w.shapes.list(n, want, each)
		return
	}
	v := w.deref(n)
	if v == nil || w.tagged(v) {
		return
	}
	if v.Kind != yaml.SequenceNode {
		w.report(w.at(n), idWrongType, "expected %s, found %s", want, describe(v))
		return
	}
	for _, item := range v.Content {
		each(item)
	}
}

// oneOrList calls each with the items of a list, or with the value itself.
func (w *walker) oneOrList(n *yaml.Node, want string, each func(*yaml.Node)) {
	if w.describing() {
		each(n)
		w.shapes.list(n, want, each)
		return
	}
	v := w.deref(n)
	if v == nil {
		return
	}
	if v.Kind == yaml.SequenceNode {
		w.list(n, want, each)
		return
	}
	each(n)
}

// boolean reads true or false.
func (w *walker) boolean(n *yaml.Node, into *bool) {
	if w.describing() {
		w.shapes.add(n, &schemaNode{Type: "boolean"})
		return
	}
	text, ok := w.scalar(n, "true or false")
	if !ok {
		return
	}
	if v := w.deref(n); v != nil && !isQuoted(v) {
		switch text {
		case "true", "True", "TRUE":
			*into = true
			return
		case "false", "False", "FALSE":
			*into = false
			return
		}
	}
	hint := ""
	switch strings.ToLower(text) {
	case "yes", "on", "y", "true":
		hint = `; did you mean true?`
	case "no", "off", "n", "false":
		hint = `; did you mean false?`
	}
	w.report(w.at(n), idWrongType, "expected true or false, found %s%s", quote(text), hint)
}

// text reads a string for which any text will do.
func (w *walker) textValue(n *yaml.Node, want string, into *string) {
	if text, ok := w.scalar(n, want); ok {
		*into = text
	}
}
