package terraform

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
)

// elastic is an Elastic IP address with the private address that it goes with;
// "" for the primary one.
type elastic struct{ public, private string }

// elasticAddresses finds the holders of Elastic IP addresses.
func (m *importer) elasticAddresses() {
	hold := func(eip *resource, holder, private string) {
		if m.owners[eip] == "" && holder != "" {
			m.owners[eip] = holder
			if strings.Contains(eip.text("network_border_group"), "-wl") { // a Wavelength Zone's (MISC-3)
				m.carrier[holder] = auto(eip.text("carrier_ip"))
				return
			}
			m.public[holder] = append(m.public[holder], elastic{m.publicText(eip, "public_ip"), private})
		}
	}
	private := func(r *resource, keys ...string) string {
		for _, k := range keys {
			if a := r.text(k); a != "" {
				return a
			}
		}
		return ""
	}
	for _, r := range m.resources {
		if r.typ == "aws_nat_gateway" {
			if eip := m.eip(r, "allocation_id"); eip != nil && m.owners[eip] == "" {
				m.owners[eip] = r.address
			}
		}
	}
	for _, r := range m.resources {
		if r.typ != "aws_eip" || r.data {
			continue
		}
		if holder := m.holder(r, "network_interface", "instance"); holder != "" {
			hold(r, holder, private(r, "private_ip", "associate_with_private_ip"))
		}
	}
	for _, r := range m.resources {
		if r.typ != "aws_eip_association" {
			continue
		}
		if eip := m.eip(r, "allocation_id"); eip != nil {
			hold(eip, m.holder(r, "network_interface_id", "instance_id"), private(r, "private_ip_address"))
		}
	}
}

// holder finds who has an Elastic IP address: an interface or an instance.
func (m *importer) holder(r *resource, iface, instance string) string {
	if r.text(instance) != "" || r.configured(instance) {
		if name, _ := m.link(r, []string{"instances"}, instance); m.byAddress[name] != nil {
			return name
		}
	}
	if r.text(iface) != "" || r.configured(iface) {
		if name, _ := m.link(r, []string{"network_interfaces", "instances", "nat_gateways"}, iface); m.byAddress[name] != nil {
			return name
		}
	}
	return ""
}

// eip finds the Elastic IP address that an attribute names.
func (m *importer) eip(r *resource, p ...any) *resource {
	if r.text(p...) == "" && !r.unknownAt(p...) {
		return nil
	}
	if id := r.text(p...); id != "" {
		if o := m.byID[id]; o != nil && o.typ == "aws_eip" {
			return o
		}
		for _, o := range m.resources {
			if o.typ == "aws_eip" && o.text("allocation_id") == id {
				return o
			}
		}
		return nil
	}
	names, _, why := m.named(r, []string{"eips"}, p...)
	if len(names) != 1 {
		return nil
	}
	if why != "" {
		m.inferred[r.address] = why
	}
	return m.byAddress[names[0]]
}

// publicText is a public address, auto where it is not known or cannot be one.
func (m *importer) publicText(r *resource, p ...any) string {
	text := r.text(p...)
	if a, err := netip.ParseAddr(text); text != "" && (err != nil || !a.Is4() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast()) {
		m.report(r, diag.Warning, idAdjusted, "%s is %s, which is no public address, as a mock of AWS may give; taken as not known", path(p).text(), text)
		return draft.Auto
	}
	return auto(text)
}

// privateText is an address of a subnet, auto where it is not known or cannot
// be one of it.
func (m *importer) privateText(r *resource, subnet, text string) string {
	e := m.Entry(subnet)
	if text == "" || e == nil || e.Get("cidr") == nil {
		return auto(text)
	}
	p, err1 := netip.ParsePrefix(e.Get("cidr").Text)
	a, err2 := netip.ParseAddr(text)
	if err1 == nil && err2 == nil && !p.Contains(a) {
		m.report(r, diag.Warning, idAdjusted, "the address %s lies outside of its subnet %s, %s, as a mock of AWS may give; taken as not known", text, subnet, p)
		return draft.Auto
	}
	return text
}

// addressNames resolves CIDRs that are known after apply only, as the /32 of
// an Elastic IP address, to names of addresses.
func (m *importer) addressNames(r *resource, p ...any) []string {
	e, _ := r.expression(p...)
	if e == nil {
		return nil
	}
	found, lost := m.follow(references(e, 0), m.scopeOf(r))
	var out []string
	for _, t := range found {
		name := m.addressName(t)
		if name == "" {
			return nil // some of it cannot be resolved
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	if len(lost) > 0 {
		return nil
	}
	n, whole := r.unknowns(p...)
	if !whole && n != len(out) || len(out) > 1 && m.chooses(r, p...) {
		return nil
	}
	return out
}

func (m *importer) addressName(t target) string {
	suffix := map[string]string{"public_ip": ".public_ip", "private_ip": ".private_ip", "ipv6_addresses": ".ipv6"}[t.attribute]
	switch {
	case t.typ == "aws_eip" && suffix != "" && m.owners[t.resource] != "":
		return m.owners[t.resource] + suffix
	case suffix != "" && (t.typ == "aws_instance" || t.typ == "aws_nat_gateway" || t.typ == "aws_network_interface"):
		return t.address + suffix
	case t.attribute == "cidr_block" && (sectionOf[t.typ] == "vpcs" || sectionOf[t.typ] == "subnets"):
		return t.text("cidr_block")
	}
	return ""
}

// setAddresses writes the public addresses of a holder.
func (m *importer) setPublic(e *doc.Entry, r *resource, own string) {
	if ip := m.carrier[r.address]; ip != "" && ip != draft.Auto {
		e.Set("carrier_ip", str(r, ip))
	}
	list := m.public[r.address]
	switch {
	case len(list) == 0 && own != "":
		e.Set("public_ip", str(r, own))
	case len(list) == 1 && (list[0].private == "" || e.Get("private_ips") == nil || e.Get("private_ip") != nil && list[0].private == e.Get("private_ip").Text):
		e.Set("public_ip", str(r, list[0].public))
	case len(list) > 0:
		all := doc.Map(r.at)
		for _, x := range list {
			private := x.private
			if private == "" && e.Get("private_ip") != nil {
				private = e.Get("private_ip").Text
			}
			if private == "" || private == draft.Auto {
				m.report(r, diag.Error, idAmbiguous, "an Elastic IP address goes with a private address that is not known yet, of several; give `associate_with_private_ip` and the private addresses, or apply first")
				continue
			}
			all.Set(private, str(r, x.public))
		}
		e.Set("public_ips", all)
	}
}
