package eval_test

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

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
	for choose := range choices(w.choose.ports, nil) {
		o := &walker{t: w.t, client: sender{inst: e.Instance}, sent: p, choose: choose, up: w.up}
		if r := o.run(true); !r.works() || r.fwd.who != e.Peer().Instance {
			return false
		}
	}
	return true
}
