package terraform

import (
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/load"
)

// each type of resource that is more than a link between others.
func TestTypes(t *testing.T) {
	known := func(pairs obj) obj { return pairs }
	things := []thing{
		vpcA, vpcB,
		subnet("aws_subnet.s[0]", "10.0.0.0/24", inA), subnet("aws_subnet.s[1]", "10.0.1.0/24", inA),
		{"aws_vpn_gateway.v", nil, nil, obj{}},
		{"aws_vpn_gateway_attachment.v", nil, obj{"vpc_id": true, "vpn_gateway_id": true}, obj{"vpc_id": inA, "vpn_gateway_id": ref("aws_vpn_gateway.v.id")}},
		{"aws_vpn_connection.c", known(obj{"static_routes_only": true}), obj{"vpn_gateway_id": true}, obj{"vpn_gateway_id": ref("aws_vpn_gateway.v.id")}},
		{"aws_vpn_connection_route.c", obj{"destination_cidr_block": "172.31.0.0/16"}, obj{"vpn_connection_id": true}, obj{"vpn_connection_id": ref("aws_vpn_connection.c.id")}},
		{"aws_route_table.t", nil, obj{"vpc_id": true, "route": true, "propagating_vgws": true}, obj{"vpc_id": inA}},
		{"aws_vpn_gateway_route_propagation.t", nil, obj{"route_table_id": true, "vpn_gateway_id": true}, obj{"route_table_id": ref("aws_route_table.t.id"), "vpn_gateway_id": ref("aws_vpn_gateway.v.id")}},
		{"aws_vpc_peering_connection.p", obj{"auto_accept": nil}, obj{"vpc_id": true, "peer_vpc_id": true, "accept_status": true}, obj{"vpc_id": inA, "peer_vpc_id": ref("aws_vpc.b.id")}},
		{"aws_vpc_peering_connection_accepter.p", obj{"auto_accept": true}, obj{"vpc_peering_connection_id": true}, obj{"vpc_peering_connection_id": ref("aws_vpc_peering_connection.p.id")}},
		{"aws_vpc_peering_connection.q", nil, obj{"vpc_id": true, "accept_status": true}, obj{"vpc_id": inA}},
		{"aws_route.q", obj{"destination_cidr_block": "10.1.0.0/16"}, obj{"route_table_id": true, "vpc_peering_connection_id": true}, obj{"route_table_id": ref("aws_route_table.t.id"), "vpc_peering_connection_id": ref("aws_vpc_peering_connection.p.id")}},
		{"aws_ec2_transit_gateway.g", obj{"default_route_table_association": "enable", "default_route_table_propagation": "enable"}, nil, obj{}},
		{"aws_ec2_transit_gateway_vpc_attachment.a", obj{"transit_gateway_default_route_table_association": false, "transit_gateway_default_route_table_propagation": true, "appliance_mode_support": "enable"},
			obj{"vpc_id": true, "subnet_ids": true, "transit_gateway_id": true}, obj{"vpc_id": inA, "subnet_ids": ref("aws_subnet.s"), "transit_gateway_id": ref("aws_ec2_transit_gateway.g.id")}},
		{"aws_ec2_transit_gateway_route_table.r", nil, obj{"transit_gateway_id": true}, obj{"transit_gateway_id": ref("aws_ec2_transit_gateway.g.id")}},
		{"aws_ec2_transit_gateway_route_table_association.r", nil, obj{"transit_gateway_attachment_id": true, "transit_gateway_route_table_id": true},
			obj{"transit_gateway_attachment_id": ref("aws_ec2_transit_gateway_vpc_attachment.a.id"), "transit_gateway_route_table_id": ref("aws_ec2_transit_gateway_route_table.r.id")}},
		{"aws_ec2_transit_gateway_route.r", obj{"destination_cidr_block": "10.9.0.0/16", "blackhole": true}, obj{"transit_gateway_route_table_id": true}, obj{"transit_gateway_route_table_id": ref("aws_ec2_transit_gateway_route_table.r.id")}},
		{"aws_ec2_transit_gateway_route.d", obj{"destination_cidr_block": "10.8.0.0/16", "blackhole": false}, obj{"transit_gateway_route_table_id": true, "transit_gateway_attachment_id": true},
			obj{"transit_gateway_route_table_id": ref("aws_ec2_transit_gateway.g.association_default_route_table_id"), "transit_gateway_attachment_id": ref("aws_ec2_transit_gateway_vpc_attachment.a.id")}},
		group("aws_security_group.x", nil),
		{"aws_vpc_endpoint.i", obj{"vpc_endpoint_type": "Interface", "service_name": "com.amazonaws.eu-west-1.ssm"}, obj{"vpc_id": true, "subnet_ids": true, "security_group_ids": true},
			obj{"vpc_id": inA, "subnet_ids": ref("aws_subnet.s"), "security_group_ids": ref("aws_security_group.x.id")}},
		{"aws_ec2_managed_prefix_list.l", obj{"entry": []any{obj{"cidr": "192.0.2.0/24"}}}, nil, obj{}},
		{"aws_ec2_managed_prefix_list_entry.l", obj{"cidr": "198.51.100.0/24"}, obj{"prefix_list_id": true}, obj{"prefix_list_id": ref("aws_ec2_managed_prefix_list.l.id")}},
		{"aws_instance.i", obj{"source_dest_check": false}, obj{"subnet_id": true, "private_ip": true, "vpc_security_group_ids": true, "associate_public_ip_address": true},
			obj{"subnet_id": ref("aws_subnet.s[0].id"), "vpc_security_group_ids": ref("aws_security_group.x.id")}},
		{"aws_eip.e", obj{"associate_with_private_ip": nil}, obj{"public_ip": true, "instance": true}, obj{"instance": ref("aws_instance.i.id")}},
		{"aws_lb.n", obj{"load_balancer_type": "network", "internal": true}, obj{"subnets": true}, obj{"subnets": ref("aws_subnet.s")}},
		{"aws_lb_target_group.n", obj{"port": 8443, "target_type": "instance", "preserve_client_ip": "false"}, obj{"arn": true}, obj{}},
		{"aws_lb_target_group_attachment.n", obj{"port": nil}, obj{"target_group_arn": true, "target_id": true}, obj{"target_group_arn": ref("aws_lb_target_group.n.arn"), "target_id": ref("aws_instance.i.id")}},
		{"aws_lb_listener.n", obj{"port": 443, "protocol": "TCP", "default_action": []any{obj{"type": "forward"}}}, obj{"load_balancer_arn": true, "default_action": []any{obj{"target_group_arn": true}}},
			obj{"load_balancer_arn": ref("aws_lb.n.arn"), "default_action": []any{obj{"type": obj{"constant_value": "forward"}, "target_group_arn": ref("aws_lb_target_group.n.arn")}}}},
		{"aws_lb.empty", obj{"load_balancer_type": "application", "internal": false}, obj{"subnets": true, "security_groups": true}, obj{"subnets": ref("aws_subnet.s"), "security_groups": ref("aws_security_group.x.id")}},
		{"aws_lb_target_group.empty", obj{"port": 80}, obj{"arn": true}, obj{}},
		{"aws_lb_listener.empty", obj{"port": 80, "protocol": "HTTP", "default_action": []any{obj{"type": "forward"}}}, obj{"load_balancer_arn": true, "default_action": []any{obj{"target_group_arn": true}}},
			obj{"load_balancer_arn": ref("aws_lb.empty.arn"), "default_action": []any{obj{"target_group_arn": ref("aws_lb_target_group.empty.arn")}}}},
		{"aws_lb.web", obj{"load_balancer_type": "application", "internal": true}, obj{"subnets": true, "security_groups": true}, obj{"subnets": ref("aws_subnet.s"), "security_groups": ref("aws_security_group.x.id")}},
		{"aws_lb_listener.plain", obj{"port": 80, "protocol": "HTTP", "default_action": []any{obj{"type": "redirect"}}}, obj{"load_balancer_arn": true}, obj{"load_balancer_arn": ref("aws_lb.web.arn")}},
		{"aws_lb_listener.tls", obj{"port": 443, "protocol": "HTTPS", "default_action": []any{obj{"type": "fixed-response"}}}, obj{"load_balancer_arn": true}, obj{"load_balancer_arn": ref("aws_lb.web.arn")}},
		{"aws_lb_listener_rule.api", obj{"action": []any{obj{"type": "forward"}}}, obj{"listener_arn": true, "action": []any{obj{"target_group_arn": true}}},
			obj{"listener_arn": ref("aws_lb_listener.tls.arn"), "action": []any{obj{"target_group_arn": ref("aws_lb_target_group.n.arn")}}}},
		{"aws_db_instance.d", nil, nil, obj{}},
		{"aws_iam_role.r", obj{"name": "x"}, nil, obj{}},
		{"aws_default_security_group.d", obj{"ingress": []any{}, "egress": []any{}}, obj{"vpc_id": true}, obj{"vpc_id": inA}},
		{"aws_default_network_acl.d", obj{"ingress": []any{obj{"rule_no": 100, "action": "allow", "protocol": "6", "from_port": 22, "to_port": 22, "cidr_block": "10.0.0.0/8"}}}, obj{"default_network_acl_id": true}, obj{"default_network_acl_id": ref("aws_vpc.a.default_network_acl_id")}},
		{"aws_network_interface.f", obj{"private_ips": []any{"10.0.0.50", "10.0.0.51"}, "source_dest_check": false, "attachment": []any{obj{"device_index": 1}}}, obj{"subnet_id": true, "security_groups": true, "attachment": []any{obj{"instance": true}}},
			obj{"subnet_id": ref("aws_subnet.s[0].id"), "security_groups": ref("aws_security_group.x.id"), "attachment": []any{obj{"instance": ref("aws_instance.i.id"), "device_index": obj{"constant_value": 1}}}}},
	}
	d, findings := readPlan(t, things, nil)
	if findings != "" {
		t.Errorf("findings:\n%s", findings)
	}
	for _, c := range []struct{ entry, key, want string }{
		{"aws_vpn_gateway.v", "vpc", "aws_vpc.a"},
		{"aws_vpn_connection.c", "routing", "static"},
		{"aws_vpn_connection.c", "routes", "[172.31.0.0/16]"},
		{"aws_route_table.t", "propagating_gateways", "[aws_vpn_gateway.v]"},
		{"aws_route_table.t", "routes", "[{destination: 10.1.0.0/16, target: aws_vpc_peering_connection.p}]"},
		{"aws_vpc_peering_connection.p", "status", ""},
		{"aws_vpc_peering_connection.p", "accepter", "aws_vpc.b"},
		{"aws_vpc_peering_connection.q", "reason", "the VPC at its other end is not among the resources"},
		{"aws_ec2_transit_gateway_vpc_attachment.a", "route_table", "aws_ec2_transit_gateway_route_table.r"},
		{"aws_ec2_transit_gateway_vpc_attachment.a", "propagates_to", "[aws_ec2_transit_gateway.g.default_route_table]"},
		{"aws_ec2_transit_gateway_vpc_attachment.a", "subnets", "[aws_subnet.s[0], aws_subnet.s[1]]"},
		{"aws_ec2_transit_gateway_vpc_attachment.a", "appliance_mode", "true"},
		{"aws_ec2_transit_gateway_route_table.r", "routes", "[{destination: 10.9.0.0/16, target: blackhole}]"},
		{"aws_ec2_transit_gateway.g.default_route_table", "routes", "[{destination: 10.8.0.0/16, target: aws_ec2_transit_gateway_vpc_attachment.a}]"},
		{"aws_vpc_endpoint.i", "private_ips", "[auto, auto]"},
		{"aws_vpc_endpoint.i", "security_groups", "[aws_security_group.x]"},
		{"aws_ec2_managed_prefix_list.l", "cidrs", "[192.0.2.0/24, 198.51.100.0/24]"},
		{"aws_instance.i", "public_ip", "auto"},
		{"aws_instance.i", "ip_forward", "unknown"},
		{"aws_lb.n", "listeners", "[{protocol: tcp, port: 443, targets: [{instance: aws_instance.i, port: 8443}], preserve_client_ip: false}]"},
		{"aws_lb.n", "nodes", "[{subnet: aws_subnet.s[0], private_ip: auto}, {subnet: aws_subnet.s[1], private_ip: auto}]"},
		{"aws_lb.empty", "reason", "the targets of its listener aws_lb_listener.empty are not in the plan"},
		{"aws_lb.web", "listeners", "[{protocol: http, port: 80, answers: true}, {protocol: https, port: 443, answers: true, targets: [{instance: aws_instance.i, port: 8443}]}]"},
		{"aws_db_instance.d", "kind", "database instance"},
		{"aws_vpc.a", "incomplete", "interfaces of aws_lb.empty, a load balancer, are not in the plan"},
		{"aws_vpc.a", "default_security_group", "aws_default_security_group.d"},
		{"aws_vpc.a", "default_network_acl", "aws_default_network_acl.d"},
		{"aws_default_network_acl.d", "ingress", "[{rule: 100, action: allow, protocol: tcp, ports: 22, cidr: 10.0.0.0/8}]"},
		{"aws_default_security_group.d", "egress", "[]"},
		{"aws_network_interface.f", "private_ips", "[10.0.0.51]"},
		{"aws_network_interface.f", "instance", "aws_instance.i"},
		{"aws_network_interface.f", "device_index", "1"},
	} {
		if got := get(d, c.entry, c.key); got != c.want {
			t.Errorf("%s of %s is %q, expected %q", c.key, c.entry, got, c.want)
		}
	}
	if top, findings := load.Load([]load.Source{{Name: "plan.json", Doc: d}}); top == nil || diag.HasErrors(findings) {
		t.Errorf("the document does not resolve: %v", findings)
	}
	if got := get(d, "aws_iam_role.r"); got != "no entry aws_iam_role.r" {
		t.Errorf("a role is in %s", got)
	}
	m := Read([]File{{"plan.json", plan(t, things, nil)}})
	for _, c := range m.Counts {
		if c.Type == "aws_iam_role" && (c.Read != 1 || c.Modelled+c.NotModelled != 0) || c.Type == "aws_db_instance" && c.NotModelled != 1 || c.Type == "aws_route" && c.Modelled != 1 {
			t.Errorf("%+v", c)
		}
	}
}

// What a plan destroys or changes is taken out of the lists that still show
// it: those of a group, a table and an ACL without inline rules.
func TestWhatIsGone(t *testing.T) {
	text := `{"format_version": "1.2",
"prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": [RESOURCES,
 {"address": "aws_security_group_rule.r", "mode": "managed", "type": "aws_security_group_rule", "name": "r", "values": {"security_group_id": "sg-1", "type": "ingress", "protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["10.0.0.0/8"]}},
 {"address": "aws_route.r", "mode": "managed", "type": "aws_route", "name": "r", "values": {"route_table_id": "rtb-1", "destination_cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}},
 {"address": "aws_network_acl_rule.r", "mode": "managed", "type": "aws_network_acl_rule", "name": "r", "values": {"network_acl_id": "acl-1", "egress": false, "rule_number": 100, "rule_action": "allow", "protocol": "6", "from_port": 22, "to_port": 22, "cidr_block": "0.0.0.0/0"}}]}}},
"planned_values": {"root_module": {"resources": [RESOURCES]}},
"resource_changes": [
 {"address": "aws_security_group_rule.r", "mode": "managed", "type": "aws_security_group_rule", "name": "r", "change": {"actions": ["delete"], "before": {}, "after": null}},
 {"address": "aws_route.r", "mode": "managed", "type": "aws_route", "name": "r", "change": {"actions": ["delete"], "before": {}, "after": null}},
 {"address": "aws_network_acl_rule.r", "mode": "managed", "type": "aws_network_acl_rule", "name": "r", "change": {"actions": ["delete"], "before": {}, "after": null}}],
"configuration": {"root_module": {"resources": [
 {"address": "aws_security_group.g", "mode": "managed", "type": "aws_security_group", "name": "g", "expressions": {}},
 {"address": "aws_route_table.t", "mode": "managed", "type": "aws_route_table", "name": "t", "expressions": {}},
 {"address": "aws_network_acl.n", "mode": "managed", "type": "aws_network_acl", "name": "n", "expressions": {}}]}}}`
	resources := `{"address": "aws_vpc.a", "mode": "managed", "type": "aws_vpc", "name": "a", "values": {"id": "vpc-1", "cidr_block": "10.0.0.0/16"}},
 {"address": "aws_internet_gateway.i", "mode": "managed", "type": "aws_internet_gateway", "name": "i", "values": {"id": "igw-1", "vpc_id": "vpc-1"}},
 {"address": "aws_security_group.g", "mode": "managed", "type": "aws_security_group", "name": "g", "values": {"id": "sg-1", "vpc_id": "vpc-1", "ingress": [
   {"protocol": "6", "from_port": 22, "to_port": 22, "cidr_blocks": ["10.0.0.0/8"]}, {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/8"]}]}},
 {"address": "aws_route_table.t", "mode": "managed", "type": "aws_route_table", "name": "t", "values": {"id": "rtb-1", "vpc_id": "vpc-1", "route": [
   {"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}, {"cidr_block": "192.0.2.0/24", "gateway_id": "igw-1"}]}},
 {"address": "aws_network_acl.n", "mode": "managed", "type": "aws_network_acl", "name": "n", "values": {"id": "acl-1", "vpc_id": "vpc-1", "ingress": [
   {"rule_no": 100, "action": "allow", "protocol": "6", "from_port": 22, "to_port": 22, "cidr_block": "0.0.0.0/0"}, {"rule_no": 200, "action": "allow", "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_block": "0.0.0.0/0"}]}}`
	m := Read([]File{{"plan.json", []byte(strings.ReplaceAll(text, "RESOURCES", resources))}})
	if len(m.Findings) > 0 {
		t.Error(m.Findings)
	}
	for _, c := range []struct{ entry, key, before, after string }{
		{"aws_security_group.g", "ingress", "[{protocol: tcp, ports: 22, source: 10.0.0.0/8}, {protocol: tcp, ports: 443, source: 10.0.0.0/8}]", "[{protocol: tcp, ports: 443, source: 10.0.0.0/8}]"},
		{"aws_route_table.t", "routes", "[{destination: 192.0.2.0/24, target: aws_internet_gateway.i}, {destination: 0.0.0.0/0, target: aws_internet_gateway.i}]", "[{destination: 192.0.2.0/24, target: aws_internet_gateway.i}]"},
		{"aws_network_acl.n", "ingress", "[{rule: 100, action: allow, protocol: tcp, ports: 22, cidr: 0.0.0.0/0}, {rule: 200, action: allow, protocol: all, cidr: 0.0.0.0/0}]", "[{rule: 200, action: allow, protocol: all, cidr: 0.0.0.0/0}]"},
	} {
		if got := get(m.Before, c.entry, c.key); got != c.before {
			t.Errorf("before: %s of %s is %s, expected %s", c.key, c.entry, got, c.before)
		}
		if got := get(m.Document, c.entry, c.key); got != c.after {
			t.Errorf("after: %s of %s is %s, expected %s", c.key, c.entry, got, c.after)
		}
	}
}

// An object that is about to go stands beside its successor, under one address.
func TestDeposedObjects(t *testing.T) {
	state := `{"format_version": "1.0", "values": {"root_module": {"resources": [
 {"address": "aws_vpc.a", "mode": "managed", "type": "aws_vpc", "name": "a", "deposed_key": "0gfb240d", "values": {"id": "vpc-0", "cidr_block": "10.9.0.0/16"}},
 {"address": "aws_vpc.a", "mode": "managed", "type": "aws_vpc", "name": "a", "values": {"id": "vpc-1", "cidr_block": "10.0.0.0/16"}}]}}}`
	m := Read([]File{{"state.json", []byte(state)}})
	if got := get(m.Document, "aws_vpc.a", "cidr"); got != "10.0.0.0/16" {
		t.Errorf("cidr %s, expected that of the object that stays", got)
	}
}
