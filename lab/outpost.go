package lab

import (
	"fmt"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// buildOutposts makes the premises behind each local gateway (MISC-4): a host
// that has the addresses of the networks there, and routes to what the other
// local gateways make known.
func (l *Lab) buildOutposts() error {
	for k, g := range l.Topology.LocalGateways {
		n, index, err := l.edge(g, port{kind: portLocal, name: linkName("w", k, ""), resource: g}, g.Networks)
		if err != nil {
			return err
		}
		if err := n.route(unix.RT_TABLE_MAIN, anyOf(false), index, 10, unix.RTN_UNICAST); err != nil {
			return err
		}
		for _, a := range l.behindOutpost(g, false) { // also where a network's range holds it
			if err := n.route(unix.RT_TABLE_LOCAL, full(a), index, 5, unix.RTN_UNICAST); err != nil {
				return err
			}
		}
	}
	for k, g := range l.Topology.LocalGateways {
		for m, from := range l.Topology.LocalGateways {
			if from == g {
				continue
			}
			ns := l.edges[from].namespace
			_, index, err := l.port(port{kind: portLocalIn, name: linkName("w", 100*k+m, "i"), resource: g}, ns, linkName("w", 100*k+m, "i"))
			if err != nil {
				return err
			}
			for _, a := range l.behindOutpost(g, false) {
				if err := ns.route(unix.RT_TABLE_LOCAL, full(a), index, 6+k, unix.RTN_UNICAST); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// behindOutpost lists what a local gateway makes known on the premises: in CoIP
// mode customer-owned addresses, else those of instances on the Outpost, in
// subnets with a route to it. far adds the addresses that are not made known.
func (l *Lab) behindOutpost(g *model.LocalGateway, far bool) []netip.Addr {
	var out []netip.Addr
	for _, i := range l.Topology.Interfaces {
		switch {
		case i.Owner == nil || !slices.Contains(g.VPCs, i.Subnet.VPC):
		case g.CoIP:
			for _, p := range i.Public {
				if p.By == model.KindLocalGateway && usesOutpost(i, g) {
					out = append(out, p.Public)
				}
			}
		case far || usesOutpost(i, g) && madeKnown(i.Subnet, g):
			out = append(out, i.Private...)
		}
	}
	return out
}

// usesOutpost reports whether an interface is an instance's on the Outpost.
func usesOutpost(i *model.Interface, g *model.LocalGateway) bool {
	if _, ok := i.Owner.(*model.Instance); !ok {
		return false
	}
	return i.Subnet.Outpost == "" || g.Outpost == "" || i.Subnet.Outpost == g.Outpost
}

func madeKnown(s *model.Subnet, g *model.LocalGateway) bool {
	return slices.ContainsFunc(s.RouteTable.Routes, func(r *model.Route) bool { return r.Target == model.Resource(g) })
}

// routeOutposts gives what comes from the premises a table of the interfaces
// in the gateway's VPCs.
func (l *Lab) routeOutposts(r *routing) {
	for k, g := range l.Topology.LocalGateways {
		for _, p := range l.ports {
			switch p.kind {
			case portLocal, portLocalIn:
				if p.resource == model.Resource(g) {
					r.rule(policy{priority: chooseTable, table: tableOutpost + k, iif: p.name})
				}
			case portInterface:
				for _, a := range p.iface.Private {
					if slices.Contains(g.VPCs, p.vpc) {
						r.route(tableOutpost+k, full(a), p, 10)
					}
				}
			}
		}
	}
}

// toOutpost is what a local gateway takes from its VPCs: from instances on the
// Outpost, in CoIP mode with a customer-owned address.
func (r *ruleset) toOutpost(p *port) string {
	g := p.resource.(*model.LocalGateway)
	var on []string
	for _, o := range r.l.ports {
		if o.kind == portInterface && usesOutpost(o.iface, g) && slices.Contains(g.VPCs, o.vpc) {
			on = append(on, fmt.Sprintf("%q", o.name))
		}
	}
	elsewhere := r.drop(Drop{Code: eval.LocalGatewayOutpost, Component: g.Name})
	rules := []string{elsewhere}
	if len(on) > 0 {
		rules = []string{fmt.Sprintf("iifname != %s %s", set(on), elsewhere)}
	}
	spoofed := r.drop(Drop{Code: eval.GatewayRejectsSpoofed, Component: g.Name})
	bare := r.drop(Drop{Code: eval.LocalGatewayNoAddress, Component: g.Name})
	var after []string
	for _, v := range g.VPCs {
		var from []string
		for _, o := range r.l.ports {
			if o.kind == portInterface && o.vpc == v {
				from = append(from, fmt.Sprintf("%q", o.name))
			}
		}
		if len(from) == 0 {
			continue
		}
		k, iif := r.l.vpcNumber(v), "iifname "+set(from)
		rules = append(rules, fmt.Sprintf("%s ip saddr != @own4_%d %s", iif, k, spoofed), fmt.Sprintf("%s ip6 saddr != @own6_%d %s", iif, k, spoofed))
		if g.CoIP {
			rules = append(rules, fmt.Sprintf("%s ip saddr != @outpost_mapped_%d %s", iif, k, bare))
			after = append(after, fmt.Sprintf("%s ip saddr set ip saddr map @outpost_outward_%d", iif, k))
		}
	}
	chain := "to_" + p.name
	r.chain("map_"+p.name, after...)
	r.chain(chain, append(rules, "meta nfproto ipv6 drop")...) // of which nothing is known
	return jump(p, chain)
}

// fromOutpost is what a local gateway takes from the premises.
func (r *ruleset) fromOutpost(p *port) string {
	g, chain := p.resource.(*model.LocalGateway), "from_"+p.name
	rules := []string{}
	nobody := r.drop(Drop{Code: eval.LocalGatewayNoInterface, Component: g.Name})
	if g.CoIP {
		own := r.l.behindOutpost(g, false)
		if len(own) == 0 {
			r.chain(chain, nobody)
			return jump(p, chain)
		}
		rules = append(rules, fmt.Sprintf("ip daddr != %s %s", set(own), nobody))
		for _, v := range g.VPCs {
			k := r.l.vpcNumber(v)
			rules = append(rules, fmt.Sprintf("ip daddr @outpost_given_%d ip daddr set ip daddr map @outpost_inward_%d return", k, k))
		}
		r.chain(chain, append(rules, nobody)...)
		return jump(p, chain)
	}
	all, known := r.l.behindOutpost(g, true), r.l.behindOutpost(g, false)
	if len(all) > 0 {
		rules = append(rules, fmt.Sprintf("ip daddr != %s %s", set(all), nobody))
	}
	for _, i := range r.l.Topology.Interfaces {
		d := Drop{Code: eval.LocalGatewayNotKnown, Component: g.Name}
		if !usesOutpost(i, g) {
			d.Code = eval.LocalGatewayOutpost
		}
		for _, a := range i.Private {
			if slices.Contains(all, a) && slices.Contains(g.VPCs, i.Subnet.VPC) && !slices.Contains(known, a) {
				rules = append(rules, fmt.Sprintf("ip daddr %s %s", a, r.drop(d)))
			}
		}
	}
	if len(all) == 0 {
		rules = append(rules, nobody)
	}
	r.chain(chain, append(rules, "meta nfproto ipv6 "+nobody)...)
	return jump(p, chain)
}
