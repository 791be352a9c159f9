package importer

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/vpcpath/vpcpath/internal/load"
)

// asOpenTofu writes a plan or state of Terraform as OpenTofu does: other names
// of providers, its own version under the key that Terraform has, and no word on
// whether a plan is complete and may be applied.
func asOpenTofu(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.ReplaceAll(data, []byte("registry.terraform.io/"), []byte("registry.opentofu.org/"))
	var top map[string]json.RawMessage
	if err := json.Unmarshal(data, &top); err != nil {
		t.Fatal(err)
	}
	top["terraform_version"] = json.RawMessage(`"1.10.6"`)
	delete(top, "applyable")
	delete(top, "complete")
	out, err := json.Marshal(top)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What `tofu show -json` prints makes the same networks, before and after, as
// what `terraform show -json` does.
func TestOpenTofu(t *testing.T) {
	for _, name := range []string{"plan.json", "plan-change.json", "plan-after-apply.json", "state.json"} {
		file := "testdata/raw1/" + name
		plain, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var texts [2][2]string
		for i, data := range [][]byte{plain, asOpenTofu(t, file)} {
			in, findings := Import([]load.Source{{Name: "in.json", Data: data}}, Options{})
			if len(in.Imports) != 1 || in.Imports[0].Format != "terraform" {
				t.Fatalf("%s is not recognised: %v", name, findings)
			}
			for k, d := range []*load.Source{{Doc: in.Imports[0].Document}, {Doc: in.Imports[0].Before}} {
				if d.Doc == nil {
					continue
				}
				var text bytes.Buffer
				if err := load.Write(&text, d.Doc); err != nil {
					t.Fatal(err)
				}
				texts[i][k] = text.String()
			}
		}
		if texts[0] != texts[1] || texts[0][0] == "" {
			t.Errorf("%s: OpenTofu's form makes another network", name)
		}
	}
}
