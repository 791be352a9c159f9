package load

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestUnknownKeys(t *testing.T) {
	refuse(t, `version: 1
vpcs: {v: {cidr: 10.0.0.0/16, ^CIDR: 1, ^[x]: y}}
^subnet: {}
^zzz: 1
subnets:
  s: {^vcp: v, vpc: v, cidr: 10.0.0.0/24, ^1: 2}
`,
		`unknown key "CIDR" in VPC "v"; expected one of account, cidr, cidrs, default_network_acl, default_security_group, incomplete, ipv6_cidr, ipv6_cidrs, main_route_table, private_ipv6_cidrs, region; did you mean "cidr"? [unknown-key]`,
		`a list as a key of VPC "v"; expected a word [unknown-key]`,
		`unknown section "subnet"; expected `+oneOf(sectionNames())+`; did you mean "subnets"? [unknown-key]`,
		`unknown section "zzz"; expected `+oneOf(sectionNames())+` [unknown-key]`,
		`unknown key "vcp" in subnet "s"; expected one of az, cidr, ipv6_cidr, network_acl, outpost, route_table, vpc; did you mean "vpc"? [unknown-key]`,
		`unknown key "1" in subnet "s"; expected one of az, cidr, ipv6_cidr, network_acl, outpost, route_table, vpc [unknown-key]`)
}

func TestDuplicateKeysAndNames(t *testing.T) {
	refuse(t, `version: 1
@vpcs: {@v: {@cidr: 10.0.0.0/16, ^cidr: 10.1.0.0/16}}
^vpcs: {^v: {cidr: 10.2.0.0/16}, w: {cidr: 10.3.0.0/16}}
subnets: {^w: {vpc: v, cidr: 10.0.0.0/24}}
instances: {i: {}, ^i: {}}
`,
		`key "cidr" stands twice in VPC "v"; the first is at {3} [duplicate-key]`,
		`section "vpcs" stands twice in the file; the first is at {1} [duplicate-key]`,
		`name "v" is taken already by the VPC at {2}; a name stands for one resource, across kinds and files [duplicate-name]`,
		`name "w" is taken already by the VPC at f.yaml:3:32; a name stands for one resource, across kinds and files [duplicate-name]`,
		`name "i" is taken already by the instance at f.yaml:5:13; a name stands for one resource, across kinds and files [duplicate-name]`)
}

func TestWrongTypes(t *testing.T) {
	refuse(t, `version: ^"1"
vpcs: ^[a]
subnets:
  s: ^x
  t:^
instances:
  i: {ip_forward: ^yes, source_dest_check: ^"true", masquerade: ^{}, subnet: ^{a: b}}
  j: {ip_forward: ^, masquerade: [^1, ^[]]}
  k: {ip_forward: ^!bool true}
expect: ^{}
`,
		`expected the number 1, found the text "1"; write it without quotes [wrong-type]`,
		"expected a mapping for `vpcs`, found a list [wrong-type]",
		`expected a mapping for subnet "s", found "x" [wrong-type]`,
		`expected a mapping for subnet "t", found nothing; write {} where there is nothing to say [wrong-type]`,
		`expected true or false, found "yes"; did you mean true? [wrong-type]`,
		`expected true or false, found "true"; did you mean true? [wrong-type]`,
		`expected a list of masquerade rules, found a mapping [wrong-type]`,
		`expected the name of a subnet, found a mapping [wrong-type]`,
		`expected true or false, found nothing [wrong-type]`,
		`expected a mapping for a masquerade rule, found "1" [wrong-type]`,
		`expected a mapping for a masquerade rule, found a list [wrong-type]`,
		`tag "!bool" is not known; expected a plain value [wrong-type]`,
		`expected a list of expectations, found a mapping [wrong-type]`)
}

func TestNames(t *testing.T) {
	refuse(t, `version: 1
instances:
  ^local: {}
  ^internet6: {}
  ^10.0.0.1: {}
  ^"::1": {}
  ^10.0.0.0/8: {}
  ^"": {}
  ^~: {}
  ^-a: {}
  ^a b: {}
  i-0123456789abcdef0: {}
  arn:aws:ec2:eu-west-1:1:instance/i_1.x: {}
  日本: {ip_forward: ^1}
`,
		`name "local" is reserved; the words local, blackhole, internet, internet6, self mean something by themselves [invalid-name]`,
		`name "internet6" is reserved; the words local, blackhole, internet, internet6, self mean something by themselves [invalid-name]`,
		`name "10.0.0.1" is an address; expected a name that cannot be taken for one [invalid-name]`,
		`name "::1" is an address; expected a name that cannot be taken for one [invalid-name]`,
		`name "10.0.0.0/8" is a CIDR; expected a name that cannot be taken for one [invalid-name]`,
		`expected a name, found "" [invalid-name]`,
		`expected a name, found nothing [invalid-name]`,
		`name "-a" begins with '-'; expected a letter, a digit or _ [invalid-name]`,
		`name "a b" has ' ' in it; expected letters, digits and - _ . / : @ + = [ ] " [invalid-name]`,
		`expected true or false, found "1" [wrong-type]`)
}

func TestUnknownNames(t *testing.T) {
	refuse(t, base+`route_tables: {t: {vpc: ^vv}}
network_interfaces:
  x: {subnet: b, private_ip: 10.0.1.20, instance: ^hots}
  y: {subnet: ^host, private_ip: 10.0.1.21}
security_groups:
  s: {vpc: v, ingress: [{protocol: all, source: ^10.0.0.0/33}, {protocol: all, source: ^sg-nowhere}, {protocol: all, source: ^internet}]}
expect:
  - {from: ^hst, to: internet, port: 80, verdict: reachable}
  - {from: host, to: ^g, port: 80, verdict: reachable, via: [^host2, ^pl], delivered_to: ^a}
`,
		`no resource is named "vv"; expected the name of a VPC [unknown-name]`,
		`no resource is named "hots"; expected the name of an instance; did you mean "host"? [unknown-name]`,
		`"host" is an instance; expected a subnet [wrong-kind]`,
		`"10.0.0.0/33" is no CIDR: prefix length out of range; expected a CIDR, a security group, a prefix list or `+"`self`"+` [invalid-cidr]`,
		`no resource is named "sg-nowhere"; expected the name of a security group or a prefix list [unknown-name]`,
		`no resource is named "internet"; expected the name of a security group or a prefix list [unknown-name]`,
		"no resource is named \"hst\"; expected a name of the topology, an address, a CIDR, `internet` or `internet6`; did you mean \"host\"? [unknown-name]",
		"\"g\" is an internet gateway, which cannot send or receive; expected an instance, network interface, subnet, security group, VPC, external network, load balancer, VPC endpoint, NAT gateway, address, CIDR, `internet` or `internet6` [wrong-kind]",
		`no resource is named "host2"; expected the name of an instance, a network interface, an internet gateway, an egress-only internet gateway, a NAT gateway, a VPN gateway, a VPN connection, a peering connection, a tunnel, a transit gateway, a transit gateway attachment, a Direct Connect gateway, a VPC endpoint, a load balancer, a carrier gateway or a local gateway; did you mean "host"? [unknown-name]`,
		`"pl" is a prefix list; expected an instance, a network interface, an internet gateway, an egress-only internet gateway, a NAT gateway, a VPN gateway, a VPN connection, a peering connection, a tunnel, a transit gateway, a transit gateway attachment, a Direct Connect gateway, a VPC endpoint, a load balancer, a carrier gateway or a local gateway [wrong-kind]`,
		`"a" is a subnet; expected an instance, a network interface, an external network, a NAT gateway, a VPC endpoint or a load balancer [wrong-kind]`)
}

func TestAddressesAndCIDRs(t *testing.T) {
	refuse(t, `version: 1
vpcs:
  a: {cidr: ^10.0.0.0}
  b: {cidr: ^"::ffff:10.0.0.0/112"}
  c: {cidr: ^010.0.0.0/16}
  d: {cidr: ^"2001:db8::/56"}
  e: {cidr: ^10.0.0.0/33}
  f: {cidr: ^10.0.0/16}
  ^g: {}
  h: {cidrs: ^[]}
  i: {cidr: 10.0.0.0/16, cidrs: ^[10.1.0.0/16]}
network_interfaces:
  x: {subnet: s, private_ip: ^10.0.0.0/24, ipv6: [^"fe80::1%eth0", ^10.0.0.7, ^"::ffff:1.2.3.4"]}
subnets: {^s: {vpc: i}}
`,
		`"10.0.0.0" is not a CIDR that fits here: an address without a prefix length; did you mean "10.0.0.0/32"?; expected an IPv4 CIDR as 10.0.0.0/16 [invalid-cidr]`,
		`"::ffff:10.0.0.0/112" is not a CIDR that fits here: an IPv4 address written as IPv6; write it as IPv4; expected an IPv4 CIDR as 10.0.0.0/16 [invalid-cidr]`,
		`"010.0.0.0/16" is not a CIDR that fits here: IPv4 field has octet with leading zero; expected an IPv4 CIDR as 10.0.0.0/16 [invalid-cidr]`,
		`"2001:db8::/56" is not a CIDR that fits here: it is IPv6; expected an IPv4 CIDR as 10.0.0.0/16 [invalid-cidr]`,
		`"10.0.0.0/33" is not a CIDR that fits here: prefix length out of range; expected an IPv4 CIDR as 10.0.0.0/16 [invalid-cidr]`,
		`"10.0.0/16" is not a CIDR that fits here: IPv4 address too short; expected an IPv4 CIDR as 10.0.0.0/16 [invalid-cidr]`,
		"VPC \"g\" lacks the key `cidr`, or `cidrs` [missing-key]",
		"VPC \"h\" has no IPv4 block; expected at least one in `cidrs` [missing-key]",
		"VPC \"i\" has both `cidr` and `cidrs`; expected one of them [conflicting-keys]",
		`"10.0.0.0/24" is not an address that fits here: a CIDR, not one address; did you mean "10.0.0.0"?; expected an IPv4 address as 10.0.0.10 [invalid-address]`,
		`"fe80::1%eth0" is not an address that fits here: it has a zone; expected an IPv6 address as 2001:db8::10 [invalid-address]`,
		`"10.0.0.7" is not an address that fits here: it is IPv4; expected an IPv6 address as 2001:db8::10 [invalid-address]`,
		`"::ffff:1.2.3.4" is not an address that fits here: an IPv4 address written as IPv6; write it as IPv4; expected an IPv6 address as 2001:db8::10 [invalid-address]`,
		"subnet \"s\" lacks the key `cidr`, or `ipv6_cidr`, or both [missing-key]")
}

func TestExpectations(t *testing.T) {
	refuse(t, base+`expect:
  - ^^^{from: host}
  - {from: host, to: far, port: ^http, ports: ^[tcp/80], verdict: ^reachible, because: ^eni-sg, source_port: ^macos}
  - {from: host, to: far, ports: ^[], verdict: partial, because: [A_1, ^9A], reply: ^1}
  - ^x
  - ^{from: host, to: far, verdict: partial}
  - {from: 10.0.0.0/8, to: "2001:db8::1", port: 443, verdict: partial}
`,
		"an expectation lacks the key `port`, or `ports`; write `port: all` for every protocol [missing-key]",
		"an expectation lacks the key `to` [missing-key]",
		"an expectation lacks the key `verdict`, or `only` [missing-key]",
		`port "http": "http" is no protocol; expected 443, tcp/443, udp/53, tcp/8000-8100, tcp/80,443, icmp, icmp/TYPE/CODE, icmpv6/TYPE/CODE, proto/NUMBER or all [invalid-port]`,
		"an expectation has both `port` and `ports`; expected one of them [conflicting-keys]",
		`"reachible" is not known here; expected one of partial, reachable, unknown, unreachable; did you mean "reachable"? [invalid-value]`,
		`"eni-sg" is no code; expected a code as ENI_SG_RULES_MISMATCH; did you mean "ENI_SG"? [invalid-value]`,
		`source port "macos": "macos" is not a number from 0 to 65535; expected a port, a range as 1024-65535, or one of the profiles linux, windows, nat [invalid-port]`,
		"the list of ports is empty; expected at least one as tcp/443 [empty-list]",
		`"9A" is no code; expected a code as ENI_SG_RULES_MISMATCH [invalid-value]`,
		`expected true or false, found "1" [wrong-type]`,
		`expected a mapping for an expectation, found "x" [wrong-type]`,
		"an expectation lacks the key `port`, or `ports`; write `port: all` for every protocol [missing-key]")
}

func TestSections(t *testing.T) {
	refuse(t, `version: ^2
vpcs: {v: {cidr: 10.0.0.0/16}}
expect:
`,
		"version \"2\" is not known; this vpcpath reads `version: 1` [unsupported-version]")
	refuse(t, "^vpcs: {v: {cidr: 10.0.0.0/16}}\n", "the topology lacks `version: 1`; write it once, in any of its files [missing-version]")
	accept(t, "vpcs:\nversion: 1\nexpect:\n")
	refuse(t, "^", "the file holds no YAML; expected sections as `vpcs:` and `subnets:` [empty-file]")
	refuse(t, "^# nothing\n", "the file holds no YAML; expected sections as `vpcs:` and `subnets:` [empty-file]")
	refuse(t, "^{}\n", "the file holds an empty mapping; expected sections as `vpcs:` and `subnets:` [empty-file]")
	refuse(t, "^[]\n", "expected a mapping for the topology, found a list [wrong-type]")
}

func TestSeveralFiles(t *testing.T) {
	files := []Source{
		{Name: "a.yaml", Data: []byte("version: 1\nvpcs: {v: {cidr: 10.0.0.0/16}}\n")},
		{Name: "b.yaml", Data: []byte("version: 1\nsubnets: {a: {vpc: v, cidr: 10.0.0.0/24}}\ninstances: {x: {subnet: a, private_ip: 10.0.0.9}}\n")},
		{Name: "c.yaml", Data: []byte("expect: [{from: x, to: internet, port: 80, verdict: unreachable}]\n")},
	}
	topo, findings := Load(files)
	if len(findings) > 0 || topo == nil || len(topo.Expectations) != 1 {
		t.Fatalf("%v %v", topo, findings)
	}
	files[2].Data = append(files[2].Data, "vpcs: {v: {cidr: 10.0.0.0/16}}\n"...)
	_, findings = Load(files)
	if len(findings) != 1 || findings[0].String() != `c.yaml:2:8: name "v" is taken already by the VPC at a.yaml:2:8; a name stands for one resource, across kinds and files [duplicate-name]` {
		t.Errorf("%v", findings)
	}
}

func TestBrokenYAML(t *testing.T) {
	for _, c := range []struct {
		text string
		line int
	}{
		{"version: 1\nvpcs:\n  v: {cidr: 10.0.0.0/16\nsubnets: {}\n", 3},
		{"version: 1\nvpcs:\n  v: {cidr: 10.0.0.0/16\nsubnets: {}\ninstances: {}\n", 4},
		{"version: 1\nvpcs: {\n  v: {cidr: 10.0.0.0/16}\n  w: {cidr: 10.1.0.0/16}\n}\n", 4},
		{"version: 1\nvpcs: {\n  v: {cidr: 10.0.0.0/16},\n", 2},
		{"version: 1\nx: 'abc\ny: 1\n", 2},
		{"version: 1\nvpcs:\n  v: {cidr: 10.0.0.0/16}\n w: {}\n", 4},
		{"version: 1\nvpcs:\n  v: a: b\n", 3},
		{"a: b: c\n", 1},
		{"version: 1\nvpcs:\n\tv: {}\n", 3},
		{"version: 1\nvpcs: {v: *nowhere}\n", 2},
		{"version: 1\nroutes:\n  - a\n  -b\n  - c\n", 4},
		{"version: 1\n\n\n}\n", 4},
		{"version: 1\nx: @a\ny: 1\n", 2},
		{"version: 1\nx: [1, 2,,3]\n", 2},
		{"version: 1\nx: \"\\q\"\n", 2},
	} {
		_, findings := Load([]Source{{Name: "f.yaml", Data: []byte(c.text)}})
		if len(findings) != 1 || findings[0].ID != string(idSyntax) || findings[0].Pos.Line != c.line {
			t.Errorf("%q: want one error of line %d, got %v", c.text, c.line, findings)
		}
	}
}

func TestSecondDocument(t *testing.T) {
	refuse(t, "version: 1\nvpcs: {}\n^---\nsubnets: {}\n", "a second YAML document begins here; expected one document in a file, so write two files [second-document]")
	accept(t, "---\nversion: 1\nvpcs: {}\n...\n")
}

func TestNotText(t *testing.T) {
	refuse(t, "version: 1\nv^\x00: 1\n", "a NUL byte: this is no text file; expected YAML in UTF-8 [not-text]")
	refuse(t, "version: ^\xff\n", "byte 0xff is no UTF-8; expected YAML in UTF-8 [not-text]")
	refuse(t, "version: 1^\rvpcs: {}\n", "a carriage return alone; expected lines that end with LF or CR LF [not-text]")
	refuse(t, "a: ^\u2028\n", "line break character U+2028; expected lines that end with LF [not-text]")
	accept(t, "\ufeffversion: 1\r\nvpcs: {v: {cidr: 10.0.0.0/16}}\r\n")
}

func TestColumnsAreBytes(t *testing.T) {
	refuse(t, "version: 1\ninstances: {\"日本\": {}, é: {^x: 1}}\n",
		`unknown key "x" in instance "é"; expected one of account, carrier_ip, customer_owned_ip, forward_rules, interface, ip_forward, ipv6, local_routes, masquerade, outbound_only, port_forwards, private_ip, private_ips, public_ip, public_ips, security_groups, source_dest_check, subnet [unknown-key]`)
}

func TestTwoHundredErrors(t *testing.T) {
	var b strings.Builder
	b.WriteString("version: 1\nvpcs: {v: {cidr: 10.0.0.0/16}}\nsubnets:\n")
	for i := range 200 {
		fmt.Fprintf(&b, "  s%d: {vpc: v, cidr: 10.%d.0.0/24}\n", i, i+1)
	}
	_, findings := Load([]Source{{Name: "f.yaml", Data: []byte(b.String())}})
	if len(findings) != 200 {
		t.Fatalf("%d findings", len(findings))
	}
	for i, f := range findings {
		if f.Pos.Line != i+4 || f.ID != string(idSubnetOutside) {
			t.Fatalf("finding %d: %s", i, f)
		}
	}
}

func TestAliasesAndMerges(t *testing.T) {
	topo, findings := Load([]Source{{Name: "f.yaml", Data: []byte(`version: 1
vpcs: {v: {cidr: 10.0.0.0/16}}
subnets: {a: {vpc: v, cidr: 10.0.0.0/24}}
instances:
  one: &base {subnet: a, private_ip: 10.0.0.11, ip_forward: true, source_dest_check: false}
  two: {<<: *base, private_ip: 10.0.0.12}
  three: {ip_forward: false, private_ip: 10.0.0.13, <<: [{source_dest_check: true}, *base]}
security_groups:
  s: {vpc: v, ingress: &rules [{protocol: all, source: self}]}
  t: {vpc: v, ingress: *rules}
`)}})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	for i, want := range []struct {
		address        string
		forward, check bool
	}{{"10.0.0.11", true, false}, {"10.0.0.12", true, false}, {"10.0.0.13", false, true}} {
		inst := topo.Instances[i]
		n := inst.Interfaces[0]
		if n.Private[0].String() != want.address || inst.IPForward != want.forward || n.SourceDestCheck != want.check {
			t.Errorf("%s: %v %v %v", inst.Name, n.Private, inst.IPForward, n.SourceDestCheck)
		}
	}
	if s, g := topo.SecurityGroups[0], topo.SecurityGroups[1]; s.Ingress[0].Group != s || g.Ingress[0].Group != g {
		t.Error("`self` in an alias means the group that uses it")
	}
}

func TestAliasBombs(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 {x: 1, y: 2}\n")
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&b, "a%d: &a%d {<<: [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d]}\n", i, i, i-1, i-1, i-1, i-1, i-1, i-1)
	}
	b.WriteString("version: 1\nvpcs: {<<: *a29}\ninstances: &i {<<: *i, j: &j {<<: *j}}\n")
	_, findings := Load([]Source{{Name: "f.yaml", Data: []byte(b.String())}})
	if !slices.ContainsFunc(findings, func(f finding) bool { return f.ID == string(idAliasExpansion) }) {
		t.Errorf("no finding of %s among %d", idAliasExpansion, len(findings))
	}
}

func TestIDsAreAllInTheTable(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	declared, used := map[string]string{}, map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				if id, ok := n.Type.(*ast.Ident); ok && id.Name == "ID" {
					for i, v := range n.Values {
						text, err := strconv.Unquote(v.(*ast.BasicLit).Value)
						if err != nil {
							t.Fatal(err)
						}
						declared[n.Names[i].Name] = text
					}
				}
			case *ast.Ident:
				if strings.HasPrefix(n.Name, "id") && name != "ids.go" {
					used[n.Name] = true
				}
			}
			return true
		})
	}
	table := map[string]bool{}
	for _, i := range IDs() {
		if table[string(i.ID)] || i.Meaning == "" {
			t.Errorf("%s: twice in the table, or without a meaning", i.ID)
		}
		table[string(i.ID)] = true
	}
	for name, id := range declared {
		if !table[id] {
			t.Errorf("%s (%s) is not in the table", name, id)
		}
		if !used[name] {
			t.Errorf("%s (%s) is never reported", name, id)
		}
	}
	if len(table) != len(declared) {
		t.Errorf("%d ids in the table, %d declared", len(table), len(declared))
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	b := write("topo/sub/b.yml", "x: 1\n")
	a := write("topo/z.yaml", "version: 1\n")
	write("topo/.hidden.yaml", "bad\n")
	write("topo/.git/c.yaml", "bad\n")
	write("topo/readme.md", "bad\n")
	write("none/readme.md", "")
	binary := write("bin.yaml", "a: \x00")
	fifo := makeFIFO(t, filepath.Join(dir, "pipe.yaml"))

	sources, findings := Files([]string{filepath.Join(dir, "topo"), "-", a, "-"}, strings.NewReader("expect: []\n"))
	var names []string
	for _, s := range sources {
		names = append(names, s.Name)
	}
	if want := []string{b, a, StdinName}; !slices.Equal(names, want) || len(findings) > 0 {
		t.Errorf("got %v %v, want %v", names, findings, want)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "gone.yaml"): "no such file or directory; expected a topology file, a directory of them, or `-` for standard input [unreadable-file]",
		filepath.Join(dir, "none"):      "the directory holds no topology; expected files *.yaml, *.yml, *.json or *.template in it or below [no-topology]",
		fifo:                            "is a named pipe, not a file; to read what a program writes, pipe it in and give `-` [unreadable-file]",
		"/dev/null":                     "is a device, not a file; to read what a program writes, pipe it in and give `-` [unreadable-file]",
	} {
		sources, findings := Files([]string{path}, nil)
		if len(sources) > 0 || len(findings) != 1 || findings[0].String() != path+": "+want {
			t.Errorf("%s: %v %v", path, sources, findings)
		}
	}
	_, findings = Files([]string{binary}, nil)
	if len(findings) != 1 || findings[0].Pos.Line != 1 || findings[0].Pos.Col != 4 {
		t.Errorf("%v", findings)
	}
}
