package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif" // has the published schema
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
)

// formatNet has a NAT gateway in a private subnet, characters of several
// bytes and an expectation that fails.
const formatNet = `version: 1
vpcs: {"vpc": {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
subnets:
  public:  {vpc: vpc, cidr: 10.0.0.0/24, route_table: rtb-public}
  private: {vpc: vpc, cidr: 10.0.2.0/24}
route_tables:
  rtb-public: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
instances:
  web: {subnet: public, private_ip: 10.0.0.10, public_ip: 203.0.113.10}
  db: {subnet: private, private_ip: 10.0.2.10}
expect:
  - {name: "50%, <x> & é", from: internet, to: web, port: 22, verdict: reachable}
  - {from: web, to: db, port: 22, verdict: reachable}
`

// formatReport has a finding of every kind beside the outcomes of formatNet.
func formatReport(t *testing.T) (check.Report, Texts) {
	t.Helper()
	topo, findings := load.Load([]load.Source{{Name: "dir/a b.yaml", Data: []byte(formatNet)}})
	if diag.HasErrors(findings) {
		t.Fatal(findings)
	}
	at := func(line, col int) diag.Pos { return diag.Pos{File: "dir/a b.yaml", Line: line, Col: col} }
	one := func(f diag.Finding, print string, s *check.Suppression) check.Finding {
		return check.Finding{Finding: f, Resource: "web", Fingerprint: print, Suppressed: s}
	}
	r := check.Report{Rules: check.NewCatalogue().Rules(), Baseline: true, Outcomes: check.Expectations(eval.Compile(topo), topo.Expectations)}
	r.Findings = []check.Finding{
		one(diag.Finding{Pos: at(5, 3), Severity: diag.Error, ID: "nat-gateway-in-private-subnet", Message: "new: 100%, a\x1bb, <tag>",
			Related: []diag.Related{{Pos: at(6, 3), Message: "here"}, {Message: "nowhere"}},
			Fix:     &diag.Fix{Message: "mend it", Edits: []diag.Edit{{Pos: at(13, 26), End: at(13, 30), Text: "x"}, {Pos: at(6, 1), End: at(7, 1)}}}}, "aa", nil),
		one(diag.Finding{Pos: at(13, 28), Severity: diag.Warning, ID: "nat-gateway-in-other-zone", Message: "behind é"}, "bb", nil),
		one(diag.Finding{Pos: at(8, 3), Severity: diag.Info, ID: "host-bits", Message: "a note"}, "cc", nil),
		one(diag.Finding{Pos: at(9, 3), Severity: diag.Error, ID: "host-bits", Message: "silent"}, "dd", &check.Suppression{Kind: check.InSource, Reason: "so it is", At: at(9, 9)}),
		one(diag.Finding{Pos: at(10, 3), Severity: diag.Error, ID: "host-bits", Message: "silent too"}, "ee", &check.Suppression{Kind: check.External, Reason: "so", At: diag.Pos{File: "/etc/.vpcpath.yaml"}}),
		one(diag.Finding{Pos: at(11, 3), Severity: diag.Error, ID: "private-nat-gateway-to-internet", Message: "old"}, "ff", &check.Suppression{Kind: check.Known}),
		one(diag.Finding{Pos: diag.InObject("plan,a:b.json", "aws_vpc.main"), Severity: diag.Error, ID: "made-elsewhere", Message: "by object"}, "gg", nil),
		one(diag.Finding{Severity: diag.Error, ID: "nowhere", Message: "without a place"}, "hh", nil),
	}
	return r, Texts{"dir/a b.yaml": []byte(formatNet)}
}

// reports are those that every format has to write.
func reports(t *testing.T) map[string]check.Report {
	full, _ := formatReport(t)
	return map[string]check.Report{
		"full":  full,
		"empty": {},
		"rejected": check.Rejected([]diag.Finding{
			{Pos: diag.Pos{File: "x.yaml", Line: 3, Col: 1}, Severity: diag.Error, ID: "unknown-key", Message: "unknown key \"a\""},
			{Pos: diag.Pos{File: "y.yaml"}, Severity: diag.Error, ID: "empty-file", Message: "nothing in it"},
		}),
	}
}

func write(t *testing.T, f func(io.Writer) error) []byte {
	t.Helper()
	var a, b bytes.Buffer
	if err := f(&a); err != nil {
		t.Fatal(err)
	}
	if err := f(&b); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Fatalf("a second time it is another: %v", err)
	}
	return a.Bytes()
}

func sarif(t *testing.T, r check.Report, texts Texts) []byte {
	return write(t, func(w io.Writer) error { return SARIF(w, r, texts, "v1.2.3", check.NewCatalogue().Describe) })
}

// sarifSchemaOf takes the published schema out of the module that has it.
func sarifSchemaOf(t *testing.T) *jsonschema.Schema {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && len(lit.Value) > len(text) {
			text = lit.Value
		}
		return true
	})
	text, err = strconv.Unquote(text)
	if err != nil || !strings.Contains(text, "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema") {
		t.Fatalf("no schema in the module: %v", err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(sarifSchema, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(sarifSchema)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestSARIFIsValid(t *testing.T) {
	schema := sarifSchemaOf(t)
	_, texts := formatReport(t)
	valid := func(text []byte) error {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return err
		}
		return schema.Validate(doc)
	}
	for name, r := range reports(t) {
		text := sarif(t, r, texts)
		if err := valid(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name == "full" { // the schema has teeth
			for _, c := range [][2]string{{`"level": "note"`, `"level": "info"`}, {`"startLine": 5`, `"startLine": 0`}, {`"accepted"`, `"done"`}, {`"ruleIndex"`, `"ruleIndx"`}} {
				broken := bytes.Replace(text, []byte(c[0]), []byte(c[1]), 1)
				if bytes.Equal(broken, text) || valid(broken) == nil {
					t.Errorf("the schema takes %s", c[1])
				}
			}
		}
	}
}

func TestSARIFSaysItAll(t *testing.T) {
	r, texts := formatReport(t)
	var log sarifLog
	if err := json.Unmarshal(sarif(t, r, texts), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if len(run.Results) != len(r.Findings)+1 {
		t.Fatalf("%d results", len(run.Results))
	}
	for _, res := range run.Results {
		if got := run.Tool.Driver.Rules[res.RuleIndex].ID; got != res.RuleID {
			t.Errorf("the index of %s leads to %s", res.RuleID, got)
		}
		if len(res.Fingerprints) == 0 && res.RuleID != "expect" {
			t.Errorf("%s has no fingerprint", res.RuleID)
		}
	}
	first := run.Results[0]
	if got := first.Locations[0].Physical; got.Artifact.URI != "dir/a%20b.yaml" || got.Artifact.BaseID != "%SRCROOT%" || got.Region.StartLine != 5 || got.Region.StartColumn != 3 {
		t.Errorf("the place is %+v", got)
	}
	if len(first.Related) != 1 || first.Related[0].Message.Text != "here" {
		t.Errorf("related: %+v", first.Related)
	}
	if strings.Contains(first.Message.Text, "\x1b") {
		t.Errorf("a control character in %q", first.Message.Text)
	}
	edits := first.Fixes[0].Changes[0].Replacements
	if len(edits) != 2 || edits[0].Deleted != (sarifRegion{13, 25, 13, 29}) || edits[0].Inserted.Text != "x" || edits[1].Inserted != nil {
		t.Errorf("the fix is %+v", edits)
	}
	if got := run.Results[1].Locations[0].Physical.Region.StartColumn; got != 27 {
		t.Errorf("column %d behind é; expected 27 characters", got)
	}
	for i, want := range map[int]string{3: "inSource", 4: "external", 5: "external"} {
		if s := run.Results[i].Suppressions; len(s) != 1 || s[0].Kind != want {
			t.Errorf("result %d: suppressions %+v", i, s)
		}
	}
	if run.Results[5].BaselineState != "unchanged" || first.BaselineState != "new" {
		t.Error("the baseline is not said")
	}
	help := run.Tool.Driver.Rules[slices.IndexFunc(run.Tool.Driver.Rules, func(r sarifRule) bool { return r.ID == "nat-gateway-in-private-subnet" })]
	if help.Help == nil || !strings.Contains(help.Help.Markdown, "```yaml") || !strings.HasSuffix(help.HelpURI, "#nat-gateway-in-private-subnet") {
		t.Errorf("the help is %+v", help.Help)
	}
}

// annotation is the grammar of a workflow command: a level, properties
// without the characters that end them, and a message on one line.
var annotation = regexp.MustCompile(`^::(error|warning|notice) ((?:file|line|col|title)=[^,:\r\n]+(?:,(?:file|line|col|title)=[^,:\r\n]+)*)::([^\r\n]*)$`)

func TestAnnotations(t *testing.T) {
	for name, r := range reports(t) {
		_, texts := formatReport(t)
		lines := strings.Split(strings.TrimSuffix(string(write(t, func(w io.Writer) error { return Annotations(w, r, texts) })), "\n"), "\n")
		want := map[string]int{"full": 6, "empty": 1, "rejected": 2}[name]
		if len(lines) != want {
			t.Errorf("%s: %d lines", name, len(lines))
		}
		for _, l := range lines {
			if name != "empty" && !annotation.MatchString(l) {
				t.Errorf("%s: %s", name, l)
			}
		}
		if name == "full" {
			if want := "::error file=dir/a b.yaml,line=5,col=3,title=nat-gateway-in-private-subnet::new: 100%25, a"; !strings.HasPrefix(lines[0], want) {
				t.Errorf("got %s", lines[0])
			}
			if !strings.Contains(lines[0], "%0Adir/a b.yaml:6:3: here") {
				t.Errorf("the related place is missing: %s", lines[0])
			}
			if i := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "title=expect::50%25, <x> & é: ") }); i < 0 {
				t.Errorf("no annotation of the expectation: %q", lines)
			}
		}
	}
}

// element is any element of XML.
type element struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Kids    []element  `xml:",any"`
	Text    string     `xml:",chardata"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// shape is what a format allows of an element: its attributes, with ! where
// they are required, and its children.
type shape struct{ attrs, kids []string }

// valid holds an element against the shapes of its format.
func valid(t *testing.T, e element, shapes map[string]shape) {
	t.Helper()
	s, ok := shapes[e.XMLName.Local]
	if !ok {
		t.Errorf("an element %s", e.XMLName.Local)
		return
	}
	for _, a := range e.Attrs {
		if !slices.Contains(s.attrs, a.Name.Local) && !slices.Contains(s.attrs, a.Name.Local+"!") {
			t.Errorf("%s has the attribute %s", e.XMLName.Local, a.Name.Local)
		}
	}
	for _, name := range s.attrs {
		if name, must := strings.CutSuffix(name, "!"); must && !slices.ContainsFunc(e.Attrs, func(a xml.Attr) bool { return a.Name.Local == name }) {
			t.Errorf("%s lacks the attribute %s", e.XMLName.Local, name)
		}
	}
	last := 0
	for _, k := range e.Kids {
		i := slices.Index(s.kids, k.XMLName.Local)
		if i < 0 || i < last {
			t.Errorf("%s has a child %s, or has it too late", e.XMLName.Local, k.XMLName.Local)
		}
		last = max(i, last)
		valid(t, k, shapes)
	}
}

// TestJUnitIsValid holds the output against the schema of Jenkins' JUnit
// plug-in, written down here by hand, since Go has no validator of XSD.
func TestJUnitIsValid(t *testing.T) {
	problem := shape{attrs: []string{"message", "type!"}}
	shapes := map[string]shape{
		"testsuites": {[]string{"name", "time", "tests", "failures", "disabled", "errors"}, []string{"testsuite"}},
		"testsuite":  {[]string{"name!", "tests!", "failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url", "version"}, []string{"properties", "testcase", "system-out", "system-err"}},
		"testcase":   {[]string{"name!", "assertions", "time", "classname", "class", "status", "file", "line"}, []string{"skipped", "error", "failure", "system-out", "system-err"}},
		"error":      problem, "failure": problem, "system-out": {}, "system-err": {},
	}
	for name, r := range reports(t) {
		var root element
		if err := xml.Unmarshal(write(t, func(w io.Writer) error { return JUnit(w, r) }), &root); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		valid(t, root, shapes)
		tests, failures, errors := 0, 0, 0
		cases := map[string]element{}
		for _, s := range root.Kids {
			tests, failures, errors = tests+atoi(t, s.attr("tests")), failures+atoi(t, s.attr("failures")), errors+atoi(t, s.attr("errors"))
			if len(s.Kids) != atoi(t, s.attr("tests")) {
				t.Errorf("%s: suite %s counts wrong", name, s.attr("name"))
			}
			for _, c := range s.Kids {
				cases[c.attr("name")] = c
			}
		}
		if tests != atoi(t, root.attr("tests")) || failures != atoi(t, root.attr("failures")) || errors != atoi(t, root.attr("errors")) {
			t.Errorf("%s: the sums are wrong", name)
		}
		switch name {
		case "full":
			for _, rule := range r.Rules {
				if _, ok := cases[rule.ID]; !ok {
					t.Errorf("no case for rule %s", rule.ID)
				}
			}
			for id, want := range map[string]string{"nat-gateway-in-private-subnet": "failure", "nat-gateway-in-other-zone": "system-out",
				"private-nat-gateway-to-internet": "system-out", "50%, <x> & é: internet -> web tcp/22 reachable": "failure"} {
				if k := cases[id].Kids; len(k) != 1 || k[0].XMLName.Local != want {
					t.Errorf("case %q has %v; expected %s", id, k, want)
				}
			}
			if failures != 4 || errors != 0 {
				t.Errorf("%d failures, %d errors", failures, errors)
			}
		case "rejected":
			if errors != 2 || failures != 0 {
				t.Errorf("%d errors, %d failures", errors, failures)
			}
		}
	}
}

// TestCheckstyleIsValid holds the output against what Checkstyle's own
// listener writes: checkstyle, file, error.
func TestCheckstyleIsValid(t *testing.T) {
	shapes := map[string]shape{
		"checkstyle": {[]string{"version!"}, []string{"file"}},
		"file":       {[]string{"name!"}, []string{"error"}},
		"error":      {[]string{"line!", "column", "severity!", "message!", "source!"}, nil},
	}
	_, texts := formatReport(t)
	for name, r := range reports(t) {
		var root element
		if err := xml.Unmarshal(write(t, func(w io.Writer) error { return Checkstyle(w, r, texts) }), &root); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		valid(t, root, shapes)
		n := 0
		for _, f := range root.Kids {
			for _, e := range f.Kids {
				n++
				if !slices.Contains([]string{"error", "warning", "info", "ignore"}, e.attr("severity")) {
					t.Errorf("severity %q", e.attr("severity"))
				}
			}
		}
		if want := map[string]int{"full": 6, "rejected": 2}[name]; n != want {
			t.Errorf("%s: %d errors; expected %d", name, n, want)
		}
	}
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Error(err)
	}
	return n
}
