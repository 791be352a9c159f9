package load

import (
	"cmp"
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
	"gopkg.in/yaml.v3"
)

// rawFirewall is a network firewall; its endpoints stand among the VPC
// endpoints too.
type rawFirewall struct {
	*model.NetworkFirewall
	vpc                                          ref
	statelessDefault, statefulOrder, statefulEnd string
	statefulEndAt                                diag.Pos
}

var firewallFields = []field[rawFirewall]{
	{"vpc", true, func(w *walker, n *yaml.Node, d *rawFirewall) { w.ref(n, "the name of a VPC", &d.vpc) }},
	{"endpoints", true, func(w *walker, n *yaml.Node, d *rawFirewall) {
		before := len(w.out.findings)
		w.entries(n, "`endpoints`", func(key, value *yaml.Node) { w.readFirewallEndpoint(key, value, d) })
		if len(d.Endpoints) == 0 && len(w.out.findings) == before { // FW-1
			w.report(w.at(n), idEmptyList, "network firewall %q has no endpoints; expected the name of one with its subnet", d.Name)
		}
	}},
	{"stateless_rules", false, func(w *walker, n *yaml.Node, d *rawFirewall) { w.statelessRules(n, d) }},
	{"stateless_default", false, func(w *walker, n *yaml.Node, d *rawFirewall) {
		w.word(n, []string{"pass", "drop", "forward"}, &d.statelessDefault)
	}},
	{"stateful_rules", false, func(w *walker, n *yaml.Node, d *rawFirewall) {
		w.list(n, "a list of rules", func(item *yaml.Node) {
			if rule := w.firewallRule(item, networkFirewallRule, statefulFields); rule != nil {
				d.Stateful = append(d.Stateful, &rule.FirewallRule)
			}
		})
	}},
	{"stateful_order", false, func(w *walker, n *yaml.Node, d *rawFirewall) {
		d.statefulOrder = ""
		w.word(n, []string{"action", "strict"}, &d.statefulOrder)
	}},
	{"stateful_default", false, func(w *walker, n *yaml.Node, d *rawFirewall) {
		d.statefulEndAt = w.at(n)
		w.word(n, []string{"pass", "drop"}, &d.statefulEnd)
	}},
	{"not_modelled", false, func(w *walker, n *yaml.Node, d *rawFirewall) {
		w.list(n, "a list of texts", func(item *yaml.Node) {
			part := model.NotModelled{At: w.at(item)}
			if w.textValue(item, "a text", &part.Text); part.Text != "" {
				d.NotModelled = append(d.NotModelled, part)
			}
		})
	}},
}

func (w *walker) readFirewall(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindNetworkFirewall
	d := &rawFirewall{NetworkFirewall: &model.NetworkFirewall{Ident: id}, statelessDefault: "forward", statefulOrder: "action", statefulEnd: "pass"}
	w.resource(d.NetworkFirewall)
	w.out.firewalls = append(w.out.firewalls, d)
	if !readMapping(w, n, id.At, subject{"network firewall", id.Name}, firewallFields, d) {
		return
	}
	d.StatelessDefault, d.StatefulDefault = model.FirewallAction(d.statelessDefault), model.FirewallAction(d.statefulEnd)
	if d.statefulEnd == "drop" && d.statefulOrder == "action" {
		w.report(d.statefulEndAt, idConflictingKeys, "`stateful_default: drop` goes with `stateful_order: strict` only; expected both, or a last rule of action drop for everything")
	}
	orderStateful(d)
}

// orderStateful puts the rules in the order in which they decide. Alerts
// decide nothing.
func orderStateful(d *rawFirewall) {
	d.Stateful = slices.DeleteFunc(d.Stateful, func(r *model.FirewallRule) bool { return r.Action == alertOnly })
	if d.statefulOrder == "action" {
		rank := []model.FirewallAction{model.Pass, model.Undetermined, model.DropPacket, rejectPacket}
		slices.SortStableFunc(d.Stateful, func(a, b *model.FirewallRule) int {
			return cmp.Compare(slices.Index(rank, a.Action), slices.Index(rank, b.Action))
		})
	}
	for _, r := range d.Stateful {
		if r.Action == rejectPacket {
			r.Action = model.DropPacket
		}
	}
}

// Actions that the model does not need to tell from others.
const (
	rejectPacket model.FirewallAction = "reject"
	alertOnly    model.FirewallAction = "alert"
)

// readFirewallEndpoint reads the name of an endpoint and its subnet.
func (w *walker) readFirewallEndpoint(key, value *yaml.Node, f *rawFirewall) {
	name, ok := w.name(key)
	e := &rawEndpoint{VPCEndpoint: &model.VPCEndpoint{Ident: model.Ident{Name: name, Kind: model.KindVPCEndpoint, At: w.at(key)},
		Type: model.GatewayLoadBalancerEndpoint, Service: "network-firewall", Firewall: f.NetworkFirewall}}
	e.common.noGroups = true
	w.ref(value, "the name of a subnet", &e.subnet)
	e.addInterface(e.subnet)
	if !ok {
		w.out.foreign = append(w.out.foreign, ref{name, w.at(key)})
		return
	}
	w.resource(e.VPCEndpoint)
	w.out.endpoints = append(w.out.endpoints, e)
	f.Endpoints = append(f.Endpoints, e.VPCEndpoint)
}

// rawFirewallRule is a rule before its parts are judged together.
type rawFirewallRule struct {
	model.FirewallRule
	action     string
	priorityAt diag.Pos
	reasonAt   diag.Pos
	traffic    rawTraffic
	sources    rawTraffic // source ports
	direction  string
}

// firewallRuleFields are those of stateless and stateful rules alike.
var firewallRuleFields = []field[rawFirewallRule]{
	{"protocol", false, func(w *walker, n *yaml.Node, d *rawFirewallRule) {
		d.traffic.protocol, d.traffic.protocolOK = w.protocol(n)
	}},
	{"ports", false, func(w *walker, n *yaml.Node, d *rawFirewallRule) { w.readPorts(n, &d.traffic) }},
	{"source_ports", false, func(w *walker, n *yaml.Node, d *rawFirewallRule) { w.readPorts(n, &d.sources) }},
	{"source", false, func(w *walker, n *yaml.Node, d *rawFirewallRule) { w.blocks(n, &d.Source) }},
	{"destination", false, func(w *walker, n *yaml.Node, d *rawFirewallRule) { w.blocks(n, &d.Destination) }},
}

var statelessFields = append(slices.Clone(firewallRuleFields),
	field[rawFirewallRule]{"priority", true, func(w *walker, n *yaml.Node, d *rawFirewallRule) {
		if v, ok := w.integer(n, "a priority", 1, 65535); ok {
			d.Priority, d.priorityAt = v, w.at(n)
		}
	}},
	field[rawFirewallRule]{"action", true, func(w *walker, n *yaml.Node, d *rawFirewallRule) {
		w.word(n, []string{"pass", "drop", "forward"}, &d.action)
	}},
)

var statefulFields = append(slices.Clone(firewallRuleFields),
	field[rawFirewallRule]{"action", true, func(w *walker, n *yaml.Node, d *rawFirewallRule) {
		w.word(n, []string{"pass", "drop", "reject", "alert", string(model.Undetermined)}, &d.action)
	}},
	field[rawFirewallRule]{"reason", false, func(w *walker, n *yaml.Node, d *rawFirewallRule) {
		d.reasonAt = w.at(n)
		w.words(n, &d.Reason)
	}},
	field[rawFirewallRule]{"direction", false, func(w *walker, n *yaml.Node, d *rawFirewallRule) {
		w.word(n, []string{"any", "forward"}, &d.direction)
	}},
)

// blocks reads a CIDR or a list of them; an empty list would match all.
func (w *walker) blocks(n *yaml.Node, into *[]model.Block) {
	before := len(w.out.findings)
	w.oneOrList(n, "a CIDR or a list of CIDRs", func(item *yaml.Node) {
		if b, ok := w.cidrNoName(item, "the rule of a firewall takes CIDRs; write out those of a prefix list"); ok {
			*into = append(*into, b)
		}
	})
	if len(*into) == 0 && len(w.out.findings) == before {
		w.report(w.at(n), idEmptyList, "the list of CIDRs is empty; leave the key out for every address")
	}
}

// statelessRules reads the rules by priority.
func (w *walker) statelessRules(n *yaml.Node, d *rawFirewall) {
	places := map[int]diag.Pos{}
	w.list(n, "a list of rules", func(item *yaml.Node) {
		rule := w.firewallRule(item, networkFirewallRule, statelessFields)
		if rule == nil {
			return
		}
		d.Stateless = append(d.Stateless, &rule.FirewallRule)
		if rule.Priority == 0 {
			return
		}
		if first, ok := places[rule.Priority]; ok {
			w.reportOf(rule.priorityAt, idDuplicateRule, first, "the first rule "+itoa(rule.Priority),
				"priority %d stands twice in the stateless rules of network firewall %q; the first is at %s", rule.Priority, d.Name, first)
			return
		}
		places[rule.Priority] = rule.priorityAt
	})
	slices.SortStableFunc(d.Stateless, func(a, b *model.FirewallRule) int { return cmp.Compare(a.Priority, b.Priority) })
}

const networkFirewallRule = "a rule of a network firewall"

func (w *walker) firewallRule(n *yaml.Node, what string, fields []field[rawFirewallRule]) *rawFirewallRule {
	d := &rawFirewallRule{FirewallRule: model.FirewallRule{At: w.at(n), Traffic: allTraffic()}}
	d.traffic.protocol, d.traffic.protocolOK = packet.ProtoRange{Lo: 0, Hi: 255}, true
	if !readMapping(w, n, d.At, subject{kind: what}, fields, d) {
		return nil
	}
	d.Action, d.BothWays = model.FirewallAction(d.action), d.direction == "any"
	switch said := d.reasonAt.IsValid(); {
	case d.Action == model.Undetermined && !said:
		w.report(d.At, idMissingKey, "a rule of action not_modelled lacks the key `reason`: what is not understood")
	case d.Action != "" && d.Action != model.Undetermined && said:
		w.report(d.reasonAt, idConflictingKeys, "`reason` goes with `action: not_modelled` only; this rule has action %s", d.Action)
	}
	p := d.traffic.protocol
	d.Traffic.Protocols = p
	if ported := p.Lo == p.Hi && (p.Lo == packet.TCP || p.Lo == packet.UDP); !ported && d.traffic.protocolOK {
		for _, at := range []diag.Pos{d.traffic.portsAt, d.sources.portsAt} {
			if at.IsValid() {
				w.report(at, idInvalidICMP, "ports go with protocol tcp or udp only; expected a rule for each of them, or no ports")
			}
		}
		return d
	}
	if d.traffic.portsOK {
		d.Traffic.Ports = d.traffic.ports
	}
	if d.sources.portsOK {
		d.SourcePorts = d.sources.ports
	}
	return d
}

// resolveFirewalls comes before the endpoints, which take the VPC of theirs.
func (r *resolver) resolveFirewalls() {
	for _, f := range r.d.firewalls {
		r.t.Firewalls = append(r.t.Firewalls, f.NetworkFirewall)
		f.VPC = r.vpc(f.vpc)
	}
}
