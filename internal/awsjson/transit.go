package awsjson

import (
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// writeTransits writes transit gateways, their tables and attachments.
func (b *builder) writeTransits() {
	for _, r := range b.live("TransitGateways") {
		if !is(r.get("State"), "available", "modifying", "") {
			b.gone[r.id] = true
			continue
		}
		e := b.entry("transit_gateways", r.id, r.At())
		if is(r.get("Options", "SecurityGroupReferencingSupport"), "enable") {
			e.Set("security_group_referencing", doc.Bool(true, r.At()))
		}
		if is(r.get("Options", "VpnEcmpSupport"), "disable") {
			e.Set("vpn_ecmp_support", doc.Bool(false, r.At()))
		}
	}
	b.writeVPNs()
	b.writeDirect()
	b.transitTables = map[string]*doc.Entry{}
	for _, r := range b.live("TransitGatewayRouteTables") {
		if !is(r.get("State"), "available", "") {
			b.gone[r.id] = true
			continue
		}
		switch gw := r.get("TransitGatewayId"); {
		case b.entered[b.name(gw.Text())] != "transit_gateways":
			b.leaveOut(r, "transit gateway "+gw.Text()+" is not in the dump")
		case b.d.find("TransitGatewayStaticRoutes", r.id) == nil:
			b.leaveOut(r, "its routes are not in the dump (aws ec2 search-transit-gateway-routes)")
		default:
			e := b.entry("transit_gateway_route_tables", r.id, r.At())
			e.Set("transit_gateway", doc.Str(b.name(gw.Text()), gw.At()))
			b.transitTables[r.id] = e
		}
	}
	b.writeAttachments()
	for _, r := range b.live("TransitGatewayRouteTables") {
		if e := b.transitTables[r.id]; e != nil {
			b.transitRoutes(r, e)
		}
	}
}

// attachmentKey is the id of an attachment, which two gateways that are peered
// share.
func attachmentKey(id, gateway string, peering bool) string {
	if peering {
		return id + "@" + gateway
	}
	return id
}

// peers reports whether a type of attachment joins two transit gateways.
func peers(kind jsontree.Value) bool { return is(kind, "peering", "tgw-peering") }

func (b *builder) writeAttachments() {
	done := map[string]bool{}
	for _, connect := range []bool{false, true} { // what carries one comes before it
		for _, list := range []string{"TransitGatewayAttachments", "TransitGatewayVpcAttachments"} {
			for _, r := range b.live(list) {
				if done[r.id] || is(r.get("ResourceType"), "connect") != connect {
					continue
				}
				done[r.id] = true
				if !is(r.get("State"), "available", "modifying", "") {
					b.gone[r.id] = true
					continue
				}
				b.attachment(r)
			}
		}
	}
}

func (b *builder) attachment(r *resource) {
	gateway := r.get("TransitGatewayId")
	if b.entered[b.name(gateway.Text())] != "transit_gateways" {
		b.leaveOut(r, "transit gateway "+gateway.Text()+" is not in the dump")
		return
	}
	kind, behind := r.text("ResourceType"), r.text("ResourceId")
	if kind == "" {
		kind, behind = "vpc", r.text("VpcId")
	}
	at := r.At()
	value := doc.Map(at).Set("transit_gateway", doc.Str(b.name(gateway.Text()), gateway.At()))
	switch kind {
	case "vpc":
		full := b.d.find("TransitGatewayVpcAttachments", r.id)
		v := b.vpcs[behind]
		switch {
		case v == nil || !v.usable:
			b.leaveOut(r, "VPC "+behind+" is not in the dump")
			return
		case full == nil || full.get("SubnetIds").Len() == 0:
			b.leaveOut(r, "its subnets are not in the dump (aws ec2 describe-transit-gateway-vpc-attachments)")
			return
		}
		value.Set("vpc", doc.Str(b.name(behind), at))
		for s := range full.get("SubnetIds").Items() {
			if !b.usable("Subnets", s.Text()) {
				b.leaveOut(r, "its subnet "+s.Text()+" is not in the dump, or not modelled")
				return
			}
			value.Append("subnets", doc.Str(b.name(s.Text()), s.At()))
		}
		if is(full.get("Options", "ApplianceModeSupport"), "enable") {
			value.Set("appliance_mode", doc.Bool(true, at))
		}
		if is(full.get("Options", "SecurityGroupReferencingSupport"), "enable") {
			value.Set("security_group_referencing", doc.Bool(true, at))
		}
	case "vpn":
		if b.entered[b.name(behind)] != "vpn_connections" {
			b.leaveOut(r, "VPN connection "+behind+" is not in the dump, or not modelled")
			return
		}
		value.Set("vpn_connection", doc.Str(b.name(behind), at))
	case "peering", "tgw-peering":
		other := b.otherGateway(strings.SplitN(r.id, "@", 2)[0], gateway.Text(), behind)
		if b.entered[b.name(other)] != "transit_gateways" {
			b.leaveOut(r, "the transit gateway at its other end, "+other+", is not in the dump")
			return
		}
		value.Set("peer", doc.Str(b.name(other), at))
	case "direct-connect-gateway":
		if why := b.noDirect(behind, gateway.Text()); why != "" {
			b.leaveOut(r, why)
			return
		}
		value.Set("direct_connect_gateway", doc.Str(b.name(behind), at))
	case "connect":
		carrier := b.d.find("TransitGatewayConnects", r.id).orNone("TransportTransitGatewayAttachmentId")
		if carrier.Text() == "" {
			b.leaveOut(r, "the attachment that carries it is not in the dump (aws ec2 describe-transit-gateway-connects)")
			return
		}
		if b.entered[b.name(carrier.Text())] != "transit_gateway_attachments" {
			b.leaveOut(r, "the attachment that carries it, "+carrier.Text()+", is not in the dump, or not modelled")
			return
		}
		value.Set("connect", doc.Str(b.name(carrier.Text()), carrier.At()))
		for _, c := range b.learnedOver(r.id) {
			value.Append("routes", doc.Str(c.Text(), c.At()))
		}
	default:
		b.leaveOut(r, "attachments of type "+kind+" are not modelled")
		return
	}
	if t := b.association(r); t != nil {
		value.Set("route_table", t)
	}
	for _, id := range b.propagates(r.id) {
		value.Append("propagates_to", doc.Str(b.name(id), at))
	}
	if kind == "vpc" {
		b.attached[gateway.Text()+" "+behind] = true
	}
	e := b.entry("transit_gateway_attachments", r.id, at)
	id := e.Get("id")
	if e.Value = value; id != nil && !strings.Contains(r.id, "@") {
		e.Set("id", id)
	}
}

// noDirect says why an attachment to a Direct Connect gateway cannot be
// modelled: what is announced of the transit gateway stands in the association.
func (b *builder) noDirect(id, gateway string) string {
	const call = " (aws directconnect describe-direct-connect-gateway-associations)"
	d := b.directs[id]
	switch {
	case d == nil || b.entered[b.name(id)] != "direct_connect_gateways":
		return "Direct Connect gateway " + id + " is not in the dump" + call
	case !slices.ContainsFunc(d.allowed, func(a allowed) bool { return a.gateway.Text() == gateway && a.prefixes.Exists() }):
		return "the allowed prefixes of its association with Direct Connect gateway " + id + " are not in the dump" + call
	}
	return ""
}

// learnedOver lists what the tables have learned over an attachment.
func (b *builder) learnedOver(attachment string) []jsontree.Value {
	var out []jsontree.Value
	seen := map[string]bool{}
	for _, t := range b.d.sorted("TransitGatewayRouteTables") {
		for x := range b.searched(t.id) {
			c := x.Get("DestinationCidrBlock")
			if x.Get("Type").Text() == "propagated" && leadsTo(x, attachment) && !seen[c.Text()] {
				seen[c.Text()] = true
				out = append(out, c)
			}
		}
	}
	return out
}

// otherGateway finds the far end of a peering.
func (b *builder) otherGateway(id, near, resource string) string {
	if p := b.d.find("TransitGatewayPeeringAttachments", id); p != nil {
		for _, side := range []string{"RequesterTgwInfo", "AccepterTgwInfo"} {
			if g := p.get(side, "TransitGatewayId").Text(); g != "" && g != near {
				return g
			}
		}
	}
	return resource
}

// association names the table of an attachment; nil where it has none.
func (b *builder) association(r *resource) *doc.Value {
	a := r.get("Association")
	id := a.Get("TransitGatewayRouteTableId")
	if id.Text() != "" && is(a.Get("State"), "associated", "associating", "") {
		if b.transitTables[id.Text()] == nil {
			b.missing("TransitGatewayRouteTables", id.Text(), id.At())
		}
		return doc.Str(b.name(id.Text()), id.At())
	}
	for _, t := range b.d.lists["TransitGatewayRouteTables"] {
		if t.text("TransitGatewayId") == r.text("TransitGatewayId") && r.kind.list == "TransitGatewayAttachments" {
			return nil // its owner sees that there is none
		}
	}
	unknown := r.id + ".association"
	b.names[unknown] = b.name(r.id) + ".association"
	b.notModelled(unknown, "transit gateway route table", "the table that the attachment is associated with is not in the dump (aws ec2 describe-transit-gateway-attachments, of the gateway's owner)", r.At())
	b.warn(r.At(), "not-in-dump", "the table that attachment %s is associated with is not in the dump (aws ec2 describe-transit-gateway-attachments, of the gateway's owner); verdicts that depend on it are unknown", quote(r.id))
	return doc.Str(b.names[unknown], r.At())
}

// propagates lists the tables that learn from an attachment.
func (b *builder) propagates(attachment string) []string {
	var out []string
	for _, t := range b.d.sorted("TransitGatewayRouteTables") {
		if b.transitTables[t.id] == nil {
			continue
		}
		learns := false
		if p := b.d.find("TransitGatewayPropagations", t.id); p != nil {
			for _, v := range append([]jsontree.Value{p.Value}, p.others...) {
				for x := range v.Get("TransitGatewayRouteTablePropagations").Items() {
					learns = learns || x.Get("TransitGatewayAttachmentId").Text() == attachment && is(x.Get("State"), "enabled", "enabling", "")
				}
			}
		} else {
			for x := range b.searched(t.id) {
				learns = learns || x.Get("Type").Text() == "propagated" && leadsTo(x, attachment)
			}
		}
		if learns {
			out = append(out, t.id)
		}
	}
	return out
}

// searched yields the routes that a search of a table has found.
func (b *builder) searched(table string) func(func(jsontree.Value) bool) {
	return func(yield func(jsontree.Value) bool) {
		s := b.d.find("TransitGatewayStaticRoutes", table)
		if s == nil {
			return
		}
		for _, v := range append([]jsontree.Value{s.Value}, s.others...) {
			for x := range v.Get("Routes").Items() {
				if !yield(x) {
					return
				}
			}
		}
	}
}

func leadsTo(route jsontree.Value, attachment string) bool {
	for a := range route.Get("TransitGatewayAttachments").Items() {
		if a.Get("TransitGatewayAttachmentId").Text() == attachment {
			return true
		}
	}
	return false
}

// needsLearned leaves a table out that learns from an attachment which is not
// modelled, where the dump does not hold what it has learned.
func (b *builder) needsLearned(table *resource, propagation jsontree.Value) {
	id := propagation.Get("TransitGatewayAttachmentId").Text()
	if !is(propagation.Get("State"), "enabled", "enabling", "") || b.entered[b.name(id)] == "transit_gateway_attachments" || b.gone[id] {
		return
	}
	for x := range b.searched(table.id) {
		if leadsTo(x, id) {
			return
		}
	}
	b.again[table.id] = "it learns from attachment " + id + ", which is not modelled, and the dump does not hold what (aws ec2 search-transit-gateway-routes)"
}

// transitRoutes writes the static routes of a table, and those that it has
// learned from what is not modelled.
func (b *builder) transitRoutes(r *resource, e *doc.Entry) {
	if s := b.d.find("TransitGatewayStaticRoutes", r.id); s.get("AdditionalRoutesAvailable").IsTrue() {
		b.warn(s.At(), "list-cut-off", "transit gateway route table %s has more routes than were dumped; search it in parts (aws ec2 search-transit-gateway-routes)", quote(r.id))
	}
	if p := b.d.find("TransitGatewayPropagations", r.id); p != nil {
		for _, v := range append([]jsontree.Value{p.Value}, p.others...) {
			for x := range v.Get("TransitGatewayRouteTablePropagations").Items() {
				b.needsLearned(r, x)
			}
		}
	}
	gateway := r.text("TransitGatewayId")
	for route := range b.searched(r.id) {
		at := route.At()
		dest := route.Get("DestinationCidrBlock")
		v := doc.Map(at)
		if dest.Text() != "" {
			v.Set("destination", doc.Str(dest.Text(), dest.At()))
		} else {
			v.Set("destination", b.prefixList(route.Get("PrefixListId").Text(), at))
		}
		propagated := route.Get("Type").Text() == "propagated"
		if is(route.Get("State"), "blackhole") {
			if !propagated {
				e.Append("routes", v.Set("target", doc.Str("blackhole", at)))
			}
			continue
		}
		for a := range route.Get("TransitGatewayAttachments").Items() {
			id := attachmentKey(a.Get("TransitGatewayAttachmentId").Text(), gateway, peers(a.Get("ResourceType")))
			switch modelled := b.entered[b.name(id)] == "transit_gateway_attachments"; {
			case propagated && modelled:
				continue // the attachment propagates
			case !modelled:
				b.missing("TransitGatewayAttachments", id, a.At())
			}
			e.Append("routes", v.Set("target", doc.Str(b.name(id), a.At())))
			break
		}
	}
}
