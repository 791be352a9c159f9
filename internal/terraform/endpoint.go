package terraform

import (
	"cmp"
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
	"github.com/vpcpath/vpcpath/internal/load"
)

func (m *importer) endpoint(r *resource) {
	vpc := m.need(r, toVPC, "VPC", "vpc_id")
	if vpc == "" {
		return
	}
	service := r.text("service_name")
	switch typ := cmp.Or(r.text("vpc_endpoint_type"), "Gateway"); typ {
	case "Gateway":
		m.gatewayEndpoint(r, vpc, service)
	case "Interface":
		m.interfaceEndpoint(r, vpc, service)
	case "GatewayLoadBalancer":
		subnets, _ := m.links(r, toSubnet, "subnet_ids")
		if len(subnets) != 1 {
			m.cannot(r, "its subnet is not known")
			return
		}
		e := m.Add("vpc_endpoints", r.address, r.at)
		e.Set("type", str(r, "gateway_load_balancer"))
		e.Set("subnet", str(r, subnets[0]))
		e.Set("service", str(r, cmp.Or(service, "unknown")))
	default:
		m.cannot(r, "endpoints of type %s are not modelled", typ)
	}
}

// gatewayEndpoint: only a state has the addresses of its service. In a plan they
// are those of another list of the service, or not known.
func (m *importer) gatewayEndpoint(r *resource, vpc, service string) {
	if !load.GatewayService(service) {
		m.cannot(r, "which service it is for is not known")
		m.report(r, diag.Warning, idLeftOut, "the endpoint is left out, since which service it is for is not known: its routes are not seen")
		return
	}
	list := r.address + ".prefix_list"
	p := m.PrefixList(list, service, r.texts("cidr_blocks"), r.at)
	if id := r.text("prefix_list_id"); id != "" && m.byID[id] == nil {
		p.Set("id", str(r, id))
	}
	e := m.Add("vpc_endpoints", r.address, r.at)
	e.Set("type", str(r, "gateway"))
	e.Set("vpc", str(r, vpc))
	e.Set("service", str(r, service))
	e.Set("prefix_list", str(r, list))
	tables, _ := m.links(r, toTable, "route_table_ids")
	for _, t := range tables {
		if m.Section(t) == "route_tables" {
			m.addName(r.address, "route_tables", t, r)
		}
	}
}

func (m *importer) endpointTable(r *resource) {
	table, _ := m.link(r, toTable, "route_table_id")
	endpoint, _ := m.link(r, []string{"vpc_endpoints"}, "vpc_endpoint_id")
	if m.Section(table) == "route_tables" && m.Section(endpoint) == "vpc_endpoints" {
		m.addName(endpoint, "route_tables", table, r)
	}
}

func (m *importer) interfaceEndpoint(r *resource, vpc, service string) {
	subnets, ok := m.links(r, toSubnet, "subnet_ids")
	for _, o := range m.resources {
		if o.typ == "aws_vpc_endpoint_subnet_association" {
			if name, _ := m.link(o, []string{"vpc_endpoints"}, "vpc_endpoint_id"); name == r.address {
				if s, _ := m.link(o, toSubnet, "subnet_id"); s != "" && !slices.Contains(subnets, s) {
					subnets = append(subnets, s)
				}
			}
		}
	}
	if !ok || len(subnets) == 0 {
		m.cannot(r, "its subnets are not known")
		return
	}
	slices.SortFunc(subnets, draft.CompareNames)
	known := map[string]string{}
	for i := range r.items("subnet_configuration") {
		if s, _ := m.link(r, toSubnet, "subnet_configuration", i, "subnet_id"); s != "" {
			known[s] = r.text("subnet_configuration", i, "ipv4")
		}
	}
	e := m.Add("vpc_endpoints", r.address, r.at)
	e.Set("type", str(r, "interface"))
	e.Set("vpc", str(r, vpc))
	e.Set("service", str(r, cmp.Or(service, "unknown")))
	e.Set("subnets", doc.Strs(subnets, r.at))
	addresses := doc.ListOf(r.at)
	for _, s := range subnets {
		addresses.Items = append(addresses.Items, str(r, m.privateText(r, s, known[s])))
	}
	e.Set("private_ips", addresses)
	m.setGroups(r, "security_group_ids")
	for _, o := range m.resources {
		if o.typ != "aws_vpc_endpoint_security_group_association" {
			continue
		}
		if name, _ := m.link(o, []string{"vpc_endpoints"}, "vpc_endpoint_id"); name != r.address {
			continue
		}
		if v := m.byAddress[vpc]; e.Get("security_groups") == nil && !o.yes("replace_default_association") && v != nil {
			m.addName(r.address, "security_groups", m.defaultGroup(v), r) // AWS's own stays
		}
		if g, _ := m.link(o, toGroup, "security_group_id"); g != "" {
			m.addName(r.address, "security_groups", g, r)
		}
	}
	if s := m.other(r, []string{"endpoint_services"}, "service_name"); s != nil {
		behind, problem := m.resolve(s, []string{"load_balancers"}, "network_load_balancer_arns")
		if problem == "" && len(behind) == 1 && m.Section(behind[0]) == "load_balancers" {
			e.Set("load_balancer", str(r, behind[0]))
		}
	}
}

func (m *importer) instanceConnect(r *resource) {
	subnet := m.need(r, toSubnet, "subnet", "subnet_id")
	if subnet == "" {
		return
	}
	e := m.Add("vpc_endpoints", r.address, r.at)
	e.Set("type", str(r, "instance_connect")).Set("subnet", str(r, subnet)).Set("private_ip", str(r, draft.Auto))
	m.setGroups(r, "security_group_ids")
	if r.value("preserve_client_ip") != false { // the provider's default
		e.Set("preserve_client_ip", doc.Bool(true, r.at))
	}
}
