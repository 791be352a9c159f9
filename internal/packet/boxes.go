package packet

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// Box is a product of field values: all headers of a family whose every field
// lies in one of that field's ranges. A list that is nil stands for every
// value.
type Box struct {
	Family         addr.Family
	Src, Dst       []addr.Range
	Protos         []ProtoRange
	DPorts, SPorts []PortRange
}

// Boxes returns disjoint boxes whose union is s. Their lists are sorted,
// disjoint, not adjacent and never nil. The order is by lowest header, and
// the same for equal sets. The boxes are as few as merging any two that
// differ in one field makes them, which need not be the fewest possible.
func (sp *Space) Boxes(s Set) []Box {
	var out []Box
	for _, f := range addr.Families {
		bs := sp.tuples(sp.body(s, f), Src, nil, tuple{})
		for _, t := range mergeTuples(bs) {
			b := Box{Family: f, Src: t[Src], Dst: t[Dst]}
			for _, r := range t[Proto] {
				b.Protos = append(b.Protos, protoRange(r))
			}
			for _, r := range t[DPort] {
				b.DPorts = append(b.DPorts, portRange(r))
			}
			for _, r := range t[SPort] {
				b.SPorts = append(b.SPorts, portRange(r))
			}
			out = append(out, b)
		}
	}
	return out
}

// A tuple is a box with the ranges of every field as keys. Lists are shared
// between tuples and never changed.
type tuple [numFields][]addr.Range

// tuples appends the tuples of s from the given field on; t holds the fields
// before it. Edges to one target go together.
func (sp *Space) tuples(s Set, level Field, out []tuple, t tuple) []tuple {
	if s == Empty {
		return out
	}
	if level == numFields {
		return append(out, t)
	}
	n := sp.nodes[s]
	if n.level != level {
		t[level] = []addr.Range{{Hi: maxKey[level]}}
		return sp.tuples(s, level+1, out, t)
	}
	var order []Set
	byTarget := map[Set][]addr.Range{}
	lo := addr.Key{}
	for _, e := range sp.edges[n.off : n.off+n.n] {
		if e.to != Empty {
			if byTarget[e.to] == nil {
				order = append(order, e.to)
			}
			byTarget[e.to] = append(byTarget[e.to], addr.Range{Lo: lo, Hi: e.hi})
		}
		lo = e.hi.Next()
	}
	for _, to := range order {
		t[level] = byTarget[to]
		out = sp.tuples(to, level+1, out, t)
	}
	return out
}

// mergeTuples joins tuples that differ in one field only, until there are
// none, and sorts them. Tuples that are disjoint stay disjoint.
func mergeTuples(ts []tuple) []tuple {
	for merged := true; merged; {
		merged = false
		for field := SPort; field >= Src; field-- {
			slices.SortFunc(ts, func(a, b tuple) int { return compareTuples(a, b, field) })
			out := ts[:0]
			for _, t := range ts {
				if n := len(out); n > 0 && sameBut(out[n-1], t, field) {
					out[n-1][field] = joinRanges(out[n-1][field], t[field])
					merged = true
					continue
				}
				out = append(out, t)
			}
			ts = out
		}
	}
	slices.SortFunc(ts, func(a, b tuple) int { return compareTuples(a, b, numFields) })
	return ts
}

// compareTuples orders tuples by their fields, the given one last.
func compareTuples(a, b tuple, last Field) int {
	for f := Src; f < numFields; f++ {
		if f != last {
			if c := slices.CompareFunc(a[f], b[f], compareRanges); c != 0 {
				return c
			}
		}
	}
	if last < numFields {
		return slices.CompareFunc(a[last], b[last], compareRanges)
	}
	return 0
}

func sameBut(a, b tuple, but Field) bool {
	for f := Src; f < numFields; f++ {
		if f != but && !slices.Equal(a[f], b[f]) {
			return false
		}
	}
	return true
}

func compareRanges(a, b addr.Range) int {
	if c := a.Lo.Compare(b.Lo); c != 0 {
		return c
	}
	return a.Hi.Compare(b.Hi)
}

// joinRanges returns the union of two lists without common values.
func joinRanges(a, b []addr.Range) []addr.Range {
	all := slices.Concat(a, b)
	slices.SortFunc(all, compareRanges)
	out := all[:1]
	for _, r := range all[1:] {
		if last := &out[len(out)-1]; last.Hi.Next() == r.Lo {
			last.Hi = r.Hi
			continue
		}
		out = append(out, r)
	}
	return out
}

// Box returns the headers of a box. Its lists may be in any order and
// overlap; a range of ports or protocols with Hi < Lo is empty.
func (sp *Space) Box(b Box) Set {
	s := sp.Fam(b.Family)
	if b.Src != nil {
		s = sp.And(s, sp.Addrs(b.Family, Src, b.Src...))
	}
	if b.Dst != nil {
		s = sp.And(s, sp.Addrs(b.Family, Dst, b.Dst...))
	}
	if b.Protos != nil {
		first := len(sp.sets)
		for _, r := range b.Protos {
			sp.sets = append(sp.sets, sp.Protos(r.Lo, r.Hi))
		}
		s = sp.And(s, sp.union(first))
	}
	s = sp.boxPorts(s, DPort, b.DPorts)
	return sp.boxPorts(s, SPort, b.SPorts)
}

func (sp *Space) boxPorts(s Set, field Field, list []PortRange) Set {
	if list == nil {
		return s
	}
	first := len(sp.sets)
	for _, r := range list {
		sp.sets = append(sp.sets, sp.Ports(field, r.Lo, r.Hi))
	}
	return sp.And(s, sp.union(first))
}

// FromBoxes returns the union of boxes, which may overlap.
func (sp *Space) FromBoxes(bs []Box) Set {
	first := len(sp.sets)
	for _, b := range bs {
		s := sp.Box(b)
		sp.sets = append(sp.sets, s)
	}
	return sp.union(first)
}
