package load

import (
	"io"

	"github.com/vpcpath/vpcpath/internal/doc"
	"gopkg.in/yaml.v3"
)

// Write writes a document as a topology file: sections and entries in the
// document's order, an entry of scalars alone on one line, rules and routes
// one to a line. Reading it again gives the same topology.
func Write(w io.Writer, d *doc.Document) error {
	root := &yaml.Node{Kind: yaml.MappingNode, HeadComment: d.Comment}
	add := func(key string, value *yaml.Node) {
		root.Content = append(root.Content, scalarNode(doc.Str(key, doc.Value{}.At)), value)
	}
	add("version", scalarNode(doc.Int(1, doc.Value{}.At)))
	for _, s := range d.Sections {
		if len(s.Entries) == 0 {
			continue
		}
		if s.Name == "expect" {
			list := &yaml.Node{Kind: yaml.SequenceNode}
			for _, e := range s.Entries {
				item := writeNode(e.Value, true)
				item.HeadComment = e.Comment
				list.Content = append(list.Content, item)
			}
			add(s.Name, list)
			continue
		}
		section := &yaml.Node{Kind: yaml.MappingNode}
		for _, e := range s.Entries {
			key := scalarNode(doc.Str(e.Name, e.At))
			key.HeadComment = e.Comment
			section.Content = append(section.Content, key, writeNode(e.Value, flat(e.Value)))
		}
		add(s.Name, section)
	}
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return err
	}
	return enc.Close()
}

// flat reports whether a mapping reads well on one line.
func flat(v *doc.Value) bool {
	width := 0
	for _, p := range v.Pairs {
		if p.Value.Kind == doc.Mapping || p.Value.Comment != "" {
			return false
		}
		width += len(p.Key) + len(p.Value.Text) + 4
		for _, item := range p.Value.Items {
			if item.Kind == doc.List || item.Kind == doc.Mapping {
				return false
			}
			width += len(item.Text) + 2
		}
	}
	return width < 110
}

// writeNode makes the node of a value. Below an entry, a list of mappings has
// one to a line.
func writeNode(v *doc.Value, flow bool) *yaml.Node {
	n := &yaml.Node{LineComment: v.Comment}
	if flow {
		n.Style = yaml.FlowStyle
	}
	switch v.Kind {
	case doc.List:
		n.Kind = yaml.SequenceNode
		plain := true
		for _, item := range v.Items {
			plain = plain && item.Kind != doc.Mapping && item.Comment == ""
			n.Content = append(n.Content, writeNode(item, true))
		}
		if plain {
			n.Style = yaml.FlowStyle
		}
	case doc.Mapping:
		n.Kind = yaml.MappingNode
		for _, p := range v.Pairs {
			n.Content = append(n.Content, scalarNode(doc.Str(p.Key, v.At)), writeNode(p.Value, flow))
		}
	default:
		return scalarNode(v)
	}
	return n
}

// scalarNode leaves the quotes to the library, which knows what a plain text
// would be taken for.
func scalarNode(v *doc.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: v.Text, LineComment: v.Comment}
	if v.Kind == doc.Text {
		n.SetString(v.Text)
		return n
	}
	n.Tag = scalarTags[v.Kind]
	return n
}
