package eval

import (
	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// peer returns the field that a filter compares: the packet's source on the
// way in, its destination on the way out (SG-8, ACL-10).
func (b *branch) peer(egress bool) packet.Field {
	if egress {
		return b.destination()
	}
	return b.source()
}

// networkACL applies the ACL of a subnet; it has no memory (ACL-6).
func (w *walk) networkACL(b *branch, s *model.Subnet, egress bool) {
	if b.asked == packet.Empty || s.NetworkACL == nil {
		return
	}
	if s.NetworkACL.Unmodelled != nil {
		w.unknownRules(b, gatewayHop(s.NetworkACL).with(NotModelled, unmodelledText(s.NetworkACL.Unmodelled), "MISC-5"), way(egress), b.asked)
		return
	}
	f := w.net.acl(s.NetworkACL, egress)
	peer := b.peer(egress)
	ok := w.sp.Restrict(b.asked, b.fam, peer, b.dir, w.pieces(f, b.asked, b.fam, peer))
	ok = w.sp.Or(ok, w.doubtFilter(b, f, b.asked, peer, packet.Empty))
	w.gate(b, ok, false, func(denied packet.Set) Hop {
		h := Hop{Component: s.NetworkACL.Name, Kind: s.NetworkACL.Kind, Resource: s.NetworkACL,
			Direction: way(egress), At: s.NetworkACL.At, Code: SubnetACL, RuleIDs: []string{"ACL-2"}}
		h.Rules = w.deciders(b, f, b.asked, peer, s.NetworkACL.Name)
		if denied != packet.Empty {
			w.explainACL(b, &h, denied, egress)
		}
		w.passedOver(&h, f, s.NetworkACL.Name)
		return h
	})
}

// securityGroups applies the groups of an interface. A request leaves a
// record behind; a reply that finds one passes (SG-5), others are judged by
// the rules as new connections (M-7).
func (w *walk) securityGroups(b *branch, i *model.Interface, egress bool) {
	if len(i.Groups) == 0 || b.asked == packet.Empty {
		return // SG-21
	}
	known := packet.Empty
	fresh := b.asked
	if b.dir == packet.Reply {
		known = w.recorded(b, i, egress)
		fresh = w.sp.Minus(b.asked, known)
	}
	ok := known
	g := w.net.group(i)
	f := g.ingress
	if egress {
		f = g.egress
	}
	peer := b.peer(egress)
	if fresh != packet.Empty {
		named := packet.Empty
		byAddr := w.sp.Restrict(fresh, b.fam, peer, b.dir, w.pieces(f, fresh, b.fam, peer))
		ok = w.sp.Or(ok, byAddr)
		for _, n := range f.named {
			if s := w.fromMember(b, n.group, fresh); s != packet.Empty {
				ok = w.sp.Or(ok, w.sp.Restrict(s, b.fam, peer, b.dir, everyPeer(n.services)))
				named = w.sp.Or(named, w.sp.Restrict(s, b.fam, peer, b.dir, everyPeer(n.services)))
			}
		}
		ok = w.sp.Or(ok, w.doubtFilter(b, f, fresh, peer, named))
		for _, u := range f.unknown {
			may := w.sp.Minus(w.sp.Restrict(fresh, b.fam, peer, b.dir, everyPeer(u.services)), ok)
			if u.list != nil && u.list.Service != "" { // a service has public addresses
				may = w.in(may, b.fam, peer, w.net.world().Ranges(b.fam))
			}
			if u.list != nil && u.list == w.listed && b.dir == packet.Forward && egress {
				ok = w.sp.Or(ok, may)
			} else if may != packet.Empty {
				w.unknownRules(b, gatewayHop(u.group).with(u.code, u.why, u.rule), way(egress), may)
				ok = w.sp.Or(ok, may)
			}
		}
	}
	w.gate(b, ok, false, func(denied packet.Set) Hop {
		h := Hop{Component: groupNames(g.groups), Kind: model.KindSecurityGroup, Resource: g.groups[0], Interface: i,
			Direction: way(egress), At: g.groups[0].At, Code: SecurityGroupMismatch, RuleIDs: []string{"SG-1"}}
		w.explainGroups(b, &h, f, groupState{known: known, fresh: fresh, denied: denied, egress: egress})
		return h
	})
	if b.dir == packet.Forward {
		w.remember(b, mark{kind: tracked, iface: i, egress: egress})
	}
}

// fromMember returns the part of s that a rule naming a group as source
// admits: the interface that last sent it carries the group and owns the
// source address (SG-12).
func (w *walk) fromMember(b *branch, g *model.SecurityGroup, s packet.Set) packet.Set {
	if b.iface == nil || !carries(b.iface, g) {
		return packet.Empty
	}
	if b.fromBalancer() {
		return s // LB-5: also with the client's address preserved
	}
	if e, ok := b.iface.Owner.(*model.VPCEndpoint); ok && e.PreserveClientIP {
		return s // EP-13: likewise
	}
	return w.own(s, b.iface, b.fam, b.source())
}

func carries(i *model.Interface, g *model.SecurityGroup) bool {
	for _, c := range i.Groups {
		if c == g {
			return true
		}
	}
	return false
}

// everyPeer makes a filter that treats all peers alike.
func everyPeer(s *packet.Services) []packet.Piece {
	return []packet.Piece{{Range: addr.All, Services: s}}
}
