package check

import (
	"cmp"
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

// owners tells in which resource's description a place lies.
type owners struct {
	places []place // sorted
}

type place struct {
	at   diag.Pos
	name string
}

func newOwners(t *model.Topology) *owners {
	o := &owners{}
	if t == nil {
		return o
	}
	for name, r := range t.Names {
		if i, ok := r.(*model.Interface); ok && i.Implicit {
			continue // what has it stands at the same place
		}
		if id := r.ID(); id.At.IsValid() && id.Name == name { // not its second name
			o.places = append(o.places, place{id.At, id.Name})
		}
	}
	slices.SortFunc(o.places, func(a, b place) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.name, b.name))
	})
	return o
}

// of returns the name of the resource at a place: the last one that begins
// there or before it in the file; "" where there is none.
func (o *owners) of(at diag.Pos) string {
	if !at.IsValid() {
		return ""
	}
	i, found := slices.BinarySearchFunc(o.places, at, func(p place, at diag.Pos) int { return p.at.Compare(at) })
	switch {
	case found:
	case at.Object() != "":
		i = slices.IndexFunc(o.places, func(p place) bool { return p.at.File == at.File })
		if i < 0 {
			return ""
		}
	default:
		i--
		if i < 0 || o.places[i].at.File != at.File {
			return ""
		}
	}
	return o.places[i].name
}
