package awsjson

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// writeFirewalls writes the network firewalls with their endpoints and the
// rules of their policies (FW-1, FW-3).
func (b *builder) writeFirewalls() {
	b.firewallEnds = map[string]string{}
	for _, r := range b.live("NetworkFirewalls") {
		v := b.vpcs[r.get("Firewall", "VpcId").Text()]
		ends := doc.Map(r.At())
		for _, state := range r.get("FirewallStatus", "SyncStates").Members() {
			a := state.Get("Attachment")
			end, subnet := a.Get("EndpointId"), a.Get("SubnetId")
			if end.Text() != "" && b.usable("Subnets", subnet.Text()) && b.refused[end.Text()] == "" {
				b.firewallEnds[end.Text()] = r.id
				ends.Set(b.name(end.Text()), doc.Str(b.name(subnet.Text()), end.At()))
			}
		}
		switch gateway := r.get("Firewall", "TransitGatewayId").Text(); {
		case gateway != "":
			b.leaveOut(r, "it is attached to transit gateway "+gateway+", which vpcpath does not model")
			continue
		case v == nil || !v.usable || len(ends.Pairs) == 0:
			b.leaveOut(r, "the dump does not hold its VPC and the subnets of its endpoints")
			continue
		}
		e := b.entry("network_firewalls", r.id, r.At())
		e.Set("vpc", doc.Str(b.name(v.id), r.At())).Set("endpoints", ends)
		f := &firewall{b: b, e: e, vpc: v, at: r.At(), policy: b.d.find("NetworkFirewallPolicies", r.get("Firewall", "FirewallPolicyArn").Text())}
		f.write(r)
		for end := range b.firewallEnds {
			if b.firewallEnds[end] == r.id {
				b.ids[end] = true
				b.entered[b.name(end)] = "network_firewalls"
			}
		}
	}
}

// firewall is a network firewall whose rules are written.
type firewall struct {
	b      *builder
	e      *doc.Entry
	vpc    *vpc
	at     diag.Pos
	policy *resource
}

func (f *firewall) write(r *resource) {
	if f.policy == nil {
		f.notModelled(r, "its policy "+shortID(r.get("Firewall", "FirewallPolicyArn").Text())+" is not in the dump (aws network-firewall describe-firewall-policy)")
		return
	}
	p := f.policy.get("FirewallPolicy")
	rules, why := f.stateless(p)
	if why != "" {
		f.notModelled(r, why)
		return
	}
	if len(rules.Items) > 0 {
		f.e.Set("stateless_rules", rules)
	}
	if word := statelessAction(p.Get("StatelessDefaultActions")); word != "" {
		f.e.Set("stateless_default", doc.Str(word, p.At()))
	}
	f.stateful(r, p)
}

// notModelled makes everything unknown that reaches the firewall.
func (f *firewall) notModelled(r *resource, why string) {
	f.e.Set("not_modelled", doc.Strs([]string{why}, r.At()))
	f.b.warn(r.At(), "not-modelled", "the rules of network firewall %s are not modelled: %s; verdicts about what reaches it are unknown", quote(r.id), why)
}

// statelessAction is the word of the language for the action among some; ""
// where there is none. The others publish metrics.
func statelessAction(actions jsontree.Value) string {
	for a := range actions.Items() {
		if w := map[string]string{"aws:pass": "pass", "aws:drop": "drop", "aws:forward_to_sfe": "forward"}[a.Text()]; w != "" {
			return w
		}
	}
	return ""
}

// references returns the rule groups that a policy names, by their priority.
func references(list jsontree.Value) []jsontree.Value {
	var out []jsontree.Value
	for g := range list.Items() {
		out = append(out, g)
	}
	priority := func(v jsontree.Value) int { n, _ := v.Get("Priority").Int(); return n }
	slices.SortStableFunc(out, func(a, c jsontree.Value) int { return cmp.Compare(priority(a), priority(c)) })
	return out
}

// stateless makes the stateless rules of a policy, numbered anew; why names
// what is not understood of them. One such decides about any packet, in both
// directions, so then none is made.
func (f *firewall) stateless(policy jsontree.Value) (out *doc.Value, why string) {
	out = doc.ListOf(policy.At())
	for _, ref := range references(policy.Get("StatelessRuleGroupReferences")) {
		arn := ref.Get("ResourceArn").Text()
		g := f.b.d.find("NetworkFirewallRuleGroups", arn)
		if g == nil {
			return nil, "its stateless rule group " + shortID(arn) + " is not in the dump (aws network-firewall describe-rule-group)"
		}
		for _, rule := range references(g.get("RuleGroup", "RulesSource", "StatelessRulesAndCustomActions", "StatelessRules")) {
			list, why := statelessRules(rule.Get("RuleDefinition"))
			if why != "" {
				return nil, fmt.Sprintf("rule %s of its stateless rule group %s %s", rule.Get("Priority").Text(), shortID(arn), why)
			}
			for _, r := range list {
				out.Items = append(out.Items, r.Set("priority", doc.Int(len(out.Items)+1, rule.At())))
			}
		}
	}
	return out, ""
}

// statelessRules makes the rules of one definition: one for each protocol.
func statelessRules(def jsontree.Value) (out []*doc.Value, why string) {
	match := def.Get("MatchAttributes")
	action := statelessAction(def.Get("Actions"))
	ported := match.Get("SourcePorts").Len()+match.Get("DestinationPorts").Len() > 0
	switch {
	case match.Get("TCPFlags").Len() > 0:
		return nil, "looks at TCP flags"
	case action == "":
		return nil, "has no action that vpcpath knows"
	}
	var protocols []int
	for p := range match.Get("Protocols").Items() {
		n, ok := p.Int()
		if !ok {
			return nil, "has a protocol that is no number"
		}
		protocols = append(protocols, n)
	}
	if len(protocols) == 0 && ported { // of TCP and UDP alone; the others match without
		return nil, "has ports and no protocol"
	}
	if len(protocols) == 0 {
		protocols = []int{-1}
	}
	for _, n := range protocols {
		v := doc.Map(def.At()).Set("action", doc.Str(action, def.At()))
		if w, ok := map[int]string{-1: "all", 1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6"}[n]; ok {
			v.Set("protocol", doc.Str(w, def.At()))
		} else {
			v.Set("protocol", doc.Int(n, def.At()))
		}
		if n == 6 || n == 17 {
			portRanges(v, "source_ports", match.Get("SourcePorts"))
			portRanges(v, "ports", match.Get("DestinationPorts"))
		}
		for _, side := range []struct{ key, list string }{{"source", "Sources"}, {"destination", "Destinations"}} {
			for a := range match.Get(side.list).Items() {
				text := a.Get("AddressDefinition")
				if strings.EqualFold(text.Text(), "any") {
					v.Remove(side.key)
					break
				}
				v.Append(side.key, doc.Str(asCIDR(text.Text()), text.At()))
			}
		}
		out = append(out, v)
	}
	return out, ""
}

// portRanges sets a list of ports, none for all of them.
func portRanges(v *doc.Value, key string, list jsontree.Value) {
	for p := range list.Items() {
		lo, _ := p.Get("FromPort").Int()
		hi, _ := p.Get("ToPort").Int()
		v.Append(key, ports(lo, hi, p.At()))
	}
}

// asCIDR gives an address without a prefix length its own.
func asCIDR(text string) string {
	switch {
	case strings.Contains(text, "/"):
		return text
	case strings.Contains(text, ":"):
		return text + "/128"
	}
	return text + "/32"
}
