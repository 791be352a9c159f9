package cloudformation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// setParameters gives every parameter its value: the user's, else the default.
func (t *template) setParameters() {
	for name, p := range t.parameters {
		typ, at := "", t.at(p.node)
		var standard *string
		var allowed []string
		for k, v := range pairs(p.node) {
			switch k.Value {
			case "Type":
				typ = v.Value
			case "Default":
				standard = &v.Value
			case "AllowedValues":
				for _, a := range v.Content {
					allowed = append(allowed, a.Value)
				}
			}
		}
		given, ok := t.set.parameters[name]
		switch {
		case ok:
			t.set.used[name] = true
			t.allow(name, typ, given, allowed)
		case standard != nil:
			given = *standard
		default:
			p.value = unknownValue(fmt.Sprintf("parameter %q has no default; give --parameters %s=VALUE", name, name), at)
			continue
		}
		switch {
		case strings.HasPrefix(typ, "AWS::SSM::Parameter::Value") && !ok:
			p.value = unknownValue(fmt.Sprintf("parameter %q is looked up in the Systems Manager parameter store; give --parameters %s=VALUE", name, name), at)
		case typ == "CommaDelimitedList" || strings.HasPrefix(typ, "List<") || strings.HasPrefix(typ, "AWS::SSM::Parameter::Value<List<"):
			p.value = value{kind: list, at: at}
			for _, item := range strings.Split(given, ",") {
				p.value.items = append(p.value.items, plain(strings.TrimSpace(item), at))
			}
		default:
			p.value = plain(given, at)
		}
	}
}

// allow reports a value of the user's that is none of a parameter's
// AllowedValues: CloudFormation would refuse it. Those of a parameter of the
// parameter store are names there, and the user gives what is found.
func (t *template) allow(name, typ, given string, allowed []string) {
	if len(allowed) == 0 || strings.HasPrefix(typ, "AWS::SSM::Parameter::Value") {
		return
	}
	values := []string{given}
	if typ == "CommaDelimitedList" || strings.HasPrefix(typ, "List<") {
		values = strings.Split(given, ",")
	}
	for _, v := range values {
		if v = strings.TrimSpace(v); !slices.Contains(allowed, v) {
			t.set.report(diag.Error, t.at(t.parameters[name].node), idParameter, "parameter %q takes one of %s, and --parameters gives %q%s",
				name, strings.Join(allowed, ", "), v, diag.DidYouMean(v, allowed))
		}
	}
}

// reportUnused reports the user's parameters that no template has.
func (s *set) reportUnused() {
	var names []string
	for _, t := range s.templates {
		for n := range t.parameters {
			names = append(names, n)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.parameters)) {
		if !s.used[name] && !slices.Contains(names, name) && !strings.HasPrefix(name, "AWS::") {
			s.report(diag.Error, diag.Pos{File: s.templates[0].file}, idParameter, "--parameters names %q, which is no parameter of the template%s", name, diag.DidYouMean(name, names))
		}
	}
}
