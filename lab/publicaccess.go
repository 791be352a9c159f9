package lab

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// access is what VPC Block Public Access lets through (IGW-16).
type access uint8

const (
	nothing  access = iota
	begun           // what is begun inside
	anything        // no bar
)

// accessOf says what passes between a gateway of a VPC and an interface; nil
// stands for what came from no interface, or from an inspecting endpoint.
func accessOf(v *model.VPC, i *model.Interface, egressOnly bool) access {
	b := v.BlockPublicAccess
	if b == nil {
		return anything
	}
	best := nothing
	if _, nat := ownerOf(i).(*model.NATGateway); b.IngressOnly && (egressOnly || nat) {
		best = begun
	}
	inspecting := i != nil && inspects(i) != nil
	for _, x := range b.Exclusions {
		if x.VPC != v && (i == nil || inspecting || x.Subnet != i.Subnet) {
			continue
		}
		switch {
		case !x.EgressOnly:
			return anything
		case !b.IngressOnly:
			best = begun
		}
	}
	return best
}

func ownerOf(i *model.Interface) model.Resource {
	if i == nil {
		return nil
	}
	return i.Owner
}

// blockedOut writes what stops packets on their way out of a VPC, by the
// interface that sent them last.
func (r *ruleset) blockedOut(v *model.VPC, egressOnly bool) []string {
	if v.BlockPublicAccess == nil {
		return nil
	}
	var rules []string
	base := accessOf(v, nil, egressOnly)
	for _, i := range r.l.Topology.Interfaces {
		if a := accessOf(v, i, egressOnly); a != base && r.l.emitter(i) != 0 {
			rules = append(rules, fmt.Sprintf("meta mark & %#x == %d %s", markEmitter, r.l.emitter(i), r.bar(v, a, true, "return")))
		}
	}
	name := fmt.Sprintf("bpa_%d_%v", r.l.vpcNumber(v), egressOnly)
	if !r.has(name) { // an internet gateway and a carrier gateway are alike
		rules = append([]string{r.seen(v)}, rules...)
		r.chain(name, append(rules, r.bar(v, base, true, "return"))...)
	}
	return []string{"jump " + name}
}

// blockedIn writes what stops packets that gateways bring to an interface.
func (r *ruleset) blockedIn(p *port) []string {
	if p.vpc.BlockPublicAccess == nil {
		return nil
	}
	var from []string
	for _, o := range r.l.ports {
		switch o.kind {
		case portInternet, portCarrier, portCarrierIn, portCarrierInternet:
			if o.vpc == p.vpc {
				from = append(from, fmt.Sprintf("%q", o.name))
			}
		}
	}
	if len(from) == 0 {
		return nil
	}
	rules := []string{fmt.Sprintf("iifname %s %s", set(from), r.seen(p.vpc))}
	for _, egressOnly := range []bool{true, false} {
		op := "=="
		if egressOnly {
			op = "!="
		}
		if a := accessOf(p.vpc, p.iface, egressOnly); a != anything {
			rules = append(rules, fmt.Sprintf("iifname %s meta mark & %#x %s 0 %s", set(from), uint32(markEgress), op, r.bar(p.vpc, a, false, "")))
		}
	}
	return rules
}

// seen notes the reply that may pass: that of a request which came this way.
func (r *ruleset) seen(v *model.VPC) string {
	name := fmt.Sprintf("bpa_%d_seen", r.l.vpcNumber(v))
	if !r.has(name) {
		r.state(name+"_", "")
		r.chain(name, remember(name+"_", "")...)
	}
	return "jump " + name
}

// bar ends a rule by what an access lets through in one direction; replies of
// requests that were seen pass in any case. pass is what becomes of a packet
// that meets no bar.
func (r *ruleset) bar(v *model.VPC, a access, out bool, pass string) string {
	if a == anything || a == begun && out {
		return pass
	}
	name := fmt.Sprintf("bpa_%d_shut", r.l.vpcNumber(v))
	if !r.has(name) {
		rules := known(fmt.Sprintf("bpa_%d_seen_", r.l.vpcNumber(v)), "", "return")
		r.chain(name, append(rules, r.drop(Drop{Code: eval.PublicAccessBlocked, Component: v.BlockPublicAccess.Name}))...)
	}
	if out {
		return "goto " + name
	}
	return "jump " + name
}

// has reports whether a chain is written already.
func (r *ruleset) has(name string) bool {
	for _, c := range r.chains {
		if c.name == name {
			return true
		}
	}
	return false
}
