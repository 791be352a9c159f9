package load

import (
	"github.com/vpcpath/vpcpath/internal/diag"
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

// gatewayFields are those of the three gateways that are attached to a VPC
// as a whole, or to none.
var gatewayFields = []field[ref]{
	{"vpc", false, func(w *walker, n *yaml.Node, d *ref) { w.ref(n, "the name of a VPC", d) }},
}

func (w *walker) readIGW(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindInternetGateway
	d := &rawIGW{InternetGateway: &model.InternetGateway{Ident: id}}
	w.resource(d.InternetGateway)
	w.out.igws = append(w.out.igws, d)
	readMapping(w, n, id.At, subject{"internet gateway", id.Name}, gatewayFields, &d.vpc)
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
		if g.VPC = r.vpc(g.vpc); g.VPC == nil {
			continue
		}
		if first := g.VPC.InternetGateway; first != nil { // IGW-1, LINT-13
			r.faultOf(g.vpc.at, idSecondGateway, first.At, quote(first.Name)+" is declared here",
				"VPC %q has internet gateway %q already, at %s; a VPC has at most one", g.VPC.Name, first.Name, first.At)
			continue
		}
		g.VPC.InternetGateway = g.InternetGateway
	}
	for _, g := range r.d.eigws {
		r.t.EgressOnlyGateways = append(r.t.EgressOnlyGateways, g.EgressOnlyInternetGateway)
		g.VPC = r.vpc(g.vpc)
	}
	for _, g := range r.d.vgws {
		r.t.VPNGateways = append(r.t.VPNGateways, g.VPNGateway)
		if g.VPC = r.vpc(g.vpc); g.VPC == nil {
			continue
		}
		if first := g.VPC.VPNGateway; first != nil {
			r.faultOf(g.vpc.at, idSecondGateway, first.At, quote(first.Name)+" is declared here",
				"VPC %q has VPN gateway %q already, at %s; a VPC has at most one", g.VPC.Name, first.Name, first.At)
			continue
		}
		g.VPC.VPNGateway = g.VPNGateway
	}
}

// rawNAT is a NAT gateway with the interface that it makes.
type rawNAT struct {
	*model.NATGateway
	iface        *rawInterface
	connectivity string
	publicGiven  diag.Pos
}

var natFields = []field[rawNAT]{
	{"subnet", true, func(w *walker, n *yaml.Node, d *rawNAT) { w.ref(n, "the name of a subnet", &d.iface.subnet) }},
	{"private_ip", true, func(w *walker, n *yaml.Node, d *rawNAT) {
		d.iface.checkedAt = w.at(n)
		if a, ok := w.ownAddress(n, onlyV4); ok {
			d.iface.primary = a
		}
	}},
	{"public_ip", false, func(w *walker, n *yaml.Node, d *rawNAT) {
		d.publicGiven = w.at(n)
		if a, ok := w.ownAddress(n, onlyV4); ok {
			d.iface.public = a
		}
	}},
	{"connectivity", false, func(w *walker, n *yaml.Node, d *rawNAT) {
		w.word(n, []string{"public", "private"}, &d.connectivity)
	}},
}

func (w *walker) readNAT(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindNATGateway
	d := &rawNAT{NATGateway: &model.NATGateway{Ident: id}, iface: newInterface(id), connectivity: "public"}
	d.iface.SourceDestCheck = false
	w.resource(d.NATGateway)
	w.out.nats = append(w.out.nats, d)
	if !readMapping(w, n, id.At, subject{"NAT gateway", id.Name}, natFields, d) {
		return
	}
	d.Private = d.connectivity == "private"
	switch { // NGW-1
	case d.Private && d.publicGiven.Line > 0:
		w.report(d.publicGiven, idConflictingKeys, "NAT gateway %q is private and has a public address; expected one or the other", id.Name)
	case !d.Private && d.publicGiven.Line == 0:
		w.report(id.At, idMissingKey, "NAT gateway %q lacks the key `public_ip`, or `connectivity: private`", id.Name)
	}
}

func (r *resolver) resolveNATs() {
	for _, n := range r.d.nats {
		r.t.NATGateways = append(r.t.NATGateways, n.NATGateway)
		n.Subnet = n.iface.Subnet
	}
}
