package eval_test

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// begun is a connection that went out to the internet by a carrier gateway.
type begun struct {
	g *model.CarrierGateway
	p pkt
}

// inAfrica reports whether the zone is one whose carrier gateways let everything
// pass between it and the internet: those in Africa, of parent Region
// eu-west-3.
func inAfrica(zone string) bool { return strings.HasPrefix(zone, "eu-west-3-") }

// carrierOut is a carrier gateway away from its VPC (MISC-3).
func (w *walker) carrierOut(g *model.CarrierGateway, from *model.Interface, p pkt) {
	w.pass(g.Name)
	w.emitter = nil
	var codes []eval.Code
	inside := p
	o := w.owner(g.VPC, p.src)
	if o == nil {
		codes = append(codes, eval.GatewayRejectsSpoofed, eval.CarrierNoAddress)
	} else if a, ok := o.MappedTo(p.src, model.KindCarrierGateway); ok {
		p.src = a
	} else {
		codes = append(codes, eval.CarrierNoAddress)
	}
	if w.blocked(g.VPC, from, from.Subnet, true, inside) {
		codes = append(codes, eval.PublicAccessBlocked)
	}
	if w.replying && codes == nil && !w.abroad[p.src] {
		codes = append(codes, eval.ReturnPathAsymmetric)
	}
	if codes != nil {
		w.drop(codes, g.Name, bpaName(g.VPC))
		return
	}
	for _, i := range w.t.Interfaces { // the carrier's own network
		for _, pub := range i.Public {
			if pub.By == model.KindCarrierGateway && pub.Public == p.dst {
				w.carrierIn(i.Subnet.VPC, p, false)
				return
			}
		}
	}
	for _, n := range w.t.ExternalNetworks {
		for _, c := range n.CIDRs {
			if _, ok := n.Edge.(*model.CarrierGateway); ok && covers(c.Prefix, p.dst) {
				if n.Edge != g { // of another carrier: over the internet, if at all
					continue
				}
				w.arrive(p, n, nil, n.Name)
				return
			}
		}
	}
	if within(rfc1918, p.dst) || within(rfc6598, p.dst) {
		w.leg.unclear = true
		return
	}
	switch {
	case inAfrica(from.Subnet.AZ) || w.replying || p.proto == packet.ICMP:
	case p.proto == packet.UDP:
		w.drop(one(eval.CarrierProtocol), g.Name)
		return
	case p.proto != packet.TCP:
		w.leg.unclear = true
		return
	}
	w.begun[begun{g, p}] = true
	w.internet(p)
}

// carrierIn is a carrier gateway towards its VPC, from the internet or from
// the carrier's network.
func (w *walker) carrierIn(v *model.VPC, p pkt, internet bool) {
	w.emitter, w.byTransit = nil, nil
	g := v.CarrierGateway
	if g == nil {
		w.drop(one(eval.NoCarrierGateway))
		return
	}
	w.pass(g.Name)
	if w.loop("carrier "+g.Name, p) {
		return
	}
	var to *model.Interface
	for _, i := range w.t.Interfaces {
		for _, pub := range i.Public {
			if pub.Public == p.dst && pub.By == model.KindCarrierGateway && i.Subnet.VPC == v && i.Owner != nil && to == nil {
				to = i
			}
		}
	}
	if to == nil {
		w.drop(one(eval.CarrierNoInterface), g.Name)
		return
	}
	outer := p
	if !w.replying {
		w.abroad[p.dst] = true
	}
	for _, pub := range to.Public {
		if pub.Public == p.dst && pub.By == model.KindCarrierGateway {
			p.dst = pub.Private
		}
	}
	var codes []eval.Code
	if internet && !inAfrica(to.Subnet.AZ) && p.proto != packet.ICMP && !w.begun[begun{g, outer.reverse()}] {
		codes = append(codes, eval.CarrierFromInternet)
	}
	if w.blocked(v, to, to.Subnet, false, p) {
		codes = append(codes, eval.PublicAccessBlocked)
	}
	if codes != nil {
		w.drop(codes, g.Name, bpaName(v))
		return
	}
	w.local(v, p)
}

// onOutpost reports whether a local gateway serves an interface (MISC-4).
func onOutpost(g *model.LocalGateway, i *model.Interface) bool {
	return i.Instance() != nil && (g.Outpost == "" || i.Subnet.Outpost == "" || g.Outpost == i.Subnet.Outpost)
}

// localGatewayOut is a local gateway towards the premises (MISC-4).
func (w *walker) localGatewayOut(g *model.LocalGateway, from *model.Interface, p pkt) {
	w.pass(g.Name)
	w.emitter = nil
	var codes []eval.Code
	if !onOutpost(g, from) {
		codes = append(codes, eval.LocalGatewayOutpost)
	}
	o := w.owner(from.Subnet.VPC, p.src)
	switch {
	case o == nil:
		codes = append(codes, eval.GatewayRejectsSpoofed, eval.LocalGatewayNoAddress)
	case !onOutpost(g, o):
		codes = append(codes, eval.LocalGatewayOutpost)
	case g.CoIP:
		a, ok := o.MappedTo(p.src, model.KindLocalGateway)
		if !ok {
			codes = append(codes, eval.LocalGatewayNoAddress)
		}
		p.src = a
	}
	if codes != nil {
		w.drop(codes, g.Name)
		return
	}
	w.premises(g, p)
}

// premises is a packet on the network behind the local gateways, which leads
// to each of them what it makes known.
func (w *walker) premises(g *model.LocalGateway, p pkt) {
	w.emitter, w.byTransit = nil, nil
	if w.loop("premises", p) {
		return
	}
	if i, _ := w.known(g, p.dst); i != nil { // whether it leads back, nobody says
		w.leg.unclear = true
		return
	}
	for _, o := range w.t.LocalGateways {
		if i, _ := w.known(o, p.dst); i != nil {
			w.localGatewayIn(o, p)
			return
		}
	}
	for _, n := range w.t.ExternalNetworks {
		for _, c := range n.CIDRs {
			if n.Edge == g && covers(c.Prefix, p.dst) {
				w.arrive(p, n, nil, n.Name)
				return
			}
		}
	}
	w.leg.unclear = true
}

// known finds the interface that a local gateway makes known by an address on
// the premises; else why it does not.
func (w *walker) known(g *model.LocalGateway, a netip.Addr) (*model.Interface, eval.Code) {
	why := eval.LocalGatewayNoInterface
	for _, i := range w.t.Interfaces {
		if !slices.Contains(g.VPCs, i.Subnet.VPC) || i.Owner == nil {
			continue
		}
		if g.CoIP {
			for _, pub := range i.Public {
				if pub.By == model.KindLocalGateway && pub.Public == a {
					if onOutpost(g, i) {
						return i, ""
					}
				}
			}
			continue
		}
		if !slices.Contains(i.Private, a) {
			continue
		}
		switch {
		case !onOutpost(g, i):
			why = eval.LocalGatewayOutpost
		case !slices.ContainsFunc(i.Subnet.RouteTable.Routes, func(r *model.Route) bool { return r.Target == g }):
			why = eval.LocalGatewayNotKnown
		default:
			return i, ""
		}
	}
	return nil, why
}

// localGatewayIn is a local gateway towards its VPCs.
func (w *walker) localGatewayIn(g *model.LocalGateway, p pkt) {
	w.emitter, w.byTransit = nil, nil
	w.pass(g.Name)
	i, why := w.known(g, p.dst)
	if i == nil {
		w.drop(one(why), g.Name)
		return
	}
	if g.CoIP {
		for _, pub := range i.Public {
			if pub.By == model.KindLocalGateway && pub.Public == p.dst {
				p.dst = pub.Private
			}
		}
	}
	w.local(i.Subnet.VPC, p)
}

// fromEdge is a packet that a network behind a carrier gateway or a local
// gateway sends.
func (w *walker) fromEdge(n *model.ExternalNetwork, p pkt) {
	switch g := n.Edge.(type) {
	case *model.CarrierGateway:
		if g.VPC == nil {
			w.drop(one(eval.NoCarrierGateway))
			return
		}
		for _, i := range w.t.Interfaces {
			for _, pub := range i.Public {
				if pub.By == model.KindCarrierGateway && pub.Public == p.dst {
					if o := i.Subnet.VPC.CarrierGateway; o != nil && o != g { // whether it is the same carrier's, nobody says
						w.leg.unclear = true
					}
					w.carrierIn(i.Subnet.VPC, p, false)
					return
				}
			}
		}
		if g.VPC.Contains(p.dst) {
			w.drop(one(eval.CarrierNoInterface), g.Name)
			return
		}
		w.leg.unclear = true
	case *model.LocalGateway:
		if i, _ := w.known(g, p.dst); i != nil {
			w.localGatewayIn(g, p)
			return
		}
		for _, o := range w.t.LocalGateways { // whether the networks are one, nobody says
			if i, _ := w.known(o, p.dst); i != nil {
				w.leg.unclear = true
				return
			}
		}
		w.localGatewayIn(g, p)
	}
}
