package cloudformation

import (
	"strconv"

	"github.com/vpcpath/vpcpath/internal/doc"
)

func itoa(n int) string          { return strconv.Itoa(n) }
func atoi(s string) (int, error) { return strconv.Atoi(s) }

func (w *writer) vpnConnection(r *resource) {
	e := w.entry("vpn_connections", r)
	property := "VpnGatewayId"
	if r.get("TransitGatewayId").kind != absent {
		property = "TransitGatewayId"
	}
	w.link(e.Value, "gateway", r, property)
	routing := "bgp"
	if isTrue(r.get("StaticRoutesOnly")) {
		routing = "static"
	}
	e.Set("routing", doc.Str(routing, r.at))
	// AWS attaches a connection of a transit gateway by itself.
	if to, ok := r.get("TransitGatewayId").ref(); ok && to.to.typ == "AWS::EC2::TransitGateway" {
		a := w.draft.Add("transit_gateway_attachments", r.shown+".attachment", r.at)
		a.Set("transit_gateway", doc.Str(to.to.shown, r.at)).Set("vpn_connection", doc.Str(r.shown, r.at))
		w.defaultTables(a.Value, to.to)
	}
}

func (w *writer) vpnConnectionRoute(r *resource) {
	e := w.of(r, "VpnConnectionId")
	if e == nil {
		return
	}
	if s, ok := w.literal(r, "DestinationCidrBlock"); ok {
		e.Append("routes", doc.Str(s, r.at))
	}
}

// transitGateway makes the default route table too, unless it is turned off.
func (w *writer) transitGateway(r *resource) {
	e := w.entry("transit_gateways", r)
	if s, _ := r.get("SecurityGroupReferencingSupport").text(); s == "enable" {
		e.Set("security_group_referencing", doc.Bool(true, r.at))
	}
	if w.defaultTable(r, "DefaultRouteTableAssociation") != "" || w.defaultTable(r, "DefaultRouteTablePropagation") != "" {
		w.draft.Add("transit_gateway_route_tables", r.shown+".default_route_table", r.at).Set("transit_gateway", doc.Str(r.shown, r.at))
	}
}

// defaultTable is the name of a transit gateway's default table, "" where the
// setting is off.
func (w *writer) defaultTable(gateway *resource, setting string) string {
	if s, _ := gateway.get(setting).text(); s == "disable" {
		return ""
	}
	return gateway.shown + ".default_route_table"
}

func (w *writer) transitAttachment(r *resource) {
	e := w.entry("transit_gateway_attachments", r)
	w.link(e.Value, "transit_gateway", r, "TransitGatewayId")
	w.link(e.Value, "vpc", r, "VpcId")
	for _, s := range r.get("SubnetIds").each() {
		e.Append("subnets", doc.Str(w.target(r, "SubnetIds", s), s.at))
	}
	options := r.get("Options")
	if s, _ := options.get("ApplianceModeSupport").text(); s == "enable" {
		e.Set("appliance_mode", doc.Bool(true, r.at))
	}
	if s, _ := options.get("SecurityGroupReferencingSupport").text(); s == "enable" {
		e.Set("security_group_referencing", doc.Bool(true, r.at))
	}
	gateway, ok := r.get("TransitGatewayId").ref()
	if !ok || gateway.to.typ != "AWS::EC2::TransitGateway" {
		return
	}
	w.defaultTables(e.Value, gateway.to)
}

// defaultTables associates an attachment with the default tables.
func (w *writer) defaultTables(e *doc.Value, gateway *resource) {
	if t := w.defaultTable(gateway, "DefaultRouteTableAssociation"); t != "" {
		e.Set("route_table", doc.Str(t, gateway.at))
	}
	if t := w.defaultTable(gateway, "DefaultRouteTablePropagation"); t != "" {
		e.Append("propagates_to", doc.Str(t, gateway.at))
	}
}

func (w *writer) transitTable(r *resource) {
	w.link(w.entry("transit_gateway_route_tables", r).Value, "transit_gateway", r, "TransitGatewayId")
}

func (w *writer) associateTransit(r *resource) {
	if e := w.of(r, "TransitGatewayAttachmentId"); e != nil {
		w.link(e.Value, "route_table", r, "TransitGatewayRouteTableId")
	}
}

func (w *writer) propagateTransit(r *resource) {
	if e := w.of(r, "TransitGatewayAttachmentId"); e != nil {
		e.Append("propagates_to", doc.Str(w.target(r, "TransitGatewayRouteTableId", r.get("TransitGatewayRouteTableId")), r.at))
	}
}

func (w *writer) transitRoute(r *resource) {
	e := w.of(r, "TransitGatewayRouteTableId")
	if e == nil {
		return
	}
	destination, ok := w.literal(r, "DestinationCidrBlock")
	if !ok {
		return
	}
	target := "blackhole"
	if !isTrue(r.get("Blackhole")) {
		target = w.target(r, "TransitGatewayAttachmentId", r.get("TransitGatewayAttachmentId"))
	}
	w.draft.Route(e.Name, destination, target, false, r.at)
}
