package eval

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
)

// side is one end of a question with everything it may stand for.
type side struct {
	text  string
	host  model.Resource   // *Instance, *ExternalNetwork, *VPNConnection, theInternet; nil for plain addresses
	iface *model.Interface // set when an interface is named, or to tell a group's members apart
	named bool             // an interface was named: packets leave by it
	addrs addr.Set         // fixed addresses; empty for a host whose address depends on the other side
}

// pairs makes the pairs that a question stands for: all origins, each with
// all targets.
func (n *Net) pairs(q Question) ([]pair, error) {
	from, err := n.origins(q.From)
	if err != nil {
		return nil, err
	}
	to, err := n.targets(q.To)
	if err != nil {
		return nil, err
	}
	var out []pair
	for _, f := range from {
		for _, t := range to {
			if len(from)+len(to) > 2 && f.iface != nil && f.iface == t.iface {
				continue // of a group, every pair of two
			}
			if f.host == model.Resource(theInternet) && t.host == model.Resource(theInternet) {
				return nil, fmt.Errorf("from %q to %q: both are outside the topology; one end must be inside", f.text, t.text)
			}
			p := n.pair(f, t)
			p.port, p.sourcePorts = q.Port, q.SourcePorts.Range
			p.reply, p.record = q.Reply, q.Record
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("from %q to %q: no pair of two different network interfaces", q.From.Text, q.To.Text)
	}
	return out, nil
}

// members returns the interfaces of instances in a group, subnet or VPC.
func (n *Net) members(e model.Endpoint) ([]side, error) {
	var out []side
	for _, i := range n.topo.Interfaces {
		in := false
		switch r := e.Resource.(type) {
		case *model.Subnet:
			in = i.Subnet == r
		case *model.VPC:
			in = i.Subnet.VPC == r
		case *model.SecurityGroup:
			in = slices.Contains(i.Groups, r)
		}
		if inst := i.Instance(); in && inst != nil {
			out = append(out, side{text: inst.Name, host: inst, iface: i, named: len(inst.Interfaces) > 1})
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s %q has no network interface of an instance", e.Resource.ID().Kind.Words(), e.Text)
	}
	return out, nil
}

// resourceSide resolves what is the same for both ends.
func (n *Net) resourceSide(e model.Endpoint) ([]side, error) {
	switch r := e.Resource.(type) {
	case *model.Instance:
		if len(r.Interfaces) == 0 {
			return nil, fmt.Errorf("instance %q has no network interface", e.Text)
		}
		return []side{{text: e.Text, host: r, iface: r.Interfaces[0]}}, nil
	case *model.Interface:
		return []side{{text: e.Text, host: r.Owner, iface: r, named: true}}, nil
	case *model.ExternalNetwork:
		var ps []netip.Prefix
		for _, b := range r.CIDRs {
			ps = append(ps, b.Prefix)
		}
		s := side{text: e.Text, host: r, addrs: addr.SetOf(ps...)}
		if r.Behind == nil {
			s.host = theInternet
		}
		return []side{s}, nil
	}
	return n.members(e)
}

// origins resolves the sending end.
func (n *Net) origins(e model.Endpoint) ([]side, error) {
	switch e.Kind {
	case model.EndpointInternet, model.EndpointInternet6:
		return []side{n.internetSide(e)}, nil
	case model.EndpointAddresses:
		return n.senders(e)
	}
	switch r := e.Resource.(type) {
	case *model.NATGateway:
		return nil, fmt.Errorf("%q is a NAT gateway, which starts no connection; expected an instance, an interface, a network or an address", e.Text)
	case *model.Interface:
		if r.Instance() == nil {
			return nil, fmt.Errorf("network interface %q is held by no instance, so nothing is sent from it", e.Text)
		}
	}
	return n.resourceSide(e)
}

// targets resolves the receiving end.
func (n *Net) targets(e model.Endpoint) ([]side, error) {
	switch e.Kind {
	case model.EndpointInternet, model.EndpointInternet6:
		return []side{n.internetSide(e)}, nil
	case model.EndpointAddresses:
		return []side{{text: e.Text, addrs: addr.SetOf(e.Prefix), host: n.outside(e.Prefix)}}, nil
	}
	switch r := e.Resource.(type) {
	case *model.NATGateway:
		return []side{{text: e.Text, host: r, iface: r.Interface, named: true}}, nil
	case *model.Interface:
		if r.Owner == nil {
			return []side{{text: e.Text, host: r, iface: r, named: true}}, nil
		}
	}
	return n.resourceSide(e)
}

func (n *Net) internetSide(e model.Endpoint) side {
	f := addr.V4
	if e.Kind == model.EndpointInternet6 {
		f = addr.V6
	}
	return side{text: e.Text, host: theInternet, addrs: n.world().Only(f)}
}

// outside returns theInternet for addresses that are all the internet's.
func (n *Net) outside(p netip.Prefix) model.Resource {
	if n.world().Covers(addr.SetOf(p)) {
		return theInternet
	}
	return nil
}

// senders finds who has the addresses that a question says packets come from.
func (n *Net) senders(e model.Endpoint) ([]side, error) {
	var out []side
	asked := addr.SetOf(e.Prefix)
	vpcs := map[*model.VPC]bool{}
	for _, i := range n.topo.Interfaces {
		if i.Instance() == nil {
			continue
		}
		own := addr.SetOfAddrs(i.Addrs()...).Intersect(asked)
		for _, p := range i.Public {
			if e.Prefix.Contains(p.Public) {
				own = own.Union(single(p.Private))
			}
		}
		if !own.Empty() {
			vpcs[i.Subnet.VPC] = true
			out = append(out, side{text: e.Text, host: i.Instance(), iface: i, named: true, addrs: own})
		}
	}
	if len(vpcs) > 1 && e.Prefix.IsSingleIP() {
		names := make([]string, len(out))
		for i, s := range out {
			names[i] = s.iface.Name
		}
		return nil, fmt.Errorf("address %q stands in several VPCs; name the network interface instead: %s", e.Text, strings.Join(names, ", "))
	}
	for _, x := range n.topo.ExternalNetworks {
		var ps []netip.Prefix
		for _, b := range x.CIDRs {
			ps = append(ps, b.Prefix)
		}
		if part := addr.SetOf(ps...).Intersect(asked); x.Behind != nil && !part.Empty() {
			out = append(out, side{text: e.Text, host: x, addrs: part})
		}
	}
	if public := n.world().Intersect(asked); !public.Empty() {
		out = append(out, side{text: e.Text, host: theInternet, addrs: public})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("nobody sends from %q: it is no address of an instance, of an external network or of the internet", e.Text)
	}
	return out, nil
}

// pair fixes the addresses of an origin and a target: those that were named,
// else what the one would use to reach the other (language.md section 3).
func (n *Net) pair(f, t side) pair {
	p := pair{origin: origin{host: f.host}, target: target{iface: t.iface}}
	if f.named {
		p.origin.iface = f.iface
	}
	if t.host != model.Resource(theInternet) && t.iface != nil {
		p.target.host = t.host
	}
	p.dst = t.addrs
	if p.dst.Empty() {
		if a := n.addressOf(t.iface, f); a.IsValid() {
			p.dst = single(a)
		}
	}
	p.src = f.addrs
	if p.src.Empty() {
		p.src = n.sourceOf(f, p.dst)
	}
	p.from = Party{Text: f.text, Resource: resourceOf(f), Addrs: p.src}
	p.to = Party{Text: t.text, Resource: resourceOf(t), Addrs: p.dst}
	return p
}

func resourceOf(s side) model.Resource {
	if s.host == nil || s.host == model.Resource(theInternet) {
		return nil
	}
	return s.host
}

// pairFrom makes the pair of two instances with a given destination address.
func (n *Net) pairFrom(from, to *model.Instance, dst netip.Addr) pair {
	f := side{text: from.Name, host: from, iface: from.Interfaces[0]}
	t := side{text: to.Name, host: to, iface: to.Interfaces[0], addrs: single(dst)}
	return n.pair(f, t)
}

// addressOf returns the address of i that f would use: the private one within
// a VPC, over peering, tunnels and VPN; the public one from elsewhere.
func (n *Net) addressOf(i *model.Interface, f side) netip.Addr {
	v6 := len(i.Private) == 0
	switch host := f.host.(type) {
	case *model.Instance:
		if f.iface != nil && len(f.iface.Private) == 0 {
			v6 = true
		}
		if !f.addrs.Empty() && !f.addrs.Has(addr.V4) {
			v6 = true
		}
		if !v6 && !n.connected(host, i.Subnet.VPC) {
			if pub, ok := i.PublicOf(i.Primary(false)); ok {
				return pub
			}
		}
	case *pseudo:
		if !f.addrs.Has(addr.V4) {
			v6 = true
		} else if pub, ok := i.PublicOf(i.Primary(false)); ok {
			return pub
		}
		if f.addrs.Has(addr.V4) && !f.addrs.Has(addr.V6) {
			v6 = false
		}
	}
	return i.Primary(v6)
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

// sourceOf returns the address that an instance sends from: the primary one
// of the interface that its routes choose, or of a tunnel (VPNI-6).
func (n *Net) sourceOf(f side, dst addr.Set) addr.Set {
	h, ok := f.host.(*model.Instance)
	if !ok {
		return addr.Set{}
	}
	out := addr.Set{}
	for _, fam := range addr.Families {
		if !dst.Has(fam) {
			continue
		}
		i := f.iface
		if !f.named {
			if r, ok := n.host(h).routes.LookupKey(fam, dst.Ranges(fam)[0].Lo); ok {
				if r.end != nil {
					if r.end.Address.IsValid() && addr.FamilyOf(r.end.Address) == fam {
						out = out.Union(single(r.end.Address))
					}
					continue
				}
				i = r.iface
			}
		}
		if a := i.Primary(fam == addr.V6); a.IsValid() {
			out = out.Union(single(a))
		}
	}
	return out
}
