package check_test

import (
	"testing"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

func TestUnknownCodes(t *testing.T) {
	at := diag.Pos{File: "net.yaml", Line: 7, Col: 5}
	good := &model.Expectation{At: at, Because: []string{"SUBNET_ACL_RESTRICTION"}}
	bad := &model.Expectation{At: at, Because: []string{"ENI_SG_RULES_MISMACH"}}
	got := check.UnknownCodes([]*model.Expectation{good, bad})
	const want = "net.yaml:7:5: `because` names \"ENI_SG_RULES_MISMACH\", which is no code of a blocker; `vpcpath codes` lists them; did you mean \"ENI_SG_RULES_MISMATCH\"? [unknown-code]"
	if len(got) != 1 || got[0].String() != want {
		t.Errorf("got %v\nwant %s", got, want)
	}
}
