package lab

import (
	"errors"
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/model"
)

// nat64 is what a NAT gateway translates IPv6 to (NGW-14).
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// Unsupported says why a topology cannot be built here, or nothing.
func Unsupported(topo *model.Topology) error {
	for _, t := range topo.RouteTables {
		for _, r := range t.Routes {
			if _, ok := r.Target.(*model.NATGateway); !ok {
				continue
			}
			for _, p := range r.Prefixes() {
				if p.Overlaps(nat64) && p.Bits() > 0 {
					return errors.New("the kernel has no NAT64 (a route for 64:ff9b::/96 to a NAT gateway)")
				}
			}
		}
	}
	if len(topo.Tunnels) > 0 {
		return haveTUN()
	}
	return nil
}
