package terraform

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/draft"
)

// defaultACL is mainTable for the default network ACL.
func (m *importer) defaultACL(vpc *resource) string {
	for _, r := range m.resources {
		if r.typ == "aws_default_network_acl" && m.ofVPC(r, "default_network_acl_id", vpc, "default_network_acl_id") {
			return r.address
		}
	}
	name := vpc.address + ".default_network_acl"
	if m.Entry(name) == nil {
		m.Add("network_acls", name, vpc.at).Set("vpc", str(vpc, vpc.address))
		all := draft.Traffic{Protocol: "-1"}
		for _, egress := range []bool{false, true} { // ACL-4
			m.ACLRule(name, egress, draft.ACLRule{Traffic: all, Number: 100, Allow: true, CIDR: "0.0.0.0/0", At: vpc.at})
			if vpc.text("ipv6_cidr_block") != "" {
				m.ACLRule(name, egress, draft.ACLRule{Traffic: all, Number: 101, Allow: true, CIDR: "::/0", At: vpc.at})
			}
		}
		if v := m.Entry(vpc.address); v != nil && v.Get("default_network_acl") == nil {
			v.Set("default_network_acl", str(vpc, name))
		}
	}
	return name
}

func (m *importer) networkACL(r *resource) {
	vpc := m.owningVPC(r, r.typ == "aws_default_network_acl", "default_network_acl", "default_network_acl_id", "default_network_acl_id")
	if vpc == "" {
		return
	}
	m.Add("network_acls", r.address, r.at).Set("vpc", str(r, vpc))
	if r.typ == "aws_network_acl" {
		subnets, _ := m.links(r, toSubnet, "subnet_ids")
		for _, s := range subnets {
			if r.configured("subnet_ids") || !m.associationGone(r, s) {
				if e := m.Entry(s); e != nil {
					e.Set("network_acl", str(r, r.address))
				}
			}
		}
	}
	for _, direction := range []string{"ingress", "egress"} {
		for i := range r.items(direction) {
			p := path{direction, i}
			rule, ok := m.aclRuleOf(r, p, "rule_no", "action")
			rule.Listed = !r.configured(direction)
			if ok && !(!r.configured(direction) && m.aclRuleGone(r, direction == "egress", rule.Number)) {
				m.ACLRule(r.address, direction == "egress", rule)
			}
		}
		if r.unknownAt(direction) && r.configured(direction) && r.value(direction) == nil {
			m.report(r, diag.Error, idUnresolved, "the %s rules are known after apply only; apply first, or import the state", direction)
		}
	}
}

func (m *importer) aclRuleGone(r *resource, egress bool, number int) bool {
	return slices.ContainsFunc(m.gone, func(g *resource) bool {
		n := g.number("rule_number")
		return g.typ == "aws_network_acl_rule" && g.text("network_acl_id") == r.text("id") && g.yes("egress") == egress && n != nil && *n == number
	})
}

// associationGone reports whether a subnet that an ACL lists is one of an
// association that the plan destroys.
func (m *importer) associationGone(r *resource, subnet string) bool {
	return slices.ContainsFunc(m.gone, func(g *resource) bool {
		return g.typ == "aws_network_acl_association" && g.text("network_acl_id") == r.text("id") && m.byID[g.text("subnet_id")] != nil &&
			m.byID[g.text("subnet_id")].address == subnet
	})
}

// aclRuleOf reads a rule, of which the provider has two shapes.
func (m *importer) aclRuleOf(r *resource, p path, number, action string) (draft.ACLRule, bool) {
	in := func(key string) path { return append(slices.Clone(p), key) }
	out := draft.ACLRule{At: r.at, Allow: r.text(in(action)...) == "allow", CIDR: r.text(in("cidr_block")...)}
	if n := r.number(in(number)...); n != nil {
		out.Number = *n
	}
	if out.CIDR == "" {
		out.CIDR = r.text(in("ipv6_cidr_block")...)
	}
	out.Protocol = r.text(in("protocol")...)
	if t := (draft.Traffic{Protocol: out.Protocol}); t.IsICMP() {
		out.From, out.To = r.number(in("icmp_type")...), r.number(in("icmp_code")...)
	} else {
		out.From, out.To = r.number(in("from_port")...), r.number(in("to_port")...)
	}
	if out.CIDR == "" {
		names := m.addressNames(r, in("cidr_block")...)
		if len(names) != 1 {
			if r.unknownAt(in("cidr_block")...) || r.unknownAt(in("ipv6_cidr_block")...) {
				m.unknownBlock(r, in("cidr_block").text())
			}
			return out, false
		}
		out.CIDR = names[0]
	}
	if out.Number < 1 || out.Number > 32766 { // ACL-3: the last rule is implicit
		return out, false
	}
	return out, true
}

func (m *importer) aclRule(r *resource) {
	acl, ok := m.link(r, toACL, "network_acl_id")
	if !ok || acl == "" || m.Section(acl) != "network_acls" {
		m.lost[r] = "its network ACL is not known"
		m.report(r, diag.Warning, idLeftOut, "the rule is left out, since its network ACL is not among the resources; import what holds the ACL, too")
		return
	}
	if rule, ok := m.aclRuleOf(r, nil, "rule_number", "rule_action"); ok {
		m.ACLRule(acl, r.yes("egress"), rule)
	}
}

func (m *importer) aclAssociation(r *resource) {
	acl, ok1 := m.link(r, toACL, "network_acl_id")
	subnet, ok2 := m.link(r, toSubnet, "subnet_id")
	if !ok1 || !ok2 || acl == "" || subnet == "" {
		m.lost[r] = "its ends are not known"
		return
	}
	if e := m.Entry(subnet); e != nil {
		e.Set("network_acl", str(r, acl))
	}
}
