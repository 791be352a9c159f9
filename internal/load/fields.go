package load

import (
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"gopkg.in/yaml.v3"
)

// field is a key of a mapping and what reads its value into a T.
type field[T any] struct {
	name string
	must bool // the key is required
	read func(w *walker, n *yaml.Node, into *T)
}

// subject is what a mapping stands for, for messages.
type subject struct{ kind, name string }

func (s subject) String() string {
	if s.name == "" {
		return s.kind
	}
	return s.kind + " " + quote(s.name)
}

// readMapping reads a mapping by the table of its fields. Here is the one
// place for unknown keys, keys twice, missing keys and merges. It reports
// whether there was a mapping at all.
func readMapping[T any](w *walker, n *yaml.Node, at diag.Pos, what subject, table []field[T], into *T) bool {
	if w.describing() {
		describeMapping(w, n, what, table, into)
		return false
	}
	v := w.deref(n)
	if v == nil || w.tagged(v) {
		return false
	}
	if v.Kind != yaml.MappingNode {
		w.report(w.at(n), idWrongType, "expected a mapping for %s, found %s%s", what, describe(v), emptyHint(v))
		return false
	}
	seen, merges := uint64(0), false
	for i := 0; i+1 < len(v.Content); i += 2 {
		key, value := v.Content[i], v.Content[i+1]
		if key.Tag == "!!merge" {
			merges = true
			continue
		}
		f := w.findField(key, len(table), func(i int) string { return table[i].name }, what)
		if f < 0 {
			continue
		}
		if seen&(1<<f) != 0 {
			w.duplicateKey(v, i, table[f].name, what)
			continue
		}
		seen |= 1 << f
		table[f].read(w, value, into)
	}
	if merges {
		w.merged(v, 0, func(key, value *yaml.Node) {
			f := w.findField(key, len(table), func(i int) string { return table[i].name }, what)
			if f >= 0 && seen&(1<<f) == 0 {
				seen |= 1 << f
				table[f].read(w, value, into)
			}
		})
	}
	for f := range table {
		if table[f].must && seen&(1<<f) == 0 {
			w.report(at, idMissingKey, "%s lacks the key `%s`", what, table[f].name)
		}
	}
	return true
}

func emptyHint(n *yaml.Node) string {
	if isNull(n) {
		return "; write {} where there is nothing to say"
	}
	return ""
}

// findField returns the index of a key in a table of n names, or reports it.
func (w *walker) findField(key *yaml.Node, n int, name func(int) string, what subject) int {
	key = w.deref(key)
	if key == nil {
		return -1
	}
	if key.Kind != yaml.ScalarNode {
		w.report(w.at(key), idUnknownKey, "%s as a key of %s; expected a word", describe(key), what)
		return -1
	}
	for i := range n {
		if name(i) == key.Value {
			return i
		}
	}
	names := make([]string, n)
	for i := range names {
		names[i] = name(i)
	}
	w.report(w.at(key), idUnknownKey, "unknown key %s in %s; expected %s%s", quote(key.Value), what, oneOf(names), diag.DidYouMean(key.Value, names))
	return -1
}

// oneOf lists words, sorted: "one of a, b, c".
func oneOf(words []string) string {
	words = slices.Sorted(slices.Values(words))
	if len(words) == 1 {
		return words[0]
	}
	return "one of " + strings.Join(words, ", ")
}

// duplicateKey reports the key at index i of a mapping as a second one.
func (w *walker) duplicateKey(v *yaml.Node, i int, name string, what subject) {
	var first diag.Pos
	for j := 0; j < i; j += 2 {
		if k := w.deref(v.Content[j]); k != nil && k.Kind == yaml.ScalarNode && k.Value == name {
			first = w.at(v.Content[j])
			break
		}
	}
	w.out.findings = append(w.out.findings, diag.Finding{Pos: w.at(v.Content[i]), Severity: diag.Error, ID: string(idDuplicateKey),
		Message: "key " + quote(name) + " stands twice in " + what.String() + "; the first is at " + first.String(),
		Related: []diag.Related{{Pos: first, Message: "the first " + quote(name)}}})
}

// merged calls each with the keys that the `<<` of a mapping bring in, those
// of an earlier mapping before those of a later one: the first wins. The
// caller leaves out what the mapping says itself.
func (w *walker) merged(v *yaml.Node, depth int, each func(key, value *yaml.Node)) {
	first := true
	for i := 0; i+1 < len(v.Content); i += 2 {
		if v.Content[i].Tag != "!!merge" {
			continue
		}
		if !first && depth == 0 {
			w.duplicateKey(v, i, "<<", subject{kind: "a mapping"})
			continue
		}
		first = false
		w.mergeFrom(v.Content[i+1], depth, each)
	}
}

func (w *walker) mergeFrom(n *yaml.Node, depth int, each func(key, value *yaml.Node)) {
	if depth > maxMergeDepth {
		if !w.exhausted {
			w.exhausted = true
			w.report(w.at(n), idAliasExpansion, "merges nest deeper than %d; an anchor that contains itself?", maxMergeDepth)
		}
		return
	}
	v := w.deref(n)
	if v == nil || w.exhausted {
		return
	}
	switch {
	case v.Kind == yaml.MappingNode:
		if w.expanded += len(v.Content); w.expanded > maxExpansion {
			w.exhausted = true
			w.report(w.at(n), idAliasExpansion, "merges of the file bring in more than %d values; write fewer merges of merges", maxExpansion)
			return
		}
		for i := 0; i+1 < len(v.Content); i += 2 {
			if v.Content[i].Tag != "!!merge" {
				each(v.Content[i], v.Content[i+1])
			}
		}
		w.merged(v, depth+1, each)
	case v.Kind == yaml.SequenceNode && depth <= maxMergeDepth:
		for _, item := range v.Content {
			if t := w.deref(item); t != nil && t.Kind != yaml.MappingNode {
				w.report(w.at(item), idWrongType, "expected a mapping to merge, found %s", describe(t))
				continue
			}
			w.mergeFrom(item, depth+1, each)
		}
	default:
		w.report(w.at(n), idWrongType, "expected a mapping, an alias of one, or a list of those to merge, found %s", describe(v))
	}
}

// entries calls each with the keys and values of a mapping whose keys are the
// user's, those of its merges last. Keys that stand twice are the caller's
// to find.
func (w *walker) entries(n *yaml.Node, what string, each func(key, value *yaml.Node)) {
	if w.describing() {
		w.shapes.entries(n, what, each)
		return
	}
	v := w.deref(n)
	if v == nil || w.tagged(v) {
		return
	}
	if v.Kind != yaml.MappingNode {
		w.report(w.at(n), idWrongType, "expected a mapping for %s, found %s%s", what, describe(v), emptyHint(v))
		return
	}
	merges := false
	for i := 0; i+1 < len(v.Content); i += 2 {
		if v.Content[i].Tag == "!!merge" {
			merges = true
			continue
		}
		each(v.Content[i], v.Content[i+1])
	}
	if !merges {
		return
	}
	own := map[string]bool{}
	for i := 0; i < len(v.Content); i += 2 {
		if k := w.deref(v.Content[i]); k != nil {
			own[k.Value] = true
		}
	}
	w.merged(v, 0, func(key, value *yaml.Node) {
		if k := w.deref(key); k != nil && !own[k.Value] {
			own[k.Value] = true
			each(key, value)
		}
	})
}
