package packet

import "slices"

// PortRange is a run of ports, or of ICMP type<<8|code numbers, both ends
// included.
type PortRange struct{ Lo, Hi uint16 }

// AllPorts is every port.
var AllPorts = PortRange{0, 0xffff}

// ProtoRange is a run of IP protocol numbers, both ends included.
type ProtoRange struct{ Lo, Hi uint8 }

// AllProtos is every protocol.
var AllProtos = ProtoRange{0, 0xff}

// Service is what one rule of a filter matches besides the peer's address,
// and what it then decides.
type Service struct {
	// Proto is the protocols matched.
	Proto ProtoRange
	// Ports is the destination ports matched. For ICMP and ICMPv6 these are
	// type and code as ICMPPort makes them: a rule on the type only has
	// Lo = type<<8, Hi = type<<8|255. For protocols without ports it must be
	// AllPorts.
	Ports PortRange
	// Allow is the decision.
	Allow bool
	// Rule is the caller's name for the rule; several Services may share it.
	Rule int32
}

// Services is what a filter decides for one peer: a partition of all
// (protocol, destination port) pairs into cells, each with the rule that
// decides it. It is immutable and safe for concurrent use.
type Services struct {
	groups    []protoGroup // sorted; they partition the protocols
	lists     []portList   // distinct, in order of first use by groups
	allowsAll bool
}

// A protoGroup is the protocols that end at hi and begin behind the previous
// group; all of them decide ports by the same list.
type protoGroup struct {
	hi   uint8
	list uint8
}

// A portList partitions the ports.
type portList struct {
	cells []portCell
	cuts  []uint16 // last ports of the runs of one decision
	first bool     // the decision of the first run; it alternates
}

// A portCell is the ports that end at hi, decided by one rule.
type portCell struct {
	hi    uint16
	allow bool
	rule  int32
}

// NewServices compiles rules of which the first match wins, in slice order.
// What no rule matches is denied by defaultRule. A security group is a list
// of allows, so its union is the same computation, with each cell credited to
// the first rule that matches. Rules with an inverted range match nothing.
func NewServices(rules []Service, defaultRule int32) *Services {
	s := &Services{}
	var isCut [257]bool // a protocol at which some rule's range starts, or has just ended
	for _, r := range rules {
		isCut[r.Proto.Lo] = true
		isCut[int(r.Proto.Hi)+1] = true
	}
	var b listBuilder
	var used [][]int32 // rules behind each list
	match := make([]int32, 0, len(rules))
	for lo := 0; lo < 256; {
		hi := lo
		for hi < 255 && !isCut[hi+1] {
			hi++
		}
		match = match[:0]
		for i, r := range rules {
			if int(r.Proto.Lo) <= lo && hi <= int(r.Proto.Hi) && r.Ports.Lo <= r.Ports.Hi {
				match = append(match, int32(i))
			}
		}
		s.add(uint8(hi), s.list(&b, &used, rules, match, defaultRule))
		lo = hi + 1
	}
	s.allowsAll = !slices.ContainsFunc(s.lists, func(l portList) bool { return !l.first || len(l.cuts) > 1 })
	return s
}

// add appends a group, or extends the last one.
func (s *Services) add(hi uint8, list int) {
	if n := len(s.groups); n > 0 && int(s.groups[n-1].list) == list {
		s.groups[n-1].hi = hi
		return
	}
	s.groups = append(s.groups, protoGroup{hi, uint8(list)})
}

// list returns the number of the list that the matching rules make.
func (s *Services) list(b *listBuilder, used *[][]int32, rules []Service, match []int32, defaultRule int32) int {
	for i, u := range *used {
		if slices.Equal(u, match) {
			// used has one entry per list built, lists one per distinct list
			return b.number[i]
		}
	}
	*used = append(*used, slices.Clone(match))
	l := b.build(rules, match, defaultRule)
	n := slices.IndexFunc(s.lists, func(o portList) bool { return slices.Equal(o.cells, l.cells) })
	if n < 0 {
		n = len(s.lists)
		s.lists = append(s.lists, l)
	}
	b.number = append(b.number, n)
	return n
}

// listBuilder holds the scratch of building port lists.
type listBuilder struct {
	cuts   []uint16 // last ports of the elementary runs, sorted, ending at 65535
	skip   []int32  // per run: the next run at or after it that is not painted
	paint  []int32  // per run: the matching rule, or -1
	number []int    // per list built: its number in Services.lists
}

// build paints the elementary runs with the matching rules in order; a run
// keeps its first colour.
func (b *listBuilder) build(rules []Service, match []int32, defaultRule int32) portList {
	b.cuts = append(b.cuts[:0], 0xffff)
	for _, m := range match {
		p := rules[m].Ports
		if p.Lo > 0 {
			b.cuts = append(b.cuts, p.Lo-1)
		}
		b.cuts = append(b.cuts, p.Hi)
		if p == AllPorts {
			break // nothing behind this rule is reached
		}
	}
	slices.Sort(b.cuts)
	b.cuts = slices.Compact(b.cuts)
	n := len(b.cuts)
	b.skip, b.paint = b.skip[:0], b.paint[:0]
	for i := range n {
		b.skip = append(b.skip, int32(i))
		b.paint = append(b.paint, -1)
	}
	b.skip = append(b.skip, int32(n))
	for _, m := range match {
		p := rules[m].Ports
		i, _ := slices.BinarySearch(b.cuts, p.Lo)
		for i = b.free(i); i < n && (i == 0 || b.cuts[i-1] < p.Hi); i = b.free(i + 1) {
			b.paint[i] = m
			b.skip[i] = int32(i + 1)
		}
		if p == AllPorts {
			break
		}
	}
	var l portList
	l.cells = make([]portCell, 0, n)
	for i, m := range b.paint {
		c := portCell{hi: b.cuts[i], rule: defaultRule}
		if m >= 0 {
			c.allow, c.rule = rules[m].Allow, rules[m].Rule
		}
		if k := len(l.cells); k > 0 && l.cells[k-1].allow == c.allow && l.cells[k-1].rule == c.rule {
			l.cells[k-1].hi = c.hi
			continue
		}
		l.cells = append(l.cells, c)
	}
	l.first = l.cells[0].allow
	l.cuts = make([]uint16, 0, len(l.cells))
	for i, c := range l.cells {
		if i+1 == len(l.cells) || l.cells[i+1].allow != c.allow {
			l.cuts = append(l.cuts, c.hi)
		}
	}
	return l
}

// free returns the first unpainted run at or after i, shortening the way for
// the next search.
func (b *listBuilder) free(i int) int {
	for int(b.skip[i]) != i {
		b.skip[i] = b.skip[b.skip[i]]
		i = int(b.skip[i])
	}
	return i
}

// Decide returns the decision for one protocol and destination port, and the
// rule that makes it. For protocols without ports any port will do.
func (s *Services) Decide(proto uint8, port uint16) (allow bool, rule int32) {
	c := s.lists[s.groups[s.group(proto)].list].cell(port)
	return c.allow, c.rule
}

// AllowsAll reports whether every service is allowed, by whatever rules.
func (s *Services) AllowsAll() bool { return s.allowsAll }

// Equal reports whether s and o decide everything alike, by the same rules.
func (s *Services) Equal(o *Services) bool {
	return s == o || slices.Equal(s.groups, o.groups) &&
		slices.EqualFunc(s.lists, o.lists, func(a, b portList) bool { return slices.Equal(a.cells, b.cells) })
}

// group returns the index of the group that proto is in.
func (s *Services) group(proto uint8) int {
	lo, hi := 0, len(s.groups)-1
	for lo < hi {
		if mid := (lo + hi) / 2; s.groups[mid].hi < proto {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// cell returns the cell that port is in.
func (l *portList) cell(port uint16) portCell { return l.cells[l.cellIndex(port)] }

func (l *portList) cellIndex(port uint16) int {
	lo, hi := 0, len(l.cells)-1
	for lo < hi {
		if mid := (lo + hi) / 2; l.cells[mid].hi < port {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// run returns the decision for port and the last port of the run of ports
// around it that are decided alike.
func (l *portList) run(port uint16) (allow bool, hi uint16) {
	i, j := 0, len(l.cuts)-1
	for i < j {
		if mid := (i + j) / 2; l.cuts[mid] < port {
			i = mid + 1
		} else {
			j = mid
		}
	}
	return l.first != (i&1 == 1), l.cuts[i]
}
