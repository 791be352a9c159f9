package eval

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
)

// members returns the interfaces of instances in a group, subnet or VPC, and
// for the receiving end those that take connections in for a service: of
// interface endpoints and of load balancers' nodes.
func (n *Net) members(e model.Endpoint, receiving bool) ([]side, error) {
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
		case nil:
			in = e.Match != nil && (e.Match.Members[i] || i.Owner != nil && e.Match.Members[i.Owner])
		}
		in = in && !excepted(e.Match, i)
		if in && receiving && serves(i) {
			out = append(out, side{text: i.Name, shown: i, host: i.Owner, iface: i, named: true})
		}
		if inst := i.Instance(); in && inst != nil {
			s := side{text: inst.Name, host: inst, iface: i, named: len(inst.Interfaces) > 1}
			if s.named {
				s.text, s.shown = i.Name, i
			}
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		of := "of an instance"
		if receiving {
			of += ", interface endpoint or load balancer"
		}
		what, left := "pattern", ""
		if e.Resource != nil {
			what = e.Resource.ID().Kind.Words()
		}
		if e.Match != nil && len(e.Match.Except) > 0 {
			left = " left"
		}
		return nil, fmt.Errorf("%s %q has no network interface %s%s", what, e.Text, of, left)
	}
	return out, nil
}

// excepted reports whether an interface is left out of a group: by itself,
// its owner, or a group that it is in.
func excepted(m *model.Match, i *model.Interface) bool {
	if m == nil || len(m.Except) == 0 {
		return false
	}
	return m.Except[i] || i.Owner != nil && m.Except[i.Owner] || m.Except[i.Subnet] || m.Except[i.Subnet.VPC] ||
		slices.ContainsFunc(i.Groups, func(g *model.SecurityGroup) bool { return m.Except[g] })
}

// serves reports whether an interface takes connections in for a service.
func serves(i *model.Interface) bool {
	switch o := i.Owner.(type) {
	case *model.LoadBalancer:
		return true
	case *model.VPCEndpoint:
		return o.Type == model.InterfaceEndpoint
	}
	return false
}

// resourceSide resolves what is the same for both ends.
func (n *Net) resourceSide(e model.Endpoint, receiving bool) ([]side, error) {
	switch r := e.Resource.(type) {
	case *model.Instance:
		if len(r.Interfaces) == 0 {
			return nil, fmt.Errorf("instance %q has no network interface", e.Text)
		}
		return []side{{text: e.Text, host: r, iface: r.Interfaces[0]}}, nil
	case *model.Interface:
		return []side{{text: e.Text, shown: r, host: r.Owner, iface: r, named: true}}, nil
	case *model.ExternalNetwork:
		var ps []netip.Prefix
		for _, b := range r.CIDRs {
			ps = append(ps, b.Prefix)
		}
		s := side{text: e.Text, shown: r, host: r, addrs: addr.SetOf(ps...).Minus(n.edgeAddrs(r))}
		if r.OnInternet() {
			s.host = theInternet
		}
		return []side{s}, nil
	}
	return n.members(e, receiving)
}

// origins resolves the sending end.
func (n *Net) origins(e model.Endpoint) ([]side, error) {
	switch e.Kind {
	case model.EndpointInternet, model.EndpointInternet6:
		s := n.internetSide(e)
		s.addrs = s.addrs.Minus(n.silent())
		return []side{s}, nil
	case model.EndpointAddresses:
		return n.senders(e)
	}
	switch r := e.Resource.(type) {
	case *model.Unmodelled:
		return []side{{text: e.Text, host: r}}, nil
	case *model.VPCEndpoint:
		if r.Type == model.InstanceConnectEndpoint {
			s := side{text: e.Text, host: r, iface: r.Interfaces[0], named: true}
			if r.PreserveClientIP { // EP-13: any client's own address
				s.addrs = n.world().Only(addr.V4)
			}
			return []side{s}, nil
		}
		return nil, fmt.Errorf("%q is a VPC endpoint, which starts no connection (EP-8); ask the other way round", e.Text)
	case *model.LoadBalancer:
		return nil, fmt.Errorf("%q is a load balancer, which only passes connections on; ask from the client", e.Text)
	case *model.NATGateway:
		return nil, fmt.Errorf("%q is a NAT gateway, which starts no connection; expected an instance, an interface, a network or an address", e.Text)
	case *model.Interface:
		if u, ok := r.Owner.(*model.Unmodelled); ok {
			return []side{{text: e.Text, shown: r, host: u}}, nil
		}
		if r.Instance() == nil {
			return nil, fmt.Errorf("network interface %q is held by no instance, so nothing is sent from it", e.Text)
		}
	}
	return n.resourceSide(e, false)
}

// targets resolves the receiving end.
func (n *Net) targets(e model.Endpoint) ([]side, error) {
	switch e.Kind {
	case model.EndpointInternet, model.EndpointInternet6:
		return []side{n.internetSide(e)}, nil
	case model.EndpointAddresses:
		asked := addr.SetOf(e.Prefix)
		return []side{{text: e.Text, addrs: asked, host: n.outside(asked), byAddress: !e.Symbolic}}, nil
	}
	switch r := e.Resource.(type) {
	case *model.Unmodelled:
		var own []*model.Interface
		for _, i := range n.topo.Interfaces {
			if i.Owner == e.Resource {
				own = append(own, i)
			}
		}
		if len(own) > 0 {
			return each(e.Text, r, own), nil
		}
		return []side{{text: e.Text, host: r}}, nil
	case *model.VPCEndpoint:
		if r.Type == model.GatewayEndpoint {
			if r.PrefixList.Unknown { // among these; answer says that nobody knows which
				return []side{{text: e.Text, host: r, addrs: n.world().Only(addr.V4)}}, nil
			}
			var ps []netip.Prefix
			for _, b := range r.PrefixList.CIDRs {
				ps = append(ps, b.Prefix)
			}
			return []side{{text: e.Text, host: r, addrs: addr.SetOf(ps...)}}, nil
		}
		return each(e.Text, r, r.Interfaces), nil
	case *model.LoadBalancer:
		return each(e.Text, r, r.Nodes), nil
	case *model.NATGateway:
		return each(e.Text, r, r.Interfaces), nil
	case *model.Interface:
		if r.Owner == nil {
			return []side{{text: e.Text, host: r, iface: r, named: true}}, nil
		}
	}
	return n.resourceSide(e, true)
}

// each makes a side of every interface of a device: clients may come to any.
func each(text string, host model.Resource, list []*model.Interface) []side {
	out := make([]side, len(list))
	for k, i := range list {
		out[k] = side{text: text, host: host, iface: i, named: true}
	}
	return out
}

// silent returns the addresses of the services of gateway endpoints, which
// open no connection (EP-3).
func (n *Net) silent() addr.Set {
	var ps []netip.Prefix
	for _, e := range n.topo.VPCEndpoints {
		if e.Type == model.GatewayEndpoint {
			for _, b := range e.PrefixList.CIDRs {
				ps = append(ps, b.Prefix)
			}
		}
	}
	return addr.SetOf(ps...)
}

func (n *Net) internetSide(e model.Endpoint) side {
	f := addr.V4
	if e.Kind == model.EndpointInternet6 {
		f = addr.V6
	}
	return side{text: e.Text, host: theInternet, addrs: n.world().Only(f)}
}

// outside returns theInternet for addresses that are all the internet's.
func (n *Net) outside(s addr.Set) model.Resource {
	if n.world().Covers(s) {
		return theInternet
	}
	return nil
}

// senders finds who has the addresses that a question says packets come from.
func (n *Net) senders(e model.Endpoint) ([]side, error) {
	var out []side
	asked := addr.SetOf(e.Prefix)
	vpcs := map[*model.VPC]bool{}
	for _, x := range n.topo.Symbols {
		if !x.Public && !e.Symbolic && asked.Overlaps(x.Pool) && !asked.Covers(x.Pool) {
			return nil, fmt.Errorf("%q may hold the address that AWS will choose as %s, and may not; name the resource instead", e.Text, x.Text)
		}
	}
	for _, i := range n.topo.Interfaces {
		if i.Instance() == nil {
			continue
		}
		own := addr.SetOfAddrs(i.Addrs()...).Intersect(asked)
		for _, p := range i.Public {
			if e.Prefix.Contains(p.Public) && (e.Symbolic || n.symbols.names[p.Public] == "" || e.Prefix.Bits() == 0) {
				own = own.Union(single(p.Private))
			}
		}
		if !own.Empty() {
			vpcs[i.Subnet.VPC] = true
			out = append(out, side{text: e.Text, host: i.Instance(), iface: i, addrs: own})
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
		if part := addr.SetOf(ps...).Intersect(asked).Minus(n.edgeAddrs(x)); !x.OnInternet() && !part.Empty() {
			out = append(out, side{text: e.Text, host: x, addrs: part})
			asked = asked.Minus(part) // the site has them, also where they are public ones
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
