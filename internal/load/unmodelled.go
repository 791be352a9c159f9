package load

import (
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// unmodelledFields are those of what is accepted and not understood: a route
// may lead to it, and the verdict is unknown then (MISC-5).
var unmodelledFields = []field[model.Unmodelled]{
	{"kind", true, func(w *walker, n *yaml.Node, d *model.Unmodelled) { w.words(n, &d.What) }},
	{"reason", true, func(w *walker, n *yaml.Node, d *model.Unmodelled) { w.words(n, &d.Reason) }},
}

// words reads a text that is for people only.
func (w *walker) words(n *yaml.Node, into *string) {
	if text, ok := w.scalar(n, "a text"); ok {
		*into = text
	}
}

func (w *walker) readUnmodelled(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindNotModelled
	d := &model.Unmodelled{Ident: id}
	w.resource(d)
	w.out.unmodelled = append(w.out.unmodelled, d)
	readMapping(w, n, id.At, subject{"entry of `not_modelled`", id.Name}, unmodelledFields, d)
}
