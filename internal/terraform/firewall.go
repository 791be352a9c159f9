package terraform

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/firewall"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// firewall with its policy and that one's rule groups.
func (m *importer) firewall(r *resource) {
	vpc := m.need(r, toVPC, "VPC", "vpc_id")
	if vpc == "" {
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
	name, _ := m.link(r, []string{"firewall_policies"}, "firewall_policy_arn")
	p := m.byAddress[name]
	if p == nil {
		e.Set("not_modelled", doc.Strs([]string{"its policy is not among the resources"}, r.at))
		return
	}
	m.firewallRules(e, p, m.Entry(vpc))
}

// firewallRules writes the rules of a policy, in the shape of AWS's API.
func (m *importer) firewallRules(e *doc.Entry, p *resource, vpc *doc.Entry) {
	policy, why := m.policyJSON(p)
	if why != "" {
		e.Set("not_modelled", doc.Strs([]string{why}, p.at))
		return
	}
	f := firewall.Firewall{Policy: firewall.Tree(policy), Missing: "is not among the resources, or known after apply only", Title: func(arn string) string { return arn },
		Group: func(arn string) (jsontree.Value, bool) {
			g := m.byAddress[arn]
			if g == nil {
				return jsontree.Value{}, false
			}
			rules, ok := m.ruleGroupJSON(g)
			return firewall.Tree(rules), ok
		}}
	if vpc != nil {
		f.Home = texts(vpc.Get("cidr"), vpc.Get("cidrs"), vpc.Get("ipv6_cidr"), vpc.Get("ipv6_cidrs"))
	}
	for _, problem := range f.Write(e) {
		m.report(p, diag.Info, idLeftOut, "rules are not modelled: %s; verdicts that depend on them are unknown", problem.Why)
	}
	for _, pair := range e.Pairs {
		pair.Value.Place(p.at)
	}
}

// object is a JSON object.
type object = map[string]any

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
