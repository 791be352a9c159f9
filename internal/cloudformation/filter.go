package cloudformation

import (
	"strconv"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/draft"
)

func (w *writer) networkACL(r *resource) {
	w.link(w.entry("network_acls", r).Value, "vpc", r, "VpcId")
}

func (w *writer) associateACL(r *resource) {
	if e := w.of(r, "SubnetId"); e != nil {
		w.link(e.Value, "network_acl", r, "NetworkAclId")
	}
}

func (w *writer) networkACLEntry(r *resource) {
	e := w.of(r, "NetworkAclId")
	if e == nil {
		return
	}
	t := draft.Traffic{}
	protocol, ok := w.literal(r, "Protocol")
	if !ok {
		return
	}
	t.Protocol = protocol
	ports, from, to := r.get("PortRange"), "From", "To"
	if icmp := r.get("Icmp"); protocol == "1" || protocol == "58" {
		ports, from, to = icmp, "Type", "Code"
	}
	var okFrom, okTo bool
	t.From, okFrom = w.number(r, ports.get(from))
	t.To, okTo = w.number(r, ports.get(to))
	number, okNumber := w.number(r, r.get("RuleNumber"))
	if !okFrom || !okTo || !okNumber || number == nil {
		if number == nil {
			w.missing(r, "RuleNumber", r.get("RuleNumber"))
		}
		return
	}
	property := "CidrBlock"
	if r.get("Ipv6CidrBlock").kind != absent {
		property = "Ipv6CidrBlock"
	}
	cidr, ok := w.literal(r, property)
	if !ok {
		return
	}
	action, _ := r.get("RuleAction").text()
	w.draft.ACLRule(e.Name, isTrue(r.get("Egress")), draft.ACLRule{Traffic: t, Number: *number, Allow: action == "allow", CIDR: cidr, At: r.at})
}

// number reads a whole number; nil where there is none.
func (w *writer) number(r *resource, v value) (*int, bool) {
	if v.kind == absent {
		return nil, true
	}
	s, ok := v.text()
	n, err := strconv.Atoi(s)
	if !ok || err != nil {
		why := v.why
		if ok {
			why = strconv.Quote(s) + " is none"
		}
		w.set.report(diag.Error, v.at, idUnknown, "a number is needed in %s %q: %s", r.typ, r.name, why)
		return nil, false
	}
	return &n, true
}

func (w *writer) securityGroup(r *resource) {
	e := w.entry("security_groups", r)
	w.link(e.Value, "vpc", r, "VpcId")
	if r.get("VpcId").kind == absent {
		w.missing(r, "VpcId", r.get("VpcId"))
	}
	if s, ok := r.get("GroupDescription").text(); ok && e.Comment == "" {
		e.Comment = s
	}
	for _, rule := range r.get("SecurityGroupIngress").each() {
		w.rule(r, e.Name, false, rule)
	}
	for _, rule := range r.get("SecurityGroupEgress").each() {
		w.rule(r, e.Name, true, rule)
	}
}

func (w *writer) securityGroupIngress(r *resource) { w.ruleOf(r, false) }
func (w *writer) securityGroupEgress(r *resource)  { w.ruleOf(r, true) }

func (w *writer) ruleOf(r *resource, egress bool) {
	e := w.of(r, "GroupId")
	if e == nil {
		return
	}
	if group, ok := r.get("GroupId").ref(); egress && ok && group.to.typ == "AWS::EC2::SecurityGroup" {
		w.keepDefaultEgress(e.Name, group.to)
	}
	w.rule(r, e.Name, egress, r.properties())
}

// keepDefaultEgress writes out AWS's default egress rule: a rule beside the
// group leaves it, and in the topology language takes its place.
func (w *writer) keepDefaultEgress(name string, group *resource) {
	if group.get("SecurityGroupEgress").kind != absent {
		return
	}
	w.draft.Rule(name, true, draft.Traffic{Protocol: "-1"}, "0.0.0.0/0", group.at)
	if vpc, ok := group.get("VpcId").ref(); ok && vpc.to.ipv6Blocks(group.at).kind == list {
		w.draft.Rule(name, true, draft.Traffic{Protocol: "-1"}, "::/0", group.at)
	}
}

// rule writes a rule of a security group.
func (w *writer) rule(r *resource, group string, egress bool, v value) {
	if v.kind != mapping {
		w.missing(r, "a rule", v)
		return
	}
	protocol := v.get("IpProtocol")
	p, ok := protocol.text()
	if !ok {
		w.missing(r, "IpProtocol", protocol)
		return
	}
	from, ok1 := w.number(r, v.get("FromPort"))
	to, ok2 := w.number(r, v.get("ToPort"))
	if !ok1 || !ok2 {
		return
	}
	t := draft.Traffic{Protocol: p, From: from, To: to}
	at := v.at
	peers := []string{"SourceSecurityGroupId", "SourcePrefixListId", "SourceSecurityGroupName"}
	if egress {
		peers = []string{"DestinationSecurityGroupId", "DestinationPrefixListId"}
	}
	found := false
	for _, key := range []string{"CidrIp", "CidrIpv6"} {
		if c := v.get(key); c.kind != absent {
			found = true
			w.draft.Rule(group, egress, t, w.peer(r, c), at)
		}
	}
	for _, key := range peers {
		if c := v.get(key); c.kind != absent {
			found = true
			name := w.target(r, key, c)
			if name == group {
				name = "self"
			}
			w.draft.Rule(group, egress, t, name, at)
		}
	}
	if !found {
		w.set.report(diag.Error, at, idTemplate, "a rule of %q has no peer; expected CidrIp, CidrIpv6, %s or %s", r.name, peers[0], peers[1])
	}
}

// peer is a CIDR of a rule: written out, an address of a resource with its
// length, or unknown.
func (w *writer) peer(r *resource, v value) string {
	if s, ok := v.text(); ok {
		return s
	}
	if v.kind == text && len(v.parts) == 2 && v.parts[0].ref != nil && (v.parts[1].text == "/32" || v.parts[1].text == "/128") {
		if name := w.address(*v.parts[0].ref); name != "" {
			return name
		}
	}
	return w.unknownName(r, "peer", v)
}
