package load

import (
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// decls is what files declare, in their order, with names not yet looked up.
type decls struct {
	findings    []diag.Finding
	keys        []sectionKey     // the top-level keys
	order       []model.Resource // every named resource
	foreign     []ref            // names that are none; others may use them all the same
	aliases     []alias          // second names of resources
	weak        []model.Resource // those of doc.Entry.Weak
	addressRefs []addressRef
	versions    int

	vpcs         []*rawVPC
	subnets      []*rawSubnet
	tables       []*rawTable
	acls         []*rawACL
	groups       []*rawGroup
	igws         []*rawIGW
	eigws        []*rawEIGW
	vgws         []*rawVGW
	carriers     []*rawCarrier
	locals       []*rawLocal
	publicBlocks []*rawBPA
	nats         []*rawNAT
	instances    []*rawInstance
	interfaces   []*rawInterface
	peerings     []*rawPeering
	tunnels      []*rawTunnel
	networks     []*rawNetwork
	connections  []*rawConnection
	customers    []*rawCustomer
	lists        []*model.PrefixList
	transits     []*rawTransit
	attachments  []*rawAttachment
	dxs          []*rawDX
	unmodelled   []*model.Unmodelled
	endpoints    []*rawEndpoint
	balancers    []*rawBalancer
	firewalls    []*rawFirewall
	expects      []*rawExpect
}

// sectionKey is a key at the top of a file.
type sectionKey struct {
	name string
	at   diag.Pos
}

// append adds what a later chunk or file declares.
func (d *decls) append(o *decls) {
	d.findings = append(d.findings, o.findings...)
	d.keys = append(d.keys, o.keys...)
	d.order = append(d.order, o.order...)
	d.foreign = append(d.foreign, o.foreign...)
	d.aliases = append(d.aliases, o.aliases...)
	d.weak = append(d.weak, o.weak...)
	d.addressRefs = append(d.addressRefs, o.addressRefs...)
	d.versions += o.versions
	d.vpcs = append(d.vpcs, o.vpcs...)
	d.subnets = append(d.subnets, o.subnets...)
	d.tables = append(d.tables, o.tables...)
	d.acls = append(d.acls, o.acls...)
	d.groups = append(d.groups, o.groups...)
	d.igws = append(d.igws, o.igws...)
	d.eigws = append(d.eigws, o.eigws...)
	d.vgws = append(d.vgws, o.vgws...)
	d.carriers = append(d.carriers, o.carriers...)
	d.locals = append(d.locals, o.locals...)
	d.publicBlocks = append(d.publicBlocks, o.publicBlocks...)
	d.nats = append(d.nats, o.nats...)
	d.instances = append(d.instances, o.instances...)
	d.interfaces = append(d.interfaces, o.interfaces...)
	d.peerings = append(d.peerings, o.peerings...)
	d.tunnels = append(d.tunnels, o.tunnels...)
	d.networks = append(d.networks, o.networks...)
	d.connections = append(d.connections, o.connections...)
	d.customers = append(d.customers, o.customers...)
	d.lists = append(d.lists, o.lists...)
	d.transits = append(d.transits, o.transits...)
	d.attachments = append(d.attachments, o.attachments...)
	d.dxs = append(d.dxs, o.dxs...)
	d.unmodelled = append(d.unmodelled, o.unmodelled...)
	d.endpoints = append(d.endpoints, o.endpoints...)
	d.balancers = append(d.balancers, o.balancers...)
	d.firewalls = append(d.firewalls, o.firewalls...)
	d.expects = append(d.expects, o.expects...)
}

// section is a top-level key and what reads an entry of it.
type section struct {
	name  string
	entry func(w *walker, id model.Ident, n *yaml.Node)
}

// sections are the mappings by name; `version` and `expect` are read apart.
var sections = []section{
	{"vpcs", (*walker).readVPC},
	{"subnets", (*walker).readSubnet},
	{"route_tables", (*walker).readTable},
	{"network_acls", (*walker).readACL},
	{"security_groups", (*walker).readGroup},
	{"internet_gateways", (*walker).readIGW},
	{"egress_only_internet_gateways", (*walker).readEIGW},
	{"nat_gateways", (*walker).readNAT},
	{"carrier_gateways", (*walker).readCarrier},
	{"local_gateways", (*walker).readLocal},
	{"block_public_access", (*walker).readBPA},
	{"instances", (*walker).readInstance},
	{"network_interfaces", (*walker).readInterface},
	{"peering_connections", (*walker).readPeering},
	{"tunnels", (*walker).readTunnel},
	{"external_networks", (*walker).readNetwork},
	{"vpn_gateways", (*walker).readVGW},
	{"vpn_connections", (*walker).readConnection},
	{"customer_gateways", (*walker).readCustomer},
	{"prefix_lists", (*walker).readPrefixList},
	{"transit_gateways", (*walker).readTransit},
	{"transit_gateway_route_tables", (*walker).readTransitTable},
	{"transit_gateway_attachments", (*walker).readAttachment},
	{"direct_connect_gateways", (*walker).readDX},
	{"not_modelled", (*walker).readUnmodelled},
	{"vpc_endpoints", (*walker).readEndpoint},
	{"load_balancers", (*walker).readBalancer},
	{"network_firewalls", (*walker).readFirewall},
}

func findSection(name string) *section {
	for i := range sections {
		if sections[i].name == name {
			return &sections[i]
		}
	}
	return nil
}

func sectionNames() []string {
	names := []string{"version", "expect"}
	for _, s := range sections {
		names = append(names, s.name)
	}
	return names
}

// root reads a whole file's top mapping, or a chunk that begins at top-level
// keys.
func (w *walker) root(n *yaml.Node) {
	if n.Kind == yaml.MappingNode && len(n.Content) == 0 && w.places == nil && !w.describing() {
		w.report(w.at(n), idEmptyFile, "the file holds an empty mapping; expected sections as `vpcs:` and `subnets:`")
	}
	w.entries(n, "the topology", func(key, value *yaml.Node) {
		k := w.deref(key)
		if k == nil {
			return
		}
		if k.Kind != yaml.ScalarNode {
			w.report(w.at(key), idUnknownKey, "%s as a top-level key; expected %s", describe(k), oneOf(sectionNames()))
			return
		}
		w.out.keys = append(w.out.keys, sectionKey{k.Value, w.at(key)})
		w.section(k.Value, w.at(key), value)
	})
}

// section reads the value of one top-level key, or a chunk of it.
func (w *walker) section(name string, at diag.Pos, value *yaml.Node) {
	switch name {
	case "version":
		w.version(value)
		return
	case "expect":
		if !isNull(value) {
			w.list(value, "a list of expectations", w.readExpect)
		}
		return
	}
	if s := findSection(name); s != nil {
		if isNull(value) {
			return // every entry commented out
		}
		w.entries(value, "`"+name+"`", func(key, entry *yaml.Node) {
			entry, second := w.takeID(entry)
			if id, ok := w.name(key); ok {
				s.entry(w, model.Ident{Name: id, At: w.at(key)}, entry)
				if w.describing() {
					w.shapes.property(entry, "id", idWords)
				}
				if second.given() {
					w.out.aliases = append(w.out.aliases, alias{second, w.out.order[len(w.out.order)-1]})
				}
			} else {
				// Read it all the same, for what else is wrong in it.
				sub := *w
				sub.out = &decls{}
				s.entry(&sub, model.Ident{Name: id, At: w.at(key)}, entry)
				w.out.findings = append(w.out.findings, sub.out.findings...)
				w.out.foreign = append(w.out.foreign, ref{id, w.at(key)})
				w.expanded, w.exhausted = sub.expanded, sub.exhausted
			}
		})
		return
	}
	w.report(at, idUnknownKey, "unknown section %s; expected %s%s", quote(name), oneOf(sectionNames()), diag.DidYouMean(name, sectionNames()))
}

func (w *walker) version(n *yaml.Node) {
	w.out.versions++
	text, ok := w.scalar(n, "the number 1")
	if w.describing() {
		*w.shapes.last(n) = schemaNode{Const: 1, Description: "the version of the language"}
	}
	if !ok {
		return
	}
	if v := w.deref(n); v != nil && isQuoted(v) {
		w.report(w.at(n), idWrongType, "expected the number 1, found the text %s; write it without quotes", quote(text))
		return
	}
	if text != "1" {
		w.report(w.at(n), idUnsupportedVersion, "version %s is not known; this vpcpath reads `version: 1`", quote(text))
	}
}

// resource enters a named resource among the declarations.
func (w *walker) resource(res model.Resource) { w.out.order = append(w.out.order, res) }
