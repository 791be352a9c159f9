package eval_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// A chooser makes the choices that AWS is free to make on one walk: ports of
// NAT gateways and load balancers, zones, targets, paths of equal cost. It is
// the script of a run; what it is not told, it takes first.
type chooser struct {
	ports []uint16
	take  []int
	arity []int // how many ways each choice of the run had
	other bool  // something else than a port was chosen
	// settled are the choices that AWS makes once and for all, without saying
	// how, by their place.
	settled []int
	given   map[model.Resource]uint16
}

func (c *chooser) way(n int) int {
	i := len(c.arity)
	c.arity = append(c.arity, n)
	if i < len(c.take) {
		return c.take[i] % n
	}
	return 0
}

// pick chooses one of n ways that are alike to AWS.
func (c *chooser) pick(n int) int {
	if n < 2 {
		return 0
	}
	c.other = true
	return c.way(n)
}

// settle chooses one of n ways of which AWS takes one and keeps to it, and does
// not say which.
func (c *chooser) settle(n int) int {
	if n < 2 {
		return 0
	}
	c.settled = append(c.settled, len(c.arity))
	return c.pick(n)
}

// reading is what AWS has settled in a run, as text.
func (c *chooser) reading() string {
	var b strings.Builder
	for _, i := range c.settled {
		n := 0
		if i < len(c.take) {
			n = c.take[i] % c.arity[i]
		}
		fmt.Fprintf(&b, "%d.%d ", len(b.String()), n)
	}
	return b.String()
}

// port chooses the source port of 1024-65535 that a device gives the
// connection: the same one wherever it passes again.
func (c *chooser) port(device model.Resource) uint16 {
	p, ok := c.given[device]
	if !ok {
		if c.given == nil {
			c.given = map[model.Resource]uint16{}
		}
		p = c.ports[c.way(len(c.ports))]
		c.given[device] = p
	}
	return p
}

// choices are the scripts to run: all of them, unless there are too many; then
// for every port that one alone, and a random sample. Each has to be run
// before the next is taken.
func choices(ports []uint16, r *rand.Rand) iter.Seq[*chooser] {
	const most = 300
	return func(yield func(*chooser) bool) {
		take := []int(nil)
		for n := 0; ; n++ {
			c := &chooser{ports: ports, take: take}
			if !yield(c) {
				return
			}
			ways := 1
			for _, k := range c.arity {
				ways *= k
			}
			if n == 0 && ways > most && r != nil || n >= 4*most {
				break
			}
			// the next one, as an odometer
			take = slices.Clone(c.take)
			for len(take) < len(c.arity) {
				take = append(take, 0)
			}
			take = take[:len(c.arity)]
			k := len(take) - 1
			for ; k >= 0; k-- {
				if take[k]++; take[k] < c.arity[k] {
					break
				}
				take[k] = 0
			}
			if k < 0 {
				return
			}
			take = take[:k+1]
		}
		if r == nil {
			return
		}
		for k := range 32 + 100 {
			take := make([]int, 8)
			for i := range take {
				if take[i] = k; k >= 32 {
					take[i] = r.IntN(1 << 16)
				}
			}
			if !yield(&chooser{ports: ports, take: take}) {
				return
			}
		}
	}
}

// natPorts are the source ports of 1024-65535 that stand for all that a NAT
// gateway may pick: rules judge a port only by comparing it with their ends,
// so the ends of every piece between them are enough (ACL-14, ACL-15).
func natPorts(t *model.Topology) []uint16 {
	seen := map[int]bool{1024: true, 65535: true}
	add := func(tr model.Traffic) {
		for _, r := range tr.Ports {
			for _, n := range []int{int(r.Lo) - 1, int(r.Lo), int(r.Hi), int(r.Hi) + 1} {
				if n >= 1024 && n <= 65535 {
					seen[n] = true
				}
			}
		}
	}
	for _, a := range t.NetworkACLs {
		for _, r := range slices.Concat(a.Ingress, a.Egress) {
			add(r.Traffic)
		}
	}
	for _, g := range t.SecurityGroups {
		for _, r := range slices.Concat(g.Ingress, g.Egress) {
			add(r.Traffic)
		}
	}
	for _, i := range t.Instances {
		for _, f := range i.PortForwards {
			add(model.Traffic{Ports: []packet.PortRange{f.Ports}})
		}
	}
	rules := []*model.FirewallRule{}
	for _, f := range t.Firewalls {
		rules = slices.Concat(rules, f.Stateless, f.Stateful)
	}
	for _, i := range t.Instances {
		rules = append(rules, i.ForwardRules...)
	}
	for _, r := range rules {
		add(r.Traffic)
		add(model.Traffic{Ports: r.SourcePorts})
	}
	var out []uint16
	for n := range seen {
		out = append(out, uint16(n))
	}
	slices.Sort(out)
	return out
}
