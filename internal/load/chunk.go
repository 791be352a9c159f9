package load

import (
	"bytes"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/vpcpath/vpcpath/internal/diag"
	"gopkg.in/yaml.v3"
)

// A large file is cut where a top-level key begins, and inside a large
// section where an entry begins. Chunks are parsed side by side, and the
// nodes of each are garbage as soon as they are read. A file in which a cut
// could change the meaning is parsed whole: one with anchors, merges, several
// documents, directives, tabs or block scalars, and one of which any chunk
// fails. A cut inside a bracket or quote that spans lines is no danger, since
// the chunk before it then fails.

const (
	minChunked = 128 << 10 // smaller files are parsed whole
	chunkSize  = 64 << 10
)

// chunk is a run of lines: top-level keys with their values, or, where
// section is set, entries of that section.
type chunk struct {
	text    []byte
	lines   int    // lines of the file before the text
	section string // "" for top-level keys
	first   bool   // the first chunk of its section
	header  int    // line of the section's key
}

// readChunks reads a file chunk by chunk; ok is false when it has to be read
// whole.
func readChunks(src Source) (d *decls, ok bool) {
	chunks, ok := cutChunks(src.Data, chunkSize)
	if !ok {
		return nil, false
	}
	results := make([]*decls, len(chunks))
	var next atomic.Int64
	var failed atomic.Bool
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(chunks)) {
		wg.Go(func() {
			var fast fastParser
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= len(chunks) {
					return
				}
				if results[i] = readChunk(src.Name, chunks[i], &fast); results[i] == nil {
					failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	if failed.Load() {
		return nil, false
	}
	d = &decls{}
	for _, r := range results {
		d.append(r)
	}
	return d, true
}

// readChunk parses and reads one chunk; nil when it is not what it seemed.
func readChunk(file string, c chunk, fast *fastParser) (d *decls) {
	defer func() {
		if recover() != nil {
			d = nil
		}
	}()
	root, ok := fast.parse(c.text)
	if !ok {
		var doc yaml.Node
		if yaml.Unmarshal(c.text, &doc) != nil || len(doc.Content) != 1 {
			return nil
		}
		root = doc.Content[0]
	}
	w := newWalker(file, c.text, c.lines)
	if c.section == "" {
		if root.Kind != yaml.MappingNode {
			return nil
		}
		w.root(root)
		return w.out
	}
	want := yaml.MappingNode
	if c.section == "expect" {
		want = yaml.SequenceNode
	}
	if root.Kind != want {
		return nil
	}
	at := diag.Pos{File: file, Line: c.header, Col: 1}
	if c.first {
		w.out.keys = append(w.out.keys, sectionKey{c.section, at})
	}
	w.section(c.section, at, root)
	return w.out
}

// cutter cuts a file into chunks of about size bytes, line by line.
type cutter struct {
	data   []byte
	size   int
	chunks []chunk

	pending     int // where the sections begin that are not in a chunk yet
	pendingLine int
	name        string // the current section
	start       int    // of its key
	startLine   int
	open        bool // its entries stand on lines of their own
	indent      int  // of its entries; -1 until one was seen
	cuts        []cut
}

// cut is a place where an entry begins.
type cut struct{ offset, lines int }

// cutChunks cuts a file; ok is false when that is not safe.
func cutChunks(data []byte, size int) (chunks []chunk, ok bool) {
	if doubtful(data) {
		return nil, false
	}
	c := &cutter{data: data, size: size, start: -1}
	line := 0
	for at := 0; at < len(data); line++ {
		end := bytes.IndexByte(data[at:], '\n')
		if end < 0 {
			end = len(data)
		} else {
			end += at
		}
		if !c.line(at, line, data[at:end]) {
			return nil, false
		}
		at = end + 1
	}
	c.endSection(len(data), line)
	if c.start < 0 {
		return nil, false // nothing but comments
	}
	c.flush(len(data))
	return c.chunks, true
}

// line takes one line, without its end, at an offset of the file.
func (c *cutter) line(at, number int, text []byte) bool {
	indent := 0
	for indent < len(text) && text[indent] == ' ' {
		indent++
	}
	rest := bytes.TrimSuffix(text[indent:], []byte("\r"))
	if len(rest) == 0 || rest[0] == '#' {
		return true
	}
	item := isItem(rest)
	if indent == 0 && !item {
		name, value, ok := simpleKey(rest)
		if !ok {
			return false
		}
		c.endSection(at, number)
		c.name, c.start, c.startLine = string(name), at, number
		c.open = len(value) == 0 || value[0] == '#'
		c.indent = -1
		return true
	}
	if c.start < 0 {
		return false
	}
	if !c.open {
		return indent > 0
	}
	if c.indent < 0 {
		c.indent = indent
		c.cuts = append(c.cuts[:0], cut{at, number})
	}
	switch {
	case indent > c.indent:
		return true
	case indent < c.indent:
		return false
	}
	if item != (c.name == "expect") {
		return false
	}
	if !item {
		if _, _, ok := simpleKey(rest); !ok {
			return false
		}
	}
	if last := c.cuts[len(c.cuts)-1]; at-last.offset >= c.size {
		c.cuts = append(c.cuts, cut{at, number})
	}
	return true
}

// endSection ends the current section at an offset.
func (c *cutter) endSection(end, lines int) {
	if c.start >= 0 && c.open && c.indent >= 0 && len(c.cuts) > 1 && (c.name == "expect" || findSection(c.name) != nil) {
		c.flush(c.start)
		for i, from := range c.cuts {
			to := end
			if i+1 < len(c.cuts) {
				to = c.cuts[i+1].offset
			}
			c.chunks = append(c.chunks, chunk{text: c.data[from.offset:to], lines: from.lines,
				section: c.name, first: i == 0, header: c.startLine + 1})
		}
		c.pending, c.pendingLine = end, lines
	} else if end-c.pending >= c.size {
		c.flush(end)
		c.pendingLine = lines
	}
	c.cuts = c.cuts[:0]
}

// flush makes a chunk of the sections that are pending.
func (c *cutter) flush(end int) {
	if text := c.data[c.pending:end]; hasContent(text) {
		c.chunks = append(c.chunks, chunk{text: text, lines: c.pendingLine})
	}
	c.pending = end
}

// hasContent reports whether a text is more than blank lines and comments.
func hasContent(text []byte) bool {
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return true
		}
		text = rest
	}
	return false
}

func isItem(s []byte) bool { return s[0] == '-' && (len(s) == 1 || s[1] == ' ') }

// simpleKey splits "key: value" where the key is a plain word.
func simpleKey(s []byte) (key, value []byte, ok bool) {
	i := 0
	for i < len(s) && (s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z' || s[i] >= '0' && s[i] <= '9' ||
		s[i] == '_' || s[i] >= 0x80 || i > 0 && (s[i] == '-' || s[i] == '.' || s[i] == '/')) {
		i++
	}
	if i == 0 || i == len(s) || s[i] != ':' || i+1 < len(s) && s[i+1] != ' ' {
		return nil, nil, false
	}
	return s[:i], bytes.TrimLeft(s[i+1:], " "), true
}

// doubtful reports whether a file has what makes cutting unsafe. Comments and
// quoted texts may raise it needlessly, which costs time only.
func doubtful(data []byte) bool {
	if bytes.IndexByte(data, '\t') >= 0 || bytes.Contains(data, []byte("<<")) {
		return true
	}
	for _, mark := range []string{"---", "...", "%", "? "} {
		if bytes.HasPrefix(data, []byte(mark)) || bytes.Contains(data, []byte("\n"+mark)) {
			return true
		}
	}
	for _, c := range []byte("&*|>") {
		for rest, at := data, 0; ; {
			i := bytes.IndexByte(rest, c)
			if i < 0 {
				break
			}
			at += i
			if c == '&' || c == '*' {
				if at == 0 || bytes.IndexByte([]byte(" \n[{,:-\r"), data[at-1]) >= 0 {
					return true
				}
			} else if blockScalar(data[at+1:]) {
				return true
			}
			at++
			rest = data[at:]
		}
	}
	return false
}

// blockScalar reports whether what follows a | or > makes it the head of a
// block scalar: indicators, a comment, the end of the line.
func blockScalar(rest []byte) bool {
	for _, c := range rest {
		switch {
		case c == '\n' || c == '#':
			return true
		case c == ' ' || c == '\r' || c == '+' || c == '-' || c >= '0' && c <= '9':
		default:
			return false
		}
	}
	return true
}
