package eval_test

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// leave puts a packet on the wire at an interface (M-3).
func (w *walker) leave(i *model.Interface, p pkt) {
	if w.loop("leave "+i.Name, p) {
		return
	}
	w.pass(ownerName(i))
	if i.Name != ownerName(i) {
		w.pass(i.Name)
	}
	if lb, ok := i.Owner.(*model.LoadBalancer); ok && lb.Type == model.ClassicLoadBalancer && i.Subnet.Contains(p.dst) && !w.replying && !w.aclPasses(i.Subnet, true, p) { // ACL-8
		return
	}
	if w.checked(i) && !w.checkPasses(i, true, p) || !w.groupPasses(i, true, p) {
		return
	}
	w.emitter = i
	if node := w.flows[targetFlow{i, p.reverse()}]; w.replying && node != nil {
		w.byNode(i, node, p)
		return
	}
	if i.Subnet.Contains(p.dst) { // layer 2: no ACL, no table (RT-12)
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

// enter takes a packet to an interface, across the subnet's boundary or
// within it (M-4).
func (w *walker) enter(i *model.Interface, p pkt, crossing bool) {
	if crossing && !w.aclPasses(i.Subnet, false, p) {
		return
	}
	if !w.groupPasses(i, false, p) || w.checked(i) && !w.checkPasses(i, false, p) {
		return
	}
	if w.probing != nil && w.probing.until == i {
		return
	}
	switch o := i.Owner.(type) {
	case *model.NATGateway:
		w.natGateway(o, i, p)
	case *model.LoadBalancer:
		w.balancer(o, i, p)
	case *model.VPCEndpoint:
		w.endpoint(o, i, p)
	default:
		w.hostReceive(i.Owner.(*model.Instance), p)
	}
}

// checked reports whether the source/destination check is an interface's
// business: an instance's, not those of AWS's own devices.
func (w *walker) checked(i *model.Interface) bool { return i.Instance() != nil }

// local is delivery by the local route (M-5).
func (w *walker) local(v *model.VPC, p pkt) {
	o := w.owner(v, p.dst)
	if o == nil {
		w.drop(one(eval.NoPossibleDestination))
		return
	}
	w.enter(o, p, true)
}

// listTies are the routes of which AWS uses one and does not say which, where a
// prefix list's is the best: those of other lists with the same prefix (RT-7),
// and inside the VPC the local one (RT-10).
func listTies(rt *model.RouteTable, best *model.Route, dst netip.Addr) []*model.Route {
	longest := func(r *model.Route) (p netip.Prefix) {
		for _, c := range r.Prefixes() {
			if covers(c, dst) && (!p.IsValid() || c.Bits() > p.Bits()) {
				p = c
			}
		}
		return p
	}
	p := longest(best)
	ties := []*model.Route{best}
	for _, r := range rt.Routes {
		same := slices.ContainsFunc(ties, func(o *model.Route) bool { return o.Kind == r.Kind && o.Target == r.Target })
		list := r.PrefixList != nil && longest(r) == p
		local := r.PrefixList == nil && !r.Origin.Propagated() && insideVPC(rt.VPC, p) && slices.ContainsFunc(rt.VPC.Blocks(), func(b model.Block) bool { return b.Prefix == r.Destination }) && covers(r.Destination, dst)
		if (list || local) && !same {
			ties = append(ties, r)
		}
	}
	return ties
}

// farWavelength tells two Wavelength Zones: their hosts are not allowed to talk
// within a VPC (MISC-3).
func farWavelength(a, b string) bool {
	return a != b && strings.Contains(a, "-wl") && strings.Contains(b, "-wl")
}

// bestRoute is the longest prefix, then the best origin (RT-4, RT-5, RT-8).
func bestRoute(rt *model.RouteTable, dst netip.Addr) *model.Route {
	var best *model.Route
	bestBits, bestRank := -1, 0
	for _, r := range rt.Routes {
		for _, c := range r.Prefixes() {
			if !covers(c, dst) || r.Origin.Propagated() && insideVPC(rt.VPC, c) {
				continue
			}
			rank := 0 // static
			switch {
			case r.Origin == model.OriginPropagatedBGP:
				rank = 5
			case r.Origin == model.OriginPropagatedVPN:
				rank = 4
			case r.Origin == model.OriginPropagatedDX:
				rank = 3
			case r.Origin == model.OriginAdvertised: // RT-21
				rank = 2
			case r.PrefixList != nil:
				rank = 1
			}
			if c.Bits() > bestBits || c.Bits() == bestBits && rank < bestRank {
				best, bestBits, bestRank = r, c.Bits(), rank
			}
		}
	}
	return best
}

func insideVPC(v *model.VPC, c netip.Prefix) bool {
	for _, b := range v.Blocks() {
		if b.Prefix.Addr().Is4() == c.Addr().Is4() && b.Prefix.Bits() <= c.Bits() && b.Prefix.Contains(c.Addr()) {
			return true
		}
	}
	return false
}

// route asks the route table of the interface's subnet.
func (w *walker) route(i *model.Interface, p pkt) {
	vpc, rt := i.Subnet.VPC, i.Subnet.RouteTable
	r := bestRoute(rt, p.dst)
	if r != nil && r.PrefixList != nil {
		ties := listTies(rt, r, p.dst)
		r = ties[w.choose.settle(len(ties))]
	}
	if r == nil {
		if pcx := w.crossed[p.dst]; w.replying && pcx != nil && pcx.Other(vpc) != nil && pcx.Other(vpc).Contains(p.dst) {
			w.peer(pcx, vpc, p) // NGW-12
			return
		}
		w.pass(rt.Name)
		w.drop(one(eval.NoRoute), rt.Name)
		return
	}
	w.pass(rt.Name)
	defer func() { // straight back: the loop may be named before anything behind it
		if d := w.leg.drop; d != nil && (r.Target == i || r.Target == i.Owner) {
			w.leg.drop = &drop{append(d.codes, eval.RoutingLoop), append(d.at, i.Name, ownerName(i))}
		}
	}()
	bad := func() { w.drop(one(eval.BadStateRoute), rt.Name, r.TargetText()) }
	if nat, ok := i.Owner.(*model.NATGateway); ok && nat.Regional && !w.replying && r.Kind != model.TargetBlackhole {
		if _, ok := r.Target.(*model.InternetGateway); !ok { // NGW-19: its address elsewhere is not documented
			w.leg.unclear = true
			return
		}
	}
	switch r.Kind {
	case model.TargetBlackhole:
		bad()
		return
	case model.TargetLocal:
		if o := w.owner(vpc, p.dst); o != nil && farWavelength(i.Subnet.AZ, o.Subnet.AZ) {
			w.drop(one(eval.WavelengthZones), vpc.Name)
			return
		}
		w.local(vpc, p)
		return
	}
	switch g := r.Target.(type) {
	case *model.Interface:
		if g.Owner == nil {
			bad()
			return
		}
		w.enter(g, p, true)
	case *model.NATGateway:
		w.toNATGateway(g, i, p)
	case *model.VPCEndpoint:
		if g.Type == model.GatewayEndpoint {
			w.gatewayEndpoint(g, p)
			return
		}
		w.inspect(g, p)
	case *model.TransitGateway:
		a := g.AttachmentOf(vpc)
		if a == nil {
			bad()
			return
		}
		w.transitOut(a, i, p)
	case *model.InternetGateway:
		if g.VPC != vpc {
			bad()
			return
		}
		w.internetGatewayOut(g, i, p)
	case *model.EgressOnlyInternetGateway:
		if g.VPC != vpc {
			bad()
			return
		}
		w.egressOnlyOut(g, i, p)
	case *model.CarrierGateway:
		if g.VPC != vpc {
			bad()
			return
		}
		w.carrierOut(g, i, p)
	case *model.LocalGateway:
		if !slices.Contains(g.VPCs, vpc) {
			bad()
			return
		}
		w.localGatewayOut(g, i, p)
	case *model.VPNGateway:
		if g.VPC != vpc {
			bad()
			return
		}
		w.vpnGatewayOut(g, p)
	case *model.PeeringConnection:
		if !g.Active() || g.Other(vpc) == nil {
			bad()
			return
		}
		if _, ok := i.Owner.(*model.NATGateway); ok && !w.replying {
			w.crossed[i.Private[0]] = g
		}
		w.peer(g, vpc, p)
	default:
		panic("route target " + r.TargetText())
	}
}

// peer crosses a peering connection out of VPC from (PCX-5, PCX-6 a).
func (w *walker) peer(g *model.PeeringConnection, from *model.VPC, p pkt) {
	w.pass(g.Name)
	w.byTransit = nil
	to := g.Other(from)
	if !from.Contains(p.src) && !w.kept || !to.Contains(p.dst) {
		w.drop(one(eval.PeeringAddress), g.Name)
		return
	}
	w.local(to, p)
}
