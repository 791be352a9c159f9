package load

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

type rawACL struct {
	*model.NetworkACL
	vpc ref
}

var aclFields = []field[rawACL]{
	{"vpc", true, func(w *walker, n *yaml.Node, d *rawACL) { w.ref(n, "the name of a VPC", &d.vpc) }},
	{"ingress", false, func(w *walker, n *yaml.Node, d *rawACL) { d.Ingress = w.aclRules(n, "ingress", d.Name) }},
	{"egress", false, func(w *walker, n *yaml.Node, d *rawACL) { d.Egress = w.aclRules(n, "egress", d.Name) }},
}

func (w *walker) readACL(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindNetworkACL
	d := &rawACL{NetworkACL: &model.NetworkACL{Ident: id}}
	w.resource(d.NetworkACL)
	w.out.acls = append(w.out.acls, d)
	readMapping(w, n, id.At, subject{"network ACL", id.Name}, aclFields, d)
}

type rawACLRule struct {
	number  int
	numAt   diag.Pos
	action  string
	traffic rawTraffic
	cidr    netip.Prefix
	rule    *model.ACLRule
}

var aclRuleFields = []field[rawACLRule]{
	{"rule", true, func(w *walker, n *yaml.Node, d *rawACLRule) { // ACL-2, LINT-10
		if v, ok := w.integer(n, "a rule number", 1, 32766); ok {
			d.number, d.numAt = v, w.at(n)
		}
	}},
	{"action", true, func(w *walker, n *yaml.Node, d *rawACLRule) { w.word(n, []string{"allow", "deny"}, &d.action) }},
	{"protocol", true, func(w *walker, n *yaml.Node, d *rawACLRule) {
		d.traffic.protocol, d.traffic.protocolOK = w.protocol(n)
	}},
	{"ports", false, func(w *walker, n *yaml.Node, d *rawACLRule) { w.readPorts(n, &d.traffic) }},
	{"icmp", false, func(w *walker, n *yaml.Node, d *rawACLRule) { w.readICMP(n, &d.traffic) }},
	{"cidr", true, func(w *walker, n *yaml.Node, d *rawACLRule) { // ACL-10
		if w.addressRef(n, func(a netip.Addr, s *model.Symbol) { d.rule.CIDR, d.rule.Symbol = wholePrefix(a), s }) {
			return
		}
		if b, ok := w.cidrNoName(n, "the rule of a network ACL takes a CIDR, and neither a prefix list nor a security group"); ok {
			d.cidr = b.Prefix
		}
	}},
}

func (w *walker) aclRules(n *yaml.Node, direction, acl string) []*model.ACLRule {
	var rules []*model.ACLRule
	places := map[int]diag.Pos{}
	w.list(n, "a list of rules", func(item *yaml.Node) {
		at := w.at(item)
		d := rawACLRule{rule: &model.ACLRule{At: at}}
		if !readMapping(w, item, at, subject{kind: "a rule of a network ACL"}, aclRuleFields, &d) {
			return
		}
		d.rule.Number, d.rule.Allow, d.rule.Traffic = d.number, d.action == "allow", d.traffic.finish(w, at)
		if d.cidr.IsValid() {
			d.rule.CIDR = d.cidr
		}
		rules = append(rules, d.rule)
		if d.number == 0 {
			return
		}
		if first, ok := places[d.number]; ok { // LINT-10, ACL-12: families share the numbers
			w.out.findings = append(w.out.findings, diag.Finding{Pos: d.numAt, Severity: diag.Error, ID: string(idDuplicateRule),
				Message: "rule number " + itoa(d.number) + " stands twice in the " + direction + " rules of network ACL " + quote(acl) + "; the first is at " + first.String(),
				Related: []diag.Related{{Pos: first, Message: "the first rule " + itoa(d.number)}}})
			return
		}
		places[d.number] = d.numAt
	})
	slices.SortStableFunc(rules, func(a, b *model.ACLRule) int { return cmp.Compare(a.Number, b.Number) })
	return rules
}

func (r *resolver) resolveACLs() {
	for _, a := range r.d.acls {
		a.VPC = r.vpc(a.vpc)
	}
}
