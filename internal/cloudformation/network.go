package cloudformation

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
)

// nameTag writes the Name tag as a comment: the name in the topology is the
// logical id, which the template's author knows.
func nameTag(e *doc.Entry, r *resource) {
	for _, t := range r.get("Tags").each() {
		if key, _ := t.get("Key").text(); key == "Name" {
			if s, ok := t.get("Value").text(); ok {
				e.Comment = strings.Join(strings.Fields(s), " ")
			}
		}
	}
}

func (w *writer) entry(section string, r *resource) *doc.Entry {
	e := w.draft.Add(section, r.shown, r.at)
	nameTag(e, r)
	return e
}

func (w *writer) vpc(r *resource) {
	e := w.entry("vpcs", r)
	if s, ok := w.literal(r, "CidrBlock"); ok {
		e.Append("cidrs", doc.Str(s, r.get("CidrBlock").at))
	}
}

// of is the entry of the resource that a property refers to; nil where it is
// none of the templates'. Then what the resource adds is lost to something
// that is not in the topology, and that is said.
func (w *writer) of(r *resource, property string) *doc.Entry {
	v := r.get(property)
	if v.kind == absent {
		w.missing(r, property, v)
		return nil
	}
	name := w.target(r, property, v)
	if w.draft.Section(name) == "not_modelled" {
		w.set.report(diag.Warning, v.at, idUnknown, "%s of %s %q is none of the template's resources: what it adds to %q is not seen", property, r.typ, r.name, name)
		return nil
	}
	return w.draft.Entry(name)
}

func (w *writer) vpcBlock(r *resource) {
	e := w.of(r, "VpcId")
	if e == nil {
		return
	}
	if v := r.get("CidrBlock"); v.kind != absent {
		if s, ok := w.literal(r, "CidrBlock"); ok {
			e.Append("cidrs", doc.Str(s, v.at))
		}
	}
	switch v := r.get("Ipv6CidrBlock"); {
	case v.kind != absent:
		if s, ok := w.literal(r, "Ipv6CidrBlock"); ok {
			e.Append("ipv6_cidrs", doc.Str(s, v.at))
		}
	case isTrue(r.get("AmazonProvidedIpv6CidrBlock")):
		block := r.standIn().String()
		w.set.report(diag.Info, r.at, idAssumed, "Amazon chooses the IPv6 block of VPC %q; %s stands for it", e.Name, block)
		e.Append("ipv6_cidrs", doc.Str(block, r.at))
	}
}

func (w *writer) subnet(r *resource) {
	e := w.entry("subnets", r)
	w.link(e.Value, "vpc", r, "VpcId")
	v4, v6 := r.get("CidrBlock"), r.get("Ipv6CidrBlock")
	if v4.kind != absent || v6.kind == absent {
		if s, ok := w.literal(r, "CidrBlock"); ok {
			e.Set("cidr", doc.Str(s, v4.at))
		}
	}
	if v6.kind != absent {
		if s, ok := w.literal(r, "Ipv6CidrBlock"); ok {
			e.Set("ipv6_cidr", doc.Str(s, v6.at))
		}
	}
	if s, ok := r.get("AvailabilityZone").text(); ok && s != "" {
		e.Set("az", doc.Str(s, r.get("AvailabilityZone").at))
	}
}

func (w *writer) subnetBlock(r *resource) {
	if e := w.of(r, "SubnetId"); e != nil {
		if s, ok := w.literal(r, "Ipv6CidrBlock"); ok {
			e.Set("ipv6_cidr", doc.Str(s, r.at))
		}
	}
}

func (w *writer) internetGateway(r *resource) { w.entry("internet_gateways", r) }

func (w *writer) egressOnlyGateway(r *resource) {
	w.link(w.entry("egress_only_internet_gateways", r).Value, "vpc", r, "VpcId")
}

func (w *writer) vpnGateway(r *resource) { w.entry("vpn_gateways", r) }

func (w *writer) attachGateway(r *resource) {
	for _, property := range []string{"InternetGatewayId", "VpnGatewayId"} {
		if r.get(property).kind != absent {
			if e := w.of(r, property); e != nil {
				w.link(e.Value, "vpc", r, "VpcId")
			}
		}
	}
}

func (w *writer) peering(r *resource) {
	e := w.entry("peering_connections", r)
	w.link(e.Value, "requester", r, "VpcId")
	w.link(e.Value, "accepter", r, "PeerVpcId")
}
