package terraform

import (
	"fmt"
	"slices"
	"strconv"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
)

// firewall with its policy and that one's rule groups.
func (m *importer) firewall(r *resource) {
	vpc, ok := m.link(r, toVPC, "vpc_id")
	if !ok || vpc == "" {
		m.cannot(r, "its VPC is not known")
		return
	}
	endpoints := doc.Map(r.at)
	for _, s := range m.firewallSubnets(r) {
		endpoints.Set(firewallEndpoint(r, s), str(r, s))
	}
	if len(endpoints.Pairs) == 0 {
		m.cannot(r, "its subnets are not known")
		return
	}
	e := m.Add("network_firewalls", r.address, r.at)
	e.Set("vpc", str(r, vpc)).Set("endpoints", endpoints)
	var f draft.Firewall
	name, _ := m.link(r, []string{"firewall_policies"}, "firewall_policy_arn")
	if p := m.byAddress[name]; p != nil {
		m.policy(&f, p, m.Entry(vpc))
	} else {
		f.Unknown("its policy is not among the resources", r.at)
	}
	f.Write(e)
}

// firewallSubnets are those that a firewall has endpoints in.
func (m *importer) firewallSubnets(r *resource) []string {
	var out []string
	for i := range r.items("subnet_mapping") {
		if s, _ := m.link(r, toSubnet, "subnet_mapping", i, "subnet_id"); s != "" && m.Section(s) == "subnets" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// firewallEndpoint is the name of the endpoint of a firewall in a subnet.
func firewallEndpoint(r *resource, subnet string) string { return r.address + "@" + subnet }

// firewallEndpoints are the endpoints that a reference to a firewall may mean:
// those in the subnets that stand beside it, else all.
func (m *importer) firewallEndpoints(r *resource, beside []target) []string {
	var all, named []string
	for _, s := range m.firewallSubnets(r) {
		all = append(all, firewallEndpoint(r, s))
		if slices.ContainsFunc(beside, func(t target) bool { return t.address == s }) {
			named = append(named, firewallEndpoint(r, s))
		}
	}
	if len(named) > 0 {
		return named
	}
	return all
}

// firewallEndpointID finds the endpoint that AWS has given an id.
func (m *importer) firewallEndpointID(r *resource, id string) string {
	for i := range r.items("firewall_status") {
		for j := range r.items("firewall_status", i, "sync_states") {
			for k := range r.items("firewall_status", i, "sync_states", j, "attachment") {
				p := path{"firewall_status", i, "sync_states", j, "attachment", k}
				if r.text(append(p, "endpoint_id")...) == id {
					if s := m.byID[r.text(append(p, "subnet_id")...)]; s != nil {
						return firewallEndpoint(r, s.address)
					}
				}
			}
		}
	}
	return ""
}

func (m *importer) policy(f *draft.Firewall, p *resource, vpc *doc.Entry) {
	at := func(key string) path { return path{"firewall_policy", 0, key} }
	f.StatelessDefault, f.StatefulDefault = p.texts(at("stateless_default_actions")...), p.texts(at("stateful_default_actions")...)
	f.Strict = p.text("firewall_policy", 0, "stateful_engine_options", 0, "rule_order") == "STRICT_ORDER"
	home := m.variables(p, path{"firewall_policy", 0, "policy_variables", 0, "rule_variables"}, "ip_set")
	if len(home["HOME_NET"]) == 0 && vpc != nil { // AWS's default
		home["HOME_NET"] = texts(vpc.Get("cidr"), vpc.Get("cidrs"))
	}
	for _, kind := range []string{"stateless", "stateful"} {
		refs, why := m.groupRefs(p, kind+"_rule_group_reference")
		if why != "" && (kind == "stateless" || f.Strict) {
			f.Unknown(why, p.at)
			continue
		}
		for _, ref := range refs {
			if g := m.byAddress[ref.name]; g == nil {
				f.Unknown("rule group "+ref.name+" is not among the resources", p.at)
			} else if kind == "stateless" {
				m.statelessGroup(f, g, ref.priority)
			} else {
				m.statefulGroup(f, g, ref.priority, home)
			}
		}
	}
}

// groupRef is a rule group with its priority in a policy.
type groupRef struct {
	name     string
	priority int
}

// groupRefs are the rule groups of a policy. why tells that their priorities are
// not known.
func (m *importer) groupRefs(p *resource, key string) (out []groupRef, why string) {
	unknown := false
	for i := range p.items("firewall_policy", 0, key) {
		arn := p.text("firewall_policy", 0, key, i, "resource_arn")
		if arn == "" {
			unknown = true
			continue
		}
		ref := groupRef{name: m.known(arn, toRuleGroup)}
		if n := p.number("firewall_policy", 0, key, i, "priority"); n != nil {
			ref.priority = *n
		}
		out = append(out, ref)
	}
	if !unknown || p.conf == nil {
		return out, ""
	}
	// A set has no order, so blocks of the plan and of the configuration need
	// not stand alike: the configuration has both halves.
	for _, policy := range nested(p.conf.Expressions["firewall_policy"]) {
		for _, block := range nested(policy[key]) {
			found, _ := m.follow(references(block["resource_arn"], 0), m.scopeOf(p))
			priority, constant := 0, false
			if e := block["priority"]; e != nil && e.ExpressionData != nil {
				if n, ok := e.ConstantValue.(float64); ok {
					priority, constant = int(n), true
				}
			}
			for _, t := range found {
				if name := m.entity(t, toRuleGroup, 0); name != "" {
					if !constant && (len(found) > 1 || len(out) > 0) {
						why = "the order of its rule groups is not known"
					}
					out = append(out, groupRef{name, priority})
				}
			}
		}
	}
	return out, why
}

var toRuleGroup = []string{"firewall_rule_groups"}

// nested are the blocks of an expression.
func nested(e *tfjson.Expression) []map[string]*tfjson.Expression {
	if e == nil || e.ExpressionData == nil {
		return nil
	}
	return e.NestedBlocks
}

// variables are the sets of addresses, or of ports, of a policy or rule group.
func (m *importer) variables(r *resource, p path, kind string) map[string][]string {
	out := map[string][]string{}
	sets := append(slices.Clone(p), kind+"s")
	for i := range r.items(sets...) {
		if name := r.text(append(slices.Clone(sets), i, "key")...); name != "" {
			out[name] = r.texts(append(slices.Clone(sets), i, kind, 0, "definition")...)
		}
	}
	return out
}

func (m *importer) statelessGroup(f *draft.Firewall, g *resource, group int) {
	source := path{"rule_group", 0, "rules_source", 0, "stateless_rules_and_custom_actions", 0, "stateless_rule"}
	if g.unknownAt(source...) {
		f.Unknown("rules of "+g.address+" are known after apply only", g.at)
		return
	}
	for i := range g.items(source...) {
		in := func(steps ...any) path {
			return append(append(slices.Clone(source), i), steps...)
		}
		match := func(steps ...any) path {
			return in(append([]any{"rule_definition", 0, "match_attributes", 0}, steps...)...)
		}
		rule := draft.FirewallRule{At: g.at, Action: draft.StandardAction(g.texts(in("rule_definition", 0, "actions")...))}
		priority := g.number(in("priority")...)
		if rule.Action == "" || priority == nil || len(g.items(match("tcp_flag")...)) > 0 {
			f.Unknown(fmt.Sprintf("stateless rule %d of %s: its action or its TCP flags are not understood", i, g.address), g.at)
			continue
		}
		for _, v := range g.items(match("protocols")...) {
			if n, ok := v.(float64); ok {
				rule.Protocols = append(rule.Protocols, strconv.Itoa(int(n)))
			}
		}
		addresses := func(key string) (out []string) {
			for k := range g.items(match(key)...) {
				out = append(out, g.text(match(key, k, "address_definition")...))
			}
			return out
		}
		ports := func(key string) (out []string) {
			for k := range g.items(match(key)...) {
				lo, hi := g.number(match(key, k, "from_port")...), g.number(match(key, k, "to_port")...)
				if lo == nil {
					continue
				}
				if hi == nil {
					hi = lo
				}
				out = append(out, draft.PortRange(*lo, *hi))
			}
			return out
		}
		rule.Source, rule.Destination = addresses("source"), addresses("destination")
		rule.SourcePorts, rule.Ports = ports("source_port"), ports("destination_port")
		f.Stateless(group, *priority, rule)
	}
}

func (m *importer) statefulGroup(f *draft.Firewall, g *resource, group int, home map[string][]string) {
	source := path{"rule_group", 0, "rules_source", 0, "stateful_rule"}
	switch {
	case g.text("rules") != "", g.text("rule_group", 0, "rules_source", 0, "rules_string") != "", g.unknownAt("rules") && g.configured("rules"):
		f.Unknown(g.address+" has Suricata rules", g.at)
		return
	case len(g.items("rule_group", 0, "rules_source", 0, "rules_source_list")) > 0:
		f.Unknown(g.address+" is a list of domains", g.at)
		return
	case g.unknownAt("rule_group", 0, "rules_source"):
		f.Unknown("rules of "+g.address+" are known after apply only", g.at)
		return
	}
	vars := path{"rule_group", 0, "rule_variables", 0}
	sets := m.variables(g, vars, "ip_set")
	for name, ports := range m.variables(g, vars, "port_set") {
		sets[name] = ports
	}
	if len(sets["HOME_NET"]) == 0 {
		sets["HOME_NET"] = home["HOME_NET"]
	}
	for i := range g.items(source...) {
		in := func(steps ...any) path { return append(append(slices.Clone(source), i), steps...) }
		header := func(key string) string { return g.text(in("header", 0, key)...) }
		h := draft.Header{Action: g.text(in("action")...), Protocol: header("protocol"), Direction: header("direction"), At: g.at,
			Source: header("source"), SourcePort: header("source_port"), Destination: header("destination"), DestinationPort: header("destination_port")}
		for k := range g.items(in("rule_option")...) {
			h.Options = append(h.Options, g.text(in("rule_option", k, "keyword")...))
		}
		rule, why := h.Rule(sets)
		if why != "" {
			f.Unknown(fmt.Sprintf("stateful rule %d of %s: %s", i+1, g.address, why), g.at)
			continue
		}
		f.Stateful(group, rule)
	}
}
