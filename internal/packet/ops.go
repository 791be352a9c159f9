package packet

import "github.com/vpcpath/vpcpath/internal/addr"

// And returns the headers in both a and b.
func (sp *Space) And(a, b Set) Set { return sp.apply(opAnd, a, b) }

// Or returns the headers in a, in b, or in both.
func (sp *Space) Or(a, b Set) Set { return sp.apply(opOr, a, b) }

// Minus returns the headers in a that are not in b. Minus(Everything, s) is
// the complement of s.
func (sp *Space) Minus(a, b Set) Set { return sp.apply(opMinus, a, b) }

// trivial answers the cases of an operation that need no look at the
// diagrams.
func trivial(o op, a, b Set) (Set, bool) {
	switch o {
	case opAnd:
		switch {
		case a == Empty || b == Empty:
			return Empty, true
		case a == Everything || a == b:
			return b, true
		case b == Everything:
			return a, true
		}
	case opOr:
		switch {
		case a == Everything || b == Everything:
			return Everything, true
		case a == Empty || a == b:
			return b, true
		case b == Empty:
			return a, true
		}
	case opMinus:
		switch {
		case a == Empty || b == Everything || a == b:
			return Empty, true
		case b == Empty:
			return a, true
		}
	}
	return 0, false
}

// absorbing returns the results that the operation has for an operand
// whatever the other one is; -1 stands for none.
func absorbing(o op) (left, right Set) {
	switch o {
	case opAnd:
		return Empty, Empty
	case opOr:
		return Everything, Everything
	}
	return Empty, Everything
}

func (sp *Space) apply(o op, a, b Set) Set {
	if s, ok := trivial(o, a, b); ok {
		return s
	}
	if a > b && o != opMinus {
		a, b = b, a
	}
	key := o.key(a, uint32(b), 0)
	if s, ok := sp.memo.get(key); ok {
		return s
	}
	na, nb := sp.nodes[a], sp.nodes[b]
	level := min(na.level, nb.level)
	base := len(sp.tmp)
	switch {
	case na.level < nb.level:
		for i := na.off; i < na.off+na.n; i++ {
			e := sp.edges[i]
			sp.push(base, e.hi, sp.apply(o, e.to, b))
		}
	case nb.level < na.level:
		for i := nb.off; i < nb.off+nb.n; i++ {
			e := sp.edges[i]
			sp.push(base, e.hi, sp.apply(o, a, e.to))
		}
	default:
		sp.merge(o, na, nb, base)
	}
	s := sp.finish(level, base)
	sp.memo.put(key, s)
	return s
}

// merge walks the edges of two nodes of one level. An edge whose target
// decides alone skips the other side's edges below it by galloping, so that a
// narrow set against a wide one costs a search.
func (sp *Space) merge(o op, na, nb node, base int) {
	left, right := absorbing(o)
	i, iEnd := na.off, na.off+na.n
	j, jEnd := nb.off, nb.off+nb.n
	for i < iEnd && j < jEnd {
		ea, eb := sp.edges[i], sp.edges[j]
		if ea.to == left {
			sp.push(base, ea.hi, left)
			i++
			j = sp.seek(j, jEnd, ea.hi)
			continue
		}
		if eb.to == right {
			sp.push(base, eb.hi, absorbed(o))
			j++
			i = sp.seek(i, iEnd, eb.hi)
			continue
		}
		to := sp.apply(o, ea.to, eb.to)
		switch {
		case ea.hi == eb.hi:
			sp.push(base, ea.hi, to)
			i++
			j++
		case ea.hi.Less(eb.hi):
			sp.push(base, ea.hi, to)
			i++
		default:
			sp.push(base, eb.hi, to)
			j++
		}
	}
}

// absorbed is the result where the right operand decides alone.
func absorbed(o op) Set {
	if o == opOr {
		return Everything
	}
	return Empty
}

// seek returns the first of edges[i:end] whose range reaches beyond hi, or
// end.
func (sp *Space) seek(i, end uint32, hi addr.Key) uint32 {
	step := uint32(1)
	lo := i
	for i < end && !hi.Less(sp.edges[i].hi) {
		lo = i + 1
		i += step
		step *= 2
	}
	hiIdx := min(i, end)
	for lo < hiIdx {
		mid := (lo + hiIdx) / 2
		if hi.Less(sp.edges[mid].hi) {
			hiIdx = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}
