package awsjson_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/importer"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

// at is a file of an account and Region.
func at(account, region, text string) load.Source {
	return load.Source{Name: account + "/" + region + "/dump.json", Data: []byte(text)}
}

// spoke is an account's VPC with an instance, behind a transit gateway whose
// peering attachment to another one is "tgw-attach-peer" at both.
func spoke(n, peer string) string {
	return strings.NewReplacer("#", n, "@", peer).Replace(`{
	"Vpcs": [{"VpcId": "vpc-#", "CidrBlock": "10.#.0.0/16", "OwnerId": "#"}],
	"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off"},
	"Subnets": [{"SubnetId": "subnet-#", "VpcId": "vpc-#", "CidrBlock": "10.#.0.0/24", "AvailabilityZone": "eu-west-1a", "AvailabilityZoneId": "euw1-az#"}],
	"RouteTables": [{"RouteTableId": "rtb-#", "VpcId": "vpc-#", "Associations": [{"Main": true}], "Routes": [{"DestinationCidrBlock": "10.#.0.0/16", "GatewayId": "local", "State": "active"}, {"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": "tgw-#", "State": "active"}]}],
	"NetworkAcls": [{"NetworkAclId": "acl-#", "VpcId": "vpc-#", "IsDefault": true, "Associations": [], "Entries": [{"CidrBlock": "0.0.0.0/0", "Egress": true, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100}, {"CidrBlock": "0.0.0.0/0", "Egress": false, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100}]}],
	"SecurityGroups": [{"GroupId": "sg-#", "VpcId": "vpc-#", "GroupName": "default", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}], "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}],
	"NetworkInterfaces": [{"NetworkInterfaceId": "eni-#", "OwnerId": "#", "InterfaceType": "interface", "SubnetId": "subnet-#", "VpcId": "vpc-#", "Status": "in-use", "Groups": [{"GroupId": "sg-#"}], "Attachment": {"InstanceId": "i-#", "DeviceIndex": 0, "Status": "attached"}, "PrivateIpAddress": "10.#.0.10", "SourceDestCheck": true}],
	"TransitGateways": [{"TransitGatewayId": "tgw-#", "State": "available", "OwnerId": "#"}],
	"TransitGatewayVpcAttachments": [{"TransitGatewayAttachmentId": "att-#", "TransitGatewayId": "tgw-#", "VpcId": "vpc-#", "State": "available", "SubnetIds": ["subnet-#"]}],
	"TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "att-#", "TransitGatewayId": "tgw-#", "ResourceType": "vpc", "ResourceId": "vpc-#", "State": "available", "Association": {"TransitGatewayRouteTableId": "tgw-rtb-#", "State": "associated"}},
	  {"TransitGatewayAttachmentId": "tgw-attach-peer", "TransitGatewayId": "tgw-#", "TransitGatewayOwnerId": "#", "ResourceOwnerId": "@", "ResourceType": "peering", "ResourceId": "tgw-@", "State": "available", "Association": {"TransitGatewayRouteTableId": "tgw-rtb-#", "State": "associated"}}],
	"TransitGatewayPeeringAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-peer", "RequesterTgwInfo": {"TransitGatewayId": "tgw-1", "OwnerId": "1", "Region": "eu-west-1"}, "AccepterTgwInfo": {"TransitGatewayId": "tgw-2", "OwnerId": "2", "Region": "us-east-1"}, "State": "available"}],
	"TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-#", "TransitGatewayId": "tgw-#", "State": "available"}],
	"TransitGatewayRoutes": [{"TransitGatewayRouteTableId": "tgw-rtb-#", "Routes": [{"DestinationCidrBlock": "10.#.0.0/16", "Type": "propagated", "State": "active", "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "att-#", "ResourceId": "vpc-#", "ResourceType": "vpc"}]},
	  {"DestinationCidrBlock": "10.@.0.0/16", "Type": "static", "State": "active", "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-peer", "ResourceId": "tgw-@", "ResourceType": "peering"}]}]}]}`)
}

// peered is two accounts' transit gateways in two Regions.
func peered() []load.Source {
	return []load.Source{at("111122223333", "eu-west-1", spoke("1", "2")), at("222233334444", "us-east-1", spoke("2", "1"))}
}

// TestTGW15_TheTwoEndsOfAPeeringHaveOneID: each account lists its own.
func TestTGW15_TheTwoEndsOfAPeeringHaveOneID(t *testing.T) {
	n := importFiles(t, peered())
	for _, f := range n.findings {
		if strings.Contains(f.String(), "stands twice") || strings.Contains(f.String(), "not modelled") {
			t.Error(f)
		}
	}
	n.want("i-1 -> i-2 tcp/22", reachable, "i-2 -> i-1 tcp/22", reachable, "i-1 -> i-2 tcp/80", unreachable)
	attachments := 0
	for _, r := range n.topo.Names {
		if r.ID().Kind == model.KindTransitGatewayAttachment && strings.Contains(r.ID().Name, "peer") {
			attachments++
		}
	}
	if attachments != 2 {
		t.Errorf("%d ends of the peering", attachments)
	}
	// one account and Region lists both ends
	importFiles(t, []load.Source{{Name: "a/1.json", Data: []byte(spoke("1", "2"))}, {Name: "a/2.json", Data: []byte(spoke("2", "1"))}}).want("i-1 -> i-2 tcp/22", reachable)
	// of one end alone nobody knows what is behind it
	importFiles(t, peered()[:1]).says("the transit gateway at its other end, tgw-2, is not in the dump").want("i-1 -> 10.2.0.10 tcp/22", unknown)
	// the way back is missing
	importFiles(t, changed(t, peered(), `{"DestinationCidrBlock": "10.2.0.0/16", "Type": "static", "State": "active"`, `{"DestinationCidrBlock": "10.2.0.0/16", "Type": "static", "State": "blackhole"`)).want("i-1 -> i-2 tcp/22", unreachable, "i-2 -> i-1 tcp/22", unreachable)
}

// shared is a VPC whose subnet another account has an instance in; both list
// it, each with letters of its own for the zones.
func shared() []load.Source {
	const vpc = `"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.1.0.0/16", "OwnerId": "111122223333", "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"}#}]`
	const subnet = `{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.1.0.0/24", "AvailabilityZone": "@", "AvailabilityZoneId": "euw1-az1", "OwnerId": "111122223333", "AvailableIpAddressCount": 250#}`
	eni := func(n, owner string) string {
		return fmt.Sprintf(`{"NetworkInterfaceId": "eni-%s", "OwnerId": "%s", "InterfaceType": "interface", "SubnetId": "subnet-1", "VpcId": "vpc-1", "Status": "in-use", "Groups": [{"GroupId": "sg-%s"}], "Attachment": {"InstanceId": "i-%s", "DeviceIndex": 0, "Status": "attached"}, "PrivateIpAddress": "10.1.0.1%s", "SourceDestCheck": true}`, n, owner, n, n, n)
	}
	group := func(n, source string) string {
		return fmt.Sprintf(`{"GroupId": "sg-%s", "VpcId": "vpc-1", "GroupName": "g%s", "OwnerId": "x", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{"GroupId": "%s"}]}], "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}`, n, n, source)
	}
	acl := func(associations string) string {
		return `"NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true, "Associations": [` + associations + `], "Entries": [{"CidrBlock": "0.0.0.0/0", "Egress": true, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100}, {"CidrBlock": "0.0.0.0/0", "Egress": false, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100}]}]`
	}
	table := func(associations string) string {
		return `"RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "OwnerId": "111122223333", "Associations": [` + associations + `], "Routes": [{"DestinationCidrBlock": "10.1.0.0/16", "GatewayId": "local", "State": "active"}]}]`
	}
	owner := strings.NewReplacer("#", `, "Tags": [{"Key": "Name", "Value": "network"}]`, "@", "eu-west-1a").Replace("{" + vpc + `, "Subnets": [` + subnet + `], ` + table(`{"Main": true}, {"SubnetId": "subnet-1"}`) + ", " + acl(`{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}`))
	owner += `, "SecurityGroups": [` + group("1", "sg-2") + `], "NetworkInterfaces": [` + eni("1", "111122223333") + `]}`
	guest := strings.NewReplacer("#", "", "@", "eu-west-1c").Replace("{" + vpc + `, "Subnets": [` + subnet + `], ` + table(`{"SubnetId": "subnet-1"}`) + ", " + acl(`{"SubnetId": "subnet-1"}`))
	guest += `, "SecurityGroups": [` + group("2", "sg-1") + `], "NetworkInterfaces": [` + eni("2", "222233334444") + `]}`
	return []load.Source{at("111122223333", "eu-west-1", owner), at("222233334444", "eu-west-1", guest)}
}

func TestMISC02_SharedSubnets(t *testing.T) {
	n := importFiles(t, shared())
	if len(n.findings) > 0 {
		t.Error(n.findings)
	}
	n.want("i-1 -> i-2 tcp/22", reachable, "i-2 -> i-1 tcp/22", reachable, "i-1 -> i-2 tcp/80", unreachable, "i-1 -> 10.1.0.99 tcp/22", unreachable)
	// seen by the guest alone, nobody knows who else is there
	importFiles(t, shared()[1:]).says("the dump has no network interfaces of account 111122223333, which owns it").want("i-2 -> 10.1.0.99 tcp/22", unknown)
	// what is said twice and differs in what counts is still a difference
	importFiles(t, changed(t, shared(), `"CidrBlock": "10.1.0.0/24", "AvailabilityZone": "eu-west-1c"`, `"CidrBlock": "10.1.0.0/25", "AvailabilityZone": "eu-west-1c"`)).says("differs in CidrBlock")
	importFiles(t, changed(t, shared(), `"AvailabilityZone": "eu-west-1c", "AvailabilityZoneId": "euw1-az1"`, `"AvailabilityZone": "eu-west-1c", "AvailabilityZoneId": "euw1-az2"`)).says("differs in AvailabilityZone, AvailabilityZoneId")
}

// TestEqualNamesOfTwoRegions: names of people's own, as of security groups and
// classic load balancers, may be alike; each keeps its own.
func TestEqualNamesOfTwoRegions(t *testing.T) {
	n := importFiles(t, peered())
	for _, name := range []string{"default-sg-1", "default-sg-2"} {
		if n.topo.Names[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
}

// TestNamesThatAreOthersIDs: what is called as something else with its id
// behind has its id for a name.
func TestNamesThatAreOthersIDs(t *testing.T) {
	n := importFiles(t, dumpFiles("Reservations", replaced(t, parts["Reservations"], `"Value": "web 1"`, `"Value": "x-i-db"`, `"Value": "db"`, `"Value": "x"`), "Subnets", replaced(t, parts["Subnets"], `"SubnetId": "subnet-pub",`, `"SubnetId": "subnet-pub", "Tags": [{"Key": "Name", "Value": "i-db"}],`),
		"DBInstances", `[{"DBInstanceArn": "arn:aws:rds:eu-west-1:1:db:x", "DBInstanceIdentifier": "x"}]`))
	n.want("i-web -> i-db tcp/5432", reachable)
	_, findings := importer.Import(dumpFiles("InternetGateways", `[{"InternetGatewayId": "vpc-1", "Attachments": []}]`), importer.Options{})
	if !slices.ContainsFunc(findings, func(f diag.Finding) bool {
		return strings.Contains(f.String(), `"vpc-1" stands for two resources of the dump`)
	}) {
		t.Error(findings)
	}
}

// TestIPv6OfDumps: addresses, blocks, rules and routes of IPv6 alone.
func TestIPv6OfDumps(t *testing.T) {
	files := func() []load.Source {
		return dumpFiles("Vpcs", replaced(t, parts["Vpcs"], `"OwnerId"`, `"Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:db8:1::/56", "Ipv6CidrBlockState": {"State": "associated"}}, {"Ipv6CidrBlock": "2001:db8:2::/56", "Ipv6CidrBlockState": {"State": "disassociated"}}], "OwnerId"`),
			"Subnets", with(replaced(t, parts["Subnets"], `"CidrBlock": "10.0.0.0/24"`, `"CidrBlock": "10.0.0.0/24", "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:db8:1:1::/64", "Ipv6CidrBlockState": {"State": "associated"}}]`),
				`{"SubnetId": "subnet-six", "VpcId": "vpc-1", "Ipv6Native": true, "AvailabilityZone": "eu-west-1a", "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:db8:1:6::/64", "Ipv6CidrBlockState": {"State": "associated"}}]}`),
			"EgressOnlyInternetGateways", `[{"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{"State": "attached", "VpcId": "vpc-1"}]}]`,
			"RouteTables", with(replaced(t, parts["RouteTables"], `{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}`, `{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}, {"DestinationIpv6CidrBlock": "2001:db8:1::/56", "GatewayId": "local", "State": "active"}, {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1", "State": "active"}`),
				`{"RouteTableId": "rtb-six", "VpcId": "vpc-1", "Associations": [{"Main": false, "SubnetId": "subnet-six"}], "Routes": [{"DestinationIpv6CidrBlock": "2001:db8:1::/56", "GatewayId": "local", "State": "active"},
				  {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "State": "active"}, {"DestinationIpv6CidrBlock": "64:ff9b::/96", "NatGatewayId": "nat-1", "State": "active"}]}`),
			"NetworkAcls", replaced(t, parts["NetworkAcls"], `"Entries": [`, `"Entries": [{"Ipv6CidrBlock": "::/0", "Egress": true, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 101}, {"Ipv6CidrBlock": "::/0", "Egress": false, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 101}, {"Ipv6CidrBlock": "2001:db8:bad::/48", "Egress": false, "Protocol": "58", "IcmpTypeCode": {"Type": 128, "Code": -1}, "RuleAction": "deny", "RuleNumber": 90}, `),
			"SecurityGroups", replaced(t, parts["SecurityGroups"], `"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],`, `"IpRanges": [], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}, {"IpProtocol": "icmpv6", "FromPort": 128, "ToPort": -1, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}],`,
				`"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}`, `"IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]}`),
			"NetworkInterfaces", with(replaced(t, parts["NetworkInterfaces"], `"PrivateIpAddresses"`, `"Ipv6Addresses": [{"Ipv6Address": "2001:db8:1:1::10", "IsPrimaryIpv6": false}, {"Ipv6Address": "2001:db8:1:1::11"}], "PrivateIpAddresses"`),
				`{"NetworkInterfaceId": "eni-six", "InterfaceType": "interface", "SubnetId": "subnet-six", "VpcId": "vpc-1", "Status": "in-use", "SourceDestCheck": true, "Groups": [{"GroupId": "sg-web"}], "Ipv6Native": true, "Ipv6Address": "2001:db8:1:6::10",
				  "Attachment": {"InstanceId": "i-six", "DeviceIndex": 0, "Status": "attached"}, "PrivateIpAddresses": []}`))
	}
	n := importFiles(t, files())
	n.want("internet6 -> 2001:db8:1:1::11 tcp/443", reachable, "2a00::1 -> web-1 icmpv6", reachable, "internet6 -> 2001:db8:1:1::10 tcp/80", unreachable, "internet6 -> i-six tcp/443", unreachable, "i-six -> 2a00::1 tcp/443", reachable,
		"i-six -> 64:ff9b::808:808 tcp/443", reachable, "i-six -> web-1 tcp/443", reachable, "web-1 -> i-six tcp/443", reachable)
	for _, private := range []string{`"Ipv6AddressAttribute": "private", `, `"IpSource": "none", `} {
		n := importFiles(t, changed(t, files(), `{"Ipv6CidrBlock": "2001:db8:1::/56", `, `{"Ipv6CidrBlock": "2001:db8:1::/56", `+private))
		n.want("internet6 -> 2001:db8:1:1::11 tcp/443", unreachable, "i-six -> 2a00::1 tcp/443", unreachable, "web-1 -> i-six tcp/443", reachable)
	}
}

// elements are the dumps that the tests of this package have, by what is in
// them.
func elements(t testing.TB) map[string][]load.Source {
	group := tuples("stateful-rulegroup/a", tuple("PASS", "TCP", "$HOME_NET", "ANY", "FORWARD", "!192.0.2.0/24", "443"), tuple("DROP", "TCP", "ANY", "ANY", "ANY", "ANY", "80", "flow"))
	return map[string][]load.Source{
		"public access": publicAccess(t, "block-bidirectional"), "wavelength": wavelength(), "outpost": outpost("direct-vpc-routing"), "coip": outpost("coip"), "regional": changed(t, regional(), `"RouteTableId": "rtb-nat",`, ""),
		"own range": ownRange(), "direct": privateDirect(), "transit": transitDirect(t), "firewall": inspected(t, stateful(strict+`, "StatefulDefaultActions": ["aws:drop_strict"]`, "stateful-rulegroup/a"), group),
		"site": site("[" + defaultRule + `, {"Actions": [{"Type": "redirect"}]}]`), "classic": classic(), "eice": connectEndpoint("true"), "peered": peered(), "shared": shared(), "hub": hub(), "balanced": balanced(), "no options": dumpFiles("VpcBlockPublicAccessOptions", ""),
		"gateway unknown": without(publicAccess(t, "block-ingress"), "VpcBlockPublicAccessExclusions"),
	}
}

// TestRoundTripOfTheElements: every kind of dump that the tests of this package
// have says the same when it is written and read again.
func TestRoundTripOfTheElements(t *testing.T) {
	for name, files := range elements(t) {
		in, findings := importer.Import(files, importer.Options{})
		if diag.HasErrors(findings) {
			t.Fatal(name, findings)
		}
		var text bytes.Buffer
		if err := load.Write(&text, in.Imports[0].Document); err != nil {
			t.Fatal(err)
		}
		want, got := answers(t, mustLoad(t, []load.Source{{Name: "dump", Doc: in.Imports[0].Document}})), answers(t, mustLoad(t, []load.Source{{Name: "written.yaml", Data: text.Bytes()}}))
		if len(want) != len(got) || len(want) < 50 {
			t.Errorf("%s: %d answers of the dump, %d of the file", name, len(want), len(got))
		}
		for key, w := range want {
			if got[key] != w {
				t.Errorf("%s: %s: the dump says %s, the file %s", name, key, w, got[key])
			}
		}
		for _, c := range in.Imports[0].Counts {
			if c.Read < c.Modelled+c.NotModelled {
				t.Errorf("%s: %+v", name, c)
			}
		}
	}
}
