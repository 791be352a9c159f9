package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
)

// side is one end of a question with everything it may stand for.
type side struct {
	text      string
	host      model.Resource   // *Instance, *ExternalNetwork, *VPNConnection, theInternet; nil for plain addresses
	shown     model.Resource   // what the user named, where it is not host
	iface     *model.Interface // set when an interface is named, or to tell a group's members apart
	named     bool             // the interface itself is meant: packets leave by it, whatever the host's routes say
	v6        bool             // the question is about IPv6 alone
	byAddress bool             // named by addresses, not by a resource
	addrs     addr.Set         // fixed addresses; empty for a host whose address depends on the other side
}

// eachPair calls do for the pairs that a question stands for: all origins,
// each with all targets.
func (n *Net) eachPair(q Question, do func(pair)) error {
	from, err := n.origins(q.From)
	if err != nil {
		return err
	}
	to, err := n.targets(q.To)
	if err != nil {
		return err
	}
	none := true
	for i := range from {
		for j := range to {
			f, t := &from[i], &to[j]
			if f.host == model.Resource(theInternet) && t.host == model.Resource(theInternet) {
				return fmt.Errorf("from %q to %q: both are outside the topology; one end must be inside", f.text, t.text)
			}
			none = none && f.itself(t, len(from)+len(to))
		}
	}
	if none {
		return fmt.Errorf("from %q to %q: no pair of two different network interfaces", q.From.Text, q.To.Text)
	}
	for i := range from {
		for j := range to {
			if from[i].itself(&to[j], len(from)+len(to)) {
				continue
			}
			p := n.pair(from[i], to[j], q.Port)
			p.port, p.sourcePorts = q.Port, q.SourcePorts.Range
			p.reply, p.record, p.why, p.allRules = q.Reply, q.Record, q.Why, q.AllRules
			do(p)
		}
	}
	return nil
}

// itself reports whether a pair from a group is an interface with itself,
// which a question about groups does not mean.
func (s *side) itself(t *side, sides int) bool {
	return sides > 2 && s.iface != nil && s.iface == t.iface
}
