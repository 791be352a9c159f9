package awsjson

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcpath/vpcpath/internal/load"
)

func quote(s string) string { return strconv.Quote(s) }

// named are the lists whose resources have entries, and so names. Where
// several are called the same, what stands first here is what people mean.
var named = []string{"Instances", "LoadBalancers", "LoadBalancerDescriptions", "DBInstances", "Vpcs", "Subnets", "RouteTables", "NetworkAcls",
	"InternetGateways", "EgressOnlyInternetGateways", "NatGateways", "CarrierGateways", "LocalGateways", "directConnectGateways", "virtualInterfaces", "VpcPeeringConnections", "VpnGateways", "VpnConnections", "TransitGateways",
	"TransitGatewayRouteTables", "TransitGatewayAttachments", "TransitGatewayVpcAttachments", "VpcEndpoints", "InstanceConnectEndpoints",
	"NetworkFirewalls", "SecurityGroups", "NetworkInterfaces", "PrefixLists"}

// nameAll gives every resource a name: its Name tag, or what else people call
// it by, made fit for the language; with its id behind where something else is
// called the same; its id where there is nothing else.
func (b *builder) nameAll() {
	type claim struct {
		rank int
		ids  []string
	}
	best := map[string]claim{} // by name: of the first list that has it
	wish := map[string]string{}
	for rank, list := range named {
		for _, r := range b.d.lists[list] {
			name := fit(called(r))
			if r.id == "" || wish[r.id] != "" {
				continue
			}
			wish[r.id] = name
			if c, taken := best[name]; !taken || c.rank == rank {
				best[name] = claim{rank, append(c.ids, r.id)}
			}
		}
	}
	ids := map[string]bool{}
	for id := range wish {
		ids[shortID(id)] = true
	}
	for id, name := range wish {
		switch c := best[name]; {
		case name == "":
			b.names[id] = shortID(id)
		case ids[name] || len(c.ids) > 1 || c.ids[0] != id:
			b.names[id] = name + "-" + shortID(id)
		default:
			b.names[id] = name
		}
	}
	byName := map[string][]string{} // a name with an id behind it may be another's tag
	for id, name := range b.names {
		byName[name] = append(byName[name], id)
	}
	for _, ids := range byName {
		for _, id := range ids {
			if len(ids) > 1 {
				b.names[id] = shortID(id)
			}
		}
	}
}

// called is what people call a resource.
func called(r *resource) string {
	switch r.kind.list {
	case "LoadBalancers", "LoadBalancerDescriptions":
		return r.text("LoadBalancerName")
	case "NetworkFirewalls":
		return r.get("Firewall", "FirewallName").Text()
	case "DBInstances":
		return r.text("DBInstanceIdentifier")
	case "directConnectGateways":
		return r.text("directConnectGatewayName")
	case "virtualInterfaces":
		return r.text("virtualInterfaceName")
	case "PrefixLists":
		return r.text("PrefixListName")
	}
	if name := r.tag("Name"); name != "" {
		return name
	}
	if r.kind.list == "SecurityGroups" {
		return r.text("GroupName")
	}
	return ""
}

// shortID is an id as a name: of an ARN what is behind the account.
func shortID(id string) string {
	if strings.HasPrefix(id, "arn:") {
		if parts := strings.SplitN(id, ":", 6); len(parts) == 6 {
			id = parts[5]
		}
	}
	if load.NameProblem(id) == "" {
		return id
	}
	if name := fit(id); name != "" {
		return name
	}
	return fmt.Sprintf("id-%x", id) // of letters that no name may have
}

// fit makes a name of the language out of a text; "" where it cannot.
func fit(text string) string {
	var sb strings.Builder
	for _, c := range text {
		if load.NameProblem("a"+string(c)) == "" {
			sb.WriteRune(c)
		} else {
			sb.WriteByte('-')
		}
	}
	name := strings.Trim(sb.String(), "-")
	for strings.Contains(name, "--") {
		name = strings.ReplaceAll(name, "--", "-")
	}
	if strings.HasPrefix(name, "eni-") || strings.HasSuffix(name, ".eni") || slices.ContainsFunc([]string{".main_route_table", ".default_network_acl", ".default_security_group"}, func(s string) bool { return strings.HasSuffix(name, s) }) {
		return "" // what the language calls by itself
	}
	if load.NameProblem(name) != "" {
		return ""
	}
	return name
}
