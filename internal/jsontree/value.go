// Package jsontree reads JSON text into values that know where they stand, for
// importers: every finding about a value has its line and column.
//
//	root, findings := jsontree.Parse("vpcs.json", text)
//	for vpc := range root.Get("Vpcs").Items() {
//		id := vpc.Get("VpcId").Text()
//		if cidr := vpc.Get("CidrBlock"); !cidr.Exists() {
//			report(vpc.At(), "VPC %q lacks the key CidrBlock", id)
//		}
//	}
//
// What is not there, or is of another kind, reads as nothing: every method of
// the zero Value is safe. A value is two words that point into the text, which
// is kept and never copied. Eight bytes of memory are spent on each value and
// on each key of an object.
package jsontree

import (
	"iter"
	"strconv"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// Kind tells the kinds of values apart.
type Kind uint8

// The kinds of values. None is what is not there.
const (
	None Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// String returns the kind with its article, as "an object", for messages.
func (k Kind) String() string {
	return [...]string{"nothing", "null", "a boolean", "a number", "a string", "a list", "an object"}[k]
}

// Value is a value within a text, or the zero Value where there is none.
// Values are comparable: equal ones are the same place of the same text.
type Value struct {
	t *tree
	i uint32 // index into t.nodes
}

// node is a value, or a key of an object, which stands right before its value.
type node struct {
	off  uint32 // of its first byte in the text
	next uint32 // index of the node behind it and all that is in it
}

// Kind returns the kind of the value.
func (v Value) Kind() Kind {
	if v.t == nil {
		return None
	}
	switch v.t.data[v.t.nodes[v.i].off] {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Bool
	case 'n':
		return Null
	}
	return Number
}

// Exists reports whether there is a value, null being none.
func (v Value) Exists() bool { return v.Kind() > Null }

// At returns the place of the value's first byte.
func (v Value) At() diag.Pos {
	if v.t == nil {
		return diag.Pos{}
	}
	return v.t.pos(v.t.nodes[v.i].off)
}

// Get returns the value under a key of an object, and with several keys goes
// on into objects below.
func (v Value) Get(keys ...string) Value {
	for _, key := range keys {
		v = v.member(key)
	}
	return v
}

func (v Value) member(key string) Value {
	if v.Kind() != Object {
		return Value{}
	}
	nodes := v.t.nodes
	for i, end := v.i+1, nodes[v.i].next; i+1 < end; i = nodes[i+1].next {
		if v.t.stringIs(nodes[i].off, key) {
			return Value{v.t, i + 1}
		}
	}
	return Value{}
}

// Items yields the values of a list in order.
func (v Value) Items() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.Kind() != Array {
			return
		}
		nodes := v.t.nodes
		for i, end := v.i+1, nodes[v.i].next; i < end; i = nodes[i].next {
			if !yield(Value{v.t, i}) {
				return
			}
		}
	}
}

// Members yields the keys of an object with their values, in the order of the
// text. The place of a key is that of the Value in its stead.
func (v Value) Members() iter.Seq2[Value, Value] {
	return func(yield func(key, value Value) bool) {
		if v.Kind() != Object {
			return
		}
		nodes := v.t.nodes
		for i, end := v.i+1, nodes[v.i].next; i+1 < end; i = nodes[i+1].next {
			if !yield(Value{v.t, i}, Value{v.t, i + 1}) {
				return
			}
		}
	}
}

// Len returns the number of items of a list or of members of an object.
func (v Value) Len() int {
	n := 0
	switch v.Kind() {
	case Array:
		for range v.Items() {
			n++
		}
	case Object:
		for range v.Members() {
			n++
		}
	}
	return n
}

// Text returns a string without its quotes and escapes, a number or a boolean
// as it is written, and "" for all else.
func (v Value) Text() string {
	switch v.Kind() {
	case String:
		return v.t.text(v.t.nodes[v.i].off)
	case Number, Bool:
		return string(v.t.literal(v.t.nodes[v.i].off))
	}
	return ""
}

// Int returns a whole number; ok is false for what is none, or does not fit.
// A string that holds a number is one: some tools quote them.
func (v Value) Int() (n int, ok bool) {
	if k := v.Kind(); k != Number && k != String {
		return 0, false
	}
	n, err := strconv.Atoi(v.Text())
	return n, err == nil
}

// IsTrue reports whether the value is true, or the string "true".
func (v Value) IsTrue() bool {
	k := v.Kind()
	return (k == Bool || k == String) && v.Text() == "true"
}

// Equal reports whether two values say the same, whatever their white space
// and the order of keys.
func Equal(a, b Value) bool {
	if a.Kind() != b.Kind() {
		return false
	}
	switch a.Kind() {
	case Array:
		nodesA, nodesB := a.t.nodes, b.t.nodes
		i, j, endA, endB := a.i+1, b.i+1, nodesA[a.i].next, nodesB[b.i].next
		for i < endA && j < endB {
			if !Equal(Value{a.t, i}, Value{b.t, j}) {
				return false
			}
			i, j = nodesA[i].next, nodesB[j].next
		}
		return i >= endA && j >= endB
	case Object:
		if a.Len() != b.Len() {
			return false
		}
		for key, value := range a.Members() {
			if other := b.member(key.Text()); other.Kind() == None || !Equal(value, other) {
				return false
			}
		}
		return true
	}
	return a.Text() == b.Text()
}
