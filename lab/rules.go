package lab

import (
	"fmt"
	"os/exec"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// A Drop is what a rule that drops reports: the element and its reason in the
// analyzer's words, and for a network ACL the number of the rule (-1 for the
// last one).
type Drop struct {
	Code      eval.Code
	Component string
	Direction string // ingress, egress or ""
	Rule      int
	// Inside tells that the packet is at the interface that it is for, not
	// on the way to it.
	Inside bool
	// Entered tells that the packet has passed the internet gateway already;
	// Through is what else it passes before it is dropped.
	Entered bool
	Through string
}

// A ruleset is the text for nft, with the drops that it reports.
type ruleset struct {
	l      *Lab
	sets   strings.Builder
	chains []chain
}

type chain struct{ name, rules string }

func (r *ruleset) chain(name string, rules ...string) {
	var b strings.Builder
	for _, s := range rules {
		if s != "" {
			fmt.Fprintf(&b, "\t%s\n", s)
		}
	}
	r.chains = append(r.chains, chain{name, b.String()})
}

// load gives the ruleset to the kernel: all at once where that is permitted,
// or in parts that fit the socket of somebody without privileges, first all
// names, then the rules, the hooks last.
func (r *ruleset) load() error {
	parts := []string{r.sets.String()}
	if !inUserNamespace() {
		for _, c := range r.chains {
			parts[0] += "chain " + c.name + " {\n" + c.rules + "}\n"
		}
	} else {
		for _, c := range r.chains {
			if !strings.Contains(c.rules, " hook ") {
				parts[0] += "chain " + c.name + " { }\n"
			}
		}
		for _, c := range r.chains {
			if len(parts[len(parts)-1]) > 12000 {
				parts = append(parts, "")
			}
			parts[len(parts)-1] += "chain " + c.name + " {\n" + c.rules + "}\n"
		}
	}
	for _, p := range parts {
		if err := nft("table inet fabric {\n" + p + "}\n"); err != nil {
			return err
		}
	}
	return nil
}

// drop is the end of a rule that drops.
func (r *ruleset) drop(d Drop) string {
	r.l.drops = append(r.l.drops, d)
	return fmt.Sprintf(`log prefix "D%d" group %d drop`, len(r.l.drops)-1, nflogGroup)
}

// buildRules writes the fabric's ruleset and loads it, all at once.
//
// A packet passes the hook before routing for the interface that it leaves
// (source check, security groups, network ACL), then the kernel routes, then
// the hook behind it knows where it goes and does the rest. There is no
// connection tracking: security groups remember in sets of their own.
func (l *Lab) buildRules() error {
	r := &ruleset{l: l}
	r.states()
	for k, v := range l.Topology.VPCs {
		r.vpcSets(k, v)
		r.enteredStates(v)
	}
	r.acls()
	r.keptStates()
	var before, behind, out, after []string
	for _, p := range l.ports {
		switch p.kind {
		case portInterface:
			before = append(before, r.leaving(p))
			out = append(out, r.entering(p))
		case portInternet:
			before = append(before, r.fromInternet(p))
			if g, ok := p.resource.(*model.InternetGateway); ok {
				out = append(out, r.toInternet(p, g))
				after = append(after, r.translated(p, "outward"))
			}
		case portCarrier:
			before = append(before, r.fromCarrier(p))
			out = append(out, r.toCarrier(p))
			after = append(after, r.translated(p, "carrier_outward"))
		case portCarrierIn, portCarrierInternet:
			before = append(before, r.fromCarrier(p))
		case portLocal:
			before = append(before, r.fromOutpost(p))
			out = append(out, r.toOutpost(p))
			after = append(after, jump(p, "map_"+p.name))
		case portLocalIn:
			before = append(before, r.fromOutpost(p))
		case portEgressOnly:
			out = append(out, r.toEgressOnly(p))
		case portPeering:
			out = append(out, r.overPeering(p))
		case portVPNGateway:
			out = append(out, r.toVPN(p))
			if p.vpc != nil {
				behind = append(behind, r.fromVPN(p))
			}
		case portVPNInside:
			out = append(out, r.intoVPN(p))
		case portConnection:
			n := r.l.connectionNumber(r.l.connection(p))
			chain := "from_" + p.name
			r.chain(chain, fmt.Sprintf("meta mark set %#x", (n+1)*legUnit))
			before = append(before, jump(p, chain))
		case portNoExit:
			before = append(before, r.noExit(p))
		case portAttachment:
			if p.vpc != nil {
				before = append(before, r.intoVPC(p))
				out = append(out, r.toTransit(p))
			}
		case portTransit:
			out = append(out, r.overTransit(p))
		case portDoor:
			before = append(before, r.chooseLeg(p))
		case portGatewayEndpoint:
			out = append(out, r.toService(p))
		case portSink:
			out = append(out, r.intoSink(p))
		}
	}
	// Other ICMP than echo is the kernels' own chatter.
	r.chain("before", "type filter hook prerouting priority -150",
		"meta l4proto != { tcp, udp, icmp, icmpv6 } drop",
		"meta l4proto icmp icmp type != { echo-request, echo-reply } drop",
		"meta l4proto icmpv6 icmpv6 type != { echo-request, echo-reply } drop",
		verdicts("iifname", before))
	r.chain("behind", "type filter hook forward priority 0",
		fmt.Sprintf("meta mark set meta mark & %#08x", markStays),
		verdicts("iifname", behind), verdicts("oifname", out),
		fmt.Sprintf(`log prefix "F" group %d`, nflogGroup),
		verdicts("oifname", after))
	r.chain("own", "type filter hook output priority 0; policy drop")
	return l.t.in(l.fabric, r.load)
}

// verdicts makes a map from a link's name to the chain for it.
func verdicts(key string, list []string) string {
	if len(list) == 0 {
		return ""
	}
	return key + " vmap { " + strings.Join(list, ", ") + " }"
}

func jump(p *port, chain string) string { return fmt.Sprintf("%q : jump %s", p.name, chain) }

// nft loads a ruleset into the namespace that the thread is in.
func nft(text string) error {
	cmd := exec.Command("nft", "-f", "-")
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		lines := strings.Split(text, "\n")
		for k := range lines {
			lines[k] = fmt.Sprintf("%4d %s", k+1, lines[k])
		}
		return fmt.Errorf("nft: %w: %s\n%s", err, out, strings.Join(lines, "\n"))
	}
	return nil
}

func (l *Lab) vpcNumber(v *model.VPC) int {
	for k, o := range l.Topology.VPCs {
		if o == v {
			return k
		}
	}
	return -1
}
