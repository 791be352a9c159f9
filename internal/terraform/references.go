package terraform

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// target is what a reference means: a resource, and which of its attributes;
// "" for none, as Terraform 0.12 has it.
type target struct {
	*resource
	attribute string
}

// scope is where an expression stands: its module instance, and the key of
// the count or for_each around it.
type scope struct {
	module  []moduleKey
	conf    *tfjson.ConfigModule
	key     string
	forEach *tfjson.Expression
	depth   int
}

func (w *world) scopeOf(r *resource) scope {
	s := scope{module: r.module, conf: w.configModule(r.module), key: r.key}
	if r.conf != nil {
		s.forEach = r.conf.ForEachExpression
	}
	return s
}

// follow resolves the references of an expression. lost are those that lead
// to nothing that the plan holds, as local values.
func (w *world) follow(refs []string, s scope) (found []target, lost []string) {
	if s.depth > maxDepth || s.conf == nil && len(s.module) > 0 {
		return nil, refs
	}
	keyed := slices.ContainsFunc(refs, func(r string) bool {
		return r == "count.index" || r == "each.key" || r == "each.value" || strings.HasPrefix(r, "each.value.")
	})
	for _, ref := range longest(refs) {
		part, ok := w.one(ref, s, keyed)
		if !ok {
			lost = append(lost, ref)
		}
		for _, t := range part {
			if !slices.Contains(found, t) {
				found = append(found, t)
			}
		}
	}
	return found, lost
}

// longest leaves out the references that repeat the start of the one before,
// which Terraform lists from the longest to the shortest.
func longest(refs []string) []string {
	var out []string
	for _, r := range refs {
		if n := len(out); n > 0 && strings.HasPrefix(out[n-1], r) && (len(out[n-1]) == len(r) || strings.ContainsRune(".[", rune(out[n-1][len(r)]))) {
			continue
		}
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// one resolves one reference. ok is false where it is lost.
func (w *world) one(ref string, s scope, keyed bool) (found []target, ok bool) {
	head, rest := cutStep(ref)
	switch head.name {
	case "count", "path", "terraform", "self":
		return nil, true
	case "each":
		step, rest := cutStep(rest)
		if step.name == "key" {
			return nil, true
		}
		if s.forEach == nil || s.forEach.ExpressionData == nil {
			return nil, false
		}
		over, lost := w.follow(s.forEach.References, s.around())
		over = byKey(over, s.key)
		return attributes(over, rest), len(over) > 0 || len(lost) == 0
	case "var":
		step, rest := cutStep(rest)
		found, ok = w.argument(step.name, s)
		return attributes(pick(found, rest, s, keyed), rest), ok
	case "local":
		return nil, false
	case "module":
		step, rest := cutStep(rest)
		out, rest := cutStep(rest)
		if out.name == "" {
			return nil, true // the module as a whole says nothing
		}
		found, ok = w.output(step, out.name, s, keyed)
		if out.key != "" || out.indexed {
			found = pick(found, "["+out.key+"]", s, keyed)
			return found, ok
		}
		return attributes(pick(found, rest, s, keyed), rest), ok
	}
	data := head.name == "data"
	if data {
		head, rest = cutStep(rest)
	}
	step, rest := cutStep(rest)
	list := w.byConf[confKey(s.module, data, head.name, step.name)]
	if len(list) == 0 {
		return nil, false
	}
	var all []target
	for _, r := range list {
		if !step.indexed || r.key == step.key {
			all = append(all, target{r, ""})
		}
	}
	slices.SortStableFunc(all, func(a, b target) int {
		if a.counted && b.counted {
			return cmp.Or(cmp.Compare(len(a.key), len(b.key)), cmp.Compare(a.key, b.key))
		}
		return 0
	})
	if !step.indexed && keyed && len(all) > 1 {
		all = narrow(all, s.key)
	}
	return attributes(all, rest), true
}

// around is the scope of the expression of for_each itself.
func (s scope) around() scope {
	s.forEach, s.key = nil, ""
	s.depth++
	return s
}

// argument resolves a variable of a module by what the call of the module
// says.
func (w *world) argument(name string, s scope) ([]target, bool) {
	if len(s.module) == 0 {
		return nil, true // a value of the root module is known
	}
	last := s.module[len(s.module)-1]
	up := scope{module: s.module[:len(s.module)-1], key: last.key, depth: s.depth + 1}
	up.conf = w.configModule(up.module)
	if up.conf == nil || up.conf.ModuleCalls[last.name] == nil {
		return nil, false
	}
	call := up.conf.ModuleCalls[last.name]
	up.forEach = call.ForEachExpression
	e := call.Expressions[name]
	if e == nil || e.ExpressionData == nil {
		return nil, true // the default, which is known
	}
	found, lost := w.follow(references(e, 0), up)
	return found, len(lost) == 0
}

// references are those of an expression and of the blocks in it.
func references(e *tfjson.Expression, depth int) []string {
	if e == nil || e.ExpressionData == nil || depth > maxDepth {
		return nil
	}
	out := slices.Clone(e.References)
	for _, block := range e.NestedBlocks {
		names := make([]string, 0, len(block))
		for name := range block {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			out = append(out, references(block[name], depth+1)...)
		}
	}
	return out
}

// output resolves an output of a child module.
func (w *world) output(child step, name string, s scope, keyed bool) ([]target, bool) {
	if s.conf == nil || s.conf.ModuleCalls[child.name] == nil {
		return nil, false
	}
	call := s.conf.ModuleCalls[child.name]
	if call.Module == nil || call.Module.Outputs[name] == nil {
		return nil, false
	}
	e := call.Module.Outputs[name].Expression
	var instances [][]moduleKey
	for _, m := range w.modules {
		if n := len(s.module); len(m) == n+1 && m[n].name == child.name && slices.Equal(m[:n], s.module) && (!child.indexed || m[n].key == child.key) {
			instances = append(instances, m)
		}
	}
	slices.SortFunc(instances, func(a, b []moduleKey) int { return strings.Compare(moduleAddress(a), moduleAddress(b)) })
	if keyed && !child.indexed && len(instances) > 1 {
		if i := slices.IndexFunc(instances, func(m []moduleKey) bool { return m[len(m)-1].key == s.key }); i >= 0 {
			instances = instances[i : i+1]
		}
	}
	var found []target
	ok := len(instances) > 0
	for _, m := range instances {
		part, lost := w.follow(references(e, 0), scope{module: m, conf: call.Module, depth: s.depth + 1})
		found = append(found, part...)
		ok = ok && len(lost) == 0
	}
	return found, ok
}

// byKey returns the targets that are instances with a key.
func byKey(list []target, key string) []target {
	var out []target
	for _, t := range list {
		if t.key == key {
			out = append(out, t)
		}
	}
	return out
}

// narrow returns the instance with the same key; an index behind the last one
// wraps, as in element().
func narrow(list []target, key string) []target {
	if same := byKey(list, key); len(same) > 0 {
		return same
	}
	if n, err := strconv.Atoi(key); err == nil && len(list) > 0 && n >= 0 && list[0].counted {
		return byKey(list, strconv.Itoa(n%len(list)))
	}
	return list
}

// pick applies an index, written out or count.index, to a list of targets.
func pick(list []target, rest string, s scope, keyed bool) []target {
	if len(list) < 2 {
		return list
	}
	if strings.HasPrefix(rest, "[") {
		key, counted, _, ok := cutKey(rest)
		if n, err := strconv.Atoi(key); ok && counted && err == nil && n >= 0 && n < len(list) {
			return list[n : n+1]
		}
		if same := byKey(list, key); len(same) == 1 {
			return same
		}
		return list
	}
	if !keyed {
		return list
	}
	if same := byKey(list, s.key); len(same) == 1 {
		return same
	}
	if n, err := strconv.Atoi(s.key); err == nil && n >= 0 {
		return list[n%len(list) : n%len(list)+1]
	}
	return list
}

// attributes puts the attribute that a reference ends in to its targets.
func attributes(list []target, rest string) []target {
	name := ""
	for rest != "" {
		var s step
		s, rest = cutStep(rest)
		if s.name != "" {
			name = s.name
			break
		}
	}
	if name == "" {
		return list
	}
	out := make([]target, len(list))
	for i, t := range list {
		out[i] = target{t.resource, name}
	}
	return out
}

// step is a part of a reference, as public[1] of aws_subnet.public[1].id.
type step struct {
	name    string
	key     string
	indexed bool
}

func cutStep(text string) (s step, rest string) {
	text = strings.TrimPrefix(text, ".")
	end := strings.IndexAny(text, ".[")
	if end < 0 {
		return step{name: text}, ""
	}
	s.name, rest = text[:end], text[end:]
	if rest[0] == '[' {
		key, _, after, ok := cutKey(rest)
		if !ok {
			return s, ""
		}
		s.key, s.indexed, rest = key, true, after
	}
	return s, rest
}
