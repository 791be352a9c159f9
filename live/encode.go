package live

import (
	"bytes"
	"encoding/json"
	"strings"
)

// encode writes items under the key of their call as the AWS CLI does: what is
// not set is left out, and names of Direct Connect begin with a small letter.
func encode(c call, items []any) ([]byte, error) {
	lower := strings.HasPrefix(c.action, "directconnect:")
	raw, err := json.Marshal(items)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return nil, err
	}
	list, _ := tidy(value, lower).([]any)
	if list == nil {
		list = []any{}
	}
	answer := any(list)
	if c.key == "VpcBlockPublicAccessOptions" { // one structure, not a list
		answer = map[string]any{}
		if len(list) > 0 {
			answer = list[0]
		}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "    ")
	if err := enc.Encode(map[string]any{outerKey(c.key): answer}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// outerKey is the key that stands in the file.
func outerKey(key string) string {
	if key == managedPrefixLists {
		return "PrefixLists"
	}
	return key
}

// tidy drops what the SDK has as null or as an empty text: what AWS did not
// say.
func tidy(v any, lower bool) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, item := range v {
			if k == "ResultMetadata" || item == nil || item == "" {
				continue
			}
			if lower {
				k = strings.ToLower(k[:1]) + k[1:]
			}
			out[k] = tidy(item, lower)
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, item := range v {
			out = append(out, tidy(item, lower))
		}
		return out
	}
	return v
}
