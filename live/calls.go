package live

import (
	"context"
)

// A call is one read-only request of an AWS service, with all its pages.
type call struct {
	action string // what a policy has to allow, as ec2:DescribeVpcs
	key    string // the top-level key of what is written, as the AWS CLI prints it
	// without says what becomes of an import without the call, which is left
	// out where the region has not got the service, or permission is lacking.
	// Where it is empty nothing can be done without it.
	without string
	run     func(ctx context.Context, s *session) ([]any, error)
}

// calls lists every call, in the order of the files that come of it. Those
// that ask about each item of another call come behind it.
var calls = concat(ec2Calls, transitCalls, gatewayCalls, balancerCalls, serviceCalls)

func concat(lists ...[]call) []call {
	var out []call
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// Actions lists the IAM actions that Fetch needs, in the order of the calls.
func Actions() []string {
	out := []string{"sts:GetCallerIdentity", "ec2:DescribeRegions"}
	seen := map[string]bool{}
	for _, c := range calls {
		if !seen[c.action] {
			seen[c.action] = true
			out = append(out, c.action)
		}
	}
	return out
}
