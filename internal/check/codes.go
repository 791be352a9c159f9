package check

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// UnknownCodes returns an error for every code in a `because:` that no blocker
// can ever carry: such an expectation could not hold for the reason it gives.
func UnknownCodes(list []*model.Expectation) []diag.Finding {
	var names []string
	known := map[string]bool{}
	for _, c := range eval.Codes() {
		names = append(names, string(c.Code))
		known[string(c.Code)] = true
	}
	var out []diag.Finding
	for _, x := range list {
		for _, code := range x.Because {
			if !known[code] {
				out = append(out, diag.Finding{Pos: x.At, Severity: diag.Error, ID: "unknown-code",
					Message: fmt.Sprintf("`because` names %q, which is no code of a blocker; `vpcpath codes` lists them%s", code, diag.DidYouMean(code, names))})
			}
		}
	}
	return out
}
