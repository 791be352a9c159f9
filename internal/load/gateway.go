package load

import (
	"net/netip"

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
		if a, ok := w.address(n, onlyV4); ok {
			d.iface.primary = a
		}
	}},
	{"public_ip", false, func(w *walker, n *yaml.Node, d *rawNAT) {
		d.publicGiven = w.at(n)
		if a, ok := w.address(n, onlyV4); ok {
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

// rawConnection is a VPN connection with its names not yet looked up.
type rawConnection struct {
	*model.VPNConnection
	gateway ref
	routing string
	routes  []model.Block
}

var connectionFields = []field[rawConnection]{
	{"gateway", true, func(w *walker, n *yaml.Node, d *rawConnection) {
		w.ref(n, "the name of a VPN gateway or transit gateway", &d.gateway)
	}},
	{"routing", true, func(w *walker, n *yaml.Node, d *rawConnection) { w.word(n, []string{"static", "bgp"}, &d.routing) }},
	{"routes", false, func(w *walker, n *yaml.Node, d *rawConnection) { w.cidrs(n, anyFamily, &d.routes) }},
}

func (w *walker) readConnection(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindVPNConnection
	d := &rawConnection{VPNConnection: &model.VPNConnection{Ident: id}}
	w.resource(d.VPNConnection)
	w.out.connections = append(w.out.connections, d)
	readMapping(w, n, id.At, subject{"VPN connection", id.Name}, connectionFields, d)
	d.BGP = d.routing == "bgp"
}

// rawNetwork is a site outside AWS.
type rawNetwork struct {
	*model.ExternalNetwork
	behind ref
}

var networkFields = []field[rawNetwork]{
	{"cidrs", true, func(w *walker, n *yaml.Node, d *rawNetwork) {
		before := len(w.out.findings)
		w.cidrs(n, anyFamily, &d.CIDRs)
		if len(d.CIDRs) == 0 && len(w.out.findings) == before {
			w.report(w.at(n), idEmptyList, "an external network has at least one CIDR")
		}
	}},
	{"behind", false, func(w *walker, n *yaml.Node, d *rawNetwork) {
		w.ref(n, "the name of a VPN connection or Direct Connect gateway", &d.behind)
	}},
}

func (w *walker) readNetwork(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindExternalNetwork
	d := &rawNetwork{ExternalNetwork: &model.ExternalNetwork{Ident: id}}
	w.resource(d.ExternalNetwork)
	w.out.networks = append(w.out.networks, d)
	readMapping(w, n, id.At, subject{"external network", id.Name}, networkFields, d)
}

// resolveConnections joins gateways, connections and the networks behind
// them, and works out what each connection knows (VGW-4).
func (r *resolver) resolveConnections() {
	for _, c := range r.d.connections {
		r.t.VPNConnections = append(r.t.VPNConnections, c.VPNConnection)
		if res, ok := r.find(c.gateway, model.KindVPNGateway, model.KindTransitGateway); ok {
			if g, isVGW := res.(*model.VPNGateway); isVGW {
				c.Gateways = append(c.Gateways, g)
				g.Connections = append(g.Connections, c.VPNConnection)
			}
		}
	}
	r.resolveDX()
	for _, n := range r.d.networks {
		r.t.ExternalNetworks = append(r.t.ExternalNetworks, n.ExternalNetwork)
		if c, ok := lookup[*model.VPNConnection](r, n.behind, model.KindVPNConnection, model.KindDirectConnectGateway); ok {
			n.Links = append(n.Links, c)
			c.Networks = append(c.Networks, n.ExternalNetwork)
		}
	}
	for _, c := range r.links() {
		places := map[netip.Prefix]diag.Pos{}
		for _, b := range c.routes {
			if first, ok := places[b.Prefix]; ok {
				r.faultOf(b.At, idDuplicateEntry, first, "the first", "route %s of VPN connection %q stands twice; the first is at %s", b.Prefix, c.Name, first)
				continue
			}
			places[b.Prefix] = b.At
			if b.Prefix.Addr().Is6() && len(c.Gateways) > 0 && !c.DirectConnect { // VGW-5
				r.fault(b.At, idInvalidCIDR, "route %s of VPN connection %q is IPv6; a VPN connection on a VPN gateway carries IPv4 only", b.Prefix, c.Name)
				continue
			}
			c.Routes = append(c.Routes, b)
		}
		if !c.BGP {
			continue
		}
		for _, n := range c.Networks {
			for _, b := range n.CIDRs {
				if _, known := places[b.Prefix]; !known && (b.Prefix.Addr().Is4() || len(c.Gateways) == 0 || c.DirectConnect) { // VGW-5
					places[b.Prefix] = b.At
					c.Routes = append(c.Routes, b)
				}
			}
		}
	}
}
