package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// publicAccess applies VPC Block Public Access (IGW-16) to what goes out of a
// VPC, or comes in, through a gateway. i is the interface that hands b to the
// gateway or gets it from there; nil for an inspecting endpoint's.
func (w *walk) publicAccess(b *branch, v *model.VPC, g model.Resource, i *model.Interface, out bool) {
	block := v.BlockPublicAccess
	if block == nil || b.asked == packet.Empty {
		return
	}
	x := exclusion(block, v, i)
	ok := packet.Empty
	if b.dir == packet.Reply {
		if ok = w.knownConnections(b, v); ok == b.asked {
			return
		}
		if out && x != nil && x.EgressOnly && !block.IngressOnly {
			unseen := w.sp.Minus(b.asked, ok)
			w.endsUnknown(b, unseen, func() Hop {
				return gatewayHop(block).with(NotModelled, "whether an exclusion for egress alone lets out the reply to a request that has come in by no gateway of "+v.Name+" is not documented", "IGW-16")
			})
			w.without(b, unseen)
			return
		}
	}
	if letsPass(block, x, g, i, out) {
		ok = b.asked
	}
	w.gate(b, ok, false, func(packet.Set) Hop {
		h := gatewayHop(block).with(PublicAccessBlocked, "", "IGW-16")
		switch {
		case b.dir == packet.Reply && ok != b.asked:
			h.Message = "the request has not passed a gateway of " + v.Name + ", so its reply is none that is let through: " + blockText(block, x, v, i, out)
		case ok == b.asked && x == nil:
			h.Message = "lets out what is begun inside, by " + g.ID().Kind.Phrase()
			if nat(i) {
				h.Message = "lets out what is begun inside, through a NAT gateway"
			}
		case ok == b.asked:
			h.Message, h.At = excludedText(x)+" is excluded", x.At
		default:
			h.Message = blockText(block, x, v, i, out)
		}
		return h
	})
	if b.dir == packet.Forward && b.asked != packet.Empty {
		w.remember(b, mark{kind: admitted, device: v})
	}
}

// knownConnections returns the part of a reply whose request has passed the
// Block Public Access of a VPC, with the same header.
func (w *walk) knownConnections(b *branch, v *model.VPC) packet.Set {
	known := packet.Empty
	space := b.space()
	for m := b.trail; m != nil; m = m.prev {
		if m.kind == admitted && m.device == model.Resource(v) && m.space == space {
			known = w.sp.Or(known, w.sp.And(b.asked, m.asked))
		}
	}
	return known
}

// exclusion returns the exclusion that holds for a VPC, or for the subnet of
// an interface; nil where there is none. One of an inspecting endpoint's
// subnet is of no use.
func exclusion(block *model.BlockPublicAccess, v *model.VPC, i *model.Interface) *model.PublicAccessExclusion {
	var found *model.PublicAccessExclusion
	for _, x := range block.Exclusions {
		fits := x.VPC == v
		if i != nil && x.Subnet == i.Subnet {
			fits = !inspects(i)
		}
		if fits && (found == nil || found.EgressOnly) { // what allows more counts
			found = x
		}
	}
	return found
}

// letsPass reports whether a connection passes.
func letsPass(block *model.BlockPublicAccess, x *model.PublicAccessExclusion, g model.Resource, i *model.Interface, inside bool) bool {
	if x != nil && !x.EgressOnly {
		return true
	}
	if !inside {
		return false
	}
	if block.IngressOnly { // exclusions for egress alone are of no use then
		_, egressOnly := g.(*model.EgressOnlyInternetGateway)
		return egressOnly || nat(i)
	}
	return x != nil
}

// nat reports whether an interface is a NAT gateway's.
func nat(i *model.Interface) bool {
	if i == nil {
		return false
	}
	_, ok := i.Owner.(*model.NATGateway)
	return ok
}

// inspects reports whether an interface is an inspecting endpoint's.
func inspects(i *model.Interface) bool {
	e, ok := i.Owner.(*model.VPCEndpoint)
	return ok && e.Type == model.GatewayLoadBalancerEndpoint
}

func excludedText(x *model.PublicAccessExclusion) string {
	if x.VPC != nil {
		return x.VPC.Name
	}
	return x.Subnet.Name
}

func blockText(block *model.BlockPublicAccess, x *model.PublicAccessExclusion, v *model.VPC, i *model.Interface, inside bool) string {
	what := "internet traffic"
	switch {
	case block.IngressOnly && inside:
		what = "what leaves by neither a NAT gateway nor an egress-only internet gateway"
	case block.IngressOnly || x != nil:
		what = "what is begun on the internet"
	}
	text := fmt.Sprintf("%s of %s is blocked", what, v.Name)
	switch {
	case x != nil && block.IngressOnly:
		return text + fmt.Sprintf("; the exclusion of %s for egress alone is of no use in this mode", excludedText(x))
	case x != nil:
		return text + fmt.Sprintf("; %s is excluded for egress alone", excludedText(x))
	case i == nil || inspects(i) || len(i.Subnet.Prefixes()) == 0:
		return text + ", and the VPC is not excluded"
	}
	return text + fmt.Sprintf(", and neither the VPC nor %s is excluded", i.Subnet.Name)
}
