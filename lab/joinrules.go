package lab

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// overPeering lets only what goes from the one VPC's blocks to the other's
// into a peering connection (PCX-5, PCX-6).
func (r *ruleset) overPeering(p *port) string {
	far := p.peer.vpc
	d := r.drop(Drop{Code: eval.PeeringAddress, Component: p.resource.ID().Name})
	var rules []string
	kept := ""
	if len(r.l.kept) > 0 { // LB-6: a node's packets may keep the client's address
		kept = fmt.Sprintf("meta mark & %#x == 0 ", markKept)
	}
	for _, side := range []struct {
		field, but string
		vpc        *model.VPC
	}{{"daddr", "", far}, {"saddr", kept, p.vpc}} {
		for _, v6 := range []bool{false, true} {
			var list []netip.Prefix
			for _, b := range side.vpc.Blocks() {
				if b.Prefix.Addr().Is6() == v6 {
					list = append(list, b.Prefix.Masked())
				}
			}
			if len(list) > 0 {
				rules = append(rules, fmt.Sprintf("%s%s %s != %s %s", side.but, ipWord(v6), side.field, set(list), d))
			} else {
				rules = append(rules, side.but+peerMatch(side.field, anyOf(v6))+" "+d)
			}
		}
	}
	var nats []int
	for _, g := range r.l.Topology.NATGateways {
		if g.Subnet.VPC == p.vpc {
			nats = append(nats, g.Interface.Index+1)
		}
	}
	if len(nats) > 0 {
		for _, s := range remember("nat_return", "") {
			if !strings.Contains(s, "ip6") {
				rules = append(rules, fmt.Sprintf("meta mark & %#x %s %s", markEmitter, set(nats), s))
			}
		}
	}
	if !oneRegion(p.vpc, far) {
		rules = append(rules, forgetEmitter) // SG-17
	}
	chain := "to_" + p.name
	r.chain(chain, rules...)
	return jump(p, chain)
}

// forgetEmitter hides who sent a packet last (SG-12).
var forgetEmitter = fmt.Sprintf("meta mark set meta mark & %#x", 0xffffffff&^markEmitter)

// toVPN is what a VPN gateway takes from its VPC (VGW-3).
func (r *ruleset) toVPN(p *port) string {
	chain := "to_" + p.name
	if p.vpc == nil { // detached: no route leads here
		r.chain(chain, "drop")
		return jump(p, chain)
	}
	k := r.l.vpcNumber(p.vpc)
	source := r.drop(Drop{Code: eval.VPNGatewaySource, Component: p.resource.ID().Name})
	r.chain(chain, fmt.Sprintf("ip saddr != @own4_%d %s", k, source), fmt.Sprintf("ip6 saddr != @own6_%d %s", k, source))
	return jump(p, chain)
}

// intoVPN is what a VPN gateway takes from a site: only what is for an
// interface of its VPC (VGW-3).
func (r *ruleset) intoVPN(p *port) string {
	chain := "to_" + p.name
	g := p.resource.ID().Name
	if p.vpc == nil {
		r.chain(chain, r.drop(Drop{Code: eval.BadStateRoute, Component: g, Inside: true}))
		return jump(p, chain)
	}
	d := r.drop(Drop{Code: eval.VPNGatewayDestination, Component: g, Inside: true})
	k := r.l.vpcNumber(p.vpc)
	r.chain(chain, fmt.Sprintf("ip daddr != @own4_%d %s", k, d), fmt.Sprintf("ip6 daddr != @own6_%d %s", k, d), forgetEmitter)
	return jump(p, chain)
}

// intoSink says why a packet goes nowhere, by where it came in.
func (r *ruleset) intoSink(p *port) string {
	chain := "to_" + p.name
	if p.says != nil {
		r.chain(chain, r.drop(*p.says))
		return jump(p, chain)
	}
	var rules []string
	for _, from := range r.l.ports {
		if from.kind == portVPNInside && p.name == sinkNoRoute {
			v6 := Drop{Code: eval.VPNConnectionFamily, Component: from.resource.ID().Name} // VGW-5
			rules = append(rules, fmt.Sprintf("iifname %q meta nfproto ipv6 %s", from.name, r.drop(v6)))
		}
		if d := r.noWay(p.name, from); d != (Drop{}) {
			rules = append(rules, fmt.Sprintf("iifname %q %s", from.name, r.drop(d)))
		}
	}
	r.chain(chain, rules...)
	return jump(p, chain)
}

// noWay is what a sink reports of a packet that came in by a link.
func (r *ruleset) noWay(sink string, from *port) Drop {
	switch from.kind {
	case portSink, portDoor:
		return Drop{}
	case portVPNInside:
		return Drop{Code: eval.VPNGatewayNoRoute, Component: from.resource.ID().Name}
	case portConnection:
		return Drop{Code: eval.BadStateRoute, Component: from.resource.ID().Name}
	case portTransit:
		return noTransit(sink, from.resource.(*model.TransitGatewayAttachment))
	}
	v := from.vpc
	if v == nil {
		return Drop{}
	}
	if sink == sinkNoOwner {
		return Drop{Code: eval.NoPossibleDestination, Component: v.Name}
	}
	name := v.Name
	switch {
	case from.iface != nil:
		name = from.iface.Subnet.RouteTable.Name
	case from.kind == portInternet && v.InternetGateway != nil && v.InternetGateway.EdgeTable != nil:
		name = v.InternetGateway.EdgeTable.Name
	case from.kind == portVPNGateway && v.VPNGateway.EdgeTable != nil:
		name = v.VPNGateway.EdgeTable.Name
	}
	if sink == sinkBadState {
		return Drop{Code: eval.BadStateRoute, Component: name}
	}
	return Drop{Code: eval.NoRoute, Component: name}
}
