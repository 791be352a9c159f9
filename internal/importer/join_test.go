package importer

import (
	"bytes"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

// appPlan is the plan of an application in a network of somebody else's, which
// it names by ids and by data sources; dumpOfIt is what AWS says of that network.
const (
	appPlan = `{"format_version": "1.2", "planned_values": {"root_module": {"resources": [
  {"address": "aws_instance.app", "mode": "managed", "type": "aws_instance", "name": "app",
   "values": {"subnet_id": "subnet-1", "vpc_security_group_ids": ["sg-1"], "source_dest_check": true}}]}},
 "resource_changes": [{"address": "aws_instance.app", "mode": "managed", "type": "aws_instance", "name": "app",
   "change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {"id": true, "private_ip": true}}}],
 "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": [
  {"address": "data.aws_vpc.main", "mode": "data", "type": "aws_vpc", "name": "main", "values": {"id": "vpc-1", "cidr_block": "10.0.0.0/16"}},
  {"address": "data.aws_subnet.one", "mode": "data", "type": "aws_subnet", "name": "one", "values": {"id": "subnet-1", "vpc_id": "vpc-1", "cidr_block": "10.0.1.0/24"}}]}}},
 "configuration": {"root_module": {"resources": [
  {"address": "aws_instance.app", "mode": "managed", "type": "aws_instance", "name": "app", "expressions": {"subnet_id": {"constant_value": "subnet-1"}, "vpc_security_group_ids": {"constant_value": ["sg-1"]}}}]}}}`
	dumpOfIt = `{"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "Tags": [{"Key": "Name", "Value": "net"}]}],
 "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a"}],
 "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}]}],
 "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true, "RouteTableId": "rtb-1"}],
   "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}]}],
 "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true, "Associations": [{"SubnetId": "subnet-1"}], "Entries": [
   {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "Egress": false, "CidrBlock": "0.0.0.0/0"},
   {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "Egress": true, "CidrBlock": "0.0.0.0/0"}]}],
 "SecurityGroups": [{"GroupId": "sg-1", "GroupName": "web", "VpcId": "vpc-1",
   "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}], "IpPermissionsEgress": []},
  {"GroupId": "sg-2", "GroupName": "db", "VpcId": "vpc-1", "IpPermissions": [],
   "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}],
 "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "VpcId": "vpc-1", "Status": "in-use", "InterfaceType": "interface", "SourceDestCheck": true,
   "PrivateIpAddress": "10.0.1.9", "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": "10.0.1.9"}], "Groups": [{"GroupId": "sg-2"}],
   "Attachment": {"AttachmentId": "a-1", "InstanceId": "i-1", "DeviceIndex": 0, "Status": "attached"}}],
 "Reservations": [{"Instances": [{"InstanceId": "i-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "PrivateIpAddress": "10.0.1.9", "State": {"Name": "running"},
   "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1"}], "Tags": [{"Key": "Name", "Value": "db"}]}]}]}`
)

func asked(t *testing.T, top *model.Topology, from, to, port string) eval.Verdict {
	t.Helper()
	var q eval.Question
	var errs [3]error
	q.From, errs[0] = top.ParseEndpoint(from)
	q.To, errs[1] = top.ParseEndpoint(to)
	q.Port, errs[2] = model.ParsePorts(port)
	q.SourcePorts, _ = model.ParseSourcePorts("")
	rs, err := eval.Compile(top).Ask(q)
	if err != nil || len(rs) != 1 || errs != [3]error{} {
		t.Fatalf("%s -> %s %s: %v %v", from, to, port, err, errs)
	}
	return rs[0].Verdict
}

func read2(t *testing.T, files ...load.Source) (Input, *model.Topology) {
	t.Helper()
	in, findings := Import(files, Options{})
	top, more := load.Load(in.Sources)
	for _, f := range append(findings, more...) {
		if f.Severity == diag.Error {
			t.Error(f)
		}
	}
	if top == nil {
		t.Fatal("no topology")
	}
	return in, top
}

// What a plan names and does not manage is what a dump beside it says.
func TestPlanInADumpedNetwork(t *testing.T) {
	plan, dump := load.Source{Name: "plan.json", Data: []byte(appPlan)}, load.Source{Name: "dump.json", Data: []byte(dumpOfIt)}
	_, alone := read2(t, plan)
	if v := asked(t, alone, "aws_instance.app", "8.8.8.8", "tcp/443"); v != eval.Unknown {
		t.Errorf("the plan alone knows of sg-1 that it is %s", v)
	}
	for _, files := range [][]load.Source{{plan, dump}, {dump, plan}} {
		in, top := read2(t, files...)
		written := &bytes.Buffer{}
		if err := load.Write(written, doc.Join(in.Imports[0].Document, in.Imports[1].Document)); err != nil {
			t.Fatal(err)
		}
		_, again := read2(t, load.Source{Name: "topology.yaml", Data: written.Bytes()})
		for _, top := range []*model.Topology{top, again} {
			for port, want := range map[string]eval.Verdict{"tcp/443": eval.Reachable, "tcp/22": eval.Unreachable} {
				if v := asked(t, top, "db", "aws_instance.app", port); v != want {
					t.Errorf("db -> aws_instance.app %s: %s, expected %s", port, v, want)
				}
			}
			if v := asked(t, top, "aws_instance.app", "db", "tcp/443"); v != eval.Unreachable { // sg-1 lets nothing out
				t.Errorf("aws_instance.app -> db: %s", v)
			}
		}
	}
}

// A topology file may say what a plan only names, under its id.
func TestTopologyFileFillsWhatAPlanNames(t *testing.T) {
	_, top := read2(t, load.Source{Name: "plan.json", Data: []byte(appPlan)}, load.Source{Name: "net.yaml", Data: []byte(`
security_groups: {sg-1: {vpc: vpc-1, ingress: [{protocol: tcp, ports: 443, source: 0.0.0.0/0}]}}
network_acls: {acl: {vpc: vpc-1}}
subnets: {mine: {id: subnet-1, vpc: vpc-1, cidr: 10.0.1.0/24}, other: {vpc: vpc-1, cidr: 10.0.2.0/24}}
vpcs: {vpc: {id: vpc-1, cidr: 10.0.0.0/16}}
instances: {x: {subnet: other, private_ip: 10.0.2.5}}
`)})
	if v := asked(t, top, "x", "aws_instance.app", "tcp/443"); v != eval.Reachable {
		t.Errorf("x -> aws_instance.app: %s", v)
	}
	if v := asked(t, top, "x", "aws_instance.app", "tcp/80"); v != eval.Unreachable {
		t.Errorf("x -> aws_instance.app tcp/80: %s", v)
	}
}

// What a plan manages stands in a dump, too: which one counts nobody can tell.
func TestPlanAndDumpOfTheSameNetwork(t *testing.T) {
	state := `{"format_version": "1.0", "values": {"root_module": {"resources": [
 {"address": "aws_vpc.a", "mode": "managed", "type": "aws_vpc", "name": "a", "values": {"id": "vpc-1", "cidr_block": "10.0.0.0/16"}},
 {"address": "aws_subnet.a", "mode": "managed", "type": "aws_subnet", "name": "a", "values": {"id": "subnet-1", "vpc_id": "vpc-1", "cidr_block": "10.0.1.0/24"}}]}}}`
	in, findings := Import([]load.Source{{Name: "state.json", Data: []byte(state)}, {Name: "dump.json", Data: []byte(dumpOfIt)}}, Options{})
	var errs []string
	for _, f := range findings {
		if f.Severity == diag.Error {
			errs = append(errs, f.String())
		}
	}
	if len(errs) != 1 || len(in.Sources) > 0 || !strings.Contains(errs[0], "[import-overlap]") || !strings.Contains(errs[0], "vpc-1 is aws_vpc.a and net") {
		t.Errorf("%q, and %d sources", errs, len(in.Sources))
	}
}

// A template may name by its parameters what a dump beside it holds, and what a
// topology file says.
func TestTemplateInADumpedNetwork(t *testing.T) {
	template := load.Source{Name: "app.yaml", Data: []byte(`AWSTemplateFormatVersion: '2010-09-09'
Parameters: {Subnet: {Type: String, Default: subnet-1}, Vpc: {Type: String, Default: vpc-1}, Group: {Type: String, Default: sg-1}}
Resources:
  Own: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: g, SecurityGroupIngress: [
    {IpProtocol: tcp, FromPort: 22, ToPort: 22, SourcePrefixListId: pl-9}, {IpProtocol: tcp, FromPort: 25, ToPort: 25, SourcePrefixListId: pl-8}]}}
  App: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Group, !Ref Own]}}
`)}
	lists := load.Source{Name: "lists.yaml", Data: []byte("prefix_lists: {office: {id: pl-9, cidrs: [10.0.1.9/32]}}\n")}
	_, top := read2(t, template, load.Source{Name: "dump.json", Data: []byte(dumpOfIt)}, lists)
	for port, want := range map[string]eval.Verdict{"tcp/443": eval.Reachable, "tcp/22": eval.Reachable, "tcp/80": eval.Unreachable, "tcp/25": eval.Unknown} {
		if v := asked(t, top, "db", "App", port); v != want {
			t.Errorf("db -> App %s: %s, expected %s", port, v, want)
		}
	}
}
