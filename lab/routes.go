package lab

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/model"
)

// Numbers of routing tables in the fabric. Table n of a kind is n behind the
// kind's first.
const (
	tableOfRoutes  = 1000  // the route table of a subnet: its zone decides where a transit gateway is (TGW-6)
	tableLocal     = 2000  // the local routes of a VPC
	tableReturn    = 3000  // where replies to NAT gateways go without a route (NGW-12)
	tableKnown     = 4000  // what a VPN gateway knows
	tableHub       = 5000  // other sites, from a site of a VPN gateway (VGW-7)
	tableSite      = 6000  // the gateways of a connection
	tableEdge      = 7000  // a gateway route table
	tableTransit   = 8000  // a transit gateway's route table
	tableElsewhere = 9000  // what no table has a route for
	tableLeg       = 10000 // into a VPC by one leg of an attachment
	tableKept      = 11000 // back to a load balancer that keeps its clients' addresses (LB-7)
	tableOutpost   = 12000 // what a local gateway finds in its VPCs
	tableRegional  = 13000 // the regional NAT gateways of a VPC, which the internet gateway alone leads to
)

// Priorities of the rules that choose a table, by the link a packet comes in.
const (
	chooseKept   = 90  // replies to a client whose address a load balancer keeps
	chooseNear   = 100 // within the subnet: no route table (RT-12)
	chooseMarked = 200 // replies of an egress-only gateway
	chooseHub    = 205
	chooseTable  = 210
	chooseLocal  = 300 // where the table says `local`
	chooseNAT    = 310 // from the internet gateway
	chooseReturn = 350 // NGW-12: only where the table has no route
	chooseNone   = 400
)

// Marks of packets in the fabric: the interface that sent the packet last,
// plus one, the zone of the subnet that it left last, and what its routing has
// to know.
const (
	markEmitter = 0x0000ffff
	markZone    = 0x000f0000
	markLeg     = 0x00f00000 // the leg by which it goes into a VPC, or the connection that it has come by
	markKept    = 0x1f000000 // sent by a load balancer that keeps its client's address
	markBack    = 0x20000000 // with markKept: the answer to that
	markReturn  = 0x40000000 // a reply to a NAT gateway across peering
	markEgress  = 0x80000000 // a reply through an egress-only gateway

	markStays = markEmitter | markZone | markLeg | markKept | markBack | markEgress // behind routing
	zoneUnit  = 0x00010000
	legUnit   = 0x00100000
	keptUnit  = 0x01000000
)

const (
	sinkNoRoute  = "nr" // no route
	sinkNoOwner  = "nl" // a local address that nobody has
	sinkBadState = "bd" // a route whose target is missing or does not work
)

// routing collects routes and rules of the fabric and keeps the first error.
type routing struct {
	l   *Lab
	err error
}

func (r *routing) route(table int, p netip.Prefix, via *port, metric int) {
	if r.err == nil {
		r.err = r.l.fabric.route(table, p, via.index, metric, unix.RTN_UNICAST)
	}
}

// spread adds a route over several links, one for each flow; of IPv6, for which
// Linux has no such routes without a gateway, by one of them.
func (r *routing) spread(table int, p netip.Prefix, via []*port, metric int) {
	if p.Addr().Is6() {
		r.route(table, p, via[table%len(via)], metric)
		return
	}
	links := make([]int, len(via))
	for k, o := range via {
		links[k] = o.index
	}
	if r.err == nil {
		r.err = r.l.fabric.multipath(table, p, links, metric)
	}
}

func (r *routing) throw(table int, p netip.Prefix, metric int) {
	if r.err == nil {
		r.err = r.l.fabric.route(table, p, 0, metric, unix.RTN_THROW)
	}
}

func (r *routing) rule(p policy) {
	for _, v6 := range []bool{false, true} {
		if p.to.IsValid() && p.to.Addr().Is6() != v6 {
			continue
		}
		if p.v6 = v6; r.err == nil {
			r.err = r.l.fabric.policy(p)
		}
	}
}

// buildRoutes gives the fabric its routing tables. A `local` route is one
// that is thrown on to the next rule, the VPC's own addresses, so that what
// wins, a local route or another one, is the kernel's choice.
func (l *Lab) buildRoutes() error {
	r := &routing{l: l}
	none, nobody := l.named(sinkNoRoute), l.named(sinkNoOwner)
	r.rule(policy{priority: chooseNone, table: tableElsewhere})
	for _, v6 := range []bool{false, true} {
		r.route(tableElsewhere, anyOf(v6), none, 10)
	}
	vpcs := map[*model.VPC]int{}
	for k, v := range l.Topology.VPCs {
		vpcs[v] = k
		for _, b := range v.Blocks() {
			r.route(tableLocal+k, b.Prefix, nobody, 20)
		}
	}
	subnets := map[*model.Subnet]int{}
	for k, s := range l.subnets() {
		subnets[s] = tableOfRoutes + k
		l.buildTable(r, s.RouteTable, s, tableOfRoutes+k)
	}
	edges := map[*model.RouteTable]int{}
	for k, t := range l.Topology.RouteTables {
		if len(t.Edges) > 0 {
			edges[t] = tableEdge + k
			l.buildTable(r, t, nil, tableEdge+k)
		}
	}
	for _, p := range l.ports {
		switch p.kind {
		case portInterface, portAttachment:
			if p.vpc == nil {
				continue // an attachment of a connection
			}
			local := tableLocal + vpcs[p.vpc]
			if p.kind == portInterface {
				table := local
				if len(p.iface.Subnet.Prefixes()) == 0 {
					table = tableRegional + vpcs[p.vpc]
				}
				for _, a := range p.iface.Addrs() {
					r.route(table, full(a), p, 10)
				}
			}
			for _, c := range p.iface.Subnet.Prefixes() {
				r.rule(policy{priority: chooseNear, table: local, iif: p.name, to: c})
			}
			r.rule(policy{priority: chooseTable, table: subnets[p.iface.Subnet], iif: p.name})
			r.rule(policy{priority: chooseLocal, table: local, iif: p.name})
			if len(l.natPeers(p.vpc)) > 0 {
				r.rule(policy{priority: chooseReturn, table: tableReturn + vpcs[p.vpc], iif: p.name, mark: markReturn, mask: markReturn})
			}
		case portInternet:
			r.rule(policy{priority: chooseMarked, table: tableLocal + vpcs[p.vpc], iif: p.name, mark: markEgress, mask: markEgress})
			if g := p.vpc.InternetGateway; g != nil && g.EdgeTable != nil {
				r.rule(policy{priority: chooseTable, table: edges[g.EdgeTable], iif: p.name})
			}
			r.rule(policy{priority: chooseLocal, table: tableLocal + vpcs[p.vpc], iif: p.name})
			r.rule(policy{priority: chooseNAT, table: tableRegional + vpcs[p.vpc], iif: p.name})
		case portPeering, portGatewayEndpoint, portCarrier, portCarrierIn, portCarrierInternet:
			r.rule(policy{priority: chooseLocal, table: tableLocal + vpcs[p.vpc], iif: p.name})
		case portVPNGateway: // behind what a gateway hands to other sites
			if g := p.resource.(*model.VPNGateway); g.EdgeTable != nil {
				r.rule(policy{priority: chooseTable, table: edges[g.EdgeTable], iif: p.name})
			}
			if p.vpc != nil {
				r.rule(policy{priority: chooseLocal, table: tableLocal + vpcs[p.vpc], iif: p.name})
			}
		}
	}
	for k, node := range l.kept {
		mark := uint32(markBack | (k+1)*keptUnit)
		r.rule(policy{priority: chooseKept, table: tableKept + k, mark: mark, mask: markBack | markKept})
		for _, v6 := range []bool{false, true} {
			r.route(tableKept+k, anyOf(v6), l.enis[node], 10)
		}
	}
	for v, k := range vpcs {
		for nat, via := range l.natPeers(v) {
			r.route(tableReturn+k, full(nat), via, 10)
		}
	}
	l.routeVPN(r)
	l.routeTransit(r)
	l.routeOutposts(r)
	return r.err
}
