package render

import (
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// A difference is one field in which a part of a packet is less than the
// whole: "source ports" "32768-65535".
type difference struct{ field, value string }

func (d difference) String() string { return joinNonEmpty(" ", d.field, d.value) }

// differences names the fields in which a part of a packet is less than the
// whole. There is none where they are alike.
func (n namer) differences(part, whole eval.Packet) []difference {
	var out []difference
	add := func(field, value string) { out = append(out, difference{field, value}) }
	if part.Family != whole.Family {
		add("", part.Family.String())
	}
	if !slices.Equal(part.Source, whole.Source) {
		add("from", n.addrs(part.Family, part.Source))
	}
	if !slices.Equal(part.Destination, whole.Destination) {
		add("to", n.addrs(part.Family, part.Destination))
	}
	samePorts := slices.Equal(part.Ports, whole.Ports)
	sameProtocols := slices.Equal(part.Protocols, whole.Protocols)
	switch {
	case sameProtocols && samePorts:
	case sameProtocols && onlyPorted(part.Protocols):
		add(portsNoun("port", part.Ports), packet.FormatPorts(part.Ports))
	default:
		add("", servicesText(part.Protocols, part.Ports))
	}
	if !slices.Equal(part.SourcePorts, whole.SourcePorts) && len(part.SourcePorts) > 0 {
		add(portsNoun("source port", part.SourcePorts), packet.FormatPorts(part.SourcePorts))
	}
	return out
}

func portsNoun(noun string, ports []packet.PortRange) string {
	if len(ports) == 1 && ports[0].Lo == ports[0].Hi {
		return noun
	}
	return noun + "s"
}

// difference writes the differences: "from 198.51.100.0/24, source ports
// 32768-65535".
func (n namer) difference(part, whole eval.Packet) string {
	var out []string
	for _, d := range n.differences(part, whole) {
		out = append(out, d.String())
	}
	return strings.Join(out, ", ")
}

// parts writes boxes of what was asked, one line each, by their differences
// from it. Where the question was several boxes each is written in full.
func (n namer) parts(boxes, asked []packet.Box, protocol string) []string {
	var out []string
	for _, b := range boxes {
		p := boxPacket(b)
		text := ""
		if len(asked) == 1 {
			text = n.difference(p, boxPacket(asked[0]))
		} else {
			text = n.packetText(p, protocol)
		}
		if text == "" {
			text = "all of it"
		}
		out = append(out, text)
	}
	return out
}
