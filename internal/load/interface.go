package load

import (
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
