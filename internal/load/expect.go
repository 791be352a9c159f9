package load

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

type rawExpect struct {
	*model.Expectation
	from, to        ref
	except          []ref
	via, notVia     []ref
	deliveredTo     ref
	portAt, portsAt diag.Pos
	verdictAt       diag.Pos
	onlyAt          diag.Pos
}

var verdicts = []string{"reachable", "partial", "unreachable", "unknown"}

var expectFields = []field[rawExpect]{
	{"from", true, func(w *walker, n *yaml.Node, d *rawExpect) { w.ref(n, "an endpoint", &d.from) }},
	{"to", true, func(w *walker, n *yaml.Node, d *rawExpect) { w.ref(n, "an endpoint", &d.to) }},
	{"except", false, func(w *walker, n *yaml.Node, d *rawExpect) { w.names(n, &d.except) }},
	{"port", false, func(w *walker, n *yaml.Node, d *rawExpect) {
		d.portAt = w.at(n)
		w.portSpec(n, &d.Ports)
	}},
	{"ports", false, func(w *walker, n *yaml.Node, d *rawExpect) {
		d.portsAt = w.at(n)
		before := len(w.out.findings)
		w.oneOrList(n, "a list of ports as tcp/443", func(item *yaml.Node) { w.portSpec(item, &d.Ports) })
		if len(d.Ports) == 0 && len(w.out.findings) == before {
			w.report(d.portsAt, idEmptyList, "the list of ports is empty; expected at least one as tcp/443")
		}
	}},
	{"only", false, func(w *walker, n *yaml.Node, d *rawExpect) {
		d.onlyAt = w.at(n)
		before := len(w.out.findings)
		w.oneOrList(n, "a list of ports as tcp/443", func(item *yaml.Node) { w.portSpec(item, &d.Only) })
		if len(d.Only) == 0 && len(w.out.findings) == before {
			w.report(d.onlyAt, idEmptyList, "the list of the only ports is empty; where nothing is open, write `port: any, verdict: unreachable`")
		}
	}},
	{"verdict", false, func(w *walker, n *yaml.Node, d *rawExpect) {
		d.verdictAt = w.at(n)
		w.word(n, verdicts, &d.Verdict)
	}},
	{"name", false, func(w *walker, n *yaml.Node, d *rawExpect) { w.textValue(n, "a text", &d.Name) }},
	{"source_port", false, func(w *walker, n *yaml.Node, d *rawExpect) {
		text, ok := w.scalar(n, "a port, a range as 1024-65535, or one of the profiles linux, windows, nat")
		if !ok {
			return
		}
		s, err := model.ParseSourcePorts(text)
		if err != nil {
			w.report(w.at(n), idInvalidPort, "%s", err)
			return
		}
		d.SourcePorts = s
	}},
	{"because", false, func(w *walker, n *yaml.Node, d *rawExpect) {
		w.oneOrList(n, "a code or a list of codes", func(item *yaml.Node) {
			const want = "a code as ENI_SG_RULES_MISMATCH"
			code, ok := w.scalar(item, want)
			if !ok {
				return
			}
			if !isCode(code) {
				hint := ""
				if up := strings.ToUpper(strings.ReplaceAll(code, "-", "_")); isCode(up) {
					hint = "; did you mean " + quote(up) + "?"
				}
				w.report(w.at(item), idInvalidValue, "%s is no code; expected %s%s", quote(code), want, hint)
				return
			}
			d.Because = append(d.Because, code)
		})
	}},
	{"via", false, func(w *walker, n *yaml.Node, d *rawExpect) { w.names(n, &d.via) }},
	{"not_via", false, func(w *walker, n *yaml.Node, d *rawExpect) { w.names(n, &d.notVia) }},
	{"delivered_to", false, func(w *walker, n *yaml.Node, d *rawExpect) { w.ref(n, "the name of an instance", &d.deliveredTo) }},
	{"reply", false, func(w *walker, n *yaml.Node, d *rawExpect) { w.boolean(n, &d.Reply) }},
}

// names reads a name or a list of names.
func (w *walker) names(n *yaml.Node, into *[]ref) {
	w.oneOrList(n, "a name or a list of names", func(item *yaml.Node) {
		var r ref
		if w.ref(item, "the name of a component", &r); r.given() {
			*into = append(*into, r)
		}
	})
}

// isCode reports whether a word looks like a code: LETTERS_AND_9.
func isCode(s string) bool {
	for i, c := range s {
		if !(c >= 'A' && c <= 'Z' || i > 0 && (c >= '0' && c <= '9' || c == '_')) {
			return false
		}
	}
	return s != ""
}

func (w *walker) portSpec(n *yaml.Node, into *[]model.PortSpec) {
	text, ok := w.scalar(n, "a port as tcp/443")
	if !ok {
		return
	}
	p, err := model.ParsePorts(text)
	if err != nil {
		w.report(w.at(n), idInvalidPort, "%s", err)
		return
	}
	*into = append(*into, p)
}

func (w *walker) readExpect(n *yaml.Node) {
	source, _ := model.ParseSourcePorts("")
	d := &rawExpect{Expectation: &model.Expectation{At: w.at(n), SourcePorts: source}}
	if !readMapping(w, n, d.At, subject{kind: "an expectation"}, expectFields, d) {
		return
	}
	w.out.expects = append(w.out.expects, d)
	if d.onlyAt.Line > 0 {
		w.onlyPorts(d)
		return
	}
	if d.verdictAt.Line == 0 {
		w.report(d.At, idMissingKey, "an expectation lacks the key `verdict`, or `only`")
	}
	switch {
	case d.portAt.Line > 0 && d.portsAt.Line > 0:
		w.report(d.portsAt, idConflictingKeys, "an expectation has both `port` and `ports`; expected one of them")
	case d.portAt.Line == 0 && d.portsAt.Line == 0:
		w.report(d.At, idMissingKey, "an expectation lacks the key `port`, or `ports`; write `port: all` for every protocol")
	}
}

// onlyPorts checks an expectation with `only`, which says ports and verdict
// at once.
func (w *walker) onlyPorts(d *rawExpect) {
	for _, k := range []struct {
		name string
		at   diag.Pos
	}{{"port", d.portAt}, {"ports", d.portsAt}, {"verdict", d.verdictAt}} {
		if k.at.Line > 0 {
			w.report(k.at, idConflictingKeys, "an expectation has both `only` and `%s`; `only` says that these ports are reachable and nothing else is", k.name)
		}
	}
	if len(d.Because) > 0 {
		w.report(d.onlyAt, idConflictingKeys, "an expectation has both `only` and `because`; what is to be reachable has no blocker")
	}
	for _, p := range d.Only {
		if p.All {
			w.report(d.onlyAt, idInvalidPort, "`only: %s` leaves nothing out; expected ports as tcp/443, or write `port: all, verdict: reachable`", p.Text)
		}
	}
	d.Ports = d.Only
}

// componentKinds are what a packet may pass by name.
var componentKinds = []model.Kind{model.KindInstance, model.KindNetworkInterface, model.KindInternetGateway,
	model.KindEgressOnlyInternetGateway, model.KindNATGateway, model.KindVPNGateway, model.KindVPNConnection,
	model.KindPeeringConnection, model.KindTunnel, model.KindTransitGateway, model.KindTransitGatewayAttachment,
	model.KindDirectConnectGateway, model.KindVPCEndpoint, model.KindLoadBalancer, model.KindCarrierGateway, model.KindLocalGateway}

var receiverKinds = []model.Kind{model.KindInstance, model.KindNetworkInterface, model.KindExternalNetwork, model.KindNATGateway,
	model.KindVPCEndpoint, model.KindLoadBalancer}

func (r *resolver) resolveExpectations() {
	for _, e := range r.d.expects {
		r.t.Expectations = append(r.t.Expectations, e.Expectation)
		e.From, e.To = r.endpoint(e.from), r.endpoint(e.to)
		r.except(e)
		e.Via, e.NotVia = r.components(e.via), r.components(e.notVia)
		if res, ok := r.find(e.deliveredTo, receiverKinds...); ok {
			e.DeliveredTo = res
		}
	}
}

// except leaves out of the groups of an expectation what it says.
func (r *resolver) except(e *rawExpect) {
	if len(e.except) == 0 || e.From.Text == "" || e.To.Text == "" {
		return
	}
	out := map[model.Resource]bool{}
	for _, name := range e.except {
		if r.foreign[name.text] {
			r.holes = true
		} else if err := r.t.ParseExcept(name.text, out); err != nil {
			r.hole(name.at, idUnknownName, "`except`: %s", err)
		}
	}
	if !e.From.IsGroup() && !e.To.IsGroup() {
		r.fault(e.except[0].at, idConflictingKeys, "`except` leaves something out of a group, and neither %q nor %q is one; expected a subnet, security group, VPC or a name with *", e.from.text, e.to.text)
		return
	}
	for _, end := range []*model.Endpoint{&e.From, &e.To} {
		if !end.IsGroup() {
			continue
		}
		match := model.Match{Except: out}
		if end.Match != nil {
			match.Members = end.Match.Members
		}
		end.Match = &match
	}
}

func (r *resolver) components(names []ref) []model.Resource {
	var out []model.Resource
	for _, name := range names {
		if res, ok := r.find(name, componentKinds...); ok {
			out = append(out, res)
		}
	}
	return out
}

func (r *resolver) endpoint(name ref) model.Endpoint {
	if !name.given() {
		return model.Endpoint{}
	}
	if r.foreign[name.text] {
		r.holes = true
		return model.Endpoint{}
	}
	e, err := r.t.ParseEndpoint(name.text)
	if err != nil {
		id := idUnknownName
		if _, ok := r.t.Names[name.text]; ok {
			id = idWrongKind
		}
		r.hole(name.at, id, "%s", err)
	}
	return e
}
