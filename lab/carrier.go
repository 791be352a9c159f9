package lab

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// buildCarriers makes the network behind each carrier gateway (MISC-3): a host
// that has the addresses of the networks there, and the way from it to carrier
// IP addresses and to the internet. A VPC with carrier IP addresses and no
// gateway gets a link that says so.
func (l *Lab) buildCarriers() error {
	for k, v := range l.Topology.VPCs {
		if v.CarrierGateway != nil {
			if err := l.buildCarrier(k, v.CarrierGateway); err != nil {
				return err
			}
		}
	}
	for k, v := range l.Topology.VPCs {
		inward := mappedIn(l.Topology, v, model.KindCarrierGateway)
		if len(inward) == 0 {
			continue
		}
		var resource model.Resource = v
		if v.CarrierGateway != nil {
			resource = v.CarrierGateway
		}
		for n, from := range append([]*node{l.internet}, l.carriers()...) {
			p := port{kind: portCarrierIn, name: linkName("k", 100*k+n, "i"), vpc: v, resource: resource}
			if from == l.internet {
				p.kind = portCarrierInternet
			}
			_, index, err := l.port(p, from.namespace, p.name)
			if err != nil {
				return err
			}
			for _, a := range inward {
				if err := from.route(unix.RT_TABLE_LOCAL, full(a), index, 5, unix.RTN_UNICAST); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// mappedIn lists what the gateways of a kind map to addresses of a VPC.
func mappedIn(t *model.Topology, v *model.VPC, by model.Kind) []netip.Addr {
	var out []netip.Addr
	for _, i := range t.Interfaces {
		for _, p := range i.Public {
			if i.Subnet.VPC == v && p.By == by {
				out = append(out, p.Public)
			}
		}
	}
	return out
}

// carriers lists the networks behind carrier gateways, in order.
func (l *Lab) carriers() []*node {
	var out []*node
	for _, v := range l.Topology.VPCs {
		if n := l.edges[v.CarrierGateway]; n != nil {
			out = append(out, n)
		}
	}
	return out
}

// buildCarrier makes the network behind one carrier gateway. What it has not
// itself it hands to the internet.
func (l *Lab) buildCarrier(k int, g *model.CarrierGateway) error {
	n, index, err := l.edge(g, port{kind: portCarrier, name: linkName("k", k, ""), vpc: g.VPC, resource: g}, g.Networks)
	if err != nil {
		return err
	}
	for _, a := range mappedIn(l.Topology, g.VPC, model.KindCarrierGateway) {
		if err := n.route(unix.RT_TABLE_LOCAL, full(a), index, 1, unix.RTN_UNICAST); err != nil {
			return err
		}
	}
	for _, b := range g.VPC.CIDRs { // which the gateway does not know
		if err := n.route(unix.RT_TABLE_MAIN, b.Prefix, index, 5, unix.RTN_UNICAST); err != nil {
			return err
		}
	}
	name := linkName("k", k, "net")
	out, in, err := veth(n.namespace, name, l.internet.namespace, name)
	if err != nil {
		return err
	}
	if err := n.route(unix.RT_TABLE_MAIN, anyOf(false), out, 10, unix.RTN_UNICAST); err != nil {
		return err
	}
	_ = in // what comes back is for a carrier IP address, and goes to its VPC
	return nil
}

// edge makes the host that stands for the networks behind a carrier or local
// gateway, with its link to the fabric.
func (l *Lab) edge(g model.Resource, p port, networks []*model.ExternalNetwork) (*node, int, error) {
	ns, err := l.namespace(g.ID().Name, forwarderSettings)
	if err != nil {
		return nil, 0, err
	}
	n := &node{namespace: ns, edge: g}
	l.edges[g] = n
	l.nodes = append(l.nodes, n)
	lo, err := ns.up("lo")
	if err != nil {
		return nil, 0, err
	}
	_, index, err := l.port(p, ns, p.name)
	if err != nil {
		return nil, 0, err
	}
	for k, e := range networks {
		for m, b := range e.CIDRs {
			if err := ns.route(unix.RT_TABLE_LOCAL, b.Prefix, lo, 10+100*k+m, unix.RTN_LOCAL); err != nil {
				return nil, 0, err
			}
		}
	}
	return n, index, nil
}

// otherZone stops what comes by a local route from another Wavelength Zone.
func (r *ruleset) otherZone(p *port) []string {
	if !model.WavelengthZone(p.iface.Subnet.AZ) {
		return nil
	}
	var from []string
	for _, o := range r.l.ports {
		if o.kind == portInterface && o.vpc == p.vpc && model.WavelengthZone(o.iface.Subnet.AZ) && o.iface.Subnet.AZ != p.iface.Subnet.AZ {
			from = append(from, fmt.Sprintf("%q", o.name))
		}
	}
	if len(from) == 0 || len(p.iface.Private) == 0 {
		return nil
	}
	d := r.drop(Drop{Code: eval.WavelengthZones, Component: p.vpc.Name})
	return []string{fmt.Sprintf("iifname %s ip daddr %s %s", set(from), set(p.iface.Private), d)}
}

// toCarrier is what a carrier gateway lets out: from interfaces of its VPC with
// a carrier IP address.
func (r *ruleset) toCarrier(p *port) string {
	k, g := r.l.vpcNumber(p.vpc), p.resource.(*model.CarrierGateway)
	bare := r.drop(Drop{Code: eval.CarrierNoAddress, Component: g.Name})
	spoofed := r.drop(Drop{Code: eval.GatewayRejectsSpoofed, Component: g.Name})
	rules := []string{fmt.Sprintf("ip saddr != @own4_%d %s", k, spoofed), fmt.Sprintf("ip6 saddr != @own6_%d %s", k, spoofed)}
	rules = append(rules, r.blockedOut(p.vpc, false)...)
	rules = append(rules, "meta nfproto ipv6 "+bare, fmt.Sprintf("ip saddr != @carrier_mapped_%d %s", k, bare))
	rules = append(rules, r.noUDP(p, g))
	chain := "to_" + p.name
	r.chain(chain, rules...)
	return jump(p, chain)
}

// noUDP stops UDP on its way to the internet, but for zones that are open to it.
func (r *ruleset) noUDP(p *port, g *model.CarrierGateway) string {
	var near []string
	for _, e := range g.Networks {
		for _, b := range e.CIDRs {
			near = append(near, b.Prefix.Masked().String())
		}
	}
	for _, v := range r.l.Topology.VPCs {
		for _, a := range mappedIn(r.l.Topology, v, model.KindCarrierGateway) {
			if !slices.ContainsFunc(g.Networks, func(e *model.ExternalNetwork) bool {
				return slices.ContainsFunc(e.CIDRs, func(b model.Block) bool { return b.Prefix.Contains(a) })
			}) {
				near = append(near, a.String())
			}
		}
	}
	match := "meta l4proto udp ip dscp != { 1, 3 } "
	if len(near) > 0 {
		match += fmt.Sprintf("ip daddr != %s ", set(near))
	}
	var open []string
	for _, i := range r.l.Topology.Interfaces {
		if strings.HasPrefix(i.Subnet.AZ, africa) && r.l.emitter(i) != 0 {
			open = append(open, fmt.Sprint(r.l.emitter(i)))
		}
	}
	if len(open) > 0 {
		match += fmt.Sprintf("meta mark & %#x != %s ", markEmitter, set(open))
	}
	return match + r.drop(Drop{Code: eval.CarrierProtocol, Component: g.Name, Inside: true})
}

// africa begins the names of the zones whose carrier gateways let everything
// pass between them and the internet.
const africa = "eu-west-3-"

// fromCarrier is what a carrier gateway takes in for a carrier IP address:
// from the carrier's network anything, from the internet replies and pings.
func (r *ruleset) fromCarrier(p *port) string {
	k, chain := r.l.vpcNumber(p.vpc), "from_"+p.name
	g, ok := p.resource.(*model.CarrierGateway)
	if !ok {
		r.chain(chain, r.drop(Drop{Code: eval.NoCarrierGateway, Component: p.vpc.Name}))
		return jump(p, chain)
	}
	in := chain + "_in"
	r.chain(in, fmt.Sprintf("ip daddr != @carrier_given_%d %s", k, r.drop(Drop{Code: eval.CarrierNoInterface, Component: g.Name})),
		fmt.Sprintf("ip daddr set ip daddr map @carrier_inward_%d", k))
	rules := []string{"goto " + in}
	if p.kind == portCarrierInternet {
		rules = nil
		for _, s := range isReply {
			rules = append(rules, s+" goto "+in)
		}
		rules = append(rules, "icmp type echo-request goto "+in)
		for _, i := range r.l.Topology.Interfaces {
			for _, a := range i.Public {
				if strings.HasPrefix(i.Subnet.AZ, africa) && a.By == model.KindCarrierGateway {
					rules = append(rules, fmt.Sprintf("ip daddr %s goto %s", a.Public, in))
				}
			}
		}
		rules = append(rules, r.drop(Drop{Code: eval.CarrierFromInternet, Component: g.Name}))
	}
	r.chain(chain, rules...)
	return jump(p, chain)
}
