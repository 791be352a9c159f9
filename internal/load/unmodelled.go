package load

import (
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// unmodelledFields are those of what is accepted and not understood: what it
// decides is unknown (MISC-5).
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

// unmodelled returns what is not modelled where a name stands for such, else
// nil.
func (r *resolver) unmodelled(name ref) *model.Unmodelled {
	if !name.given() {
		return nil
	}
	u, _ := r.t.Names[name.text].(*model.Unmodelled)
	return u
}

// unknownTable, unknownACL and unknownGroup stand in for what is named and not
// modelled: the verdicts of what they judge are unknown.
func unknownTable(u *model.Unmodelled, v *model.VPC) *model.RouteTable {
	return &model.RouteTable{Ident: model.Ident{Name: u.Name, Kind: model.KindRouteTable, At: u.At}, VPC: v, Unmodelled: u}
}

func unknownACL(u *model.Unmodelled, v *model.VPC) *model.NetworkACL {
	return &model.NetworkACL{Ident: model.Ident{Name: u.Name, Kind: model.KindNetworkACL, At: u.At}, VPC: v, Unmodelled: u}
}

func (r *resolver) unknownGroup(name ref) *model.SecurityGroup {
	u := r.unmodelled(name)
	if u == nil {
		return nil
	}
	g := r.unknownGroups[u]
	if g == nil {
		g = &model.SecurityGroup{Ident: model.Ident{Name: u.Name, Kind: model.KindSecurityGroup, At: u.At}, Unmodelled: u}
		if r.unknownGroups == nil {
			r.unknownGroups = map[*model.Unmodelled]*model.SecurityGroup{}
		}
		r.unknownGroups[u] = g
	}
	return g
}
