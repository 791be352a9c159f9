package lab

import (
	"fmt"
)

// states writes the sets in which security groups remember connections
// (SG-5): per interface and direction, the reply that may pass. The sets of
// egress-only gateways and of NAT gateways' connections over peering are
// alike.
func (r *ruleset) states() {
	for _, name := range []string{"reply_in", "reply_out"} {
		r.state(name, "meta iif . ")
	}
	r.state("egress_only", "")
	r.state("nat_return", "")
}

func (r *ruleset) state(name, front string) {
	for _, f := range []struct{ suffix, key string }{
		{"4", "meta l4proto . ip saddr . th sport . ip daddr . th dport"}, {"6", "meta l4proto . ip6 saddr . th sport . ip6 daddr . th dport"},
		{"_icmp4", "ip saddr . ip daddr . icmp id"}, {"_icmp6", "ip6 saddr . ip6 daddr . icmpv6 id"},
	} {
		r.l.states = append(r.l.states, name+f.suffix)
		fmt.Fprintf(&r.sets, "set %s%s {\n\ttypeof %s%s\n\tflags dynamic,timeout\n\ttimeout 120s\n\tsize 65535\n}\n", name, f.suffix, front, f.key)
	}
}

// remember writes rules that add the expected reply to a set; key is the
// interface that the set is about, or nothing.
func remember(name, key string) []string {
	return []string{
		fmt.Sprintf("meta nfproto ipv4 meta l4proto { tcp, udp } update @%s4 { %smeta l4proto . ip daddr . th dport . ip saddr . th sport }", name, key),
		fmt.Sprintf("meta nfproto ipv6 meta l4proto { tcp, udp } update @%s6 { %smeta l4proto . ip6 daddr . th dport . ip6 saddr . th sport }", name, key),
		fmt.Sprintf("icmp type echo-request update @%s_icmp4 { %sip daddr . ip saddr . icmp id }", name, key),
		fmt.Sprintf("icmpv6 type echo-request update @%s_icmp6 { %sip6 daddr . ip6 saddr . icmpv6 id }", name, key),
	}
}

// known writes rules that do something with what a set holds.
func known(name, key, do string) []string {
	return []string{
		fmt.Sprintf("meta nfproto ipv4 meta l4proto { tcp, udp } %smeta l4proto . ip saddr . th sport . ip daddr . th dport @%s4 %s", key, name, do),
		fmt.Sprintf("meta nfproto ipv6 meta l4proto { tcp, udp } %smeta l4proto . ip6 saddr . th sport . ip6 daddr . th dport @%s6 %s", key, name, do),
		fmt.Sprintf("icmp type echo-reply %sip saddr . ip daddr . icmp id @%s_icmp4 %s", key, name, do),
		fmt.Sprintf("icmpv6 type echo-reply %sip6 saddr . ip6 daddr . icmpv6 id @%s_icmp6 %s", key, name, do),
	}
}
