package load

import (
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// rawEndpoint is a VPC endpoint with its names not yet looked up.
type rawEndpoint struct {
	*model.VPCEndpoint
	typ                 string
	vpc, list, balancer ref
	subnet              ref
	subnets             []ref
	addresses           []address
	addressesAt         diag.Pos
	tables              []ref
	common              rawInterface // what all its interfaces have in common: groups
	ifaces              []*rawInterface
	given               []sectionKey // keys, for those that do not go with the type
}

var endpointTypes = []string{string(model.GatewayEndpoint), string(model.InterfaceEndpoint),
	string(model.GatewayLoadBalancerEndpoint), string(model.InstanceConnectEndpoint)}

// endpointKeys are the keys of each type besides `type`.
var endpointKeys = map[model.EndpointType]struct{ must, may []string }{
	model.GatewayEndpoint:             {[]string{"vpc", "service", "prefix_list"}, []string{"route_tables"}},
	model.InterfaceEndpoint:           {[]string{"vpc", "service", "subnets", "private_ips"}, []string{"security_groups", "load_balancer"}},
	model.GatewayLoadBalancerEndpoint: {[]string{"subnet", "service"}, []string{"vpc", "private_ip"}},
	model.InstanceConnectEndpoint:     {[]string{"subnet", "private_ip"}, []string{"vpc", "security_groups", "preserve_client_ip"}},
}

var endpointFields = []field[rawEndpoint]{
	{"type", true, func(w *walker, n *yaml.Node, d *rawEndpoint) { w.word(n, endpointTypes, &d.typ) }},
	endpointField("vpc", func(w *walker, n *yaml.Node, d *rawEndpoint) { w.ref(n, "the name of a VPC", &d.vpc) }),
	endpointField("service", func(w *walker, n *yaml.Node, d *rawEndpoint) {
		w.textValue(n, "the name of a service as s3", &d.Service)
	}),
	endpointField("prefix_list", func(w *walker, n *yaml.Node, d *rawEndpoint) {
		w.ref(n, "the name of a prefix list", &d.list)
	}),
	endpointField("route_tables", func(w *walker, n *yaml.Node, d *rawEndpoint) {
		w.refs(n, "the name of a route table", &d.tables)
	}),
	endpointField("subnet", func(w *walker, n *yaml.Node, d *rawEndpoint) { w.ref(n, "the name of a subnet", &d.subnet) }),
	endpointField("subnets", func(w *walker, n *yaml.Node, d *rawEndpoint) {
		before := len(w.out.findings)
		w.refs(n, "the name of a subnet", &d.subnets)
		if len(d.subnets) == 0 && len(w.out.findings) == before {
			w.report(w.at(n), idEmptyList, "an interface endpoint has at least one subnet; expected one of each Availability Zone to serve")
		}
	}),
	endpointField("private_ip", func(w *walker, n *yaml.Node, d *rawEndpoint) {
		if a, ok := w.ownAddress(n, onlyV4); ok {
			d.addresses = []address{a}
		}
	}),
	endpointField("private_ips", func(w *walker, n *yaml.Node, d *rawEndpoint) {
		d.addressesAt = w.at(n)
		w.list(n, "a list of IPv4 addresses", func(item *yaml.Node) {
			a, _ := w.ownAddress(item, onlyV4)
			d.addresses = append(d.addresses, a) // a bad one too: the others keep their subnets
		})
	}),
	endpointField("security_groups", func(w *walker, n *yaml.Node, d *rawEndpoint) { w.readGroupNames(n, &d.common) }),
	endpointField("load_balancer", func(w *walker, n *yaml.Node, d *rawEndpoint) {
		w.ref(n, "the name of a load balancer", &d.balancer)
	}),
	endpointField("preserve_client_ip", func(w *walker, n *yaml.Node, d *rawEndpoint) { w.boolean(n, &d.PreserveClientIP) }),
}

// endpointField is a field that does not go with every type of endpoint.
func endpointField(name string, read func(*walker, *yaml.Node, *rawEndpoint)) field[rawEndpoint] {
	return field[rawEndpoint]{name, false, func(w *walker, n *yaml.Node, d *rawEndpoint) {
		d.given = append(d.given, sectionKey{name, w.at(n)})
		read(w, n, d)
	}}
}

func (w *walker) readEndpoint(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindVPCEndpoint
	d := &rawEndpoint{VPCEndpoint: &model.VPCEndpoint{Ident: id}}
	w.resource(d.VPCEndpoint)
	w.out.endpoints = append(w.out.endpoints, d)
	if !readMapping(w, n, id.At, subject{"VPC endpoint", id.Name}, endpointFields, d) || d.typ == "" {
		return
	}
	d.Type = model.EndpointType(d.typ)
	w.endpointKeys(d)
	if d.Type == model.GatewayEndpoint && d.Service != "" && !GatewayService(d.Service) { // EP-1
		w.report(d.keyAt("service"), idInvalidValue, "service %s has no gateway endpoints; expected %s, or `type: interface`%s", quote(d.Service),
			oneOf(gatewayServices), diag.DidYouMean(d.Service, gatewayServices))
	}
	if at := d.keyAt("subnets"); d.Type == model.InterfaceEndpoint && at.IsValid() && d.addressesAt.IsValid() && len(d.subnets) != len(d.addresses) && len(d.subnets) > 0 {
		w.reportOf(d.addressesAt, idAddressCount, at, "the subnets", "VPC endpoint %q has %d subnets and %d private addresses; expected one address for each subnet, in the same order",
			id.Name, len(d.subnets), len(d.addresses))
	}
	switch d.Type {
	case model.GatewayLoadBalancerEndpoint:
		d.common.noGroups = true // EP-10
		d.addInterface(d.subnet)
	case model.InstanceConnectEndpoint:
		d.addInterface(d.subnet)
	case model.InterfaceEndpoint:
		for _, name := range d.subnets {
			d.addInterface(name)
		}
	}
}

// gatewayServices are those that AWS has gateway endpoints for (EP-1).
var gatewayServices = []string{"dynamodb", "s3", "s3express"}

// GatewayService reports whether AWS has gateway endpoints for a service, named
// as s3 or com.amazonaws.eu-west-1.s3 (EP-1).
func GatewayService(service string) bool {
	return slices.Contains(gatewayServices, serviceName(service))
}

// serviceName is the service without the Region before it, as
// com.amazonaws.eu-west-1.s3.
func serviceName(service string) string { return service[strings.LastIndexByte(service, '.')+1:] }

// keyAt returns the place of a key's value.
func (d *rawEndpoint) keyAt(name string) diag.Pos {
	for _, k := range d.given {
		if k.name == name {
			return k.at
		}
	}
	return diag.Pos{}
}

// endpointKeys checks that the keys of an endpoint go with its type.
func (w *walker) endpointKeys(d *rawEndpoint) {
	keys := endpointKeys[d.Type]
	all := append(slices.Clone(keys.must), keys.may...)
	for _, k := range d.given {
		if !slices.Contains(all, k.name) {
			w.report(k.at, idConflictingKeys, "`%s` does not go with an endpoint of type %s; expected %s", k.name, d.Type, oneOf(all))
		}
	}
	for _, name := range keys.must {
		if !d.keyAt(name).IsValid() {
			w.report(d.At, idMissingKey, "VPC endpoint %q lacks the key `%s`, which type %s needs", d.Name, name, d.Type)
		}
	}
}

// addInterface gives an endpoint its interface in a subnet.
func (d *rawEndpoint) addInterface(subnet ref) {
	if !subnet.given() {
		return
	}
	i := newInterface(model.Ident{})
	i.SourceDestCheck = false
	i.subnet, i.groups, i.groupsAt, i.noGroups = subnet, d.common.groups, d.common.groupsAt, d.common.noGroups
	if k := len(d.ifaces); k < len(d.addresses) {
		i.primary = d.addresses[k]
	}
	d.ifaces = append(d.ifaces, i)
}

// readGroupNames reads the security groups of an interface.
func (w *walker) readGroupNames(n *yaml.Node, d *rawInterface) {
	d.groupsAt = w.at(n)
	before := len(w.out.findings)
	w.refs(n, "the name of a security group", &d.groups)
	if len(d.groups) == 0 && len(w.out.findings) == before {
		w.report(d.groupsAt, idEmptyList, "an interface has at least one security group; leave the key out for the VPC's default group")
	}
}
