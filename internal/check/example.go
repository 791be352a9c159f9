package check

import (
	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// Example is one packet that shows that an expectation does not hold, and the
// way it takes.
type Example struct {
	Packet packet.Box // of one header
	Path   []string   // the components that the request passes, by name
	Reply  []string   // those that its reply passes; nil where there is none
}

// example follows one packet of some boxes of a result; nil where there is
// none, or where the packet does not do what is complained about.
func example(n *eval.Net, r *eval.Result, boxes []packet.Box, shows func(*eval.Result) bool) *Example {
	sp := packet.NewSpace()
	h, ok := sp.Sample(sp.And(sp.FromBoxes(r.Asked), sp.FromBoxes(boxes)))
	if !ok {
		return nil
	}
	one := packet.Box{Family: addr.FamilyOf(h.Src), Src: []addr.Range{addr.RangeOfAddr(h.Src)}, Dst: []addr.Range{addr.RangeOfAddr(h.Dst)},
		Protos: []packet.ProtoRange{{Lo: h.Proto, Hi: h.Proto}}, DPorts: []packet.PortRange{{Lo: h.DPort, Hi: h.DPort}}, SPorts: []packet.PortRange{{Lo: h.SPort, Hi: h.SPort}}}
	if !packet.HasPorts(h.Proto) {
		one.SPorts = nil
		if !packet.HasTypes(h.Proto) {
			one.DPorts = nil
		}
	}
	narrow := n.Narrow(r, []packet.Box{one})
	if !shows(narrow) {
		return nil
	}
	e := &Example{Packet: one}
	if ways := passages(narrow.Forward); len(ways) > 0 {
		e.Path = stationNames(ways[0])
	}
	if ways := passages(narrow.Return); narrow.Return.Delivered && len(ways) > 0 {
		e.Reply = stationNames(ways[0])
	}
	return e
}

// gotThrough is an example of what gets through though it should not: for
// certain, else now and then, else as far as is known.
func gotThrough(n *eval.Net, r *eval.Result) *Example {
	for _, boxes := range [][]packet.Box{r.Works, r.Sometimes, r.Undetermined} {
		if len(boxes) > 0 {
			return example(n, r, boxes, func(x *eval.Result) bool { return x.Verdict != eval.Unreachable })
		}
	}
	return nil
}

// wrongWay is an example of a packet whose way is not what is expected. Which
// packets take a way is read off its hops, before anything is rewritten.
func wrongWay(n *eval.Net, x *model.Expectation, r *eval.Result) *Example {
	shows := func(narrow *eval.Result) bool { return len(judgePath(x, narrow)) > 0 }
	sp := packet.NewSpace()
	for _, chain := range chains(r.Forward) {
		set := sp.FromBoxes(r.Asked)
		for _, h := range chain {
			p := h.Packet
			set = sp.And(set, sp.Box(packet.Box{Family: p.Family, Src: p.Source, Dst: p.Destination, Protos: p.Protocols, DPorts: p.Ports, SPorts: p.SourcePorts}))
			if h.Action == eval.Translate || h.Outer != nil {
				break
			}
		}
		if e := example(n, r, sp.Boxes(set), shows); e != nil {
			return e
		}
	}
	return nil
}

func stationNames(list []station) []string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = s.resource.ID().Name
	}
	return names
}
