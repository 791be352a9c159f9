package load

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
	"gopkg.in/yaml.v3"
)

// rawVPC is a VPC with its names not yet looked up.
type rawVPC struct {
	*model.VPC
	mainTable, acl, group ref
	cidrAt, cidrsAt       diag.Pos
	cidr6At, cidrs6At     diag.Pos
}

var vpcFields = []field[rawVPC]{
	{"cidr", false, func(w *walker, n *yaml.Node, d *rawVPC) {
		d.cidrAt = w.at(n)
		if b, ok := w.blockCIDR(n, onlyV4); ok {
			d.CIDRs = append(d.CIDRs, b)
		}
	}},
	{"cidrs", false, func(w *walker, n *yaml.Node, d *rawVPC) {
		d.cidrsAt = w.at(n)
		w.list(n, "a list of CIDRs", func(item *yaml.Node) {
			if b, ok := w.blockCIDR(item, onlyV4); ok {
				d.CIDRs = append(d.CIDRs, b)
			}
		})
	}},
	{"ipv6_cidr", false, func(w *walker, n *yaml.Node, d *rawVPC) {
		d.cidr6At = w.at(n)
		if b, ok := w.blockCIDR(n, onlyV6); ok {
			d.IPv6CIDRs = append(d.IPv6CIDRs, b)
		}
	}},
	{"ipv6_cidrs", false, func(w *walker, n *yaml.Node, d *rawVPC) {
		d.cidrs6At = w.at(n)
		w.list(n, "a list of IPv6 CIDRs", func(item *yaml.Node) {
			if b, ok := w.blockCIDR(item, onlyV6); ok {
				d.IPv6CIDRs = append(d.IPv6CIDRs, b)
			}
		})
	}},
	{"private_ipv6_cidrs", false, func(w *walker, n *yaml.Node, d *rawVPC) {
		w.list(n, "a list of IPv6 CIDRs", func(item *yaml.Node) {
			if b, ok := w.blockCIDR(item, onlyV6); ok {
				d.IPv6CIDRs, d.PrivateIPv6CIDRs = append(d.IPv6CIDRs, b), append(d.PrivateIPv6CIDRs, b)
			}
		})
	}},
	{"main_route_table", false, func(w *walker, n *yaml.Node, d *rawVPC) { w.ref(n, "the name of a route table", &d.mainTable) }},
	{"default_network_acl", false, func(w *walker, n *yaml.Node, d *rawVPC) { w.ref(n, "the name of a network ACL", &d.acl) }},
	{"default_security_group", false, func(w *walker, n *yaml.Node, d *rawVPC) { w.ref(n, "the name of a security group", &d.group) }},
	{"region", false, func(w *walker, n *yaml.Node, d *rawVPC) {
		w.textValue(n, "a region as ap-northeast-1", &d.Region)
	}},
	{"incomplete", false, func(w *walker, n *yaml.Node, d *rawVPC) { w.words(n, &d.Incomplete) }},
	{"account", false, func(w *walker, n *yaml.Node, d *rawVPC) {
		w.textValue(n, "an account number", &d.Account)
	}},
}

func (w *walker) readVPC(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindVPC
	d := &rawVPC{VPC: &model.VPC{Ident: id}}
	w.resource(d.VPC)
	w.out.vpcs = append(w.out.vpcs, d)
	what := subject{"VPC", id.Name}
	if !readMapping(w, n, id.At, what, vpcFields, d) {
		return
	}
	if d.cidrAt.Line > 0 && d.cidrsAt.Line > 0 {
		w.report(d.cidrsAt, idConflictingKeys, "%s has both `cidr` and `cidrs`; expected one of them", what)
	}
	if d.cidr6At.Line > 0 && d.cidrs6At.Line > 0 {
		w.report(d.cidrs6At, idConflictingKeys, "%s has both `ipv6_cidr` and `ipv6_cidrs`; expected one of them", what)
	}
	switch {
	case d.cidrAt.Line == 0 && d.cidrsAt.Line == 0:
		w.report(id.At, idMissingKey, "%s lacks the key `cidr`, or `cidrs`", what)
	case d.cidrsAt.Line > 0 && len(d.CIDRs) == 0:
		w.report(d.cidrsAt, idMissingKey, "%s has no IPv4 block; expected at least one in `cidrs`", what)
	}
}

// makeDefaults makes what AWS makes with every VPC, where the VPC does not
// name its own.
func (r *resolver) makeDefaults() {
	for _, v := range r.d.vpcs {
		if !v.mainTable.given() {
			t := &model.RouteTable{Ident: model.Ident{Name: v.Name + ".main_route_table", Kind: model.KindRouteTable}, VPC: v.VPC}
			r.declareImplicit(v.VPC, t, "main_route_table")
			v.MainRouteTable = t
			r.d.tables = append(r.d.tables, &rawTable{RouteTable: t, implicit: true})
		}
	}
	for _, v := range r.d.vpcs {
		if !v.acl.given() {
			a := &model.NetworkACL{Ident: model.Ident{Name: v.Name + ".default_network_acl", Kind: model.KindNetworkACL}, VPC: v.VPC}
			a.Ingress, a.Egress = allowAll(v.VPC), allowAll(v.VPC)
			r.declareImplicit(v.VPC, a, "default_network_acl")
			v.DefaultNetworkACL = a
			r.t.NetworkACLs = append(r.t.NetworkACLs, a)
		}
	}
	for _, v := range r.d.vpcs {
		if !v.group.given() {
			g := &model.SecurityGroup{Ident: model.Ident{Name: v.Name + ".default_security_group", Kind: model.KindSecurityGroup}, VPC: v.VPC}
			g.Ingress = []*model.SGRule{{Traffic: allTraffic(), Group: g}} // SG-3
			g.Egress = defaultEgress(v.VPC)
			r.declareImplicit(v.VPC, g, "default_security_group")
			v.DefaultSecurityGroup = g
			r.t.SecurityGroups = append(r.t.SecurityGroups, g)
		}
	}
}

// declareImplicit enters what AWS makes by itself in the namespace. The user
// may have given its name to something.
func (r *resolver) declareImplicit(v *model.VPC, res model.Resource, key string) {
	name := res.ID().Name
	if old, taken := r.t.Names[name]; taken {
		r.hole(old.ID().At, idDuplicateName, "name %q is what the VPC's own %s is called; give %s another name, or say `%s: %s` in VPC %q",
			name, res.ID().Kind.Words(), old.ID().Kind.Phrase(), key, name, v.Name)
		return
	}
	r.t.Names[name] = res
}

func allTraffic() model.Traffic {
	return model.Traffic{Protocols: packet.ProtoRange{Lo: 0, Hi: 255}, Ports: []packet.PortRange{allPorts}}
}

var (
	anyV4 = netip.MustParsePrefix("0.0.0.0/0")
	anyV6 = netip.MustParsePrefix("::/0")
)

// allowAll is the rules of a default ACL (ACL-4).
func allowAll(v *model.VPC) []*model.ACLRule {
	rules := []*model.ACLRule{{Number: 100, Allow: true, Traffic: allTraffic(), CIDR: anyV4}}
	if len(v.IPv6CIDRs) > 0 {
		rules = append(rules, &model.ACLRule{Number: 101, Allow: true, Traffic: allTraffic(), CIDR: anyV6})
	}
	return rules
}

// defaultEgress is the outbound rules of a group that says nothing of them
// (SG-2, SG-3).
func defaultEgress(v *model.VPC) []*model.SGRule {
	rules := []*model.SGRule{{Traffic: allTraffic(), CIDR: anyV4}}
	if v != nil && len(v.IPv6CIDRs) > 0 {
		rules = append(rules, &model.SGRule{Traffic: allTraffic(), CIDR: anyV6})
	}
	return rules
}

// resolveVPCs looks up what VPCs name as their own.
func (r *resolver) resolveVPCs() {
	for _, v := range r.d.vpcs {
		r.t.VPCs = append(r.t.VPCs, v.VPC)
		if v.mainTable.given() {
			if u := r.unmodelled(v.mainTable); u != nil {
				v.MainRouteTable = unknownTable(u, v.VPC)
			} else if t, ok := lookup[*model.RouteTable](r, v.mainTable, model.KindRouteTable); ok {
				v.MainRouteTable = t
				if t.VPC != nil && t.VPC != v.VPC { // LINT-7
					r.otherVPC(v.mainTable, &t.Ident, t.VPC, "main table of VPC "+quote(v.Name))
				}
			}
		}
		if v.acl.given() {
			if u := r.unmodelled(v.acl); u != nil {
				v.DefaultNetworkACL = unknownACL(u, v.VPC)
			} else if a, ok := lookup[*model.NetworkACL](r, v.acl, model.KindNetworkACL); ok {
				v.DefaultNetworkACL = a
				if a.VPC != nil && a.VPC != v.VPC {
					r.otherVPC(v.acl, &a.Ident, a.VPC, "default ACL of VPC "+quote(v.Name))
				}
			}
		}
		if v.group.given() {
			if g, ok := lookup[*model.SecurityGroup](r, v.group, model.KindSecurityGroup); ok {
				v.DefaultSecurityGroup = g
				if g.VPC != nil && g.VPC != v.VPC {
					r.otherVPC(v.group, &g.Ident, g.VPC, "default security group of VPC "+quote(v.Name))
				}
			}
		}
	}
}

// otherVPC reports a resource of a VPC where one of another is needed.
func (r *resolver) otherVPC(name ref, id *model.Ident, owner *model.VPC, use string) {
	r.faultOf(name.at, idOtherVPC, id.At, quote(id.Name)+" is declared here",
		"%s %q belongs to VPC %q; it cannot be the %s", id.Kind.Words(), id.Name, owner.Name, use)
}
