package cloudformation

import (
	"strconv"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/firewall"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// firewall writes a Network Firewall with its policy and rule groups.
func (w *writer) firewall(r *resource) {
	e := w.entry("network_firewalls", r)
	w.link(e.Value, "vpc", r, "VpcId")
	endpoints := doc.Map(r.at)
	for i, m := range r.get("SubnetMappings").each() {
		endpoints.Set(r.shown+"."+endpointAttribute(i), doc.Str(w.target(r, "SubnetId", m.get("SubnetId")), m.at))
	}
	e.Set("endpoints", endpoints)
	policy, ok := r.get("FirewallPolicyArn").ref()
	if !ok || policy.to.typ != "AWS::NetworkFirewall::FirewallPolicy" {
		e.Append("not_modelled", doc.Str("its policy is not in the template", r.at))
		return
	}
	f := firewall.Firewall{Policy: firewall.Tree(asJSON("", policy.to.get("FirewallPolicy"))), Missing: "is not in the template",
		Title: func(arn string) string { return arn },
		Group: func(arn string) (jsontree.Value, bool) {
			g := w.set.shown(arn)
			if g == nil || g.typ != "AWS::NetworkFirewall::RuleGroup" {
				return jsontree.Value{}, false
			}
			return firewall.Tree(asJSON("", g.get("RuleGroup"))), true
		}}
	if vpc, ok := r.get("VpcId").ref(); ok {
		if block, ok := vpc.to.get("CidrBlock").text(); ok && vpc.to.ipv6Blocks(r.at).kind != list {
			f.Home = []string{block}
		}
	}
	for _, p := range f.Write(e) {
		w.set.report(diag.Info, policy.to.at, idUnknown, "network firewall %q has rules that are not modelled: %s; verdicts that depend on them are unknown", r.name, p.Why)
	}
	for _, key := range []string{"stateless_rules", "stateless_default", "stateful_rules", "stateful_order", "stateful_default", "not_modelled"} {
		if v := e.Get(key); v != nil {
			v.Place(policy.to.at)
		}
	}
}

// shown finds a resource by its name in the topology.
func (s *set) shown(name string) *resource {
	for _, t := range s.templates {
		for _, r := range t.resources {
			if r.shown == name && !r.left {
				return r
			}
		}
	}
	return nil
}

// numbers are the properties of firewalls that AWS's API has as numbers.
var numbers = map[string]bool{"Priority": true, "FromPort": true, "ToPort": true, "Protocols": true}

// asJSON makes a value what JSON has for it; a reference becomes the name of
// what it means. key is the property that it is of.
func asJSON(key string, v value) any {
	switch v.kind {
	case list:
		out := make([]any, len(v.items))
		for i, item := range v.items {
			out[i] = asJSON(key, item)
		}
		return out
	case mapping:
		out := map[string]any{}
		for _, f := range v.fields {
			out[f.key] = asJSON(f.key, f.value)
		}
		return out
	case text:
		if s, ok := v.text(); ok {
			if n, err := strconv.Atoi(s); numbers[key] && err == nil {
				return n
			}
			return s
		}
		if to, ok := v.ref(); ok {
			return to.to.shown
		}
		return "(known only when the stack is made)"
	case absent:
		return nil
	}
	return "(" + v.why + ")"
}
