package render

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// deliveredElsewhere names who gets the packet in the end, unless that is
// just the host that was asked for.
func deliveredElsewhere(r *eval.Result) []string {
	var names []string
	elsewhere := false
	for _, d := range r.DeliveredTo {
		names = append(names, clean(hostName(d, "")))
		if !sameHost(d, r.To) {
			elsewhere = true
		}
	}
	if !elsewhere {
		return nil
	}
	return slices.Compact(names)
}

// sameHost reports whether what got the packet is the party itself: its
// resource, the interface's owner, or the holder of an address.
func sameHost(d model.Resource, p eval.Party) bool {
	if p.Resource == nil {
		i, ok := d.(*model.Interface)
		if !ok {
			return true
		}
		own := addr.SetOfAddrs(i.Addrs()...)
		for _, pub := range i.Public {
			own = own.Union(addr.SetOfAddrs(pub.Public))
		}
		return own.Overlaps(p.Addrs)
	}
	return owner(d) == owner(p.Resource)
}

func owner(r model.Resource) model.Resource {
	if i, ok := r.(*model.Interface); ok && i.Owner != nil {
		return i.Owner
	}
	return r
}
