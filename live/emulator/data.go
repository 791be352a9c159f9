package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Data holds recorded answers: the lists of all files by their top-level key.
type Data map[string][]any

// managedPrefixLists keeps apart the two calls whose key is PrefixLists.
const managedPrefixLists = "ManagedPrefixLists"

// Read reads the *.json files of a directory and below.
func Read(dir string) (Data, error) {
	d := Data{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		var file map[string]any
		if err := dec.Decode(&file); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for key, v := range file {
			switch v := mend(key, v).(type) {
			case []any:
				d[keyOf(key, v)] = append(d[keyOf(key, v)], v...)
			case map[string]any:
				d[key] = append(d[key], v)
			}
		}
		return nil
	})
	return d, err
}

func keyOf(key string, items []any) string {
	if key == "PrefixLists" && len(items) > 0 {
		if first, ok := items[0].(map[string]any); ok && first["PrefixListArn"] != nil {
			return managedPrefixLists
		}
	}
	return key
}

// find returns the entry of a list whose field has a value.
func (d Data) find(key, field, value string) map[string]any {
	for _, v := range d[key] {
		if m, ok := v.(map[string]any); ok && m[field] == value {
			return m
		}
	}
	return nil
}

// mend undoes what recorders do to AWS's answers: times printed with a blank
// for the T, and a false in place of a number that was hidden.
func mend(key string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			if m := mend(k, item); m == nil {
				delete(v, k)
			} else {
				v[k] = m
			}
		}
	case []any:
		for i := range v {
			v[i] = mend(key, v[i])
		}
	case bool:
		if key == "EnableLniAtDeviceIndex" {
			return nil
		}
	case string:
		if key == "LastError" {
			return nil // a structure, hidden
		}
		if at, err := time.Parse("2006-01-02 15:04:05-07:00", v); err == nil {
			return at.UTC().Format(time.RFC3339)
		}
	}
	return v
}
