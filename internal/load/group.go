package load

import (
	"net/netip"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

type rawGroup struct {
	*model.SecurityGroup
	vpc         ref
	egressGiven bool
	peers       []rawPeer
}

// rawPeer is a rule whose peer is not a CIDR.
type rawPeer struct {
	rule *model.SGRule
	name ref
}

var groupFields = []field[rawGroup]{
	{"vpc", true, func(w *walker, n *yaml.Node, d *rawGroup) { w.ref(n, "the name of a VPC", &d.vpc) }},
	{"account", false, func(w *walker, n *yaml.Node, d *rawGroup) { w.textValue(n, "an account number", &d.Account) }},
	{"ingress", false, func(w *walker, n *yaml.Node, d *rawGroup) { d.Ingress = w.groupRules(n, ingressRuleFields, d) }},
	{"egress", false, func(w *walker, n *yaml.Node, d *rawGroup) {
		d.egressGiven = true
		d.Egress = w.groupRules(n, egressRuleFields, d)
	}},
}

func (w *walker) readGroup(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindSecurityGroup
	d := &rawGroup{SecurityGroup: &model.SecurityGroup{Ident: id}}
	w.resource(d.SecurityGroup)
	w.out.groups = append(w.out.groups, d)
	readMapping(w, n, id.At, subject{"security group", id.Name}, groupFields, d)
}

type rawGroupRule struct {
	traffic rawTraffic
	cidr    netip.Prefix
	peer    ref
}

var (
	ingressRuleFields = groupRuleFields("source")
	egressRuleFields  = groupRuleFields("destination")
)

func groupRuleFields(peer string) []field[rawGroupRule] {
	return []field[rawGroupRule]{
		{"protocol", true, func(w *walker, n *yaml.Node, d *rawGroupRule) {
			d.traffic.protocol, d.traffic.protocolOK = w.protocol(n)
		}},
		{"ports", false, func(w *walker, n *yaml.Node, d *rawGroupRule) { w.readPorts(n, &d.traffic) }},
		{"icmp", false, func(w *walker, n *yaml.Node, d *rawGroupRule) { w.readICMP(n, &d.traffic) }},
		{peer, true, func(w *walker, n *yaml.Node, d *rawGroupRule) { // SG-11
			w.prefixOrRef(n, "a CIDR, a security group, a prefix list or `self`", &d.cidr, &d.peer)
		}},
	}
}

// prefixOrRef reads a CIDR, or a name to be looked up.
func (w *walker) prefixOrRef(n *yaml.Node, want string, p *netip.Prefix, name *ref) {
	text, ok := w.scalar(n, want)
	if !ok {
		return
	}
	if strings.IndexByte(text, '/') > 0 {
		if q, problem := parsePrefix(text, anyFamily); problem == "" {
			*p = q.Masked() // ADDR-4
			return
		}
	}
	*name = ref{text, w.at(n)}
}

func (w *walker) groupRules(n *yaml.Node, fields []field[rawGroupRule], g *rawGroup) []*model.SGRule {
	rules := []*model.SGRule{}
	w.list(n, "a list of rules", func(item *yaml.Node) {
		var d rawGroupRule
		at := w.at(item)
		if !readMapping(w, item, at, subject{kind: "a rule of a security group"}, fields, &d) {
			return
		}
		rule := &model.SGRule{At: at, Traffic: d.traffic.finish(w, at), CIDR: d.cidr}
		rules = append(rules, rule)
		if d.peer.given() {
			g.peers = append(g.peers, rawPeer{rule, d.peer})
		}
	})
	return rules
}

func (r *resolver) resolveGroups() {
	for _, g := range r.d.groups {
		g.VPC = r.vpc(g.vpc)
		if !g.egressGiven {
			g.Egress = defaultEgress(g.VPC)
		}
		for _, p := range g.peers {
			if p.name.text == "self" {
				p.rule.Group = g.SecurityGroup
				continue
			}
			if r.namesAddress(p.name) {
				r.d.addressRefs = append(r.d.addressRefs, addressRef{p.name, func(a netip.Addr, s *model.Symbol) {
					p.rule.CIDR, p.rule.Symbol = wholePrefix(a), s
				}})
				continue
			}
			if r.looksLikeCIDR(p.name, "a CIDR, a security group, a prefix list or `self`") {
				continue
			}
			if p.rule.Unmodelled = r.unmodelled(p.name); p.rule.Unmodelled != nil {
				continue
			}
			res, ok := r.find(p.name, model.KindSecurityGroup, model.KindPrefixList)
			if !ok {
				continue
			}
			switch res := res.(type) {
			case *model.SecurityGroup:
				p.rule.Group = res
			case *model.PrefixList:
				p.rule.PrefixList = res
			}
		}
	}
}

// looksLikeCIDR reports a name that is no name but a CIDR with a mistake.
func (r *resolver) looksLikeCIDR(name ref, want string) bool {
	if _, ok := r.t.Names[name.text]; ok {
		return false
	}
	if !numeric(name.text) {
		return false
	}
	_, problem := parsePrefix(name.text, anyFamily)
	r.hole(name.at, idInvalidCIDR, "%s is no CIDR: %s; expected %s", quote(name.text), problem, want)
	return true
}

// numeric reports whether a text is made of what addresses are made of.
func numeric(s string) bool {
	digits := false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits = true
		case c >= 'a' && c <= 'f', c >= 'A' && c <= 'F', c == '.', c == ':', c == '/', c == '%':
		default:
			return false
		}
	}
	return digits || strings.HasPrefix(s, "::")
}

// warnStaleReferences warns of rules whose group can never match: its VPC is
// neither the same nor joined by an active peering in the Region, or a transit
// gateway with referencing (SG-15..18). AWS keeps such rules.
func (r *resolver) warnStaleReferences() {
	type pair struct{ a, b *model.VPC }
	joined := map[pair]bool{}
	for _, p := range r.t.PeeringConnections {
		if p.Requester == nil || p.Accepter == nil || !p.Active() {
			continue
		}
		if a, b := p.Requester.Region, p.Accepter.Region; a != "" && b != "" && a != b {
			continue
		}
		joined[pair{p.Requester, p.Accepter}], joined[pair{p.Accepter, p.Requester}] = true, true
	}
	for _, t := range r.t.TransitGateways { // SG-16
		for _, a := range t.Attachments {
			for _, b := range t.Attachments {
				if t.SGReferencing && a.SGReferencing && b.SGReferencing {
					joined[pair{a.VPC, b.VPC}] = true
				}
			}
		}
	}
	for _, g := range r.d.groups {
		for _, p := range g.peers {
			far := p.rule.Group
			if far == nil || far.VPC == nil || g.VPC == nil || far.VPC == g.VPC || joined[pair{g.VPC, far.VPC}] {
				continue
			}
			r.findings = append(r.findings, diag.Finding{Pos: p.name.at, Severity: diag.Warning, ID: string(idStaleGroupReference),
				Message: "the rule can never match: security group " + quote(far.Name) + " is of VPC " + quote(far.VPC.Name) +
					", to which VPC " + quote(g.VPC.Name) + " has no active peering in the same Region, and no transit gateway with security group referencing on at the gateway and both attachments; name a CIDR instead",
				Related: []diag.Related{{Pos: far.At, Message: quote(far.Name) + " is declared here"}}})
		}
	}
}
