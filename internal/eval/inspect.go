package eval

import (
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/lpm"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// This file gives the compiled parts of a Net to rules that look at one table
// or one filter, so that these need no second idea of what decides.

// Winner returns the route of a table that decides for an address, or nil
// where none does (RT-4, RT-5). Where AWS may pick one of several, it is the
// first of them (RT-7).
func (n *Net) Winner(t *model.RouteTable, a netip.Addr) *model.Route {
	if _, e, ok := n.table(t).lookup.Lookup(a); ok {
		return e.candidates[0].route
	}
	return nil
}

// Decision is a run of addresses of one family that a table treats alike.
type Decision struct {
	addr.Range
	Prefix netip.Prefix // the destination that holds all of Range
	// Routes are the routes to Prefix, the one that decides first; nil where
	// no route decides. The first Equal of them are a tie (RT-7, TGW-17).
	Routes []*model.Route
	Equal  int
}

// Route returns the route that decides, or nil.
func (d *Decision) Route() *model.Route {
	if len(d.Routes) == 0 {
		return nil
	}
	return d.Routes[0]
}

// Decisions cuts a range of addresses where another prefix of a table
// decides; the parts are sorted and add up to the range.
func (n *Net) Decisions(t *model.RouteTable, f addr.Family, r addr.Range) []Decision {
	regions := n.table(t).lookup.Regions(make([]lpm.Region[*routeEntry], 0, 8), f, r)
	out := make([]Decision, len(regions))
	for i, g := range regions {
		out[i].Range = g.Range
		if !g.OK {
			continue
		}
		out[i].Prefix, out[i].Equal = g.Prefix, g.Value.equal
		out[i].Routes = make([]*model.Route, len(g.Value.candidates))
		for j, c := range g.Value.candidates {
			out[i].Routes[j] = c.route
		}
	}
	return out
}

// NeverUsed returns the propagated routes of a table that lie inside the VPC,
// so that the local route always beats them (RT-8).
func (n *Net) NeverUsed(t *model.RouteTable) []*model.Route {
	never := n.table(t).never
	out := make([]*model.Route, len(never))
	for i, c := range never {
		out[i] = c.route
	}
	return out
}

// Public returns the addresses that the internet carries, less the
// topology's own.
func (n *Net) Public() addr.Set { return n.world() }

// ACLPieces returns one direction of a network ACL for addresses of a family,
// to restrict sets of headers by. A rule's number in it is its place in the
// list of that direction; the list must not be changed.
func (n *Net) ACLPieces(a *model.NetworkACL, egress bool, f addr.Family) []packet.Piece {
	return pieces(n.acl(a, egress), f)
}

// GroupPieces returns what the security groups of an interface admit in one
// direction from or to addresses of a family, to restrict sets of headers by.
// Inbound rules that name a group are not in it: they match by the sender and
// not by its address (SG-12).
func (n *Net) GroupPieces(i *model.Interface, egress bool, f addr.Family) []packet.Piece {
	if egress {
		return pieces(n.group(i).egress, f)
	}
	return pieces(n.group(i).ingress, f)
}

func pieces(l *filter, f addr.Family) []packet.Piece {
	var out []packet.Piece
	for _, r := range l.table.Regions(nil, f, addr.All) {
		if r.OK {
			out = append(out, packet.Piece{Range: r.Range, Services: r.Value})
		}
	}
	return out
}

// TunnelUp reports whether the packets of a tunnel itself make the round trip
// when either end begins (VPNI-2).
func (n *Net) TunnelUp(t *model.Tunnel) bool { return n.tunnelUp(t, nil) }

// MayReference reports whether a rule of security group g that names another
// group can match at all (SG-15..18).
func (n *Net) MayReference(g, other *model.SecurityGroup, egress bool) bool {
	return n.mayReference(g, other, egress)
}
