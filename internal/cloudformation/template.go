package cloudformation

import (
	"fmt"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// template is one file.
type template struct {
	file       string
	set        *set
	parameters map[string]*parameter
	mappings   *yaml.Node
	conditions map[string]*yaml.Node
	resources  []*resource
	byName     map[string]*resource
	outputs    *yaml.Node
	deciding   map[string]bool // conditions that are being decided, to find circles
}

// parameter is a parameter with its value.
type parameter struct {
	node  *yaml.Node
	value value
}

// resource is a resource of a template that its conditions let exist.
type resource struct {
	template *template
	name     string // its logical id
	typ      string
	at       diag.Pos
	entry    *yaml.Node // the whole of it
	node     *yaml.Node // its Properties; nil without
	props    *value     // evaluated when first asked for
	busy     bool       // being evaluated, to find circles
	left     bool       // its condition is false
	shown    string     // its name in the topology
}

// set is all templates of one import.
type set struct {
	templates  []*template
	parameters map[string]string // the user's
	used       map[string]bool   // of those
	findings   []diag.Finding
	exports    map[string]value
	reported   map[string]bool
	values     int // evaluated so far
}

func (s *set) report(severity diag.Severity, at diag.Pos, id, format string, args ...any) {
	f := diag.Finding{Pos: at, Severity: severity, ID: id, Message: fmt.Sprintf(format, args...)}
	if key := f.String(); !s.reported[key] {
		s.reported[key] = true
		s.findings = append(s.findings, f)
	}
}

// The ids of findings.
const (
	idTemplate  = "cloudformation-template"  // what CloudFormation would refuse
	idUnknown   = "cloudformation-unknown"   // a value that is not in the template
	idAssumed   = "cloudformation-assumed"   // a value that was chosen for the user
	idParameter = "cloudformation-parameter" // of the user's parameters
)

// read parses a file into a template; nil where it cannot be.
func (s *set) read(name string, data []byte) *template {
	var doc yaml.Node
	if err := parse(data, &doc); err != nil {
		s.report(diag.Error, diag.Pos{File: name, Line: 1, Col: 1}, idTemplate, "the template cannot be read: %v", err)
		return nil
	}
	t := &template{file: name, set: s, parameters: map[string]*parameter{}, conditions: map[string]*yaml.Node{}, byName: map[string]*resource{}, deciding: map[string]bool{}}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		s.report(diag.Error, t.at(root), idTemplate, "a template is a mapping with the key Resources")
		return nil
	}
	for key, n := range pairs(root) {
		switch key.Value {
		case "Parameters":
			for k, p := range pairs(n) {
				t.parameters[k.Value] = &parameter{node: p}
			}
		case "Mappings":
			t.mappings = n
		case "Conditions":
			for k, c := range pairs(n) {
				t.conditions[k.Value] = c
			}
		case "Outputs":
			t.outputs = n
		case "Transform":
			t.transform(n)
		case "Resources":
			for k, r := range pairs(n) {
				t.addResource(k, r)
			}
		}
	}
	return t
}

// processed tells how to get a template after what only CloudFormation can do.
const processed = "give the processed template: make a change set of it, and then aws cloudformation get-template --change-set-name ARN --template-stage Processed"

// transform reports macros that make the template over. That of the language
// extensions only adds functions, which are reported where they stand.
func (t *template) transform(n *yaml.Node) {
	names := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		names = n.Content
	}
	for _, name := range names {
		switch name = follow(name); {
		case name.Value == "AWS::LanguageExtensions":
		case strings.HasPrefix(name.Value, "AWS::Serverless"):
			t.set.report(diag.Warning, t.at(name), idUnknown, "the template is one of the Serverless Application Model (SAM): what SAM makes of its AWS::Serverless resources is not seen, but for the functions' places in VPCs; %s", processed)
		default:
			t.set.report(diag.Warning, t.at(name), idUnknown, "the template is made over by the macro %q, which only CloudFormation can do; what it adds or changes is not seen: %s", name.Value, processed)
		}
	}
}

// loop reports what Fn::ForEach would make.
func (t *template) loop(key *yaml.Node) {
	t.set.report(diag.Error, t.at(key), idTemplate, "what %s makes, only CloudFormation can make; %s", key.Value, processed)
}

// parse is yaml.Unmarshal, which panics on a few inputs.
func parse(data []byte, doc *yaml.Node) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the parser failed: %v", p)
		}
	}()
	if err := yaml.Unmarshal(data, doc); err != nil {
		return fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) == 0 {
		return fmt.Errorf("the file is empty")
	}
	return nil
}

func (t *template) addResource(key, n *yaml.Node) {
	r := &resource{template: t, name: key.Value, at: t.at(key), entry: n}
	if strings.HasPrefix(key.Value, "Fn::ForEach") {
		t.loop(key)
		return
	}
	if key.Value == "Fn::Transform" {
		t.set.report(diag.Error, r.at, idTemplate, "which resources Fn::Transform includes, only CloudFormation can tell; %s", processed)
		return
	}
	if n.Kind != yaml.MappingNode {
		t.set.report(diag.Error, t.at(n), idTemplate, "resource %q is no mapping; expected Type and Properties", r.name)
		return
	}
	for k, v := range pairs(n) {
		switch k.Value {
		case "Type":
			r.typ = v.Value
		case "Properties":
			r.node = v
		}
	}
	if r.typ == "" {
		t.set.report(diag.Error, r.at, idTemplate, "resource %q lacks a Type", r.name)
		return
	}
	if t.byName[r.name] != nil {
		t.set.report(diag.Error, r.at, idTemplate, "resource %q stands twice; the first is at %s", r.name, t.byName[r.name].at)
		return
	}
	t.byName[r.name] = r
	t.resources = append(t.resources, r)
}

func (t *template) at(n *yaml.Node) diag.Pos {
	return diag.Pos{File: t.file, Line: max(n.Line, 1), Col: max(n.Column, 1)}
}

// base is the file's name without folder and ending.
func (t *template) base() string {
	name := filepath.Base(t.file)
	return strings.TrimSuffix(name, filepath.Ext(name))
}

// pairs iterates over the keys and values of a mapping, aliases followed.
func pairs(n *yaml.Node) func(yield func(key, value *yaml.Node) bool) {
	n = follow(n)
	return func(yield func(key, value *yaml.Node) bool) {
		if n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], follow(n.Content[i+1])) {
				return
			}
		}
	}
}

func follow(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

// properties are a resource's, evaluated once.
func (r *resource) properties() value {
	if r.props == nil {
		if r.node == nil || r.busy {
			return value{kind: mapping, at: r.at}
		}
		r.busy = true
		v := r.template.eval(r.node, 0)
		r.busy = false
		r.props = &v
	}
	return *r.props
}

// get is a property.
func (r *resource) get(key string) value {
	v := r.properties().get(key)
	if v.at.Line == 0 {
		v.at = r.at
	}
	return v
}
