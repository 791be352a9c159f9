package load

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// alias is a second name of a resource: what `id` says, as its AWS id.
type alias struct {
	name ref
	of   model.Resource
}

// idWords say what the key `id` is.
const idWords = "another name, as the resource's AWS id"

// takeID takes the key `id` out of an entry; any entry may have it.
func (w *walker) takeID(entry *yaml.Node) (rest *yaml.Node, id ref) {
	v := w.deref(entry)
	if v == nil || v.Kind != yaml.MappingNode {
		return entry, ref{}
	}
	for i := 0; i+1 < len(v.Content); i += 2 {
		key, value := v.Content[i], v.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.Value != "id" {
			continue
		}
		text, ok := w.scalar(value, idWords)
		if problem := NameProblem(text); ok && problem != "" {
			w.report(w.at(value), idInvalidName, "%s", problem)
		}
		if ok {
			id = ref{text, w.at(value)}
		}
		copied := *v
		copied.Content = slices.Delete(slices.Clone(v.Content), i, i+2)
		return &copied, id // a second one is an unknown key to the entry
	}
	return entry, ref{}
}

// declareAliases enters second names in the namespace. A resource may have
// its own name as its id.
func (r *resolver) declareAliases(yields map[model.Resource]model.Resource) {
	for _, a := range r.d.aliases {
		if yields[a.of] != nil {
			continue
		}
		old, taken := r.t.Names[a.name.text]
		switch {
		case !taken:
			r.t.Names[a.name.text] = a.of
		case old.ID() != a.of.ID():
			r.holes = true
			r.faultOf(a.name.at, idDuplicateName, old.ID().At, "the first "+quote(a.name.text),
				"id %q is taken already by the %s at %s; a name stands for one resource, across kinds and files", a.name.text, old.ID().Kind.Words(), old.ID().At)
		}
	}
}

// yielding returns the weak resources with what takes their place.
func (r *resolver) yielding() map[model.Resource]model.Resource {
	if len(r.d.weak) == 0 {
		return nil
	}
	index := map[model.Resource]int{}
	list := make([]doc.Named, len(r.d.order))
	for i, res := range r.d.order {
		index[res] = i
		list[i].Name = res.ID().Name
	}
	for _, a := range r.d.aliases {
		list[index[a.of]].ID = a.name.text
	}
	for _, res := range r.d.weak {
		list[index[res]].Weak = true
	}
	out := map[model.Resource]model.Resource{}
	for weak, to := range doc.Yielding(list) {
		out[r.d.order[weak]] = r.d.order[to]
	}
	return out
}
