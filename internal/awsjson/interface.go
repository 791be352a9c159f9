package awsjson

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// eni is a network interface, of the list of them or of an instance's own.
type eni struct {
	*resource
	instance string // "" for none
	index    int
	attached bool
}

// gatherInterfaces joins the list of interfaces with what instances say of
// theirs. Where the two differ the interface is right.
func (b *builder) gatherInterfaces() {
	add := func(r *resource, instance string) {
		if r.id == "" || b.eniByID[r.id] != nil {
			return
		}
		a := r.get("Attachment")
		i := &eni{resource: r, instance: a.Get("InstanceId").Text(), attached: a.Exists() && is(a.Get("Status"), "attached", "attaching", "")}
		if instance != "" {
			i.instance, i.attached = instance, true
		}
		i.index, _ = a.Get("DeviceIndex").Int()
		b.eniByID[r.id] = i
		b.enis = append(b.enis, i)
	}
	for _, r := range b.d.lists["NetworkInterfaces"] {
		add(r, "")
	}
	for _, inst := range b.d.lists["Instances"] {
		if is(inst.get("State"), "terminated", "shutting-down") {
			b.gone[inst.id] = true
			continue
		}
		for v := range inst.get("NetworkInterfaces").Items() {
			add(&resource{Value: v, kind: kindOf("NetworkInterfaces"), id: v.Get("NetworkInterfaceId").Text(), region: inst.region, account: inst.account}, inst.id)
		}
	}
	slices.SortFunc(b.enis, func(a, c *eni) int { return cmp.Compare(a.id, c.id) })
}

// address is a private address with the public one that is mapped to it, and
// those of a carrier gateway and a local gateway.
type address struct{ private, public, carrier, owned jsontree.Value }

func addressOf(private, association jsontree.Value) address {
	return address{private, association.Get("PublicIp"), association.Get("CarrierIp"), association.Get("CustomerOwnedIp")}
}

// addresses returns the IPv4 addresses of an interface, the primary first.
func (i *eni) addresses() []address {
	var out []address
	for p := range i.get("PrivateIpAddresses").Items() {
		a := addressOf(p.Get("PrivateIpAddress"), p.Get("Association"))
		if p.Get("Primary").IsTrue() {
			out = slices.Insert(out, 0, a)
		} else {
			out = append(out, a)
		}
	}
	if len(out) == 0 && i.text("PrivateIpAddress") != "" {
		out = append(out, address{private: i.get("PrivateIpAddress")})
	}
	// The interface's own association is that of its primary address; not
	// everyone says it of the address, too.
	if own := i.get("Association", "PublicIp"); len(out) > 0 && own.Text() != "" &&
		!slices.ContainsFunc(out, func(a address) bool { return a.public.Text() == own.Text() }) && out[0].public.Text() == "" {
		out[0].public = own
	}
	if len(out) > 0 {
		own := addressOf(jsontree.Value{}, i.get("Association"))
		if !slices.ContainsFunc(out, func(a address) bool { return a.carrier.Text() != "" }) {
			out[0].carrier = own.carrier
		}
		if !slices.ContainsFunc(out, func(a address) bool { return a.owned.Text() != "" }) {
			out[0].owned = own.owned
		}
	}
	return out
}

// ipv6 returns the IPv6 addresses.
func (i *eni) ipv6() []jsontree.Value {
	var out []jsontree.Value
	for a := range i.get("Ipv6Addresses").Items() {
		v := a
		if a.Kind() == jsontree.Object {
			v = a.Get("Ipv6Address")
		}
		out = append(out, v)
	}
	if v := i.get("Ipv6Address"); len(out) == 0 && v.Text() != "" {
		out = append(out, v)
	}
	return out
}

// writeInterfaces writes the instances with their interfaces, and the
// interfaces of what else is in the network.
func (b *builder) writeInterfaces() {
	byInstance := map[string][]*eni{}
	for _, i := range b.enis {
		switch {
		case b.claimed[i.id]:
			b.ids[i.id] = true
		case i.instance != "" && i.attached && !b.gone[i.instance]:
			byInstance[i.instance] = append(byInstance[i.instance], i)
		default:
			b.otherInterface(i)
		}
	}
	for id := range byInstance {
		if b.d.find("Instances", id) == nil && b.names[id] == "" {
			b.names[id] = shortID(id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(byInstance)) {
		list := byInstance[id]
		if b.refused[id] != "" {
			for _, i := range list {
				b.loseInterface(i, "its instance is not modelled")
			}
			if r := b.d.find("Instances", id); r != nil {
				b.leaveOut(r, b.refused[id])
			}
			continue
		}
		b.instance(id, list)
	}
	for _, r := range b.d.lists["Instances"] {
		if r.id != "" && !b.gone[r.id] && byInstance[r.id] == nil {
			b.leaveOut(r, "the dump does not hold its network interfaces")
		}
	}
}

// instance writes an instance: in one entry if it has one interface.
func (b *builder) instance(id string, list []*eni) {
	at := list[0].At()
	if r := b.d.find("Instances", id); r != nil {
		at = r.At()
	}
	slices.SortStableFunc(list, func(a, c *eni) int { return cmp.Compare(a.index, c.index) })
	good := list[:0:0]
	forwards := false
	for _, i := range list {
		if why := b.badInterface(i); why != "" {
			b.loseInterface(i, why)
			continue
		}
		good = append(good, i)
		forwards = forwards || i.get("SourceDestCheck").Exists() && !i.get("SourceDestCheck").IsTrue()
	}
	if len(good) == 0 {
		b.notModelled(id, "instance", "none of its network interfaces is modelled", at)
		return
	}
	e := b.entry("instances", id, at)
	if len(good) == 1 && good[0].index == 0 {
		e.Set("interface", doc.Str(b.name(good[0].id), good[0].At()))
		b.ids[good[0].id] = true
		b.entered[b.name(good[0].id)] = "network_interfaces"
		b.interfaceKeys(e.Value, good[0])
	} else {
		for _, i := range good {
			n := b.entry("network_interfaces", i.id, i.At())
			b.interfaceKeys(n.Value, i)
			n.Set("instance", doc.Str(b.name(id), at)).Set("device_index", doc.Int(i.index, i.At()))
		}
	}
	if forwards {
		e.Set("ip_forward", doc.Str("unknown", at))
		b.info(at, "forwarding-unknown", "the source/destination check of instance %s is off, and AWS does not know what its kernel does with packets for others; write ip_forward and its iptables rules into the topology", quote(id))
	}
}

// badInterface says why an interface cannot be modelled.
func (b *builder) badInterface(i *eni) string {
	switch {
	case b.refused[i.id] != "":
		return b.refused[i.id]
	case !b.usable("Subnets", i.text("SubnetId")):
		return "its subnet " + i.text("SubnetId") + " is not in the dump, or not modelled"
	case len(i.addresses()) == 0 && len(i.ipv6()) == 0:
		return "it has no address"
	case i.get("Groups").Len() == 0:
		return "the dump does not say what security groups it has"
	}
	for k, a := range i.addresses() {
		if carrier, owned := b.mapped(i, a); k > 0 && carrier.Text()+owned.Text() != "" {
			return "its secondary address " + a.private.Text() + " has a carrier or customer-owned IP address, which vpcpath models of primary addresses"
		}
	}
	return ""
}

// loseInterface puts an interface under not_modelled. Its VPC has an address
// then of which nobody knows whose it is.
func (b *builder) loseInterface(i *eni, why string) {
	b.leaveOut(i.resource, why)
	b.vpcs[i.text("VpcId")].lose("network interface " + i.id + " is not modelled")
}

// interfaceKeys sets what the language says of an interface.
func (b *builder) interfaceKeys(e *doc.Value, i *eni) {
	e.Set("subnet", b.ref("Subnets", i.text("SubnetId"), i.get("SubnetId").At()))
	list := i.addresses()
	publics := doc.Map(i.At())
	for k, a := range list {
		at := a.private.At()
		switch {
		case k == 0:
			e.Set("private_ip", doc.Str(a.private.Text(), at))
		default:
			e.Append("private_ips", doc.Str(a.private.Text(), at))
		}
		public := a.public
		if public.Text() == "" {
			public = b.elastic[i.id+" "+a.private.Text()]
		}
		if public.Text() != "" && !b.isPublic(public) {
			b.warn(public.At(), "not-understood", "public address %s of network interface %s is none that the internet routes; it is left out", quote(public.Text()), quote(i.id))
		} else if public.Text() != "" {
			publics.Set(a.private.Text(), doc.Str(public.Text(), public.At()))
		}
		if carrier, owned := b.mapped(i, a); k == 0 {
			copyText(e, "carrier_ip", carrier)
			copyText(e, "customer_owned_ip", owned)
		}
	}
	switch {
	case len(publics.Pairs) == 1 && publics.Pairs[0].Key == list[0].private.Text():
		e.Set("public_ip", publics.Pairs[0].Value)
	case len(publics.Pairs) > 0:
		e.Set("public_ips", publics)
	}
	if v6 := i.ipv6(); len(v6) == 1 {
		e.Set("ipv6", doc.Str(v6[0].Text(), v6[0].At()))
	} else {
		for _, a := range v6 {
			e.Append("ipv6", doc.Str(a.Text(), a.At()))
		}
	}
	for _, key := range []string{"Ipv4Prefixes", "Ipv6Prefixes"} {
		if p := i.get(key); p.Len() > 0 {
			b.vpcs[i.text("VpcId")].lose("network interface " + i.id + " has delegated prefixes")
		}
	}
	b.groupsOf(e, "security_groups", i.get("Groups"))
	if c := i.get("SourceDestCheck"); c.Exists() && !c.IsTrue() {
		e.Set("source_dest_check", doc.Bool(false, c.At()))
	}
}

// mapped returns the carrier IP address and the customer-owned one of an
// address of an interface.
func (b *builder) mapped(i *eni, a address) (carrier, owned jsontree.Value) {
	key := i.id + " " + a.private.Text()
	if carrier, owned = a.carrier, a.owned; carrier.Text() == "" {
		carrier = b.elastic["carrier_ip "+key]
	}
	if owned.Text() == "" {
		owned = b.elastic["customer_owned_ip "+key]
	}
	return carrier, owned
}

// isPublic reports whether an address can be public. Mocks of AWS make others.
func (b *builder) isPublic(v jsontree.Value) bool {
	a, err := netip.ParseAddr(v.Text())
	return err != nil || !(a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() || a.IsMulticast())
}

// groupsOf sets a list of security groups, from objects with a GroupId or from
// ids.
func (b *builder) groupsOf(e *doc.Value, key string, groups jsontree.Value) {
	out := doc.ListOf(groups.At())
	for g := range groups.Items() {
		id := g.Text()
		for _, k := range []string{"GroupId", "VpcSecurityGroupId"} {
			if id == "" {
				id = g.Get(k).Text()
			}
		}
		out.Items = append(out.Items, b.ref("SecurityGroups", id, g.At()))
	}
	if len(out.Items) > 0 {
		e.Set(key, out)
	}
}

// otherInterface writes an interface that no instance of the account holds:
// one that is free, or a service's.
func (b *builder) otherInterface(i *eni) {
	if b.gone[i.instance] {
		return
	}
	kind := i.text("InterfaceType")
	if kind == "transit_gateway" {
		return // the attachment has it
	}
	if why := b.badInterface(i); why != "" {
		b.loseInterface(i, why)
		return
	}
	if !i.attached && is(i.get("Status"), "available", "") {
		n := b.entry("network_interfaces", i.id, i.At())
		b.interfaceKeys(n.Value, i)
		return
	}
	if words := unknownOwners[kind]; words != "" || b.balancerNode(i) {
		if words == "" {
			words = "load balancer"
		}
		owner := i.id + ".owner"
		b.names[owner] = b.name(i.id) + ".owner"
		b.notModelled(owner, words, "it is not in the dump", i.At())
		b.warn(i.At(), "not-in-dump", "the %s that network interface %s belongs to is not in the dump; verdicts that depend on it are unknown", words, quote(i.id))
		n := b.entry("network_interfaces", i.id, i.At())
		b.interfaceKeys(n.Value, i)
		n.Set("instance", doc.Str(b.names[owner], i.At()))
		return
	}
	// A service's host: a database, a function, a cache. It sends and takes
	// packets as an instance does.
	host := b.hostOf(i)
	e := b.entry("instances", host, i.At())
	e.Comment = i.text("Description")
	e.Set("interface", doc.Str(b.name(i.id), i.At()))
	b.ids[i.id] = true
	b.entered[b.name(i.id)] = "network_interfaces"
	b.interfaceKeys(e.Value, i)
	if kind == "lambda" || strings.HasPrefix(e.Comment, "AWS Lambda VPC ENI") {
		e.Set("outbound_only", doc.Bool(true, i.At()))
	}
}

// unknownOwners are the types of interfaces that belong to what takes packets
// and hands them on.
var unknownOwners = map[string]string{
	"nat_gateway":                    "NAT gateway",
	"natGateway":                     "NAT gateway",
	"vpc_endpoint":                   "VPC endpoint",
	"gateway_load_balancer_endpoint": "VPC endpoint",
	"network_load_balancer":          "load balancer",
	"load_balancer":                  "load balancer",
	"gateway_load_balancer":          "load balancer",
	"ec2_instance_connect_endpoint":  "Instance Connect endpoint",
}

func (b *builder) balancerNode(i *eni) bool { return strings.HasPrefix(i.text("Description"), "ELB ") }

// hostOf names the host behind a service's interface.
func (b *builder) hostOf(i *eni) string {
	if db := b.databases[i.id]; db != nil {
		return db.id
	}
	id := i.id + ".host"
	what := i.text("InterfaceType")
	if what == "" || what == "interface" {
		what = strings.TrimPrefix(i.text("RequesterId"), "amazon-")
		if what == "" || strings.Trim(what, "0123456789") == "" {
			what = "host"
		}
	}
	b.names[id] = fit(what + "-" + b.name(i.id))
	return id
}

// matchDatabases finds the interface of each database: the one of RDS in the
// zone of the database, with its groups and in its VPC. Where several fit,
// none is taken.
func (b *builder) matchDatabases() {
	fitting := func(db *resource, i *eni) bool {
		if !strings.Contains(i.text("RequesterId")+i.text("Description")+i.get("Attachment", "InstanceOwnerId").Text(), "rds") && i.text("Description") != "RDSNetworkInterface" {
			return false
		}
		zone := db.text("AvailabilityZone")
		if v := db.get("DBSubnetGroup", "VpcId").Text(); v != i.text("VpcId") || zone != "" && zone != i.text("AvailabilityZone") {
			return false
		}
		var want, have []string
		for g := range db.get("VpcSecurityGroups").Items() {
			want = append(want, g.Get("VpcSecurityGroupId").Text())
		}
		for g := range i.get("Groups").Items() {
			have = append(have, g.Get("GroupId").Text())
		}
		slices.Sort(want)
		slices.Sort(have)
		return slices.Equal(want, have)
	}
	found := map[string][]*resource{}
	of := map[string][]*eni{}
	for _, db := range b.d.sorted("DBInstances") {
		for _, i := range b.enis {
			if i.instance == "" && fitting(db, i) {
				found[i.id] = append(found[i.id], db)
				of[db.id] = append(of[db.id], i)
			}
		}
	}
	for _, db := range b.d.sorted("DBInstances") {
		list := of[db.id]
		switch {
		case b.refused[db.id] != "":
			b.leaveOut(db, b.refused[db.id])
		case len(list) == 1 && len(found[list[0].id]) == 1:
			b.databases[list[0].id] = db
		case len(list) == 0:
			b.leaveOut(db, "the dump holds no network interface of it")
			b.vpcs[db.get("DBSubnetGroup", "VpcId").Text()].lose("the network interface of database " + db.id + " is not in the dump")
		default:
			b.leaveOut(db, "several network interfaces may be its own; ask by the name of the interface")
		}
	}
}

// gatherElastic maps interface and private address to the Elastic IP address.
func (b *builder) gatherElastic() {
	byPublic := map[string]string{}
	for _, r := range b.d.lists["Addresses"] {
		if id, private := r.text("NetworkInterfaceId"), r.text("PrivateIpAddress"); id != "" && private != "" {
			if _, err := netip.ParseAddr(r.text("PublicIp")); err == nil {
				b.elastic[id+" "+private] = r.get("PublicIp")
				byPublic[r.text("PublicIp")] = id + " " + private
			}
			b.elastic["carrier_ip "+id+" "+private] = r.get("CarrierIp")
			b.elastic["customer_owned_ip "+id+" "+private] = r.get("CustomerOwnedIp")
		}
	}
	for _, i := range b.enis { // the interface is right
		for _, a := range i.addresses() {
			if a.public.Text() == "" {
				continue
			}
			key := byPublic[a.public.Text()]
			if strings.HasPrefix(key, i.id+" ") && key != i.id+" "+a.private.Text() {
				b.warn(b.elastic[key].At(), "differs", "Elastic IP address %s is associated with %s here, and with %s of the same interface at %s; the interface is taken to be right",
					a.public.Text(), strings.TrimPrefix(key, i.id+" "), a.private.Text(), a.public.At())
				delete(b.elastic, key)
			}
		}
	}
}
