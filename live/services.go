package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/directconnect"
	dx "github.com/aws/aws-sdk-go-v2/service/directconnect/types"
	"github.com/aws/aws-sdk-go-v2/service/networkfirewall"
	fw "github.com/aws/aws-sdk-go-v2/service/networkfirewall/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// serviceCalls are those of services beside EC2 whose parts stand in VPCs.
var serviceCalls = []call{
	{"rds:DescribeDBInstances", "DBInstances", true, func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, rds.NewDescribeDBInstancesPaginator(s.rds, &rds.DescribeDBInstancesInput{}),
			func(o *rds.DescribeDBInstancesOutput) []rdstypes.DBInstance { return o.DBInstances })
	}},
	{"directconnect:DescribeDirectConnectGateways", "directConnectGateways", true, func(ctx context.Context, s *session) ([]any, error) {
		return tokens(func(token *string) ([]dx.DirectConnectGateway, *string, error) {
			out, err := s.dx.DescribeDirectConnectGateways(ctx, &directconnect.DescribeDirectConnectGatewaysInput{NextToken: token})
			if err != nil {
				return nil, nil, err
			}
			return out.DirectConnectGateways, out.NextToken, nil
		})
	}},
	{"directconnect:DescribeDirectConnectGatewayAssociations", "directConnectGatewayAssociations", true, func(ctx context.Context, s *session) ([]any, error) {
		return eachOf(s, "directConnectGateways", func(g dx.DirectConnectGateway) ([]any, error) {
			return tokens(func(token *string) ([]dx.DirectConnectGatewayAssociation, *string, error) {
				out, err := s.dx.DescribeDirectConnectGatewayAssociations(ctx, &directconnect.DescribeDirectConnectGatewayAssociationsInput{DirectConnectGatewayId: g.DirectConnectGatewayId, NextToken: token})
				if err != nil {
					return nil, nil, err
				}
				return out.DirectConnectGatewayAssociations, out.NextToken, nil
			})
		})
	}},
	{"directconnect:DescribeVirtualInterfaces", "virtualInterfaces", true, func(ctx context.Context, s *session) ([]any, error) {
		return tokens(func(token *string) ([]dx.VirtualInterface, *string, error) {
			out, err := s.dx.DescribeVirtualInterfaces(ctx, &directconnect.DescribeVirtualInterfacesInput{NextToken: token})
			if err != nil {
				return nil, nil, err
			}
			return out.VirtualInterfaces, out.NextToken, nil
		})
	}},
	{"network-firewall:ListFirewalls", "Firewalls", true, func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, networkfirewall.NewListFirewallsPaginator(s.fw, &networkfirewall.ListFirewallsInput{}),
			func(o *networkfirewall.ListFirewallsOutput) []fw.FirewallMetadata { return o.Firewalls })
	}},
	{"network-firewall:DescribeFirewall", "NetworkFirewalls", true, func(ctx context.Context, s *session) ([]any, error) {
		return each(s, "Firewalls", func(f fw.FirewallMetadata) (any, error) {
			out, err := s.fw.DescribeFirewall(ctx, &networkfirewall.DescribeFirewallInput{FirewallArn: f.FirewallArn})
			if err != nil {
				return nil, err
			}
			return map[string]any{"Firewall": out.Firewall, "FirewallStatus": out.FirewallStatus}, nil
		})
	}},
	{"network-firewall:ListFirewallPolicies", "FirewallPolicies", true, func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, networkfirewall.NewListFirewallPoliciesPaginator(s.fw, &networkfirewall.ListFirewallPoliciesInput{}),
			func(o *networkfirewall.ListFirewallPoliciesOutput) []fw.FirewallPolicyMetadata {
				return o.FirewallPolicies
			})
	}},
	{"network-firewall:DescribeFirewallPolicy", "NetworkFirewallPolicies", true, func(ctx context.Context, s *session) ([]any, error) {
		return each(s, "FirewallPolicies", func(p fw.FirewallPolicyMetadata) (any, error) {
			out, err := s.fw.DescribeFirewallPolicy(ctx, &networkfirewall.DescribeFirewallPolicyInput{FirewallPolicyArn: p.Arn})
			if err != nil {
				return nil, err
			}
			return map[string]any{"FirewallPolicyResponse": out.FirewallPolicyResponse, "FirewallPolicy": out.FirewallPolicy}, nil
		})
	}},
	{"network-firewall:ListRuleGroups", "RuleGroups", true, func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, networkfirewall.NewListRuleGroupsPaginator(s.fw, &networkfirewall.ListRuleGroupsInput{}),
			func(o *networkfirewall.ListRuleGroupsOutput) []fw.RuleGroupMetadata { return o.RuleGroups })
	}},
	{"network-firewall:DescribeRuleGroup", "NetworkFirewallRuleGroups", true, func(ctx context.Context, s *session) ([]any, error) {
		return each(s, "RuleGroups", func(g fw.RuleGroupMetadata) (any, error) {
			out, err := s.fw.DescribeRuleGroup(ctx, &networkfirewall.DescribeRuleGroupInput{RuleGroupArn: g.Arn})
			if err != nil {
				return nil, err
			}
			return map[string]any{"RuleGroupResponse": out.RuleGroupResponse, "RuleGroup": out.RuleGroup}, nil
		})
	}},
}
