package cloudformation

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// kind tells the kinds of values apart.
type kind uint8

const (
	absent kind = iota // AWS::NoValue, or a property that is not there
	text               // literal, or with references in it
	list
	mapping
	unknown // known when the stack is made only
)

// value is a property as the template's functions make it.
type value struct {
	kind   kind
	parts  []part // of a text; none for an empty one
	items  []value
	fields []field
	why    string // of an unknown one
	at     diag.Pos
}

// part is a piece of a text: literal, or a reference.
type part struct {
	text string
	ref  *reference
}

type field struct {
	key   string
	value value
}

// reference is what a resource returns: its id for Ref, else an attribute.
type reference struct {
	to        *resource
	attribute string // "" for Ref
}

func plain(s string, at diag.Pos) value {
	v := value{kind: text, at: at}
	if s != "" {
		v.parts = []part{{text: s}}
	}
	return v
}

func refer(to *resource, attribute string, at diag.Pos) value {
	return value{kind: text, parts: []part{{ref: &reference{to, attribute}}}, at: at}
}

func unknownValue(why string, at diag.Pos) value { return value{kind: unknown, why: why, at: at} }

// text returns a text without references.
func (v value) text() (string, bool) {
	if v.kind != text {
		return "", false
	}
	var b strings.Builder
	for _, p := range v.parts {
		if p.ref != nil {
			return "", false
		}
		b.WriteString(p.text)
	}
	return b.String(), true
}

// ref returns the reference that a text is, alone.
func (v value) ref() (reference, bool) {
	if v.kind != text || len(v.parts) != 1 || v.parts[0].ref == nil {
		return reference{}, false
	}
	return *v.parts[0].ref, true
}

// get returns a field of a mapping; absent if it has none.
func (v value) get(key string) value {
	for _, f := range v.fields {
		if f.key == key {
			return f.value
		}
	}
	return value{at: v.at}
}

// each returns the items of a list, or the value as the only one.
func (v value) each() []value {
	switch v.kind {
	case list:
		return v.items
	case absent:
		return nil
	}
	return []value{v}
}

// join joins texts; what is unknown makes the whole so.
func join(sep string, list []value, at diag.Pos) value {
	out := value{kind: text, at: at}
	for i, v := range list {
		switch v.kind {
		case text:
		case absent:
			continue
		case unknown:
			return unknownValue(v.why, at)
		default:
			return unknownValue("a list or mapping where a text is expected", at)
		}
		if i > 0 && sep != "" {
			out.parts = append(out.parts, part{text: sep})
		}
		out.parts = append(out.parts, v.parts...)
	}
	return out
}

// split cuts a text at every sep; a reference is never cut.
func split(sep string, v value) []value {
	out := []value{{kind: text, at: v.at}}
	add := func(p part) { last := &out[len(out)-1]; last.parts = append(last.parts, p) }
	for _, p := range v.parts {
		if p.ref != nil {
			add(p)
			continue
		}
		for i, piece := range strings.Split(p.text, sep) {
			if i > 0 {
				out = append(out, value{kind: text, at: v.at})
			}
			if piece != "" {
				add(part{text: piece})
			}
		}
	}
	return out
}
