package eval_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// Two VPCs joined by a tunnel between instances with public addresses.
const vpniBase = `
vpcs: {one: {cidr: 10.0.0.0/16}, two: {cidr: 172.16.0.0/16}}
internet_gateways: {igw-1: {vpc: one}, igw-2: {vpc: two}}
subnets:
  edge-1: {vpc: one, cidr: 10.0.0.0/24, route_table: rtb-edge-1}
  app-1: {vpc: one, cidr: 10.0.1.0/24, route_table: rtb-app-1}
  edge-2: {vpc: two, cidr: 172.16.0.0/24, route_table: rtb-edge-2}
  app-2: {vpc: two, cidr: 172.16.1.0/24, route_table: rtb-app-2}
route_tables:
  rtb-edge-1: {vpc: one, routes: [{destination: 0.0.0.0/0, target: igw-1}]}
  rtb-edge-2: {vpc: two, routes: [{destination: 0.0.0.0/0, target: igw-2}]}
  rtb-app-1: {vpc: one, routes: [{destination: 172.16.0.0/16, target: vpn-1}]}
  rtb-app-2: {vpc: two, routes: [{destination: 10.0.0.0/16, target: vpn-2}]}
security_groups:
  sg-vpn-1: {vpc: one, ingress: [{protocol: udp, ports: 1194, source: 203.0.113.2/32}, {protocol: all, source: 10.0.0.0/16}], egress: [{protocol: all, destination: 0.0.0.0/0}]}
  sg-vpn-2: {vpc: two, ingress: [{protocol: udp, ports: 1194, source: 203.0.113.1/32}, {protocol: all, source: 172.16.0.0/16}], egress: [{protocol: all, destination: 0.0.0.0/0}]}
  sg-1: {vpc: one, ingress: [{protocol: tcp, ports: 8080, source: 172.16.0.0/16}]}
  sg-2: {vpc: two, ingress: [{protocol: tcp, ports: 5432, source: 10.0.0.0/16}]}
instances:
  vpn-1: {subnet: edge-1, private_ip: 10.0.0.5, public_ip: 203.0.113.1, source_dest_check: false, ip_forward: true, security_groups: [sg-vpn-1]}
  vpn-2: {subnet: edge-2, private_ip: 172.16.0.5, public_ip: 203.0.113.2, source_dest_check: false, ip_forward: true, security_groups: [sg-vpn-2]}
  a: {subnet: app-1, private_ip: 10.0.1.7, security_groups: [sg-1]}
  b: {subnet: app-2, private_ip: 172.16.1.9, security_groups: [sg-2]}
tunnels:
  tun: {protocol: udp, port: 1194, ends: [{instance: vpn-1, address: 169.254.255.1, routes: [172.16.0.0/16]}, {instance: vpn-2, address: 169.254.255.2, routes: [10.0.0.0/16]}]}
`

func TestVPNI01_EndsMirrorEachOther(t *testing.T) {
	n := topo(t, vpniBase)
	n.ask("a -> b tcp/5432", reachable, via("vpn-1", "tun", "vpn-2"), back("vpn-2", "tun", "vpn-1"))
	n.ask("b -> a tcp/8080", reachable, via("vpn-2", "tun", "vpn-1"))
	n.ask("a -> b tcp/22", unreachable, blocked("forward ENI_SG_RULES_MISMATCH sg-2 ingress"))
	// what the near end does not route into the tunnel does not enter it
	n = topo(t, but(t, vpniBase, "routes: [172.16.0.0/16]", "routes: [172.16.0.0/24]"))
	n.ask("a -> b tcp/5432", unreachable, delivered())
}

func TestVPNI02_UpOnlyIfItsOwnPacketsGetThrough(t *testing.T) {
	topo(t, vpniBase).ask("vpn-1 -> 203.0.113.2 udp/1194 from 1194 reply", reachable)
	const shut1, shut2 = "{protocol: udp, ports: 1194, source: 203.0.113.2/32}, ", "{protocol: udp, ports: 1194, source: 203.0.113.1/32}, "
	// one end may begin, and its state lets the other's packets in
	topo(t, but(t, vpniBase, shut1, "")).ask("a -> b tcp/5432", reachable)
	topo(t, but(t, vpniBase, shut2, "")).ask("a -> b tcp/5432", reachable)
	down := topo(t, but(t, vpniBase, shut1, "", shut2, "")).ask("a -> b tcp/5432", unreachable, because("forward TUNNEL_DOWN tun"))
	for _, h := range down.Forward.Hops {
		if h.Code != eval.TunnelDown {
			continue
		}
		if !strings.Contains(h.Message, "do not get through between vpn-1 and vpn-2") {
			t.Errorf("says %q", h.Message)
		}
		if len(h.Outer) != 2 || len(h.Outer[0].Blockers) == 0 || h.Outer[0].Blockers[0].Code != eval.SecurityGroupMismatch {
			t.Errorf("the reasons of both ends are not told: %v", h.Outer)
		}
	}
	topo(t, but(t, vpniBase, shut1, "{protocol: udp, ports: 1195, source: 0.0.0.0/0}, ", shut2, "{protocol: udp, ports: 1195, source: 0.0.0.0/0}, ")).ask("a -> b tcp/5432", unreachable, because("forward TUNNEL_DOWN tun"))
	topo(t, but(t, vpniBase, "rtb-edge-2: {vpc: two, routes: [{destination: 0.0.0.0/0, target: igw-2}]}", "rtb-edge-2: {vpc: two}")).ask("a -> b tcp/5432", unreachable, because("forward TUNNEL_DOWN tun"))
	topo(t, but(t, vpniBase, "private_ip: 172.16.0.5, public_ip: 203.0.113.2, ", "private_ip: 172.16.0.5, ")).ask("a -> b tcp/5432", unreachable, because("forward TUNNEL_DOWN tun"))
	// a rule naming the peer's private address is no rule for it
	topo(t, but(t, vpniBase, "source: 203.0.113.2/32", "source: 172.16.0.5/32", "source: 203.0.113.1/32", "source: 10.0.0.5/32")).ask("a -> b tcp/5432", unreachable, because("forward TUNNEL_DOWN tun"))
}

func TestVPNI03_InnerPacketPassesTheEndsUntranslated(t *testing.T) {
	n := topo(t, vpniBase)
	r := n.ask("a -> b tcp/5432", reachable, seen("10.0.1.7"), translated(), groups("sg-1 egress", "sg-vpn-1 ingress", "sg-vpn-2 egress", "sg-2 ingress"))
	found := false
	for _, h := range r.Forward.Hops {
		for _, o := range h.Outer {
			found = found || o.Verdict == reachable && len(o.Forward.Hops) > 4 && len(o.Return.Hops) > 4
		}
	}
	if !found {
		t.Error("no hop shows the tunnel's own packets")
	}
	topo(t, but(t, vpniBase, "{protocol: all, source: 10.0.0.0/16}], egress", "{protocol: all, source: 10.0.9.0/24}], egress")).ask("a -> b tcp/5432", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-vpn-1 ingress"))
	for _, end := range []string{"1", "2"} {
		check := map[string]string{"1": "203.0.113.1", "2": "203.0.113.2"}[end]
		n := topo(t, but(t, vpniBase, "public_ip: "+check+", source_dest_check: false,", "public_ip: "+check+","))
		side := map[string]string{"1": "ingress", "2": "egress"}[end]
		n.ask("a -> b tcp/5432", unreachable, because("forward ENI_SOURCE_DEST_CHECK_RESTRICTION eni-vpn-"+end+" "+side))
	}
	topo(t, but(t, vpniBase, "egress: [{protocol: all, destination: 0.0.0.0/0}]}\n  sg-1", "egress: [{protocol: udp, ports: 1194, destination: 0.0.0.0/0}]}\n  sg-1")).ask("a -> b tcp/5432", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-vpn-2 egress"))
}

func TestVPNI04_HostForwardsAndFiltersTheReversePath(t *testing.T) {
	n := topo(t, but(t, vpniBase, "public_ip: 203.0.113.1, source_dest_check: false, ip_forward: true,", "public_ip: 203.0.113.1, source_dest_check: false,"))
	n.ask("a -> b tcp/5432", unreachable, because("forward INSTANCE_NOT_FORWARDING vpn-1"))
	// the far end does not route the source back into this tunnel
	rp := topo(t, but(t, vpniBase, "routes: [10.0.0.0/16]}]}", "routes: [10.0.9.0/24]}]}"))
	rp.ask("a -> b tcp/5432", unreachable, because("forward REVERSE_PATH_FILTER vpn-2"))
}

func TestVPNI05_MirrorRouteAndCIDRRules(t *testing.T) {
	lost := topo(t, but(t, vpniBase, "rtb-app-2: {vpc: two, routes: [{destination: 10.0.0.0/16, target: vpn-2}]}", "rtb-app-2: {vpc: two}"))
	lost.ask("a -> b tcp/5432", unreachable, forwardOnly, blocked("return NO_ROUTE_TO_DESTINATION rtb-app-2"))
	// the far end's own group is no sender of the inner packet
	ref := topo(t, but(t, vpniBase, "sg-2: {vpc: two, ingress: [{protocol: tcp, ports: 5432, source: 10.0.0.0/16}]}", "sg-2: {vpc: two, ingress: [{protocol: tcp, ports: 5432, source: sg-vpn-2}]}"))
	ref.ask("a -> b tcp/5432", unreachable, because("forward SG_REFERENCES_NOT_PRESERVED sg-2 ingress"))
	ref.ask("vpn-2 -> b tcp/5432", reachable)
}

func TestVPNI06_EndItselfSendsWithItsTunnelAddress(t *testing.T) {
	n := topo(t, vpniBase)
	n.ask("vpn-1 -> 169.254.255.2 icmp", reachable, seen("169.254.255.1"), delivered("vpn-2"))
	n.ask("vpn-1 -> b tcp/5432", unreachable)
	any := topo(t, but(t, vpniBase, "source: 10.0.0.0/16}]}\ninstances", "source: 0.0.0.0/0}]}\ninstances"))
	any.ask("vpn-1 -> b tcp/5432", unreachable, forwardOnly, seen("169.254.255.1"), blocked("return NO_ROUTE_TO_DESTINATION rtb-app-2"))
	back := topo(t, but(t, vpniBase, "source: 10.0.0.0/16}]}\ninstances", "source: 0.0.0.0/0}]}\ninstances", "rtb-app-2: {vpc: two, routes: [", "rtb-app-2: {vpc: two, routes: [{destination: 169.254.255.0/30, target: vpn-2}, "))
	back.ask("vpn-1 -> b tcp/5432", reachable)
}

// Of many destinations each is sent to from the address that its route chooses.
func TestVPNI06_SourceFollowsTheDestinationsRoute(t *testing.T) {
	n := topo(t, but(t, vpniBase, "address: 169.254.255.1, routes: [172.16.0.0/16]", "address: 169.254.255.1, routes: [172.16.0.0/16, 198.51.100.0/24]",
		"ip_forward: true, security_groups: [sg-vpn-2]", "ip_forward: true, masquerade: [{source: 169.254.255.1/32}], security_groups: [sg-vpn-2]"))
	n.ask("vpn-1 -> 198.51.100.7 tcp/443", reachable, via("tun", "vpn-2", "igw-2"))
	n.ask("vpn-1 -> 192.0.2.7 tcp/443", reachable, via("igw-1"))
	n.ask("vpn-1 -> internet tcp/443", reachable)
	// and from no other: whoever masquerades the primary address alone leaves the tunnel's as it is
	n = topo(t, but(t, vpniBase, "address: 169.254.255.1, routes: [172.16.0.0/16]", "address: 169.254.255.1, routes: [172.16.0.0/16, 198.51.100.0/24]",
		"ip_forward: true, security_groups: [sg-vpn-2]", "ip_forward: true, masquerade: [{source: 10.0.0.0/8}], security_groups: [sg-vpn-2]"))
	n.ask("vpn-1 -> 198.51.100.7 tcp/443", unreachable)
	n.ask("vpn-1 -> internet tcp/443", partial)
}

// What a route leads into a tunnel without an address of the family is asked
// like the rest, and not left out because the host chooses no address for it.
func TestVPNI06_NothingOfTheDestinationsIsLeftOut(t *testing.T) {
	n := topo(t, `
vpcs: {one: {cidr: 10.0.0.0/16, ipv6_cidr: "2a05:d018:1::/56"}, two: {cidr: 172.16.0.0/16}}
internet_gateways: {igw-1: {vpc: one}, igw-2: {vpc: two}}
route_tables: {r1: {vpc: one, routes: [{destination: 0.0.0.0/0, target: igw-1}, {destination: "::/0", target: igw-1}]}, r2: {vpc: two, routes: [{destination: 0.0.0.0/0, target: igw-2}]}}
subnets: {e1: {vpc: one, cidr: 10.0.0.0/24, ipv6_cidr: "2a05:d018:1:1::/64", route_table: r1}, e2: {vpc: two, cidr: 172.16.0.0/24, route_table: r2}}
security_groups: {s1: {vpc: one, ingress: [{protocol: all, source: 0.0.0.0/0}], egress: [{protocol: all, destination: 0.0.0.0/0}, {protocol: all, destination: "::/0"}]}, s2: {vpc: two, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances:
  a: {subnet: e1, private_ip: 10.0.0.5, ipv6: "2a05:d018:1:1::5", public_ip: 203.0.113.1, source_dest_check: false, ip_forward: true, security_groups: [s1]}
  b: {subnet: e2, private_ip: 172.16.0.5, public_ip: 203.0.113.2, source_dest_check: false, ip_forward: true, security_groups: [s2]}
tunnels:
  four: {protocol: udp, port: 1194, ends: [{instance: a, address: 169.254.255.1, routes: ["2600:1f00::/32"]}, {instance: b, address: 169.254.255.2, routes: [10.0.0.0/16]}]}
  six: {protocol: udp, port: 1195, ends: [{instance: a, address: "fd00::1", routes: ["2600:1f02::/32"]}, {instance: b, address: "fd00::2", routes: ["2a05:d018:1::/56"]}]}
`)
	r := n.ask("a -> internet6 udp/443", partial)
	for _, text := range []string{"2600:1f00::7", "2600:1f02::7", "2600:1f04::7"} {
		dst := netip.MustParseAddr(text)
		if !slices.ContainsFunc(r.Asked, func(b packet.Box) bool { return addr.SetOfRanges(addr.V6, b.Dst...).Contains(dst) }) {
			t.Errorf("%s is not asked about", dst)
		}
	}
}

func TestVPNI07_WhatLocalCoversNeverEntersTheTunnel(t *testing.T) {
	// a second block of VPC one lies inside the far range: local wins, and the
	// far host of that range is out of reach
	far := but(t, vpniBase, "172.16.", "100.64.")
	topo(t, far).ask("a -> 100.64.1.9 tcp/5432", reachable, via("vpn-1", "tun", "vpn-2"), delivered("b"))
	n := topo(t, but(t, far, "one: {cidr: 10.0.0.0/16}", "one: {cidrs: [10.0.0.0/16, 100.64.1.0/24]}"))
	n.ask("a -> 100.64.1.9 tcp/5432", unreachable, routed("rtb-app-1 100.64.1.0/24 local"), blocked("forward NO_POSSIBLE_DESTINATION one"))
	n.ask("a -> 100.64.0.5 tcp/5432", reachable, via("vpn-1", "tun"), delivered("vpn-2"))
}

func TestVPNI08_SeveralTunnelsAndTransit(t *testing.T) {
	yaml := but(t, vpniBase, "two: {cidr: 172.16.0.0/16}}", "two: {cidr: 172.16.0.0/16}, three: {cidr: 192.168.0.0/16}}", "igw-2: {vpc: two}}", "igw-2: {vpc: two}, igw-3: {vpc: three}}",
		"route_tables:\n", "  edge-3: {vpc: three, cidr: 192.168.0.0/24, route_table: rtb-edge-3}\nroute_tables:\n  rtb-edge-3: {vpc: three, routes: [{destination: 0.0.0.0/0, target: igw-3}, {destination: 172.16.0.0/16, target: vpn-3}]}\n",
		"security_groups:\n", "security_groups:\n  sg-3: {vpc: three, ingress: [{protocol: all, source: 0.0.0.0/0}]}\n",
		"tunnels:\n", "  vpn-3: {subnet: edge-3, private_ip: 192.168.0.5, public_ip: 203.0.113.3, source_dest_check: false, ip_forward: true, security_groups: [sg-3]}\n  c: {subnet: edge-3, private_ip: 192.168.0.77, security_groups: [sg-3]}\ntunnels:\n  tun-3: {protocol: udp, port: 1195, ends: [{instance: vpn-1, address: 169.254.255.5, routes: [192.168.0.0/16]}, {instance: vpn-3, address: 169.254.255.6, routes: [10.0.0.0/16, 172.16.0.0/16]}]}\n",
		"routes: [10.0.0.0/16]}]}", "routes: [10.0.0.0/16, 192.168.0.0/16]}]}",
		"rtb-app-2: {vpc: two, routes: [", "rtb-app-2: {vpc: two, routes: [{destination: 192.168.0.0/16, target: vpn-2}, ")
	n := topo(t, yaml)
	n.ask("b -> c tcp/80", reachable, via("vpn-2", "tun", "vpn-1", "tun-3", "vpn-3"), back("vpn-3", "tun-3", "vpn-1", "tun", "vpn-2"), seen("172.16.1.9"))
	// the hub must route both ways
	n = topo(t, but(t, yaml, "{instance: vpn-3, address: 169.254.255.6, routes: [10.0.0.0/16, 172.16.0.0/16]}", "{instance: vpn-3, address: 169.254.255.6, routes: [10.0.0.0/16]}"))
	n.ask("b -> c tcp/80", unreachable, because("forward REVERSE_PATH_FILTER vpn-3"))
}

func TestVPNI09_TheOneHostIsASinglePointOfFailure(t *testing.T) {
	// without its host the route is a blackhole
	n := topo(t, but(t, vpniBase, "target: vpn-1}", "target: eni-old}", "instances:\n", "network_interfaces: {eni-old: {subnet: edge-1, private_ip: 10.0.0.9, source_dest_check: false}}\ninstances:\n"))
	n.ask("a -> b tcp/5432", unreachable, blocked("forward BAD_STATE_ROUTE rtb-app-1"))
}

func TestVPNI10_HostRoutesByLongestPrefix(t *testing.T) {
	yaml := but(t, vpniBase, "instances:\n", "instances:\n  near: {subnet: edge-1, private_ip: 10.0.0.9, security_groups: [sg-1]}\n", "ports: 8080, source: 172.16.0.0/16", "ports: 8080, source: 0.0.0.0/0")
	n := topo(t, yaml)
	n.ask("vpn-1 -> near tcp/8080", reachable, via())
	n.ask("vpn-1 -> a tcp/8080", reachable, via(), seen("10.0.0.5")) // the default route, by the VPC's router
	n.ask("vpn-1 -> 169.254.169.254 tcp/80", reachable, via())       // metadata stays at the interface
	wide := topo(t, but(t, yaml, "routes: [172.16.0.0/16]", "routes: [172.16.0.0/16, 10.0.0.0/8]"))
	wide.ask("vpn-1 -> near tcp/8080", reachable, via()) // on link is longer
	wide.ask("vpn-1 -> a tcp/8080", unreachable, delivered())
	// a tunnel that swallows its own packets does not come up
	all := topo(t, but(t, vpniBase, "routes: [172.16.0.0/16]", "routes: [0.0.0.0/1, 128.0.0.0/1]"))
	all.ask("a -> b tcp/5432", unreachable, because("forward TUNNEL_DOWN tun"))
}
