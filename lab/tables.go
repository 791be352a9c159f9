package lab

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/model"
)

// subnets lists all subnets, and behind them the places of regional NAT
// gateways, which have no prefixes.
func (l *Lab) subnets() []*model.Subnet {
	out := slices.Clone(l.Topology.Subnets)
	for _, g := range l.Topology.NATGateways {
		for _, i := range g.Interfaces {
			if !slices.Contains(out, i.Subnet) {
				out = append(out, i.Subnet)
			}
		}
	}
	return out
}

func (l *Lab) named(name string) *port {
	for _, p := range l.ports {
		if p.name == name {
			return p
		}
	}
	return nil
}

// portOf finds the link of a kind that leads to a resource from a VPC.
func (l *Lab) portOf(kind portKind, resource model.Resource, v *model.VPC) *port {
	for _, p := range l.ports {
		if p.kind == kind && p.resource == resource && p.vpc == v {
			return p
		}
	}
	return nil
}

// buildTable fills a kernel's table with the routes of a table, as one of its
// subnets uses them; a gateway's and a transit gateway's table has none. The
// metric stands for the origin of a route, so that the kernel settles ties
// (RT-5, TGW-4).
func (l *Lab) buildTable(r *routing, t *model.RouteTable, s *model.Subnet, table int) {
	used := map[netip.Prefix]int{}
	for _, route := range t.Routes {
		for _, p := range route.Prefixes() {
			p = p.Masked()
			metric := 10
			switch {
			case route.Origin.Propagated():
				if insideVPC(t.VPC, p) {
					continue // RT-8: AWS never uses it, the kernel would
				}
				metric = metricOf(route)
			case route.PrefixList != nil:
				metric = 30
			case route.Origin == model.OriginAdvertised: // RT-21
				metric = 50
			}
			metric += used[p]
			used[p]++
			if route.Kind == model.TargetLocal {
				r.throw(table, p, metric)
				continue
			}
			if g, ok := route.Target.(*model.NATGateway); ok && len(g.Interfaces) > 1 {
				r.spread(table, p, l.serving(g, s), metric)
				for _, i := range g.Interfaces { // a reply finds the address that it is for
					if a := i.Primary(false); !g.Regional && p.Contains(a) && !longer(t, p, a) {
						r.route(table, full(a), l.enis[i], metric)
					}
				}
				continue
			}
			r.route(table, p, l.target(t.VPC, s, route), metric)
		}
	}
}

// serving lists the links of a NAT gateway that a subnet uses, one for each
// address: of a regional one those in its zone, else all (NGW-19).
func (l *Lab) serving(g *model.NATGateway, s *model.Subnet) []*port {
	var near, all []*port
	for _, i := range g.Interfaces {
		all = append(all, l.enis[i])
		if g.Regional && s != nil && i.Subnet.AZ == s.AZ {
			near = append(near, l.enis[i])
		}
	}
	if len(near) > 0 {
		return near
	}
	return all
}

// longer reports whether a table has a longer route for an address than p.
func longer(t *model.RouteTable, p netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(t.Routes, func(r *model.Route) bool {
		return slices.ContainsFunc(r.Prefixes(), func(o netip.Prefix) bool { return o.Bits() > p.Bits() && o.Contains(a) })
	})
}

// metricOf is the metric of a propagated route: by its sort, then by what BGP
// says.
func metricOf(route *model.Route) int {
	m := (100 + int(route.Origin)) << 20
	if c := route.From; c != nil && c.BGP {
		m += min(c.ASPathLength, 255)<<12 + min(c.MED, 255)<<4
	}
	return m
}

func insideVPC(v *model.VPC, p netip.Prefix) bool {
	if v == nil {
		return false
	}
	for _, b := range v.Blocks() {
		if b.Prefix.Bits() <= p.Bits() && b.Prefix.Contains(p.Addr()) {
			return true
		}
	}
	return false
}

// target finds the link that a route leads to; a route in a bad state leads
// to a sink (RT-13).
func (l *Lab) target(v *model.VPC, s *model.Subnet, route *model.Route) *port {
	var p *port
	switch t := route.Target.(type) {
	case *model.Interface:
		p = l.enis[t]
	case *model.NATGateway:
		p = l.enis[t.Interfaces[0]]
	case *model.InternetGateway:
		p = l.portOf(portInternet, t, v)
	case *model.EgressOnlyInternetGateway:
		p = l.portOf(portEgressOnly, t, v)
	case *model.CarrierGateway:
		p = l.portOf(portCarrier, t, v)
	case *model.LocalGateway:
		if slices.Contains(t.VPCs, v) {
			p = l.portOf(portLocal, t, nil)
		}
	case *model.VPNGateway:
		if t.VPC == v {
			p = l.portOf(portVPNGateway, t, v)
		}
	case *model.PeeringConnection:
		p = l.portOf(portPeering, t, v)
	case *model.VPCEndpoint:
		if p = l.portOf(portGatewayEndpoint, t, v); len(t.Interfaces) > 0 {
			p = l.enis[t.Interfaces[0]]
		}
	case *model.TransitGateway:
		p = l.towards(t, v, s)
	case *model.TransitGatewayAttachment:
		p = l.into(t)
	}
	if p != nil {
		return p
	}
	return l.named(sinkBadState)
}
