package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// gatewayEndpoint takes b to a service through a gateway endpoint (EP-1).
func (w *walk) gatewayEndpoint(b branch, v *model.VPC, e *model.VPCEndpoint) {
	id := gatewayHop(e)
	w.gate(&b, w.sp.And(b.asked, w.carriedByGateway(b.fam)), true, func(packet.Set) Hop {
		return id.with(GatewayEndpointProtocol, "a gateway endpoint carries TCP and ICMP echo only", "EP-3")
	})
	foreign := w.sp.Minus(b.asked, w.owned(&b, b.source(), v))
	w.drop(&b, foreign, func() Hop {
		return id.with(GatewayEndpointSource, fmt.Sprintf("the source %s belongs to no network interface of %s; a gateway endpoint serves its VPC only", w.some(foreign, b.fam, b.source()), v.Name), "EP-5")
	})
	b.iface = nil
	w.arrive(b, e, nil)
}

// fromService brings the reply of a service back through a gateway endpoint,
// straight to the interface that asked.
func (w *walk) fromService(b branch, e *model.VPCEndpoint) {
	w.handOn(&b, e, "to "+e.VPC.Name, "EP-3")
	w.resolve(b, e.VPC, w.arriveAt)
}

// endpoint takes b in at an interface of a VPC endpoint.
func (w *walk) endpoint(b branch, e *model.VPCEndpoint, i *model.Interface) {
	switch e.Type {
	case model.GatewayLoadBalancerEndpoint:
		w.inspect(b, e, i)
	case model.InterfaceEndpoint:
		w.privateLink(b, e, i)
	default: // EP-13: an instance connect endpoint only starts connections
		if b.dir == packet.Reply {
			w.undoAt(&b, e)
			w.home(b, e)
			return
		}
		w.drop(&b, b.asked, func() Hop {
			return gatewayHop(e).with(EndpointInitiates, e.Name+" starts connections and takes none in", "EP-13")
		})
	}
}

// onlyInVPC drops what an instance connect endpoint that keeps its clients'
// addresses sends to other VPCs (EP-13).
func (w *walk) onlyInVPC(b *branch, e *model.VPCEndpoint) {
	inside := w.in(b.asked, b.fam, packet.Dst, w.net.vpc(e.VPC).blocks.Ranges(b.fam))
	w.drop(b, w.sp.Minus(b.asked, inside), func() Hop {
		return gatewayHop(e).with(EndpointTargetVPC, fmt.Sprintf("%s keeps its clients' addresses, and so connects to instances of %s only", e.Name, e.VPC.Name), "EP-13")
	})
}

// privateLink is an interface endpoint: it answers for its service, or hands
// the connection to the service's load balancer where the topology has it
// (EP-7..9).
func (w *walk) privateLink(b branch, e *model.VPCEndpoint, i *model.Interface) {
	if b.dir == packet.Reply {
		if !w.undoHop(&b, e, "EP-9") {
			w.asymmetric(&b, e, e.Name+" has no record of this connection", "EP-9", "M-8")
			return
		}
		w.send(b, i)
		return
	}
	ported := w.sp.Or(w.sp.Protos(packet.TCP, packet.TCP), w.sp.Protos(packet.UDP, packet.UDP))
	w.gate(&b, w.sp.And(b.asked, ported), true, func(packet.Set) Hop {
		return gatewayHop(e).with(ProtocolRestriction, "an interface endpoint carries TCP and UDP only, and answers no ping", "EP-8")
	})
	if e.Provider == nil {
		w.arrive(b, e, i)
		return
	}
	// The provider sees an address of its own load balancer (EP-9), so the
	// two sides may have the same ranges.
	for _, node := range w.providerNodes(e, i) {
		part := b
		pass := w.newPass()
		w.translate(&part, e, pass, change{dst: newEnd{to: node.Primary(b.fam == addr.V6)}}, "EP-9")
		w.translate(&part, e, pass, change{src: newEnd{to: node.Primary(b.fam == addr.V6), ports: ephemeral}}, "EP-9")
		part.iface = nil
		part.link = i
		w.loadBalancer(part, e.Provider, node)
	}
}

// providerNodes returns the nodes of the provider that serve an endpoint's
// interface: the one in its zone, with cross-zone load balancing or without
// zones any.
func (w *walk) providerNodes(e *model.VPCEndpoint, i *model.Interface) []*model.Interface {
	for _, n := range e.Provider.Nodes {
		if n.Subnet.AZ != "" && n.Subnet.AZ == i.Subnet.AZ {
			return []*model.Interface{n}
		}
	}
	return e.Provider.Nodes
}

// inspect takes b through a Gateway Load Balancer endpoint or a firewall
// endpoint: it comes out in the endpoint's subnet with the same header, and
// that subnet's table decides (EP-10, GW-15).
func (w *walk) inspect(b branch, e *model.VPCEndpoint, i *model.Interface) {
	if !w.enter(&b, e) {
		return
	}
	if b.dir == packet.Reply && !w.undoHop(&b, e, "EP-10") {
		w.asymmetric(&b, e, e.Name+" has not seen the request; both directions must be routed through it", "EP-10", "EP-11")
		return
	}
	if e.Firewall != nil {
		w.firewall(&b, e)
	} else if b.dir == packet.Forward {
		w.assume("EP-11", "the appliances behind a Gateway Load Balancer endpoint let everything pass")
		w.handOn(&b, e, "inspected by "+e.Service+", which is taken to let it pass", "EP-11")
	}
	if b.asked == packet.Empty {
		return
	}
	if b.dir == packet.Forward {
		w.remember(&b, mark{kind: passed, device: e, pass: w.newPass(), optional: e.Firewall == nil})
	}
	b.iface = nil // SG-12: inspection hides the sender's groups
	w.fromSubnet(b, i.Subnet)
}
