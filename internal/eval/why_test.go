package eval_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// A question with Why gives the blockers that a recorded one gives, keeps no
// hops, and records nothing of pairs that are reachable.
func TestWhyRecordsTheReasonsOfWhatFails(t *testing.T) {
	n := topo(t, but(t, sgPairs, "d2: {subnet: s-2, private_ip: 10.0.2.12, security_groups: [sg-db]}", "d2: {subnet: s-2, private_ip: 10.0.2.12, security_groups: [sg-web]}"))
	q := n.question("sg-web -> s-2 tcp/3306")
	recorded, err := n.net.Ask(q)
	if err != nil {
		t.Fatal(err)
	}
	q.Record, q.Why = false, true
	var got []*eval.Result
	if err := n.net.Each(q, func(r *eval.Result) { got = append(got, r) }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 5 || len(recorded) != 5 {
		t.Fatalf("%d and %d results, expected five", len(got), len(recorded))
	}
	failed := 0
	for i, r := range got {
		if len(r.Forward.Hops)+len(r.Return.Hops) > 0 {
			t.Errorf("pair %d has hops", i)
		}
		if r.Verdict != recorded[i].Verdict || !slices.Equal(blockers(r), blockers(recorded[i])) {
			t.Errorf("pair %d: %s %v, recorded %s %v", i, r.Verdict, blockers(r), recorded[i].Verdict, blockers(recorded[i]))
		}
		if r.Verdict == reachable {
			if r.Asked != nil {
				t.Errorf("pair %d is reachable and was recorded", i)
			}
		} else if failed++; len(r.Blockers) == 0 || fmt.Sprint(r.Asked) != fmt.Sprint(recorded[i].Asked) {
			t.Errorf("pair %d: blockers %v, asked %v", i, r.Blockers, r.Asked)
		}
	}
	if failed != 2 {
		t.Errorf("%d pairs fail, expected two", failed)
	}
}
