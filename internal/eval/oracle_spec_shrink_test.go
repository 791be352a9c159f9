package eval_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

// again reports whether the topology still shows a mismatch of the same kind
// on the same header.
func (m *mismatch) again(s *spec) (now *mismatch) {
	defer func() {
		if e := recover(); e != nil {
			now = nil
			if m.kind == "panic" {
				now = &mismatch{ask: m.ask, h: m.h, kind: "panic", text: fmt.Sprint(e)}
			}
		}
	}()
	t := loadSpec(s)
	if t == nil {
		return nil
	}
	c := &comparison{t: t, net: eval.Compile(t), ask: m.ask, r: rand.New(rand.NewPCG(1, 1)), usual: usualAddrs(t), ports: natPorts(t), tally: &tally{}, narrow: true, most: 0}
	results, err := m.ask.put(t, c.net)
	if err != nil || m.kind == "panic" {
		return nil
	}
	for _, r := range results {
		if x := c.verdict(r); x != nil && m.kind == x.kind {
			return x
		}
		if m.h.src.IsValid() && inBoxes(r.Asked, m.h) {
			if x := c.header(r, m.h); x != nil && x.kind == m.kind {
				return x
			}
		}
	}
	return nil
}

// loadSpec loads the topology; nil where the loader refuses it.
func loadSpec(s *spec) *model.Topology {
	t, findings := load.Load([]load.Source{{Name: "oracle.yaml", Data: []byte(s.String())}})
	if diag.HasErrors(findings) {
		return nil
	}
	return t
}

// shrink takes away what the mismatch does not need, as far as it gets in a
// while.
func (m *mismatch) shrink(s *spec) (*spec, *mismatch) {
	start := time.Now()
	for smaller := true; smaller && time.Since(start) < 20*time.Second; {
		smaller = false
		for i := 0; ; i++ {
			c := s.clone()
			if !c.remove(i) || time.Since(start) > 20*time.Second {
				break
			}
			if x := m.again(c); x != nil {
				s, m, smaller = c, x, true
				i--
			}
		}
	}
	return s, m
}

// remove takes the i-th removable part away; false when there is none.
func (s *spec) remove(i int) bool {
	ok := cut(&s.extras, &i) || cut(&s.insts, &i) || cut(&s.enis, &i) || cut(&s.nats, &i) || cut(&s.tunnels, &i) || cut(&s.pcxs, &i) ||
		cut(&s.subnets, &i) || cut(&s.tables, &i) || cut(&s.acls, &i) || cut(&s.groups, &i) || cut(&s.igws, &i) || cut(&s.eigws, &i) ||
		cut(&s.networks, &i) || cut(&s.vpns, &i) || cut(&s.vgws, &i) || cut(&s.lists, &i) || cut(&s.vpcs, &i)
	if ok {
		s.tidy()
		return true
	}
	for k := range s.tables {
		t := &s.tables[k]
		if cut(&t.routes, &i) || cut(&t.pools, &i) || cut(&t.propagating, &i) || cut(&t.edges, &i) {
			return true
		}
	}
	for k := range s.subnets {
		n := &s.subnets[k]
		if blank(&n.acl, &i) || blank(&n.outpost, &i) || blank(&n.az, &i) || blank(&n.cidr6, &i) {
			return true
		}
	}
	for k := range s.enis {
		e := &s.enis[k]
		if cut(&e.public, &i) || blank(&e.carrier, &i) || blank(&e.owned, &i) || len(e.ips) > 1 && cut(&e.ips, &i) || cut(&e.ip6, &i) || len(e.groups) > 1 && cut(&e.groups, &i) {
			return true
		}
	}
	for k := range s.insts {
		n := &s.insts[k]
		if cut(&n.masq, &i) || cut(&n.forwards, &i) || cut(&n.sources, &i) || cut(&n.chain, &i) || cut(&n.local, &i) {
			return true
		}
	}
	for k := range s.networks {
		if cut(&s.networks[k].more, &i) || len(s.networks[k].cidrs) > 1 && cut(&s.networks[k].cidrs, &i) {
			return true
		}
	}
	for k := range s.nats {
		n := &s.nats[k]
		if len(n.further) > 0 {
			if i == 0 {
				n.further, n.furtherPublic = nil, nil
				return true
			}
			i--
		}
	}
	for k := range s.vpns {
		if cut(&s.vpns[k].routes, &i) || cut(&s.vpns[k].keys, &i) {
			return true
		}
	}
	for k := range s.vpcs {
		v := &s.vpcs[k]
		if len(v.cidrs) > 1 && cut(&v.cidrs, &i) || cut(&v.cidr6, &i) || blank(&v.region, &i) {
			return true
		}
	}
	for k := range s.extras {
		for j := range s.extras[k].keys {
			x := &s.extras[k].keys[j]
			if cut(&x.list, &i) || cut(&x.maps, &i) || cut(&x.one, &i) {
				return true
			}
		}
		if cut(&s.extras[k].keys, &i) {
			return true
		}
	}
	for k := range s.acls {
		if cut(&s.acls[k].in, &i) || cut(&s.acls[k].out, &i) {
			return true
		}
	}
	for k := range s.groups {
		if cut(&s.groups[k].in, &i) || cut(&s.groups[k].out, &i) {
			return true
		}
	}
	return false
}

// cut removes the i-th element of the list, or counts i down by its length.
func cut[L ~[]T, T any](list *L, i *int) bool {
	if n := len(*list); *i >= n {
		*i -= n
		return false
	}
	*list = append((*list)[:*i:*i], (*list)[*i+1:]...)
	return true
}

func blank(s *string, i *int) bool {
	if *s == "" {
		return false
	}
	if *i > 0 {
		*i--
		return false
	}
	*s = ""
	return true
}

// tidy drops references to what is gone, so that one removal is enough.
func (s *spec) tidy() {
	for range 4 {
		have := map[string]bool{"local": true, "blackhole": true, "": true, "self": true}
		for _, v := range s.vpcs {
			have[v.name] = true
		}
		for _, e := range s.extras {
			have[e.name] = true
			if k := e.key("endpoints"); k != nil { // a firewall's
				for _, f := range k.one {
					have[f.key] = true
				}
			}
		}
		note := func(name string, ok bool) bool {
			if ok {
				have[name] = true
			}
			return ok
		}
		keep(&s.lists, func(l *listSpec) bool { return note(l.name, true) })
		keep(&s.igws, func(g *gatewaySpec) bool { return note(g.name, have[g.vpc]) })
		keep(&s.eigws, func(g *gatewaySpec) bool { return note(g.name, have[g.vpc]) })
		keep(&s.vgws, func(g *gatewaySpec) bool { return note(g.name, have[g.vpc]) })
		keep(&s.vpns, func(g *vpnSpec) bool { return note(g.name, have[g.gateway]) })
		keep(&s.networks, func(g *networkSpec) bool {
			keep(&g.more, func(c *string) bool { return have[*c] })
			if !have[g.behind] && len(g.more) > 0 {
				g.behind, g.more = g.more[0], g.more[1:]
			}
			return note(g.name, have[g.behind])
		})
		keep(&s.acls, func(g *aclSpec) bool { return note(g.name, have[g.vpc]) })
		keep(&s.groups, func(g *groupSpec) bool { return note(g.name, have[g.vpc]) })
		keep(&s.tables, func(g *tableSpec) bool { return note(g.name, have[g.vpc]) })
		keep(&s.subnets, func(n *subnetSpec) bool {
			if !have[n.table] {
				n.table = ""
			}
			if !have[n.acl] {
				n.acl = ""
			}
			return note(n.name, have[n.vpc])
		})
		keep(&s.nats, func(n *natSpec) bool { return note(n.name, have[n.subnet] && have[n.vpc]) })
		keep(&s.pcxs, func(p *pcxSpec) bool { return note(p.name, have[p.a] && have[p.b]) })
		insts := map[string]int{"": 1}
		for _, i := range s.insts {
			insts[i.name] = 1
		}
		keep(&s.enis, func(e *eniSpec) bool {
			keep(&e.groups, func(g *string) bool { return have[*g] })
			if insts[e.inst] == 0 || !have[e.subnet] {
				return false
			}
			insts[e.inst]++
			return note(e.name, true)
		})
		keep(&s.insts, func(i *instSpec) bool { return note(i.name, insts[i.name] > 1) })
		keep(&s.tunnels, func(t *tunnelSpec) bool { return have[t.ends[0].inst] && have[t.ends[1].inst] })
		for k := range s.tables {
			keep(&s.tables[k].routes, func(r *routeSpec) bool {
				return have[r.target] && (have[r.dst] || r.dst != "" && r.dst[0] != 'p')
			})
			keep(&s.tables[k].edges, func(e *string) bool { return have[*e] })
			keep(&s.tables[k].propagating, func(e *string) bool { return have[*e] })
		}
		for k := range s.groups {
			peer := func(r *ruleSpec) bool {
				return have[r.peer] || r.peer[0] >= '0' && r.peer[0] <= '9' || r.peer[0] == ':'
			}
			keep(&s.groups[k].in, peer)
			keep(&s.groups[k].out, peer)
		}
	}
}

// keep keeps the elements that f wants.
func keep[T any](list *[]T, f func(*T) bool) {
	out := (*list)[:0:0]
	for _, x := range *list {
		if f(&x) {
			out = append(out, x)
		}
	}
	*list = out
}
