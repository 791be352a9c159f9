package render

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

type jsonResult struct {
	Question     jsonQuestion     `json:"question"`
	Verdict      string           `json:"verdict"`
	Works        []jsonPacket     `json:"works"`
	Sometimes    []jsonPacket     `json:"sometimes"`
	Undetermined []jsonPacket     `json:"undetermined"`
	DeliveredTo  []string         `json:"delivered_to"`
	Forward      jsonWalk         `json:"forward"`
	Return       jsonWalk         `json:"return"`
	Blockers     []jsonBlocker    `json:"blockers"`
	Assumptions  []jsonAssumption `json:"assumptions"`
}

type jsonQuestion struct {
	From        string `json:"from"`
	To          string `json:"to"`
	Protocol    string `json:"protocol"`
	Ports       string `json:"ports"`
	Source      string `json:"source"`
	Destination string `json:"destination"`
	SourcePorts string `json:"source_ports"`
	// FromResource and ToResource are the pair's own resources: an interface
	// of a group that was asked for, the interface of an instance.
	FromResource string `json:"from_resource,omitempty"`
	ToResource   string `json:"to_resource,omitempty"`
}

type jsonPacket struct {
	Family      string `json:"family"`
	Source      string `json:"source"`
	Destination string `json:"destination"`
	Protocol    string `json:"protocol"`
	Ports       string `json:"ports"`
	SourcePorts string `json:"source_ports"`
}

type jsonWalk struct {
	Walked    bool      `json:"walked"`
	Why       string    `json:"why,omitempty"`
	Delivered bool      `json:"delivered"`
	Complete  bool      `json:"complete"`
	Hops      []jsonHop `json:"hops"`
}

type jsonBlocker struct {
	Code      string     `json:"code"`
	Component string     `json:"component"`
	Kind      string     `json:"kind,omitempty"`
	Direction string     `json:"direction,omitempty"`
	Path      string     `json:"path"`
	At        string     `json:"at,omitempty"`
	Message   string     `json:"message"`
	Supposed  bool       `json:"supposed"`
	Hop       int        `json:"hop,omitempty"`
	Packet    jsonPacket `json:"packet"`
	RuleIDs   []string   `json:"rule_ids,omitempty"`
}

type jsonAssumption struct {
	RuleID string `json:"rule_id"`
	Text   string `json:"text"`
}

func resultJSON(r *eval.Result) jsonResult {
	out := jsonResult{
		Question: jsonQuestion{
			From: r.From.Text, To: r.To.Text,
			Source: r.From.Names.Set(r.From.Addrs), Destination: r.To.Names.Set(r.To.Addrs),
			SourcePorts:  r.SourcePorts.String(),
			FromResource: resourceName(r.From.Resource), ToResource: resourceName(r.To.Resource),
		},
		Verdict:      r.Verdict.String(),
		Works:        boxesJSON(r.Works, r.From.Names),
		Sometimes:    boxesJSON(r.Sometimes, r.From.Names),
		Undetermined: boxesJSON(r.Undetermined, r.From.Names),
		DeliveredTo:  []string{},
		Forward:      walkJSON(r.Forward),
		Return:       walkJSON(r.Return),
		Blockers:     blockersJSON(r.Blockers),
		Assumptions:  []jsonAssumption{},
	}
	out.Question.Protocol, out.Question.Ports = questionService(r.Port)
	for _, d := range r.DeliveredTo {
		out.DeliveredTo = append(out.DeliveredTo, resourceName(d))
	}
	for _, a := range r.Assumptions {
		out.Assumptions = append(out.Assumptions, jsonAssumption(a))
	}
	return out
}

// questionService splits what is asked into a protocol and its ports.
func questionService(p model.PortSpec) (protocol, ports string) {
	switch {
	case p.All:
		return "all", "all"
	case p.Echo:
		return "icmp", "echo"
	case packet.HasTypes(p.Protocol):
		return packet.ProtoName(p.Protocol), packet.FormatICMPs(p.Ports)
	}
	return packet.ProtoName(p.Protocol), packet.FormatPorts(p.Ports)
}

func resourceName(r model.Resource) string {
	if r == nil {
		return ""
	}
	return r.ID().Name
}

func boxesJSON(boxes []packet.Box, chosen eval.Names) []jsonPacket {
	out := make([]jsonPacket, len(boxes))
	for i, b := range boxes {
		p := boxPacket(b)
		p.Names = chosen
		out[i] = packetJSON(p)
	}
	return out
}

func packetJSON(p eval.Packet) jsonPacket {
	protocols, ports := p.Protocols, p.Ports
	if protocols == nil {
		protocols = []packet.ProtoRange{packet.AllProtos}
	}
	if ports == nil {
		ports = []packet.PortRange{packet.AllPorts}
	}
	sourcePorts := p.SourcePorts
	if sourcePorts == nil {
		sourcePorts = []packet.PortRange{packet.AllPorts}
	}
	text := packet.FormatPorts(ports)
	if len(protocols) == 1 && protocols[0].Lo == protocols[0].Hi && packet.HasTypes(protocols[0].Lo) {
		text = packet.FormatICMPs(ports)
	}
	return jsonPacket{
		Family:      strings.ToLower(p.Family.String()),
		Source:      jsonRanges(p.Family, p.Source, p.Names),
		Destination: jsonRanges(p.Family, p.Destination, p.Names),
		Protocol:    packet.FormatProtos(protocols),
		Ports:       text,
		SourcePorts: packet.FormatPorts(sourcePorts),
	}
}

func jsonRanges(f addr.Family, ranges []addr.Range, chosen eval.Names) string {
	if ranges == nil {
		ranges = []addr.Range{addr.All}
	}
	return formatRanges(f, ranges, chosen)
}

func blockersJSON(list []eval.Blocker) []jsonBlocker {
	out := make([]jsonBlocker, len(list))
	for i, b := range list {
		out[i] = jsonBlocker{
			Code: string(b.Code), Component: b.Component, Kind: string(b.Kind), Direction: b.Direction,
			Path: b.Path, At: b.At.String(), Message: b.Message, Supposed: b.Supposed, Hop: b.Hop,
			Packet: packetJSON(b.Packet), RuleIDs: b.RuleIDs,
		}
	}
	return out
}
