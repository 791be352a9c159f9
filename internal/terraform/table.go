package terraform

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
)

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
	{"carrier_gateway_id", []string{"carrier_gateways"}}, {"local_gateway_id", nil}, {"core_network_arn", nil}, {"odb_network_arn", nil},
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
