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
	for _, side := range []struct {
		field string
		vpc   *model.VPC
	}{{"daddr", far}, {"saddr", p.vpc}} {
		for _, v6 := range []bool{false, true} {
			var list []netip.Prefix
			for _, b := range side.vpc.Blocks() {
				if b.Prefix.Addr().Is6() == v6 {
					list = append(list, b.Prefix.Masked())
				}
			}
			if len(list) > 0 {
				rules = append(rules, fmt.Sprintf("%s %s != %s %s", ipWord(v6), side.field, set(list), d))
			} else {
				rules = append(rules, peerMatch(side.field, anyOf(v6))+" "+d)
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
				rules = append(rules, fmt.Sprintf("meta mark %s %s", set(nats), s))
			}
		}
	}
	if !oneRegion(p.vpc, far) {
		rules = append(rules, "meta mark set 0") // SG-17
	}
	chain := "to_" + p.name
	r.chain(chain, rules...)
	return jump(p, chain)
}

// toVPN is what a VPN gateway takes from its VPC (VGW-3, VGW-5).
func (r *ruleset) toVPN(p *port) string {
	chain := "to_" + p.name
	if p.vpc == nil { // detached: no route leads here
		r.chain(chain, "drop")
		return jump(p, chain)
	}
	k := r.l.vpcNumber(p.vpc)
	source := r.drop(Drop{Code: eval.VPNGatewaySource, Component: p.resource.ID().Name})
	r.chain(chain,
		fmt.Sprintf("ip saddr != @own4_%d %s", k, source), fmt.Sprintf("ip6 saddr != @own6_%d %s", k, source),
		"meta nfproto ipv6 "+r.drop(Drop{Code: eval.VPNConnectionFamily, Component: p.resource.ID().Name}))
	return jump(p, chain)
}

// fromSite is what a VPN gateway takes from a site: only what is for an
// interface of its VPC (VGW-3), or for another site.
func (r *ruleset) fromSite(p *port) []string {
	c := p.resource.(*model.VPNConnection)
	chain := "site_" + p.name
	var rules []string
	var others []string
	for _, o := range r.l.ports {
		if o.kind == portConnection && o != p {
			others = append(others, fmt.Sprintf("%q", o.name))
		}
	}
	if len(others) > 0 {
		rules = append(rules, fmt.Sprintf("oifname %s return", set(others)))
	}
	if c.Gateways[0].VPC == nil {
		rules = append(rules, r.drop(Drop{Code: eval.BadStateRoute, Component: c.Gateways[0].Name}))
	} else {
		d := r.drop(Drop{Code: eval.VPNGatewayDestination, Component: c.Gateways[0].Name})
		k := r.l.vpcNumber(p.vpc)
		rules = append(rules, fmt.Sprintf("ip daddr != @own4_%d %s", k, d), fmt.Sprintf("ip6 daddr != @own6_%d %s", k, d))
	}
	r.chain(chain, rules...)
	return []string{jump(p, chain)}
}

// intoSink says why a packet goes nowhere, by where it came in.
func (r *ruleset) intoSink(p *port) string {
	chain := "to_" + p.name
	var rules []string
	for _, from := range r.l.ports {
		if d := r.noWay(p.name, from); d != (Drop{}) {
			rules = append(rules, fmt.Sprintf("iifname %q %s", from.name, r.drop(d)))
		}
	}
	r.chain(chain, rules...)
	return jump(p, chain)
}

func (r *ruleset) noWay(sink string, from *port) Drop {
	if from.kind == portSink || from.kind == portVPNGateway {
		return Drop{}
	}
	if from.kind == portVPNInside {
		return Drop{Code: eval.VPNGatewayNoRoute, Component: from.resource.ID().Name}
	}
	if from.vpc == nil {
		return Drop{}
	}
	if sink == sinkNoOwner {
		return Drop{Code: eval.NoPossibleDestination, Component: from.vpc.Name}
	}
	name := from.vpc.Name
	switch {
	case from.kind == portInterface:
		name = from.iface.Subnet.RouteTable.Name
	case from.kind == portInternet && from.vpc.InternetGateway != nil && from.vpc.InternetGateway.EdgeTable != nil:
		name = from.vpc.InternetGateway.EdgeTable.Name
	case from.kind == portConnection && from.vpc.VPNGateway != nil && from.vpc.VPNGateway.EdgeTable != nil:
		name = from.vpc.VPNGateway.EdgeTable.Name
	}
	if sink == sinkBadState {
		return Drop{Code: eval.BadStateRoute, Component: name}
	}
	return Drop{Code: eval.NoRoute, Component: name}
}
