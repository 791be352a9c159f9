package awsjson

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vpcpath/vpcpath/internal/load"
)

func quote(s string) string { return strconv.Quote(s) }

// named are the lists whose resources have entries, and so names.
var named = []string{"Vpcs", "Subnets", "RouteTables", "NetworkAcls", "SecurityGroups", "NetworkInterfaces", "Instances", "InternetGateways",
	"EgressOnlyInternetGateways", "NatGateways", "VpcPeeringConnections", "PrefixLists", "VpnGateways", "VpnConnections", "TransitGateways",
	"TransitGatewayRouteTables", "TransitGatewayAttachments", "TransitGatewayVpcAttachments", "TransitGatewayPeeringAttachments", "VpcEndpoints",
	"InstanceConnectEndpoints", "LoadBalancers", "LoadBalancerDescriptions", "DBInstances"}

// nameAll gives every resource a name: its Name tag, or what else people call
// it by, made fit for the language; with its id behind where others are called
// the same; its id where there is nothing else.
func (b *builder) nameAll() {
	wished := map[string][]string{} // name -> ids
	wish := map[string]string{}
	for _, list := range named {
		for _, r := range b.d.lists[list] {
			if r.id == "" {
				continue
			}
			name := fit(called(r))
			if _, again := wish[r.id]; again && name == "" {
				continue
			}
			if name != "" && wish[r.id] == "" {
				wished[name] = append(wished[name], r.id)
			}
			wish[r.id] = name
		}
	}
	for id, name := range wish {
		switch _, isID := wish[name]; {
		case name == "":
			b.names[id] = shortID(id)
		case isID || len(wished[name]) > 1:
			b.names[id] = name + "-" + shortID(id)
		default:
			b.names[id] = name
		}
	}
}

// called is what people call a resource.
func called(r *resource) string {
	switch r.kind.list {
	case "LoadBalancers", "LoadBalancerDescriptions":
		return r.text("LoadBalancerName")
	case "DBInstances":
		return r.text("DBInstanceIdentifier")
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
	if load.NameProblem(id) != "" {
		return fit(id)
	}
	return id
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
