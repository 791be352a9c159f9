package awsjson

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// writeCarriers writes the carrier gateways (MISC-3).
func (b *builder) writeCarriers() {
	for _, r := range b.live("CarrierGateways") {
		if !is(r.get("State"), "available", "") {
			b.gone[r.id] = true
			continue
		}
		b.gatewayOf("carrier_gateways", r)
	}
}

// writeLocals writes the local gateways of Outposts, each with the one route
// table that VPCs are associated with (MISC-4).
func (b *builder) writeLocals() {
	for _, r := range b.live("LocalGateways") {
		if !is(r.get("State"), "available", "") {
			b.gone[r.id] = true
			continue
		}
		table, vpcs, why := b.localTable(r)
		if why != "" {
			b.leaveOut(r, why)
			continue
		}
		e := b.entry("local_gateways", r.id, r.At())
		for _, id := range vpcs {
			if v := b.vpcs[id.Text()]; v != nil && v.usable {
				e.Append("vpcs", doc.Str(b.name(v.id), id.At()))
			} else {
				b.info(id.At(), "not-in-dump", "VPC %s, which is associated with local gateway %s, is not in the dump", quote(id.Text()), quote(r.id))
			}
		}
		copyText(e.Value, "outpost", r.get("OutpostArn"))
		if table == nil {
			continue
		}
		copyText(e.Value, "mode", table.get("Mode"))
		b.premises(r, table)
	}
}

// localTable returns the route table of a local gateway that counts, nil for
// none, and the VPCs that are associated with it; why says what is missing.
func (b *builder) localTable(r *resource) (table *resource, vpcs []jsontree.Value, why string) {
	for _, call := range []struct{ list, call string }{{"LocalGatewayRouteTables", "describe-local-gateway-route-tables"},
		{"LocalGatewayRouteTableVpcAssociations", "describe-local-gateway-route-table-vpc-associations"}} {
		if !b.d.has(call.list, r.region) {
			return nil, nil, "its route tables are not in the dump (aws ec2 " + call.call + ")"
		}
	}
	id := ""
	for _, a := range b.d.sorted("LocalGatewayRouteTableVpcAssociations") {
		if a.text("LocalGatewayId") != r.id || is(a.get("State"), "disassociated", "disassociating", "deleted", "deleting", "failed") {
			continue
		}
		if id != "" && id != a.text("LocalGatewayRouteTableId") {
			return nil, nil, "VPCs are associated with several of its route tables, of which vpcpath models one"
		}
		id = a.text("LocalGatewayRouteTableId")
		vpcs = append(vpcs, a.get("VpcId"))
	}
	if id == "" {
		return nil, nil, ""
	}
	if table = b.d.find("LocalGatewayRouteTables", id); table == nil {
		return nil, nil, "its route table " + id + " is not in the dump (aws ec2 describe-local-gateway-route-tables)"
	}
	return table, vpcs, ""
}

// premises writes the network that a local gateway's table leads to: what its
// static routes name. A default route names nothing, and what lies in a VPC's
// blocks may be behind another local gateway.
func (b *builder) premises(gateway, table *resource) {
	routes := b.d.find("LocalGatewayRoutes", table.id)
	if routes == nil {
		b.info(table.At(), "not-in-dump", "the routes of local gateway route table %s are not in the dump (aws ec2 search-local-gateway-routes); what is behind local gateway %s is unknown", quote(table.id), quote(gateway.id))
		return
	}
	cidrs := doc.ListOf(routes.At())
	for route := range routes.all("Routes") {
		if route.Get("LocalGatewayVirtualInterfaceGroupId").Text() == "" || !is(route.Get("State"), "active", "") {
			continue
		}
		list := []jsontree.Value{route.Get("DestinationCidrBlock")}
		if id := route.Get("DestinationPrefixListId").Text(); id != "" {
			list = b.cidrsOf(id)
		}
		for _, c := range list {
			p, err := netip.ParsePrefix(c.Text())
			if err != nil || p.Bits() == 0 || b.inSomeVPC(p) || slices.ContainsFunc(cidrs.Items, func(o *doc.Value) bool { return o.Text == c.Text() }) {
				continue
			}
			cidrs.Items = append(cidrs.Items, doc.Str(c.Text(), c.At()))
		}
	}
	id := gateway.id + ".premises"
	if len(cidrs.Items) == 0 || b.refused[id] != "" {
		return
	}
	b.names[id] = b.name(gateway.id) + ".premises"
	e := b.entry("external_networks", id, routes.At())
	e.Set("cidrs", cidrs).Set("behind", doc.Str(b.name(gateway.id), routes.At()))
}

func (b *builder) inSomeVPC(p netip.Prefix) bool {
	for _, v := range b.vpcs {
		for _, c := range append(slices.Clone(v.cidrs), v.v6...) {
			if block, err := netip.ParsePrefix(c.Text()); err == nil && block.Overlaps(p) {
				return true
			}
		}
	}
	return false
}
