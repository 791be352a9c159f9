package terraform

import (
	"cmp"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"
)

// policyJSON is a policy as AWS's API has it. why tells what its rules cannot be
// ordered without.
func (m *importer) policyJSON(p *resource) (out object, why string) {
	at := func(key string) path { return path{"firewall_policy", 0, key} }
	order := p.text("firewall_policy", 0, "stateful_engine_options", 0, "rule_order")
	out = object{"StatelessDefaultActions": p.texts(at("stateless_default_actions")...), "StatefulDefaultActions": p.texts(at("stateful_default_actions")...),
		"StatefulEngineOptions": object{"RuleOrder": order},
		"PolicyVariables":       object{"RuleVariables": variables(p, path{"firewall_policy", 0, "policy_variables", 0, "rule_variables", 0}, "ip_set")}}
	for key, kind := range map[string]string{"StatelessRuleGroupReferences": "stateless", "StatefulRuleGroupReferences": "stateful"} {
		refs, problem := m.groupRefs(p, kind+"_rule_group_reference")
		if problem != "" && (kind == "stateless" || order == "STRICT_ORDER") {
			return nil, problem
		}
		var list []object
		for _, r := range refs {
			list = append(list, object{"ResourceArn": r.name, "Priority": r.priority, "Override": object{"Action": r.override}})
		}
		out[key] = list
	}
	return out, ""
}

// groupRef is a rule group with its priority in a policy.
type groupRef struct {
	name     string
	priority int
	override string // DROP_TO_ALERT, or ""
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
		ref.override = p.text("firewall_policy", 0, key, i, "override", 0, "action")
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
			priority, constant, override := 0, false, ""
			for _, o := range nested(block["override"]) {
				if e := o["action"]; e != nil && e.ExpressionData != nil {
					override, _ = e.ConstantValue.(string)
				}
			}
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
					out = append(out, groupRef{name, priority, override})
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
func variables(r *resource, p path, kind string) object {
	out := object{}
	sets := append(slices.Clone(p), kind+"s")
	for i := range r.items(sets...) {
		if name := r.text(append(slices.Clone(sets), i, "key")...); name != "" {
			out[name] = object{"Definition": r.texts(append(slices.Clone(sets), i, kind, 0, "definition")...)}
		}
	}
	return out
}

// ruleGroupJSON is a rule group as AWS's API has it; ok is false where it is not
// known as a whole.
func (m *importer) ruleGroupJSON(g *resource) (out object, ok bool) {
	if g.unknownAt("rule_group") || g.unknownAt("rules") && g.configured("rules") {
		return nil, false
	}
	vars := path{"rule_group", 0, "rule_variables", 0}
	source := object{}
	references := object{}
	for i := range g.items("rule_group", 0, "reference_sets", 0, "ip_set_references") {
		p := path{"rule_group", 0, "reference_sets", 0, "ip_set_references", i}
		references[g.text(append(p, "key")...)] = object{"ReferenceArn": g.text(append(p, "ip_set_reference", 0, "reference_arn")...)}
	}
	if text := cmp.Or(g.text("rules"), g.text("rule_group", 0, "rules_source", 0, "rules_string")); text != "" {
		source["RulesString"] = text
	}
	if len(g.items("rule_group", 0, "rules_source", 0, "rules_source_list")) > 0 {
		source["RulesSourceList"] = object{"Targets": []string{}}
	}
	if list := statefulJSON(g); list != nil {
		source["StatefulRules"] = list
	}
	source["StatelessRulesAndCustomActions"] = object{"StatelessRules": statelessJSON(g)}
	return object{"RulesSource": source, "ReferenceSets": object{"IPSetReferences": references},
		"RuleVariables": object{"IPSets": variables(g, vars, "ip_set"), "PortSets": variables(g, vars, "port_set")}}, true
}

func statefulJSON(g *resource) []object {
	source := path{"rule_group", 0, "rules_source", 0, "stateful_rule"}
	var out []object
	for i := range g.items(source...) {
		in := func(steps ...any) path { return append(append(slices.Clone(source), i), steps...) }
		header := object{}
		for key, name := range map[string]string{"protocol": "Protocol", "direction": "Direction", "source": "Source", "source_port": "SourcePort",
			"destination": "Destination", "destination_port": "DestinationPort"} {
			header[name] = g.text(in("header", 0, key)...)
		}
		var options []object
		for k := range g.items(in("rule_option")...) {
			options = append(options, object{"Keyword": g.text(in("rule_option", k, "keyword")...)})
		}
		out = append(out, object{"Action": g.text(in("action")...), "Header": header, "RuleOptions": options})
	}
	return out
}

func statelessJSON(g *resource) []object {
	source := path{"rule_group", 0, "rules_source", 0, "stateless_rules_and_custom_actions", 0, "stateless_rule"}
	var out []object
	for i := range g.items(source...) {
		in := func(steps ...any) path { return append(append(slices.Clone(source), i), steps...) }
		match := func(steps ...any) path {
			return in(append([]any{"rule_definition", 0, "match_attributes", 0}, steps...)...)
		}
		attributes := object{"Protocols": g.items(match("protocols")...), "TCPFlags": g.items(match("tcp_flag")...)}
		for key, name := range map[string]string{"source": "Sources", "destination": "Destinations"} {
			var list []object
			for k := range g.items(match(key)...) {
				list = append(list, object{"AddressDefinition": g.text(match(key, k, "address_definition")...)})
			}
			attributes[name] = list
		}
		for key, name := range map[string]string{"source_port": "SourcePorts", "destination_port": "DestinationPorts"} {
			var list []object
			for k := range g.items(match(key)...) {
				lo, hi := g.number(match(key, k, "from_port")...), g.number(match(key, k, "to_port")...)
				if hi == nil {
					hi = lo
				}
				list = append(list, object{"FromPort": lo, "ToPort": hi})
			}
			attributes[name] = list
		}
		out = append(out, object{"Priority": g.value(in("priority")...), "RuleDefinition": object{"Actions": g.texts(in("rule_definition", 0, "actions")...), "MatchAttributes": attributes}})
	}
	return out
}
