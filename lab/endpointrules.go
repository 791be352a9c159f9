package lab

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// endpoint is what an interface of a VPC endpoint takes in.
func (r *ruleset) endpoint(e *model.VPCEndpoint, i *model.Interface) []string {
	switch e.Type {
	case model.GatewayLoadBalancerEndpoint:
		return r.inspection(e)
	case model.InstanceConnectEndpoint: // EP-13
		var rules []string
		for _, s := range isReply {
			rules = append(rules, s+" return")
		}
		return append(rules, r.drop(Drop{Code: eval.EndpointInitiates, Component: e.Name, Inside: true}))
	}
	rules := []string{"meta l4proto { icmp, icmpv6 } " + r.drop(Drop{Code: eval.ProtocolRestriction, Component: e.Name, Inside: true})} // EP-8
	if e.Provider == nil {
		return rules
	}
	// Which node serves is chosen behind the fabric; of several, whose
	// listeners have targets or none, what becomes of it shows there.
	if nodes := providers(e, i); len(nodes) == 1 {
		rules = append(rules, r.balancer(e.Provider, nodes[0], e.Provider.Name)...)
	}
	return rules
}

// withinVPC keeps an Instance Connect endpoint that sends from its clients'
// addresses in its VPC (EP-13).
func (r *ruleset) withinVPC(i *model.Interface) []string {
	e, ok := i.Owner.(*model.VPCEndpoint)
	if !ok || e.Type != model.InstanceConnectEndpoint || !e.PreserveClientIP {
		return nil
	}
	return []string{fmt.Sprintf("ip daddr != %s %s", set(prefixesOf(e.VPC.CIDRs)), r.drop(Drop{Code: eval.EndpointTargetVPC, Component: e.Name}))}
}

// toService is what a gateway endpoint carries (EP-3, EP-5).
func (r *ruleset) toService(p *port) string {
	chain := "to_" + p.name
	e, k := p.resource.(*model.VPCEndpoint), r.l.vpcNumber(p.vpc)
	source := r.drop(Drop{Code: eval.GatewayEndpointSource, Component: e.Name})
	r.chain(chain,
		"meta l4proto udp "+r.drop(Drop{Code: eval.GatewayEndpointProtocol, Component: e.Name}),
		fmt.Sprintf("ip saddr != @own4_%d %s", k, source), fmt.Sprintf("ip6 saddr != @own6_%d %s", k, source))
	return jump(p, chain)
}

// inspection is what an inspecting endpoint takes in: a reply whose request it
// has seen (EP-10, EP-11), and what the rules of a firewall let pass.
func (r *ruleset) inspection(e *model.VPCEndpoint) []string {
	name := fmt.Sprintf("seen_%d_", r.endpointNumber(e))
	r.state(name, "")
	chain := fmt.Sprintf("inspect_%d", r.endpointNumber(e))
	pass := chain + "_pass"
	r.chain(pass, remember(name, "")...)
	if e.Firewall == nil {
		r.chain(chain, "goto "+pass)
	} else {
		r.firewall(chain, pass, e)
	}
	rules := known(name, "", "goto "+chain)
	asymmetric := r.drop(Drop{Code: eval.ReturnPathAsymmetric, Component: e.Name, Inside: true})
	for _, s := range isReply {
		rules = append(rules, s+" "+asymmetric)
	}
	return append(rules, "goto "+chain)
}

func (r *ruleset) endpointNumber(e *model.VPCEndpoint) int {
	for k, o := range r.l.Topology.VPCEndpoints {
		if o == e {
			return k
		}
	}
	return -1
}
