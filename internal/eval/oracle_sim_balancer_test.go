package eval_test

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
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
		w.drop(one(eval.ListenersMismatch), b.Name, node.Name)
		return
	}
	var targets []*model.Target
	for _, t := range l.Targets {
		zone := t.Interface.Subnet.AZ
		if b.CrossZone || zone == node.Subnet.AZ || zone == "" || node.Subnet.AZ == "" {
			targets = append(targets, t)
		}
	}
	if len(targets) == 0 {
		w.drop(one(eval.NoTargetsInZone), b.Name, node.Name)
		return
	}
	t := targets[w.choose.pick(len(targets))]
	q := p
	q.dst, q.dport = t.Address, t.Port
	keep := l.PreserveClientIP && side == node && w.keepsClient(node, t, q)
	if keep && t.Interface.Owns(p.src) {
		w.drop(one(eval.BalancerHairpin), b.Name, node.Name)
		return
	}
	w.leg.moved = true
	if keep {
		w.flows[targetFlow{t.Interface, q}] = node
		w.kept, w.leg.kept = true, true
	} else {
		q.src, q.sport = node.Primary(q.v6()), w.choose.port(node)
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
		leg: &leg{}, visited: map[visit]bool{}, records: map[record]bool{}, crossed: w.crossed, abroad: map[netip.Addr]bool{}, kept: true, flows: map[targetFlow]*model.Interface{}}
	o.leave(node, q)
	return !o.probing.hidden
}
