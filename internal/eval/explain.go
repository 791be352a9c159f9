package eval

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/lpm"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// routeHop records a lookup: the route that won, and for the first address
// looked up every route that matched and why it lost.
func (w *walk) routeHop(b *branch, t *routeTable, c candidate) {
	h := Hop{Component: t.name.Name, Kind: t.name.Kind, Resource: t.resource, Action: Route, At: t.name.At, RuleIDs: []string{t.rule()}}
	h.Routes = append([]RouteUse{routeUse(c.route, true, "")}, w.losers(b, t, c)...)
	w.step(b, &h)
}

func routeUse(r *model.Route, chosen bool, whyNot string) RouteUse {
	return RouteUse{Destination: r.DestinationText(), Target: r.TargetText(), Origin: r.Origin.String(), At: r.At, Chosen: chosen, WhyNot: whyNot}
}

// losers returns the other routes that hold the first address of b, nearest
// first.
func (w *walk) losers(b *branch, t *routeTable, won candidate) []RouteUse {
	a := w.firstAddr(b)
	var out []RouteUse
	var buf [8]lpm.Entry[*routeEntry]
	for _, e := range slices.Backward(t.lookup.Matches(buf[:0], a)) {
		for _, c := range e.Value.candidates {
			if c.route == won.route && c.prefix == won.prefix {
				continue
			}
			why := fmt.Sprintf("%s is longer", won.prefix)
			if !won.prefix.IsValid() {
				why = "if the address is in " + won.route.DestinationText()
			} else if c.prefix == won.prefix {
				why = tie(c.route, won.route)
			}
			out = append(out, routeUse(c.route, false, why))
		}
	}
	for _, c := range t.never {
		if c.prefix.Contains(a) {
			out = append(out, routeUse(c.route, false, "a propagated route never beats the local one"))
		}
	}
	return out
}

func (w *walk) firstAddr(b *branch) netip.Addr {
	rs := w.sp.AppendAddrs(nil, b.asked, b.fam, b.destination())
	return rs[0].First(b.fam)
}

func tie(lost, won *model.Route) string {
	switch {
	case compareRoutes(lost, won) == 0 && won.PrefixList != nil:
		return "AWS picks either of two prefix lists with the same CIDR"
	case compareRoutes(lost, won) == 0 && multipath(won):
		return "connections are spread over both"
	case compareRoutes(lost, won) == 0:
		return "AWS picks either of two alike"
	case rank(lost) == rank(won) && lost.From.ASPathLength != won.From.ASPathLength:
		return fmt.Sprintf("its AS path is longer: %d, not %d", lost.From.ASPathLength, won.From.ASPathLength)
	case rank(lost) == rank(won):
		return fmt.Sprintf("its MED is higher: %d, not %d", lost.From.MED, won.From.MED)
	case lost.Origin != model.OriginStatic && won.Origin != model.OriginStatic:
		return won.Origin.String() + " comes before " + lost.Origin.String()
	case lost.Origin.Propagated():
		return "a static route comes before a propagated one"
	case lost.Origin == model.OriginAdvertised:
		return "a static route comes before an advertised one"
	}
	return "a CIDR comes before a prefix list"
}

// unused lists the routes of a table that holds none for b, so that a reader
// sees what there is.
func (w *walk) unused(b *branch, t *routeTable) []RouteUse {
	var out []RouteUse
	for _, e := range t.lookup.All() {
		for _, c := range e.candidates {
			if addr.FamilyOf(c.prefix.Addr()) == b.fam {
				out = append(out, routeUse(c.route, false, "does not hold the destination"))
			}
		}
	}
	return out
}

// deciders lists the rules of a filter that decide some of s, with the part
// each decides.
func (w *walk) deciders(b *branch, f *filter, s packet.Set, peer packet.Field, name string) []RuleUse {
	pieces := slices.Clone(w.pieces(f, s, b.fam, peer))
	var out []RuleUse
	for _, id := range w.sp.RulesOf(nil, s, b.fam, peer, b.dir, pieces) {
		if id == noRule {
			continue
		}
		part := w.sp.RestrictRule(s, b.fam, peer, b.dir, pieces, id)
		p := w.describe(b, part)
		u := f.rules[id].use(name)
		u.Packet, u.Decides = &p, true
		out = append(out, u)
		w.namedOut = w.namedOut || f.rules[id].sg != nil && f.rules[id].sg.Group != nil
	}
	return out
}

// passedOver appends the rules of a filter that decide nothing here, when they
// are asked for.
func (w *walk) passedOver(h *Hop, f *filter, acl string) {
	if !w.allRules {
		return
	}
	decides := map[diag.Pos]bool{}
	for _, u := range h.Rules {
		decides[u.At] = true
	}
	for _, r := range f.rules {
		if u := r.use(acl); !decides[u.At] {
			h.Rules = append(h.Rules, u)
		}
	}
}

func (r filterRule) use(acl string) RuleUse {
	if r.acl != nil {
		return RuleUse{Component: acl, Number: r.acl.Number, Allow: r.acl.Allow, Traffic: r.acl.Traffic, Peer: r.acl.PeerText(), At: r.acl.At}
	}
	return RuleUse{Component: r.group.Name, Allow: true, Traffic: r.sg.Traffic, Peer: r.sg.PeerText(), At: r.sg.At}
}

// explainACL says what a network ACL stops, and which rules come near.
func (w *walk) explainACL(b *branch, h *Hop, denied packet.Set, egress bool) {
	for _, u := range h.Rules {
		if !u.Allow {
			h.At = u.At
		}
	}
	byRule := packet.Empty
	f := w.net.acl(h.Resource.(*model.NetworkACL), egress)
	peer := b.peer(egress)
	pieces := slices.Clone(w.pieces(f, denied, b.fam, peer))
	var numbers []string
	for _, id := range w.sp.RulesOf(nil, denied, b.fam, peer, b.dir, pieces) {
		if id != noRule {
			numbers = append(numbers, fmt.Sprint(f.rules[id].acl.Number))
			byRule = w.sp.Or(byRule, w.sp.RestrictRule(denied, b.fam, peer, b.dir, pieces, id))
		}
	}
	rest := w.sp.Minus(denied, byRule)
	if rest != packet.Empty {
		numbers = append(numbers, "*")
		p := w.describe(b, rest)
		h.Rules = append(h.Rules, RuleUse{Component: h.Component, Number: -1, Peer: "any", Packet: &p, Decides: true, At: h.Resource.ID().At})
		h.Nearest = w.nearest(b, f, rest, peer, egress, h.Component)
	}
	toFrom := "from"
	if egress {
		toFrom = "to"
	}
	h.Message = fmt.Sprintf("rule %s denies %s %s %s", strings.Join(numbers, ", "), trafficText(w.describe(b, denied)), toFrom, w.some(denied, b.fam, peer))
	if b.dir == packet.Reply {
		h.RuleIDs = []string{"ACL-6"}
	}
}

// groupState is what securityGroups found out before it explains itself.
type groupState struct {
	known, fresh, denied packet.Set
	egress               bool
}

// explainGroups says which rules of an interface's groups admit what, and for
// the rest why none does.
func (w *walk) explainGroups(b *branch, h *Hop, f *filter, s groupState) {
	peer := b.peer(s.egress)
	if s.known != packet.Empty {
		h.Message, h.RuleIDs = "established", []string{"SG-5"}
	}
	h.Rules = w.deciders(b, f, s.fresh, peer, "")
	for _, n := range f.named {
		from := w.fromMember(b, n.group, s.fresh)
		pieces := everyPeer(n.services)
		for _, id := range w.sp.RulesOf(nil, from, b.fam, peer, b.dir, pieces) {
			if id != noRule {
				p := w.describe(b, w.sp.RestrictRule(from, b.fam, peer, b.dir, pieces, id))
				u := f.rules[id].use("")
				u.Packet, u.Decides = &p, true
				h.Rules = append(h.Rules, u)
			}
		}
	}
	if s.denied == packet.Empty {
		w.passedOver(h, f, "")
		return
	}
	defer w.passedOver(h, f, "")
	toFrom := "from"
	if s.egress {
		toFrom = "to"
	}
	h.Message = fmt.Sprintf("no rule admits %s %s %s", trafficText(w.describe(b, s.denied)), toFrom, w.some(s.denied, b.fam, peer))
	h.Nearest = w.nearest(b, f, s.denied, peer, s.egress, "")
	w.hiddenSender(b, h, f, s)
	if s.egress && b.dir == packet.Forward {
		for m := b.trail; m != nil; m = m.prev {
			if m.kind == tracked && m.iface == h.Interface && !m.egress {
				w.assume("NI-7", "a forwarding instance's outbound rules must admit what it forwards, as a new connection")
			}
		}
	}
}

// hiddenSender turns the reason around where a rule names a group of an
// interface that the packet did leave, but behind which another hop has
// hidden it (SG-12).
func (w *walk) hiddenSender(b *branch, h *Hop, f *filter, s groupState) {
	if s.egress {
		return
	}
	for _, n := range f.named {
		if !w.cameFrom(b, n.group) {
			continue
		}
		if w.sp.Restrict(s.denied, b.fam, b.source(), b.dir, everyPeer(n.services)) == packet.Empty {
			continue
		}
		h.Code = SecurityGroupRefNotKept
		h.RuleIDs = []string{"SG-12", "NI-8"}
		h.Message += fmt.Sprintf("; the rule for %s does not match, since the packet does not come straight from a member's own address", n.group.Name)
	}
}

// cameFrom reports whether the packet has left an interface that carries g.
func (w *walk) cameFrom(b *branch, g *model.SecurityGroup) bool {
	for m := b.trail; m != nil; m = m.prev {
		if m.kind == tracked && m.egress && carries(m.iface, g) {
			return true
		}
	}
	return false
}

// nearest finds the rules that admit some of the denied traffic from other
// peers, or other traffic from the same peer, and says what is missing.
func (w *walk) nearest(b *branch, f *filter, denied packet.Set, peer packet.Field, egress bool, acl string) []RuleUse {
	var out []RuleUse
	own := w.some(denied, b.fam, peer)
	for id, r := range f.rules {
		u := r.use(acl)
		if !u.Allow {
			continue
		}
		one := everyPeer(packet.NewServices(services(u.Traffic, true, int32(id)), noRule))
		fits := w.sp.Restrict(denied, b.fam, peer, b.dir, one) != packet.Empty
		same := w.peerMatches(b, r, denied, peer)
		switch {
		case fits && r.sg != nil && r.sg.Group != nil:
			u.Note = w.notMember(b, r, own, egress)
		case fits && otherFamily(r, b.fam):
			u.Note = fmt.Sprintf("the packet is %s, and the rule's CIDR is not", b.fam)
		case fits:
			u.Note = fmt.Sprintf("%s is not in %s", own, u.Peer)
		case same:
			u.Note = "other ports or protocols"
		default:
			continue
		}
		out = append(out, u)
	}
	return out
}

// otherFamily reports whether a rule's peer is a CIDR of another family.
func otherFamily(r filterRule, f addr.Family) bool {
	if r.acl != nil {
		return addr.FamilyOf(r.acl.CIDR.Addr()) != f
	}
	return r.sg.CIDR.IsValid() && addr.FamilyOf(r.sg.CIDR.Addr()) != f
}

func (w *walk) notMember(b *branch, r filterRule, own string, egress bool) string {
	g := r.sg.Group.Name
	switch {
	case !w.net.mayReference(r.group, r.sg.Group, egress):
		return fmt.Sprintf("%s is in another VPC that nothing joins to this one so that its groups could be named", g)
	case egress:
		return fmt.Sprintf("%s is no address of a member of %s", own, g)
	case w.cameFrom(b, r.sg.Group):
		return fmt.Sprintf("%s: the packet does not come straight from a member of %s", own, g)
	case b.iface != nil && b.iface.Instance() != nil:
		return fmt.Sprintf("%s (%s) is not in %s", own, b.iface.Instance().Name, g)
	}
	return fmt.Sprintf("%s is not in %s", own, g)
}

// peerMatches reports whether a rule's CIDRs hold some of the peers.
func (w *walk) peerMatches(b *branch, r filterRule, s packet.Set, peer packet.Field) bool {
	var ps []netip.Prefix
	if r.acl != nil {
		ps = []netip.Prefix{r.acl.CIDR}
	} else if ps = r.sg.Prefixes(); r.sg.Group != nil {
		return b.iface != nil && carries(b.iface, r.sg.Group)
	}
	return w.sp.And(s, w.sp.AddrSet(peer, addr.SetOf(ps...))) != packet.Empty
}

// trafficText names protocols and ports in a message: "tcp/5432".
func trafficText(p Packet) string {
	if len(p.Protocols) != 1 {
		return "all"
	}
	return packet.FormatService(p.Protocols[0], p.Ports)
}
