// Package examples holds topologies that ship inside the program: systems
// that people build, in the words of the topology language, to read and ask.
package examples

import (
	"embed"
	"strings"
)

//go:embed *.yaml
var files embed.FS

// Example is one topology. Its description is the file's first comment line.
type Example struct {
	Name        string
	Description string
}

// List returns every example, by name.
func List() []Example {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the files are compiled in
	}
	var out []Example
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".yaml")
		text, _ := Get(name)
		first, _, _ := strings.Cut(string(text), "\n")
		out = append(out, Example{Name: name, Description: strings.TrimSpace(strings.TrimPrefix(first, "#"))})
	}
	return out
}

// Get returns the YAML of an example.
func Get(name string) ([]byte, bool) {
	text, err := files.ReadFile(name + ".yaml")
	return text, err == nil
}
