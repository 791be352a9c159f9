package awsjson

import (
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// direct is a Direct Connect gateway, or the private virtual interfaces of a
// VPN gateway, which are to packets what such a gateway is.
type direct struct {
	id         string // of virtual interfaces that of the first
	at         diag.Pos
	interfaces []*resource // nil for a Direct Connect gateway
	allowed    []allowed
}

// allowed is the association of a Direct Connect gateway with a gateway, and
// what may be announced of that.
type allowed struct {
	gateway  jsontree.Value // its id
	prefixes jsontree.Value // none for virtual interfaces
}

// gatherDirect finds the Direct Connect gateways, by themselves or by their
// associations, which is all that another account sees of them.
func (b *builder) gatherDirect() {
	b.directs = map[string]*direct{}
	for _, r := range b.d.sorted("directConnectGateways") {
		if !is(r.get("directConnectGatewayState"), "available", "") {
			b.gone[r.id] = true
			continue
		}
		b.directs[r.id] = &direct{id: r.id, at: r.At()}
	}
	for _, r := range b.d.sorted("directConnectGatewayAssociations") {
		id := r.get("directConnectGatewayId")
		if id.Text() == "" || b.gone[id.Text()] || !is(r.get("associationState"), "associated", "updating", "") {
			continue
		}
		d := b.directs[id.Text()]
		if d == nil {
			d = &direct{id: id.Text(), at: r.At()}
			b.directs[d.id] = d
			if b.names[d.id] == "" {
				b.names[d.id] = shortID(d.id)
			}
		}
		gateway := r.get("associatedGateway", "id")
		if gateway.Text() == "" {
			gateway = r.get("virtualGatewayId")
		}
		if core := r.get("associatedCoreNetwork", "id"); gateway.Text() == "" && core.Text() != "" {
			b.info(core.At(), "not-modelled", "Direct Connect gateway %s is associated with Cloud WAN core network %s, which is not modelled", quote(d.id), quote(core.Text()))
			continue
		}
		d.allowed = append(d.allowed, allowed{gateway, r.get("allowedPrefixesToDirectConnectGateway")})
	}
	byGateway := map[string]*direct{}
	for _, r := range b.d.sorted("virtualInterfaces") {
		gateway := r.get("virtualGatewayId")
		if gateway.Text() == "" || r.text("directConnectGatewayId") != "" || !is(r.get("virtualInterfaceState"), "available", "down", "") {
			continue
		}
		d := byGateway[gateway.Text()]
		if d == nil {
			d = &direct{id: r.id, at: r.At(), allowed: []allowed{{gateway: gateway}}}
			byGateway[gateway.Text()], b.directs[d.id] = d, d
			if b.names[d.id] == "" {
				b.names[d.id] = shortID(d.id)
			}
		}
		d.interfaces = append(d.interfaces, r)
	}
}

// sortedDirects returns the Direct Connect gateways by id.
func (b *builder) sortedDirects() []*direct { return byID(b.directs) }

// directsOf returns those that serve a VPN gateway or transit gateway.
func (b *builder) directsOf(gateway string) []*direct {
	var out []*direct
	for _, d := range b.sortedDirects() {
		if slices.ContainsFunc(d.allowed, func(a allowed) bool { return a.gateway.Text() == gateway }) {
			out = append(out, d)
		}
	}
	return out
}

// directKnown reports whether the dump holds what is behind VPN gateways by
// Direct Connect.
func (b *builder) directKnown() bool {
	return b.d.present["directConnectGatewayAssociations"] != nil && b.d.present["virtualInterfaces"] != nil
}

// writeDirect writes the Direct Connect gateways. What they have learned
// stands in the tables that their gateways propagate into.
func (b *builder) writeDirect() {
	for _, d := range b.sortedDirects() {
		r := b.d.find("directConnectGateways", d.id)
		if b.refused[d.id] != "" {
			if r != nil {
				b.leaveOut(r, b.refused[d.id])
			} else {
				b.notModelled(d.id, "Direct Connect gateway", b.refused[d.id], d.at)
			}
			continue
		}
		e := b.entry("direct_connect_gateways", d.id, d.at)
		if len(d.interfaces) > 0 {
			e.Comment = "the private virtual interfaces of a VPN gateway"
		}
		seen := map[string]bool{}
		learn := func(c jsontree.Value) {
			if c.Text() != "" && !seen[c.Text()] {
				seen[c.Text()] = true
				e.Append("routes", doc.Str(c.Text(), c.At()))
			}
		}
		var bounds []bound
		for _, a := range d.allowed {
			switch id := a.gateway.Text(); b.entered[b.name(id)] {
			case "vpn_gateways":
				e.Append("vpn_gateways", doc.Str(b.name(id), a.gateway.At()))
				for _, c := range b.learnedBy(id, d.id) {
					learn(c)
				}
			case "transit_gateways":
			default:
				b.info(a.gateway.At(), "not-in-dump", "gateway %s, which is associated with Direct Connect gateway %s, is not in the dump, or not modelled", quote(id), quote(d.id))
				continue
			}
			if a.prefixes.Exists() {
				bounds = append(bounds, bound{b.name(a.gateway.Text()), prefixesOf(a.prefixes)})
			}
		}
		for _, c := range b.searchedFrom("direct-connect-gateway", d.id) {
			learn(c)
		}
		setBounds(e, bounds)
	}
}

// bound is what may be announced of a gateway, by its name.
type bound struct {
	gateway string
	list    *doc.Value
}

// setBounds sets the allowed prefixes: one list where all associations have
// the same, else one for each.
func setBounds(e *doc.Entry, bounds []bound) {
	if len(bounds) == 0 {
		return
	}
	same := !slices.ContainsFunc(bounds, func(x bound) bool {
		return !slices.EqualFunc(x.list.Items, bounds[0].list.Items, func(a, c *doc.Value) bool { return a.Text == c.Text })
	})
	if same {
		e.Set("allowed_prefixes", bounds[0].list)
		return
	}
	all := doc.Map(e.At)
	for _, x := range bounds {
		all.Set(x.gateway, x.list)
	}
	e.Set("allowed_prefixes", all)
}

// prefixesOf makes a list of the CIDRs of an association.
func prefixesOf(v jsontree.Value) *doc.Value {
	out := doc.ListOf(v.At())
	for p := range v.Items() {
		out.Items = append(out.Items, doc.Str(p.Get("cidr").Text(), p.At()))
	}
	return out
}
