package terraform

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
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
	vpc := m.need(r, toVPC, "VPC", "vpc_id")
	if vpc == "" {
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
func (m *importer) carrierGateway(r *resource)    { m.gateway(r, "carrier_gateways") }

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
