package eval_test

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/packet"
)

// A spec is a topology as a user would write it: names instead of pointers.
// The generator makes one, buildSpec turns it into a *model.Topology, String
// prints it as YAML, and the shrinker takes parts of it away.
type spec struct {
	vpcs     []vpcSpec
	subnets  []subnetSpec
	tables   []tableSpec
	acls     []aclSpec
	groups   []groupSpec
	igws     []gatewaySpec
	eigws    []gatewaySpec
	nats     []natSpec
	insts    []instSpec
	enis     []eniSpec
	pcxs     []pcxSpec
	tunnels  []tunnelSpec
	networks []networkSpec
	vgws     []gatewaySpec
	vpns     []vpnSpec
	lists    []listSpec
	extras   []extraSpec
}

// An extraSpec is a resource of any other section, as its YAML has it: the
// generator and the shrinker need not know more of it.
type extraSpec struct {
	section, name string
	keys          []keySpec
}

// A keySpec is a key with one of: a text, a list of texts, a list of mappings,
// a mapping.
type keySpec struct {
	key  string
	text string
	list []string
	maps []fields
	one  fields
}

// put adds a resource of any section.
func (s *spec) put(section, name string, keys ...keySpec) {
	s.extras = append(s.extras, extraSpec{section, name, keys})
}

func text(key, value string) keySpec { return keySpec{key: key, text: value} }

func names(key string, values ...string) keySpec { return keySpec{key: key, list: values} }

func mappings(key string, values ...fields) keySpec { return keySpec{key: key, maps: values} }

// extra finds a resource that put has added.
func (s *spec) extra(name string) *extraSpec {
	for i := range s.extras {
		if s.extras[i].name == name {
			return &s.extras[i]
		}
	}
	return nil
}

// eni finds a network interface by its name.
func (s *spec) eni(name string) *eniSpec {
	for i := range s.enis {
		if s.enis[i].name == name {
			return &s.enis[i]
		}
	}
	return nil
}

// key finds a key of a resource; nil when it has none of the name.
func (e *extraSpec) key(name string) *keySpec {
	for i := range e.keys {
		if e.keys[i].key == name {
			return &e.keys[i]
		}
	}
	return nil
}

type vpcSpec struct {
	name         string
	cidrs, cidr6 []string
	region       string
}

type subnetSpec struct{ name, vpc, cidr, cidr6, az, table, acl, outpost string }

type routeSpec struct{ dst, target, origin string }

type tableSpec struct {
	name, vpc   string
	routes      []routeSpec
	edges       []string
	propagating []string
	pools       []string
}

// A ruleSpec is a rule of a security group or, with a number, of an ACL.
type ruleSpec struct {
	number    int
	allow     bool
	proto     string // all, tcp, udp, icmp, icmpv6 or a number
	ports     []packet.PortRange
	icmp      bool // typ and code are meant
	typ, code int  // -1 is all
	peer      string
}

type aclSpec struct {
	name, vpc string
	in, out   []ruleSpec
}

type groupSpec struct {
	name, vpc  string
	in, out    []ruleSpec
	outDefault bool // no egress written: AWS's default
}

type gatewaySpec struct{ name, vpc string }

type natSpec struct {
	name, subnet, ip, public string // public == "": connectivity private
	vpc, zones               string // of a regional one, which has neither of the others
	further, furtherPublic   []string
}

type forwardSpec struct {
	proto  string
	dst    string // "" matches all
	port   packet.PortRange
	to     string
	toPort uint16
}

type instSpec struct {
	name     string
	forward  bool
	masq     [][2]string // source, destination
	forwards []forwardSpec
	sources  []fields // SNAT and ACCEPT, before masq
	chain    []fields // FORWARD
	local    []string // local_routes
}

type eniSpec struct {
	name, subnet, inst string
	ips, ip6           []string
	public             [][2]string // private, public
	groups             []string
	check              bool
	carrier, owned     string // carrier_ip, customer_owned_ip
}

type pcxSpec struct{ name, a, b, status string }

type endSpec struct {
	inst, addr string
	routes     []string
}

type tunnelSpec struct {
	name, proto string
	port        uint16
	ends        [2]endSpec
}

type networkSpec struct {
	name   string
	cidrs  []string
	behind string
	more   []string // further connections
}

type vpnSpec struct {
	name, gateway string
	bgp           bool
	routes        []string
	keys          fields
}

type listSpec struct {
	name  string
	cidrs []string
}

// clone is deep enough that a clone's lists can be changed in place.
func (s *spec) clone() *spec {
	c := *s
	c.vpcs = slices.Clone(s.vpcs)
	c.subnets = slices.Clone(s.subnets)
	c.tables = slices.Clone(s.tables)
	for i := range c.tables {
		t := &c.tables[i]
		t.routes, t.edges, t.propagating = slices.Clone(t.routes), slices.Clone(t.edges), slices.Clone(t.propagating)
		t.pools = slices.Clone(t.pools)
	}
	c.acls = slices.Clone(s.acls)
	for i := range c.acls {
		c.acls[i].in, c.acls[i].out = slices.Clone(c.acls[i].in), slices.Clone(c.acls[i].out)
	}
	c.groups = slices.Clone(s.groups)
	for i := range c.groups {
		c.groups[i].in, c.groups[i].out = slices.Clone(c.groups[i].in), slices.Clone(c.groups[i].out)
	}
	c.igws, c.eigws, c.vgws = slices.Clone(s.igws), slices.Clone(s.eigws), slices.Clone(s.vgws)
	c.nats = slices.Clone(s.nats)
	c.insts = slices.Clone(s.insts)
	for i := range c.insts {
		n := &c.insts[i]
		n.masq, n.forwards, n.sources, n.chain, n.local = slices.Clone(n.masq), slices.Clone(n.forwards), slices.Clone(n.sources), slices.Clone(n.chain), slices.Clone(n.local)
	}
	c.enis = slices.Clone(s.enis)
	for i := range c.enis {
		e := &c.enis[i]
		e.ips, e.ip6, e.public, e.groups = slices.Clone(e.ips), slices.Clone(e.ip6), slices.Clone(e.public), slices.Clone(e.groups)
	}
	c.pcxs = slices.Clone(s.pcxs)
	c.tunnels = slices.Clone(s.tunnels)
	c.networks = slices.Clone(s.networks)
	for i := range c.networks {
		c.networks[i].cidrs, c.networks[i].more = slices.Clone(c.networks[i].cidrs), slices.Clone(c.networks[i].more)
	}
	c.vpns = slices.Clone(s.vpns)
	for i := range c.vpns {
		c.vpns[i].routes, c.vpns[i].keys = slices.Clone(c.vpns[i].routes), slices.Clone(c.vpns[i].keys)
	}
	c.lists = slices.Clone(s.lists)
	for i := range c.lists {
		c.lists[i].cidrs = slices.Clone(c.lists[i].cidrs)
	}
	c.extras = slices.Clone(s.extras)
	for i := range c.extras {
		keys := slices.Clone(c.extras[i].keys)
		for k := range keys {
			keys[k].list = slices.Clone(keys[k].list)
			maps := slices.Clone(keys[k].maps)
			for m := range maps {
				maps[m] = slices.Clone(maps[m])
			}
			keys[k].maps = maps
		}
		c.extras[i].keys = keys
	}
	return &c
}
