package awsjson

import (
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// writeVPNs writes the VPN connections. What a gateway has learned by BGP
// stands in the tables that it propagates into.
func (b *builder) writeVPNs() {
	onGateway := map[string]int{}
	for _, r := range b.d.lists["VpnConnections"] {
		if is(r.get("State"), "available", "") {
			onGateway[r.text("VpnGatewayId")]++
		}
	}
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
		static := r.get("Options", "StaticRoutesOnly").IsTrue()
		e.Set("routing", doc.Str(map[bool]string{true: "static", false: "bgp"}[static], r.At()))
		seen := map[string]bool{}
		add := func(c jsontree.Value) {
			if c.Text() != "" && !seen[c.Text()] {
				seen[c.Text()] = true
				e.Append("routes", doc.Str(c.Text(), c.At()))
			}
		}
		for route := range r.get("Routes").Items() {
			if is(route.Get("State"), "available", "") {
				add(route.Get("DestinationCidrBlock"))
			}
		}
		if static {
			continue
		}
		if onGateway[gateway.Text()] == 1 {
			for _, c := range b.propagatedBy(gateway.Text()) {
				add(c)
			}
		}
		for _, t := range b.d.sorted("TransitGatewayRouteTables") {
			for x := range b.searched(t.id) {
				for a := range x.Get("TransitGatewayAttachments").Items() {
					if x.Get("Type").Text() == "propagated" && a.Get("ResourceId").Text() == r.id {
						add(x.Get("DestinationCidrBlock"))
					}
				}
			}
		}
	}
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

// judgeVPNGateways leaves out the gateways of which the dump does not say what
// is behind them: Direct Connect, or sites that nothing has been learned from.
func (b *builder) judgeVPNGateways() {
	for _, g := range b.d.sorted("VpnGateways") {
		connections, bgp := 0, 0
		for _, r := range b.d.lists["VpnConnections"] {
			if r.text("VpnGatewayId") == g.id && is(r.get("State"), "available", "") {
				connections++
				if !r.get("Options", "StaticRoutesOnly").IsTrue() {
					bgp++
				}
			}
		}
		learned := len(b.propagatedBy(g.id)) > 0
		switch {
		case b.refused[g.id] != "" || attachedTo(g).Text() == "":
		case connections == 0 && (learned || b.routesLeadTo(g.id)):
			b.refused[g.id] = "the dump does not say what is behind it: it holds no VPN connection of it, and Direct Connect is not read"
		case bgp > 0 && !learned:
			b.refused[g.id] = "the dump does not say what it has learned by BGP: it propagates into no route table"
		case bgp > 0 && connections > 1:
			b.refused[g.id] = "it has several VPN connections with BGP, and the dump does not say which has learned what"
		}
	}
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
