// Package doc is a topology as a document of the topology language: sections,
// their entries, and the values in them, in order, each with the place of the
// user's input that it was read from. Importers make such documents; package
// load resolves them as it does YAML files, and writes them as YAML.
package doc

import (
	"slices"
	"strconv"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// Document is a whole topology. The zero Document is empty and ready for use.
type Document struct {
	// Comment stands at the top of the file when the document is written.
	Comment string
	// Sections in the order in which they are written.
	Sections []*Section
}

// Section is a top-level key with its entries by name, or `expect`, whose
// entries have no names.
type Section struct {
	Name    string
	Entries []*Entry
}

// Entry is a resource. Its Value is a mapping.
type Entry struct {
	Name string
	At   diag.Pos
	// Comment is written above the entry, as its AWS id or what is assumed.
	Comment string
	// Weak marks what the input names and does not describe as a whole, as a
	// group of another stack: an entry of other input with its name or id
	// takes its place.
	Weak bool
	*Value
}

// Kind tells the kinds of values apart.
type Kind uint8

// The kinds of values.
const (
	Text    Kind = iota // quoted where YAML would take it for something else
	Number              // a whole number
	Boolean             // true or false
	List
	Mapping
)

// Value is a scalar, a list or a mapping.
type Value struct {
	Kind  Kind
	At    diag.Pos
	Text  string   // of a scalar
	Items []*Value // of a list
	Pairs []Pair   // of a mapping
	// Comment is written behind the value, on its line.
	Comment string
}

// Pair is a key of a mapping with its value.
type Pair struct {
	Key   string
	Value *Value
}

// Section returns the section of that name, made at the end if there is none.
func (d *Document) Section(name string) *Section {
	for _, s := range d.Sections {
		if s.Name == name {
			return s
		}
	}
	s := &Section{Name: name}
	d.Sections = append(d.Sections, s)
	return s
}

// Entry adds an entry with nothing in it to a section. It does not look
// whether the name is taken: package load reports names that stand twice.
func (d *Document) Entry(section, name string, at diag.Pos) *Entry {
	e := &Entry{Name: name, At: at, Value: Map(at)}
	s := d.Section(section)
	s.Entries = append(s.Entries, e)
	return e
}

// Str makes a text, as a name, an address or a CIDR.
func Str(text string, at diag.Pos) *Value { return &Value{Kind: Text, Text: text, At: at} }

// Int makes a whole number.
func Int(n int, at diag.Pos) *Value { return &Value{Kind: Number, Text: strconv.Itoa(n), At: at} }

// Ports makes a range of ports, both ends in it: 443, or 1024-65535.
func Ports(lo, hi int, at diag.Pos) *Value {
	if lo == hi {
		return Int(lo, at)
	}
	return Str(strconv.Itoa(lo)+"-"+strconv.Itoa(hi), at)
}

// Bool makes a boolean.
func Bool(b bool, at diag.Pos) *Value {
	return &Value{Kind: Boolean, Text: strconv.FormatBool(b), At: at}
}

// Strs makes a list of texts that have one place.
func Strs(texts []string, at diag.Pos) *Value {
	v := ListOf(at)
	for _, t := range texts {
		v.Items = append(v.Items, Str(t, at))
	}
	return v
}

// ListOf makes a list.
func ListOf(at diag.Pos, items ...*Value) *Value { return &Value{Kind: List, Items: items, At: at} }

// Map makes an empty mapping.
func Map(at diag.Pos) *Value { return &Value{Kind: Mapping, At: at} }

// Set gives a key of a mapping its value, in place of one that it has, and
// returns the mapping.
func (v *Value) Set(key string, value *Value) *Value {
	if i := v.index(key); i >= 0 {
		v.Pairs[i].Value = value
		return v
	}
	v.Pairs = append(v.Pairs, Pair{key, value})
	return v
}

// Get returns the value of a key, or nil.
func (v *Value) Get(key string) *Value {
	if i := v.index(key); i >= 0 {
		return v.Pairs[i].Value
	}
	return nil
}

// Append adds an item to the list under a key of a mapping, made if there is
// none.
func (v *Value) Append(key string, item *Value) *Value {
	list := v.Get(key)
	if list == nil {
		list = ListOf(item.At)
		v.Set(key, list)
	}
	list.Items = append(list.Items, item)
	return v
}

func (v *Value) index(key string) int {
	return slices.IndexFunc(v.Pairs, func(p Pair) bool { return p.Key == key })
}

// Remove takes a key out of a mapping.
func (v *Value) Remove(key string) {
	v.Pairs = slices.DeleteFunc(v.Pairs, func(p Pair) bool { return p.Key == key })
}

// Place gives a value, and all in it, a place.
func (v *Value) Place(at diag.Pos) {
	v.At = at
	for _, item := range v.Items {
		item.Place(at)
	}
	for _, p := range v.Pairs {
		p.Value.Place(at)
	}
}
