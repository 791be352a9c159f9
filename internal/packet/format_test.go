package packet

import "testing"

func TestFormat(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{PortRange{443, 443}.String(), "443"},
		{PortRange{1024, 65535}.String(), "1024-65535"},
		{FormatPorts([]PortRange{{22, 22}, {80, 90}}), "22,80-90"},
		{FormatPorts([]PortRange{AllPorts}), "all"},
		{FormatPorts(nil), "none"},
		{ProtoName(TCP), "tcp"},
		{ProtoName(UDP), "udp"},
		{ProtoName(ICMP), "icmp"},
		{ProtoName(ICMPv6), "icmpv6"},
		{ProtoName(47), "proto/47"},
		{AllProtos.String(), "all"},
		{ProtoRange{2, 5}.String(), "proto/2-5"},
		{FormatProtos([]ProtoRange{{6, 6}, {17, 17}}), "tcp,udp"},
		{FormatICMP(PortRange{8 << 8, 8 << 8}), "8/0"},
		{FormatICMP(PortRange{8 << 8, 8<<8 | 255}), "8"},
		{FormatICMP(PortRange{8 << 8, 11<<8 | 255}), "8-11"},
		{FormatICMP(PortRange{8<<8 | 1, 8<<8 | 4}), "8/1-8/4"},
		{FormatICMP(AllPorts), "all"},
		{FormatICMPs([]PortRange{{0, 255}, {8 << 8, 8 << 8}}), "0,8/0"},
		{FormatService(ProtoRange{6, 6}, []PortRange{{443, 443}}), "tcp/443"},
		{FormatService(ProtoRange{1, 1}, []PortRange{{8 << 8, 8 << 8}}), "icmp/8/0"},
		{FormatService(ProtoRange{17, 17}, []PortRange{AllPorts}), "udp"},
		{FormatService(AllProtos, []PortRange{AllPorts}), "all"},
		{Forward.String(), "forward"},
		{Reply.String(), "reply"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
