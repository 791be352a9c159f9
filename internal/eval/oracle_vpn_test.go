package eval_test

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// bestConnection is the connection of a VPN gateway that knows the longest
// prefix to an address; static beats BGP (VGW-1, VGW-2).
func bestConnection(g *model.VPNGateway, dst netip.Addr) *model.VPNConnection {
	var best *model.VPNConnection
	bits := -1
	for _, c := range g.Connections {
		for _, r := range c.Routes {
			if covers(r.Prefix, dst) && (r.Prefix.Bits() > bits || r.Prefix.Bits() == bits && best.BGP && !c.BGP) {
				best, bits = c, r.Prefix.Bits()
			}
		}
	}
	return best
}

// vpnGatewayOut is a VPN gateway away from its VPC (VGW-1, 3, 5).
func (w *walker) vpnGatewayOut(g *model.VPNGateway, p pkt) {
	w.pass(g.Name)
	var codes []eval.Code
	if p.v6() {
		codes = append(codes, eval.VPNConnectionFamily)
	}
	if w.owner(g.VPC, p.src) == nil {
		codes = append(codes, eval.VPNGatewaySource, eval.GatewayRejectsSpoofed)
	}
	c := bestConnection(g, p.dst)
	if c == nil {
		codes = append(codes, eval.VPNGatewayNoRoute)
	}
	if codes != nil {
		w.drop(codes, g.Name)
		return
	}
	w.toSite(c, p)
}

// toSite delivers behind a connection.
func (w *walker) toSite(c *model.VPNConnection, p pkt) {
	w.pass(c.Name)
	for _, n := range c.Networks {
		for _, b := range n.CIDRs {
			if covers(b.Prefix, p.dst) {
				w.arrive(p, n, c, n.Name)
				return
			}
		}
	}
	w.arrive(p, c, c, "behind "+c.Name)
}

// fromSite is a packet that a site sends over its connection (VGW-3, 7, 9).
func (w *walker) fromSite(c *model.VPNConnection, p pkt) {
	w.emitter = nil
	g := c.Gateways[0]
	w.pass(c.Name)
	w.pass(g.Name)
	if p.v6() {
		w.drop(one(eval.VPNConnectionFamily), g.Name, c.Name)
		return
	}
	if g.VPC == nil || w.owner(g.VPC, p.dst) == nil {
		if o := bestConnection(g, p.dst); o != nil && o != c && o.BGP && c.BGP {
			w.toSite(o, p) // CloudHub
			return
		}
		w.drop(one(eval.VPNGatewayDestination), g.Name, c.Name)
		return
	}
	w.edge(g.EdgeTable, g.VPC, g.Name, p, false)
}

// tunnelSend puts a packet into a tunnel and takes it out at the other end
// (VPNI-3, VPNI-4).
func (w *walker) tunnelSend(e *model.TunnelEnd, p pkt) {
	w.emitter = nil
	t, peer := e.Tunnel, e.Peer()
	w.pass(t.Name)
	if w.loop("tunnel "+t.Name+" from "+e.Instance.Name, p) {
		return
	}
	if !w.tunnelUp(t) {
		w.drop(one(eval.TunnelDown), t.Name)
		return
	}
	if back := hostRoute(peer.Instance, p.src); back.end == nil || back.end.Tunnel != t {
		codes := one(eval.ReversePathFilter)
		if w.visited[visit{"tunnel " + t.Name + " from " + peer.Instance.Name, p}] { // it only comes back
			codes = append(codes, eval.RoutingLoop)
		}
		w.drop(codes, t.Name, peer.Instance.Name)
		return
	}
	w.hostReceive(peer.Instance, p)
}

// tunnelUp asks whether the tunnel's own packets make the round trip when
// either end begins (VPNI-2, decision 14).
func (w *walker) tunnelUp(t *model.Tunnel) bool {
	if w.up[t] == 0 {
		w.up[t] = 3
		state := 2
		for _, e := range t.Ends {
			if w.outerWorks(e) {
				state = 1
			}
		}
		w.up[t] = state
	}
	return w.up[t] == 1
}

// outerAddrs are the address that an instance sends a tunnel's packets from,
// and the one it is known by outside.
func outerAddrs(i *model.Instance) (private, outer netip.Addr) {
	for _, eni := range i.Interfaces {
		for _, a := range eni.Private {
			if public, ok := eni.PublicOf(a); ok {
				return a, public
			}
		}
	}
	a := i.Interfaces[0].Primary(false)
	return a, a
}

func (w *walker) outerWorks(e *model.TunnelEnd) bool {
	src, _ := outerAddrs(e.Instance)
	_, dst := outerAddrs(e.Peer().Instance)
	p := pkt{src: src, dst: dst, proto: e.Tunnel.Protocol, sport: e.Tunnel.Port, dport: e.Tunnel.Port}
	for _, port := range natPorts(w.t) {
		o := &walker{t: w.t, client: sender{inst: e.Instance}, sent: p, records: map[record]bool{}, abroad: map[netip.Addr]bool{},
			choose:  func(*model.NATGateway) uint16 { return port },
			crossed: map[netip.Addr]*model.PeeringConnection{}, up: w.up}
		r := o.run(true)
		if !r.works() || r.fwd.who != e.Peer().Instance {
			return false
		}
		if len(r.fwd.nats) == 0 {
			break
		}
	}
	return true
}
