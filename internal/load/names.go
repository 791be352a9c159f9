package load

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// ref is a name as the user wrote it, to be looked up when all are known.
type ref struct {
	text string
	at   diag.Pos
}

func (r ref) given() bool { return r.at.Line > 0 }

// maxNameLength bounds names, in bytes.
const maxNameLength = 255

var reservedNames = []string{"local", "blackhole", "internet", "internet6", "self"}

// NameProblem says what is wrong with a name; "" when nothing is. Importers
// ask it before they give names.
func NameProblem(name string) string {
	if slices.Contains(reservedNames, name) {
		return fmt.Sprintf("name %q is reserved; the words %s mean something by themselves", name, strings.Join(reservedNames, ", "))
	}
	if len(name) > maxNameLength {
		return fmt.Sprintf("name %s has %d bytes; at most %d", quote(name), len(name), maxNameLength)
	}
	if numeric(name) || strings.Contains(name, "%") {
		if _, err := netip.ParseAddr(name); err == nil {
			return fmt.Sprintf("name %q is an address; expected a name that cannot be taken for one", name)
		}
		if _, err := netip.ParsePrefix(name); err == nil {
			return fmt.Sprintf("name %q is a CIDR; expected a name that cannot be taken for one", name)
		}
	}
	for i, c := range name {
		if c < 0x80 && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_') {
			continue
		}
		if c >= 0x80 && (unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c)) {
			continue
		}
		if i > 0 && strings.ContainsRune(`-./:@+=[]"`, c) {
			continue
		}
		if i == 0 {
			return fmt.Sprintf("name %s begins with %q; expected a letter, a digit or _", quote(name), c)
		}
		return fmt.Sprintf("name %s has %q in it; expected letters, digits and - _ . / : @ + = [ ] \"", quote(name), c)
	}
	return ""
}

// name reads the name of a resource to be made, as the key of a section's entry.
func (w *walker) name(key *yaml.Node) (string, bool) {
	if w.describing() && key.Kind == 0 { // a name as a value
		w.shapes.scalar(key, "a name")
		return "", false
	}
	v := w.deref(key)
	if v == nil {
		return "", false
	}
	if v.Kind != yaml.ScalarNode || isNull(v) || v.Value == "" {
		w.report(w.at(key), idInvalidName, "expected a name, found %s", describe(v))
		return "", false
	}
	if problem := NameProblem(v.Value); problem != "" {
		w.report(w.at(key), idInvalidName, "%s", problem)
		return v.Value, false
	}
	return v.Value, true
}

// resolver turns declarations into a topology.
type resolver struct {
	t           *model.Topology
	d           *decls
	foreign     map[string]bool // names that are none, and have their error
	findings    []diag.Finding
	holes       bool // something could not be resolved
	suggestions map[string]string
	suggested   int
	// unknownGroups stand in for groups that are not modelled.
	unknownGroups map[*model.Unmodelled]*model.SecurityGroup
}

// fault reports what AWS would refuse; the topology stays whole.
func (r *resolver) fault(at diag.Pos, id ID, format string, args ...any) {
	r.findings = append(r.findings, diag.Finding{Pos: at, Severity: diag.Error, ID: string(id), Message: fmt.Sprintf(format, args...)})
}

// faultOf is fault with another place.
func (r *resolver) faultOf(at diag.Pos, id ID, other diag.Pos, note string, format string, args ...any) {
	f := diag.Finding{Pos: at, Severity: diag.Error, ID: string(id), Message: fmt.Sprintf(format, args...)}
	if other.IsValid() {
		f.Related = []diag.Related{{Pos: other, Message: note}}
	}
	r.findings = append(r.findings, f)
}

// hole reports what leaves the topology incomplete.
func (r *resolver) hole(at diag.Pos, id ID, format string, args ...any) {
	r.holes = true
	r.fault(at, id, format, args...)
}

// declare enters a resource in the namespace; at is where the user wrote the
// name. It reports whether the name was free.
func (r *resolver) declare(res model.Resource) bool {
	id := res.ID()
	old, taken := r.t.Names[id.Name]
	if !taken {
		r.t.Names[id.Name] = res
		return true
	}
	r.holes = true
	other := old.ID()
	where := " at " + other.At.String()
	if !other.At.IsValid() {
		where = ", which AWS makes by itself"
	}
	r.faultOf(id.At, idDuplicateName, other.At, "the first "+quote(id.Name),
		"name %q is taken already by the %s%s; a name stands for one resource, across kinds and files", id.Name, other.Kind.Words(), where)
	return false
}

// lookup finds the resource of type T that a name stands for. A name not
// given, or one that is none, finds nothing and says nothing.
func lookup[T model.Resource](r *resolver, name ref, kinds ...model.Kind) (T, bool) {
	var zero T
	res, ok := r.find(name, kinds...)
	if !ok {
		return zero, false
	}
	t, ok := res.(T)
	return t, ok
}

// find is lookup for several kinds.
func (r *resolver) find(name ref, kinds ...model.Kind) (model.Resource, bool) {
	if !name.given() {
		return nil, false
	}
	res, ok := r.t.Names[name.text]
	if !ok {
		if r.foreign[name.text] {
			r.holes = true
			return nil, false
		}
		r.hole(name.at, idUnknownName, "no resource is named %s; expected the name of %s%s", quote(name.text), kindWords(kinds), r.nearest(name.text, kinds))
		return nil, false
	}
	if !slices.Contains(kinds, res.ID().Kind) {
		r.hole(name.at, idWrongKind, "%s is %s; expected %s%s", quote(name.text), res.ID().Kind.Phrase(), kindWords(kinds), r.nearest(name.text, kinds))
		return nil, false
	}
	return res, true
}

// kindWords lists kinds: "a subnet or an instance".
func kindWords(kinds []model.Kind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = k.Phrase()
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return words[0]
}

// manyNames is the number of names beyond which suggestions are rationed:
// each looks at every name.
const (
	manyNames       = 2000
	mostSuggestions = 30
)

// nearest suggests the nearest name of the given kinds.
func (r *resolver) nearest(text string, kinds []model.Kind) string {
	if len(text) < 3 {
		return "" // every short name is near to every other
	}
	key := text + "\x00" + fmt.Sprint(kinds)
	if s, ok := r.suggestions[key]; ok {
		return s
	}
	if len(r.t.Names) > manyNames {
		if r.suggested++; r.suggested > mostSuggestions {
			return ""
		}
	}
	var names []string
	for name, res := range r.t.Names {
		if slices.Contains(kinds, res.ID().Kind) {
			names = append(names, name)
		}
	}
	s := diag.DidYouMean(text, names)
	if r.suggestions == nil {
		r.suggestions = map[string]string{}
	}
	r.suggestions[key] = s
	return s
}

// vpc looks up a VPC; nil when it is not given or not found.
func (r *resolver) vpc(name ref) *model.VPC {
	v, _ := lookup[*model.VPC](r, name, model.KindVPC)
	return v
}
