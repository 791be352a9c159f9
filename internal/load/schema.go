package load

import (
	"bytes"
	"encoding/json"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// schemaNode is a part of a JSON Schema.
type schemaNode struct {
	Schema      string                 `json:"$schema,omitempty"`
	ID          string                 `json:"$id,omitempty"`
	Title       string                 `json:"title,omitempty"`
	Description string                 `json:"description,omitempty"`
	Type        any                    `json:"type,omitempty"` // a word or a list of them
	Const       any                    `json:"const,omitempty"`
	Enum        []string               `json:"enum,omitempty"`
	Pattern     string                 `json:"pattern,omitempty"`
	Minimum     *int                   `json:"minimum,omitempty"`
	Maximum     *int                   `json:"maximum,omitempty"`
	Items       *schemaNode            `json:"items,omitempty"`
	Properties  map[string]*schemaNode `json:"properties,omitempty"`
	Required    []string               `json:"required,omitempty"`
	Additional  any                    `json:"additionalProperties,omitempty"` // false or a *schemaNode
	AnyOf       []*schemaNode          `json:"anyOf,omitempty"`
}

// SchemaID is the $id of the JSON Schema of the topology language.
const SchemaID = "https://github.com/vpcpath/vpcpath/schema/topology-1.json"

// Schema returns a JSON Schema (draft 2020-12) of a topology file. It is read
// off the readers of the language themselves, which are run on nodes that
// stand for any value: what a reader asks of its node is what the schema
// says. It is wider than the loader in what no schema can say, as which names
// exist.
func Schema() []byte {
	w := newWalker("", nil, 0)
	w.shapes = &shapes{of: map[*yaml.Node]*schemaNode{}}
	root := &schemaNode{Schema: "https://json-schema.org/draft/2020-12/schema", ID: SchemaID, Title: "vpcpath topology",
		Description: "A description of AWS networks for vpcpath, version 1 of the language", Type: "object",
		Properties: map[string]*schemaNode{}, Additional: false}
	for _, name := range sectionNames() {
		value := anyNode()
		w.section(name, diag.Pos{}, value)
		s := w.shapes.done(value)
		if name != "version" {
			s = &schemaNode{AnyOf: []*schemaNode{s, {Type: "null"}}}
		}
		root.Properties[name] = s
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(root) // plain data into memory
	return b.Bytes()
}

// shapes collects what readers ask of nodes. A walker that has them reads
// nothing: its readers run once, on nodes that stand for any value.
type shapes struct {
	of map[*yaml.Node]*schemaNode
}

// anyNode stands for any value.
func anyNode() *yaml.Node { return &yaml.Node{} }

// describing reports whether the walker only collects shapes.
func (w *walker) describing() bool { return w.shapes != nil }

// add adds what one reader takes at a node: of several, any will do.
func (s *shapes) add(n *yaml.Node, alternative *schemaNode) {
	if s.of[n] == nil {
		s.of[n] = &schemaNode{}
	}
	s.of[n].AnyOf = append(s.of[n].AnyOf, alternative)
}

// done returns the schema of a node that its reader is done with.
func (s *shapes) done(n *yaml.Node) *schemaNode {
	out := s.of[n]
	delete(s.of, n)
	switch {
	case out == nil:
		return &schemaNode{} // nobody has asked for anything
	case len(out.AnyOf) == 1:
		return out.AnyOf[0]
	}
	return out
}

// last returns the last alternative of a node, to say more of it.
func (s *shapes) last(n *yaml.Node) *schemaNode {
	if out := s.of[n]; out != nil {
		return out.AnyOf[len(out.AnyOf)-1]
	}
	return &schemaNode{}
}

// scalarTypes are what YAML may take a text for.
var scalarTypes = []string{"string", "number", "boolean"}

func (s *shapes) scalar(n *yaml.Node, want string) {
	s.add(n, &schemaNode{Type: scalarTypes, Description: want})
}

// pattern narrows the text that a scalar was last asked for.
func (w *walker) pattern(n *yaml.Node, pattern string) {
	if w.describing() {
		last := w.shapes.last(n)
		last.Type, last.Pattern = "string", pattern
	}
}

func (s *shapes) integer(n *yaml.Node, what string, low, high int) {
	s.add(n, &schemaNode{Type: "integer", Description: what, Minimum: &low, Maximum: &high})
}

func (s *shapes) list(n *yaml.Node, want string, each func(*yaml.Node)) {
	item := anyNode()
	each(item)
	s.add(n, &schemaNode{Type: "array", Description: want, Items: s.done(item)})
}

// entries describes a mapping whose keys are the user's.
func (s *shapes) entries(n *yaml.Node, what string, each func(key, value *yaml.Node)) {
	value := anyNode()
	each(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "x"}, value)
	s.add(n, &schemaNode{Type: "object", Description: what, Additional: s.done(value)})
}

// property adds a key to the mapping that a node was last asked for.
func (s *shapes) property(n *yaml.Node, name, want string) {
	if last := s.last(n); last.Properties != nil {
		last.Properties[name] = &schemaNode{Type: scalarTypes, Description: want}
	}
}

// describeMapping describes a mapping by the table of its fields.
func describeMapping[T any](w *walker, n *yaml.Node, what subject, table []field[T], into *T) {
	out := &schemaNode{Type: "object", Description: what.kind, Properties: map[string]*schemaNode{}, Additional: false}
	for _, f := range table {
		value := anyNode()
		f.read(w, value, into)
		out.Properties[f.name] = w.shapes.done(value)
		if f.must {
			out.Required = append(out.Required, f.name)
		}
	}
	slices.Sort(out.Required)
	w.shapes.add(n, out)
}
