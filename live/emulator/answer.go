package emulator

import (
	"errors"
	"strings"
)

// answer is what a call returns: fields in the names of the AWS CLI's output.
type answer map[string]any

// perItem are the calls that ask about one item: which recorded list has it,
// which argument names it, and which field of it is the answer.
var perItem = map[string]struct{ list, id, argument, field string }{
	"GetManagedPrefixListEntries":             {"PrefixListEntries", "PrefixListId", "PrefixListId", "Entries"},
	"GetTransitGatewayRouteTablePropagations": {"TransitGatewayPropagations", "TransitGatewayRouteTableId", "TransitGatewayRouteTableId", "TransitGatewayRouteTablePropagations"},
	"SearchTransitGatewayRoutes":              {"TransitGatewayRoutes", "TransitGatewayRouteTableId", "TransitGatewayRouteTableId", "Routes"},
	"SearchLocalGatewayRoutes":                {"LocalGatewayRoutes", "LocalGatewayRouteTableId", "LocalGatewayRouteTableId", "Routes"},
	"DescribeListeners":                       {"LoadBalancerListeners", "LoadBalancerArn", "LoadBalancerArn", "Listeners"},
	"DescribeRules":                           {"ListenerRules", "ListenerArn", "ListenerArn", "Rules"},
	"DescribeLoadBalancerAttributes":          {"LoadBalancerAttributes", "LoadBalancerArn", "LoadBalancerArn", "Attributes"},
	"DescribeTargetGroupAttributes":           {"TargetGroupAttributes", "TargetGroupArn", "TargetGroupArn", "Attributes"},
	"DescribeTargetHealth":                    {"LoadBalancerTargetHealth", "TargetGroupArn", "TargetGroupArn", "TargetHealthDescriptions"},
}

// whole are the calls that AWS does not paginate.
var whole = map[string]bool{"DescribeAvailabilityZones": true, "DescribeRegions": true, "DescribeAddresses": true, "DescribeVpnGateways": true, "DescribeVpnConnections": true,
	"DescribeCustomerGateways": true, "DescribeLoadBalancerAttributes": true, "DescribeTargetGroupAttributes": true, "DescribeTargetHealth": true, "SearchTransitGatewayRoutes": true}

// keys are those of the answers whose key is not the call's own word.
var keys = map[string]string{"DescribeInstances": "Reservations", "DescribeManagedPrefixLists": managedPrefixLists,
	"DescribeDirectConnectGateways": "directConnectGateways", "DescribeVirtualInterfaces": "virtualInterfaces"}

// answer looks up what was recorded.
func (s *Server) answer(q request) (answer, error) {
	switch {
	case q.action == "GetCallerIdentity":
		return answer{"Account": s.Account, "UserId": "AIDAEXAMPLE", "Arn": "arn:aws:iam::" + s.Account + ":user/reader"}, nil
	case q.action == "DescribeVpcBlockPublicAccessOptions":
		if list := s.Data["VpcBlockPublicAccessOptions"]; len(list) > 0 {
			return answer{"VpcBlockPublicAccessOptions": list[0]}, nil
		}
		return answer{}, nil
	case q.action == "DescribeDirectConnectGatewayAssociations":
		var out []any
		for _, v := range s.Data["directConnectGatewayAssociations"] {
			if m, ok := v.(map[string]any); ok && (m["directConnectGatewayId"] == q.args["directConnectGatewayId"] || associated(m) == q.args["associatedGatewayId"]) {
				out = append(out, v)
			}
		}
		return s.paged(q, "directConnectGatewayAssociations", out), nil
	}
	if f, ok := firewallItems[q.action]; ok {
		return s.firewallItem(q, f)
	}
	if p, ok := perItem[q.action]; ok {
		var items []any
		if m := s.Data.find(p.list, p.id, q.args[p.argument]); m != nil {
			items, _ = m[p.field].([]any)
		}
		return s.paged(q, p.field, items), nil
	}
	key, ok := keys[q.action]
	if !ok {
		key, ok = strings.CutPrefix(q.action, "Describe")
		if rest, list := strings.CutPrefix(q.action, "List"); list {
			key, ok = rest, true
		}
	}
	if !ok {
		return nil, errors.New("InvalidAction")
	}
	if q.service == "elasticloadbalancing" && q.version == classicVersion {
		key = "LoadBalancerDescriptions"
	}
	field := key
	if key == managedPrefixLists {
		field = "PrefixLists"
	}
	return s.paged(q, field, s.Data[key]), nil
}

// associated is the gateway of an association of a Direct Connect gateway.
func associated(m map[string]any) any {
	g, _ := m["associatedGateway"].(map[string]any)
	if g["id"] == nil {
		return "none"
	}
	return g["id"]
}

// firewallItems are Network Firewall's calls: those that list names and those
// that describe one item, both from one recorded list.
var firewallItems = map[string]struct{ list, part, arn, field, name string }{
	"ListFirewalls":          {"NetworkFirewalls", "Firewall", "FirewallArn", "Firewalls", "FirewallName"},
	"DescribeFirewall":       {"NetworkFirewalls", "Firewall", "FirewallArn", "", ""},
	"ListFirewallPolicies":   {"NetworkFirewallPolicies", "FirewallPolicyResponse", "FirewallPolicyArn", "FirewallPolicies", "FirewallPolicyName"},
	"DescribeFirewallPolicy": {"NetworkFirewallPolicies", "FirewallPolicyResponse", "FirewallPolicyArn", "", ""},
	"ListRuleGroups":         {"NetworkFirewallRuleGroups", "RuleGroupResponse", "RuleGroupArn", "RuleGroups", "RuleGroupName"},
	"DescribeRuleGroup":      {"NetworkFirewallRuleGroups", "RuleGroupResponse", "RuleGroupArn", "", ""},
}

func (s *Server) firewallItem(q request, f struct{ list, part, arn, field, name string }) (answer, error) {
	var names []any
	for _, v := range s.Data[f.list] {
		m := v.(map[string]any)
		part, _ := m[f.part].(map[string]any)
		if f.field == "" {
			if part[f.arn] == q.args[f.arn] {
				return answer(m), nil
			}
			continue
		}
		entry := map[string]any{"Name": part[f.name], "Arn": part[f.arn]}
		if f.part == "Firewall" {
			entry = map[string]any{"FirewallName": part[f.name], "FirewallArn": part[f.arn]}
		}
		names = append(names, entry)
	}
	if f.field == "" {
		return nil, errors.New("ResourceNotFoundException")
	}
	return s.paged(q, f.field, names), nil
}

const classicVersion = "2012-06-01"

// paged is an answer with a page of items and the token of the next.
func (s *Server) paged(q request, field string, items []any) answer {
	if whole[q.action] {
		return answer{field: items}
	}
	in, out := "NextToken", "NextToken"
	switch {
	case q.service == "directconnect":
		in, out = "nextToken", "nextToken"
	case q.service == "elasticloadbalancing":
		in, out = "Marker", "NextMarker"
	case q.service == "rds":
		in, out = "Marker", "Marker"
	}
	page, next := s.page(items, q.args[in])
	a := answer{field: page}
	if next != "" {
		a[out] = next
	}
	return a
}
