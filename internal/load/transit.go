package load

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

type rawTransit struct {
	*model.TransitGateway
}

var transitFields = []field[rawTransit]{
	{"security_group_referencing", false, func(w *walker, n *yaml.Node, d *rawTransit) { w.boolean(n, &d.SGReferencing) }},
	{"vpn_ecmp_support", false, func(w *walker, n *yaml.Node, d *rawTransit) {
		ecmp := true
		w.boolean(n, &ecmp)
		d.NoECMP = !ecmp
	}},
}

func (w *walker) readTransit(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindTransitGateway
	d := &rawTransit{&model.TransitGateway{Ident: id}}
	w.resource(d.TransitGateway)
	w.out.transits = append(w.out.transits, d)
	readMapping(w, n, id.At, subject{"transit gateway", id.Name}, transitFields, d)
}

var transitTableFields = []field[rawTable]{
	{"transit_gateway", true, func(w *walker, n *yaml.Node, d *rawTable) { w.ref(n, "the name of a transit gateway", &d.transit) }},
	{"routes", false, func(w *walker, n *yaml.Node, d *rawTable) {
		w.list(n, "a list of routes", func(item *yaml.Node) { w.readRoute(item, d) })
	}},
}

func (w *walker) readTransitTable(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindTransitGatewayRouteTable
	d := &rawTable{RouteTable: &model.RouteTable{Ident: id}}
	w.resource(d.RouteTable)
	w.out.tables = append(w.out.tables, d)
	readMapping(w, n, id.At, subject{"transit gateway route table", id.Name}, transitTableFields, d)
}

// rawAttachment is an attachment with its names not yet looked up.
type rawAttachment struct {
	*model.TransitGatewayAttachment
	transit, vpc, connection, dx, connect, peer, table ref
	subnets, propagates                                []ref
	link                                               *model.VPNConnection // what is behind a Connect attachment
	routes                                             []model.Block
	kinds                                              int // how many things it is to; one is right
	connectOnly                                        ref // a key that goes with connect alone
}

var attachmentFields = []field[rawAttachment]{
	{"transit_gateway", true, func(w *walker, n *yaml.Node, d *rawAttachment) {
		w.ref(n, "the name of a transit gateway", &d.transit)
	}},
	{"vpc", false, func(w *walker, n *yaml.Node, d *rawAttachment) { w.ref(n, "the name of a VPC", &d.vpc) }},
	{"subnets", false, func(w *walker, n *yaml.Node, d *rawAttachment) { w.refs(n, "the name of a subnet", &d.subnets) }},
	{"vpn_connection", false, func(w *walker, n *yaml.Node, d *rawAttachment) {
		w.ref(n, "the name of a VPN connection", &d.connection)
	}},
	{"direct_connect_gateway", false, func(w *walker, n *yaml.Node, d *rawAttachment) {
		w.ref(n, "the name of a Direct Connect gateway", &d.dx)
	}},
	{"connect", false, func(w *walker, n *yaml.Node, d *rawAttachment) {
		w.ref(n, "the name of the transit gateway attachment that carries it", &d.connect)
	}},
	{"routes", false, func(w *walker, n *yaml.Node, d *rawAttachment) {
		d.connectOnly = ref{"routes", w.at(n)}
		w.cidrs(n, anyFamily, &d.routes)
	}},
	{"as_path_length", false, func(w *walker, n *yaml.Node, d *rawAttachment) {
		d.connectOnly = ref{"as_path_length", w.at(n)}
		w.asPathLength(n, d.link)
	}},
	{"med", false, func(w *walker, n *yaml.Node, d *rawAttachment) {
		d.connectOnly = ref{"med", w.at(n)}
		w.med(n, d.link)
	}},
	{"peer", false, func(w *walker, n *yaml.Node, d *rawAttachment) { w.ref(n, "the name of a transit gateway", &d.peer) }},
	{"route_table", false, func(w *walker, n *yaml.Node, d *rawAttachment) {
		w.ref(n, "the name of a transit gateway route table", &d.table)
	}},
	{"propagates_to", false, func(w *walker, n *yaml.Node, d *rawAttachment) {
		w.refs(n, "the name of a transit gateway route table", &d.propagates)
	}},
	{"appliance_mode", false, func(w *walker, n *yaml.Node, d *rawAttachment) { w.boolean(n, &d.ApplianceMode) }},
	{"security_group_referencing", false, func(w *walker, n *yaml.Node, d *rawAttachment) { w.boolean(n, &d.SGReferencing) }},
}

func (w *walker) readAttachment(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindTransitGatewayAttachment
	d := &rawAttachment{TransitGatewayAttachment: &model.TransitGatewayAttachment{Ident: id}}
	d.link = &model.VPNConnection{Ident: id, Type: model.ConnectAttachment, BGP: true, ASPathLength: 1,
		Attachments: []*model.TransitGatewayAttachment{d.TransitGatewayAttachment}}
	w.resource(d.TransitGatewayAttachment)
	w.out.attachments = append(w.out.attachments, d)
	ok := readMapping(w, n, id.At, subject{"transit gateway attachment", id.Name}, attachmentFields, d)
	if d.Connection = d.link; !d.connect.given() {
		d.Connection, d.link = nil, nil
	}
	if !ok {
		return
	}
	for _, name := range []ref{d.vpc, d.connection, d.dx, d.connect, d.peer} {
		if name.given() {
			d.kinds++
		}
	}
	switch {
	case d.kinds != 1: // TGW-1
		w.report(id.At, idAttachmentKind, "transit gateway attachment %q needs exactly one of `vpc`, `vpn_connection`, `direct_connect_gateway`, `connect` and `peer`; found %d of them", id.Name, d.kinds)
	case !d.vpc.given() && len(d.subnets) > 0:
		w.report(d.subnets[0].at, idConflictingKeys, "`subnets` goes with `vpc` only")
	case d.link == nil && d.connectOnly.given():
		w.report(d.connectOnly.at, idConflictingKeys, "`%s` goes with `connect` only; what a VPN connection or Direct Connect gateway knows is said there", d.connectOnly.text)
	}
}

// resolveTransits enters the gateways.
func (r *resolver) resolveTransits() {
	for _, g := range r.d.transits {
		r.t.TransitGateways = append(r.t.TransitGateways, g.TransitGateway)
	}
	for _, t := range r.d.tables {
		if g, ok := lookup[*model.TransitGateway](r, t.transit, model.KindTransitGateway); ok {
			t.TransitGateway = g
			g.Tables = append(g.Tables, t.RouteTable)
		}
	}
}

// resolveAttachments joins the gateways to what they are attached to.
func (r *resolver) resolveAttachments() {
	for _, a := range r.d.attachments {
		r.t.TransitAttachments = append(r.t.TransitAttachments, a.TransitGatewayAttachment)
		g, ok := lookup[*model.TransitGateway](r, a.transit, model.KindTransitGateway)
		if !ok {
			continue
		}
		a.TransitGateway = g
		if u := r.unmodelled(a.table); u != nil {
			a.RouteTable = &model.RouteTable{Ident: model.Ident{Name: u.Name, Kind: model.KindTransitGatewayRouteTable, At: u.At}, TransitGateway: g, Unmodelled: u}
		} else {
			a.RouteTable = r.transitTable(a, a.table)
		}
		for i, name := range a.propagates {
			if first, twice := twiceIn(a.propagates, i); twice {
				r.faultOf(name.at, idDuplicateEntry, first, "the first", "%q stands twice in `propagates_to`; the first is at %s", name.text, first)
			} else if t := r.transitTable(a, name); t != nil {
				a.PropagatesTo = append(a.PropagatesTo, t)
			}
		}
		r.attach(a)
		g.Attachments = append(g.Attachments, a.TransitGatewayAttachment)
	}
	for _, a := range r.d.attachments { // TGW-15
		for _, o := range r.d.attachments {
			if a.PeerGateway != nil && o.TransitGateway == a.PeerGateway && o.PeerGateway == a.TransitGateway && a.Peer == nil {
				a.Peer = o.TransitGatewayAttachment
			}
		}
	}
}

// transitTable looks up a table of the attachment's own gateway (TGW-2).
func (r *resolver) transitTable(a *rawAttachment, name ref) *model.RouteTable {
	t, ok := lookup[*model.RouteTable](r, name, model.KindTransitGatewayRouteTable)
	if !ok {
		return nil
	}
	if t.TransitGateway != nil && t.TransitGateway != a.TransitGateway {
		r.faultOf(name.at, idOtherTransit, t.At, quote(t.Name)+" is declared here",
			"route table %q is of transit gateway %q; attachment %q is of %q", t.Name, t.TransitGateway.Name, a.Name, a.TransitGateway.Name)
		return nil
	}
	return t
}

// attach resolves what is behind an attachment.
func (r *resolver) attach(a *rawAttachment) {
	if c, ok := lookup[*model.VPNConnection](r, a.connection, model.KindVPNConnection); ok {
		r.secondAttachment(a, c, a.connection)
		a.Connection = c
		c.Attachments = append(c.Attachments, a.TransitGatewayAttachment)
		for _, raw := range r.d.connections {
			if raw.VPNConnection == c && r.t.Names[raw.gateway.text] != model.Resource(a.TransitGateway) {
				r.faultOf(a.connection.at, idOtherTransit, c.At, quote(c.Name)+" is declared here",
					"VPN connection %q ends at %q, not at transit gateway %q", c.Name, raw.gateway.text, a.TransitGateway.Name)
			}
		}
	}
	if c, ok := lookup[*model.VPNConnection](r, a.dx, model.KindDirectConnectGateway); ok {
		r.secondAttachment(a, c, a.dx)
		a.Connection = c
		c.Attachments = append(c.Attachments, a.TransitGatewayAttachment)
	}
	r.connectTransport(a)
	if g, ok := lookup[*model.TransitGateway](r, a.peer, model.KindTransitGateway); ok {
		if a.PeerGateway = g; g == a.TransitGateway {
			r.fault(a.peer.at, idSelfPeering, "attachment %q joins transit gateway %q with itself; expected another one", a.Name, g.Name)
		}
		if len(a.PropagatesTo) > 0 { // TGW-3
			r.fault(a.propagates[0].at, idConflictingKeys, "nothing propagates over the peering of transit gateways; expected static routes to %q", a.Name)
		}
	}
	if a.VPC = r.vpc(a.vpc); a.VPC == nil {
		return
	}
	if len(a.subnets) == 0 && a.kinds == 1 { // TGW-1
		r.faultOf(a.At, idAttachmentKind, a.VPC.At, quote(a.VPC.Name)+" is declared here",
			"attachment %q to VPC %q has no subnets; expected `subnets:` with one subnet of each Availability Zone to serve", a.Name, a.VPC.Name)
	}
	if o := a.TransitGateway.AttachmentOf(a.VPC); o != nil {
		r.faultOf(a.vpc.at, idDuplicateEntry, o.At, quote(o.Name)+" is declared here",
			"VPC %q has attachment %q to transit gateway %q already, at %s", a.VPC.Name, o.Name, a.TransitGateway.Name, o.At)
	}
	zones := map[string]ref{}
	for _, name := range a.subnets {
		s, ok := lookup[*model.Subnet](r, name, model.KindSubnet)
		if !ok {
			continue
		}
		if s.VPC != nil && s.VPC != a.VPC {
			r.faultOf(name.at, idOtherVPC, s.At, quote(s.Name)+" is declared here", "subnet %q is of VPC %q; attachment %q is of VPC %q", s.Name, s.VPC.Name, a.Name, a.VPC.Name)
			continue
		}
		if first, twice := zones[s.AZ]; twice && s.AZ != "" { // TGW-1
			r.faultOf(name.at, idDuplicateEntry, first.at, "the first", "subnets %q and %q of attachment %q are both in %s; expected one subnet a zone", first.text, s.Name, a.Name, s.AZ)
			continue
		}
		if !s.CIDR.IsValid() { // TGW-16
			r.fault(name.at, idWrongKind, "subnet %q is IPv6-only; a transit gateway attachment needs IPv4", s.Name)
			continue
		}
		zones[s.AZ] = name
		a.Interfaces = append(a.Interfaces, &model.Interface{
			Ident:  model.Ident{Name: a.Name + "." + s.Name, Kind: model.KindNetworkInterface, At: name.at},
			Index:  -1, // of no instance, and without an address of its own to be found by
			Subnet: s, Owner: a.TransitGatewayAttachment, Implicit: true,
		})
	}
}

// secondAttachment refuses a connection that the gateway has already (TGW-1).
func (r *resolver) secondAttachment(a *rawAttachment, c *model.VPNConnection, name ref) {
	for _, o := range c.Attachments {
		if o.TransitGateway == a.TransitGateway {
			r.faultOf(name.at, idDuplicateEntry, o.At, quote(o.Name)+" is declared here",
				"%s %q has attachment %q to transit gateway %q already, at %s", c.Kind.Words(), c.Name, o.Name, a.TransitGateway.Name, o.At)
		}
	}
}

// connectTransport resolves what carries a Connect attachment: a VPC or Direct
// Connect attachment of the same transit gateway (TGW-1).
func (r *resolver) connectTransport(a *rawAttachment) {
	t, ok := lookup[*model.TransitGatewayAttachment](r, a.connect, model.KindTransitGatewayAttachment)
	if !ok {
		return
	}
	for _, o := range r.d.attachments {
		if o.TransitGatewayAttachment != t {
			continue
		}
		switch {
		case r.t.Names[o.transit.text] != model.Resource(a.TransitGateway):
			r.faultOf(a.connect.at, idOtherTransit, t.At, quote(t.Name)+" is declared here",
				"attachment %q is of transit gateway %q; Connect attachment %q is of %q", t.Name, o.transit.text, a.Name, a.transit.text)
		case !o.vpc.given() && !o.dx.given():
			r.faultOf(a.connect.at, idAttachmentKind, t.At, quote(t.Name)+" is declared here",
				"attachment %q is neither to a VPC nor to a Direct Connect gateway, so it carries no Connect attachment", t.Name)
		default:
			a.Transport = t
		}
	}
}

// propagateTransits adds what attachments tell the tables (TGW-3).
func (r *resolver) propagateTransits() {
	vpcs := map[*model.RouteTable][]*model.VPC{}
	for _, a := range r.d.attachments {
		for _, t := range a.PropagatesTo {
			add := func(b model.Block, origin model.Origin) {
				t.Routes = append(t.Routes, &model.Route{At: b.At, Destination: b.Prefix, Target: a.TransitGatewayAttachment, Origin: origin, From: a.Connection})
			}
			if a.VPC != nil {
				for _, b := range a.VPC.Blocks() {
					if first := taken(vpcs[t], b); first != nil { // TGW-11
						r.findings = append(r.findings, diag.Finding{Pos: a.At, Severity: diag.Warning, ID: string(idPropagationOverlap),
							Message: fmt.Sprintf("block %s of VPC %q does not propagate to %q: it overlaps VPC %q, which was attached before", b.Prefix, a.VPC.Name, t.Name, first.Name),
							Related: []diag.Related{{Pos: first.At, Message: quote(first.Name) + " is declared here"}}})
						continue
					}
					add(b, model.OriginPropagatedVPC)
				}
				vpcs[t] = append(vpcs[t], a.VPC)
			}
			if a.Connection != nil {
				for _, b := range a.Connection.Routes {
					add(b, a.Connection.Origin())
				}
			}
		}
	}
}

// taken returns the first of some VPCs that a block overlaps.
func taken(vpcs []*model.VPC, b model.Block) *model.VPC {
	for _, v := range vpcs {
		for _, o := range v.Blocks() {
			if o.Prefix.Overlaps(b.Prefix) {
				return v
			}
		}
	}
	return nil
}
