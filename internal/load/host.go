package load

import (
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// rawInstance is an instance with the interface of its shorthand, if any.
type rawInstance struct {
	*model.Instance
	iface       *rawInterface // nil without any of the shorthand's keys
	ifaceName   string        // "" for eni-<name>
	ifaceNameAt diag.Pos
}

var instanceFields = makeInstanceFields()

func makeInstanceFields() []field[rawInstance] {
	var fields []field[rawInstance]
	for _, f := range addressFields {
		fields = append(fields, field[rawInstance]{f.name, false, func(w *walker, n *yaml.Node, d *rawInstance) {
			if d.iface == nil {
				d.iface = newInterface(d.Ident)
			}
			f.read(w, n, d.iface)
		}})
	}
	return append(fields,
		field[rawInstance]{"ip_forward", false, func(w *walker, n *yaml.Node, d *rawInstance) { w.readForward(n, d.Instance) }},
		field[rawInstance]{"outbound_only", false, func(w *walker, n *yaml.Node, d *rawInstance) { w.boolean(n, &d.OutboundOnly) }},
		field[rawInstance]{"interface", false, func(w *walker, n *yaml.Node, d *rawInstance) {
			if name, ok := w.name(n); ok {
				d.ifaceName, d.ifaceNameAt = name, w.at(n)
			}
		}},
		field[rawInstance]{"local_routes", false, func(w *walker, n *yaml.Node, d *rawInstance) { w.cidrs(n, anyFamily, &d.LocalRoutes) }},
		field[rawInstance]{"masquerade", false, func(w *walker, n *yaml.Node, d *rawInstance) {
			w.list(n, "a list of masquerade rules", func(item *yaml.Node) { w.readMasquerade(item, d.Instance) })
		}},
		field[rawInstance]{"forward_rules", false, func(w *walker, n *yaml.Node, d *rawInstance) {
			w.list(n, "a list of rules", func(item *yaml.Node) {
				if rule := w.firewallRule(item, "a forward rule", forwardFields); rule != nil {
					d.ForwardRules = append(d.ForwardRules, &rule.FirewallRule)
				}
			})
		}},
		field[rawInstance]{"port_forwards", false, func(w *walker, n *yaml.Node, d *rawInstance) {
			w.list(n, "a list of port forwards", func(item *yaml.Node) { w.readPortForward(item, d.Instance) })
		}},
	)
}

func (w *walker) readInstance(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindInstance
	d := &rawInstance{Instance: &model.Instance{Ident: id}}
	w.resource(d.Instance)
	w.out.instances = append(w.out.instances, d)
	what := subject{"instance", id.Name}
	if readMapping(w, n, id.At, what, instanceFields, d) && d.iface != nil && !d.iface.has.subnet {
		w.report(id.At, idMissingKey, "%s says something of its network interface and lacks the key `subnet`", what)
	} else if d.iface == nil && d.ifaceName != "" {
		w.report(d.ifaceNameAt, idConflictingKeys, "`interface` names the interface that an instance has by its shorthand; %s has none: write %s under `network_interfaces`", what, quote(d.ifaceName))
	}
}
