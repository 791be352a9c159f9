package cloudformation

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// choose is Fn::If.
func (t *template) choose(n *yaml.Node, at diag.Pos, depth int) value {
	n = follow(n)
	if n.Kind != yaml.SequenceNode || len(n.Content) != 3 {
		t.set.report(diag.Error, at, idTemplate, "Fn::If takes the name of a condition and two values")
		return unknownValue("Fn::If is not whole", at)
	}
	if t.holds(n.Content[0].Value, at) {
		return t.eval(n.Content[1], depth+1)
	}
	return t.eval(n.Content[2], depth+1)
}

// holds decides a condition by its name. One that cannot be decided is an
// error: half of the network would be a guess.
func (t *template) holds(name string, at diag.Pos) bool {
	n := t.conditions[name]
	if n == nil {
		var names []string
		for c := range t.conditions {
			names = append(names, c)
		}
		t.set.report(diag.Error, at, idTemplate, "there is no condition %q%s", name, diag.DidYouMean(name, names))
		return false
	}
	if t.deciding[name] {
		t.set.report(diag.Error, at, idTemplate, "condition %q depends on itself", name)
		return false
	}
	t.deciding[name] = true
	defer delete(t.deciding, name)
	holds, why := t.decide(n, 0)
	if why != "" {
		t.set.report(diag.Error, t.at(n), idUnknown, "condition %q cannot be decided: %s", name, why)
	}
	return holds
}

// decide evaluates a condition; why is not empty where it cannot.
func (t *template) decide(n *yaml.Node, depth int) (holds bool, why string) {
	n = follow(n)
	if depth > maxDepth {
		return false, "it nests too deep"
	}
	name, arg := "", n
	if tag, ok := strings.CutPrefix(n.Tag, "!"); ok && tag != "" && !strings.HasPrefix(tag, "!") {
		name = longName(tag)
	} else if n.Kind == yaml.MappingNode && len(n.Content) == 2 {
		name, arg = n.Content[0].Value, follow(n.Content[1])
	}
	switch name {
	case "Condition":
		return t.holds(arg.Value, t.at(arg)), ""
	case "Fn::Equals":
		if len(arg.Content) != 2 {
			return false, "Fn::Equals takes two values"
		}
		a, b := t.eval(arg.Content[0], 0), t.eval(arg.Content[1], 0)
		for _, v := range []value{a, b} {
			if v.kind == unknown {
				return false, v.why
			}
		}
		x, ok1 := a.text()
		y, ok2 := b.text()
		if !ok1 || !ok2 {
			return false, "it compares what is known only when the stack is made"
		}
		return x == y, ""
	case "Fn::Not", "Fn::And", "Fn::Or":
		holds = name == "Fn::And"
		for _, c := range arg.Content {
			h, w := t.decide(c, depth+1)
			switch {
			case w != "":
				return false, w
			case name == "Fn::Not":
				holds = !h
			case name == "Fn::And":
				holds = holds && h
			default:
				holds = holds || h
			}
		}
		return holds, ""
	}
	return false, "it is none of Fn::Equals, Fn::Not, Fn::And, Fn::Or and Condition"
}
