package terraform

import (
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
)

// securityGroup: Terraform removes the rule that lets everything out from the
// groups that it makes, so no egress rule means none.
func (m *importer) securityGroup(r *resource) {
	vpc, ok := "", true
	if r.typ == "aws_default_security_group" {
		if v := m.vpcOfDefault(r, "id", "default_security_group_id"); v != nil {
			vpc = v.address
			if e := m.Entry(vpc); e != nil {
				e.Set("default_security_group", str(r, r.address))
			}
		}
	} else {
		vpc, ok = m.link(r, toVPC, "vpc_id")
	}
	switch {
	case !ok:
		m.cannot(r, "its VPC is not known")
		return
	case vpc == "":
		m.cannot(r, "it names no VPC, so it is in the default one, which the plan does not describe")
		return
	}
	e := m.Add("security_groups", r.address, r.at)
	e.Set("vpc", str(r, vpc))
	e.Set("egress", doc.ListOf(r.at))
	for _, direction := range []string{"ingress", "egress"} {
		for i := range r.items(direction) {
			for _, rule := range m.inlineRule(r, direction, i) {
				if r.configured(direction) || !m.ruleGone(r, direction == "egress", rule) {
					m.Rule(r.address, direction == "egress", rule.Traffic, rule.peer, r.at)
				}
			}
		}
		if r.unknownAt(direction) && r.configured(direction) && r.value(direction) == nil {
			m.report(r, diag.Error, idUnresolved, "the %s rules are known after apply only; apply first, or import the state", direction)
		}
	}
}

// defaultGroup is mainTable for the default security group (SG-3).
func (m *importer) defaultGroup(vpc *resource) string {
	for _, r := range m.resources {
		if r.typ == "aws_default_security_group" && (m.ofVPC(r, "id", vpc, "default_security_group_id")) {
			return r.address
		}
	}
	name := vpc.address + ".default_security_group"
	if m.Entry(name) == nil {
		m.Add("security_groups", name, vpc.at).Set("vpc", str(vpc, vpc.address))
		all := draft.Traffic{Protocol: "-1"}
		m.Rule(name, false, all, "self", vpc.at)
		m.Rule(name, true, all, "0.0.0.0/0", vpc.at)
		if vpc.text("ipv6_cidr_block") != "" {
			m.Rule(name, true, all, "::/0", vpc.at)
		}
		if v := m.Entry(vpc.address); v != nil && v.Get("default_security_group") == nil {
			v.Set("default_security_group", str(vpc, name))
		}
	}
	return name
}

// peerRule is a rule for one peer.
type peerRule struct {
	draft.Traffic
	peer string
}

// inlineRule reads a block of a group; it holds several peers.
func (m *importer) inlineRule(r *resource, direction string, i int) []peerRule {
	in := func(key string) path { return path{direction, i, key} }
	t := draft.Traffic{Protocol: r.text(in("protocol")...), From: r.number(in("from_port")...), To: r.number(in("to_port")...)}
	return m.peers(r, t, in("cidr_blocks"), in("ipv6_cidr_blocks"), in("security_groups"), in("prefix_list_ids"), in("self"))
}

func (m *importer) peers(r *resource, t draft.Traffic, v4, v6, groups, lists, self path) []peerRule {
	var out []peerRule
	add := func(names []string) {
		for _, n := range names {
			out = append(out, peerRule{t, n})
		}
	}
	add(r.texts(v4...))
	add(r.texts(v6...))
	for _, p := range []path{v4, v6} {
		if n, _ := r.unknowns(p...); n > 0 && (len(p) > 1 || r.configured(p[0].(string))) {
			names := m.addressNames(r, p...)
			if len(names) == 0 {
				m.report(r, diag.Error, idUnknownCIDR, "%s is known after apply only; write the CIDRs in the configuration, or apply first and give the state", p.text())
			}
			add(names)
		}
	}
	if n, _ := r.unknowns(groups...); n == 0 || len(groups) > 1 || r.configured(groups[0].(string)) {
		if len(groups) == 1 && r.value(groups...) == nil || r.text(groups...) != "" { // a single one
			name, _ := m.link(r, toGroup, groups...)
			if name != "" {
				add([]string{m.groupName(name)})
			}
		} else {
			names, _ := m.links(r, toGroup, groups...)
			for k := range names {
				names[k] = m.groupName(names[k])
			}
			add(names)
		}
	}
	names, _ := m.links(r, []string{"prefix_lists"}, lists...)
	add(names)
	if r.yes(self...) {
		add([]string{"self"})
	}
	return out
}

// groupName takes the account from a reference to another account's group.
func (m *importer) groupName(name string) string {
	if _, id, ok := strings.Cut(name, "/"); ok && strings.HasPrefix(id, "sg-") {
		return m.known(id, toGroup)
	}
	return name
}

// groupRule is a rule as a resource of its own, of which there are two shapes.
func (m *importer) groupRule(r *resource) {
	group, ok := m.link(r, toGroup, "security_group_id")
	if !ok || group == "" || m.Section(group) != "security_groups" {
		m.lost[r] = "its security group is not known"
		m.report(r, diag.Warning, idLeftOut, "the rule is left out, since its security group is not among the resources, or not modelled; import what holds the group, too")
		return
	}
	egress, rules := m.ruleOf(r)
	for _, rule := range rules {
		m.Rule(group, egress, rule.Traffic, rule.peer, r.at)
	}
	if len(rules) == 0 {
		m.lost[r] = "its peer is not known"
	}
}

func (m *importer) ruleOf(r *resource) (egress bool, rules []peerRule) {
	if r.typ == "aws_security_group_rule" {
		t := draft.Traffic{Protocol: r.text("protocol"), From: r.number("from_port"), To: r.number("to_port")}
		return r.text("type") == "egress", m.peers(r, t, path{"cidr_blocks"}, path{"ipv6_cidr_blocks"}, path{"source_security_group_id"}, path{"prefix_list_ids"}, path{"self"})
	}
	t := draft.Traffic{Protocol: r.text("ip_protocol"), From: r.number("from_port"), To: r.number("to_port")}
	egress = r.typ == "aws_vpc_security_group_egress_rule"
	add := func(peer string) {
		if peer != "" {
			rules = append(rules, peerRule{t, peer})
		}
	}
	for _, key := range []string{"cidr_ipv4", "cidr_ipv6"} {
		add(r.text(key))
		if r.unknownAt(key) && r.configured(key) {
			names := m.addressNames(r, key)
			if len(names) != 1 {
				m.report(r, diag.Error, idUnknownCIDR, "%s is known after apply only; write the CIDR in the configuration, or apply first and give the state", key)
				continue
			}
			add(names[0])
		}
	}
	if r.text("referenced_security_group_id") != "" || r.configured("referenced_security_group_id") {
		name, _ := m.link(r, toGroup, "referenced_security_group_id")
		add(m.groupName(name))
	}
	if r.text("prefix_list_id") != "" || r.configured("prefix_list_id") {
		name, _ := m.link(r, []string{"prefix_lists"}, "prefix_list_id")
		add(name)
	}
	return egress, rules
}

// ruleGone reports whether a rule that a group lists is one of a resource that
// the plan destroys or changes.
func (m *importer) ruleGone(r *resource, egress bool, rule peerRule) bool {
	id := r.text("id")
	return slices.ContainsFunc(m.gone, func(g *resource) bool {
		switch g.typ {
		case "aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule":
		default:
			return false
		}
		if id == "" || g.text("security_group_id") != id {
			return false
		}
		out, rules := m.ruleOf(g)
		return out == egress && slices.ContainsFunc(rules, func(o peerRule) bool {
			return o.peer == rule.peer && draft.SameTraffic(o.Traffic, rule.Traffic)
		})
	})
}

func (m *importer) prefixList(r *resource) {
	var cidrs []string
	for i := range r.items("entry") {
		if c := r.text("entry", i, "cidr"); c != "" {
			cidrs = append(cidrs, c)
		}
	}
	for _, o := range m.resources {
		if o.typ == "aws_ec2_managed_prefix_list_entry" {
			if name, _ := m.link(o, []string{"prefix_lists"}, "prefix_list_id"); name == r.address && o.text("cidr") != "" && !slices.Contains(cidrs, o.text("cidr")) {
				cidrs = append(cidrs, o.text("cidr"))
			}
		}
	}
	if r.unknownAt("entry") && r.configured("entry") {
		cidrs = nil
		m.report(r, diag.Warning, idLeftOut, "its entries are known after apply only: what they decide is unknown")
	} else if len(cidrs) == 0 {
		m.Add("prefix_lists", r.address, r.at).Set("cidrs", doc.ListOf(r.at))
		return
	}
	m.PrefixList(r.address, "", cidrs, r.at)
}
