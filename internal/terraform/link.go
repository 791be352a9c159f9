package terraform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/draft"
)

// importer makes a draft of one world.
type importer struct {
	*world
	draft.Draft
	findings []diag.Finding
	inferred map[string]string       // why an entry's link is a conclusion, by address
	public   map[string][]elastic    // Elastic IP addresses by the name of their holder
	owners   map[*resource]string    // the holder of an Elastic IP address
	lost     map[*resource]string    // why a resource cannot be modelled
	attached map[string][]attachment // the interfaces of an instance that it names itself
	told     map[string]bool         // findings made, one for each place and message
	carrier  map[string]string       // carrier IP addresses by the name of their holder
	placed   map[*resource][]string  // the hosts of what runs hosts of its own
}

func (m *importer) report(r *resource, severity diag.Severity, id, format string, args ...any) {
	f := diag.Finding{Pos: r.at, Severity: severity, ID: id, Message: fmt.Sprintf(format, args...)}
	if key := f.String(); !m.told[key] {
		m.told[key] = true
		m.findings = append(m.findings, f)
	}
}

// text writes a path as the configuration does: route[0].gateway_id.
func (p path) text() string {
	var b strings.Builder
	for i, s := range p {
		switch s := s.(type) {
		case string:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s)
		case int:
			fmt.Fprintf(&b, "[%d]", s)
		}
	}
	return b.String()
}

// link finds the one entry of a section that a value names. ok is false where
// the value is there and its resource is not to be found, which is reported;
// name is then "", and also where there is no value.
func (m *importer) link(r *resource, sections []string, p ...any) (name string, ok bool) {
	if id := r.text(p...); id != "" {
		return m.known(id, sections), true
	}
	if !r.unknownAt(p...) {
		return "", true
	}
	names, lost, why := m.named(r, sections, p...)
	switch {
	case len(names) == 1:
		if why != "" {
			m.inferred[r.address] = why
		}
		return names[0], true
	case len(names) > 1:
		m.report(r, diag.Error, idAmbiguous, "%s may be any of %s, by the references of the configuration; the plan does not tell which. Apply first, or import the state, or write the topology of this part by hand",
			path(p).text(), strings.Join(names, ", "))
		return "", false
	case len(lost) > 0:
		m.report(r, diag.Error, idUnresolved, "%s is known after apply only, and its reference %s leads to nothing in the plan that is %s; give the resource directly, or import the state after apply",
			path(p).text(), strings.Join(lost, ", "), wordsOf(sections))
		return "", false
	}
	return "", true // computed: nobody has given it
}

// need is link for what a resource makes no sense without: where it is not
// found, or not modelled, the resource is not either, and name is "". words say
// what it is.
func (m *importer) need(r *resource, sections []string, words string, p ...any) (name string) {
	name, ok := m.link(r, sections, p...)
	if !ok || name == "" || m.lost[m.byAddress[name]] != "" {
		m.cannot(r, "its %s is not known", words)
		return ""
	}
	return name
}

// named returns the entries that the references of a value lead to. why says
// how where that is a conclusion.
func (m *importer) named(r *resource, sections []string, p ...any) (names, lost []string, why string) {
	e, _ := r.expression(p...)
	if e == nil {
		return nil, nil, ""
	}
	refs := references(e, 0)
	found, lost := m.follow(refs, m.scopeOf(r))
	for _, t := range found {
		if t.typ == "aws_networkfirewall_firewall" && slices.Contains(sections, "vpc_endpoints") {
			names = append(names, m.firewallEndpoints(t.resource, found)...)
			continue
		}
		if name := m.entity(t, sections, 0); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		names, why = m.neighbour(r, sections, refs, lost)
	}
	return names, lost, why
}

// neighbour concludes what a local value stands for, of which a plan says
// nothing: the only resource of the kind in the same module, or the only one
// of several with the same index.
func (m *importer) neighbour(r *resource, sections, refs, lost []string) (names []string, why string) {
	local := slices.IndexFunc(lost, func(s string) bool { return strings.HasPrefix(s, "local.") })
	if local < 0 {
		return nil, ""
	}
	byName := map[string][]*resource{}
	for _, o := range m.resources {
		if !o.data && slices.Equal(o.module, r.module) && slices.Contains(sections, m.kindOf(o)) {
			byName[o.name] = append(byName[o.name], o)
		}
	}
	if len(byName) != 1 {
		return nil, ""
	}
	for _, list := range byName {
		if len(list) > 1 && slices.Contains(refs, "count.index") {
			for _, o := range list {
				if o.key == r.key {
					list = []*resource{o}
					break
				}
			}
		}
		if len(list) == 1 {
			return []string{m.nameOf(list[0])}, fmt.Sprintf("concluded: %s is not in the plan, and %s is the only one that it can be", lost[local], list[0].address)
		}
	}
	return nil, ""
}

func (m *importer) nameOf(r *resource) string { return r.address }

// entity returns the entry that a reference means, if it is of one of the
// sections.
func (m *importer) entity(t target, sections []string, depth int) string {
	want := func(s string) bool { return slices.Contains(sections, s) }
	if depth > 4 {
		return ""
	}
	switch t.attribute {
	case "vpc_id":
		if want("vpcs") && t.typ != "aws_vpc" {
			name, _ := m.link(t.resource, []string{"vpcs"}, "vpc_id")
			return name
		}
	case "main_route_table_id", "default_route_table_id":
		if vpc := m.vpcOf(t); want("route_tables") && vpc != nil {
			return m.mainTable(vpc)
		}
	case "default_network_acl_id":
		if vpc := m.vpcOf(t); want("network_acls") && vpc != nil {
			return m.defaultACL(vpc)
		}
	case "default_security_group_id":
		if vpc := m.vpcOf(t); want("security_groups") && vpc != nil {
			return m.defaultGroup(vpc)
		}
	case "association_default_route_table_id", "propagation_default_route_table_id":
		if want("transit_gateway_route_tables") && t.typ == "aws_ec2_transit_gateway" {
			return t.address + ".default_route_table"
		}
	case "transit_gateway_attachment_id":
		switch {
		case !want("transit_gateway_attachments"):
		case t.typ == "aws_vpn_connection":
			return t.address + ".attachment"
		case t.typ == "aws_dx_gateway_association":
			return t.address
		}
	case "prefix_list_id":
		if want("prefix_lists") && t.typ == "aws_vpc_endpoint" {
			return t.address + ".prefix_list"
		}
	case "primary_network_interface_id":
		if t.typ == "aws_instance" && want("network_interfaces") {
			return m.primaryInterface(t.resource)
		}
	case "subnet_id":
		if want("subnets") && sectionOf[t.typ] != "subnets" {
			name, _ := m.link(t.resource, []string{"subnets"}, "subnet_id")
			return name
		}
	}
	if t.data && want("transit_gateway_attachments") {
		return m.attachmentRead(t.resource)
	}
	if t.typ == "aws_vpc_peering_connection_accepter" && want("peering_connections") {
		name, _ := m.link(t.resource, sections, "vpc_peering_connection_id")
		return name
	}
	if want(m.kindOf(t.resource)) {
		return m.nameOf(t.resource)
	}
	if t.attribute == "" && want("vpcs") && t.typ != "aws_vpc" && sectionOf[t.typ] != "" { // 0.12 leaves attributes out
		name, _ := m.link(t.resource, []string{"vpcs"}, "vpc_id")
		return name
	}
	return ""
}

func (m *importer) vpcOf(t target) *resource {
	if sectionOf[t.typ] == "vpcs" {
		return t.resource
	}
	return nil
}

// primaryInterface is what a route to the interface of an instance leads to:
// the instance, or the interface that it was given.
func (m *importer) primaryInterface(r *resource) string {
	for i := range r.items("network_interface") {
		if n := r.number("network_interface", i, "device_index"); n != nil && *n == 0 {
			if name, _ := m.link(r, []string{"network_interfaces"}, "network_interface", i, "network_interface_id"); name != "" {
				return name
			}
		}
	}
	return r.address
}

// known returns the entry that has an id; the id itself where nobody has it,
// which is then entered as not modelled unless it must be something whole.
func (m *importer) known(id string, sections []string) string {
	if r := m.byID[id]; r != nil && slices.Contains(sections, m.kindOf(r)) {
		return m.nameOf(r)
	}
	if name := m.impliedID(id); name != "" {
		return name
	}
	kind := wordsOf(sections)
	if slices.Contains(sections, "vpcs") || slices.Contains(sections, "subnets") {
		return id // package load says that nobody has the name
	}
	for _, kind := range kindsWithout {
		if slices.Contains(sections, kind) {
			return id
		}
	}
	if slices.Contains(sections, "prefix_lists") {
		m.PrefixList(id, "", nil, diag.Pos{}).Weak = true
		return id
	}
	m.Missing(id, kind, "neither the plan nor the state holds it", diag.Pos{})
	return id
}

// impliedID finds what AWS has made with something else.
func (m *importer) impliedID(id string) string {
	for _, r := range m.resources {
		switch r.typ {
		case "aws_vpc", "aws_default_vpc":
			switch id {
			case r.text("main_route_table_id"), r.text("default_route_table_id"):
				return m.mainTable(r)
			case r.text("default_network_acl_id"):
				return m.defaultACL(r)
			case r.text("default_security_group_id"):
				return m.defaultGroup(r)
			}
		case "aws_instance":
			if id == r.text("primary_network_interface_id") {
				return m.primaryInterface(r)
			}
		case "aws_nat_gateway":
			if id == r.text("network_interface_id") {
				return r.address
			}
		case "aws_vpc_endpoint":
			if id == r.text("prefix_list_id") {
				return r.address + ".prefix_list"
			}
		case "aws_ec2_transit_gateway":
			if id == r.text("association_default_route_table_id") || id == r.text("propagation_default_route_table_id") {
				return r.address + ".default_route_table"
			}
		case "aws_vpn_connection":
			if id == r.text("transit_gateway_attachment_id") {
				return r.address + ".attachment"
			}
		case "aws_dx_gateway_association":
			if id == r.text("transit_gateway_attachment_id") {
				return r.address
			}
		case "aws_networkfirewall_firewall":
			if name := m.firewallEndpointID(r, id); name != "" {
				return name
			}
		}
	}
	return ""
}

// links finds the entries that a list names, and reports what keeps it from
// finding them.
func (m *importer) links(r *resource, sections []string, p ...any) (names []string, ok bool) {
	names, problem := m.resolve(r, sections, p...)
	switch problem {
	case "":
		return names, true
	case idUnresolved:
		_, lost, _ := m.named(r, sections, p...)
		m.report(r, diag.Error, idUnresolved, "%s is known after apply only, and its reference %s leads to nothing in the plan that is %s; give the resources directly, or import the state after apply",
			path(p).text(), strings.Join(lost, ", "), wordsOf(sections))
	default:
		found, _, _ := m.named(r, sections, p...)
		found = slices.DeleteFunc(found, func(name string) bool { return slices.Contains(names, name) })
		m.report(r, diag.Error, idAmbiguous, "%s may hold %s, and the plan does not tell which of them; apply first, or import the state", path(p).text(), strings.Join(found, ", "))
	}
	return names, false
}

// resolve is links without a word: problem is the id of what there is to report.
func (m *importer) resolve(r *resource, sections []string, p ...any) (names []string, problem string) {
	given := r.texts(p...)
	if one := r.text(p...); one != "" {
		given = append(given, one)
	}
	for _, id := range given {
		if name := m.known(id, sections); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	n, whole := r.unknowns(p...)
	if n == 0 {
		return names, ""
	}
	found, lost, why := m.named(r, sections, p...)
	if why != "" {
		m.inferred[r.address] = why
	}
	var fresh []string
	for _, name := range found {
		if !slices.Contains(names, name) {
			fresh = append(fresh, name)
		}
	}
	switch {
	case len(fresh) == 0 && len(lost) > 0:
		return names, idUnresolved
	case !whole && len(fresh) > 0 && len(fresh) != n, whole && len(fresh) > 1 && m.chooses(r, p...):
		return names, idAmbiguous
	}
	return append(names, fresh...), ""
}

// chooses reports whether an expression reads a value that may be a
// condition: a variable or local value that leads to no resource.
func (m *importer) chooses(r *resource, p ...any) bool {
	e, _ := r.expression(p...)
	if e == nil {
		return false
	}
	for _, ref := range longest(references(e, 0)) {
		if strings.HasPrefix(ref, "local.") {
			return true
		}
		if strings.HasPrefix(ref, "var.") {
			if found, _ := m.one(ref, m.scopeOf(r), false); len(found) == 0 {
				return true
			}
		}
	}
	return false
}

// wordsOf names sections as a message does.
func wordsOf(sections []string) string {
	words := make([]string, len(sections))
	for i, s := range sections {
		words[i] = strings.ReplaceAll(strings.TrimSuffix(s, "s"), "_", " ")
	}
	return "a " + strings.Join(words, " or a ")
}
