package packet

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// A walk applies a filter to a set: Restrict, RestrictRule and RulesOf are
// this one walk and differ in what they keep of each cell, which op tells.
type walk struct {
	sp     *Space
	peer   Field
	dir    Direction
	pieces []Piece
	op     op      // opAllow, opRule or opSeen
	list   op      // the operation that caches port lists as sets
	rule   int32   // opRule: the rule wanted
	rules  []int32 // opSeen: the rules collected, sorted from first on
	first  int

	call uint32 // number of the walk
	ids  int    // sp.ids[ids+i] is 1 + the first list number of piece i, or 0
}

func (w *walk) run(body Set) Set {
	sp := w.sp
	if sp.calls++; sp.calls == 0 {
		sp.memo.reset() // call numbers wrapped: old entries would look valid
	}
	w.call = sp.calls
	w.ids = len(sp.ids)
	sp.ids = slices.Grow(sp.ids, len(w.pieces))[:w.ids+len(w.pieces)]
	clear(sp.ids[w.ids:])
	s := w.above(body)
	sp.ids = sp.ids[:w.ids]
	return s
}

// above walks the part of the diagram above the peer's field.
func (w *walk) above(s Set) Set {
	sp := w.sp
	if s == Empty {
		return Empty
	}
	n := sp.nodes[s]
	if n.level >= w.peer && w.peer == Src {
		return w.split(s, n)
	}
	key := opAbove.key(s, w.call, 0)
	if r, ok := sp.memo.get(key); ok {
		return r
	}
	var r Set
	if n.level >= w.peer {
		r = w.split(s, n)
	} else {
		base := len(sp.tmp)
		same := true
		for i := n.off; i < n.off+n.n; i++ {
			e := sp.edges[i]
			to := w.above(e.to)
			same = same && to == e.to
			sp.push(base, e.hi, to)
		}
		r = w.finish(s, n.level, base, same)
	}
	sp.memo.put(key, r)
	return r
}

// finish ends the node begun at base, which is s where all targets are the
// same as in s.
func (w *walk) finish(s Set, level Field, base int, same bool) Set {
	if same {
		w.sp.tmp = w.sp.tmp[:base]
		return s
	}
	return w.sp.finish(level, base)
}

// split cuts a node at the peer's field, or one that does not test it, by the
// pieces.
func (w *walk) split(s Set, n node) Set {
	sp := w.sp
	base := len(sp.tmp)
	same := true
	if n.level != w.peer {
		w.splitEdge(base, addr.Key{}, addr.MaxKey, s, 0, &same)
		return w.finish(s, w.peer, base, same)
	}
	p, lo := 0, addr.Key{}
	for i := n.off; i < n.off+n.n; i++ {
		e := sp.edges[i]
		if e.to == Empty {
			sp.push(base, e.hi, Empty)
		} else {
			p = w.splitEdge(base, lo, e.hi, e.to, p, &same)
		}
		lo = e.hi.Next()
	}
	return w.finish(s, w.peer, base, same)
}

// splitEdge pushes the edges for peers lo..hi, which s leads to, and returns
// the piece to look at next.
func (w *walk) splitEdge(base int, lo, hi addr.Key, s Set, p int, same *bool) int {
	sp := w.sp
	if p < len(w.pieces) && w.pieces[p].Hi.Less(lo) {
		p++
		if p < len(w.pieces) && w.pieces[p].Hi.Less(lo) {
			p += findPiece(w.pieces[p:], lo)
		}
	}
	for ; p < len(w.pieces); p++ {
		piece := &w.pieces[p]
		if hi.Less(piece.Lo) {
			break
		}
		if lo.Less(piece.Lo) {
			sp.push(base, piece.Lo.Prev(), Empty)
			*same = false
		}
		to := w.below(s, p)
		*same = *same && to == s
		if !piece.Hi.Less(hi) {
			sp.push(base, hi, to)
			return p
		}
		sp.push(base, piece.Hi, to)
		lo = piece.Hi.Next()
	}
	sp.push(base, hi, Empty)
	*same = false
	return p
}

// lists returns the number that the Space gave to the first port list of
// piece p; the others follow.
func (w *walk) lists(p int) uint32 {
	sp := w.sp
	if id := sp.ids[w.ids+p]; id != 0 {
		return id - 1
	}
	svc := w.pieces[p].Services
	id, ok := sp.bases[svc]
	if !ok {
		id = sp.lists
		sp.lists += uint32(len(svc.lists))
		sp.bases[svc] = id
	}
	sp.ids[w.ids+p] = id + 1
	return id
}

// below applies the services of piece p to a set under the peer's field.
func (w *walk) below(s Set, p int) Set {
	if w.op == opAllow && w.dir == Forward && w.pieces[p].allowsAll {
		return s
	}
	return w.services(s, p, w.lists(p))
}

// param is the third part of memo keys: what results depend on besides node
// and services.
func (w *walk) param() uint32 {
	switch w.op {
	case opRule:
		return uint32(w.rule)
	case opSeen:
		return w.call
	}
	return 0
}

func (w *walk) services(s Set, p int, lists uint32) Set {
	if s == Empty {
		return Empty
	}
	sp := w.sp
	key := w.op.key(s, lists<<1|uint32(w.dir), w.param())
	if r, ok := sp.memo.get(key); ok {
		return r
	}
	n := sp.nodes[s]
	base := len(sp.tmp)
	same := true
	switch {
	case n.level < Proto:
		for i := n.off; i < n.off+n.n; i++ {
			e := sp.edges[i]
			to := w.services(e.to, p, lists)
			same = same && to == e.to
			sp.push(base, e.hi, to)
		}
	case n.level == Proto:
		lo := 0
		for i := n.off; i < n.off+n.n; i++ {
			e := sp.edges[i]
			if e.to == Empty {
				sp.push(base, e.hi, Empty)
			} else {
				w.protos(base, lo, int(e.hi.Lo), e.to, p, lists, &same)
			}
			lo = int(e.hi.Lo) + 1
		}
	default:
		w.protos(base, 0, 255, s, p, lists, &same)
	}
	r := w.finish(s, min(n.level, Proto), base, same)
	sp.memo.put(key, r)
	return r
}

// protos pushes the edges for the protocols lo..hi, which s leads to.
func (w *walk) protos(base, lo, hi int, s Set, p int, lists uint32, same *bool) {
	svc := w.pieces[p].Services
	g := svc.group(uint8(lo))
	for lo <= hi {
		grp := svc.groups[g]
		end := min(hi, int(grp.hi))
		class := forward
		if w.dir == Reply {
			c, last := replyClass(uint8(lo))
			class = c
			end = min(end, int(last))
		}
		to := w.ports(s, &svc.lists[grp.list], lists+uint32(grp.list), class)
		*same = *same && to == s
		w.sp.push(base, number(uint8(end)), to)
		lo = end + 1
		if end == int(grp.hi) {
			g++
		}
	}
}
