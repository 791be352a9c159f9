package packet

import "github.com/vpcpath/vpcpath/internal/addr"

// Direction tells which packet of a connection a filter judges.
type Direction uint8

const (
	// Forward judges the packet that the header describes: its protocol and
	// DPort.
	Forward Direction = iota
	// Reply judges the answer to it. For TCP and UDP the answer's destination
	// port is SPort. The ICMP echo request 8/0 is answered by 0/0, the ICMPv6
	// echo request 128/0 by 129/0; other ICMP and ICMPv6 messages have no
	// answer. Every other protocol is judged by the protocol alone.
	Reply
)

// String returns "forward" or "reply".
func (d Direction) String() string {
	if d == Forward {
		return "forward"
	}
	return "reply"
}

// Piece is a part of a filter: the Services that apply to peers in a range.
// The address family is told where the piece is used. A filter is a list of
// pieces, sorted and disjoint; no service is allowed to a peer outside of
// them. A list must not change as long as a Space may use it.
type Piece struct {
	addr.Range
	*Services
}

// Restrict returns the headers of s, of family f only, that a filter allows:
// those whose peer address, the field Src or Dst, lies in a piece whose
// Services allow the packet that dir tells. Headers without an answer are not
// in a result for Reply.
func (sp *Space) Restrict(s Set, f addr.Family, peer Field, dir Direction, pieces []Piece) Set {
	body := sp.body(s, f)
	if body == Empty {
		return Empty
	}
	if len(pieces) == 1 && dir == Forward && pieces[0].allowsAll && pieces[0].Range == addr.All {
		return sp.rewrap(s, f, body)
	}
	if v := sp.narrow(body, peer, dir, pieces); v.known {
		if !v.cell.allow {
			return Empty
		}
		return sp.rewrap(s, f, body)
	}
	w := walk{sp: sp, peer: peer, dir: dir, pieces: pieces, op: opAllow, list: opAllowList}
	return sp.rewrap(s, f, w.run(body))
}

// RestrictRule returns the headers of s, of family f, that are decided by the
// given rule, be it an allow or a deny. Peers outside of all pieces and
// headers without an answer are decided by no rule.
func (sp *Space) RestrictRule(s Set, f addr.Family, peer Field, dir Direction, pieces []Piece, rule int32) Set {
	body := sp.body(s, f)
	if body == Empty {
		return Empty
	}
	if v := sp.narrow(body, peer, dir, pieces); v.known && v.sole {
		if !v.decided || v.cell.rule != rule {
			return Empty
		}
		return sp.rewrap(s, f, body)
	}
	w := walk{sp: sp, peer: peer, dir: dir, pieces: pieces, op: opRule, list: opRuleList, rule: rule}
	return sp.rewrap(s, f, w.run(body))
}

// RulesOf appends to dst the rules that decide some header of s of family f,
// ascending, each once.
func (sp *Space) RulesOf(dst []int32, s Set, f addr.Family, peer Field, dir Direction, pieces []Piece) []int32 {
	body := sp.body(s, f)
	if body == Empty {
		return dst
	}
	if v := sp.narrow(body, peer, dir, pieces); v.known && v.sole {
		if v.decided {
			dst = append(dst, v.cell.rule)
		}
		return dst
	}
	w := walk{sp: sp, peer: peer, dir: dir, pieces: pieces, op: opSeen, rules: dst, first: len(dst)}
	w.run(body)
	return w.rules
}

// rewrap returns the headers of family f with the given body; s itself, where
// they are all of it.
func (sp *Space) rewrap(s Set, f addr.Family, body Set) Set {
	if body == Empty {
		return Empty
	}
	if n := &sp.nodes[s]; n.level == Family {
		if sp.edges[n.off+uint32(f)].to == body && sp.edges[n.off+1-uint32(f)].to == Empty {
			return s
		}
	}
	return sp.family(f, body)
}
