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
	kept, units := "", []string{}
	for k, i := range r.l.kept {
		if _, ok := i.Owner.(*model.LoadBalancer); ok { // LB-6: a node's packets may keep the client's address
			units = append(units, fmt.Sprintf("%#x", (k+1)*keptUnit))
		}
	}
	if len(units) > 0 {
		kept = fmt.Sprintf("meta mark & %#x != %s ", markKept, set(units))
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
		if g.VPC == p.vpc {
			for _, i := range g.Interfaces {
				nats = append(nats, i.Index+1)
			}
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

// intoVPN is a VPN gateway that something comes to from a site.
func (r *ruleset) intoVPN(p *port) string {
	chain := "to_" + p.name
	rule := ""
	if p.vpc == nil {
		rule = r.drop(Drop{Code: eval.BadStateRoute, Component: p.resource.ID().Name, Inside: true})
	}
	r.chain(chain, rule)
	return jump(p, chain)
}

// fromVPN is what a VPN gateway takes from a site into its VPC: only what is
// for an interface there (VGW-3). The rest may be for another site.
func (r *ruleset) fromVPN(p *port) string {
	chain := "behind_" + p.name
	d := r.drop(Drop{Code: eval.VPNGatewayDestination, Component: p.resource.ID().Name})
	k := r.l.vpcNumber(p.vpc)
	var others []string
	for _, o := range r.l.links {
		others = append(others, fmt.Sprintf("%q", o.name))
	}
	rules := []string{fmt.Sprintf("ip daddr != @own4_%d %s", k, d), fmt.Sprintf("ip6 daddr != @own6_%d %s", k, d)}
	if len(others) > 0 {
		rules = append([]string{fmt.Sprintf("oifname %s return", set(others))}, rules...)
	}
	r.chain(chain, rules...)
	return jump(p, chain)
}

// noExit is what a site sends nowhere, since the topology says what it routes
// into its connections (VGW-6).
func (r *ruleset) noExit(p *port) string {
	chain := "from_" + p.name
	var rules []string
	for _, c := range together(p.resource.(*model.VPNConnection)) {
		for _, s := range sitesBehind(c) {
			name := s.resource.ID().Name
			if len(s.links) == 1 {
				if name = s.links[0].Name; s.links[0].CustomerGateway != nil {
					name = s.links[0].CustomerGateway.Name
				}
			}
			for _, prefix := range s.prefixes {
				rules = append(rules, peerMatch("saddr", prefix)+" "+r.drop(Drop{Code: eval.CustomerGatewayNoRoute, Component: name}))
			}
		}
	}
	r.chain(chain, append(rules, "drop")...)
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
	case portSink, portDoor, portNoExit:
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
