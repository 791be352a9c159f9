package check

import (
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// a small cast: a host with two interfaces, a gateway, a tunnel, filters.
var (
	fw     = &model.Instance{Ident: model.Ident{Name: "fw", Kind: model.KindInstance}}
	eniIn  = &model.Interface{Ident: model.Ident{Name: "eni-in"}, Owner: fw}
	eniOut = &model.Interface{Ident: model.Ident{Name: "eni-out"}, Owner: fw}
	web    = &model.Instance{Ident: model.Ident{Name: "web"}}
	db     = &model.Instance{Ident: model.Ident{Name: "db"}}
	eniDB  = &model.Interface{Ident: model.Ident{Name: "eni-db"}, Owner: db}
	igw    = &model.InternetGateway{Ident: model.Ident{Name: "igw"}}
	tunnel = &model.Tunnel{Ident: model.Ident{Name: "tunnel"}}
	sg     = &model.SecurityGroup{Ident: model.Ident{Name: "sg"}}
	acl    = &model.NetworkACL{Ident: model.Ident{Name: "acl"}}
	rtb    = &model.RouteTable{Ident: model.Ident{Name: "rtb"}}
)

func way(hops ...*eval.Hop) eval.Walk {
	w := eval.Walk{Walked: true}
	for i, h := range hops {
		h.N = i + 1
		if h.After == 0 {
			h.After = i
		}
		w.Delivered = w.Delivered || h.Action == eval.Deliver && !h.Supposed
		w.Hops = append(w.Hops, h)
	}
	return w
}

// throughFirewall goes from web through fw, by its two interfaces, and a
// tunnel to db.
func throughFirewall() eval.Walk {
	return way(
		&eval.Hop{Resource: web, Action: eval.Originate},
		&eval.Hop{Resource: acl, Action: eval.Allow},
		&eval.Hop{Resource: rtb, Action: eval.Route},
		&eval.Hop{Resource: sg, Interface: eniIn, Action: eval.Allow},
		&eval.Hop{Resource: fw, Action: eval.Forward},
		&eval.Hop{Resource: sg, Interface: eniOut, Action: eval.Allow},
		&eval.Hop{Resource: tunnel, Action: eval.Forward},
		&eval.Hop{Resource: db, Action: eval.Deliver},
	)
}

func TestVia(t *testing.T) {
	w := throughFirewall()
	for _, c := range []struct {
		want []model.Resource
		ok   bool
	}{
		{[]model.Resource{fw}, true},
		{[]model.Resource{eniIn}, true},
		{[]model.Resource{eniOut, tunnel}, true},
		{[]model.Resource{fw, tunnel, db}, true},
		{[]model.Resource{tunnel, fw}, false},
		{[]model.Resource{fw, fw}, false}, // one passage
		{[]model.Resource{igw}, false},
		{[]model.Resource{eniDB}, false},
	} {
		x := &model.Expectation{Verdict: "reachable", Via: c.want}
		got := judge(x, &eval.Result{Verdict: eval.Reachable, Forward: w})
		if (len(got) == 0) != c.ok {
			t.Errorf("via %s: %v", namesText(c.want), got)
		}
	}
}

func TestViaHoldsOnEveryBranchThatDelivers(t *testing.T) {
	w := way(
		&eval.Hop{Resource: web, Action: eval.Originate},
		&eval.Hop{Resource: fw, Action: eval.Forward},
		&eval.Hop{Resource: db, Action: eval.Deliver},
		&eval.Hop{Resource: igw, Action: eval.Forward, After: 1},
		&eval.Hop{Resource: db, Action: eval.Deliver},
		&eval.Hop{Resource: tunnel, Action: eval.Drop, After: 1},
	)
	through := func(list ...model.Resource) []string {
		return judge(&model.Expectation{Verdict: "partial", Via: list}, &eval.Result{Verdict: eval.Partial, Forward: w})
	}
	if got := through(db); len(got) != 0 {
		t.Errorf("via db: %v", got)
	}
	if got := through(fw); len(got) != 1 || !strings.Contains(got[0], "web > igw > db") {
		t.Errorf("via fw: %v, want a complaint about the branch through igw", got)
	}
	avoid := &model.Expectation{Verdict: "partial", NotVia: []model.Resource{igw, tunnel}}
	if got := judge(avoid, &eval.Result{Verdict: eval.Partial, Forward: w}); len(got) != 1 || !strings.Contains(got[0], "avoids igw") {
		t.Errorf("not_via igw, tunnel: %v", got)
	}
}

func TestViaBehindADrop(t *testing.T) {
	w := way(
		&eval.Hop{Resource: web, Action: eval.Originate},
		&eval.Hop{Resource: sg, Interface: eniIn, Action: eval.Deny},
		&eval.Hop{Resource: fw, Action: eval.Forward, Supposed: true},
		&eval.Hop{Resource: db, Action: eval.Deliver, Supposed: true},
	)
	x := &model.Expectation{Verdict: "unreachable", Via: []model.Resource{fw}}
	if got := judge(x, &eval.Result{Forward: w}); len(got) != 0 {
		t.Error(got)
	}
}

func TestJudge(t *testing.T) {
	blocked := &eval.Result{Verdict: eval.Unreachable, Blockers: []eval.Blocker{{Code: eval.SubnetACL}, {Code: eval.NoRoute}}}
	delivered := &eval.Result{Verdict: eval.Reachable, DeliveredTo: []model.Resource{eniDB}}
	for _, c := range []struct {
		name   string
		x      model.Expectation
		result *eval.Result
		want   string
	}{
		{"the verdict", model.Expectation{Verdict: "reachable", Because: []string{"X"}}, blocked, "expected reachable, got unreachable"},
		{"more than expected", model.Expectation{Verdict: "partial"}, delivered, "expected partial, got reachable"},
		{"less than expected", model.Expectation{Verdict: "unknown"}, blocked, "expected unknown, got unreachable"},
		{"a code", model.Expectation{Verdict: "unreachable", Because: []string{"NO_ROUTE_TO_DESTINATION"}}, blocked, ""},
		{"another code", model.Expectation{Verdict: "unreachable", Because: []string{"TUNNEL_DOWN"}}, blocked,
			"unreachable as expected, but not because of TUNNEL_DOWN; it is SUBNET_ACL_RESTRICTION, NO_ROUTE_TO_DESTINATION"},
		{"no code", model.Expectation{Verdict: "reachable", Because: []string{"TUNNEL_DOWN"}}, delivered,
			"reachable as expected, but not because of TUNNEL_DOWN; nothing blocks it"},
		{"delivery to the host", model.Expectation{Verdict: "reachable", DeliveredTo: db}, delivered, ""},
		{"delivery to the interface", model.Expectation{Verdict: "reachable", DeliveredTo: eniDB}, delivered, ""},
		{"delivery elsewhere", model.Expectation{Verdict: "reachable", DeliveredTo: web}, delivered, "expected delivery to web, got to db"},
		{"no delivery", model.Expectation{Verdict: "unreachable", DeliveredTo: web}, blocked, "expected delivery to web, got to nobody"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(judge(&c.x, c.result), "\n"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTogether(t *testing.T) {
	for _, c := range []struct {
		list []eval.Verdict
		want eval.Verdict
	}{
		{nil, eval.Unknown},
		{[]eval.Verdict{eval.Reachable, eval.Reachable}, eval.Reachable},
		{[]eval.Verdict{eval.Unreachable, eval.Reachable}, eval.Partial},
		{[]eval.Verdict{eval.Unreachable, eval.Unknown, eval.Reachable}, eval.Unknown},
		{[]eval.Verdict{eval.Unknown, eval.Reachable}, eval.Unknown},
		{[]eval.Verdict{eval.Partial, eval.Partial}, eval.Partial},
	} {
		var results []*eval.Result
		for _, v := range c.list {
			results = append(results, &eval.Result{Verdict: v})
		}
		if got := Together(results); got != c.want {
			t.Errorf("%v: got %s, want %s", c.list, got, c.want)
		}
	}
}
