package lab

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// isReply matches what answers a request: the only mark of a UDP reply is the
// one that the lab's own servers set.
var isReply = []string{
	"tcp flags & (syn | ack) == syn | ack",
	"icmp type echo-reply",
	"icmpv6 type echo-reply",
	"meta l4proto udp ip dscp { 1, 3 }",
	"meta l4proto udp ip6 dscp { 1, 3 }",
}

// leaving is what happens to a packet that an interface puts on the wire
// (M-3), in the hook before routing.
func (r *ruleset) leaving(p *port) string {
	i := p.iface
	rules := []string{fmt.Sprintf("meta mark set %#x", r.l.emitter(i)|r.l.zone(i.Subnet)*zoneUnit)}
	rules = append(rules, r.withinVPC(i)...)
	rules = append(rules, r.classic(i)...)
	rules = append(rules, r.keeps(i)...)
	rules = append(rules, r.check(i, "saddr", "egress")...)
	if len(i.Groups) > 0 {
		rules = append(rules, r.groups(p, true))
	}
	if len(r.l.natPeers(p.vpc)) > 0 {
		for _, s := range known("nat_return", "", fmt.Sprintf("meta mark set meta mark | %#x", markReturn)) {
			if !strings.Contains(s, "ip6") {
				rules = append(rules, s)
			}
		}
	}
	rules = append(rules, r.keptReplies(p)...)
	for _, c := range i.Subnet.Prefixes() {
		rules = append(rules, peerMatch("daddr", c)+" return")
	}
	rules = append(rules, r.judge(i.Subnet, "out"))
	chain := fmt.Sprintf("from_%s", p.name)
	r.chain(chain, rules...)
	return jump(p, chain)
}

// entering is what happens to a packet on its way to an interface (M-4).
func (r *ruleset) entering(p *port) string {
	i := p.iface
	rules := append(r.blockedIn(p), r.notFrom(p)...)
	if g, ok := i.Owner.(*model.NATGateway); ok { // NGW-9
		var own []string
		for _, o := range g.Interfaces {
			own = append(own, fmt.Sprintf("%q", r.l.enis[o].name))
		}
		rules = append(rules, fmt.Sprintf("iifname %s %s", set(own), r.drop(Drop{Code: eval.RoutingLoop, Component: g.Name})))
	}
	rules = append(rules, r.otherZone(p)...)
	acl := r.judge(i.Subnet, "in")
	var near []string
	for _, o := range r.l.ports {
		if (o.kind == portInterface || o.kind == portAttachment) && o.iface != nil && o.iface.Subnet == i.Subnet {
			near = append(near, fmt.Sprintf("%q", o.name))
		}
	}
	inside := fmt.Sprintf("in_%s", p.name)
	for _, c := range i.Subnet.Prefixes() { // ACL-7: not within the subnet
		rules = append(rules, fmt.Sprintf("iifname %s %s goto %s", set(near), peerMatch("daddr", c), inside))
	}
	if k := slices.Index(r.l.kept, i); k >= 0 { // LB-7: straight back from a neighbour
		rules = append(rules, fmt.Sprintf("iifname %s meta mark & %#x == %#x goto %s", set(near), markBack|markKept, markBack|(k+1)*keptUnit, inside))
	}
	chain := fmt.Sprintf("to_%s", p.name)
	r.chain(inside, r.inside(p)...)
	r.chain(chain, append(rules, acl, "goto "+inside)...)
	return jump(p, chain)
}

// inside is what the interface itself does: security groups, the check, and
// what a NAT gateway does not take.
func (r *ruleset) inside(p *port) []string {
	i := p.iface
	rules := r.keptRequests(i)
	if len(i.Groups) > 0 {
		rules = append(rules, r.groups(p, false))
	}
	rules = append(rules, r.check(i, "daddr", "ingress")...)
	switch owner := i.Owner.(type) {
	case *model.NATGateway:
		rules = append(rules, r.natGateway(p, owner)...)
	case *model.LoadBalancer:
		rules = append(rules, r.balancer(owner, i, "")...)
	case *model.VPCEndpoint:
		rules = append(rules, r.endpoint(owner, i)...)
	}
	return rules
}

// natGateway is what a NAT gateway takes in: replies, and the requests of its
// VPC's interfaces and of what came into the VPC by a transit gateway (NGW-10,
// NGW-11).
func (r *ruleset) natGateway(p *port, g *model.NATGateway) []string {
	i := p.iface
	var rules []string
	if igw := p.vpc.InternetGateway; g.Regional && igw != nil { // NGW-19: replies come by the internet gateway
		wrong := r.drop(Drop{Code: eval.ReturnPathAsymmetric, Component: g.Name, Inside: true})
		var replies []string
		for _, s := range isReply {
			replies = append(replies, s+" "+wrong)
		}
		chain := "wrongside_" + p.name
		r.chain(chain, replies...)
		rules = append(rules, fmt.Sprintf("iifname != %q ip daddr %s jump %s", r.l.portOf(portInternet, igw, p.vpc).name, i.Primary(false), chain))
	}
	for _, s := range isReply {
		rules = append(rules, s+" return")
	}
	own := fmt.Sprintf("@own4_%d", r.l.vpcNumber(p.vpc))
	rules = append(rules, fmt.Sprintf("ip daddr %s %s", i.Primary(false), r.drop(Drop{Code: eval.NATGatewayUnsolicited, Component: g.Name, Inside: true})))
	rules = append(rules, fmt.Sprintf("ip6 daddr != %s %s", nat64, r.drop(Drop{Code: eval.NATGatewayFamily, Component: g.Name, Inside: true}))) // NGW-14
	rules = append(rules, r.knownEntered(p.vpc)...)
	foreign := r.drop(Drop{Code: eval.NATGatewaySource, Component: g.Name, Inside: true})
	return append(rules, fmt.Sprintf("ip saddr != %s %s", own, foreign), fmt.Sprintf("ip6 saddr != @own6_%d %s", r.l.vpcNumber(p.vpc), foreign))
}

// notFrom stops what comes from the internet by the gateway's route table to
// an interface without a public address (GW-8).
func (r *ruleset) notFrom(p *port) []string {
	g := p.vpc.InternetGateway
	if g == nil || p.iface.Mapped(model.KindInternetGateway) || inspects(p.iface) != nil {
		return nil
	}
	from, match := r.l.portOf(portInternet, g, p.vpc), "meta nfproto ipv4"
	if pools := poolsOf(g); len(pools) > 0 { // but for a range of the owner's own (GW-14)
		match = "ip daddr != " + set(pools)
	}
	return []string{fmt.Sprintf("iifname %q %s %s", from.name, match, r.drop(Drop{Code: eval.IngressNoPublicIP, Component: g.Name}))}
}
