package awsjson

// kind is a list of resources as the AWS CLI prints it, by its top-level key.
type kind struct {
	list string
	id   string // the key of a resource's id
	// words says what a resource is, in AWS's words.
	words string
	// idle lists say nothing that packets depend on.
	idle bool
	// part lists say more of what stands in another list.
	part bool
}

// kinds are the lists that are known. A list that AWS prints for one resource
// at a time, without its id in it, stands here as collectors wrap it.
var kinds = []kind{
	{list: "Vpcs", id: "VpcId", words: "VPC"},
	{list: "Subnets", id: "SubnetId", words: "subnet"},
	{list: "RouteTables", id: "RouteTableId", words: "route table"},
	{list: "NetworkAcls", id: "NetworkAclId", words: "network ACL"},
	{list: "SecurityGroups", id: "GroupId", words: "security group"},
	{list: "NetworkInterfaces", id: "NetworkInterfaceId", words: "network interface"},
	{list: "Instances", id: "InstanceId", words: "instance"}, // within Reservations
	{list: "Addresses", id: "PublicIp", words: "Elastic IP address", part: true},
	{list: "InternetGateways", id: "InternetGatewayId", words: "internet gateway"},
	{list: "EgressOnlyInternetGateways", id: "EgressOnlyInternetGatewayId", words: "egress-only internet gateway"},
	{list: "NatGateways", id: "NatGatewayId", words: "NAT gateway"},
	{list: "VpcPeeringConnections", id: "VpcPeeringConnectionId", words: "peering connection"},
	{list: "PrefixLists", id: "PrefixListId", words: "prefix list"},
	{list: "PrefixListEntries", id: "PrefixListId", words: "entries of a prefix list", part: true},
	{list: "VpnGateways", id: "VpnGatewayId", words: "VPN gateway"},
	{list: "VpnConnections", id: "VpnConnectionId", words: "VPN connection"},
	{list: "TransitGateways", id: "TransitGatewayId", words: "transit gateway"},
	{list: "TransitGatewayRouteTables", id: "TransitGatewayRouteTableId", words: "transit gateway route table"},
	{list: "TransitGatewayAttachments", id: "TransitGatewayAttachmentId", words: "transit gateway attachment"},
	{list: "TransitGatewayVpcAttachments", id: "TransitGatewayAttachmentId", words: "transit gateway attachment"},
	{list: "TransitGatewayPeeringAttachments", id: "TransitGatewayAttachmentId", words: "transit gateway attachment", part: true},
	{list: "TransitGatewayPropagations", id: "TransitGatewayRouteTableId", words: "propagations of a transit gateway route table", part: true},
	{list: "TransitGatewayStaticRoutes", id: "TransitGatewayRouteTableId", words: "routes of a transit gateway route table", part: true},
	{list: "VpcEndpoints", id: "VpcEndpointId", words: "VPC endpoint"},
	{list: "InstanceConnectEndpoints", id: "InstanceConnectEndpointId", words: "Instance Connect endpoint"},
	{list: "LoadBalancers", id: "LoadBalancerArn", words: "load balancer"},
	{list: "LoadBalancerDescriptions", id: "LoadBalancerName", words: "classic load balancer"},
	{list: "LoadBalancerListeners", id: "LoadBalancerArn", words: "listeners of a load balancer", part: true},
	{list: "LoadBalancerAttributes", id: "LoadBalancerArn", words: "attributes of a load balancer", part: true},
	{list: "TargetGroups", id: "TargetGroupArn", words: "target group", part: true},
	{list: "LoadBalancerTargetHealth", id: "TargetGroupArn", words: "targets of a target group", part: true},
	{list: "DBInstances", id: "DBInstanceArn", words: "database"},
	{list: "NetworkFirewalls", id: "FirewallArn", words: "network firewall"},
	{list: "CarrierGateways", id: "CarrierGatewayId", words: "carrier gateway"},
	{list: "LocalGateways", id: "LocalGatewayId", words: "local gateway"},
	{list: "LocalGatewayRouteTables", id: "LocalGatewayRouteTableId", words: "local gateway route table", part: true},
	{list: "LocalGatewayRouteTableVpcAssociations", id: "LocalGatewayRouteTableVpcAssociationId", words: "association of a local gateway route table", part: true},
	{list: "LocalGatewayRoutes", id: "LocalGatewayRouteTableId", words: "routes of a local gateway route table", part: true},
	{list: "VpcBlockPublicAccessOptions", id: "AwsAccountId", words: "VPC Block Public Access"}, // one object, not a list
	{list: "VpcBlockPublicAccessExclusions", id: "ExclusionId", words: "exclusion from VPC Block Public Access", part: true},
	{list: "PublicIpv4Pools", id: "PoolId", words: "public IPv4 pool", part: true},
	{list: "ByoipCidrs", id: "Cidr", words: "address range of your own", part: true},
	{list: "TransitGatewayConnects", id: "TransitGatewayAttachmentId", words: "Connect attachment", part: true},
	{list: "NetworkFirewallPolicies", id: "FirewallPolicyArn", words: "policy of a network firewall", part: true},
	{list: "NetworkFirewallRuleGroups", id: "RuleGroupArn", words: "rule group of a network firewall", part: true},
	{list: "directConnectGatewayAssociations", id: "associationId", words: "association of a Direct Connect gateway", part: true},
	{list: "virtualInterfaces", id: "virtualInterfaceId", words: "virtual interface", part: true},

	{list: "TargetGroupAttributes", id: "TargetGroupArn", words: "attributes of a target group", part: true},
	{list: "directConnectGateways", id: "directConnectGatewayId", words: "Direct Connect gateway"},

	{list: "ListenerRules", id: "ListenerArn", words: "rules of a listener", idle: true},
	{list: "directConnectGatewayAttachments", id: "virtualInterfaceId", words: "attachment of a virtual interface", idle: true},
	{list: "TransitGatewayConnectPeers", id: "TransitGatewayConnectPeerId", words: "Connect peer", idle: true},
	{list: "LocalGatewayRouteTableVirtualInterfaceGroupAssociations", id: "LocalGatewayRouteTableVirtualInterfaceGroupAssociationId", words: "association of a local gateway route table", idle: true},
	{list: "LocalGatewayVirtualInterfaceGroups", id: "LocalGatewayVirtualInterfaceGroupId", words: "group of virtual interfaces", idle: true},
	{list: "LocalGatewayVirtualInterfaces", id: "LocalGatewayVirtualInterfaceId", words: "virtual interface of a local gateway", idle: true},
	{list: "CoipPools", id: "PoolId", words: "pool of customer-owned addresses", idle: true}, // the addresses are with the interfaces
	{list: "RouteServers", id: "RouteServerId", words: "route server", idle: true},           // its routes are in the tables
	{list: "RouteServerEndpoints", id: "RouteServerEndpointId", words: "route server endpoint", idle: true},
	{list: "RouteServerPeers", id: "RouteServerPeerId", words: "route server peer", idle: true},
	{list: "RouteServerAssociations", id: "RouteServerId", words: "association of a route server", idle: true},
	{list: "RouteServerPropagations", id: "RouteServerId", words: "propagation of a route server", idle: true},
	{list: "Firewalls", id: "FirewallArn", words: "name of a network firewall", idle: true},
	{list: "FirewallPolicies", id: "Arn", words: "name of a policy of network firewalls", idle: true},
	{list: "RuleGroups", id: "Arn", words: "name of a rule group of network firewalls", idle: true},
	{list: "CustomerGateways", id: "CustomerGatewayId", words: "customer gateway", idle: true},
	{list: "SecurityGroupRules", id: "SecurityGroupRuleId", words: "rule of a security group", idle: true}, // in the groups too
	{list: "AvailabilityZones", id: "ZoneId", words: "Availability Zone", idle: true},
	{list: "Regions", id: "RegionName", words: "Region", idle: true},
	{list: "DhcpOptions", id: "DhcpOptionsId", words: "DHCP options", idle: true},
	{list: "KeyPairs", id: "KeyPairId", words: "key pair", idle: true},
	{list: "Volumes", id: "VolumeId", words: "volume", idle: true},
	{list: "Tags", id: "ResourceId", words: "tag", idle: true},
	{list: "FlowLogs", id: "FlowLogId", words: "flow log", idle: true},
	{list: "DBSubnetGroups", id: "DBSubnetGroupArn", words: "subnet group of databases", idle: true},
	{list: "DomainStatusList", id: "ARN", words: "search domain", idle: true},
}

func kindOf(list string) *kind {
	if other := aliases[list]; other != "" {
		list = other
	}
	for i := range kinds {
		if kinds[i].list == list {
			return &kinds[i]
		}
	}
	return nil
}

// aliases are other names of lists.
var aliases = map[string]string{"TransitGatewayRoutes": "TransitGatewayStaticRoutes", "ManagedPrefixLists": "PrefixLists", "ManagedPrefixListEntries": "PrefixListEntries"}

// wrappers hold resources that have their own kind.
var wrappers = map[string]string{"Reservations": "Instances"}
