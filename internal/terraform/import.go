package terraform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
)

// Read imports plans and states. Resources of several files are one network.
// Before is set where a file is a plan: it is empty where the plan makes
// everything anew.
func Read(files []File) doc.Import {
	var out doc.Import
	var before, after *world
	isPlan := false
	for _, f := range files {
		r, findings := parse(f)
		out.Findings = append(out.Findings, findings...)
		if diag.HasErrors(findings) {
			continue
		}
		b, a := worlds(r)
		if len(a.resources) == 0 && (b == nil || len(b.resources) == 0) {
			out.Findings = append(out.Findings, diag.Finding{Pos: diag.Pos{File: f.Name}, Severity: diag.Error, ID: idEmpty,
				Message: emptyMessage(r)})
			continue
		}
		if isPlan = isPlan || b != nil; b == nil {
			b = a // a state is the same before and after
		}
		before, after = joined(before, b), joined(after, a)
	}
	out.Document = &doc.Document{}
	if after == nil {
		return out
	}
	comment := "Imported from Terraform."
	if isPlan {
		comment = "Imported from a Terraform plan: the network after it is applied."
		m := newImporter(before)
		m.build()
		out.Before = m.Finish("Imported from a Terraform plan: the network before it is applied.")
	}
	m := newImporter(after)
	m.build()
	out.Document = m.Finish(comment)
	out.Counts = m.counts()
	out.Findings = append(out.Findings, m.findings...)
	return out
}

func emptyMessage(r read) string {
	if r.state != nil {
		return "the state holds no resources; was it taken in the right directory and workspace?"
	}
	return "the plan holds no resources; was it made in the right directory and workspace?"
}

// joined is a world of both; ids of one are known to the other.
func joined(a, b *world) *world {
	if a == nil {
		return b
	}
	for _, r := range b.resources {
		if a.byAddress[r.address] != nil {
			r.address = r.at.Path() + ":" + r.address // the same address in two configurations
			r.address = strings.Map(func(c rune) rune {
				if c == '\\' || c == ' ' {
					return '_'
				}
				return c
			}, r.address)
		}
		a.add(r)
	}
	a.gone = append(a.gone, b.gone...)
	return a
}

func newImporter(w *world) *importer {
	return &importer{world: w, inferred: map[string]string{}, public: map[string][]elastic{}, owners: map[*resource]string{},
		lost: map[*resource]string{}, attached: map[string][]attachment{}, told: map[string]bool{}, placed: map[*resource][]string{}, carrier: map[string]string{}}
}

// builders make entries of resources, by type; those on an earlier line first.
var builders = []struct {
	types []string
	build func(*importer, *resource)
}{
	{[]string{"aws_vpc", "aws_default_vpc"}, (*importer).vpc},
	{[]string{"aws_subnet", "aws_default_subnet"}, (*importer).subnet},
	{[]string{"aws_internet_gateway"}, (*importer).internetGateway},
	{[]string{"aws_egress_only_internet_gateway"}, (*importer).egressOnlyGateway},
	{[]string{"aws_vpn_gateway"}, (*importer).vpnGateway},
	{[]string{"aws_ec2_carrier_gateway"}, (*importer).carrierGateway},
	{[]string{"aws_ec2_managed_prefix_list", "aws_prefix_list"}, (*importer).prefixList},
	{[]string{"aws_security_group", "aws_default_security_group"}, (*importer).securityGroup},
	{[]string{"aws_network_acl", "aws_default_network_acl"}, (*importer).networkACL},
	{[]string{"aws_route_table", "aws_default_route_table"}, (*importer).routeTable},
	{[]string{"aws_ec2_transit_gateway"}, (*importer).transitGateway},
	{[]string{"aws_ec2_transit_gateway_route_table"}, (*importer).transitTable},
	{[]string{"aws_ec2_transit_gateway_vpc_attachment"}, (*importer).transitVPC},
	{[]string{"aws_ec2_transit_gateway_peering_attachment"}, (*importer).transitPeering},
	{[]string{"aws_vpn_connection"}, (*importer).vpnConnection},
	{[]string{"aws_dx_gateway"}, (*importer).directConnectGateway},
	{[]string{"aws_dx_private_virtual_interface", "aws_dx_hosted_private_virtual_interface_accepter"}, (*importer).virtualInterface},
	{[]string{"aws_dx_gateway_association"}, (*importer).directConnectAssociation},
	{[]string{"aws_ec2_transit_gateway_connect"}, (*importer).transitConnect},
	{[]string{"aws_vpc_peering_connection"}, (*importer).peering},
	{[]string{"aws_instance"}, (*importer).instance},
	{[]string{"aws_network_interface"}, (*importer).networkInterface},
	{[]string{"aws_nat_gateway"}, (*importer).natGateway},
	{placing(), func(m *importer, r *resource) { m.place(r) }},
	{[]string{"aws_lb", "aws_alb"}, (*importer).loadBalancer},
	{[]string{"aws_elb"}, (*importer).classicBalancer},
	{[]string{"aws_vpc_endpoint"}, (*importer).endpoint},
	{[]string{"aws_ec2_instance_connect_endpoint"}, (*importer).instanceConnect},
	{[]string{"aws_networkfirewall_firewall"}, (*importer).firewall},
	{[]string{"aws_vpc_block_public_access_options"}, (*importer).publicAccess},
	{[]string{"aws_main_route_table_association"}, (*importer).mainAssociation},
	{[]string{"aws_route_table_association"}, (*importer).tableAssociation},
	{[]string{"aws_network_acl_association"}, (*importer).aclAssociation},
	{[]string{"aws_route"}, (*importer).route},
	{[]string{"aws_network_acl_rule"}, (*importer).aclRule},
	{[]string{"aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"}, (*importer).groupRule},
	{[]string{"aws_internet_gateway_attachment", "aws_vpn_gateway_attachment"}, (*importer).gatewayAttachment},
	{[]string{"aws_network_interface_attachment"}, (*importer).interfaceAttachment},
	{[]string{"aws_network_interface_sg_attachment"}, (*importer).groupAttachment},
	{[]string{"aws_vpn_gateway_route_propagation"}, (*importer).propagation},
	{[]string{"aws_ec2_transit_gateway_route"}, (*importer).transitRoute},
	{[]string{"aws_ec2_transit_gateway_route_table_association"}, (*importer).transitAssociation},
	{[]string{"aws_ec2_transit_gateway_route_table_propagation"}, (*importer).transitPropagation},
	{[]string{"aws_vpc_endpoint_route_table_association"}, (*importer).endpointTable},
}

func (m *importer) build() {
	m.elasticAddresses()
	for _, b := range builders {
		for _, r := range m.resources {
			if slices.Contains(b.types, r.typ) {
				if r.data {
					if read := dataBuilders[r.typ]; read != nil {
						read(m, r)
					}
					continue
				}
				b.build(m, r)
			}
		}
	}
	for _, r := range m.resources {
		if !r.data {
			m.unmodelled(r)
		}
	}
	for _, r := range m.resources {
		e := m.Entry(r.address)
		if e == nil || sectionOf[r.typ] == "" {
			continue
		}
		if why := m.inferred[r.address]; why != "" {
			e.Comment = why
		}
		if id := r.text("id"); id != "" && e.Get("id") == nil && id != r.address && !strings.HasPrefix(id, "arn:") {
			e.Set("id", doc.Str(id, r.at))
		}
	}
}

// cannot enters a resource as not modelled, for a reason that the user can
// read.
func (m *importer) cannot(r *resource, format string, args ...any) {
	reason := fmt.Sprintf(format, args...)
	m.lost[r] = reason
	m.NotModelled(r.address, r.typ, reason, r.at)
}

// counts tells what became of the resources, by type.
func (m *importer) counts() []doc.Count {
	byType := map[string]*doc.Count{}
	for _, r := range m.resources {
		typ := r.typ
		if r.data {
			typ = "data." + typ
		}
		c := byType[typ]
		if c == nil {
			c = &doc.Count{Type: typ}
			byType[typ] = c
		}
		c.Read++
		switch section := m.Section(r.address); {
		case m.lost[r] != "" || section == "not_modelled":
			c.NotModelled++
		case section != "" || m.placed[r] != nil || !r.data && slices.Contains(pieces, r.typ):
			c.Modelled++
		}
	}
	out := make([]doc.Count, 0, len(byType))
	for _, c := range byType {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b doc.Count) int { return cmp.Compare(a.Type, b.Type) })
	return out
}

func str(r *resource, text string) *doc.Value { return doc.Str(text, r.at) }

// auto is what the topology language has for an address that is not known.
func auto(text string) string {
	if text == "" {
		return draft.Auto
	}
	return text
}
