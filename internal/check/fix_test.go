package check

import (
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
)

// TestFixesMendWhatTheyFind applies the fix of every finding that has one and
// looks again: the finding is gone, and no other has come.
func TestFixesMendWhatTheyFind(t *testing.T) {
	const text = `version: 1
vpcs: {v: {cidr: 10.0.0.0/16}}
subnets: {s: {vpc: v, cidr: 10.0.0.0/24, network_acl: a}}
network_acls:
  a:
    vpc: v
    ingress:
      - {rule: 100, action: allow, protocol: all, cidr: 10.0.0.0/8}
      - {rule: 110, action: allow, protocol: tcp, ports: 443, cidr: 10.0.0.0/16}   # never decides
    egress:
      - {rule: 100, action: allow, protocol: all, cidr: 0.0.0.0/0}
security_groups:
  g:
    vpc: v
    ingress:
      - {protocol: tcp, ports: 1-1000, source: 10.0.0.0/16}
      - {protocol: tcp, ports: 443, source: 10.0.1.0/24}
instances:
  i: {subnet: s, private_ip: 10.0.0.10, security_groups: [g]}   # vpcpath:ignore nat-gateway-in-private-subnet not so
`
	find := func(text string) (list []Finding) {
		src := []load.Source{{Name: "net.yaml", Data: []byte(text)}}
		topo, found := load.Load(src)
		if topo == nil || diag.HasErrors(found) {
			t.Fatalf("%v\n%s", found, text)
		}
		return NewCatalogue().Run(Input{Sources: src, Topology: topo, Net: eval.Compile(topo), Found: found}, Settings{}).Findings
	}
	before := find(text)
	fixed := map[string]bool{}
	for _, f := range before {
		if f.Fix == nil {
			continue
		}
		fixed[f.ID] = true
		after := find(apply(text, f.Fix.Edits))
		if len(after) != len(before)-1 {
			t.Errorf("%s: %d findings before, %d after its fix", f.ID, len(before), len(after))
		}
	}
	for _, id := range []string{"shadowed-acl-rule", "redundant-security-group-rule", unusedIgnore} {
		if !fixed[id] {
			t.Errorf("%s has no fix; findings: %v", id, before)
		}
	}
}

func apply(text string, edits []diag.Edit) string {
	offset := func(p diag.Pos) int {
		n := 0
		for range p.Line - 1 {
			n += strings.Index(text[n:], "\n") + 1
		}
		return n + p.Col - 1
	}
	e := edits[0]
	return text[:offset(e.Pos)] + e.Text + text[offset(e.End):]
}
