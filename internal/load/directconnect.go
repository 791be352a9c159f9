package load

import (
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// rawDX is a Direct Connect gateway.
type rawDX struct {
	*model.VPNConnection
	gateways []ref
	routes   []model.Block
	allowed  []allowedAt
}

// allowedAt is what a Direct Connect gateway may announce of one gateway.
type allowedAt struct {
	gateway ref
	blocks  []model.Block
}

var dxFields = []field[rawDX]{
	{"vpn_gateways", false, func(w *walker, n *yaml.Node, d *rawDX) { w.refs(n, "the name of a VPN gateway", &d.gateways) }},
	{"routes", false, func(w *walker, n *yaml.Node, d *rawDX) { w.cidrs(n, anyFamily, &d.routes) }},
	{"allowed_prefixes", false, func(w *walker, n *yaml.Node, d *rawDX) {
		if v := w.deref(n); w.describing() || v != nil && v.Kind == yaml.MappingNode {
			w.entries(n, "`allowed_prefixes`", func(key, value *yaml.Node) {
				a := allowedAt{blocks: []model.Block{}}
				w.ref(key, "the name of a VPN gateway or transit gateway", &a.gateway)
				w.cidrs(value, anyFamily, &a.blocks)
				d.allowed = append(d.allowed, a)
			})
			if !w.describing() {
				return
			}
		}
		d.AllowedPrefixes = []model.Block{} // an empty list is none, a missing one is all
		w.cidrs(n, anyFamily, &d.AllowedPrefixes)
	}},
	{"as_path_length", false, func(w *walker, n *yaml.Node, d *rawDX) { w.asPathLength(n, d.VPNConnection) }},
	{"med", false, func(w *walker, n *yaml.Node, d *rawDX) { w.med(n, d.VPNConnection) }},
}

func (w *walker) readDX(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindDirectConnectGateway
	d := &rawDX{VPNConnection: &model.VPNConnection{Ident: id, Type: model.DirectConnect, BGP: true, ASPathLength: 1}}
	w.resource(d.VPNConnection)
	w.out.dxs = append(w.out.dxs, d)
	readMapping(w, n, id.At, subject{"Direct Connect gateway", id.Name}, dxFields, d)
}

// resolveDX joins Direct Connect gateways to VPN gateways.
func (r *resolver) resolveDX() {
	for _, d := range r.d.dxs {
		r.t.VPNConnections = append(r.t.VPNConnections, d.VPNConnection)
		for i, name := range d.gateways {
			g, ok := lookup[*model.VPNGateway](r, name, model.KindVPNGateway)
			if !ok {
				continue
			}
			if first, twice := twiceIn(d.gateways, i); twice {
				r.faultOf(name.at, idDuplicateEntry, first, "the first", "%q stands twice in `vpn_gateways`; the first is at %s", name.text, first)
				continue
			}
			for _, o := range d.Gateways {
				if a, b, bad := overlapOf(o.VPC, g.VPC); bad { // VGW-10
					r.fault(name.at, idBlockOverlap, "VPCs %q and %q behind Direct Connect gateway %q overlap: %s and %s", o.VPC.Name, g.VPC.Name, d.Name, a.Prefix, b.Prefix)
				}
			}
			d.Gateways = append(d.Gateways, g)
			g.Connections = append(g.Connections, d.VPNConnection)
		}
		for _, a := range d.allowed {
			if g, ok := r.find(a.gateway, model.KindVPNGateway, model.KindTransitGateway); ok {
				if d.AllowedAt == nil {
					d.AllowedAt = map[model.Resource][]model.Block{}
				}
				if _, twice := d.AllowedAt[g]; twice {
					r.fault(a.gateway.at, idDuplicateEntry, "%q stands twice in `allowed_prefixes` of Direct Connect gateway %q, by its two names", g.ID().Name, d.Name)
				}
				d.AllowedAt[g] = a.blocks
			}
		}
	}
}

func overlapOf(a, b *model.VPC) (x, y model.Block, bad bool) {
	if a == nil || b == nil {
		return x, y, false
	}
	return overlap(a, b)
}
