package model

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// EndpointKind tells the kinds of endpoints of a question apart.
type EndpointKind uint8

// The kinds of endpoints (language.md section 3).
const (
	EndpointResource  EndpointKind = iota // an instance, interface, external network, or group of interfaces
	EndpointInternet                      // every public IPv4 address
	EndpointInternet6                     // 2000::/3
	EndpointAddresses                     // an address or a CIDR
	EndpointPattern                       // what has a name with * in it
)

// Endpoint is one side of a question, as the user wrote it and resolved.
type Endpoint struct {
	Text     string
	Kind     EndpointKind
	Resource Resource     // EndpointResource
	Prefix   netip.Prefix // EndpointAddresses; a full-length one for an address
	// Symbolic is set where the address was named by its resource, as
	// web-1.public_ip.
	Symbolic bool
	// Match says more of a group; nil where there is nothing to say.
	Match *Match
}

// Match is what a group of endpoints is made of, besides Resource.
type Match struct {
	Members map[Resource]bool // EndpointPattern: hosts and interfaces
	Except  map[Resource]bool // what of the group is left out: hosts, interfaces, and whole groups
}

// IsGroup reports whether an endpoint may stand for several interfaces.
func (e Endpoint) IsGroup() bool {
	switch e.Resource.(type) {
	case *Subnet, *VPC, *SecurityGroup:
		return true
	}
	return e.Kind == EndpointPattern
}

// MatchName reports whether a name is what a pattern says, in which * stands
// for any characters, or none.
func MatchName(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	rest, ok := strings.CutPrefix(name, parts[0])
	if !ok {
		return false
	}
	last := parts[len(parts)-1]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, p)
		if i < 0 {
			return false
		}
		rest = rest[i+len(p):]
	}
	return strings.HasSuffix(rest, last)
}

// hostKinds are the kinds that a pattern matches: what has network
// interfaces.
var hostKinds = []Kind{KindInstance, KindNetworkInterface, KindVPCEndpoint, KindLoadBalancer}

// matching returns the resources of some kinds whose names match a pattern.
func (t *Topology) matching(pattern string, kinds []Kind) map[Resource]bool {
	out := map[Resource]bool{}
	for name, r := range t.Names {
		if slices.Contains(kinds, r.ID().Kind) && MatchName(pattern, name) {
			out[r] = true
		}
	}
	return out
}

// ParseExcept resolves the texts of what is left out of a group: names of
// endpoints, with * for any characters. The error is that of ParseEndpoint,
// or says that a pattern matches nothing.
func (t *Topology) ParseExcept(text string, into map[Resource]bool) error {
	if strings.Contains(text, "*") {
		found := t.matching(text, endpointKinds)
		if len(found) == 0 {
			return fmt.Errorf("no endpoint has a name that matches %q", text)
		}
		for r := range found {
			into[r] = true
		}
		return nil
	}
	e, err := t.ParseEndpoint(text)
	if err != nil {
		return err
	}
	if e.Resource == nil {
		return fmt.Errorf("%q is no name of the topology; expected what is left out of the groups, as web-1 or web-*", text)
	}
	into[e.Resource] = true
	return nil
}

// endpointKinds are the kinds of resources that can be an endpoint.
var endpointKinds = []Kind{KindInstance, KindNetworkInterface, KindExternalNetwork,
	KindSubnet, KindSecurityGroup, KindVPC, KindNATGateway, KindVPCEndpoint, KindLoadBalancer, KindNotModelled}

// ParseEndpoint resolves the text of --from or --to: a name, `internet`,
// `internet6`, an address or a CIDR. The error quotes the text, and names
// what was expected and the nearest name.
func (t *Topology) ParseEndpoint(text string) (Endpoint, error) {
	e := Endpoint{Text: text}
	switch text {
	case "internet":
		e.Kind = EndpointInternet
		return e, nil
	case "internet6":
		e.Kind = EndpointInternet6
		return e, nil
	}
	if r, ok := t.Names[text]; ok {
		if !slices.Contains(endpointKinds, r.ID().Kind) {
			return e, fmt.Errorf("%q is %s, which cannot send or receive; expected an instance, network interface, subnet, security group, VPC, external network, load balancer, VPC endpoint, NAT gateway, address, CIDR, `internet` or `internet6`", text, r.ID().Kind.Phrase())
		}
		e.Resource = r
		return e, nil
	}
	if strings.Contains(text, "*") {
		e.Kind, e.Match = EndpointPattern, &Match{Members: t.matching(text, hostKinds)}
		if len(e.Match.Members) == 0 {
			return e, fmt.Errorf("no instance, network interface, load balancer or VPC endpoint has a name that matches %q", text)
		}
		return e, nil
	}
	if base, which, ok := SplitAddressName(text); ok {
		if r, ok := t.Names[base]; ok {
			a, problem := AddressOf(r, which)
			if problem != "" {
				return e, fmt.Errorf("%q names an address of %q, which %s", text, base, problem)
			}
			e.Kind, e.Prefix, e.Symbolic = EndpointAddresses, netip.PrefixFrom(a, a.BitLen()), true
			return e, nil
		}
	}
	if a, err := netip.ParseAddr(text); err == nil {
		if a.Zone() != "" || a.Is4In6() {
			return e, fmt.Errorf("address %q has a zone or is an IPv4 address in IPv6 clothes; expected a plain address", text)
		}
		e.Kind, e.Prefix = EndpointAddresses, netip.PrefixFrom(a, a.BitLen())
		return e, nil
	}
	if p, err := netip.ParsePrefix(text); err == nil && !p.Addr().Is4In6() {
		e.Kind, e.Prefix = EndpointAddresses, p.Masked()
		return e, nil
	}
	if before, _, ok := strings.Cut(text, "/"); ok {
		if _, err := netip.ParseAddr(before); err == nil {
			return e, fmt.Errorf("%q is no CIDR; expected a length of at most 32 for IPv4 and 128 for IPv6, as 10.0.0.0/16", text)
		}
	}
	return e, fmt.Errorf("no resource is named %q; expected a name of the topology, an address, a CIDR, `internet` or `internet6`%s",
		text, diag.DidYouMean(text, t.EndpointNames()))
}

// EndpointNames returns every name that may stand for an endpoint, sorted.
func (t *Topology) EndpointNames() []string {
	out := []string{"internet", "internet6"}
	for name, r := range t.Names {
		if slices.Contains(endpointKinds, r.ID().Kind) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// PortSpec is what of the headers a question asks about, besides addresses.
type PortSpec struct {
	Text string
	// All asks every protocol and port; the other fields are then unused.
	All bool
	// Echo asks ICMP echo, of the family of the destination.
	Echo     bool
	Protocol uint8
	Ports    []packet.PortRange // destination ports; ICMP type and code; all for other protocols
}

// ParsePorts reads `443`, `tcp/443`, `udp/53`, `tcp/8000-8100`, `tcp/80,443`,
// `icmp`, `icmp/3/4`, `icmpv6/2`, `all` or `proto/47`. Ports are 0 to 65535.
func ParsePorts(text string) (PortSpec, error) {
	p := PortSpec{Text: text}
	fail := func(what string) (PortSpec, error) {
		return p, fmt.Errorf("port %q: %s; expected 443, tcp/443, udp/53, tcp/8000-8100, tcp/80,443, icmp, icmp/TYPE/CODE, icmpv6/TYPE/CODE, proto/NUMBER or all", text, what)
	}
	name, rest, hasRest := strings.Cut(text, "/")
	if !hasRest && name != "" && (name[0] >= '0' && name[0] <= '9') {
		name, rest, hasRest = "tcp", text, true
	}
	switch name {
	case "all", "any":
		if hasRest {
			return fail("`" + name + "` takes nothing behind it")
		}
		p.All = true
		return p, nil
	case "tcp", "udp":
		p.Protocol = packet.TCP
		if name == "udp" {
			p.Protocol = packet.UDP
		}
		if !hasRest {
			p.Ports = []packet.PortRange{{Lo: 0, Hi: 65535}}
			return p, nil
		}
		for part := range strings.SplitSeq(rest, ",") {
			r, err := ParsePortRange(part)
			if err != nil {
				return fail(err.Error())
			}
			p.Ports = append(p.Ports, r)
		}
		return p, nil
	case "icmp", "icmpv6":
		p.Protocol = packet.ICMP
		if name == "icmpv6" {
			p.Protocol = packet.ICMPv6
		}
		if !hasRest {
			p.Echo = true
			return p, nil
		}
		typ, code, hasCode := strings.Cut(rest, "/")
		ty, err := number(typ, 255)
		if err != nil {
			return fail("ICMP type " + err.Error())
		}
		lo, hi := 0, 255
		if hasCode {
			if lo, err = number(code, 255); err != nil {
				return fail("ICMP code " + err.Error())
			}
			hi = lo
		}
		p.Ports = []packet.PortRange{{Lo: uint16(ty<<8 | lo), Hi: uint16(ty<<8 | hi)}}
		return p, nil
	case "proto":
		n, err := number(rest, 255)
		if err != nil {
			return fail("protocol number " + err.Error())
		}
		p.Protocol = uint8(n)
		p.Ports = []packet.PortRange{{Lo: 0, Hi: 65535}}
		return p, nil
	}
	return fail(fmt.Sprintf("%q is no protocol", name))
}

// ParsePortRange reads `443` or `8000-8100`, both ends included.
func ParsePortRange(text string) (packet.PortRange, error) {
	lo, hi, isRange := strings.Cut(text, "-")
	a, err := number(lo, 65535)
	if err != nil {
		return packet.PortRange{}, err
	}
	b := a
	if isRange {
		if b, err = number(hi, 65535); err != nil {
			return packet.PortRange{}, err
		}
	}
	if b < a {
		return packet.PortRange{}, fmt.Errorf("the range %q runs backwards", text)
	}
	return packet.PortRange{Lo: uint16(a), Hi: uint16(b)}, nil
}

func number(text string, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || text[0] == '+' || text[0] == '-' || len(text) > 1 && text[0] == '0' {
		return 0, fmt.Errorf("%q is not a number from 0 to %d", text, most)
	}
	if n > most {
		return 0, fmt.Errorf("%s is more than %d", text, most)
	}
	return n, nil
}

// SourcePorts are the client's source ports that a question asks about.
type SourcePorts struct {
	Text  string
	Range packet.PortRange
}

// sourceProfiles are the ephemeral ranges of ACL-14.
var sourceProfiles = map[string]packet.PortRange{
	"":        {Lo: 1024, Hi: 65535},
	"linux":   {Lo: 32768, Hi: 61000},
	"windows": {Lo: 49152, Hi: 65535},
	"nat":     {Lo: 1024, Hi: 65535},
}

// ParseSourcePorts reads a port, a range, or a profile: linux, windows, nat.
// The empty text means every ephemeral port, 1024-65535 (ACL-14).
func ParseSourcePorts(text string) (SourcePorts, error) {
	if r, ok := sourceProfiles[text]; ok {
		return SourcePorts{Text: text, Range: r}, nil
	}
	r, err := ParsePortRange(text)
	if err != nil {
		return SourcePorts{Text: text}, fmt.Errorf("source port %q: %w; expected a port, a range as 1024-65535, or one of the profiles linux, windows, nat", text, err)
	}
	return SourcePorts{Text: text, Range: r}, nil
}

// Resolver addresses and other services that the hypervisor answers for every
// instance, past all filters (ADDR-7, ADDR-8).
var linkLocalServices = []netip.Addr{
	netip.MustParseAddr("169.254.169.254"), // instance metadata
	netip.MustParseAddr("169.254.169.253"), // resolver
	netip.MustParseAddr("169.254.169.123"), // time
	netip.MustParseAddr("169.254.169.250"), // Windows activation
	netip.MustParseAddr("169.254.169.251"), // Windows activation
	netip.MustParseAddr("169.254.170.2"),   // task metadata
	netip.MustParseAddr("fd00:ec2::254"),
	netip.MustParseAddr("fd00:ec2::253"),
	netip.MustParseAddr("fd00:ec2::123"),
}

// LinkLocalServices returns the addresses that every host of the VPC reaches
// past all filters: those above and the resolver at the base of the VPC's
// primary block plus two (ADDR-7, ADDR-8).
func (v *VPC) LinkLocalServices() addr.Set {
	list := slices.Clone(linkLocalServices)
	if len(v.CIDRs) > 0 {
		list = append(list, v.CIDRs[0].Prefix.Addr().Next().Next())
	}
	return addr.SetOfAddrs(list...)
}
