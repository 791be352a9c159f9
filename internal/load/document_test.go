package load

import (
	"bytes"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/model"
)

func at(line int) diag.Pos { return diag.Pos{File: "dump.json", Line: line, Col: 1} }

func sample() *doc.Document {
	d := &doc.Document{Comment: "# made by hand"}
	v := d.Entry("vpcs", "vpc a", at(1))
	v.Name = "vpc-a"
	v.Set("cidr", doc.Str("10.0.0.0/16", at(2))).Set("id", doc.Str("vpc-0123", at(3)))
	d.Entry("subnets", "s", at(4)).Set("vpc", doc.Str("vpc-0123", at(5))).Set("cidr", doc.Str("10.0.1.0/24", at(6)))
	i := d.Entry("instances", "web", at(7))
	i.Comment = "i-0123"
	i.Set("subnet", doc.Str("s", at(8))).Set("private_ip", doc.Str("10.0.1.10", at(9))).Set("source_dest_check", doc.Bool(false, at(10)))
	acl := d.Entry("network_acls", "acl", at(11)).Set("vpc", doc.Str("vpc-a", at(11)))
	acl.Append("ingress", doc.Map(at(12)).Set("rule", doc.Int(100, at(12))).Set("action", doc.Str("allow", at(12))).
		Set("protocol", doc.Str("-1", at(12))).Set("cidr", doc.Str("::/0", at(13))))
	return d
}

func TestDocumentIsReadLikeYAML(t *testing.T) {
	d := sample()
	topo, findings := Load([]Source{{Name: "dump.json", Doc: d}})
	if len(findings) > 0 || topo == nil {
		t.Fatalf("findings: %v", findings)
	}
	if topo.Names["vpc-0123"] != model.Resource(topo.VPCs[0]) {
		t.Error("the id is no second name of the VPC")
	}
	if got := topo.NetworkACLs[0].Ingress[0].At; got != at(12) {
		t.Errorf("the rule is at %v", got)
	}
	var text bytes.Buffer
	if err := Write(&text, d); err != nil {
		t.Fatal(err)
	}
	again, findings := Load([]Source{{Name: "written.yaml", Data: text.Bytes()}})
	if again == nil || len(findings) > 0 {
		t.Fatalf("%v\n%s", findings, &text)
	}
	if again.Interfaces[0].SourceDestCheck || again.Names["vpc-0123"] == nil || len(again.NetworkACLs[0].Ingress) != 1 {
		t.Errorf("another topology:\n%s", &text)
	}
	if !strings.Contains(text.String(), "# i-0123\n") {
		t.Errorf("the comment is lost:\n%s", &text)
	}
}

func TestDocumentErrorsHaveThePlacesOfTheInput(t *testing.T) {
	d := sample()
	d.Section("subnets").Entries[0].Set("cidr", doc.Str("10.9.1.0/33", at(99)))
	d.Section("subnets").Entries[0].Set("wrong", doc.Bool(true, diag.InObject("plan.json", `aws_subnet.s["a"]`)))
	_, findings := Load([]Source{{Name: "dump.json", Doc: d}})
	var all strings.Builder
	for _, f := range findings {
		all.WriteString(f.String() + "\n")
	}
	for _, want := range []string{"dump.json:99:1:", `plan.json:aws_subnet.s["a"]: unknown key "wrong"`} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("no %q in\n%s", want, &all)
		}
	}
}

func TestIDsAreUniqueAcrossKinds(t *testing.T) {
	_, findings := Load([]Source{{Name: "a.yaml", Data: []byte(`version: 1
vpcs:
  a: {cidr: 10.0.0.0/16, id: vpc-1}
  b: {cidr: 10.1.0.0/16, id: vpc-1}
  c: {cidr: 10.2.0.0/16, id: a}
  d: {cidr: 10.3.0.0/16, id: d}
  e: {cidr: 10.4.0.0/16, id: local}
`)}})
	want := []string{
		`a.yaml:4:30: id "vpc-1" is taken already by the VPC at a.yaml:3:3; a name stands for one resource, across kinds and files [duplicate-name]`,
		`a.yaml:5:30: id "a" is taken already by the VPC at a.yaml:3:3; a name stands for one resource, across kinds and files [duplicate-name]`,
		`a.yaml:7:30: name "local" is reserved; the words local, blackhole, internet, internet6, self mean something by themselves [invalid-name]`,
	}
	var got []string
	for _, f := range findings {
		got = append(got, f.String())
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}
