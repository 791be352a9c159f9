package terraform

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
)

// peering: one whose other VPC is not among the resources leads to what is not
// modelled.
func (m *importer) peering(r *resource) {
	requester, ok1 := m.link(r, toVPC, "vpc_id")
	accepter, ok2 := m.link(r, toVPC, "peer_vpc_id")
	if !ok1 || !ok2 || m.Section(requester) != "vpcs" || m.Section(accepter) != "vpcs" {
		m.cannot(r, "the VPC at its other end is not among the resources")
		return
	}
	e := m.Add("peering_connections", r.address, r.at)
	e.Set("requester", str(r, requester))
	e.Set("accepter", str(r, accepter))
	status := r.text("accept_status")
	if status == "" && !r.yes("auto_accept") {
		status = "pending-acceptance"
		for _, o := range m.resources {
			if o.typ == "aws_vpc_peering_connection_accepter" && o.yes("auto_accept") {
				if name, _ := m.link(o, []string{"peering_connections"}, "vpc_peering_connection_id"); name == r.address {
					status = ""
				}
			}
		}
	}
	if status != "" && status != "active" {
		e.Set("status", str(r, status))
	}
}

var (
	toTransit      = []string{"transit_gateways"}
	toTransitTable = []string{"transit_gateway_route_tables"}
	toAttachment   = []string{"transit_gateway_attachments"}
)

func (m *importer) transitGateway(r *resource) {
	e := m.Add("transit_gateways", r.address, r.at)
	if r.text("security_group_referencing_support") == "enable" {
		e.Set("security_group_referencing", doc.Bool(true, r.at))
	}
	if r.text("default_route_table_association") != "disable" || r.text("default_route_table_propagation") != "disable" {
		m.Add("transit_gateway_route_tables", r.address+".default_route_table", r.at).Set("transit_gateway", str(r, r.address))
	}
}

func (m *importer) transitTable(r *resource) {
	tgw, ok := m.link(r, toTransit, "transit_gateway_id")
	if !ok || m.Section(tgw) != "transit_gateways" {
		m.cannot(r, "its transit gateway is not among the resources")
		return
	}
	m.Add("transit_gateway_route_tables", r.address, r.at).Set("transit_gateway", str(r, tgw))
}

// attachmentOf enters an attachment with its gateway, and the association and
// propagation that the gateway makes by itself.
func (m *importer) attachmentOf(r *resource, name string, propagates bool) *doc.Entry {
	tgw, ok := m.link(r, toTransit, "transit_gateway_id")
	if !ok || m.Section(tgw) != "transit_gateways" {
		return nil
	}
	return m.attachTo(r, name, tgw, propagates)
}

func (m *importer) attachTo(r *resource, name, tgw string, propagates bool) *doc.Entry {
	e := m.Add("transit_gateway_attachments", name, r.at)
	e.Set("transit_gateway", str(r, tgw))
	g := m.byAddress[tgw]
	table := tgw + ".default_route_table"
	if g != nil && g.text("default_route_table_association") != "disable" && r.value("transit_gateway_default_route_table_association") != false {
		e.Set("route_table", str(r, table))
	}
	if g != nil && propagates && g.text("default_route_table_propagation") != "disable" && r.value("transit_gateway_default_route_table_propagation") != false {
		m.addName(name, "propagates_to", table, r)
	}
	return e
}

func (m *importer) transitVPC(r *resource) {
	vpc, ok := m.link(r, toVPC, "vpc_id")
	subnets, ok2 := m.links(r, toSubnet, "subnet_ids")
	if !ok || !ok2 || vpc == "" || len(subnets) == 0 {
		m.cannot(r, "its VPC or subnets are not known")
		return
	}
	e := m.attachmentOf(r, r.address, true)
	if e == nil {
		m.cannot(r, "its transit gateway is not among the resources")
		return
	}
	e.Set("vpc", str(r, vpc))
	e.Set("subnets", doc.Strs(subnets, r.at))
	if r.text("appliance_mode_support") == "enable" {
		e.Set("appliance_mode", doc.Bool(true, r.at))
	}
	if r.text("security_group_referencing_support") == "enable" {
		e.Set("security_group_referencing", doc.Bool(true, r.at))
	}
}

// transitPeering makes both ends: Terraform describes a peering once.
func (m *importer) transitPeering(r *resource) {
	tgw, _ := m.link(r, toTransit, "transit_gateway_id")
	peer, _ := m.link(r, toTransit, "peer_transit_gateway_id")
	if m.Section(tgw) != "transit_gateways" || m.Section(peer) != "transit_gateways" {
		m.cannot(r, "the transit gateway at its other end is not among the resources")
		return
	}
	e := m.attachmentOf(r, r.address, false)
	e.Set("peer", str(r, peer))
	far := m.Add("transit_gateway_attachments", r.address+".peer", r.at)
	far.Set("transit_gateway", str(r, peer)).Set("peer", str(r, tgw))
	if g := m.byAddress[peer]; g != nil && g.text("default_route_table_association") != "disable" {
		far.Set("route_table", str(r, peer+".default_route_table"))
	}
}

// transitTableOf finds a transit gateway's table, its default one included.
func (m *importer) transitTableOf(r *resource) string {
	table, _ := m.link(r, toTransitTable, "transit_gateway_route_table_id")
	if m.Section(table) != "transit_gateway_route_tables" {
		return ""
	}
	return table
}

// attachmentFor finds an attachment; a peering one at the end of the table.
func (m *importer) attachmentFor(r *resource, table string) string {
	name, _ := m.link(r, toAttachment, "transit_gateway_attachment_id")
	e, t := m.Entry(name), m.Entry(table)
	if e != nil && t != nil && e.Get("peer") != nil && e.Get("transit_gateway").Text != t.Get("transit_gateway").Text {
		return name + ".peer"
	}
	return name
}

func (m *importer) transitRoute(r *resource) {
	table := m.transitTableOf(r)
	destination := r.text("destination_cidr_block")
	if table == "" || destination == "" {
		m.lost[r] = "its table or destination is not known"
		m.report(r, diag.Warning, idLeftOut, "the route is left out, since its table or destination is not known; import what holds the transit gateway, too")
		return
	}
	target := "blackhole"
	if !r.yes("blackhole") {
		if target = m.attachmentFor(r, table); target == "" || m.Entry(target) == nil {
			target = r.address + ".target"
			m.NotModelled(target, "transit gateway attachment", "it is not among the resources", r.at)
		}
	}
	m.Route(table, destination, target, false, r.at)
}

func (m *importer) transitAssociation(r *resource) {
	table := m.transitTableOf(r)
	if e := m.Entry(m.attachmentFor(r, table)); e != nil && table != "" {
		e.Set("route_table", str(r, table))
	}
}

func (m *importer) transitPropagation(r *resource) {
	if table := m.transitTableOf(r); table != "" {
		m.addName(m.attachmentFor(r, table), "propagates_to", table, r)
	}
}

// vpnConnection on a VPN gateway or a transit gateway, where it is an
// attachment, too.
func (m *importer) vpnConnection(r *resource) {
	gateway, ok := m.link(r, []string{"vpn_gateways"}, "vpn_gateway_id")
	if gateway == "" && ok {
		gateway, ok = m.link(r, toTransit, "transit_gateway_id")
	}
	if s := m.Section(gateway); !ok || s != "vpn_gateways" && s != "transit_gateways" {
		m.cannot(r, "its gateway is not among the resources")
		return
	}
	e := m.Add("vpn_connections", r.address, r.at)
	e.Set("gateway", str(r, gateway))
	routing := "bgp"
	if r.yes("static_routes_only") {
		routing = "static"
	}
	e.Set("routing", str(r, routing))
	var routes []string
	for _, o := range m.resources {
		if o.typ == "aws_vpn_connection_route" && o.text("destination_cidr_block") != "" {
			if name, _ := m.link(o, []string{"vpn_connections"}, "vpn_connection_id"); name == r.address {
				routes = append(routes, o.text("destination_cidr_block"))
			}
		}
	}
	for i := range r.items("routes") {
		if c := r.text("routes", i, "destination_cidr_block"); c != "" && !slices.Contains(routes, c) {
			routes = append(routes, c)
		}
	}
	if len(routes) > 0 {
		slices.Sort(routes)
		e.Set("routes", doc.Strs(routes, r.at))
	} else if routing == "bgp" {
		m.learned(r, "`routes` of the connection, or external networks behind it,")
	}
	if m.Section(gateway) == "transit_gateways" {
		if a := m.attachmentOf(r, r.address+".attachment", true); a != nil {
			a.Set("vpn_connection", str(r, r.address))
		}
	}
}
