package eval_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// This is a simulator of one concrete packet. It shares nothing with the
// engine but the model: no header sets, no tries, every list is searched from
// its start. The rule ids are those of docs/semantics.md.

// pkt is a packet on the wire. dport is ICMP's type<<8|code; ports are 0
// where the protocol has none.
type pkt struct {
	src, dst     netip.Addr
	proto        uint8
	sport, dport uint16
}

func (p pkt) String() string {
	return fmt.Sprintf("%s:%d -> %s:%d proto %d", p.src, p.sport, p.dst, p.dport, p.proto)
}

func (p pkt) v6() bool { return p.src.Is6() }

// hasPorts tells the protocols whose ports NAT may change.
func (p pkt) hasPorts() bool { return p.proto == packet.TCP || p.proto == packet.UDP }

const (
	echo4, reply4 = 8 << 8, 0
	echo6, reply6 = 128 << 8, 129 << 8
)

func (p pkt) isEcho() bool {
	return p.proto == packet.ICMP && p.dport == echo4 && !p.v6() || p.proto == packet.ICMPv6 && p.dport == echo6 && p.v6()
}

// reverse is the header of the reply to p, and p that of the reply's (M-2).
func (p pkt) reverse() pkt {
	r := pkt{src: p.dst, dst: p.src, proto: p.proto, sport: p.sport, dport: p.dport}
	switch {
	case p.hasPorts():
		r.sport, r.dport = p.dport, p.sport
	case p.proto == packet.ICMP && p.dport == echo4:
		r.dport = reply4
	case p.proto == packet.ICMP && p.dport == reply4:
		r.dport = echo4
	case p.proto == packet.ICMPv6 && p.dport == echo6:
		r.dport = reply6
	case p.proto == packet.ICMPv6 && p.dport == reply6:
		r.dport = echo6
	}
	return r
}

// A sender is where a packet starts: an instance, an Instance Connect
// endpoint (via alone), or somewhere outside.
type sender struct {
	inst *model.Instance
	via  *model.Interface       // it leaves by this one, whatever the host's table says (decision 21)
	site *model.VPNConnection   // outside, behind this connection
	net  *model.ExternalNetwork // outside, this network behind connections or an edge gateway
	// none of them: on the internet
}

// is reports whether who, or the site, is the sender.
func (f sender) is(who model.Resource, site *model.VPNConnection) bool {
	switch {
	case f.inst != nil:
		return who == f.inst
	case f.via != nil:
		return who == f.via.Owner
	case f.net != nil:
		return who == f.net
	case f.site != nil:
		return site == f.site
	}
	e, network := who.(*model.ExternalNetwork)
	return site == nil && !isHost(who) && (!network || e.OnInternet())
}

// isHost tells what has an interface from what is outside.
func isHost(who model.Resource) bool {
	switch who.(type) {
	case *model.Instance, *model.VPCEndpoint, *model.LoadBalancer:
		return true
	}
	return false
}

// A drop is why and where a packet ended. Where several checks of one place
// would each stop it, in an order that nobody documents, all are listed.
type drop struct {
	codes []eval.Code
	at    []string // names that stand for the place
}

func (d *drop) String() string {
	if d == nil {
		return "none"
	}
	return fmt.Sprintf("%v at %v", d.codes, d.at)
}

// A leg is one direction of a walk.
type leg struct {
	delivered  bool
	drop       *drop
	path       []string
	seen       pkt                  // the header as it arrived
	who        model.Resource       // who got it; nil: somebody on the internet
	at         *model.Interface     // of an endpoint that got it
	site       *model.VPNConnection // it arrived behind this connection
	hypervisor bool                 // a service of the hypervisor answered
	kept       bool                 // a load balancer kept its client's address
	unclear    bool                 // nobody says what happens
	murky      bool                 // a host stands between a node and the target that is to see the client: not even the rules say what happens
	moved      bool                 // a port forward or a load balancer gave it another destination
}

// An outcome is a packet's way there and its reply's way back.
type outcome struct {
	sent     pkt
	fwd, ret leg
	walked   bool // a reply was walked
	needed   bool // and it must arrive
	chosen   bool // somebody chose a port, a zone, a target or a path
}

// works says whether the packet works: it arrives, and where a reply is
// needed, so does that.
func (o *outcome) works() bool { return o.fwd.delivered && (!o.needed || o.ret.delivered) }

// firstDrop is what stopped it first, and on which path.
func (o *outcome) firstDrop() (*drop, string) {
	if o.fwd.drop != nil {
		return o.fwd.drop, "forward"
	}
	if !o.needed {
		return nil, ""
	}
	return o.ret.drop, "return"
}

func (o *outcome) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "forward: delivered=%v drop=%v path=%v", o.fwd.delivered, o.fwd.drop, o.fwd.path)
	if o.fwd.delivered {
		fmt.Fprintf(&b, " seen as %v", o.fwd.seen)
	}
	if o.walked {
		fmt.Fprintf(&b, "\nreturn: delivered=%v drop=%v path=%v", o.ret.delivered, o.ret.drop, o.ret.path)
	}
	return b.String()
}

// simulate sends p from the sender and, if the protocol needs it or reply is
// asked for, the reply back. What AWS is free to choose, the chooser chooses.
func simulate(t *model.Topology, from sender, p pkt, reply bool, choose *chooser) *outcome {
	w := &walker{t: t, client: from, sent: p, choose: choose, up: map[*model.Tunnel]int{}}
	return w.run(reply)
}

func (w *walker) run(reply bool) *outcome {
	w.records, w.abroad, w.flows = map[record]bool{}, map[netip.Addr]bool{}, map[targetFlow]*model.Interface{}
	w.begun = map[begun]bool{}
	w.admitted = map[admitted]bool{}
	w.crossed, w.pinned, w.inspected = map[netip.Addr]*model.PeeringConnection{}, map[*model.TransitGatewayAttachment]*model.Interface{}, map[inspection]*inspected{}
	o := &outcome{sent: w.sent}
	defer func() { o.chosen = len(w.choose.arity) > 0 }()
	w.leg, w.visited = &o.fwd, map[visit]bool{}
	w.start(w.client, w.sent)
	if !o.fwd.delivered {
		return o
	}
	icmp := w.sent.proto == packet.ICMP || w.sent.proto == packet.ICMPv6
	if icmp && !w.sent.isEcho() {
		return o // nobody replies
	}
	o.walked = true // UDP and others are judged by forward delivery, unless asked
	o.needed = reply || icmp || w.sent.proto == packet.TCP
	if o.fwd.hypervisor {
		o.ret.delivered = true
		return o
	}
	w.leg, w.visited, w.replying = &o.ret, map[visit]bool{}, true
	w.emitter, w.byTransit = nil, nil
	w.reply(&o.fwd, o.fwd.seen.reverse())
	return o
}

// reply lets whoever got the request answer it.
func (w *walker) reply(got *leg, p pkt) {
	switch who := got.who.(type) {
	case *model.Instance:
		w.start(sender{inst: who}, p)
	case *model.VPCEndpoint:
		if got.at == nil { // a gateway endpoint
			w.pass(who.Name)
			w.local(who.VPC, p)
			return
		}
		w.leave(got.at, p)
	case *model.LoadBalancer:
		w.leave(got.at, p)
	case *model.ExternalNetwork:
		w.start(fromNetwork(who), p)
	default:
		w.start(sender{site: got.site}, p)
	}
}

// start puts a packet on its way.
func (w *walker) start(from sender, p pkt) {
	switch {
	case from.inst != nil:
		w.hostSend(from.inst, from.via, p)
	case from.via != nil:
		w.leave(from.via, p)
	case from.net != nil:
		w.fromNetwork(from.net, p)
	case from.site != nil:
		w.fromLinks([]*model.VPNConnection{from.site}, from.site.Name, p)
	default:
		w.internet(p)
	}
}

// walker walks one packet and its reply. State of the flow lives as long as
// the walker: the records of security groups (M-7), the passages through
// stateful devices (M-8), and NAT gateways' peering crossings (NGW-12).
type walker struct {
	t        *model.Topology
	client   sender
	sent     pkt
	choose   *chooser
	leg      *leg
	visited  map[visit]bool
	replying bool

	emitter  *model.Interface // who last put it on the wire with its own address; nil once hidden (SG-12)
	records  map[record]bool
	passages []passage
	crossed  map[netip.Addr]*model.PeeringConnection
	abroad   map[netip.Addr]bool   // destinations that the request had on the internet
	up       map[*model.Tunnel]int // 1 up, 2 down, 3 being looked at

	admitted  map[admitted]bool                                    // what Block Public Access has seen (IGW-16)
	byTransit *model.VPC                                           // the VPC that it entered over a transit gateway (NGW-11)
	begun     map[begun]bool                                       // what went out by a carrier gateway (MISC-3)
	pinned    map[*model.TransitGatewayAttachment]*model.Interface // zones of the flow (TGW-7)
	inspected map[inspection]*inspected                            // requests that passed an endpoint (EP-11)
	flows     map[targetFlow]*model.Interface                      // targets that answer by a load balancer's node (LB-7)
	kept      bool                                                 // it carries its client's address from a node to a target (LB-6)
	probing   *probe                                               // filters let everything pass; see keepsClient
}

type record struct {
	eni    *model.Interface
	egress bool
	p      pkt
}

type passage struct {
	device  model.Resource
	in, out pkt
	mid     pkt              // between a host's two translations, where FORWARD stands (NI-10)
	exit    *model.Interface // where the reply goes on, if not by the device's own means
}

// A targetFlow is a header at the interface of a load balancer's target.
type targetFlow struct {
	eni *model.Interface
	p   pkt
}

// inspected is what an endpoint knows of a connection.
type inspected struct {
	answered bool // the reply has passed too
	stateful bool // the firewall's stateful rules have seen the request
}

// An inspection is a request's header at an endpoint that inspects.
type inspection struct {
	e *model.VPCEndpoint
	p pkt
}

type visit struct {
	place string
	p     pkt
}

func (w *walker) drop(codes []eval.Code, at ...string) {
	if w.replying && w.halfInspected() { // lost anyhow, and whoever notices first may say so
		codes, at = append(slices.Clone(codes), eval.ReturnPathAsymmetric), nil
	}
	w.leg.drop = &drop{codes, at}
}

func one(c ...eval.Code) []eval.Code { return c }

func (w *walker) pass(name string) { w.leg.path = append(w.leg.path, name) }

// loop reports whether the packet was at the place before with the same
// header, and drops it then (M-9).
func (w *walker) loop(place string, p pkt) bool {
	v := visit{place, p}
	if w.visited[v] {
		w.drop(one(eval.RoutingLoop))
		return true
	}
	w.visited[v] = true
	return false
}

// undo takes a reply back through the device that passed the request on, if
// that is the last one not yet passed (decision 5).
func (w *walker) undo(device model.Resource, p pkt) (pkt, bool) {
	if x := w.last(device, p); x != nil {
		w.passages = w.passages[:len(w.passages)-1]
		return x.in.reverse(), true
	}
	return p, false
}

// last is the last passage not yet undone, if it is through the device and p
// is its reply.
func (w *walker) last(device model.Resource, p pkt) *passage {
	n := len(w.passages)
	if !w.replying || n == 0 || w.passages[n-1].device != device || w.passages[n-1].out.reverse() != p {
		return nil
	}
	x := w.passages[n-1]
	return &x
}

// arrive ends the walk at somebody: forward anybody, in reply the client only,
// with the header it waits for (M-2).
func (w *walker) arrive(p pkt, who model.Resource, site *model.VPNConnection, name string) {
	w.pass(name)
	if w.replying {
		if !w.client.is(who, site) || p != w.sent.reverse() || len(w.passages) > 0 || w.halfInspected() {
			w.drop(one(eval.ReturnPathAsymmetric, eval.DeliveredElsewhere))
			return
		}
	}
	w.leg.delivered, w.leg.seen, w.leg.who, w.leg.site = true, p, who, site
}

// owner finds the attached interface of a VPC that owns an address (M-5).
func (w *walker) owner(v *model.VPC, a netip.Addr) *model.Interface {
	for _, i := range w.t.Interfaces {
		if i.Subnet.VPC == v && i.Owner != nil && slices.Contains(i.Addrs(), a) {
			return i
		}
	}
	return nil
}
