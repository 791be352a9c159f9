package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
)

// side is one end of a question with everything it may stand for.
type side struct {
	text  string
	host  model.Resource   // *Instance, *ExternalNetwork, *VPNConnection, theInternet; nil for plain addresses
	shown model.Resource   // what the user named, where it is not host
	iface *model.Interface // set when an interface is named, or to tell a group's members apart
	named bool             // the interface itself is meant: packets leave by it, whatever the host's routes say
	addrs addr.Set         // fixed addresses; empty for a host whose address depends on the other side
}

// pairs makes the pairs that a question stands for: all origins, each with
// all targets.
func (n *Net) pairs(q Question) ([]pair, error) {
	from, err := n.origins(q.From)
	if err != nil {
		return nil, err
	}
	to, err := n.targets(q.To)
	if err != nil {
		return nil, err
	}
	var out []pair
	for _, f := range from {
		for _, t := range to {
			if len(from)+len(to) > 2 && f.iface != nil && f.iface == t.iface {
				continue // of a group, every pair of two
			}
			if f.host == model.Resource(theInternet) && t.host == model.Resource(theInternet) {
				return nil, fmt.Errorf("from %q to %q: both are outside the topology; one end must be inside", f.text, t.text)
			}
			p := n.pair(f, t)
			p.port, p.sourcePorts = q.Port, q.SourcePorts.Range
			p.reply, p.record, p.allRules = q.Reply, q.Record, q.AllRules
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("from %q to %q: no pair of two different network interfaces", q.From.Text, q.To.Text)
	}
	return out, nil
}
