package check

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// everything asks for every protocol and port.
var everything = model.PortSpec{Text: "all", All: true}

// onlyThese asks whether anything but the ports of `only` gets through.
func onlyThese(n *eval.Net, x *model.Expectation, o *Outcome) error {
	q := question(x, everything)
	q.Record = true
	return n.Each(q, func(r *eval.Result) {
		o.Failures = append(o.Failures, beyond(n, x, r)...)
		r.Forward.Hops, r.Return.Hops, r.Blockers = nil, nil, nil // nearly everything is blocked, as is expected
	})
}

// beyond returns what of a result lies beyond the ports of `only`.
func beyond(n *eval.Net, x *model.Expectation, r *eval.Result) []Failure {
	sp := packet.NewSpace()
	allowed := packet.Empty
	for _, p := range x.Only {
		allowed = sp.Or(allowed, traffic(sp, p))
	}
	var out []Failure
	for _, part := range []struct {
		boxes []packet.Box
		words string
	}{{r.Works, "reachable too"}, {r.Sometimes, "reachable now and then"}, {r.Undetermined, "perhaps reachable"}} {
		extra := sp.Boxes(sp.Minus(sp.FromBoxes(part.boxes), allowed))
		if len(extra) == 0 {
			continue
		}
		out = append(out, Failure{
			Message: fmt.Sprintf("expected nothing but %s to be reachable; %s: %s", portsList(x.Only), part.words, services(extra)),
			Result:  r, Example: example(n, r, extra, func(x *eval.Result) bool { return x.Verdict != eval.Unreachable })})
	}
	return out
}

// traffic returns the headers of a port as a question asks them, whatever the
// source port.
func traffic(sp *packet.Space, p model.PortSpec) packet.Set {
	if p.Echo {
		return sp.Or(sp.EchoRequest(addr.V4), sp.EchoRequest(addr.V6))
	}
	s := packet.Empty
	for _, r := range p.Ports {
		s = sp.Or(s, sp.Ports(packet.DPort, r.Lo, r.Hi))
	}
	return sp.And(sp.Protos(p.Protocol, p.Protocol), s)
}

// services names the protocols and ports of boxes, each once.
func services(boxes []packet.Box) string {
	var list []string
	seen := map[string]bool{}
	for _, b := range boxes {
		for _, p := range b.Protos {
			if text := packet.FormatService(p, b.DPorts); !seen[text] {
				seen[text] = true
				list = append(list, text)
			}
		}
	}
	return joined(list)
}

func portsList(list []model.PortSpec) string {
	texts := make([]string, len(list))
	for i, p := range list {
		if texts[i] = packet.FormatService(packet.ProtoRange{Lo: p.Protocol, Hi: p.Protocol}, p.Ports); p.Echo {
			texts[i] = "icmp echo"
		}
	}
	return joined(texts)
}

// joined writes "a, b and c".
func joined(list []string) string {
	out := ""
	for i, s := range list {
		switch {
		case i == 0:
		case i == len(list)-1:
			out += " and "
		default:
			out += ", "
		}
		out += s
	}
	return out
}
