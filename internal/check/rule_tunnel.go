package check

import (
	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

var tunnelDown = &Rule{
	ID:       "tunnel-down",
	Title:    "the packets of a tunnel do not get through between its ends",
	Severity: diag.Error,
	Why: "A tunnel carries nothing unless its own packets make the round trip between the public addresses of its instances: security groups " +
		"must admit its port from the peer's public address, and both ends need a public address and a route to the internet.",
	Rules: []string{"VPNI-2", "LINT-67"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, t := range p.Topology.Tunnels {
			if t.Ends[0] == nil || t.Ends[1] == nil || p.Net.TunnelUp(t) {
				continue
			}
			f := p.Report(t.At, "tunnel %q is down: its own packets do not get through between %q and %q, from neither end; admit its port at both, and see that both reach the internet",
				t.Name, t.Ends[0].Instance.Name, t.Ends[1].Instance.Name)
			for _, e := range t.Ends {
				see(f, e.Instance.At, "%q", e.Instance.Name)
			}
		}
	},
}

var tunnelOverlappingNetworks = &Rule{
	ID:       "tunnel-overlapping-networks",
	Title:    "a tunnel joins VPCs with overlapping blocks",
	Severity: diag.Error,
	Why: "Addresses of the own VPC never leave by a tunnel: no route inside the VPC's block can lead there. Where the far VPC has the same " +
		"addresses, its hosts cannot be reached. Renumber one of them, or translate.",
	Rules: []string{"VPNI-7", "RT-10", "LINT-58"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, t := range p.Topology.Tunnels {
			for _, e := range t.Ends {
				if len(e.Instance.Interfaces) == 0 {
					continue
				}
				vpc := e.Instance.Interfaces[0].Subnet.VPC
				own := blocksOf(vpc)
				for _, r := range e.Routes {
					if own.Overlaps(addr.SetOf(r.Prefix)) {
						p.Report(r.At, "tunnel %q routes %s at %q, which overlaps its own VPC %q (%s)", t.Name, r.Prefix, e.Instance.Name, vpc.Name, own)
					}
				}
			}
		}
	},
}

var tunnelWithoutReturnRoute = &Rule{
	ID:       "tunnel-without-return-route",
	Title:    "a network behind a tunnel has no route back into it",
	Severity: diag.Error,
	Why: "Both VPCs need the mirror image of each other's route: to the tunnel instance in the VPC's route table, and into the tunnel on that " +
		"instance. Where one is missing the request arrives and the reply is lost.",
	Rules: []string{"VPNI-3", "VPNI-5", "LINT-67", "LINT-59"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, t := range p.Topology.Tunnels {
			for _, e := range t.Ends {
				far := e.Peer().Instance
				if len(far.Interfaces) == 0 || len(e.Instance.Interfaces) == 0 {
					continue
				}
				for _, i := range e.Instance.Interfaces {
					for _, u := range p.routesTo(i) {
						p.tunnelBack(t, e, u, far)
					}
				}
			}
		}
	},
}

// tunnelBack checks that what a route sends into a tunnel finds back from the
// VPC at the far end.
func (p *Pass) tunnelBack(t *model.Tunnel, e *model.TunnelEnd, u use, far *model.Instance) {
	v := far.Interfaces[0].Subnet.VPC
	asked := addr.SetOf(u.route.Prefixes()...).Intersect(blocksOf(v))
	routed := addr.Set{}
	for _, r := range e.Routes {
		routed = routed.Union(addr.SetOf(r.Prefix))
	}
	if !asked.Overlaps(routed) {
		return // it goes into another tunnel, or none
	}
	for _, from := range p.subnets(u.table) {
		if !from.CIDR.IsValid() || from.VPC == v {
			continue
		}
		var lost []*model.Subnet
		for _, s := range v.Subnets {
			if !asked.Overlaps(addr.SetOf(s.Prefixes()...)) || s.RouteTable == nil || len(p.hosts(s)) == 0 {
				continue
			}
			if hosts := p.hosts(s); len(hosts) == 1 && hosts[0].Instance() == far {
				continue // the tunnel's end itself needs no route
			}
			back := s.RouteTable.Unmodelled != nil
			for _, i := range far.Interfaces {
				back = back || p.someTo(s.RouteTable, from.CIDR, i)
			}
			if back {
				return
			}
			lost = append(lost, s)
		}
		if len(lost) > 0 {
			f := p.Report(at(u.route.At, u.table.At), "what subnet %q sends to %s goes through tunnel %q, and no subnet of VPC %q has a route for %s back to %q; add one to route table %q",
				from.Name, u.route.DestinationText(), t.Name, v.Name, from.CIDR, far.Name, lost[0].RouteTable.Name)
			see(f, lost[0].RouteTable.At, "route table %q of subnet %q", lost[0].RouteTable.Name, lost[0].Name)
			return
		}
	}
}
