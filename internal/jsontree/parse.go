package jsontree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// idSyntax is the id of every finding here.
const idSyntax = "json-syntax"

// Parse reads one JSON text (RFC 8259) in UTF-8, with or without a byte order
// mark. name stands in places. The text must not change afterwards, and has
// less than 4 GB.
//
// A text that is no JSON, or has a key twice in one object, gives one finding,
// an error with the place. The value is then what was read up to there: enough
// to tell what kind of file it is, and not to be used for more. It is the zero
// Value where nothing was read.
func Parse(name string, text []byte) (Value, []diag.Finding) {
	body := bytes.TrimPrefix(text, []byte("\ufeff"))
	t := newTree(name, body)
	b := builder{tree: t, dec: jsontext.NewDecoder(bytes.NewBuffer(body))}
	err := b.read()
	var root Value
	if len(t.nodes) > 0 {
		root = Value{t, 0}
	}
	if err == nil {
		return root, nil
	}
	at, message := b.explain(err)
	return root, []diag.Finding{{Pos: t.pos(uint32(at)), Severity: diag.Error, ID: idSyntax, Message: message}}
}

// builder makes a tree of what the decoder reads.
type builder struct {
	*tree
	dec  *jsontext.Decoder
	open []container
}

// container is a list or an object whose end is yet to come.
type container struct {
	node int
	// key is the node of an object's key whose value is yet to come; 0 for none.
	key    int
	object bool
}

var errTrailing = errors.New("trailing text")

// read reads the one value of the text. However it ends, the tree is whole.
func (b *builder) read() error {
	for {
		at := b.next()
		tok, err := b.dec.ReadToken()
		if err != nil {
			b.closeAll()
			return err
		}
		switch tok.Kind() {
		case '}', ']':
			b.nodes[b.top().node].next = uint32(len(b.nodes))
			b.open = b.open[:len(b.open)-1]
		case '{', '[':
			b.add(at)
			b.open = append(b.open, container{node: len(b.nodes) - 1, object: tok.Kind() == '{'})
		default:
			b.add(at)
		}
		if len(b.open) > 0 {
			continue
		}
		if b.next() < len(b.data) {
			return errTrailing
		}
		return nil
	}
}

// next returns the offset of the first byte of the next token.
func (b *builder) next() int {
	at := int(b.dec.InputOffset())
	for at < len(b.data) && (strings.IndexByte(" \t\r\n", b.data[at]) >= 0 || len(b.open) > 0 && (b.data[at] == ',' || b.data[at] == ':')) {
		at++
	}
	return at
}

// add makes the node of a value or key that begins at an offset.
func (b *builder) add(at int) {
	n := len(b.nodes)
	b.nodes = append(b.nodes, node{off: uint32(at), next: uint32(n + 1)})
	if len(b.open) == 0 {
		return
	}
	if c := b.top(); c.object && c.key == 0 {
		c.key = n
	} else {
		c.key = 0
	}
}

func (b *builder) top() *container { return &b.open[len(b.open)-1] }

// closeAll ends what an error left open. A key without a value is none.
func (b *builder) closeAll() {
	if len(b.open) > 0 && b.top().key > 0 {
		b.nodes = b.nodes[:b.top().key]
	}
	for _, c := range b.open {
		b.nodes[c.node].next = uint32(len(b.nodes))
	}
}

// explain says where the text is wrong, and how.
func (b *builder) explain(err error) (at int, message string) {
	if err == io.EOF {
		return len(b.data), "there is no JSON here: the text is empty"
	}
	if errors.Is(err, errTrailing) {
		at = b.next()
		return at, fmt.Sprintf("expected the end of the text, found %s; a file holds one JSON value", found(b.data[at:]))
	}
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		return len(b.data), err.Error()
	}
	at = min(int(syntax.ByteOffset), len(b.data))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || len(bytes.TrimSpace(b.data[at:])) == 0:
		where := "it"
		if n := len(b.open); n > 0 {
			begin := b.nodes[b.top().node].off
			where = fmt.Sprintf("the %s that begins at %s", map[bool]string{true: "object", false: "list"}[b.top().object], b.pos(begin))
		}
		return at, fmt.Sprintf("the JSON ends in the middle of %s: was the file cut off?", where)
	case errors.Is(err, jsontext.ErrDuplicateName):
		return at, fmt.Sprintf("key %q stands twice in one object", syntax.JSONPointer.LastToken())
	}
	return at, fmt.Sprintf("this is no JSON: %v", syntax.Err)
}

// found quotes the first word, or character, of what is left of the text.
func found(rest []byte) string {
	n := 0
	for n < len(rest) && n < 20 && isWord(rest[n]) {
		n++
	}
	if n == 0 {
		_, n = utf8.DecodeRune(rest)
	}
	return fmt.Sprintf("%q", rest[:n])
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+' || c == '_'
}
