package cloudformation

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/doc"
)

func (w *writer) routeTable(r *resource) {
	w.link(w.entry("route_tables", r).Value, "vpc", r, "VpcId")
}

// targets are the properties that name what a route leads to.
var targets = []string{"GatewayId", "NatGatewayId", "NetworkInterfaceId", "InstanceId", "TransitGatewayId", "VpcPeeringConnectionId",
	"EgressOnlyInternetGatewayId", "VpcEndpointId", "CarrierGatewayId", "LocalGatewayId", "CoreNetworkArn"}

func (w *writer) route(r *resource) {
	e := w.of(r, "RouteTableId")
	if e == nil {
		return
	}
	destination, ok := w.destination(r)
	if !ok {
		return
	}
	i := slices.IndexFunc(targets, func(p string) bool { return r.get(p).kind != absent })
	if i < 0 {
		w.missing(r, "a target as GatewayId", value{at: r.at})
		return
	}
	w.draft.Route(e.Name, destination, w.target(r, targets[i], r.get(targets[i])), false, r.at)
}

// destination is what a route is for: a CIDR or the name of a prefix list.
func (w *writer) destination(r *resource) (string, bool) {
	for _, p := range []string{"DestinationCidrBlock", "DestinationIpv6CidrBlock"} {
		if r.get(p).kind != absent {
			return w.literal(r, p)
		}
	}
	if v := r.get("DestinationPrefixListId"); v.kind != absent {
		return w.target(r, "DestinationPrefixListId", v), true
	}
	w.missing(r, "DestinationCidrBlock", value{at: r.at})
	return "", false
}

func (w *writer) associateTable(r *resource) {
	if e := w.of(r, "SubnetId"); e != nil {
		w.link(e.Value, "route_table", r, "RouteTableId")
	}
}

func (w *writer) associateGateway(r *resource) {
	if e := w.of(r, "RouteTableId"); e != nil {
		e.Append("edge_associations", doc.Str(w.target(r, "GatewayId", r.get("GatewayId")), r.at))
	}
}

func (w *writer) propagate(r *resource) {
	gateway := w.target(r, "VpnGatewayId", r.get("VpnGatewayId"))
	for i, v := range r.get("RouteTableIds").each() {
		name := w.target(r, "RouteTableIds", v)
		if e := w.draft.Entry(name); e != nil && w.draft.Section(name) == "route_tables" {
			e.Append("propagating_gateways", doc.Str(gateway, r.get("RouteTableIds").each()[i].at))
		}
	}
}

func (w *writer) prefixList(r *resource) {
	e := w.entry("prefix_lists", r)
	for _, item := range r.get("Entries").each() {
		if s, ok := item.get("Cidr").text(); ok {
			e.Append("cidrs", doc.Str(s, item.at))
			continue
		}
		w.missing(r, "Entries", item.get("Cidr"))
	}
	if r.get("Entries").kind == absent {
		e.Set("cidrs", doc.ListOf(r.at))
	}
}
