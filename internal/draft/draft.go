// Package draft joins what infrastructure-as-code tools describe in pieces,
// routes apart from their tables, rules apart from their groups, public
// addresses apart from their interfaces, to a document of the topology
// language. Importers resolve what is theirs, references and values not yet
// known, and hand over pieces that name resources.
package draft

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
)

// Auto stands for an address that AWS chooses, as in the topology language.
const Auto = "auto"

// Draft is a network in pieces. The zero value is empty and ready for use.
type Draft struct {
	doc     doc.Document
	entries map[string]*doc.Entry
	section map[string]string // of an entry, by its name
	routes  map[string][]route
	rules   map[string][2][]rule // by group; ingress, egress
	acl     map[string][2][]ACLRule
}

// Add adds a resource to a section of the topology language and returns its
// entry. A name that is taken gives the entry that has it.
func (d *Draft) Add(section, name string, at diag.Pos) *doc.Entry {
	if e := d.entries[name]; e != nil {
		return e
	}
	if d.entries == nil {
		d.entries, d.section = map[string]*doc.Entry{}, map[string]string{}
		d.routes, d.rules, d.acl = map[string][]route{}, map[string][2][]rule{}, map[string][2][]ACLRule{}
	}
	e := d.doc.Entry(section, name, at)
	d.entries[name], d.section[name] = e, section
	return e
}

// Entry returns the entry of a name, or nil.
func (d *Draft) Entry(name string) *doc.Entry { return d.entries[name] }

// Section returns the section that a name stands in; "" for none.
func (d *Draft) Section(name string) string { return d.section[name] }

// NotModelled adds what matters to packets and is not understood. Both texts
// are for people.
func (d *Draft) NotModelled(name, kind, reason string, at diag.Pos) {
	if d.entries[name] != nil {
		return
	}
	e := d.Add("not_modelled", name, at)
	e.Set("kind", doc.Str(kind, at))
	e.Set("reason", doc.Str(reason, at))
}

// Missing is NotModelled for what the input names by its id and does not hold:
// other input may.
func (d *Draft) Missing(id, kind, reason string, at diag.Pos) {
	if d.entries[id] == nil {
		d.NotModelled(id, kind, reason, at)
		d.entries[id].Weak = true
	}
}

// PrefixList adds a list of a service of AWS's, or of none, ""; without CIDRs
// nobody knows these, and other input may.
func (d *Draft) PrefixList(name, service string, cidrs []string, at diag.Pos) *doc.Entry {
	e := d.Add("prefix_lists", name, at)
	if len(cidrs) == 0 {
		e.Set("cidrs", doc.Str("unknown", at))
	} else {
		list := slices.Compact(slices.Sorted(slices.Values(cidrs)))
		e.Set("cidrs", doc.Strs(list, at))
	}
	if service != "" {
		e.Set("service", doc.Str(service, at))
	}
	return e
}

type route struct {
	destination, target string
	propagated          bool
	at                  diag.Pos
}

// Route adds a route to a table. The same route again is the same route: tools
// show one both in its table and as a resource of its own.
func (d *Draft) Route(table, destination, target string, propagated bool, at diag.Pos) {
	destination = canonical(destination)
	for _, r := range d.routes[table] {
		if r.destination == destination && r.target == target {
			return
		}
	}
	d.routes[table] = append(d.routes[table], route{destination, target, propagated, at})
}

// Finish joins the pieces. Sections come in the order of sections, entries in
// the order of their names.
func (d *Draft) Finish(comment string) *doc.Document {
	for table, list := range d.routes {
		e := d.entries[table]
		if e == nil {
			continue
		}
		slices.SortStableFunc(list, func(a, b route) int { return compareDestinations(a.destination, b.destination) })
		for _, r := range list {
			m := doc.Map(r.at).Set("destination", doc.Str(r.destination, r.at)).Set("target", doc.Str(r.target, r.at))
			if r.propagated {
				m.Set("origin", doc.Str("propagated", r.at))
			}
			e.Append("routes", m)
		}
	}
	for group, dirs := range d.rules {
		if e := d.entries[group]; e != nil {
			writeRules(e, dirs)
		}
	}
	for acl, dirs := range d.acl {
		if e := d.entries[acl]; e != nil {
			writeACL(e, dirs)
		}
	}
	d.doc.Comment = comment
	order := func(s *doc.Section) int {
		if i := slices.Index(sections, s.Name); i >= 0 {
			return i
		}
		return len(sections)
	}
	slices.SortStableFunc(d.doc.Sections, func(a, b *doc.Section) int { return cmp.Compare(order(a), order(b)) })
	for _, s := range d.doc.Sections {
		slices.SortStableFunc(s.Entries, func(a, b *doc.Entry) int { return CompareNames(a.Name, b.Name) })
		for _, e := range s.Entries {
			slices.SortStableFunc(e.Pairs, func(a, b doc.Pair) int { return cmp.Compare(keyOrder(a.Key), keyOrder(b.Key)) })
		}
	}
	return &d.doc
}

var sections = []string{"vpcs", "subnets", "route_tables", "network_acls", "security_groups", "prefix_lists", "internet_gateways",
	"egress_only_internet_gateways", "nat_gateways", "instances", "network_interfaces", "load_balancers", "vpc_endpoints",
	"peering_connections", "transit_gateways", "transit_gateway_route_tables", "transit_gateway_attachments", "vpn_gateways",
	"vpn_connections", "direct_connect_gateways", "external_networks", "network_firewalls", "not_modelled"}

// keys are in the order in which an engineer reads an entry; those not here
// come behind them, as they were added.
var keys = []string{"id", "type", "scheme", "kind", "reason", "transit_gateway", "requester", "accepter", "vpc", "subnet", "subnets", "cidr", "cidrs",
	"ipv6_cidr", "ipv6_cidrs", "private_ipv6_cidrs", "az", "route_table", "network_acl", "main_route_table", "default_network_acl", "default_security_group",
	"private_ip", "private_ips", "public_ip", "public_ips", "ipv6", "security_groups", "source_dest_check", "ip_forward", "outbound_only", "instance",
	"device_index", "nodes", "edge_associations", "propagating_gateways", "routes", "ingress", "egress"}

func keyOrder(key string) int {
	if i := slices.Index(keys, key); i >= 0 {
		return i
	}
	return len(keys)
}

// CompareNames orders names as people do: x[2] before x[10].
func CompareNames(a, b string) int {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if isDigit(a[i]) && isDigit(b[j]) {
			x, y := digits(a[i:]), digits(b[j:])
			p, q := strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
			if c := cmp.Or(cmp.Compare(len(p), len(q)), cmp.Compare(p, q)); c != 0 {
				return c
			}
			i, j = i+len(x), j+len(y)
			continue
		}
		if a[i] != b[j] {
			return cmp.Compare(a[i], b[j])
		}
		i, j = i+1, j+1
	}
	return cmp.Or(cmp.Compare(len(a)-i, len(b)-j), cmp.Compare(a, b))
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func digits(s string) string {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return s[:n]
}

// canonical clears the host bits of a CIDR, as AWS does (ADDR-4).
func canonical(cidr string) string {
	if p, err := netip.ParsePrefix(cidr); err == nil {
		return p.Masked().String()
	}
	return cidr
}

// compareDestinations puts IPv4 before IPv6 before names, the shortest prefix
// last.
func compareDestinations(a, b string) int {
	p, err1 := netip.ParsePrefix(a)
	q, err2 := netip.ParsePrefix(b)
	switch {
	case err1 != nil && err2 != nil:
		return CompareNames(a, b)
	case err1 != nil:
		return 1
	case err2 != nil:
		return -1
	}
	return cmp.Or(cmp.Compare(p.Addr().BitLen(), q.Addr().BitLen()), cmp.Compare(q.Bits(), p.Bits()), p.Addr().Compare(q.Addr()))
}
