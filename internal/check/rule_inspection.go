package check

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

var inspectionOneWay = &Rule{
	ID:       "inspection-one-way",
	Title:    "requests pass a firewall or appliance, and the replies do not",
	Severity: diag.Error,
	Why: "A stateful device drops a connection of which it sees half. Route the way back through it, too: by the route table of the " +
		"internet gateway (ingress routing), or that of the NAT gateway's subnet.",
	Rules: []string{"EP-10", "FW-1", "NI-20", "LINT-75"},
	Since: "0.1",
	Check: func(p *Pass) {
		done := map[*model.RouteTable]bool{}
		for _, s := range p.Topology.Subnets {
			if s.RouteTable == nil || done[s.RouteTable] {
				continue
			}
			out := p.inspected(s.RouteTable)
			if out == nil {
				continue
			}
			if slices.ContainsFunc(p.redirects(), func(r redirect) bool { return r.isInternet() && sameDevice(out, r.target) }) {
				continue // ingress routing knows the device: subnet-missing-from-ingress-routing speaks of the rest
			}
			for _, i := range p.hosts(s) {
				res := p.toTheInternet(i, addr.V4, "tcp/443")
				b := blockedBy(res, eval.ReturnPathAsymmetric)
				if b == nil || works(res) {
					continue
				}
				done[s.RouteTable] = true
				f := p.Report(at(out.At, s.RouteTable.At, s.At), "what subnet %q sends to the internet passes %q, and the replies do not come back through it: %s; route the way back through %q, too",
					s.Name, out.TargetText(), b.Message, out.TargetText())
				see(f, b.At, "where the reply goes wrong")
				break
			}
		}
	},
}

// inspected returns the route by which internet traffic passes an appliance
// or an inspecting endpoint, or nil.
func (p *Pass) inspected(t *model.RouteTable) *model.Route {
	for _, r := range p.toInternet(t, addr.V4) {
		if mayLoop(r) {
			if _, transit := r.Target.(*model.TransitGateway); !transit {
				return r
			}
		}
	}
	return nil
}

var inspectionWithoutApplianceMode = &Rule{
	ID:       "inspection-without-appliance-mode",
	Title:    "a transit gateway attachment to an inspection VPC lacks appliance mode",
	Severity: diag.Warning,
	Why: "Without appliance mode a transit gateway keeps a packet in the zone of its sender. Between hosts of two zones the request then " +
		"passes the appliance of one zone and the reply that of the other, which knows nothing of it and drops it. Set `appliance_mode: true`.",
	Rules: []string{"TGW-7", "LINT-64"},
	Since: "0.1",
	Check: func(p *Pass) {
		for _, a := range p.Topology.TransitAttachments {
			if a.VPC == nil || a.ApplianceMode || len(a.Interfaces) < 2 {
				continue
			}
			device := ""
			for _, i := range a.Interfaces {
				if i.Subnet == nil || i.Subnet.RouteTable == nil {
					continue
				}
				for _, r := range i.Subnet.RouteTable.Routes {
					if _, transit := r.Target.(*model.TransitGateway); !transit && mayLoop(r) && device == "" {
						device = r.TargetText()
					}
				}
			}
			if device == "" {
				continue
			}
			p.Report(a.At, "attachment %q leads to appliances, as %q, in %d subnets and has no appliance mode, so request and reply between zones pass different ones; set `appliance_mode: true`",
				a.Name, device, len(a.Interfaces))
		}
	},
}
