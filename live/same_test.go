package live

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// same compares two recordings as the importer reads them: what is null, empty
// or the metadata of a recorder counts as not there, and times are compared as
// times.
func same(t *testing.T, key string, got, want []any) {
	t.Helper()
	a, b := normal(got), normal(want)
	for i, line := range diff(key, a, b) {
		if i == 20 {
			t.Errorf("... and more")
			return
		}
		t.Error(line)
	}
}

func normal(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, item := range v {
			if n := normal(item); n != nil && !unknownToTheSDK[k] {
				out[k] = n
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		var out []any
		for _, item := range v {
			if n := normal(item); n != nil {
				out = append(out, n)
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case json.Number:
		return v.String()
	case bool:
		return fmt.Sprint(v)
	case string:
		if v == "" {
			return nil
		}
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return at.UTC().Format(time.RFC3339)
		}
		return v
	}
	return v
}

// unknownToTheSDK are fields that recorders have added, or that AWS has taken
// out of its model.
var unknownToTheSDK = map[string]bool{}

func diff(path string, got, want any) []string {
	switch w := want.(type) {
	case map[string]any:
		g, _ := got.(map[string]any)
		var out []string
		for k := range w {
			out = append(out, diff(path+"."+k, g[k], w[k])...)
		}
		for k := range g {
			if _, ok := w[k]; !ok {
				out = append(out, fmt.Sprintf("%s.%s: %v, not recorded", path, k, g[k]))
			}
		}
		return out
	case []any:
		g, _ := got.([]any)
		if len(g) != len(w) {
			return []string{fmt.Sprintf("%s: %d items, recorded %d", path, len(g), len(w))}
		}
		var out []string
		for i := range w {
			out = append(out, diff(fmt.Sprintf("%s[%d]", path, i), g[i], w[i])...)
		}
		return out
	}
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w && !strings.EqualFold(g, w) {
		return []string{fmt.Sprintf("%s: %s, recorded %s", path, g, w)}
	}
	return nil
}
