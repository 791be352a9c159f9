package check

import (
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
		if id := r.ID(); id.At.IsValid() && id.Name == name { // not its second name
			o.places = append(o.places, place{id.At, id.Name})
		}
	}
	slices.SortFunc(o.places, func(a, b place) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		if a.name < b.name {
			return -1
		}
		return 1
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
	case at.Object != "":
		i = slices.IndexFunc(o.places, func(p place) bool { return p.at.File == at.File && p.at.Object == at.Object })
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
