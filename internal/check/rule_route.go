package check

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

var blackholeRoute = &Rule{
	ID:       "blackhole-route",
	Title:    "a route whose target is gone, detached or not active",
	Severity: diag.Warning,
	Why: "What such a route wins is dropped; a shorter route is not tried. AWS keeps the route when its target goes, so it stays in the " +
		"table until somebody deletes it. Give it a target, or delete it. Blackholes of transit gateways are a means of keeping networks apart, and not meant here.",
	Rules: []string{"RT-13", "VGW-11", "LINT-15", "LINT-26"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, t := range p.Topology.RouteTables {
			if t.VPC == nil {
				continue
			}
			for _, r := range t.Routes {
				if why, place := blackhole(t, r); why != "" {
					f := p.Report(at(r.At, t.At), "the route %s -> %s of route table %q drops what it wins: %s; give it another target, or delete it",
						r.DestinationText(), r.TargetText(), t.Name, why)
					see(f, place, "declared here")
				}
			}
		}
	},
}

// blackhole says why a route is one, and where that is to be seen; "" if it
// is none.
func blackhole(t *model.RouteTable, r *model.Route) (why string, place diag.Pos) {
	if r.Kind == model.TargetBlackhole {
		return "its target is gone", place
	}
	switch target := r.Target.(type) {
	case *model.Interface:
		if target.Owner == nil {
			return quoted([]string{target.Name}) + " is attached to no instance", target.At
		}
	case *model.PeeringConnection:
		if !target.Active() {
			return quoted([]string{target.Name}) + " is " + target.Status + ", not active", target.At
		}
	case *model.VPNGateway:
		if target.VPC == nil {
			return quoted([]string{target.Name}) + " is attached to no VPC", target.At
		}
	case *model.EgressOnlyInternetGateway:
		if target.VPC == nil {
			return quoted([]string{target.Name}) + " is attached to no VPC", target.At
		}
	case *model.TransitGateway:
		if target.AttachmentOf(t.VPC) == nil {
			return "VPC " + quoted([]string{t.VPC.Name}) + " has no attachment to " + quoted([]string{target.Name}), target.At
		}
	}
	return "", place
}

var internetRouteWithoutGateway = &Rule{
	ID:       "internet-route-without-gateway",
	Title:    "a route to an internet gateway that is attached to no VPC",
	Severity: diag.Error,
	Why:      "A detached internet gateway carries nothing, so what the route wins is dropped. Attach the gateway to the VPC of the table.",
	Rules:    []string{"IGW-2", "RT-13", "LINT-35"},
	Since:    "0.1",
	Check: func(p *Pass) {
		for _, g := range p.Topology.InternetGateways {
			if g.VPC != nil {
				continue
			}
			for _, u := range p.routesTo(g) {
				f := p.Report(at(u.route.At, u.table.At), "route table %q of VPC %q sends %s to internet gateway %q, which is attached to no VPC; attach it",
					u.table.Name, u.table.VPC.Name, u.route.DestinationText(), g.Name)
				see(f, g.At, "%q is declared here", g.Name)
			}
		}
	},
}

var unreachableRoute = &Rule{
	ID:       "unreachable-route",
	Title:    "a route that longer ones cover completely",
	Severity: diag.Info,
	Why: "The longest prefix wins. Where longer routes cover all addresses of a shorter one, the shorter one never decides. It misleads " +
		"its reader, and comes to life when one of the others goes.",
	Rules: []string{"RT-4", "LINT-21"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, t := range p.Topology.RouteTables {
			for _, r := range t.Routes {
				if !r.At.IsValid() || r.Kind == model.TargetLocal || r.Origin.Propagated() || !nested(t, r) {
					continue
				}
				winners, used := p.winners(t, r)
				if used || len(winners) == 0 {
					continue
				}
				var names []string
				for _, w := range winners {
					names = append(names, w.DestinationText())
				}
				f := p.Report(r.At, "the route %s -> %s of route table %q never decides: longer routes cover all of it, %s; delete it",
					r.DestinationText(), r.TargetText(), t.Name, quoted(names))
				for _, w := range winners {
					see(f, w.At, "%s -> %s", w.DestinationText(), w.TargetText())
				}
			}
		}
	},
}

// nested is the cheap test: some other route of the table lies inside r.
func nested(t *model.RouteTable, r *model.Route) bool {
	for _, o := range t.Routes {
		if o == r {
			continue
		}
		for _, q := range o.Prefixes() {
			for _, s := range r.Prefixes() {
				if q.Bits() > s.Bits() && s.Contains(q.Addr()) {
					return true
				}
			}
		}
	}
	return false
}

// winners returns the routes that decide for addresses of r by a longer
// prefix, and whether r, or another route to the same prefix, decides for any.
func (p *Pass) winners(t *model.RouteTable, r *model.Route) (longer []*model.Route, used bool) {
	for _, s := range r.Prefixes() {
		for _, d := range p.Net.Decisions(t, addr.FamilyOf(s.Addr()), addr.RangeOf(s)) {
			if w := d.Route(); w == nil || d.Prefix == s.Masked() {
				return nil, true
			} else if !slices.Contains(longer, w) {
				longer = append(longer, w)
			}
		}
	}
	return longer, false
}

var prefixListsOverlap = &Rule{
	ID:       "prefix-lists-overlap",
	Title:    "two prefix lists of a route table have one CIDR and different targets",
	Severity: diag.Warning,
	Why: "AWS picks one of the two routes and does not say which, so the topology does not tell where the packets go. Take the CIDR out " +
		"of one of the lists, or give it a route of its own.",
	Rules: []string{"RT-7", "MISC-1", "LINT-20"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, t := range p.Topology.RouteTables {
			if t.VPC == nil || !slices.ContainsFunc(t.Routes, func(r *model.Route) bool { return r.PrefixList != nil }) {
				continue
			}
			seen := map[[2]*model.Route]bool{}
			for _, fam := range addr.Families {
				for _, d := range p.Net.Decisions(t, fam, addr.All) {
					p.tie(t, d, seen)
				}
			}
		}
	},
}

func (p *Pass) tie(t *model.RouteTable, d eval.Decision, seen map[[2]*model.Route]bool) {
	for _, second := range d.Routes[:d.Equal][min(1, d.Equal):] {
		first := d.Routes[0]
		if first.PrefixList == nil || second.PrefixList == nil || seen[[2]*model.Route{first, second}] {
			continue
		}
		seen[[2]*model.Route{first, second}] = true
		f := p.Report(at(second.At, t.At), "%s stands in prefix lists %q and %q, which route table %q sends to %s and to %s: AWS picks one and does not say which; route it by itself, or take it out of one list",
			d.Prefix, first.PrefixList.Name, second.PrefixList.Name, t.Name, first.TargetText(), second.TargetText())
		see(f, first.At, "the route of %q", first.PrefixList.Name)
	}
}

var propagatedRouteShadowed = &Rule{
	ID:       "propagated-route-shadowed",
	Title:    "a propagated route that a local or static one keeps from ever deciding",
	Severity: diag.Warning,
	Why: "A propagated route never beats the local route, not even when it is longer, and a static route to the same destination beats it. " +
		"So what the gateway knows does not reach the table, and traffic meant for the site goes elsewhere.",
	Rules: []string{"RT-5", "RT-8", "LINT-19"},
	Since: "0.1",
	Check: func(p *Pass) {
		seen := map[never]bool{}
		for _, t := range p.Topology.RouteTables {
			if t.VPC == nil || !slices.ContainsFunc(t.Routes, func(r *model.Route) bool { return r.Origin.Propagated() }) {
				continue
			}
			for _, r := range p.Net.NeverUsed(t) {
				if k := (never{r.At, r.Destination, r.Target}); seen[k] {
					continue // another table of the VPC
				} else {
					seen[k] = true
				}
				f := p.Report(at(r.At, t.At), "%s of gateway %s lies in VPC %q, so the local route, as of route table %q, always beats it; give the site another range, or route the subnet by hand",
					r.DestinationText(), r.TargetText(), t.VPC.Name, t.Name)
				see(f, t.At, "route table %q", t.Name)
			}
			for _, fam := range addr.Families {
				for _, d := range p.Net.Decisions(t, fam, addr.All) {
					p.beaten(t, d)
				}
			}
		}
	},
}

// never is a route that a gateway propagates, to whatever table.
type never struct {
	at     diag.Pos
	prefix netip.Prefix
	target model.Resource
}

// beaten reports propagated routes that a static one to the same destination
// beats.
func (p *Pass) beaten(t *model.RouteTable, d eval.Decision) {
	w := d.Route()
	if w == nil || w.Origin.Propagated() {
		return
	}
	for _, r := range d.Routes[1:] {
		if !r.Origin.Propagated() || r.Target == w.Target {
			continue
		}
		f := p.Report(at(w.At, t.At), "the static route %s -> %s of route table %q beats what %s propagates, which never decides; delete one of them",
			w.DestinationText(), w.TargetText(), t.Name, r.TargetText())
		see(f, r.At, "the propagated route")
		return
	}
}
