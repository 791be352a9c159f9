package load

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/model"
)

// ownInterfaces gives the interfaces that an endpoint or load balancer has in
// subnets their names. They have one list of groups.
func (r *resolver) ownInterfaces(owner model.Resource, list []*rawInterface) []*model.Interface {
	var out []*model.Interface
	var kept []*rawInterface
	id := owner.ID()
	for _, d := range list {
		if !d.subnet.given() {
			continue // that it is missing has been reported
		}
		name := id.Name + "." + d.subnet.text
		same := func(o *rawInterface) bool { return o.subnet.text == d.subnet.text }
		if k := slices.IndexFunc(kept, same); k >= 0 && id.Kind == model.KindLoadBalancer { // LB-1
			n := 1
			for _, o := range kept {
				if same(o) {
					n++
				}
			}
			name += "." + itoa(n)
		} else if k >= 0 {
			first := kept[k].subnet.at
			r.faultOf(d.subnet.at, idDuplicateEntry, first, "the first", "%s %q has subnet %q twice; the first is at %s", id.Kind.Words(), id.Name, d.subnet.text, first)
			continue
		}
		if old, taken := r.t.Names[name]; taken {
			r.hole(old.ID().At, idDuplicateName, "name %q is what the interface of %s %q is called; give %s another name", name, id.Kind.Words(), id.Name, old.ID().Kind.Phrase())
			continue
		}
		d.Name, d.At, d.Implicit, d.Owner = name, d.subnet.at, true, owner
		if len(kept) > 0 {
			d.like = kept[0]
		}
		kept = append(kept, d)
		out = append(out, d.Interface)
		r.t.Names[name] = d.Interface
		r.d.interfaces = append(r.d.interfaces, d)
	}
	return out
}

// ownedBySection reports whether the owner of an interface is an endpoint or
// load balancer, whose section says which addresses it needs.
func ownedBySection(owner model.Resource) bool {
	switch owner.(type) {
	case *model.VPCEndpoint, *model.LoadBalancer:
		return true
	}
	return false
}

// checkPlaces: the interfaces of an endpoint or load balancer are of one VPC,
// in one subnet of each Availability Zone (EP-7, LB-1), where a load balancer
// may have several. It returns the VPC,
// which is that of the first interface where vpc is nil.
func (r *resolver) checkPlaces(owner *model.Ident, vpc *model.VPC, list []*rawInterface) *model.VPC {
	zones := map[string]*rawInterface{}
	what := owner.Kind.Words() + " " + quote(owner.Name)
	for _, d := range list {
		if d.Subnet == nil || d.Owner == nil {
			continue
		}
		if vpc == nil {
			vpc = d.Subnet.VPC
		}
		if v := d.Subnet.VPC; v != nil && v != vpc {
			r.faultOf(d.subnet.at, idOtherVPC, d.Subnet.At, quote(d.Subnet.Name)+" is declared here",
				"subnet %q is of VPC %q; %s is of VPC %q", d.Subnet.Name, v.Name, what, vpc.Name)
			continue
		}
		first := zones[d.Subnet.AZ]
		if first != nil && first.Subnet == d.Subnet && owner.Kind == model.KindLoadBalancer {
			continue // a load balancer grows by further nodes in a subnet
		}
		if first != nil && d.Subnet.AZ != "" {
			r.faultOf(d.subnet.at, idDuplicateEntry, first.subnet.at, "the first", "subnets %q and %q of %s are both in %s; expected one subnet a zone",
				first.subnet.text, d.Subnet.Name, what, d.Subnet.AZ)
			continue
		}
		zones[d.Subnet.AZ] = d
	}
	return vpc
}

// resolveEndpoints looks up what endpoints name; the firewalls come before.
func (r *resolver) resolveEndpoints() {
	for _, e := range r.d.endpoints {
		r.t.VPCEndpoints = append(r.t.VPCEndpoints, e.VPCEndpoint)
		if e.Firewall != nil {
			e.VPC = e.Firewall.VPC
		} else {
			e.VPC = r.vpc(e.vpc)
		}
		e.VPC = r.checkPlaces(&e.Ident, e.VPC, e.ifaces)
		if l, ok := lookup[*model.PrefixList](r, e.list, model.KindPrefixList); ok {
			e.PrefixList = l
			if l.Service != "" && e.Service != "" && serviceName(l.Service) != serviceName(e.Service) { // EP-1
				r.faultOf(e.list.at, idConflictingKeys, l.At, quote(l.Name)+" is declared here",
					"prefix list %q has the addresses of service %q; VPC endpoint %q is for %q", l.Name, l.Service, e.Name, e.Service)
			}
		}
		if b, ok := lookup[*model.LoadBalancer](r, e.balancer, model.KindLoadBalancer); ok {
			e.Provider = b
			if b.Type != "" && b.Type != model.NetworkLoadBalancer { // EP-9
				r.faultOf(e.balancer.at, idWrongKind, b.At, quote(b.Name)+" is declared here",
					"load balancer %q is of type %s; the service behind an interface endpoint is a network load balancer's", b.Name, b.Type)
			}
		}
	}
}

// routeGatewayEndpoints adds the routes of gateway endpoints to the tables
// that they name (EP-1).
func (r *resolver) routeGatewayEndpoints() {
	type place struct {
		endpoint *rawEndpoint
		name     ref
	}
	type key struct {
		table   *model.RouteTable
		service string
	}
	served := map[key]place{}
	for _, e := range r.d.endpoints {
		for i, name := range e.tables {
			t, ok := lookup[*model.RouteTable](r, name, model.KindRouteTable)
			if !ok {
				continue
			}
			if first, twice := twiceIn(e.tables, i); twice {
				r.faultOf(name.at, idDuplicateEntry, first, "the first", "%q stands twice in `route_tables`; the first is at %s", name.text, first)
				continue
			}
			if t.VPC != nil && e.VPC != nil && t.VPC != e.VPC {
				r.faultOf(name.at, idOtherVPC, t.At, quote(t.Name)+" is declared here",
					"route table %q is of VPC %q; VPC endpoint %q is of VPC %q", t.Name, t.VPC.Name, e.Name, e.VPC.Name)
				continue
			}
			if len(t.Edges) > 0 { // GW-3
				r.faultOf(name.at, idEdgeTable, t.At, quote(t.Name)+" is declared here",
					"route table %q is a gateway's, which takes no prefix list; VPC endpoint %q serves subnets only", t.Name, e.Name)
				continue
			}
			k := key{t, serviceName(e.Service)}
			if first, ok := served[k]; ok && k.service != "" {
				r.faultOf(name.at, idDuplicateRoute, first.name.at, "the first", "route table %q has VPC endpoint %q for service %q already, at %s; a table has one endpoint of a service",
					t.Name, first.endpoint.Name, e.Service, first.name.at)
				continue
			}
			served[k] = place{e, name}
			if e.PrefixList == nil {
				continue
			}
			if k := slices.IndexFunc(t.Routes, func(o *model.Route) bool { return o.PrefixList == e.PrefixList }); k >= 0 { // RT-16
				r.faultOf(name.at, idDuplicateRoute, t.Routes[k].At, "the first route",
					"destination %s stands in route table %q already, at %s; VPC endpoint %q adds it by itself", quote(e.PrefixList.Name), t.Name, t.Routes[k].At, e.Name)
				continue
			}
			t.Routes = append(t.Routes, &model.Route{At: name.at, PrefixList: e.PrefixList, Target: e.VPCEndpoint})
		}
	}
}
