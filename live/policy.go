package live

import "slices"

// PolicyDocument is an IAM policy.
type PolicyDocument struct {
	Version   string
	Statement []Statement
}

// Statement is one of its statements.
type Statement struct {
	Sid      string
	Effect   string
	Action   []string
	Resource string
}

// Policy returns the least that Fetch needs. Describe calls take no resource.
func Policy() PolicyDocument {
	actions := Actions()
	slices.Sort(actions)
	return PolicyDocument{Version: "2012-10-17", Statement: []Statement{{Sid: "VpcpathRead", Effect: "Allow", Action: actions, Resource: "*"}}}
}
