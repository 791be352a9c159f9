package load

import (
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

type rawIGW struct {
	*model.InternetGateway
	vpc ref
}

type rawEIGW struct {
	*model.EgressOnlyInternetGateway
	vpc ref
}

type rawVGW struct {
	*model.VPNGateway
	vpc ref
}

// gatewayFields are those of other gateways that are attached to a VPC as a
// whole, or to none.
var gatewayFields = []field[ref]{
	{"vpc", false, func(w *walker, n *yaml.Node, d *ref) { w.ref(n, "the name of a VPC", d) }},
}

var igwFields = []field[rawIGW]{
	{"vpc", false, func(w *walker, n *yaml.Node, d *rawIGW) { w.ref(n, "the name of a VPC", &d.vpc) }},
	{"not_modelled", false, func(w *walker, n *yaml.Node, d *rawIGW) { w.textValue(n, "a text", &d.NotModelled) }},
}

func (w *walker) readIGW(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindInternetGateway
	d := &rawIGW{InternetGateway: &model.InternetGateway{Ident: id}}
	w.resource(d.InternetGateway)
	w.out.igws = append(w.out.igws, d)
	readMapping(w, n, id.At, subject{"internet gateway", id.Name}, igwFields, d)
}

func (w *walker) readEIGW(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindEgressOnlyInternetGateway
	d := &rawEIGW{EgressOnlyInternetGateway: &model.EgressOnlyInternetGateway{Ident: id}}
	w.resource(d.EgressOnlyInternetGateway)
	w.out.eigws = append(w.out.eigws, d)
	readMapping(w, n, id.At, subject{"egress-only internet gateway", id.Name}, gatewayFields, &d.vpc)
}

func (w *walker) readVGW(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindVPNGateway
	d := &rawVGW{VPNGateway: &model.VPNGateway{Ident: id}}
	w.resource(d.VPNGateway)
	w.out.vgws = append(w.out.vgws, d)
	readMapping(w, n, id.At, subject{"VPN gateway", id.Name}, gatewayFields, &d.vpc)
}

func (r *resolver) resolveGateways() {
	for _, g := range r.d.igws {
		r.t.InternetGateways = append(r.t.InternetGateways, g.InternetGateway)
		if g.VPC = r.vpc(g.vpc); g.VPC != nil {
			attachOnly(r, g.vpc, g.VPC, &g.VPC.InternetGateway, g.InternetGateway) // IGW-1, LINT-13
		}
	}
	for _, g := range r.d.eigws {
		r.t.EgressOnlyGateways = append(r.t.EgressOnlyGateways, g.EgressOnlyInternetGateway)
		g.VPC = r.vpc(g.vpc)
	}
	for _, g := range r.d.vgws {
		r.t.VPNGateways = append(r.t.VPNGateways, g.VPNGateway)
		if g.VPC = r.vpc(g.vpc); g.VPC != nil {
			attachOnly(r, g.vpc, g.VPC, &g.VPC.VPNGateway, g.VPNGateway)
		}
	}
}

// attachOnly attaches a gateway to a VPC, which has at most one of its kind. It
// reports whether it is attached now.
func attachOnly[T any, G interface {
	*T
	model.Resource
}](r *resolver, at ref, v *model.VPC, slot *G, g G) bool {
	if *slot != nil {
		first := (*slot).ID()
		r.faultOf(at.at, idSecondGateway, first.At, quote(first.Name)+" is declared here",
			"VPC %q has %s %q already, at %s; a VPC has at most one", v.Name, first.Kind.Words(), first.Name, first.At)
		return false
	}
	*slot = g
	return true
}
