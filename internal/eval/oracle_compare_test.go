package eval_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// tally counts what was compared.
type tally struct {
	topologies, questions, compared, delivered, sometimes, partial, drops int
	through                                                               map[string]int // packets that work, by what they pass
}

func (a *tally) add(b tally) {
	a.topologies += b.topologies
	a.questions += b.questions
	a.compared += b.compared
	a.delivered += b.delivered
	a.sometimes += b.sometimes
	a.partial += b.partial
	a.drops += b.drops
	if a.through == nil {
		a.through = map[string]int{}
	}
	for k, n := range b.through {
		a.through[k] += n
	}
}

// passes notes what a packet that works has passed.
func (a *tally) passes(t *model.Topology, o *outcome) {
	if a.through == nil {
		a.through = map[string]int{}
	}
	seen := map[string]bool{}
	for _, name := range o.fwd.path {
		switch r := t.Names[name].(type) {
		case *model.LoadBalancer:
			seen[string(r.Type)+" load balancer"] = true
		case *model.VPCEndpoint:
			seen[string(r.Type)+" endpoint"] = true
			if r.Firewall != nil {
				seen["network firewall"] = true
			}
		case *model.VPNConnection:
			seen[string(r.Kind)] = true
		case *model.NATGateway:
			if r.Regional {
				seen["regional NAT gateway"] = true
			}
			if o.sent.v6() {
				seen["NAT64"] = true
			}
		case *model.TransitGateway, *model.VPNGateway, *model.CarrierGateway, *model.LocalGateway:
			seen[string(r.ID().Kind)] = true
		case *model.TransitGatewayAttachment:
			if r.ApplianceMode && len(r.Interfaces) > 1 {
				seen["appliance mode"] = true
			}
			if r.Peer != nil {
				seen["peering of transit gateways"] = true
			}
			if r.Transport != nil {
				seen["Connect attachment"] = true
			}
		case *model.Instance:
			if len(r.ForwardRules) > 0 && name != o.fwd.path[0] && r != o.fwd.who {
				seen["forward rules"] = true
			}
		}
	}
	if a := o.fwd.who; a != nil {
		if e, ok := a.(*model.ExternalNetwork); ok && len(e.Links) > 1 {
			seen["site with several connections"] = true
		}
		if _, ok := a.(*model.LoadBalancer); ok {
			seen["answers by itself"] = true
		}
	}
	if o.fwd.seen.v6() != o.sent.v6() && !seen["NAT64"] {
		seen["between families at a load balancer"] = true
	}
	for _, rt := range t.RouteTables {
		if inPool(rt, o.sent.dst) {
			seen["pool of public addresses"] = true
		}
	}
	for _, v := range t.VPCs {
		if g := v.InternetGateway; g != nil && v.BlockPublicAccess != nil && slices.Contains(o.fwd.path, g.Name) {
			seen["past Block Public Access"] = true
		}
	}
	if o.fwd.kept {
		seen["client address kept"] = true
	}
	for k := range seen {
		a.through[k]++
	}
}

// A mismatch is a packet on which the engine and the simulator disagree.
type mismatch struct {
	ask  ask
	from string
	h    header
	kind string // for the shrinker: which disagreement it must keep
	text string
}

// comparison asks one question and compares samples of the answer.
type comparison struct {
	t      *model.Topology
	net    *eval.Net
	ask    ask
	r      *rand.Rand
	usual  []netip.Addr
	ports  []uint16
	tally  *tally
	narrow bool
	most   int // samples per result
}

func (c *comparison) run() (m *mismatch) {
	results, err := c.ask.put(c.t, c.net)
	if err != nil {
		return nil // for example an endpoint without addresses
	}
	c.tally.questions++
	for _, r := range results {
		if m := c.result(r); m != nil {
			return m
		}
	}
	return nil
}

func (c *comparison) result(r *eval.Result) *mismatch {
	if m := c.verdict(r); m != nil {
		return m
	}
	if r.Verdict == eval.Partial {
		c.tally.partial++
	}
	s := sampler{c.r}
	var heads []header
	boxes := slices.Concat(r.Works, r.Sometimes, r.Asked)
	for _, b := range boxes {
		s.edges(b, c.usual, func(h header) { heads = append(heads, h) })
		for range 4 {
			heads = append(heads, s.inside(b, c.usual))
		}
	}
	c.r.Shuffle(len(heads), func(i, j int) { heads[i], heads[j] = heads[j], heads[i] })
	n := 0
	for _, h := range heads {
		if !inBoxes(r.Asked, h) || h.odd() || inBoxes(r.Undetermined, h) {
			continue
		}
		if n++; n > c.most {
			break
		}
		if m := c.header(r, h); m != nil {
			return m
		}
	}
	return nil
}

// verdict checks that the verdict is what the boxes say.
func (c *comparison) verdict(r *eval.Result) *mismatch {
	bad := ""
	switch {
	case r.Verdict == eval.Reachable && (len(r.Sometimes) > 0 || len(r.Works) == 0),
		r.Verdict == eval.Unreachable && len(r.Works)+len(r.Sometimes) > 0,
		r.Verdict == eval.Partial && len(r.Works)+len(r.Sometimes) == 0,
		r.Verdict == eval.Unreachable && len(r.Blockers) == 0,
		r.Verdict == eval.Unknown && len(r.Undetermined) == 0:
		bad = "verdict"
	}
	if bad == "" {
		return nil
	}
	return &mismatch{ask: c.ask, kind: bad, text: fmt.Sprintf("verdict %v, %d blockers, works %s, sometimes %s", r.Verdict, len(r.Blockers), oracleBoxes(r.Works), oracleBoxes(r.Sometimes))}
}

// header compares one packet.
func (c *comparison) header(r *eval.Result, h header) *mismatch {
	c.tally.compared++
	works, sometimes := inBoxes(r.Works, h), inBoxes(r.Sometimes, h)
	from, ok := senderOf(c.t, c.ask.from, r.From, h.src)
	p := h.packet()
	if ok && from.net != nil && neighbours(c.t, from.net, p.dst) {
		return nil // the site's own affair
	}
	fail := func(kind, format string, args ...any) *mismatch {
		text := fmt.Sprintf(format, args...)
		if ok {
			text += "\n" + simulate(c.t, from, p, c.ask.reply, &chooser{ports: []uint16{40000}}).String()
		}
		text += fmt.Sprintf("\nengine: %v\n  asked %s\n  works %s\n  sometimes %s", r.Verdict, oracleBoxes(r.Asked), oracleBoxes(r.Works), oracleBoxes(r.Sometimes))
		for _, b := range r.Blockers {
			text += fmt.Sprintf("\n  %s %s at %s %s supposed=%v: %s", b.Path, b.Code, b.Component, b.Direction, b.Supposed, b.Message)
		}
		return &mismatch{ask: c.ask, from: from.String(), h: h, kind: kind, text: text}
	}
	if works && sometimes {
		return fail("both", "%v is in both Works and Sometimes", p)
	}
	if !ok {
		if works || sometimes {
			return fail("nobody", "%v works, but nobody sends it", p)
		}
		return nil
	}
	some, every := false, true
	readings := map[string][2]bool{} // by what AWS has settled: works, fails
	for choose := range choices(c.ports, c.r) {
		o := simulate(c.t, from, p, c.ask.reply, choose)
		if o.fwd.murky || o.ret.murky {
			return nil
		}
		if o.fwd.unclear || o.ret.unclear { // it may fail another way, but not work for sure
			if works || sometimes {
				return fail("unclear", "%v: nobody says what becomes of it, and the engine does not call it undetermined", p)
			}
			return nil
		}
		o.missed(r.To.Resource)
		now := readings[choose.reading()]
		readings[choose.reading()] = [2]bool{now[0] || o.works(), now[1] || !o.works()}
		if o.works() {
			if !some {
				c.tally.passes(c.t, o)
			}
			some = true
		} else {
			every = false
		}
		if o.fwd.delivered && !c.delivered(r, o) {
			return fail("who", "%v: delivered to %v, but DeliveredTo is %v", p, whoOf(o), namesOf(r.DeliveredTo))
		}
		if c.narrow && !choose.other {
			if what := c.walks(r, o); what != "" {
				return fail("walk", "%v: %s", p, what)
			}
		}
		if !o.works() && c.narrow && !works {
			if m := c.blocker(r, o, fail, p); m != nil {
				return m
			}
		}
	}
	var first *[2]bool
	for _, fate := range readings {
		if first == nil {
			first = &fate
		} else if *first != fate {
			return fail("settled", "%v: what AWS settles without saying how decides, and the engine does not call it undetermined", p)
		}
	}
	if every {
		c.tally.delivered++
	} else if some {
		c.tally.sometimes++
	}
	want, got := "never works", "never works"
	if every {
		want = "works"
	} else if some {
		want = "sometimes works"
	}
	if works {
		got = "works"
	} else if sometimes {
		got = "sometimes works"
	}
	if want != got {
		return fail(want+"/"+got, "%v from %v: simulator: %s; engine: %s", p, from, want, got)
	}
	return nil
}

// neighbours reports whether an address is of the network itself, or of one
// that it shares a connection or an edge gateway with.
func neighbours(t *model.Topology, of *model.ExternalNetwork, a netip.Addr) bool {
	for _, n := range t.ExternalNetworks {
		near := n == of || n.Edge != nil && n.Edge == of.Edge
		if n.Edge != nil && of.Edge != nil { // one network on the premises, one of the carrier
			near = near || n.Edge.ID().Kind == of.Edge.ID().Kind
		}
		for _, c := range n.Links {
			near = near || slices.Contains(of.Links, c)
		}
		for _, b := range n.CIDRs {
			if near && covers(b.Prefix, a) {
				return true
			}
		}
	}
	return false
}

// missed turns a delivery to somebody else than the host or site that was
// asked for into a drop, unless a port forward moved it.
func (o *outcome) missed(asked model.Resource) {
	if i, ok := asked.(*model.Interface); ok {
		asked = i.Owner
	}
	switch a := asked.(type) {
	case *model.Instance, *model.LoadBalancer, *model.NATGateway:
	case *model.VPCEndpoint:
		if a.Type == model.GatewayEndpoint { // the addresses of a service
			return
		}
	case *model.ExternalNetwork:
		if a.OnInternet() {
			return
		}
	default:
		return
	}
	if o.fwd.delivered && o.fwd.who != asked && !o.fwd.moved {
		o.fwd.delivered, o.fwd.drop, o.walked, o.needed = false, &drop{codes: one(eval.DeliveredElsewhere)}, false, false
	}
}

func whoOf(o *outcome) string {
	switch {
	case o.fwd.hypervisor:
		return "hypervisor"
	case o.fwd.who == nil:
		return "internet"
	}
	return o.fwd.who.ID().Name
}

func namesOf(list []model.Resource) []string {
	var out []string
	for _, r := range list {
		out = append(out, r.ID().Name)
	}
	return out
}

// delivered checks DeliveredTo, which speaks of all of a result's packets.
func (c *comparison) delivered(r *eval.Result, o *outcome) bool {
	return slices.ContainsFunc(r.DeliveredTo, func(d model.Resource) bool {
		switch {
		case o.fwd.hypervisor:
			return d.ID().Kind == model.KindHypervisor
		case o.fwd.who == nil, d != o.fwd.who && !c.narrow && o.fwd.site == nil && o.fwd.who.ID().Kind == model.KindExternalNetwork:
			return d.ID().Kind == model.KindInternet
		}
		return d == o.fwd.who
	})
}

// blocker checks that what the simulator met first is among the engine's
// first blockers.
func (c *comparison) blocker(r *eval.Result, o *outcome, fail func(string, string, ...any) *mismatch, p pkt) *mismatch {
	c.tally.drops++
	d, path := o.firstDrop()
	for _, b := range r.Blockers {
		merged := path == "return" && b.Direction == "" // with the request's, which the same device has stopped
		if b.Supposed || b.Path != path && !merged || !slices.Contains(d.codes, b.Code) {
			continue
		}
		if len(d.at) == 0 || slices.Contains(d.at, b.Component) {
			return nil
		}
	}
	return fail("blocker "+fmt.Sprint(d.codes), "%v: the first drop is %v on the %s path, which the engine does not name", p, d, path)
}
