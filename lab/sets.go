package lab

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/vpcpath/vpcpath/internal/model"
)

// addressSet writes a named set of addresses of one family.
func (r *ruleset) addressSet(name string, v6 bool, list []netip.Addr) {
	kind := "ipv4_addr"
	if v6 {
		kind = "ipv6_addr"
	}
	fmt.Fprintf(&r.sets, "set %s {\n\ttype %s\n", name, kind)
	var own []string
	for _, a := range list {
		if a.Is6() == v6 {
			own = append(own, a.String())
		}
	}
	if len(own) > 0 {
		fmt.Fprintf(&r.sets, "\telements = { %s }\n", strings.Join(own, ", "))
	}
	r.sets.WriteString("}\n")
}

// gatewayMaps name the sets of the gateways that map addresses 1:1.
var gatewayMaps = []struct {
	by     model.Kind
	prefix string
}{{model.KindInternetGateway, ""}, {model.KindCarrierGateway, "carrier_"}, {model.KindLocalGateway, "outpost_"}}

// vpcSets are the addresses of a VPC's attached interfaces, and those that its
// gateways map, outside and inside.
func (r *ruleset) vpcSets(k int, v *model.VPC) {
	var own []netip.Addr
	for _, i := range r.l.Topology.Interfaces {
		if i.Subnet.VPC == v && i.Owner != nil {
			own = append(own, i.Addrs()...)
		}
	}
	r.addressSet(fmt.Sprintf("own4_%d", k), false, own)
	r.addressSet(fmt.Sprintf("own6_%d", k), true, own)
	for _, g := range gatewayMaps {
		r.mapSets(k, v, g.by, g.prefix)
	}
}

func (r *ruleset) mapSets(k int, v *model.VPC, by model.Kind, prefix string) {
	var mapped, given []netip.Addr
	var outward, inward []string
	for _, i := range r.l.Topology.Interfaces {
		for _, p := range i.Public { // IGW-5: of attached interfaces only
			if i.Subnet.VPC == v && i.Owner != nil && p.By == by {
				inward = append(inward, fmt.Sprintf("%s : %s", p.Public, p.Private))
				outward = append(outward, fmt.Sprintf("%s : %s", p.Private, p.Public))
				mapped, given = append(mapped, p.Private), append(given, p.Public)
			}
		}
	}
	r.addressSet(fmt.Sprintf("%smapped_%d", prefix, k), false, mapped)
	r.addressSet(fmt.Sprintf("%sgiven_%d", prefix, k), false, given)
	for _, m := range []struct {
		name string
		list []string
	}{{"outward", outward}, {"inward", inward}} {
		fmt.Fprintf(&r.sets, "map %s%s_%d {\n\ttype ipv4_addr : ipv4_addr\n", prefix, m.name, k)
		if len(m.list) > 0 {
			fmt.Fprintf(&r.sets, "\telements = { %s }\n", strings.Join(m.list, ", "))
		}
		r.sets.WriteString("}\n")
	}
}

func join(list []string) string { return strings.Join(list, ", ") }

// set writes an anonymous set.
func set[T any](list []T) string {
	s := make([]string, len(list))
	for i, x := range list {
		s[i] = fmt.Sprint(x)
	}
	return "{ " + strings.Join(s, ", ") + " }"
}

// ipWord is nft's word for a family's header.
func ipWord(v6 bool) string {
	if v6 {
		return "ip6"
	}
	return "ip"
}

// peer matches an address of the packet against a prefix.
func peerMatch(field string, p netip.Prefix) string {
	p = p.Masked()
	if p.Bits() == 0 {
		if p.Addr().Is6() {
			return "meta nfproto ipv6"
		}
		return "meta nfproto ipv4"
	}
	return fmt.Sprintf("%s %s %s", ipWord(p.Addr().Is6()), field, p)
}
