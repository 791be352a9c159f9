package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// judge returns what of an expectation does not hold for one result. Where
// the verdict is another, the rest is not looked at: it follows from it.
func judge(x *model.Expectation, r *eval.Result) []string {
	if got := r.Verdict.String(); got != wanted(x) {
		return []string{fmt.Sprintf("expected %s, got %s", wanted(x), got)}
	}
	var out []string
	for _, code := range x.Because {
		if !slices.ContainsFunc(r.Blockers, func(b eval.Blocker) bool { return string(b.Code) == code }) {
			out = append(out, fmt.Sprintf("%s as expected, but not because of %s; %s", x.Verdict, code, codesText(r.Blockers)))
		}
	}
	if len(x.Via) > 0 || len(x.NotVia) > 0 {
		out = append(out, judgePath(x, r)...)
	}
	if x.DeliveredTo != nil && !deliveredTo(x.DeliveredTo, r) {
		out = append(out, fmt.Sprintf("expected delivery to %s, got %s", x.DeliveredTo.ID().Name, deliveredText(r)))
	}
	return out
}

func judgePath(x *model.Expectation, r *eval.Result) []string {
	var out []string
	for _, s := range passages(r.Forward) {
		if !inOrder(x.Via, s) {
			out = append(out, fmt.Sprintf("expected the path to go via %s, but it goes %s", namesText(x.Via), stationsText(s)))
			break
		}
	}
	for _, not := range x.NotVia {
		for _, s := range passages(r.Forward) {
			if inOrder([]model.Resource{not}, s) {
				out = append(out, fmt.Sprintf("expected a path that avoids %s, but it goes %s", not.ID().Name, stationsText(s)))
				break
			}
		}
	}
	return out
}

// deliveredTo reports whether want gets the packet, and nobody else does.
func deliveredTo(want model.Resource, r *eval.Result) bool {
	for _, got := range r.DeliveredTo {
		if got != want && owner(got) != want {
			return false
		}
	}
	return len(r.DeliveredTo) > 0
}

func deliveredText(r *eval.Result) string {
	if len(r.DeliveredTo) == 0 {
		return "to nobody"
	}
	names := make([]string, len(r.DeliveredTo))
	for i, d := range r.DeliveredTo {
		names[i] = owner(d).ID().Name
	}
	return "to " + strings.Join(names, ", ")
}

func codesText(list []eval.Blocker) string {
	if len(list) == 0 {
		return "nothing blocks it"
	}
	var codes []string
	for _, b := range list {
		if !slices.Contains(codes, string(b.Code)) {
			codes = append(codes, string(b.Code))
		}
	}
	return "it is " + strings.Join(codes, ", ")
}

func namesText(list []model.Resource) string {
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = r.ID().Name
	}
	return strings.Join(names, ", ")
}
