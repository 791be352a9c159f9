package awsjson_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

const fwARN = "arn:aws:network-firewall:eu-west-1:111122223333:"

// inspected has what the private subnet sends to the internet pass a network
// firewall, whose policy and rule groups are given.
func inspected(t testing.TB, policy string, groups ...string) []load.Source {
	t.Helper()
	files := dumpFiles("Subnets", with(parts["Subnets"], `{"SubnetId": "subnet-fw", "VpcId": "vpc-1", "CidrBlock": "10.0.7.0/24", "AvailabilityZone": "eu-west-1a"}`),
		"RouteTables", replaced(t, parts["RouteTables"], toNAT, `{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "vpce-fw", "State": "active"}`,
			`{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"`, `{"DestinationCidrBlock": "10.0.1.0/24", "GatewayId": "vpce-fw", "State": "active"}, {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"`,
			`"RouteTableId": "rtb-pub"`, `"RouteTableId": "rtb-fw", "VpcId": "vpc-1", "Associations": [{"Main": false, "SubnetId": "subnet-fw"}], "Routes": [`+toNAT+`]}, {"RouteTableId": "rtb-pub"`),
		"VpcEndpoints", `[{"VpcEndpointId": "vpce-fw", "VpcEndpointType": "GatewayLoadBalancer", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-1", "State": "available", "NetworkInterfaceIds": ["eni-fw"], "Tags": [{"Key": "AWSNetworkFirewallManaged", "Value": "true"}]}]`,
		"NetworkInterfaces", with(parts["NetworkInterfaces"], `{"NetworkInterfaceId": "eni-fw", "InterfaceType": "gateway_load_balancer_endpoint", "SubnetId": "subnet-fw", "VpcId": "vpc-1", "Status": "in-use", "PrivateIpAddress": "10.0.7.10", "Groups": []}`),
		"NetworkFirewalls", `[{"Firewall": {"FirewallName": "nfw", "FirewallArn": "`+fwARN+`firewall/nfw", "FirewallPolicyArn": "`+fwARN+`firewall-policy/p", "VpcId": "vpc-1", "SubnetMappings": [{"SubnetId": "subnet-fw"}]},
		  "FirewallStatus": {"Status": "READY", "SyncStates": {"eu-west-1a": {"Attachment": {"SubnetId": "subnet-fw", "EndpointId": "vpce-fw", "Status": "READY"}}}}}]`)
	files = append(files, load.Source{Name: "dump/policy.json", Data: []byte(`{"UpdateToken": "1", "FirewallPolicyResponse": {"FirewallPolicyName": "p", "FirewallPolicyArn": "` + fwARN + `firewall-policy/p"}, "FirewallPolicy": ` + policy + `}`)})
	for i, g := range groups {
		name, body, _ := strings.Cut(g, " ")
		files = append(files, load.Source{Name: fmt.Sprintf("dump/group-%d.json", i), Data: []byte(`{"UpdateToken": "1", "RuleGroupResponse": {"RuleGroupArn": "` + fwARN + name + `"}, "RuleGroup": ` + body + `}`)})
	}
	return files
}

const (
	forwardAll = `"StatelessDefaultActions": ["aws:forward_to_sfe"], "StatelessFragmentDefaultActions": ["aws:forward_to_sfe"]`
	strict     = `, "StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER"}`
)

func stateful(more string, groups ...string) string {
	var refs []string
	for i, g := range groups {
		refs = append(refs, fmt.Sprintf(`{"ResourceArn": %q, "Priority": %d}`, fwARN+g, len(groups)-i))
	}
	return "{" + forwardAll + more + `, "StatefulRuleGroupReferences": [` + strings.Join(refs, ", ") + "]}"
}

func tuple(action, protocol, source, sport, direction, destination, port string, options ...string) string {
	var list []string
	for _, o := range append(options, "sid") {
		list = append(list, fmt.Sprintf(`{"Keyword": %q, "Settings": ["1"]}`, o))
	}
	return fmt.Sprintf(`{"Action": %q, "Header": {"Protocol": %q, "Source": %q, "SourcePort": %q, "Direction": %q, "Destination": %q, "DestinationPort": %q}, "RuleOptions": [%s]}`,
		action, protocol, source, sport, direction, destination, port, strings.Join(list, ", "))
}

func tuples(name string, rules ...string) string {
	return name + ` {"RulesSource": {"StatefulRules": [` + strings.Join(rules, ", ") + `]}, "StatefulRuleOptions": {"RuleOrder": "STRICT_ORDER"}}`
}

func TestFW03_StatefulRules(t *testing.T) {
	group := tuples("stateful-rulegroup/a", tuple("DROP", "TCP", "10.0.1.0/24", "ANY", "FORWARD", "192.0.2.0/24", "443"), tuple("PASS", "TCP", "$HOME_NET", "ANY", "FORWARD", "ANY", "443"),
		tuple("PASS", "UDP", "ANY", "ANY", "ANY", "[198.51.100.0/24,!198.51.100.7/32]", "[53,123:124]"), tuple("ALERT", "TCP", "ANY", "ANY", "FORWARD", "ANY", "22", "flow"), tuple("REJECT", "IP", "ANY", "ANY", "FORWARD", "ANY", "ANY"))
	n := importFiles(t, inspected(t, stateful(strict+`, "StatefulDefaultActions": ["aws:drop_strict", "aws:alert_strict"]`, "stateful-rulegroup/a"), group))
	if len(n.findings) > 0 {
		t.Error(n.findings)
	}
	n.want("db -> 8.8.8.8 tcp/443", reachable, "db -> 192.0.2.1 tcp/443", unreachable, "db -> 8.8.8.8 tcp/22", unreachable, "db -> 198.51.100.8 udp/53", reachable, "db -> 198.51.100.8 udp/124", reachable,
		"db -> 198.51.100.7 udp/53", unreachable, "db -> 198.51.100.8 udp/125", unreachable)
	if f := n.topo.Names["nfw"].(*model.NetworkFirewall); len(f.Stateful) != 4 || !f.Stateful[2].BothWays || f.Stateful[1].BothWays {
		t.Errorf("%+v", f)
	}
	// in the order of actions, pass goes first
	importFiles(t, inspected(t, stateful("", "stateful-rulegroup/a"), group)).want("db -> 192.0.2.1 tcp/443", reachable, "db -> 8.8.8.8 tcp/22", unreachable)
	// group by group, by priority: b, which stands last, is first
	b := tuples("stateful-rulegroup/b", tuple("PASS", "TCP", "ANY", "ANY", "FORWARD", "192.0.2.0/25", "ANY"))
	importFiles(t, inspected(t, stateful(strict, "stateful-rulegroup/a", "stateful-rulegroup/b"), group, b)).want("db -> 192.0.2.1 tcp/443", reachable, "db -> 192.0.2.200 tcp/443", unreachable)
	importFiles(t, inspected(t, stateful(strict, "stateful-rulegroup/b", "stateful-rulegroup/a"), group, b)).want("db -> 192.0.2.1 tcp/443", unreachable)
	// a group whose drops are alerts drops nothing
	importFiles(t, inspected(t, strings.Replace(stateful(strict, "stateful-rulegroup/a"), `"Priority"`, `"Override": {"Action": "DROP_TO_ALERT"}, "Priority"`, 1), group)).want("db -> 8.8.8.8 tcp/22", reachable)
	// no default: pass
	importFiles(t, inspected(t, stateful(strict, "stateful-rulegroup/b"), b)).want("db -> 8.8.8.8 tcp/22", reachable)
}

func TestFW03_WhatIsNotUnderstoodHasItsPlace(t *testing.T) {
	domains := `stateful-rulegroup/d {"RulesSource": {"RulesSourceList": {"Targets": [".example.com"], "TargetTypes": ["TLS_SNI", "HTTP_HOST"], "GeneratedRulesType": "ALLOWLIST"}}}`
	pass := tuples("stateful-rulegroup/a", tuple("PASS", "TCP", "ANY", "ANY", "FORWARD", "192.0.2.0/24", "443"), tuple("DROP", "TCP", "ANY", "ANY", "FORWARD", "ANY", "25"))
	n := importFiles(t, inspected(t, stateful(strict+`, "StatefulDefaultActions": ["aws:drop_strict"]`, "stateful-rulegroup/d", "stateful-rulegroup/a"), domains, pass))
	n.says("rule group stateful-rulegroup/d lists domains").want("db -> 192.0.2.1 tcp/443", reachable, "db -> 8.8.8.8 tcp/25", unreachable, "db -> 8.8.8.8 tcp/443", unknown, "db -> 8.8.8.8 udp/53", unreachable)
	established := importFiles(t, inspected(t, stateful(strict+`, "StatefulDefaultActions": ["aws:drop_established"]`, "stateful-rulegroup/a"), pass))
	established.says("default action aws:drop_established lets packets through until a connection is established").want("db -> 192.0.2.1 tcp/443", reachable, "db -> 8.8.8.8 tcp/443", unknown)
	importFiles(t, inspected(t, stateful(strict, "stateful-rulegroup/a", "stateful-rulegroup/gone"), pass)).says("its rule group stateful-rulegroup/gone is not in the dump (aws network-firewall describe-rule-group)").
		want("db -> 192.0.2.1 tcp/443", unknown)
	for why, rule := range map[string]string{
		"looks at more than addresses and ports (flow)":    tuple("DROP", "TCP", "ANY", "ANY", "FORWARD", "ANY", "80", "flow"),
		"has a rule for protocol TLS":                      tuple("PASS", "TLS", "ANY", "ANY", "FORWARD", "ANY", "80"),
		"are not understood: $NOWHERE ANY -> ANY 80":       tuple("DROP", "TCP", "$NOWHERE", "ANY", "FORWARD", "ANY", "80"),
		"are not understood: ANY ANY -> ANY 80:x":          tuple("DROP", "TCP", "ANY", "ANY", "FORWARD", "ANY", "80:x"),
		"has a rule of action COUNT":                       tuple("COUNT", "TCP", "ANY", "ANY", "FORWARD", "ANY", "80"),
		"are not understood: @lists ANY -> ANY ANY":        tuple("DROP", "IP", "@lists", "ANY", "FORWARD", "ANY", "ANY"),
		"the rules of rule group stateful-rulegroup/a are": "",
	} {
		g := tuples("stateful-rulegroup/a", rule)
		n := importFiles(t, inspected(t, stateful(strict, "stateful-rulegroup/a"), g)).says(why)
		n.want("db -> 8.8.8.8 tcp/80", unknown)
		if strings.Contains(why, "flow") {
			n.want("db -> 8.8.8.8 tcp/443", reachable) // at most what the header matches
		}
	}
	importFiles(t, without(inspected(t, stateful(strict), pass), "policy")).says("its policy firewall-policy/p is not in the dump (aws network-firewall describe-firewall-policy)").want("db -> 8.8.8.8 tcp/443", unknown)
}

func TestFW03_Variables(t *testing.T) {
	group := `stateful-rulegroup/a {"RuleVariables": {"IPSets": {"APPS": {"Definition": ["10.0.1.0/25", "$MORE"]}, "MORE": {"Definition": ["10.0.1.200"]}}, "PortSets": {"WEB": {"Definition": ["80", "443:444"]}}},
	  "ReferenceSets": {"IPSetReferences": {"office": {"ReferenceArn": "arn:aws:ec2:eu-west-1:111122223333:prefix-list/pl-x"}}},
	  "RulesSource": {"StatefulRules": [` + tuple("PASS", "TCP", "$APPS", "ANY", "FORWARD", "$EXTERNAL_NET", "$WEB") + ", " + tuple("PASS", "TCP", "ANY", "ANY", "FORWARD", "@office", "!443") + `]}}`
	files := func(policy, group string) []load.Source {
		return append(inspected(t, stateful(strict+`, "StatefulDefaultActions": ["aws:drop_strict"]`+policy, "stateful-rulegroup/a"), group),
			load.Source{Name: "dump/lists.json", Data: []byte(`{"PrefixListEntries": [{"PrefixListId": "pl-x", "Entries": [{"Cidr": "198.51.100.0/24"}]}]}`)})
	}
	importFiles(t, files("", group)).want("db -> 8.8.8.8 tcp/443", reachable, "db -> 8.8.8.8 tcp/444", reachable, "db -> 8.8.8.8 tcp/445", unreachable, "db -> 198.51.100.1 tcp/22", reachable, "db -> 198.51.100.1 tcp/443", reachable, "db -> 192.0.2.1 tcp/22", unreachable)
	// the policy's HOME_NET makes EXTERNAL_NET smaller
	importFiles(t, files(`, "PolicyVariables": {"RuleVariables": {"HOME_NET": {"Definition": ["10.0.0.0/8", "8.0.0.0/8"]}}}`, group)).want("db -> 8.8.8.8 tcp/443", unreachable, "db -> 9.9.9.9 tcp/443", reachable)
	outside := strings.Replace(group, "10.0.1.0/25", "10.0.1.128/26", 1)
	importFiles(t, files("", outside)).want("db -> 8.8.8.8 tcp/443", unreachable)
	// a variable that stands for itself
	loop := strings.Replace(group, `["10.0.1.200"]`, `["$APPS"]`, 1)
	importFiles(t, inspected(t, stateful(strict, "stateful-rulegroup/a"), loop)).says("not understood: $APPS").want("db -> 8.8.8.8 tcp/443", unknown)
}

func TestFW03_SuricataRules(t *testing.T) {
	group := func(lines ...string) string {
		return fmt.Sprintf(`stateful-rulegroup/s {"RulesSource": {"RulesString": %q}}`, strings.Join(lines, "\n"))
	}
	ask := func(lines ...string) *imported {
		return importFiles(t, inspected(t, stateful(strict+`, "StatefulDefaultActions": ["aws:drop_strict"]`, "stateful-rulegroup/s"), group(lines...)))
	}
	n := ask("# comment", "", `pass tcp $HOME_NET any -> [192.0.2.0/24, 198.51.100.0/24] [80, 443] (msg:"web; all of it"; sid:1; rev:1;)`, `drop tcp any any <> any 22 (sid:2;)`, `pass tcp 10.0.0.0/8 any -> !192.0.2.0/24 1024: (sid:3; \`, `  rev:2;)`,
		`pass icmp any any -> any any (sid:4;)`)
	if len(n.findings) > 0 {
		t.Error(n.findings)
	}
	n.want("db -> 192.0.2.1 tcp/443", reachable, "db -> 192.0.2.1 tcp/8080", unreachable, "db -> 8.8.8.8 tcp/8080", reachable, "db -> 8.8.8.8 tcp/22", unreachable, "db -> 8.8.8.8 icmp", reachable, "db -> 8.8.8.8 udp/53", unreachable)
	if f := n.topo.Names["nfw"].(*model.NetworkFirewall); len(f.Stateful) != 5 || !f.Stateful[1].BothWays || f.Stateful[3].Traffic.Protocols.Lo != packet.ICMP || f.Stateful[4].Traffic.Protocols.Lo != packet.ICMPv6 {
		t.Errorf("%+v", f.Stateful)
	}
	ask(`pass tcp any any -> any 443 (sid:1;)`, `pass tls any any -> any any (tls.sni; content:"x"; sid:2;)`).says("has a rule for protocol tls").want("db -> 8.8.8.8 tcp/443", reachable, "db -> 8.8.8.8 tcp/444", unknown)
	ask(`pass tcp any any -> any 443 (sid:1;)`, `what is this`).says(`has a rule that vpcpath cannot read: "what is this"`).want("db -> 8.8.8.8 tcp/443", unknown)
}

func TestFW03_StatelessRules(t *testing.T) {
	rule := func(priority int, action, match string) string {
		return fmt.Sprintf(`{"Priority": %d, "RuleDefinition": {"Actions": ["count", %q], "MatchAttributes": {%s}}}`, priority, action, match)
	}
	group := func(name string, rules ...string) string {
		return name + ` {"RulesSource": {"StatelessRulesAndCustomActions": {"StatelessRules": [` + strings.Join(rules, ", ") + `], "CustomActions": []}}}`
	}
	policy := func(end string, groups ...string) string {
		var refs []string
		for i, g := range groups {
			refs = append(refs, fmt.Sprintf(`{"ResourceArn": %q, "Priority": %d}`, fwARN+g, 10*(len(groups)-i)))
		}
		return `{"StatelessRuleGroupReferences": [` + strings.Join(refs, ", ") + `], "StatelessDefaultActions": ["mine", "` + end + `"]}`
	}
	a := group("stateless-rulegroup/a", rule(20, "aws:drop", `"Protocols": [6]`), rule(10, "aws:pass", `"Protocols": [6, 17], "DestinationPorts": [{"FromPort": 443, "ToPort": 444}], "Sources": [{"AddressDefinition": "10.0.1.0/24"}]`),
		rule(11, "aws:pass", `"Protocols": [6, 17], "SourcePorts": [{"FromPort": 443, "ToPort": 444}], "Destinations": [{"AddressDefinition": "10.0.1.0/24"}]`))
	n := importFiles(t, inspected(t, policy("aws:pass", "stateless-rulegroup/a"), a))
	n.want("db -> 8.8.8.8 tcp/443", reachable, "db -> 8.8.8.8 tcp/80", unreachable, "db -> 8.8.8.8 udp/53", reachable)
	if f := n.topo.Names["nfw"].(*model.NetworkFirewall); len(f.Stateless) != 5 || fmt.Sprint(f.Stateless[2].SourcePorts, f.Stateless[0].SourcePorts) != "[443-444] []" || f.StatelessDefault != model.Pass || f.Stateless[4].Action != model.DropPacket {
		t.Errorf("%+v", f)
	}
	importFiles(t, inspected(t, policy("aws:drop", "stateless-rulegroup/a"), a)).want("db -> 8.8.8.8 udp/444", reachable, "db -> 8.8.8.8 udp/53", unreachable)
	b := group("stateless-rulegroup/b", rule(99, "aws:drop", `"Protocols": [6], "Destinations": [{"AddressDefinition": "8.8.8.8"}]`)) // the group's priority comes first
	importFiles(t, inspected(t, policy("aws:pass", "stateless-rulegroup/a", "stateless-rulegroup/b"), a, b)).want("db -> 8.8.8.8 tcp/443", unreachable, "db -> 9.9.9.9 tcp/443", reachable)
	for why, g := range map[string]string{
		"looks at TCP flags":               group("stateless-rulegroup/c", rule(1, "aws:drop", `"Protocols": [6], "TCPFlags": [{"Flags": ["SYN"]}]`)),
		"has no action that vpcpath knows": group("stateless-rulegroup/c", rule(1, "aws:other", `"Protocols": [6]`)),
		"has ports and no protocol":        group("stateless-rulegroup/c", rule(1, "aws:drop", `"DestinationPorts": [{"FromPort": 1, "ToPort": 2}]`)),
	} {
		importFiles(t, inspected(t, policy("aws:pass", "stateless-rulegroup/c"), g)).says("rule 1 of its stateless rule group stateless-rulegroup/c "+why).want("db -> 8.8.8.8 tcp/443", unknown, "db -> 8.8.8.8 udp/53", unknown)
	}
	from := group("stateless-rulegroup/c", rule(1, "aws:drop", `"SourcePorts": [{"FromPort": 1, "ToPort": 2}]`))
	importFiles(t, inspected(t, policy("aws:pass", "stateless-rulegroup/c"), from)).says("has ports and no protocol").want("db -> 8.8.8.8 tcp/443", unknown)
	importFiles(t, inspected(t, policy("aws:pass", "stateless-rulegroup/z"))).says("its stateless rule group stateless-rulegroup/z is not in the dump").want("db -> 8.8.8.8 tcp/443", unknown)
}

// TestFirewallOfATransitGateway has no endpoints in subnets.
func TestFirewallOfATransitGateway(t *testing.T) {
	importFiles(t, changed(t, inspected(t, stateful("")), `"VpcId": "vpc-1", "SubnetMappings": [{"SubnetId": "subnet-fw"}]`, `"TransitGatewayId": "tgw-1"`)).says("it is attached to transit gateway tgw-1, which vpcpath does not model")
}
