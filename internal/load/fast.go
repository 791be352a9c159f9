package load

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// fastNodes parses a strict subset of YAML into the nodes that the parser
// would make of it, ten times as fast: block mappings and lists, flow ones on
// one line, plain scalars without spaces, quoted ones without escapes, ASCII.
// The caller has made sure that the text is not doubtful. ok is false for all
// else, errors included: the parser then has the word. FuzzLoad and
// TestFastEqualsParser hold both against each other.
func fastNodes(text []byte) (root *yaml.Node, ok bool) {
	return new(fastParser).parse(text)
}

// parse is fastNodes with the memory of the nodes parsed before, which are
// gone with it.
func (p *fastParser) parse(text []byte) (root *yaml.Node, ok bool) {
	p.s, p.at, p.lines, p.stack = shared(text), 0, p.lines[:0], p.stack[:0]
	p.nodes.reset()
	p.pointers.reset()
	if !p.split() || len(p.lines) == 0 {
		return nil, false
	}
	root = p.block(p.lines[0].indent, 0)
	if root == nil || p.at != len(p.lines) {
		return nil, false
	}
	return root, true
}

// maxFastDepth bounds the nesting that the subset takes; maxFastKey the
// length of a key, for which the parser has a bound of its own.
const (
	maxFastDepth = 64
	maxFastKey   = 256
)

// fastLine is a line with content: its number, the offset of its first
// character behind the indentation, and that of its end.
type fastLine struct{ number, indent, start, end int }

type fastParser struct {
	s     string
	lines []fastLine
	at    int // the current line

	nodes    slabs[yaml.Node]
	pointers slabs[*yaml.Node]
	stack    []*yaml.Node // children of mappings and lists not closed yet
}

// split finds the lines that are more than blank or comment.
func (p *fastParser) split() bool {
	s := p.s
	for number, from := 1, 0; from < len(s); number++ {
		end := strings.IndexByte(s[from:], '\n')
		if end < 0 {
			end = len(s)
		} else {
			end += from
		}
		start := from
		for start < end && s[start] == ' ' {
			start++
		}
		stop := end
		if stop > start && s[stop-1] == '\r' {
			stop--
		}
		if start < stop && s[start] != '#' {
			for i := start; i < stop; i++ {
				if s[i] >= 0x80 || s[i] < ' ' {
					return false
				}
			}
			p.lines = append(p.lines, fastLine{number, start - from, start, stop})
		}
		from = end + 1
	}
	return true
}

func (p *fastParser) node(kind yaml.Kind, tag, value string, line *fastLine, offset int) *yaml.Node {
	n := &p.nodes.take(1)[0]
	*n = yaml.Node{Kind: kind, Tag: tag, Value: value, Line: line.number, Column: offset - line.start + line.indent + 1}
	return n
}

// close gives a node the children above mark on the stack.
func (p *fastParser) close(n *yaml.Node, mark int) *yaml.Node {
	kids := p.stack[mark:]
	n.Content = p.pointers.take(len(kids))
	copy(n.Content, kids)
	p.stack = p.stack[:mark]
	return n
}

// slabs hands out slices of a few large ones, which it keeps.
type slabs[T any] struct {
	all  [][]T
	cur  int // of all
	used int // of all[cur]
}

func (s *slabs[T]) reset() { s.cur, s.used = 0, 0 }

func (s *slabs[T]) take(n int) []T {
	for ; s.cur < len(s.all); s.cur, s.used = s.cur+1, 0 {
		if from := s.used; from+n <= len(s.all[s.cur]) {
			s.used += n
			return s.all[s.cur][from:s.used:s.used]
		}
	}
	const size = 256
	s.all, s.used = append(s.all, make([]T, max(size, n))), n
	return s.all[s.cur][:n:n]
}

// block parses the block that begins at the current line, whose entries all
// have the given indentation. nil means that the subset does not have it.
func (p *fastParser) block(indent, depth int) *yaml.Node {
	if depth > maxFastDepth {
		return nil
	}
	if p.dash(p.lines[p.at]) {
		return p.sequence(indent, depth)
	}
	line := &p.lines[p.at]
	n := p.node(yaml.MappingNode, "!!map", "", line, line.start)
	mark := len(p.stack)
	for p.at < len(p.lines) && p.lines[p.at].indent == indent {
		line := &p.lines[p.at]
		if p.dash(*line) {
			return nil
		}
		end := p.plain(line.start, line.end)
		if end < 0 || end-line.start > maxFastKey || end == line.end || p.s[end] != ':' || end+1 < line.end && p.s[end+1] != ' ' {
			return nil
		}
		p.stack = append(p.stack, p.scalar(line, line.start, end))
		value := p.value(line, end+1, indent, true, depth)
		if value == nil {
			return nil
		}
		p.stack = append(p.stack, value)
	}
	if p.at < len(p.lines) && p.lines[p.at].indent > indent {
		return nil
	}
	return p.close(n, mark)
}

// dash reports whether a line is an entry of a list.
func (p *fastParser) dash(l fastLine) bool {
	return p.s[l.start] == '-' && (l.start+1 == l.end || p.s[l.start+1] == ' ')
}

func (p *fastParser) sequence(indent, depth int) *yaml.Node {
	line := &p.lines[p.at]
	n := p.node(yaml.SequenceNode, "!!seq", "", line, line.start)
	mark := len(p.stack)
	for p.at < len(p.lines) && p.lines[p.at].indent == indent && p.dash(p.lines[p.at]) {
		line := &p.lines[p.at]
		rest := p.spaces(line.start+1, line.end)
		if rest == line.end || p.s[rest] == '#' {
			return nil
		}
		var item *yaml.Node
		if end := p.plain(rest, line.end); end >= 0 && end < line.end && p.s[end] == ':' {
			line.indent += rest - line.start // a mapping begins in the line
			line.start = rest
			item = p.block(line.indent, depth+1)
		} else {
			item = p.value(line, line.start+1, indent, false, depth)
		}
		if item == nil {
			return nil
		}
		p.stack = append(p.stack, item)
	}
	if p.at < len(p.lines) && p.lines[p.at].indent > indent {
		return nil
	}
	return p.close(n, mark)
}

// value parses what stands behind a key or a dash, from an offset to the end
// of the line, or in the lines below.
func (p *fastParser) value(line *fastLine, from, indent int, key bool, depth int) *yaml.Node {
	start := p.spaces(from, line.end)
	if start == line.end || p.s[start] == '#' && start > from {
		p.at++
		if p.at < len(p.lines) {
			next := p.lines[p.at]
			if next.indent > indent || key && next.indent == indent && p.dash(next) {
				return p.block(next.indent, depth+1)
			}
		}
		return p.node(yaml.ScalarNode, "!!null", "", line, from)
	}
	n, end := p.flow(line, start, depth+1)
	if n == nil {
		return nil
	}
	if rest := p.spaces(end, line.end); rest < line.end && (p.s[rest] != '#' || rest == end) {
		return nil
	}
	p.at++
	if p.at < len(p.lines) && p.lines[p.at].indent > indent {
		return nil // the value goes on
	}
	return n
}

func (p *fastParser) spaces(i, end int) int {
	for i < end && p.s[i] == ' ' {
		i++
	}
	return i
}

// flow parses a value inside one line; it returns the offset behind it.
func (p *fastParser) flow(line *fastLine, i, depth int) (*yaml.Node, int) {
	if i >= line.end || depth > maxFastDepth {
		return nil, 0
	}
	switch c := p.s[i]; c {
	case '{', '[':
		return p.brackets(line, i, depth)
	case '"', '\'':
		end := strings.IndexByte(p.s[i+1:line.end], c)
		if end < 0 {
			return nil, 0
		}
		end += i + 1
		text := p.s[i+1 : end]
		if c == '"' && strings.IndexByte(text, '\\') >= 0 || c == '\'' && end+1 < line.end && p.s[end+1] == '\'' {
			return nil, 0
		}
		n := p.node(yaml.ScalarNode, "!!str", text, line, i)
		n.Style = yaml.DoubleQuotedStyle
		if c == '\'' {
			n.Style = yaml.SingleQuotedStyle
		}
		return n, end + 1
	}
	end := p.plain(i, line.end)
	if end < 0 {
		return nil, 0
	}
	return p.scalar(line, i, end), end
}

func (p *fastParser) brackets(line *fastLine, i, depth int) (*yaml.Node, int) {
	kind, tag, closing := yaml.MappingNode, "!!map", byte('}')
	if p.s[i] == '[' {
		kind, tag, closing = yaml.SequenceNode, "!!seq", ']'
	}
	n := p.node(kind, tag, "", line, i)
	n.Style = yaml.FlowStyle
	mark := len(p.stack)
	i = p.spaces(i+1, line.end)
	if i < line.end && p.s[i] == closing {
		return n, i + 1
	}
	for {
		if kind == yaml.MappingNode {
			end := p.plain(i, line.end)
			if end < 0 || end-i > maxFastKey || end+1 >= line.end || p.s[end] != ':' || p.s[end+1] != ' ' {
				return nil, 0
			}
			p.stack = append(p.stack, p.scalar(line, i, end))
			i = p.spaces(end+1, line.end)
		}
		item, end := p.flow(line, i, depth+1)
		if item == nil {
			return nil, 0
		}
		p.stack = append(p.stack, item)
		i = p.spaces(end, line.end)
		if i == line.end {
			return nil, 0
		}
		switch p.s[i] {
		case closing:
			return p.close(n, mark), i + 1
		case ',':
			i = p.spaces(i+1, line.end)
		default:
			return nil, 0
		}
	}
}

// plain returns the end of a plain scalar that begins at i; -1 for none that
// the subset has. A colon belongs to it unless a space or the end follows.
func (p *fastParser) plain(i, end int) int {
	s := p.s[:end]
	if i >= end || !plainByte[s[i]] && !(s[i] == '-' && i+1 < end && s[i+1] >= '0' && s[i+1] <= '9') || s[i] == '+' || s[i] == '=' {
		return -1
	}
	for i++; i < end; i++ {
		if c := s[i]; plainByte[c] || c == '-' {
			continue
		} else if c != ':' || i+1 >= end || !plainByte[s[i+1]] && s[i+1] != ':' {
			break
		}
	}
	return i
}

// plainByte are the bytes of plain scalars of the subset, but for - and :.
var plainByte = makePlainBytes()

func makePlainBytes() (t [256]bool) {
	for c := range 256 {
		t[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '/' || c == '+' || c == '='
	}
	return t
}

func (p *fastParser) scalar(line *fastLine, from, end int) *yaml.Node {
	text, tag := p.s[from:end], "!!str"
	switch text {
	case "null", "Null", "NULL":
		tag = "!!null"
	}
	return p.node(yaml.ScalarNode, tag, text, line, from)
}
