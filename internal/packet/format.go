package packet

import (
	"strconv"
	"strings"
)

// String returns "443" or "1024-65535".
func (r PortRange) String() string {
	if r.Lo == r.Hi {
		return strconv.Itoa(int(r.Lo))
	}
	return strconv.Itoa(int(r.Lo)) + "-" + strconv.Itoa(int(r.Hi))
}

// Contains reports whether p lies in r.
func (r PortRange) Contains(p uint16) bool { return r.Lo <= p && p <= r.Hi }

// FormatPorts writes a list of ports as "22,80-90". All ports are "all", none
// is "none".
func FormatPorts(list []PortRange) string {
	return join(list, AllPorts, PortRange.String)
}

// ProtoName returns "tcp", "udp", "icmp", "icmpv6", or "proto/47".
func ProtoName(proto uint8) string {
	switch proto {
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case ICMP:
		return "icmp"
	case ICMPv6:
		return "icmpv6"
	}
	return "proto/" + strconv.Itoa(int(proto))
}

// HasPorts reports whether headers of the protocol have source and
// destination ports: TCP and UDP.
func HasPorts(proto uint8) bool { return proto == TCP || proto == UDP }

// HasTypes reports whether headers of the protocol have a type and a code in
// the place of a destination port: ICMP and ICMPv6.
func HasTypes(proto uint8) bool { return proto == ICMP || proto == ICMPv6 }

// Contains reports whether p lies in r.
func (r ProtoRange) Contains(p uint8) bool { return r.Lo <= p && p <= r.Hi }

// String returns the name of a single protocol, "all", or "proto/50-51".
func (r ProtoRange) String() string {
	switch {
	case r == AllProtos:
		return "all"
	case r.Lo == r.Hi:
		return ProtoName(r.Lo)
	}
	return "proto/" + strconv.Itoa(int(r.Lo)) + "-" + strconv.Itoa(int(r.Hi))
}

// FormatProtos writes a list of protocols as "tcp,udp". All protocols are
// "all", none is "none".
func FormatProtos(list []ProtoRange) string {
	return join(list, AllProtos, ProtoRange.String)
}

// FormatICMP writes a range of type<<8|code numbers: "8/0" for one message,
// "8" for all codes of a type, "8-11" for all codes of some types, "all", or
// else the first and the last message, "8/1-8/4".
func FormatICMP(r PortRange) string {
	typ := func(p uint16) string { return strconv.Itoa(int(p >> 8)) }
	message := func(p uint16) string { return typ(p) + "/" + strconv.Itoa(int(p&0xff)) }
	switch {
	case r == AllPorts:
		return "all"
	case r.Lo == r.Hi:
		return message(r.Lo)
	case r.Lo&0xff != 0 || r.Hi&0xff != 0xff:
		return message(r.Lo) + "-" + message(r.Hi)
	case r.Lo>>8 == r.Hi>>8:
		return typ(r.Lo)
	}
	return typ(r.Lo) + "-" + typ(r.Hi)
}

// FormatICMPs writes a list of type<<8|code numbers as "0,8/0".
func FormatICMPs(list []PortRange) string { return join(list, AllPorts, FormatICMP) }

// FormatService writes protocols with destination ports: "tcp/443",
// "tcp/22,80-90", "udp", "icmp/8/0", "proto/47", "all". Ports are written for
// a single protocol that has them, or where they are limited.
func FormatService(protos ProtoRange, ports []PortRange) string {
	text := FormatPorts(ports)
	if protos.Lo == protos.Hi && HasTypes(protos.Lo) {
		text = FormatICMPs(ports)
	}
	if text == "all" {
		return protos.String()
	}
	return protos.String() + "/" + text
}

func join[T comparable](list []T, all T, text func(T) string) string {
	switch {
	case len(list) == 0:
		return "none"
	case len(list) == 1 && list[0] == all:
		return "all"
	}
	parts := make([]string, len(list))
	for i, r := range list {
		parts[i] = text(r)
	}
	return strings.Join(parts, ",")
}
