// Package awsjson imports what the AWS CLI prints of describe calls: files in
// any number, of several accounts and Regions, recognised by the lists in
// them.
//
// It guesses nothing. What the dump does not hold, or vpcpath does not
// understand, stands under not_modelled in the document and is named where it
// is used, so that verdicts that depend on it are unknown.
package awsjson

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
	"github.com/vpcpath/vpcpath/internal/load"
)

// mostRounds bounds how often a document is made anew without what was found
// to be impossible.
const mostRounds = 20

// Read imports the JSON texts of a dump. Findings that are errors mean that
// the dump cannot be relied on.
func Read(roots []jsontree.Value) doc.Import {
	d := collect(roots)
	if diag.HasErrors(d.findings) {
		return doc.Import{Document: &doc.Document{}, Findings: d.findings}
	}
	refused := maps.Clone(d.differ)
	var b *builder
	for range mostRounds {
		b = build(d, refused)
		if !b.refuse(refused) {
			break
		}
	}
	return doc.Import{Document: b.doc, Counts: b.counts(), Findings: append(d.findings, b.findings...)}
}

// build makes the document.
func build(d *dump, refused map[string]string) *builder {
	b := &builder{d: d, doc: &doc.Document{}, names: map[string]string{}, vpcs: map[string]*vpc{}, refused: map[string]string{},
		entered: map[string]string{}, ids: map[string]bool{}, gone: map[string]bool{}, eniByID: map[string]*eni{}, claimed: map[string]bool{},
		elastic: map[string]jsontree.Value{}, databases: map[string]*resource{}, attached: map[string]bool{}, again: map[string]string{}, unsure: map[string]string{}, aliases: map[string]string{}, quiet: map[string]bool{}}
	for id, why := range refused {
		b.refused[id] = why
	}
	for _, s := range sections {
		b.doc.Section(s)
	}
	b.nameAll()
	b.gatherVPCs()
	b.gatherInterfaces()
	b.gatherElastic()
	b.gatherDirect()
	b.judgeVPNGateways()
	b.judgePublicAccess()
	b.judgeEdgeTables()
	b.writeGateways()
	b.writeLocals()
	b.writePublicAccess()
	b.writePeerings()
	b.writeTransits()
	b.writeFirewalls()
	b.writeEndpoints()
	b.matchDatabases()
	b.writeBalancers()
	b.writeInterfaces()
	b.writeGroups()
	b.writeACLs()
	b.writeTables()
	b.writeSubnets()
	for _, r := range d.sorted("PrefixLists") {
		if r.get("Cidrs").Len() > 0 || d.find("PrefixListEntries", r.id) != nil {
			b.prefixList(r.id, r.At())
		}
	}
	b.writeVPCs()
	b.sortEntries()
	b.sayStrange()
	return b
}

// sayStrange names the lists that nobody knows.
func (b *builder) sayStrange() {
	names := make([]string, 0, len(b.d.strange))
	for name, n := range b.d.strange {
		if n > 0 {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		slices.Sort(names)
		b.info(diag.Pos{}, "unknown-list", "left out, since vpcpath does not know these lists: %s", strings.Join(names, ", "))
	}
}

// refuse loads the document, and refuses the entries that AWS could not have:
// a recording that was edited, or something that vpcpath does not know. It
// reports whether there were any.
func (b *builder) refuse(refused map[string]string) bool {
	if len(b.again) > 0 {
		maps.Copy(refused, b.again)
		return true
	}
	for _, s := range b.doc.Sections {
		for _, e := range s.Entries {
			place(e.Value, e.At)
		}
	}
	if diag.HasErrors(b.findings) {
		return false
	}
	_, findings := load.Load([]load.Source{{Name: "import", Doc: b.doc}})
	if !diag.HasErrors(findings) {
		return false
	}
	owner := map[diag.Pos]*doc.Entry{}
	for _, s := range b.doc.Sections {
		for _, e := range s.Entries {
			if s.Name != "not_modelled" {
				mark(owner, e, e.Value)
			}
		}
	}
	idOf := map[string]string{}
	for id := range b.ids {
		idOf[b.name(id)] = id
	}
	more := false
	for _, f := range findings {
		e := owner[f.Pos]
		if f.Severity != diag.Error || e == nil {
			continue
		}
		if id := idOf[e.Name]; id != "" && refused[id] == "" {
			refused[id] = "it cannot be so at AWS: " + f.Message
			more = true
		}
	}
	return more
}

// place gives the values that stand nowhere in the dump, as what it leaves
// out, the place of what they are in.
func place(v *doc.Value, at diag.Pos) {
	if !v.At.IsValid() {
		v.At = at
	}
	for _, i := range v.Items {
		place(i, v.At)
	}
	for _, p := range v.Pairs {
		place(p.Value, v.At)
	}
}

func mark(owner map[diag.Pos]*doc.Entry, e *doc.Entry, v *doc.Value) {
	if owner[v.At] == nil {
		owner[v.At] = e
	}
	for _, i := range v.Items {
		mark(owner, e, i)
	}
	for _, p := range v.Pairs {
		mark(owner, e, p.Value)
	}
}

// counts tells how many of each list were read, and what became of them.
func (b *builder) counts() []doc.Count {
	var out []doc.Count
	for list, all := range b.d.lists {
		c := doc.Count{Type: list, Read: len(all)}
		for _, r := range all {
			switch section := b.entered[b.name(r.id)]; {
			case b.unsure[r.id] != "":
				c.NotModelled++
			case section == "":
				if b.claimed[r.id] || r.text("InterfaceType") == "transit_gateway" || list == "Listeners" || kindOf(list).part {
					c.Modelled++
				}
			case section == "not_modelled":
				c.NotModelled++
			default:
				c.Modelled++
			}
		}
		if c.Read > 0 {
			out = append(out, c)
		}
	}
	for list, n := range b.d.strange {
		if n > 0 {
			out = append(out, doc.Count{Type: list, Read: n})
		}
	}
	slices.SortFunc(out, func(a, c doc.Count) int { return cmp.Compare(a.Type, c.Type) })
	return out
}
