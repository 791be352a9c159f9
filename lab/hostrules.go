package lab

import (
	"fmt"
	"strings"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// buildHostRules loads the iptables rules of instances, in nft's words. A
// forwarding instance is taken for a stateful one, as AWS's advice on
// appliances has it (NI-20): a reply whose request it has not seen is dropped,
// where Linux alone would pass it on.
func (l *Lab) buildHostRules() error {
	for inst, n := range l.hosts {
		if text := hostRules(inst); text != "" {
			n.tracks = true
			if err := l.t.in(n.namespace, func() error { return nft(text) }); err != nil {
				return fmt.Errorf("%s: %w", inst.Name, err)
			}
		}
	}
	return nil
}

func hostRules(inst *model.Instance) string {
	if !inst.IPForward && len(inst.Masquerade) == 0 && len(inst.PortForwards) == 0 {
		return ""
	}
	var b strings.Builder
	for _, v6 := range []bool{false, true} {
		fmt.Fprintf(&b, "table %s nat {\n", ipWord(v6))
		b.WriteString("chain pre {\n\ttype nat hook prerouting priority -100\n")
		for _, f := range inst.PortForwards {
			if f.To.Is6() == v6 {
				fmt.Fprintf(&b, "\tiifname != \"lo\" %s\n", portForward(f))
			}
		}
		b.WriteString("}\nchain post {\n\ttype nat hook postrouting priority 100\n")
		for _, m := range inst.Masquerade {
			if m.V6() == v6 {
				fmt.Fprintf(&b, "\t%s\n", masquerade(m))
			}
		}
		b.WriteString("}\n}\n")
	}
	b.WriteString("table inet f {\nchain onward {\n\ttype filter hook forward priority 0\n\tct state invalid drop\n" +
		"\tct state new meta l4proto udp ip dscp { 1, 3 } drop\n\tct state new meta l4proto udp ip6 dscp { 1, 3 } drop\n}\n}\n")
	return b.String()
}

// portForward writes a PREROUTING -j DNAT rule (NI-12).
func portForward(f model.PortForward) string {
	s := ""
	if f.Destination.IsValid() {
		s = peerMatch("daddr", f.Destination) + " "
	}
	proto := "tcp"
	if f.Protocol == packet.UDP {
		proto = "udp"
	}
	to := f.To.String()
	if f.ToPort != 0 {
		if f.To.Is6() {
			to = "[" + to + "]"
		}
		to += fmt.Sprintf(":%d", f.ToPort)
	}
	return s + fmt.Sprintf("%s dport %d-%d dnat to %s", proto, f.Ports.Lo, f.Ports.Hi, to)
}

// masquerade writes a POSTROUTING -j MASQUERADE rule (NI-11).
func masquerade(m model.Masquerade) string {
	s := "oifname != \"lo\" "
	if m.Source.IsValid() {
		s += peerMatch("saddr", m.Source) + " "
	}
	if m.Destination.IsValid() {
		s += peerMatch("daddr", m.Destination) + " "
	}
	return s + "masquerade"
}
