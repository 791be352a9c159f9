package check

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

var portForwardMatchesPublicAddress = &Rule{
	ID:       "port-forward-matches-public-address",
	Title:    "a port forward matches the public address of its instance",
	Severity: diag.Error,
	Why: "The internet gateway has translated the public address before the packet comes to the instance, so iptables never sees it and the " +
		"rule never matches. Match the private address.",
	Rules: []string{"NI-13", "IGW-7", "LINT-45"},
	Since: "0.1",
	Check: func(p *Pass) {
		p.eachPortForward(func(inst *model.Instance, d model.PortForward) {
			if !d.Destination.IsValid() {
				return
			}
			for _, i := range inst.Interfaces {
				for _, pub := range i.Public {
					if !d.Destination.Contains(pub.Public) || d.Destination.Bits() < 8 || slices.ContainsFunc(i.Private, d.Destination.Contains) {
						continue
					}
					f := p.Report(at(d.At, inst.At), "the port forward of %q matches destination %s, which the internet gateway has translated to %s before; match %s",
						inst.Name, prefixText(d.Destination), pub.Private, pub.Private)
					see(f, pub.At, "%s is mapped to %s", pub.Public, pub.Private)
				}
			}
		})
	},
}

// prefixText writes a prefix of one address as that address.
func prefixText(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

func (p *Pass) eachPortForward(do func(*model.Instance, model.PortForward)) {
	for _, inst := range p.Topology.Instances {
		for _, d := range inst.PortForwards {
			do(inst, d)
		}
	}
}

// ownerOf returns the attached interface of a VPC that owns an address.
func (p *Pass) ownerOf(v *model.VPC, a netip.Addr) *model.Interface {
	for _, i := range p.Topology.Interfaces {
		if i.Owner != nil && i.Subnet != nil && i.Subnet.VPC == v && i.Owns(a) {
			return i
		}
	}
	return nil
}

var portForwardToNobody = &Rule{
	ID:       "port-forward-to-nobody",
	Title:    "a port forward leads to an address that nobody has",
	Severity: diag.Warning,
	Why: "A port forward names an address, and goes stale when the host behind it is replaced, as by Auto Scaling or a database's failover. " +
		"Name the address of a host, or put a load balancer in between.",
	Rules: []string{"NI-12", "M-5", "LINT-47"},
	Since: "0.1",
	Check: func(p *Pass) {
		p.eachPortForward(func(inst *model.Instance, d model.PortForward) {
			for _, i := range inst.Interfaces {
				if i.Subnet == nil || i.Subnet.VPC.Incomplete != "" || !i.Subnet.VPC.Contains(d.To) {
					continue
				}
				if p.ownerOf(i.Subnet.VPC, d.To) == nil {
					p.Report(at(d.At, inst.At), "the port forward of %q leads to %s, and no attached network interface of VPC %q has that address", inst.Name, d.To, i.Subnet.VPC.Name)
				}
				return
			}
		})
	},
}

// forwarded asks whether the internet gets through the first port of a port
// forward; nil where the instance has no public address.
func (p *Pass) forwarded(inst *model.Instance, d model.PortForward) *eval.Result {
	i := p.answersByPublic(inst)
	if i == nil {
		return nil
	}
	return p.fromInternet(i, addr.V4, fmt.Sprintf("%s/%d", packet.ProtoName(d.Protocol), d.Ports.Lo))
}

// answersByPublic returns the first interface of an instance that has a
// public address, or nil.
func (p *Pass) answersByPublic(inst *model.Instance) *model.Interface {
	for _, i := range inst.Interfaces {
		if len(i.Public) > 0 && i.Subnet != nil {
			return i
		}
	}
	return nil
}

var portForwardWithoutMasquerade = &Rule{
	ID:       "port-forward-without-masquerade",
	Title:    "a port forward keeps the client's address, and the other end is not made for it",
	Severity: diag.Warning,
	Why: "Without a masquerade that matches, the host behind a port forward sees the client itself: its security group must admit the client " +
		"and not the NAT instance, and its subnet must route the client's address back through the NAT instance. Masquerade all, or set these.",
	Rules: []string{"NI-14", "NI-15", "LINT-46"},
	Since: "0.1",
	Check: func(p *Pass) {
		p.eachPortForward(func(inst *model.Instance, d model.PortForward) {
			if !inst.IPForward || slices.ContainsFunc(inst.Masquerade, hidesInternet) {
				return
			}
			res := p.forwarded(inst, d)
			b := firstBlocker(res)
			if b == nil || works(res) {
				return
			}
			to := p.ownerOf(p.answersByPublic(inst).Subnet.VPC, d.To)
			if to == nil || to.Instance() == inst {
				return
			}
			behind := b.Path == "return" || b.Interface == to || b.Resource == model.Resource(to.Subnet.NetworkACL)
			if !behind || b.Interface != nil && b.Interface.Instance() == inst {
				return
			}
			f := p.Report(at(d.At, inst.At), "what comes in for port %s of %q goes on to %q with the client's own address, and fails: %s; masquerade it, or let %q take clients and send the replies to %q",
				portText(d.Ports), inst.Name, hostName(to), b.Message, hostName(to), inst.Name)
			see(f, b.At, "where it fails")
			see(f, to.At, "%q", hostName(to))
		})
	},
}

func portText(r packet.PortRange) string { return packet.FormatPorts([]packet.PortRange{r}) }

// hidesInternet reports whether a masquerade matches clients of the internet.
func hidesInternet(m model.Masquerade) bool {
	return !m.V6() && (!m.Source.IsValid() || m.Source.Bits() == 0)
}

var managementPortForwardedToInternet = &Rule{
	ID:       "management-port-forwarded-to-internet",
	Title:    "a NAT instance forwards the internet to SSH, RDP or a database",
	Severity: diag.Warning,
	Why: "A port forward gives the port of a private host to whoever reaches the NAT instance; another number in front hides it from nobody. " +
		"Name the addresses that may use it in the security group of the NAT instance.",
	Rules: []string{"NI-6", "NI-12", "LINT-48"},
	Since: "0.1",
	Check: func(p *Pass) {
		p.eachPortForward(func(inst *model.Instance, d model.PortForward) {
			port := d.ToPort
			if port == 0 {
				port = d.Ports.Lo
			}
			k := slices.IndexFunc(sensitivePorts, func(s service) bool { return s.port == port })
			if k < 0 || d.Protocol != packet.TCP || !works(p.forwarded(inst, d)) {
				return
			}
			i := p.answersByPublic(inst)
			if !p.byEverybody(i, addr.V4, []service{{port: d.Ports.Lo}}) {
				return
			}
			f := p.Report(at(d.At, inst.At), "the internet reaches port %s of %s through port %s of %q; admit the addresses that need it only",
				serviceNames(sensitivePorts[k:k+1]), d.To, portText(d.Ports), inst.Name)
			if to := p.ownerOf(i.Subnet.VPC, d.To); to != nil {
				see(f, to.At, "%q has %s", hostName(to), d.To)
			}
		})
	},
}
