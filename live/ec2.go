package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// ec2Calls are those about VPCs and what stands in them.
var ec2Calls = []call{
	{"ec2:DescribeAvailabilityZones", "AvailabilityZones", "zones are told apart by their letters", func(ctx context.Context, s *session) ([]any, error) {
		out, err := s.ec2.DescribeAvailabilityZones(ctx, &ec2.DescribeAvailabilityZonesInput{})
		if err != nil {
			return nil, err
		}
		return appendAll(nil, out.AvailabilityZones), nil
	}},
	{"ec2:DescribeVpcs", "Vpcs", "", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeVpcsPaginator(s.ec2, &ec2.DescribeVpcsInput{}), func(o *ec2.DescribeVpcsOutput) []types.Vpc { return o.Vpcs })
	}},
	{"ec2:DescribeSubnets", "Subnets", "", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeSubnetsPaginator(s.ec2, &ec2.DescribeSubnetsInput{}), func(o *ec2.DescribeSubnetsOutput) []types.Subnet { return o.Subnets })
	}},
	{"ec2:DescribeRouteTables", "RouteTables", "", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeRouteTablesPaginator(s.ec2, &ec2.DescribeRouteTablesInput{}), func(o *ec2.DescribeRouteTablesOutput) []types.RouteTable { return o.RouteTables })
	}},
	{"ec2:DescribeNetworkAcls", "NetworkAcls", "", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeNetworkAclsPaginator(s.ec2, &ec2.DescribeNetworkAclsInput{}), func(o *ec2.DescribeNetworkAclsOutput) []types.NetworkAcl { return o.NetworkAcls })
	}},
	{"ec2:DescribeSecurityGroups", "SecurityGroups", "", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeSecurityGroupsPaginator(s.ec2, &ec2.DescribeSecurityGroupsInput{}), func(o *ec2.DescribeSecurityGroupsOutput) []types.SecurityGroup { return o.SecurityGroups })
	}},
	{"ec2:DescribeNetworkInterfaces", "NetworkInterfaces", "", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeNetworkInterfacesPaginator(s.ec2, &ec2.DescribeNetworkInterfacesInput{}), func(o *ec2.DescribeNetworkInterfacesOutput) []types.NetworkInterface { return o.NetworkInterfaces })
	}},
	{"ec2:DescribeInstances", "Reservations", "instances have no names, and those without a network interface are not known", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeInstancesPaginator(s.ec2, &ec2.DescribeInstancesInput{}), func(o *ec2.DescribeInstancesOutput) []types.Reservation { return o.Reservations })
	}},
	{"ec2:DescribeInternetGateways", "InternetGateways", "they are concluded from active routes to them", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeInternetGatewaysPaginator(s.ec2, &ec2.DescribeInternetGatewaysInput{}), func(o *ec2.DescribeInternetGatewaysOutput) []types.InternetGateway { return o.InternetGateways })
	}},
	{"ec2:DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways", "they are concluded from active routes to them", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeEgressOnlyInternetGatewaysPaginator(s.ec2, &ec2.DescribeEgressOnlyInternetGatewaysInput{}), func(o *ec2.DescribeEgressOnlyInternetGatewaysOutput) []types.EgressOnlyInternetGateway {
			return o.EgressOnlyInternetGateways
		})
	}},
	{"ec2:DescribeNatGateways", "NatGateways", "what routes lead to them is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeNatGatewaysPaginator(s.ec2, &ec2.DescribeNatGatewaysInput{}), func(o *ec2.DescribeNatGatewaysOutput) []types.NatGateway { return o.NatGateways })
	}},
	{"ec2:DescribeAddresses", "Addresses", "the public addresses are those that network interfaces show", func(ctx context.Context, s *session) ([]any, error) {
		out, err := s.ec2.DescribeAddresses(ctx, &ec2.DescribeAddressesInput{})
		if err != nil {
			return nil, err
		}
		return appendAll(nil, out.Addresses), nil
	}},
	{"ec2:DescribeVpcPeeringConnections", "VpcPeeringConnections", "what routes lead to them is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeVpcPeeringConnectionsPaginator(s.ec2, &ec2.DescribeVpcPeeringConnectionsInput{}), func(o *ec2.DescribeVpcPeeringConnectionsOutput) []types.VpcPeeringConnection {
			return o.VpcPeeringConnections
		})
	}},
	{"ec2:DescribeVpcEndpoints", "VpcEndpoints", "what routes lead to them, and what is for their addresses, is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeVpcEndpointsPaginator(s.ec2, &ec2.DescribeVpcEndpointsInput{}), func(o *ec2.DescribeVpcEndpointsOutput) []types.VpcEndpoint { return o.VpcEndpoints })
	}},
	{"ec2:DescribeInstanceConnectEndpoints", "InstanceConnectEndpoints", "what is for their addresses is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeInstanceConnectEndpointsPaginator(s.ec2, &ec2.DescribeInstanceConnectEndpointsInput{}), func(o *ec2.DescribeInstanceConnectEndpointsOutput) []types.Ec2InstanceConnectEndpoint {
			return o.InstanceConnectEndpoints
		})
	}},
	{"ec2:DescribePrefixLists", "PrefixLists", "the addresses of the services of AWS are unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribePrefixListsPaginator(s.ec2, &ec2.DescribePrefixListsInput{}), func(o *ec2.DescribePrefixListsOutput) []types.PrefixList { return o.PrefixLists })
	}},
	{"ec2:DescribeManagedPrefixLists", managedPrefixLists, "the lists have no names", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeManagedPrefixListsPaginator(s.ec2, &ec2.DescribeManagedPrefixListsInput{}), func(o *ec2.DescribeManagedPrefixListsOutput) []types.ManagedPrefixList { return o.PrefixLists })
	}},
	{"ec2:GetManagedPrefixListEntries", "PrefixListEntries", "what the lists hold is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return each(s, managedPrefixLists, func(l types.ManagedPrefixList) (any, error) {
			entries, err := all(ctx, ec2.NewGetManagedPrefixListEntriesPaginator(s.ec2, &ec2.GetManagedPrefixListEntriesInput{PrefixListId: l.PrefixListId}),
				func(o *ec2.GetManagedPrefixListEntriesOutput) []types.PrefixListEntry { return o.Entries })
			return map[string]any{"PrefixListId": l.PrefixListId, "Entries": entries}, err
		})
	}},
	{"ec2:DescribeVpcBlockPublicAccessOptions", "VpcBlockPublicAccessOptions", "VPC Block Public Access is taken to be off, unless VPCs say that it is on", func(ctx context.Context, s *session) ([]any, error) {
		out, err := s.ec2.DescribeVpcBlockPublicAccessOptions(ctx, &ec2.DescribeVpcBlockPublicAccessOptionsInput{})
		if err != nil || out.VpcBlockPublicAccessOptions == nil {
			return nil, err
		}
		return []any{*out.VpcBlockPublicAccessOptions}, nil
	}},
	{"ec2:DescribeVpcBlockPublicAccessExclusions", "VpcBlockPublicAccessExclusions", "where public access is blocked, what passes internet gateways is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return tokens(func(token *string) ([]types.VpcBlockPublicAccessExclusion, *string, error) {
			out, err := s.ec2.DescribeVpcBlockPublicAccessExclusions(ctx, &ec2.DescribeVpcBlockPublicAccessExclusionsInput{NextToken: token})
			if err != nil {
				return nil, nil, err
			}
			return out.VpcBlockPublicAccessExclusions, out.NextToken, nil
		})
	}},
	{"ec2:DescribePublicIpv4Pools", "PublicIpv4Pools", "what passes an internet gateway that leads such addresses into a VPC is unknown", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribePublicIpv4PoolsPaginator(s.ec2, &ec2.DescribePublicIpv4PoolsInput{}), func(o *ec2.DescribePublicIpv4PoolsOutput) []types.PublicIpv4Pool { return o.PublicIpv4Pools })
	}},
	{"ec2:DescribeByoipCidrs", "ByoipCidrs", "the ranges are taken to be advertised", func(ctx context.Context, s *session) ([]any, error) {
		return all(ctx, ec2.NewDescribeByoipCidrsPaginator(s.ec2, &ec2.DescribeByoipCidrsInput{MaxResults: aws.Int32(100)}), func(o *ec2.DescribeByoipCidrsOutput) []types.ByoipCidr { return o.ByoipCidrs })
	}},
}
