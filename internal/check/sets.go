package check

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// direction is one list of an ACL with how its rules read a header: the
// packets of a connection that begins in this direction.
type direction struct {
	acl    *model.NetworkACL
	egress bool
	peer   packet.Field // the side of the header that the rules' CIDRs speak of
}

func directions(a *model.NetworkACL) [2]direction {
	return [2]direction{{a, false, packet.Src}, {a, true, packet.Dst}}
}

func (d direction) rules() []*model.ACLRule {
	if d.egress {
		return d.acl.Egress
	}
	return d.acl.Ingress
}

func (d direction) word() string {
	if d.egress {
		return "outbound"
	}
	return "inbound"
}

// pieces are cut once for each list and family, since a Space remembers them.
func (f *facts) pieces(d direction, egress bool, fam addr.Family) []packet.Piece {
	k := pieceKey{d.acl, egress, fam}
	if f.cut == nil {
		f.cut = map[pieceKey][]packet.Piece{}
	}
	list, ok := f.cut[k]
	if !ok {
		list = f.net.ACLPieces(d.acl, egress, fam)
		f.cut[k] = list
	}
	return list
}

type pieceKey struct {
	acl    *model.NetworkACL
	egress bool
	family addr.Family
}

// sp is the space that rules about ACLs make their sets in.
func (f *facts) sp() *packet.Space {
	if f.space == nil {
		f.space = packet.NewSpace()
	}
	return f.space
}

// ownSet returns the headers that a rule matches, whatever stands before it.
func (f *facts) ownSet(peer packet.Field, prefixes []netip.Prefix, t model.Traffic) packet.Set {
	sp := f.sp()
	ports := packet.Empty
	for _, r := range t.Ports {
		ports = sp.Or(ports, sp.Ports(packet.DPort, r.Lo, r.Hi))
	}
	s := sp.And(sp.Protos(t.Protocols.Lo, t.Protocols.Hi), ports)
	return sp.And(sp.AddrSet(peer, addr.SetOf(prefixes...)), s)
}

// decidedBy returns the rules of a list that decide the headers of s.
func (f *facts) decidedBy(d direction, s packet.Set, fam addr.Family) []*model.ACLRule {
	var out []*model.ACLRule
	for _, k := range f.sp().RulesOf(nil, s, fam, d.peer, packet.Forward, f.pieces(d, d.egress, fam)) {
		if k >= 0 {
			out = append(out, d.rules()[k])
		}
	}
	return out
}

// ports is a set of headers' ports of one field, in words.
func (f *facts) portsOf(s packet.Set, field packet.Field) string {
	return packet.FormatPorts(f.sp().AppendPorts(nil, s, field))
}

// peersOf is a set of headers' peers, in words: three ranges at most.
func (f *facts) peersOf(s packet.Set, fam addr.Family, field packet.Field) string {
	list := addr.SetOfRanges(fam, f.sp().AppendAddrs(nil, s, fam, field)...).Ranges(fam)
	text := ""
	for k, r := range list[:min(3, len(list))] {
		if k > 0 {
			text += ", "
		}
		text += r.Format(fam)
	}
	if len(list) > 3 {
		text += " and others"
	}
	return text
}

// servedACLs returns the ACLs of subnets with interfaces, each once, with one
// of these subnets, in the order of the topology.
func (p *Pass) servedACLs() ([]*model.NetworkACL, map[*model.NetworkACL][]*model.Subnet) {
	served := map[*model.NetworkACL][]*model.Subnet{}
	for _, s := range p.Topology.Subnets {
		if s.NetworkACL != nil && len(p.interfaces(s)) > 0 {
			served[s.NetworkACL] = append(served[s.NetworkACL], s)
		}
	}
	var order []*model.NetworkACL
	for _, s := range p.Topology.Subnets {
		if a := s.NetworkACL; a != nil && served[a] != nil && a.At.IsValid() && !slices.Contains(order, a) {
			order = append(order, a)
		}
	}
	return order, served
}
