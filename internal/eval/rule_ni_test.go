package eval_test

import "testing"

// The base of the golden vectors: a NAT instance in the public subnet, a web
// server in the private one, a client outside.
const niBase = `
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
subnets:
  pub: {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-pub}
  priv: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-priv}
  db: {vpc: vpc, cidr: 10.0.2.0/24}
route_tables:
  rtb-pub: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-priv: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}
security_groups:
  sg-nat: {vpc: vpc, ingress: [{protocol: tcp, ports: 50001-50004, source: 0.0.0.0/0}, {protocol: all, source: 10.0.0.0/16}]}
  sg-web: {vpc: vpc, ingress: [{protocol: tcp, ports: [80, 22], source: 0.0.0.0/0}]}
  sg-ref: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: sg-nat}]}
instances:
  nat:
    subnet: pub
    private_ip: 10.0.0.155
    public_ip: 203.0.113.5
    security_groups: [sg-nat]
    source_dest_check: false
    ip_forward: true
    masquerade: [{source: 10.0.0.0/16}]
    port_forwards:
      - {protocol: tcp, destination: 10.0.0.155, port: 50001, to: 10.0.1.24, to_port: 80}
      - {protocol: tcp, destination: 10.0.0.155, port: 50002, to: 10.0.1.24, to_port: 22}
      - {protocol: tcp, destination: 10.0.0.155, port: 50001, to: 10.0.1.25, to_port: 80}   # never: the first wins
  web: {subnet: priv, private_ip: 10.0.1.24, security_groups: [sg-web]}
  near: {subnet: pub, private_ip: 10.0.0.30, security_groups: [sg-web]}
  data: {subnet: db, private_ip: 10.0.2.10, security_groups: [sg-web]}
`

const client = "198.51.100.10"

func TestNI01_CheckIsAFlagOfTheInterfaceOnByDefault(t *testing.T) {
	topo(t, niBase).ask("web -> "+client+" tcp/8080", reachable, via("nat", "igw"))
	for _, check := range []string{"", "    source_dest_check: true\n"} {
		n := topo(t, but(t, niBase, "    source_dest_check: false\n", check))
		n.ask("web -> "+client+" tcp/8080", unreachable, because("forward ENI_SOURCE_DEST_CHECK_RESTRICTION eni-nat ingress"))
	}
}

func TestNI02_CheckStopsForeignDestinationsInAndForeignSourcesOut(t *testing.T) {
	n := topo(t, but(t, rtFirewall, "source_dest_check: false, ", ""))
	n.ask("a -> b tcp/80", unreachable, blocked("forward ENI_SOURCE_DEST_CHECK_RESTRICTION eni-fw ingress", "forward ENI_SOURCE_DEST_CHECK_RESTRICTION eni-fw egress",
		"return ENI_SOURCE_DEST_CHECK_RESTRICTION eni-fw ingress", "return ENI_SOURCE_DEST_CHECK_RESTRICTION eni-fw egress"))
	n.ask("a -> firewall tcp/80", reachable) // for itself
	n.ask("firewall -> a tcp/80", reachable)
}

func TestNI03_MiddleboxesNeedTheCheckOff(t *testing.T) {
	topo(t, rtFirewall).ask("a -> b tcp/80", reachable, via("firewall"))
	topo(t, niBase).ask("web -> "+client+" tcp/8080", reachable, via("nat", "igw"))
}

func TestNI04_ProxyWithBothTranslationsPassesTheCheck(t *testing.T) {
	const on = "    source_dest_check: true\n"
	both := topo(t, but(t, niBase, "    source_dest_check: false\n", on, "masquerade: [{source: 10.0.0.0/16}]", "masquerade: [{}]"))
	both.ask(client+" -> nat tcp/50001", reachable, delivered("web"), seen("10.0.0.155"))
	both.ask("web -> "+client+" tcp/8080", unreachable, because("forward ENI_SOURCE_DEST_CHECK_RESTRICTION eni-nat ingress"))
	dnat := topo(t, but(t, niBase, "    source_dest_check: false\n", on, "masquerade: [{source: 10.0.0.0/16}]", "masquerade: []"))
	dnat.ask(client+" -> nat tcp/50001", unreachable, because("forward ENI_SOURCE_DEST_CHECK_RESTRICTION eni-nat egress"))
}

func TestNI05_EverythingANATInstanceNeeds(t *testing.T) {
	topo(t, niBase).ask("web -> "+client+" tcp/8080", reachable, seen("203.0.113.5"))
	for _, c := range []struct{ old, new, blocker string }{
		{"rtb-pub: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}", "rtb-pub: {vpc: vpc}", "forward NO_ROUTE_TO_DESTINATION rtb-pub"},
		{"    public_ip: 203.0.113.5\n", "", "forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"},
		{"    source_dest_check: false\n", "", "forward ENI_SOURCE_DEST_CHECK_RESTRICTION eni-nat ingress"},
		{"rtb-priv: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: nat}]}", "rtb-priv: {vpc: vpc}", "forward NO_ROUTE_TO_DESTINATION rtb-priv"},
		{"    ip_forward: true\n", "", "forward INSTANCE_NOT_FORWARDING nat"},
		{"masquerade: [{source: 10.0.0.0/16}]", "masquerade: []", "forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"},
	} {
		topo(t, but(t, niBase, c.old, c.new)).ask("web -> "+client+" tcp/8080", unreachable, because(c.blocker))
	}
}

func TestNI06_GroupSeesTheHeaderBeforeAndAfterTranslation(t *testing.T) {
	out := but(t, niBase, "{protocol: all, source: 10.0.0.0/16}]}", "{protocol: all, source: 10.0.0.0/16}], egress: [{protocol: tcp, ports: 80, destination: 10.0.1.0/24}]}")
	n := topo(t, out)
	n.ask(client+" -> nat tcp/50001", reachable, delivered("web"), groups("sg-nat ingress", "sg-nat egress", "sg-web ingress"))
	n.ask(client+" -> nat tcp/50002", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-nat egress"))
	// 50001 is what the way in must admit, 80 the way out
	in := topo(t, but(t, niBase, "ports: 50001-50004", "ports: 80"))
	in.ask(client+" -> nat tcp/50001", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-nat ingress"))
	wrong := topo(t, but(t, out, "ports: 80, destination: 10.0.1.0/24", "ports: 50001, destination: 10.0.1.0/24"))
	wrong.ask(client+" -> nat tcp/50001", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-nat egress"))
}

func TestNI07_ForwardedPacketIsANewFlowForTheOutboundRules(t *testing.T) {
	n := topo(t, but(t, rtFirewall, "sg-fw: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}]}", "sg-fw: {vpc: vpc, ingress: [{protocol: all, source: 0.0.0.0/0}], egress: []}"))
	n.ask("a -> b tcp/80", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-fw egress"), assumes("NI-7"))
	topo(t, rtFirewall).ask("a -> b tcp/80", reachable)
}

func TestNI08_MiddleboxDropsTheIdentityOfGroups(t *testing.T) {
	yaml := but(t, rtFirewall, "b: {subnet: right, private_ip: 10.0.2.10, security_groups: [open]}", "b: {subnet: right, private_ip: 10.0.2.10, security_groups: [ref]}",
		"  sg-fw: {vpc", "  ref: {vpc: vpc, ingress: [{protocol: tcp, ports: 80, source: open}]}\n  sg-fw: {vpc")
	n := topo(t, yaml)
	n.ask("a -> b tcp/80", unreachable, blocked("forward SG_REFERENCES_NOT_PRESERVED ref ingress"))
	n.ask("a -> b tcp/81", unreachable, blocked("forward ENI_SG_RULES_MISMATCH ref ingress"))
	direct := topo(t, but(t, yaml, "rtb-left: {vpc: vpc, routes: [{destination: 10.0.2.0/24, target: eni-fw}]}", "rtb-left: {vpc: vpc}",
		"rtb-right: {vpc: vpc, routes: [{destination: 10.0.1.0/24, target: eni-fw}]}", "rtb-right: {vpc: vpc}"))
	direct.ask("a -> b tcp/80", reachable)
	cidr := topo(t, but(t, yaml, "ports: 80, source: open}", "ports: 80, source: 10.0.1.0/24}"))
	cidr.ask("a -> b tcp/80", reachable)
}

func TestNI09_HostMustForward(t *testing.T) {
	n := topo(t, but(t, niBase, "    ip_forward: true\n", "    ip_forward: false\n"))
	n.ask("web -> "+client+" tcp/8080", unreachable, because("forward INSTANCE_NOT_FORWARDING nat"))
	n.ask(client+" -> nat tcp/50001", unreachable, because("forward INSTANCE_NOT_FORWARDING nat")) // a forwarded port dies too
	n.ask(client+" -> nat tcp/50003", reachable, delivered("nat"))                                 // its own service
}

func TestNI10_PortForwardThenRoutingThenMasquerade(t *testing.T) {
	n := topo(t, but(t, niBase, "masquerade: [{source: 10.0.0.0/16}]", "masquerade: [{destination: 10.0.1.0/24}]"))
	// the masquerade rule sees the destination behind the port forward
	n.ask(client+" -> nat tcp/50001", reachable, seen("10.0.0.155"), arrives("10.0.1.24 80", "1024-65535"), back("nat", "igw"),
		translated("igw 203.0.113.5 > 10.0.0.155", "nat 10.0.0.155 > 10.0.1.24", "nat 198.51.100.10 > 10.0.0.155"))
	before := topo(t, but(t, niBase, "masquerade: [{source: 10.0.0.0/16}]", "masquerade: [{destination: 10.0.0.155/32}]"))
	before.ask(client+" -> nat tcp/50001", reachable, seen(client))
}

func TestNI11_MasqueradeTakesThePrimaryAddressAndKeepsThePort(t *testing.T) {
	n := topo(t, niBase)
	for _, port := range []string{"40001", "600", "300"} {
		n.ask("web -> "+client+" tcp/8080 from "+port, reachable, seen("203.0.113.5"), arrives(client+" 8080", port))
	}
	n.ask("web -> "+client+" icmp", reachable, seen("203.0.113.5"))
	second := topo(t, but(t, niBase, "    private_ip: 10.0.0.155\n    public_ip: 203.0.113.5\n", "    private_ip: 10.0.0.155\n    private_ips: [10.0.0.156]\n    public_ips: {10.0.0.156: 203.0.113.6}\n"))
	second.ask("web -> "+client+" tcp/8080", unreachable, because("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw")) // not the secondary's
}

func TestNI12_OnlyListedPortsAndTheFirstRuleWins(t *testing.T) {
	n := topo(t, but(t, niBase, "masquerade: [{source: 10.0.0.0/16}]", "masquerade: [{}]"))
	n.ask(client+" -> nat tcp/50001", reachable, delivered("web"), arrives("10.0.1.24 80", ""))
	n.ask(client+" -> nat tcp/50002", reachable, delivered("web"), arrives("10.0.1.24 22", ""))
	n.ask(client+" -> nat tcp/50003", reachable, delivered("nat"))
	n.ask(client+" -> nat udp/50001", unreachable, because("forward ENI_SG_RULES_MISMATCH sg-nat ingress"))
	stale := topo(t, but(t, niBase, "to: 10.0.1.24, to_port: 80", "to: 10.0.1.99, to_port: 80"))
	stale.ask(client+" -> nat tcp/50001", unreachable, because("forward NO_POSSIBLE_DESTINATION vpc"))
	stale.ask(client+" -> nat tcp/50002", reachable, delivered("web"))
}

func TestNI13_PortForwardMatchesThePrivateAddress(t *testing.T) {
	n := topo(t, but(t, niBase, "destination: 10.0.0.155, port: 50001, to: 10.0.1.24", "destination: 203.0.113.5, port: 50001, to: 10.0.1.24", "to: 10.0.1.25", "to: 10.0.1.24"))
	n.ask(client+" -> nat tcp/50001", reachable, delivered("web")) // by the third rule
	only := topo(t, but(t, niBase, "destination: 10.0.0.155, port: 50001,", "destination: 203.0.113.5, port: 50001,"))
	only.ask(client+" -> nat tcp/50001", reachable, delivered("nat"))
	only.ask(client+" -> nat tcp/50002", reachable, delivered("web"))
}
