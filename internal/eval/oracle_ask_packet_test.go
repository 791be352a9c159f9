package eval_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// pickSender picks an instance, or somewhere outside.
func pickSender(r *rand.Rand, t *model.Topology) sender {
	switch n := r.IntN(10); {
	case n < 7:
		return sender{inst: t.Instances[r.IntN(len(t.Instances))]}
	case n < 9 && len(t.ExternalNetworks) > 0 && r.IntN(2) == 0:
		return fromNetwork(t.ExternalNetworks[r.IntN(len(t.ExternalNetworks))])
	case n < 9 && r.IntN(3) == 0:
		for _, e := range t.VPCEndpoints {
			if e.Type == model.InstanceConnectEndpoint {
				return sender{via: e.Interfaces[0]}
			}
		}
	}
	return sender{}
}

// outside are addresses on the internet, ends of prefixes of rules included.
var outside = addrs([]string{"198.51.100.10", "198.51.100.127", "198.51.100.128", "8.8.8.8", "7.255.255.255", "192.0.2.128", "192.0.2.127", "100.200.0.1", "203.0.113.250", "52.219.1.1"})

var outside6 = addrs([]string{"2001:db8:ffff::1", "2600::1"})

// pickPacket picks a packet of the sender, mostly to somebody who exists.
func pickPacket(r *rand.Rand, t *model.Topology, from sender) pkt {
	p := pkt{sport: uint16(1024 + r.IntN(64512))}
	eni := t.Interfaces[r.IntN(len(t.Interfaces))]
	var dst []netip.Addr
	switch n := r.IntN(10); {
	case n < 4 && from.inst != nil, from.via != nil, from.net != nil && n < 9:
		dst = eni.Addrs()
		if eni.Mapped(model.KindLocalGateway) || eni.Mapped(model.KindCarrierGateway) {
			dst = append(dst, eni.Public[0].Public)
		}
	case n < 5 || n < 8 && from.inst == nil:
		dst = eni.IPv6
		for _, pub := range eni.Public {
			dst = append(dst, pub.Public)
		}
	case n < 9 || len(t.ExternalNetworks) == 0:
		dst = append(outside6, outside...)
	default:
		dst = addrs([]string{t.ExternalNetworks[r.IntN(len(t.ExternalNetworks))].CIDRs[0].Prefix.Addr().Next().String()})
	}
	if len(dst) == 0 {
		dst = outside
	}
	p.dst = dst[r.IntN(len(dst))]
	if from.inst != nil && p.dst.Is4() && from.inst.Interfaces[0].Primary(true).IsValid() && r.IntN(6) == 0 { // NGW-14
		p.dst = in64(p.dst)
	}
	for _, rt := range t.RouteTables { // GW-14
		if len(rt.Pools) > 0 && from.inst == nil && from.via == nil && from.net == nil && r.IntN(6) == 0 {
			p.dst = rt.Pools[0].Prefix.Addr().Next()
		}
	}
	switch {
	case from.inst != nil:
		for _, i := range from.inst.Interfaces {
			if a := i.Primary(p.dst.Is6()); a.IsValid() {
				p.src = a
				break
			}
		}
	case from.via != nil:
		p.src = from.via.Primary(p.dst.Is6())
	case from.net != nil:
		p.src = from.net.CIDRs[r.IntN(len(from.net.CIDRs))].Prefix.Addr().Next()
	case p.dst.Is6():
		p.src = outside6[r.IntN(len(outside6))]
	default:
		p.src = outside[r.IntN(len(outside))]
	}
	if !p.src.IsValid() || p.src.Is4() != p.dst.Is4() { // no address of the family
		p.src, p.dst = outside[0], outside[1]
	}
	if balanced(r, t, &p) {
		return p
	}
	p.service(r)
	return p
}

// service chooses what the packet asks for.
func (p *pkt) service(r *rand.Rand) {
	switch n := r.IntN(10); {
	case n < 6:
		p.proto, p.dport = packet.TCP, []uint16{80, 443, 22, 8000, 8100, 50001, 3306}[r.IntN(7)]
	case n < 8:
		p.proto, p.dport = packet.UDP, []uint16{53, 123, 1194}[r.IntN(3)]
	case n < 9:
		p.proto, p.dport, p.sport = packet.ICMP, echo4, 0
		if p.v6() {
			p.proto, p.dport = packet.ICMPv6, echo6
		}
	default:
		p.proto, p.dport, p.sport = 47, 0, 0
	}
}

// balanced now and then turns a packet to a listener of a load balancer.
func balanced(r *rand.Rand, t *model.Topology, p *pkt) bool {
	if len(t.LoadBalancers) == 0 || r.IntN(5) > 0 {
		return false
	}
	b := t.LoadBalancers[r.IntN(len(t.LoadBalancers))]
	l, node := b.Listeners[r.IntN(len(b.Listeners))], b.Nodes[r.IntN(len(b.Nodes))]
	if p.v6() {
		if len(node.IPv6) > 0 {
			p.dst, p.dport, p.proto = node.IPv6[0], l.Port, l.Protocols[r.IntN(len(l.Protocols))]
		}
		return len(node.IPv6) > 0
	}
	p.dst, p.dport, p.proto = node.Private[0], l.Port, l.Protocols[r.IntN(len(l.Protocols))]
	if len(node.Public) > 0 && (within(rfc1918, p.src) == within(rfc6598, p.src) || r.IntN(4) == 0) {
		p.dst = node.Public[0].Public
	}
	return true
}

func (f sender) String() string {
	switch {
	case f.inst != nil:
		return f.inst.Name
	case f.via != nil:
		return f.via.Name
	case f.net != nil:
		return f.net.Name
	case f.site != nil:
		return fmt.Sprintf("behind %s", f.site.Name)
	}
	return "internet"
}
