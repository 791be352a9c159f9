package load

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/vpcpath/vpcpath/internal/diag"
)

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(SchemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(SchemaID) // validates it against its own schema
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON turns YAML into what a JSON validator takes.
func asJSON(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestSchemaAcceptsWhatTheLoaderDoes: every example, scenario, and topology of
// a rule.
func TestSchemaAcceptsWhatTheLoaderDoes(t *testing.T) {
	s := compileSchema(t)
	files := scenarioFiles(t)
	for _, pattern := range []string{"../examples/*.yaml", "../check/rules/*.yaml", "../../lab/testdata/*/*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 20 {
		t.Fatalf("%d files only", len(files))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(asJSON(t, text)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestSchemaRefuses what is bad by its shape; the loader does too.
func TestSchemaRefuses(t *testing.T) {
	s := compileSchema(t)
	const vpc = "version: 1\nvpcs: {v: {cidr: 10.0.0.0/16}}\n"
	if err := s.Validate(asJSON(t, []byte(vpc))); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"version: 2",
		"version: '1'",
		vpc + "subnts: {}",
		"version: 1\nvpcs: []",
		"version: 1\nvpcs: {v: 10.0.0.0/16}",
		"version: 1\nvpcs: {v: {cider: 10.0.0.0/16}}",
		"version: 1\nvpcs: {v: {cidr: 10.0.0.0}}",
		"version: 1\nvpcs: {v: {cidr: [10.0.0.0/16]}}",
		"version: 1\nvpcs: {v: null}",
		vpc + "subnets: {s: {cidr: 10.0.0.0/24}}",
		vpc + "subnets: {s: {vpc: {}, cidr: 10.0.0.0/24}}",
		vpc + "security_groups: {g: {vpc: v, ingress: {}}}",
		vpc + "security_groups: {g: {vpc: v, ingress: [{protocol: tcp, ports: 80, source: self, destination: self}]}}",
		vpc + "network_acls: {a: {vpc: v, ingress: [{rule: 0, action: allow, protocol: tcp, ports: 80, cidr: 0.0.0.0/0}]}}",
		vpc + "network_acls: {a: {vpc: v, ingress: [{rule: 1, action: allows, protocol: tcp, ports: 80, cidr: 0.0.0.0/0}]}}",
		vpc + "instances: {i: {subnet: s, private_ip: 10.0.0.10, source_dest_check: 'no'}}",
		vpc + "customer_gatewayz: {}",
		vpc + "expect: {}",
		vpc + "expect: [{from: internet, to: v, port: 22, verdict: reachabel}]",
		vpc + "expect: [{from: internet, port: 22, verdict: reachable}]",
	} {
		if err := s.Validate(asJSON(t, []byte(text))); err == nil {
			t.Errorf("the schema takes\n%s", text)
		}
		if _, findings := Load([]Source{{Name: "f", Data: []byte(text)}}); !diag.HasErrors(findings) {
			t.Errorf("the loader takes\n%s", text)
		}
	}
}

// TestSchemaHasEveryKey: a mapping with a key that is none is refused with the
// keys that are; the schema has exactly these.
func TestSchemaHasEveryKey(t *testing.T) {
	var root struct {
		Properties map[string]json.RawMessage
	}
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	if len(root.Properties) != len(sectionNames()) {
		t.Errorf("%d sections; expected %d", len(root.Properties), len(sectionNames()))
	}
	for _, s := range sections {
		_, findings := Load([]Source{{Name: "f", Data: fmt.Appendf(nil, "version: 1\n%s: {x: {bogus: 1}}\n", s.name)}})
		found := false
		for _, f := range findings {
			_, list, ok := strings.Cut(f.Message, "; expected ")
			if !ok || f.ID != string(idUnknownKey) {
				continue
			}
			found = true
			list, _, _ = strings.Cut(strings.TrimPrefix(list, "one of "), ";")
			for _, key := range strings.Split(list, ", ") {
				if !strings.Contains(string(root.Properties[s.name]), `"`+key+`":`) {
					t.Errorf("section %s has no key %s in the schema", s.name, key)
				}
			}
		}
		if !found {
			t.Errorf("no word of the keys of %s", s.name)
		}
	}
	if text := string(Schema()); strings.Contains(text, ": {}") {
		t.Error("a value of the schema may be anything: a reader that asks nothing of its node")
	}
}
