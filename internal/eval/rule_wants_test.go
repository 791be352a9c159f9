package eval_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// blocked wants exactly these blockers, in this order, each as
// `forward ENI_SG_RULES_MISMATCH sg-web ingress`.
func blocked(list ...string) want {
	return func(_ *network, r *eval.Result) string {
		return differ("blockers", strings.Join(blockers(r), " | "), strings.Join(list, " | "))
	}
}

// because wants this blocker among others.
func because(blocker string) want {
	return func(_ *network, r *eval.Result) string {
		if slices.Contains(blockers(r), blocker) {
			return ""
		}
		return fmt.Sprintf("blockers %s, expected %s among them", strings.Join(blockers(r), " | "), blocker)
	}
}

// line wants the first blocker to point at the line of the topology that
// holds the text.
func line(text string) want {
	return func(n *network, r *eval.Result) string {
		before, _, ok := strings.Cut(n.yaml, text)
		if !ok || len(r.Blockers) == 0 {
			return "no line with " + text + " or no blocker"
		}
		return differ("the blocker points at", r.Blockers[0].At.Line, strings.Count(before, "\n")+1)
	}
}

// way returns the hops from the first to the last one that arrives, without
// supposition; where nothing arrives, to the walk's end.
func way(w eval.Walk) []*eval.Hop {
	by := map[int]*eval.Hop{}
	var last *eval.Hop
	for _, h := range w.Hops {
		by[h.N] = h
		if last == nil || h.Action == eval.Deliver && !h.Supposed || last.Action != eval.Deliver || last.Supposed {
			last = h
		}
	}
	var out []*eval.Hop
	for ; last != nil; last = by[last.After] {
		out = append(out, last)
	}
	slices.Reverse(out)
	return out
}

// stops are the hosts, gateways, connections and tunnels between the two ends
// of a walk.
func stops(w eval.Walk) []string {
	var out []string
	for _, h := range way(w) {
		name := h.Component
		switch x := h.Resource.(type) {
		case *model.NetworkACL, *model.RouteTable, *model.Subnet, *model.VPC, *model.SecurityGroup:
			continue
		case *model.Interface:
			if x.Owner != nil {
				name = x.Owner.ID().Name
			}
		}
		if h.Kind == model.KindSecurityGroup {
			continue
		}
		if len(out) == 0 || out[len(out)-1] != name {
			out = append(out, name)
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out[1 : len(out)-1]
}

// via wants the forward path to go through exactly these, in this order;
// without any it wants the direct path.
func via(list ...string) want {
	return func(_ *network, r *eval.Result) string { return differ("the request goes via", stops(r.Forward), list) }
}

// back is via for the reply.
func back(list ...string) want {
	return func(_ *network, r *eval.Result) string { return differ("the reply comes via", stops(r.Return), list) }
}

// acls wants the request to meet exactly these network ACLs, in this order,
// each as `acl-web ingress`; replyACLs the reply.
func acls(list ...string) want {
	return func(_ *network, r *eval.Result) string {
		return differ("the request meets", strings.Join(filters(r.Forward, model.KindNetworkACL), ", "), strings.Join(list, ", "))
	}
}

func replyACLs(list ...string) want {
	return func(_ *network, r *eval.Result) string {
		return differ("the reply meets", strings.Join(filters(r.Return, model.KindNetworkACL), ", "), strings.Join(list, ", "))
	}
}

// groups is acls for security groups.
func groups(list ...string) want {
	return func(_ *network, r *eval.Result) string {
		return differ("the request meets", strings.Join(filters(r.Forward, model.KindSecurityGroup), ", "), strings.Join(list, ", "))
	}
}

func filters(w eval.Walk, kind model.Kind) []string {
	var out []string
	for _, h := range way(w) {
		if h.Kind == kind {
			out = append(out, h.Component+" "+h.Direction)
		}
	}
	return out
}

// seen wants the destination to see the request come from these addresses.
func seen(addresses string) want {
	return func(_ *network, r *eval.Result) string {
		hops := way(r.Forward)
		if len(hops) == 0 || hops[len(hops)-1].Action != eval.Deliver {
			return "nothing arrives"
		}
		p := hops[len(hops)-1].Packet
		return differ("the destination sees", rangeText(p.Family, p.Source), addresses)
	}
}

// arrives wants the request to arrive with this destination, as
// `10.0.1.24 80`, and source ports, as `40001`; "" for any.
func arrives(destination, sources string) want {
	return func(_ *network, r *eval.Result) string {
		hops := way(r.Forward)
		if len(hops) == 0 || hops[len(hops)-1].Action != eval.Deliver {
			return "nothing arrives"
		}
		p := hops[len(hops)-1].Packet
		if s := packet.FormatPorts(p.SourcePorts); sources != "" && s != sources {
			return differ("it arrives from ports", s, sources)
		}
		return differ("it arrives at", rangeText(p.Family, p.Destination)+" "+packet.FormatPorts(p.Ports), destination)
	}
}

// delivered wants these, and nobody else, to get the packet in the end.
func delivered(names ...string) want {
	return func(_ *network, r *eval.Result) string {
		var got []string
		for _, d := range r.DeliveredTo {
			got = append(got, d.ID().Name)
		}
		return differ("delivered to", got, names)
	}
}

// worksFor wants exactly one product of sources, destination ports and source
// ports to work; "" for what the test does not care about.
func worksFor(sources, ports, sourcePorts string) want {
	return func(_ *network, r *eval.Result) string { return boxText("works", r.Works, sources, ports, sourcePorts) }
}

// sometimesFor is worksFor for what works for some of a NAT's choices.
func sometimesFor(sources, ports, sourcePorts string) want {
	return func(_ *network, r *eval.Result) string {
		return boxText("sometimes works", r.Sometimes, sources, ports, sourcePorts)
	}
}

func boxText(what string, list []packet.Box, sources, ports, sourcePorts string) string {
	if len(list) != 1 {
		return fmt.Sprintf("%s: %v, expected one product", what, list)
	}
	b := list[0]
	for _, part := range [][2]string{{sources, addr.SetOfRanges(b.Family, b.Src...).String()},
		{ports, packet.FormatPorts(b.DPorts)}, {sourcePorts, packet.FormatPorts(b.SPorts)}} {
		if part[0] != "" && part[0] != part[1] {
			return differ(what+" for", part[1], part[0])
		}
	}
	return ""
}

// routed wants the request's way to have this choice of a table: `rtb-web
// 0.0.0.0/0 igw`.
func routed(choice string) want {
	return func(_ *network, r *eval.Result) string {
		return chosen(r.Forward, choice)
	}
}

// replyRouted is routed for the reply.
func replyRouted(choice string) want {
	return func(_ *network, r *eval.Result) string { return chosen(r.Return, choice) }
}

func chosen(w eval.Walk, choice string) string {
	var all []string
	for _, h := range w.Hops {
		for _, u := range h.Routes {
			if u.Chosen {
				all = append(all, h.Component+" "+u.Destination+" "+u.Target)
			}
		}
	}
	if slices.Contains(all, choice) {
		return ""
	}
	return fmt.Sprintf("routes %q, expected %q among them", all, choice)
}

// decides wants a rule to decide in a filter of the request: `acl-web
// ingress 90`, or -1 for an ACL's implicit last rule.
func decides(rule string) want {
	return func(_ *network, r *eval.Result) string {
		var all []string
		for _, h := range r.Forward.Hops {
			for _, u := range h.Rules {
				if u.Decides {
					all = append(all, fmt.Sprintf("%s %s %d", u.Component, h.Direction, u.Number))
				}
			}
		}
		if slices.Contains(all, rule) {
			return ""
		}
		return fmt.Sprintf("deciding rules %q, expected %q among them", all, rule)
	}
}

// forwardOnly wants the request to arrive and the reply to be lost.
func forwardOnly(_ *network, r *eval.Result) string {
	if r.Forward.Delivered && r.Return.Walked && !r.Return.Delivered {
		return ""
	}
	return "expected the request to arrive and the reply to be lost"
}

// noReply wants a reply that is not even walked.
func noReply(_ *network, r *eval.Result) string {
	if r.Return.Walked {
		return "the reply was walked"
	}
	return ""
}

// assumes wants the answer to say that it rests on this rule's reading.
func assumes(rule string) want {
	return func(_ *network, r *eval.Result) string {
		for _, a := range r.Assumptions {
			if a.RuleID == rule {
				return ""
			}
		}
		return fmt.Sprintf("assumptions %v, expected %s among them", r.Assumptions, rule)
	}
}

// order wants the request to meet exactly these filters and tables, in this
// order: groups and ACLs as `sg-web egress`, tables as `rtb-web`.
func order(list ...string) want {
	return func(_ *network, r *eval.Result) string {
		var got []string
		for _, h := range way(r.Forward) {
			switch h.Kind {
			case model.KindSecurityGroup, model.KindNetworkACL, model.KindRouteTable:
				got = append(got, strings.TrimSpace(h.Component+" "+h.Direction))
			}
		}
		return differ("the request meets", strings.Join(got, ", "), strings.Join(list, ", "))
	}
}

// translated wants exactly these translations of an address on the request's
// way, each as `nat-a 10.0.1.10 > 10.0.0.20`; of a change of family the
// destinations.
func translated(list ...string) want {
	return func(_ *network, r *eval.Result) string {
		var got []string
		for _, h := range way(r.Forward) {
			if h.Becomes == nil {
				continue
			}
			f, t := h.Packet.Family, h.Becomes.Family
			from, to := rangeText(f, h.Packet.Source), rangeText(t, h.Becomes.Source)
			if from == to || f != t {
				from, to = rangeText(f, h.Packet.Destination), rangeText(t, h.Becomes.Destination)
			}
			got = append(got, h.Component+" "+from+" > "+to)
		}
		return differ("translations", strings.Join(got, ", "), strings.Join(list, ", "))
	}
}

// forwardNever wants the request not to arrive anywhere, and to be stopped by
// exactly one thing.
func forwardNever(_ *network, r *eval.Result) string {
	if r.Forward.Delivered || len(r.Blockers) != 1 {
		return fmt.Sprintf("delivered %t, %d blockers; expected one stop", r.Forward.Delivered, len(r.Blockers))
	}
	return ""
}
