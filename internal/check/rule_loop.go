package check

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

var routingLoop = &Rule{
	ID:       "routing-loop",
	Title:    "packets that go in circles",
	Severity: diag.Warning,
	Why: "The packet comes to a place where it has been, so it never arrives. Most often an appliance stands in a subnet whose own table " +
		"leads back to it, or two tables of transit gateways point at each other.",
	Rules: []string{"M-9", "NI-19", "LINT-23"},
	Since: "0.1",
	Check: func(p *Pass) {
		seen := map[string]bool{}
		for _, t := range p.Topology.RouteTables {
			if t.VPC == nil {
				continue
			}
			from := p.someHost(t)
			if from == nil {
				continue
			}
			for _, r := range t.Routes {
				if !mayLoop(r) {
					continue
				}
				for _, to := range p.probes(r) {
					res := p.ask("loop\x00"+t.Name+"\x00"+to.String(), the(from), addresses(netip.PrefixFrom(to, to.BitLen())), "tcp/443")
					b := blockedBy(res, eval.RoutingLoop)
					if b == nil || seen[b.Component+b.At.String()] {
						continue
					}
					seen[b.Component+b.At.String()] = true
					f := p.Report(at(b.At, r.At, t.At), "what %q sends to %s goes in circles at %q: %s; let the table there lead on", hostName(from), to, b.Component, b.Message)
					see(f, r.At, "the route that it takes first")
				}
			}
		}
	},
}

// probes returns addresses to ask about a route: near the ends of each
// destination, and one of the internet. All would be a walk through the whole
// network for each route.
func (p *Pass) probes(r *model.Route) []netip.Addr {
	var out []netip.Addr
	for _, d := range r.Prefixes() {
		fam, all := addr.FamilyOf(d.Addr()), addr.RangeOf(d)
		if a, ok := p.someInternet(all, fam); ok {
			out = append(out, a)
		}
		if first, last := all.First(fam), all.Last(fam); d.Bits() > 0 {
			out = append(out, first.Next(), last.Prev())
		}
	}
	return slices.DeleteFunc(out, func(a netip.Addr) bool { return !a.IsValid() })
}

// mayLoop is the cheap test: packets go on from such a target by another
// table.
func mayLoop(r *model.Route) bool {
	switch target := r.Target.(type) {
	case *model.Interface:
		inst := target.Instance()
		return inst != nil && inst.IPForward
	case *model.TransitGateway:
		return true
	case *model.VPCEndpoint:
		return target.Type == model.GatewayLoadBalancerEndpoint
	}
	return false
}

// someHost returns an interface of an instance that sends by a table and is
// not itself a target of it, or nil.
func (f *facts) someHost(t *model.RouteTable) *model.Interface {
	for _, s := range f.subnets(t) {
		for _, i := range f.hosts(s) {
			if len(f.routesTo(i)) == 0 {
				return i
			}
		}
	}
	return nil
}

// addresses makes a prefix an endpoint.
func addresses(p netip.Prefix) model.Endpoint {
	return model.Endpoint{Text: p.String(), Kind: model.EndpointAddresses, Prefix: p}
}
