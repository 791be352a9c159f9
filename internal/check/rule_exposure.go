package check

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

const exposureWhy = "It is an error where the internet really gets there, past routes, public addresses and network ACLs; a warning where only " +
	"a part of the internet does, or something that is not modelled decides; and a note where nobody does, since then one route or address is all that " +
	"keeps it shut. "

var managementPortOpenToInternet = &Rule{
	ID:       "management-port-open-to-internet",
	Title:    "a security group admits the whole internet to SSH or RDP",
	Severity: diag.Error,
	Why:      exposureWhy + "Name the addresses that may manage the hosts, or use Session Manager or an EC2 Instance Connect endpoint.",
	Rules:    []string{"SG-11", "IGW-4", "LINT-49"},
	Since:    "0.1",
	Check: func(p *Pass) {
		p.eachWorldRule(func(g *model.SecurityGroup, r *model.SGRule, fam addr.Family) {
			if list := admitted(r.Traffic, managementPorts); len(list) > 0 && !everyPort(r) {
				p.exposed(g, r, fam, list)
			}
		})
	},
}

var databasePortOpenToInternet = &Rule{
	ID:       "database-port-open-to-internet",
	Title:    "a security group admits the whole internet to a database",
	Severity: diag.Error,
	Why:      exposureWhy + "Name the security groups or networks of the database's clients.",
	Rules:    []string{"SG-11", "IGW-4", "LINT-49"},
	Since:    "0.1",
	Check: func(p *Pass) {
		p.eachWorldRule(func(g *model.SecurityGroup, r *model.SGRule, fam addr.Family) {
			if list := admitted(r.Traffic, databasePorts); len(list) > 0 && widest(r.Traffic) <= wide {
				p.exposed(g, r, fam, list)
			}
		})
	},
}

var allPortsOpenToInternet = &Rule{
	ID:       "all-ports-open-to-internet",
	Title:    "a security group admits the whole internet to every port",
	Severity: diag.Error,
	Why: exposureWhy + "The groups of an appliance judge what it forwards, so they are wider than the appliance itself needs: there it is a " +
		"warning. Name ports, or the networks that may use them.",
	Rules: []string{"SG-11", "IGW-4", "NI-6", "LINT-49"},
	Since: "0.1",
	Check: func(p *Pass) {
		p.eachWorldRule(func(g *model.SecurityGroup, r *model.SGRule, fam addr.Family) {
			if everyPort(r) && r.Protocols.Contains(packet.TCP) {
				p.exposed(g, r, fam, sensitivePorts)
			}
		})
	},
}

// wide is the number of ports beyond which a range is a wide one.
const wide = 1024

var widePortRangeOpenToInternet = &Rule{
	ID:       "wide-port-range-open-to-internet",
	Title:    "a security group admits the whole internet to more than 1,024 ports",
	Severity: diag.Warning,
	Why: "Security groups are stateful: unlike a network ACL, they need no rule for replies to ephemeral ports, so a wide inbound range opens " +
		"what listens there and nothing else. Name the ports that are served. It is a note where the internet does not get there.",
	Rules: []string{"SG-5", "SG-8", "LINT-50"},
	Since: "0.1",
	Check: func(p *Pass) {
		p.eachWorldRule(func(g *model.SecurityGroup, r *model.SGRule, fam addr.Family) {
			n := widest(r.Traffic)
			if n <= wide || everyPort(r) {
				return
			}
			list := wideSamples(r)
			got := p.exposure(g, fam, list)
			if len(g.Members) == 0 {
				return
			}
			f := p.Report(r.At, "%s of security group %q admits %s to %d ports; name those that are served", packet.FormatService(r.Protocols, r.Ports), g.Name, r.PeerText(), n)
			if len(got.all)+len(got.part)+len(got.unknown) == 0 {
				f.Severity = diag.Info
			}
		})
	},
}

// wideSamples returns a port of each wide range of a rule.
func wideSamples(r *model.SGRule) []service {
	var out []service
	for _, q := range r.Ports {
		if q.Hi-q.Lo > 0 {
			out = append(out, service{port: q.Lo}, service{port: q.Hi})
		}
	}
	return out
}

// forwards reports whether an interface is that of an appliance: its groups
// judge what it passes on, too (NI-6).
func (p *Pass) forwards(i *model.Interface) bool {
	inst := i.Instance()
	return inst != nil && (inst.IPForward || !i.SourceDestCheck || len(inst.TunnelEnds) > 0 || len(p.routesTo(i)) > 0)
}

func everyPort(r *model.SGRule) bool { return len(r.Ports) == 1 && r.Ports[0] == packet.AllPorts }

// eachWorldRule calls do for the inbound rules of groups in use that admit
// every address of a family.
func (p *Pass) eachWorldRule(do func(*model.SecurityGroup, *model.SGRule, addr.Family)) {
	for _, g := range p.Topology.SecurityGroups {
		if len(g.Members) == 0 {
			continue
		}
		for _, r := range g.Ingress {
			if fam, ok := fromAnywhere(r); ok {
				do(g, r, fam)
			}
		}
	}
}

// exposed reports a rule that admits the internet to some ports, as severe as
// what comes of it.
func (p *Pass) exposed(g *model.SecurityGroup, r *model.SGRule, fam addr.Family, list []service) {
	place := at(r.At, g.At)
	got := p.exposure(g, fam, list)
	switch {
	case len(got.all) > 0 && everyPort(r) && !slices.ContainsFunc(got.all, func(i *model.Interface) bool { return !p.forwards(i) }):
		f := p.Report(place, "security group %q admits %s to all that %s %s, so the internet reaches %s of the %s, too; name the ports and networks that are forwarded, or shut these ports there",
			g.Name, r.PeerText(), quoted(hostNames(got.all)), plural(len(got.all), "forwards", "forward"), serviceNames(got.ports), plural(len(got.all), "host itself", "hosts themselves"))
		f.Severity = diag.Warning
	case len(got.all) > 0:
		f := p.Report(place, "security group %q admits %s to %s, and the internet reaches %s; name the networks that need it",
			g.Name, r.PeerText(), serviceNames(got.ports), quoted(hostNames(got.all)))
		for _, i := range got.all {
			see(f, i.At, "%q", hostName(i))
		}
	case len(got.part) > 0:
		f := p.Report(place, "security group %q admits %s to %s, and a part of the internet reaches %s; name the networks that need it",
			g.Name, r.PeerText(), serviceNames(got.ports), quoted(hostNames(got.part)))
		f.Severity = diag.Warning
	case len(got.unknown) > 0:
		f := p.Report(place, "security group %q admits %s to %s; whether the internet reaches %s depends on what vpcpath does not model",
			g.Name, r.PeerText(), serviceNames(list), quoted(hostNames(got.unknown)))
		f.Severity = diag.Warning
	case g.VPC != nil && g.VPC.InternetGateway == nil: // then 0.0.0.0/0 is but a way to write anybody
	default:
		f := p.Report(place, "security group %q admits %s to %s; the internet reaches no interface that carries it, as long as routes, addresses and network ACLs stay as they are",
			g.Name, r.PeerText(), serviceNames(list))
		f.Severity = diag.Info
	}
}
