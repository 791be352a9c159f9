package cloudformation

// writing is how a type of resource is written: in which pass, and by what.
type writing struct {
	pass  int
	write func(*writer, *resource)
}

// kinds are the types of resources that become part of the network.
var kinds = map[string]writing{
	"AWS::EC2::VPC":                                       {0, (*writer).vpc},
	"AWS::EC2::VPCCidrBlock":                              {1, (*writer).vpcBlock},
	"AWS::EC2::Subnet":                                    {0, (*writer).subnet},
	"AWS::EC2::SubnetCidrBlock":                           {1, (*writer).subnetBlock},
	"AWS::EC2::InternetGateway":                           {0, (*writer).internetGateway},
	"AWS::EC2::EgressOnlyInternetGateway":                 {0, (*writer).egressOnlyGateway},
	"AWS::EC2::VPCGatewayAttachment":                      {1, (*writer).attachGateway},
	"AWS::EC2::RouteTable":                                {0, (*writer).routeTable},
	"AWS::EC2::Route":                                     {1, (*writer).route},
	"AWS::EC2::SubnetRouteTableAssociation":               {1, (*writer).associateTable},
	"AWS::EC2::GatewayRouteTableAssociation":              {1, (*writer).associateGateway},
	"AWS::EC2::VPNGatewayRoutePropagation":                {1, (*writer).propagate},
	"AWS::EC2::NetworkAcl":                                {0, (*writer).networkACL},
	"AWS::EC2::NetworkAclEntry":                           {1, (*writer).networkACLEntry},
	"AWS::EC2::SubnetNetworkAclAssociation":               {1, (*writer).associateACL},
	"AWS::EC2::SecurityGroup":                             {0, (*writer).securityGroup},
	"AWS::EC2::SecurityGroupIngress":                      {1, (*writer).securityGroupIngress},
	"AWS::EC2::SecurityGroupEgress":                       {1, (*writer).securityGroupEgress},
	"AWS::EC2::PrefixList":                                {0, (*writer).prefixList},
	"AWS::EC2::Instance":                                  {0, (*writer).instance},
	"AWS::EC2::NetworkInterface":                          {0, (*writer).networkInterface},
	"AWS::EC2::NetworkInterfaceAttachment":                {1, (*writer).attachInterface},
	"AWS::EC2::NatGateway":                                {0, (*writer).natGateway},
	"AWS::EC2::EIP":                                       {1, (*writer).elasticIP},
	"AWS::EC2::EIPAssociation":                            {1, (*writer).associateElasticIP},
	"AWS::EC2::VPCPeeringConnection":                      {0, (*writer).peering},
	"AWS::EC2::VPNGateway":                                {0, (*writer).vpnGateway},
	"AWS::EC2::CustomerGateway":                           {0, (*writer).nothing},
	"AWS::EC2::VPNConnection":                             {0, (*writer).vpnConnection},
	"AWS::EC2::VPNConnectionRoute":                        {1, (*writer).vpnConnectionRoute},
	"AWS::EC2::TransitGateway":                            {0, (*writer).transitGateway},
	"AWS::EC2::TransitGatewayAttachment":                  {0, (*writer).transitAttachment},
	"AWS::EC2::TransitGatewayVpcAttachment":               {0, (*writer).transitAttachment},
	"AWS::EC2::TransitGatewayRouteTable":                  {0, (*writer).transitTable},
	"AWS::EC2::TransitGatewayRouteTableAssociation":       {1, (*writer).associateTransit},
	"AWS::EC2::TransitGatewayRouteTablePropagation":       {1, (*writer).propagateTransit},
	"AWS::EC2::TransitGatewayRoute":                       {1, (*writer).transitRoute},
	"AWS::EC2::VPCEndpoint":                               {0, (*writer).vpcEndpoint},
	"AWS::EC2::InstanceConnectEndpoint":                   {0, (*writer).instanceConnect},
	"AWS::EC2::CarrierGateway":                            {0, (*writer).carrierGateway},
	"AWS::EC2::VPCBlockPublicAccessOptions":               {0, (*writer).publicAccess},
	"AWS::EC2::VPCBlockPublicAccessExclusion":             {1, (*writer).publicAccessExclusion},
	"AWS::EC2::TransitGatewayConnect":                     {1, (*writer).transitConnect},
	"AWS::EC2::TransitGatewayConnectPeer":                 {0, (*writer).nothing},
	"AWS::EC2::TransitGatewayPeeringAttachment":           {0, (*writer).transitPeering},
	"AWS::DirectConnect::DirectConnectGateway":            {0, (*writer).directConnectGateway},
	"AWS::DirectConnect::DirectConnectGatewayAssociation": {1, (*writer).directConnectAssociation},
	"AWS::DirectConnect::PrivateVirtualInterface":         {0, (*writer).nothing},
	"AWS::DirectConnect::TransitVirtualInterface":         {0, (*writer).nothing},
	"AWS::DirectConnect::Connection":                      {0, (*writer).nothing},
	"AWS::DirectConnect::Lag":                             {0, (*writer).nothing},
	"AWS::RDS::DBInstance":                                {0, (*writer).place},
	"AWS::Lambda::Function":                               {0, (*writer).place},
	"AWS::Serverless::Function":                           {0, (*writer).place},
	"AWS::ECS::Service":                                   {0, (*writer).place},
	"AWS::EFS::MountTarget":                               {0, (*writer).place},
	"AWS::ElastiCache::CacheCluster":                      {0, (*writer).place},
	"AWS::ElastiCache::ReplicationGroup":                  {0, (*writer).place},
	"AWS::Redshift::Cluster":                              {0, (*writer).place},
	"AWS::AutoScaling::AutoScalingGroup":                  {0, (*writer).place},
	"AWS::ElasticLoadBalancing::LoadBalancer":             {2, (*writer).classicBalancer},
	"AWS::ElasticLoadBalancingV2::ListenerRule":           {0, (*writer).nothing}, // its listener's load balancer writes it
	"AWS::ElasticLoadBalancingV2::LoadBalancer":           {2, (*writer).loadBalancer},
	"AWS::ElasticLoadBalancingV2::Listener":               {0, (*writer).nothing}, // its load balancer writes it
	"AWS::ElasticLoadBalancingV2::TargetGroup":            {0, (*writer).nothing}, // its listeners write it
	"AWS::NetworkFirewall::Firewall":                      {0, (*writer).firewall},
	"AWS::NetworkFirewall::FirewallPolicy":                {0, (*writer).nothing}, // its firewalls write it
	"AWS::NetworkFirewall::RuleGroup":                     {0, (*writer).nothing},
}

func (w *writer) nothing(*resource) {}
