package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// transitCalls are those about transit gateways.
var transitCalls = []call{
	{"ec2:DescribeTransitGateways", "TransitGateways", "what routes lead to them is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeTransitGatewaysPaginator(s.ec2, &ec2.DescribeTransitGatewaysInput{}), func(o *ec2.DescribeTransitGatewaysOutput) []types.TransitGateway { return o.TransitGateways })
	}},
	{"ec2:DescribeTransitGatewayAttachments", "TransitGatewayAttachments", "what routes lead to transit gateways is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeTransitGatewayAttachmentsPaginator(s.ec2, &ec2.DescribeTransitGatewayAttachmentsInput{}), func(o *ec2.DescribeTransitGatewayAttachmentsOutput) []types.TransitGatewayAttachment {
			return o.TransitGatewayAttachments
		})
	}},
	{"ec2:DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments", "what routes lead to transit gateways is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeTransitGatewayVpcAttachmentsPaginator(s.ec2, &ec2.DescribeTransitGatewayVpcAttachmentsInput{}), func(o *ec2.DescribeTransitGatewayVpcAttachmentsOutput) []types.TransitGatewayVpcAttachment {
			return o.TransitGatewayVpcAttachments
		})
	}},
	{"ec2:DescribeTransitGatewayPeeringAttachments", "TransitGatewayPeeringAttachments", "the other ends of peerings are those that the attachments name", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeTransitGatewayPeeringAttachmentsPaginator(s.ec2, &ec2.DescribeTransitGatewayPeeringAttachmentsInput{}), func(o *ec2.DescribeTransitGatewayPeeringAttachmentsOutput) []types.TransitGatewayPeeringAttachment {
			return o.TransitGatewayPeeringAttachments
		})
	}},
	{"ec2:DescribeTransitGatewayConnects", "TransitGatewayConnects", "what is behind Connect attachments is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeTransitGatewayConnectsPaginator(s.ec2, &ec2.DescribeTransitGatewayConnectsInput{}), func(o *ec2.DescribeTransitGatewayConnectsOutput) []types.TransitGatewayConnect {
			return o.TransitGatewayConnects
		})
	}},
	{"ec2:DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables", "what routes lead to transit gateways is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeTransitGatewayRouteTablesPaginator(s.ec2, &ec2.DescribeTransitGatewayRouteTablesInput{}), func(o *ec2.DescribeTransitGatewayRouteTablesOutput) []types.TransitGatewayRouteTable {
			return o.TransitGatewayRouteTables
		})
	}},
	{"ec2:GetTransitGatewayRouteTablePropagations", "TransitGatewayPropagations", "they are concluded from the routes", func(ctx context.Context, s *session) ([]any, error) {
		return each(s, "TransitGatewayRouteTables", func(t types.TransitGatewayRouteTable) (any, error) {
			list, err := all(ctx, ec2.NewGetTransitGatewayRouteTablePropagationsPaginator(s.ec2, &ec2.GetTransitGatewayRouteTablePropagationsInput{TransitGatewayRouteTableId: t.TransitGatewayRouteTableId}),
				func(o *ec2.GetTransitGatewayRouteTablePropagationsOutput) []types.TransitGatewayRouteTablePropagation {
					return o.TransitGatewayRouteTablePropagations
				})
			return map[string]any{"TransitGatewayRouteTableId": t.TransitGatewayRouteTableId, "TransitGatewayRouteTablePropagations": list}, err
		})
	}},
	{"ec2:SearchTransitGatewayRoutes", "TransitGatewayRoutes", "what routes lead to transit gateways is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return each(s, "TransitGatewayRouteTables", func(t types.TransitGatewayRouteTable) (any, error) {
			in := &ec2.SearchTransitGatewayRoutesInput{TransitGatewayRouteTableId: t.TransitGatewayRouteTableId,
				Filters: []types.Filter{{Name: aws.String("state"), Values: []string{"active", "blackhole"}}}}
			out, err := s.ec2.SearchTransitGatewayRoutes(ctx, in)
			if err != nil {
				return nil, err
			}
			if aws.ToBool(out.AdditionalRoutesAvailable) {
				s.note("transit gateway route table %s has more than the %d routes that AWS lists", aws.ToString(t.TransitGatewayRouteTableId), len(out.Routes))
			}
			return map[string]any{"TransitGatewayRouteTableId": t.TransitGatewayRouteTableId, "Routes": out.Routes,
				"AdditionalRoutesAvailable": out.AdditionalRoutesAvailable}, nil
		})
	}},
}
