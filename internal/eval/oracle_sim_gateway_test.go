package eval_test

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

var (
	rfc1918 = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16")}
	rfc6598 = []netip.Prefix{netip.MustParsePrefix("100.64.0.0/10")}
	// nowhere is what the internet does not carry.
	nowhere = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"),
		netip.MustParsePrefix("224.0.0.0/3"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("ff00::/8"), netip.MustParsePrefix("fc00::/7"), nat64}
)

func within(list []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(list, func(c netip.Prefix) bool { return covers(c, a) })
}

// redirect is the interface that an edge table sends a subnet's traffic of
// one family to, or nil (GW-3, GW-5); an endpoint's is the one that it has.
func redirect(rt *model.RouteTable, s *model.Subnet, v6 bool) *model.Interface {
	c := s.CIDR
	if v6 {
		c = s.IPv6CIDR
	}
	if rt == nil || !c.IsValid() {
		return nil
	}
	r := bestRoute(rt, c.Addr())
	if r == nil || r.Kind != model.TargetResource {
		return nil
	}
	if e, ok := r.Target.(*model.VPCEndpoint); ok {
		return e.Interfaces[0]
	}
	i, _ := r.Target.(*model.Interface)
	return i
}

// internetGatewayOut is an internet gateway towards the internet.
func (w *walker) internetGatewayOut(g *model.InternetGateway, from *model.Interface, p pkt) {
	w.pass(g.Name)
	var codes []eval.Code
	if to := redirect(g.EdgeTable, from.Subnet, p.v6()); to != nil && to != from {
		codes = append(codes, eval.IngressRedirection) // GW-12
	}
	if within(rfc1918, p.dst) { // IGW-8
		codes = append(codes, eval.IGWDestinationRFC1918)
	}
	if within(rfc6598, p.dst) {
		codes = append(codes, eval.IGWDestinationRFC6598)
	}
	o := w.owner(g.VPC, p.src)
	if w.blocked(g.VPC, from, from.Subnet, true, p) {
		codes = append(codes, eval.PublicAccessBlocked)
	}
	if w.ofPool(g, from, p.src) { // GW-14
		o = from
	} else if o == nil { // IGW-9, and IGW-3
		codes = append(codes, eval.GatewayRejectsSpoofed)
		if !p.v6() {
			codes = append(codes, eval.IGWNoPublicIP)
		}
	} else if !p.v6() {
		public, ok := o.PublicOf(p.src)
		if !ok {
			codes = append(codes, eval.IGWNoPublicIP)
		}
		p.src = public
		if ok && w.replying && !w.abroad[public] { // decision 5
			codes = append(codes, eval.ReturnPathAsymmetric)
		}
	}
	if codes != nil {
		w.drop(codes, g.Name, bpaName(g.VPC))
		return
	}
	w.internet(p)
}

// internet is a packet on the internet, looking for whoever has its
// destination.
func (w *walker) internet(p pkt) {
	w.emitter, w.byTransit = nil, nil
	if w.loop("internet", p) {
		return
	}
	if !w.replying {
		w.abroad[p.dst] = true
	}
	if !p.v6() {
		for _, i := range w.t.Interfaces {
			for _, pub := range i.Public {
				switch {
				case pub.Public != p.dst:
				case pub.By == model.KindCarrierGateway:
					w.carrierIn(i.Subnet.VPC, p, true)
					return
				case pub.By == model.KindInternetGateway:
					w.internetGatewayIn(i.Subnet.VPC, p)
					return
				}
			}
		}
	}
	for _, v := range w.t.VPCs {
		if !p.v6() || !v.Contains(p.dst) {
			continue
		}
		if n := len(w.passages); n > 0 {
			if e, ok := w.passages[n-1].device.(*model.EgressOnlyInternetGateway); ok && e.VPC == v {
				if q, ok := w.undo(e, p); ok { // EIGW-1
					w.pass(e.Name)
					w.local(v, q)
					return
				}
			}
		}
		w.internetGatewayIn(v, p)
		return
	}
	for _, g := range w.t.InternetGateways { // GW-14
		if g.EdgeTable != nil && g.VPC != nil && inPool(g.EdgeTable, p.dst) {
			w.internetGatewayIn(g.VPC, p)
			return
		}
	}
	private := within(rfc1918, p.dst) || within(rfc6598, p.dst) || within(nowhere, p.dst)
	for _, v := range w.t.VPCs {
		private = private || v.Contains(p.dst) // ADDR-14
	}
	if private {
		w.drop(one(eval.IGWDestinationRFC1918, eval.IGWDestinationRFC6598, eval.NoPossibleDestination, eval.IGWNoPrivateIP))
		return
	}
	for _, e := range w.t.ExternalNetworks {
		for _, c := range e.CIDRs {
			if e.OnInternet() && covers(c.Prefix, p.dst) {
				w.arrive(p, e, nil, e.Name)
				return
			}
		}
	}
	w.arrive(p, nil, nil, "internet")
}

// internetGatewayIn is the internet gateway of a VPC towards the VPC.
func (w *walker) internetGatewayIn(v *model.VPC, p pkt) {
	g := v.InternetGateway
	if g == nil {
		w.drop(one(eval.NoInternetGateway, eval.IGWNoPrivateIP, eval.EgressOnlyGatewayIngress))
		return
	}
	w.pass(g.Name)
	var codes []eval.Code
	if within(rfc1918, p.src) { // IGW-8
		codes = append(codes, eval.IGWSourceRFC1918)
	}
	if within(rfc6598, p.src) {
		codes = append(codes, eval.IGWSourceRFC6598)
	}
	pool := g.EdgeTable != nil && inPool(g.EdgeTable, p.dst)
	regional := false
	if !p.v6() && !pool { // IGW-5
		found := false
		for _, i := range w.t.Interfaces {
			for _, pub := range i.Public {
				if pub.Public == p.dst && pub.By == model.KindInternetGateway && i.Subnet.VPC == v && i.Owner != nil && !found {
					nat, ok := i.Owner.(*model.NATGateway)
					found, p.dst, regional = true, pub.Private, ok && nat.Regional
				}
			}
		}
		if !found {
			codes = append(codes, eval.IGWNoPrivateIP)
		}
	}
	first, s := w.entrance(g.EdgeTable, v, p.dst)
	names := []string{g.Name, bpaName(v)}
	if o := w.owner(v, p.dst); p.v6() && o != nil { // EP-12
		if lb, ok := o.Owner.(*model.LoadBalancer); ok && !lb.InternetFacing {
			codes, names = append(codes, eval.BalancerInternal), append(names, lb.Name)
		}
	}
	if w.blocked(v, first, s, false, p) {
		codes = append(codes, eval.PublicAccessBlocked)
		if first == nil { // nobody is there, whom it might have been for
			w.drop(append(codes, eval.NoRoute, eval.NoPossibleDestination))
			return
		}
	}
	if codes != nil {
		w.drop(codes, names...)
		return
	}
	if regional { // NGW-19: it is in no subnet, and no route of the table speaks of it
		w.local(v, p)
		return
	}
	w.edge(g.EdgeTable, v, g.Name, p, !p.v6() && !pool)
}

// inPool reports whether an address is of a pool that a table takes in.
func inPool(rt *model.RouteTable, a netip.Addr) bool {
	return slices.ContainsFunc(rt.Pools, func(b model.Block) bool { return covers(b.Prefix, a) })
}

// ofPool reports whether a gateway routes an address of a pool to the
// interface (GW-14).
func (w *walker) ofPool(g *model.InternetGateway, from *model.Interface, a netip.Addr) bool {
	if g.EdgeTable == nil || !inPool(g.EdgeTable, a) {
		return false
	}
	r := bestRoute(g.EdgeTable, a)
	if r == nil {
		return false
	}
	to, _ := r.Target.(*model.Interface)
	return to != nil && to.Owner != nil && to.Owner == from.Owner
}

// edge asks a gateway's route table, if it has one (GW-5..8).
func (w *walker) edge(rt *model.RouteTable, v *model.VPC, gateway string, p pkt, needsPublic bool) {
	if rt == nil {
		w.local(v, p)
		return
	}
	w.pass(rt.Name)
	r := bestRoute(rt, p.dst)
	if r == nil { // of a pool
		w.drop(one(eval.NoRoute), rt.Name)
		return
	}
	if r.Kind == model.TargetLocal {
		w.local(v, p)
		return
	}
	if e, ok := r.Target.(*model.VPCEndpoint); ok { // GW-15
		w.inspect(e, p)
		return
	}
	i, ok := r.Target.(*model.Interface)
	if !ok || i.Owner == nil {
		w.drop(one(eval.BadStateRoute), rt.Name, r.TargetText())
		return
	}
	if needsPublic && !i.Mapped(model.KindInternetGateway) {
		w.drop(one(eval.IngressNoPublicIP), rt.Name, gateway, i.Name, ownerName(i))
		return
	}
	w.enter(i, p, true)
}

// egressOnlyOut is an egress-only internet gateway (EIGW-1).
func (w *walker) egressOnlyOut(g *model.EgressOnlyInternetGateway, from *model.Interface, p pkt) {
	w.pass(g.Name)
	if w.replying {
		w.drop(one(eval.ReturnPathAsymmetric), g.Name)
		return
	}
	var codes []eval.Code
	if w.owner(g.VPC, p.src) == nil {
		codes = append(codes, eval.GatewayRejectsSpoofed)
	}
	if b := g.VPC.BlockPublicAccess; b != nil && !b.IngressOnly && w.blocked(g.VPC, from, from.Subnet, true, p) {
		codes = append(codes, eval.PublicAccessBlocked)
	}
	if codes != nil {
		w.drop(codes, g.Name, bpaName(g.VPC))
		return
	}
	w.passages = append(w.passages, passage{device: g, in: p, out: p})
	w.internet(p)
}
