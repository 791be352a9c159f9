package awsjson

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// targetKeys are the keys of a route that name its target, those that say most
// first: a route to an interface names its instance too.
var targetKeys = []struct{ key, list string }{
	{"NetworkInterfaceId", "NetworkInterfaces"}, {"NatGatewayId", "NatGateways"}, {"TransitGatewayId", "TransitGateways"},
	{"VpcPeeringConnectionId", "VpcPeeringConnections"}, {"EgressOnlyInternetGatewayId", "EgressOnlyInternetGateways"},
	{"CarrierGatewayId", "CarrierGateways"}, {"LocalGatewayId", "LocalGateways"}, {"CoreNetworkArn", ""}, {"OdbNetworkArn", ""},
	{"GatewayId", ""}, {"InstanceId", "Instances"},
}

// writeTables writes the route tables, without what is in them by itself: the
// local routes, and those of gateway endpoints.
func (b *builder) writeTables() {
	for _, r := range b.live("RouteTables") {
		if why := b.badTable(r); why != "" {
			b.leaveOut(r, why)
			continue
		}
		e := b.entry("route_tables", r.id, r.At())
		e.Set("vpc", doc.Str(b.name(r.text("VpcId")), r.get("VpcId").At()))
		for a := range r.all("Associations") {
			gw := a.Get("GatewayId")
			switch id := gw.Text(); {
			case id == "" || is(a.Get("AssociationState"), "disassociated", "disassociating", "failed"):
			case strings.HasPrefix(id, "nat-"): // a regional NAT gateway names its table
			case strings.HasPrefix(id, "vgw-"):
				b.inferGateway("VpnGateways", "vpn_gateways", "describe-vpn-gateways", gw, r.text("VpcId"))
				e.Append("edge_associations", doc.Str(b.name(id), gw.At()))
			default:
				b.inferGateway("InternetGateways", "internet_gateways", "describe-internet-gateways", gw, r.text("VpcId"))
				e.Append("edge_associations", doc.Str(b.name(id), gw.At()))
			}
		}
		b.pools(e, r)
		for route := range r.get("Routes").Items() {
			if v := b.route(r, route); v != nil {
				e.Append("routes", v)
			}
		}
	}
}

// route makes a route; nil for what is there by itself.
func (b *builder) route(table *resource, route jsontree.Value) *doc.Value {
	at := route.At()
	out := doc.Map(at)
	var dest jsontree.Value
	for _, key := range []string{"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"} {
		if v := route.Get(key); v.Text() != "" {
			dest = v
		}
	}
	if route.Get("GatewayId").Text() == "local" {
		return nil
	}
	if list := route.Get("DestinationPrefixListId").Text(); list != "" {
		if g := route.Get("GatewayId").Text(); b.gatewayEndpoint(g) {
			return nil // EP-1
		}
		out.Set("destination", b.prefixList(list, dest.At()))
	} else {
		out.Set("destination", doc.Str(dest.Text(), dest.At()))
	}
	out.Set("target", b.target(table, route))
	if route.Get("Origin").Text() == "EnableVgwRoutePropagation" && b.entered[out.Get("target").Text] == "vpn_gateways" {
		out.Set("origin", doc.Str("propagated", at))
	}
	if route.Get("Origin").Text() == "Advertisement" && route.Get("NetworkInterfaceId").Exists() {
		out.Set("origin", doc.Str("advertised", at)) // RT-21
	}
	return out
}

// target makes the target of a route.
func (b *builder) target(table *resource, route jsontree.Value) *doc.Value {
	var list string
	var id jsontree.Value
	for _, k := range targetKeys {
		if v := route.Get(k.key); v.Text() != "" {
			list, id = k.list, v
			break
		}
	}
	at := id.At()
	vpcID := table.text("VpcId")
	if !id.Exists() {
		name := b.notModelled(table.id+".target", "target of a route", "its kind is not understood", route.At())
		b.warn(route.At(), "not-understood", "a route of table %s has no target that vpcpath knows; verdicts that depend on it are unknown", quote(table.id))
		return doc.Str(name, route.At())
	}
	text := id.Text()
	if is(route.Get("State"), "blackhole") || b.gone[text] {
		v := doc.Str("blackhole", at)
		v.Comment = "was " + text
		return v
	}
	active := is(route.Get("State"), "active", "")
	switch {
	case list == "" && strings.HasPrefix(text, "igw-"):
		list = "InternetGateways"
		if active {
			b.inferGateway(list, "internet_gateways", "describe-internet-gateways", id, vpcID)
		}
	case list == "" && strings.HasPrefix(text, "vgw-"):
		list = "VpnGateways"
		if active {
			b.inferGateway(list, "vpn_gateways", "describe-vpn-gateways", id, vpcID)
		}
	case list == "" && strings.HasPrefix(text, "vpce-"):
		list = "VpcEndpoints"
	case list == "EgressOnlyInternetGateways" && active:
		b.inferGateway(list, "egress_only_internet_gateways", "describe-egress-only-internet-gateways", id, vpcID)
	}
	if list == "TransitGateways" && b.entered[b.name(text)] == "transit_gateways" && !b.attached[text+" "+vpcID] {
		// The route is active, so there is an attachment.
		unknown := text + "@" + vpcID
		b.names[unknown] = b.name(text) + "@" + b.name(vpcID)
		b.notModelled(unknown, "transit gateway attachment", "the attachment of VPC "+vpcID+" to "+text+" is not in the dump, or not modelled (aws ec2 describe-transit-gateway-vpc-attachments)", at)
		b.warn(at, "not-in-dump", "the attachment of VPC %s to transit gateway %s is not in the dump, or not modelled (aws ec2 describe-transit-gateway-vpc-attachments); verdicts that depend on it are unknown", quote(vpcID), quote(text))
		return doc.Str(b.names[unknown], at)
	}
	if b.ids[text] {
		return doc.Str(b.name(text), at)
	}
	words := "target of a route"
	if k := kindOf(list); k != nil {
		words = k.words
	}
	switch {
	case strings.Contains(text, ":core-network/"):
		words = "Cloud WAN core network"
		b.warn(at, "not-modelled", "%s %s is not modelled; verdicts that depend on it are unknown", words, quote(text))
		return doc.Str(b.notModelled(text, words, "Cloud WAN is not modelled", at), at)
	}
	b.notModelled(text, words, "it is not in the dump", at)
	b.warn(at, "not-in-dump", "%s %s is not in the dump; verdicts that depend on it are unknown", words, quote(text))
	return doc.Str(b.name(text), at)
}

// badTable says what keeps a table from being modelled.
func (b *builder) badTable(r *resource) string {
	return b.hiddenPool(r)
}

// judgeEdgeTables leaves out the gateways of tables that are not modelled:
// nobody knows where they lead what comes in.
func (b *builder) judgeEdgeTables() {
	for _, g := range b.d.lists["InternetGateways"] {
		if why := b.d.differ[g.id]; why != "" {
			delete(b.refused, g.id)
			b.doubt(g.id, why)
		}
	}
	for _, r := range b.d.sorted("RouteTables") {
		why := b.refused[r.id]
		if why == "" {
			why = b.badTable(r)
		}
		if why == "" {
			continue
		}
		for a := range r.all("Associations") {
			text := "its route table " + r.id + " is not modelled: " + why
			switch id := a.Get("GatewayId").Text(); {
			case strings.HasPrefix(id, "igw-"):
				b.doubt(id, text)
			case id != "" && b.refused[id] == "":
				b.refused[id] = text
			}
			if g := b.internetGatewayOf(r.text("VpcId")); a.Get("PublicIpv4Pool").Text() != "" && g != nil {
				b.doubt(g.id, text)
			}
		}
	}
}

func (b *builder) cidrsOf(id string) []jsontree.Value {
	var cidrs []jsontree.Value
	if r := b.d.find("PrefixLists", id); r != nil {
		for c := range r.get("Cidrs").Items() {
			cidrs = append(cidrs, c)
		}
	}
	if e := b.d.find("PrefixListEntries", id); e != nil {
		for _, v := range append([]jsontree.Value{e.Value}, e.others...) {
			for c := range v.Get("Entries").Items() {
				cidrs = append(cidrs, c.Get("Cidr"))
			}
		}
	}
	return cidrs
}

// prefixList names a prefix list, which has its entry made when it is first
// named.
func (b *builder) prefixList(id string, at diag.Pos) *doc.Value {
	switch {
	case id == "": // it is refused, with what it is in
		return doc.Str("", at)
	case b.ids[id]:
		return doc.Str(b.name(id), at)
	}
	r := b.d.find("PrefixLists", id)
	pos := at
	if r != nil {
		pos = r.At()
	}
	e := b.entry("prefix_lists", id, pos)
	cidrs := b.cidrsOf(id)
	if len(cidrs) == 0 || b.refused[id] != "" { // MISC-6
		call := "aws ec2 get-managed-prefix-list-entries"
		if r != nil && strings.HasPrefix(r.text("PrefixListName"), "com.amazonaws.") {
			call = "aws ec2 describe-prefix-lists, or get-managed-prefix-list-entries"
		}
		reason := "its CIDRs are not in the dump (" + call + ")"
		if b.refused[id] != "" {
			reason = b.refused[id]
		}
		b.warn(at, "not-in-dump", "prefix list %s is not known: %s; verdicts that depend on it are unknown", quote(id), reason)
		e.Set("cidrs", doc.Str("unknown", pos))
		if name := r.listService(); name != "" {
			e.Set("service", doc.Str(name, pos))
		}
		return doc.Str(b.name(id), at)
	}
	list := doc.ListOf(pos)
	seen := map[string]bool{}
	for _, c := range cidrs {
		if !seen[c.Text()] {
			seen[c.Text()] = true
			list.Items = append(list.Items, doc.Str(c.Text(), c.At()))
		}
	}
	e.Set("cidrs", list)
	if name := r.listService(); name != "" {
		e.Set("service", doc.Str(name, pos))
	}
	return doc.Str(b.name(id), at)
}

// listService is the service of a list that AWS manages.
func (r *resource) listService() string {
	if r == nil || !strings.HasPrefix(r.text("PrefixListName"), "com.amazonaws.") {
		return ""
	}
	name := r.text("PrefixListName")
	return name[strings.LastIndexByte(name, '.')+1:]
}
