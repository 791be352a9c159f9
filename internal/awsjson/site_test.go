package awsjson_test

import (
	"testing"

	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

const (
	vgwLearned = `{"DestinationCidrBlock": "172.16.0.0/16", "GatewayId": "vgw-1", "Origin": "EnableVgwRoutePropagation", "State": "active"}`
	dxGateways = `[{"directConnectGatewayId": "5f294f92-bafb-4011-916d-9b0bexample", "directConnectGatewayName": "dc", "amazonSideAsn": 64512, "ownerAccount": "111122223333", "directConnectGatewayState": "available", "tags": []}]`
)

// privateDirect has a VPN gateway behind a Direct Connect gateway.
func privateDirect() []load.Source {
	return dumpFiles("VpnGateways", `[{"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": [{"State": "attached", "VpcId": "vpc-1"}]}]`,
		"RouteTables", `[{"RouteTableId": "rtb-main", "VpcId": "vpc-1", "Associations": [{"Main": true}], "PropagatingVgws": [{"GatewayId": "vgw-1"}], "Routes": [`+vgwLearned+`]}]`,
		"directConnectGateways", dxGateways,
		"directConnectGatewayAssociations", `[{"directConnectGatewayId": "5f294f92-bafb-4011-916d-9b0bexample", "directConnectGatewayOwnerAccount": "111122223333", "associationState": "associated", "associationId": "be85116d-46eb-4b43-a27a-da0c2example",
		  "associatedGateway": {"id": "vgw-1", "type": "virtualPrivateGateway", "ownerAccount": "111122223333", "region": "eu-west-1"}, "allowedPrefixesToDirectConnectGateway": [{"cidr": "10.0.0.0/16"}], "virtualGatewayId": "vgw-1"}]`,
		"virtualInterfaces", `[{"virtualInterfaceId": "dxvif-1", "virtualInterfaceType": "private", "virtualInterfaceState": "available", "directConnectGatewayId": "5f294f92-bafb-4011-916d-9b0bexample", "virtualGatewayId": "", "region": "eu-west-1"}]`)
}

func TestVGW06_DirectConnectGateway(t *testing.T) {
	n := importFiles(t, privateDirect())
	if len(n.findings) > 0 {
		t.Error(n.findings)
	}
	n.want("db -> 172.16.1.1 tcp/443", reachable, "db -> 172.17.1.1 tcp/443", unreachable)
	if g := n.topo.Names["dc"].(*model.VPNConnection); len(g.Gateways) != 1 || len(g.Routes) != 1 || len(g.AllowedPrefixes) != 1 || g.Type != model.DirectConnect {
		t.Errorf("%+v", g)
	}
	// the reply's way: what is not announced does not come back
	importFiles(t, changed(t, privateDirect(), `{"cidr": "10.0.0.0/16"}`, `{"cidr": "10.0.0.0/24"}`)).want("db -> 172.16.1.1 tcp/443", unreachable, "db -> 172.16.1.1 udp/53", reachable)
	importFiles(t, changed(t, privateDirect(), `"associationState": "associated"`, `"associationState": "disassociated"`)).says("holds nothing behind it that it could have learned them from").want("db -> 172.16.1.1 tcp/443", unknown)
	// another account sees the association alone
	importFiles(t, without(privateDirect(), "directConnectGateways")).want("db -> 172.16.1.1 tcp/443", reachable)
	importFiles(t, without(privateDirect(), "directConnectGateways", "directConnectGatewayAssociations")).
		says("no Direct Connect (aws directconnect describe-direct-connect-gateway-associations, describe-virtual-interfaces)").want("db -> 172.16.1.1 tcp/443", unknown)
	// propagated into no table, nobody knows what it has learned
	importFiles(t, changed(t, privateDirect(), `"PropagatingVgws": [{"GatewayId": "vgw-1"}], "Routes": [`+vgwLearned+`]`, `"Routes": [{"DestinationCidrBlock": "172.16.0.0/16", "GatewayId": "vgw-1", "Origin": "CreateRoute", "State": "active"}]`)).
		says("it propagates into no route table").want("db -> 172.16.1.1 tcp/443", unknown)
}

// TestVGW06_VirtualInterfaces: private virtual interfaces may end at a VPN
// gateway without a Direct Connect gateway.
func TestVGW06_VirtualInterfaces(t *testing.T) {
	files := changed(t, without(privateDirect(), "directConnectGateways"), `"directConnectGatewayId": "5f294f92-bafb-4011-916d-9b0bexample", "virtualGatewayId": ""`, `"virtualInterfaceName": "dc-vif", "virtualGatewayId": "vgw-1"`)
	files = changed(t, files, `"associationState": "associated"`, `"associationState": "disassociated"`)
	n := importFiles(t, files)
	n.want("db -> 172.16.1.1 tcp/443", reachable)
	if g, ok := n.topo.Names["dc-vif"].(*model.VPNConnection); !ok || g.AllowedPrefixes != nil || len(g.Routes) != 1 {
		t.Errorf("%+v", g)
	}
}

// TestVGW02_DirectConnectAndVPN: which of two has told a gateway what, AWS
// does not say; unless one has told nothing.
func TestVGW02_DirectConnectAndVPN(t *testing.T) {
	vpn := func(telemetry string) []load.Source {
		return append(privateDirect(), load.Source{Name: "dump/VpnConnections.json", Data: []byte(`{"VpnConnections": [{"VpnConnectionId": "vpn-1", "VpnGatewayId": "vgw-1", "State": "available", "Options": {"StaticRoutesOnly": false}, "Routes": []` + telemetry + `}]}`)})
	}
	importFiles(t, vpn("")).says("it has several connections with BGP, and the dump does not say which has learned what").want("db -> 172.16.1.1 tcp/443", unknown)
	const down, up = `, "VgwTelemetry": [{"AcceptedRouteCount": 0, "Status": "DOWN"}, {"AcceptedRouteCount": 0, "Status": "DOWN"}]`, `, "VgwTelemetry": [{"AcceptedRouteCount": 0, "Status": "DOWN"}, {"AcceptedRouteCount": 2, "Status": "UP"}]`
	importFiles(t, vpn(up)).want("db -> 172.16.1.1 tcp/443", unknown)
	n := importFiles(t, vpn(down))
	n.want("db -> 172.16.1.1 tcp/443", reachable)
	if c := n.topo.Names["vpn-1"].(*model.VPNConnection); len(c.Routes) != 0 {
		t.Errorf("%+v", c.Routes)
	}
	// beside a static connection, whose routes are known, the rest is Direct Connect's
	static := changed(t, vpn(""), `"StaticRoutesOnly": false}, "Routes": []`, `"StaticRoutesOnly": true}, "Routes": [{"DestinationCidrBlock": "172.20.0.0/16", "State": "available"}]`)
	static = changed(t, static, vgwLearned, vgwLearned+`, {"DestinationCidrBlock": "172.20.0.0/16", "GatewayId": "vgw-1", "Origin": "EnableVgwRoutePropagation", "State": "active"}`)
	n = importFiles(t, static)
	n.want("db -> 172.16.1.1 tcp/443", reachable, "db -> 172.20.1.1 tcp/443", reachable)
	if c := n.topo.Names["dc"].(*model.VPNConnection); len(c.Routes) != 1 || c.Routes[0].Prefix.String() != "172.16.0.0/16" {
		t.Errorf("%+v", c.Routes)
	}
}

// transitDirect has a Direct Connect gateway, and a Connect attachment over
// the attachment of vpc-2, on the transit gateway of hub.
func transitDirect(t testing.TB, change ...string) []load.Source {
	const connect = `{"TransitGatewayAttachmentId": "att-0gre", "TransitGatewayId": "tgw-1", "ResourceType": "connect", "ResourceId": "att-2", "State": "available", "Association": {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"}}`
	files := changed(t, hub("directConnectGateways", dxGateways,
		"directConnectGatewayAssociations", `[{"directConnectGatewayId": "5f294f92-bafb-4011-916d-9b0bexample", "associationState": "associated", "associationId": "assoc-1", "associatedGateway": {"id": "tgw-1", "type": "transitGateway"}, "allowedPrefixesToDirectConnectGateway": [{"cidr": "10.0.0.0/8"}]}]`,
		"TransitGatewayConnects", `[{"TransitGatewayAttachmentId": "att-0gre", "TransportTransitGatewayAttachmentId": "att-2", "TransitGatewayId": "tgw-1", "State": "available", "Options": {"Protocol": "gre"}}]`,
		"TransitGatewayConnectPeers", `[{"TransitGatewayAttachmentId": "att-0gre", "TransitGatewayConnectPeerId": "tgw-connect-peer-1", "State": "available"}]`),
		`{"DestinationCidrBlock": "10.2.0.0/16", "TransitGatewayId"`, `{"DestinationCidrBlock": "172.16.0.0/12", "TransitGatewayId": "tgw-1", "State": "active"}, {"DestinationCidrBlock": "192.168.0.0/16", "TransitGatewayId": "tgw-1", "State": "active"}, {"DestinationCidrBlock": "10.2.0.0/16", "TransitGatewayId"`,
		`"ResourceId": "dx-1", "State"`, `"ResourceId": "5f294f92-bafb-4011-916d-9b0bexample", "State"`, `"ResourceId": "dx-1"`, `"ResourceId": "5f294f92-bafb-4011-916d-9b0bexample"`,
		`{"TransitGatewayAttachmentId": "att-dx"`, connect+`, {"TransitGatewayAttachmentId": "att-dx"`,
		`{"DestinationCidrBlock": "10.2.9.0/24", "Type": "static", "State": "blackhole"}`, `{"DestinationCidrBlock": "10.2.9.0/24", "Type": "static", "State": "blackhole"}, {"DestinationCidrBlock": "192.168.7.0/24", "Type": "propagated", "State": "active",
		  "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "att-0gre", "ResourceId": "att-2", "ResourceType": "connect"}]}`)
	return changed(t, files, change...)
}

func TestTGW01_DirectConnectAndConnectAttachments(t *testing.T) {
	n := importFiles(t, transitDirect(t))
	if len(n.findings) > 0 {
		t.Error(n.findings)
	}
	n.want("web-1 -> 172.16.1.1 tcp/443", reachable, "web-1 -> 192.168.7.1 tcp/443", reachable, "web-1 -> 192.168.8.1 tcp/443", unreachable, "web-1 -> i-2 tcp/80", reachable)
	if a := n.topo.Names["att-0gre"].(*model.TransitGatewayAttachment); a.Connection == nil || a.Connection.Type != model.ConnectAttachment || len(a.Connection.Routes) != 1 {
		t.Errorf("%+v", a)
	}
	importFiles(t, transitDirect(t, `{"cidr": "10.0.0.0/8"}`, `{"cidr": "10.2.0.0/16"}`)).want("web-1 -> 172.16.1.1 tcp/443", unreachable, "web-1 -> 172.16.1.1 udp/53", reachable)
	importFiles(t, without(transitDirect(t), "directConnectGatewayAssociations")).says("are not in the dump (aws directconnect describe-direct-connect-gateway-associations)").
		want("web-1 -> 172.16.1.1 tcp/443", unknown, "web-1 -> 192.168.7.1 tcp/443", reachable)
	importFiles(t, without(transitDirect(t), "TransitGatewayConnects")).says("the attachment that carries it is not in the dump (aws ec2 describe-transit-gateway-connects)").
		want("web-1 -> 192.168.7.1 tcp/443", unknown, "web-1 -> 172.16.1.1 tcp/443", reachable)
	importFiles(t, transitDirect(t, `"ResourceType": "connect", "ResourceId": "att-2", "State": "available"`, `"ResourceType": "connect", "ResourceId": "att-2", "State": "deleted"`)).
		want("web-1 -> 192.168.7.1 tcp/443", unknown)
	importFiles(t, transitDirect(t, `, "allowedPrefixesToDirectConnectGateway": [{"cidr": "10.0.0.0/8"}]`, "")).says("the allowed prefixes of its association with Direct Connect gateway").want("web-1 -> 172.16.1.1 tcp/443", unknown)
	// what else may be attached has its name
	importFiles(t, transitDirect(t, `"ResourceType": "direct-connect-gateway", "ResourceId"`, `"ResourceType": "vpn-concentrator", "ResourceId"`)).says("attachments of type vpn-concentrator are not modelled").
		want("web-1 -> 172.16.1.1 tcp/443", unknown)
}

// TestVGW06_AllowedPrefixesOfEachAssociation: they may differ.
func TestVGW06_AllowedPrefixesOfEachAssociation(t *testing.T) {
	second := `"virtualGatewayId": "vgw-1"}, {"directConnectGatewayId": "5f294f92-bafb-4011-916d-9b0bexample", "associationState": "associated", "associationId": "other", "associatedGateway": {"id": "vgw-2"}, "allowedPrefixesToDirectConnectGateway": [{"cidr": "PREFIX"}]}]`
	gateways := `"VpcId": "vpc-1"}]}, {"VpnGatewayId": "vgw-2", "State": "available", "VpcAttachments": []}]`
	for prefix, each := range map[string]bool{"10.0.0.0/16": false, "10.9.0.0/16": true} {
		files := changed(t, privateDirect(), `"virtualGatewayId": "vgw-1"}]`, replaced(t, second, "PREFIX", prefix), `"State": "attached", "VpcId": "vpc-1"}]}]`, `"State": "attached", `+gateways)
		g := importFiles(t, files).want("db -> 172.16.1.1 tcp/443", reachable).topo.Names["dc"].(*model.VPNConnection)
		if each != (len(g.AllowedAt) == 2) || each == (g.AllowedPrefixes != nil) {
			t.Errorf("%s: %+v", prefix, g)
		}
	}
}

// TestConnectionsThatAreNotModelled: what is behind the gateway is then not
// known, and not nothing.
func TestConnectionsThatAreNotModelled(t *testing.T) {
	importFiles(t, changed(t, privateDirect(), vgwLearned, `{"DestinationCidrBlock": "nonsense", "GatewayId": "vgw-1", "Origin": "EnableVgwRoutePropagation", "State": "active"}, `+vgwLearned)).
		want("db -> 172.16.1.1 tcp/443", unknown)
	vpn := []load.Source{{Name: "dump/VpnConnections.json", Data: []byte(`{"VpnConnections": [{"VpnConnectionId": "vpn-1", "VpnGatewayId": "vgw-1", "State": "available", "Options": {"StaticRoutesOnly": true}, "Routes": [{"DestinationCidrBlock": "nonsense", "State": "available"}]}]}`)}}
	importFiles(t, append(without(privateDirect(), "directConnectGateways", "directConnectGatewayAssociations"), vpn...)).says("what is behind it is not modelled: vpn-1").want("db -> 172.16.1.1 tcp/443", unknown)
}

// TestMISC04_TwoLocalGateways of two Outposts lead to one network.
func TestMISC04_TwoLocalGateways(t *testing.T) {
	const second = `, {"LocalGatewayId": "lgw-2", "OutpostArn": "arn:aws:outposts:eu-west-1:111122223333:outpost/op-2", "State": "available"}]`
	files := changed(t, outpost("direct-vpc-routing"), `"State": "available"}]`, `"State": "available"}`+second,
		`"State": "available", "Mode": "direct-vpc-routing"}]`, `"State": "available", "Mode": "direct-vpc-routing"}, {"LocalGatewayRouteTableId": "lgw-rtb-2", "LocalGatewayId": "lgw-2", "State": "available", "Mode": "direct-vpc-routing"}]`,
		`"VpcId": "vpc-1", "State": "associated"}]`, `"VpcId": "vpc-1", "State": "associated"}, {"LocalGatewayRouteTableVpcAssociationId": "lgw-vpc-assoc-2", "LocalGatewayRouteTableId": "lgw-rtb-2", "LocalGatewayId": "lgw-2", "VpcId": "vpc-1", "State": "associated"}]`,
		`[{"LocalGatewayRouteTableId": "lgw-rtb-1", "Routes"`, `[{"LocalGatewayRouteTableId": "lgw-rtb-2", "Routes": [{"DestinationCidrBlock": "192.168.0.0/16", "LocalGatewayVirtualInterfaceGroupId": "lgw-vif-grp-2", "Type": "static", "State": "active"}]},
		  {"LocalGatewayRouteTableId": "lgw-rtb-1", "Routes"`)
	importFiles(t, files).want("i-op -> 192.168.1.1 tcp/443", reachable)
}
