package iptables

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
)

// The ids of findings.
const (
	idSyntax  = "iptables-syntax"         // no output of iptables-save
	idUnknown = "iptables-not-understood" // a rule that makes forwarding unknown
	idAssumed = "iptables-assumed"        // what iptables-save does not say
)

// Apply writes the rules of a host into its entry. single says that the host
// has one network interface and no tunnel, so that -i and -o of an Ethernet
// device say nothing. With a rule that is not understood, forwarding becomes
// unknown.
func Apply(host *doc.Entry, single bool, file string, text []byte) []diag.Finding {
	s, findings := read(file, text)
	if diag.HasErrors(findings) {
		host.Set("ip_forward", doc.Str("unknown", host.At))
		return findings
	}
	c := &converter{save: s, host: host, single: single, at: diag.Pos{File: file, Line: 1, Col: 1}}
	c.nat()
	c.forward()
	findings = append(findings, c.findings...)
	if c.unknown {
		for _, key := range []string{"masquerade", "port_forwards", "forward_rules"} {
			host.Remove(key)
		}
		host.Set("ip_forward", doc.Str("unknown", host.At))
		return findings
	}
	host.Set("ip_forward", doc.Bool(true, c.at))
	return append(findings, diag.Finding{Pos: c.at, Severity: diag.Info, ID: idAssumed,
		Message: fmt.Sprintf("iptables-save does not say whether net.ipv4.ip_forward is 1; it is taken to be so for %q", host.Name)})
}

// converter turns rules into values.
type converter struct {
	save     *save
	host     *doc.Entry
	single   bool
	at       diag.Pos
	findings []diag.Finding
	unknown  bool
}

func (c *converter) notUnderstood(r *rule, why string) {
	c.unknown = true
	c.findings = append(c.findings, diag.Finding{Pos: r.at, Severity: diag.Warning, ID: idUnknown,
		Message: fmt.Sprintf("%q is not understood: %s; what %q does with packets that are not for it is unknown", clip(r.text), why, c.host.Name)})
}

// everything is the CIDR of every address of the file's family.
func (c *converter) everything() string {
	if c.save.v6 {
		return "::/0"
	}
	return "0.0.0.0/0"
}

// chain calls each with the rules of a chain that may decide: not those that
// only log, jump into an empty chain, or are for another device.
func (c *converter) chain(tableName, name string, each func(r *rule, last bool)) {
	t := c.save.tables[tableName]
	if t == nil {
		return
	}
	var rules []*rule
	for _, r := range t.chains[name] {
		target := r.value("jump")
		logs := target == "LOG" || target == "NFLOG"
		counts := r.get("jump") == nil && r.get("goto") == nil
		_, own := t.policies[target]
		if logs || counts || own && len(t.chains[target]) == 0 || c.elsewhere(r) {
			continue
		}
		rules = append(rules, r)
	}
	for i, r := range rules {
		if _, own := t.policies[r.value("jump")]; own || r.get("goto") != nil {
			c.notUnderstood(r, "it leads into another chain with rules")
			continue
		}
		each(r, i == len(rules)-1)
	}
}

// elsewhere reports whether a rule is for a device that the host has not got:
// the loopback, or any but its one Ethernet device.
func (c *converter) elsewhere(r *rule) bool {
	for _, name := range []string{"in-interface", "out-interface"} {
		f := r.get(name)
		if f == nil || f.not || len(f.values) != 1 {
			continue
		}
		if device := f.values[0]; device == "lo" || c.single && !ethernet(device) {
			return true
		}
	}
	return false
}

func ethernet(device string) bool {
	return device == "+" || strings.HasPrefix(device, "eth") || strings.HasPrefix(device, "en")
}

// only reports whether a rule has no options but those named; devices that
// say nothing do not count.
func (c *converter) only(r *rule, names ...string) bool {
	known := map[string]bool{"jump": true, "comment": true}
	for _, n := range names {
		known[n] = true
	}
	for _, f := range r.flags {
		if f.name == "in-interface" || f.name == "out-interface" {
			if c.single && !f.not && len(f.values) == 1 && ethernet(f.values[0]) {
				continue
			}
			c.notUnderstood(r, "its device "+strings.Join(f.values, " ")+" cannot be told from the topology")
			return false
		}
		if !known[f.name] {
			c.notUnderstood(r, "its option --"+f.name+" is not known to vpcpath")
			return false
		}
		if f.not {
			c.notUnderstood(r, "its ! is not known to vpcpath here")
			return false
		}
	}
	return true
}

// cidr is the value of -s or -d as the topology language writes it; ok is
// false for a name or a list.
func cidr(text string) (string, bool) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked().String(), true
	}
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()).String(), true
	}
	return "", false
}

// address sets a key to a rule's -s or -d, if it has one.
func (c *converter) address(m *doc.Value, key string, r *rule, name string) bool {
	text := r.value(name)
	if text == "" {
		return true
	}
	p, ok := cidr(text)
	if !ok {
		c.notUnderstood(r, "--"+name+" "+text+" is no CIDR")
		return false
	}
	m.Set(key, doc.Str(p, r.at))
	return true
}

// ports writes iptables' "80,443,8000:8100" as a list.
func ports(text string, at diag.Pos) *doc.Value {
	v := doc.ListOf(at)
	for _, p := range strings.Split(text, ",") {
		lo, hi, isRange := strings.Cut(p, ":")
		switch {
		case !isRange:
			v.Items = append(v.Items, doc.Str(p, at))
		default:
			if lo == "" {
				lo = "0"
			}
			if hi == "" {
				hi = "65535"
			}
			v.Items = append(v.Items, doc.Str(lo+"-"+hi, at))
		}
	}
	for _, item := range v.Items {
		if !strings.Contains(item.Text, "-") {
			item.Kind = doc.Number
		}
	}
	return v
}
