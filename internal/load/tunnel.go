package load

import (
	"strconv"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
	"gopkg.in/yaml.v3"
)

func itoa(n int) string { return strconv.Itoa(n) }

type rawTunnel struct {
	*model.Tunnel
	ends       []*rawEnd
	endsAt     diag.Pos
	protocolAt diag.Pos
	protocolOK bool
	portAt     diag.Pos
}

type rawEnd struct {
	*model.TunnelEnd
	instance  ref
	addressAt diag.Pos
}

var tunnelFields = []field[rawTunnel]{
	{"protocol", true, func(w *walker, n *yaml.Node, d *rawTunnel) {
		d.protocolAt = w.at(n)
		p, ok := w.protocol(n)
		if ok && p.Lo != p.Hi {
			w.report(w.at(n), idInvalidProtocol, "a tunnel has one protocol; expected udp, tcp or a number")
			return
		}
		d.Protocol, d.protocolOK = p.Lo, ok
	}},
	{"port", false, func(w *walker, n *yaml.Node, d *rawTunnel) {
		d.portAt = w.at(n)
		if p, ok := w.integer(n, "a port", 1, 65535); ok {
			d.Port = uint16(p)
		}
	}},
	{"ends", true, func(w *walker, n *yaml.Node, d *rawTunnel) {
		d.endsAt = w.at(n)
		before := len(w.out.findings)
		w.list(n, "a list of two ends", func(item *yaml.Node) { w.readEnd(item, d) })
		if len(d.ends) != 2 && len(w.out.findings) == before { // VPNI-1
			w.report(d.endsAt, idTunnelEnds, "tunnel %q has %d ends; expected exactly two", d.Name, len(d.ends))
		}
	}},
}

var endFields = []field[rawEnd]{
	{"instance", true, func(w *walker, n *yaml.Node, d *rawEnd) { w.ref(n, "the name of an instance", &d.instance) }},
	{"address", true, func(w *walker, n *yaml.Node, d *rawEnd) {
		if a, ok := w.address(n, anyFamily); ok {
			d.Address, d.addressAt = a.Addr, a.at
		}
	}},
	{"routes", false, func(w *walker, n *yaml.Node, d *rawEnd) { w.cidrs(n, anyFamily, &d.Routes) }},
}

func (w *walker) readEnd(n *yaml.Node, t *rawTunnel) {
	d := &rawEnd{TunnelEnd: &model.TunnelEnd{At: w.at(n), Tunnel: t.Tunnel}}
	if readMapping(w, n, d.At, subject{kind: "an end of a tunnel"}, endFields, d) {
		t.ends = append(t.ends, d)
	}
}

func (w *walker) readTunnel(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindTunnel
	d := &rawTunnel{Tunnel: &model.Tunnel{Ident: id}}
	w.resource(d.Tunnel)
	w.out.tunnels = append(w.out.tunnels, d)
	if !readMapping(w, n, id.At, subject{"tunnel", id.Name}, tunnelFields, d) || !d.protocolOK {
		return
	}
	ported := d.Protocol == packet.UDP || d.Protocol == packet.TCP
	switch {
	case ported && d.portAt.Line == 0:
		w.report(id.At, idMissingKey, "tunnel %q lacks the key `port`", id.Name)
	case !ported && d.portAt.Line > 0:
		w.report(d.portAt, idConflictingKeys, "protocol %d of tunnel %q has no ports", d.Protocol, id.Name)
	}
}

func (r *resolver) resolveTunnels() {
	type socket struct {
		instance *model.Instance
		protocol uint8
		port     uint16
	}
	used := map[socket]*rawTunnel{}
	for _, t := range r.d.tunnels {
		r.t.Tunnels = append(r.t.Tunnels, t.Tunnel)
		for _, e := range t.ends {
			if inst, ok := lookup[*model.Instance](r, e.instance, model.KindInstance); ok {
				e.Instance = inst
			}
		}
		if len(t.ends) != 2 {
			continue
		}
		a, b := t.ends[0], t.ends[1]
		t.Ends = [2]*model.TunnelEnd{a.TunnelEnd, b.TunnelEnd}
		if a.Instance != nil && a.Instance == b.Instance { // VPNI-1
			r.fault(b.instance.at, idTunnelEnds, "both ends of tunnel %q are on instance %q; expected two instances", t.Name, a.Instance.Name)
			continue
		}
		if a.Address.IsValid() && b.Address.IsValid() {
			switch {
			case a.Address == b.Address:
				r.fault(b.addressAt, idTunnelEnds, "both ends of tunnel %q have the address %s; expected one each", t.Name, a.Address)
			case a.Address.Is4() != b.Address.Is4():
				r.fault(b.addressAt, idMixedFamilies, "the addresses of tunnel %q, %s and %s, are of two families", t.Name, a.Address, b.Address)
			}
		}
		for _, e := range t.ends {
			if e.Instance == nil {
				continue
			}
			e.Instance.TunnelEnds = append(e.Instance.TunnelEnds, e.TunnelEnd)
			if !t.protocolOK || t.Port == 0 {
				continue
			}
			key := socket{e.Instance, t.Protocol, t.Port}
			if first := used[key]; first != nil { // VPNI-8
				r.faultOf(t.portAt, idDuplicatePort, first.portAt, "tunnel "+quote(first.Name),
					"tunnel %q on instance %q listens on port %d as tunnel %q does; each tunnel of a host has a port of its own", t.Name, e.Instance.Name, t.Port, first.Name)
				continue
			}
			used[key] = t
		}
	}
}
