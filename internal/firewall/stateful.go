package firewall

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// stateful writes the stateful rules (FW-3). What is not understood stands
// among them in its place.
func (f *Firewall) stateful(e *doc.Entry) (problems []Problem) {
	if is(f.Policy.Get("StatefulEngineOptions", "RuleOrder"), "STRICT_ORDER") {
		e.Set("stateful_order", doc.Str("strict", f.Policy.At()))
	}
	rules := doc.ListOf(f.Policy.At())
	for _, ref := range byPriority(f.Policy.Get("StatefulRuleGroupReferences")) {
		arn := ref.Get("ResourceArn").Text()
		g, ok := f.Group(arn)
		if !ok {
			rules.Items = append(rules.Items, unknownRule("its rule group "+f.Title(arn)+" "+f.Missing, ref.At()))
			continue
		}
		list := f.group(f.Title(arn), g)
		if is(ref.Get("Override", "Action"), "DROP_TO_ALERT") {
			list = dropsToAlerts(list)
		}
		rules.Items = append(rules.Items, list...)
	}
	for a := range f.Policy.Get("StatefulDefaultActions").Items() {
		switch text := a.Text(); {
		case text == "aws:drop_strict":
			e.Set("stateful_default", doc.Str("drop", a.At()))
		case strings.HasPrefix(text, "aws:drop_"):
			rules.Items = append(rules.Items, unknownRule("default action "+text+" lets packets through until a connection is established, and drops the rest", a.At()))
		}
	}
	if len(rules.Items) > 0 {
		e.Set("stateful_rules", rules)
	}
	seen := map[string]bool{}
	for _, v := range rules.Items {
		if why := v.Get("reason"); why != nil && !seen[why.Text] {
			seen[why.Text] = true
			problems = append(problems, Problem{At: why.At, Why: why.Text})
		}
	}
	return problems
}

// unknownRule stands in the place of rules that are not understood.
func unknownRule(why string, at diag.Pos) *doc.Value {
	return doc.Map(at).Set("action", doc.Str("not_modelled", at)).Set("reason", doc.Str(why, at))
}

// dropsToAlerts is rules of which none drops.
func dropsToAlerts(list []*doc.Value) []*doc.Value {
	var out []*doc.Value
	for _, v := range list {
		if a := v.Get("action").Text; a != "drop" && a != "reject" {
			out = append(out, v)
		}
	}
	return out
}

// group makes the rules of a stateful rule group.
func (f *Firewall) group(name string, g jsontree.Value) []*doc.Value {
	source := g.Get("RulesSource")
	h := &headers{f: f, group: g}
	var out []*doc.Value
	add := func(v *doc.Value) {
		if v != nil {
			out = append(out, v)
		}
	}
	for rule := range source.Get("StatefulRules").Items() {
		header := rule.Get("Header")
		s := signature{action: rule.Get("Action").Text(), protocol: header.Get("Protocol").Text(), source: header.Get("Source").Text(), sourcePort: header.Get("SourcePort").Text(),
			destination: header.Get("Destination").Text(), port: header.Get("DestinationPort").Text(), any: is(header.Get("Direction"), "ANY"), at: rule.At()}
		for o := range rule.Get("RuleOptions").Items() {
			keyword, _, _ := strings.Cut(o.Get("Keyword").Text(), ":") // some write sid:1
			s.options = append(s.options, strings.TrimSpace(keyword))
		}
		for _, v := range h.rules(s, name) {
			add(v)
		}
	}
	if text := source.Get("RulesString"); text.Text() != "" {
		list, why := signatures(text)
		if why != "" { // it may stand before any other
			add(unknownRule("rule group "+name+" has a rule that vpcpath cannot read: "+why, text.At()))
		}
		for _, s := range list {
			for _, v := range h.rules(s, name) {
				add(v)
			}
		}
	}
	if list := source.Get("RulesSourceList"); list.Exists() {
		add(unknownRule("rule group "+name+" lists domains", list.At()).Set("protocol", doc.Str("tcp", list.At())))
	}
	if len(out) == 0 && source.Get("StatefulRules").Len() == 0 && source.Get("RulesString").Text() == "" && !source.Get("RulesSourceList").Exists() {
		add(unknownRule("the rules of rule group "+name+" are not known", g.At())) // AWS shows none of its own groups
	}
	return out
}

// signature is a rule in the words of Suricata.
type signature struct {
	action, protocol                      string
	source, sourcePort, destination, port string
	any                                   bool // in both directions
	options                               []string
	at                                    diag.Pos
}

// harmless are options that only describe a rule.
var harmless = map[string]bool{"sid": true, "msg": true, "rev": true, "metadata": true, "gid": true, "classtype": true, "priority": true, "reference": true}

// headers reads the headers of a group's signatures.
type headers struct {
	f     *Firewall
	group jsontree.Value
}

// rules makes the rules of a signature. One that looks at more than the
// header matches at most what its header does, and of that nobody knows what.
func (h *headers) rules(s signature, group string) []*doc.Value {
	action := strings.ToLower(s.action)
	if action == "alert" {
		return nil // decides nothing
	}
	why := ""
	for _, o := range s.options {
		if !harmless[strings.ToLower(o)] {
			why = "rule group " + group + " has a rule that looks at more than addresses and ports (" + o + ")"
		}
	}
	var protocols []string
	switch p := strings.ToLower(s.protocol); p {
	case "ip":
		protocols = []string{"all"}
	case "tcp", "udp":
		protocols = []string{p}
	case "icmp":
		protocols = []string{"icmp", "icmpv6"} // Suricata's word is for both
	default:
		protocols, why = over(p), "rule group "+group+" has a rule for protocol "+s.protocol
	}
	if action != "pass" && action != "drop" && action != "reject" {
		return []*doc.Value{unknownRule("rule group "+group+" has a rule of action "+s.action, s.at)}
	}
	var out []*doc.Value
	for _, p := range protocols {
		v := doc.Map(s.at).Set("action", doc.Str(action, s.at))
		if why != "" {
			v = unknownRule(why, s.at)
		}
		v.Set("protocol", doc.Str(p, s.at))
		ok := h.addresses(v, "source", s.source) && h.addresses(v, "destination", s.destination)
		if p == "tcp" || p == "udp" {
			ok = ok && h.ports(v, "source_ports", s.sourcePort) && h.ports(v, "ports", s.port)
		} else if why == "" && (!isAny(s.sourcePort) || !isAny(s.port)) {
			ok = false
		}
		if !ok {
			return []*doc.Value{unknownRule("rule group "+group+" has a rule whose addresses or ports are not understood: "+strings.Join([]string{s.source, s.sourcePort, "->", s.destination, s.port}, " "), s.at)}
		}
		if s.any {
			v.Set("direction", doc.Str("any", s.at))
		}
		out = append(out, v)
	}
	return out
}

// over lists the protocols that a protocol above them is found in.
func over(protocol string) []string {
	switch protocol {
	case "http", "http2", "tls", "ssh", "smtp", "imap", "ftp", "smb", "dcerpc", "msn":
		return []string{"tcp"}
	case "quic", "ntp", "dhcp", "tftp", "ikev2":
		return []string{"udp"}
	}
	return []string{"all"}
}

func isAny(text string) bool { return text == "" || strings.EqualFold(text, "any") }

// variable returns what a variable of a rule group stands for: what the group
// says, else the policy.
func (h *headers) variable(kind, name string) []jsontree.Value {
	v := h.group.Get("RuleVariables", kind, name, "Definition")
	if !v.Exists() && kind == "IPSets" {
		v = h.f.Policy.Get("PolicyVariables", "RuleVariables", name, "Definition")
	}
	var out []jsontree.Value
	for d := range v.Items() {
		out = append(out, d)
	}
	return out
}
