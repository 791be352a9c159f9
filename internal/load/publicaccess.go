package load

import (
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// rawBPA is VPC Block Public Access of an account and Region.
type rawBPA struct {
	*model.BlockPublicAccess
	mode            string
	account, region string
	exclusions      []*rawExclusion
}

type rawExclusion struct {
	*model.PublicAccessExclusion
	vpc, subnet ref
	mode        string
}

var bpaFields = []field[rawBPA]{
	{"internet_gateway_block_mode", true, func(w *walker, n *yaml.Node, d *rawBPA) {
		w.word(n, []string{"off", "block-bidirectional", "block-ingress"}, &d.mode)
	}},
	{"account", false, func(w *walker, n *yaml.Node, d *rawBPA) { w.textValue(n, "an account number", &d.account) }},
	{"region", false, func(w *walker, n *yaml.Node, d *rawBPA) { w.textValue(n, "a region as ap-northeast-1", &d.region) }},
	{"exclusions", false, func(w *walker, n *yaml.Node, d *rawBPA) {
		w.list(n, "a list of exclusions", func(item *yaml.Node) {
			x := &rawExclusion{PublicAccessExclusion: &model.PublicAccessExclusion{At: w.at(item)}}
			if readMapping(w, item, x.At, subject{kind: "an exclusion"}, exclusionFields, x) {
				d.exclusions = append(d.exclusions, x)
				if x.vpc.given() == x.subnet.given() {
					w.report(x.At, idConflictingKeys, "an exclusion names a `vpc` or a `subnet`; expected exactly one of them")
				}
			}
		})
	}},
}

var exclusionFields = []field[rawExclusion]{
	{"vpc", false, func(w *walker, n *yaml.Node, d *rawExclusion) { w.ref(n, "the name of a VPC", &d.vpc) }},
	{"subnet", false, func(w *walker, n *yaml.Node, d *rawExclusion) { w.ref(n, "the name of a subnet", &d.subnet) }},
	{"internet_gateway_exclusion_mode", true, func(w *walker, n *yaml.Node, d *rawExclusion) {
		w.word(n, []string{"allow-bidirectional", "allow-egress"}, &d.mode)
	}},
}

func (w *walker) readBPA(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindBlockPublicAccess
	d := &rawBPA{BlockPublicAccess: &model.BlockPublicAccess{Ident: id}}
	w.resource(d.BlockPublicAccess)
	w.out.publicBlocks = append(w.out.publicBlocks, d)
	readMapping(w, n, id.At, subject{"entry of `block_public_access`", id.Name}, bpaFields, d)
	d.IngressOnly = d.mode == "block-ingress"
}

// resolveBlocks finds the VPCs that an entry is for: all of its account and
// Region, where these are said (IGW-16).
func (r *resolver) resolveBlocks() {
	by := map[*model.VPC]*rawBPA{}
	for _, d := range r.d.publicBlocks {
		r.t.BlockPublicAccess = append(r.t.BlockPublicAccess, d.BlockPublicAccess)
		said := false
		for _, v := range r.t.VPCs {
			if d.account != "" && v.Account != "" && d.account != v.Account || d.region != "" && v.Region != "" && d.region != v.Region {
				continue
			}
			if first := by[v]; first != nil {
				if said {
					continue
				}
				said = true
				r.faultOf(d.At, idDuplicateEntry, first.At, quote(first.Name)+" is declared here",
					"both %q and %q are for VPC %q; an account has one setting in a Region, so say `account` and `region` there and here", first.Name, d.Name, v.Name)
				continue
			}
			by[v] = d
			if d.mode != "off" {
				v.BlockPublicAccess = d.BlockPublicAccess
			}
		}
		r.resolveExclusions(d, by)
	}
}

func (r *resolver) resolveExclusions(d *rawBPA, by map[*model.VPC]*rawBPA) {
	places := map[model.Resource]diag.Pos{}
	for _, x := range d.exclusions {
		x.EgressOnly = x.mode == "allow-egress"
		var what model.Resource
		var of *model.VPC
		if v := r.vpc(x.vpc); v != nil {
			x.VPC, what, of = v, v, v
		}
		if s, ok := lookup[*model.Subnet](r, x.subnet, model.KindSubnet); ok {
			x.Subnet, what, of = s, s, s.VPC
		}
		if what == nil {
			continue
		}
		id := what.ID()
		if first, twice := places[what]; twice {
			r.faultOf(x.At, idDuplicateEntry, first, "the first", "%s %q is excluded twice; the first is at %s", id.Kind.Words(), id.Name, first)
			continue
		}
		places[what] = x.At
		if of != nil && by[of] != d {
			r.faultOf(x.At, idOtherVPC, id.At, quote(id.Name)+" is declared here", "%s %q is not in the account and Region of %q", id.Kind.Words(), id.Name, d.Name)
			continue
		}
		d.Exclusions = append(d.Exclusions, x.PublicAccessExclusion)
	}
}
