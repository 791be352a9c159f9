package cloudformation

import (
	"bytes"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/load"
)

// entry writes an entry of what a template becomes, on one line of YAML.
func entry(t *testing.T, files []load.Source, section, name string) string {
	t.Helper()
	m := Import(files, nil)
	if top, findings := load.Load([]load.Source{{Name: "t.yaml", Doc: m.Document}}); top == nil || diag.HasErrors(findings) {
		t.Errorf("%v %v", messages(m), findings)
	}
	var text bytes.Buffer
	if err := load.Write(&text, m.Document); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(text.String(), "\n"+section+":")
	if _, rest, ok := strings.Cut(rest, "\n  "+name+":"); ok {
		var out []string
		for i, line := range strings.Split(rest, "\n") {
			if i > 0 && !strings.HasPrefix(line, "    ") {
				break
			}
			out = append(out, strings.TrimSpace(line))
		}
		return strings.TrimSpace(strings.Join(out, " "))
	}
	return "no " + section + " " + name
}

const inVPC = `
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Igw: {Type: AWS::EC2::InternetGateway}
  IgwIn: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Open: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: g, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 1, ToPort: 9999, CidrIp: 10.0.0.0/8}]}}
`

// The addresses of a gateway endpoint's service are in no template: they are
// those of a list beside it, or not known (MISC-6).
func TestGatewayEndpointOfATemplate(t *testing.T) {
	files := template1(inVPC + `
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfB: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref B, RouteTableId: !Ref Table}}
  S3: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: !Sub "com.amazonaws.${AWS::Region}.s3", RouteTableIds: [!Ref Table]}}
  Host: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref B, SecurityGroupIds: [!Ref Open]}}
`)
	expect := `expect:
  - {from: Host, to: S3, port: 443, verdict: reachable}
  - {from: Host, to: 8.8.8.8, port: 443, verdict: unknown, because: PREFIX_LIST_NOT_KNOWN}
  - {from: Host, to: 8.8.8.8, port: udp/53, verdict: unreachable}
`
	for _, f := range holds(t, files, nil, expect) {
		t.Error(f)
	}
	known := "prefix_lists: {s3: {cidrs: [52.216.0.0/15], service: com.amazonaws.us-east-1.s3}}\n" +
		strings.Replace(expect, "unknown, because: PREFIX_LIST_NOT_KNOWN", "unreachable", 1) + "  - {from: Host, to: 52.216.1.1, port: 443, verdict: reachable}\n"
	for _, f := range holds(t, files, nil, known) {
		t.Error(f)
	}
}

func TestNetworkFirewallOfATemplate(t *testing.T) {
	files := template1(inVPC + `
  Wall: {Type: AWS::NetworkFirewall::Firewall, Properties: {FirewallName: w, VpcId: !Ref Vpc, SubnetMappings: [{SubnetId: !Ref A}], FirewallPolicyArn: !Ref Policy}}
  Policy:
    Type: AWS::NetworkFirewall::FirewallPolicy
    Properties:
      FirewallPolicyName: p
      FirewallPolicy:
        StatelessDefaultActions: [aws:forward_to_sfe]
        StatelessRuleGroupReferences: [{ResourceArn: !Ref Packets, Priority: 5}]
        StatefulRuleGroupReferences: [{ResourceArn: !GetAtt Flows.RuleGroupArn}]
  Packets:
    Type: AWS::NetworkFirewall::RuleGroup
    Properties: {RuleGroupName: s, Type: STATELESS, Capacity: 10, RuleGroup: {RulesSource: {StatelessRulesAndCustomActions: {StatelessRules: [
      {Priority: 2, RuleDefinition: {Actions: [aws:drop], MatchAttributes: {Protocols: [6], DestinationPorts: [{FromPort: 25, ToPort: 25}], Sources: [{AddressDefinition: !GetAtt B.CidrBlock}]}}}]}}}}
  Flows:
    Type: AWS::NetworkFirewall::RuleGroup
    Properties: {RuleGroupName: f, Type: STATEFUL, Capacity: 10, RuleGroup: {RuleVariables: {IPSets: {IN: {Definition: [!GetAtt Vpc.CidrBlock]}}}, RulesSource: {StatefulRules: [
      {Action: PASS, Header: {Protocol: TCP, Source: $IN, SourcePort: ANY, Direction: FORWARD, Destination: ANY, DestinationPort: "443"}, RuleOptions: [{Keyword: "sid", Settings: ["1"]}]},
      {Action: DROP, Header: {Protocol: IP, Source: ANY, SourcePort: ANY, Direction: ANY, Destination: ANY, DestinationPort: ANY}, RuleOptions: [{Keyword: "sid:2"}]}]}}}
  TableB: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfB: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref B, RouteTableId: !Ref TableB}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableB, DestinationCidrBlock: 0.0.0.0/0, VpcEndpointId: !Select [1, !Split [":", !Select [0, !GetAtt Wall.EndpointIds]]]}}
  TableA: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref A, RouteTableId: !Ref TableA}}
  OutA: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableA, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  TableIn: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfIgw: {Type: AWS::EC2::GatewayRouteTableAssociation, Properties: {RouteTableId: !Ref TableIn, GatewayId: !Ref Igw}}
  In: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableIn, DestinationCidrBlock: 10.0.1.0/24, VpcEndpointId: !Select [1, !Split [":", !Select [0, !GetAtt Wall.EndpointIds]]]}}
  Host: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref B, SecurityGroupIds: [!Ref Open]}}
  Ip: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Host}}
`)
	for _, f := range holds(t, files, nil, `expect:
  - {from: Host, to: 8.8.8.8, port: 443, verdict: reachable, via: Wall.endpoint-1}
  - {from: Host, to: 8.8.8.8, port: 80, verdict: unreachable, because: FIREWALL_RULES_RESTRICTION}
  - {from: Host, to: 8.8.8.8, port: 25, verdict: unreachable}
`) {
		t.Error(f)
	}
	option := strings.Replace(string(files[0].Data), `[{Keyword: "sid:2"}]`, `[{Keyword: "sid:2"}, {Keyword: geoip}]`, 1)
	for _, f := range holds(t, []load.Source{{Name: "t.yaml", Data: []byte(option)}}, nil, "expect: [{from: Host, to: 8.8.8.8, port: 443, verdict: reachable}, {from: Host, to: 8.8.8.8, port: 80, verdict: unknown}]") {
		t.Error(f)
	}
	unknown := strings.Replace(string(files[0].Data), `"443"}`, `!ImportValue port}`, 1)
	for _, f := range holds(t, []load.Source{{Name: "t.yaml", Data: []byte(unknown)}}, nil, "expect: [{from: Host, to: 8.8.8.8, port: 443, verdict: unknown}, {from: Host, to: 8.8.8.8, port: 25, verdict: unreachable}]") {
		t.Error(f)
	}
}

func TestEdgesOfATemplate(t *testing.T) {
	files := template1(inVPC + `
  Wave: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.9.0/24, AvailabilityZone: us-east-1-wl1-bos-wlz-1}}
  Carrier: {Type: AWS::EC2::CarrierGateway, Properties: {VpcId: !Ref Vpc}}
  Connect: {Type: AWS::EC2::InstanceConnectEndpoint, Properties: {SubnetId: !Ref B, SecurityGroupIds: [!Ref Open], PreserveClientIp: true}}
  Bpa: {Type: AWS::EC2::VPCBlockPublicAccessOptions, Properties: {InternetGatewayBlockMode: block-ingress}}
  But: {Type: AWS::EC2::VPCBlockPublicAccessExclusion, Properties: {InternetGatewayExclusionMode: allow-bidirectional, SubnetId: !Ref A}}
  Hub: {Type: AWS::EC2::TransitGateway}
  Far: {Type: AWS::EC2::TransitGateway, Properties: {DefaultRouteTableAssociation: disable}}
  Leg: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Hub, VpcId: !Ref Vpc, SubnetIds: [!Ref B]}}
  Sdwan: {Type: AWS::EC2::TransitGatewayConnect, Properties: {TransportTransitGatewayAttachmentId: !Ref Leg}}
  Peering: {Type: AWS::EC2::TransitGatewayPeeringAttachment, Properties: {TransitGatewayId: !Ref Hub, PeerTransitGatewayId: !Ref Far}}
  Vgw: {Type: AWS::EC2::VPNGateway}
  VgwIn: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, VpnGatewayId: !Ref Vgw}}
  Dx: {Type: AWS::DirectConnect::DirectConnectGateway, Properties: {DirectConnectGatewayName: d}}
  DxVgw: {Type: AWS::DirectConnect::DirectConnectGatewayAssociation, Properties: {DirectConnectGatewayId: !Ref Dx, AssociatedGatewayId: !Ref Vgw, AllowedPrefixesToDirectConnectGateway: [10.0.0.0/16]}}
  Wan: {Type: AWS::NetworkManager::CoreNetwork, Properties: {GlobalNetworkId: g}}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {VpcId: !Ref Vpc, AvailabilityMode: regional}}
`)
	for _, c := range [][3]string{
		{"carrier_gateways", "Carrier", "{vpc: Vpc}"},
		{"vpc_endpoints", "Connect", "{type: instance_connect, subnet: B, private_ip: auto, security_groups: [Open], preserve_client_ip: true}"},
		{"block_public_access", "Bpa", "internet_gateway_block_mode: block-ingress exclusions: - {subnet: A, internet_gateway_exclusion_mode: allow-bidirectional}"},
		{"transit_gateway_attachments", "Sdwan", "transit_gateway: Hub route_table: Hub.default_route_table connect: Leg propagates_to: [Hub.default_route_table]"},
		{"transit_gateway_attachments", "Peering", "{transit_gateway: Hub, route_table: Hub.default_route_table, peer: Far}"},
		{"transit_gateway_attachments", "Peering.peer", "{transit_gateway: Far, peer: Hub}"},
		{"direct_connect_gateways", "Dx", "{vpn_gateways: [Vgw], allowed_prefixes: [10.0.0.0/16]}"},
		{"not_modelled", "Nat", `{kind: NAT gateway, reason: the addresses of a regional NAT gateway are known only when the stack is made}`},
	} {
		if got := entry(t, files, c[0], c[1]); got != c[2] {
			t.Errorf("%s %s: %s, expected %s", c[0], c[1], got, c[2])
		}
	}
	if got := entry(t, files, "not_modelled", "Wan"); !strings.Contains(got, "AWS::NetworkManager::CoreNetwork") {
		t.Error(got)
	}
}

// A carrier IP address comes with the instance, or is an Elastic IP address of
// the zone's network border group (MISC-3). Which one is not known, and then the
// instance is not modelled.
func TestCarrierAddressesOfATemplate(t *testing.T) {
	files := template1(inVPC + `
  Wave: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.9.0/24, AvailabilityZone: us-east-1-wl1-bos-wlz-1}}
  Carrier: {Type: AWS::EC2::CarrierGateway, Properties: {VpcId: !Ref Vpc}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfWave: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Wave, RouteTableId: !Ref Table}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, CarrierGatewayId: !Ref Carrier}}
  Own: {Type: AWS::EC2::Instance, Properties: {NetworkInterfaces: [{DeviceIndex: "0", AssociateCarrierIpAddress: true, SubnetId: !Ref Wave, GroupSet: [!Ref Open]}]}}
  Given: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Wave, SecurityGroupIds: [!Ref Open]}}
  GivenIp: {Type: AWS::EC2::EIP, Properties: {Domain: vpc, NetworkBorderGroup: us-east-1-wl1-bos-wlz-1, InstanceId: !Ref Given}}
  Joined: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Wave, SecurityGroupIds: [!Ref Open]}}
  JoinedIp: {Type: AWS::EC2::EIP, Properties: {Domain: vpc, NetworkBorderGroup: us-east-1-wl1-bos-wlz-1}}
  Join: {Type: AWS::EC2::EIPAssociation, Properties: {AllocationId: !GetAtt JoinedIp.AllocationId, InstanceId: !Ref Joined}}
  Bare: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Wave, SecurityGroupIds: [!Ref Open]}}
`)
	for _, name := range []string{"Own", "Given", "Joined"} {
		want := "{kind: 'AWS::EC2::Instance', reason: its carrier IP address is known only when the stack is made}"
		if got := entry(t, files, "not_modelled", name); got != want {
			t.Errorf("%s: %s, expected %s", name, got, want)
		}
	}
	holds(t, files, nil, `expect:
  - {from: Own, to: 8.8.8.8, port: 443, verdict: unknown}
  - {from: Given, to: 8.8.8.8, port: 443, verdict: unknown}
  - {from: Joined, to: 8.8.8.8, port: 443, verdict: unknown}
  - {from: Bare, to: 8.8.8.8, port: 443, verdict: unreachable, because: CAGW_CARRIER_IP_ASSOCIATION_FOR_EGRESS}
`)
}

// Hosts of services stand in the subnets and groups that are given them, and are
// the targets of load balancers, also by rules of listeners.
func TestPlacementsOfATemplate(t *testing.T) {
	files := template1(inVPC + `
  Group: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: g, SubnetIds: [!Ref A, !Ref B]}}
  Db: {Type: AWS::RDS::DBInstance, Properties: {DBSubnetGroupName: !Ref Group, VPCSecurityGroups: [!GetAtt Open.GroupId]}}
  Other: {Type: AWS::RDS::DBInstance, Properties: {DBSubnetGroupName: elsewhere}}
  Fn: {Type: AWS::Lambda::Function, Properties: {VpcConfig: {SubnetIds: [!Ref B], SecurityGroupIds: [!Ref Open]}}}
  FnOut: {Type: AWS::Lambda::Function, Properties: {Handler: x}}
  Alb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Open]}}
  Tg: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80, TargetType: ip, VpcId: !Ref Vpc}}
  L: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Alb, Port: 80, Protocol: HTTP, DefaultActions: [{Type: fixed-response}]}}
  Rule: {Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {ListenerArn: !Ref L, Priority: 1, Actions: [{Type: forward, TargetGroupArn: !Ref Tg}]}}
  Svc: {Type: AWS::ECS::Service, Properties: {LoadBalancers: [{TargetGroupArn: !Ref Tg, ContainerPort: 8080}], NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref B], SecurityGroups: [!Ref Open], AssignPublicIp: DISABLED}}}}
  Lt: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {SecurityGroupIds: [!Ref Open]}}}
  Asg: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {VPCZoneIdentifier: [!Ref A], LaunchTemplate: {LaunchTemplateId: !Ref Lt, Version: "1"}, TargetGroupARNs: [!Ref Tg]}}
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Open]}}
  Elb: {Type: AWS::ElasticLoadBalancing::LoadBalancer, Properties: {Scheme: internal, Subnets: [!Ref A], SecurityGroups: [!Ref Open], Instances: [!Ref Web], Listeners: [{LoadBalancerPort: 443, InstancePort: 8443, Protocol: SSL}]}}
`)
	for _, c := range [][3]string{
		{"instances", "Db@A", "{subnet: A, private_ip: auto, security_groups: [Open]}"},
		{"instances", "Db@B", "{subnet: B, private_ip: auto, security_groups: [Open]}"},
		{"instances", "Fn", "{subnet: B, private_ip: auto, security_groups: [Open], outbound_only: true}"},
		{"instances", "FnOut", "no instances FnOut"},
		{"instances", "Asg", "{subnet: A, private_ip: auto, public_ip: auto, security_groups: [Open]}"},
		{"load_balancers", "Alb", "type: application scheme: internal security_groups: [Open] nodes: - {subnet: A, private_ip: auto} - {subnet: B, private_ip: auto} listeners: " +
			"- {protocol: http, port: 80, answers: true, targets: [{instance: Svc, port: 8080}, {instance: Asg, port: 80}]}"},
		{"load_balancers", "Elb", "type: classic scheme: internal security_groups: [Open] nodes: - {subnet: A, private_ip: auto} listeners: - {protocol: tcp, port: 443, targets: [{instance: Web, port: 8443}]}"},
		{"not_modelled", "Other", "{kind: 'AWS::RDS::DBInstance', reason: its subnet group is not in the template}"},
	} {
		if got := entry(t, files, c[0], c[1]); got != c[2] {
			t.Errorf("%s %s: %s, expected %s", c[0], c[1], got, c[2])
		}
	}
	if got := entry(t, files, "vpcs", "Vpc"); !strings.Contains(got, "incomplete: ") {
		t.Errorf("Vpc: %s", got)
	}
}
