package eval

import (
	"fmt"
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// firewall applies a network firewall's rules (FW-3): the stateless ones to
// every packet, what they forward to the stateful ones, which judge the first
// packet of a connection and let its replies pass. A TCP connection that the
// stateful engine sees one half of is lost (FW-1).
func (w *walk) firewall(b *branch, e *model.VPCEndpoint) {
	f := e.Firewall
	dropped, first := w.stateless(b, f, b.dir)
	half := packet.Empty
	if b.dir == packet.Reply {
		gone, known := w.stateless(b, f, packet.Forward)
		half = w.sp.Or(w.sp.Minus(known, first), w.sp.Minus(first, known))
		half = w.sp.Minus(w.sp.And(half, w.sp.Protos(packet.TCP, packet.TCP)), w.sp.Or(gone, dropped))
		first = w.sp.Minus(first, w.sp.Or(w.sp.Or(known, gone), half))
	}
	if len(f.NotModelled) > 0 {
		// What is not understood may come before any rule that is.
		w.notModelled(b, f, first, f.NotModelled[0].At, f.NotModelled[0].Text)
	} else {
		dropped = w.sp.Or(dropped, w.stateful(b, f, first))
	}
	w.gate(b, w.sp.Minus(b.asked, w.sp.Or(dropped, half)), false, func(denied packet.Set) Hop {
		h := gatewayHop(e).with(FirewallRules, f.Name+" lets it pass", "FW-3")
		if denied != packet.Empty {
			h.Message = fmt.Sprintf("%s drops %s", f.Name, trafficText(w.describe(b, denied)))
			h.At = f.At
		}
		if half != packet.Empty && w.sp.Minus(denied, half) == packet.Empty {
			h.Message = fmt.Sprintf("the stateless rules of %s forward one direction of %s to the stateful ones and pass the other, so these know half of the connection and drop it", f.Name, trafficText(w.describe(b, denied)))
			h.RuleIDs = []string{"FW-1", "FW-3"}
		}
		return h
	})
}

// stateless judges b by the stateless rules, as a packet of a direction: what
// they drop, and what they forward to the stateful ones.
func (w *walk) stateless(b *branch, f *model.NetworkFirewall, dir packet.Direction) (dropped, forwarded packet.Set) {
	dropped, forwarded = packet.Empty, packet.Empty
	decide := func(s packet.Set, a model.FirewallAction) {
		switch a {
		case model.ForwardToStateful:
			forwarded = w.sp.Or(forwarded, s)
		case model.DropPacket:
			dropped = w.sp.Or(dropped, s)
		}
	}
	rest := b.asked
	for _, r := range f.Stateless {
		s := w.firewallMatch(b, f, r, rest, dir)
		rest = w.sp.Minus(rest, s)
		decide(s, r.Action)
	}
	decide(rest, f.StatelessDefault)
	return dropped, forwarded
}

// stateful returns what the stateful rules drop of the first packets of
// connections.
func (w *walk) stateful(b *branch, f *model.NetworkFirewall, first packet.Set) packet.Set {
	dropped := packet.Empty
	for _, r := range f.Stateful {
		s := w.firewallMatch(b, f, r, first, b.dir)
		if r.BothWays {
			s = w.sp.Or(s, w.firewallMatch(b, f, mirrored(r), first, b.dir))
		}
		first = w.sp.Minus(first, s)
		switch r.Action {
		case model.DropPacket:
			dropped = w.sp.Or(dropped, s)
		case model.Undetermined:
			w.notModelled(b, f, s, r.At, r.Reason)
		}
	}
	if f.StatefulDefault == model.DropPacket {
		dropped = w.sp.Or(dropped, first)
	}
	return dropped
}

// notModelled makes undetermined what rules would judge that vpcpath does not
// understand.
func (w *walk) notModelled(b *branch, f *model.NetworkFirewall, s packet.Set, at diag.Pos, text string) {
	if s == packet.Empty {
		return
	}
	w.undetermined(b, s, func() Hop {
		h := gatewayHop(f).with(NotModelled, fmt.Sprintf("%s has rules that are not modelled: %s", f.Name, text), "FW-3")
		h.At = at
		return h
	})
}

// firewallMatch returns the part of s that a rule is about: for a reply the
// rule is held against the reply's own addresses and ports.
func (w *walk) firewallMatch(b *branch, f model.Resource, r *model.FirewallRule, s packet.Set, dir packet.Direction) packet.Set {
	src, dst, sport := packet.Src, packet.Dst, packet.SPort
	if dir == packet.Reply {
		src, dst, sport = packet.Dst, packet.Src, packet.DPort
	}
	w.doubtRanges(b, s, src, f, r.At, blockPrefixes(r.Source)...)
	s = w.inBlocks(s, b.fam, src, r.Source)
	w.doubtRanges(b, s, dst, f, r.At, blockPrefixes(r.Destination)...)
	s = w.inBlocks(s, b.fam, dst, r.Destination)
	one := packet.NewServices(services(r.Traffic, true, 0), noRule)
	s = w.sp.Restrict(s, b.fam, src, dir, everyPeer(one))
	if r.SourcePorts == nil {
		return s
	}
	from := packet.Empty
	for _, p := range r.SourcePorts {
		from = w.sp.Or(from, w.sp.Ports(sport, p.Lo, p.Hi))
	}
	return w.sp.And(s, from)
}

func blockPrefixes(list []model.Block) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, b := range list {
		out[i] = b.Prefix
	}
	return out
}

func (w *walk) inBlocks(s packet.Set, f addr.Family, field packet.Field, blocks []model.Block) packet.Set {
	if blocks == nil {
		return s
	}
	var rs []addr.Range
	for _, b := range blocks {
		if addr.FamilyOf(b.Prefix.Addr()) == f {
			rs = append(rs, addr.RangeOf(b.Prefix))
		}
	}
	return w.in(s, f, field, rs)
}

// mirrored turns a rule around, for one that holds in any direction.
func mirrored(r *model.FirewallRule) *model.FirewallRule {
	m := *r
	m.Source, m.Destination = r.Destination, r.Source
	m.SourcePorts = r.Traffic.Ports
	m.Traffic.Ports = r.SourcePorts
	if m.Traffic.Ports == nil {
		m.Traffic.Ports = []packet.PortRange{packet.AllPorts}
	}
	return &m
}
