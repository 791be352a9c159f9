package awsjson

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/firewall"
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
		b.firewallRules(e, r, v)
		for end := range b.firewallEnds {
			if b.firewallEnds[end] == r.id {
				b.ids[end] = true
				b.entered[b.name(end)] = "network_firewalls"
			}
		}
	}
}

// firewallRules writes the rules of a firewall's policy.
func (b *builder) firewallRules(e *doc.Entry, r *resource, v *vpc) {
	arn := r.get("Firewall", "FirewallPolicyArn").Text()
	policy := b.d.find("NetworkFirewallPolicies", arn)
	if policy == nil {
		why := "its policy " + shortID(arn) + " is not in the dump (aws network-firewall describe-firewall-policy)"
		e.Set("not_modelled", doc.Strs([]string{why}, r.At()))
		b.warn(r.At(), "not-modelled", "the rules of network firewall %s are not modelled: %s; verdicts about what reaches it are unknown", quote(r.id), why)
		return
	}
	f := firewall.Firewall{Policy: policy.get("FirewallPolicy"), Title: shortID, Missing: "is not in the dump (aws network-firewall describe-rule-group)",
		Group: func(arn string) (jsontree.Value, bool) {
			g := b.d.find("NetworkFirewallRuleGroups", arn)
			if g == nil {
				return jsontree.Value{}, false
			}
			return g.get("RuleGroup"), true
		},
		PrefixList: func(id string) []string {
			var out []string
			for _, c := range b.cidrsOf(id) {
				out = append(out, c.Text())
			}
			return out
		}}
	for _, c := range append(slices.Clone(v.cidrs), v.v6...) {
		f.Home = append(f.Home, c.Text())
	}
	for _, p := range f.Write(e) {
		if p.All {
			b.warn(r.At(), "not-modelled", "the rules of network firewall %s are not modelled: %s; verdicts about what reaches it are unknown", quote(r.id), p.Why)
			continue
		}
		b.info(p.At, "not-modelled", "network firewall %s has rules that are not modelled: %s; verdicts that depend on them are unknown", quote(r.id), p.Why)
	}
}
