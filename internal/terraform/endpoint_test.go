package terraform

import (
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

// verdict asks the network of a plan a question; more are files beside it.
func verdict(t *testing.T, things []thing, from, to, port string, more ...load.Source) *eval.Result {
	t.Helper()
	d, findings := readPlan(t, things, nil)
	top, list := load.Load(append([]load.Source{{Name: "plan.json", Doc: d}}, more...))
	if top == nil {
		t.Fatalf("%s\n%v", findings, list)
	}
	q := eval.Question{Why: true}
	var errs [3]error
	q.From, errs[0] = top.ParseEndpoint(from)
	q.To, errs[1] = top.ParseEndpoint(to)
	q.Port, errs[2] = model.ParsePorts(port)
	q.SourcePorts, _ = model.ParseSourcePorts("")
	rs, err := eval.Compile(top).Ask(q)
	if err != nil || len(rs) != 1 || errs != [3]error{} {
		t.Fatalf("%s -> %s %s: %v %v", from, to, port, err, errs)
	}
	return rs[0]
}

// isolated is a subnet without a way out, but for a gateway endpoint; the group
// of its host lets out what is for the endpoint's list.
func isolated(service string) []thing {
	return []thing{vpcA, subnet("aws_subnet.s", "10.0.0.0/24", inA),
		{"aws_route_table.t", nil, obj{"vpc_id": true, "route": true}, obj{"vpc_id": inA}},
		{"aws_route_table_association.t", nil, obj{"route_table_id": true, "subnet_id": true}, obj{"route_table_id": ref("aws_route_table.t.id"), "subnet_id": ref("aws_subnet.s.id")}},
		{"aws_vpc_endpoint.s3", obj{"service_name": service, "vpc_endpoint_type": "Gateway"}, obj{"vpc_id": true, "route_table_ids": true, "cidr_blocks": true, "prefix_list_id": true}, obj{"vpc_id": inA}},
		{"aws_vpc_endpoint_route_table_association.t", nil, obj{"route_table_id": true, "vpc_endpoint_id": true}, obj{"route_table_id": ref("aws_route_table.t.id"), "vpc_endpoint_id": ref("aws_vpc_endpoint.s3.id")}},
		group("aws_security_group.g", nil),
		{"aws_vpc_security_group_egress_rule.r", obj{"ip_protocol": "tcp", "from_port": 443, "to_port": 443}, obj{"security_group_id": true, "prefix_list_id": true},
			obj{"security_group_id": ref("aws_security_group.g.id"), "prefix_list_id": ref("aws_vpc_endpoint.s3.prefix_list_id")}},
		{"aws_instance.i", obj{"source_dest_check": true}, obj{"subnet_id": true, "private_ip": true, "vpc_security_group_ids": true},
			obj{"subnet_id": ref("aws_subnet.s.id"), "vpc_security_group_ids": ref("aws_security_group.g.id")}},
	}
}

// The addresses of a gateway endpoint's service stand in no plan: they are those
// of a list of the service that stands beside it, or not known.
func TestGatewayEndpointOfAPlan(t *testing.T) {
	const s3 = "com.amazonaws.eu-west-1.s3"
	r := verdict(t, isolated(s3), "aws_instance.i", "8.8.8.8", "tcp/443")
	if r.Verdict != eval.Unknown || len(r.Blockers) == 0 || r.Blockers[0].Code != eval.PrefixListNotKnown {
		t.Errorf("an address that may be the service's: %s %v", r.Verdict, r.Blockers)
	}
	if r := verdict(t, isolated(s3), "aws_instance.i", "aws_vpc_endpoint.s3", "tcp/443"); r.Verdict != eval.Reachable {
		t.Errorf("the service: %s %v", r.Verdict, r.Blockers)
	}
	if r := verdict(t, isolated(s3), "aws_instance.i", "8.8.8.8", "tcp/80"); r.Verdict != eval.Unreachable {
		t.Errorf("what no rule lets out: %s", r.Verdict)
	}
	list := load.Source{Name: "s3.yaml", Data: []byte("prefix_lists: {s3: {cidrs: [52.218.0.0/17], service: " + s3 + "}}\n")}
	for to, want := range map[string]eval.Verdict{"8.8.8.8": eval.Unreachable, "52.218.1.1": eval.Reachable} {
		if r := verdict(t, isolated(s3), "aws_instance.i", to, "tcp/443", list); r.Verdict != want {
			t.Errorf("%s with the list beside the plan: %s, expected %s", to, r.Verdict, want)
		}
	}
	m := Read([]File{{"plan.json", withData(t, isolated(s3), `{"address": "data.aws_prefix_list.s3", "mode": "data", "type": "aws_prefix_list", "name": "s3",
		"values": {"id": "pl-1", "name": "com.amazonaws.eu-west-1.s3", "cidr_blocks": ["52.218.0.0/17"]}}`)}})
	top, findings := load.Load([]load.Source{{Name: "plan.json", Doc: m.Document}})
	if top == nil || len(top.PrefixLists) != 2 || top.PrefixLists[0].Unknown || top.PrefixLists[1].Unknown {
		t.Errorf("a data source has read the list: %v %v", get(m.Document, "aws_vpc_endpoint.s3.prefix_list", "cidrs"), findings)
	}
	if _, text := readPlan(t, isolated("unknown"), nil); !strings.Contains(text, "which service it is for is not known: its routes are not seen") {
		t.Errorf("a service without gateway endpoints: %q", text)
	}
}

// withData puts what data sources have read into the prior state of a plan.
func withData(t *testing.T, things []thing, resources string) []byte {
	text := string(plan(t, things, nil))
	return []byte(`{"prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": [` + resources + `]}}}, ` + strings.TrimPrefix(text, "{"))
}

// A prefix list that the plan only names, or whose entries are known after apply
// only, may hold anything.
func TestPrefixListsThatNobodyKnows(t *testing.T) {
	things := []thing{vpcA, group("aws_security_group.g", nil),
		{"aws_ec2_managed_prefix_list.l", obj{"address_family": "IPv4"}, obj{"entry": true}, obj{"entry": ref("aws_eip.e.public_ip")}},
		{"aws_security_group_rule.r", obj{"type": "ingress", "protocol": "tcp", "from_port": 443, "to_port": 443, "prefix_list_ids": []any{"pl-9"}}, obj{"security_group_id": true}, obj{"security_group_id": ref("aws_security_group.g.id")}},
		{"aws_route_table.t", obj{"route": []any{obj{"destination_prefix_list_id": "pl-9", "gateway_id": "igw-9"}}}, obj{"vpc_id": true}, obj{"vpc_id": inA}},
	}
	d, findings := readPlan(t, things, nil)
	for _, c := range [][3]string{
		{"pl-9", "cidrs", "unknown"},
		{"aws_ec2_managed_prefix_list.l", "cidrs", "unknown"},
		{"aws_security_group.g", "ingress", "[{protocol: tcp, ports: 443, source: pl-9}]"},
		{"aws_route_table.t", "routes", "[{destination: pl-9, target: igw-9}]"},
	} {
		if got := get(d, c[0], c[1]); got != c[2] {
			t.Errorf("%s of %s: %s, expected %s", c[1], c[0], got, c[2])
		}
	}
	if !strings.Contains(findings, "its entries are known after apply only: what they decide is unknown") {
		t.Errorf("findings %q", findings)
	}
	if top, list := load.Load([]load.Source{{Name: "plan.json", Doc: d}}); top == nil {
		t.Error(list)
	}
}
