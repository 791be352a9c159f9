package load

import (
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// rawNetwork is a site outside AWS.
type rawNetwork struct {
	*model.ExternalNetwork
	behind []ref
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
		w.oneOrList(n, "a name or a list of names", func(item *yaml.Node) {
			var name ref
			if w.ref(item, "the name of a VPN connection, Direct Connect gateway, Connect attachment, carrier gateway or local gateway", &name); name.given() {
				d.behind = append(d.behind, name)
			}
		})
	}},
}

func (w *walker) readNetwork(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindExternalNetwork
	d := &rawNetwork{ExternalNetwork: &model.ExternalNetwork{Ident: id}}
	w.resource(d.ExternalNetwork)
	w.out.networks = append(w.out.networks, d)
	readMapping(w, n, id.At, subject{"external network", id.Name}, networkFields, d)
}

// resolveNetworks puts sites behind their connections.
func (r *resolver) resolveNetworks() {
	for _, n := range r.d.networks {
		r.t.ExternalNetworks = append(r.t.ExternalNetworks, n.ExternalNetwork)
		for i, name := range n.behind {
			c := r.link(n, name)
			if c == nil {
				continue
			}
			if first, twice := twiceIn(n.behind, i); twice {
				r.faultOf(name.at, idDuplicateEntry, first, "the first", "%q stands twice in `behind`; the first is at %s", name.text, first)
				continue
			}
			n.Links = append(n.Links, c)
			c.Networks = append(c.Networks, n.ExternalNetwork)
		}
	}
}

// link looks up what a site is behind. It puts it behind a carrier gateway or
// local gateway itself, and returns nil.
func (r *resolver) link(n *rawNetwork, name ref) *model.VPNConnection {
	res, ok := r.find(name, model.KindVPNConnection, model.KindDirectConnectGateway, model.KindTransitGatewayAttachment, model.KindCarrierGateway, model.KindLocalGateway)
	if !ok {
		return nil
	}
	switch c := res.(type) {
	case *model.VPNConnection:
		return c
	case *model.CarrierGateway, *model.LocalGateway:
		if len(n.behind) > 1 {
			r.fault(name.at, idConflictingKeys, "%s %q is not the only thing that external network %q is behind; expected it alone, or connections", res.ID().Kind.Words(), name.text, n.Name)
		} else {
			behindEdge(n.ExternalNetwork, res)
		}
		return nil
	}
	for _, a := range r.d.attachments {
		if model.Resource(a.TransitGatewayAttachment) == res && a.link != nil {
			return a.link
		}
	}
	r.faultOf(name.at, idWrongKind, res.ID().At, quote(name.text)+" is declared here",
		"attachment %q has no `connect`, so no site is behind it; expected a VPN connection, a Direct Connect gateway or a Connect attachment", name.text)
	return nil
}
