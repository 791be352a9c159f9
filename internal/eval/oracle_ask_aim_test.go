package eval_test

import (
	"math/rand/v2"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/model"
)

// An aim is a packet worth asking about, since it meets what chance alone
// seldom meets: who sends it, and where to.
type aim struct {
	from     sender
	src, dst netip.Addr
	to       *model.Listener // its port, where it is for a load balancer
}

// aims are the packets of a topology to and from what is rare in it: local
// gateways, NAT64, pools of public addresses, load balancers between families.
func aims(t *model.Topology) []aim {
	var out []aim
	add := func(from sender, src, dst netip.Addr, to *model.Listener) {
		if src.IsValid() && dst.IsValid() && src.Is4() == dst.Is4() {
			out = append(out, aim{from, src, dst, to})
		}
	}
	for _, i := range t.Interfaces {
		if i.Instance() == nil || i.Instance().Interfaces[0] != i {
			continue
		}
		host := sender{inst: i.Instance()}
		for _, r := range i.Subnet.RouteTable.Routes {
			if r.Kind != model.TargetResource {
				continue
			}
			switch {
			case r.Target.ID().Kind == model.KindLocalGateway && r.PrefixList == nil:
				add(host, i.Primary(false), r.Destination.Addr().Next(), nil)
				for _, n := range t.ExternalNetworks {
					if n.Edge == r.Target {
						src := n.CIDRs[0].Prefix.Addr().Next()
						add(sender{net: n}, src, i.Primary(false), nil)
						if a, ok := i.MappedTo(i.Primary(false), model.KindLocalGateway); ok {
							add(sender{net: n}, src, a, nil)
						}
					}
				}
				for _, o := range t.Interfaces { // RT-9
					if covers(r.Destination, o.Primary(false)) {
						add(host, i.Primary(false), o.Primary(false), nil)
					}
				}
			case r.Destination == nat64:
				for _, a := range outside[:4] {
					add(host, i.Primary(true), in64(a), nil)
				}
				for _, o := range t.Interfaces {
					if o.Instance() != nil && o.Primary(false).IsValid() && o.Index%3 == 0 {
						add(host, i.Primary(true), in64(o.Primary(false)), nil)
					}
				}
			}
		}
	}
	for _, rt := range t.RouteTables {
		for _, r := range rt.Routes {
			if r.PrefixList == nil && slices.ContainsFunc(rt.Pools, func(b model.Block) bool { return covers(b.Prefix, r.Destination.Addr()) }) {
				add(sender{}, outside[0], r.Destination.Addr().Next(), nil)
			}
		}
	}
	for _, b := range t.LoadBalancers {
		for _, l := range b.Listeners {
			for _, node := range b.Nodes {
				mixed := slices.ContainsFunc(l.Targets, func(x *model.Target) bool { return x.Address.Is6() != node.Primary(true).IsValid() || x.Address.Is6() })
				if !mixed && !l.Answers {
					continue
				}
				for _, i := range t.Interfaces {
					if i.Instance() != nil && i.Subnet.VPC == b.VPC && i.Index%2 == 0 {
						add(sender{inst: i.Instance()}, i.Instance().Interfaces[0].Primary(true), node.Primary(true), l)
						add(sender{inst: i.Instance()}, i.Instance().Interfaces[0].Primary(false), node.Primary(false), l)
					}
				}
				add(sender{}, outside6[1], node.Primary(true), l)
			}
		}
	}
	return out
}

// packet makes the packet of an aim.
func (a aim) packet(r *rand.Rand) pkt {
	p := pkt{src: a.src, dst: a.dst, sport: uint16(1024 + r.IntN(64512))}
	if a.to != nil {
		p.proto, p.dport = a.to.Protocols[r.IntN(len(a.to.Protocols))], a.to.Port
		return p
	}
	p.service(r)
	return p
}
