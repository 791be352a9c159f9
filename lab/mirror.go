package lab

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/model"
)

// mirrored reports whether the answer came back through the devices that the
// request went through, in reverse.
func (c *comparison) mirrored() bool {
	there := c.passed(c.o.Walks[forward].Steps, c.p.Instance)
	back := c.passed(c.o.Walks[back].Steps, c.l.instance(c.o.Answered))
	slices.Reverse(back)
	for _, r := range there {
		if len(back) > 0 && back[0] == r {
			back = back[1:]
			continue
		}
		if e, ok := r.(*model.VPCEndpoint); !ok || e.Type != model.GatewayLoadBalancerEndpoint || e.Firewall != nil {
			return false
		}
	}
	return len(back) == 0
}

// passed lists the hosts, NAT gateways, egress-only gateways, load balancers
// and endpoints that a walk went through. A reply may leave out an endpoint of
// a Gateway Load Balancer (EP-11).
func (c *comparison) passed(steps []Step, at *model.Instance) []model.Resource {
	var out []model.Resource
	var in model.Resource // the host that the packet is in, when it came in
	for _, s := range steps {
		if in != nil {
			out = append(out, in)
		}
		in = nil
		switch r := c.l.Topology.Names[s.Name].(type) {
		case *model.Tunnel:
			from := at
			if n := len(out); n > 0 {
				if h, ok := out[n-1].(*model.Instance); ok && (r.Ends[0].Instance == h || r.Ends[1].Instance == h) {
					from = h
				}
			}
			end := r.Ends[0]
			if end.Instance != from {
				end = r.Ends[1]
			}
			in = end.Peer().Instance
		case *model.EgressOnlyInternetGateway, *model.LoadBalancer:
			out = append(out, r)
		case *model.VPCEndpoint:
			if r.Type != model.GatewayEndpoint {
				out = append(out, r)
			}
		case *model.NATGateway: // a regional one, by its name
			if s.Way == "in" {
				in = r
			}
		default:
			if i := c.l.interfaceNamed(s.Name); i != nil && s.Way == "in" {
				in = i.Owner
			}
		}
	}
	return out
}

func (l *Lab) interfaceNamed(name string) *model.Interface {
	for _, i := range l.Topology.Interfaces {
		if i.Name == name {
			return i
		}
	}
	return nil
}

func (l *Lab) instance(name string) *model.Instance {
	for _, i := range l.Topology.Instances {
		if i.Name == name {
			return i
		}
	}
	return nil
}
