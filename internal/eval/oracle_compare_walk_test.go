package eval_test

import (
	"fmt"
	"slices"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// walks compares what a result about one packet says of its two walks. It
// returns what differs.
func (c *comparison) walks(r *eval.Result, o *outcome) string {
	if len(r.Asked) != 1 || len(r.Asked[0].Src) != 1 || len(r.Asked[0].Dst) != 1 {
		return ""
	}
	f := o.fwd.delivered
	same := r.Forward.Delivered == f && r.Forward.Complete == f
	if o.chosen { // another port may fare otherwise
		same = !(f && !r.Forward.Delivered) && !(r.Forward.Complete && !f)
	}
	if !same || !r.Forward.Walked {
		return fmt.Sprintf("forward: walked, delivered, complete are %v, %v, %v", r.Forward.Walked, r.Forward.Delivered, r.Forward.Complete)
	}
	if n := len(r.DeliveredTo); n > 1 || n == 1 && !o.fwd.delivered && !o.chosen {
		return fmt.Sprintf("DeliveredTo is %v", namesOf(r.DeliveredTo))
	}
	if got := c.stations(r.Forward); o.fwd.delivered && !slices.Equal(got, c.own(o.fwd.path)) {
		return fmt.Sprintf("the forward walk goes by %v, the simulator's by %v", got, c.own(o.fwd.path))
	}
	if o.chosen || !o.fwd.delivered || o.fwd.hypervisor {
		return ""
	}
	if len(o.fwd.path) == 1 && o.fwd.who != nil {
		return "" // a host to itself
	}
	if r.Return.Walked != o.walked {
		return fmt.Sprintf("return walked: %v", r.Return.Walked)
	}
	if !o.walked {
		return ""
	}
	if f := o.ret.delivered; r.Return.Delivered != f || r.Return.Complete != f {
		return fmt.Sprintf("return: delivered, complete are %v, %v", r.Return.Delivered, r.Return.Complete)
	}
	if got := c.stations(r.Return); o.ret.delivered && !slices.Equal(got, c.own(o.ret.path)) {
		return fmt.Sprintf("the return walk goes by %v, the simulator's by %v", got, c.own(o.ret.path))
	}
	return ""
}

// stationKinds are the kinds of hops that both sides name alike.
var stationKinds = []model.Kind{model.KindNetworkACL, model.KindRouteTable, model.KindInternetGateway, model.KindEgressOnlyInternetGateway,
	model.KindNATGateway, model.KindCarrierGateway, model.KindLocalGateway, model.KindVPNGateway, model.KindVPNConnection, model.KindPeeringConnection, model.KindTunnel,
	model.KindTransitGateway, model.KindTransitGatewayRouteTable, model.KindLoadBalancer, model.KindVPCEndpoint}

// stations are the components of a walk's hops, each once per passage.
func (c *comparison) stations(w eval.Walk) []string {
	var out []string
	for _, h := range w.Hops {
		if !h.Supposed && slices.Contains(stationKinds, h.Kind) {
			out = append(out, h.Component)
		}
	}
	return slices.Compact(out)
}

// own are the stations on a path of the simulator.
func (c *comparison) own(path []string) []string {
	var out []string
	for _, name := range path {
		if r, ok := c.t.Names[name]; ok && slices.Contains(stationKinds, r.ID().Kind) {
			out = append(out, name)
		}
	}
	return slices.Compact(out)
}
