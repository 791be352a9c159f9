package importer

import (
	"fmt"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
)

// overlaps reports resources that inputs of two formats describe, as a plan of
// a network and a dump of the account that it stands in: the two may differ, and
// nothing tells which one counts. What one of them only names is no overlap.
func overlaps(list []doc.Import) []diag.Finding {
	type holder struct {
		name string
		in   *doc.Import
		at   diag.Pos
	}
	first := map[string]holder{}
	type pair struct{ a, b *doc.Import }
	found := map[pair][]string{}
	var order []pair
	at := map[pair]diag.Pos{}
	for i := range list {
		m := &list[i]
		for _, s := range m.Document.Sections {
			for _, e := range s.Entries {
				id := e.Get("id")
				if id == nil || e.Weak {
					continue
				}
				o, taken := first[id.Text]
				if !taken {
					first[id.Text] = holder{e.Name, m, e.At}
					continue
				}
				if o.in == m {
					continue // package load reports it
				}
				p := pair{o.in, m}
				if len(found[p]) == 0 {
					order, at[p] = append(order, p), o.at
				}
				found[p] = append(found[p], fmt.Sprintf("%s is %s and %s", id.Text, o.name, e.Name))
			}
		}
	}
	var out []diag.Finding
	for _, p := range order {
		shown := found[p]
		more := ""
		if n := len(shown) - 3; n > 0 {
			shown, more = shown[:3], fmt.Sprintf(", and %d more", n)
		}
		out = append(out, diag.Finding{Pos: at[p], Severity: diag.Error, ID: "import-overlap", Message: fmt.Sprintf(
			"%s and %s describe the same resources, and may differ: %s%s; give one of them. A plan may stand beside a dump that holds only what the plan names and does not manage",
			p.a.Files[0], p.b.Files[0], strings.Join(shown, ", "), more)})
	}
	return out
}
