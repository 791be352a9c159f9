package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

var anySourcePort, _ = model.ParseSourcePorts("")

// hostName is what the user calls an interface: the instance, or other owner,
// of one that an owner's shorthand made.
func hostName(i *model.Interface) string {
	if i.Implicit && i.Owner != nil {
		return i.Owner.ID().Name
	}
	return i.Name
}

// quoted lists names for a message: three of them, and how many more.
func quoted(names []string) string {
	const shown = 3
	var parts []string
	for _, n := range names[:min(shown, len(names))] {
		parts = append(parts, fmt.Sprintf("%q", n))
	}
	if more := len(names) - shown; more > 0 {
		return strings.Join(parts, ", ") + fmt.Sprintf(" and %d more", more)
	}
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return strings.Join(parts, "")
}

// namesOf returns the names of resources, each once, in their order.
func namesOf[T model.Resource](list []T) []string {
	var out []string
	for _, r := range list {
		if n := r.ID().Name; !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// hostNames returns what the user calls interfaces, each once.
func hostNames(list []*model.Interface) []string {
	var out []string
	seen := map[string]bool{}
	for _, i := range list {
		if n := hostName(i); !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}

// plural chooses the form of a verb or noun for a number.
func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// see adds a place that the finding speaks of; one without a place is left
// out.
func see(f *diag.Finding, at diag.Pos, format string, args ...any) {
	if at.IsValid() {
		f.Related = append(f.Related, diag.Related{Pos: at, Message: fmt.Sprintf(format, args...)})
	}
}

// at is the first place that there is: what AWS makes by itself has none, so
// findings about it stand at what it was made for.
func at(places ...diag.Pos) diag.Pos {
	for _, p := range places {
		if p.IsValid() {
			return p
		}
	}
	return diag.Pos{}
}

// subnetsText names subnets with the noun, as: subnets "a" and "b".
func subnetsText(list []*model.Subnet) string {
	return plural(len(namesOf(list)), "subnet ", "subnets ") + quoted(namesOf(list))
}
