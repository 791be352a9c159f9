package eval

import (
	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/lpm"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// walk answers one question about one pair of endpoints. It sends the set of
// all asked headers through the network, stage by stage, and from wherever
// they arrive the replies back.
//
// All sets hold headers of the *connection*: source, destination and ports as
// the request has them at that point of its path. A reply is the same header
// read backwards (packet.Reply), so the request's state and its rewrites
// apply to the reply without translation between the two.
type walk struct {
	net      *Net
	sp       *packet.Space
	allRules bool // record the rules passed over too
	rec      bool // record hops and blockers, and walk on behind drops

	origin  origin
	target  target
	asked   packet.Set // everything that was asked
	replies packet.Set // headers that have a reply at all
	need    packet.Set // headers that work only when their reply comes back

	// Outcomes, in headers of the question. A header is in both of a pair
	// where a NAT's choice, or AWS's, decides.
	arrived, lost        packet.Set        // on the way there
	answered, unanswered packet.Set        // on the way back, of those that arrived
	chosen               packet.Set        // an undocumented choice of AWS decides (RT-7)
	unknown              packet.Set        // something that is not modelled decides, unless all of it fails anyhow
	open                 packet.Set        // the part of it of which nobody can say what becomes of it
	listed               *model.PrefixList // the list of the addresses asked for, where nobody knows these
	maybes               []maybe           // routes to lists that nobody knows, which may decide
	doubted              packet.Set        // an address that AWS chooses decides, whatever becomes of its stand-in
	forward, back        []*Hop
	blockers             []blocker
	assumptions          []Assumption
	delivered            []model.Resource
	hops                 int  // recorded so far
	latest               *Hop // the one recorded last
	namedOut             bool // a rule naming a group has let something out (SG-13)
	replied              bool // a reply was sent
	passes               int  // numbers the passages through devices
	tunnels              []*model.Tunnel
	marks                slab[mark]
	visits               slab[visit]
	ranges               []addr.Range
	recent               [4]projection
	oldest               int
	cut                  []packet.Piece
	regions              []lpm.Region[*packet.Services]
}

// branch is a set of packets at one point of their path.
type branch struct {
	// asked is everything that would be here if no filter had stopped it on
	// the way; live is the part that really is. What is in asked alone is
	// walked on, supposing that the drops behind it were mended.
	asked, live packet.Set
	fam         addr.Family
	dir         packet.Direction
	// iface is the interface that last put the packets on the wire, as long
	// as nothing since has hidden it (SG-12); nil behind a gateway.
	iface   *model.Interface
	trail   *mark // what the request has left behind, newest first
	undo    *mark // for a reply: the newest mark that it has still to come past
	seen    *visit
	table   *routeTable      // the one that was looked up last
	az      string           // Availability Zone of the subnet that was left last
	link    *model.Interface // the endpoint's interface that the packet came to its service by
	entered *model.VPC       // the VPC that was entered through a transit gateway
	hop     int              // the hop before
	depth   int
}

// source and destination are the fields of the connection header that hold
// the packet's own source and destination.
func (b *branch) source() packet.Field {
	if b.dir == packet.Reply {
		return packet.Dst
	}
	return packet.Src
}

func (b *branch) destination() packet.Field {
	if b.dir == packet.Reply {
		return packet.Src
	}
	return packet.Dst
}

// only returns the part of b in s.
func (w *walk) only(b branch, s packet.Set) branch {
	b.asked = w.sp.And(b.asked, s)
	b.live = w.sp.And(b.live, s)
	return b
}

// without removes s from b.
func (w *walk) without(b *branch, s packet.Set) {
	b.asked = w.sp.Minus(b.asked, s)
	b.live = w.sp.Minus(b.live, s)
}

// to returns the part of b whose own destination is in the ranges.
func (w *walk) to(b *branch, ranges ...addr.Range) packet.Set {
	return w.in(b.asked, b.fam, b.destination(), ranges)
}

// in returns the part of s whose address field lies in the ranges. Most sets
// lie in them wholly or not at all, which is seen without set algebra.
func (w *walk) in(s packet.Set, f addr.Family, field packet.Field, ranges []addr.Range) packet.Set {
	all, some := true, false
	for _, r := range w.addrs(s, f, field) {
		covered := false
		for _, o := range ranges {
			some = some || o.Overlaps(r)
			covered = covered || o.Covers(r)
		}
		all = all && covered
	}
	switch {
	case !some:
		return packet.Empty
	case all:
		return s
	}
	return w.sp.And(s, w.sp.Addrs(f, field, ranges...))
}

// addrs returns the ranges of an address field of s. They stay good until the
// walk ends.
func (w *walk) addrs(s packet.Set, f addr.Family, field packet.Field) []addr.Range {
	for i := range w.recent {
		if r := &w.recent[i]; r.set == s && r.fam == f && r.field == field && r.ranges != nil {
			return r.ranges
		}
	}
	n := len(w.ranges)
	w.ranges = w.sp.AppendAddrs(w.ranges, s, f, field)
	out := w.ranges[n:len(w.ranges):len(w.ranges)]
	w.recent[w.oldest] = projection{s, f, field, out}
	w.oldest = (w.oldest + 1) % len(w.recent)
	return out
}

// projection is the outcome of addrs; one stage after the other asks for the
// same.
type projection struct {
	set    packet.Set
	fam    addr.Family
	field  packet.Field
	ranges []addr.Range
}

// split cuts the addresses in a field of s by what a table says about them,
// and calls each once for every answer, in the order of the addresses; ok is
// false for those that the table does not hold.
func split[V comparable](w *walk, t *lpm.Table[V], s packet.Set, f addr.Family, field packet.Field, each func(rs []addr.Range, v V, ok bool)) {
	all := w.addrs(s, f, field)
	if len(all) == 1 && all[0].Single(f) {
		v, ok := t.LookupKey(f, all[0].Lo)
		each(all, v, ok)
		return
	}
	type answer struct {
		v  V
		ok bool
	}
	var order []answer
	ranges := map[answer][]addr.Range{}
	var regions []lpm.Region[V]
	for _, r := range all {
		regions = t.Regions(regions[:0], f, r)
		for _, g := range regions {
			a := answer{g.Value, g.OK}
			if _, seen := ranges[a]; !seen {
				order = append(order, a)
			}
			ranges[a] = append(ranges[a], g.Range)
		}
	}
	for _, a := range order {
		each(ranges[a], a.v, a.ok)
	}
}
