package awsjson

import (
	"cmp"
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// traffic sets protocol, ports and ICMP of a rule. from and to are ports, or
// type and code. It reports whether it understood the protocol.
func traffic(rule *doc.Value, protocol jsontree.Value, from, to jsontree.Value) bool {
	t := draft.Traffic{Protocol: protocol.Text()}
	if t.Protocol == "" || !t.Known() {
		return false
	}
	lo, okLo := from.Int()
	hi, okHi := to.Int()
	if okLo && (okHi || t.IsICMP()) { // SG-9: a range is needed; what stands without one means all
		t.From = &lo
		if okHi {
			t.To = &hi
		}
	}
	t.Set(rule, rule.At)
	return true
}

// writeACLs writes the network ACLs. The last rule, which denies, is implicit.
func (b *builder) writeACLs() {
	for _, r := range b.live("NetworkAcls") {
		type rule struct {
			number int
			value  *doc.Value
		}
		lists := map[bool][]rule{}
		bad := ""
		for entry := range r.get("Entries").Items() {
			number, ok := entry.Get("RuleNumber").Int()
			if number >= 32767 {
				continue // ACL-3
			}
			cidr := entry.Get("CidrBlock")
			if !cidr.Exists() {
				cidr = entry.Get("Ipv6CidrBlock")
			}
			v := doc.Map(entry.At()).Set("rule", doc.Int(number, entry.At())).Set("action", doc.Str(entry.Get("RuleAction").Text(), entry.At()))
			from, to := entry.Get("PortRange", "From"), entry.Get("PortRange", "To")
			if p := entry.Get("Protocol").Text(); p == "1" || p == "58" || p == "icmp" || p == "icmpv6" {
				from, to = entry.Get("IcmpTypeCode", "Type"), entry.Get("IcmpTypeCode", "Code")
			}
			if !ok || !cidr.Exists() || !traffic(v, entry.Get("Protocol"), from, to) {
				bad = "its entry at " + entry.At().String() + " is not understood"
				break
			}
			v.Set("cidr", doc.Str(cidr.Text(), cidr.At()))
			egress := entry.Get("Egress").IsTrue()
			lists[egress] = append(lists[egress], rule{number, v})
		}
		if bad != "" {
			b.leaveOut(r, bad)
			continue
		}
		e := b.entry("network_acls", r.id, r.At())
		e.Set("vpc", doc.Str(b.name(r.text("VpcId")), r.get("VpcId").At()))
		for _, egress := range []bool{false, true} {
			list := lists[egress]
			if len(list) == 0 {
				continue
			}
			slices.SortStableFunc(list, func(a, c rule) int { return cmp.Compare(a.number, c.number) })
			all := doc.ListOf(r.At())
			for _, l := range list {
				all.Items = append(all.Items, l.value)
			}
			e.Set(map[bool]string{false: "ingress", true: "egress"}[egress], all)
		}
	}
}

// writeGroups writes the security groups.
func (b *builder) writeGroups() {
	for _, r := range b.live("SecurityGroups") {
		e := b.entry("security_groups", r.id, r.At())
		e.Set("vpc", doc.Str(b.name(r.text("VpcId")), r.get("VpcId").At()))
		if in := b.permissions(r, "IpPermissions", "source"); len(in.Items) > 0 {
			e.Set("ingress", in)
		}
		e.Set("egress", b.permissions(r, "IpPermissionsEgress", "destination"))
	}
}

// permissions makes a rule for each peer of each permission.
func (b *builder) permissions(r *resource, key, peer string) *doc.Value {
	out := doc.ListOf(r.At())
	for p := range r.get(key).Items() {
		add := func(at diag.Pos, name *doc.Value) {
			if name == nil {
				return
			}
			rule := doc.Map(at)
			if !traffic(rule, p.Get("IpProtocol"), p.Get("FromPort"), p.Get("ToPort")) {
				b.warn(at, "not-understood", "protocol %s of a rule of security group %s is not understood; the rule is taken to be of any protocol, and what only it allows is unknown", quote(p.Get("IpProtocol").Text()), quote(r.id))
				unknown := b.notModelled(r.id+".rule", "rule of a security group", "its protocol is not understood", at)
				rule = doc.Map(at).Set("protocol", doc.Str("all", at))
				name = doc.Str(unknown, at)
			}
			out.Items = append(out.Items, rule.Set(peer, name))
		}
		for c := range p.Get("IpRanges").Items() {
			add(c.At(), doc.Str(c.Get("CidrIp").Text(), c.Get("CidrIp").At()))
		}
		for c := range p.Get("Ipv6Ranges").Items() {
			add(c.At(), doc.Str(c.Get("CidrIpv6").Text(), c.Get("CidrIpv6").At()))
		}
		for c := range p.Get("PrefixListIds").Items() {
			add(c.At(), b.prefixList(c.Get("PrefixListId").Text(), c.At()))
		}
		for c := range p.Get("UserIdGroupPairs").Items() {
			add(c.At(), b.peerGroup(r, c))
		}
	}
	return out
}

// peerGroup names the group of a rule. One that the dump does not hold is
// carried by nobody in it.
func (b *builder) peerGroup(r *resource, pair jsontree.Value) *doc.Value {
	id := pair.Get("GroupId").Text()
	switch {
	case id == r.id:
		return doc.Str("self", pair.At())
	case b.usable("SecurityGroups", id):
		return doc.Str(b.name(id), pair.At())
	case b.carried()[id]:
		return b.ref("SecurityGroups", id, pair.At())
	}
	if b.d.find("SecurityGroups", id) != nil {
		return b.ref("SecurityGroups", id, pair.At())
	}
	b.info(pair.At(), "group-not-in-dump", "a rule of security group %s names group %s, which is not in the dump and which no network interface of it carries; the rule is left out", quote(r.id), quote(id))
	return nil
}

// carried is the groups that interfaces of the dump carry.
func (b *builder) carried() map[string]bool {
	if b.carriedGroups == nil {
		b.carriedGroups = map[string]bool{}
		for _, i := range b.enis {
			for g := range i.get("Groups").Items() {
				b.carriedGroups[g.Get("GroupId").Text()] = true
			}
		}
	}
	return b.carriedGroups
}
