package packet

import "github.com/vpcpath/vpcpath/internal/addr"

// verdict is what a filter decides about a set that it does not cut.
type verdict struct {
	known   bool     // allow or deny is the same for the whole set
	sole    bool     // and one rule decides it, or none
	decided bool     // a rule decides
	cell    portCell // the decision, and the rule where sole; deny where no rule decides
}

// undecided is the verdict where no rule decides.
var undecided = verdict{known: true, sole: true}

// narrow answers for a set that is one box as far as the filter looks: it
// follows the only way through the diagram and compares the intervals seen.
// It makes no node and asks no memo.
func (sp *Space) narrow(s Set, peer Field, dir Direction, pieces []Piece) verdict {
	seen := [numFields]addr.Range{
		Src: {Hi: maxKey[Src]}, Dst: {Hi: maxKey[Dst]}, Proto: {Hi: maxKey[Proto]},
		DPort: {Hi: maxKey[DPort]}, SPort: {Hi: maxKey[SPort]},
	}
	last := DPort
	if dir == Reply {
		last = SPort
	}
	for {
		n := &sp.nodes[s]
		if n.level > last {
			break
		}
		es := sp.edges[n.off : n.off+n.n]
		i := 0
		if es[0].to == Empty {
			i = 1
		}
		if rest := len(es) - i - 1; rest > 1 || rest == 1 && es[i+1].to != Empty {
			return verdict{}
		}
		r := addr.Range{Hi: es[i].hi}
		if i > 0 {
			r.Lo = es[0].hi.Next()
		}
		seen[n.level] = r
		s = es[i].to
	}
	p := findPiece(pieces, seen[peer].Lo)
	if p == len(pieces) || seen[peer].Hi.Less(pieces[p].Lo) {
		return undecided
	}
	if !pieces[p].Covers(seen[peer]) {
		return verdict{}
	}
	return pieces[p].judge(seen[Proto], seen[DPort], seen[SPort], dir)
}

// judge gives the verdict on a box of protocols and ports.
func (s *Services) judge(protos, dports, sports addr.Range, dir Direction) verdict {
	proto := uint8(protos.Lo.Lo)
	g := s.groups[s.group(proto)]
	if uint64(g.hi) < protos.Hi.Lo {
		return verdict{}
	}
	lo, hi := dports.Lo.Lo, dports.Hi.Lo
	if dir == Reply {
		class, classHi := replyClass(proto)
		if uint64(classHi) < protos.Hi.Lo {
			return verdict{}
		}
		switch class {
		case replyPorts:
			lo, hi = sports.Lo.Lo, sports.Hi.Lo
		case replyAny:
			lo, hi = 0, 0
		default:
			request, answer := class.echo()
			if number(request) != dports.Lo || number(request) != dports.Hi {
				if dports.Contains(number(request)) {
					return verdict{}
				}
				return undecided
			}
			lo, hi = uint64(answer), uint64(answer)
		}
	}
	l := &s.lists[g.list]
	i := l.cellIndex(uint16(lo))
	v := verdict{known: true, sole: true, decided: true, cell: l.cells[i]}
	if uint64(v.cell.hi) >= hi {
		return v
	}
	if _, end := l.run(uint16(lo)); uint64(end) < hi {
		return verdict{}
	}
	v.sole = false
	return v
}

// findPiece returns the first piece that ends at or behind k.
func findPiece(pieces []Piece, k addr.Key) int {
	lo, hi := 0, len(pieces)
	for lo < hi {
		if mid := int(uint(lo+hi) / 2); pieces[mid].Hi.Less(k) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
