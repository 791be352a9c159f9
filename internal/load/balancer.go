package load

import (
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// rawBalancer is a load balancer with its names not yet looked up.
type rawBalancer struct {
	*model.LoadBalancer
	typ, scheme string
	groups      []ref
	groupsAt    diag.Pos
	groupsOK    bool // nothing was wrong in the list
	crossAt     diag.Pos
	ifaces      []*rawInterface
	listeners   []*rawListener
}

var balancerTypes = []string{string(model.NetworkLoadBalancer), string(model.ApplicationLoadBalancer), string(model.ClassicLoadBalancer)}

var balancerFields = []field[rawBalancer]{
	{"type", true, func(w *walker, n *yaml.Node, d *rawBalancer) { w.word(n, balancerTypes, &d.typ) }},
	{"scheme", true, func(w *walker, n *yaml.Node, d *rawBalancer) {
		w.word(n, []string{"internet_facing", "internal"}, &d.scheme)
	}},
	{"nodes", true, func(w *walker, n *yaml.Node, d *rawBalancer) {
		before := len(w.out.findings)
		w.list(n, "a list of nodes", func(item *yaml.Node) { w.readNode(item, d) })
		if len(d.ifaces) == 0 && len(w.out.findings) == before { // LB-1
			w.report(w.at(n), idEmptyList, "load balancer %q has no nodes; expected at least one in each subnet that it serves", d.Name)
		}
	}},
	{"security_groups", false, func(w *walker, n *yaml.Node, d *rawBalancer) {
		d.groupsAt = w.at(n)
		before := len(w.out.findings)
		w.refs(n, "the name of a security group", &d.groups)
		d.groupsOK = len(w.out.findings) == before
	}},
	{"cross_zone", false, func(w *walker, n *yaml.Node, d *rawBalancer) {
		d.crossAt = w.at(n)
		w.boolean(n, &d.CrossZone)
	}},
	{"listeners", false, func(w *walker, n *yaml.Node, d *rawBalancer) {
		w.list(n, "a list of listeners", func(item *yaml.Node) { w.readListener(item, d) })
	}},
}

var nodeFields = []field[rawInterface]{
	{"subnet", true, func(w *walker, n *yaml.Node, d *rawInterface) { w.ref(n, "the name of a subnet", &d.subnet) }},
	{"private_ip", true, func(w *walker, n *yaml.Node, d *rawInterface) {
		if a, ok := w.ownAddress(n, onlyV4); ok {
			d.primary = a
		}
	}},
	{"public_ip", false, func(w *walker, n *yaml.Node, d *rawInterface) {
		d.has.public = true
		if a, ok := w.ownAddress(n, onlyV4); ok {
			d.mapPrimary(a, model.KindInternetGateway)
		}
	}},
	{"ipv6", false, func(w *walker, n *yaml.Node, d *rawInterface) {
		if a, ok := w.ownAddress(n, onlyV6); ok {
			d.v6 = append(d.v6, a)
		}
	}},
}

func (w *walker) readNode(n *yaml.Node, b *rawBalancer) {
	d := newInterface(model.Ident{At: w.at(n)})
	d.SourceDestCheck = false
	if readMapping(w, n, d.At, subject{"a node of load balancer", b.Name}, nodeFields, d) {
		b.ifaces = append(b.ifaces, d)
	}
}

func (w *walker) readBalancer(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindLoadBalancer
	d := &rawBalancer{LoadBalancer: &model.LoadBalancer{Ident: id}}
	w.resource(d.LoadBalancer)
	w.out.balancers = append(w.out.balancers, d)
	if !readMapping(w, n, id.At, subject{"load balancer", id.Name}, balancerFields, d) {
		return
	}
	d.Type, d.InternetFacing = model.LoadBalancerType(d.typ), d.scheme == "internet_facing"
	for _, i := range d.ifaces {
		i.groups, i.groupsAt, i.noGroups = d.groups, d.groupsAt, len(d.groups) == 0 // LB-5
		switch {
		case d.scheme == "internal" && len(i.publics) > 0:
			w.report(i.publics[0].public.at, idConflictingKeys, "load balancer %q is internal, and a node of it has a public address; expected `scheme: internet_facing`, or no `public_ip`", id.Name)
		case d.InternetFacing && !i.has.public && len(i.v6) == 0:
			w.report(i.At, idMissingKey, "a node of internet-facing load balancer %q lacks the key `public_ip`, or `ipv6`", id.Name)
		}
	}
	if d.typ == "" {
		return
	}
	if d.Type != model.NetworkLoadBalancer && len(d.groups) == 0 { // LB-4
		if !d.groupsAt.IsValid() {
			w.report(id.At, idMissingKey, "load balancer %q lacks the key `security_groups`, which type %s needs", id.Name, d.Type)
		} else if d.groupsOK {
			w.report(d.groupsAt, idEmptyList, "load balancer %q of type %s has at least one security group", id.Name, d.Type)
		}
	}
	if d.Type == model.ClassicLoadBalancer {
		for _, i := range d.ifaces {
			if len(i.v6) > 0 {
				w.report(i.v6[0].at, idInvalidAddress, "classic load balancer %q speaks IPv4 only; expected no `ipv6`", id.Name)
			}
		}
	}
	if d.Type == model.ApplicationLoadBalancer { // LB-9
		if d.crossAt.IsValid() && !d.CrossZone {
			w.report(d.crossAt, idInvalidValue, "application load balancer %q always crosses zones; expected true, or no `cross_zone`", id.Name)
		}
		d.CrossZone = true
	}
	w.finishListeners(d)
}
