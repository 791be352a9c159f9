package awsjson_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

// with is a list of JSON with further items.
func with(list string, items ...string) string {
	return strings.TrimSuffix(list, "]") + ", " + strings.Join(items, ", ") + "]"
}

// replaced is a text with pairs replaced, each of which must be there.
func replaced(t testing.TB, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("there is no %s in %s", pairs[i], text)
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// changed is files with pairs replaced, each of which must be in one of them.
func changed(t testing.TB, files []load.Source, pairs ...string) []load.Source {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		found := false
		for k := range files {
			if text := string(files[k].Data); !found && strings.Contains(text, pairs[i]) {
				files[k].Data, found = []byte(strings.Replace(text, pairs[i], pairs[i+1], 1)), true
			}
		}
		if !found {
			t.Fatalf("there is no %s in the dump", pairs[i])
		}
	}
	return files
}

// without is files less those of some lists.
func without(files []load.Source, lists ...string) []load.Source {
	var out []load.Source
	for _, f := range files {
		keep := true
		for _, l := range lists {
			keep = keep && !strings.HasSuffix(f.Name, "/"+l+".json")
		}
		if keep {
			out = append(out, f)
		}
	}
	return out
}

const toNAT = `{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}`

// publicAccess has VPC Block Public Access on, with two exclusions in force.
func publicAccess(t testing.TB, mode string) []load.Source {
	return dumpFiles("VpcBlockPublicAccessOptions", replaced(t, parts["VpcBlockPublicAccessOptions"], `"off"`, `"`+mode+`"`),
		"VpcBlockPublicAccessExclusions", `[{"ExclusionId": "vpcbpa-exclude-1", "InternetGatewayExclusionMode": "allow-egress", "ResourceArn": "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-pub", "State": "create-complete"},
		  {"ExclusionId": "vpcbpa-exclude-2", "InternetGatewayExclusionMode": "allow-bidirectional", "ResourceArn": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1", "State": "delete-complete"},
		  {"ExclusionId": "vpcbpa-exclude-3", "InternetGatewayExclusionMode": "allow-bidirectional", "ResourceArn": "arn:aws:ec2:us-east-1:111122223333:vpc/vpc-1", "State": "create-complete"},
		  {"ExclusionId": "vpcbpa-exclude-4", "InternetGatewayExclusionMode": "allow-bidirectional", "ResourceArn": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-gone", "State": "create-complete"}]`)
}

func TestIGW16_PublicAccess(t *testing.T) {
	importFiles(t, publicAccess(t, "block-bidirectional")).want("web-1 -> 8.8.8.8 tcp/443", reachable, "internet -> web-1 tcp/443", unreachable, "db -> internet tcp/443", reachable)
	importFiles(t, publicAccess(t, "block-ingress")).want("web-1 -> 8.8.8.8 tcp/443", unreachable, "internet -> web-1 tcp/443", unreachable, "db -> internet tcp/443", reachable)
	importFiles(t, publicAccess(t, "off")).want("internet -> web-1 tcp/443", reachable)
	// exclusions that an organisation does not allow count for nothing
	importFiles(t, changed(t, publicAccess(t, "block-bidirectional"), `"allowed"`, `"not-allowed"`)).want("web-1 -> 8.8.8.8 tcp/443", unreachable, "db -> internet tcp/443", unreachable)
	importFiles(t, without(changed(t, publicAccess(t, "block-bidirectional"), `"allowed"`, `"not-allowed"`), "VpcBlockPublicAccessExclusions")).want("web-1 -> 8.8.8.8 tcp/443", unreachable)
	// another account's and another Region's setting is none of ours
	importFiles(t, changed(t, publicAccess(t, "block-bidirectional"), `"AwsRegion": "eu-west-1"`, `"AwsRegion": "us-east-1"`)).want("internet -> web-1 tcp/443", reachable)
	importFiles(t, changed(t, publicAccess(t, "block-bidirectional"), `"AwsAccountId": "111122223333"`, `"AwsAccountId": "999922223333"`)).want("internet -> web-1 tcp/443", reachable)
	other := changed(t, publicAccess(t, "block-bidirectional"), `"AwsAccountId": "111122223333"`, `"AwsAccountId": "999922223333"`)
	importFiles(t, without(other, "VpcBlockPublicAccessExclusions")).want("internet -> web-1 tcp/443", reachable)
	// what is missing is unknown, or said
	importFiles(t, without(publicAccess(t, "block-bidirectional"), "VpcBlockPublicAccessExclusions")).
		says("VPC Block Public Access is on (block-bidirectional), and its exclusions are not in the dump (aws ec2 describe-vpc-block-public-access-exclusions)").
		want("web-1 -> 8.8.8.8 tcp/443", unknown, "web-1 -> db tcp/5432", reachable)
	importFiles(t, dumpFiles("VpcBlockPublicAccessOptions", "")).says("does not say whether VPC Block Public Access is on (aws ec2 describe-vpc-block-public-access-options); it is taken to be off").
		want("internet -> web-1 tcp/443", reachable)
	shown := `"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "BlockPublicAccessStates": {"InternetGatewayBlockMode": "MODE"}`
	for mode, verdict := range map[string]any{"block-bidirectional": unknown, "off": reachable} {
		n := importFiles(t, dumpFiles("VpcBlockPublicAccessOptions", "", "Subnets", replaced(t, parts["Subnets"], `"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"`, strings.Replace(shown, "MODE", mode, 1))))
		n.want("web-1 -> 8.8.8.8 tcp/443", verdict)
		if mode == "off" && len(n.findings) > 0 {
			t.Errorf("it says that it is off, and there are findings: %v", n.findings)
		}
	}
}

// wavelength has an instance in a Wavelength Zone behind a carrier gateway.
func wavelength() []load.Source {
	return dumpFiles("Subnets", with(parts["Subnets"], `{"SubnetId": "subnet-wl", "VpcId": "vpc-1", "CidrBlock": "10.0.5.0/24", "AvailabilityZone": "eu-west-2-wl1-lon-wlz-1"}`),
		"RouteTables", with(parts["RouteTables"], `{"RouteTableId": "rtb-wl", "VpcId": "vpc-1", "Associations": [{"Main": false, "SubnetId": "subnet-wl", "AssociationState": {"State": "associated"}}], "Routes": [
		  {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}, {"CarrierGatewayId": "cagw-1", "DestinationCidrBlock": "0.0.0.0/0", "Origin": "CreateRoute", "State": "active"}]}`),
		"CarrierGateways", `[{"CarrierGatewayId": "cagw-1", "VpcId": "vpc-1", "State": "available", "OwnerId": "111122223333", "Tags": [{"Key": "Name", "Value": "carrier"}]}]`,
		"NetworkInterfaces", with(parts["NetworkInterfaces"], `{"NetworkInterfaceId": "eni-phone", "InterfaceType": "interface", "SubnetId": "subnet-wl", "VpcId": "vpc-1", "Status": "in-use", "SourceDestCheck": true, "Groups": [{"GroupId": "sg-web"}],
		  "Attachment": {"InstanceId": "i-phone", "DeviceIndex": 0, "Status": "attached"}, "PrivateIpAddress": "10.0.5.10", "Association": {"CarrierIp": "155.146.1.10", "IpOwnerId": "amazon"},
		  "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": "10.0.5.10", "Association": {"CarrierIp": "155.146.1.10"}}]}`,
			`{"NetworkInterfaceId": "eni-bare", "InterfaceType": "interface", "SubnetId": "subnet-wl", "VpcId": "vpc-1", "Status": "in-use", "SourceDestCheck": true, "Groups": [{"GroupId": "sg-web"}],
		  "Attachment": {"InstanceId": "i-bare", "DeviceIndex": 0, "Status": "attached"}, "PrivateIpAddress": "10.0.5.11", "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": "10.0.5.11"}]}`),
		"Addresses", `[{"AllocationId": "eipalloc-1", "CarrierIp": "155.146.1.10", "NetworkBorderGroup": "eu-west-2-wl1-lon-wlz-1", "NetworkInterfaceId": "eni-phone", "PrivateIpAddress": "10.0.5.10", "Domain": "vpc"}]`)
}

func TestMISC03_CarrierGateways(t *testing.T) {
	n := importFiles(t, wavelength())
	if len(n.findings) > 0 {
		t.Error(n.findings)
	}
	n.want("i-phone -> 8.8.8.8 tcp/443", reachable, "i-bare -> 8.8.8.8 tcp/443", unreachable, "8.8.8.8 -> 155.146.1.10 tcp/443", unreachable, "web-1 -> i-phone tcp/443", reachable)
	// the list of addresses alone says it too
	importFiles(t, changed(t, wavelength(), `, "Association": {"CarrierIp": "155.146.1.10", "IpOwnerId": "amazon"}`, "", `, "Association": {"CarrierIp": "155.146.1.10"}`, "")).want("i-phone -> 8.8.8.8 tcp/443", reachable)
	importFiles(t, changed(t, wavelength(), `"VpcId": "vpc-1", "State": "available", "OwnerId"`, `"VpcId": "vpc-1", "State": "deleted", "OwnerId"`)).want("i-phone -> 8.8.8.8 tcp/443", unreachable)
	importFiles(t, without(wavelength(), "CarrierGateways")).says(`carrier gateway "cagw-1" is not in the dump`).want("i-phone -> 8.8.8.8 tcp/443", unknown)
	// the language has one of primary addresses alone, so nobody knows what a secondary one does
	importFiles(t, changed(t, wavelength(), `{"Primary": true, "PrivateIpAddress": "10.0.5.11"}`, `{"Primary": true, "PrivateIpAddress": "10.0.5.11"}, {"Primary": false, "PrivateIpAddress": "10.0.5.12", "Association": {"CarrierIp": "155.146.1.11"}}`)).
		says("its secondary address 10.0.5.12 has a carrier or customer-owned IP address").want("web-1 -> 10.0.5.12 tcp/443", unknown)
}

// outpost has an instance on an Outpost, whose local gateway leads to a plant.
func outpost(mode string) []load.Source {
	const op = "arn:aws:outposts:eu-west-1:111122223333:outpost/op-1"
	return dumpFiles("Subnets", with(parts["Subnets"], `{"SubnetId": "subnet-op", "VpcId": "vpc-1", "CidrBlock": "10.0.6.0/24", "AvailabilityZone": "eu-west-1a", "OutpostArn": "`+op+`"}`),
		"RouteTables", with(parts["RouteTables"], `{"RouteTableId": "rtb-op", "VpcId": "vpc-1", "Associations": [{"Main": false, "SubnetId": "subnet-op"}], "Routes": [
		  {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}, {"DestinationCidrBlock": "0.0.0.0/0", "LocalGatewayId": "lgw-1", "Origin": "CreateRoute", "State": "active"}]}`),
		"LocalGateways", `[{"LocalGatewayId": "lgw-1", "OutpostArn": "`+op+`", "OwnerId": "111122223333", "State": "available"}]`,
		"LocalGatewayRouteTables", `[{"LocalGatewayRouteTableId": "lgw-rtb-1", "LocalGatewayId": "lgw-1", "OutpostArn": "`+op+`", "State": "available", "Mode": "`+mode+`"}]`,
		"LocalGatewayRouteTableVpcAssociations", `[{"LocalGatewayRouteTableVpcAssociationId": "lgw-vpc-assoc-1", "LocalGatewayRouteTableId": "lgw-rtb-1", "LocalGatewayId": "lgw-1", "VpcId": "vpc-1", "State": "associated"}]`,
		"LocalGatewayRoutes", `[{"LocalGatewayRouteTableId": "lgw-rtb-1", "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "LocalGatewayVirtualInterfaceGroupId": "lgw-vif-grp-1", "Type": "static", "State": "active", "LocalGatewayRouteTableId": "lgw-rtb-1"},
		  {"DestinationCidrBlock": "192.168.0.0/16", "LocalGatewayVirtualInterfaceGroupId": "lgw-vif-grp-1", "Type": "static", "State": "active", "LocalGatewayRouteTableId": "lgw-rtb-1"},
		  {"DestinationCidrBlock": "192.0.2.0/24", "LocalGatewayVirtualInterfaceGroupId": "lgw-vif-grp-1", "Type": "static", "State": "blackhole", "LocalGatewayRouteTableId": "lgw-rtb-1"},
		  {"DestinationCidrBlock": "10.0.0.0/8", "LocalGatewayVirtualInterfaceGroupId": "lgw-vif-grp-1", "Type": "static", "State": "active", "LocalGatewayRouteTableId": "lgw-rtb-1"},
		  {"DestinationCidrBlock": "10.0.6.0/24", "SubnetId": "subnet-op", "Type": "propagated", "State": "active", "LocalGatewayRouteTableId": "lgw-rtb-1"}]}]`,
		"CoipPools", `[{"PoolId": "ipv4pool-coip-1", "PoolCidrs": ["198.18.0.0/24"], "LocalGatewayRouteTableId": "lgw-rtb-1"}]`,
		"NetworkInterfaces", with(parts["NetworkInterfaces"], `{"NetworkInterfaceId": "eni-op", "InterfaceType": "interface", "SubnetId": "subnet-op", "VpcId": "vpc-1", "Status": "in-use", "SourceDestCheck": true, "Groups": [{"GroupId": "sg-web"}], "OutpostArn": "`+op+`",
		  "Attachment": {"InstanceId": "i-op", "DeviceIndex": 0, "Status": "attached"}, "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": "10.0.6.10", "Association": {"CustomerOwnedIp": "198.18.0.10"}}]}`,
			`{"NetworkInterfaceId": "eni-op2", "InterfaceType": "interface", "SubnetId": "subnet-op", "VpcId": "vpc-1", "Status": "in-use", "SourceDestCheck": true, "Groups": [{"GroupId": "sg-web"}],
		  "Attachment": {"InstanceId": "i-op2", "DeviceIndex": 0, "Status": "attached"}, "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": "10.0.6.11"}]}`))
}

func TestMISC04_LocalGateways(t *testing.T) {
	n := importFiles(t, outpost("direct-vpc-routing"))
	n.want("i-op -> 192.168.1.1 tcp/443", reachable, "192.168.1.1 -> i-op tcp/443", reachable, "192.168.1.1 -> i-op tcp/22", unreachable, "i-op2 -> 192.168.1.1 tcp/443", reachable,
		"i-op -> 192.0.2.7 tcp/443", unknown, "i-op -> 203.0.113.200 tcp/443", unknown, "i-op -> 10.77.0.1 tcp/443", unknown, "web-1 -> i-op tcp/443", reachable)
	if s := n.topo.Names["subnet-op"].(*model.Subnet); s.Outpost != "arn:aws:outposts:eu-west-1:111122223333:outpost/op-1" || n.topo.LocalGateways[0].Outpost != s.Outpost {
		t.Errorf("%+v", s)
	}
	importFiles(t, outpost("coip")).want("i-op -> 192.168.1.1 tcp/443", reachable, "i-op2 -> 192.168.1.1 tcp/443", unreachable, "192.168.1.1 -> 198.18.0.10 tcp/443", reachable)
	importFiles(t, without(outpost("coip"), "LocalGatewayRoutes")).says("the routes of local gateway route table \"lgw-rtb-1\" are not in the dump (aws ec2 search-local-gateway-routes)").want("i-op -> 192.168.1.1 tcp/443", unknown)
	for list, call := range map[string]string{"LocalGatewayRouteTables": "describe-local-gateway-route-tables", "LocalGatewayRouteTableVpcAssociations": "describe-local-gateway-route-table-vpc-associations"} {
		importFiles(t, without(outpost("coip"), list)).says("its route tables are not in the dump (aws ec2 "+call+")").want("i-op -> 192.168.1.1 tcp/443", unknown)
	}
	second := `"State": "associated"}, {"LocalGatewayRouteTableVpcAssociationId": "lgw-vpc-assoc-2", "LocalGatewayRouteTableId": "lgw-rtb-2", "LocalGatewayId": "lgw-1", "VpcId": "vpc-2", "State": "STATE"}]`
	importFiles(t, changed(t, outpost("coip"), `"State": "associated"}]`, strings.Replace(second, "STATE", "associated", 1))).says("VPCs are associated with several of its route tables").want("i-op -> 192.168.1.1 tcp/443", unknown)
	importFiles(t, changed(t, outpost("coip"), `"State": "associated"}]`, strings.Replace(second, "STATE", "disassociated", 1))).want("i-op -> 192.168.1.1 tcp/443", reachable)
	importFiles(t, changed(t, outpost("coip"), `"State": "associated"}]`, `"State": "disassociating"}]`)).says(`local gateway "lgw-1" is not associated with VPC "main"`).want("i-op -> 192.168.1.1 tcp/443", unknown)
}

const elsewhere = `{"NetworkInterfaceId": "eni-far", "InterfaceType": "interface", "SubnetId": "subnet-far", "VpcId": "vpc-far", "Status": "in-use", "SourceDestCheck": true, "Groups": [{"GroupId": "sg-far"}],
  "Attachment": {"InstanceId": "i-far", "DeviceIndex": 0, "Status": "attached"}, "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": "10.9.0.10", "Association": {"PublicIp": "203.0.113.90"}}]}`

// manyAddresses has a NAT gateway with several addresses, and another VPC with
// a server on the internet that admits some of them.
func manyAddresses(nat string) []load.Source {
	return dumpFiles("NatGateways", nat,
		"Vpcs", with(parts["Vpcs"], `{"VpcId": "vpc-far", "CidrBlock": "10.9.0.0/16", "OwnerId": "111122223333"}`),
		"Subnets", with(parts["Subnets"], `{"SubnetId": "subnet-far", "VpcId": "vpc-far", "CidrBlock": "10.9.0.0/24", "AvailabilityZone": "eu-west-1a"}`),
		"RouteTables", with(parts["RouteTables"], `{"RouteTableId": "rtb-far", "VpcId": "vpc-far", "Associations": [{"Main": true}], "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-far", "State": "active"}]}`),
		"NetworkAcls", with(parts["NetworkAcls"], `{"NetworkAclId": "acl-far", "VpcId": "vpc-far", "IsDefault": true, "Associations": [], "Entries": [{"CidrBlock": "0.0.0.0/0", "Egress": true, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100},
		  {"CidrBlock": "0.0.0.0/0", "Egress": false, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100}]}`),
		"InternetGateways", with(parts["InternetGateways"], `{"InternetGatewayId": "igw-far", "Attachments": [{"State": "available", "VpcId": "vpc-far"}]}`),
		"SecurityGroups", with(parts["SecurityGroups"], `{"GroupId": "sg-far", "VpcId": "vpc-far", "GroupName": "far", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "203.0.113.20/32"}]},
		  {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "203.0.113.20/31"}]}], "IpPermissionsEgress": []}`),
		"NetworkInterfaces", with(parts["NetworkInterfaces"], elsewhere))
}

func TestNGW02_SeveralAddresses(t *testing.T) {
	nat := replaced(t, parts["NatGateways"], `[{"NetworkInterfaceId": "eni-nat", "PrivateIp": "10.0.0.20", "PublicIp": "203.0.113.20"}]`,
		`[{"NetworkInterfaceId": "eni-nat", "PrivateIp": "10.0.0.21", "PublicIp": "203.0.113.21", "IsPrimary": false, "Status": "succeeded"}, {"NetworkInterfaceId": "eni-nat", "PrivateIp": "10.0.0.20", "PublicIp": "203.0.113.20", "IsPrimary": true, "Status": "succeeded"},
		  {"NetworkInterfaceId": "eni-nat", "PrivateIp": "10.0.0.22", "IsPrimary": false, "Status": "failed", "FailureMessage": "no more addresses"}]`)
	n := importFiles(t, manyAddresses(nat))
	if len(n.findings) > 0 {
		t.Error(n.findings)
	}
	n.want("db -> i-far tcp/443", reachable, "db -> i-far tcp/80", partial, "db -> 8.8.8.8 tcp/443", reachable)
	if g := n.topo.Names["nat-1"].(*model.NATGateway); len(g.Interfaces) != 2 || g.Interfaces[0].Private[0].String() != "10.0.0.20" {
		t.Errorf("%+v", g)
	}
	importFiles(t, manyAddresses(replaced(t, nat, `"PrivateIp": "10.0.0.21", "PublicIp": "203.0.113.21"`, `"PrivateIp": "10.0.0.21"`))).says("the dump does not say the public address of its 10.0.0.21").want("db -> i-far tcp/443", unknown)
}

// regional is a NAT gateway without a subnet.
func regional() []load.Source {
	files := manyAddresses(`[{"NatGatewayId": "nat-1", "State": "available", "VpcId": "vpc-1", "ConnectivityType": "public", "AvailabilityMode": "regional", "AutoScalingIps": "enabled", "AutoProvisionZones": "enabled", "RouteTableId": "rtb-nat",
	  "NatGatewayAddresses": [{"AllocationId": "eipalloc-1", "PublicIp": "203.0.113.20", "AssociationId": "eipassoc-1", "Status": "succeeded", "AvailabilityZone": "eu-west-1a", "AvailabilityZoneId": "euw1-az1"},
	    {"AllocationId": "eipalloc-2", "PublicIp": "203.0.113.21", "Status": "succeeded", "AvailabilityZone": "eu-west-1b", "AvailabilityZoneId": "euw1-az2"}]}]`)
	for i := range files {
		files[i].Data = []byte(strings.Replace(string(files[i].Data), `,
	  {"NetworkInterfaceId": "eni-nat", "InterfaceType": "nat_gateway", "SubnetId": "subnet-pub", "VpcId": "vpc-1", "Status": "in-use", "PrivateIpAddress": "10.0.0.20", "Groups": []}`, "", 1))
	}
	return files
}

func TestNGW19_RegionalGateway(t *testing.T) {
	table := func(association string) string {
		return `{"RouteTableId": "rtb-nat", "VpcId": "vpc-1", "Associations": [` + association + `], "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}, {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}]}, {"RouteTableId": "rtb-far"`
	}
	own := changed(t, regional(), `{"RouteTableId": "rtb-far"`, table(""))
	n := importFiles(t, own)
	if len(n.findings) > 0 {
		t.Error(n.findings)
	}
	n.want("db -> i-far tcp/80", reachable, "db -> 8.8.8.8 tcp/443", reachable) // the zone's address is admitted
	// the association says whose table it is, and is no gateway table's
	byGateway := changed(t, changed(t, regional(), `"RouteTableId": "rtb-nat",
	`, `"RouteTableId": "nat-1",
	`), `{"RouteTableId": "rtb-far"`, table(`{"Main": false, "GatewayId": "nat-1", "AssociationState": {"State": "associated"}}`))
	n = importFiles(t, byGateway)
	if n.want("db -> i-far tcp/80", reachable); len(n.findings) > 0 || len(n.topo.InternetGateways) != 2 {
		t.Error(n.findings)
	}
	importFiles(t, regional()).says("its route table rtb-nat is not in the dump").want("db -> 8.8.8.8 tcp/443", unknown)
	importFiles(t, changed(t, regional(), `"RouteTableId": "rtb-nat",`, "")).says("the dump does not hold the route table of regional NAT gateway").want("db -> i-far tcp/80", reachable)
	importFiles(t, changed(t, own, `"RouteTableId": "rtb-nat",`, `"RouteTableId": "rtb-nat", "AttachedAppliances": [{"Type": "network-firewall-proxy", "AttachmentState": "attached"}],`)).
		says("an appliance is attached to it, of type network-firewall-proxy").want("db -> 8.8.8.8 tcp/443", unknown)
}

// ownRange has a range of public addresses that an internet gateway leads to
// an interface.
func ownRange() []load.Source {
	return dumpFiles("RouteTables", with(parts["RouteTables"], `{"RouteTableId": "rtb-pool", "VpcId": "vpc-1", "Associations": [{"Main": false, "GatewayId": "igw-1", "AssociationState": {"State": "associated"}},
	    {"Main": false, "PublicIpv4Pool": "ipv4pool-ec2-1", "AssociationState": {"State": "associated"}}], "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
	    {"DestinationCidrBlock": "198.51.100.0/28", "NetworkInterfaceId": "eni-web", "InstanceId": "i-web", "Origin": "CreateRoute", "State": "active"}]}`),
		"PublicIpv4Pools", `[{"PoolId": "ipv4pool-ec2-1", "PoolAddressRanges": [{"FirstAddress": "198.51.100.0", "LastAddress": "198.51.100.255", "AddressCount": 256, "AvailableAddressCount": 256}], "TotalAddressCount": 256}]`,
		"ByoipCidrs", `[{"Cidr": "198.51.100.0/24", "State": "advertised", "NetworkBorderGroup": "eu-west-1"}]`)
}

func TestGW14_OwnRanges(t *testing.T) {
	n := importFiles(t, changed(t, ownRange(), `"SourceDestCheck": true`, `"SourceDestCheck": false`))
	n.want("8.8.8.8 -> 198.51.100.5 tcp/443", unknown, "8.8.8.8 -> 198.51.100.200 tcp/443", unreachable) // what the host does with it nobody knows
	n.want("internet -> web-1 tcp/443", reachable)
	if g := n.topo.Names["rtb-pool"].(*model.RouteTable); len(g.Pools) != 1 || g.Pools[0].Prefix.String() != "198.51.100.0/24" {
		t.Errorf("%+v", g.Pools)
	}
	importFiles(t, ownRange()).want("8.8.8.8 -> 198.51.100.5 tcp/443", unreachable) // the check is on
	importFiles(t, without(ownRange(), "PublicIpv4Pools")).says("the addresses of its public IPv4 pool ipv4pool-ec2-1 are not in the dump (aws ec2 describe-public-ipv4-pools)").
		want("internet -> web-1 tcp/443", unknown) // nobody knows what its table does
	importFiles(t, changed(t, ownRange(), `"State": "advertised"`, `"State": "provisioned"`)).says("of 198.51.100.0/24, which is not advertised (provisioned)")
	// the pool's association alone says which gateway it is
	n = importFiles(t, changed(t, ownRange(), `{"Main": false, "GatewayId": "igw-1", "AssociationState": {"State": "associated"}},`, ""))
	if g := n.topo.Names["rtb-pool"].(*model.RouteTable); len(g.Edges) != 1 || g.Edges[0].ID().Name != "igw-1" {
		t.Errorf("%+v", g.Edges)
	}
}

// TestGatewayTablesThatAreNotModelled: where a gateway leads what comes in is
// then unknown, and not as if it had no table.
func TestGatewayTablesThatAreNotModelled(t *testing.T) {
	edge := `{"RouteTableId": "rtb-edge", "VpcId": "vpc-1", "Associations": [{"Main": false, "GatewayId": "igw-1"}], "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
	  {"DestinationPrefixListId": "pl-x", "NetworkInterfaceId": "eni-db", "State": "active"}]}`
	importFiles(t, dumpFiles("RouteTables", with(parts["RouteTables"], edge))).says("its route table rtb-edge is not modelled").want("internet -> web-1 tcp/443", unknown, "web-1 -> db tcp/5432", reachable)
}

// TestRT21_RoutesOfARouteServer stand in the tables.
func TestRT21_RoutesOfARouteServer(t *testing.T) {
	files := func(more string) []load.Source {
		return dumpFiles("RouteTables", replaced(t, parts["RouteTables"], toNAT, `{"DestinationCidrBlock": "0.0.0.0/0", "NetworkInterfaceId": "eni-web", "InstanceId": "i-web", "InstanceOwnerId": "111122223333", "Origin": "Advertisement", "State": "active"}`+more),
			"RouteServers", `[{"RouteServerId": "rs-1", "AmazonSideAsn": 65000, "State": "available"}]`, "RouteServerPeers", `[{"RouteServerPeerId": "rsp-1", "RouteServerId": "rs-1", "VpcId": "vpc-1", "PeerAddress": "10.0.0.10"}]`)
	}
	n := importFiles(t, files(""))
	n.want("db -> 8.8.8.8 tcp/443", unreachable) // web's check is on
	if !slices.ContainsFunc(n.topo.Names["rtb-main"].(*model.RouteTable).Routes, func(r *model.Route) bool { return r.Origin == model.OriginAdvertised }) {
		t.Error("the route's origin is lost")
	}
	// a static route to the same destination wins
	importFiles(t, files(", "+toNAT)).want("db -> 8.8.8.8 tcp/443", reachable)
}
