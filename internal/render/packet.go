package render

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// packetText writes "10.0.0.10:1024-65535 -> 10.0.1.20:5432", with the
// protocol in front unless it is the only one that the question asks about.
func (n namer) packetText(p eval.Packet, asked string) string {
	ported := onlyPorted(p.Protocols)
	source, destination := n.addrs(p.Family, p.Source), n.addrs(p.Family, p.Destination)
	if ported {
		source = withPorts(p.Family, source, p.SourcePorts)
		destination = withPorts(p.Family, destination, p.Ports)
	}
	service := packet.FormatProtos(p.Protocols)
	if !ported {
		service = servicesText(p.Protocols, p.Ports)
	}
	text := source + " -> " + destination
	switch {
	case service == asked:
		return text
	case service == "all":
		return text + ", all protocols"
	case ported:
		return service + " " + text
	}
	return text + ", " + service
}

// withPorts writes "10.0.0.10:443", or the address alone for every port.
func withPorts(f addr.Family, text string, ports []packet.PortRange) string {
	list := packet.FormatPorts(ports)
	if len(ports) == 0 || list == "all" {
		return text
	}
	if strings.Contains(text, " ") {
		return text + " port " + list
	}
	if f == addr.V6 && strings.ContainsAny(text, ":") {
		text = "[" + text + "]"
	}
	return text + ":" + list
}

func onlyPorted(protocols []packet.ProtoRange) bool {
	for _, r := range protocols {
		if r.Lo != r.Hi || !packet.HasPorts(r.Lo) {
			return false
		}
	}
	return len(protocols) > 0
}

// servicesText writes protocols with destination ports: "tcp/22,80",
// "icmp echo request", "all".
func servicesText(protocols []packet.ProtoRange, ports []packet.PortRange) string {
	if len(protocols) == 0 {
		protocols = []packet.ProtoRange{packet.AllProtos}
	}
	if len(ports) == 0 {
		ports = []packet.PortRange{packet.AllPorts}
	}
	var parts []string
	for _, r := range protocols {
		parts = append(parts, service(r, ports))
	}
	return strings.Join(parts, ", ")
}

// service is packet.FormatService with a word for ping.
func service(r packet.ProtoRange, ports []packet.PortRange) string {
	if len(ports) == 1 && r.Lo == r.Hi && packet.HasTypes(r.Lo) {
		request, reply := uint8(8), uint8(0)
		if r.Lo == packet.ICMPv6 {
			request, reply = 128, 129
		}
		switch p := ports[0]; {
		case p.Lo>>8 != p.Hi>>8: // several types
		case uint8(p.Lo>>8) == request:
			return packet.ProtoName(r.Lo) + " echo request"
		case uint8(p.Lo>>8) == reply:
			return packet.ProtoName(r.Lo) + " echo reply"
		}
	}
	return packet.FormatService(r, ports)
}

// askedText writes what a question asks besides addresses: "tcp/443".
func askedText(spec model.PortSpec) string {
	switch {
	case spec.All:
		return "all protocols and ports"
	case spec.Echo:
		return "icmp echo"
	}
	return packet.FormatService(packet.ProtoRange{Lo: spec.Protocol, Hi: spec.Protocol}, spec.Ports)
}

// askedProtocol is the one protocol that a question asks about, or "".
func askedProtocol(spec model.PortSpec) string {
	if spec.All || spec.Echo {
		return ""
	}
	return packet.ProtoName(spec.Protocol)
}

func boxPacket(b packet.Box) eval.Packet {
	return eval.Packet{Family: b.Family, Source: b.Src, Destination: b.Dst,
		Protocols: b.Protos, Ports: b.DPorts, SourcePorts: b.SPorts}
}
