package eval

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// pair fixes the addresses of an origin and a target: those that were named,
// else what the one would use to reach the other (language.md section 3).
func (n *Net) pair(f, t side, port model.PortSpec) pair {
	f.v6 = !port.All && port.Protocol == packet.ICMPv6 // it goes with IPv6 alone
	if inst, ok := t.host.(*model.Instance); ok && !t.named && t.addrs.Empty() {
		t.iface = n.nearestInterface(inst, f)
	}
	p := pair{origin: origin{host: f.host, shown: f.host}, target: target{iface: t.iface}, byAddress: t.byAddress}
	if f.named {
		p.origin.iface = f.iface
	}
	if x, ok := f.shown.(*model.ExternalNetwork); ok {
		p.origin.shown = x
	}
	if t.host != model.Resource(theInternet) && t.iface != nil {
		p.target.host = t.host
	}
	if x, ok := t.host.(*model.ExternalNetwork); ok {
		p.target.host = x
	}
	p.dst = t.addrs
	if p.dst.Empty() && t.iface != nil { // nil: of what is not modelled
		if a := n.addressOf(t.iface, f); a.IsValid() {
			p.dst = single(a)
		}
	}
	p.src = f.addrs
	if p.src.Empty() {
		p.src, p.sends = n.sourceOf(f, p.dst)
	}
	p.from = Party{Text: f.text, Resource: resourceOf(f), Addrs: p.src, Names: n.symbols.names}
	p.to = Party{Text: t.text, Resource: resourceOf(t), Addrs: p.dst, Names: n.symbols.names}
	return p
}

// nearestInterface returns the interface of a host that f would address: the
// first with an address that f can use.
func (n *Net) nearestInterface(h *model.Instance, f side) *model.Interface {
	_, outside := f.host.(*pseudo)
	for _, i := range h.Interfaces {
		a := n.addressOf(i, f)
		if a.IsValid() && (!outside || publicIP.Contains(a)) {
			return i
		}
	}
	return h.Interfaces[0]
}

func resourceOf(s side) model.Resource {
	if s.shown != nil {
		return s.shown
	}
	if s.host == nil || s.host == model.Resource(theInternet) {
		return nil
	}
	return s.host
}

// pairFrom makes the pair of two instances with a given destination address.
func (n *Net) pairFrom(from, to *model.Instance, dst netip.Addr) pair {
	f := side{text: from.Name, host: from, iface: from.Interfaces[0]}
	t := side{text: to.Name, host: to, iface: to.Interfaces[0], addrs: single(dst)}
	return n.pair(f, t, model.PortSpec{All: true})
}

// addressOf returns the address of i that f would use: the private one within
// a VPC, over peering, tunnels and VPN; the public one from elsewhere.
func (n *Net) addressOf(i *model.Interface, f side) netip.Addr {
	v6 := len(i.Private) == 0 || f.v6
	switch host := f.host.(type) {
	case *model.Instance:
		if f.iface != nil && len(f.iface.Private) == 0 {
			v6 = true
		}
		if !f.addrs.Empty() && !f.addrs.Has(addr.V4) {
			v6 = true
		}
		if !v6 && !n.connected(host, i.Subnet.VPC) {
			if pub, ok := publicAddress(i); ok {
				return pub
			}
		}
	case *model.ExternalNetwork:
		if a, ok := mappedAddress(i, mapsFor(host)); ok {
			return a
		}
	case *pseudo:
		if !f.addrs.Has(addr.V4) {
			v6 = true
		} else if pub, ok := publicAddress(i); ok {
			return pub
		}
		if f.addrs.Has(addr.V4) && !f.addrs.Has(addr.V6) {
			v6 = false
		}
	}
	return i.Primary(v6)
}

// publicAddress returns the public address of an interface: that of its
// primary address, else the first of a secondary one, else a carrier IP
// address.
func publicAddress(i *model.Interface) (netip.Addr, bool) {
	if pub, ok := mappedAddress(i, model.KindInternetGateway); ok {
		return pub, true
	}
	return mappedAddress(i, model.KindCarrierGateway)
}

// mappedAddress returns the address that the gateways of a kind map one of the
// interface's to, the primary's before others.
func mappedAddress(i *model.Interface, by model.Kind) (netip.Addr, bool) {
	if a, ok := i.MappedTo(i.Primary(false), by); ok {
		return a, true
	}
	for _, p := range i.Public {
		if p.By == by {
			return p.Public, true
		}
	}
	return netip.Addr{}, false
}

// mapsFor returns the kind of mapping gateway that a site is behind, or "".
func mapsFor(e *model.ExternalNetwork) model.Kind {
	switch g := e.Edge.(type) {
	case *model.CarrierGateway:
		return model.KindCarrierGateway
	case *model.LocalGateway:
		if g.CoIP {
			return model.KindLocalGateway
		}
	}
	return ""
}

// edgeAddrs returns the addresses that the gateway in front of a network has
// for itself, although the network's range may hold them: carrier IP addresses
// (MISC-3), and what local gateways make known (MISC-4).
func (n *Net) edgeAddrs(e *model.ExternalNetwork) addr.Set {
	var own []netip.Addr
	switch e.Edge.(type) {
	case *model.CarrierGateway:
		for _, i := range n.topo.Interfaces {
			for _, p := range i.Public {
				if p.By == model.KindCarrierGateway {
					own = append(own, p.Public)
				}
			}
		}
	case *model.LocalGateway:
		for _, g := range n.topo.LocalGateways {
			for p, to := range n.local(g).All() {
				if to.known {
					own = append(own, p.Addr())
				}
			}
		}
	}
	return addr.SetOfAddrs(own...)
}

// connected reports whether an instance can be expected to use the private
// addresses of a VPC: its own, one that it is peered with, or one that
// tunnels lead to from its own.
func (n *Net) connected(h *model.Instance, v *model.VPC) bool {
	seen := map[*model.VPC]bool{}
	var todo []*model.VPC
	add := func(v *model.VPC) {
		if v != nil && !seen[v] {
			seen[v] = true
			todo = append(todo, v)
		}
	}
	for _, i := range h.Interfaces {
		add(i.Subnet.VPC)
	}
	for _, p := range n.topo.PeeringConnections {
		for _, i := range h.Interfaces {
			if p.Other(i.Subnet.VPC) == v {
				return true
			}
		}
	}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		for _, t := range n.topo.Tunnels {
			for _, e := range t.Ends {
				if inVPC(e.Instance, at) {
					for _, i := range e.Peer().Instance.Interfaces {
						add(i.Subnet.VPC)
					}
				}
			}
		}
	}
	return seen[v]
}

func inVPC(h *model.Instance, v *model.VPC) bool {
	for _, i := range h.Interfaces {
		if i.Subnet.VPC == v {
			return true
		}
	}
	return false
}
