package lab

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/model"
)

// publicRanges are what the internet carries; within the IPv4 internet the
// ranges below are nobody's.
var nobodys = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("224.0.0.0/4"),
	netip.MustParsePrefix("240.0.0.0/4"),
}

// buildInternet makes the internet: one host that answers for every public
// address, and the way to each VPC's gateway. Elastic IPs lead to the gateway
// of their VPC; where it has none, to a port that says so.
func (l *Lab) buildInternet() error {
	ns, err := l.namespace("internet", forwarderSettings)
	if err != nil {
		return err
	}
	l.internet = &node{namespace: ns}
	l.nodes = append(l.nodes, l.internet)
	lo, err := ns.up("lo")
	if err != nil {
		return err
	}
	for _, p := range []netip.Prefix{anyOf(false), netip.MustParsePrefix("2000::/3")} {
		if err := ns.route(unix.RT_TABLE_LOCAL, p, lo, 10, unix.RTN_LOCAL); err != nil {
			return err
		}
	}
	for _, p := range nobodys {
		if err := ns.route(unix.RT_TABLE_LOCAL, p, 0, 10, unix.RTN_BLACKHOLE); err != nil {
			return err
		}
	}
	for k, v := range l.Topology.VPCs {
		var resource model.Resource = v
		if v.InternetGateway != nil {
			resource = v.InternetGateway
		}
		_, index, err := l.port(port{kind: portInternet, name: linkName("g", k, ""), vpc: v, resource: resource}, ns, linkName("g", k, ""))
		if err != nil {
			return err
		}
		var inward []netip.Prefix
		for _, i := range l.Topology.Interfaces {
			for _, pub := range i.Public {
				if i.Subnet.VPC == v && pub.By == model.KindInternetGateway {
					inward = append(inward, full(pub.Public))
				}
			}
		}
		for _, b := range v.IPv6CIDRs {
			inward = append(inward, b.Prefix)
		}
		for _, t := range l.Topology.RouteTables {
			if t.VPC == v {
				inward = append(inward, prefixesOf(t.Pools)...)
			}
		}
		for _, p := range inward {
			if err := ns.route(unix.RT_TABLE_LOCAL, p, index, 5, unix.RTN_UNICAST); err != nil {
				return err
			}
		}
	}
	for k, e := range l.Topology.EgressOnlyGateways {
		if e.VPC == nil {
			continue
		}
		if _, _, err := l.port(port{kind: portEgressOnly, name: linkName("x", k, ""), vpc: e.VPC, resource: e}, ns, linkName("x", k, "")); err != nil {
			return err
		}
	}
	return nil
}
