package live

import (
	"context"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// balancerCalls are those about load balancers.
var balancerCalls = []call{
	{"elasticloadbalancing:DescribeLoadBalancers", "LoadBalancers", "what is for their addresses is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, elbv2.NewDescribeLoadBalancersPaginator(s.elbv2, &elbv2.DescribeLoadBalancersInput{}),
			func(o *elbv2.DescribeLoadBalancersOutput) []types.LoadBalancer { return o.LoadBalancers })
	}},
	{"elasticloadbalancing:DescribeTargetGroups", "TargetGroups", "what load balancers take in is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, elbv2.NewDescribeTargetGroupsPaginator(s.elbv2, &elbv2.DescribeTargetGroupsInput{}),
			func(o *elbv2.DescribeTargetGroupsOutput) []types.TargetGroup { return o.TargetGroups })
	}},
	{"elasticloadbalancing:DescribeListeners", "LoadBalancerListeners", "what load balancers take in is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return each(s, "LoadBalancers", func(l types.LoadBalancer) (any, error) {
			list, err := all(ctx, elbv2.NewDescribeListenersPaginator(s.elbv2, &elbv2.DescribeListenersInput{LoadBalancerArn: l.LoadBalancerArn}),
				func(o *elbv2.DescribeListenersOutput) []types.Listener { return o.Listeners })
			return map[string]any{"LoadBalancerArn": l.LoadBalancerArn, "Listeners": list}, err
		})
	}},
	{"elasticloadbalancing:DescribeRules", "ListenerRules", "what application load balancers take in is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return eachOf(s, "LoadBalancerListeners", func(l map[string]any) ([]any, error) {
			var out []any
			for _, v := range l["Listeners"].([]any) {
				arn := v.(types.Listener).ListenerArn
				rules, err := all(ctx, elbv2.NewDescribeRulesPaginator(s.elbv2, &elbv2.DescribeRulesInput{ListenerArn: arn}),
					func(o *elbv2.DescribeRulesOutput) []types.Rule { return o.Rules })
				if err != nil {
					return out, err
				}
				out = append(out, map[string]any{"ListenerArn": arn, "Rules": rules})
			}
			return out, nil
		})
	}},
	{"elasticloadbalancing:DescribeLoadBalancerAttributes", "LoadBalancerAttributes", "network load balancers are taken to keep to their zones", func(ctx context.Context, s *session) ([]any, error) {
		return each(s, "LoadBalancers", func(l types.LoadBalancer) (any, error) {
			out, err := s.elbv2.DescribeLoadBalancerAttributes(ctx, &elbv2.DescribeLoadBalancerAttributesInput{LoadBalancerArn: l.LoadBalancerArn})
			if err != nil {
				return nil, err
			}
			return map[string]any{"LoadBalancerArn": l.LoadBalancerArn, "Attributes": out.Attributes}, nil
		})
	}},
	{"elasticloadbalancing:DescribeTargetGroupAttributes", "TargetGroupAttributes", "client addresses are taken to be preserved as is the default", func(ctx context.Context, s *session) ([]any, error) {
		return each(s, "TargetGroups", func(g types.TargetGroup) (any, error) {
			out, err := s.elbv2.DescribeTargetGroupAttributes(ctx, &elbv2.DescribeTargetGroupAttributesInput{TargetGroupArn: g.TargetGroupArn})
			if err != nil {
				return nil, err
			}
			return map[string]any{"TargetGroupArn": g.TargetGroupArn, "Attributes": out.Attributes}, nil
		})
	}},
	{"elasticloadbalancing:DescribeTargetHealth", "LoadBalancerTargetHealth", "what load balancers take in is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return each(s, "TargetGroups", func(g types.TargetGroup) (any, error) {
			out, err := s.elbv2.DescribeTargetHealth(ctx, &elbv2.DescribeTargetHealthInput{TargetGroupArn: g.TargetGroupArn})
			if err != nil {
				return nil, err
			}
			return map[string]any{"TargetGroupArn": g.TargetGroupArn, "TargetHealthDescriptions": out.TargetHealthDescriptions}, nil
		})
	}},
	{"elasticloadbalancing:DescribeLoadBalancers", "LoadBalancerDescriptions", "what is for the addresses of classic load balancers is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, elb.NewDescribeLoadBalancersPaginator(s.elb, &elb.DescribeLoadBalancersInput{}),
			func(o *elb.DescribeLoadBalancersOutput) []elbtypes.LoadBalancerDescription {
				return o.LoadBalancerDescriptions
			})
	}},
}
