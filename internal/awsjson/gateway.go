package awsjson

import (
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// attachedTo returns the VPC that a gateway is attached to.
func attachedTo(r *resource) jsontree.Value {
	for _, key := range []string{"Attachments", "VpcAttachments"} {
		for a := range r.get(key).Items() {
			if s := a.Get("State"); !s.Exists() || is(s, "attached", "available", "attaching") {
				return a.Get("VpcId")
			}
		}
	}
	return jsontree.Value{}
}

// judgePublicAccess leaves out the gateways to the internet of VPCs whose
// public access is blocked, which the importer does not model (IGW-16).
func (b *builder) judgePublicAccess() {
	modes := map[string]string{}
	for _, s := range b.d.lists["Subnets"] {
		if m := s.get("BlockPublicAccessStates", "InternetGatewayBlockMode"); m.Text() != "" && !is(m, "off") {
			modes[s.text("VpcId")] = m.Text()
		}
	}
	for id, v := range b.vpcs {
		for _, region := range []string{v.region, ""} {
			if m, on := b.d.blocked[region]; on && modes[id] == "" {
				modes[id] = m.Text()
			}
		}
	}
	for _, list := range []string{"InternetGateways", "EgressOnlyInternetGateways"} {
		for _, r := range b.d.lists[list] {
			if m := modes[attachedTo(r).Text()]; m != "" && b.refused[r.id] == "" {
				b.refused[r.id] = "VPC Block Public Access is on (" + m + "), and is not modelled"
			}
		}
	}
}

// writeGateways writes the gateways of VPCs.
func (b *builder) writeGateways() {
	for _, g := range []struct{ list, section string }{
		{"InternetGateways", "internet_gateways"}, {"EgressOnlyInternetGateways", "egress_only_internet_gateways"}, {"VpnGateways", "vpn_gateways"},
	} {
		for _, r := range b.live(g.list) {
			e := b.entry(g.section, r.id, r.At())
			if id := attachedTo(r); id.Text() != "" {
				if v := b.vpcs[id.Text()]; v != nil && v.usable {
					e.Set("vpc", doc.Str(b.name(v.id), id.At()))
				} else {
					b.info(id.At(), "not-in-dump", "%s %s is attached to VPC %s, which is not in the dump", r.kind.words, quote(r.id), quote(id.Text()))
				}
			}
		}
	}
	b.writeNATs()
}

// inferGateway makes a gateway that a dump does not list out of an active
// route to it, which says that it is attached to the table's VPC.
func (b *builder) inferGateway(list, section, call string, id jsontree.Value, vpcID string) {
	if b.ids[id.Text()] || b.d.find(list, id.Text()) != nil {
		return
	}
	e := b.entry(section, id.Text(), id.At())
	e.Set("vpc", doc.Str(b.name(vpcID), id.At()))
	b.info(id.At(), "assumed", "%s %s is not in the dump (aws ec2 %s); an active route leads to it, so it is attached to VPC %s", kindOf(list).words, quote(id.Text()), call, quote(vpcID))
}

// writeNATs writes the NAT gateways, which have their interfaces in them.
func (b *builder) writeNATs() {
	for _, r := range b.live("NatGateways") {
		if !is(r.get("State"), "available", "") {
			b.gone[r.id] = true
			continue
		}
		var primary jsontree.Value
		for a := range r.get("NatGatewayAddresses").Items() {
			if !primary.Exists() || a.Get("IsPrimary").IsTrue() {
				primary = a
			}
			b.claimed[a.Get("NetworkInterfaceId").Text()] = true
		}
		subnet := r.text("SubnetId")
		switch {
		case r.text("AvailabilityMode") == "regional" || subnet == "":
			b.leaveOut(r, "it is a regional NAT gateway")
		case !b.usable("Subnets", subnet):
			b.leaveOut(r, "its subnet "+subnet+" is not in the dump, or not modelled")
		case r.get("NatGatewayAddresses").Len() > 1:
			b.leaveOut(r, "it has several addresses, of which AWS picks one for each connection")
		case primary.Get("PrivateIp").Text() == "":
			b.leaveOut(r, "the dump does not say its private address")
		default:
			e := b.entry("nat_gateways", r.id, r.At())
			e.Set("subnet", doc.Str(b.name(subnet), r.get("SubnetId").At()))
			copyText(e, "private_ip", primary.Get("PrivateIp"))
			copyText(e, "public_ip", primary.Get("PublicIp"))
			if is(r.get("ConnectivityType"), "private") {
				e.Set("connectivity", doc.Str("private", r.At()))
			}
			continue
		}
		b.vpcs[r.text("VpcId")].lose("NAT gateway " + r.id + " is not modelled")
	}
}

// writePeerings writes the connections that carry traffic; the others are no
// more than their names to a route.
func (b *builder) writePeerings() {
	for _, r := range b.live("VpcPeeringConnections") {
		if !is(r.get("Status"), "active") {
			b.gone[r.id] = true
			continue
		}
		a, c := r.get("RequesterVpcInfo", "VpcId"), r.get("AccepterVpcInfo", "VpcId")
		for _, side := range []jsontree.Value{a, c} {
			if v := b.vpcs[side.Text()]; v == nil || !v.usable {
				b.leaveOut(r, "VPC "+side.Text()+" has no blocks in the dump")
			}
		}
		if b.ids[r.id] {
			continue
		}
		e := b.entry("peering_connections", r.id, r.At())
		e.Set("requester", doc.Str(b.name(a.Text()), a.At())).Set("accepter", doc.Str(b.name(c.Text()), c.At()))
	}
}
