package awsjson

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/doc"
)

// gatewayEndpoint reports whether an id is that of a gateway endpoint that is
// modelled, which makes its routes by itself.
func (b *builder) gatewayEndpoint(id string) bool {
	r := b.d.find("VpcEndpoints", id)
	return r != nil && b.entered[b.name(id)] == "vpc_endpoints" && is(r.get("VpcEndpointType"), "Gateway")
}

// writeEndpoints writes the VPC endpoints with the interfaces that they have.
func (b *builder) writeEndpoints() {
	for _, r := range b.live("VpcEndpoints") {
		if !is(r.get("State"), "available", "") {
			b.gone[r.id] = true
			continue
		}
		v := b.vpcs[r.text("VpcId")]
		if v == nil || !v.usable {
			b.leaveOut(r, "VPC "+r.text("VpcId")+" has no blocks in the dump")
			continue
		}
		switch kind := r.text("VpcEndpointType"); {
		case strings.EqualFold(kind, "Gateway"):
			b.gatewayEndpointEntry(r)
		case strings.EqualFold(kind, "Interface"):
			b.interfaceEndpoint(r, "interface", true)
		case strings.EqualFold(kind, "GatewayLoadBalancer") && b.firewallEnds[r.id] != "":
			b.ids[r.id] = true
			b.entered[b.name(r.id)] = "network_firewalls"
			b.claimENIs(r)
		case strings.EqualFold(kind, "GatewayLoadBalancer") && r.tag("AWSNetworkFirewallManaged") != "":
			b.leaveOut(r, "the network firewall that it belongs to is not in the dump (aws network-firewall describe-firewall)")
		case strings.EqualFold(kind, "GatewayLoadBalancer"):
			b.interfaceEndpoint(r, "gateway_load_balancer", false)
		default:
			b.leaveOut(r, "endpoints of type "+kind+" are not modelled")
		}
	}
	for _, r := range b.live("InstanceConnectEndpoints") {
		if !is(r.get("State"), "create-complete", "") {
			b.gone[r.id] = true
			continue
		}
		list, why := b.ownENIs(r)
		if why != "" {
			b.leaveOut(r, why)
			continue
		}
		e := b.entry("vpc_endpoints", r.id, r.At())
		e.Set("type", doc.Str("instance_connect", r.At()))
		e.Set("subnet", doc.Str(b.name(list[0].text("SubnetId")), r.At()))
		e.Set("private_ip", doc.Str(list[0].addresses()[0].private.Text(), list[0].At()))
		b.groupsOf(e.Value, "security_groups", r.get("SecurityGroupIds"))
		if r.get("PreserveClientIp").IsTrue() {
			e.Set("preserve_client_ip", doc.Bool(true, r.At()))
		}
		b.claim(list)
	}
}

func (b *builder) gatewayEndpointEntry(r *resource) {
	service := r.text("ServiceName")
	list := ""
	for _, p := range b.d.sorted("PrefixLists") {
		if p.text("PrefixListName") == service {
			list = p.id
		}
	}
	tables := doc.ListOf(r.At())
	seen := map[string]bool{}
	add := func(id string) {
		if id != "" && !seen[id] && b.usable("RouteTables", id) {
			seen[id] = true
			tables.Items = append(tables.Items, doc.Str(b.name(id), r.At()))
		}
	}
	for id := range r.get("RouteTableIds").Items() {
		add(id.Text())
	}
	for _, t := range b.d.sorted("RouteTables") {
		for route := range t.get("Routes").Items() {
			if route.Get("GatewayId").Text() == r.id {
				add(t.id)
				list = route.Get("DestinationPrefixListId").Text()
			}
		}
	}
	if list == "" {
		b.leaveOut(r, "the prefix list of its service is not in the dump (aws ec2 describe-prefix-lists)")
		return
	}
	e := b.entry("vpc_endpoints", r.id, r.At())
	e.Set("type", doc.Str("gateway", r.At())).Set("vpc", doc.Str(b.name(r.text("VpcId")), r.At()))
	e.Set("service", doc.Str(service[strings.LastIndexByte(service, '.')+1:], r.get("ServiceName").At()))
	e.Set("prefix_list", b.prefixList(list, r.At()))
	if len(tables.Items) > 0 {
		e.Set("route_tables", tables)
	}
}

func (b *builder) interfaceEndpoint(r *resource, kind string, several bool) {
	list, why := b.ownENIs(r)
	if why != "" {
		b.leaveOut(r, why)
		b.vpcs[r.text("VpcId")].lose("VPC endpoint " + r.id + " is not modelled")
		return
	}
	e := b.entry("vpc_endpoints", r.id, r.At())
	e.Set("type", doc.Str(kind, r.At()))
	if several {
		e.Set("vpc", doc.Str(b.name(r.text("VpcId")), r.At()))
	}
	e.Set("service", doc.Str(r.text("ServiceName"), r.get("ServiceName").At()))
	if !several {
		e.Set("subnet", doc.Str(b.name(list[0].text("SubnetId")), list[0].At()))
		e.Set("private_ip", doc.Str(list[0].addresses()[0].private.Text(), list[0].At()))
		b.claim(list)
		return
	}
	for _, i := range list {
		e.Append("subnets", doc.Str(b.name(i.text("SubnetId")), i.At()))
		e.Append("private_ips", doc.Str(i.addresses()[0].private.Text(), i.At()))
	}
	b.groupsOf(e.Value, "security_groups", r.get("Groups"))
	b.claim(list)
}

// ownENIs returns the interfaces that an endpoint names; why says what keeps
// them from being used.
func (b *builder) ownENIs(r *resource) (list []*eni, why string) {
	for id := range r.get("NetworkInterfaceIds").Items() {
		i := b.eniByID[id.Text()]
		switch {
		case i == nil:
			return nil, "its network interface " + id.Text() + " is not in the dump"
		case !b.usable("Subnets", i.text("SubnetId")):
			return nil, "the subnet of its network interface " + i.id + " is not in the dump, or not modelled"
		case len(i.addresses()) == 0:
			return nil, "its network interface " + i.id + " has no IPv4 address"
		}
		list = append(list, i)
	}
	if len(list) == 0 {
		return nil, "the dump does not say what network interfaces it has"
	}
	return list, ""
}

func (b *builder) claimENIs(r *resource) {
	for id := range r.get("NetworkInterfaceIds").Items() {
		b.claimed[id.Text()] = true
	}
}

func (b *builder) claim(list []*eni) {
	for _, i := range list {
		b.claimed[i.id] = true
	}
}
