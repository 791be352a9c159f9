package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// gatewayCalls are those about the ways out of AWS.
var gatewayCalls = []call{
	{"ec2:DescribeVpnGateways", "VpnGateways", "they are concluded from active routes to them", func(ctx context.Context, s *session) ([]any, error) {
		out, err := s.ec2.DescribeVpnGateways(ctx, &ec2.DescribeVpnGatewaysInput{})
		if err != nil {
			return nil, err
		}
		return appendAll(nil, out.VpnGateways), nil
	}},
	{"ec2:DescribeVpnConnections", "VpnConnections", "what is behind VPN gateways and transit gateways is unknown", func(ctx context.Context, s *session) ([]any, error) {
		out, err := s.ec2.DescribeVpnConnections(ctx, &ec2.DescribeVpnConnectionsInput{})
		if err != nil {
			return nil, err
		}
		return appendAll(nil, out.VpnConnections), nil
	}},
	{"ec2:DescribeCustomerGateways", "CustomerGateways", "nothing depends on them", func(ctx context.Context, s *session) ([]any, error) {
		out, err := s.ec2.DescribeCustomerGateways(ctx, &ec2.DescribeCustomerGatewaysInput{})
		if err != nil {
			return nil, err
		}
		return appendAll(nil, out.CustomerGateways), nil
	}},
	{"ec2:DescribeCarrierGateways", "CarrierGateways", "what routes lead to them is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeCarrierGatewaysPaginator(s.ec2, &ec2.DescribeCarrierGatewaysInput{}), func(o *ec2.DescribeCarrierGatewaysOutput) []types.CarrierGateway { return o.CarrierGateways })
	}},
	{"ec2:DescribeLocalGateways", "LocalGateways", "what routes lead to them is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeLocalGatewaysPaginator(s.ec2, &ec2.DescribeLocalGatewaysInput{}), func(o *ec2.DescribeLocalGatewaysOutput) []types.LocalGateway { return o.LocalGateways })
	}},
	{"ec2:DescribeLocalGatewayRouteTables", "LocalGatewayRouteTables", "what routes lead to local gateways is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeLocalGatewayRouteTablesPaginator(s.ec2, &ec2.DescribeLocalGatewayRouteTablesInput{}), func(o *ec2.DescribeLocalGatewayRouteTablesOutput) []types.LocalGatewayRouteTable {
			return o.LocalGatewayRouteTables
		})
	}},
	{"ec2:DescribeLocalGatewayRouteTableVpcAssociations", "LocalGatewayRouteTableVpcAssociations", "what routes lead to local gateways is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeLocalGatewayRouteTableVpcAssociationsPaginator(s.ec2, &ec2.DescribeLocalGatewayRouteTableVpcAssociationsInput{}), func(o *ec2.DescribeLocalGatewayRouteTableVpcAssociationsOutput) []types.LocalGatewayRouteTableVpcAssociation {
			return o.LocalGatewayRouteTableVpcAssociations
		})
	}},
	{"ec2:SearchLocalGatewayRoutes", "LocalGatewayRoutes", "what is behind local gateways is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return each(s, "LocalGatewayRouteTables", func(t types.LocalGatewayRouteTable) (any, error) {
			routes, err := all(ctx, ec2.NewSearchLocalGatewayRoutesPaginator(s.ec2, &ec2.SearchLocalGatewayRoutesInput{LocalGatewayRouteTableId: t.LocalGatewayRouteTableId}),
				func(o *ec2.SearchLocalGatewayRoutesOutput) []types.LocalGatewayRoute { return o.Routes })
			return map[string]any{"LocalGatewayRouteTableId": t.LocalGatewayRouteTableId, "Routes": routes}, err
		})
	}},
}
