package model_test

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

func TestParsePorts(t *testing.T) {
	tcp := func(rs ...packet.PortRange) model.PortSpec {
		return model.PortSpec{Protocol: packet.TCP, Ports: rs}
	}
	for _, c := range []struct {
		text string
		want model.PortSpec
	}{
		{"443", tcp(packet.PortRange{Lo: 443, Hi: 443})},
		{"tcp/443", tcp(packet.PortRange{Lo: 443, Hi: 443})},
		{"0", tcp(packet.PortRange{})},
		{"80,8000-8100", tcp(packet.PortRange{Lo: 80, Hi: 80}, packet.PortRange{Lo: 8000, Hi: 8100})},
		{"tcp", tcp(packet.PortRange{Hi: 65535})},
		{"udp/53", model.PortSpec{Protocol: packet.UDP, Ports: []packet.PortRange{{Lo: 53, Hi: 53}}}},
		{"icmp", model.PortSpec{Protocol: packet.ICMP, Echo: true}},
		{"icmp/3/4", model.PortSpec{Protocol: packet.ICMP, Ports: []packet.PortRange{{Lo: 0x304, Hi: 0x304}}}},
		{"icmp/3", model.PortSpec{Protocol: packet.ICMP, Ports: []packet.PortRange{{Lo: 0x300, Hi: 0x3ff}}}},
		{"icmpv6/128", model.PortSpec{Protocol: packet.ICMPv6, Ports: []packet.PortRange{{Lo: 0x8000, Hi: 0x80ff}}}},
		{"proto/47", model.PortSpec{Protocol: 47, Ports: []packet.PortRange{{Hi: 65535}}}},
		{"all", model.PortSpec{All: true}},
	} {
		got, err := model.ParsePorts(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got.Text != c.text || got.Protocol != c.want.Protocol || got.All != c.want.All || got.Echo != c.want.Echo || !slices.Equal(got.Ports, c.want.Ports) {
			t.Errorf("%s: got %+v, want %+v", c.text, got, c.want)
		}
	}
	for _, text := range []string{"", "70000", "tcp/", "tcp/70000", "tcp/90-80", "tcp/022", "tcp/-1", "tcp/+1", "sctp/1", "icmp/256", "icmp/3/256", "proto/256", "proto/", "all/1", "443,", "tcp/1-2-3"} {
		if got, err := model.ParsePorts(text); err == nil || !strings.Contains(err.Error(), `"`+text+`"`) {
			t.Errorf("%q: got %+v, %v; want an error that quotes it", text, got, err)
		}
	}
}

func TestACL14_SourcePortProfiles(t *testing.T) {
	for text, want := range map[string]packet.PortRange{
		"":           {Lo: 1024, Hi: 65535},
		"linux":      {Lo: 32768, Hi: 61000},
		"windows":    {Lo: 49152, Hi: 65535},
		"nat":        {Lo: 1024, Hi: 65535},
		"5000":       {Lo: 5000, Hi: 5000},
		"1024-32767": {Lo: 1024, Hi: 32767},
	} {
		if got, err := model.ParseSourcePorts(text); err != nil || got.Range != want {
			t.Errorf("%q: got %v, %v, want %v", text, got.Range, err, want)
		}
	}
	if _, err := model.ParseSourcePorts("bsd"); err == nil {
		t.Error("an unknown profile is accepted")
	}
}

func TestParseEndpoint(t *testing.T) {
	web := &model.Instance{Ident: model.Ident{Name: "web-1", Kind: model.KindInstance}}
	acl := &model.NetworkACL{Ident: model.Ident{Name: "acl", Kind: model.KindNetworkACL}}
	topo := &model.Topology{Names: map[string]model.Resource{"web-1": web, "acl": acl}}
	for text, want := range map[string]model.Endpoint{
		"web-1":       {Kind: model.EndpointResource, Resource: web},
		"internet":    {Kind: model.EndpointInternet},
		"internet6":   {Kind: model.EndpointInternet6},
		"192.0.2.7":   {Kind: model.EndpointAddresses, Prefix: netip.MustParsePrefix("192.0.2.7/32")},
		"10.1.2.3/16": {Kind: model.EndpointAddresses, Prefix: netip.MustParsePrefix("10.1.0.0/16")},
		"2001:db8::1": {Kind: model.EndpointAddresses, Prefix: netip.MustParsePrefix("2001:db8::1/128")},
	} {
		got, err := topo.ParseEndpoint(text)
		want.Text = text
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"acl":             "is a network ACL, which cannot send or receive",
		"web1":            `did you mean "web-1"?`,
		"::ffff:10.0.0.1": "plain address",
		"fe80::1%eth0":    "plain address",
	} {
		if _, err := topo.ParseEndpoint(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

// TestMatchName compares with regular expressions.
func TestMatchName(t *testing.T) {
	names := []string{"", "a", "b", "ab", "aba", "web-1", "web-1.x", "a/b[0]", "abab", "aab", "*"}
	for _, pattern := range []string{"*", "**", "a*", "*a", "a*a", "*b*", "web-*", "a*b*a", "a/b[*]", "ab", "a*ab", "*.*", "a**b", ""} {
		re := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$")
		for _, name := range names {
			if got := model.MatchName(pattern, name); got != re.MatchString(name) {
				t.Errorf("%q, %q: %v", pattern, name, got)
			}
		}
	}
}
