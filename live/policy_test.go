package live

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

func TestPolicyInTheDocumentation(t *testing.T) {
	text, err := os.ReadFile("../docs/aws-policy.json")
	if err != nil {
		t.Fatal(err)
	}
	var got PolicyDocument
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if want := Policy(); !reflect.DeepEqual(got, want) {
		t.Errorf("docs/aws-policy.json is not what `vpcpath-aws --policy` prints")
	}
}
