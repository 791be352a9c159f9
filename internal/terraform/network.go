package terraform

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
)

var (
	toVPC    = []string{"vpcs"}
	toSubnet = []string{"subnets"}
	toTable  = []string{"route_tables"}
	toACL    = []string{"network_acls"}
	toGroup  = []string{"security_groups"}
)

// vpc: blocks from the VPC itself and from associations.
func (m *importer) vpc(r *resource) {
	e := m.Add("vpcs", r.address, r.at)
	v4, v6 := []string{}, []string{}
	if cidr := r.text("cidr_block"); cidr != "" {
		v4 = append(v4, cidr)
	} else if r.typ == "aws_default_vpc" {
		v4 = append(v4, "172.31.0.0/16") // ADDR-17
	} else {
		m.unknownBlock(r, "cidr_block")
	}
	if cidr := r.text("ipv6_cidr_block"); cidr != "" {
		v6 = append(v6, cidr)
	}
	for _, a := range m.resources {
		if a.typ != "aws_vpc_ipv4_cidr_block_association" && a.typ != "aws_vpc_ipv6_cidr_block_association" {
			continue
		}
		if name, ok := m.link(a, toVPC, "vpc_id"); !ok || name != r.address {
			continue
		}
		switch cidr4, cidr6 := a.text("cidr_block"), a.text("ipv6_cidr_block"); {
		case cidr4 != "":
			v4 = append(v4, cidr4)
		case cidr6 != "":
			if !slices.Contains(v6, cidr6) {
				v6 = append(v6, cidr6)
			}
		case a.typ == "aws_vpc_ipv4_cidr_block_association":
			m.unknownBlock(a, "cidr_block")
		}
	}
	setList(e.Value, r, "cidr", "cidrs", v4)
	setList(e.Value, r, "ipv6_cidr", "ipv6_cidrs", v6)
	if r.typ == "aws_default_vpc" {
		m.NotModelled(r.address+".main_table", "route table", "Terraform does not describe the routes of a default VPC", r.at)
		e.Set("main_route_table", str(r, r.address+".main_table"))
	}
}

// setList writes one value under a key, several under another.
func setList(v *doc.Value, r *resource, one, several string, list []string) {
	switch len(list) {
	case 0:
	case 1:
		v.Set(one, str(r, list[0]))
	default:
		v.Set(several, doc.Strs(list, r.at))
	}
}

func (m *importer) unknownBlock(r *resource, name string) {
	m.report(r, diag.Error, idUnknownCIDR, "%s is known after apply only, and without it no packet can be followed; write the CIDR in the configuration, or apply first and give the state", name)
}

func (m *importer) subnet(r *resource) {
	vpc, ok := m.link(r, toVPC, "vpc_id")
	if !ok || vpc == "" {
		m.cannot(r, "its VPC is not known")
		return
	}
	e := m.Add("subnets", r.address, r.at)
	e.Set("vpc", str(r, vpc))
	if cidr := r.text("cidr_block"); cidr != "" {
		e.Set("cidr", str(r, cidr))
	} else if !r.yes("ipv6_native") {
		m.unknownBlock(r, "cidr_block")
	}
	if cidr := r.text("ipv6_cidr_block"); cidr != "" {
		e.Set("ipv6_cidr", str(r, cidr))
	} else if r.unknownAt("ipv6_cidr_block") && r.configured("ipv6_cidr_block") {
		m.unknownBlock(r, "ipv6_cidr_block")
	}
	if az := r.text("availability_zone"); az != "" {
		e.Set("az", str(r, az))
	}
}

// internetGateway may be detached, or attached by a resource of its own.
func (m *importer) internetGateway(r *resource)   { m.gateway(r, "internet_gateways") }
func (m *importer) egressOnlyGateway(r *resource) { m.gateway(r, "egress_only_internet_gateways") }
func (m *importer) vpnGateway(r *resource)        { m.gateway(r, "vpn_gateways") }

func (m *importer) gateway(r *resource, section string) {
	vpc, ok := m.link(r, toVPC, "vpc_id")
	if !ok {
		m.cannot(r, "its VPC is not known")
		return
	}
	e := m.Add(section, r.address, r.at)
	if vpc != "" {
		e.Set("vpc", str(r, vpc))
	}
}

func (m *importer) gatewayAttachment(r *resource) {
	key, section := "internet_gateway_id", []string{"internet_gateways"}
	if r.typ == "aws_vpn_gateway_attachment" {
		key, section = "vpn_gateway_id", []string{"vpn_gateways"}
	}
	gateway, _ := m.link(r, section, key)
	vpc, _ := m.link(r, toVPC, "vpc_id")
	if e := m.Entry(gateway); e != nil && vpc != "" && m.Section(gateway) == section[0] {
		e.Set("vpc", str(r, vpc))
	}
}

// mainTable returns the name of a VPC's main table, which is entered when
// something speaks of it.
func (m *importer) mainTable(vpc *resource) string {
	for _, r := range m.resources {
		if r.typ == "aws_default_route_table" && m.ofVPC(r, "default_route_table_id", vpc, "default_route_table_id", "main_route_table_id") {
			return r.address
		}
	}
	name := vpc.address + ".main_route_table"
	if m.Entry(name) == nil {
		e := m.Add("route_tables", name, vpc.at)
		e.Set("vpc", str(vpc, vpc.address))
		if v := m.Entry(vpc.address); v != nil && v.Get("main_route_table") == nil {
			v.Set("main_route_table", str(vpc, name))
		}
	}
	return name
}

// ofVPC reports whether a default resource has taken over what a VPC came
// with: by id, or by reference.
func (m *importer) ofVPC(r *resource, key string, vpc *resource, attributes ...string) bool {
	if id := r.text(key); id != "" {
		return slices.ContainsFunc(attributes, func(a string) bool { return vpc.text(a) == id })
	}
	if id := r.text("vpc_id"); id != "" {
		return vpc.text("id") == id
	}
	for _, k := range []string{key, "vpc_id"} {
		e, _ := r.expression(k)
		if e == nil {
			continue
		}
		found, _ := m.follow(references(e, 0), m.scopeOf(r))
		for _, t := range found {
			if t.resource == vpc {
				return true
			}
		}
	}
	return false
}

// vpcOfDefault finds the VPC whose default resource this is.
func (m *importer) vpcOfDefault(r *resource, key string, attributes ...string) *resource {
	for _, v := range m.resources {
		if sectionOf[v.typ] == "vpcs" && !v.data && m.ofVPC(r, key, v, attributes...) {
			return v
		}
	}
	return nil
}

// owningVPC finds the VPC of a table or ACL: what vpc_id says, or, for a
// resource that adopts a default one, the VPC whose default it is; the VPC then
// names it under role. It is "" where there is none, which is said.
func (m *importer) owningVPC(r *resource, adopts bool, role, key string, attributes ...string) string {
	vpc, ok := "", true
	if !adopts {
		vpc, ok = m.link(r, toVPC, "vpc_id")
	} else if v := m.vpcOfDefault(r, key, attributes...); v != nil {
		vpc = v.address
		if e := m.Entry(vpc); e != nil {
			e.Set(role, str(r, r.address))
		}
	}
	if !ok || vpc == "" {
		m.cannot(r, "its VPC is not known")
		return ""
	}
	return vpc
}

func (m *importer) routeTable(r *resource) {
	vpc := m.owningVPC(r, r.typ == "aws_default_route_table", "main_route_table", "default_route_table_id", "default_route_table_id", "main_route_table_id")
	if vpc == "" {
		return
	}
	m.Add("route_tables", r.address, r.at).Set("vpc", str(r, vpc))
	if gateways, _ := m.links(r, []string{"vpn_gateways"}, "propagating_vgws"); len(gateways) > 0 && r.configured("propagating_vgws") || len(gateways) > 0 && r.conf == nil {
		for _, g := range gateways {
			m.addName(r.address, "propagating_gateways", g, r)
		}
	}
	for i := range r.items("route") {
		m.routeOf(r, r.address, path{"route", i})
	}
}

// addName adds a name to a list of an entry, once.
func (m *importer) addName(entry, key, name string, r *resource) {
	e := m.Entry(entry)
	if e == nil {
		return
	}
	if list := e.Get(key); list != nil && slices.ContainsFunc(list.Items, func(v *doc.Value) bool { return v.Text == name }) {
		return
	}
	e.Append(key, str(r, name))
}

// routeTargets are the attributes that a route's target stands in.
var routeTargets = []struct {
	key      string
	sections []string
}{
	{"gateway_id", []string{"internet_gateways", "vpn_gateways", "vpc_endpoints"}},
	{"nat_gateway_id", []string{"nat_gateways"}},
	{"network_interface_id", []string{"network_interfaces", "instances", "nat_gateways"}},
	{"instance_id", []string{"instances"}},
	{"transit_gateway_id", []string{"transit_gateways"}},
	{"vpc_peering_connection_id", []string{"peering_connections"}},
	{"egress_only_gateway_id", []string{"egress_only_internet_gateways"}},
	{"vpc_endpoint_id", []string{"vpc_endpoints"}},
	{"carrier_gateway_id", nil}, {"local_gateway_id", nil}, {"core_network_arn", nil}, {"odb_network_arn", nil},
}

func (m *importer) route(r *resource) {
	table, ok := m.link(r, toTable, "route_table_id")
	if !ok || table == "" || m.Section(table) != "route_tables" {
		m.lost[r] = "its route table is not known"
		m.report(r, diag.Warning, idLeftOut, "the route is left out, since its route table is not among the resources; import what holds the table, too")
		return
	}
	m.routeOf(r, table, nil)
}

// routeOf adds a route: an inline block at a path, or a resource of its own.
func (m *importer) routeOf(r *resource, table string, p path) {
	in := func(key string) path { return append(slices.Clone(p), key) }
	destination := ""
	for _, key := range []string{"cidr_block", "destination_cidr_block", "ipv6_cidr_block", "destination_ipv6_cidr_block"} {
		if text := r.text(in(key)...); text != "" {
			destination = text
		}
	}
	if destination == "" {
		key := in("destination_prefix_list_id")
		if name, _ := m.link(r, []string{"prefix_lists"}, key...); name != "" {
			destination = name
			if m.Section(name) == "not_modelled" {
				m.report(r, diag.Error, idUnknownCIDR, "the route's prefix list %s is not among the resources, so nobody knows what the route is for; import what holds the list, too", name)
				return
			}
		}
	}
	if destination == "" {
		for _, key := range []string{"cidr_block", "destination_cidr_block", "ipv6_cidr_block", "destination_ipv6_cidr_block"} {
			if r.unknownAt(in(key)...) && (len(p) > 0 || r.configured(key)) {
				m.unknownBlock(r, in(key).text())
				return
			}
		}
		return
	}
	if m.isGone(r, table, p, destination) {
		return
	}
	m.Route(table, destination, m.routeTarget(r, p, destination), r.text("origin") == "EnableVgwRoutePropagation", r.at)
}

// routeTarget finds what a route leads to; where the plan does not say, that
// is an entry of what is not modelled.
func (m *importer) routeTarget(r *resource, p path, destination string) string {
	unknown := ""
	if r.text("state") == "blackhole" {
		return "blackhole"
	}
	for _, t := range routeTargets {
		key := append(slices.Clone(p), t.key)
		text, hidden := r.text(key...), r.unknownAt(key...)
		if text == "local" {
			return "local"
		}
		if text == "" && !hidden || text == "" && len(p) == 0 && !r.configured(t.key) {
			continue
		}
		if t.sections == nil {
			name := r.address + "." + t.key
			m.NotModelled(name, t.key, "targets of this kind are not modelled", r.at)
			return name
		}
		name, ok := m.link(r, t.sections, key...)
		if name != "" {
			return name
		}
		if !ok || hidden {
			unknown = t.key
		}
	}
	name := r.address + ".target." + destination
	if unknown == "" {
		unknown = "any of its targets"
	}
	m.NotModelled(name, "target of a route", "the plan does not tell "+unknown+" of the route "+destination, r.at)
	return name
}

// isGone reports whether a route that a table lists is one of a resource that
// the plan destroys or changes: a table without inline routes lists those of
// resources too, as they were.
func (m *importer) isGone(r *resource, table string, p path, destination string) bool {
	if len(p) == 0 || r.configured("route") {
		return false
	}
	for _, g := range m.gone {
		if g.typ == "aws_route" && g.text("route_table_id") == r.text("id") && r.text("id") != "" &&
			(same(g.text("destination_cidr_block"), destination) || same(g.text("destination_ipv6_cidr_block"), destination)) {
			return true
		}
	}
	return false
}

func same(a, b string) bool { return a != "" && a == b }

func (m *importer) tableAssociation(r *resource) {
	table, ok1 := m.link(r, toTable, "route_table_id")
	subnet, ok2 := m.link(r, toSubnet, "subnet_id")
	gateway, ok3 := m.link(r, []string{"internet_gateways", "vpn_gateways"}, "gateway_id")
	switch {
	case !ok1 || !ok2 || !ok3 || table == "" || subnet == "" && gateway == "":
		m.lost[r] = "its ends are not known"
	case subnet != "":
		if e := m.Entry(subnet); e != nil {
			e.Set("route_table", str(r, table))
		}
	default:
		m.addName(table, "edge_associations", gateway, r)
	}
}

func (m *importer) mainAssociation(r *resource) {
	table, _ := m.link(r, toTable, "route_table_id")
	vpc, _ := m.link(r, toVPC, "vpc_id")
	if e := m.Entry(vpc); e != nil && table != "" {
		e.Set("main_route_table", str(r, table))
	}
}

func (m *importer) propagation(r *resource) {
	table, _ := m.link(r, toTable, "route_table_id")
	gateway, _ := m.link(r, []string{"vpn_gateways"}, "vpn_gateway_id")
	if gateway != "" {
		m.addName(table, "propagating_gateways", gateway, r)
	}
}

// defaultACL is mainTable for the default network ACL.
func (m *importer) defaultACL(vpc *resource) string {
	for _, r := range m.resources {
		if r.typ == "aws_default_network_acl" && m.ofVPC(r, "default_network_acl_id", vpc, "default_network_acl_id") {
			return r.address
		}
	}
	name := vpc.address + ".default_network_acl"
	if m.Entry(name) == nil {
		m.Add("network_acls", name, vpc.at).Set("vpc", str(vpc, vpc.address))
		all := draft.Traffic{Protocol: "-1"}
		for _, egress := range []bool{false, true} { // ACL-4
			m.ACLRule(name, egress, draft.ACLRule{Traffic: all, Number: 100, Allow: true, CIDR: "0.0.0.0/0", At: vpc.at})
			if vpc.text("ipv6_cidr_block") != "" {
				m.ACLRule(name, egress, draft.ACLRule{Traffic: all, Number: 101, Allow: true, CIDR: "::/0", At: vpc.at})
			}
		}
		if v := m.Entry(vpc.address); v != nil && v.Get("default_network_acl") == nil {
			v.Set("default_network_acl", str(vpc, name))
		}
	}
	return name
}

func (m *importer) networkACL(r *resource) {
	vpc := m.owningVPC(r, r.typ == "aws_default_network_acl", "default_network_acl", "default_network_acl_id", "default_network_acl_id")
	if vpc == "" {
		return
	}
	m.Add("network_acls", r.address, r.at).Set("vpc", str(r, vpc))
	if r.typ == "aws_network_acl" {
		subnets, _ := m.links(r, toSubnet, "subnet_ids")
		for _, s := range subnets {
			if r.configured("subnet_ids") || !m.associationGone(r, s) {
				if e := m.Entry(s); e != nil {
					e.Set("network_acl", str(r, r.address))
				}
			}
		}
	}
	for _, direction := range []string{"ingress", "egress"} {
		for i := range r.items(direction) {
			p := path{direction, i}
			rule, ok := m.aclRuleOf(r, p, "rule_no", "action")
			rule.Listed = !r.configured(direction)
			if ok && !(!r.configured(direction) && m.aclRuleGone(r, direction == "egress", rule.Number)) {
				m.ACLRule(r.address, direction == "egress", rule)
			}
		}
		if r.unknownAt(direction) && r.configured(direction) && r.value(direction) == nil {
			m.report(r, diag.Error, idUnresolved, "the %s rules are known after apply only; apply first, or import the state", direction)
		}
	}
}

func (m *importer) aclRuleGone(r *resource, egress bool, number int) bool {
	return slices.ContainsFunc(m.gone, func(g *resource) bool {
		n := g.number("rule_number")
		return g.typ == "aws_network_acl_rule" && g.text("network_acl_id") == r.text("id") && g.yes("egress") == egress && n != nil && *n == number
	})
}

// associationGone reports whether a subnet that an ACL lists is one of an
// association that the plan destroys.
func (m *importer) associationGone(r *resource, subnet string) bool {
	return slices.ContainsFunc(m.gone, func(g *resource) bool {
		return g.typ == "aws_network_acl_association" && g.text("network_acl_id") == r.text("id") && m.byID[g.text("subnet_id")] != nil &&
			m.byID[g.text("subnet_id")].address == subnet
	})
}

// aclRuleOf reads a rule, of which the provider has two shapes.
func (m *importer) aclRuleOf(r *resource, p path, number, action string) (draft.ACLRule, bool) {
	in := func(key string) path { return append(slices.Clone(p), key) }
	out := draft.ACLRule{At: r.at, Allow: r.text(in(action)...) == "allow", CIDR: r.text(in("cidr_block")...)}
	if n := r.number(in(number)...); n != nil {
		out.Number = *n
	}
	if out.CIDR == "" {
		out.CIDR = r.text(in("ipv6_cidr_block")...)
	}
	out.Protocol = r.text(in("protocol")...)
	if t := (draft.Traffic{Protocol: out.Protocol}); t.IsICMP() {
		out.From, out.To = r.number(in("icmp_type")...), r.number(in("icmp_code")...)
	} else {
		out.From, out.To = r.number(in("from_port")...), r.number(in("to_port")...)
	}
	if out.CIDR == "" {
		names := m.addressNames(r, in("cidr_block")...)
		if len(names) != 1 {
			if r.unknownAt(in("cidr_block")...) || r.unknownAt(in("ipv6_cidr_block")...) {
				m.unknownBlock(r, in("cidr_block").text())
			}
			return out, false
		}
		out.CIDR = names[0]
	}
	if out.Number < 1 || out.Number > 32766 { // ACL-3: the last rule is implicit
		return out, false
	}
	return out, true
}

func (m *importer) aclRule(r *resource) {
	acl, ok := m.link(r, toACL, "network_acl_id")
	if !ok || acl == "" || m.Section(acl) != "network_acls" {
		m.lost[r] = "its network ACL is not known"
		m.report(r, diag.Warning, idLeftOut, "the rule is left out, since its network ACL is not among the resources; import what holds the ACL, too")
		return
	}
	if rule, ok := m.aclRuleOf(r, nil, "rule_number", "rule_action"); ok {
		m.ACLRule(acl, r.yes("egress"), rule)
	}
}

func (m *importer) aclAssociation(r *resource) {
	acl, ok1 := m.link(r, toACL, "network_acl_id")
	subnet, ok2 := m.link(r, toSubnet, "subnet_id")
	if !ok1 || !ok2 || acl == "" || subnet == "" {
		m.lost[r] = "its ends are not known"
		return
	}
	if e := m.Entry(subnet); e != nil {
		e.Set("network_acl", str(r, acl))
	}
}
