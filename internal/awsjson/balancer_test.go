package awsjson_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

const (
	albARN  = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/site/50dc"
	tgARN   = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/73e2"
	ruleARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/site/50dc/f2f7"
)

func node(id, description, ip, public string) string {
	return fmt.Sprintf(`{"NetworkInterfaceId": %q, "InterfaceType": "interface", "Description": %q, "RequesterId": "amazon-elb", "RequesterManaged": true, "SubnetId": "subnet-pub", "VpcId": "vpc-1", "Status": "in-use", "SourceDestCheck": true,
	  "Groups": [{"GroupId": "sg-web"}], "Attachment": {"InstanceOwnerId": "amazon-elb", "DeviceIndex": 1, "Status": "attached"}, "PrivateIpAddress": %q, "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": %q, "Association": {"IpOwnerId": "amazon-elb", "PublicIp": %q}}]}`, id, description, ip, ip, public)
}

// site is an application load balancer with two nodes in one subnet, as it has
// when it has grown, before the database's port.
func site(rules string) []load.Source {
	return dumpFiles("NetworkInterfaces", with(parts["NetworkInterfaces"], node("eni-lb1", "ELB app/site/50dc", "10.0.0.40", "203.0.113.40"), node("eni-lb2", "ELB app/site/50dc", "10.0.0.41", "203.0.113.41")),
		"LoadBalancers", `[{"LoadBalancerArn": "`+albARN+`", "LoadBalancerName": "site", "Type": "application", "Scheme": "internet-facing", "VpcId": "vpc-1", "State": {"Code": "active"}, "SecurityGroups": ["sg-web"], "IpAddressType": "ipv4"}]`,
		"LoadBalancerListeners", `[{"LoadBalancerArn": "`+albARN+`", "Listeners": [{"ListenerArn": "`+ruleARN+`", "LoadBalancerArn": "`+albARN+`", "Protocol": "HTTPS", "Port": 443, "DefaultActions": [{"Type": "authenticate-oidc"}, {"Type": "forward", "TargetGroupArn": "`+tgARN+`"}]}]}]`,
		"ListenerRules", `[{"ListenerArn": "`+ruleARN+`", "Rules": `+rules+`}]`,
		"TargetGroups", `[{"TargetGroupArn": "`+tgARN+`", "TargetType": "ip", "Protocol": "HTTP", "Port": 5432, "VpcId": "vpc-1"}]`,
		"LoadBalancerTargetHealth", `[{"TargetGroupArn": "`+tgARN+`", "TargetHealthDescriptions": [{"Target": {"Id": "10.0.1.10", "Port": 5432, "AvailabilityZone": "eu-west-1a"}, "TargetHealth": {"State": "healthy"}}]}]`)
}

const defaultRule = `{"Priority": "default", "IsDefault": true, "Actions": [{"Type": "forward", "TargetGroupArn": "` + tgARN + `"}]}`

func TestLB01_ApplicationLoadBalancer(t *testing.T) {
	n := importFiles(t, site("["+defaultRule+"]"))
	if len(n.findings) > 0 {
		t.Error(n.findings)
	}
	n.want("internet -> 203.0.113.40 tcp/443", reachable, "internet -> 203.0.113.41 tcp/443", reachable, "internet -> site tcp/80", unreachable, "10.0.0.10 -> 10.0.0.41 tcp/443", reachable)
	if lb := n.topo.Names["site"].(*model.LoadBalancer); len(lb.Nodes) != 2 || len(lb.Listeners) != 1 || len(lb.Listeners[0].Targets) != 1 || lb.Listeners[0].Answers {
		t.Errorf("%+v", lb)
	}
	importFiles(t, without(site("[]"), "ListenerRules")).says("the rules of its listener on port 443 are not in the dump (aws elbv2 describe-rules)").want("internet -> 203.0.113.40 tcp/443", unknown)
	importFiles(t, site(`[`+defaultRule+`, {"Actions": [{"Type": "jwt-validation"}]}]`)).says("its listener on port 443 does what vpcpath does not know (jwt-validation)").want("internet -> 203.0.113.40 tcp/443", unknown)
}

// TestLB01_RedirectsAndFixedResponses: the nodes answer by themselves.
func TestLB01_RedirectsAndFixedResponses(t *testing.T) {
	for _, action := range []string{`{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}`, `{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}`} {
		only := changed(t, site(`[{"Priority": "default", "IsDefault": true, "Actions": [`+action+`]}]`), `{"Type": "authenticate-oidc"}, {"Type": "forward", "TargetGroupArn": "`+tgARN+`"}`, action)
		n := importFiles(t, only)
		n.want("internet -> site tcp/443", reachable)
		if lb := n.topo.Names["site"].(*model.LoadBalancer); !lb.Listeners[0].Answers || len(lb.Listeners[0].Targets) != 0 {
			t.Errorf("%+v", lb.Listeners[0])
		}
		// beside targets, either may be: one that is shut does not shut the other
		both := site(`[` + defaultRule + `, {"Priority": "1", "Actions": [` + action + `]}]`)
		n = importFiles(t, both)
		n.want("internet -> site tcp/443", reachable)
		if lb := n.topo.Names["site"].(*model.LoadBalancer); !lb.Listeners[0].Answers || len(lb.Listeners[0].Targets) != 1 {
			t.Errorf("%+v", lb.Listeners[0])
		}
		network := changed(t, balanced(), `{"Type": "forward", "TargetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/web/73e2"}`, action)
		importFiles(t, network).says("its listener on port 443 answers by itself, which one of its type cannot").want("internet -> 203.0.113.40 tcp/443", unknown)
	}
}

// TestLB06_PreservedClients: the attribute of the target group decides.
func TestLB06_PreservedClients(t *testing.T) {
	for _, value := range []string{"true", "false"} {
		files := balanced("TargetGroupAttributes", `[{"TargetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/web/73e2", "Attributes": [{"Key": "preserve_client_ip.enabled", "Value": "`+value+`"}]}]`,
			"LoadBalancerAttributes", `[{"LoadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/net/front/50dc", "Attributes": [{"Key": "load_balancing.cross_zone.enabled", "Value": "`+value+`"}]}]`)
		lb := importFiles(t, files).topo.Names["front"].(*model.LoadBalancer)
		if got := fmt.Sprint(lb.Listeners[0].PreserveClientIP, lb.CrossZone); got != value+" "+value {
			t.Errorf("%s: got %s", value, got)
		}
	}
}

// classic is a classic load balancer; another VPC has one of the same name.
func classic(change ...string) []load.Source {
	description := func(vpc, instances string) string {
		return `{"LoadBalancerName": "old", "DNSName": "old-1.eu-west-1.elb.amazonaws.com", "VPCId": "` + vpc + `", "Scheme": "internet-facing", "SecurityGroups": ["sg-web"], "Subnets": ["subnet-pub"], "Instances": ` + instances + `,
		  "ListenerDescriptions": [{"Listener": {"Protocol": "SSL", "LoadBalancerPort": 443, "InstanceProtocol": "TCP", "InstancePort": 5432}, "PolicyNames": []}]}`
	}
	return dumpFiles(append([]string{"NetworkInterfaces", with(parts["NetworkInterfaces"], node("eni-old", "ELB old", "10.0.0.50", "203.0.113.50"), strings.Replace(node("eni-other", "ELB old", "10.8.0.50", "203.0.113.58"), `"vpc-1"`, `"vpc-8"`, 1)),
		"LoadBalancerDescriptions", `[` + description("vpc-1", `[{"InstanceId": "i-db"}]`) + `, ` + description("vpc-8", `[]`) + `]`}, change...)...)
}

func TestLB03_ClassicLoadBalancer(t *testing.T) {
	n := importFiles(t, classic())
	n.says(`classic load balancer "old@vpc-8" is not modelled`).want("internet -> 203.0.113.50 tcp/443", reachable, "internet -> 203.0.113.50 tcp/80", unreachable)
	var lb *model.LoadBalancer
	for _, l := range n.topo.LoadBalancers {
		lb = l
	}
	if len(n.topo.LoadBalancers) != 1 || lb.Type != model.ClassicLoadBalancer || len(lb.Nodes) != 1 || lb.Listeners[0].Targets[0].Port != 5432 {
		t.Errorf("%+v", lb)
	}
	importFiles(t, changed(t, classic(), `[{"InstanceId": "i-db"}]`, `[{"InstanceId": "i-elsewhere"}]`)).says("its target i-elsewhere is not in the dump").want("internet -> 203.0.113.50 tcp/443", unknown)
	importFiles(t, changed(t, classic(), `[{"InstanceId": "i-db"}]`, `[]`)).says("no instance is registered")
}

// connectEndpoint is an EC2 Instance Connect endpoint.
func connectEndpoint(preserve string) []load.Source {
	eni := `{"NetworkInterfaceId": "eni-eice", "InterfaceType": "ec2_instance_connect_endpoint", "SubnetId": "subnet-priv", "VpcId": "vpc-1", "Status": "in-use", "SourceDestCheck": true, "Groups": [{"GroupId": "sg-web"}],
	  "Attachment": {"InstanceOwnerId": "amazon-aws", "Status": "attached"}, "PrivateIpAddress": "10.0.1.60", "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": "10.0.1.60"}]}`
	return dumpFiles("NetworkInterfaces", with(parts["NetworkInterfaces"], eni),
		"InstanceConnectEndpoints", `[{"OwnerId": "111122223333", "InstanceConnectEndpointId": "eice-1", "State": "create-complete", "NetworkInterfaceIds": ["eni-eice"], "VpcId": "vpc-1", "SubnetId": "subnet-priv", "PreserveClientIp": `+preserve+`, "SecurityGroupIds": ["sg-web"], "Tags": []}]`)
}

func TestEP13_InstanceConnectEndpoints(t *testing.T) {
	n := importFiles(t, connectEndpoint("false"))
	if len(n.findings) > 0 {
		t.Error(n.findings)
	}
	n.want("eice-1 -> db tcp/5432", reachable, "eice-1 -> db tcp/22", unreachable)
	if e := importFiles(t, connectEndpoint("true")).topo.Names["eice-1"].(*model.VPCEndpoint); !e.PreserveClientIP || e.Type != model.InstanceConnectEndpoint {
		t.Errorf("%+v", e)
	}
	importFiles(t, without(connectEndpoint("false"), "InstanceConnectEndpoints")).says(`the Instance Connect endpoint that network interface "eni-eice" belongs to is not in the dump`)
	importFiles(t, changed(t, connectEndpoint("false"), "create-complete", "delete-complete")).want("web-1 -> db tcp/5432", reachable)
}
