package awsjson

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// sections is the order of the document.
var sections = []string{"vpcs", "subnets", "route_tables", "network_acls", "security_groups", "prefix_lists", "internet_gateways",
	"egress_only_internet_gateways", "nat_gateways", "carrier_gateways", "local_gateways", "block_public_access", "instances", "network_interfaces", "vpc_endpoints", "network_firewalls", "load_balancers", "peering_connections",
	"vpn_gateways", "vpn_connections", "direct_connect_gateways", "external_networks", "transit_gateways", "transit_gateway_route_tables", "transit_gateway_attachments", "not_modelled"}

// builder makes the document of a dump.
type builder struct {
	d     *dump
	doc   *doc.Document
	names map[string]string // by AWS id
	vpcs  map[string]*vpc
	// refused are ids that cannot be modelled, with the reason.
	refused map[string]string
	// entered are the names that stand in the document, with their sections.
	entered map[string]string
	ids     map[string]bool // ids whose entry is made
	// aliases are the ids that stand as second names, with their sections.
	aliases map[string]string
	gone    map[string]bool // ids that are of no account: terminated, deleted
	// enis are the interfaces that the dump knows, in the list or within their
	// instances; claimed ones belong to an entry of their own kind.
	enis          []*eni
	eniByID       map[string]*eni
	claimed       map[string]bool
	attached      map[string]bool   // transit gateway and VPC, by their ids
	again         map[string]string // ids to refuse in the next round, with the reason
	firewallEnds  map[string]string // VPC endpoints of network firewalls
	carriedGroups map[string]bool
	transitTables map[string]*doc.Entry
	elastic       map[string]jsontree.Value // by interface and private address
	databases     map[string]*resource      // by the interface that is theirs
	directs       map[string]*direct        // by their ids
	unsure        map[string]string         // internet gateways of which nobody knows what they do
	findings      []diag.Finding
	quiet         map[string]bool // findings that were made once
}

func (b *builder) report(s diag.Severity, at diag.Pos, id, format string, args ...any) {
	f := diag.Finding{Pos: at, Severity: s, ID: id, Message: fmt.Sprintf(format, args...)}
	if key := f.String(); !b.quiet[key] {
		b.quiet[key] = true
		b.findings = append(b.findings, f)
	}
}

func (b *builder) warn(at diag.Pos, id, format string, args ...any) {
	b.report(diag.Warning, at, id, format, args...)
}

func (b *builder) info(at diag.Pos, id, format string, args ...any) {
	b.report(diag.Info, at, id, format, args...)
}

// name returns the name of an id.
func (b *builder) name(id string) string {
	if n := b.names[id]; n != "" {
		return n
	}
	return shortID(id)
}

// entry makes the entry of a resource, with its id beside the name.
func (b *builder) entry(section string, id string, at diag.Pos) *doc.Entry {
	name := b.name(id)
	other := b.entered[name]
	if other == "" {
		other = b.aliases[name]
	}
	if other != "" {
		b.report(diag.Error, at, "duplicate-id", "%s stands for two resources of the dump, of %s and %s; ids at AWS are unique", quote(id), other, section)
	}
	e := b.doc.Entry(section, name, at)
	if short := shortID(id); short != name && b.entered[short] == "" && b.aliases[short] == "" {
		e.Set("id", doc.Str(short, at))
		b.aliases[short] = section
	}
	b.entered[name] = section
	b.ids[id] = true
	return e
}

// notModelled makes an entry of what cannot be judged, once, and returns its
// name.
func (b *builder) notModelled(id, words, reason string, at diag.Pos) string {
	name := b.name(id)
	if b.entered[name] != "" {
		return name
	}
	e := b.entry("not_modelled", id, at)
	e.Set("kind", doc.Str(words, at)).Set("reason", doc.Str(reason, at))
	return name
}

// leaveOut puts a resource of the dump under not_modelled and says so.
func (b *builder) leaveOut(r *resource, reason string) {
	if b.ids[r.id] {
		return
	}
	b.notModelled(r.id, r.kind.words, reason, r.At())
	b.warn(r.At(), "not-modelled", "%s %s is not modelled: %s; verdicts that depend on it are unknown", r.kind.words, quote(r.id), reason)
}

// ref names what an id stands for; what the dump does not hold stands under
// not_modelled.
func (b *builder) ref(list, id string, at diag.Pos) *doc.Value {
	if !b.usable(list, id) {
		b.missing(list, id, at)
	}
	return doc.Str(b.name(id), at)
}

// missing enters what is referred to and cannot be used.
func (b *builder) missing(list, id string, at diag.Pos) {
	k := kindOf(list)
	reason := "it is not in the dump"
	r := b.d.find(list, id)
	switch {
	case b.refused[id] != "":
		reason = b.refused[id]
	case r != nil:
		reason = "its " + b.whyNot(list, r)
	}
	if !b.ids[id] {
		b.notModelled(id, k.words, reason, at)
		if r == nil {
			b.warn(at, "not-in-dump", "%s %s is not in the dump; verdicts that depend on it are unknown", k.words, quote(id))
		}
	}
}

// usable reports whether a resource has an entry of its own kind.
func (b *builder) usable(list, id string) bool {
	r := b.d.find(list, id)
	return r != nil && b.refused[id] == "" && !b.gone[id] && b.whyNot(list, r) == ""
}

// whyNot says what keeps a resource from being modelled: that it hangs on
// something that is not.
func (b *builder) whyNot(list string, r *resource) string {
	switch list {
	case "Subnets", "RouteTables", "NetworkAcls", "SecurityGroups":
		if v := b.vpcs[r.text("VpcId")]; v == nil || !v.usable {
			return fmt.Sprintf("VPC %s has no blocks in the dump", quote(r.text("VpcId")))
		}
	}
	return ""
}

// live is the resources of a list that have entries of their own, by id. The
// others get their entry under not_modelled.
func (b *builder) live(list string) []*resource {
	var out []*resource
	for _, r := range b.d.sorted(list) {
		switch {
		case r.id == "" || b.gone[r.id]:
		case b.refused[r.id] != "":
			b.leaveOut(r, b.refused[r.id])
		case b.whyNot(list, r) != "":
			b.leaveOut(r, "its "+b.whyNot(list, r))
		default:
			out = append(out, r)
		}
	}
	return out
}

// sortEntries puts the entries of every section in the order of their names.
func (b *builder) sortEntries() {
	for _, s := range b.doc.Sections {
		slices.SortStableFunc(s.Entries, func(a, c *doc.Entry) int { return cmp.Compare(a.Name, c.Name) })
	}
}

// copyText sets a key to a text of the resource, where it has one.
func copyText(e *doc.Value, key string, v jsontree.Value) {
	if v.Text() != "" {
		e.Set(key, doc.Str(v.Text(), v.At()))
	}
}

// is reports whether a state is among words; states of some lists are texts,
// of others objects with a code, and their letters differ.
func is(v jsontree.Value, words ...string) bool {
	text := v.Text()
	for _, key := range []string{"Name", "State", "Code"} {
		if text == "" {
			text = v.Get(key).Text()
		}
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, text) })
}
