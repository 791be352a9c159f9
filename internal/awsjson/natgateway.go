package awsjson

import (
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// writeNATs writes the NAT gateways, which have their interfaces in them.
func (b *builder) writeNATs() {
	for _, r := range b.live("NatGateways") {
		if !is(r.get("State"), "available", "") {
			b.gone[r.id] = true
			continue
		}
		for a := range r.get("NatGatewayAddresses").Items() {
			b.claimed[a.Get("NetworkInterfaceId").Text()] = true
		}
		why := b.appliance(r)
		switch {
		case why != "":
		case is(r.get("AvailabilityMode"), "regional") || r.text("SubnetId") == "":
			why = b.regionalNAT(r)
		default:
			why = b.zonalNAT(r)
		}
		if why != "" {
			b.leaveOut(r, why)
			b.vpcs[r.text("VpcId")].lose("NAT gateway " + r.id + " is not modelled")
		}
	}
}

// appliance names what is attached to a NAT gateway and judges what it
// carries.
func (b *builder) appliance(r *resource) string {
	for a := range r.get("AttachedAppliances").Items() {
		if !is(a.Get("AttachmentState"), "detached", "attach-failed") {
			return "an appliance is attached to it, of type " + a.Get("Type").Text()
		}
	}
	return ""
}

// natAddresses returns the addresses of a NAT gateway that serve, the primary
// one first.
func natAddresses(r *resource) []jsontree.Value {
	var out []jsontree.Value
	for a := range r.get("NatGatewayAddresses").Items() {
		switch {
		case is(a.Get("Status"), "failed", "assigning", "unassigning", "associating", "disassociating"):
		case a.Get("IsPrimary").IsTrue():
			out = append([]jsontree.Value{a}, out...)
		default:
			out = append(out, a)
		}
	}
	return out
}

// zonalNAT writes a NAT gateway in a subnet; why says what is missing.
func (b *builder) zonalNAT(r *resource) (why string) {
	subnet, list := r.text("SubnetId"), natAddresses(r)
	private := is(r.get("ConnectivityType"), "private")
	switch {
	case !b.usable("Subnets", subnet):
		return "its subnet " + subnet + " is not in the dump, or not modelled"
	case len(list) == 0:
		return "the dump does not say its private address"
	}
	for _, a := range list {
		switch {
		case a.Get("PrivateIp").Text() == "":
			return "the dump does not say its private address"
		case !private && a.Get("PublicIp").Text() == "":
			return "the dump does not say the public address of its " + a.Get("PrivateIp").Text()
		}
	}
	e := b.entry("nat_gateways", r.id, r.At())
	e.Set("subnet", doc.Str(b.name(subnet), r.get("SubnetId").At()))
	publics := doc.Map(r.At())
	for k, a := range list {
		at := a.Get("PrivateIp").At()
		own, public := a.Get("PrivateIp").Text(), a.Get("PublicIp")
		if k == 0 {
			e.Set("private_ip", doc.Str(own, at))
			copyText(e.Value, "public_ip", public)
			continue
		}
		e.Append("private_ips", doc.Str(own, at))
		if public.Text() != "" {
			publics.Set(own, doc.Str(public.Text(), public.At()))
		}
	}
	if len(publics.Pairs) > 0 {
		e.Set("public_ips", publics)
	}
	if private {
		e.Set("connectivity", doc.Str("private", r.At()))
	}
	return ""
}

// regionalNAT writes a NAT gateway in no subnet (NGW-19); why says what is
// missing.
func (b *builder) regionalNAT(r *resource) (why string) {
	id := r.get("VpcId")
	if v := b.vpcs[id.Text()]; v == nil || !v.usable {
		return "its VPC " + id.Text() + " is not in the dump, or not modelled"
	}
	zones := doc.Map(r.At())
	for _, a := range natAddresses(r) {
		public, zone := a.Get("PublicIp"), b.zone(a, r)
		switch {
		case public.Text() == "":
			continue
		case zone == "":
			return "the dump does not say in which zone it has address " + public.Text()
		}
		value := doc.Str(public.Text(), public.At())
		if old := zones.Get(zone); old == nil {
			zones.Set(zone, doc.ListOf(public.At(), value))
		} else {
			old.Items = append(old.Items, value)
		}
	}
	if len(zones.Pairs) == 0 {
		return "the dump does not say what addresses it has"
	}
	table := b.ownTable(r)
	if table != "" && !b.usable("RouteTables", table) {
		return "its route table " + table + " is not in the dump, or not modelled"
	}
	e := b.entry("nat_gateways", r.id, r.At())
	e.Set("availability_mode", doc.Str("regional", r.At())).Set("vpc", doc.Str(b.name(id.Text()), id.At())).Set("public_ips", zones)
	if table != "" {
		e.Set("route_table", doc.Str(b.name(table), r.At()))
	} else {
		b.info(r.At(), "assumed", "the dump does not hold the route table of regional NAT gateway %s; it is taken to be the one that AWS makes, with a default route to the internet gateway", quote(r.id))
	}
	return ""
}

// ownTable is the route table of a regional NAT gateway; "" where the dump
// does not say.
func (b *builder) ownTable(r *resource) string {
	if id := r.text("RouteTableId"); strings.HasPrefix(id, "rtb-") {
		return id
	}
	for _, t := range b.d.sorted("RouteTables") {
		for a := range t.all("Associations") {
			if a.Get("GatewayId").Text() == r.id {
				return t.id
			}
		}
	}
	return ""
}

// zone names an Availability Zone as the subnets do: by its id where the dump
// is of several accounts, whose letters differ, else by its name.
func (b *builder) zone(v jsontree.Value, in *resource) string {
	name, id := v.Get("AvailabilityZone").Text(), v.Get("AvailabilityZoneId").Text()
	for _, s := range slices.Concat(b.d.lists["AvailabilityZones"], b.d.lists["Subnets"]) {
		n, i := s.text("ZoneName"), s.id
		if s.kind.list == "Subnets" {
			n, i = s.text("AvailabilityZone"), s.text("AvailabilityZoneId")
		}
		if n == "" || i == "" || s.account != in.account {
			continue
		}
		if name == "" && i == id {
			name = n
		}
		if id == "" && n == name {
			id = i
		}
	}
	if b.severalAccounts() && id != "" {
		return id
	}
	return name
}
