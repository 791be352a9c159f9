package load

import (
	"math"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// rawConnection is a VPN connection with its names not yet looked up.
type rawConnection struct {
	*model.VPNConnection
	gateway, customer  ref
	routing            string
	routingAt, bgpOnly diag.Pos
	typeAt             diag.Pos
	routes             []model.Block
}

// connectionTypes are the words for the types of VPN connections.
var connectionTypes = map[string]model.ConnectionType{
	"site_to_site": model.SiteToSiteVPN, "private_ip": model.PrivateIPVPN,
	"concentrator": model.ConcentratorVPN, "client_vpn": model.ClientVPN,
}

var connectionFields = []field[rawConnection]{
	{"gateway", true, func(w *walker, n *yaml.Node, d *rawConnection) {
		w.ref(n, "the name of a VPN gateway or transit gateway", &d.gateway)
	}},
	{"routing", false, func(w *walker, n *yaml.Node, d *rawConnection) {
		d.routingAt = w.at(n)
		w.word(n, []string{"static", "bgp"}, &d.routing)
	}},
	{"routes", false, func(w *walker, n *yaml.Node, d *rawConnection) { w.cidrs(n, anyFamily, &d.routes) }},
	{"type", false, func(w *walker, n *yaml.Node, d *rawConnection) {
		var typ string
		d.typeAt = w.at(n)
		w.word(n, []string{"site_to_site", "private_ip", "concentrator", "client_vpn"}, &typ)
		d.Type = connectionTypes[typ]
	}},
	{"customer_gateway", false, func(w *walker, n *yaml.Node, d *rawConnection) {
		w.ref(n, "the name of a customer gateway", &d.customer)
	}},
	{"as_path_length", false, func(w *walker, n *yaml.Node, d *rawConnection) {
		d.bgpOnly = w.at(n)
		w.asPathLength(n, d.VPNConnection)
	}},
	{"med", false, func(w *walker, n *yaml.Node, d *rawConnection) {
		d.bgpOnly = w.at(n)
		w.med(n, d.VPNConnection)
	}},
}

func (w *walker) asPathLength(n *yaml.Node, c *model.VPNConnection) {
	if v, ok := w.integer(n, "a number of autonomous systems", 1, 255); ok {
		c.ASPathLength = v
	}
}

func (w *walker) med(n *yaml.Node, c *model.VPNConnection) {
	if v, ok := w.integer(n, "a multi-exit discriminator", 0, math.MaxInt32); ok {
		c.MED = v
	}
}

func (w *walker) readConnection(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindVPNConnection
	d := &rawConnection{VPNConnection: &model.VPNConnection{Ident: id, ASPathLength: 1}}
	w.resource(d.VPNConnection)
	w.out.connections = append(w.out.connections, d)
	if !readMapping(w, n, id.At, subject{"VPN connection", id.Name}, connectionFields, d) {
		return
	}
	d.BGP = d.routing == "bgp"
	clients := d.Type == model.ClientVPN
	switch {
	case clients && d.routingAt.IsValid():
		w.report(d.routingAt, idConflictingKeys, "the site of VPN connection %q of type client_vpn is its clients, which have no routing; leave `routing` out", id.Name)
	case clients && d.customer.given():
		w.report(d.customer.at, idConflictingKeys, "VPN connection %q of type client_vpn has no customer gateway; leave `customer_gateway` out", id.Name)
	case !clients && !d.routingAt.IsValid():
		w.report(id.At, idMissingKey, "VPN connection %q lacks the key `routing`", id.Name)
	}
	if d.bgpOnly.IsValid() && !d.BGP && d.routing+d.gateway.text != "" {
		w.report(d.bgpOnly, idConflictingKeys, "`as_path_length` and `med` are of routes learned by BGP; VPN connection %q has none", id.Name)
	}
}

// rawCustomer is a customer gateway.
type rawCustomer struct{ *model.CustomerGateway }

var customerFields = []field[rawCustomer]{
	{"routes", false, func(w *walker, n *yaml.Node, d *rawCustomer) {
		d.Routes = []model.Block{} // an empty list is none, a missing one is all
		w.cidrs(n, anyFamily, &d.Routes)
	}},
}

func (w *walker) readCustomer(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindCustomerGateway
	d := &rawCustomer{&model.CustomerGateway{Ident: id}}
	w.resource(d.CustomerGateway)
	w.out.customers = append(w.out.customers, d)
	readMapping(w, n, id.At, subject{"customer gateway", id.Name}, customerFields, d)
}

// links returns everything that sites can be behind, as VPN connections.
func (r *resolver) links() []*rawConnection {
	out := slices.Clone(r.d.connections)
	for _, d := range r.d.dxs {
		out = append(out, &rawConnection{VPNConnection: d.VPNConnection, routes: d.routes})
	}
	for _, a := range r.d.attachments {
		if a.link != nil {
			out = append(out, &rawConnection{VPNConnection: a.link, routes: a.routes})
		}
	}
	return out
}

// resolveConnections joins gateways, connections and the networks behind
// them, and works out what each connection knows (VGW-4).
func (r *resolver) resolveConnections() {
	for _, c := range r.d.customers {
		r.t.CustomerGateways = append(r.t.CustomerGateways, c.CustomerGateway)
	}
	for _, c := range r.d.connections {
		r.t.VPNConnections = append(r.t.VPNConnections, c.VPNConnection)
		c.CustomerGateway, _ = lookup[*model.CustomerGateway](r, c.customer, model.KindCustomerGateway)
		res, ok := r.find(c.gateway, model.KindVPNGateway, model.KindTransitGateway)
		if g, isVGW := res.(*model.VPNGateway); ok && isVGW {
			c.Gateways = append(c.Gateways, g)
			g.Connections = append(g.Connections, c.VPNConnection)
			if c.Type != model.SiteToSiteVPN { // TGW-4
				r.faultOf(c.typeAt, idConflictingKeys, g.At, quote(g.Name)+" is declared here",
					"VPN connection %q ends at VPN gateway %q, which takes type site_to_site only; the other types end at a transit gateway", c.Name, g.Name)
			}
		}
	}
	r.resolveDX()
	for _, a := range r.d.attachments {
		if a.link != nil {
			r.t.VPNConnections = append(r.t.VPNConnections, a.link)
		}
	}
	r.resolveNetworks()
	for _, c := range r.links() {
		r.knows(c)
	}
}

// knows works out the prefixes that the AWS side of a connection knows.
func (r *resolver) knows(c *rawConnection) {
	v4only := len(c.Gateways) > 0 && c.Type != model.DirectConnect // VGW-5
	places := map[netip.Prefix]diag.Pos{}
	for _, b := range c.routes {
		if first, ok := places[b.Prefix]; ok {
			r.faultOf(b.At, idDuplicateEntry, first, "the first", "route %s of %s %q stands twice; the first is at %s", b.Prefix, c.Kind.Words(), c.Name, first)
			continue
		}
		places[b.Prefix] = b.At
		if b.Prefix.Addr().Is6() && v4only {
			r.fault(b.At, idInvalidCIDR, "route %s of VPN connection %q is IPv6; a VPN connection on a VPN gateway carries IPv4 only", b.Prefix, c.Name)
			continue
		}
		c.Routes = append(c.Routes, b)
	}
	if !c.BGP && c.Type != model.ClientVPN {
		return
	}
	for _, n := range c.Networks {
		for _, b := range n.CIDRs {
			if _, known := places[b.Prefix]; !known && (b.Prefix.Addr().Is4() || !v4only) {
				places[b.Prefix] = b.At
				c.Routes = append(c.Routes, b)
			}
		}
	}
}
