package terraform

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
)

// A small language for plans in tests. obj is a JSON object.
type obj map[string]any

// thing is a resource of a test: its address, what is known of it, what is
// known after apply only, and the expressions of its block.
type thing struct {
	address string
	known   obj
	unknown obj
	config  obj
}

// ref is an expression with references, the longest first as Terraform lists
// them.
func ref(list ...string) obj {
	var all []string
	for _, r := range list {
		all = append(all, r)
		for i := strings.LastIndexAny(r, ".["); i > 0; i = strings.LastIndexAny(r[:i], ".[") {
			if head := r[:i]; strings.Count(head, ".") > 0 && !strings.HasPrefix(r, "var.") && !strings.HasPrefix(r, "local.") && !strings.HasPrefix(r, "count.") {
				all = append(all, head)
			}
		}
	}
	return obj{"references": all}
}

// plan writes a plan of the things, all of them new, with the module calls of
// the root module.
func plan(t testing.TB, things []thing, calls obj) []byte {
	t.Helper()
	root := obj{}
	modules := map[string]obj{"": root}
	conf := map[string]map[string]obj{}
	var changes []any
	var module func(address string) obj
	module = func(address string) obj {
		if m, ok := modules[address]; ok {
			return m
		}
		m := obj{"address": address}
		modules[address] = m
		path := splitModule(address)
		up := module(moduleAddress(path[:len(path)-1]))
		list, _ := up["child_modules"].([]any)
		up["child_modules"] = append(list, m)
		return m
	}
	for _, x := range things {
		path := splitModule(x.address)
		at := moduleAddress(path)
		local := strings.TrimPrefix(strings.TrimPrefix(x.address, at), ".")
		typ, name, _ := strings.Cut(local, ".")
		var index any
		if i := strings.IndexByte(name, '['); i > 0 {
			key, counted, _, _ := cutKey(name[i:])
			index = key
			if counted {
				if err := json.Unmarshal([]byte(key), &index); err != nil {
					t.Fatal(err)
				}
			}
			name = name[:i]
		}
		known := x.known
		if known == nil {
			known = obj{}
		}
		unknown := obj{"id": true}
		for k, v := range x.unknown {
			unknown[k] = v
		}
		r := obj{"address": x.address, "mode": "managed", "type": typ, "name": name, "values": known}
		c := obj{"address": x.address, "mode": "managed", "type": typ, "name": name,
			"change": obj{"actions": []string{"create"}, "before": nil, "after": known, "after_unknown": unknown}}
		if index != nil {
			r["index"], c["index"] = index, index
		}
		m := module(at)
		list, _ := m["resources"].([]any)
		m["resources"] = append(list, r)
		changes = append(changes, c)
		var names []string
		for _, p := range path {
			names = append(names, p.name)
		}
		key := strings.Join(names, ".")
		if conf[key] == nil {
			conf[key] = map[string]obj{}
		}
		block := obj{"address": typ + "." + name, "mode": "managed", "type": typ, "name": name, "expressions": x.config}
		if f, ok := x.config["for_each"]; ok {
			block["for_each_expression"] = f
		}
		conf[key][typ+"."+name] = block
	}
	blocks := func(key string) []any {
		var out []any
		for _, b := range conf[key] {
			out = append(out, b)
		}
		return out
	}
	for name, c := range calls {
		call := c.(obj)
		m, _ := call["module"].(obj)
		if m == nil {
			m = obj{}
		}
		m["resources"] = blocks(name)
		call["module"] = m
	}
	text, err := json.Marshal(obj{"format_version": "1.2", "planned_values": obj{"root_module": root}, "resource_changes": changes,
		"configuration": obj{"root_module": obj{"resources": blocks(""), "module_calls": calls}}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// readPlan imports a plan of a test and returns the document and its errors.
func readPlan(t *testing.T, things []thing, calls obj) (*doc.Document, string) {
	t.Helper()
	m := Read([]File{{"plan.json", plan(t, things, calls)}})
	var text []string
	for _, f := range m.Findings {
		if f.Severity > diag.Info {
			text = append(text, f.String())
		}
	}
	return m.Document, strings.Join(text, "\n")
}

// get writes what a document says under a path of keys of an entry.
func get(d *doc.Document, entry string, keys ...string) string {
	for _, s := range d.Sections {
		for _, e := range s.Entries {
			if e.Name != entry {
				continue
			}
			v := e.Value
			for _, k := range keys {
				if v = v.Get(k); v == nil {
					return ""
				}
			}
			if len(keys) == 0 {
				return s.Name
			}
			return write(v)
		}
	}
	return "no entry " + entry
}

func write(v *doc.Value) string {
	var parts []string
	switch v.Kind {
	case doc.List:
		for _, i := range v.Items {
			parts = append(parts, write(i))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case doc.Mapping:
		for _, p := range v.Pairs {
			parts = append(parts, p.Key+": "+write(p.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return v.Text
}

var (
	vpcA = thing{"aws_vpc.a", obj{"cidr_block": "10.0.0.0/16"}, obj{"main_route_table_id": true}, nil}
	vpcB = thing{"aws_vpc.b", obj{"cidr_block": "10.1.0.0/16"}, nil, nil}
	inA  = ref("aws_vpc.a.id")
)

func subnet(address, cidr string, vpc obj) thing {
	return thing{address, obj{"cidr_block": cidr, "map_public_ip_on_launch": true}, obj{"vpc_id": true}, obj{"vpc_id": vpc}}
}

func TestReferences(t *testing.T) {
	for _, c := range []struct {
		name       string
		things     []thing
		calls      obj
		entry, key string
		want       string
		finding    string
	}{
		{"by the resource", []thing{vpcA, subnet("aws_subnet.s", "10.0.0.0/24", inA)}, nil, "aws_subnet.s", "vpc", "aws_vpc.a", ""},
		{"without an attribute, as 0.12 has it", []thing{vpcA, subnet("aws_subnet.s", "10.0.0.0/24", obj{"references": []string{"aws_vpc.a"}})}, nil, "aws_subnet.s", "vpc", "aws_vpc.a", ""},
		{"by the attribute of another one", []thing{vpcA, vpcB,
			{"aws_vpc_ipv4_cidr_block_association.x", obj{"cidr_block": "100.64.0.0/20"}, obj{"vpc_id": true}, obj{"vpc_id": inA}},
			subnet("aws_subnet.s", "100.64.0.0/24", ref("aws_vpc_ipv4_cidr_block_association.x.vpc_id"))}, nil, "aws_subnet.s", "vpc", "aws_vpc.a", ""},
		{"by the same index", []thing{vpcA, subnet("aws_subnet.s[0]", "10.0.0.0/24", inA), subnet("aws_subnet.s[1]", "10.0.1.0/24", inA),
			{"aws_instance.i[1]", nil, obj{"subnet_id": true}, obj{"subnet_id": ref("aws_subnet.s", "count.index")}}}, nil, "aws_instance.i[1]", "subnet", "aws_subnet.s[1]", ""},
		{"by an index that wraps", []thing{vpcA, subnet("aws_subnet.s[0]", "10.0.0.0/24", inA), subnet("aws_subnet.s[1]", "10.0.1.0/24", inA),
			{"aws_instance.i[3]", nil, obj{"subnet_id": true}, obj{"subnet_id": ref("aws_subnet.s", "count.index")}}}, nil, "aws_instance.i[3]", "subnet", "aws_subnet.s[1]", ""},
		{"by an index written out", []thing{vpcA, subnet("aws_subnet.s[0]", "10.0.0.0/24", inA), subnet("aws_subnet.s[1]", "10.0.1.0/24", inA),
			{"aws_instance.i", nil, obj{"subnet_id": true}, obj{"subnet_id": ref("aws_subnet.s[1].id")}}}, nil, "aws_instance.i", "subnet", "aws_subnet.s[1]", ""},
		{"by the same key", []thing{vpcA, subnet(`aws_subnet.s["x.y"]`, "10.0.0.0/24", inA), subnet(`aws_subnet.s["z"]`, "10.0.1.0/24", inA),
			{`aws_instance.i["z"]`, nil, obj{"subnet_id": true}, obj{"for_each": ref("aws_subnet.s"), "subnet_id": ref("each.value.id")}}}, nil, `aws_instance.i["z"]`, "subnet", `aws_subnet.s["z"]`, ""},
		{"through a variable of a module", []thing{vpcA, subnet("module.m.aws_subnet.s", "10.0.0.0/24", ref("var.vpc"))},
			obj{"m": obj{"expressions": obj{"vpc": inA}}}, "module.m.aws_subnet.s", "vpc", "aws_vpc.a", ""},
		{"through an output of a module", []thing{vpcB, {"module.m.aws_vpc.a", vpcA.known, nil, nil}, subnet("aws_subnet.s", "10.0.0.0/24", ref("module.m.vpc_id"))},
			obj{"m": obj{"module": obj{"outputs": obj{"vpc_id": obj{"expression": inA}}}}}, "aws_subnet.s", "vpc", "module.m.aws_vpc.a", ""},
		{"through an item of an output", []thing{{"module.m.aws_vpc.a", vpcA.known, nil, nil}, subnet("module.m.aws_subnet.s[0]", "10.0.0.0/24", inA), subnet("module.m.aws_subnet.s[1]", "10.0.1.0/24", inA),
			{"aws_instance.i", nil, obj{"subnet_id": true}, obj{"subnet_id": obj{"references": []string{"module.m.subnets[1]", "module.m.subnets", "module.m"}}}}},
			obj{"m": obj{"module": obj{"outputs": obj{"subnets": obj{"expression": ref("aws_subnet.s")}}}}}, "aws_instance.i", "subnet", "module.m.aws_subnet.s[1]", ""},
		{"two of the kind are ambiguous", []thing{vpcA, vpcB, subnet("aws_subnet.s", "10.0.0.0/24", ref("var.x", "aws_vpc.a.id", "aws_vpc.b.id"))}, nil, "aws_subnet.s", "", "not_modelled",
			"plan.json:aws_subnet.s: vpc_id may be any of aws_vpc.a, aws_vpc.b"},
		{"a local value is the only one of its kind", []thing{vpcA, subnet("aws_subnet.s", "10.0.0.0/24", ref("local.vpc_id"))}, nil, "aws_subnet.s", "vpc", "aws_vpc.a", ""},
		{"and is not guessed among two", []thing{vpcA, vpcB, subnet("aws_subnet.s", "10.0.0.0/24", ref("local.vpc_id"))}, nil, "aws_subnet.s", "", "not_modelled",
			"plan.json:aws_subnet.s: vpc_id is known after apply only, and its reference local.vpc_id leads to nothing in the plan that is a vpc"},
		{"groups that a condition chooses are ambiguous", []thing{vpcA, subnet("aws_subnet.s", "10.0.0.0/24", inA), group("aws_security_group.x", nil), group("aws_security_group.y", nil),
			{"aws_instance.i", nil, obj{"subnet_id": true, "vpc_security_group_ids": []any{true}}, obj{"subnet_id": ref("aws_subnet.s.id"), "vpc_security_group_ids": ref("var.x", "aws_security_group.x.id", "aws_security_group.y.id")}}}, nil,
			"aws_instance.i", "security_groups", "", "vpc_security_group_ids may hold aws_security_group.x, aws_security_group.y, and the plan does not tell which of them"},
		{"a CIDR that IPAM gives", []thing{{"aws_vpc.a", nil, obj{"cidr_block": true}, obj{"ipv4_ipam_pool_id": ref("var.pool")}}}, nil, "aws_vpc.a", "cidr", "",
			"plan.json:aws_vpc.a: cidr_block is known after apply only, and without it no packet can be followed; write the CIDR in the configuration, or apply first and give the state"},
	} {
		d, findings := readPlan(t, c.things, c.calls)
		var keys []string
		if c.key != "" {
			keys = []string{c.key}
		}
		if got := get(d, c.entry, keys...); got != c.want {
			t.Errorf("%s: %s of %s is %q, expected %q", c.name, c.key, c.entry, got, c.want)
		}
		if c.finding == "" && findings != "" || !strings.Contains(findings, c.finding) {
			t.Errorf("%s: findings %q, expected %q", c.name, findings, c.finding)
		}
	}
}

func group(address string, config obj) thing {
	if config == nil {
		config = obj{}
	}
	config["vpc_id"] = inA
	return thing{address, obj{}, obj{"vpc_id": true, "ingress": true, "egress": true}, config}
}

// Inline rules of one group share one list of references: the kind of the
// target tells them apart, and two of one kind cannot be told apart.
func TestInlineRoutes(t *testing.T) {
	table := func(refs obj) thing {
		return thing{"aws_route_table.t", obj{"route": []any{obj{"cidr_block": "0.0.0.0/0"}, obj{"cidr_block": "10.9.0.0/16"}}},
			obj{"vpc_id": true, "route": []any{obj{"gateway_id": true}, obj{"nat_gateway_id": true}}}, obj{"vpc_id": inA, "route": refs}}
	}
	gateway := thing{"aws_internet_gateway.g", nil, obj{"vpc_id": true}, obj{"vpc_id": inA}}
	nat := func(a string) thing {
		return thing{a, obj{"connectivity_type": "public"}, obj{"subnet_id": true}, obj{"subnet_id": ref("aws_subnet.s.id")}}
	}
	s := subnet("aws_subnet.s", "10.0.0.0/24", inA)
	d, findings := readPlan(t, []thing{vpcA, s, gateway, nat("aws_nat_gateway.n"), table(ref("aws_internet_gateway.g.id", "aws_nat_gateway.n.id"))}, nil)
	if got, want := get(d, "aws_route_table.t", "routes"), "[{destination: 10.9.0.0/16, target: aws_nat_gateway.n}, {destination: 0.0.0.0/0, target: aws_internet_gateway.g}]"; got != want || findings != "" {
		t.Errorf("routes %s, expected %s; %s", got, want, findings)
	}
	d, findings = readPlan(t, []thing{vpcA, s, gateway, nat("aws_nat_gateway.n"), nat("aws_nat_gateway.o"), table(ref("aws_internet_gateway.g.id", "aws_nat_gateway.n.id", "aws_nat_gateway.o.id"))}, nil)
	if !strings.Contains(findings, "route[1].nat_gateway_id may be any of aws_nat_gateway.n, aws_nat_gateway.o") {
		t.Errorf("two NAT gateways: %q", findings)
	}
	if got := get(d, "aws_route_table.t.target.10.9.0.0/16"); got != "not_modelled" {
		t.Errorf("the target that is not known is %q", got)
	}
}

// A rule for an Elastic IP address follows it to who has it.
func TestRuleForAnElasticIP(t *testing.T) {
	things := []thing{vpcA, subnet("aws_subnet.s", "10.0.0.0/24", inA), group("aws_security_group.g", nil),
		{"aws_eip.e", nil, obj{"public_ip": true}, nil},
		{"aws_nat_gateway.n", nil, obj{"subnet_id": true, "allocation_id": true, "public_ip": true}, obj{"subnet_id": ref("aws_subnet.s.id"), "allocation_id": ref("aws_eip.e.id")}},
		{"aws_security_group_rule.r", obj{"type": "ingress", "protocol": "6", "from_port": 443, "to_port": 443}, obj{"security_group_id": true, "cidr_blocks": []any{true}},
			obj{"security_group_id": ref("aws_security_group.g.id"), "cidr_blocks": ref("aws_eip.e.public_ip")}},
		{"aws_vpc_security_group_ingress_rule.r", obj{"ip_protocol": "tcp", "from_port": 80, "to_port": 80}, obj{"security_group_id": true, "cidr_ipv4": true},
			obj{"security_group_id": ref("aws_security_group.g.id"), "cidr_ipv4": ref("aws_eip.e.public_ip")}},
	}
	d, findings := readPlan(t, things, nil)
	want := "[{protocol: tcp, ports: 80, source: aws_nat_gateway.n.public_ip}, {protocol: tcp, ports: 443, source: aws_nat_gateway.n.public_ip}]"
	if got := get(d, "aws_security_group.g", "ingress"); got != want || findings != "" {
		t.Errorf("%s, expected %s; %s", got, want, findings)
	}
	if got := get(d, "aws_security_group.g", "egress"); got != "[]" {
		t.Errorf("a group that Terraform makes lets out %s", got)
	}
}

// What AWS makes by itself is named by attributes of the VPC.
func TestImplicitResources(t *testing.T) {
	d, findings := readPlan(t, []thing{vpcA,
		{"aws_internet_gateway.g", nil, obj{"vpc_id": true}, obj{"vpc_id": inA}},
		{"aws_route.r", obj{"destination_cidr_block": "0.0.0.0/0"}, obj{"route_table_id": true, "gateway_id": true, "nat_gateway_id": true},
			obj{"route_table_id": ref("aws_vpc.a.main_route_table_id"), "gateway_id": ref("aws_internet_gateway.g.id")}},
		{"aws_network_acl_rule.n", obj{"rule_number": 50, "rule_action": "deny", "protocol": "-1", "egress": false, "cidr_block": "198.51.100.0/24", "from_port": nil}, obj{"network_acl_id": true},
			obj{"network_acl_id": ref("aws_vpc.a.default_network_acl_id")}},
		{"aws_security_group_rule.s", obj{"type": "ingress", "protocol": "all", "cidr_blocks": []any{"10.0.0.0/8"}}, obj{"security_group_id": true}, obj{"security_group_id": ref("aws_vpc.a.default_security_group_id")}},
	}, nil)
	for _, c := range [][3]string{
		{"aws_vpc.a", "main_route_table", "aws_vpc.a.main_route_table"},
		{"aws_vpc.a.main_route_table", "routes", "[{destination: 0.0.0.0/0, target: aws_internet_gateway.g}]"},
		{"aws_vpc.a.default_network_acl", "ingress", "[{rule: 50, action: deny, protocol: all, cidr: 198.51.100.0/24}, {rule: 100, action: allow, protocol: all, cidr: 0.0.0.0/0}]"},
		{"aws_vpc.a.default_security_group", "ingress", "[{protocol: all, source: 10.0.0.0/8}, {protocol: all, source: self}]"},
		{"aws_vpc.a.default_security_group", "egress", "[{protocol: all, destination: 0.0.0.0/0}]"},
	} {
		if got := get(d, c[0], c[1]); got != c[2] || findings != "" {
			t.Errorf("%s %s: %s, expected %s; %s", c[0], c[1], got, c[2], findings)
		}
	}
}
