package load

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/model"
)

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
