package lab

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// firewall writes the chains of a network firewall's 5-tuple rules (FW-3): the
// stateless ones judge every packet; what they forward is judged by the
// stateful ones, but for replies to what those have let pass. A TCP connection
// of which they see one half is lost (FW-1).
func (r *ruleset) firewall(chain, pass string, e *model.VPCEndpoint) {
	f := e.Firewall
	d := r.drop(Drop{Code: eval.FirewallRules, Component: e.Name, Inside: true})
	const synAck = "tcp flags & (syn | ack) == syn | ack "
	seen := fmt.Sprintf("stateful_%d_", r.endpointNumber(e))
	r.state(seen, "")
	around, stateful, through := chain+"_around", chain+"_stateful", chain+"_through"
	r.chain(through, append(remember(seen, ""), "goto "+pass)...)
	var rules []string
	for _, s := range known(seen, "", d)[:2] {
		rules = append(rules, synAck+s)
	}
	r.chain(around, append(rules, "goto "+pass)...)
	rules = append(known(seen, "", "goto "+pass), synAck+d)
	if len(f.NotModelled) > 0 {
		rules = append(rules, "goto "+through) // what it does, nobody knows
	}
	do := func(a model.FirewallAction, pass string) string {
		switch a {
		case model.Pass, model.Undetermined: // what the second does, nobody knows
			return "goto " + pass
		case model.ForwardToStateful:
			return "goto " + stateful
		}
		return d
	}
	for _, rule := range f.Stateful {
		for _, m := range firewallMatches(rule, rule.BothWays) {
			rules = append(rules, m+do(rule.Action, through))
		}
	}
	r.chain(stateful, append(rules, do(f.StatefulDefault, through))...)
	rules = nil
	for _, rule := range f.Stateless {
		for _, m := range firewallMatches(rule, false) {
			rules = append(rules, m+do(rule.Action, around))
		}
	}
	r.chain(chain, append(rules, do(f.StatelessDefault, around))...)
}

// firewallMatches writes what a rule matches, and the mirror image of that for
// a rule that holds in any direction.
func firewallMatches(f *model.FirewallRule, both bool) []string {
	sources := f.SourcePorts
	if sources == nil {
		sources = []packet.PortRange{packet.AllPorts}
	}
	out := fiveTuples(f.Source, f.Destination, sources, f.Traffic)
	if both {
		out = append(out, fiveTuples(f.Destination, f.Source, f.Traffic.Ports, model.Traffic{Protocols: f.Traffic.Protocols, Ports: sources})...)
	}
	return out
}

// fiveTuples writes a match for each family and protocol. Without a list an
// address of either family matches.
func fiveTuples(src, dst []model.Block, sports []packet.PortRange, t model.Traffic) []string {
	var out []string
	for _, v6 := range []bool{false, true} {
		from, ok := ofFamily(src, "saddr", v6)
		to, also := ofFamily(dst, "daddr", v6)
		if !ok || !also {
			continue
		}
		for _, m := range traffic(t) {
			if len(sports) == 1 && sports[0] == packet.AllPorts {
				out = append(out, from+to+m)
				continue
			}
			if strings.HasPrefix(m, "meta l4proto 1 ") || strings.HasPrefix(m, "meta l4proto 58 ") {
				continue // no ports
			}
			for _, p := range sports {
				out = append(out, from+to+fmt.Sprintf("meta l4proto { tcp, udp } th sport %d-%d ", p.Lo, p.Hi)+m)
			}
		}
	}
	return out
}

// ofFamily matches an address against the blocks of one family; ok is false
// where the list has none of it.
func ofFamily(list []model.Block, field string, v6 bool) (match string, ok bool) {
	if list == nil {
		return peerMatch(field, anyOf(v6)) + " ", true
	}
	var own []string
	for _, b := range list {
		if b.Prefix.Addr().Is6() != v6 {
			continue
		}
		if b.Prefix.Bits() == 0 {
			return peerMatch(field, anyOf(v6)) + " ", true
		}
		if around := slices.ContainsFunc(list, func(o model.Block) bool {
			return o.Prefix.Bits() < b.Prefix.Bits() && o.Prefix.Contains(b.Prefix.Addr())
		}); !around && !slices.Contains(own, b.Prefix.Masked().String()) {
			own = append(own, b.Prefix.Masked().String())
		}
	}
	if len(own) == 0 {
		return "", false
	}
	return fmt.Sprintf("%s %s %s ", ipWord(v6), field, set(own)), true
}
