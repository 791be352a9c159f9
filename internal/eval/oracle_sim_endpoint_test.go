package eval_test

import (
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// gatewayEndpoint is a packet that a route sends to a gateway endpoint (EP-3,
// EP-5).
func (w *walker) gatewayEndpoint(e *model.VPCEndpoint, p pkt) {
	w.emitter = nil
	var codes []eval.Code
	if p.proto != packet.TCP && !p.isEcho() {
		codes = append(codes, eval.GatewayEndpointProtocol)
	}
	if w.owner(e.VPC, p.src) == nil {
		codes = append(codes, eval.GatewayEndpointSource)
	}
	if w.replying {
		codes = append(codes, eval.ReturnPathAsymmetric, eval.DeliveredElsewhere)
	}
	if codes != nil {
		w.drop(codes, e.Name)
		return
	}
	w.arrive(p, e, nil, e.Name)
}

// endpoint is a packet at an interface of an endpoint (EP-7, 8, 9, 13).
func (w *walker) endpoint(e *model.VPCEndpoint, i *model.Interface, p pkt) {
	switch {
	case e.Type == model.InstanceConnectEndpoint && w.replying && w.client.via == i:
		w.arrive(p, e, nil, e.Name)
		return
	case w.replying:
		w.drop(one(eval.ReturnPathAsymmetric, eval.DeliveredElsewhere), e.Name, i.Name)
		return
	case e.Type == model.InstanceConnectEndpoint:
		w.drop(one(eval.EndpointInitiates), e.Name, i.Name)
		return
	case e.Type != model.InterfaceEndpoint:
		w.drop(one(eval.NoPossibleDestination))
		return
	case !p.hasPorts():
		w.drop(one(eval.ProtocolRestriction), e.Name, i.Name)
		return
	}
	if e.Provider == nil {
		w.arrive(p, e, nil, e.Name)
		w.leg.at = i
		return
	}
	w.pass(e.Name)
	var nodes []*model.Interface // in the endpoint's zone, if there are any
	for _, n := range e.Provider.Nodes {
		if n.Subnet.AZ == i.Subnet.AZ || n.Subnet.AZ == "" || i.Subnet.AZ == "" {
			nodes = append(nodes, n)
		}
	}
	if len(nodes) == 0 {
		nodes = e.Provider.Nodes
	}
	w.behindNode(e.Provider, nodes[w.choose.pick(len(nodes))], i, p)
}

// inspect is a packet that a route hands to an endpoint of a Gateway Load
// Balancer or of a network firewall, and that comes back in the endpoint's
// subnet (EP-10, EP-11, FW-1).
func (w *walker) inspect(e *model.VPCEndpoint, p pkt) {
	w.emitter = nil
	i := e.Interfaces[0]
	if w.probing != nil {
		w.probing.hidden = true
		return
	}
	if w.loop("endpoint "+e.Name, p) || !w.aclPasses(i.Subnet, false, p) {
		return
	}
	w.pass(e.Name)
	k := inspection{e, p}
	if w.replying {
		k.p = p.reverse()
		if w.inspected[k] == nil {
			w.drop(one(eval.ReturnPathAsymmetric), e.Name)
			return
		}
		w.inspected[k].answered = true
	} else {
		w.inspected[k] = &inspected{}
	}
	if e.Firewall != nil && !w.firewallPasses(e.Firewall, p, w.inspected[k]) {
		w.drop(one(eval.FirewallRules), e.Name, e.Firewall.Name)
		return
	}
	if i.Subnet.Contains(p.dst) {
		o := w.owner(i.Subnet.VPC, p.dst)
		if o == nil || o.Subnet != i.Subnet {
			w.drop(one(eval.NoPossibleDestination))
			return
		}
		w.enter(o, p, false)
		return
	}
	if !w.aclPasses(i.Subnet, true, p) {
		return
	}
	w.route(i, p)
}

// halfInspected reports whether a firewall has seen the request and not the
// reply (FW-1); a Gateway Load Balancer tolerates that (EP-11).
func (w *walker) halfInspected() bool {
	for k, i := range w.inspected {
		if k.e.Firewall != nil && !i.answered {
			return true
		}
	}
	return false
}

// firewallPasses judges a packet by the rules of a firewall (FW-3): stateless
// ones every packet by itself, stateful ones what these forward and what is of
// no connection that they know. Of TCP they must see both halves: what they
// take for the middle of a connection they drop,
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/stream-exception-policy.html
func (w *walker) firewallPasses(f *model.NetworkFirewall, p pkt, c *inspected) bool {
	action := f.StatelessDefault
	best := 1 << 30
	for _, r := range f.Stateless {
		if r.Priority < best && firewallMatch(r, p) {
			action, best = r.Action, r.Priority
		}
	}
	stateful := action == model.ForwardToStateful
	switch {
	case action == model.DropPacket:
		return false
	case w.replying && p.proto == packet.TCP:
		return stateful == c.stateful
	case !stateful || w.replying && c.stateful:
		return true
	}
	c.stateful = true
	for _, r := range f.Stateful {
		if firewallMatch(r, p) || r.BothWays && firewallMatch(r, p.mirror()) {
			return r.Action == model.Pass
		}
	}
	return f.StatefulDefault == model.Pass
}

// mirror is p the other way round, whatever it means.
func (p pkt) mirror() pkt {
	m := p
	m.src, m.dst = p.dst, p.src
	if p.hasPorts() {
		m.sport, m.dport = p.dport, p.sport
	}
	return m
}

func firewallMatch(r *model.FirewallRule, p pkt) bool {
	if !serves(r.Traffic, p) {
		return false
	}
	if r.SourcePorts != nil && (!p.hasPorts() || !inPorts(r.SourcePorts, p.sport)) {
		return false
	}
	in := func(list []model.Block, a int) bool {
		if list == nil {
			return true
		}
		addr := p.src
		if a == 1 {
			addr = p.dst
		}
		for _, b := range list {
			if covers(b.Prefix, addr) {
				return true
			}
		}
		return false
	}
	return in(r.Source, 0) && in(r.Destination, 1)
}
