package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"gopkg.in/yaml.v3"
)

// readSource reads one file into declarations; ok is false when it could not
// be parsed to its end. quick allows the short ways, whose result is the same.
func readSource(src Source, quick bool) (d *decls, ok bool) {
	if !quick {
		return readWhole(src)
	}
	if len(src.Data) >= minChunked {
		if d, ok := readChunks(src); ok {
			return d, true
		}
	} else if !doubtful(src.Data) {
		if root, ok := fastNodes(src.Data); ok {
			w := newWalker(src.Name, src.Data, 0)
			w.root(root)
			return w.out, true
		}
	}
	return readWhole(src)
}

// readWhole parses the file as one.
func readWhole(src Source) (*decls, bool) {
	w := newWalker(src.Name, src.Data, 0)
	dec := yaml.NewDecoder(bytes.NewReader(src.Data))
	doc, err := decode(dec)
	switch {
	case errors.Is(err, io.EOF):
		w.report(diag.Pos{File: src.Name, Line: 1, Col: 1}, idEmptyFile, "the file holds no YAML; expected sections as `vpcs:` and `subnets:`")
		return w.out, true
	case err != nil:
		w.out.findings = append(w.out.findings, syntaxError(src, 0, err))
		return w.out, false
	}
	if len(doc.Content) == 1 && isNull(doc.Content[0]) {
		w.report(w.at(doc.Content[0]), idEmptyFile, "the file holds no YAML; expected sections as `vpcs:` and `subnets:`")
	} else if len(doc.Content) == 1 {
		w.root(doc.Content[0])
	}
	next, err := decode(dec)
	switch {
	case errors.Is(err, io.EOF):
		return w.out, true
	case err != nil:
		w.out.findings = append(w.out.findings, syntaxError(src, 0, err))
		return w.out, false
	}
	w.report(w.at(next), idSecondDocument, "a second YAML document begins here; expected one document in a file, so write two files")
	return w.out, false
}

// decode reads the next document. The parser panics on a few inputs.
func decode(dec *yaml.Decoder) (doc *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			doc, err = nil, fmt.Errorf("yaml: the parser failed: %v", p)
		}
	}()
	doc = &yaml.Node{}
	if err := dec.Decode(doc); err != nil {
		return nil, err
	}
	return doc, nil
}

// syntaxError places an error of the parser, which tells the line of a
// construct's beginning, at times one too low, at times none.
func syntaxError(src Source, offset int, err error) diag.Finding {
	_, message := splitError(err)
	lines := bytes.SplitAfter(src.Data, []byte("\n"))
	if n := len(lines); n > 1 && len(lines[n-1]) == 0 {
		lines = lines[:n-1]
	}
	line := failingLine(src.Data, lines, message)
	text := lines[line-1]
	col := len(text) - len(bytes.TrimLeft(text, " \t")) + 1
	return diag.Finding{Pos: diag.Pos{File: src.Name, Line: line + offset, Col: col}, Severity: diag.Error, ID: string(idSyntax),
		Message: "the YAML cannot be read: " + explainSyntax(message)}
}

// splitError takes an error of the parser apart: "yaml: line 3: message".
func splitError(err error) (line int, message string) {
	message = strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(message, "line "); ok {
		if number, text, ok := strings.Cut(rest, ": "); ok {
			if n, err := strconv.Atoi(number); err == nil {
				return n, text
			}
		}
	}
	return 0, message
}

// lookahead is how far the parser reads behind the place of an error.
const lookahead = 4

// maxProbed bounds the text that firstFailing parses again and again.
const maxProbed = 4 << 20

// failingLine returns the line, counted from 1, at which the parser gives up.
// The text is fed to it byte by byte, so what it has read tells the place up
// to its lookahead. Where it gives up at the end of the text only, for a
// bracket or quote that nobody closes, the line of that bracket is wanted: the
// first one up to which the text fails in the same words.
func failingLine(data []byte, lines [][]byte, message string) int {
	feed := &byteFeed{data: data}
	parseAll(feed)
	if feed.read >= len(bytes.TrimRight(data, " \r\n")) {
		if len(data) > maxProbed {
			return len(lines)
		}
		return firstFailing(lines, message)
	}
	lineOf := func(offset int) int { return 1 + bytes.Count(data[:min(max(offset, 0), len(data))], []byte("\n")) }
	first, last := lineOf(feed.read-lookahead), lineOf(feed.read-1)
	for n := first; n < last; n++ {
		if failsLike(lines[:n], message) {
			return n
		}
	}
	return min(last, len(lines))
}

// byteFeed hands out its data byte by byte, and counts.
type byteFeed struct {
	data []byte
	read int
}

func (f *byteFeed) Read(p []byte) (int, error) {
	if f.read == len(f.data) {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	p[0] = f.data[f.read]
	f.read++
	return 1, nil
}

// parseAll parses all documents and returns the error that ends it; io.EOF
// when there is none.
func parseAll(r io.Reader) error {
	dec := yaml.NewDecoder(r)
	for {
		if _, err := decode(dec); err != nil {
			return err
		}
	}
}

func failsLike(lines [][]byte, message string) bool {
	err := parseAll(bytes.NewReader(bytes.Join(lines, nil)))
	_, m := splitError(err)
	return !errors.Is(err, io.EOF) && m == message
}

// firstFailing returns the first line, counted from 1, such that the text up
// to it fails with the same words.
func firstFailing(lines [][]byte, message string) int {
	low, high := 0, len(lines) // high fails, low does not
	for high-low > 1 {
		if mid := (low + high) / 2; failsLike(lines[:mid], message) {
			high = mid
		} else {
			low = mid
		}
	}
	return max(high, 1)
}

// explainSyntax adds what commonly mends an error of the parser.
func explainSyntax(message string) string {
	hint := ""
	switch {
	case strings.Contains(message, "mapping values are not allowed"):
		hint = `; a ": " inside a value needs quotes, and the keys of a mapping the same indentation`
	case strings.Contains(message, "cannot start any token"):
		hint = "; indent with spaces, not with tabs, and quote a value that begins with @, ` or %"
	case strings.Contains(message, "did not find expected key"), strings.Contains(message, "did not find expected '-' indicator"):
		hint = "; the entries of a mapping or list have the same indentation"
	case strings.Contains(message, "expected ',' or '}'"), strings.Contains(message, "expected ',' or ']'"):
		hint = "; a bracket is not closed, or a comma is missing"
	case strings.Contains(message, "could not find expected ':'"):
		hint = `; a key is followed by ": ", and an entry of a list begins with "- "`
	case strings.Contains(message, "unexpected end of stream"):
		hint = "; a quote is not closed"
	case strings.Contains(message, "did not find expected node content"):
		hint = "; a value is missing, or one that begins with : or a bracket needs quotes"
	}
	return message + hint
}
