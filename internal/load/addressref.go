package load

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// addressRef is a place where a rule names the address of a resource, as
// web-1.private_ip, whether the topology knows it or AWS chooses it.
type addressRef struct {
	name ref
	set  func(a netip.Addr, s *model.Symbol) // s is nil for a known address
}

// addressRef notes that a value names an address of a resource; it reports
// whether it looks like that.
func (w *walker) addressRef(n *yaml.Node, set func(netip.Addr, *model.Symbol)) bool {
	v := w.deref(n)
	if v == nil || v.Kind != yaml.ScalarNode {
		return false
	}
	if _, _, ok := model.SplitAddressName(v.Value); !ok {
		return false
	}
	w.out.addressRefs = append(w.out.addressRefs, addressRef{ref{v.Value, w.at(n)}, set})
	return true
}

// namesAddress reports whether a name is none of a resource but that of a
// resource's address.
func (r *resolver) namesAddress(name ref) bool {
	if _, taken := r.t.Names[name.text]; taken {
		return false
	}
	_, _, ok := model.SplitAddressName(name.text)
	return ok
}

// resolveAddressRefs looks the addresses up, when all interfaces have theirs.
func (r *resolver) resolveAddressRefs() {
	symbols := make(map[netip.Addr]*model.Symbol, len(r.t.Symbols))
	for _, s := range r.t.Symbols {
		symbols[s.Addr] = s
	}
	for _, a := range r.d.addressRefs {
		base, which, _ := model.SplitAddressName(a.name.text)
		res, ok := r.find(ref{base, a.name.at}, model.KindInstance, model.KindNetworkInterface, model.KindNATGateway, model.KindLoadBalancer, model.KindVPCEndpoint)
		if !ok {
			continue
		}
		found, problem := model.AddressOf(res, which)
		if problem != "" {
			r.hole(a.name.at, idUnknownAddress, "%s names an address of %s %q, which %s; expected `%s` there, or the name of a network interface before .%s", quote(a.name.text), res.ID().Kind.Words(), base, problem, which, which)
			continue
		}
		a.set(found, symbols[found])
	}
}

// wholePrefix is the CIDR of one address.
func wholePrefix(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }
