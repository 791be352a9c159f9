package load

import (
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

type rawSubnet struct {
	*model.Subnet
	vpc, table, acl ref
	cidrAt, cidr6At diag.Pos
}

var subnetFields = []field[rawSubnet]{
	{"vpc", true, func(w *walker, n *yaml.Node, d *rawSubnet) { w.ref(n, "the name of a VPC", &d.vpc) }},
	{"cidr", false, func(w *walker, n *yaml.Node, d *rawSubnet) {
		d.cidrAt = w.at(n)
		if b, ok := w.blockCIDR(n, onlyV4); ok {
			d.CIDR = b.Prefix
		}
	}},
	{"ipv6_cidr", false, func(w *walker, n *yaml.Node, d *rawSubnet) {
		d.cidr6At = w.at(n)
		if b, ok := w.blockCIDR(n, onlyV6); ok {
			d.IPv6CIDR = b.Prefix
		}
	}},
	{"az", false, func(w *walker, n *yaml.Node, d *rawSubnet) {
		w.textValue(n, "an Availability Zone as ap-northeast-1a", &d.AZ)
	}},
	{"outpost", false, func(w *walker, n *yaml.Node, d *rawSubnet) {
		w.textValue(n, "the name or ARN of an Outpost", &d.Outpost)
	}},
	{"route_table", false, func(w *walker, n *yaml.Node, d *rawSubnet) { w.ref(n, "the name of a route table", &d.table) }},
	{"network_acl", false, func(w *walker, n *yaml.Node, d *rawSubnet) { w.ref(n, "the name of a network ACL", &d.acl) }},
}

func (w *walker) readSubnet(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindSubnet
	d := &rawSubnet{Subnet: &model.Subnet{Ident: id}}
	w.resource(d.Subnet)
	w.out.subnets = append(w.out.subnets, d)
	what := subject{"subnet", id.Name}
	if readMapping(w, n, id.At, what, subnetFields, d) && d.cidrAt.Line == 0 && d.cidr6At.Line == 0 {
		w.report(id.At, idMissingKey, "%s lacks the key `cidr`, or `ipv6_cidr`, or both", what)
	}
}

func (r *resolver) resolveSubnets() {
	for _, s := range r.d.subnets {
		r.t.Subnets = append(r.t.Subnets, s.Subnet)
		s.VPC = r.vpc(s.vpc)
		if s.VPC != nil {
			s.VPC.Subnets = append(s.VPC.Subnets, s.Subnet)
			s.RouteTable, s.NetworkACL = s.VPC.MainRouteTable, s.VPC.DefaultNetworkACL
		}
		if u := r.unmodelled(s.table); u != nil {
			s.RouteTable, s.ExplicitRouteTable = unknownTable(u, s.VPC), true
		} else if t, ok := lookup[*model.RouteTable](r, s.table, model.KindRouteTable); ok {
			s.RouteTable, s.ExplicitRouteTable = t, true
			if s.VPC != nil && t.VPC != nil && t.VPC != s.VPC { // LINT-7, RT-1
				r.otherVPC(s.table, &t.Ident, t.VPC, "route table of subnet "+quote(s.Name)+" of VPC "+quote(s.VPC.Name))
			}
		}
		if u := r.unmodelled(s.acl); u != nil {
			s.NetworkACL, s.ExplicitNetworkACL = unknownACL(u, s.VPC), true
		} else if a, ok := lookup[*model.NetworkACL](r, s.acl, model.KindNetworkACL); ok {
			s.NetworkACL, s.ExplicitNetworkACL = a, true
			if s.VPC != nil && a.VPC != nil && a.VPC != s.VPC { // ACL-1
				r.otherVPC(s.acl, &a.Ident, a.VPC, "ACL of subnet "+quote(s.Name)+" of VPC "+quote(s.VPC.Name))
			}
		}
	}
}
