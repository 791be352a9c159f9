package awsjson

import (
	"maps"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// vpc is a VPC that the dump holds, or speaks of.
type vpc struct {
	id         string
	at         diag.Pos
	r          *resource // nil for one that the dump only speaks of
	cidrs, v6  []jsontree.Value
	private6   []string // those of v6 that are private (IGW-13)
	region     string
	account    string
	incomplete string
	usable     bool
}

// gatherVPCs finds the VPCs, also those that only others speak of: the local
// routes of their tables and the peering connections name their blocks.
func (b *builder) gatherVPCs() {
	at := func(id string, pos diag.Pos) *vpc {
		v := b.vpcs[id]
		if v == nil && id != "" {
			v = &vpc{id: id, at: pos}
			b.vpcs[id] = v
		}
		return v
	}
	for _, r := range b.d.lists["Vpcs"] {
		v := at(r.id, r.At())
		v.r, v.region, v.account = r, r.region, r.account
		if a := r.text("OwnerId"); a != "" {
			v.account = a
		}
		v.add(r.get("CidrBlock"))
		for a := range r.get("CidrBlockAssociationSet").Items() {
			if s := a.Get("CidrBlockState"); !s.Exists() || is(s, "associated", "associating") {
				v.add(a.Get("CidrBlock"))
			}
		}
		for a := range r.get("Ipv6CidrBlockAssociationSet").Items() {
			if s := a.Get("Ipv6CidrBlockState"); !s.Exists() || is(s, "associated", "associating") {
				v.add(a.Get("Ipv6CidrBlock"))
				if a.Get("Ipv6AddressAttribute").Text() == "private" || a.Get("IpSource").Text() == "none" {
					v.private6 = append(v.private6, a.Get("Ipv6CidrBlock").Text())
				}
			}
		}
	}
	for _, r := range b.d.lists["Subnets"] {
		if v := at(r.text("VpcId"), r.At()); v != nil && v.region == "" {
			v.region = regionOfZone(r.text("AvailabilityZone"))
		}
	}
	for _, r := range b.d.lists["RouteTables"] {
		v := at(r.text("VpcId"), r.At())
		if v == nil || v.r != nil {
			continue
		}
		for route := range r.get("Routes").Items() {
			if route.Get("GatewayId").Text() == "local" {
				v.add(route.Get("DestinationCidrBlock"))
				v.add(route.Get("DestinationIpv6CidrBlock"))
			}
		}
	}
	for _, r := range b.d.lists["VpcPeeringConnections"] {
		if !is(r.get("Status"), "active") {
			continue
		}
		for _, side := range []string{"RequesterVpcInfo", "AccepterVpcInfo"} {
			info := r.get(side)
			v := at(info.Get("VpcId").Text(), r.At())
			if v == nil {
				continue
			}
			if v.region == "" {
				v.region = info.Get("Region").Text()
			}
			if v.account == "" {
				v.account = info.Get("OwnerId").Text()
			}
			if v.r != nil {
				continue
			}
			v.add(info.Get("CidrBlock"))
			for c := range info.Get("CidrBlockSet").Items() {
				v.add(c.Get("CidrBlock"))
			}
			for c := range info.Get("Ipv6CidrBlockSet").Items() {
				v.add(c.Get("Ipv6CidrBlock"))
			}
		}
	}
	owners := map[string]bool{} // accounts whose network interfaces are in the dump
	for _, i := range b.d.lists["NetworkInterfaces"] {
		for _, a := range []string{i.account, i.text("OwnerId")} {
			if a != "" {
				owners[a] = true
			}
		}
	}
	for _, v := range b.vpcs {
		v.usable = len(v.cidrs) > 0 && b.refused[v.id] == ""
		switch {
		case v.r == nil:
			v.incomplete = "it is not in the dump, which only speaks of it"
		case !b.d.has("NetworkInterfaces", v.region):
			v.incomplete = "the dump has no list of network interfaces (aws ec2 describe-network-interfaces)"
		case len(owners) > 0 && v.account != "" && !owners[v.account]: // MISC-2
			v.incomplete = "the dump has no network interfaces of account " + v.account + ", which owns it"
		}
	}
}

// add adds a block that the VPC does not have yet.
func (v *vpc) add(block jsontree.Value) {
	p, err := netip.ParsePrefix(block.Text())
	if err != nil {
		return
	}
	list := &v.cidrs
	if p.Addr().Is6() {
		list = &v.v6
	}
	if !slices.ContainsFunc(*list, func(o jsontree.Value) bool { return o.Text() == block.Text() }) {
		*list = append(*list, block)
	}
}

// lose says that something in a VPC is not modelled, so that its addresses are
// not known.
func (v *vpc) lose(why string) {
	if v != nil && v.incomplete == "" {
		v.incomplete = why
	}
}

func regionOfZone(zone string) string {
	if n := len(zone); n > 1 && zone[n-1] >= 'a' && zone[n-1] <= 'z' && zone[n-2] >= '0' && zone[n-2] <= '9' {
		return zone[:n-1]
	}
	return ""
}

func (b *builder) sortedVPCs() []*vpc { return byID(b.vpcs) }

// byID returns what a map has, in the order of the ids.
func byID[V any](m map[string]V) []V {
	out := make([]V, 0, len(m))
	for _, id := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[id])
	}
	return out
}

// writeVPCs writes the VPCs, last of all, when what is known of them is.
func (b *builder) writeVPCs() {
	for _, v := range b.sortedVPCs() {
		if !v.usable {
			reason := "the dump does not say what blocks it has"
			if b.refused[v.id] != "" {
				reason = b.refused[v.id]
			}
			b.notModelled(v.id, "VPC", reason, v.at)
			b.warn(v.at, "not-modelled", "VPC %s is not modelled, and nothing in it: %s", quote(v.id), reason)
			continue
		}
		e := b.entry("vpcs", v.id, v.at)
		blocks := func(one, many string, list []jsontree.Value) {
			switch {
			case len(list) == 1:
				e.Set(one, doc.Str(list[0].Text(), list[0].At()))
			case len(list) > 1:
				all := doc.ListOf(list[0].At())
				for _, c := range list {
					all.Items = append(all.Items, doc.Str(c.Text(), c.At()))
				}
				e.Set(many, all)
			}
		}
		blocks("cidr", "cidrs", v.cidrs)
		private := func(c jsontree.Value) bool { return slices.Contains(v.private6, c.Text()) }
		blocks("ipv6_cidr", "ipv6_cidrs", slices.DeleteFunc(slices.Clone(v.v6), private))
		for _, c := range v.v6 {
			if private(c) {
				e.Append("private_ipv6_cidrs", doc.Str(c.Text(), c.At()))
			}
		}
		if t := b.mainTable(v); t != nil {
			e.Set("main_route_table", t)
		}
		if a := b.defaultACL(v); a != nil {
			e.Set("default_network_acl", a)
		}
		for _, g := range b.d.lists["SecurityGroups"] {
			if g.text("VpcId") == v.id && g.text("GroupName") == "default" && b.usable("SecurityGroups", g.id) {
				e.Set("default_security_group", doc.Str(b.name(g.id), g.At()))
			}
		}
		if v.region != "" {
			e.Set("region", doc.Str(v.region, v.at))
		}
		if v.account != "" {
			e.Set("account", doc.Str(v.account, v.at))
		}
		if v.incomplete != "" {
			e.Set("incomplete", doc.Str(v.incomplete, v.at))
			b.warn(v.at, "vpc-incomplete", "VPC %s is not known in whole: %s; verdicts about addresses that nobody has are unknown", quote(v.id), v.incomplete)
		}
	}
}

// writeSubnets writes the subnets, with their tables and ACLs.
func (b *builder) writeSubnets() {
	tables, acls := b.associations("RouteTables"), b.associations("NetworkAcls")
	for _, r := range b.live("Subnets") {
		e := b.entry("subnets", r.id, r.At())
		copyText(e.Value, "outpost", r.get("OutpostArn"))
		e.Set("vpc", doc.Str(b.name(r.text("VpcId")), r.get("VpcId").At()))
		copyText(e.Value, "cidr", r.get("CidrBlock"))
		for a := range r.get("Ipv6CidrBlockAssociationSet").Items() {
			if s := a.Get("Ipv6CidrBlockState"); !s.Exists() || is(s, "associated", "associating") {
				copyText(e.Value, "ipv6_cidr", a.Get("Ipv6CidrBlock"))
			}
		}
		if b.severalAccounts() && r.text("AvailabilityZoneId") != "" {
			copyText(e.Value, "az", r.get("AvailabilityZoneId")) // the letters differ from account to account
		} else {
			copyText(e.Value, "az", r.get("AvailabilityZone"))
		}
		if t := tables[r.id]; t != nil {
			e.Set("route_table", b.ref("RouteTables", t.id, t.At()))
		}
		if a := acls[r.id]; a != nil {
			e.Set("network_acl", b.ref("NetworkAcls", a.id, a.At()))
		}
	}
	for id, r := range b.d.byID["Subnets"] {
		if !b.usable("Subnets", id) {
			b.vpcs[r.text("VpcId")].lose("subnet " + id + " is not modelled")
		}
	}
}

// associations maps subnets to the tables or ACLs that name them.
func (b *builder) associations(list string) map[string]*resource {
	out := map[string]*resource{}
	for _, r := range b.d.lists[list] {
		for a := range r.all("Associations") {
			if s := a.Get("AssociationState"); s.Exists() && is(s, "disassociated", "disassociating", "failed") {
				continue
			}
			if id := a.Get("SubnetId").Text(); id != "" {
				out[id] = r
			}
		}
	}
	return out
}

func (b *builder) severalAccounts() bool {
	seen := ""
	for _, r := range b.d.lists["Subnets"] {
		a := r.account
		if a == "" {
			a = r.text("OwnerId")
		}
		if seen != "" && a != seen {
			return true
		}
		seen = a
	}
	return false
}

// mainTable returns the main table of a VPC; nil where none is needed.
func (b *builder) mainTable(v *vpc) *doc.Value {
	for _, r := range b.d.lists["RouteTables"] {
		for a := range r.all("Associations") {
			if r.text("VpcId") == v.id && a.Get("Main").IsTrue() {
				return b.ref("RouteTables", r.id, r.At())
			}
		}
	}
	tables := b.associations("RouteTables")
	return b.assumedDefault(v, "main route table", "main_route_table", func(id string) bool { return tables[id] != nil }, "describe-route-tables")
}

// defaultACL returns the default ACL of a VPC; nil where none is needed.
func (b *builder) defaultACL(v *vpc) *doc.Value {
	for _, r := range b.d.lists["NetworkAcls"] {
		if r.text("VpcId") == v.id && r.get("IsDefault").IsTrue() {
			return b.ref("NetworkAcls", r.id, r.At())
		}
	}
	acls := b.associations("NetworkAcls")
	return b.assumedDefault(v, "default network ACL", "default_network_acl", func(id string) bool { return acls[id] != nil }, "describe-network-acls")
}

// assumedDefault stands in for what a VPC has and the dump does not show,
// where a subnet uses it.
func (b *builder) assumedDefault(v *vpc, words, key string, own func(subnet string) bool, call string) *doc.Value {
	for _, s := range b.d.lists["Subnets"] {
		if s.text("VpcId") != v.id || own(s.id) || !b.usable("Subnets", s.id) {
			continue
		}
		id := v.id + "." + key
		b.names[id] = b.name(v.id) + "." + key
		b.notModelled(id, words, "it is not in the dump (aws ec2 "+call+")", v.at)
		b.warn(v.at, "not-in-dump", "the %s of VPC %s is not in the dump (aws ec2 %s); verdicts that depend on it are unknown", words, quote(v.id), call)
		return doc.Str(b.names[id], v.at)
	}
	return nil
}
