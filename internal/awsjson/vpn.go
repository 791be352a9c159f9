package awsjson

import (
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// writeVPNs writes the VPN connections. What a gateway has learned by BGP
// stands in the tables that it propagates into.
func (b *builder) writeVPNs() {
	for _, r := range b.live("VpnConnections") {
		if !is(r.get("State"), "available", "") {
			b.gone[r.id] = true
			continue
		}
		gateway := r.get("VpnGatewayId")
		if gateway.Text() == "" {
			gateway = r.get("TransitGatewayId")
		}
		if s := b.entered[b.name(gateway.Text())]; s != "vpn_gateways" && s != "transit_gateways" {
			b.leaveOut(r, "its gateway "+gateway.Text()+" is not in the dump, or not modelled")
			continue
		}
		e := b.entry("vpn_connections", r.id, r.At())
		e.Set("gateway", doc.Str(b.name(gateway.Text()), gateway.At()))
		e.Set("routing", doc.Str(map[bool]string{true: "static", false: "bgp"}[static(r)], r.At()))
		seen := map[string]bool{}
		add := func(c jsontree.Value) {
			if c.Text() != "" && !seen[c.Text()] {
				seen[c.Text()] = true
				e.Append("routes", doc.Str(c.Text(), c.At()))
			}
		}
		for _, c := range staticRoutes(r) {
			add(c)
		}
		if static(r) {
			continue
		}
		for _, c := range append(b.learnedBy(gateway.Text(), r.id), b.searchedFrom("vpn", r.id)...) {
			add(c)
		}
	}
}

func static(r *resource) bool { return r.get("Options", "StaticRoutesOnly").IsTrue() }

// staticRoutes lists the routes of a connection that somebody has written.
func staticRoutes(r *resource) []jsontree.Value {
	var out []jsontree.Value
	for route := range r.get("Routes").Items() {
		if is(route.Get("State"), "available", "") {
			out = append(out, route.Get("DestinationCidrBlock"))
		}
	}
	return out
}

// behind returns what is behind a VPN gateway: the ids of what learns by BGP,
// and the number of static connections. A connection whose tunnels have
// accepted no route has learned none.
func (b *builder) behind(gateway string) (bgp []string, statics int) {
	for _, r := range b.d.sorted("VpnConnections") {
		switch {
		case r.text("VpnGatewayId") != gateway || !is(r.get("State"), "available", ""):
		case static(r):
			statics++
		case !silent(r):
			bgp = append(bgp, r.id)
		}
	}
	for _, d := range b.directsOf(gateway) {
		bgp = append(bgp, d.id)
	}
	return bgp, statics
}

// silent reports whether a connection with BGP has learned nothing, by what
// AWS says of its tunnels.
func silent(r *resource) bool {
	tunnels := 0
	for t := range r.get("VgwTelemetry").Items() {
		n, ok := t.Get("AcceptedRouteCount").Int()
		if !ok || n > 0 {
			return false
		}
		tunnels++
	}
	return tunnels > 0
}

// learnedBy lists what a connection or Direct Connect gateway has told a VPN
// gateway by BGP: what this propagates, less the routes of its static
// connections. judgeVPNGateways has seen to it that nothing else is behind it.
func (b *builder) learnedBy(gateway, id string) []jsontree.Value {
	if bgp, _ := b.behind(gateway); len(bgp) != 1 || bgp[0] != id {
		return nil
	}
	written := map[string]bool{}
	for _, r := range b.d.lists["VpnConnections"] {
		if r.text("VpnGatewayId") == gateway && is(r.get("State"), "available", "") && static(r) {
			for _, c := range staticRoutes(r) {
				written[c.Text()] = true
			}
		}
	}
	var out []jsontree.Value
	for _, c := range b.propagatedBy(gateway) {
		if !written[c.Text()] {
			out = append(out, c)
		}
	}
	return out
}

// searchedFrom lists the routes that transit gateways have learned from a
// resource, by its type and id.
func (b *builder) searchedFrom(kind, id string) []jsontree.Value {
	var out []jsontree.Value
	for _, t := range b.d.sorted("TransitGatewayRouteTables") {
		for x := range b.searched(t.id) {
			for a := range x.Get("TransitGatewayAttachments").Items() {
				if x.Get("Type").Text() == "propagated" && a.Get("ResourceId").Text() == id && is(a.Get("ResourceType"), kind, "") {
					out = append(out, x.Get("DestinationCidrBlock"))
				}
			}
		}
	}
	return out
}

// propagatedBy lists what a VPN gateway has told the route tables.
func (b *builder) propagatedBy(gateway string) []jsontree.Value {
	var out []jsontree.Value
	for _, t := range b.d.sorted("RouteTables") {
		for route := range t.get("Routes").Items() {
			if route.Get("GatewayId").Text() == gateway && route.Get("Origin").Text() == "EnableVgwRoutePropagation" {
				for _, key := range []string{"DestinationCidrBlock", "DestinationIpv6CidrBlock"} {
					if c := route.Get(key); c.Text() != "" {
						out = append(out, c)
					}
				}
			}
		}
	}
	return out
}

// propagatesToTable reports whether a VPN gateway tells some table of the dump what
// it knows.
func (b *builder) propagatesToTable(gateway string) bool {
	for _, t := range b.d.lists["RouteTables"] {
		for v := range t.all("PropagatingVgws") {
			if v.Get("GatewayId").Text() == gateway {
				return true
			}
		}
	}
	return len(b.propagatedBy(gateway)) > 0
}

// judgeVPNGateways leaves out the gateways of which the dump does not say what
// is behind them.
func (b *builder) judgeVPNGateways() {
	for _, g := range b.d.sorted("VpnGateways") {
		bgp, statics := b.behind(g.id)
		tells := b.propagatesToTable(g.id)
		switch {
		case b.refused[g.id] != "" || attachedTo(g).Text() == "":
		case b.refusedBehind(g.id) != "":
			b.refused[g.id] = "what is behind it is not modelled: " + b.refusedBehind(g.id)
		case !b.directKnown() && len(bgp)+statics == 0 && (tells || b.routesLeadTo(g.id)):
			b.refused[g.id] = "the dump does not say what is behind it: it holds no VPN connection of it, and no Direct Connect (aws directconnect describe-direct-connect-gateway-associations, describe-virtual-interfaces)"
		case len(bgp)+statics == 0 && len(b.propagatedBy(g.id)) > 0:
			b.refused[g.id] = "it propagates routes, and the dump holds nothing behind it that it could have learned them from"
		case len(bgp) > 0 && !tells:
			b.refused[g.id] = "the dump does not say what it has learned by BGP: it propagates into no route table"
		case len(bgp) > 1:
			b.refused[g.id] = "it has several connections with BGP, and the dump does not say which has learned what"
		}
	}
}

// refusedBehind names a connection or Direct Connect gateway of a VPN gateway
// that is not modelled; "" for none.
func (b *builder) refusedBehind(gateway string) string {
	for _, r := range b.d.sorted("VpnConnections") {
		if r.text("VpnGatewayId") == gateway && is(r.get("State"), "available", "") && b.refused[r.id] != "" {
			return r.id
		}
	}
	for _, d := range b.directsOf(gateway) {
		if b.refused[d.id] != "" {
			return d.id
		}
	}
	return ""
}

func (b *builder) routesLeadTo(gateway string) bool {
	for _, t := range b.d.lists["RouteTables"] {
		for route := range t.get("Routes").Items() {
			if route.Get("GatewayId").Text() == gateway {
				return true
			}
		}
	}
	return false
}
