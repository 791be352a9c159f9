package eval_test

import (
	"fmt"
	"slices"
	"strings"
)

// hub joins VPCs and sites by a transit gateway, or by two that are peered:
// flat, with one of the VPCs as the others' way to the internet, or around an
// inspection VPC of its own.
func (g *generator) hub() {
	if !g.chance(60) {
		return
	}
	for i := range g.s.vpcs {
		g.s.vpcs[i].region = "" // attachments are of one Region
	}
	t := &transit{generator: g, name: "tgw", references: g.chance(35)}
	t.put("transit_gateways", t.name, text("security_group_referencing", fmt.Sprint(t.references)), text("vpn_ecmp_support", fmt.Sprint(t.chance(75))))
	t.spokeTable, t.hubTable = "trt", "trt"
	shape := pick(g, []string{"flat", "flat", "egress", "inspection", "inspection", "inspection"})
	if shape != "flat" {
		t.spokeTable, t.hubTable = "trt-spoke", "trt-hub"
		t.table(t.spokeTable)
	}
	t.table(t.hubTable)
	spokes := slices.Clone(g.nets)
	switch {
	case shape == "egress" && g.nat(fmt.Sprintf("nat%d", spokes[0].k)):
		t.egress(spokes[0])
		spokes = spokes[1:]
	case shape != "flat":
		t.inspection()
	}
	if len(spokes) > 1 && g.chance(30) {
		t.second(spokes[len(spokes)-1])
		spokes = spokes[:len(spokes)-1]
	}
	for _, n := range spokes {
		if g.chance(88) {
			t.attach(n, fmt.Sprintf("att%d", n.k), t.spokeTable, t.hubTable)
		}
		t.lead(n, shape != "flat")
	}
	t.sites()
}

// transit is what the generator remembers of a transit gateway.
type transit struct {
	*generator
	name                 string
	references           bool
	spokeTable, hubTable string
}

func (t *transit) put(section, name string, keys ...keySpec) { t.s.put(section, name, keys...) }

func (t *transit) table(name string, routes ...fields) {
	if t.chance(20) {
		routes = append(routes, fields{{"destination", pick(t.generator, []string{"10.1.1.0/24", "10.2.0.0/17", "10.3.0.0/16", "172.28.9.0/24"})}, {"target", "blackhole"}})
	}
	t.put("transit_gateway_route_tables", name, text("transit_gateway", t.name), mappings("routes", routes...))
}

// route adds a static route to a table of the gateway.
func (t *transit) route(table, dst, target string) {
	k := t.s.extra(table).key("routes")
	for _, r := range k.maps {
		if r[0].value == quote(dst) {
			return
		}
	}
	k.maps = append(k.maps, fields{{"destination", quote(dst)}, {"target", target}})
}

// doors chooses a subnet in each zone that the attachment of a VPC serves:
// most have subnets of their own.
func (t *transit) doors(n *net) []*sub {
	zones := []string{"az-a", "az-b"}
	if t.chance(25) {
		zones = zones[t.IntN(2):][:1]
	}
	if t.chance(10) {
		zones = append(zones, "az-c")
	}
	var out []*sub
	for _, z := range zones {
		var s *sub
		if t.chance(35) {
			for _, o := range n.subnets {
				if o.az == z && o.cidr != "" && slices.Contains([]string{"priv", "iso", "app"}, o.role) {
					s = o
				}
			}
		}
		if s == nil {
			t.subnet(n, "tgw"+z[3:], len(n.subnets)+1, false)
			s = n.subnets[len(n.subnets)-1]
			s.az = z
			t.s.subnets[len(t.s.subnets)-1].az = z
			if t.chance(15) {
				t.host(n, s)
			}
		}
		out = append(out, s)
	}
	return out
}

func subNames(list []*sub) []string {
	var out []string
	for _, s := range list {
		out = append(out, s.name)
	}
	return out
}

// attach attaches a VPC; it is associated with a table and propagates to
// another, and to its own where spokes may meet directly.
func (t *transit) attach(n *net, name, table, propagates string) []*sub {
	doors := t.doors(n)
	to := []string{propagates}
	if table != propagates && t.chance(40) {
		to = append(to, table)
	}
	t.put("transit_gateway_attachments", name, text("transit_gateway", t.name), text("vpc", n.name), names("subnets", subNames(doors)...),
		text("route_table", table), names("propagates_to", to...), text("appliance_mode", fmt.Sprint(t.chance(15))),
		text("security_group_referencing", fmt.Sprint(t.chance(80))))
	return doors
}

// lead adds routes to the gateway to the tables of a VPC.
func (t *transit) lead(n *net, defaults bool) {
	for _, s := range n.subnets {
		if s.table == "" || !t.chance(85) {
			continue
		}
		t.addRoute(s.table, "10.0.0.0/8", t.name)
		if t.chance(80) {
			t.addRoute(s.table, "172.16.0.0/12", t.name)
		}
		if s.cidr6 != "" && t.chance(80) {
			t.addRoute(s.table, "2001:db8::/32", t.name)
		}
		if defaults && slices.Contains([]string{"priv", "iso", "tgwa", "tgwb"}, s.role) && t.chance(60) {
			t.setRoute(s.table, "0.0.0.0/0", t.name)
		}
	}
}

// setRoute adds a route or gives the one with its destination another target.
func (g *generator) setRoute(table, dst, target string) {
	t := g.table(table)
	for i := range t.routes {
		if t.routes[i].dst == dst && target != "" {
			t.routes[i].target = target
			return
		}
	}
	g.addRoute(table, dst, target)
}

// egress makes a VPC the others' way to the internet (TGW-12, NGW-11).
func (t *transit) egress(n *net) {
	doors := t.attach(n, "att-hub", t.hubTable, t.hubTable)
	nat := fmt.Sprintf("nat%d", n.k)
	for _, s := range doors {
		if s.table != "" {
			t.setRoute(s.table, "0.0.0.0/0", pick(t.generator, []string{nat, nat, nat, n.fw, n.igw}))
		}
	}
	t.lead(n, false)
	t.route(t.spokeTable, "0.0.0.0/0", "att-hub")
}

// inspection builds a VPC with appliances in two zones, before a NAT gateway
// perhaps (TGW-7).
func (t *transit) inspection() {
	n := &net{k: 9, c: 9, name: "vpc9", v6: t.chance(40)}
	t.nets = append(t.nets, n)
	v := vpcSpec{name: n.name, cidrs: []string{"10.9.0.0/16"}}
	if n.v6 {
		v.cidr6 = []string{"2001:db8:9::/56"}
	}
	t.s.vpcs = append(t.s.vpcs, v)
	t.generator.groups(n)
	var subs []*sub
	for i, role := range []string{"ta", "tb", "fwa", "fwb", "nat"} {
		t.subnet(n, role, i+1, false)
		s := n.subnets[i]
		s.az = []string{"az-a", "az-b"}[i%2]
		t.s.subnets[len(t.s.subnets)-1].az = s.az
		subs = append(subs, s)
	}
	out := ""
	if t.chance(60) {
		n.igw = "igw9"
		t.s.igws = append(t.s.igws, gatewaySpec{n.igw, n.name})
		out = "nat9"
		t.s.nats = append(t.s.nats, natSpec{name: out, subnet: subs[4].name, ip: "10.9.5.20", public: t.publicIP()})
		t.addRoute(subs[4].table, "0.0.0.0/0", n.igw)
	}
	var boxes []string
	switch {
	case t.chance(50):
		boxes = t.inspector(n.name, subs[2:4], "9")
	default:
		for i, s := range subs[2:4] {
			name := fmt.Sprintf("box9%c", 'a'+i)
			inst := instSpec{name: name, forward: true}
			if t.chance(10) {
				inst.masq = [][2]string{{"", ""}}
			}
			t.s.insts = append(t.s.insts, inst)
			e := t.eni(n, s, name)
			e.check, e.groups = false, []string{n.groups[0]}
			boxes = append(boxes, e.name)
		}
	}
	for i := range 2 {
		t.addRoute(subs[i].table, "0.0.0.0/0", boxes[i])
		t.addRoute(subs[2+i].table, "10.0.0.0/8", t.name)
		t.addRoute(subs[2+i].table, "172.16.0.0/12", t.name)
		if out == "" {
			t.addRoute(subs[2+i].table, "0.0.0.0/0", t.name)
		} else {
			t.addRoute(subs[2+i].table, "0.0.0.0/0", out)
		}
		if n.v6 {
			t.addRoute(subs[i].table, "2001:db8::/32", boxes[i])
			t.addRoute(subs[2+i].table, "2001:db8::/32", t.name)
		}
	}
	t.addRoute(subs[4].table, "10.0.0.0/8", pick(t.generator, append(slices.Clone(boxes), boxes[0], t.name)))
	doors := subs[:2]
	if t.chance(15) {
		doors = doors[:1]
	}
	t.put("transit_gateway_attachments", "att-insp", text("transit_gateway", t.name), text("vpc", n.name), names("subnets", subNames(doors)...),
		text("route_table", t.hubTable), names("propagates_to", t.hubTable), text("appliance_mode", fmt.Sprint(t.chance(60))),
		text("security_group_referencing", fmt.Sprint(t.chance(80))))
	t.route(t.spokeTable, "0.0.0.0/0", "att-insp")
	if n.v6 {
		t.route(t.spokeTable, "::/0", "att-insp")
	}
	if t.chance(40) {
		t.host(n, subs[2])
	}
}

// second puts a VPC on a transit gateway of its own, peered with the first
// (TGW-15).
func (t *transit) second(n *net) {
	o := &transit{generator: t.generator, name: "tgw2", spokeTable: "trt2", hubTable: "trt2"}
	o.put("transit_gateways", o.name)
	o.table("trt2")
	o.attach(n, fmt.Sprintf("att%d", n.k), "trt2", "trt2")
	o.lead(n, true)
	block := fmt.Sprintf("10.%d.0.0/16", n.c)
	t.put("transit_gateway_attachments", "att-peer", text("transit_gateway", t.name), text("peer", o.name), text("route_table", pick(t.generator, []string{t.hubTable, t.spokeTable})))
	t.route(t.hubTable, block, "att-peer")
	t.route(t.spokeTable, block, "att-peer")
	if t.chance(90) {
		o.put("transit_gateway_attachments", "att-peer2", text("transit_gateway", o.name), text("peer", t.name), text("route_table", "trt2"))
		o.route("trt2", pick(t.generator, []string{"0.0.0.0/0", "10.0.0.0/8"}), "att-peer2")
		if n.v6 {
			o.route("trt2", "2001:db8::/32", "att-peer2")
		}
	}
	if n.v6 {
		t.route(t.hubTable, fmt.Sprintf("2001:db8:%d::/56", n.k), "att-peer")
	}
}

// sites joins sites to the gateway: by VPN, two of them for one prefix
// perhaps, and by Direct Connect (TGW-3, 4, 17).
func (t *transit) sites() {
	attach := func(key, name string) {
		to := []string{t.hubTable}
		if t.spokeTable != t.hubTable && t.chance(40) {
			to = append(to, t.spokeTable)
		}
		t.put("transit_gateway_attachments", "att-"+name, text("transit_gateway", t.name), text(key, name),
			text("route_table", pick(t.generator, []string{t.hubTable, t.spokeTable, t.spokeTable})), names("propagates_to", to...))
	}
	vpn := func(name string, bgp bool, cidrs ...string) {
		v := vpnSpec{name: name, gateway: t.name, bgp: bgp}
		if !bgp {
			v.routes = cidrs
		}
		t.s.vpns = append(t.s.vpns, v)
		t.s.networks = append(t.s.networks, networkSpec{name: "hq-" + name, cidrs: cidrs, behind: name})
		attach("vpn_connection", name)
	}
	if t.chance(50) {
		cidrs := []string{"172.28.0.0/16"}
		if t.chance(40) {
			cidrs = append(cidrs, "2001:db8:77::/48")
		}
		if t.chance(15) {
			cidrs = append(cidrs, "10.2.0.0/16") // TGW-4: a VPC has it
		}
		bgp := t.chance(75)
		vpn("vpnt1", bgp, cidrs...)
		switch {
		case bgp && t.chance(45):
			vpn("vpnt2", true, pick(t.generator, []string{"172.28.0.0/16", "172.28.0.0/17", "172.26.0.0/16"}))
		case t.chance(30):
			vpn("vpnt2", false, "172.28.128.0/17")
		}
		if t.chance(20) {
			t.route(pick(t.generator, []string{t.hubTable, t.spokeTable}), pick(t.generator, []string{"172.28.0.0/16", "172.16.0.0/12"}), "att-vpnt1")
		}
	}
	if t.chance(35) {
		cidrs := []string{"172.29.0.0/16", "2001:db8:88::/48"}
		if t.chance(50) {
			cidrs = append(cidrs, "172.28.0.0/16")
		}
		t.put("direct_connect_gateways", "dxt")
		t.s.networks = append(t.s.networks, networkSpec{name: "hq-dxt", cidrs: cidrs, behind: "dxt"})
		attach("direct_connect_gateway", "dxt")
	}
	var carriers []string
	for _, e := range t.s.extras {
		if e.section == "transit_gateway_attachments" && e.key("transit_gateway").text == t.name && (e.key("vpc") != nil || e.key("direct_connect_gateway") != nil) {
			carriers = append(carriers, e.name)
		}
	}
	if len(carriers) > 0 && t.chance(40) { // TGW-1
		attach("connect", pick(t.generator, carriers))
		x := &t.s.extras[len(t.s.extras)-1]
		x.name = "att-connect"
		if t.chance(40) {
			x.keys = append(x.keys, names("routes", pick(t.generator, []string{"172.25.0.0/16", "172.28.0.0/16"})))
		}
		if t.chance(30) {
			x.keys = append(x.keys, text("as_path_length", "2"))
		}
		t.s.networks = append(t.s.networks, networkSpec{name: "sdwan", cidrs: []string{pick(t.generator, []string{"172.24.0.0/16", "172.28.0.0/16", "172.28.0.0/17"})}, behind: "att-connect"})
	}
}

// breakExtra makes one mistake in what put has added.
func (g *generator) breakExtra() {
	if len(g.s.extras) == 0 {
		return
	}
	e := &g.s.extras[g.IntN(len(g.s.extras))]
	drop := func(name string) {
		e.keys = slices.DeleteFunc(e.keys, func(k keySpec) bool { return k.key == name })
	}
	flip := func(name string) {
		if k := e.key(name); k != nil {
			k.text = map[string]string{"true": "false", "false": "true"}[k.text]
		}
	}
	switch e.section {
	case "transit_gateways":
		flip("security_group_referencing")
	case "transit_gateway_route_tables":
		if k := e.key("routes"); len(k.maps) > 0 {
			i := g.IntN(len(k.maps))
			if g.chance(50) {
				k.maps[i] = fields{k.maps[i][0], {"target", "blackhole"}}
			} else {
				k.maps = slices.Delete(k.maps, i, i+1)
			}
		}
	case "transit_gateway_attachments":
		switch g.IntN(6) {
		case 0:
			drop("route_table")
		case 1:
			drop("propagates_to")
		case 2:
			if k := e.key("subnets"); k != nil && len(k.list) > 1 {
				k.list = slices.Delete(k.list, 0, 1)
			}
		case 3, 4:
			flip("appliance_mode")
		case 5:
			flip("security_group_referencing")
		}
	case "load_balancers":
		if k := e.key("listeners"); g.chance(30) && len(k.maps) > 1 {
			k.maps = k.maps[1:]
		}
	case "vpc_endpoints":
		if k := e.key("route_tables"); k != nil && len(k.list) > 1 {
			k.list = k.list[1:]
		}
	case "network_firewalls":
		if k := e.key(pick(g, []string{"stateful_rules", "stateless_rules"})); k != nil && len(k.maps) > 1 && !strings.Contains(k.maps[0].String(), "pass") {
			k.maps = k.maps[1:]
		}
	}
}
