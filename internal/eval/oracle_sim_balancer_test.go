package eval_test

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// balancer is a packet that has come to a node of a load balancer: a reply
// from a target, or a connection of a client.
func (w *walker) balancer(b *model.LoadBalancer, node *model.Interface, p pkt) {
	w.pass(b.Name)
	if !w.replying {
		w.behindNode(b, node, node, p)
		return
	}
	if n := len(w.passages); n > 0 {
		exit := w.passages[n-1].exit
		if q, ok := w.undo(node, p); ok {
			w.leave(exit, q)
			return
		}
	}
	w.dropStray([]*model.Interface{node}, p, b.Name, node.Name)
}

// behindNode chooses a target for a connection and sends it there from the
// node (LB-1, 2, 3, 6, 8, 9). The client's side is the interface that its
// packets came to: the node, or that of an endpoint (EP-9).
func (w *walker) behindNode(b *model.LoadBalancer, node, side *model.Interface, p pkt) {
	if side != node {
		w.pass(b.Name)
	}
	var l *model.Listener
	for _, o := range b.Listeners {
		if o.Port == p.dport && slices.Contains(o.Protocols, p.proto) {
			l = o
		}
	}
	if l == nil {
		w.drop(one(wordFor(b, eval.ListenersMismatch, eval.ClassicListeners)), b.Name, node.Name)
		return
	}
	if l.Answers {
		if len(l.Targets) == 0 || w.choose.pick(2) == 0 { // LB-1
			w.arrive(p, b, nil, b.Name)
			w.leg.at = side
			return
		}
	}
	mixed := slices.ContainsFunc(l.Targets, func(t *model.Target) bool { return t.Address.Is4() }) &&
		slices.ContainsFunc(l.Targets, func(t *model.Target) bool { return t.Address.Is6() })
	var targets []*model.Target
	for _, t := range l.Targets {
		if b.Type == model.NetworkLoadBalancer && mixed && t.Address.Is6() != p.v6() { // LB-6
			continue
		}
		zone := t.Interface.Subnet.AZ
		if b.CrossZone || zone == node.Subnet.AZ || zone == "" || node.Subnet.AZ == "" {
			targets = append(targets, t)
		}
	}
	if len(targets) == 0 {
		w.drop(one(wordFor(b, eval.NoTargetsInZone, eval.ClassicZone)), b.Name, node.Name)
		return
	}
	t := targets[w.choose.pick(len(targets))]
	q := p
	q.dst, q.dport = t.Address, t.Port
	if p.proto == packet.UDP && (p.v6() || t.Address.Is6()) { // LB-6: from a prefix that nobody names
		w.leg.unclear = true
		return
	}
	if !node.Primary(t.Address.Is6()).IsValid() {
		w.drop(one(eval.NoAddressOfFamily), b.Name, node.Name)
		return
	}
	keep := l.PreserveClientIP && side == node && p.v6() == t.Address.Is6() && w.keepsClient(node, t, q)
	if keep && t.Interface.Owns(p.src) {
		w.drop(one(eval.BalancerHairpin), b.Name, node.Name)
		return
	}
	w.leg.moved = true
	if keep {
		w.flows[targetFlow{t.Interface, q}] = node
		w.kept, w.leg.kept = true, true
	} else {
		q.src, q.sport = node.Primary(t.Address.Is6()), w.choose.port(node)
	}
	w.passages = append(w.passages, passage{device: node, in: p, out: q, exit: side})
	w.leave(node, q)
}

// byNode is the reply of a target that has seen its client's address: it goes
// back by the node, whatever the tables say (LB-7).
func (w *walker) byNode(i, node *model.Interface, p pkt) {
	if i.Subnet != node.Subnet && (!w.aclPasses(i.Subnet, true, p) || !w.aclPasses(node.Subnet, false, p)) {
		return
	}
	w.emitter = nil
	w.enter(node, p, false)
}

// A probe looks where a packet goes if no filter stops it.
type probe struct {
	until  *model.Interface
	hidden bool // it crossed what no client's address is kept across
}

// keepsClient reports whether a target is reached without a transit gateway
// or a Gateway Load Balancer's endpoint between (LB-6).
func (w *walker) keepsClient(node *model.Interface, t *model.Target, q pkt) bool {
	o := &walker{t: w.t, client: w.client, sent: q, choose: &chooser{ports: w.choose.ports}, up: w.up, probing: &probe{until: t.Interface},
		leg: &leg{}, visited: map[visit]bool{}, records: map[record]bool{}, admitted: map[admitted]bool{}, crossed: w.crossed, abroad: map[netip.Addr]bool{}, kept: true, flows: map[targetFlow]*model.Interface{}}
	o.leave(node, q)
	return !o.probing.hidden
}

func wordFor(b *model.LoadBalancer, others, classic eval.Code) eval.Code {
	if b.Type == model.ClassicLoadBalancer {
		return classic
	}
	return others
}
