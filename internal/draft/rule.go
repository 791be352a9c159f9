package draft

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
)

// Traffic is what a rule says of protocol and ports, in the words of AWS's
// APIs and of the tools above them: a protocol is a name or a number, -1 or
// all; for ICMP, From is the type and To the code; -1 is any. Nil is not
// said.
type Traffic struct {
	Protocol string
	From, To *int
}

// Known reports whether the protocol is one.
func (t Traffic) Known() bool {
	p := t.protocol()
	n, err := strconv.Atoi(p)
	return err == nil && n >= 0 && n <= 255 || slices.Contains([]string{"all", "tcp", "udp", "icmp", "icmpv6"}, p)
}

// Set writes the traffic as the topology language has it. Ports that AWS
// ignores are left out (SG-9, ACL-11).
func (t Traffic) Set(m *doc.Value, at diag.Pos) {
	protocol := t.protocol()
	if n, err := strconv.Atoi(protocol); err == nil {
		m.Set("protocol", doc.Int(n, at))
		return
	}
	m.Set("protocol", doc.Str(protocol, at))
	switch protocol {
	case "tcp", "udp":
		from, to := 0, 65535
		if t.From != nil && *t.From >= 0 {
			from = *t.From
			to = from
		}
		if t.To != nil && *t.To >= 0 {
			to = *t.To
		}
		m.Set("ports", doc.Ports(from, to, at))
	case "icmp", "icmpv6":
		if t.From == nil || *t.From < 0 {
			return
		}
		icmp := doc.Map(at).Set("type", doc.Int(*t.From, at))
		if t.To != nil && *t.To >= 0 {
			icmp.Set("code", doc.Int(*t.To, at))
		}
		m.Set("icmp", icmp)
	}
}

// protocol is the protocol in the topology language's words.
func (t Traffic) protocol() string {
	switch p := strings.ToLower(t.Protocol); p {
	case "-1", "all", "":
		return "all"
	case "6":
		return "tcp"
	case "17":
		return "udp"
	case "1":
		return "icmp"
	case "58":
		return "icmpv6"
	default:
		return p
	}
}

type rule struct {
	Traffic
	peer string
	at   diag.Pos
}

// key tells rules apart as AWS does: what it ignores makes no difference.
func (r rule) key() string {
	m := doc.Map(r.at)
	r.Set(m, r.at)
	key := r.peer
	for _, p := range m.Pairs {
		key += "|" + p.Key + "=" + p.Value.Text
		for _, q := range p.Value.Pairs {
			key += "," + q.Key + "=" + q.Value.Text
		}
	}
	return key
}

// Rule adds a rule to a security group. The same rule again is the same rule.
// peer is a CIDR, the name of a group or prefix list, self, or the name of an
// address.
func (d *Draft) Rule(group string, egress bool, t Traffic, peer string, at diag.Pos) {
	dirs, i := d.rules[group], side(egress)
	r := rule{t, canonical(peer), at}
	for _, o := range dirs[i] {
		if o.key() == r.key() {
			return
		}
	}
	dirs[i] = append(dirs[i], r)
	d.rules[group] = dirs
}

func side(egress bool) int {
	if egress {
		return 1
	}
	return 0
}

var sides = [2]struct{ key, peer string }{{"ingress", "source"}, {"egress", "destination"}}

func writeRules(e *doc.Entry, dirs [2][]rule) {
	for i, list := range dirs {
		slices.SortStableFunc(list, func(a, b rule) int {
			return cmp.Or(cmp.Compare(a.protocol(), b.protocol()), cmp.Compare(value(a.From), value(b.From)), cmp.Compare(value(a.To), value(b.To)), compareDestinations(a.peer, b.peer))
		})
		for _, r := range list {
			m := doc.Map(r.at)
			r.Set(m, r.at)
			e.Append(sides[i].key, m.Set(sides[i].peer, doc.Str(r.peer, r.at)))
		}
	}
}

func value(n *int) int {
	if n == nil {
		return -1
	}
	return *n
}

// ACLRule is a rule of a network ACL.
type ACLRule struct {
	Traffic
	Number int
	Allow  bool
	CIDR   string
	At     diag.Pos
	// Listed marks a rule that its ACL lists because somebody else has added
	// it; a rule with the same number that is not listed so is the same one,
	// and says what it is.
	Listed bool
}

// ACLRule adds a rule to a network ACL. The same rule again is the same rule.
func (d *Draft) ACLRule(acl string, egress bool, r ACLRule) {
	r.CIDR = canonical(r.CIDR)
	dirs, i := d.acl[acl], side(egress)
	key := func(r ACLRule) string { return rule{r.Traffic, r.CIDR, r.At}.key() }
	for k, o := range dirs[i] {
		if o.Number == r.Number && o.Listed != r.Listed {
			if o.Listed {
				dirs[i][k] = r
				d.acl[acl] = dirs
			}
			return
		}
		if o.Number == r.Number && o.Allow == r.Allow && key(o) == key(r) {
			return
		}
	}
	dirs[i] = append(dirs[i], r)
	d.acl[acl] = dirs
}

func writeACL(e *doc.Entry, dirs [2][]ACLRule) {
	for i, list := range dirs {
		slices.SortStableFunc(list, func(a, b ACLRule) int { return cmp.Compare(a.Number, b.Number) })
		for _, r := range list {
			action := "deny"
			if r.Allow {
				action = "allow"
			}
			m := doc.Map(r.At).Set("rule", doc.Int(r.Number, r.At)).Set("action", doc.Str(action, r.At))
			r.Set(m, r.At)
			e.Append(sides[i].key, m.Set("cidr", doc.Str(r.CIDR, r.At)))
		}
	}
}

// IsICMP reports whether the protocol is ICMP or ICMPv6, whose From and To are
// the type and the code.
func (t Traffic) IsICMP() bool {
	p := t.protocol()
	return p == "icmp" || p == "icmpv6"
}

// SameTraffic reports whether AWS takes two texts of a rule for the same.
func SameTraffic(a, b Traffic) bool {
	return rule{Traffic: a}.key() == rule{Traffic: b}.key()
}
