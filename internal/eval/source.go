package eval

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
)

// sends is the part of a question's destinations to which a host sends from
// one address.
type sends struct{ from, to addr.Set }

// sourceOf returns the addresses that an instance sends from: the primary one
// of the interface that its routes choose, or of a tunnel (VPNI-6). Where its
// routes choose several, the parts say which to where.
func (n *Net) sourceOf(f side, dst addr.Set) (src addr.Set, parts []sends) {
	h, ok := f.host.(*model.Instance)
	if !ok && f.iface == nil {
		return addr.Set{}, nil
	}
	wide := false
	for _, fam := range addr.Families {
		if ranges := dst.Ranges(fam); len(ranges) > 0 {
			wide = wide || !f.named && !oneAddress(fam, ranges)
			if from := n.addressTo(h, f, fam, ranges[0].Lo); from.IsValid() {
				src = src.Union(single(from))
			}
		}
	}
	if !wide {
		return src, nil
	}
	src = addr.Set{}
	several := false
	for _, fam := range addr.Families {
		var list []sends
		for _, r := range dst.Ranges(fam) {
			for _, part := range n.host(h).routes.Regions(nil, fam, r) {
				from := n.addressTo(h, f, fam, part.Lo)
				if !from.IsValid() {
					from = f.iface.Primary(fam == addr.V6) // asked all the same, not left out
				}
				list = add(list, from, fam, part.Range)
			}
		}
		for _, p := range list {
			src = src.Union(p.from)
		}
		several = several || len(list) > 1
		parts = append(parts, list...)
	}
	if !several {
		parts = nil
	}
	return src, parts
}

func oneAddress(fam addr.Family, ranges []addr.Range) bool {
	return len(ranges) == 1 && ranges[0].Lo.Addr(fam) == ranges[0].Last(fam)
}

// addressTo returns the address that a side sends from to a destination; the
// zero Addr where that is by a tunnel without an address of the family.
func (n *Net) addressTo(h *model.Instance, f side, fam addr.Family, dst addr.Key) netip.Addr {
	i := f.iface
	if !f.named {
		if r, ok := n.host(h).routes.LookupKey(fam, dst); ok {
			if r.end == nil {
				i = r.iface
			} else if r.end.Address.IsValid() && addr.FamilyOf(r.end.Address) == fam {
				return r.end.Address
			} else {
				return netip.Addr{}
			}
		}
	}
	return i.Primary(fam == addr.V6)
}

// add gives destinations to the part of an address; the zero Addr sends
// nothing.
func add(list []sends, from netip.Addr, fam addr.Family, r addr.Range) []sends {
	if !from.IsValid() {
		return list
	}
	to := addr.SetOfRanges(fam, r)
	for k := range list {
		if list[k].from.Contains(from) {
			list[k].to = list[k].to.Union(to)
			return list
		}
	}
	return append(list, sends{single(from), to})
}
