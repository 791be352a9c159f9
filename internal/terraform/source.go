// Package terraform reads what `terraform show -json` and `tofu show -json`
// print of a plan or a state, in every version of the format from Terraform
// 0.12 on, and makes a document of the topology language of it.
//
// What is not known before apply is resolved by the references of the
// configuration: resource.go and references.go find who is meant, the files
// after them say what each type of resource becomes.
package terraform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// File is a file as read, and what to call it.
type File struct {
	Name string
	Data []byte
}

// The ids of findings of files.
const (
	idNotJSON     = "terraform-not-json"
	idVersion     = "terraform-version"
	idEmpty       = "terraform-empty"
	idErrored     = "terraform-plan-errored"
	idUnknownCIDR = "terraform-unknown-cidr"
	idAmbiguous   = "terraform-ambiguous-reference"
	idUnresolved  = "terraform-unresolved-reference"
	idAdjusted    = "terraform-impossible-address"
	idLeftOut     = "terraform-left-out"
)

var zipMark = []byte("PK\x03\x04")

// Recognise reports whether a file is Terraform's: a plan or state as JSON, or
// what can be made into one, a plan file or a state file.
func Recognise(data []byte) bool {
	if bytes.HasPrefix(data, zipMark) {
		return bytes.Contains(data, []byte("tfplan"))
	}
	if !bytes.Contains(data, []byte(`"format_version"`)) && !bytes.Contains(data, []byte(`"serial"`)) {
		return false // at once, for large files of others
	}
	keys := topLevelKeys(data)
	switch {
	case keys["format_version"]:
		return keys["planned_values"] || keys["values"] || keys["resource_changes"] || keys["prior_state"] || keys["terraform_version"]
	case keys["lineage"] || keys["terraform_version"]:
		return keys["serial"]
	}
	return false
}

// topLevelKeys returns the keys of the object that a text begins with, as far
// as it can be read.
func topLevelKeys(data []byte) map[string]bool {
	keys := map[string]bool{}
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return keys
	}
	for dec.More() {
		t, err := dec.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return keys
		}
		keys[key] = true
		if skip(dec) != nil {
			return keys
		}
	}
	return keys
}

// skip passes over one value.
func skip(dec *json.Decoder) error {
	depth := 0
	for {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		if d, ok := t.(json.Delim); ok {
			if d == '{' || d == '[' {
				depth++
			} else {
				depth--
			}
		}
		if depth == 0 {
			return nil
		}
	}
}

// read is a file's plan, or state.
type read struct {
	file  string
	plan  *tfjson.Plan
	state *tfjson.State
}

// parse decodes a file. The findings say what is wrong and what to do.
func parse(f File) (read, []diag.Finding) {
	out := read{file: f.Name}
	fail := func(id, format string, args ...any) (read, []diag.Finding) {
		return out, []diag.Finding{{Pos: diag.Pos{File: f.Name}, Severity: diag.Error, ID: id, Message: fmt.Sprintf(format, args...)}}
	}
	if bytes.HasPrefix(f.Data, zipMark) {
		return fail(idNotJSON, "the file is a plan as Terraform saves it, not JSON; write `terraform show -json %s > plan.json` and give that", f.Name)
	}
	_, findings := jsontree.Parse(f.Name, f.Data)
	if diag.HasErrors(findings) {
		return out, findings
	}
	data := bytes.TrimPrefix(f.Data, []byte("\xef\xbb\xbf"))
	keys := topLevelKeys(data)
	if !keys["format_version"] {
		if keys["serial"] {
			return fail(idNotJSON, "the file is Terraform's own state file; write `terraform show -json > state.json` in its directory and give that")
		}
		return fail(idNotJSON, "the file is neither a plan nor a state; expected what `terraform show -json` prints, with the key \"format_version\"")
	}
	var err error
	if keys["planned_values"] || keys["resource_changes"] || keys["configuration"] {
		out.plan = new(tfjson.Plan)
		err = out.plan.UnmarshalJSON(data)
	} else {
		out.state = new(tfjson.State)
		err = out.state.UnmarshalJSON(data)
	}
	if err != nil {
		if strings.Contains(err.Error(), "format version") {
			return fail(idVersion, "%v; expected format 0.1 to 1.x, of Terraform 0.12 or later, or of OpenTofu", err)
		}
		return fail(idNotJSON, "the file is not what `terraform show -json` prints: %v", err)
	}
	if out.plan != nil && hasErrored(data) {
		findings = append(findings, diag.Finding{Pos: diag.Pos{File: f.Name}, Severity: diag.Warning, ID: idErrored,
			Message: "Terraform could not finish this plan, so what it says may lack resources; mend the plan first"})
	}
	return out, findings
}

// hasErrored reads the one key of a plan that terraform-json leaves out.
func hasErrored(data []byte) bool {
	var p struct {
		Errored bool `json:"errored"`
	}
	return json.Unmarshal(data, &p) == nil && p.Errored
}
