// Package firewall makes rules of the topology language of the policy of a
// network firewall and its rule groups, in the shape that AWS's API gives them;
// importers bring what they read into that shape.
package firewall

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// Firewall is what there is to know of a network firewall's rules.
type Firewall struct {
	Policy jsontree.Value // FirewallPolicy of describe-firewall-policy
	// Group returns RuleGroup of describe-rule-group, by the ARN that the policy
	// names; ok is false where the input does not hold it.
	Group func(arn string) (rules jsontree.Value, ok bool)
	// Title names a rule group in messages, and Missing says what is with one
	// that is not there.
	Title   func(arn string) string
	Missing string
	Home    []string // the blocks of its VPC, for HOME_NET
	// PrefixList returns the CIDRs of a prefix list, by its id; nil where none
	// are known.
	PrefixList func(id string) []string
}

// Tree makes what stands in no file, as values of another format, into JSON.
func Tree(v any) jsontree.Value {
	text, err := json.Marshal(v)
	if err != nil {
		return jsontree.Value{}
	}
	root, _ := jsontree.Parse("", text)
	return root
}

// Problem is a part of the rules that is not understood. All is set where that
// leaves nothing certain of what reaches the firewall.
type Problem struct {
	At  diag.Pos
	Why string
	All bool
}

// Write writes the rules to the entry of a network firewall.
func (f *Firewall) Write(e *doc.Entry) []Problem {
	rules, why := f.stateless()
	if why != "" {
		e.Set("not_modelled", doc.Strs([]string{why}, e.At))
		return []Problem{{e.At, why, true}}
	}
	if len(rules.Items) > 0 {
		e.Set("stateless_rules", rules)
	}
	if word := statelessAction(f.Policy.Get("StatelessDefaultActions")); word != "" {
		e.Set("stateless_default", doc.Str(word, f.Policy.At()))
	}
	return f.stateful(e)
}

// is reports whether a text is a word, in capitals or not.
func is(v jsontree.Value, word string) bool { return strings.EqualFold(v.Text(), word) }

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

// byPriority returns rule groups of a policy, or rules of a group, in their order.
func byPriority(list jsontree.Value) []jsontree.Value {
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
func (f *Firewall) stateless() (out *doc.Value, why string) {
	out = doc.ListOf(f.Policy.At())
	for _, ref := range byPriority(f.Policy.Get("StatelessRuleGroupReferences")) {
		arn := ref.Get("ResourceArn").Text()
		g, ok := f.Group(arn)
		if !ok {
			return nil, "its stateless rule group " + f.Title(arn) + " " + f.Missing
		}
		for _, rule := range byPriority(g.Get("RulesSource", "StatelessRulesAndCustomActions", "StatelessRules")) {
			list, why := statelessRules(rule.Get("RuleDefinition"))
			if why != "" {
				return nil, fmt.Sprintf("rule %s of its stateless rule group %s %s", rule.Get("Priority").Text(), f.Title(arn), why)
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
				if _, err := netip.ParsePrefix(asCIDR(text.Text())); err != nil {
					return nil, "has an address that is not understood: " + text.Text()
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
		v.Append(key, doc.Ports(lo, hi, p.At()))
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
