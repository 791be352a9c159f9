package load

import (
	"strconv"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
	"gopkg.in/yaml.v3"
)

// rawTraffic is what a rule of a group or ACL says of protocol and ports,
// before they are judged together.
type rawTraffic struct {
	protocol   packet.ProtoRange
	protocolOK bool
	ports      []packet.PortRange
	portsAt    diag.Pos
	portsOK    bool
	icmp       packet.PortRange
	icmpAt     diag.Pos
	icmpOK     bool
}

var allPorts = packet.PortRange{Lo: 0, Hi: 65535}

var protocolNames = []string{"all", "tcp", "udp", "icmp", "icmpv6"}

// protocol reads a protocol: a name, -1, or a number.
func (w *walker) protocol(n *yaml.Node) (packet.ProtoRange, bool) {
	const want = "a protocol: all, tcp, udp, icmp, icmpv6 or a number from 0 to 255"
	text, ok := w.scalar(n, want)
	if !ok {
		return packet.ProtoRange{}, false
	}
	one := func(p uint8) (packet.ProtoRange, bool) { return packet.ProtoRange{Lo: p, Hi: p}, true }
	switch text {
	case "all", "-1":
		return packet.ProtoRange{Lo: 0, Hi: 255}, true
	case "tcp":
		return one(packet.TCP)
	case "udp":
		return one(packet.UDP)
	case "icmp":
		return one(packet.ICMP)
	case "icmpv6":
		return one(packet.ICMPv6)
	}
	if c := text[0]; c >= '0' && c <= '9' || c == '-' {
		number, problem := parseNumber(text, 0, 255)
		if problem == "" {
			return one(uint8(number))
		}
		w.report(w.at(n), idInvalidProtocol, "protocol %s is %s; expected %s", quote(text), problem, want)
		return packet.ProtoRange{}, false
	}
	w.report(w.at(n), idInvalidProtocol, "protocol %s is not known; expected %s%s", quote(text), want, diag.DidYouMean(text, protocolNames))
	return packet.ProtoRange{}, false
}

// portRange reads a port or a range of them, as 443 or 8000-8100.
func (w *walker) portRange(n *yaml.Node, least int) (packet.PortRange, bool) {
	want := "a port as 443 or a range as 8000-8100"
	text, ok := w.scalar(n, want)
	if !ok {
		return packet.PortRange{}, false
	}
	bad := func(problem string) (packet.PortRange, bool) {
		w.report(w.at(n), idInvalidPort, "port %s is %s; expected %s, from %d to 65535", quote(text), problem, want, least)
		return packet.PortRange{}, false
	}
	lo, hi, isRange := strings.Cut(text, "-")
	first, problem := parseNumber(lo, least, 65535)
	if problem != "" {
		return bad(problem)
	}
	last := first
	if isRange {
		if last, problem = parseNumber(hi, least, 65535); problem != "" {
			return bad(problem)
		}
	}
	if last < first {
		return bad("a range that runs backwards; did you mean " + strconv.Quote(hi+"-"+lo) + "?")
	}
	return packet.PortRange{Lo: uint16(first), Hi: uint16(last)}, true
}

func (w *walker) readPorts(n *yaml.Node, t *rawTraffic) {
	t.portsAt, t.portsOK = w.at(n), true
	w.oneOrList(n, "a port, a range or a list of those", func(item *yaml.Node) {
		r, ok := w.portRange(item, 0)
		if !ok {
			t.portsOK = false
			return
		}
		t.ports = append(t.ports, r)
	})
	if t.portsOK && len(t.ports) == 0 {
		w.report(t.portsAt, idInvalidPort, "the list of ports is empty; expected a port, a range or a list of those")
		t.portsOK = false
	}
}

type rawICMP struct{ typ, code int }

var icmpFields = []field[rawICMP]{
	{"type", true, func(w *walker, n *yaml.Node, d *rawICMP) {
		if v, ok := w.integer(n, "an ICMP type", -1, 255); ok {
			d.typ = v
		}
	}},
	{"code", false, func(w *walker, n *yaml.Node, d *rawICMP) {
		if v, ok := w.integer(n, "an ICMP code", -1, 255); ok {
			d.code = v
		}
	}},
}

func (w *walker) readICMP(n *yaml.Node, t *rawTraffic) {
	d := rawICMP{typ: -2, code: -1}
	t.icmpAt = w.at(n)
	if !readMapping(w, n, w.at(n), subject{kind: "`icmp`"}, icmpFields, &d) || d.typ == -2 {
		return
	}
	if d.typ == -1 && d.code != -1 { // SG-10
		w.report(t.icmpAt, idInvalidICMP, "ICMP type -1 means every type, so the code is -1 too; found code %d", d.code)
		return
	}
	t.icmpOK, t.icmp = true, allPorts
	if d.typ >= 0 {
		t.icmp = packet.PortRange{Lo: packet.ICMPPort(uint8(d.typ), 0), Hi: packet.ICMPPort(uint8(d.typ), 255)}
		if d.code >= 0 {
			port := packet.ICMPPort(uint8(d.typ), uint8(d.code))
			t.icmp = packet.PortRange{Lo: port, Hi: port}
		}
	}
}

// finish judges protocol, ports and ICMP fields together (SG-9, SG-10,
// ACL-11).
func (t *rawTraffic) finish(w *walker, at diag.Pos) model.Traffic {
	out := model.Traffic{Protocols: t.protocol, Ports: []packet.PortRange{allPorts}}
	if !t.protocolOK {
		return out
	}
	switch p := t.protocol; {
	case p.Lo != p.Hi:
		// Every protocol: AWS ignores ports and ICMP fields.
	case p.Lo == packet.TCP || p.Lo == packet.UDP:
		if t.icmpAt.Line > 0 {
			w.report(t.icmpAt, idInvalidICMP, "`icmp` goes with protocol icmp or icmpv6, not with tcp or udp")
		}
		if t.portsAt.Line == 0 { // SG-9, LINT-11
			w.report(at, idMissingKey, "a rule for tcp or udp lacks the key `ports`; write 0-65535 for all of them")
		}
		if t.portsOK {
			out.Ports = t.ports
		}
	case p.Lo == packet.ICMP || p.Lo == packet.ICMPv6:
		if t.portsAt.Line > 0 {
			w.report(t.portsAt, idInvalidICMP, "ICMP has no ports; expected `icmp: {type: 8, code: -1}`, or neither for every type")
		}
		if t.icmpOK {
			out.Ports = []packet.PortRange{t.icmp}
		}
	}
	return out
}
