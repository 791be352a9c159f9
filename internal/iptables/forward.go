package iptables

import (
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/doc"
)

// forward reads FORWARD of the table filter, and its policy.
func (c *converter) forward() {
	c.chain("filter", "FORWARD", func(r *rule, _ bool) { c.forwardRule(r) })
	if t := c.save.tables["filter"]; t != nil && t.policies["FORWARD"] == "DROP" {
		c.host.Append("forward_rules", doc.Map(c.at).Set("action", doc.Str("drop", c.at)).Set("source", doc.Str(c.everything(), c.at)))
	}
	for _, name := range []string{"mangle", "raw", "security"} {
		if t := c.save.tables[name]; t != nil {
			for _, chain := range []string{"PREROUTING", "FORWARD", "POSTROUTING"} {
				if rules := t.chains[chain]; len(rules) > 0 {
					c.notUnderstood(rules[0], "the table "+name+" is not known to vpcpath")
				}
			}
		}
	}
}

// actions are the targets of filter rules.
var actions = map[string]string{"ACCEPT": "accept", "DROP": "drop", "REJECT": "drop"}

func (c *converter) forwardRule(r *rule) {
	if !c.only(r, "source", "destination", "protocol", "dports", "sports", "ctstate", "reject-with") {
		return
	}
	action, ok := actions[r.value("jump")]
	if !ok {
		c.notUnderstood(r, "its target "+r.value("jump")+" is not known to vpcpath here")
		return
	}
	m := doc.Map(r.at).Set("action", doc.Str(action, r.at))
	if met := c.state(m, r); !met {
		return
	}
	if !c.address(m, "source", r, "source") || !c.address(m, "destination", r, "destination") {
		return
	}
	if m.Get("source") == nil && m.Get("destination") == nil {
		m.Set("source", doc.Str(c.everything(), r.at))
	}
	if p := r.value("protocol"); p != "" {
		if p == "ipv6-icmp" {
			p = "icmpv6"
		}
		m.Set("protocol", doc.Str(p, r.at))
	}
	for name, key := range map[string]string{"dports": "ports", "sports": "source_ports"} {
		if p := r.value(name); p != "" {
			m.Set(key, ports(p, r.at))
		}
	}
	slices.SortFunc(m.Pairs, func(a, b doc.Pair) int { return slices.Index(keys, a.Key) - slices.Index(keys, b.Key) })
	c.host.Append("forward_rules", m)
}

// keys is the order in which a rule is written.
var keys = []string{"action", "state", "protocol", "ports", "source_ports", "source", "destination"}

// state sets the state that a rule asks for, and reports whether packets that
// vpcpath looks at can have it: they are never INVALID, and errors RELATED to a
// connection are none.
func (c *converter) state(m *doc.Value, r *rule) (met bool) {
	text := r.value("ctstate")
	if text == "" {
		return true
	}
	has := map[string]bool{}
	for _, s := range strings.Split(text, ",") {
		has[s] = true
	}
	for s := range has {
		if !slices.Contains([]string{"NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"}, s) {
			c.notUnderstood(r, "its state "+s+" is not known to vpcpath")
			return false
		}
	}
	switch {
	case has["NEW"] && has["ESTABLISHED"]:
	case has["NEW"]:
		m.Set("state", doc.Str("new", r.at))
	case has["ESTABLISHED"]:
		m.Set("state", doc.Str("established", r.at))
	default:
		return false
	}
	return true
}
