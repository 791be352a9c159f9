package lab

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// expectation is what the analyzer says of one direction, read off the hops
// that it records for explain.
type expectation struct {
	walked bool
	steps  []Step
	drop   *Drop
	rules  []int // of a network ACL: one of them drops, by the port that a NAT chose
	// forked tells that a choice decides, of a NAT, a load balancer or a
	// transit gateway; then the ways are not compared.
	forked  bool
	deliver *eval.Hop
	last    *eval.Hop
}

func expected(w eval.Walk) expectation {
	e := expectation{walked: w.Walked && len(w.Hops) > 0}
	after := map[int]bool{}
	for _, h := range w.Hops {
		if !h.Supposed {
			e.forked = e.forked || after[h.After] || h.Passed
			after[h.After] = true
		}
	}
	for _, h := range w.Hops {
		if h.Supposed || e.drop != nil && !e.forked {
			continue
		}
		e.last = h
		e.hop(h)
	}
	return e
}

// hop adds what one hop says.
func (e *expectation) hop(h *eval.Hop) {
	stopped := h.Action == eval.Drop || h.Action == eval.Deny && !h.Passed
	switch h.Kind {
	case model.KindSecurityGroup, model.KindNetworkInterface:
		if h.Interface != nil && h.Direction != "" {
			way := "in"
			if h.Direction == "egress" {
				way = "out"
			}
			switch owner := h.Interface.Owner.(type) {
			case *model.LoadBalancer, *model.VPCEndpoint:
				e.pass(owner.ID().Name)
			default:
				e.step(way, h.Interface.Name)
			}
		}
	case model.KindNATGateway:
		if g, ok := h.Resource.(*model.NATGateway); ok && h.Code != eval.RoutingLoop {
			name := stepName(g.Interfaces[0])
			e.step("in", name)
			if !stopped {
				e.step("out", name)
			}
		}
	case model.KindLoadBalancer:
		e.pass(h.Component)
	case model.KindVPCEndpoint:
		service := h.Resource.(*model.VPCEndpoint).Type == model.GatewayEndpoint
		if h.Action != eval.Deliver && (!service || h.Action == eval.Forward) {
			e.pass(h.Component)
		}
	case model.KindTransitGatewayAttachment:
		if !stopped {
			e.step("through", h.Component)
			if s, ok := strings.CutPrefix(h.Message, "into "); ok {
				e.step("into", s)
			}
		}
	case model.KindInternetGateway, model.KindEgressOnlyInternetGateway, model.KindPeeringConnection, model.KindVPNGateway, model.KindVPNConnection, model.KindTunnel,
		model.KindTransitGateway, model.KindDirectConnectGateway, model.KindCarrierGateway, model.KindLocalGateway:
		if !stopped && h.Action != eval.Deliver && h.Action != eval.Originate && !slices.Contains(h.RuleIDs, "NGW-12") {
			e.step("through", h.Component)
		}
	}
	if h.Action == eval.Deliver {
		e.deliver = h
	}
	if stopped {
		e.drop = &Drop{Code: h.Code, Component: h.Component, Direction: h.Direction}
		if e.rules = deniedBy(h); len(e.rules) > 0 {
			e.drop.Rule = e.rules[0]
		}
	}
}

// step adds a step; the group and the check of one interface are one.
func (e *expectation) step(way, name string) {
	s := Step{way, name}
	if n := len(e.steps); n > 0 && e.steps[n-1] == s && way != "through" {
		return
	}
	e.steps = append(e.steps, s)
}

// pass adds a passage through a device, of which several hops may tell.
func (e *expectation) pass(name string) {
	if n := len(e.steps); n == 0 || e.steps[n-1] != (Step{"through", name}) {
		e.step("through", name)
	}
}

func deniedBy(h *eval.Hop) []int {
	var out []int
	if h.Kind == model.KindNetworkACL {
		for _, r := range h.Rules {
			if r.Decides && !r.Allow {
				out = append(out, r.Number)
			}
		}
	}
	return out
}

// question is the analyzer's form of a probe; ok is false where a question
// cannot say the same.
func (l *Lab) question(p Probe) (eval.Question, bool) {
	h := p.Header
	q := eval.Question{Record: true, To: addressEndpoint(h.Dst), Port: portSpec(h),
		SourcePorts: model.SourcePorts{Range: packet.PortRange{Lo: h.SPort, Hi: h.SPort}}}
	switch {
	case p.Endpoint != nil:
		q.From = model.Endpoint{Text: p.Endpoint.Owner.ID().Name, Kind: model.EndpointResource, Resource: p.Endpoint.Owner}
	case p.Named != nil:
		q.From = model.Endpoint{Text: p.Named.Name, Kind: model.EndpointResource, Resource: p.Named}
	case p.Instance != nil && !h.Src.IsValid():
		q.From = model.Endpoint{Text: p.Instance.Name, Kind: model.EndpointResource, Resource: p.Instance}
	case p.Site != nil && l.siteOf(h.Src) != p.Site, p.Edge != nil && l.edgeOf(h.Src) != p.Edge,
		l.nodeOf(p) == l.internet && l.networkOf(h.Src) != nil:
		return q, false
	default:
		q.From = addressEndpoint(h.Src)
	}
	return q, true
}

// networkOf is the network that an address is taken for where it is asked for
// without a name: of several that have it, the first that is not on the
// internet.
func (l *Lab) networkOf(a netip.Addr) *model.ExternalNetwork {
	for _, e := range l.Topology.ExternalNetworks {
		for _, b := range e.CIDRs {
			if !e.OnInternet() && b.Prefix.Contains(a) {
				return e
			}
		}
	}
	return nil
}

// siteOf is the connection of the site that an address is taken for.
func (l *Lab) siteOf(a netip.Addr) *model.VPNConnection {
	if e := l.networkOf(a); e != nil {
		return e.Behind()
	}
	return nil
}

// edgeOf is the carrier or local gateway of the network that an address is
// taken for.
func (l *Lab) edgeOf(a netip.Addr) model.Resource {
	if e := l.networkOf(a); e != nil {
		return e.Edge
	}
	return nil
}

func addressEndpoint(a netip.Addr) model.Endpoint {
	return model.Endpoint{Text: a.String(), Kind: model.EndpointAddresses, Prefix: full(a)}
}

func portSpec(h packet.Header) model.PortSpec {
	if h.Proto == packet.ICMP || h.Proto == packet.ICMPv6 {
		return model.PortSpec{Text: "icmp", Echo: true, Protocol: h.Proto}
	}
	return model.PortSpec{Text: packet.ProtoName(h.Proto), Protocol: h.Proto, Ports: []packet.PortRange{{Lo: h.DPort, Hi: h.DPort}}}
}

// within reports whether a packet description has an address and a port.
func within(p eval.Packet, a netip.AddrPort, ported bool) bool {
	k := addr.KeyOf(a.Addr())
	if addr.FamilyOf(a.Addr()) != p.Family || !slices.ContainsFunc(p.Source, func(r addr.Range) bool { return r.Contains(k) }) {
		return false
	}
	return !ported || slices.ContainsFunc(p.SourcePorts, func(r packet.PortRange) bool { return r.Lo <= a.Port() && a.Port() <= r.Hi })
}
