package cloudformation

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
)

func template1(body string) []load.Source {
	return []load.Source{{Name: "t.yaml", Data: []byte("AWSTemplateFormatVersion: '2010-09-09'\n" + body)}}
}

func messages(m doc.Import) string {
	var b strings.Builder
	for _, f := range m.Findings {
		b.WriteString(f.String() + "\n")
	}
	return b.String()
}

// holds imports templates, adds expectations and returns those that fail.
func holds(t *testing.T, files []load.Source, parameters map[string]string, expect string) []string {
	t.Helper()
	m := Import(files, parameters)
	topo, findings := load.Load([]load.Source{{Name: files[0].Name, Doc: m.Document}, {Name: "expect.yaml", Data: []byte(expect)}})
	if topo == nil || diag.HasErrors(findings) || diag.HasErrors(m.Findings) {
		t.Fatalf("%v\n%v", messages(m), findings)
	}
	var failed []string
	for _, o := range check.Expectations(eval.Compile(topo), topo.Expectations) {
		for _, f := range o.Failures {
			failed = append(failed, o.Expectation.At.String()+": "+f.Message)
		}
	}
	return failed
}

func shop(t *testing.T) []load.Source {
	t.Helper()
	text, err := os.ReadFile("testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return []load.Source{{Name: "shop.yaml", Data: text}}
}

func TestTemplateBecomesANetwork(t *testing.T) {
	for _, f := range holds(t, shop(t), nil, `expect:
  - {from: internet, to: Web, port: 443, verdict: reachable, via: Gateway}
  - {from: 198.51.100.7, to: Web.public_ip, port: 22, verdict: reachable}
  - {from: 192.0.2.7, to: Web.public_ip, port: 22, verdict: unreachable, because: ENI_SG_RULES_MISMATCH}
  - {from: Web, to: Db, port: 5432, verdict: reachable}
  - {from: Web, to: Db, port: 6432, verdict: reachable}
  - {from: Web, to: Db, port: 22, verdict: unreachable}
  - {from: Web, to: internet, port: 443, verdict: reachable}
  - {from: Db, to: internet, port: 443, verdict: unreachable, because: ENI_SG_RULES_MISMATCH}
`) {
		t.Error(f)
	}
}

func TestConditionsAndParametersChangeTheNetwork(t *testing.T) {
	m := Import(shop(t), map[string]string{"Environment": "production", "Cidr": "10.99.0.0/16", "AdminRanges": "192.0.2.0/24"})
	var text bytes.Buffer
	if err := load.Write(&text, m.Document); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Bastion:", "10.99.1.0/24", "192.0.2.0/24", "# shop production"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, &text)
		}
	}
	if !strings.Contains(messages(m), `of AWS::EC2::Route "PrivateRoute" is needed`) {
		t.Errorf("a route without a target is not reported: %s", messages(m))
	}
}

func TestCountsTellWhatIsNotModelled(t *testing.T) {
	m := Import(shop(t), nil)
	i := slices.IndexFunc(m.Counts, func(c doc.Count) bool { return c.Type == "AWS::EKS::Cluster" })
	if i < 0 || m.Counts[i].NotModelled != 1 {
		t.Errorf("counts: %v", m.Counts)
	}
	i = slices.IndexFunc(m.Counts, func(c doc.Count) bool { return c.Type == "AWS::S3::Bucket" })
	if i < 0 || m.Counts[i] != (doc.Count{Type: "AWS::S3::Bucket", Read: 1}) {
		t.Errorf("counts: %v", m.Counts)
	}
}

func TestFunctions(t *testing.T) {
	for expression, want := range map[string]string{
		`!Ref P`:                          "a,b",
		`!Join ["-", [x, !Ref P, "AWS"]]`: "x-a,b-AWS",
		`!Join ["-", [x, !Ref "AWS::NoValue", y]]`:     "x-y",
		`!Select [1, !Split [",", !Ref P]]`:            "b",
		`!Select [1, !Ref L]`:                          "2",
		`!Sub "${P}-${!P}-${AWS::Region}"`:             "a,b-${P}-us-east-1",
		`!Sub ["${P}-${Q}", {P: own, Q: !Ref P}]`:      "own-a,b",
		`!FindInMap [M, !Ref "AWS::Region", k]`:        "v",
		`!If [C, yes, no]`:                             "yes",
		`!Select [2, !Cidr [10.0.0.0/16, 3, 8]]`:       "10.0.2.0/24",
		`!Select [255, !Cidr [10.0.0.0/8, 256, 12]]`:   "10.15.240.0/20",
		`!Select [3, !Cidr [2001:db8:0:ff00::/56, 4]]`: "2001:db8:0:ff03::/64",
		`!GetAtt W.CidrBlock`:                          "10.8.0.0/16",
		`{"Fn::Select": ["0", {"Fn::GetAZs": ""}]}`:    "us-east-1a",
		`!Base64 text`:                                 "text",
		`!Length [a, b, !Ref P]`:                       "3",
		`{"Fn::Length": {Ref: L}}`:                     "2",
	} {
		m := Import(template1(`
Parameters: {P: {Type: String, Default: "a,b"}, L: {Type: CommaDelimitedList, Default: "1, 2"}}
Mappings: {M: {us-east-1: {k: v}}}
Conditions: {C: !Equals [!Ref P, "a,b"]}
Resources:
  W: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.8.0.0/16}}
  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, Tags: [{Key: Name, Value: `+expression+`}]}}
`), nil)
		if got := m.Document.Section("vpcs").Entries[0].Comment; got != want || len(m.Findings) > 0 {
			t.Errorf("%s: got %q, want %q; %v", expression, got, want, m.Findings)
		}
	}
}

func TestBlocksOfFnCidrAgainstCounting(t *testing.T) {
	for _, c := range []struct {
		block string
		bits  int
	}{{"10.255.254.0/23", 26}, {"10.0.0.0/8", 20}, {"2001:db8:ff::/48", 61}, {"192.168.0.0/16", 24}} {
		p := netip.MustParsePrefix(c.block)
		next := p.Addr()
		for i := range min(256, 1<<(c.bits-p.Bits())) {
			got := nth(p.Addr(), c.bits, i)
			if got.Addr() != next || got.Masked() != got {
				t.Fatalf("%s cut at /%d: block %d is %v, want one at %v", c.block, c.bits, i, got, next)
			}
			next = lastOf(got).Next()
		}
	}
}

func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

func TestWhatCannotBeKnownIsSaid(t *testing.T) {
	for body, want := range map[string]string{
		"Resources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref P}}}\nParameters: {P: {Type: String}}": `t.yaml:2:62: CidrBlock of AWS::EC2::VPC "V" is needed: parameter "P" has no default; give --parameters P=VALUE [cloudformation-unknown]`,
		"Resources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Q}}}\nParameters: {P: {Type: String}}": `t.yaml:2:62: "Q" is neither a parameter nor a resource of the template; did you mean "P"? [cloudformation-template]`,
		"Resources: {V: {Type: AWS::EC2::VPC}}":                                                                                      `CidrBlock of AWS::EC2::VPC "V" is needed: it is not there`,
		"Resources: {V: {Type: AWS::EC2::VPC, Condition: C, Properties: {CidrBlock: 10.0.0.0/16}}}":                                  `there is no condition "C"`,
		"Conditions: {C: !Condition C}\nResources: {V: {Type: AWS::EC2::VPC, Condition: C}}":                                         `condition "C" depends on itself`,
		"Conditions: {C: !Equals [!Ref P, x]}\nParameters: {P: {Type: String}}\nResources: {V: {Type: AWS::EC2::VPC, Condition: C}}": `condition "C" cannot be decided: parameter "P" has no default`,
		"Resources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Select [7, [a]]}}}":                                           "Fn::Select asks for item 7 of a list of 1",
		"Resources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !ImportValue net}}}":                                           `the export "net" of another stack is not among the templates`,
		"Transform: AWS::Serverless-2016-10-31\nResources: {}":                                                                       "t.yaml:2:12: the template is one of the Serverless Application Model (SAM)",
		"Transform: [AWS::LanguageExtensions, Mine]\nResources: {}":                                                                  `t.yaml:2:38: the template is made over by the macro "Mine"`,
		"Resources: {V: {Type: AWS::EC2::VPC, Properties: {\"Fn::ForEach::P\": [], CidrBlock: 10.0.0.0/16}}}":                        "t.yaml:2:51: what Fn::ForEach::P makes, only CloudFormation can make; give the processed template",
		"Resources: {V: {Type: AWS::EC2::VPC, Properties: {\"Fn::Transform\": {Name: AWS::Include}, CidrBlock: 10.0.0.0/16}}}":       "what Fn::Transform puts here, only CloudFormation can tell",
		"Resources: {\"Fn::Transform\": {Name: AWS::Include}}":                                                                       "which resources Fn::Transform includes, only CloudFormation can tell",
		"Resources: {\"Fn::ForEach::X\": []}":                                                                                        "what Fn::ForEach::X makes, only CloudFormation can make",
		"Resources: {V: {Properties: {}}}":                                                                                           `resource "V" lacks a Type`,
		"Resources: {V: [":                                                                                                           "the template cannot be read",
		"Resources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Select [0, [&a [x, x], &b [*a, *a, *a, *a], &c [*b, *b, *b, *b, *b, *b], &d [*c, *c, *c, *c, *c, *c, *c, *c], &e [*d, *d, *d, *d, *d, *d, *d, *d], &f [*e, *e, *e, *e, *e, *e, *e, *e], &g [*f, *f, *f, *f, *f, *f, *f, *f], [*g, *g, *g, *g, *g, *g, *g, *g]]]}}}": "stand for more than 200000 values",
		"Resources: {V: &a {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, x: *a}}}": "",
	} {
		m := Import(template1(body), nil)
		if got := messages(m); want != "" && !strings.Contains(got, want) {
			t.Errorf("%s:\ngot  %s\nwant %s", body, got, want)
		}
	}
	if m := Import(template1("Transform: AWS::LanguageExtensions\nResources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}}"), nil); len(m.Findings) > 0 {
		t.Errorf("the language extensions make nothing over: %v", messages(m))
	}
	m := Import(shop(t), map[string]string{"Enviroment": "production"})
	if got := messages(m); !strings.Contains(got, `--parameters names "Enviroment", which is no parameter of the template; did you mean "Environment"?`) {
		t.Error(got)
	}
}

func TestAParameterTakesItsAllowedValuesOnly(t *testing.T) {
	body := `Parameters:
  P: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  L: {Type: CommaDelimitedList, Default: a, AllowedValues: [a, b]}
  B: {Type: String, Default: no, AllowedValues: [yes, no]}
  S: {Type: "AWS::SSM::Parameter::Value<String>", Default: /net/a, AllowedValues: [/net/a, /net/b]}
Resources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}}
`
	if m := Import(template1(body), map[string]string{"P": "prod", "L": "b, a", "B": "yes", "S": "10.0.0.0/16"}); len(m.Findings) > 0 {
		t.Error(messages(m))
	}
	got := messages(Import(template1(body), map[string]string{"P": "prd", "L": "a,c"}))
	for _, want := range []string{
		`t.yaml:3:6: parameter "P" takes one of dev, prod, and --parameters gives "prd"; did you mean "prod"? [cloudformation-parameter]`,
		`t.yaml:4:6: parameter "L" takes one of a, b, and --parameters gives "c"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

func TestExportsOfOneTemplateServeAnother(t *testing.T) {
	files := []load.Source{
		{Name: "apps.yaml", Data: []byte(`AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !ImportValue net-vpc, CidrBlock: 10.0.1.0/24}}
  Host: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet}}
`)},
		{Name: "net.yaml", Data: []byte(`AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Host: {Type: AWS::EC2::Instance}
Outputs: {V: {Value: !Ref Vpc, Export: {Name: net-vpc}}}
`)}}
	m := Import(files, nil)
	topo, findings := load.Load([]load.Source{{Name: "apps.yaml", Doc: m.Document}})
	if topo == nil || diag.HasErrors(findings) || len(topo.VPCs) != 1 || topo.Names["apps/Host"] == nil || topo.Names["net/Host"] == nil {
		t.Fatalf("%v %v", messages(m), findings)
	}
}

// data are the published templates that lie beside the project.
func data(t testing.TB) []string {
	files, _ := filepath.Glob("../../../shared/data/cloudformation/*")
	if len(files) == 0 {
		t.Skip("no ../shared/data beside the project")
	}
	return files
}

func TestPublishedTemplatesImportWithDefaults(t *testing.T) {
	for _, name := range data(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		src := load.Source{Name: filepath.Base(name), Data: text}
		if !Recognise(src) {
			t.Errorf("%s is not recognised", name)
		}
		m := Import([]load.Source{src}, nil)
		topo, findings := load.Load([]load.Source{{Name: src.Name, Doc: m.Document}})
		if topo == nil || diag.HasErrors(findings) || diag.HasErrors(m.Findings) {
			t.Errorf("%s: %s %v", name, messages(m), findings)
			continue
		}
		read := 0
		for _, c := range m.Counts {
			read += c.Read
		}
		if read < 20 {
			t.Errorf("%s: only %d resources", name, read)
		}
		var first, second bytes.Buffer
		if err := load.Write(&first, m.Document); err != nil {
			t.Fatal(err)
		}
		if err := load.Write(&second, Import([]load.Source{src}, nil).Document); err != nil || first.String() != second.String() {
			t.Errorf("%s: two imports differ", name)
		}
		if again, f := load.Load([]load.Source{{Name: "again.yaml", Data: first.Bytes()}}); again == nil || diag.HasErrors(f) || len(again.Names) != len(topo.Names) {
			t.Errorf("%s: written and read again: %v", name, f)
		}
	}
}

func FuzzImport(f *testing.F) {
	text, err := os.ReadFile("testdata/shop.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("Resources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Cidr [!Ref V, 300, 1]}}}"))
	f.Add([]byte("Resources: &a {V: {Type: AWS::EC2::Route, Properties: *a}}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m := Import([]load.Source{{Name: "t.yaml", Data: text}}, nil)
		load.Load([]load.Source{{Name: "t.yaml", Doc: m.Document}})
		var out bytes.Buffer
		if err := load.Write(&out, m.Document); err != nil {
			t.Error(err)
		}
	})
}

func TestTransitGatewaysHaveTheirDefaultTable(t *testing.T) {
	files := template1(`
Resources:
  Hub: {Type: AWS::EC2::TransitGateway}
  A: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  B: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  SA: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref A, CidrBlock: 10.0.0.0/24}}
  SB: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref B, CidrBlock: 10.1.0.0/24}}
  AtA: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Hub, VpcId: !Ref A, SubnetIds: [!Ref SA]}}
  AtB: {Type: AWS::EC2::TransitGatewayVpcAttachment, Properties: {TransitGatewayId: !Ref Hub, VpcId: !Ref B, SubnetIds: [!Ref SB]}}
  TA: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref A}}
  TB: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref B}}
  RA: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TA, DestinationCidrBlock: 10.0.0.0/8, TransitGatewayId: !Ref Hub}}
  RB: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TB, DestinationCidrBlock: 10.0.0.0/8, TransitGatewayId: !Ref Hub}}
  OA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref SA, RouteTableId: !Ref TA}}
  OB: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref SB, RouteTableId: !Ref TB}}
  G: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref B, GroupDescription: g, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 10.0.0.0/8}]}}
  IA: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref SA}}
  IB: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref SB, SecurityGroupIds: [!Ref G]}}
`)
	const reachable = "expect: [{from: IA, to: IB, port: 443, verdict: reachable, via: Hub}]"
	for _, f := range holds(t, files, nil, reachable) {
		t.Error(f)
	}
	off := strings.Replace(string(files[0].Data), "AWS::EC2::TransitGateway}", "AWS::EC2::TransitGateway, Properties: {DefaultRouteTablePropagation: disable}}", 1)
	for _, f := range holds(t, []load.Source{{Name: "t.yaml", Data: []byte(off)}}, nil, "expect: [{from: IA, to: IB, port: 443, verdict: unreachable, because: TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT}]") {
		t.Error(f)
	}
}
