package eval_test

import "testing"

// withForward gives the NAT instance of niBase a FORWARD chain.
func withForward(t *testing.T, rules string) *network {
	t.Helper()
	return topo(t, but(t, niBase, "    masquerade:", "    forward_rules:\n"+rules+"    masquerade:"))
}

func TestNI09_ForwardRulesDropWhatTheyDropAndNothingElse(t *testing.T) {
	n := withForward(t, `
      - {action: accept, state: established}
      - {action: accept, protocol: tcp, ports: 443, source: 10.0.0.0/16}
      - {action: drop, source: 0.0.0.0/0}
`)
	n.ask("web -> "+client+" tcp/443", reachable, via("nat", "igw"))
	n.ask("web -> "+client+" tcp/8080", unreachable, because("forward INSTANCE_FORWARD_RULES_RESTRICTION nat"))
	n.ask("near -> web tcp/80", reachable) // not by the NAT instance
	n.ask("web -> nat tcp/22", reachable)  // for the host itself: FORWARD is not asked
}

func TestNI09_WithoutARuleForRepliesTheyAreDropped(t *testing.T) {
	n := withForward(t, `
      - {action: accept, protocol: tcp, ports: 443, source: 10.0.0.0/16}
      - {action: drop}
`)
	n.ask("web -> "+client+" tcp/443", unreachable, because("return INSTANCE_FORWARD_RULES_RESTRICTION nat"))
}

func TestNI09_ANewConnectionIsNotEstablished(t *testing.T) {
	n := withForward(t, `
      - {action: accept, state: established}
      - {action: drop}
`)
	n.ask("web -> "+client+" tcp/443", unreachable, because("forward INSTANCE_FORWARD_RULES_RESTRICTION nat"))
	n = withForward(t, `
      - {action: drop, state: established, protocol: tcp, source_ports: 443}
`)
	n.ask("web -> "+client+" tcp/443", unreachable, because("return INSTANCE_FORWARD_RULES_RESTRICTION nat"))
	n.ask("web -> "+client+" tcp/8443", reachable)
}

func TestNI10_ForwardStandsBehindThePortForwardAndBeforeTheMasquerade(t *testing.T) {
	in := "internet -> 203.0.113.5 tcp/50001"
	n := withForward(t, `
      - {action: accept, state: established}
      - {action: accept, protocol: tcp, ports: 80, destination: 10.0.1.24}
      - {action: drop}
`)
	n.ask(in, reachable, via("igw", "nat"))
	n = withForward(t, `
      - {action: accept, state: established}
      - {action: accept, protocol: tcp, ports: 50001, destination: 10.0.0.155}
      - {action: drop}
`)
	n.ask(in, unreachable, because("forward INSTANCE_FORWARD_RULES_RESTRICTION nat"))
	n = withForward(t, `
      - {action: accept, source: 10.0.1.24, protocol: tcp}
      - {action: accept, destination: 10.0.1.24, protocol: tcp}
      - {action: drop}
`)
	n.ask("web -> "+client+" tcp/443", reachable, via("nat", "igw")) // the source is not masqueraded yet
	n = withForward(t, `
      - {action: accept, source: 10.0.0.155, protocol: tcp}
      - {action: drop}
`)
	n.ask("web -> "+client+" tcp/443", unreachable, because("forward INSTANCE_FORWARD_RULES_RESTRICTION nat"))
}

func TestNI10_ForwardSeesAReplyAsItsRequestReadBackwards(t *testing.T) {
	in := "internet -> 203.0.113.5 tcp/50001"
	n := withForward(t, `
      - {action: accept, protocol: tcp, ports: 80, destination: 10.0.1.24}
      - {action: accept, protocol: tcp, source_ports: 80, source: 10.0.1.24}
      - {action: drop}
`)
	n.ask(in, reachable)
	n = withForward(t, `
      - {action: accept, protocol: tcp, ports: 80, destination: 10.0.1.24}
      - {action: accept, protocol: tcp, source_ports: 50001, source: 10.0.0.155}
      - {action: drop}
`)
	n.ask(in, unreachable, because("return INSTANCE_FORWARD_RULES_RESTRICTION nat"))
}

func TestNI11_SNATTakesTheAddressThatItNames(t *testing.T) {
	snat := but(t, niBase, "    masquerade: [{source: 10.0.0.0/16}]", "    private_ips: [10.0.0.156]\n    masquerade: [{source: 10.0.0.0/16, to: 10.0.0.156}]")
	topo(t, snat).ask("web -> "+client+" tcp/443", unreachable, because("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
	topo(t, but(t, snat, "    public_ip: 203.0.113.5\n", "    public_ips: {10.0.0.155: 203.0.113.5, 10.0.0.156: 203.0.113.6}\n")).
		ask("web -> "+client+" tcp/443", reachable, via("nat", "igw"))
}

func TestNI11_AcceptKeepsTheSourceAndEndsTheChain(t *testing.T) {
	n := topo(t, but(t, niBase, "    masquerade: [{source: 10.0.0.0/16}]", "    masquerade: [{destination: 198.51.100.0/24, translate: false}, {}]"))
	n.ask("web -> "+client+" tcp/443", unreachable, because("forward IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS igw"))
	n.ask("web -> 192.0.2.7 tcp/443", reachable, via("nat", "igw"))
}
