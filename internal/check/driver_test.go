package check

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
	"github.com/vpcpath/vpcpath/internal/model"
)

// flagger reports every security group of a topology.
var flagger = &Rule{ID: "a-group", Severity: diag.Error, Check: func(p *Pass) {
	for _, g := range p.Topology.SecurityGroups {
		if g.At.IsValid() {
			p.Report(g.At, "there is group %q, see f.yaml:1:1", g.Name)
		}
	}
}}

// ruleReporter reports every ingress rule, with one message for all.
var ruleReporter = &Rule{ID: "a-rule", Severity: diag.Warning, Check: func(p *Pass) {
	for _, g := range p.Topology.SecurityGroups {
		for _, r := range g.Ingress {
			if r.At.IsValid() { // not a default group's
				p.Report(r.At, "a rule")
			}
		}
	}
}}

func testCatalogue() *Catalogue {
	return catalogue([]*Rule{flagger, ruleReporter}, []Rename{{"old-group", "a-group", "v2.0.0"}})
}

func run(t *testing.T, c *Catalogue, s Settings, texts ...string) Report {
	t.Helper()
	var sources []load.Source
	for i, text := range texts {
		sources = append(sources, load.Source{Name: fmt.Sprintf("f%d.yaml", i), Data: []byte(text)})
	}
	topo, findings := load.Load(sources)
	if diag.HasErrors(findings) {
		t.Fatal(findings)
	}
	return c.Run(Input{Sources: sources, Topology: topo, Net: eval.Compile(topo), Found: findings}, s)
}

func must(t *testing.T, c *Catalogue, levels map[string]string, ignores ...Ignore) Settings {
	t.Helper()
	s, bad := c.Settings(levels, ignores)
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	return s
}

// lines writes findings as "line severity id state".
func lines(r Report) string {
	var out []string
	for _, f := range r.Findings {
		state := ""
		if f.Suppressed != nil {
			state = " " + [...]string{"comment", "external", "known"}[f.Suppressed.Kind] + ":" + f.Suppressed.Reason
		}
		out = append(out, fmt.Sprintf("%s:%d %s %s%s", f.Pos.File, f.Pos.Line, f.Severity, f.ID, state))
	}
	return strings.Join(out, "\n")
}

const head = "version: 1\nvpcs: {v: {cidr: 10.0.0.0/16}}\nsecurity_groups:\n"

func TestIgnoreComments(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"none", head + "  g: {vpc: v}\n", "f0.yaml:4 error a-group"},
		{"on the line", head + "  g: {vpc: v} # vpcpath:ignore a-group it is meant\n", "f0.yaml:4 error a-group comment:it is meant"},
		{"above", head + "  # vpcpath:ignore a-group it is meant\n\n  # more words\n  g: {vpc: v}\n", "f0.yaml:7 error a-group comment:it is meant"},
		{"two lines above is not above", head + "  # vpcpath:ignore a-group so\n  g: {vpc: v}\n  h: {vpc: v}\n", "f0.yaml:5 error a-group comment:so\nf0.yaml:6 error a-group"},
		{"below is not above", head + "  g: {vpc: v}\n  # vpcpath:ignore a-group so\n", "f0.yaml:4 error a-group\nf0.yaml:5 warning unused-ignore"},
		{"the wrong rule", head + "  g: {vpc: v} # vpcpath:ignore a-rule so\n", "f0.yaml:4 error a-group\nf0.yaml:4 warning unused-ignore"},
		{"several above one line", head + "  # vpcpath:ignore a-group so\n  # vpcpath:ignore a-rule so too\n  g: {vpc: v, ingress: [{protocol: tcp, ports: 22, source: 10.0.0.0/8}]}\n",
			"f0.yaml:6 error a-group comment:so\nf0.yaml:6 warning a-rule comment:so too"},
		{"no reason", head + "  g: {vpc: v} # vpcpath:ignore a-group\n", "f0.yaml:4 error a-group\nf0.yaml:4 error invalid-ignore"},
		{"no rule", head + "  g: {vpc: v} # vpcpath:ignore\n", "f0.yaml:4 error a-group\nf0.yaml:4 error invalid-ignore"},
		{"a colon", head + "  g: {vpc: v} # vpcpath:ignore: a-group so\n", "f0.yaml:4 error a-group\nf0.yaml:4 error invalid-ignore"},
		{"no such rule", head + "  g: {vpc: v} # vpcpath:ignore a-grop so\n", "f0.yaml:4 error a-group\nf0.yaml:4 error invalid-ignore"},
		{"a rule renamed", head + "  g: {vpc: v} # vpcpath:ignore old-group so\n", "f0.yaml:4 error a-group\nf0.yaml:4 error invalid-ignore"},
		{"bad input", head + "  g: {vpc: v} # vpcpath:ignore unknown-key so\n", "f0.yaml:4 error a-group\nf0.yaml:4 error invalid-ignore"},
		{"inside a text", head + "  \"g # vpcpath:ignore a-group so\": {vpc: v}\n", "f0.yaml:4 error a-group"},
		{"a finding of the loader", "version: 1\nvpcs: {v: {cidr: 10.0.0.1/16}} # vpcpath:ignore host-bits as in the ticket\n", "f0.yaml:2 info host-bits comment:as in the ticket"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.HasPrefix(c.name, "inside") {
				c.text = strings.Replace(c.text, `"g # vpcpath:ignore a-group so": {vpc: v}`, `g: {vpc: "v"}`+"\nexpect:\n  - {from: internet, to: 10.0.0.1, port: 22, verdict: unreachable, name: \"# vpcpath:ignore a-group so\"}", 1)
			}
			if got := lines(run(t, testCatalogue(), Settings{}, c.text)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestIgnoreCommentsOnTheShortWays: the loader cuts large files and parses a
// subset by itself; comments count on every way.
func TestIgnoreCommentsOnTheShortWays(t *testing.T) {
	var b strings.Builder
	b.WriteString(head)
	const n = 6000
	for i := range n {
		fmt.Fprintf(&b, "  sg-%d: {vpc: v} # vpcpath:ignore a-group number %d\n", i, i)
	}
	r := run(t, testCatalogue(), Settings{}, b.String())
	if len(r.Findings) != n {
		t.Fatalf("%d findings", len(r.Findings))
	}
	for i, f := range r.Findings {
		if f.Suppressed == nil || f.Suppressed.Reason != fmt.Sprintf("number %d", f.Pos.Line-4) || f.Suppressed.At.Line != f.Pos.Line {
			t.Fatalf("finding %d: %+v", i, f)
		}
	}
}

func TestSettings(t *testing.T) {
	c := testCatalogue()
	text := head + "  web-1: {vpc: v}\n  web-2: {vpc: v, ingress: [{protocol: tcp, ports: 22, source: 10.0.0.0/8}]}\n  db: {vpc: v}\n"
	for _, x := range []struct {
		name    string
		levels  map[string]string
		ignores []Ignore
		want    string
	}{
		{"levels", map[string]string{"a-group": "info", "a-rule": "error"}, nil,
			"f0.yaml:4 info a-group\nf0.yaml:5 info a-group\nf0.yaml:5 error a-rule\nf0.yaml:6 info a-group"},
		{"off", map[string]string{"a-group": "off"}, nil, "f0.yaml:5 warning a-rule"},
		{"ignored by pattern", nil, []Ignore{{Rule: "a-group", Resource: "web-*", Reason: "so"}},
			"f0.yaml:4 error a-group external:so\nf0.yaml:5 error a-group external:so\nf0.yaml:5 warning a-rule\nf0.yaml:6 error a-group"},
		{"inside of a resource", map[string]string{"a-group": "off"}, []Ignore{{Rule: "a-rule", Resource: "web-2", Reason: "so"}}, "f0.yaml:5 warning a-rule external:so"},
		{"an ignore of nothing", map[string]string{"a-group": "off"}, []Ignore{{Rule: "a-rule", Resource: "db", Reason: "so", At: diag.Pos{File: "c"}}},
			"c:0 warning unused-ignore\nf0.yaml:5 warning a-rule"},
		{"an ignore of a rule that is off", map[string]string{"a-group": "off", "a-rule": "off"}, []Ignore{{Rule: "a-rule", Resource: "db", Reason: "so"}}, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			if got := lines(run(t, c, must(t, c, x.levels, x.ignores...), text)); got != x.want {
				t.Errorf("got\n%s\nwant\n%s", got, x.want)
			}
		})
	}
}

func TestSettingsMistakes(t *testing.T) {
	c := testCatalogue()
	for _, x := range []struct {
		levels map[string]string
		ignore Ignore
		want   string
	}{
		{map[string]string{"a-grop": "off"}, Ignore{}, `no rule is called "a-grop"; ` + "`vpcpath rules` lists them" + `; did you mean "a-group"?`},
		{map[string]string{"old-group": "off"}, Ignore{}, `rule "old-group" was renamed to "a-group" in version v2.0.0; write that`},
		{map[string]string{"a-group": "of"}, Ignore{}, `rule "a-group" has the level "of"; expected one of off, info, warning, error; did you mean "off"?`},
		{map[string]string{"unknown-key": "off"}, Ignore{}, `rule "unknown-key" cannot have another level: what it reports is bad input, which is never judged`},
		{nil, Ignore{Rule: "a-group", Resource: "x"}, `the ignore of "a-group" for "x" has no reason; write one, for whoever reads it later`},
		{nil, Ignore{Rule: "a-group", Reason: "x"}, `the ignore of "a-group" names no resource; write its name, with * for any characters, or turn the rule off`},
		{nil, Ignore{Rule: "old-group", Resource: "x", Reason: "x"}, `rule "old-group" was renamed to "a-group" in version v2.0.0; write that`},
	} {
		var ignores []Ignore
		if x.levels == nil {
			ignores = []Ignore{x.ignore}
		}
		if _, bad := c.Settings(x.levels, ignores); len(bad) != 1 || bad[0].Error() != x.want {
			t.Errorf("got %v\nwant %s", bad, x.want)
		}
	}
}

func TestBaseline(t *testing.T) {
	c := testCatalogue()
	before := run(t, c, Settings{}, head+"  a: {vpc: v}\n  b: {vpc: v, ingress: [{protocol: tcp, ports: 22, source: 10.0.0.0/8}, {protocol: tcp, ports: 23, source: 10.0.0.0/8}]}\n  s: {vpc: v} # vpcpath:ignore a-group so\n")
	text := WriteBaseline(before)
	b, err := c.ReadBaseline(text)
	if err != nil {
		t.Fatal(err)
	}
	// Lines move, the file has another name, one finding is gone, one new, and
	// of the two alike there are three now.
	after := run(t, c, Settings{}, "version: 1\n\n", "# a comment\n\n\nvpcs: {v: {cidr: 10.0.0.0/16}}\nsecurity_groups:\n  new: {vpc: v}\n  b:\n    vpc: v\n    ingress:\n"+
		"      - {protocol: tcp, ports: 21, source: 10.0.0.0/8}\n      - {protocol: tcp, ports: 22, source: 10.0.0.0/8}\n      - {protocol: tcp, ports: 23, source: 10.0.0.0/8}\n")
	b.Mark(&after)
	want := "f1.yaml:6 error a-group\nf1.yaml:7 error a-group known:\nf1.yaml:10 warning a-rule known:\nf1.yaml:11 warning a-rule known:\nf1.yaml:12 warning a-rule"
	if got := lines(after); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if after.Gone != 1 {
		t.Errorf("%d gone; expected a", after.Gone)
	}
	if after.OK() {
		t.Error("the new one does not fail the check")
	}
	b.Mark(&before)
	if !before.OK() || string(WriteBaseline(before)) != string(text) {
		t.Error("a baseline does not know what it was made of, or is another when made again")
	}
	if strings.Contains(string(text), `"s"`) {
		t.Error("what is ignored stands in the baseline")
	}
}

func TestBaselineMistakes(t *testing.T) {
	c := testCatalogue()
	const again = "; write it anew with --update-baseline"
	for text, want := range map[string]string{
		``:                            "this is no baseline: unexpected end of JSON input" + again,
		`{}`:                          "this is no baseline: it has no `version`" + again,
		`{"version": 2, "items": []}`: "the baseline has version 2; this version of vpcpath reads version 1" + again,
		`{"version": 1, "items": []}`: `this is no baseline: json: unknown field "items"` + again,
		`{"version": 1, "findings": [{"rule": ""}]}`:                              `the fingerprint "" of the baseline is empty or stands twice` + again,
		`{"version": 1, "findings": [{"rule": "old-group", "fingerprint": "x"}]}`: `the baseline was written by another version: rule "old-group" was renamed to "a-group" in version v2.0.0; write that, or write it anew with --update-baseline`,
	} {
		if _, err := c.ReadBaseline([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v\nwant %s", text, err, want)
		}
	}
}

func TestThreshold(t *testing.T) {
	for _, c := range []struct {
		on    Threshold
		fails [3]bool // info, warning, error
	}{{"", [3]bool{false, false, true}}, {FailOnError, [3]bool{false, false, true}}, {FailOnWarning, [3]bool{false, true, true}}, {FailOnInfo, [3]bool{true, true, true}}, {FailNever, [3]bool{}}} {
		for s, want := range c.fails {
			r := Report{FailOn: c.on, Findings: []Finding{{Finding: diag.Finding{Severity: diag.Severity(s)}}}}
			if r.OK() == want {
				t.Errorf("%s: %s fails: %v", c.on, diag.Severity(s), !r.OK())
			}
			r.Findings[0].Suppressed = &Suppression{}
			if !r.OK() {
				t.Errorf("%s: a suppressed finding fails", c.on)
			}
		}
	}
	if r := (Report{FailOn: FailNever, Outcomes: []Outcome{{}}}); r.OK() {
		t.Error("an expectation that fails does not fail the check")
	}
}

// TestRenamesLead: an id that was given up is no rule's any more, and leads
// to one that is.
func TestRenamesLead(t *testing.T) {
	c := NewCatalogue()
	for _, n := range renamed {
		if c.get(n.Old) != nil || c.get(n.New) == nil || n.Since == "" {
			t.Errorf("%+v", n)
		}
	}
	for i := 1; i < len(c.list); i++ {
		if c.list[i-1].ID == c.list[i].ID {
			t.Errorf("the id %s stands twice", c.list[i].ID)
		}
	}
}

func TestOwnerOfAPlace(t *testing.T) {
	topo, _ := load.Load([]load.Source{{Name: "f", Data: []byte(head + "  a: {vpc: v}\n  b:\n    vpc: v\ninstances:\n  i: {subnet: s, private_ip: 10.0.0.10}\nsubnets: {s: {vpc: v, cidr: 10.0.0.0/24}}\n")}})
	o := newOwners(topo)
	for at, want := range map[diag.Pos]string{
		{File: "f", Line: 1, Col: 1}: "", {File: "f", Line: 2, Col: 8}: "v", {File: "f", Line: 4, Col: 3}: "a", {File: "f", Line: 6, Col: 5}: "b",
		{File: "f", Line: 8, Col: 30}: "i", {File: "f", Line: 8, Col: 3}: "i", {File: "g", Line: 9, Col: 1}: "", {}: "",
	} {
		if got := o.of(at); got != want {
			t.Errorf("%s: %q; expected %q", at, got, want)
		}
	}
	var _ *model.Topology = topo
}
