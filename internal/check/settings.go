package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

// Settings are what a team says about the rules. Make them with Settings of a
// Catalogue, which checks them.
type Settings struct {
	levels  map[string]Level
	ignores []Ignore
}

// Level is what becomes of a rule's findings.
type Level string

// The levels: three severities, and not to be run at all.
const (
	LevelOff     Level = "off"
	LevelInfo    Level = "info"
	LevelWarning Level = "warning"
	LevelError   Level = "error"
)

// Levels lists the levels, mildest first.
func Levels() []string {
	return []string{string(LevelOff), string(LevelInfo), string(LevelWarning), string(LevelError)}
}

// Ignore silences a rule for some resources, for a reason.
type Ignore struct {
	Rule     string
	Resource string   // the name of a resource; * stands for any characters
	Reason   string   // why, for whoever reads it later
	At       diag.Pos // where it is written
}

// Settings checks levels by rule id and ignores. The error lists all that is
// wrong, each with the id it is about.
func (c *Catalogue) Settings(levels map[string]string, ignores []Ignore) (Settings, []error) {
	s := Settings{levels: map[string]Level{}}
	var bad []error
	for _, id := range sortedKeys(levels) {
		level := levels[id]
		r, err := c.Find(id)
		switch {
		case err != nil:
			bad = append(bad, err)
		case !slices.Contains(Levels(), level):
			bad = append(bad, fmt.Errorf("rule %q has the level %q; expected one of %s%s", id, level, strings.Join(Levels(), ", "), diag.DidYouMean(level, Levels())))
		case r.Check == nil && r.Severity == diag.Error:
			bad = append(bad, fmt.Errorf("rule %q cannot have another level: what it reports is bad input, which is never judged", id))
		default:
			s.levels[id] = Level(level)
		}
	}
	for _, i := range ignores {
		r, err := c.Find(i.Rule)
		switch {
		case err != nil:
			bad = append(bad, err)
			continue
		case r.Check == nil && r.Severity == diag.Error:
			bad = append(bad, fmt.Errorf("rule %q cannot be ignored: what it reports is bad input, which is never judged", i.Rule))
		case i.Resource == "":
			bad = append(bad, fmt.Errorf("the ignore of %q names no resource; write its name, with * for any characters, or turn the rule off", i.Rule))
		case strings.TrimSpace(i.Reason) == "":
			bad = append(bad, fmt.Errorf("the ignore of %q for %q has no reason; write one, for whoever reads it later", i.Rule, i.Resource))
		}
		s.ignores = append(s.ignores, i)
	}
	return s, bad
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// off reports whether a rule is not to run.
func (s Settings) off(id string) bool { return s.levels[id] == LevelOff }

// severity returns the severity of a finding: what the settings say, or what
// it has itself.
func (s Settings) severity(f diag.Finding) diag.Severity {
	switch s.levels[f.ID] {
	case LevelInfo:
		return diag.Info
	case LevelWarning:
		return diag.Warning
	case LevelError:
		return diag.Error
	}
	return f.Severity
}

// matches reports whether an ignore speaks of a finding of a resource.
func (i Ignore) matches(id, resource string) bool {
	if i.Rule != id || resource == "" {
		return false
	}
	return model.MatchName(i.Resource, resource)
}

// text names an ignore in messages.
func (i Ignore) text() string {
	return fmt.Sprintf("the ignore of %q for %q", i.Rule, cmp.Or(i.Resource, "*"))
}
