package awsjson

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// internetGatewayOf returns the internet gateway of a VPC; nil for none.
func (b *builder) internetGatewayOf(vpcID string) *resource {
	for _, g := range b.d.lists["InternetGateways"] {
		if vpcID != "" && attachedTo(g).Text() == vpcID {
			return g
		}
	}
	return nil
}

// hiddenPool says why the public IPv4 pools of a table (BYOIP, GW-14) cannot
// be modelled; "" where they can, or there are none.
func (b *builder) hiddenPool(table *resource) string {
	for a := range table.all("Associations") {
		id := a.Get("PublicIpv4Pool").Text()
		if id == "" || is(a.Get("AssociationState"), "disassociated", "disassociating", "failed") {
			continue
		}
		r := b.d.find("PublicIpv4Pools", id)
		switch list := poolPrefixes(r); {
		case len(list) == 0:
			return "the addresses of its public IPv4 pool " + id + " are not in the dump (aws ec2 describe-public-ipv4-pools)"
		case b.internetGatewayOf(table.text("VpcId")) == nil:
			return "it takes in public IPv4 pool " + id + ", and the dump holds no internet gateway of its VPC"
		default:
			for _, p := range list {
				if c := b.notAdvertised(p); c != nil {
					return "the addresses of its public IPv4 pool " + id + " are of " + c.id + ", which is not advertised (" + c.text("State") + ")"
				}
			}
		}
	}
	return ""
}

// poolPrefixes returns the addresses of a pool as prefixes.
func poolPrefixes(r *resource) []netip.Prefix {
	if r == nil {
		return nil
	}
	var out []netip.Prefix
	for x := range r.get("PoolAddressRanges").Items() {
		lo, err1 := netip.ParseAddr(x.Get("FirstAddress").Text())
		hi, err2 := netip.ParseAddr(x.Get("LastAddress").Text())
		if err1 != nil || err2 != nil || lo.BitLen() != hi.BitLen() || hi.Less(lo) {
			return nil
		}
		f := addr.FamilyOf(lo)
		out = append(out, addr.SetOfRanges(f, addr.Range{Lo: addr.RangeOfAddr(lo).Lo, Hi: addr.RangeOfAddr(hi).Hi}).Prefixes()...)
	}
	return out
}

// notAdvertised returns the range around a prefix that AWS does not announce
// to the internet; nil where it does, or the dump does not say.
func (b *builder) notAdvertised(p netip.Prefix) *resource {
	for _, r := range b.d.sorted("ByoipCidrs") {
		c, err := netip.ParsePrefix(r.id)
		if err == nil && c.Overlaps(p) && !is(r.get("State"), "advertised", "pending-withdrawal") {
			return r
		}
	}
	return nil
}

// pools sets what a table takes in of public addresses of the owner's own,
// beside the internet gateway that it does that for.
func (b *builder) pools(e *doc.Entry, table *resource) {
	out := doc.ListOf(table.At())
	gateway := false
	var at jsontree.Value
	for a := range table.all("Associations") {
		if id := a.Get("GatewayId").Text(); id != "" {
			gateway = true
		}
		id := a.Get("PublicIpv4Pool")
		if id.Text() == "" || is(a.Get("AssociationState"), "disassociated", "disassociating", "failed") {
			continue
		}
		at = id
		for _, p := range poolPrefixes(b.d.find("PublicIpv4Pools", id.Text())) {
			out.Items = append(out.Items, doc.Str(p.String(), id.At()))
		}
	}
	if len(out.Items) == 0 {
		return
	}
	if g := b.internetGatewayOf(table.text("VpcId")); !gateway && g != nil {
		e.Append("edge_associations", doc.Str(b.name(g.id), at.At()))
	}
	e.Set("public_ipv4_pools", out)
}
