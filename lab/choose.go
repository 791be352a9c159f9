package lab

import (
	"math/rand/v2"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// A chooser picks questions about a topology: mostly ones that somebody would
// ask.
type chooser struct {
	*rand.Rand
	topo *model.Topology
}

func (c *chooser) question() eval.Question {
	q := eval.Question{Record: true, SourcePorts: model.SourcePorts{Range: packet.PortRange{Lo: 1024, Hi: 65535}}}
	if c.IntN(6) == 0 {
		q.SourcePorts.Range.Lo = 1
	}
	all := []packet.PortRange{{Lo: 1, Hi: 65535}}
	switch c.IntN(8) {
	case 0:
		q.Port = model.PortSpec{Text: "icmp", Echo: true}
	case 1, 2:
		q.Port = model.PortSpec{Text: "udp", Protocol: packet.UDP, Ports: all}
	case 3:
		q.Port = model.PortSpec{Text: "all", All: true}
	case 4:
		q.Port = model.PortSpec{Text: "tcp/80", Protocol: packet.TCP, Ports: []packet.PortRange{{Lo: 80, Hi: 80}}}
	default:
		q.Port = model.PortSpec{Text: "tcp", Protocol: packet.TCP, Ports: all}
	}
	from := c.instance()
	q.From = model.Endpoint{Text: from.Name, Kind: model.EndpointResource, Resource: from}
	if len(from.Interfaces) > 1 && c.IntN(2) == 0 {
		i := from.Interfaces[c.IntN(len(from.Interfaces))]
		q.From = model.Endpoint{Text: i.Name, Kind: model.EndpointResource, Resource: i}
	}
	if c.IntN(12) == 0 { // by an address of its own
		i := from.Interfaces[c.IntN(len(from.Interfaces))]
		if len(i.Private) > 0 {
			q.From = addressEndpoint(i.Private[c.IntN(len(i.Private))])
		}
	}
	if from, ok := c.connects(); ok && c.IntN(12) == 0 {
		q.From = from
	}
	if from, to, ok := c.otherFamily(); ok && c.IntN(8) == 0 {
		q.From, q.To = from, to
		return q
	}
	if e := c.service(); e != nil && c.IntN(12) == 0 { // also from another VPC (EP-5)
		q.To = model.Endpoint{Text: e.Name, Kind: model.EndpointResource, Resource: e}
		return q
	}
	to := c.instance().Interfaces[0]
	switch c.IntN(14) {
	case 0, 1, 2: // near
		for range 20 {
			if to.Subnet.VPC == from.Interfaces[0].Subnet.VPC && to.Owner != model.Resource(from) {
				break
			}
			to = c.instance().Interfaces[0]
		}
		q.To = c.address(to, false)
	case 3: // anywhere, by its private address
		q.To = c.address(to, false)
	case 4: // by its public one
		q.To = c.address(to, true)
	case 5: // out
		q.To = c.outside(to)
	case 6, 7: // in
		q.From, q.To = c.outside(to), c.address(to, true)
	case 8: // from or to a site
		if n := len(c.topo.ExternalNetworks); n > 0 {
			site := c.topo.ExternalNetworks[c.IntN(n)]
			e := model.Endpoint{Text: site.Name, Kind: model.EndpointResource, Resource: site}
			if c.IntN(2) == 0 {
				q.From, q.To = e, c.behind(site, to)
				if c.IntN(8) == 0 {
					other := c.topo.ExternalNetworks[c.IntN(n)]
					q.To = addressEndpoint(other.CIDRs[0].Prefix.Addr().Next())
				}
				break
			}
			q.To = e
			break
		}
		q.To = c.address(to, true)
	case 9: // a NAT gateway, a forwarding host, or nobody
		if n := len(c.topo.NATGateways); n > 0 && c.IntN(3) == 0 {
			q.To = c.address(c.topo.NATGateways[c.IntN(n)].Interfaces[0], c.IntN(2) == 0)
			break
		}
		if c.IntN(3) == 0 {
			q.To = addressEndpoint(to.Subnet.Prefixes()[0].Addr().Next().Next().Next().Next().Next())
			break
		}
		for range 20 {
			if to.Instance().IPForward {
				break
			}
			to = c.instance().Interfaces[0]
		}
		if q.To = c.address(to, true); c.IntN(2) == 0 {
			q.From = c.outside(to)
		}
	case 12, 13: // what is no host: a load balancer, an endpoint, what nobody has
		if to, ok := c.special(); ok {
			if q.To = to; c.IntN(3) == 0 && to.Kind == model.EndpointAddresses && !to.Prefix.Addr().IsPrivate() {
				q.From = c.outside(from.Interfaces[0])
			}
			break
		}
		q.To = c.address(to, true)
	case 10: // a host by its name, which another host may answer for
		inst := c.instance()
		q.To = model.Endpoint{Text: inst.Name, Kind: model.EndpointResource, Resource: inst}
	default: // a whole network
		whole := to.Subnet.Prefixes()[0]
		q.To = model.Endpoint{Text: whole.String(), Kind: model.EndpointAddresses, Prefix: whole}
	}
	return q
}

// service picks a gateway endpoint, or nil.
func (c *chooser) service() *model.VPCEndpoint {
	var list []*model.VPCEndpoint
	for _, e := range c.topo.VPCEndpoints {
		if e.Type == model.GatewayEndpoint {
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[c.IntN(len(list))]
}

// connects picks an Instance Connect endpoint (EP-13).
func (c *chooser) connects() (model.Endpoint, bool) {
	var list []*model.VPCEndpoint
	for _, e := range c.topo.VPCEndpoints {
		if e.Type == model.InstanceConnectEndpoint {
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		return model.Endpoint{}, false
	}
	e := list[c.IntN(len(list))]
	return model.Endpoint{Text: e.Name, Kind: model.EndpointResource, Resource: e}, true
}

// otherFamily picks an instance whose subnet leads the IPv4 internet's place in
// IPv6 to a NAT gateway, and something there (NGW-14).
func (c *chooser) otherFamily() (from, to model.Endpoint, ok bool) {
	var list []*model.Interface
	for _, i := range c.topo.Interfaces {
		if i.Instance() != nil && len(i.IPv6) > 0 && slices.ContainsFunc(i.Subnet.RouteTable.Routes, func(r *model.Route) bool { return r.Destination == nat64 }) {
			list = append(list, i)
		}
	}
	if len(list) == 0 {
		return from, to, false
	}
	i := list[c.IntN(len(list))]
	from = model.Endpoint{Text: i.Name, Kind: model.EndpointResource, Resource: i}
	to = addressEndpoint(embed(usualAddresses[0][c.IntN(3)]))
	switch far := c.instance().Interfaces[0]; {
	case c.IntN(3) == 0 && len(far.Private) > 0:
		to = addressEndpoint(embed(far.Private[0]))
	case c.IntN(3) == 0 && len(far.Public) > 0:
		to = addressEndpoint(embed(far.Public[0].Public))
	case c.IntN(5) == 0:
		whole := netip.PrefixFrom(embed(netip.MustParseAddr("198.51.100.0")), 120)
		to = model.Endpoint{Text: whole.String(), Kind: model.EndpointAddresses, Prefix: whole}
	}
	return from, to, true
}

// behind picks an address of an interface, as a site asks for it: often one
// that the gateway in front of the site maps, of any interface.
func (c *chooser) behind(site *model.ExternalNetwork, to *model.Interface) model.Endpoint {
	if site.Edge != nil && c.IntN(3) > 0 {
		var list []netip.Addr
		for _, i := range c.topo.Interfaces {
			for _, p := range i.Public {
				if p.By == site.Edge.ID().Kind {
					list = append(list, p.Public)
				}
			}
		}
		if len(list) > 0 {
			return addressEndpoint(list[c.IntN(len(list))])
		}
	}
	return c.address(to, false)
}

// special picks something that takes connections in and is no host, or an
// address that only a route knows.
func (c *chooser) special() (model.Endpoint, bool) {
	var list []model.Endpoint
	for _, lb := range c.topo.LoadBalancers {
		for _, n := range lb.Nodes {
			list = append(list, c.address(n, false), c.address(n, true))
		}
		list = append(list, model.Endpoint{Text: lb.Name, Kind: model.EndpointResource, Resource: lb})
	}
	for _, e := range c.topo.VPCEndpoints {
		switch e.Type {
		case model.GatewayEndpoint, model.InterfaceEndpoint:
			list = append(list, model.Endpoint{Text: e.Name, Kind: model.EndpointResource, Resource: e})
		}
	}
	for _, t := range c.topo.RouteTables {
		for _, p := range t.Pools {
			for n := range 4 { // in each quarter
				a := p.Prefix.Addr().As4()
				a[3] = byte(64*n + 7)
				list = append(list, addressEndpoint(netip.AddrFrom4(a)))
			}
		}
	}
	for _, i := range c.topo.Interfaces {
		for _, p := range i.Public {
			if p.By != model.KindInternetGateway {
				list = append(list, addressEndpoint(p.Public))
			}
		}
	}
	for _, a := range []string{"172.31.0.9", "172.20.200.1", "10.200.0.1", "2001:db8:ffff::7"} {
		if len(c.topo.VPNGateways)+len(c.topo.TransitGateways)+len(c.topo.PeeringConnections) > 0 && c.IntN(3) == 0 {
			list = append(list, addressEndpoint(netip.MustParseAddr(a)))
		}
	}
	if len(list) == 0 {
		return model.Endpoint{}, false
	}
	return list[c.IntN(len(list))], true
}

func (c *chooser) instance() *model.Instance {
	for {
		if i := c.topo.Instances[c.IntN(len(c.topo.Instances))]; len(i.Interfaces) > 0 {
			return i
		}
	}
}

// address picks an address of an interface: its public one where asked and
// there is one, now and then the IPv6 one.
func (c *chooser) address(i *model.Interface, public bool) model.Endpoint {
	if len(i.IPv6) > 0 && (len(i.Private) == 0 || c.IntN(3) == 0) {
		return addressEndpoint(i.IPv6[c.IntN(len(i.IPv6))])
	}
	if public && len(i.Public) > 0 {
		return addressEndpoint(i.Public[0].Public)
	}
	return addressEndpoint(i.Private[c.IntN(len(i.Private))])
}

// outside picks something on the internet.
func (c *chooser) outside(to *model.Interface) model.Endpoint {
	if len(to.IPv6) > 0 && c.IntN(4) == 0 {
		return model.Endpoint{Text: "internet6", Kind: model.EndpointInternet6}
	}
	switch c.IntN(3) {
	case 0:
		return model.Endpoint{Text: "internet", Kind: model.EndpointInternet}
	case 1:
		return addressEndpoint(netip.MustParseAddr("198.51.100.7"))
	}
	return addressEndpoint(netip.MustParseAddr("192.0.2.9"))
}
