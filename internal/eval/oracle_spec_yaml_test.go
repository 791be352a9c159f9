package eval_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcpath/vpcpath/internal/packet"
)

// String prints the topology in the language of docs/language.md.
func (s *spec) String() string {
	y := &yaml{}
	y.WriteString("version: 1\n")
	y.section("vpcs", len(s.vpcs), func(i int) (string, fields) {
		v := s.vpcs[i]
		return v.name, fields{{"cidrs", list(v.cidrs)}, {"ipv6_cidrs", list(v.cidr6)}, {"region", v.region}}
	})
	y.section("subnets", len(s.subnets), func(i int) (string, fields) {
		n := s.subnets[i]
		return n.name, fields{{"vpc", n.vpc}, {"cidr", n.cidr}, {"ipv6_cidr", quote(n.cidr6)}, {"az", n.az}, {"route_table", n.table}, {"network_acl", n.acl}, {"outpost", n.outpost}}
	})
	y.section("prefix_lists", len(s.lists), func(i int) (string, fields) {
		return s.lists[i].name, fields{{"cidrs", list(s.lists[i].cidrs)}}
	})
	y.section("route_tables", len(s.tables), func(i int) (string, fields) {
		t := s.tables[i]
		return t.name, fields{{"vpc", t.vpc}, {"edge_associations", list(t.edges)}, {"propagating_gateways", list(t.propagating)}, {"public_ipv4_pools", list(t.pools)},
			{"routes", flow(len(t.routes), func(i int) fields {
				return fields{{"destination", quote(t.routes[i].dst)}, {"target", t.routes[i].target}, {"origin", t.routes[i].origin}}
			})}}
	})
	y.section("network_acls", len(s.acls), func(i int) (string, fields) {
		a := s.acls[i]
		return a.name, fields{{"vpc", a.vpc}, {"ingress", rules(a.in, "cidr")}, {"egress", rules(a.out, "cidr")}}
	})
	y.section("security_groups", len(s.groups), func(i int) (string, fields) {
		g := s.groups[i]
		f := fields{{"vpc", g.vpc}, {"ingress", rules(g.in, "source")}, {"egress", rules(g.out, "destination")}}
		if !g.outDefault && len(g.out) == 0 {
			f[2].value = "[]"
		}
		return g.name, f
	})
	gateways := func(name string, list []gatewaySpec) {
		y.section(name, len(list), func(i int) (string, fields) { return list[i].name, fields{{"vpc", list[i].vpc}} })
	}
	gateways("internet_gateways", s.igws)
	gateways("egress_only_internet_gateways", s.eigws)
	gateways("vpn_gateways", s.vgws)
	y.section("vpn_connections", len(s.vpns), func(i int) (string, fields) {
		v := s.vpns[i]
		f := fields{{"gateway", v.gateway}, {"routing", "static"}, {"routes", list(v.routes)}}
		if v.bgp {
			f[1].value = "bgp"
		}
		for _, k := range v.keys {
			if k.value == "client_vpn" {
				f[1].value = ""
			}
		}
		return v.name, append(f, v.keys...)
	})
	y.section("external_networks", len(s.networks), func(i int) (string, fields) {
		n := s.networks[i]
		if len(n.more) > 0 {
			return n.name, fields{{"cidrs", list(n.cidrs)}, {"behind", list(append([]string{n.behind}, n.more...))}}
		}
		return n.name, fields{{"cidrs", list(n.cidrs)}, {"behind", n.behind}}
	})
	y.section("nat_gateways", len(s.nats), func(i int) (string, fields) {
		n := s.nats[i]
		if n.vpc != "" {
			return n.name, fields{{"availability_mode", "regional"}, {"vpc", n.vpc}, {"public_ips", n.zones}}
		}
		f := fields{{"subnet", n.subnet}, {"private_ip", n.ip}, {"public_ip", n.public}}
		if n.public == "" {
			f = append(f, field{"connectivity", "private"})
		}
		if len(n.further) > 0 {
			f = append(f, field{"private_ips", list(n.further)})
		}
		if len(n.furtherPublic) > 0 {
			var pairs []string
			for i, p := range n.furtherPublic {
				pairs = append(pairs, n.further[i]+": "+p)
			}
			f = append(f, field{"public_ips", "{" + join(pairs) + "}"})
		}
		return n.name, f
	})
	y.section("instances", len(s.insts), func(i int) (string, fields) {
		in := s.insts[i]
		return in.name, fields{{"ip_forward", strconv.FormatBool(in.forward)},
			{"local_routes", list(in.local)},
			{"forward_rules", flow(len(in.chain), func(i int) fields { return in.chain[i] })},
			{"masquerade", flow(len(in.sources)+len(in.masq), func(i int) fields {
				if i < len(in.sources) {
					return in.sources[i]
				}
				i -= len(in.sources)
				return fields{{"source", quote(in.masq[i][0])}, {"destination", quote(in.masq[i][1])}}
			})},
			{"port_forwards", flow(len(in.forwards), func(i int) fields {
				f := in.forwards[i]
				return fields{{"protocol", f.proto}, {"destination", quote(f.dst)}, {"port", ports([]packet.PortRange{f.port})},
					{"to", quote(f.to)}, {"to_port", nonzero(int(f.toPort))}}
			})}}
	})
	y.section("network_interfaces", len(s.enis), func(i int) (string, fields) {
		e := s.enis[i]
		f := fields{{"subnet", e.subnet}, {"instance", e.inst}, {"private_ips", list(e.ips)}, {"ipv6", list(e.ip6)},
			{"security_groups", list(e.groups)}, {"source_dest_check", strconv.FormatBool(e.check)}}
		f = append(f, field{"carrier_ip", e.carrier}, field{"customer_owned_ip", e.owned})
		if len(e.public) > 0 {
			var pub []string
			for _, p := range e.public {
				pub = append(pub, p[0]+": "+p[1])
			}
			f = append(f, field{"public_ips", "{" + strings.Join(pub, ", ") + "}"})
		}
		return e.name, f
	})
	y.section("peering_connections", len(s.pcxs), func(i int) (string, fields) {
		p := s.pcxs[i]
		return p.name, fields{{"requester", p.a}, {"accepter", p.b}, {"status", p.status}}
	})
	y.section("tunnels", len(s.tunnels), func(i int) (string, fields) {
		t := s.tunnels[i]
		return t.name, fields{{"protocol", t.proto}, {"port", nonzero(int(t.port))}, {"ends", flow(2, func(i int) fields {
			return fields{{"instance", t.ends[i].inst}, {"address", t.ends[i].addr}, {"routes", list(t.ends[i].routes)}}
		})}}
	})
	var sections []string
	for _, e := range s.extras {
		if !slices.Contains(sections, e.section) {
			sections = append(sections, e.section)
		}
	}
	for _, name := range sections {
		fmt.Fprintf(y, "%s:\n", name)
		for _, e := range s.extras {
			if e.section == name {
				fmt.Fprintf(y, "  %s: %v\n", e.name, e.fields())
			}
		}
	}
	return y.String()
}

func (e extraSpec) fields() fields {
	var out fields
	for _, k := range e.keys {
		f := field{k.key, quote(k.text)}
		switch {
		case k.list != nil:
			f.value = "[" + strings.Join(quoted(k.list), ", ") + "]"
		case k.one != nil:
			f.value = k.one.String()
		case k.maps != nil:
			f.value = flow(len(k.maps), func(i int) fields { return k.maps[i] })
		}
		out = append(out, f)
	}
	return out
}

type yaml struct{ strings.Builder }

type field struct{ key, value string }

// fields are the keys of a mapping; one without a value is left out.
type fields []field

func (f fields) String() string {
	var parts []string
	for _, x := range f {
		if x.value != "" {
			parts = append(parts, x.key+": "+x.value)
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (y *yaml) section(name string, n int, entry func(i int) (string, fields)) {
	if n > 0 {
		fmt.Fprintf(y, "%s:\n", name)
	}
	for i := range n {
		name, f := entry(i)
		fmt.Fprintf(y, "  %s: %v\n", name, f)
	}
}

func flow(n int, entry func(i int) fields) string {
	if n == 0 {
		return ""
	}
	var parts []string
	for i := range n {
		parts = append(parts, entry(i).String())
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func quote(s string) string {
	if strings.Contains(s, ":") {
		return strconv.Quote(s)
	}
	return s
}

func list(items []string) string {
	if len(items) == 0 {
		return ""
	}
	return "[" + strings.Join(quoted(items), ", ") + "]"
}

func quoted(items []string) []string {
	var parts []string
	for _, s := range items {
		parts = append(parts, quote(s))
	}
	return parts
}

func nonzero(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func ports(rs []packet.PortRange) string {
	var parts []string
	for _, r := range rs {
		if r.Lo == r.Hi {
			parts = append(parts, strconv.Itoa(int(r.Lo)))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", r.Lo, r.Hi))
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func rules(list []ruleSpec, peer string) string {
	return flow(len(list), func(i int) fields {
		r := list[i]
		f := fields{}
		if r.number > 0 {
			action := "deny"
			if r.allow {
				action = "allow"
			}
			f = fields{{"rule", strconv.Itoa(r.number)}, {"action", action}}
		}
		f = append(f, field{"protocol", r.proto})
		if r.ports != nil {
			f = append(f, field{"ports", ports(r.ports)})
		}
		if r.icmp {
			f = append(f, field{"icmp", fmt.Sprintf("{type: %d, code: %d}", r.typ, r.code)})
		}
		return append(f, field{peer, quote(r.peer)})
	})
}
