package load

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

type rawCarrier struct {
	*model.CarrierGateway
	vpc ref
}

func (w *walker) readCarrier(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindCarrierGateway
	d := &rawCarrier{CarrierGateway: &model.CarrierGateway{Ident: id}}
	w.resource(d.CarrierGateway)
	w.out.carriers = append(w.out.carriers, d)
	readMapping(w, n, id.At, subject{"carrier gateway", id.Name}, gatewayFields, &d.vpc)
}

// rawLocal is a local gateway of an Outpost, with the one route table that
// counts.
type rawLocal struct {
	*model.LocalGateway
	vpcs []ref
	mode string
}

var localFields = []field[rawLocal]{
	{"vpcs", false, func(w *walker, n *yaml.Node, d *rawLocal) { w.refs(n, "the name of a VPC", &d.vpcs) }},
	{"mode", false, func(w *walker, n *yaml.Node, d *rawLocal) {
		w.word(n, []string{"direct-vpc-routing", "coip"}, &d.mode)
	}},
	{"outpost", false, func(w *walker, n *yaml.Node, d *rawLocal) {
		w.textValue(n, "the name or ARN of an Outpost", &d.Outpost)
	}},
}

func (w *walker) readLocal(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindLocalGateway
	d := &rawLocal{LocalGateway: &model.LocalGateway{Ident: id}}
	w.resource(d.LocalGateway)
	w.out.locals = append(w.out.locals, d)
	readMapping(w, n, id.At, subject{"local gateway", id.Name}, localFields, d)
	d.CoIP = d.mode == "coip"
}

// resolveCarriers attaches the carrier gateways. A VPC has at most one, and
// only where it has a subnet in a Wavelength Zone (MISC-3).
func (r *resolver) resolveCarriers() {
	for _, g := range r.d.carriers {
		r.t.CarrierGateways = append(r.t.CarrierGateways, g.CarrierGateway)
		if g.VPC = r.vpc(g.vpc); g.VPC == nil {
			continue
		}
		if !attachOnly(r, g.vpc, g.VPC, &g.VPC.CarrierGateway, g.CarrierGateway) {
			continue
		}
		if !slices.ContainsFunc(g.VPC.Subnets, func(s *model.Subnet) bool { return s.AZ == "" || model.WavelengthZone(s.AZ) }) {
			r.faultOf(g.vpc.at, idMissingWavelength, g.VPC.At, quote(g.VPC.Name)+" is declared here",
				"carrier gateway %q needs a VPC with a subnet in a Wavelength Zone, as us-east-1-wl1-bos-wlz-1; VPC %q has none", g.Name, g.VPC.Name)
		}
	}
}

func (r *resolver) resolveLocals() {
	for _, g := range r.d.locals {
		r.t.LocalGateways = append(r.t.LocalGateways, g.LocalGateway)
		for i, name := range g.vpcs {
			v := r.vpc(name)
			if v == nil {
				continue
			}
			if first, twice := twiceIn(g.vpcs, i); twice {
				r.faultOf(name.at, idDuplicateEntry, first, "the first", "%q stands twice in `vpcs`; the first is at %s", name.text, first)
				continue
			}
			for k, o := range g.VPCs {
				if a, b, overlap := overlapping(v, o); overlap { // their routes would be advertised twice
					r.faultOf(name.at, idBlockOverlap, g.vpcs[k].at, quote(o.Name)+" is associated here",
						"block %s of VPC %q overlaps %s of VPC %q, and both are associated with local gateway %q", a, v.Name, b, o.Name, g.Name)
				}
			}
			g.VPCs = append(g.VPCs, v)
		}
	}
}

// overlapping returns two blocks of two VPCs that overlap.
func overlapping(v, o *model.VPC) (a, b string, overlap bool) {
	for _, x := range v.Blocks() {
		for _, y := range o.Blocks() {
			if x.Prefix.Overlaps(y.Prefix) {
				return x.Prefix.String(), y.Prefix.String(), true
			}
		}
	}
	return "", "", false
}

// behindEdge puts a network behind a carrier gateway or local gateway.
func behindEdge(n *model.ExternalNetwork, edge model.Resource) {
	n.Edge = edge
	switch g := edge.(type) {
	case *model.CarrierGateway:
		g.Networks = append(g.Networks, n)
	case *model.LocalGateway:
		g.Networks = append(g.Networks, n)
	}
}
