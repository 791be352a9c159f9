package load

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// rawInterface is a network interface, explicit or an instance's shorthand.
// Large topologies have many: what is rare lies in slices.
type rawInterface struct {
	*model.Interface
	subnet, instance ref
	groups           []ref
	groupsAt         diag.Pos // zero where the key is left out
	primary          address
	secondary        []address
	v6               []address
	publics          []publicAddress
	index            int // device index; -1 where the key is left out
	indexAt          diag.Pos
	like             *rawInterface // its groups are those of this one
	has              interfaceKeys
	account          *ref // its owner's, in a shared VPC
	noGroups         bool // it takes none, not even the default group
}

// interfaceKeys are the keys that are there, with a good value or a bad one.
type interfaceKeys struct{ subnet, instance, private, public bool }

// publicAddress is an address that a gateway of a kind maps to a private one:
// the primary where private is not given.
type publicAddress struct {
	private, public address
	by              model.Kind
}

// addressFields are the keys that a network interface and the shorthand of an
// instance have in common.
var addressFields = []field[rawInterface]{
	{"subnet", false, func(w *walker, n *yaml.Node, d *rawInterface) {
		d.has.subnet = true
		w.ref(n, "the name of a subnet", &d.subnet)
	}},
	{"account", false, func(w *walker, n *yaml.Node, d *rawInterface) {
		a := ref{at: w.at(n)}
		w.textValue(n, "an account number", &a.text)
		if a.text != "" {
			d.account = &a
		}
	}},
	{"private_ip", false, func(w *walker, n *yaml.Node, d *rawInterface) {
		d.has.private = true
		if a, ok := w.ownAddress(n, onlyV4); ok {
			d.primary = a
		}
	}},
	{"private_ips", false, func(w *walker, n *yaml.Node, d *rawInterface) {
		d.has.private = true
		w.list(n, "a list of IPv4 addresses", func(item *yaml.Node) {
			if a, ok := w.ownAddress(item, onlyV4); ok {
				d.secondary = append(d.secondary, a)
			}
		})
	}},
	{"public_ip", false, func(w *walker, n *yaml.Node, d *rawInterface) {
		if a, ok := w.ownAddress(n, onlyV4); ok {
			d.mapPrimary(a, model.KindInternetGateway)
		}
	}},
	{"carrier_ip", false, func(w *walker, n *yaml.Node, d *rawInterface) { // MISC-3
		if a, ok := w.address(n, onlyV4); ok {
			d.mapPrimary(a, model.KindCarrierGateway)
		}
	}},
	{"customer_owned_ip", false, func(w *walker, n *yaml.Node, d *rawInterface) { // MISC-4
		if a, ok := w.address(n, onlyV4); ok {
			d.mapPrimary(a, model.KindLocalGateway)
		}
	}},
	{"public_ips", false, func(w *walker, n *yaml.Node, d *rawInterface) {
		w.entries(n, "`public_ips`", func(key, value *yaml.Node) {
			private, ok1 := w.address(key, onlyV4)
			public, ok2 := w.ownAddress(value, onlyV4)
			if ok1 && ok2 {
				d.publics = append(d.publics, publicAddress{private, public, model.KindInternetGateway})
			}
		})
	}},
	{"ipv6", false, func(w *walker, n *yaml.Node, d *rawInterface) {
		w.oneOrList(n, "an IPv6 address or a list of them", func(item *yaml.Node) {
			if a, ok := w.ownAddress(item, onlyV6); ok {
				d.v6 = append(d.v6, a)
			}
		})
	}},
	{"security_groups", false, func(w *walker, n *yaml.Node, d *rawInterface) { w.readGroupNames(n, d) }},
	{"source_dest_check", false, func(w *walker, n *yaml.Node, d *rawInterface) { w.boolean(n, &d.SourceDestCheck) }},
}

var interfaceFields = append(slices.Clone(addressFields),
	field[rawInterface]{"instance", false, func(w *walker, n *yaml.Node, d *rawInterface) {
		d.has.instance = true
		w.ref(n, "the name of an instance", &d.instance)
	}},
	field[rawInterface]{"device_index", false, func(w *walker, n *yaml.Node, d *rawInterface) {
		if v, ok := w.integer(n, "a device index", 0, 127); ok {
			d.index, d.indexAt = v, w.at(n)
		}
	}},
)

// newInterface returns an interface with AWS's defaults (NI-1).
func newInterface(id model.Ident) *rawInterface {
	id.Kind = model.KindNetworkInterface
	return &rawInterface{Interface: &model.Interface{Ident: id, SourceDestCheck: true}, index: -1}
}

// mapPrimary notes an address that a gateway maps to the primary one.
func (d *rawInterface) mapPrimary(public address, by model.Kind) {
	d.publics = append(d.publics, publicAddress{public: public, by: by})
}

func (w *walker) readInterface(id model.Ident, n *yaml.Node) {
	d := newInterface(id)
	w.resource(d.Interface)
	w.out.interfaces = append(w.out.interfaces, d)
	what := subject{"network interface", id.Name}
	if !readMapping(w, n, id.At, what, interfaceFields, d) {
		return
	}
	if !d.has.subnet {
		w.report(id.At, idMissingKey, "%s lacks the key `subnet`", what)
	}
	if d.indexAt.Line > 0 && !d.has.instance {
		w.report(d.indexAt, idConflictingKeys, "%s has a `device_index` and no `instance` to be a device of", what)
	}
}

// rawInstance is an instance with the interface of its shorthand, if any.
type rawInstance struct {
	*model.Instance
	iface       *rawInterface // nil without any of the shorthand's keys
	ifaceName   string        // "" for eni-<name>
	ifaceNameAt diag.Pos
}

var instanceFields = makeInstanceFields()

func makeInstanceFields() []field[rawInstance] {
	var fields []field[rawInstance]
	for _, f := range addressFields {
		fields = append(fields, field[rawInstance]{f.name, false, func(w *walker, n *yaml.Node, d *rawInstance) {
			if d.iface == nil {
				d.iface = newInterface(d.Ident)
			}
			f.read(w, n, d.iface)
		}})
	}
	return append(fields,
		field[rawInstance]{"ip_forward", false, func(w *walker, n *yaml.Node, d *rawInstance) { w.readForward(n, d.Instance) }},
		field[rawInstance]{"outbound_only", false, func(w *walker, n *yaml.Node, d *rawInstance) { w.boolean(n, &d.OutboundOnly) }},
		field[rawInstance]{"interface", false, func(w *walker, n *yaml.Node, d *rawInstance) {
			if name, ok := w.name(n); ok {
				d.ifaceName, d.ifaceNameAt = name, w.at(n)
			}
		}},
		field[rawInstance]{"local_routes", false, func(w *walker, n *yaml.Node, d *rawInstance) { w.cidrs(n, anyFamily, &d.LocalRoutes) }},
		field[rawInstance]{"masquerade", false, func(w *walker, n *yaml.Node, d *rawInstance) {
			w.list(n, "a list of masquerade rules", func(item *yaml.Node) { w.readMasquerade(item, d.Instance) })
		}},
		field[rawInstance]{"forward_rules", false, func(w *walker, n *yaml.Node, d *rawInstance) {
			w.list(n, "a list of rules", func(item *yaml.Node) {
				if rule := w.firewallRule(item, "a forward rule", forwardFields); rule != nil {
					d.ForwardRules = append(d.ForwardRules, &rule.FirewallRule)
				}
			})
		}},
		field[rawInstance]{"port_forwards", false, func(w *walker, n *yaml.Node, d *rawInstance) {
			w.list(n, "a list of port forwards", func(item *yaml.Node) { w.readPortForward(item, d.Instance) })
		}},
	)
}

func (w *walker) readInstance(id model.Ident, n *yaml.Node) {
	id.Kind = model.KindInstance
	d := &rawInstance{Instance: &model.Instance{Ident: id}}
	w.resource(d.Instance)
	w.out.instances = append(w.out.instances, d)
	what := subject{"instance", id.Name}
	if readMapping(w, n, id.At, what, instanceFields, d) && d.iface != nil && !d.iface.has.subnet {
		w.report(id.At, idMissingKey, "%s says something of its network interface and lacks the key `subnet`", what)
	} else if d.iface == nil && d.ifaceName != "" {
		w.report(d.ifaceNameAt, idConflictingKeys, "`interface` names the interface that an instance has by its shorthand; %s has none: write %s under `network_interfaces`", what, quote(d.ifaceName))
	}
}

// makeInterfaces gives the interfaces that shorthands, NAT gateways, VPC
// endpoints and load balancers make their names.
func (r *resolver) makeInterfaces() {
	add := func(owner model.Resource, d *rawInterface, suffix string) {
		name := "eni-" + owner.ID().Name + suffix
		if _, taken := r.t.Names[name]; taken {
			name = owner.ID().Name + suffix + ".eni"
		}
		if old, taken := r.t.Names[name]; taken {
			r.hole(old.ID().At, idDuplicateName, "name %q is what the interface of %s %q is called; give %s another name",
				name, owner.ID().Kind.Words(), owner.ID().Name, old.ID().Kind.Phrase())
			return
		}
		d.Name, d.Kind, d.At, d.Implicit, d.Owner = name, model.KindNetworkInterface, owner.ID().At, true, owner
		r.t.Names[name] = d.Interface
		r.d.interfaces = append(r.d.interfaces, d)
	}
	for _, i := range r.d.instances {
		switch {
		case i.iface == nil:
		case i.ifaceName == "":
			add(i.Instance, i.iface, "")
		default:
			d := i.iface
			d.Ident = model.Ident{Name: i.ifaceName, Kind: model.KindNetworkInterface, At: i.ifaceNameAt}
			d.Implicit, d.Owner = true, i.Instance
			if r.declare(d.Interface) {
				r.d.interfaces = append(r.d.interfaces, d)
			}
		}
	}
	for _, n := range r.d.nats {
		r.makeNAT(n, add)
	}
	for _, e := range r.d.endpoints {
		e.Interfaces = r.ownInterfaces(e.VPCEndpoint, e.ifaces)
	}
	for _, b := range r.d.balancers {
		b.Nodes = r.ownInterfaces(b.LoadBalancer, b.ifaces)
	}
}

// resolveInterfaces looks up subnets, groups and owners, and checks
// addresses.
func (r *resolver) resolveInterfaces() {
	for i, d := range r.d.interfaces {
		d.Index = i
		r.t.Interfaces = append(r.t.Interfaces, d.Interface)
		if s, ok := lookup[*model.Subnet](r, d.subnet, model.KindSubnet); ok {
			d.Subnet = s
		}
		if u := r.unmodelled(d.instance); u != nil {
			d.Owner = u
		} else if inst, ok := lookup[*model.Instance](r, d.instance, model.KindInstance); ok {
			d.Owner = inst
		}
	}
	r.chooseAddresses()
	for _, d := range r.d.interfaces {
		r.collectAddresses(d)
		r.resolveGroupsOf(d)
	}
	r.attachInterfaces()
}

func (r *resolver) resolveGroupsOf(d *rawInterface) {
	if _, nat := d.Owner.(*model.NATGateway); nat || d.noGroups {
		return // SG-21, EP-10, LB-5
	}
	if d.like != nil {
		d.Groups = slices.Clone(d.like.Groups)
		for _, g := range d.Groups {
			g.Members = append(g.Members, d.Interface)
		}
		return
	}
	var vpc *model.VPC
	if d.Subnet != nil {
		vpc = d.Subnet.VPC
	}
	if d.groupsAt.Line == 0 {
		r.ownDefaultGroup(d, vpc)
		if vpc != nil && vpc.DefaultSecurityGroup != nil { // SG-3
			d.Groups = []*model.SecurityGroup{vpc.DefaultSecurityGroup}
			vpc.DefaultSecurityGroup.Members = append(vpc.DefaultSecurityGroup.Members, d.Interface)
		}
		return
	}
	d.Groups = make([]*model.SecurityGroup, 0, len(d.groups))
	for k, name := range d.groups {
		g := r.unknownGroup(name)
		if g == nil {
			var ok bool
			if g, ok = lookup[*model.SecurityGroup](r, name, model.KindSecurityGroup); !ok {
				continue
			}
		}
		if j := slices.IndexFunc(d.groups[:k], func(o ref) bool { return o.text == name.text }); j >= 0 {
			r.faultOf(name.at, idDuplicateEntry, d.groups[j].at, "the first", "security group %q stands twice; the first is at %s", name.text, d.groups[j].at)
			continue
		}
		if vpc != nil && g.VPC != nil && g.VPC != vpc { // SG-19
			r.faultOf(name.at, idOtherVPC, g.At, quote(g.Name)+" is declared here",
				"security group %q belongs to VPC %q; the interface is in VPC %q", g.Name, g.VPC.Name, vpc.Name)
		}
		r.ownGroup(d, vpc, name, g)
		d.Groups = append(d.Groups, g)
		g.Members = append(g.Members, d.Interface)
	}
}

// attachInterfaces puts the interfaces of each instance in device order: the
// shorthand's is device 0, explicit indexes hold, the others fill the lowest
// free ones in file order.
func (r *resolver) attachInterfaces() {
	type device struct {
		d     *rawInterface
		index int
	}
	devices := map[*model.Instance][]device{}
	for _, d := range r.d.interfaces {
		if inst, ok := d.Owner.(*model.Instance); ok {
			index := d.index
			if d.Implicit {
				index = 0
			}
			devices[inst] = append(devices[inst], device{d, index})
		}
	}
	for _, raw := range r.d.instances {
		list := devices[raw.Instance]
		used := map[int]*rawInterface{}
		for _, v := range list {
			if v.index < 0 {
				continue
			}
			if other := used[v.index]; other != nil {
				late, early := v.d, other
				if late.Implicit {
					late, early = early, late
				}
				r.faultOf(late.indexAt, idDuplicateEntry, early.At, quote(early.Name)+" is declared here",
					"device index %d of instance %q is taken by interface %q already", v.index, raw.Name, early.Name)
				continue
			}
			used[v.index] = v.d
		}
		next := 0
		for k := range list {
			if list[k].index >= 0 {
				continue
			}
			for used[next] != nil {
				next++
			}
			list[k].index, used[next] = next, list[k].d
		}
		slices.SortStableFunc(list, func(a, b device) int { return cmp.Compare(a.index, b.index) })
		for _, v := range list {
			raw.Interfaces = append(raw.Interfaces, v.d.Interface)
		}
	}
}

// collectAddresses puts the addresses of an interface together, the primary
// first.
func (r *resolver) collectAddresses(d *rawInterface) {
	if d.primary.IsValid() {
		d.Private = append(d.Private, d.primary.Addr)
	}
	for _, a := range d.secondary {
		if a.IsValid() {
			d.Private = append(d.Private, a.Addr)
		}
	}
	for _, a := range d.v6 {
		if a.IsValid() {
			d.IPv6 = append(d.IPv6, a.Addr)
		}
	}
	for _, p := range d.publics {
		if !p.private.given() {
			switch {
			case !p.public.IsValid():
			case len(d.Private) == 0:
				r.fault(p.public.at, idMissingKey, "a %s address maps to a private one, and the interface has none; expected `private_ip`", mappedWords[p.by])
			default:
				d.Public = append(d.Public, model.PublicIP{Private: d.Private[0], Public: p.public.Addr, At: p.public.at, By: p.by})
			}
			continue
		}
		if !slices.Contains(d.Private, p.private.Addr) {
			r.fault(p.private.at, idUnknownAddress, "%s is none of the interface's private addresses; expected %s", p.private, addressList(d.Private))
			continue
		}
		if j := slices.IndexFunc(d.Public, func(o model.PublicIP) bool { return o.Private == p.private.Addr && o.By == model.KindInternetGateway }); j >= 0 { // ADDR-13
			r.faultOf(p.private.at, idDuplicateEntry, d.Public[j].At, "the first", "%s has a public address already, at %s", p.private, d.Public[j].At)
			continue
		}
		d.Public = append(d.Public, model.PublicIP{Private: p.private.Addr, Public: p.public.Addr, At: p.public.at, By: model.KindInternetGateway})
	}
}

// mappedWords name the addresses that a kind of gateway maps.
var mappedWords = map[model.Kind]string{
	model.KindInternetGateway: "public", model.KindCarrierGateway: "carrier IP", model.KindLocalGateway: "customer-owned",
}

func addressList(list []netip.Addr) string {
	words := make([]string, len(list))
	for i, a := range list {
		words[i] = a.String()
	}
	if len(words) == 0 {
		return "none, since it has none"
	}
	return oneOf(words)
}
