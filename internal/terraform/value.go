package terraform

import (
	tfjson "github.com/hashicorp/terraform-json"
)

// path leads to a value within a resource: names of attributes, and indexes
// of blocks.
type path []any

// at follows a path; nil where it leads nowhere.
func at(v any, p path) any {
	for _, step := range p {
		switch s := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[s]
		case int:
			list, _ := v.([]any)
			if s >= len(list) {
				return nil
			}
			v = list[s]
		}
	}
	return v
}

// value returns a known value; nil for null, for what is not there and for
// what is not known.
func (r *resource) value(p ...any) any { return at(any(r.values), p) }

func (r *resource) text(p ...any) string {
	s, _ := r.value(p...).(string)
	return s
}

// number returns a whole number; nil where there is none.
func (r *resource) number(p ...any) *int {
	f, ok := r.value(p...).(float64)
	if !ok || f != float64(int(f)) {
		return nil
	}
	n := int(f)
	return &n
}

func (r *resource) yes(p ...any) bool {
	b, _ := r.value(p...).(bool)
	return b
}

func (r *resource) items(p ...any) []any {
	list, _ := r.value(p...).([]any)
	return list
}

func (r *resource) texts(p ...any) []string {
	var out []string
	for _, v := range r.items(p...) {
		if s, ok := v.(string); ok && s != "" {
			out = append(out, s)
		}
	}
	return out
}

// unknownAt reports whether a value, or some of it, is known after apply only.
func (r *resource) unknownAt(p ...any) bool {
	v := r.unknown
	for _, step := range p {
		if v == true {
			return true
		}
		v = at(v, path{step})
	}
	return anyTrue(v, 0)
}

// unknowns counts what of a list is not known; whole tells that not even its
// length is.
func (r *resource) unknowns(p ...any) (n int, whole bool) {
	v := r.unknown
	for _, step := range p {
		if v == true {
			return 1, true
		}
		v = at(v, path{step})
	}
	if v == true {
		return 1, true
	}
	list, _ := v.([]any)
	for _, item := range list {
		if anyTrue(item, 0) {
			n++
		}
	}
	return n, false
}

// anyTrue looks for true anywhere: lists keep their false leaves.
func anyTrue(v any, depth int) bool {
	if depth > maxDepth {
		return false
	}
	switch v := v.(type) {
	case bool:
		return v
	case []any:
		for _, item := range v {
			if anyTrue(item, depth+1) {
				return true
			}
		}
	case map[string]any:
		for _, item := range v {
			if anyTrue(item, depth+1) {
				return true
			}
		}
	}
	return false
}

// expression returns what the configuration says of a value. Where blocks have
// one list of references together it is that of all of them; shared tells so.
func (r *resource) expression(p ...any) (e *tfjson.Expression, shared bool) {
	if r.conf == nil || len(p) == 0 {
		return nil, false
	}
	block := r.conf.Expressions
	for i := 0; i < len(p); i++ {
		name, ok := p[i].(string)
		if !ok {
			return nil, false
		}
		e = block[name]
		if e == nil || e.ExpressionData == nil {
			return nil, false
		}
		if len(e.NestedBlocks) == 0 {
			return e, i+1 < len(p)
		}
		i++
		n, ok := 0, true
		if i < len(p) {
			n, ok = p[i].(int)
		}
		if !ok || n >= len(e.NestedBlocks) {
			if len(e.NestedBlocks) != 1 {
				return nil, false
			}
			n = 0 // a dynamic block stands once for all that it makes
		}
		block = e.NestedBlocks[n]
	}
	return e, false
}

// configured reports whether the configuration gives a top-level attribute.
func (r *resource) configured(name string) bool {
	if r.conf == nil {
		return false
	}
	e := r.conf.Expressions[name]
	if e == nil || e.ExpressionData == nil {
		return false
	}
	return len(e.References) > 0 || len(e.NestedBlocks) > 0 || e.ConstantValue != nil
}
