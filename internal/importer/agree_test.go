package importer

import (
	"os"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// What AWS says of a network and what Terraform's state says of it answer
// every question alike, less what the mock of AWS gets wrong.
func TestTerraformAndAWSAgree(t *testing.T) {
	const dump = sharedTerraform + "/raw1/describe"
	if _, err := os.Stat(dump); err != nil {
		t.Skip("the data of " + sharedTerraform + " is not here")
	}
	_, state := imported(t, "testdata/raw1/state.json")
	_, aws := imported(t, dump)
	a, b := eval.Compile(state), eval.Compile(aws)
	ids := []string{"internet"}
	names := map[string]string{"internet": "internet"}
	for name, r := range state.Names {
		if i, ok := r.(*model.Instance); ok && strings.HasPrefix(name, "i-") && aws.Names[name] != nil {
			ids = append(ids, name)
			names[name] = i.Name
		}
	}
	if len(ids) != 7 {
		t.Fatalf("%d instances in both, expected 6: %v", len(ids)-1, ids)
	}
	ask := func(top *model.Topology, n *eval.Net, from, to, port string) eval.Verdict {
		var q eval.Question
		var errs [3]error
		q.From, errs[0] = top.ParseEndpoint(from)
		q.To, errs[1] = top.ParseEndpoint(to)
		q.Port, errs[2] = model.ParsePorts(port)
		q.SourcePorts, _ = model.ParseSourcePorts("")
		rs, err := n.Ask(q)
		if err != nil || len(rs) != 1 || errs != [3]error{} {
			t.Fatalf("%s -> %s %s: %v %v", from, to, port, err, errs)
		}
		return rs[0].Verdict
	}
	same, mocked := 0, 0
	for _, from := range ids {
		for _, to := range ids {
			for _, port := range askedPorts {
				if from == to {
					continue
				}
				x, y := ask(state, a, from, to, port), ask(aws, b, from, to, port)
				switch who := names[from] + " " + names[to]; {
				case x == y:
					same++
				case strings.Contains(who, "aws_instance.mbox") && strings.Contains(who, "internet"),
					// its Elastic IP address is none, and left out of the dump
					from == "internet" && names[to] == "aws_instance.web[0]", // by way of it
					y == eval.Unknown && strings.Contains(who, `module.app["a"]`):
					// the NAT gateway has an address outside of its subnet
					mocked++
				default:
					t.Errorf("%s -> %s %s: %s by the state, %s by AWS", names[from], names[to], port, x, y)
				}
			}
		}
	}
	if same < 200 || mocked > 25 {
		t.Errorf("%d answers are the same, %d are the mock's doing", same, mocked)
	}
}
