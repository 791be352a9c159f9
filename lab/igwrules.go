package lab

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// fromInternet is what an internet gateway does first with what comes in:
// refuse private sources, and map the public address (GW-6). A VPC without
// one takes nothing in.
func (r *ruleset) fromInternet(p *port) string {
	k := r.l.vpcNumber(p.vpc)
	chain := fmt.Sprintf("from_%s", p.name)
	mark := fmt.Sprintf("meta mark set %#x return", markEgress)
	var rules []string
	for _, s := range known("egress_only", "", mark) {
		if strings.Contains(s, "ip6") {
			rules = append(rules, s)
		}
	}
	g, ok := p.resource.(*model.InternetGateway)
	if !ok {
		d := Drop{Code: eval.NoInternetGateway, Component: p.vpc.Name}
		for _, e := range r.l.Topology.EgressOnlyGateways {
			if e.VPC == p.vpc {
				rules = append(rules, "meta nfproto ipv6 "+r.drop(Drop{Code: eval.EgressOnlyGatewayIngress, Component: e.Name}))
			}
		}
		r.chain(chain, append(rules, r.drop(d))...)
		return jump(p, chain)
	}
	rules = append(rules,
		"ip saddr { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 } "+r.drop(Drop{Code: eval.IGWSourceRFC1918, Component: g.Name}),
		"ip saddr 100.64.0.0/10 "+r.drop(Drop{Code: eval.IGWSourceRFC6598, Component: g.Name}),
		r.internal(p.vpc))
	for _, c := range poolsOf(g) { // GW-14: untranslated
		rules = append(rules, peerMatch("daddr", c)+" return")
	}
	rules = append(rules,
		fmt.Sprintf("ip daddr != @given_%d %s", k, r.drop(Drop{Code: eval.IGWNoPrivateIP, Component: g.Name})),
		fmt.Sprintf("ip daddr set ip daddr map @inward_%d", k))
	r.chain(chain, rules...)
	return jump(p, chain)
}

// internal stops what comes in for the IPv6 addresses of internal load
// balancers (EP-12).
func (r *ruleset) internal(v *model.VPC) string {
	var rules []string
	for _, lb := range r.l.Topology.LoadBalancers {
		for _, n := range lb.Nodes {
			if a := n.Primary(true); lb.VPC == v && !lb.InternetFacing && a.IsValid() {
				rules = append(rules, fmt.Sprintf("ip6 daddr %s %s", a, r.drop(Drop{Code: eval.BalancerInternal, Component: lb.Name, Entered: true, Through: lb.Name})))
			}
		}
	}
	return strings.Join(rules, "\n\t")
}

// toInternet is what an internet gateway lets out (IGW-3, IGW-8, IGW-9,
// GW-12).
func (r *ruleset) toInternet(p *port, g *model.InternetGateway) string {
	k := r.l.vpcNumber(p.vpc)
	rules := []string{
		"ip daddr { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 } " + r.drop(Drop{Code: eval.IGWDestinationRFC1918, Component: g.Name}),
		"ip daddr 100.64.0.0/10 " + r.drop(Drop{Code: eval.IGWDestinationRFC6598, Component: g.Name}),
	}
	redirected := r.drop(Drop{Code: eval.IngressRedirection, Component: g.Name})
	for _, o := range r.l.ports {
		if o.kind != portInterface || o.vpc != p.vpc || g.EdgeTable == nil || inspects(o.iface) != nil {
			continue
		}
		for _, c := range o.iface.Subnet.Prefixes() {
			if to := redirect(g.EdgeTable, c); to != nil && to != o.iface {
				rules = append(rules, fmt.Sprintf("iifname %q %s %s", o.name, peerMatch("daddr", anyOf(c.Addr().Is6())), redirected))
			}
		}
	}
	for _, own := range r.fromPool(g) { // GW-14
		for _, s := range r.blockedOut(p.vpc, false) {
			rules = append(rules, own+s)
		}
		rules = append(rules, own+"return")
	}
	spoofed := r.drop(Drop{Code: eval.GatewayRejectsSpoofed, Component: g.Name})
	rules = append(rules,
		fmt.Sprintf("ip saddr != @own4_%d %s", k, spoofed), fmt.Sprintf("ip6 saddr != @own6_%d %s", k, spoofed))
	rules = append(rules, r.blockedOut(p.vpc, false)...)
	rules = append(rules, fmt.Sprintf("ip saddr != @mapped_%d %s", k, r.drop(Drop{Code: eval.IGWNoPublicIP, Component: g.Name})))
	chain := "to_" + p.name
	r.chain(chain, rules...)
	return jump(p, chain)
}

// poolsOf lists the ranges of the owner's own that a gateway's table takes in
// (GW-14).
func poolsOf(g *model.InternetGateway) []netip.Prefix {
	if g == nil || g.EdgeTable == nil {
		return nil
	}
	return prefixesOf(g.EdgeTable.Pools)
}

// fromPool matches what a host sends from the part of such a range that the
// gateway's table leads to it.
func (r *ruleset) fromPool(g *model.InternetGateway) []string {
	var out []string
	for _, pool := range poolsOf(g) {
		for _, route := range g.EdgeTable.Routes {
			to, ok := route.Target.(*model.Interface)
			if !ok || to.Owner == nil || !route.Destination.IsValid() || !pool.Contains(route.Destination.Addr()) {
				continue
			}
			for _, i := range r.l.Topology.Interfaces {
				if i.Owner == to.Owner {
					out = append(out, fmt.Sprintf("meta mark & %#x == %d ip saddr %s ", markEmitter, r.l.emitter(i), route.Destination.Masked()))
				}
			}
		}
	}
	return out
}

// redirect returns the interface to which a gateway's route table sends what
// comes in for a subnet, or nil. Such a table names whole subnets and whole
// blocks of the VPC only (GW-3), the longer one first.
func redirect(t *model.RouteTable, subnet netip.Prefix) *model.Interface {
	var best *model.Route
	bits := -1
	for _, route := range t.Routes {
		for _, p := range route.Prefixes() {
			if p.Bits() <= subnet.Bits() && p.Contains(subnet.Addr()) && p.Bits() > bits {
				best, bits = route, p.Bits()
			}
		}
	}
	if best == nil {
		return nil
	}
	switch t := best.Target.(type) {
	case *model.Interface:
		return t
	case *model.VPCEndpoint:
		return t.Interfaces[0]
	}
	return nil
}

// translated is the mapping of a gateway on the way out, behind the report of
// the packet.
func (r *ruleset) translated(p *port, by string) string {
	chain := "map_" + p.name
	r.chain(chain, fmt.Sprintf("ip saddr set ip saddr map @%s_%d", by, r.l.vpcNumber(p.vpc)))
	return jump(p, chain)
}

// toEgressOnly is an egress-only gateway: it remembers what goes out, and a
// reply to what did not come in through it does not leave (EIGW-1).
func (r *ruleset) toEgressOnly(p *port) string {
	e := p.resource.(*model.EgressOnlyInternetGateway)
	rules := []string{fmt.Sprintf("ip6 saddr != @own6_%d %s", r.l.vpcNumber(p.vpc), r.drop(Drop{Code: eval.GatewayRejectsSpoofed, Component: e.Name}))}
	rules = append(rules, r.blockedOut(p.vpc, true)...)
	asymmetric := r.drop(Drop{Code: eval.ReturnPathAsymmetric, Component: e.Name})
	for _, s := range isReply {
		rules = append(rules, s+" "+asymmetric)
	}
	for _, s := range remember("egress_only", "") {
		if strings.Contains(s, "ip6") {
			rules = append(rules, s)
		}
	}
	chain := "to_" + p.name
	r.chain(chain, rules...)
	return jump(p, chain)
}
