package lab

import (
	"fmt"
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// balancer is what a node takes in: replies, and what a listener is for that
// has a target; through names what the packet passes on the way to it.
func (r *ruleset) balancer(lb *model.LoadBalancer, node *model.Interface, through string) []string {
	var rules []string
	for _, s := range isReply {
		rules = append(rules, s+" return")
	}
	d := Drop{Component: lb.Name, Inside: true, Through: through}
	for _, li := range lb.Listeners {
		match := listens(li)
		targets := reached(lb, li, node)
		if len(targets) == 0 && !li.Answers {
			d.Code = ofType(lb, eval.NoTargetsInZone, eval.ClassicZone)
			rules = append(rules, match+" "+r.drop(d))
			continue
		}
		for _, v6 := range []bool{false, true} {
			alike := sameFamily(targets, v6)
			if len(alike) != 1 || through != "" || !keepsClient(li, node, alike[0]) {
				continue
			}
			var own []netip.Addr
			for _, a := range alike[0].Interface.Addrs() {
				if a.Is6() == v6 {
					own = append(own, a)
				}
			}
			d.Code = eval.BalancerHairpin // LB-8
			rules = append(rules, fmt.Sprintf("%s %s saddr %s %s", match, ipWord(v6), set(own), r.drop(d)))
		}
		rules = append(rules, match+" return")
	}
	d.Code = ofType(lb, eval.ListenersMismatch, eval.ClassicListeners)
	return append(rules, r.drop(d))
}

// ofType returns AWS's word for load balancers of a type.
func ofType(lb *model.LoadBalancer, others, classic eval.Code) eval.Code {
	if lb.Type == model.ClassicLoadBalancer {
		return classic
	}
	return others
}

// classic is the network ACL of a Classic Load Balancer's node, which judges
// even what goes to a target in the same subnet (ACL-8).
func (r *ruleset) classic(node *model.Interface) []string {
	lb, ok := node.Owner.(*model.LoadBalancer)
	if !ok || lb.Type != model.ClassicLoadBalancer {
		return nil
	}
	chain := fmt.Sprintf("classic_%d", node.Index)
	var rules []string
	for _, s := range isReply {
		rules = append(rules, s+" return")
	}
	for _, c := range node.Subnet.Prefixes() {
		rules = append(rules, peerMatch("daddr", c)+" jump "+r.aclOf(node.Subnet, "out"))
	}
	r.chain(chain, rules...)
	return []string{"jump " + chain}
}

// keptStates writes the sets that remember, for each node that keeps the
// addresses of its clients, at which interface its packets came in: replies
// from there go back to the node, whatever the routes say (LB-7).
func (r *ruleset) keptStates() {
	for k := range r.l.kept {
		r.state(fmt.Sprintf("kept_%d_", k), "meta iif . ")
	}
}

// keeps marks what a node sends with its client's address.
func (r *ruleset) keeps(node *model.Interface) []string {
	var rules []string
	for k, o := range r.l.kept {
		if o != node {
			continue
		}
		for _, v6 := range []bool{false, true} {
			if own := node.Primary(v6); own.IsValid() {
				rules = append(rules, fmt.Sprintf("%s saddr != %s meta mark set meta mark | %#x", ipWord(v6), own, (k+1)*keptUnit))
			}
		}
	}
	return rules
}

// keptRequests remember what comes from such a node to an interface's own
// addresses.
func (r *ruleset) keptRequests(i *model.Interface) []string {
	var rules []string
	for k := range r.l.kept {
		for n, s := range remember(fmt.Sprintf("kept_%d_", k), "meta oif . ") {
			own := i.Private
			if v6 := n%2 == 1; v6 {
				own = i.IPv6
			}
			if len(own) > 0 {
				rules = append(rules, fmt.Sprintf("meta mark & %#x == %#x %s daddr %s %s", markKept|markBack, (k+1)*keptUnit, ipWord(n%2 == 1), set(own), s))
			}
		}
	}
	return rules
}

// keptReplies send the replies from an interface back to the node, past the
// network ACL unless the two are neighbours.
func (r *ruleset) keptReplies(p *port) []string {
	var rules []string
	for k, node := range r.l.kept {
		chain := fmt.Sprintf("kept_%d_%s", k, p.name)
		acl := r.judge(p.iface.Subnet, "out")
		if node.Subnet == p.iface.Subnet {
			acl = ""
		}
		mark := fmt.Sprintf("meta mark set meta mark & %#x | %#x", uint32(0xffffffff&^(markKept|markBack)), markBack|(k+1)*keptUnit)
		r.chain(chain, mark, acl)
		rules = append(rules, known(fmt.Sprintf("kept_%d_", k), "meta iif . ", "goto "+chain)...)
	}
	return rules
}
