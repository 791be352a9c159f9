package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/directconnect"
	dx "github.com/aws/aws-sdk-go-v2/service/directconnect/types"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/networkfirewall"
	fw "github.com/aws/aws-sdk-go-v2/service/networkfirewall/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// serviceCalls are those of services beside EC2 whose parts stand in VPCs.
var serviceCalls = []call{
	{"rds:DescribeDBInstances", "DBInstances", "databases have the names of their network interfaces", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, rds.NewDescribeDBInstancesPaginator(s.rds, &rds.DescribeDBInstancesInput{}),
			func(o *rds.DescribeDBInstancesOutput) []rdstypes.DBInstance { return o.DBInstances })
	}},
	{"directconnect:DescribeDirectConnectGateways", "directConnectGateways", "they are known by their associations alone", func(ctx context.Context, s *session) ([]any, error) {
		return tokens(func(token *string) ([]dx.DirectConnectGateway, *string, error) {
			out, err := s.dx.DescribeDirectConnectGateways(ctx, &directconnect.DescribeDirectConnectGatewaysInput{NextToken: token})
			if err != nil {
				return nil, nil, err
			}
			return out.DirectConnectGateways, out.NextToken, nil
		})
	}},
	{"directconnect:DescribeDirectConnectGatewayAssociations", "directConnectGatewayAssociations", "what is behind Direct Connect gateways is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return associations(ctx, s)
	}},
	{"directconnect:DescribeVirtualInterfaces", "virtualInterfaces", "what is behind VPN gateways by private virtual interfaces is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return tokens(func(token *string) ([]dx.VirtualInterface, *string, error) {
			out, err := s.dx.DescribeVirtualInterfaces(ctx, &directconnect.DescribeVirtualInterfacesInput{NextToken: token})
			if err != nil {
				return nil, nil, err
			}
			return out.VirtualInterfaces, out.NextToken, nil
		})
	}},
	{"network-firewall:ListFirewalls", "Firewalls", "what reaches network firewalls is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, networkfirewall.NewListFirewallsPaginator(s.fw, &networkfirewall.ListFirewallsInput{}),
			func(o *networkfirewall.ListFirewallsOutput) []fw.FirewallMetadata { return o.Firewalls })
	}},
	{"network-firewall:DescribeFirewall", "NetworkFirewalls", "what reaches network firewalls is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return each(s, "Firewalls", func(f fw.FirewallMetadata) (any, error) {
			out, err := s.fw.DescribeFirewall(ctx, &networkfirewall.DescribeFirewallInput{FirewallArn: f.FirewallArn})
			if err != nil {
				return nil, err
			}
			return map[string]any{"Firewall": out.Firewall, "FirewallStatus": out.FirewallStatus}, nil
		})
	}},
	{"network-firewall:ListFirewallPolicies", "FirewallPolicies", "what reaches network firewalls is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, networkfirewall.NewListFirewallPoliciesPaginator(s.fw, &networkfirewall.ListFirewallPoliciesInput{}),
			func(o *networkfirewall.ListFirewallPoliciesOutput) []fw.FirewallPolicyMetadata {
				return o.FirewallPolicies
			})
	}},
	{"network-firewall:DescribeFirewallPolicy", "NetworkFirewallPolicies", "what reaches network firewalls is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return each(s, "FirewallPolicies", func(p fw.FirewallPolicyMetadata) (any, error) {
			out, err := s.fw.DescribeFirewallPolicy(ctx, &networkfirewall.DescribeFirewallPolicyInput{FirewallPolicyArn: p.Arn})
			if err != nil {
				return nil, err
			}
			return map[string]any{"FirewallPolicyResponse": out.FirewallPolicyResponse, "FirewallPolicy": out.FirewallPolicy}, nil
		})
	}},
	{"network-firewall:ListRuleGroups", "RuleGroups", "what reaches the rules of network firewalls is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, networkfirewall.NewListRuleGroupsPaginator(s.fw, &networkfirewall.ListRuleGroupsInput{}),
			func(o *networkfirewall.ListRuleGroupsOutput) []fw.RuleGroupMetadata { return o.RuleGroups })
	}},
	{"network-firewall:DescribeRuleGroup", "NetworkFirewallRuleGroups", "what reaches the rules of network firewalls is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return each(s, "RuleGroups", func(g fw.RuleGroupMetadata) (any, error) {
			out, err := s.fw.DescribeRuleGroup(ctx, &networkfirewall.DescribeRuleGroupInput{RuleGroupArn: g.Arn})
			if err != nil {
				return nil, err
			}
			return map[string]any{"RuleGroupResponse": out.RuleGroupResponse, "RuleGroup": out.RuleGroup}, nil
		})
	}},
}

// associations asks for those of every Direct Connect gateway, and for those of
// every VPN gateway and transit gateway, whose Direct Connect gateway may be
// another account's.
func associations(ctx context.Context, s *session) ([]any, error) {
	var asked []*directconnect.DescribeDirectConnectGatewayAssociationsInput
	for _, v := range s.got["directConnectGateways"] {
		asked = append(asked, &directconnect.DescribeDirectConnectGatewayAssociationsInput{DirectConnectGatewayId: v.(dx.DirectConnectGateway).DirectConnectGatewayId})
	}
	for _, v := range s.got["VpnGateways"] {
		asked = append(asked, &directconnect.DescribeDirectConnectGatewayAssociationsInput{AssociatedGatewayId: v.(ec2types.VpnGateway).VpnGatewayId})
	}
	for _, v := range s.got["TransitGateways"] {
		asked = append(asked, &directconnect.DescribeDirectConnectGatewayAssociationsInput{AssociatedGatewayId: v.(ec2types.TransitGateway).TransitGatewayId})
	}
	var out []any
	seen := map[string]bool{}
	for _, in := range asked {
		list, err := tokens(func(token *string) ([]dx.DirectConnectGatewayAssociation, *string, error) {
			in.NextToken = token
			answer, err := s.dx.DescribeDirectConnectGatewayAssociations(ctx, in)
			if err != nil {
				return nil, nil, err
			}
			return answer.DirectConnectGatewayAssociations, answer.NextToken, nil
		})
		if err != nil {
			return out, err
		}
		for _, v := range list {
			if id := aws.ToString(v.(dx.DirectConnectGatewayAssociation).AssociationId); id == "" || !seen[id] {
				seen[id] = true
				out = append(out, v)
			}
		}
	}
	return out, nil
}
