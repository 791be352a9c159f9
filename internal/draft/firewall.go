package draft

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
)

// Firewall collects the policy of a network firewall, in the words of AWS's
// APIs. The zero value has no rules and AWS's defaults.
type Firewall struct {
	// StatelessDefault and StatefulDefault are default actions, as aws:pass and
	// aws:drop_strict; those that decide nothing may be among them.
	StatelessDefault, StatefulDefault []string
	Strict                            bool // STRICT_ORDER

	stateless, stateful []rankedRule
	unknown             []*doc.Value
}

// FirewallRule is a rule of a network firewall. What is empty matches
// everything.
type FirewallRule struct {
	Action        string // pass, drop, forward, reject or alert
	Protocols     []string
	Source        []string // CIDRs
	Destination   []string
	SourcePorts   []string // ports and ranges, as 80 and 1024-65535
	Ports         []string
	Bidirectional bool // a stateful rule of direction ANY
	At            diag.Pos
}

// rankedRule is a rule with the place that its group's priority and its own give
// it.
type rankedRule struct {
	group, own int
	FirewallRule
}

// Unknown notes a part of the policy that is not understood.
func (f *Firewall) Unknown(what string, at diag.Pos) {
	f.unknown = append(f.unknown, doc.Str(what, at))
}

// Stateless adds a stateless rule; group is the priority of its group.
func (f *Firewall) Stateless(group, priority int, r FirewallRule) {
	f.stateless = append(f.stateless, rankedRule{group, priority, r})
}

// Stateful adds a stateful rule; group is the priority of its group, and the
// rules of one group are added in their order.
func (f *Firewall) Stateful(group int, r FirewallRule) {
	f.stateful = append(f.stateful, rankedRule{group, 0, r})
}

// StandardAction returns the one of a stateless rule's or policy's actions that
// decides; "" where there is none.
func StandardAction(actions []string) string {
	for _, a := range actions {
		switch a {
		case "aws:pass":
			return "pass"
		case "aws:drop":
			return "drop"
		case "aws:forward_to_sfe":
			return "forward"
		}
	}
	return ""
}

// Write writes the policy to the entry of a network firewall.
func (f *Firewall) Write(e *doc.Entry) {
	rank := func(a, b rankedRule) int { return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.own, b.own)) }
	slices.SortStableFunc(f.stateless, rank)
	slices.SortStableFunc(f.stateful, rank)
	n := 0
	for _, r := range f.stateless {
		for _, protocol := range r.protocols() {
			n++
			e.Append("stateless_rules", r.write(doc.Map(r.At).Set("priority", doc.Int(n, r.At)), protocol))
		}
	}
	if a := StandardAction(f.StatelessDefault); a == "pass" || a == "drop" {
		e.Set("stateless_default", doc.Str(a, e.At))
	}
	for _, r := range f.stateful {
		for _, protocol := range r.protocols() {
			v := r.write(doc.Map(r.At), protocol)
			if r.Bidirectional {
				v.Set("direction", doc.Str("any", r.At))
			}
			e.Append("stateful_rules", v)
		}
	}
	if f.Strict {
		e.Set("stateful_order", doc.Str("strict", e.At))
		if slices.ContainsFunc(f.StatefulDefault, func(a string) bool { return strings.HasPrefix(a, "aws:drop") }) {
			e.Set("stateful_default", doc.Str("drop", e.At))
		}
	}
	for _, u := range f.unknown {
		e.Append("not_modelled", u)
	}
}

// protocols are those that the rule has a rule of the language for each of: one
// with ports is about TCP and UDP.
func (r *FirewallRule) protocols() []string {
	var out []string
	for _, p := range r.Protocols {
		out = append(out, Traffic{Protocol: p}.protocol())
	}
	ported := len(r.Ports) > 0 || len(r.SourcePorts) > 0
	switch all := len(out) == 0 || slices.Contains(out, "all"); {
	case all && ported:
		return []string{"tcp", "udp"}
	case all:
		return []string{"all"}
	}
	return out
}

func (r *FirewallRule) write(v *doc.Value, protocol string) *doc.Value {
	v.Set("action", doc.Str(r.Action, r.At))
	if n, err := strconv.Atoi(protocol); err == nil {
		v.Set("protocol", doc.Int(n, r.At))
	} else if protocol != "all" {
		v.Set("protocol", doc.Str(protocol, r.At))
	}
	list := func(key string, values []string) {
		switch len(values) {
		case 0:
		case 1:
			v.Set(key, doc.Str(values[0], r.At))
		default:
			v.Set(key, doc.Strs(values, r.At))
		}
	}
	if protocol == "tcp" || protocol == "udp" {
		list("ports", r.Ports)
		list("source_ports", r.SourcePorts)
	}
	list("source", r.Source)
	list("destination", r.Destination)
	return v
}

// Header is the header of a stateful rule, and Options its rule options by
// keyword, as AWS writes them: addresses and ports may be ANY, lists, and
// variables.
type Header struct {
	Action, Protocol, Direction  string
	Source, SourcePort           string
	Destination, DestinationPort string
	Options                      []string
	At                           diag.Pos
}

// idle are options of a rule that decide nothing.
var idle = []string{"sid", "msg", "rev", "gid", "classtype", "priority", "reference", "metadata"}

// Rule makes a rule of a header. why says what of it is not understood. sets are
// the variables of the rule group, by name.
func (h Header) Rule(sets map[string][]string) (r FirewallRule, why string) {
	r = FirewallRule{Action: strings.ToLower(h.Action), Bidirectional: strings.EqualFold(h.Direction, "ANY"), At: h.At}
	if r.Action == "alert" {
		return r, "" // decides nothing
	}
	switch p := strings.ToLower(h.Protocol); p {
	case "ip":
	case "tcp", "udp":
		r.Protocols = []string{p}
	case "icmp":
		r.Protocols = []string{"icmp", "icmpv6"}
	default:
		return r, "it looks into " + h.Protocol
	}
	for _, o := range h.Options {
		if keyword, _, _ := strings.Cut(o, ":"); !slices.Contains(idle, strings.TrimSpace(keyword)) {
			return r, "it has the option " + strings.TrimSpace(keyword)
		}
	}
	for _, part := range []struct {
		text string
		into *[]string
		read func(string) (string, bool)
	}{{h.Source, &r.Source, cidrOf}, {h.Destination, &r.Destination, cidrOf}, {h.SourcePort, &r.SourcePorts, portsOf}, {h.DestinationPort, &r.Ports, portsOf}} {
		list, ok := items(part.text, sets, part.read)
		if !ok {
			return r, strconv.Quote(part.text) + " is not understood"
		}
		*part.into = list
	}
	return r, ""
}

// items reads ANY, a single item, a list in brackets, or a variable.
func items(text string, sets map[string][]string, read func(string) (string, bool)) ([]string, bool) {
	text = strings.TrimSpace(text)
	if strings.EqualFold(text, "any") {
		return nil, true
	}
	var out []string
	for _, item := range strings.Split(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"), ",") {
		item = strings.TrimSpace(item)
		values := []string{item}
		if name, ok := strings.CutPrefix(item, "$"); ok {
			if values = sets[name]; len(values) == 0 {
				return nil, false
			}
		}
		for _, v := range values {
			v, ok := read(v)
			if !ok {
				return nil, false
			}
			out = append(out, v)
		}
	}
	return out, true
}

func cidrOf(text string) (string, bool) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()).String(), true
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked().String(), err == nil
}

// portsOf reads a port or a range, as 80, 1:1024, 1024: and :1024.
func portsOf(text string) (string, bool) {
	lo, hi, ranged := strings.Cut(text, ":")
	if !ranged {
		hi = lo
	}
	a, err1 := strconv.Atoi(cmp.Or(lo, "0"))
	b, err2 := strconv.Atoi(cmp.Or(hi, "65535"))
	if err1 != nil || err2 != nil || text == "" || a < 0 || b > 65535 || a > b {
		return "", false
	}
	return PortRange(a, b), true
}

// PortRange writes a range of ports as the topology language has it.
func PortRange(lo, hi int) string {
	if lo == hi {
		return strconv.Itoa(lo)
	}
	return strconv.Itoa(lo) + "-" + strconv.Itoa(hi)
}
