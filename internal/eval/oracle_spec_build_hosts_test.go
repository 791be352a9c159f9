package eval_test

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

func (b *builder) gateways() {
	t := b.t
	for _, g := range b.s.igws {
		igw := &model.InternetGateway{}
		b.name(&igw.Ident, igw, g.name, model.KindInternetGateway)
		if g.vpc != "" {
			igw.VPC = get[*model.VPC](b, g.vpc)
			igw.VPC.InternetGateway = igw
		}
		t.InternetGateways = append(t.InternetGateways, igw)
	}
	for _, g := range b.s.eigws {
		e := &model.EgressOnlyInternetGateway{VPC: get[*model.VPC](b, g.vpc)}
		b.name(&e.Ident, e, g.name, model.KindEgressOnlyInternetGateway)
		t.EgressOnlyGateways = append(t.EgressOnlyGateways, e)
	}
	for _, g := range b.s.vgws {
		v := &model.VPNGateway{VPC: get[*model.VPC](b, g.vpc)}
		b.name(&v.Ident, v, g.name, model.KindVPNGateway)
		v.VPC.VPNGateway = v
		t.VPNGateways = append(t.VPNGateways, v)
	}
	for _, c := range b.s.vpns {
		v := &model.VPNConnection{Gateways: []*model.VPNGateway{get[*model.VPNGateway](b, c.gateway)}, BGP: c.bgp, Routes: blocks(c.routes)}
		b.name(&v.Ident, v, c.name, model.KindVPNConnection)
		v.Gateways[0].Connections = append(v.Gateways[0].Connections, v)
		t.VPNConnections = append(t.VPNConnections, v)
	}
	for _, n := range b.s.networks {
		e := &model.ExternalNetwork{CIDRs: blocks(n.cidrs)}
		b.name(&e.Ident, e, n.name, model.KindExternalNetwork)
		if n.behind != "" {
			e.Links = []*model.VPNConnection{get[*model.VPNConnection](b, n.behind)}
			e.Behind().Networks = append(e.Behind().Networks, e)
			if e.Behind().BGP {
				e.Behind().Routes = append(e.Behind().Routes, e.CIDRs...)
			}
		}
		t.ExternalNetworks = append(t.ExternalNetworks, e)
	}
}

func addrs(list []string) []netip.Addr {
	var out []netip.Addr
	for _, a := range list {
		out = append(out, netip.MustParseAddr(a))
	}
	return out
}

func optionalPrefix(s string) netip.Prefix {
	if s == "" {
		return netip.Prefix{}
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen())
	}
	return netip.MustParsePrefix(s)
}

func (b *builder) hosts() {
	t := b.t
	for _, i := range b.s.insts {
		inst := &model.Instance{IPForward: i.forward}
		b.name(&inst.Ident, inst, i.name, model.KindInstance)
		for _, m := range i.masq {
			inst.Masquerade = append(inst.Masquerade, model.Masquerade{Source: optionalPrefix(m[0]), Destination: optionalPrefix(m[1])})
		}
		for _, f := range i.forwards {
			proto := packet.TCP
			if f.proto == "udp" {
				proto = packet.UDP
			}
			inst.PortForwards = append(inst.PortForwards, model.PortForward{Protocol: proto,
				Destination: optionalPrefix(f.dst), Ports: f.port, To: netip.MustParseAddr(f.to), ToPort: f.toPort})
		}
		t.Instances = append(t.Instances, inst)
	}
	for _, e := range b.s.enis {
		eni := &model.Interface{Index: len(t.Interfaces), Subnet: get[*model.Subnet](b, e.subnet),
			Private: addrs(e.ips), IPv6: addrs(e.ip6), SourceDestCheck: e.check}
		b.name(&eni.Ident, eni, e.name, model.KindNetworkInterface)
		for _, p := range e.public {
			eni.Public = append(eni.Public, model.PublicIP{Private: netip.MustParseAddr(p[0]), Public: netip.MustParseAddr(p[1]), By: model.KindInternetGateway})
		}
		for _, g := range e.groups {
			sg := get[*model.SecurityGroup](b, g)
			eni.Groups = append(eni.Groups, sg)
			sg.Members = append(sg.Members, eni)
		}
		if len(e.groups) == 0 { // SG-3
			eni.Groups = []*model.SecurityGroup{eni.Subnet.VPC.DefaultSecurityGroup}
			eni.Groups[0].Members = append(eni.Groups[0].Members, eni)
		}
		if e.inst != "" {
			inst := get[*model.Instance](b, e.inst)
			eni.Owner = inst
			inst.Interfaces = append(inst.Interfaces, eni)
		}
		t.Interfaces = append(t.Interfaces, eni)
	}
	for _, i := range t.Instances {
		if len(i.Interfaces) == 0 {
			panic(buildError("no interface on " + i.Name))
		}
	}
	for _, n := range b.s.nats {
		subnet := get[*model.Subnet](b, n.subnet)
		ngw := &model.NATGateway{VPC: subnet.VPC, Private: n.public == ""}
		b.name(&ngw.Ident, ngw, n.name, model.KindNATGateway)
		eni := &model.Interface{Ident: model.Ident{Name: "eni-" + n.name, Kind: model.KindNetworkInterface}, Index: len(t.Interfaces),
			Subnet: subnet, Private: addrs([]string{n.ip}), Owner: ngw, Implicit: true}
		if n.public != "" {
			eni.Public = []model.PublicIP{{Private: eni.Private[0], Public: netip.MustParseAddr(n.public), By: model.KindInternetGateway}}
		}
		ngw.Interfaces = []*model.Interface{eni}
		t.Interfaces = append(t.Interfaces, eni)
		t.NATGateways = append(t.NATGateways, ngw)
	}
}

func (b *builder) connections() {
	t := b.t
	for _, p := range b.s.pcxs {
		pcx := &model.PeeringConnection{Requester: get[*model.VPC](b, p.a), Accepter: get[*model.VPC](b, p.b), Status: p.status}
		b.name(&pcx.Ident, pcx, p.name, model.KindPeeringConnection)
		t.PeeringConnections = append(t.PeeringConnections, pcx)
	}
	for _, s := range b.s.tunnels {
		tun := &model.Tunnel{Protocol: packet.UDP, Port: s.port}
		switch s.proto {
		case "tcp":
			tun.Protocol = packet.TCP
		case "47":
			tun.Protocol = 47
		}
		b.name(&tun.Ident, tun, s.name, model.KindTunnel)
		for i, e := range s.ends {
			end := &model.TunnelEnd{Tunnel: tun, Instance: get[*model.Instance](b, e.inst),
				Address: netip.MustParseAddr(e.addr), Routes: blocks(e.routes)}
			end.Instance.TunnelEnds = append(end.Instance.TunnelEnds, end)
			tun.Ends[i] = end
		}
		t.Tunnels = append(t.Tunnels, tun)
	}
}

// routes fills the tables: local routes first, re-targeted where the user's
// routes say so (RT-11), then the user's, then what gateways propagate.
func (b *builder) routes() {
	for _, rt := range b.t.RouteTables {
		for _, blk := range rt.VPC.Blocks() {
			rt.Routes = append(rt.Routes, &model.Route{Destination: blk.Prefix, Kind: model.TargetLocal})
		}
	}
	for i, ts := range b.s.tables {
		rt := b.t.RouteTables[i]
		for _, r := range ts.routes {
			b.route(rt, r)
		}
		for _, e := range ts.edges {
			switch g := b.t.Names[e].(type) {
			case *model.InternetGateway:
				g.EdgeTable = rt
				rt.Edges = append(rt.Edges, g)
			case *model.VPNGateway:
				g.EdgeTable = rt
				rt.Edges = append(rt.Edges, g)
			default:
				panic(buildError("no gateway " + e))
			}
		}
		for _, p := range ts.propagating {
			g := get[*model.VPNGateway](b, p)
			rt.Propagating = append(rt.Propagating, g)
			for _, c := range g.Connections {
				origin := model.OriginPropagatedVPN
				if c.BGP {
					origin = model.OriginPropagatedBGP
				}
				for _, blk := range c.Routes {
					rt.Routes = append(rt.Routes, &model.Route{Destination: blk.Prefix, Target: g, Origin: origin, From: c})
				}
			}
		}
	}
}

func (b *builder) route(rt *model.RouteTable, r routeSpec) {
	route := &model.Route{}
	if p, err := netip.ParsePrefix(r.dst); err == nil {
		route.Destination = p
		for _, l := range rt.Routes {
			if l.Kind == model.TargetLocal && l.Destination == p {
				route = l
			}
		}
	} else {
		route.PrefixList = get[*model.PrefixList](b, r.dst)
	}
	switch r.target {
	case "local":
		route.Kind = model.TargetLocal
	case "blackhole":
		route.Kind = model.TargetBlackhole
	default:
		route.Kind, route.Target = model.TargetResource, b.t.Names[r.target]
		if route.Target == nil {
			panic(buildError("no target " + r.target))
		}
	}
	if !slices.Contains(rt.Routes, route) {
		rt.Routes = append(rt.Routes, route)
	}
}

// sortRules orders ACL rules by number, as the model promises.
func sortRules(list []ruleSpec) {
	slices.SortFunc(list, func(a, b ruleSpec) int { return cmp.Compare(a.number, b.number) })
}
