package lab

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// The times to wait for a packet that is neither dropped nor answered: the
// usual one, one when the analyzer expects exactly that, and one for a second
// look at a difference.
const (
	guardUsual    = 5 * time.Millisecond
	guardExpected = 700 * time.Microsecond
	guardDoubt    = 900 * time.Millisecond // less than a TCP client waits before it sends again
)

// mostMismatches ends a tour early: what comes behind is mostly the same.
const mostMismatches = 4

// A tour sends probes through a lab and compares each with the analyzer.
type tour struct {
	lab *Lab
	net *eval.Net
	rnd *rand.Rand

	Probes     int // verdicts compared
	Through    int // of them, those that got through
	Returned   int // arrived, but the reply was lost
	Edges      int // of them, those at the edges of a partial answer
	Retried    int // second looks
	Families   int // of the probes, those that changed their family
	Unknown    int // packets of which the analyzer says that it does not know; not sent
	Partials   int // answers that were partial
	Codes      map[eval.Code]int
	mismatches []Mismatch
	used       map[flow]bool // pairs of ports that some probe had
	sent       map[sent]bool
}

type flow struct {
	proto        uint8
	sport, dport uint16
}

// sent is a probe that has been: the servers remember it for a while.
type sent struct {
	from *model.Instance
	packet.Header
}

func newTour(l *Lab, n *eval.Net, seed uint64) *tour {
	return &tour{lab: l, net: n, rnd: rand.New(rand.NewPCG(seed, 7)), Codes: map[eval.Code]int{}, used: map[flow]bool{}, sent: map[sent]bool{}}
}

// origin finds who sends the packets of an answer. host tells that the host
// itself was asked for, not one of its addresses.
func (t *tour) origin(r *eval.Result, src netip.Addr, host bool) (Probe, bool) {
	switch res := r.From.Resource.(type) {
	case nil:
		return Probe{}, true
	case *model.Interface: // by it, whatever the host's routes say
		return Probe{Instance: res.Instance(), Named: res}, res.Instance() != nil
	case *model.VPCEndpoint:
		return Probe{Endpoint: res.Interfaces[0]}, res.Type == model.InstanceConnectEndpoint
	case *model.ExternalNetwork:
		if res.Edge != nil {
			return Probe{Edge: res.Edge}, true
		}
		return Probe{Site: res.Behind()}, res.Behind() != nil
	case *model.Instance:
		p := Probe{Instance: res}
		if _, err := netip.ParseAddr(r.From.Text); err == nil {
			return p, true // an address: the host's routes choose the way
		}
		for _, i := range res.Interfaces {
			if i.Primary(src.Is6()) == src && !host {
				p.Named = i
				return p, true
			}
		}
		return p, host
	}
	return Probe{}, false
}

// result sends up to n probes that try an answer: its inside, and both sides
// of its edges.
func (t *tour) result(r *eval.Result, n int) {
	if r.Verdict == eval.Partial {
		t.Partials++
	}
	_, host := r.From.Resource.(*model.Instance)
	if host {
		inst := r.From.Resource.(*model.Instance)
		host = len(inst.Interfaces) > 1 || len(inst.TunnelEnds) > 0
		_, err := netip.ParseAddr(r.From.Text)
		host = host && err != nil // an address was asked for
		for _, i := range inst.Interfaces {
			host = host && r.From.Text != i.Name // an interface was asked for
		}
	}
	list := t.headers(r, n)
	if r.Verdict == eval.Partial {
		edges := t.everyEdge(r, 2*n)
		list = append(list, edges...)
		defer func(before int) { t.Edges += min(t.Probes-before, len(edges)) }(t.Probes)
	}
	for _, h := range list {
		if len(t.mismatches) >= mostMismatches {
			return
		}
		p, ok := t.origin(r, h.Src, host)
		if !ok {
			continue
		}
		p.Header = h
		if host {
			p.Header.Src = netip.Addr{}
		}
		t.try(p, r)
	}
}

// try sends a probe and compares it, with the answer about this packet alone
// and with the wide answer that it was taken from.
func (t *tour) try(p Probe, wide *eval.Result) bool {
	q, ok := t.lab.question(p)
	if !ok || !t.fresh(p) {
		return false
	}
	rs, err := t.net.Ask(q)
	if err != nil || len(rs) != 1 {
		return false
	}
	r := rs[0]
	if r.Verdict == eval.Unknown || noTunnels && betweenFamilies(r) || p.Named != nil && comesBack(r, p.Instance) { // nothing that a kernel could tell
		t.Unknown++
		return false
	}
	guard := guardUsual
	if lost(r) {
		guard = guardExpected
	}
	o, err := t.lab.Send(p, guard)
	if err != nil {
		t.mismatches = append(t.mismatches, Mismatch{Probe: p, What: "cannot be sent: " + err.Error()})
		return false
	}
	what := t.differs(p, wide, r, o)
	if what != "" {
		t.Retried++
		if p.Header.Proto == packet.TCP {
			time.Sleep(1200 * time.Millisecond) // until the server has forgotten it
		}
		err := t.lab.clean()
		var again *Outcome
		if err == nil {
			again, err = t.lab.Send(p, guardDoubt)
		}
		if err != nil {
			what = "cannot be sent again: " + err.Error()
		} else {
			o = again
			what = t.differs(p, wide, r, o)
		}
	}
	t.count(p, r, o)
	if what != "" {
		t.mismatches = append(t.mismatches, Mismatch{Probe: p, At: t.Probes, What: what, Reports: o.Reports, Answer: describe(r)})
	}
	return true
}

// betweenFamilies reports whether something translates between IPv4 and IPv6,
// as NAT gateways and load balancers do and Linux does not; the lab needs TUN
// devices for it.
func betweenFamilies(r *eval.Result) bool {
	return slices.ContainsFunc(r.Forward.Hops, func(h *eval.Hop) bool { return h.Becomes != nil && h.Becomes.Family != h.Packet.Family })
}

// comesBack reports whether a request comes in at its sender on the way. Where
// its routes would not have chosen the interface that it left by, Linux drops
// what it masquerades there, and sends the rest by the mark of the socket.
func comesBack(r *eval.Result, inst *model.Instance) bool {
	return slices.ContainsFunc(r.Forward.Hops, func(h *eval.Hop) bool {
		return h.Interface != nil && h.Direction == "ingress" && h.Interface.Owner == model.Resource(inst)
	})
}

func (t *tour) count(p Probe, r *eval.Result, o *Outcome) {
	t.Probes++
	works := o.Works(p.Header.Proto)
	if works {
		t.Through++
	}
	if !works && o.Answered != "" {
		t.Returned++
	}
	if betweenFamilies(r) {
		t.Families++
	}
	for _, b := range r.Blockers {
		if !b.Supposed {
			t.Codes[b.Code]++
			break
		}
	}
}

// differs compares a probe with both answers.
func (t *tour) differs(p Probe, wide, r *eval.Result, o *Outcome) string {
	if what := t.lab.compare(p, r, o); what != "" {
		return what
	}
	if wide == nil || r.Verdict == eval.Partial {
		return ""
	}
	h := p.Header
	if !h.Src.IsValid() { // the one that the host chooses, compared above
		f := addr.FamilyOf(h.Dst)
		if list := r.From.Addrs.Ranges(f); len(list) > 0 {
			h.Src = list[0].First(f)
		}
	}
	for _, b := range wide.Blockers {
		if b.Code == eval.DeliveredElsewhere {
			return "" // the wide question is about a host, this one about an address
		}
	}
	if inBoxes(wide.Undetermined, h) {
		return "" // asked for by name, a site may have what asked for by address is just behind a connection
	}
	if inBoxes(wide.Sometimes, h) {
		return ""
	}
	if works := inBoxes(wide.Works, h); works != (r.Verdict == eval.Reachable) {
		return fmt.Sprintf("of the wide question %s to %s, the analyzer says that this packet works: %v; asked for it alone: %s", wide.From.Text, wide.To.Text, works, r.Verdict)
	}
	return ""
}

// lost reports whether the analyzer expects a packet to vanish inside a host.
func lost(r *eval.Result) bool {
	for _, b := range r.Blockers {
		if b.Supposed {
			continue
		}
		switch b.Code {
		case eval.InstanceNotForwarding, eval.InstanceForwardRules, eval.OutboundOnly, eval.ReversePathFilter, eval.ReturnPathAsymmetric, eval.DeliveredElsewhere, eval.IGWNoPrivateIP, eval.NoAddressOfFamily:
			return true
		}
		return false
	}
	return false
}

// fresh reports whether nothing that earlier probes left behind can touch
// this one: a record of the same ports the other way round, or a tracked
// connection from the same port, which NAT would keep apart from this one.
func (t *tour) fresh(p Probe) bool {
	h := p.Header
	if h.Proto != packet.TCP && h.Proto != packet.UDP {
		return true
	}
	s := sent{p.Instance, h}
	if len(t.lab.kept) > 0 { // a load balancer that keeps addresses cannot tell two such clients apart either
		c := sent{p.Instance, packet.Header{Src: h.Src, SPort: h.SPort, Proto: h.Proto}}
		if t.sent[c] {
			return false
		}
		t.sent[c] = true
	}
	if t.used[flow{h.Proto, h.DPort, h.SPort}] || t.sent[s] {
		return false
	}
	again := flow{h.Proto, h.SPort, 0}
	if t.used[again] && (len(t.lab.tunnels) > 0 && t.lab.translates() || t.lab.flush() != nil) {
		return false
	}
	t.sent[s], t.used[again], t.used[flow{h.Proto, h.SPort, h.DPort}] = true, true, true
	return true
}
