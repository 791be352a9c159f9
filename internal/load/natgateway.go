package load

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// rawNAT is a NAT gateway with the interfaces that it makes, one for each of
// its addresses.
type rawNAT struct {
	*model.NATGateway
	iface        *rawInterface // of a zonal gateway's primary address
	further      []address     // private addresses of a zonal one beside it
	publics      []natPublic
	zones        []zoneAddress
	vpc, table   ref
	connectivity string
	mode         string
	given        map[string]diag.Pos // the keys that are there
	ifaces       []*rawInterface
}

// natPublic is an entry of `public_ips`: what it belongs to, which is a zone or
// a private address, and an address.
type natPublic struct {
	key *yaml.Node
	address
}

// zoneAddress is a public address of a regional NAT gateway in a zone.
type zoneAddress struct {
	zone string
	address
}

// natField notes that the key is there, so that the two kinds of gateways can
// tell which keys are not for them.
func natField(name string, read func(w *walker, n *yaml.Node, d *rawNAT)) field[rawNAT] {
	return field[rawNAT]{name, false, func(w *walker, n *yaml.Node, d *rawNAT) {
		d.given[name] = w.at(n)
		read(w, n, d)
	}}
}

var natFields = []field[rawNAT]{
	natField("subnet", func(w *walker, n *yaml.Node, d *rawNAT) { w.ref(n, "the name of a subnet", &d.iface.subnet) }),
	natField("private_ip", func(w *walker, n *yaml.Node, d *rawNAT) {
		d.iface.has.private = true
		if a, ok := w.ownAddress(n, onlyV4); ok {
			d.iface.primary = a
		}
	}),
	natField("public_ip", func(w *walker, n *yaml.Node, d *rawNAT) {
		if a, ok := w.ownAddress(n, onlyV4); ok {
			d.iface.mapPrimary(a, model.KindInternetGateway)
		}
	}),
	natField("connectivity", func(w *walker, n *yaml.Node, d *rawNAT) {
		w.word(n, []string{"public", "private"}, &d.connectivity)
	}),
	natField("availability_mode", func(w *walker, n *yaml.Node, d *rawNAT) {
		w.word(n, []string{"zonal", "regional"}, &d.mode)
	}),
	natField("vpc", func(w *walker, n *yaml.Node, d *rawNAT) { w.ref(n, "the name of a VPC", &d.vpc) }),
	natField("public_ips", func(w *walker, n *yaml.Node, d *rawNAT) {
		w.entries(n, "`public_ips`", func(key, value *yaml.Node) {
			w.oneOrList(value, "an IPv4 address or a list of them", func(item *yaml.Node) {
				if a, ok := w.address(item, onlyV4); ok {
					d.publics = append(d.publics, natPublic{key, a})
				}
			})
		})
	}),
	natField("private_ips", func(w *walker, n *yaml.Node, d *rawNAT) {
		w.list(n, "a list of IPv4 addresses", func(item *yaml.Node) {
			if a, ok := w.address(item, onlyV4); ok {
				d.further = append(d.further, a)
			}
		})
	}),
	natField("route_table", func(w *walker, n *yaml.Node, d *rawNAT) { w.ref(n, "the name of a route table", &d.table) }),
}

func (w *walker) readNAT(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindNATGateway
	d := &rawNAT{NATGateway: &model.NATGateway{Ident: id}, iface: newInterface(id), connectivity: "public", mode: "zonal", given: map[string]diag.Pos{}}
	d.iface.SourceDestCheck = false
	w.resource(d.NATGateway)
	w.out.nats = append(w.out.nats, d)
	what := subject{"NAT gateway", id.Name}
	if !readMapping(w, n, id.At, what, natFields, d) {
		return
	}
	d.Private, d.Regional = d.connectivity == "private", d.mode == "regional"
	need, foreign, kind := []string{"subnet", "private_ip"}, []string{"vpc", "route_table"}, "zonal"
	if d.Regional { // NGW-19
		need, foreign, kind = []string{"vpc", "public_ips"}, []string{"subnet", "private_ip", "private_ips", "public_ip"}, "regional"
	}
	for _, key := range need {
		if d.given[key].Line == 0 {
			w.report(id.At, idMissingKey, "%s lacks the key `%s`, which a %s one needs", what, key, kind)
		}
	}
	for _, key := range foreign {
		if at := d.given[key]; at.Line > 0 {
			w.report(at, idConflictingKeys, "`%s` is no key of a %s NAT gateway, as %q is; expected %s", key, kind, id.Name, oneOf(need))
		}
	}
	public := d.given["public_ip"]
	if d.Regional {
		w.natZones(d)
	} else {
		w.natAddresses(d)
	}
	switch { // NGW-1
	case d.Regional && d.Private:
		w.report(d.given["connectivity"], idConflictingKeys, "NAT gateway %q is regional, and those are public only; expected no `connectivity: private`", id.Name)
	case d.Regional && d.given["public_ips"].Line > 0 && len(d.zones) == 0:
		w.report(d.given["public_ips"], idEmptyList, "NAT gateway %q has no public address; expected at least one zone with its address", id.Name)
	case d.Regional:
	case d.Private && public.Line > 0:
		w.report(public, idConflictingKeys, "NAT gateway %q is private and has a public address; expected one or the other", id.Name)
	case !d.Private && public.Line == 0:
		w.report(id.At, idMissingKey, "NAT gateway %q lacks the key `public_ip`, or `connectivity: private`", id.Name)
	}
}

// natZones reads `public_ips` of a regional gateway, which is by zone.
func (w *walker) natZones(d *rawNAT) {
	for _, p := range d.publics {
		var zone string
		w.textValue(p.key, "an Availability Zone as ap-northeast-1a", &zone)
		if zone != "" {
			d.zones = append(d.zones, zoneAddress{zone, p.address})
		}
	}
}

// natAddresses makes an interface of each further address of a zonal gateway,
// with its public address, which `public_ips` has by the private one (NGW-1).
func (w *walker) natAddresses(d *rawNAT) {
	byPrivate := map[netip.Addr]address{}
	for _, p := range d.publics {
		private, ok := w.address(p.key, onlyV4)
		switch {
		case !ok:
		case d.Private:
			w.report(p.at, idConflictingKeys, "NAT gateway %q is private and has a public address; expected one or the other", d.Name)
			return
		case private.Addr == d.iface.primary.Addr:
			w.report(w.at(p.key), idConflictingKeys, "%s is the primary address of NAT gateway %q; expected its public address as `public_ip`", private, d.Name)
		case !slices.ContainsFunc(d.further, func(a address) bool { return a.Addr == private.Addr }):
			w.report(w.at(p.key), idUnknownAddress, "%s is none of the `private_ips` of NAT gateway %q", private, d.Name)
		case byPrivate[private.Addr].IsValid():
			w.report(p.at, idDuplicateEntry, "%s of NAT gateway %q has two public addresses; expected one", private, d.Name)
		default:
			byPrivate[private.Addr] = p.address
		}
	}
	for _, a := range d.further {
		i := newInterface(d.Ident)
		i.SourceDestCheck, i.subnet, i.primary, i.has.private = false, d.iface.subnet, a, true
		if public := byPrivate[a.Addr]; public.IsValid() {
			i.mapPrimary(public, model.KindInternetGateway)
		} else if !d.Private {
			w.report(a.at, idMissingKey, "%s of NAT gateway %q lacks its public address; expected it in `public_ips`", a, d.Name)
		}
		d.ifaces = append(d.ifaces, i)
	}
}

// makeNAT makes the interfaces of a gateway.
func (r *resolver) makeNAT(n *rawNAT, add func(model.Resource, *rawInterface, string)) {
	if !n.Regional {
		add(n.NATGateway, n.iface, "")
		n.Interfaces = []*model.Interface{n.iface.Interface}
		for _, d := range n.ifaces {
			add(n.NATGateway, d, "."+d.primary.String())
			n.Interfaces = append(n.Interfaces, d.Interface)
		}
		return
	}
	n.VPC = r.vpc(n.vpc)
	if !n.table.given() && n.VPC != nil {
		t := &model.RouteTable{Ident: model.Ident{Name: n.Name + ".route_table", Kind: model.KindRouteTable}, VPC: n.VPC}
		if old, taken := r.t.Names[t.Name]; taken {
			r.hole(old.ID().At, idDuplicateName, "name %q is what the own route table of NAT gateway %q is called; give %s another name, or say `route_table: %s` there",
				t.Name, n.Name, old.ID().Kind.Phrase(), t.Name)
		} else {
			r.t.Names[t.Name] = t
		}
		r.d.tables = append(r.d.tables, &rawTable{RouteTable: t, implicit: true})
		n.table = ref{t.Name, n.At}
	}
	places := map[string]*model.Subnet{}
	for _, z := range n.zones {
		s := places[z.zone]
		if s == nil {
			s = &model.Subnet{Ident: n.Ident, VPC: n.VPC, AZ: z.zone}
			places[z.zone] = s
		}
		d := newInterface(n.Ident)
		d.SourceDestCheck = false
		d.Subnet, d.primary = s, z.address
		d.mapPrimary(z.address, model.KindInternetGateway)
		add(n.NATGateway, d, "."+z.String())
		n.ifaces = append(n.ifaces, d)
		n.Interfaces = append(n.Interfaces, d.Interface)
	}
}

func (r *resolver) resolveNATs() {
	for _, n := range r.d.nats {
		r.t.NATGateways = append(r.t.NATGateways, n.NATGateway)
		if !n.Regional {
			if s := n.iface.Subnet; s != nil {
				n.Subnet, n.VPC = s, s.VPC
			}
			continue
		}
		t, ok := lookup[*model.RouteTable](r, n.table, model.KindRouteTable)
		if !ok || n.VPC == nil {
			continue
		}
		for _, d := range n.ifaces {
			d.Subnet.RouteTable = t
		}
		switch g := n.VPC.InternetGateway; {
		case t.VPC != nil && t.VPC != n.VPC:
			r.otherVPC(n.table, &t.Ident, t.VPC, "route table of NAT gateway "+quote(n.Name))
		case g == nil: // NGW-1
			r.faultOf(n.At, idMissingGateway, n.VPC.At, quote(n.VPC.Name)+" is declared here",
				"NAT gateway %q is regional, and VPC %q has no internet gateway; AWS makes such a gateway only where there is one", n.Name, n.VPC.Name)
		case !t.At.IsValid(): // its own, preset with this route
			raw := r.rawTable(t)
			raw.routes = append(raw.routes, rawRoute{prefix: netip.MustParsePrefix("0.0.0.0/0"), target: ref{g.Name, g.At}})
		}
	}
}

// rawTable returns the declaration of a table.
func (r *resolver) rawTable(t *model.RouteTable) *rawTable {
	for _, raw := range r.d.tables {
		if raw.RouteTable == t {
			return raw
		}
	}
	return nil
}
