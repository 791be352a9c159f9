package load

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

type rawPrefixList struct{ *model.PrefixList }

var prefixListFields = []field[rawPrefixList]{
	{"cidrs", true, func(w *walker, n *yaml.Node, d *rawPrefixList) {
		if d.Unknown = w.unknown(n); d.Unknown {
			return
		}
		w.list(n, "a list of CIDRs, or unknown", func(item *yaml.Node) {
			if b, ok := w.cidr(item, anyFamily); ok {
				d.CIDRs = append(d.CIDRs, b)
			}
		})
	}},
	{"service", false, func(w *walker, n *yaml.Node, d *rawPrefixList) {
		w.textValue(n, "the name of a service as s3", &d.Service)
	}},
}

func (w *walker) readPrefixList(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindPrefixList
	l := &model.PrefixList{Ident: id}
	w.resource(l)
	w.out.lists = append(w.out.lists, l)
	readMapping(w, n, id.At, subject{"prefix list", id.Name}, prefixListFields, &rawPrefixList{l})
}

// fillPrefixLists gives the lists of a service whose CIDRs are not known those
// of the topology's other lists of the service, where these are alike.
func (r *resolver) fillPrefixLists() {
	for _, l := range r.d.lists {
		if !l.Unknown || l.Service == "" {
			continue
		}
		var found *model.PrefixList
		alike := true
		for _, o := range r.d.lists {
			if len(o.CIDRs) == 0 || !sameService(o.Service, l.Service) {
				continue
			}
			alike = alike && (found == nil || slices.Equal(sortedPrefixes(found), sortedPrefixes(o)))
			found = o
		}
		if found != nil && alike {
			l.CIDRs, l.Unknown = found.CIDRs, false
		}
	}
}

// sameService compares names of services; one without a Region is that of any.
func sameService(a, b string) bool {
	return a == b || serviceName(a) == serviceName(b) && (a == serviceName(a) || b == serviceName(b))
}

func sortedPrefixes(l *model.PrefixList) []string {
	out := make([]string, len(l.CIDRs))
	for i, b := range l.CIDRs {
		out[i] = b.Prefix.String()
	}
	slices.Sort(out)
	return out
}

// checkPrefixLists: one family, no entry twice (MISC-1).
func (r *resolver) checkPrefixLists() {
	for _, l := range r.d.lists {
		places := map[netip.Prefix]diag.Pos{}
		for i, b := range l.CIDRs {
			if first, ok := places[b.Prefix]; ok {
				r.faultOf(b.At, idDuplicateEntry, first, "the first", "%s stands twice in prefix list %q; the first is at %s", b.Prefix, l.Name, first)
				continue
			}
			places[b.Prefix] = b.At
			if i > 0 && b.Prefix.Addr().Is4() != l.CIDRs[0].Prefix.Addr().Is4() {
				r.faultOf(b.At, idMixedFamilies, l.CIDRs[0].At, "the first entry", "%s is of another family than %s before it; a prefix list has one family, so write two lists", b.Prefix, l.CIDRs[0].Prefix)
			}
		}
	}
}
