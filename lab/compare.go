package lab

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// Works is what a probe's verdict is: delivered, and for TCP and ICMP echo
// answered (M-2).
func (o *Outcome) Works(proto uint8) bool {
	if proto == packet.UDP {
		return o.Answered != ""
	}
	return o.Home
}

// compare says in what the kernel and the analyzer differ; nothing means that
// they agree.
func (l *Lab) compare(p Probe, r *eval.Result, o *Outcome) string {
	c := &comparison{l: l, p: p, r: r, o: o, fwd: expected(r.Forward), ret: expected(r.Return)}
	c.asymmetric = o.Home && !c.mirrored()
	return c.run()
}

type comparison struct {
	l        *Lab
	p        Probe
	r        *eval.Result
	o        *Outcome
	fwd, ret expectation
	// asymmetric tells that an answer came home past a device that the
	// request went through; Linux lets it, AWS calls it unsupported (NI-20).
	asymmetric bool
}

func (c *comparison) run() string {
	proto := c.p.Header.Proto
	if c.l.anyClient(c.p) {
		return c.verdict()
	}
	works := c.o.Works(proto) && (!c.asymmetric || proto == packet.UDP)
	switch {
	case c.r.Verdict == eval.Partial && len(c.r.Sometimes) > 0:
		return "" // the NAT gateway's choice of a port decides
	case c.r.Verdict != eval.Reachable && c.r.Verdict != eval.Unreachable:
		return fmt.Sprintf("verdict %s of one packet", c.r.Verdict)
	case works != (c.r.Verdict == eval.Reachable):
		return fmt.Sprintf("the analyzer says %s, the kernel %v", c.r.Verdict, works)
	}
	if s := c.source(); s != "" {
		return s
	}
	if c.fwd.forked || c.ret.forked {
		return ""
	}
	if s := c.walk(forward, c.fwd); s != "" {
		return "forward: " + s
	}
	if c.toItself() {
		return "" // the answer does not leave the host
	}
	if s := c.delivery(); s != "" {
		return s
	}
	if c.fwd.drop == nil {
		if s := c.walk(back, c.ret); s != "" {
			return "return: " + s
		}
	}
	return ""
}

// anyClient reports whether an endpoint sends the probe from a client's own
// address: a question about such an endpoint is about every client.
func (l *Lab) anyClient(p Probe) bool {
	if p.Endpoint == nil {
		return false
	}
	e, ok := p.Endpoint.Owner.(*model.VPCEndpoint)
	return ok && e.PreserveClientIP
}

// verdict compares what became of a probe with what the answer says of its
// header.
func (c *comparison) verdict() string {
	h := c.p.Header
	if inBoxes(c.r.Sometimes, h) || inBoxes(c.r.Undetermined, h) {
		return ""
	}
	if works, says := c.o.Works(h.Proto), inBoxes(c.r.Works, h); works != says {
		return fmt.Sprintf("the analyzer says %v of this packet, the kernel %v", says, works)
	}
	return ""
}

// source compares the address that the host chose to send from.
func (c *comparison) source() string {
	if !c.o.Source.IsValid() || c.p.Instance == nil || c.o.Err != nil || isOwn(c.p.Instance, c.p.Header.Dst) {
		return "" // to itself, a host sends from the address that it sends to
	}
	if !c.r.From.Addrs.Contains(c.o.Source) {
		return fmt.Sprintf("sent from %s, the analyzer says %s", c.o.Source, c.r.From.Addrs)
	}
	return ""
}

// isOwn reports whether a host takes an address for its own.
func isOwn(inst *model.Instance, a netip.Addr) bool {
	return slices.Contains(ownAddresses(inst), a) || slices.ContainsFunc(inst.LocalRoutes, func(b model.Block) bool { return b.Prefix.Contains(a) })
}

// delivery compares who got the request and the client that it saw.
func (c *comparison) delivery() string {
	if c.fwd.deliver == nil {
		return ""
	}
	want := c.name(c.fwd.deliver.Resource)
	if c.o.Answered == "" && c.p.Header.Proto == packet.TCP && c.fromItself() {
		return "" // only a finished handshake is seen, and its second packet never leaves the host
	}
	if c.o.Answered != want {
		return fmt.Sprintf("answered by %q, the analyzer says %q", c.o.Answered, want)
	}
	ported := c.p.Header.Proto == packet.TCP || c.p.Header.Proto == packet.UDP
	if c.o.Seen.IsValid() && len(c.fwd.steps) > 0 && !within(c.fwd.deliver.Packet, c.o.Seen, ported) {
		return fmt.Sprintf("%s saw the client as %s, the analyzer says %v ports %v", want, c.o.Seen, c.fwd.deliver.Packet.Source, c.fwd.deliver.Packet.SourcePorts)
	}
	return ""
}

// toItself reports whether a port forward sent the request back to its sender,
// which then sees its own address as the client's and answers itself.
func (c *comparison) toItself() bool {
	d := c.fwd.deliver
	return d != nil && c.p.Instance != nil && d.Resource == model.Resource(c.p.Instance) && len(c.fwd.steps) > 0 &&
		!c.o.Walks[back].Started && within(d.Packet, netip.AddrPortFrom(c.o.Source, 0), false)
}

// fromItself reports whether the host that gets the request sees one of its own
// addresses as the client's: what it answers stays there (ADDR-15).
func (c *comparison) fromItself() bool {
	d := c.fwd.deliver
	inst, ok := d.Resource.(*model.Instance)
	return ok && !c.o.Walks[back].Started && slices.ContainsFunc(ownAddresses(inst), func(a netip.Addr) bool {
		return within(d.Packet, netip.AddrPortFrom(a, 0), false)
	})
}

func (c *comparison) name(r model.Resource) string {
	switch r := r.(type) {
	case *model.ExternalNetwork:
		switch {
		case r.Edge != nil:
			return c.l.edges[r.Edge].String()
		case r.Behind() == nil:
			return "internet"
		}
		return c.l.sites[r.Behind()].String()
	case *model.VPNConnection:
		return c.l.sites[r].String()
	case *model.TransitGatewayAttachment: // a Connect attachment
		return c.l.sites[r.Connection].String()
	}
	return r.ID().Name
}

// walk compares one direction: the way, where it ended, and why.
func (c *comparison) walk(dir int, want expectation) string {
	got := c.o.Walks[dir]
	if want.drop == nil {
		if got.Drop != nil {
			return fmt.Sprintf("dropped: %+v, the analyzer lets it pass", *got.Drop)
		}
		if !slices.Equal(got.Steps, want.steps) {
			return fmt.Sprintf("went %v, the analyzer says %v", got.Steps, want.steps)
		}
		return ""
	}
	d := want.drop
	switch d.Code {
	case eval.ReturnPathAsymmetric:
		if dir == back && (c.asymmetric || !c.o.Home) && hasPrefix(got.Steps, want.steps) {
			return ""
		}
		return fmt.Sprintf("went %v (drop %v), the analyzer says %v and %+v", got.Steps, got.Drop, want.steps, *d)
	case eval.RoutingLoop:
		around := got.Drop != nil && hasPrefix(got.Steps, want.steps[:max(len(want.steps)-1, 0)])
		// Linux gives what it translates again another port, by which a filter may tell it.
		remapped := dir == forward && got.Last.SPort != c.p.Header.SPort && len(got.Steps) > len(want.steps)
		if around && (got.Drop.Code == eval.RoutingLoop || remapped) {
			return ""
		}
	case eval.InstanceNotForwarding, eval.ReversePathFilter, eval.InstanceForwardRules, eval.OutboundOnly:
		if got.Drop == nil && slices.Equal(got.Steps, want.steps) {
			return ""
		}
	case eval.DeliveredElsewhere:
		if got.Drop == nil && slices.Equal(got.Steps, want.steps) {
			return ""
		}
	case eval.IGWNoPrivateIP, eval.NoInternetGateway, eval.NoAddressOfFamily:
		if d.Code == eval.NoAddressOfFamily && got.Drop == nil && slices.Equal(got.Steps, want.steps) {
			return ""
		}
		if c.o.Err != nil && len(got.Steps) == 0 {
			return ""
		}
		if d.Component == "internet" && got.Drop == nil && slices.Equal(got.Steps, want.steps) {
			return "" // nobody's address: lost on the internet
		}
	}
	if got.Drop == nil {
		return fmt.Sprintf("went %v and was lost, the analyzer says %v and %+v", got.Steps, want.steps, *d)
	}
	if !sameDrop(*got.Drop, *d, want.rules) {
		return fmt.Sprintf("dropped by %+v, the analyzer says %+v", *got.Drop, *d)
	}
	if d.Code != eval.RoutingLoop && !slices.Equal(got.Steps, want.steps) {
		return fmt.Sprintf("went %v, the analyzer says %v, before %+v", got.Steps, want.steps, *d)
	}
	return ""
}

// sameDrop compares reasons. That a rule names the sender's group but a hop
// has hidden the sender is how the analyzer explains a mismatch, not another
// reason.
func sameDrop(got, want Drop, rules []int) bool {
	if want.Code == eval.SecurityGroupRefNotKept {
		want.Code = eval.SecurityGroupMismatch
	}
	return got.Code == want.Code && (got.Component == want.Component || got.Code == eval.RoutingLoop) &&
		got.Direction == want.Direction && (got.Rule == want.Rule || slices.Contains(rules, got.Rule))
}

func hasPrefix(list, prefix []Step) bool {
	return len(list) >= len(prefix) && slices.Equal(list[:len(prefix)], prefix)
}
