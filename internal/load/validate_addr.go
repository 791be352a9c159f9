package load

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

var (
	refusedBlocks = []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8"),
		netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("224.0.0.0/4"),
	}
	rfc1918 = []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	}
	testRange       = netip.MustParsePrefix("198.19.0.0/16")
	dockerRange     = netip.MustParsePrefix("172.31.0.0/16")
	dockerNeighbour = netip.MustParsePrefix("172.16.0.0/12")
	tenRange        = netip.MustParsePrefix("10.0.0.0/16")
	tenNeighbour    = netip.MustParsePrefix("10.0.0.0/15")
)

// checkVPCs checks the blocks of each VPC (ADDR-1, ADDR-2, ADDR-5, LINT-3).
func (r *resolver) checkVPCs() {
	for _, v := range r.t.VPCs {
		for i, b := range v.CIDRs {
			if b.Prefix.Bits() < 16 || b.Prefix.Bits() > 28 { // ADDR-1
				r.fault(b.At, idBlockSize, "block %s of VPC %q has a prefix length of %d; expected 16 to 28", b.Prefix, v.Name, b.Prefix.Bits())
			}
			for _, bad := range refusedBlocks { // ADDR-1
				if bad.Overlaps(b.Prefix) {
					r.fault(b.At, idForbiddenBlock, "block %s of VPC %q lies in %s, which AWS refuses", b.Prefix, v.Name, bad)
				}
			}
			for _, first := range v.CIDRs[:i] {
				if problem := secondaryProblem(first.Prefix, b.Prefix); problem != "" { // ADDR-2
					r.faultOf(b.At, idForbiddenBlock, first.At, "the other block", "block %s cannot be added to VPC %q, which has %s: %s", b.Prefix, v.Name, first.Prefix, problem)
					break
				}
			}
		}
		for _, b := range v.IPv6CIDRs { // ADDR-5
			if n := b.Prefix.Bits(); n < 44 || n > 60 || n%4 != 0 {
				r.fault(b.At, idBlockSize, "IPv6 block %s of VPC %q has a prefix length of %d; expected 44, 48, 52, 56 or 60", b.Prefix, v.Name, n)
			}
		}
		blocks := v.Blocks()
		for i, b := range blocks { // ADDR-1
			for _, first := range blocks[:i] {
				if first.Prefix.Overlaps(b.Prefix) {
					r.faultOf(b.At, idBlockOverlap, first.At, "the other block", "block %s of VPC %q overlaps its block %s, at %s", b.Prefix, v.Name, first.Prefix, first.At)
					break
				}
			}
		}
	}
}

// secondaryProblem says why AWS refuses a block beside another (ADDR-2).
func secondaryProblem(have, add netip.Prefix) string {
	private := func(p netip.Prefix) int {
		return slices.IndexFunc(rfc1918, func(q netip.Prefix) bool { return contains(q, p) })
	}
	a, b := private(have), private(add)
	switch {
	case a >= 0 && b >= 0 && a != b:
		return "both are private, of different ranges"
	case a >= 0 && contains(testRange, add), b >= 0 && contains(testRange, have):
		return testRange.String() + " does not go with private ranges"
	case contains(dockerNeighbour, have) && contains(dockerRange, add) && !contains(dockerRange, have):
		return dockerRange.String() + " is not for VPCs of " + dockerNeighbour.String()
	case contains(tenNeighbour, have) && contains(tenRange, add) && !have.Overlaps(add):
		return tenRange.String() + " is not for VPCs of " + tenNeighbour.String()
	}
	return ""
}

// checkSubnets checks the blocks of each subnet (ADDR-5, LINT-1).
func (r *resolver) checkSubnets() {
	byVPC := map[*model.VPC][]placed{}
	for _, s := range r.d.subnets {
		if s.VPC == nil {
			continue
		}
		if p := s.CIDR; p.IsValid() {
			if p.Bits() < 16 || p.Bits() > 28 {
				r.fault(s.cidrAt, idBlockSize, "subnet %q has a prefix length of %d; expected 16 to 28", s.Name, p.Bits())
			}
			r.subnetInside(s, p, s.cidrAt)
			byVPC[s.VPC] = append(byVPC[s.VPC], placed{p, s.cidrAt, s.Subnet, len(byVPC[s.VPC])})
		}
		if p := s.IPv6CIDR; p.IsValid() {
			if n := p.Bits(); n < 44 || n > 64 || n%4 != 0 {
				r.fault(s.cidr6At, idBlockSize, "subnet %q has an IPv6 prefix length of %d; expected 44, 48, 52, 56, 60 or 64", s.Name, n)
			}
			r.subnetInside(s, p, s.cidr6At)
			byVPC[s.VPC] = append(byVPC[s.VPC], placed{p, s.cidr6At, s.Subnet, len(byVPC[s.VPC])})
		}
	}
	for _, v := range r.t.VPCs {
		r.overlappingSubnets(byVPC[v])
	}
}

// placed is a block of a subnet; order is its place in the files.
type placed struct {
	prefix netip.Prefix
	at     diag.Pos
	subnet *model.Subnet
	order  int
}

func (r *resolver) subnetInside(s *rawSubnet, p netip.Prefix, at diag.Pos) {
	if _, ok := blockAround(s.VPC, p); ok {
		return
	}
	var words []string
	for _, b := range s.VPC.Blocks() {
		if b.Prefix.Addr().Is4() == p.Addr().Is4() {
			words = append(words, b.Prefix.String())
		}
	}
	if len(words) == 0 {
		if p.Addr().Is4() {
			return // the VPC's own block could not be read
		}
		r.fault(at, idSubnetOutside, "subnet %q has %s, and VPC %q has no %s block", s.Name, p, s.VPC.Name, familyOf(p))
		return
	}
	r.fault(at, idSubnetOutside, "%s of subnet %q lies outside of VPC %q; expected a part of %s", p, s.Name, s.VPC.Name, oneOf(words))
}

// overlappingSubnets sweeps over the blocks of a VPC's subnets in the order
// of addresses. Prefixes are apart or nested, so a stack of those that are
// open tells all overlaps.
func (r *resolver) overlappingSubnets(list []placed) {
	slices.SortFunc(list, func(a, b placed) int {
		return cmp.Or(cmp.Compare(addr.FamilyOf(a.prefix.Addr()), addr.FamilyOf(b.prefix.Addr())),
			a.prefix.Addr().Compare(b.prefix.Addr()), cmp.Compare(a.prefix.Bits(), b.prefix.Bits()), cmp.Compare(a.order, b.order))
	})
	var open []placed
	for _, p := range list {
		for len(open) > 0 && !open[len(open)-1].prefix.Overlaps(p.prefix) {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			first, late := open[len(open)-1], p
			if late.order < first.order {
				first, late = late, first
			}
			r.faultOf(late.at, idSubnetOverlap, first.at, "subnet "+quote(first.subnet.Name),
				"%s of subnet %q overlaps %s of subnet %q, at %s", late.prefix, late.subnet.Name, first.prefix, first.subnet.Name, first.at)
		}
		open = append(open, p)
	}
}

// checkAddresses checks the addresses of all interfaces (ADDR-6, ADDR-10,
// ADDR-13, LINT-2, LINT-12).
func (r *resolver) checkAddresses() {
	type key struct {
		vpc  *model.VPC
		addr netip.Addr
	}
	private := make(map[key]holder, len(r.d.interfaces))
	type mapping struct {
		onPremises bool // customer-owned addresses are the site's, not the internet's
		addr       netip.Addr
	}
	public := map[mapping]holder{}
	for _, d := range r.d.interfaces {
		r.requireAddress(d)
		each := func(a address) {
			if nat, ok := d.Owner.(*model.NATGateway); d.Subnet == nil || !a.IsValid() || ok && nat.Regional {
				return
			}
			r.addressInSubnet(d, a)
			if d.Subnet.VPC == nil {
				return
			}
			k := key{d.Subnet.VPC, a.Addr}
			first, late := private[k], holder{d, a.at}
			if first.d != nil {
				first, late = inFileOrder(first, late)
				r.faultOf(late.at, idDuplicateAddress, first.at, "the first", "%s is taken already by %s, at %s; in a VPC an address belongs to one interface", a, owner(first.d), first.at)
				late = first
			}
			private[k] = late
		}
		if d.primary.IsValid() {
			each(d.primary)
		}
		for _, a := range d.secondary {
			each(a)
		}
		for _, a := range d.v6 {
			each(a)
		}
		for _, p := range d.Public {
			if p.By == model.KindInternetGateway && !isPublic(p.Public) { // ADDR-13
				r.fault(p.At, idInvalidPublicAddress, "%s is no public address; expected one that the internet can route", p.Public)
			}
			k := mapping{p.By == model.KindLocalGateway, p.Public}
			first, late := public[k], holder{d, p.At}
			if first.d != nil { // ADDR-13, LINT-12
				first, late = inFileOrder(first, late)
				r.faultOf(late.at, idDuplicatePublicAddress, first.at, "the first", "public address %s is taken already by %s, at %s; it maps to one private address", p.Public, owner(first.d), first.at)
				late = first
			}
			public[k] = late
		}
	}
}

// holder is an interface with the place where it takes an address.
type holder struct {
	d  *rawInterface
	at diag.Pos
}

// inFileOrder puts what stands first in a file first.
func inFileOrder(a, b holder) (first, late holder) {
	if a.at.File == b.at.File && b.at.Compare(a.at) < 0 {
		return b, a
	}
	return a, b
}

// owner names an interface by what the user wrote.
func owner(d *rawInterface) string {
	if d.Implicit {
		return d.Owner.ID().Kind.Words() + " " + quote(d.Owner.ID().Name)
	}
	return "network interface " + quote(d.Name)
}

// requireAddress: an interface has a primary address of its subnet.
func (r *resolver) requireAddress(d *rawInterface) {
	if d.Subnet == nil || ownedBySection(d.Owner) {
		return
	}
	if d.Subnet.CIDR.IsValid() {
		if len(d.Private) == 0 && !d.has.private {
			if _, nat := d.Owner.(*model.NATGateway); !nat {
				r.fault(d.At, idMissingKey, "%s lacks the key `private_ip`; every interface in subnet %q has an address of %s", owner(d), d.Subnet.Name, d.Subnet.CIDR)
			}
		}
		return
	}
	if d.Subnet.IPv6CIDR.IsValid() && len(d.v6) == 0 && len(d.Private) == 0 { // ADDR-10
		r.fault(d.At, idMissingKey, "%s lacks the key `ipv6`; every interface in subnet %q has an address of %s", owner(d), d.Subnet.Name, d.Subnet.IPv6CIDR)
	}
}

// addressInSubnet: ADDR-6, ADDR-10.
func (r *resolver) addressInSubnet(d *rawInterface, a address) {
	p := d.Subnet.CIDR
	if a.Is6() {
		p = d.Subnet.IPv6CIDR
	}
	if !p.IsValid() {
		if other := d.Subnet.Prefixes(); len(other) > 0 {
			r.fault(a.at, idAddressOutside, "%s is %s, and subnet %q has %s only", a, addr.FamilyOf(a.Addr), d.Subnet.Name, familyOf(other[0]))
		}
		return
	}
	if !p.Contains(a.Addr) {
		r.fault(a.at, idAddressOutside, "%s lies outside of subnet %q; expected an address of %s", a, d.Subnet.Name, p)
		return
	}
	if what := reservedAs(p, a.Addr); what != "" { // ADDR-6, LINT-2
		r.fault(a.at, idReservedAddress, "%s is %s of subnet %q; AWS keeps the first four addresses and the last one of %s", a, what, d.Subnet.Name, p)
	}
}

// reservedAs says what AWS keeps an address of a subnet for, if it does.
func reservedAs(p netip.Prefix, a netip.Addr) string {
	names := []string{"the network address", "the address of the router", "an address kept for DNS", "an address kept for future use"}
	for b, i := p.Addr(), 0; i < len(names); b, i = b.Next(), i+1 {
		if a == b {
			return names[i]
		}
	}
	if a == addr.RangeOf(p).Last(addr.FamilyOf(a)) {
		return "the last address"
	}
	return ""
}

var sharedRange = netip.MustParsePrefix("100.64.0.0/10")

// isPublic reports whether an Elastic IP address may be a.
func isPublic(a netip.Addr) bool {
	return !(a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() ||
		sharedRange.Contains(a) || a.As4()[0] == 0 || a.As4()[0] >= 224)
}
