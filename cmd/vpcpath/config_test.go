package main

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const exampleConfig = "../../configs/vpcpath.example.yaml"

// TestExampleConfig reads the example as a configuration and gives every
// value in it to the flag that it is for.
func TestExampleConfig(t *testing.T) {
	v, err := readConfig(exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	a := &app{getenv: func(string) string { return "" }, stdout: newOutput(nil)}
	root := newRoot(a)
	for _, key := range configKeys {
		if !v.IsSet(key) {
			t.Errorf("%s is not in the example", key)
		}
		for _, cmd := range root.Commands() {
			if err := a.apply(cmd, v, key, exampleConfig); err != nil {
				t.Errorf("%s: %v", cmd.Name(), err)
			}
		}
	}
	if a.settings.color != "auto" || a.settings.width != 0 || a.settings.output.stdout() != "table" {
		t.Errorf("the example changes the defaults: %+v", a.settings)
	}
	p, err := readPolicy(v, exampleConfig)
	if err != nil || len(p.levels) != 0 || len(p.ignores) != 0 || len(p.expect) != 0 {
		t.Errorf("the example has a policy: %+v, %v", p, err)
	}
}

func TestExampleConfigExplainsEveryKey(t *testing.T) {
	text, err := os.ReadFile(exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range append(policyKeys, configKeys...) {
		if !regexp.MustCompile(`(?m)^# .+\n` + key + `: `).Match(text) {
			t.Errorf("%s has no comment above it", key)
		}
	}
}

// TestConfigKeysAreFlags keeps the keys and the flags of one name together.
func TestConfigKeysAreFlags(t *testing.T) {
	root := newRoot(&app{getenv: os.Getenv, stdout: newOutput(nil)})
	var flags []string
	visit := func(f *pflag.Flag) { flags = append(flags, f.Name) }
	root.PersistentFlags().VisitAll(visit)
	for _, cmd := range []*cobra.Command{root, find(t, root, "check"), find(t, root, "explain")} {
		cmd.Flags().VisitAll(visit)
	}
	for _, key := range configKeys {
		if !slices.Contains(flags, key) {
			t.Errorf("%s is no flag", key)
		}
	}
}

func find(t *testing.T, root *cobra.Command, name string) *cobra.Command {
	t.Helper()
	cmd, _, err := root.Find([]string{name})
	if err != nil {
		t.Fatal(err)
	}
	return cmd
}
