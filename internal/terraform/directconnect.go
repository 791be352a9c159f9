package terraform

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
)

var toDirectConnect = []string{"direct_connect_gateways"}

// learned says that what comes by BGP stands in no plan.
func (m *importer) learned(r *resource, what string) {
	m.report(r, diag.Warning, idLeftOut, "what is learned over it stands in no plan; give %s in a topology file beside this one", what)
}

// directConnectGateway becomes an entry with what its associations say.
func (m *importer) directConnectGateway(r *resource) {
	m.Add("direct_connect_gateways", r.address, r.at)
	m.learned(r, "external networks behind the gateway")
}

// virtualInterface: a private one that ends at a VPN gateway is a gateway of its
// own; the others end at a Direct Connect gateway, and say nothing more.
func (m *importer) virtualInterface(r *resource) {
	if gateway, _ := m.link(r, []string{"vpn_gateways"}, "vpn_gateway_id"); gateway != "" {
		m.Add("direct_connect_gateways", r.address, r.at).Set("vpn_gateways", doc.Strs([]string{gateway}, r.at))
		m.learned(r, "external networks behind the virtual interface")
	}
}

// directConnectAssociation joins a VPN gateway or transit gateway to a Direct
// Connect gateway.
func (m *importer) directConnectAssociation(r *resource) {
	dx, _ := m.link(r, toDirectConnect, "dx_gateway_id")
	if m.Section(dx) != "direct_connect_gateways" {
		m.cannot(r, "its Direct Connect gateway is not among the resources")
		return
	}
	gateway := ""
	for _, key := range []string{"associated_gateway_id", "vpn_gateway_id"} {
		if gateway == "" && (r.text(key) != "" || r.configured(key)) {
			gateway, _ = m.link(r, []string{"vpn_gateways", "transit_gateways"}, key)
		}
	}
	if id := r.text("proposal_id"); gateway == "" && (id != "" || r.configured("proposal_id")) {
		found, _, _ := m.named(r, []string{"dx_proposals"}, "proposal_id")
		if p := m.byID[id]; p != nil {
			found = []string{p.address}
		}
		if len(found) == 1 {
			gateway, _ = m.link(m.byAddress[found[0]], []string{"vpn_gateways", "transit_gateways"}, "associated_gateway_id")
		}
	}
	switch m.Section(gateway) {
	case "vpn_gateways":
		m.addName(dx, "vpn_gateways", gateway, r)
	case "transit_gateways":
		e := m.attachTo(r, r.address, gateway, true)
		e.Set("direct_connect_gateway", str(r, dx))
	default:
		m.cannot(r, "the gateway that it joins is not among the resources")
		return
	}
	m.allowPrefixes(r, m.Entry(dx), gateway)
}

// allowPrefixes adds the prefixes that an association announces to the sites: by
// default the blocks of the VPN gateway's VPC.
func (m *importer) allowPrefixes(r *resource, dx *doc.Entry, gateway string) {
	allowed := r.texts("allowed_prefixes")
	if len(allowed) == 0 && m.Section(gateway) == "vpn_gateways" {
		if v := m.Entry(gateway).Get("vpc"); v != nil {
			if vpc := m.Entry(v.Text); vpc != nil {
				allowed = texts(vpc.Get("cidr"), vpc.Get("cidrs"))
			}
		}
	}
	slices.Sort(allowed)
	for _, c := range allowed {
		m.addName(dx.Name, "allowed_prefixes", c, r)
	}
}

// texts are the texts of values, of which any may be nil or a list.
func texts(values ...*doc.Value) []string {
	var out []string
	for _, v := range values {
		switch {
		case v == nil:
		case v.Kind == doc.List:
			out = append(out, texts(v.Items...)...)
		default:
			out = append(out, v.Text)
		}
	}
	return out
}

// transitConnect is a Connect attachment over a VPC's or Direct Connect one.
func (m *importer) transitConnect(r *resource) {
	transport, _ := m.link(r, toAttachment, "transport_attachment_id")
	if m.Section(transport) != "transit_gateway_attachments" {
		m.cannot(r, "the attachment that carries it is not among the resources")
		return
	}
	e := m.attachmentOf(r, r.address, true)
	if e == nil {
		m.cannot(r, "its transit gateway is not among the resources")
		return
	}
	e.Set("connect", str(r, transport))
	if !m.hasConnectPeer(r) {
		return
	}
	m.learned(r, "`routes` of the attachment, or external networks behind it,")
}

// attachmentRead is the attachment that a data source looks for: that of a Direct
// Connect gateway or VPN connection to a transit gateway.
func (m *importer) attachmentRead(r *resource) string {
	key, of := "", ""
	switch r.typ {
	case "aws_ec2_transit_gateway_dx_gateway_attachment":
		key = "direct_connect_gateway"
		of, _ = m.link(r, toDirectConnect, "dx_gateway_id")
	case "aws_ec2_transit_gateway_vpn_attachment":
		key = "vpn_connection"
		of, _ = m.link(r, []string{"vpn_connections"}, "vpn_connection_id")
	}
	tgw, _ := m.link(r, toTransit, "transit_gateway_id")
	for _, o := range m.resources {
		for _, name := range []string{o.address, o.address + ".attachment"} {
			e := m.Entry(name)
			if e != nil && m.Section(name) == "transit_gateway_attachments" && of != "" && e.Get(key) != nil && e.Get(key).Text == of && e.Get("transit_gateway").Text == tgw {
				return name
			}
		}
	}
	return ""
}

// hasConnectPeer reports whether something is connected over an attachment.
func (m *importer) hasConnectPeer(r *resource) bool {
	return slices.ContainsFunc(m.resources, func(p *resource) bool {
		if p.typ != "aws_ec2_transit_gateway_connect_peer" {
			return false
		}
		name, _ := m.link(p, toAttachment, "transit_gateway_attachment_id")
		return name == r.address
	})
}
