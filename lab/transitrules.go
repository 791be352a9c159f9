package lab

import (
	"fmt"
	"slices"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// emitter is the mark of an interface as the one that sent a packet last. An
// inspecting endpoint hides it (SG-12).
func (l *Lab) emitter(i *model.Interface) int {
	if inspects(i) != nil {
		return 0
	}
	return i.Index + 1
}

// zone numbers the Availability Zones; 0 is that of a subnet without one.
func (l *Lab) zone(s *model.Subnet) int {
	var zones []string
	for _, o := range l.Topology.Subnets {
		if o.AZ != "" && !slices.Contains(zones, o.AZ) {
			zones = append(zones, o.AZ)
		}
	}
	return slices.Index(zones, s.AZ) + 1
}

// intoVPC is what comes into a VPC through a subnet of its transit gateway
// attachment: the subnet's ACL judges it on the way out of that subnet, and no
// ACL what stays in it (TGW-9, TGW-10).
func (r *ruleset) intoVPC(p *port) string {
	s := p.iface.Subnet
	rules := []string{fmt.Sprintf("meta mark set meta mark & %#x | %#x", uint32(0xffffffff&^(markZone|markLeg)), r.l.zone(s)*zoneUnit)}
	rules = append(rules, r.entered(p.vpc)...)
	for _, c := range s.Prefixes() {
		rules = append(rules, peerMatch("daddr", c)+" return")
	}
	chain := "from_" + p.name
	r.chain(chain, append(rules, "jump "+r.aclOf(s, "out"))...)
	return jump(p, chain)
}

// toTransit is what leaves a VPC through a subnet of the attachment, whose ACL
// judges it on the way in (TGW-9).
func (r *ruleset) toTransit(p *port) string {
	chain := "to_" + p.name
	r.chain(chain, "jump "+r.aclOf(p.iface.Subnet, "in"))
	return jump(p, chain)
}

// overTransit hides the sender, but between attachments that keep security
// groups (SG-16).
func (r *ruleset) overTransit(p *port) string {
	to := p.resource.(*model.TransitGatewayAttachment)
	var from []string
	for _, g := range r.l.legs {
		if names(to) && names(g.attachment) && to.VPC != nil && g.attachment.TransitGateway == to.TransitGateway {
			from = append(from, fmt.Sprintf("%q", g.inner.name))
		}
	}
	chain := "to_" + p.name
	if to.VPC == nil { // nor is there a zone any more (TGW-7)
		r.chain(chain, forgetEmitter, fmt.Sprintf("meta mark set meta mark & %#x", uint32(0xffffffff&^markZone)))
	} else if len(from) == 0 {
		r.chain(chain, forgetEmitter)
	} else {
		// The second link, from the door to a subnet, forgets nothing more.
		from = append(from, fmt.Sprintf("%q", r.l.portOf(portDoor, to, nil).name))
		r.chain(chain, fmt.Sprintf("iifname != %s %s", set(from), forgetEmitter))
	}
	return jump(p, chain)
}

// names reports whether group references may come through an attachment
// (SG-16).
func names(a *model.TransitGatewayAttachment) bool {
	return a.SGReferencing && a.TransitGateway.SGReferencing
}

// chooseLeg decides by which subnet a packet comes into a VPC (TGW-7): that in
// the zone that it comes from, else any; in appliance mode by the connection,
// alike for both directions. All packets of a connection in one direction take
// the same: a sender stays in its zone.
func (r *ruleset) chooseLeg(p *port) string {
	a := p.resource.(*model.TransitGatewayAttachment)
	chain := "from_" + p.name
	var any, zones []string
	for n, i := range a.Interfaces {
		leg := fmt.Sprintf("%s_%d", chain, n)
		r.chain(leg, fmt.Sprintf("meta mark set meta mark & %#x | %#x", uint32(0xffffffff&^markLeg), (n+1)*legUnit))
		any = append(any, fmt.Sprintf("%d : goto %s", n, leg))
		if i.Subnet.AZ != "" {
			zones = append(zones, fmt.Sprintf("%#x : goto %s", r.l.zone(i.Subnet)*zoneUnit, leg))
		}
	}
	numbers := []string{
		fmt.Sprintf("meta nfproto ipv4 jhash ip saddr . ip daddr . th sport . th dport mod %d", len(any)),
		fmt.Sprintf("meta nfproto ipv6 jhash ip6 saddr . ip6 daddr . th sport . th dport mod %d", len(any)),
	}
	var rules []string
	if a.ApplianceMode {
		numbers = []string{fmt.Sprintf("symhash mod %d", len(any))}
	} else if len(zones) > 0 {
		rules = append(rules, fmt.Sprintf("meta mark & %#x vmap { %s }", markZone, join(zones)))
	}
	for _, number := range numbers {
		if len(any) > 0 {
			rules = append(rules, fmt.Sprintf("%s vmap { %s }", number, join(any)))
		}
	}
	r.chain(chain, rules...)
	return jump(p, chain)
}

// entered remembers who comes into a VPC by a transit gateway; a NAT gateway
// there serves him, whatever lies between (NGW-11).
func (r *ruleset) entered(v *model.VPC) []string {
	if !r.l.hasNAT(v) {
		return nil
	}
	k := r.l.vpcNumber(v)
	return []string{
		fmt.Sprintf("meta nfproto ipv4 meta l4proto { tcp, udp } update @entered_%d { meta l4proto . ip saddr . th sport }", k),
		fmt.Sprintf("icmp type echo-request update @entered_%d_icmp { ip saddr . icmp id }", k),
		fmt.Sprintf("meta nfproto ipv6 meta l4proto { tcp, udp } update @entered6_%d { meta l4proto . ip6 saddr . th sport }", k),
		fmt.Sprintf("icmpv6 type echo-request update @entered6_%d_icmp { ip6 saddr . icmpv6 id }", k),
	}
}

// enteredStates writes the sets for it.
func (r *ruleset) enteredStates(v *model.VPC) {
	if !r.l.hasNAT(v) {
		return
	}
	k := r.l.vpcNumber(v)
	for name, key := range map[string]string{
		fmt.Sprintf("entered_%d", k):       "meta l4proto . ip saddr . th sport",
		fmt.Sprintf("entered_%d_icmp", k):  "ip saddr . icmp id",
		fmt.Sprintf("entered6_%d", k):      "meta l4proto . ip6 saddr . th sport",
		fmt.Sprintf("entered6_%d_icmp", k): "ip6 saddr . icmpv6 id",
	} {
		r.l.states = append(r.l.states, name)
		fmt.Fprintf(&r.sets, "set %s {\n\ttypeof %s\n\tflags dynamic,timeout\n\ttimeout 120s\n\tsize 65535\n}\n", name, key)
	}
}

func (r *ruleset) knownEntered(v *model.VPC) []string {
	k := r.l.vpcNumber(v)
	return []string{
		fmt.Sprintf("meta nfproto ipv4 meta l4proto { tcp, udp } meta l4proto . ip saddr . th sport @entered_%d return", k),
		fmt.Sprintf("icmp type echo-request ip saddr . icmp id @entered_%d_icmp return", k),
		fmt.Sprintf("meta nfproto ipv6 meta l4proto { tcp, udp } meta l4proto . ip6 saddr . th sport @entered6_%d return", k),
		fmt.Sprintf("icmpv6 type echo-request ip6 saddr . icmpv6 id @entered6_%d_icmp return", k),
	}
}

func (l *Lab) hasNAT(v *model.VPC) bool {
	return slices.ContainsFunc(l.Topology.NATGateways, func(g *model.NATGateway) bool { return g.VPC == v })
}

// noTransit is what a transit gateway's table says of what it does not carry
// (TGW-2, TGW-5).
func noTransit(sink string, from *model.TransitGatewayAttachment) Drop {
	switch {
	case from.RouteTable == nil:
		return Drop{Code: eval.TransitNoAssociation, Component: from.Name}
	case sink == sinkBadState:
		return Drop{Code: eval.TransitBadRoute, Component: from.RouteTable.Name}
	}
	return Drop{Code: eval.TransitNoRoute, Component: from.RouteTable.Name}
}
