package eval_test

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// buildSpec makes the model that the loader would make of the same YAML. It
// panics with a buildError on a name that is missing.
func buildSpec(s *spec) (t *model.Topology, err error) {
	defer func() {
		if e, ok := recover().(buildError); ok {
			t, err = nil, e
		}
	}()
	b := &builder{s: s, t: &model.Topology{Names: map[string]model.Resource{}}}
	b.build()
	return b.t, nil
}

type buildError string

func (e buildError) Error() string { return string(e) }

type builder struct {
	s *spec
	t *model.Topology
}

func (b *builder) name(id *model.Ident, r model.Resource, name string, kind model.Kind) {
	if _, dup := b.t.Names[name]; dup {
		panic(buildError("duplicate name " + name))
	}
	id.Name, id.Kind = name, kind
	b.t.Names[name] = r
}

// get resolves a name to a resource of type R.
func get[R model.Resource](b *builder, name string) R {
	r, ok := b.t.Names[name].(R)
	if !ok {
		panic(buildError(fmt.Sprintf("no %T named %q", r, name)))
	}
	return r
}

func blocks(cidrs []string) []model.Block {
	var out []model.Block
	for _, c := range cidrs {
		out = append(out, model.Block{Prefix: netip.MustParsePrefix(c)})
	}
	return out
}

var allTraffic = model.Traffic{Protocols: packet.AllProtos, Ports: []packet.PortRange{packet.AllPorts}}

var anyV4, anyV6 = netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")

func (r ruleSpec) traffic() model.Traffic {
	var p uint8
	switch r.proto {
	case "all":
		return allTraffic
	case "tcp":
		p = packet.TCP
	case "udp":
		p = packet.UDP
	case "icmp":
		p = packet.ICMP
	case "icmpv6":
		p = packet.ICMPv6
	default:
		n, err := strconv.Atoi(r.proto)
		if err != nil {
			panic(buildError("protocol " + r.proto))
		}
		p = uint8(n)
	}
	tr := model.Traffic{Protocols: packet.ProtoRange{Lo: p, Hi: p}, Ports: []packet.PortRange{packet.AllPorts}}
	switch {
	case r.icmp && r.typ >= 0:
		lo, hi := r.code, r.code
		if r.code < 0 {
			lo, hi = 0, 255
		}
		tr.Ports = []packet.PortRange{{Lo: uint16(r.typ<<8 | lo), Hi: uint16(r.typ<<8 | hi)}}
	case r.ports != nil && (p == packet.TCP || p == packet.UDP):
		tr.Ports = r.ports
	}
	return tr
}

func (b *builder) build() {
	b.vpcs()
	b.filters()
	b.gateways()
	b.hosts()
	b.connections()
	b.routes()
}

func (b *builder) vpcs() {
	t := b.t
	for _, v := range b.s.vpcs {
		vpc := &model.VPC{CIDRs: blocks(v.cidrs), IPv6CIDRs: blocks(v.cidr6), Region: v.region}
		b.name(&vpc.Ident, vpc, v.name, model.KindVPC)
		t.VPCs = append(t.VPCs, vpc)
		rt := &model.RouteTable{VPC: vpc}
		b.name(&rt.Ident, rt, v.name+".main_route_table", model.KindRouteTable)
		vpc.MainRouteTable = rt
		acl := &model.NetworkACL{VPC: vpc}
		b.name(&acl.Ident, acl, v.name+".default_network_acl", model.KindNetworkACL)
		open := []*model.ACLRule{
			{Number: 100, Allow: true, Traffic: allTraffic, CIDR: anyV4},
			{Number: 101, Allow: true, Traffic: allTraffic, CIDR: anyV6},
		}
		acl.Ingress, acl.Egress = open, open
		vpc.DefaultNetworkACL = acl
		sg := &model.SecurityGroup{VPC: vpc}
		b.name(&sg.Ident, sg, v.name+".default_security_group", model.KindSecurityGroup)
		sg.Ingress = []*model.SGRule{{Traffic: allTraffic, Group: sg}}
		sg.Egress = []*model.SGRule{{Traffic: allTraffic, CIDR: anyV4}, {Traffic: allTraffic, CIDR: anyV6}}
		vpc.DefaultSecurityGroup = sg
	}
	for _, l := range b.s.lists {
		pl := &model.PrefixList{CIDRs: blocks(l.cidrs)}
		b.name(&pl.Ident, pl, l.name, model.KindPrefixList)
		t.PrefixLists = append(t.PrefixLists, pl)
	}
	for _, r := range b.s.tables {
		rt := &model.RouteTable{VPC: get[*model.VPC](b, r.vpc)}
		b.name(&rt.Ident, rt, r.name, model.KindRouteTable)
		t.RouteTables = append(t.RouteTables, rt)
	}
	for _, v := range t.VPCs {
		t.RouteTables = append(t.RouteTables, v.MainRouteTable)
	}
}

func (b *builder) filters() {
	t := b.t
	for _, a := range b.s.acls {
		acl := &model.NetworkACL{VPC: get[*model.VPC](b, a.vpc), Ingress: aclRules(a.in), Egress: aclRules(a.out)}
		b.name(&acl.Ident, acl, a.name, model.KindNetworkACL)
		t.NetworkACLs = append(t.NetworkACLs, acl)
	}
	for _, g := range b.s.groups {
		sg := &model.SecurityGroup{VPC: get[*model.VPC](b, g.vpc)}
		b.name(&sg.Ident, sg, g.name, model.KindSecurityGroup)
		t.SecurityGroups = append(t.SecurityGroups, sg)
	}
	for i, g := range b.s.groups {
		sg := t.SecurityGroups[i]
		sg.Ingress, sg.Egress = b.groupRules(sg, g.in), b.groupRules(sg, g.out)
		if g.outDefault {
			sg.Egress = []*model.SGRule{{Traffic: allTraffic, CIDR: anyV4}, {Traffic: allTraffic, CIDR: anyV6}}
		}
	}
	for _, v := range t.VPCs {
		t.NetworkACLs = append(t.NetworkACLs, v.DefaultNetworkACL)
		t.SecurityGroups = append(t.SecurityGroups, v.DefaultSecurityGroup)
	}
	for _, n := range b.s.subnets {
		vpc := get[*model.VPC](b, n.vpc)
		sub := &model.Subnet{VPC: vpc, RouteTable: vpc.MainRouteTable, NetworkACL: vpc.DefaultNetworkACL, AZ: n.az}
		b.name(&sub.Ident, sub, n.name, model.KindSubnet)
		if n.cidr != "" {
			sub.CIDR = netip.MustParsePrefix(n.cidr)
		}
		if n.cidr6 != "" {
			sub.IPv6CIDR = netip.MustParsePrefix(n.cidr6)
		}
		if n.table != "" {
			sub.RouteTable, sub.ExplicitRouteTable = get[*model.RouteTable](b, n.table), true
		}
		if n.acl != "" {
			sub.NetworkACL, sub.ExplicitNetworkACL = get[*model.NetworkACL](b, n.acl), true
		}
		vpc.Subnets = append(vpc.Subnets, sub)
		t.Subnets = append(t.Subnets, sub)
	}
}

func aclRules(list []ruleSpec) []*model.ACLRule {
	var out []*model.ACLRule
	for _, r := range list {
		out = append(out, &model.ACLRule{Number: r.number, Allow: r.allow, Traffic: r.traffic(), CIDR: netip.MustParsePrefix(r.peer)})
	}
	return out
}

func (b *builder) groupRules(self *model.SecurityGroup, list []ruleSpec) []*model.SGRule {
	var out []*model.SGRule
	for _, r := range list {
		rule := &model.SGRule{Traffic: r.traffic()}
		if p, err := netip.ParsePrefix(r.peer); err == nil {
			rule.CIDR = p
		} else if r.peer == "self" {
			rule.Group = self
		} else if pl, ok := b.t.Names[r.peer].(*model.PrefixList); ok {
			rule.PrefixList = pl
		} else {
			rule.Group = get[*model.SecurityGroup](b, r.peer)
		}
		out = append(out, rule)
	}
	return out
}
