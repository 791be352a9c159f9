package packet

import "slices"

// ports applies a port list to a set under the protocol.
func (w *walk) ports(s Set, l *portList, id uint32, class class) Set {
	if w.op == opSeen {
		w.collect(s, l, class)
		return Empty
	}
	return w.sp.And(s, w.listSet(l, id, class))
}

// listSet returns what the walk keeps of a port list, as a set over the field
// that the class of protocol is judged by.
func (w *walk) listSet(l *portList, id uint32, c class) Set {
	sp := w.sp
	key := w.list.key(0, id<<3|uint32(c), w.param())
	if s, ok := sp.memo.get(key); ok {
		return s
	}
	var s Set
	switch c {
	case forward:
		s = w.portSet(l, DPort)
	case replyPorts:
		s = w.portSet(l, SPort)
	case replyAny:
		s = w.keep(l.cells[0])
	default:
		request, answer := c.echo()
		if w.keep(l.cell(answer)) == Everything {
			s = sp.Ports(DPort, request, request)
		}
	}
	sp.memo.put(key, s)
	return s
}

func (w *walk) portSet(l *portList, field Field) Set {
	base := len(w.sp.tmp)
	for _, c := range l.cells {
		w.sp.push(base, number(c.hi), w.keep(c))
	}
	return w.sp.finish(field, base)
}

// keep tells whether the walk keeps a cell: Everything or Empty.
func (w *walk) keep(c portCell) Set {
	if w.op == opAllow && c.allow || w.op == opRule && c.rule == w.rule {
		return Everything
	}
	return Empty
}

// collect notes the rules of the cells that judge some header of s.
func (w *walk) collect(s Set, l *portList, c class) {
	sp := w.sp
	switch c {
	case forward:
		w.collectPorts(s, l, DPort)
	case replyPorts:
		w.collectPorts(sp.free(s, 1<<DPort), l, SPort)
	case replyAny:
		w.note(l.cells[0].rule)
	default:
		request, answer := c.echo()
		if sp.And(s, sp.Ports(DPort, request, request)) != Empty {
			w.note(l.cell(answer).rule)
		}
	}
}

func (w *walk) collectPorts(s Set, l *portList, field Field) {
	n := w.sp.nodes[s]
	if n.level != field {
		for _, c := range l.cells {
			w.note(c.rule)
		}
		return
	}
	lo := uint16(0)
	for i := n.off; i < n.off+n.n; i++ {
		e := w.sp.edges[i]
		if e.to != Empty {
			for k := l.cellIndex(lo); ; k++ {
				w.note(l.cells[k].rule)
				if uint64(l.cells[k].hi) >= e.hi.Lo {
					break
				}
			}
		}
		lo = uint16(e.hi.Lo) + 1
	}
}

func (w *walk) note(rule int32) {
	i, found := slices.BinarySearch(w.rules[w.first:], rule)
	if !found {
		w.rules = slices.Insert(w.rules, w.first+i, rule)
	}
}

// class tells how protocols are judged.
type class uint8

const (
	forward    class = iota // by DPort
	replyPorts              // by SPort: TCP and UDP
	replyAny                // by the protocol alone
	replyEcho               // ICMP: the echo request by the type of its answer
	replyEcho6              // ICMPv6: the same
)

// echo returns the DPort of a class's echo request and that of its answer.
func (c class) echo() (request, answer uint16) {
	if c == replyEcho {
		return ICMPPort(8, 0), ICMPPort(0, 0)
	}
	return ICMPPort(128, 0), ICMPPort(129, 0)
}

// replyClass returns how replies of a protocol are judged, and the last of
// the protocols behind it that are judged alike.
func replyClass(proto uint8) (c class, last uint8) {
	switch {
	case proto == ICMP:
		return replyEcho, ICMP
	case proto == TCP:
		return replyPorts, TCP
	case proto == UDP:
		return replyPorts, UDP
	case proto == ICMPv6:
		return replyEcho6, ICMPv6
	case proto < ICMP:
		return replyAny, ICMP - 1
	case proto < TCP:
		return replyAny, TCP - 1
	case proto < UDP:
		return replyAny, UDP - 1
	case proto < ICMPv6:
		return replyAny, ICMPv6 - 1
	}
	return replyAny, 255
}
