package check

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// redirect is a route of a gateway route table that is not local.
type redirect struct {
	gateway model.Resource
	table   *model.RouteTable
	route   *model.Route
	target  *model.Interface // of an instance, or of an inspecting endpoint
}

// redirects returns the redirects of the gateway route tables.
func (p *Pass) redirects() []redirect {
	var out []redirect
	for _, t := range p.Topology.RouteTables {
		for _, g := range t.Edges {
			for _, r := range t.Routes {
				switch target := r.Target.(type) {
				case *model.Interface:
					out = append(out, redirect{g, t, r, target})
				case *model.VPCEndpoint:
					if len(target.Interfaces) > 0 {
						out = append(out, redirect{g, t, r, target.Interfaces[0]})
					}
				}
			}
		}
	}
	return out
}

// covers reports whether the redirect takes what comes in for a subnet.
func (r *redirect) covers(s *model.Subnet) bool {
	return s.VPC == r.table.VPC && s != r.target.Subnet &&
		slices.ContainsFunc(s.Prefixes(), func(q netip.Prefix) bool { return covers(r.route.Prefixes(), q) })
}

func (r *redirect) family() addr.Family { return addr.FamilyOf(r.route.Destination.Addr()) }

// isInternet reports whether the redirect is for what comes from the internet.
func (r *redirect) isInternet() bool {
	_, ok := r.gateway.(*model.InternetGateway)
	return ok
}

var ingressTargetWithoutPublicIP = &Rule{
	ID:       "ingress-target-without-public-ip",
	Title:    "ingress routing leads to a network interface without a public address",
	Severity: diag.Error,
	Why: "An internet gateway hands packets to the network interface that its route table names only if that interface has a public " +
		"address, though nothing uses it. Without one everything that comes in for the subnet is dropped. Give it an Elastic IP address.",
	Rules: []string{"GW-8", "LINT-26"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, r := range p.redirects() {
			if r.target.Instance() == nil || ownRange(use{r.table, r.route}) || !r.isInternet() || r.family() != addr.V4 || r.target.Mapped(model.KindInternetGateway) {
				continue
			}
			f := p.Report(at(r.route.At, r.table.At), "gateway route table %q sends %s to %q, which has no public address, so internet gateway %q drops what comes in; give %q an Elastic IP address",
				r.table.Name, r.route.DestinationText(), hostName(r.target), r.gateway.ID().Name, hostName(r.target))
			see(f, r.target.At, "%q has no public address", hostName(r.target))
		}
	},
}

var ingressInspectionBypassed = &Rule{
	ID:       "ingress-inspection-bypassed",
	Title:    "a subnet behind ingress routing does not answer through the same appliance",
	Severity: diag.Error,
	Why: "What comes in for the subnet passes the appliance, so the replies must, too. AWS drops what such a subnet sends straight to the " +
		"internet gateway, and an appliance drops, or never sees, connections of which it has half. Route the subnet's internet traffic to the appliance.",
	Rules: []string{"GW-10", "GW-12", "EP-10", "LINT-28", "LINT-75"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, r := range p.redirects() {
			if !r.isInternet() {
				continue
			}
			var direct, other []*model.Subnet
			ways := map[*model.Subnet]*model.Route{}
			for _, s := range r.table.VPC.Subnets {
				if !r.covers(s) {
					continue
				}
				for _, out := range p.toInternet(s.RouteTable, r.family()) {
					_, straight := out.Target.(*model.InternetGateway)
					switch {
					case straight:
						direct = append(direct, s)
					case !sameDevice(out, r.target) && p.takesIn(s, r.family()):
						other = append(other, s)
					default:
						continue
					}
					ways[s] = out
					break
				}
			}
			p.bypass(r, direct, ways, "which AWS drops for a subnet that is redirected")
			p.bypass(r, other, ways, "so the replies do not pass it")
		}
	},
}

func (p *Pass) bypass(r redirect, list []*model.Subnet, ways map[*model.Subnet]*model.Route, why string) {
	if len(list) == 0 {
		return
	}
	out := ways[list[0]]
	f := p.Report(at(out.At, list[0].RouteTable.At, list[0].At), "what comes in for %s passes %q (gateway route table %q), but what leaves goes by %s -> %s, %s; route it to %q",
		subnetsText(list), deviceName(r.target), r.table.Name, out.DestinationText(), out.TargetText(), why, deviceName(r.target))
	see(f, r.route.At, "the route of gateway route table %q", r.table.Name)
}

// sameDevice reports whether a route leads to the device that an interface
// belongs to, by that interface or another one of it.
func sameDevice(r *model.Route, i *model.Interface) bool {
	switch target := r.Target.(type) {
	case *model.Interface:
		return target == i || target.Owner != nil && target.Owner == i.Owner
	case *model.VPCEndpoint:
		return i.Owner == model.Resource(target)
	}
	return false
}

// deviceName names the host or endpoint behind an interface.
func deviceName(i *model.Interface) string {
	if e, ok := i.Owner.(*model.VPCEndpoint); ok {
		return e.Name
	}
	return hostName(i)
}

// takesIn reports whether a subnet has an interface that the internet can
// address in a family.
func (p *Pass) takesIn(s *model.Subnet, fam addr.Family) bool {
	return slices.ContainsFunc(p.interfaces(s), func(i *model.Interface) bool {
		return fam == addr.V4 && i.Mapped(model.KindInternetGateway) || fam == addr.V6 && len(i.IPv6) > 0
	})
}

var applianceSubnetWithoutInternetRoute = &Rule{
	ID:       "appliance-subnet-without-internet-route",
	Title:    "the subnet of an ingress appliance has no route to the internet gateway",
	Severity: diag.Warning,
	Why: "Replies come back through the appliance and leave by the route table of its own subnet. Without a route to the internet gateway " +
		"there, they are lost.",
	Rules: []string{"GW-10", "LINT-29"},
	Since: "0.1",
	Check: func(p *Pass) {
		seen := map[*model.Subnet]bool{}
		for _, r := range p.redirects() {
			s := r.target.Subnet
			if !r.isInternet() || s == nil || seen[s] {
				continue
			}
			seen[s] = true
			if !p.shut(s.RouteTable, r.family()) {
				continue
			}
			f := p.Report(at(s.RouteTable.At, s.At), "route table %q of subnet %q has no %s route to internet gateway %q, so what %q sends back from there is lost; add the route",
				s.RouteTable.Name, s.Name, r.family(), r.gateway.ID().Name, deviceName(r.target))
			see(f, r.route.At, "gateway route table %q sends %s to %q", r.table.Name, r.route.DestinationText(), deviceName(r.target))
		}
	},
}

var gatewayRouteTableShared = &Rule{
	ID:       "gateway-route-table-shared",
	Title:    "one route table serves a gateway and subnets",
	Severity: diag.Warning,
	Why: "The routes that send what comes in to an appliance then hold for what the subnets send, too, and a change meant for one breaks " +
		"the other. Use a table of its own for the gateway.",
	Rules: []string{"GW-1", "LINT-30"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, t := range p.Topology.RouteTables {
			if list := p.subnets(t); len(t.Edges) > 0 && len(list) > 0 {
				f := p.Report(t.At, "route table %q is that of gateway %s and of %s; use a table of its own for the gateway",
					t.Name, quoted(namesOf(t.Edges)), subnetsText(list))
				see(f, list[0].At, "subnet %q", list[0].Name)
			}
		}
	},
}

var subnetMissingFromIngressRouting = &Rule{
	ID:       "subnet-missing-from-ingress-routing",
	Title:    "a subnet that takes connections in is left out of ingress routing",
	Severity: diag.Warning,
	Why: "The gateway route table sends what comes in for some subnets through an appliance, and hands what is for this one straight to it. " +
		"Where the subnet sends to the internet by the appliance, that has half of each connection: an error where it drops them. Where " +
		"the subnet does not, nothing inspects it, which may be meant: a note.",
	Rules: []string{"GW-5", "GW-10", "LINT-31", "LINT-75"},
	Since: "0.1",
	Check: func(p *Pass) {
		byTable := map[*model.RouteTable][]redirect{}
		var order []*model.RouteTable
		for _, r := range p.redirects() {
			if r.isInternet() && r.family() == addr.V4 {
				if byTable[r.table] == nil {
					order = append(order, r.table)
				}
				byTable[r.table] = append(byTable[r.table], r)
			}
		}
		for _, t := range order {
			for _, s := range t.VPC.Subnets {
				p.leftOut(t, byTable[t], s)
			}
		}
	},
}

func (p *Pass) leftOut(t *model.RouteTable, list []redirect, s *model.Subnet) {
	for _, r := range list {
		if r.covers(s) || s == r.target.Subnet {
			return
		}
	}
	if !p.takesIn(s, addr.V4) {
		return
	}
	for _, out := range p.toInternet(s.RouteTable, addr.V4) {
		i := slices.IndexFunc(list, func(r redirect) bool { return sameDevice(out, r.target) })
		_, direct := out.Target.(*model.InternetGateway)
		switch {
		case i >= 0:
			f := p.Report(s.At, "subnet %q sends to the internet by %q, but gateway route table %q hands what comes in for it straight to it; add a route for %s there",
				s.Name, deviceName(list[i].target), t.Name, s.CIDR)
			see(f, t.At, "gateway route table %q", t.Name)
			if hosts := p.hosts(s); len(hosts) > 0 && blockedBy(p.toTheInternet(hosts[0], addr.V4, "tcp/443"), eval.ReturnPathAsymmetric) != nil {
				f.Severity = diag.Error // it has half of each connection, and drops it
			}
			return
		case direct:
			f := p.Report(s.At, "nothing inspects what comes in for subnet %q, while gateway route table %q sends %s through %q; add a route for %s if that is meant to be inspected too",
				s.Name, t.Name, list[0].route.DestinationText(), deviceName(list[0].target), s.CIDR)
			f.Severity = diag.Info
			see(f, t.At, "gateway route table %q", t.Name)
			return
		}
	}
}

var applianceInInspectedSubnet = &Rule{
	ID:       "appliance-in-inspected-subnet",
	Title:    "an appliance stands in the subnet that it should inspect",
	Severity: diag.Error,
	Why: "Hosts of one subnet reach each other without any route, so what comes out of the appliance and what its neighbours send to it " +
		"cannot be made to pass it. Move the appliance to a subnet of its own.",
	Rules: []string{"NI-19", "RT-12", "LINT-32"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, r := range p.redirects() {
			s := r.target.Subnet
			if s == nil || !slices.Contains(s.Prefixes(), r.route.Destination) {
				continue
			}
			f := p.Report(at(r.route.At, r.table.At), "gateway route table %q sends what comes in for subnet %q to %q, which is in that subnet itself; move it to a subnet of its own",
				r.table.Name, s.Name, deviceName(r.target))
			see(f, r.target.At, "%q is in subnet %q", deviceName(r.target), s.Name)
		}
	},
}
