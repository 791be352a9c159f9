package awsjson

import (
	"github.com/vpcpath/vpcpath/internal/diag"
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
	return r.get("VpcId") // of a carrier gateway
}

// writeGateways writes the gateways of VPCs.
func (b *builder) writeGateways() {
	for _, g := range []struct{ list, section string }{
		{"InternetGateways", "internet_gateways"}, {"EgressOnlyInternetGateways", "egress_only_internet_gateways"}, {"VpnGateways", "vpn_gateways"},
	} {
		for _, r := range b.live(g.list) {
			e := b.gatewayOf(g.section, r)
			b.setUnsure(e, r.id, r.kind.words, r.At())
		}
	}
	b.writeCarriers()
	b.writeNATs()
}

// gatewayOf writes a gateway that is attached to a VPC, or to none.
func (b *builder) gatewayOf(section string, r *resource) *doc.Entry {
	e := b.entry(section, r.id, r.At())
	id := attachedTo(r)
	v := b.vpcs[id.Text()]
	switch {
	case id.Text() == "":
		return e
	case v != nil && v.usable:
		e.Set("vpc", doc.Str(b.name(v.id), id.At()))
		return e
	}
	b.info(id.At(), "not-in-dump", "%s %s is attached to VPC %s, which is not in the dump", r.kind.words, quote(r.id), quote(id.Text()))
	return e
}

// doubt says of an internet gateway why nobody knows what it does. It stays
// the gateway of its VPC, so that the internet is not out of reach.
func (b *builder) doubt(id, why string) {
	if b.unsure[id] == "" && b.refused[id] == "" {
		b.unsure[id] = why
	}
}

func (b *builder) setUnsure(e *doc.Entry, id, words string, at diag.Pos) {
	if why := b.unsure[id]; why != "" {
		e.Set("not_modelled", doc.Str(why, at))
		b.warn(at, "not-modelled", "%s %s is not modelled: %s; verdicts that depend on it are unknown", words, quote(id), why)
	}
}

// inferGateway makes a gateway that a dump does not list out of an active
// route to it, which says that it is attached to the table's VPC.
func (b *builder) inferGateway(list, section, call string, id jsontree.Value, vpcID string) {
	if b.ids[id.Text()] || b.d.find(list, id.Text()) != nil {
		return
	}
	e := b.entry(section, id.Text(), id.At())
	e.Set("vpc", doc.Str(b.name(vpcID), id.At()))
	b.setUnsure(e, id.Text(), kindOf(list).words, id.At())
	b.info(id.At(), "assumed", "%s %s is not in the dump (aws ec2 %s); an active route leads to it, so it is attached to VPC %s", kindOf(list).words, quote(id.Text()), call, quote(vpcID))
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
