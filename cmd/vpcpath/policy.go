package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/viper"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
)

// policy is what a configuration file says about checks, besides flags.
type policy struct {
	levels  map[string]string // by rule id
	ignores []check.Ignore
	expect  []string // files with expectations
}

// policyKeys are the keys of a configuration file that are no flags.
var policyKeys = []string{"expect", "ignore", "rules"}

// readPolicy reads the policy keys of a configuration file. Rule ids may be
// keys, being in lower case and without dots; names of resources may not.
func readPolicy(v *viper.Viper, file string) (p policy, err error) {
	p.levels = map[string]string{}
	var bad []error
	fail := func(format string, args ...any) { bad = append(bad, fmt.Errorf(file+": "+format, args...)) }
	if v.IsSet("rules") {
		rules, ok := v.Get("rules").(map[string]any)
		if !ok {
			fail("rules: expected a level for each rule, as `open-to-the-internet: warning`")
		}
		for _, id := range slices.Sorted(maps.Keys(rules)) {
			switch level := rules[id].(type) {
			case string:
				p.levels[id] = level
			case bool: // what some readers of YAML make of off
				p.levels[id] = map[bool]string{false: "off", true: "on"}[level]
			default:
				fail("rules: %s: expected a level, one of %s", id, alternatives(check.Levels()))
			}
		}
	}
	if v.IsSet("expect") {
		switch x := v.Get("expect").(type) {
		case string:
			p.expect = []string{x}
		case []any:
			for _, item := range x {
				name, ok := item.(string)
				if !ok || name == "" {
					fail("expect: expected the names of files")
					continue
				}
				p.expect = append(p.expect, name)
			}
		default:
			fail("expect: expected the names of files")
		}
	}
	if v.IsSet("ignore") {
		list, ok := v.Get("ignore").([]any)
		if !ok {
			fail("ignore: expected a list of {rule, resource, reason}")
		}
		for i, item := range list {
			ignore, err := readIgnore(item)
			if err != nil {
				fail("ignore: entry %d: %w", i+1, err)
			}
			ignore.At = diag.Pos{File: file}
			p.ignores = append(p.ignores, ignore)
		}
	}
	return p, errors.Join(bad...)
}

func readIgnore(item any) (out check.Ignore, err error) {
	fields := map[string]*string{"rule": &out.Rule, "resource": &out.Resource, "reason": &out.Reason}
	m, ok := item.(map[string]any)
	if !ok {
		return out, errors.New("expected a mapping {rule, resource, reason}")
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		into, known := fields[key]
		text, isText := m[key].(string)
		switch {
		case !known:
			return out, fmt.Errorf("unknown key %q; expected reason, resource or rule%s", key, diag.DidYouMean(key, []string{"reason", "resource", "rule"}))
		case !isText:
			return out, fmt.Errorf("%s: expected a text", key)
		}
		*into = text
	}
	if out.Rule == "" {
		return out, errors.New("it names no rule")
	}
	return out, nil
}

// settings joins the policy with the levels of --rule, which go first.
func (p policy) settings(c *check.Catalogue, flags []string) (check.Settings, error) {
	levels := maps.Clone(p.levels)
	if levels == nil {
		levels = map[string]string{}
	}
	for _, text := range flags {
		id, level, ok := strings.Cut(text, "=")
		if !ok {
			return check.Settings{}, badInputf("--rule %q: expected RULE=LEVEL, where LEVEL is %s", text, alternatives(check.Levels()))
		}
		levels[id] = level
	}
	s, bad := c.Settings(levels, p.ignores)
	if len(bad) > 0 {
		return s, badInputf("settings: %w", errors.Join(bad...))
	}
	return s, nil
}

// readBaseline reads a baseline file.
func readBaseline(c *check.Catalogue, file string) (*check.Baseline, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, badInputf("there is no baseline %s; make it with --update-baseline", file)
	}
	if err != nil {
		return nil, badInputf("cannot read the baseline: %w", err)
	}
	b, err := c.ReadBaseline(text)
	if err != nil {
		return nil, badInputf("%s: %w", file, err)
	}
	return b, nil
}

// writeBaseline writes a baseline file, whole or not at all.
func writeBaseline(file string, text []byte) (err error) {
	defer func() {
		if err != nil {
			err = badInputf("cannot write the baseline: %w", err)
		}
	}()
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
