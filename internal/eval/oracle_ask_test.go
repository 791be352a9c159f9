package eval_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// ask is a question in words, so that it outlives the topology it was made
// for: the shrinker asks it again of smaller ones.
type ask struct {
	from, to, port, source string
	reply                  bool
}

func (a ask) String() string {
	return fmt.Sprintf("--from %s --to %s --port %s --source-port %q reply %v", a.from, a.to, a.port, a.source, a.reply)
}

// put asks the engine.
func (a ask) put(t *model.Topology, net *eval.Net) ([]*eval.Result, error) {
	from, err := t.ParseEndpoint(a.from)
	if err != nil {
		return nil, err
	}
	to, err := t.ParseEndpoint(a.to)
	if err != nil {
		return nil, err
	}
	port, err := model.ParsePorts(a.port)
	if err != nil {
		return nil, err
	}
	source, err := model.ParseSourcePorts(a.source)
	if err != nil {
		return nil, err
	}
	return net.Ask(eval.Question{From: from, To: to, Port: port, SourcePorts: source, Reply: a.reply, Record: true})
}

// wideAsk makes a question about many packets.
func wideAsk(r *rand.Rand, t *model.Topology) ask {
	a := ask{from: endpoint(r, t, true), to: endpoint(r, t, false), reply: r.IntN(8) == 0}
	a.port = []string{"tcp/80", "443", "tcp/443", "tcp/0-65535", "tcp/22,80,8000-8100", "tcp/20-500", "tcp/50001-50003",
		"udp/53", "udp/0-65535", "icmp", "icmp/3/4", "icmp/8", "all", "all", "proto/47", "tcp/8050"}[r.IntN(16)]
	if v6(t, a.from) || v6(t, a.to) {
		a.port = []string{a.port, "icmpv6", "tcp/1-1000", "all"}[r.IntN(4)]
	}
	a.source = []string{"", "", "", "linux", "windows", "1024-1100", "0-65535", "44000-46000", "50000"}[r.IntN(9)]
	return a
}

func v6(t *model.Topology, text string) bool {
	e, err := t.ParseEndpoint(text)
	return text == "internet6" || err == nil && e.Prefix.IsValid() && e.Prefix.Addr().Is6()
}

// endpoint picks the text of --from or --to.
func endpoint(r *rand.Rand, t *model.Topology, from bool) string {
	inst := t.Instances[r.IntN(len(t.Instances))]
	switch n := r.IntN(20); {
	case n < 9:
		return inst.Name
	case n < 11:
		return "internet"
	case n < 12 && len(t.VPCs[0].IPv6CIDRs) > 0:
		return "internet6"
	case n < 14 && len(t.ExternalNetworks) > 0:
		return t.ExternalNetworks[r.IntN(len(t.ExternalNetworks))].Name
	case n < 15 && len(t.LoadBalancers)+len(t.VPCEndpoints) > 0 && r.IntN(3) > 0:
		if k := r.IntN(len(t.LoadBalancers) + len(t.VPCEndpoints)); k < len(t.LoadBalancers) {
			return t.LoadBalancers[k].Name
		} else {
			return t.VPCEndpoints[k-len(t.LoadBalancers)].Name
		}
	case n < 15:
		return inst.Interfaces[r.IntN(len(inst.Interfaces))].Name
	case n < 16:
		s := t.Subnets[r.IntN(len(t.Subnets))]
		return []string{s.Name, s.CIDR.String()}[r.IntN(2)]
	case n < 17:
		return []string{t.SecurityGroups[r.IntN(len(t.SecurityGroups))].Name, t.VPCs[r.IntN(len(t.VPCs))].Name}[r.IntN(8)/7]
	case n < 18:
		return []string{"10.0.0.0/8", "198.51.100.0/25", "192.0.2.0/24", "8.8.0.0/16", "10.1.0.0/16", "172.16.0.0/12"}[r.IntN(6)]
	case n < 19 && !from && r.IntN(4) == 0:
		return []string{"169.254.169.254", "fd00:ec2::254", t.VPCs[0].CIDRs[0].Prefix.Addr().Next().Next().String()}[r.IntN(3)]
	case n < 19 && !from:
		for _, i := range inst.Interfaces {
			for _, p := range i.Public {
				return p.Public.String()
			}
		}
	}
	all := inst.Interfaces[0].Addrs()
	return all[r.IntN(len(all))].String()
}

// narrowAsk makes a question about one packet.
func narrowAsk(r *rand.Rand, t *model.Topology, aims []aim) (ask, bool) {
	f := pickSender(r, t)
	p := pickPacket(r, t, f)
	if len(aims) > 0 && r.IntN(4) == 0 {
		a := aims[r.IntN(len(aims))]
		f, p = a.from, a.packet(r)
	}
	a := ask{from: p.src.String(), to: p.dst.String(), source: "", reply: r.IntN(4) == 0}
	if f.inst != nil && (len(f.inst.Interfaces) > 1 || r.IntN(2) == 0) {
		a.from = f.inst.Name
	}
	if f.inst == nil && f.via != nil {
		a.from = f.via.Owner.ID().Name
	}
	switch p.proto {
	case 6, 17:
		a.port = fmt.Sprintf("%s/%d", map[uint8]string{6: "tcp", 17: "udp"}[p.proto], p.dport)
		a.source = fmt.Sprint(p.sport)
	case 1, 58:
		a.port = "icmp"
	default:
		a.port = fmt.Sprintf("proto/%d", p.proto)
	}
	return a, p.src.Is4() == p.dst.Is4() && (p.src != p.dst || f.inst != nil)
}

// senderOf is who sends what a result asks about from an address; ok is false
// where nobody does. A named interface sends by itself, and so does a member
// of a group on a host with several (decision 21).
func senderOf(t *model.Topology, from string, party eval.Party, src netip.Addr) (sender, bool) {
	if e, err := t.ParseEndpoint(from); err == nil && e.Kind == model.EndpointResource {
		_, named := e.Resource.(*model.Interface)
		for _, i := range t.Interfaces {
			if inst := i.Instance(); inst != nil && inst == party.Resource && i.Owns(src) && e.Resource != party.Resource && (named || len(inst.Interfaces) > 1) {
				return sender{inst: inst, via: i}, true
			}
		}
	}
	switch r := party.Resource.(type) {
	case *model.Instance:
		return sender{inst: r}, hostOwns(r, src)
	case *model.Interface:
		return sender{inst: r.Instance(), via: r}, r.Instance() != nil && r.Owns(src)
	case *model.NATGateway, *model.LoadBalancer:
		return sender{}, false
	case *model.VPCEndpoint:
		return sender{via: r.Interfaces[0]}, r.Type == model.InstanceConnectEndpoint && r.Interfaces[0].Owns(src)
	case *model.ExternalNetwork:
		return fromNetwork(r), true
	}
	for _, i := range t.Interfaces {
		if i.Owns(src) {
			return sender{inst: i.Instance()}, i.Instance() != nil
		}
	}
	for _, e := range t.ExternalNetworks {
		for _, c := range e.CIDRs {
			if covers(c.Prefix, src) && from != "internet" && from != "internet6" {
				return fromNetwork(e), true
			}
		}
	}
	for _, v := range t.VPCs {
		if v.Contains(src) {
			return sender{}, false
		}
	}
	return sender{}, true
}

// usualAddrs are addresses that mean something in the topology.
func usualAddrs(t *model.Topology) []netip.Addr {
	out := append(append([]netip.Addr{}, outside...), outside6...)
	for _, i := range t.Interfaces {
		out = append(out, i.Addrs()...)
		for _, p := range i.Public {
			out = append(out, p.Public)
		}
	}
	for _, i := range t.Interfaces { // NAT64
		for _, a := range i.Private[:min(1, len(i.Private))] {
			out = append(out, in64(a))
		}
	}
	for _, rt := range t.RouteTables {
		for _, b := range rt.Pools {
			out = append(out, b.Prefix.Addr().Next())
		}
	}
	for _, e := range t.ExternalNetworks {
		out = append(out, e.CIDRs[0].Prefix.Addr().Next())
	}
	return out
}

// in64 is the address that stands for an IPv4 one behind NAT64.
func in64(a netip.Addr) netip.Addr {
	b := nat64.Addr().As16()
	v4 := a.As4()
	copy(b[12:], v4[:])
	return netip.AddrFrom16(b)
}
