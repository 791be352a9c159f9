package load

import (
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"gopkg.in/yaml.v3"
)

// readDocument reads what an importer made, by the same walker as YAML. The
// nodes carry no lines of a file but indexes of places.
func readDocument(src Source) *decls {
	w := newWalker(src.Name, nil, 0)
	for _, s := range src.Doc.Sections {
		w.out.keys = append(w.out.keys, sectionKey{s.Name, diag.Pos{File: src.Name}})
		for _, e := range s.Entries { // one by one, so that nodes are garbage soon
			w.places = w.places[:0]
			at := w.place(e.At)
			if s.Name == "expect" {
				w.section(s.Name, e.At, &yaml.Node{Kind: yaml.SequenceNode, Line: at, Content: []*yaml.Node{w.node(e.Value)}})
				continue
			}
			key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: e.Name, Line: at}
			before := len(w.out.order)
			w.section(s.Name, e.At, &yaml.Node{Kind: yaml.MappingNode, Line: at, Content: []*yaml.Node{key, w.node(e.Value)}})
			if e.Weak {
				w.out.weak = append(w.out.weak, w.out.order[before:]...)
			}
		}
	}
	w.out.versions++
	return w.out
}

// place enters a place and returns its number, from 1.
func (w *walker) place(at diag.Pos) int {
	if at.Line == 0 {
		at.Line, at.Col = 1, 1 // a zero line means that nothing stands there
	}
	w.places = append(w.places, at)
	return len(w.places)
}

var scalarTags = map[doc.Kind]string{doc.Text: "!!str", doc.Number: "!!int", doc.Boolean: "!!bool"}

func (w *walker) node(v *doc.Value) *yaml.Node {
	n := &yaml.Node{Line: w.place(v.At)}
	switch v.Kind {
	case doc.List:
		n.Kind = yaml.SequenceNode
		for _, item := range v.Items {
			n.Content = append(n.Content, w.node(item))
		}
	case doc.Mapping:
		n.Kind = yaml.MappingNode
		for _, p := range v.Pairs {
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: p.Key, Line: w.place(p.Value.At)}, w.node(p.Value))
		}
	default:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, scalarTags[v.Kind], v.Text
	}
	return n
}
