package awsjson_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/importer"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

// The parts of a small dump: a web server in a public subnet, a database
// behind a NAT gateway. Ids are short; AWS's own are longer.
var parts = map[string]string{
	"Vpcs":    `[{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111122223333", "Tags": [{"Key": "Name", "Value": "main"}]}]`,
	"Subnets": `[{"SubnetId": "subnet-pub", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "eu-west-1a"}, {"SubnetId": "subnet-priv", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a"}]`,
	"RouteTables": `[{"RouteTableId": "rtb-main", "VpcId": "vpc-1", "Associations": [{"Main": true}], "Routes": [
	    {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}, {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}]},
	  {"RouteTableId": "rtb-pub", "VpcId": "vpc-1", "Associations": [{"Main": false, "SubnetId": "subnet-pub"}], "Routes": [
	    {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}, {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}]}]`,
	"NetworkAcls": `[{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true, "Associations": [{"SubnetId": "subnet-pub"}, {"SubnetId": "subnet-priv"}], "Entries": [
	    {"CidrBlock": "0.0.0.0/0", "Egress": true, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100}, {"CidrBlock": "0.0.0.0/0", "Egress": true, "Protocol": "-1", "RuleAction": "deny", "RuleNumber": 32767},
	    {"CidrBlock": "0.0.0.0/0", "Egress": false, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100}]}]`,
	"SecurityGroups": `[{"GroupId": "sg-web", "VpcId": "vpc-1", "GroupName": "web", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
	    "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]},
	  {"GroupId": "sg-db", "VpcId": "vpc-1", "GroupName": "db", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": "sg-web"}]}],
	    "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}]`,
	"InternetGateways": `[{"InternetGatewayId": "igw-1", "Attachments": [{"State": "available", "VpcId": "vpc-1"}]}]`,
	"NatGateways":      `[{"NatGatewayId": "nat-1", "State": "available", "SubnetId": "subnet-pub", "VpcId": "vpc-1", "NatGatewayAddresses": [{"NetworkInterfaceId": "eni-nat", "PrivateIp": "10.0.0.20", "PublicIp": "203.0.113.20"}]}]`,
	"NetworkInterfaces": `[` + eniWeb + `, ` + eniDB + `,
	  {"NetworkInterfaceId": "eni-nat", "InterfaceType": "nat_gateway", "SubnetId": "subnet-pub", "VpcId": "vpc-1", "Status": "in-use", "PrivateIpAddress": "10.0.0.20", "Groups": []}]`,
	"VpcBlockPublicAccessOptions": `{"AwsAccountId": "111122223333", "AwsRegion": "eu-west-1", "State": "default-state", "InternetGatewayBlockMode": "off", "ManagedBy": "account", "ExclusionsAllowed": "allowed"}`,
	"Reservations": `[{"Instances": [{"InstanceId": "i-web", "State": {"Code": 16, "Name": "running"}, "Tags": [{"Key": "Name", "Value": "web 1"}]}, {"InstanceId": "i-gone", "State": {"Code": 48, "Name": "terminated"}}]},
	  {"Instances": [{"InstanceId": "i-db", "State": {"Code": 16, "Name": "running"}, "Tags": [{"Key": "Name", "Value": "db"}]}]}]`,
}

const (
	eniWeb = `{"NetworkInterfaceId": "eni-web", "InterfaceType": "interface", "SubnetId": "subnet-pub", "VpcId": "vpc-1", "Status": "in-use", "SourceDestCheck": true, "Groups": [{"GroupId": "sg-web"}],
	    "Attachment": {"InstanceId": "i-web", "DeviceIndex": 0, "Status": "attached"}, "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": "10.0.0.10", "Association": {"PublicIp": "203.0.113.10"}}]}`
	eniDB = `{"NetworkInterfaceId": "eni-db", "InterfaceType": "interface", "SubnetId": "subnet-priv", "VpcId": "vpc-1", "Status": "in-use", "SourceDestCheck": true, "Groups": [{"GroupId": "sg-db"}],
	    "Attachment": {"InstanceId": "i-db", "DeviceIndex": 0, "Status": "attached"}, "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": "10.0.1.10"}]}`
)

// dumpFiles are the parts as a file each, with some replaced (list, text,
// list, text...) or, with an empty text, left out.
func dumpFiles(change ...string) []load.Source {
	lists := map[string]string{}
	for list, text := range parts {
		lists[list] = text
	}
	for i := 0; i < len(change); i += 2 {
		lists[change[i]] = change[i+1]
	}
	var out []load.Source
	for list, text := range lists {
		if text != "" {
			out = append(out, load.Source{Name: "dump/" + list + ".json", Data: fmt.Appendf(nil, "{%q: %s}", list, text)})
		}
	}
	slices.SortFunc(out, func(a, b load.Source) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// imported is a dump that has become a network.
type imported struct {
	t        *testing.T
	findings []diag.Finding
	topo     *model.Topology
	net      *eval.Net
	in       importer.Input
}

func importFiles(t *testing.T, files []load.Source) *imported {
	t.Helper()
	in, findings := importer.Import(files, importer.Options{})
	if diag.HasErrors(findings) {
		t.Fatal(findings)
	}
	top := mustLoad(t, in.Sources)
	return &imported{t: t, findings: findings, topo: top, net: eval.Compile(top), in: in}
}

// want asks questions: "web -> db tcp/5432", verdict, and so on.
func (n *imported) want(pairs ...any) *imported {
	n.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		words := strings.Fields(pairs[i].(string))
		q := eval.Question{Record: true}
		var err [3]error
		q.From, err[0] = n.topo.ParseEndpoint(words[0])
		q.To, err[1] = n.topo.ParseEndpoint(words[2])
		q.Port, err[2] = model.ParsePorts(words[3])
		for _, e := range err {
			if e != nil {
				n.t.Fatalf("%s: %v", pairs[i], e)
			}
		}
		rs, e := n.net.Ask(q)
		if e != nil {
			n.t.Fatalf("%s: %v", pairs[i], e)
		}
		for _, r := range rs {
			if r.Verdict != pairs[i+1] {
				n.t.Errorf("%s: got %v, want %v", pairs[i], r.Verdict, pairs[i+1])
				for _, b := range r.Blockers {
					n.t.Logf("   %s %s: %s", b.Code, b.Component, b.Message)
				}
			}
		}
	}
	return n
}

// says wants a finding with some text, and no error.
func (n *imported) says(texts ...string) *imported {
	n.t.Helper()
	for _, text := range texts {
		if !slices.ContainsFunc(n.findings, func(f diag.Finding) bool { return strings.Contains(f.String(), text) }) {
			n.t.Errorf("no finding says %q:", text)
			for _, f := range n.findings {
				n.t.Log("   ", f)
			}
		}
	}
	return n
}

const (
	reachable   = eval.Reachable
	unreachable = eval.Unreachable
	unknown     = eval.Unknown
	partial     = eval.Partial
)

func TestSmallDump(t *testing.T) {
	n := importFiles(t, dumpFiles())
	if len(n.findings) > 0 {
		t.Errorf("a whole dump has findings: %v", n.findings)
	}
	n.want("web-1 -> db tcp/5432", reachable, "i-web -> i-db tcp/5432", reachable, "eni-web -> eni-db tcp/5432", reachable,
		"db -> web-1 tcp/22", unreachable, "internet -> web-1 tcp/443", reachable, "internet -> db tcp/5432", unreachable,
		"db -> internet tcp/443", reachable, "vpc-1 -> i-db tcp/22", unreachable)
}

// TestOneFileOrMany: what stands in many files may stand in one, under `data`
// as recorders have it, and twice.
func TestOneFileOrMany(t *testing.T) {
	var all []string
	for list, text := range parts {
		all = append(all, fmt.Sprintf("%q: %s", list, text))
	}
	slices.Sort(all)
	merged := "{" + strings.Join(all, ", ") + "}"
	for what, files := range map[string][]load.Source{
		"one object": {{Name: "all.json", Data: []byte(merged)}},
		"under data": {{Name: "all.json", Data: []byte(`{"status_code": 200, "data": ` + merged + `}`)}},
		"twice":      {{Name: "a.json", Data: []byte(merged)}, {Name: "b.json", Data: []byte(merged)}},
		"by account": {{Name: "111122223333/eu-west-1/all.json", Data: []byte(merged)}},
	} {
		n := importFiles(t, files)
		if len(n.findings) > 0 {
			t.Errorf("%s: %v", what, n.findings)
		}
		n.want("web-1 -> db tcp/5432", reachable, "db -> internet tcp/443", reachable)
	}
}

// TestMissingCalls leaves out one list after the other: no verdict may be
// wrong, and each says what is missing.
func TestMissingCalls(t *testing.T) {
	importFiles(t, dumpFiles("NetworkAcls", "")).says(`default network ACL of VPC "vpc-1" is not in the dump (aws ec2 describe-network-acls)`).
		want("web-1 -> db tcp/5432", unknown, "web-1 -> db tcp/22", unreachable)
	importFiles(t, dumpFiles("RouteTables", "")).says(`main route table of VPC "vpc-1" is not in the dump (aws ec2 describe-route-tables)`).
		want("web-1 -> db tcp/5432", unknown, "web-1 -> db tcp/22", unknown, "internet -> web-1 tcp/443", unknown)
	importFiles(t, dumpFiles("SecurityGroups", "")).says(`security group "sg-db" is not in the dump`).
		want("web-1 -> db tcp/5432", unknown, "internet -> web-1 tcp/22", unknown)
	importFiles(t, dumpFiles("NatGateways", "")).says(`NAT gateway "nat-1" is not in the dump`).
		want("db -> internet tcp/443", unknown, "web-1 -> db tcp/5432", reachable)
	importFiles(t, dumpFiles("InternetGateways", "")).says(`internet gateway "igw-1" is not in the dump (aws ec2 describe-internet-gateways); an active route leads to it`).
		want("internet -> web-1 tcp/443", reachable)
	importFiles(t, dumpFiles("Vpcs", "")).says(`VPC "vpc-1" is not known in whole`).
		want("i-web -> i-db tcp/5432", reachable, "i-web -> 10.0.1.99 tcp/5432", unknown)
	importFiles(t, dumpFiles("NetworkInterfaces", "")).says("no list of network interfaces (aws ec2 describe-network-interfaces)").
		says(`instance "i-web" is not modelled: the dump does not hold its network interfaces`)
	importFiles(t, dumpFiles("Reservations", "")).want("i-web -> i-db tcp/5432", reachable)
	importFiles(t, dumpFiles("Subnets", "")).says(`network interface "eni-web" is not modelled: its subnet subnet-pub is not in the dump`)
}

// TestInterfacesOfInstances: without a list of interfaces, what instances say
// of theirs is taken, and the list wins where both speak.
func TestInterfacesOfInstances(t *testing.T) {
	both := strings.Replace(parts["Reservations"], `"InstanceId": "i-db",`, `"InstanceId": "i-db", "SourceDestCheck": false, "NetworkInterfaces": [`+strings.Replace(eniDB, `"SourceDestCheck": true`, `"SourceDestCheck": false`, 1)+`],`, 1)
	n := importFiles(t, dumpFiles("Reservations", both))
	n.want("web-1 -> db tcp/5432", reachable)
	if db := n.topo.Names["i-db"].(*model.Instance); !db.Interfaces[0].SourceDestCheck {
		t.Error("the instance's word was taken against that of its interface")
	}
	n = importFiles(t, dumpFiles("Reservations", both, "NetworkInterfaces", ""))
	if db := n.topo.Names["i-db"].(*model.Instance); db.Interfaces[0].SourceDestCheck || !db.ForwardUnknown {
		t.Error("the check is off, so what the host forwards is not known")
	}
}

// TestStates: what is deleted, detached or failed is no way.
func TestStates(t *testing.T) {
	importFiles(t, dumpFiles("NatGateways", strings.Replace(parts["NatGateways"], "available", "deleted", 1))).want("db -> internet tcp/443", unreachable)
	importFiles(t, dumpFiles("RouteTables", strings.Replace(parts["RouteTables"], `"NatGatewayId": "nat-1", "State": "active"`, `"NatGatewayId": "nat-1", "State": "blackhole"`, 1))).want("db -> internet tcp/443", unreachable)
	importFiles(t, dumpFiles("RouteTables", strings.Replace(parts["RouteTables"], `"NatGatewayId": "nat-1"`, `"CoreNetworkArn": "arn:aws:networkmanager::1:core-network/core-1"`, 1))).
		says("Cloud WAN core network").want("db -> internet tcp/443", unknown)
	importFiles(t, dumpFiles("RouteTables", strings.Replace(parts["RouteTables"], `"NatGatewayId": "nat-1"`, `"SomethingNewId": "new-1"`, 1))).
		says("has no target that vpcpath knows").want("db -> internet tcp/443", unknown)
}

func TestTheSameTwice(t *testing.T) {
	other := dumpFiles("Subnets", strings.Replace(parts["Subnets"], "10.0.1.0/24", "10.0.2.0/24", 1))
	for i := range other {
		other[i].Name = "us-east-1/" + other[i].Name
	}
	n := importFiles(t, append(dumpFiles(), other...))
	n.says(`subnet "subnet-priv" stands twice, and differs in CidrBlock from that at dump/Subnets.json:1:`).
		want("internet -> web-1 tcp/443", reachable, "web-1 -> 10.0.1.10 tcp/5432", unknown)
	if c := count(n, "Vpcs"); c != "1 1 0" {
		t.Error("equal ones were not joined: ", c)
	}
}

func count(n *imported, list string) string {
	for _, c := range n.in.Imports[0].Counts {
		if c.Type == list {
			return fmt.Sprint(c.Read, c.Modelled, c.NotModelled)
		}
	}
	return "none"
}

// TestBadFiles: what cannot be imported says what to do, and nothing else.
func TestBadFiles(t *testing.T) {
	for text, want := range map[string]string{
		`{"Vpcs": [{"VpcId": "vpc-1", "CidrBl`:              "the JSON ends in the middle of the object that begins at f.json:1:11: was the file cut off? [json-syntax]",
		`{"Vpcs": [], "NextToken": "abc"}`:                  "f.json:1:14: the list is cut off: it has a NextToken, so AWS has more of it; dump it again without --max-items and --no-paginate [list-cut-off]",
		`{"directConnectGateways": [], "nextToken": "abc"}`: "f.json:1:31: the list is cut off: it has a nextToken",
		`{"Subnets": [], "Vpcs": {"VpcId": "vpc-1"}}`:       "f.json:1:25: expected a list under Vpcs, as the AWS CLI prints it, found an object [not-aws]",
		`{"Vpcs": [], "Vpcs": []}`:                          `key "Vpcs" stands twice in one object [json-syntax]`,
	} {
		files := append(dumpFiles(), load.Source{Name: "f.json", Data: []byte(text)})
		_, findings := importer.Import(files, importer.Options{})
		var errors []string
		for _, f := range findings {
			if f.Severity == diag.Error {
				errors = append(errors, f.String())
			}
		}
		if len(errors) != 1 || !strings.Contains(errors[0], want) {
			t.Errorf("%s:\n got %q\nwant %s", text, errors, want)
		}
	}
	_, findings := importer.Import([]load.Source{{Name: "net.yaml", Data: []byte("version: 1\n")}}, importer.Options{Format: "aws"})
	if len(findings) != 1 || !strings.Contains(findings[0].String(), "net.yaml:1:1: this is no JSON") {
		t.Error(findings)
	}
	_, findings = importer.Import([]load.Source{{Name: "x.json", Data: []byte("[1]"), Found: true}}, importer.Options{})
	if len(findings) != 1 || !strings.Contains(findings[0].String(), "none of the 1 files found holds a topology") {
		t.Error(findings)
	}
}

// TestOtherAccounts: a peered VPC that nobody dumped has addresses that nobody
// knows.
func TestOtherAccounts(t *testing.T) {
	const pcx = `[{"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"}, "RequesterVpcInfo": {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111122223333", "Region": "eu-west-1"},
	  "AccepterVpcInfo": {"VpcId": "vpc-9", "CidrBlock": "10.9.0.0/16", "OwnerId": "999922223333", "Region": "eu-west-1"}}]`
	tables := strings.Replace(parts["RouteTables"], `{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"`, `{"DestinationCidrBlock": "10.9.0.0/16", "VpcPeeringConnectionId": "pcx-1", "State": "active"}, {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"`, 1)
	importFiles(t, dumpFiles("VpcPeeringConnections", pcx, "RouteTables", tables)).want("web-1 -> 10.9.1.1 tcp/443", unknown, "db -> 10.9.1.1 tcp/443", unknown)
	importFiles(t, dumpFiles("VpcPeeringConnections", strings.Replace(pcx, "active", "deleted", 1), "RouteTables", tables)).want("web-1 -> 10.9.1.1 tcp/443", unreachable)
}

// TestServices: databases, functions and endpoints have interfaces too.
func TestServices(t *testing.T) {
	eni := func(id, kind, subnet, ip, group, more string) string {
		return fmt.Sprintf(`{"NetworkInterfaceId": %q, "InterfaceType": %q, "SubnetId": %q, "VpcId": "vpc-1", "AvailabilityZone": "eu-west-1a", "Status": "in-use", "SourceDestCheck": true, "PrivateIpAddress": %q,
		  "Groups": [{"GroupId": %q}], "Attachment": {"Status": "attached", "InstanceOwnerId": "amazon-aws"}, %s}`, id, kind, subnet, ip, group, more)
	}
	interfaces := strings.TrimSuffix(parts["NetworkInterfaces"], "]") + ", " + strings.Join([]string{
		eni("eni-rds", "interface", "subnet-priv", "10.0.1.30", "sg-db", `"Description": "RDSNetworkInterface", "RequesterId": "amazon-rds"`),
		eni("eni-fn", "lambda", "subnet-priv", "10.0.1.31", "sg-web", `"Description": "AWS Lambda VPC ENI-fn"`),
		eni("eni-ssm", "vpc_endpoint", "subnet-priv", "10.0.1.32", "sg-web", `"Description": "VPC Endpoint Interface vpce-ssm"`),
		eni("eni-other", "vpc_endpoint", "subnet-priv", "10.0.1.33", "sg-web", `"Description": "VPC Endpoint Interface vpce-other"`),
	}, ", ") + "]"
	n := importFiles(t, dumpFiles("NetworkInterfaces", interfaces,
		"DBInstances", `[{"DBInstanceArn": "arn:aws:rds:eu-west-1:111122223333:db:orders", "DBInstanceIdentifier": "orders", "AvailabilityZone": "eu-west-1a", "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-db"}], "DBSubnetGroup": {"VpcId": "vpc-1"}}]`,
		"PrefixLists", `[{"PrefixListId": "pl-s3", "PrefixListName": "com.amazonaws.eu-west-1.s3", "Cidrs": ["52.218.0.0/17"]}]`,
		"VpcEndpoints", `[{"VpcEndpointId": "vpce-ssm", "VpcEndpointType": "Interface", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.ssm", "State": "available", "NetworkInterfaceIds": ["eni-ssm"], "Groups": [{"GroupId": "sg-web"}]},
		  {"VpcEndpointId": "vpce-s3", "VpcEndpointType": "Gateway", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.s3", "State": "available", "RouteTableIds": ["rtb-main"]}]`,
		"RouteTables", strings.Replace(parts["RouteTables"], `{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId"`, `{"DestinationPrefixListId": "pl-s3", "GatewayId": "vpce-s3", "State": "active"}, {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId"`, 1)))
	n.want("web-1 -> orders tcp/5432", reachable, "db -> orders tcp/5432", unreachable, "lambda-eni-fn -> orders tcp/5432", reachable, "web-1 -> lambda-eni-fn tcp/443", unreachable, "eni-rds -> web-1 tcp/443", reachable,
		"db -> vpce-ssm tcp/443", reachable, "db -> vpce-s3 tcp/443", reachable, "db -> 10.0.1.33 tcp/443", unknown, "db -> 10.0.1.33 tcp/22", unreachable)
	n.says(`the VPC endpoint that network interface "eni-other" belongs to is not in the dump`)
}

// TestMISC06_PrefixListsWithoutTheirCIDRs: what such a list may hold is
// unknown, and nothing else.
func TestMISC06_PrefixListsWithoutTheirCIDRs(t *testing.T) {
	rule := func(list string) string {
		return strings.Replace(parts["SecurityGroups"], `"UserIdGroupPairs": [{"GroupId": "sg-web"}]`, `"PrefixListIds": [{"PrefixListId": "`+list+`"}]`, 1)
	}
	importFiles(t, dumpFiles("SecurityGroups", rule("pl-x"))).says(`prefix list "pl-x" is not known: its CIDRs are not in the dump (aws ec2 get-managed-prefix-list-entries)`).
		want("web-1 -> db tcp/5432", unknown, "web-1 -> db tcp/22", unreachable)
	n := importFiles(t, dumpFiles("SecurityGroups", rule("pl-x"), "PrefixLists", `[{"PrefixListId": "pl-x", "PrefixListName": "office"}]`, "PrefixListEntries", `[{"PrefixListId": "pl-x", "Entries": [{"Cidr": "10.0.0.0/28"}]}]`))
	n.want("web-1 -> db tcp/5432", reachable)
	route := func(target string) string {
		return strings.Replace(parts["RouteTables"], `{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId"`, `{"DestinationPrefixListId": "pl-x", `+target+`, "State": "active"}, {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId"`, 1)
	}
	importFiles(t, dumpFiles("RouteTables", route(`"TransitGatewayId": "tgw-1"`))).want("db -> internet tcp/443", unknown, "web-1 -> db tcp/5432", reachable)
	// a service's addresses are public, and whoever has one takes TCP
	const named = `[{"PrefixListId": "pl-x", "PrefixListName": "com.amazonaws.eu-west-1.s3"}]`
	endpoint := `[{"VpcEndpointId": "vpce-s3", "VpcEndpointType": "Gateway", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.s3", "State": "available", "RouteTableIds": ["rtb-main"]}]`
	n = importFiles(t, dumpFiles("RouteTables", route(`"GatewayId": "vpce-s3"`), "VpcEndpoints", endpoint, "PrefixLists", named)).says("aws ec2 describe-prefix-lists")
	n.want("db -> internet tcp/443", reachable, "db -> web-1 tcp/443", reachable)
	importFiles(t, dumpFiles("RouteTables", route(`"GatewayId": "vpce-s3"`))).says(`VPC endpoint "vpce-s3" is not in the dump`).want("db -> internet tcp/443", unknown)
}

// hub is a transit gateway between vpc-1 and vpc-2.
func hub(change ...string) []load.Source {
	base := []string{
		"Vpcs", strings.TrimSuffix(parts["Vpcs"], "]") + `, {"VpcId": "vpc-2", "CidrBlock": "10.2.0.0/16", "Tags": [{"Key": "Name", "Value": "main"}]}]`,
		"Subnets", strings.TrimSuffix(parts["Subnets"], "]") + `, {"SubnetId": "subnet-2", "VpcId": "vpc-2", "CidrBlock": "10.2.0.0/24", "AvailabilityZone": "eu-west-1a"}]`,
		"RouteTables", strings.TrimSuffix(strings.Replace(parts["RouteTables"], `{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"`, `{"DestinationCidrBlock": "10.2.0.0/16", "TransitGatewayId": "tgw-1", "State": "active"}, {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"`, 1), "]") +
			`, {"RouteTableId": "rtb-2", "VpcId": "vpc-2", "Associations": [{"Main": true}], "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "TransitGatewayId": "tgw-1", "State": "active"}]}]`,
		"NetworkAcls", strings.TrimSuffix(parts["NetworkAcls"], "]") + `, {"NetworkAclId": "acl-2", "VpcId": "vpc-2", "IsDefault": true, "Associations": [{"SubnetId": "subnet-2"}], "Entries": [
		  {"CidrBlock": "0.0.0.0/0", "Egress": true, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100}, {"CidrBlock": "0.0.0.0/0", "Egress": false, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": 100}]}]`,
		"SecurityGroups", strings.TrimSuffix(parts["SecurityGroups"], "]") + `, {"GroupId": "sg-2", "VpcId": "vpc-2", "GroupName": "two", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}], "IpPermissionsEgress": []}]`,
		"NetworkInterfaces", strings.TrimSuffix(parts["NetworkInterfaces"], "]") + `, {"NetworkInterfaceId": "eni-2", "InterfaceType": "interface", "SubnetId": "subnet-2", "VpcId": "vpc-2", "Status": "in-use", "Groups": [{"GroupId": "sg-2"}],
		  "Attachment": {"InstanceId": "i-2", "DeviceIndex": 0, "Status": "attached"}, "PrivateIpAddress": "10.2.0.10", "SourceDestCheck": true}]`,
		"TransitGateways", `[{"TransitGatewayId": "tgw-1", "State": "available"}]`,
		"TransitGatewayAttachments", `[{"TransitGatewayAttachmentId": "att-1", "TransitGatewayId": "tgw-1", "ResourceType": "vpc", "ResourceId": "vpc-1", "State": "available", "Association": {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"}},
		  {"TransitGatewayAttachmentId": "att-2", "TransitGatewayId": "tgw-1", "ResourceType": "vpc", "ResourceId": "vpc-2", "State": "available", "Association": {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"}},
		  {"TransitGatewayAttachmentId": "att-dx", "TransitGatewayId": "tgw-1", "ResourceType": "direct-connect-gateway", "ResourceId": "dx-1", "State": "available", "Association": {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"}}]`,
		"TransitGatewayVpcAttachments", `[{"TransitGatewayAttachmentId": "att-1", "TransitGatewayId": "tgw-1", "VpcId": "vpc-1", "State": "available", "SubnetIds": ["subnet-pub"]}, {"TransitGatewayAttachmentId": "att-2", "TransitGatewayId": "tgw-1", "VpcId": "vpc-2", "State": "available", "SubnetIds": ["subnet-2"]}]`,
		"TransitGatewayRouteTables", `[{"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1", "State": "available"}]`,
		"TransitGatewayRoutes", `[{"TransitGatewayRouteTableId": "tgw-rtb-1", "Routes": [
		  {"DestinationCidrBlock": "10.0.0.0/16", "Type": "propagated", "State": "active", "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "att-1", "ResourceId": "vpc-1", "ResourceType": "vpc"}]},
		  {"DestinationCidrBlock": "10.2.0.0/16", "Type": "static", "State": "active", "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "att-2", "ResourceId": "vpc-2", "ResourceType": "vpc"}]},
		  {"DestinationCidrBlock": "10.2.9.0/24", "Type": "static", "State": "blackhole"},
		  {"DestinationCidrBlock": "172.16.0.0/12", "Type": "propagated", "State": "active", "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "att-dx", "ResourceId": "dx-1", "ResourceType": "direct-connect-gateway"}]}]}]`,
	}
	return dumpFiles(append(base, change...)...)
}

func TestTransitGateway(t *testing.T) {
	n := importFiles(t, hub())
	n.want("web-1 -> i-2 tcp/80", reachable, "web-1 -> i-2 tcp/81", unreachable, "web-1 -> 10.2.9.9 tcp/80", unreachable, "i-2 -> 10.0.0.10 tcp/443", unreachable)
	if a, b := n.topo.Names["vpc-1"].ID().Name, n.topo.Names["vpc-2"].ID().Name; a != "main-vpc-1" || b != "main-vpc-2" {
		t.Errorf("VPCs of one name are called %s and %s", a, b)
	}
	importFiles(t, hub("TransitGatewayRoutes", "")).says("its routes are not in the dump (aws ec2 search-transit-gateway-routes)").want("web-1 -> i-2 tcp/80", unknown)
	importFiles(t, hub("TransitGatewayVpcAttachments", "")).says("its subnets are not in the dump (aws ec2 describe-transit-gateway-vpc-attachments)").want("web-1 -> i-2 tcp/80", unknown)
	importFiles(t, hub("TransitGateways", "")).says(`transit gateway "tgw-1" is not in the dump`).want("web-1 -> i-2 tcp/80", unknown)
	importFiles(t, hub("TransitGatewayAttachments", "", "TransitGatewayRouteTables", "")).says("the table that attachment \"att-1\" is associated with is not in the dump").want("web-1 -> i-2 tcp/80", unknown)
}

// TestVPN: a static connection is known, one with BGP by what it has told the
// route tables, and one that has told nothing is unknown.
func TestVPN(t *testing.T) {
	vpn := func(static, routes string) string {
		return fmt.Sprintf(`[{"VpnConnectionId": "vpn-1", "VpnGatewayId": "vgw-1", "State": "available", "Options": {"StaticRoutesOnly": %s}, "Routes": [%s]}]`, static, routes)
	}
	table := func(route string) string {
		return strings.Replace(parts["RouteTables"], `{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId"`, route+`, {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId"`, 1)
	}
	const gateway = `[{"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": [{"State": "attached", "VpcId": "vpc-1"}]}]`
	const static, learned = `{"DestinationCidrBlock": "172.16.0.0/12", "GatewayId": "vgw-1", "State": "active"}`, `{"DestinationCidrBlock": "172.16.0.0/16", "GatewayId": "vgw-1", "State": "active", "Origin": "EnableVgwRoutePropagation"}`
	importFiles(t, dumpFiles("VpnGateways", gateway, "VpnConnections", vpn("true", `{"DestinationCidrBlock": "172.16.0.0/16", "State": "available"}`), "RouteTables", table(static))).
		want("db -> 172.16.1.1 tcp/443", reachable, "db -> 172.17.1.1 tcp/443", unreachable)
	importFiles(t, dumpFiles("VpnGateways", gateway, "VpnConnections", vpn("false", ""), "RouteTables", table(learned))).want("db -> 172.16.1.1 tcp/443", reachable)
	importFiles(t, dumpFiles("VpnGateways", gateway, "VpnConnections", vpn("false", ""), "RouteTables", table(static))).says("what it has learned by BGP").want("db -> 172.16.1.1 tcp/443", unknown)
	importFiles(t, dumpFiles("VpnGateways", gateway, "RouteTables", table(learned))).says("it holds no VPN connection of it, and no Direct Connect (aws directconnect describe-direct-connect-gateway-associations, describe-virtual-interfaces)").want("db -> 172.16.1.1 tcp/443", unknown)
}

// balanced has a network load balancer before the web server.
func balanced(change ...string) []load.Source {
	const nlb, tg = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/net/front/50dc", "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/web/73e2"
	base := []string{
		"NetworkInterfaces", strings.TrimSuffix(parts["NetworkInterfaces"], "]") + `, {"NetworkInterfaceId": "eni-lb", "InterfaceType": "network_load_balancer", "Description": "ELB net/front/50dc", "SubnetId": "subnet-pub", "VpcId": "vpc-1",
		  "Status": "in-use", "Groups": [{"GroupId": "sg-web"}], "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": "10.0.0.40", "Association": {"PublicIp": "203.0.113.40"}}]}]`,
		"LoadBalancers", `[{"LoadBalancerArn": "` + nlb + `", "LoadBalancerName": "front", "Type": "network", "Scheme": "internet-facing", "VpcId": "vpc-1", "SecurityGroups": ["sg-web"]}]`,
		"LoadBalancerListeners", `[{"LoadBalancerArn": "` + nlb + `", "Listeners": [{"Protocol": "TCP", "Port": 443, "DefaultActions": [{"Type": "forward", "TargetGroupArn": "` + tg + `"}]}]}]`,
		"TargetGroups", `[{"TargetGroupArn": "` + tg + `", "TargetType": "instance"}]`,
		"LoadBalancerTargetHealth", `[{"TargetGroupArn": "` + tg + `", "TargetHealthDescriptions": [{"Target": {"Id": "i-web", "Port": 443}}]}]`,
	}
	return dumpFiles(append(base, change...)...)
}

func TestLoadBalancer(t *testing.T) {
	importFiles(t, balanced()).want("internet -> front tcp/443", reachable, "internet -> front tcp/80", unreachable)
	for list, says := range map[string]string{"LoadBalancerListeners": "its listeners are not in the dump", "LoadBalancerTargetHealth": "its targets are not in the dump", "LoadBalancers": "the load balancer that network interface \"eni-lb\" belongs to is not in the dump"} {
		importFiles(t, balanced(list, "")).says(says).want("internet -> 203.0.113.40 tcp/443", unknown, "internet -> 203.0.113.40 tcp/80", unreachable)
	}
}

// TestACLDirections: inbound rules judge what comes in.
func TestACLDirections(t *testing.T) {
	acls := strings.Replace(parts["NetworkAcls"], `{"CidrBlock": "0.0.0.0/0", "Egress": false, "Protocol": "-1"`, `{"CidrBlock": "0.0.0.0/0", "Egress": false, "PortRange": {"From": 443, "To": 443}, "Protocol": "6"`, 1)
	n := importFiles(t, dumpFiles("NetworkAcls", acls))
	n.want("internet -> web-1 tcp/443", reachable, "web-1 -> db tcp/5432", unreachable)
	if a := n.topo.Names["acl-1"].(*model.NetworkACL); len(a.Ingress) != 1 || a.Ingress[0].Ports[0].Lo != 443 || a.Egress[0].Ports[0].Lo != 0 {
		t.Error("the directions are mixed up")
	}
}

// TestLostInterface: an interface that is not modelled has an address, which
// nobody may take for free.
func TestLostInterface(t *testing.T) {
	interfaces := strings.Replace(parts["NetworkInterfaces"], `"Groups": [{"GroupId": "sg-db"}]`, `"Groups": []`, 1)
	importFiles(t, dumpFiles("NetworkInterfaces", interfaces)).says("does not say what security groups it has").want("web-1 -> 10.0.1.10 tcp/5432", unknown)
}
