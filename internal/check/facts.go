package check

import (
	"net/netip"
	"slices"
	"sort"
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// facts are what several rules need to know of one topology. They are worked
// out when a rule first asks, by one goroutine at a time.
type facts struct {
	topo *model.Topology
	net  *eval.Net

	users    map[*model.RouteTable][]*model.Subnet
	holds    map[*model.Subnet][]*model.Interface
	targets  map[model.Resource][]use
	internet map[tableFamily][]*model.Route
	classes  map[*model.Interface]string
	answers  map[string]*eval.Result
	space    *packet.Space
	cut      map[pieceKey][]packet.Piece
}

// tableFamily is a route table as one family sees it.
type tableFamily struct {
	table  *model.RouteTable
	family addr.Family
}

// use is a route of a table.
type use struct {
	table *model.RouteTable
	route *model.Route
}

func newFacts(t *model.Topology, n *eval.Net) *facts {
	return &facts{topo: t, net: n, internet: map[tableFamily][]*model.Route{}, answers: map[string]*eval.Result{}}
}

// subnets returns the subnets that a route table serves.
func (f *facts) subnets(t *model.RouteTable) []*model.Subnet {
	if f.users == nil {
		f.users = map[*model.RouteTable][]*model.Subnet{}
		for _, s := range f.topo.Subnets {
			if s.RouteTable != nil {
				f.users[s.RouteTable] = append(f.users[s.RouteTable], s)
			}
		}
	}
	return f.users[t]
}

// interfaces returns the interfaces in a subnet.
func (f *facts) interfaces(s *model.Subnet) []*model.Interface {
	if f.holds == nil {
		f.holds = map[*model.Subnet][]*model.Interface{}
		for _, i := range f.topo.Interfaces {
			if i.Subnet != nil {
				f.holds[i.Subnet] = append(f.holds[i.Subnet], i)
			}
		}
	}
	return f.holds[s]
}

// hosts returns the interfaces of instances in a subnet.
func (f *facts) hosts(s *model.Subnet) []*model.Interface {
	var out []*model.Interface
	for _, i := range f.interfaces(s) {
		if i.Instance() != nil {
			out = append(out, i)
		}
	}
	return out
}

// routesTo returns the routes that lead to a target, in the order of tables.
func (f *facts) routesTo(r model.Resource) []use {
	if f.targets == nil {
		f.targets = map[model.Resource][]use{}
		for _, t := range f.topo.RouteTables {
			for _, r := range t.Routes {
				if r.Target != nil {
					f.targets[r.Target] = append(f.targets[r.Target], use{t, r})
				}
			}
		}
	}
	return f.targets[r]
}

// toInternet returns the routes of a table that decide for some address of
// the internet, each once.
func (f *facts) toInternet(t *model.RouteTable, fam addr.Family) []*model.Route {
	if t == nil {
		return nil
	}
	k := tableFamily{t, fam}
	if list, ok := f.internet[k]; ok {
		return list
	}
	var list []*model.Route
	public := f.net.Public().Ranges(fam)
	for _, d := range f.net.Decisions(t, fam, addr.All) {
		k := sort.Search(len(public), func(k int) bool { return !public[k].Hi.Less(d.Lo) })
		if w := d.Route(); w != nil && k < len(public) && public[k].Overlaps(d.Range) && !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	f.internet[k] = list
	return list
}

// shut reports whether a table certainly leads no internet address of a
// family to an internet gateway: not where what it does is not modelled.
func (f *facts) shut(t *model.RouteTable, fam addr.Family) bool {
	if t == nil || t.Unmodelled != nil {
		return false
	}
	return !slices.ContainsFunc(f.toInternet(t, fam), func(r *model.Route) bool {
		switch r.Target.(type) {
		case *model.InternetGateway, *model.Unmodelled:
			return true
		}
		return false
	})
}

// internetBy returns the first route of a table that leads internet addresses
// to a target of a kind, or nil.
func internetBy[T model.Resource](f *facts, t *model.RouteTable, fam addr.Family) (*model.Route, T) {
	for _, r := range f.toInternet(t, fam) {
		if target, ok := r.Target.(T); ok {
			return r, target
		}
	}
	var none T
	return nil, none
}

// class names what decides how the world and an interface reach each other:
// interfaces of one class have the same answers but for their own addresses.
func (f *facts) class(i *model.Interface) string {
	if c, ok := f.classes[i]; ok {
		return c
	}
	if f.classes == nil {
		f.classes = map[*model.Interface]string{}
	}
	var b strings.Builder
	b.WriteString(i.Subnet.Name)
	for _, g := range i.Groups {
		b.WriteByte(0)
		b.WriteString(g.Name)
	}
	inst := i.Instance()
	switch {
	case inst == nil, len(inst.Interfaces) > 1, len(inst.PortForwards) > 0, len(inst.TunnelEnds) > 0, len(inst.Masquerade) > 0, len(i.Private) > 1:
		b.WriteString("\x00\x00" + i.Name) // a class of its own
	default:
		for _, yes := range []bool{i.Mapped(model.KindInternetGateway), len(i.Private) > 0, len(i.IPv6) > 0, i.SourceDestCheck} {
			if yes {
				b.WriteString("\x001")
			} else {
				b.WriteString("\x000")
			}
		}
	}
	f.classes[i] = b.String()
	return f.classes[i]
}

// The internet as an endpoint, by family.
var world = [...]model.Endpoint{
	addr.V4: {Text: "internet", Kind: model.EndpointInternet},
	addr.V6: {Text: "internet6", Kind: model.EndpointInternet6},
}

// the makes a resource an endpoint.
func the(r model.Resource) model.Endpoint {
	return model.Endpoint{Text: r.ID().Name, Kind: model.EndpointResource, Resource: r}
}

// fromInternet asks whether the internet reaches a port of an interface, once
// for each class. It is nil where the question makes no sense.
func (f *facts) fromInternet(i *model.Interface, fam addr.Family, port string) *eval.Result {
	return f.ask("in\x00"+fam.String()+"\x00"+f.class(i)+"\x00"+port, world[fam], the(i), port)
}

// toTheInternet asks whether an interface reaches a port of one address of the
// internet, once for each class: a set of all addresses would be cut by every
// address of the topology, and takes much longer.
func (f *facts) toTheInternet(i *model.Interface, fam addr.Family, port string) *eval.Result {
	to, ok := f.someInternet(addr.All, fam)
	if !ok {
		return nil
	}
	return f.ask("out\x00"+fam.String()+"\x00"+f.class(i)+"\x00"+port, the(i), addresses(netip.PrefixFrom(to, to.BitLen())), port)
}

// someInternet returns an address of the internet in a range.
func (f *facts) someInternet(r addr.Range, fam addr.Family) (netip.Addr, bool) {
	public := f.net.Public().Ranges(fam)
	k := sort.Search(len(public), func(k int) bool { return !public[k].Hi.Less(r.Lo) })
	if k == len(public) {
		return netip.Addr{}, false
	}
	part, ok := public[k].Clip(r)
	return part.Last(fam), ok
}

// ask asks one question, with the reasons of what is not reachable; key
// stands for all questions that have the same answer. Of several pairs the
// first one counts.
func (f *facts) ask(key string, from, to model.Endpoint, port string) *eval.Result {
	if r, ok := f.answers[key]; ok {
		return r
	}
	var got *eval.Result
	if p, err := model.ParsePorts(port); err == nil {
		q := eval.Question{From: from, To: to, Port: p, SourcePorts: anySourcePort, Why: true}
		if err := f.net.Each(q, func(r *eval.Result) {
			if got == nil {
				got = r
			}
		}); err != nil {
			got = nil
		}
	}
	f.answers[key] = got
	return got
}

// works reports whether some of what was asked certainly works.
func works(r *eval.Result) bool {
	return r != nil && (r.Verdict == eval.Reachable || r.Verdict == eval.Partial)
}

// blockedBy returns the first blocker with one of the codes, or nil.
func blockedBy(r *eval.Result, codes ...eval.Code) *eval.Blocker {
	if r == nil {
		return nil
	}
	for i := range r.Blockers {
		if slices.Contains(codes, r.Blockers[i].Code) {
			return &r.Blockers[i]
		}
	}
	return nil
}

// covers reports whether the prefixes hold all of p.
func covers(list []netip.Prefix, p netip.Prefix) bool {
	return addr.SetOf(list...).Covers(addr.SetOf(p))
}
