package check

import (
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// A station is one passage through a component: a host with the interface it
// was entered or left by, a gateway, a connection, a tunnel. Filters and
// route tables are no stations; a path names them nowhere.
type station struct {
	resource   model.Resource
	interfaces []*model.Interface
}

func (s station) is(want model.Resource) bool {
	if s.resource == want {
		return true
	}
	for _, i := range s.interfaces {
		if model.Resource(i) == want {
			return true
		}
	}
	return false
}

// passages returns the stations of every way through a walk, from its start
// to where it ends. Where something is delivered only those ways count; where
// nothing is, what lies behind the drop counts too.
func passages(w eval.Walk) [][]station {
	var out [][]station
	for _, chain := range chains(w) {
		var stations []station
		for _, h := range chain {
			stations = pass(stations, h)
		}
		out = append(out, stations)
	}
	return out
}

// chains returns the hops of every way that passages speaks of.
func chains(w eval.Walk) [][]*eval.Hop {
	byNumber := map[int]*eval.Hop{}
	leaf := map[int]bool{}
	for _, h := range w.Hops {
		byNumber[h.N] = h
		leaf[h.N] = true
		delete(leaf, h.After)
	}
	var out [][]*eval.Hop
	for _, h := range w.Hops {
		if !leaf[h.N] || w.Delivered && (h.Supposed || h.Action != eval.Deliver) {
			continue
		}
		var chain []*eval.Hop
		for at := h; at != nil; at = byNumber[at.After] {
			chain = append(chain, at)
		}
		slices.Reverse(chain)
		out = append(out, chain)
	}
	return out
}

// pass adds a hop to the stations: to the last one while the packet is still
// there.
func pass(list []station, h *eval.Hop) []station {
	r := stationOf(h)
	if r == nil {
		return list
	}
	if n := len(list); n == 0 || list[n-1].resource != r {
		list = append(list, station{resource: r})
	}
	last := &list[len(list)-1]
	if h.Interface != nil && owner(h.Interface) == r {
		last.interfaces = append(last.interfaces, h.Interface)
	}
	if i, ok := h.Resource.(*model.Interface); ok {
		last.interfaces = append(last.interfaces, i)
	}
	return list
}

// stationOf is the component that a hop passes, or nil for a filter at a
// subnet's border and for a route table.
func stationOf(h *eval.Hop) model.Resource {
	switch h.Resource.(type) {
	case *model.NetworkACL, *model.RouteTable, *model.Subnet, *model.VPC, nil:
		if h.Interface != nil {
			return owner(h.Interface)
		}
		return nil
	case *model.SecurityGroup:
		if h.Interface == nil {
			return nil
		}
		return owner(h.Interface)
	}
	return owner(h.Resource)
}

// owner is the host of an interface that has one, else the resource itself.
func owner(r model.Resource) model.Resource {
	if i, ok := r.(*model.Interface); ok && i.Owner != nil {
		return i.Owner
	}
	return r
}

// inOrder reports whether the stations contain the wanted ones in their
// order, other stations between them allowed.
func inOrder(want []model.Resource, list []station) bool {
	for _, s := range list {
		if len(want) > 0 && s.is(want[0]) {
			want = want[1:]
		}
	}
	return len(want) == 0
}

func stationsText(list []station) string {
	if len(list) == 0 {
		return "nowhere"
	}
	return strings.Join(stationNames(list), " > ")
}
