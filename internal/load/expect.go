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
	via, notVia     []ref
	deliveredTo     ref
	portAt, portsAt diag.Pos
}

var verdicts = []string{"reachable", "partial", "unreachable", "unknown"}

var expectFields = []field[rawExpect]{
	{"from", true, func(w *walker, n *yaml.Node, d *rawExpect) { w.ref(n, "an endpoint", &d.from) }},
	{"to", true, func(w *walker, n *yaml.Node, d *rawExpect) { w.ref(n, "an endpoint", &d.to) }},
	{"port", false, func(w *walker, n *yaml.Node, d *rawExpect) {
		d.portAt = w.at(n)
		w.portSpec(n, d)
	}},
	{"ports", false, func(w *walker, n *yaml.Node, d *rawExpect) {
		d.portsAt = w.at(n)
		before := len(w.out.findings)
		w.oneOrList(n, "a list of ports as tcp/443", func(item *yaml.Node) { w.portSpec(item, d) })
		if len(d.Ports) == 0 && len(w.out.findings) == before {
			w.report(d.portsAt, idEmptyList, "the list of ports is empty; expected at least one as tcp/443")
		}
	}},
	{"verdict", true, func(w *walker, n *yaml.Node, d *rawExpect) { w.word(n, verdicts, &d.Verdict) }},
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

func (w *walker) portSpec(n *yaml.Node, d *rawExpect) {
	text, ok := w.scalar(n, "a port as tcp/443")
	if !ok {
		return
	}
	p, err := model.ParsePorts(text)
	if err != nil {
		w.report(w.at(n), idInvalidPort, "%s", err)
		return
	}
	d.Ports = append(d.Ports, p)
}

func (w *walker) readExpect(n *yaml.Node) {
	source, _ := model.ParseSourcePorts("")
	d := &rawExpect{Expectation: &model.Expectation{At: w.at(n), SourcePorts: source}}
	if !readMapping(w, n, d.At, subject{kind: "an expectation"}, expectFields, d) {
		return
	}
	w.out.expects = append(w.out.expects, d)
	switch {
	case d.portAt.Line > 0 && d.portsAt.Line > 0:
		w.report(d.portsAt, idConflictingKeys, "an expectation has both `port` and `ports`; expected one of them")
	case d.portAt.Line == 0 && d.portsAt.Line == 0:
		w.report(d.At, idMissingKey, "an expectation lacks the key `port`, or `ports`; write `port: all` for every protocol")
	}
}

// componentKinds are what a packet may pass by name.
var componentKinds = []model.Kind{model.KindInstance, model.KindNetworkInterface, model.KindInternetGateway,
	model.KindEgressOnlyInternetGateway, model.KindNATGateway, model.KindVPNGateway, model.KindVPNConnection,
	model.KindPeeringConnection, model.KindTunnel, model.KindTransitGateway, model.KindTransitGatewayAttachment,
	model.KindDirectConnectGateway, model.KindVPCEndpoint, model.KindLoadBalancer}

var receiverKinds = []model.Kind{model.KindInstance, model.KindNetworkInterface, model.KindExternalNetwork, model.KindNATGateway,
	model.KindVPCEndpoint, model.KindLoadBalancer}

func (r *resolver) resolveExpectations() {
	for _, e := range r.d.expects {
		r.t.Expectations = append(r.t.Expectations, e.Expectation)
		e.From, e.To = r.endpoint(e.from), r.endpoint(e.to)
		e.Via, e.NotVia = r.components(e.via), r.components(e.notVia)
		if res, ok := r.find(e.deliveredTo, receiverKinds...); ok {
			e.DeliveredTo = res
		}
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
	if r.unsupported[name.text] {
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
