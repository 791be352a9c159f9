package terraform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// resource is one instance of a resource, or what a data source read.
type resource struct {
	address string
	typ     string
	name    string
	key     string // the key of for_each, or the index of count in digits; "" for neither
	counted bool   // key is an index
	data    bool
	module  []moduleKey
	values  map[string]any
	unknown any // the tree of what is known after apply only
	conf    *tfjson.ConfigResource
	at      diag.Pos
}

// moduleKey is a step of a module's address: its name, and the key of count or
// for_each.
type moduleKey struct {
	name, key string
	counted   bool
}

// world is all that a file knows of one moment: the network before a plan, or
// after it.
type world struct {
	resources []*resource
	byAddress map[string]*resource
	byConf    map[string][]*resource // by module instance, type and name
	byID      map[string]*resource
	modules   map[string][]moduleKey // the instances of modules, by address
	root      *tfjson.ConfigModule
	// gone are resources as they were before a plan that destroys or changes
	// them; their effects may still be listed elsewhere.
	gone []*resource
}

func newWorld(conf *tfjson.Config) *world {
	w := &world{byAddress: map[string]*resource{}, byConf: map[string][]*resource{}, byID: map[string]*resource{}, modules: map[string][]moduleKey{}}
	if conf != nil {
		w.root = conf.RootModule
	}
	return w
}

// worlds makes the network after and, of a plan, the one before.
func worlds(r read) (before, after *world) {
	if r.state != nil {
		after = newWorld(nil)
		after.values(r.file, r.state.Values, nil)
		return nil, after
	}
	p := r.plan
	unknown := map[string]any{}
	for _, c := range p.ResourceChanges {
		if c != nil && c.Change != nil && c.DeposedKey == "" {
			unknown[c.Address] = c.Change.AfterUnknown
		}
	}
	before, after = newWorld(nil), newWorld(p.Config) // before, everything is known
	if p.PriorState != nil {
		before.values(r.file, p.PriorState.Values, nil)
	}
	after.values(r.file, p.PlannedValues, unknown)
	for _, res := range before.resources {
		if res.data && after.byAddress[res.address] == nil { // data sources stand in the state only
			after.add(res)
		}
	}
	fromChanges := !slices.ContainsFunc(before.resources, func(r *resource) bool { return !r.data })
	for _, c := range p.ResourceChanges {
		if c == nil || c.Change == nil || c.DeposedKey != "" {
			continue
		}
		if values, ok := c.Change.Before.(map[string]any); ok && fromChanges && c.Mode == tfjson.ManagedResourceMode {
			before.add(before.resource(r.file, c.Address, c.Mode, c.Type, c.Name, c.Index, c.ModuleAddress, values, nil))
		}
		if p.PlannedValues == nil {
			if values, ok := c.Change.After.(map[string]any); ok {
				after.add(after.resource(r.file, c.Address, c.Mode, c.Type, c.Name, c.Index, c.ModuleAddress, values, c.Change.AfterUnknown))
			}
		}
	}
	for _, c := range p.ResourceChanges {
		if c != nil && c.Change != nil && (c.Change.Actions.Delete() || c.Change.Actions.Update() || c.Change.Actions.Replace()) {
			if old := before.byAddress[c.Address]; old != nil {
				after.gone = append(after.gone, old)
			}
		}
	}
	return before, after
}

// values adds the resources of a state.
func (w *world) values(file string, s *tfjson.StateValues, unknown map[string]any) {
	if s == nil {
		return
	}
	var module func(m *tfjson.StateModule, depth int)
	module = func(m *tfjson.StateModule, depth int) {
		if m == nil || depth > maxDepth {
			return
		}
		for _, r := range m.Resources {
			if r != nil && r.DeposedKey == "" { // one that is about to go, beside its successor
				w.add(w.resource(file, r.Address, r.Mode, r.Type, r.Name, r.Index, m.Address, r.AttributeValues, unknown[r.Address]))
			}
		}
		for _, c := range m.ChildModules {
			module(c, depth+1)
		}
	}
	module(s.RootModule, 0)
}

// maxDepth bounds how deep modules nest and references lead.
const maxDepth = 60

func (w *world) resource(file, address string, mode tfjson.ResourceMode, typ, name string, index any, module string, values map[string]any, unknown any) *resource {
	r := &resource{address: address, typ: typ, name: name, data: mode == tfjson.DataResourceMode, module: splitModule(module),
		values: values, unknown: unknown, at: diag.InObject(file, address)}
	if r.values == nil {
		r.values = map[string]any{}
	}
	r.key, r.counted = keyText(index)
	r.conf = w.configOf(r)
	return r
}

// keyText writes an index of count or a key of for_each.
func keyText(index any) (key string, counted bool) {
	switch i := index.(type) {
	case float64:
		return strconv.Itoa(int(i)), true
	case string:
		return i, false
	}
	return "", false
}

func (w *world) add(r *resource) {
	if w.byAddress[r.address] != nil {
		return
	}
	w.resources = append(w.resources, r)
	w.byAddress[r.address] = r
	w.byConf[confKey(r.module, r.data, r.typ, r.name)] = append(w.byConf[confKey(r.module, r.data, r.typ, r.name)], r)
	for n := range r.module {
		w.modules[moduleAddress(r.module[:n+1])] = r.module[:n+1]
	}
	if id := r.text("id"); id != "" && (w.byID[id] == nil || w.byID[id].data) && namesItself[r.typ] {
		w.byID[id] = r
	}
	if arn := r.text("arn"); arn != "" && w.byID[arn] == nil {
		w.byID[arn] = r
	}
}

func confKey(module []moduleKey, data bool, typ, name string) string {
	return fmt.Sprint(moduleAddress(module), "|", data, "|", typ, ".", name)
}

// configOf finds the block that a resource is an instance of.
func (w *world) configOf(r *resource) *tfjson.ConfigResource {
	m := w.configModule(r.module)
	if m == nil {
		return nil
	}
	for _, c := range m.Resources {
		if c != nil && c.Type == r.typ && c.Name == r.name && (c.Mode == tfjson.DataResourceMode) == r.data {
			return c
		}
	}
	return nil
}

func (w *world) configModule(path []moduleKey) *tfjson.ConfigModule {
	m := w.root
	for _, step := range path {
		if m == nil || m.ModuleCalls[step.name] == nil {
			return nil
		}
		m = m.ModuleCalls[step.name].Module
	}
	return m
}

// splitModule reads module.app["a"].module.db[0]. What it cannot read it
// leaves out.
func splitModule(address string) []moduleKey {
	var out []moduleKey
	for {
		rest, ok := strings.CutPrefix(address, "module.")
		if !ok {
			return out
		}
		end := strings.IndexAny(rest, ".[")
		if end < 0 {
			return append(out, moduleKey{name: rest})
		}
		step := moduleKey{name: rest[:end]}
		rest = rest[end:]
		if rest[0] == '[' {
			var ok bool
			step.key, step.counted, rest, ok = cutKey(rest)
			if !ok {
				return out
			}
		}
		out = append(out, step)
		address = strings.TrimPrefix(rest, ".")
	}
}

// cutKey reads ["a"] or [0] at the start of a text.
func cutKey(text string) (key string, counted bool, rest string, ok bool) {
	inner := text[1:]
	if strings.HasPrefix(inner, `"`) {
		quoted, err := strconv.QuotedPrefix(inner)
		if err != nil || !strings.HasPrefix(inner[len(quoted):], "]") {
			return "", false, "", false
		}
		key, _ = strconv.Unquote(quoted)
		return key, false, inner[len(quoted)+1:], true
	}
	end := strings.IndexByte(inner, ']')
	if end < 0 {
		return "", false, "", false
	}
	return inner[:end], true, inner[end+1:], true
}

func moduleAddress(path []moduleKey) string {
	var b strings.Builder
	for i, m := range path {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString("module." + m.name)
		switch {
		case m.counted:
			b.WriteString("[" + m.key + "]")
		case m.key != "":
			b.WriteString("[" + strconv.Quote(m.key) + "]")
		}
	}
	return b.String()
}
