package eval_test

import (
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/load"
)

const routeServer = `
vpcs: {v: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: v}}
vpn_gateways: {vgw: {vpc: v}}
subnets:
  apps: {vpc: v, cidr: 10.0.1.0/24, route_table: rtb}
  hub: {vpc: v, cidr: 10.0.2.0/24}
route_tables:
  rtb:
    vpc: v
    routes:
      - {destination: 192.168.0.0/16, target: router, origin: advertised}
      - {destination: 192.168.0.0/16, target: blackhole}
      - {destination: 192.168.9.0/24, target: router, origin: advertised}
security_groups: {open: {vpc: v, ingress: [{protocol: all, source: 0.0.0.0/0}]}}
instances:
  app: {subnet: apps, private_ip: 10.0.1.10, security_groups: [open]}
  router: {subnet: hub, private_ip: 10.0.2.10, security_groups: [open], source_dest_check: false}
`

func TestRT21_AdvertisedRoutesLeadToTheirInterfaceAndStaticOnesWin(t *testing.T) {
	n := topo(t, routeServer)
	n.ask("app -> 192.168.1.1 tcp/443", unreachable, because("forward BAD_STATE_ROUTE rtb"))
	n.ask("app -> 192.168.9.1 tcp/443", unreachable, because("forward INSTANCE_NOT_FORWARDING router"))
}

func TestRT21_AdvertisedRoutesOfNothingElse(t *testing.T) {
	for text, want := range map[string]string{
		but(t, routeServer, "192.168.9.0/24, target: router", "192.168.9.0/24, target: igw"):                                                                                                      "an advertised route leads to the network interface of a Route Server's peer",
		but(t, routeServer, "  rtb:\n    vpc: v\n", "  edge: {vpc: v, edge_associations: [vgw], routes: [{destination: 10.0.1.0/24, target: router, origin: advertised}]}\n  rtb:\n    vpc: v\n"): "a VPN gateway's, into which a Route Server puts no routes",
	} {
		_, findings := load.Load([]load.Source{{Name: "net.yaml", Data: []byte("version: 1" + text)}})
		if len(findings) != 1 || !strings.Contains(findings[0].Message, want) {
			t.Errorf("%v, want %q", findings, want)
		}
	}
}
