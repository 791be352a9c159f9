package terraform

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
)

// groups writes the security groups of a host.
func (m *importer) setGroups(r *resource, keys ...string) {
	for _, key := range keys {
		if r.unknownAt(key) && !r.configured(key) {
			continue // computed: the default group, or the one that it is given elsewhere
		}
		names, _ := m.links(r, toGroup, key)
		for _, n := range names {
			m.addName(r.address, "security_groups", n, r)
		}
		if len(names) > 0 {
			return
		}
	}
}

func (m *importer) instance(r *resource) {
	if s := r.text("instance_state"); s == "terminated" || s == "shutting-down" {
		m.lost[r] = "it is terminated"
		return
	}
	explicit := false
	for i := range r.items("network_interface") {
		explicit = true
		name, _ := m.link(r, []string{"network_interfaces"}, "network_interface", i, "network_interface_id")
		if e := m.Entry(name); name != "" && e == nil && m.byAddress[name] != nil {
			m.attach(name, r, r.number("network_interface", i, "device_index"))
		}
	}
	for i := range r.items("primary_network_interface") {
		explicit = true
		name, _ := m.link(r, []string{"network_interfaces"}, "primary_network_interface", i, "network_interface_id")
		zero := 0
		if name != "" && m.byAddress[name] != nil {
			m.attach(name, r, &zero)
		}
	}
	if explicit {
		e := m.Add("instances", r.address, r.at)
		for _, a := range m.attached[r.address] {
			if i := m.byAddress[a.iface]; i != nil && i.value("source_dest_check") == false {
				m.forwards(e, r)
			}
		}
		return
	}
	subnet := m.need(r, toSubnet, "subnet", "subnet_id")
	if subnet == "" {
		return
	}
	if m.carrier[r.address] == draft.Auto {
		m.cannot(r, "its carrier IP address is known after apply only")
		return
	}
	e := m.Add("instances", r.address, r.at)
	e.Set("subnet", str(r, subnet))
	if m.speaks(subnet, "cidr") {
		e.Set("private_ip", str(r, m.privateText(r, subnet, r.text("private_ip"))))
		if more := r.texts("secondary_private_ips"); len(more) > 0 {
			e.Set("private_ips", doc.Strs(more, r.at))
		}
		own := ""
		if known := r.text("public_ip"); known != "" {
			own = m.publicText(r, "public_ip")
		} else if r.yes("associate_public_ip_address") && r.unknownAt("public_ip") || r.unknownAt("associate_public_ip_address") && m.byAddress[subnet] != nil && m.byAddress[subnet].yes("map_public_ip_on_launch") {
			own = draft.Auto
		}
		m.setPublic(e, r, own)
	}
	m.setIPv6(e, r, subnet)
	m.setGroups(r, "vpc_security_group_ids", "security_groups")
	if r.value("source_dest_check") == false {
		e.Set("source_dest_check", doc.Bool(false, r.at))
		m.forwards(e, r)
	}
}

// forwards: with the source/destination check off a host is made to forward,
// and what it does with packets stands in its iptables, which no API shows.
func (m *importer) forwards(e *doc.Entry, r *resource) {
	v := str(r, "unknown")
	v.Comment = "its source/destination check is off; what its kernel does is in no API"
	e.Set("ip_forward", v)
}

// speaks reports whether a subnet has a block of a family.
func (m *importer) speaks(subnet, key string) bool {
	e := m.Entry(subnet)
	return e == nil || e.Get(key) != nil
}

func (m *importer) setIPv6(e *doc.Entry, r *resource, subnet string) {
	known := r.texts("ipv6_addresses")
	given := r.configured("ipv6_addresses") || r.configured("ipv6_address_count")
	s := m.byAddress[subnet]
	byItself := s != nil && s.yes("assign_ipv6_address_on_creation")
	sub := m.Entry(subnet)
	switch {
	case len(known) > 0:
		e.Set("ipv6", doc.Strs(known, r.at))
	case sub != nil && sub.Get("ipv6_cidr") != nil && r.unknownAt("ipv6_addresses") && (given || byItself):
		e.Set("ipv6", str(r, draft.Auto))
	}
}

// attachment says which interface is at which place of an instance.
type attachment struct {
	iface string
	index *int
}

func (m *importer) attach(iface string, instance *resource, index *int) {
	for _, a := range m.attached[instance.address] {
		if a.iface == iface {
			return
		}
	}
	m.attached[instance.address] = append(m.attached[instance.address], attachment{iface, index})
}

func (m *importer) networkInterface(r *resource) {
	subnet := m.need(r, toSubnet, "subnet", "subnet_id")
	if subnet == "" {
		return
	}
	if m.carrier[r.address] == draft.Auto {
		m.cannot(r, "its carrier IP address is known after apply only")
		return
	}
	e := m.Add("network_interfaces", r.address, r.at)
	e.Set("subnet", str(r, subnet))
	if m.speaks(subnet, "cidr") {
		list := r.texts("private_ips")
		if primary := r.text("private_ip"); primary != "" {
			list = append([]string{primary}, slices.DeleteFunc(list, func(a string) bool { return a == primary })...)
		} else if ordered := r.texts("private_ip_list"); len(ordered) > 0 {
			list = ordered
		}
		if len(list) == 0 {
			list = []string{draft.Auto}
		}
		if n := r.number("private_ips_count"); n != nil && r.unknownAt("private_ips") {
			for len(list) < *n+1 && len(list) < 64 {
				list = append(list, draft.Auto)
			}
		}
		e.Set("private_ip", str(r, m.privateText(r, subnet, list[0])))
		if len(list) > 1 {
			e.Set("private_ips", doc.Strs(list[1:], r.at))
		}
		m.setPublic(e, r, "")
	}
	m.setIPv6(e, r, subnet)
	m.setGroups(r, "security_groups")
	if r.value("source_dest_check") == false {
		e.Set("source_dest_check", doc.Bool(false, r.at))
	}
	for i := range r.items("attachment") {
		if name, _ := m.link(r, []string{"instances"}, "attachment", i, "instance"); m.byAddress[name] != nil {
			m.holds(e, r, name, r.number("attachment", i, "device_index"))
		}
	}
	for instance, list := range m.attached {
		for _, a := range list {
			if a.iface == r.address {
				m.holds(e, r, instance, a.index)
			}
		}
	}
}

// holds attaches an interface to an instance.
func (m *importer) holds(e *doc.Entry, r *resource, instance string, index *int) {
	e.Set("instance", str(r, instance))
	if index != nil {
		e.Set("device_index", doc.Int(*index, r.at))
	}
	if host := m.Entry(instance); host != nil && r.value("source_dest_check") == false && host.Get("ip_forward") == nil {
		m.forwards(host, m.byAddress[instance])
	}
}

func (m *importer) interfaceAttachment(r *resource) {
	iface, _ := m.link(r, []string{"network_interfaces"}, "network_interface_id")
	instance, _ := m.link(r, []string{"instances"}, "instance_id")
	if e := m.Entry(iface); e != nil && m.Section(iface) == "network_interfaces" && m.Section(instance) == "instances" {
		m.holds(e, m.byAddress[iface], instance, r.number("device_index"))
	}
}

func (m *importer) groupAttachment(r *resource) {
	group, _ := m.link(r, toGroup, "security_group_id")
	iface, _ := m.link(r, []string{"network_interfaces", "instances"}, "network_interface_id")
	if group != "" {
		m.addName(iface, "security_groups", group, r)
	}
}

// regionalNAT has its addresses in zones, of which a plan tells those that it is
// given.
func (m *importer) regionalNAT(r *resource) {
	vpc := m.need(r, toVPC, "VPC", "vpc_id")
	if vpc == "" {
		return
	}
	zones := doc.Map(r.at)
	add := func(zone, ip string) {
		if zone != "" && ip != "" && ip != draft.Auto {
			zones.Append(zone, str(r, ip))
		}
	}
	for i := range r.items("regional_nat_gateway_address") {
		add(r.text("regional_nat_gateway_address", i, "availability_zone"), r.text("regional_nat_gateway_address", i, "public_ip"))
	}
	if len(zones.Pairs) == 0 {
		for i := range r.items("availability_zone_address") {
			for k := range r.items("availability_zone_address", i, "allocation_ids") {
				if eip := m.eip(r, "availability_zone_address", i, "allocation_ids", k); eip != nil {
					add(r.text("availability_zone_address", i, "availability_zone"), m.publicText(eip, "public_ip"))
				}
			}
		}
	}
	if len(zones.Pairs) == 0 {
		m.cannot(r, "the addresses of a regional NAT gateway are known after apply only")
		return
	}
	e := m.Add("nat_gateways", r.address, r.at)
	e.Set("availability_mode", str(r, "regional")).Set("vpc", str(r, vpc)).Set("public_ips", zones)
}

func (m *importer) natGateway(r *resource) {
	switch {
	case r.text("availability_mode") == "regional":
		m.regionalNAT(r)
		return
	case r.text("connectivity_type") == "private" && len(r.texts("secondary_private_ip_addresses")) > 0:
	case len(r.items("secondary_allocation_ids"))+len(r.items("secondary_private_ip_addresses")) > 0 || m.hasMoreAddresses(r):
		m.cannot(r, "which of its several addresses go together is known after apply only")
		return
	}
	subnet := m.need(r, toSubnet, "subnet", "subnet_id")
	if subnet == "" {
		return
	}
	if s := r.text("state"); s == "deleted" || s == "failed" {
		m.cannot(r, "its state is %s", s)
		return
	}
	e := m.Add("nat_gateways", r.address, r.at)
	e.Set("subnet", str(r, subnet))
	e.Set("private_ip", str(r, m.privateText(r, subnet, r.text("private_ip"))))
	if r.text("connectivity_type") == "private" {
		e.Set("connectivity", str(r, "private"))
		if more := r.texts("secondary_private_ip_addresses"); len(more) > 0 {
			e.Set("private_ips", doc.Strs(more, r.at))
		}
		return
	}
	if r.text("public_ip") == "" {
		if eip := m.eip(r, "allocation_id"); eip != nil {
			e.Set("public_ip", str(r, m.publicText(eip, "public_ip")))
			return
		}
	}
	e.Set("public_ip", str(r, m.publicText(r, "public_ip")))
}

// hasMoreAddresses reports whether a NAT gateway gets secondary addresses.
func (m *importer) hasMoreAddresses(r *resource) bool {
	n := r.number("secondary_private_ip_address_count")
	return n != nil && *n > 0 || slices.ContainsFunc(m.resources, func(o *resource) bool {
		if o.typ != "aws_nat_gateway_eip_association" {
			return false
		}
		name, _ := m.link(o, []string{"nat_gateways"}, "nat_gateway_id")
		return name == r.address
	})
}
