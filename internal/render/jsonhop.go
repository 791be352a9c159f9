package render

import (
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/packet"
)

type jsonHop struct {
	N          int             `json:"n"`
	After      int             `json:"after"`
	Component  string          `json:"component"`
	Kind       string          `json:"kind"`
	Interface  string          `json:"interface,omitempty"`
	Direction  string          `json:"direction,omitempty"`
	Action     string          `json:"action"`
	Supposed   bool            `json:"supposed"`
	Passed     bool            `json:"passed,omitempty"`
	Packet     jsonPacket      `json:"packet"`
	Becomes    *jsonPacket     `json:"becomes,omitempty"`
	Rule       *jsonRule       `json:"rule,omitempty"`
	Rules      []jsonRule      `json:"rules,omitempty"`
	Nearest    []jsonRule      `json:"nearest,omitempty"`
	Route      *jsonRoute      `json:"route,omitempty"`
	Candidates []jsonCandidate `json:"candidates,omitempty"`
	Code       string          `json:"code,omitempty"`
	Message    string          `json:"message,omitempty"`
	RuleIDs    []string        `json:"rule_ids,omitempty"`
	At         string          `json:"at,omitempty"`
	Outer      []jsonResult    `json:"outer,omitempty"`
}

type jsonRule struct {
	Component string      `json:"component"`
	Number    string      `json:"number,omitempty"`
	Action    string      `json:"action"`
	Protocol  string      `json:"protocol"`
	Ports     string      `json:"ports"`
	Peer      string      `json:"peer,omitempty"`
	At        string      `json:"at,omitempty"`
	Decides   bool        `json:"decides"`
	Packet    *jsonPacket `json:"packet,omitempty"`
	Note      string      `json:"note,omitempty"`
}

type jsonRoute struct {
	Destination string `json:"destination"`
	Target      string `json:"target"`
	Origin      string `json:"origin,omitempty"`
	At          string `json:"at,omitempty"`
}

type jsonCandidate struct {
	Destination string `json:"destination"`
	Target      string `json:"target"`
	Origin      string `json:"origin,omitempty"`
	At          string `json:"at,omitempty"`
	WhyNot      string `json:"why_not"`
}

func walkJSON(w eval.Walk) jsonWalk {
	out := jsonWalk{Walked: w.Walked, Why: w.Why, Delivered: w.Delivered, Complete: w.Complete, Hops: make([]jsonHop, len(w.Hops))}
	for i, h := range w.Hops {
		out.Hops[i] = hopJSON(h)
	}
	return out
}

func hopJSON(h *eval.Hop) jsonHop {
	out := jsonHop{
		N: h.N, After: h.After, Component: h.Component, Kind: string(h.Kind), Direction: h.Direction,
		Action: string(h.Action), Supposed: h.Supposed, Passed: h.Passed, Packet: packetJSON(h.Packet),
		Code: string(h.Code), Message: h.Message, RuleIDs: h.RuleIDs, At: h.At.String(),
	}
	if h.Interface != nil {
		out.Interface = h.Interface.Name
	}
	if h.Becomes != nil {
		p := packetJSON(*h.Becomes)
		out.Becomes = &p
	}
	for _, r := range h.Rules {
		j := ruleJSON(r)
		out.Rules = append(out.Rules, j)
		if r.Decides && out.Rule == nil {
			out.Rule = &j
		}
	}
	for _, r := range h.Nearest {
		out.Nearest = append(out.Nearest, ruleJSON(r))
	}
	for _, r := range h.Routes {
		if r.Chosen && out.Route == nil {
			out.Route = &jsonRoute{r.Destination, r.Target, r.Origin, r.At.String()}
		} else {
			out.Candidates = append(out.Candidates, jsonCandidate{r.Destination, r.Target, r.Origin, r.At.String(), r.WhyNot})
		}
	}
	for _, r := range h.Outer {
		out.Outer = append(out.Outer, resultJSON(r))
	}
	return out
}

func ruleJSON(r eval.RuleUse) jsonRule {
	out := jsonRule{Component: r.Component, Action: "deny", Protocol: "all", Ports: "all", Peer: r.Peer,
		At: r.At.String(), Decides: r.Decides, Note: r.Note}
	if r.Allow {
		out.Action = "allow"
	}
	switch {
	case r.Number > 0:
		out.Number = itoa(r.Number)
	case r.Number < 0:
		out.Number = "*"
	}
	if r.Number >= 0 {
		ports := r.Traffic.Ports
		p := packetJSON(eval.Packet{Protocols: []packet.ProtoRange{r.Traffic.Protocols}, Ports: ports})
		out.Protocol, out.Ports = p.Protocol, p.Ports
	}
	if r.Packet != nil {
		p := packetJSON(*r.Packet)
		out.Packet = &p
	}
	return out
}
