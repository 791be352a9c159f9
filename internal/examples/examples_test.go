package examples_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/examples"
	"github.com/vpcpath/vpcpath/internal/load"
)

func TestExamplesLoadAndHold(t *testing.T) {
	list := examples.List()
	if len(list) < 10 {
		t.Fatalf("%d examples, expected ten or more", len(list))
	}
	for _, e := range list {
		t.Run(e.Name, func(t *testing.T) {
			text, ok := examples.Get(e.Name)
			if !ok {
				t.Fatal("listed, but not there")
			}
			sources, findings := load.Files([]string{"-"}, bytes.NewReader(text))
			topo, more := load.Load(sources)
			for _, f := range append(findings, more...) {
				if f.Severity == diag.Error {
					t.Error(f)
				}
			}
			if t.Failed() {
				return
			}
			if len(topo.Expectations) < 3 {
				t.Errorf("%d expectations, expected three or more", len(topo.Expectations))
			}
			for _, o := range check.Expectations(eval.Compile(topo), topo.Expectations) {
				for _, f := range o.Failures {
					t.Errorf("%s: %s", o.Expectation.At, f.Message)
				}
			}
		})
	}
}

var command = regexp.MustCompile(`(?m)^#   vpcpath explain net\.yaml `)

func TestExamplesExplainThemselves(t *testing.T) {
	for _, e := range examples.List() {
		if n := len(e.Description); n < 20 || n > 120 || !strings.HasSuffix(e.Description, ".") {
			t.Errorf("%s: description %q; expected one sentence of 20 to 120 letters", e.Name, e.Description)
		}
		text, _ := examples.Get(e.Name)
		if !bytes.Contains(text, []byte("#   vpcpath example "+e.Name+" > net.yaml\n")) {
			t.Errorf("%s: does not say how to print it", e.Name)
		}
		if n := len(command.FindAll(text, -1)); n < 1 {
			t.Errorf("%s: no question to try", e.Name)
		}
	}
}

func TestGetUnknown(t *testing.T) {
	for _, name := range []string{"nope", "", "../examples", "openvpn.yaml"} {
		if _, ok := examples.Get(name); ok {
			t.Errorf("Get(%q) found something", name)
		}
	}
}
