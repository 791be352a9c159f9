package check

import (
	"fmt"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/load"
)

// ignoreWord begins a comment that silences a rule: `vpcpath:ignore RULE
// reason`, at the end of a line or above it.
const ignoreWord = "vpcpath:ignore"

// comment is such a comment.
type comment struct {
	load.Comment
	rule, reason string
	used         bool
}

// comments reads the ignores in the text of sources, and what is wrong with
// them.
func comments(sources []load.Source, c *Catalogue) (list []*comment, bad []diag.Finding) {
	for _, src := range sources {
		for _, found := range load.Comments(src, ignoreWord) {
			rest := strings.TrimPrefix(found.Text, ignoreWord)
			words := strings.Fields(rest)
			problem := ""
			switch {
			case rest != "" && rest[0] != ' ' && rest[0] != '\t' && rest[0] != ':':
				continue // another word
			case len(words) == 0 || rest[0] == ':':
				problem = "names no rule"
			case len(words) == 1:
				problem = fmt.Sprintf("of %q has no reason", words[0])
			}
			if problem != "" {
				bad = append(bad, invalid(found.At, "`vpcpath:ignore` %s; expected `# vpcpath:ignore RULE reason`", problem))
				continue
			}
			r, err := c.Find(words[0])
			switch {
			case err != nil:
				bad = append(bad, invalid(found.At, "`vpcpath:ignore`: %s", err))
			case r.Check == nil && r.Severity == diag.Error:
				bad = append(bad, invalid(found.At, "`vpcpath:ignore`: rule %q cannot be ignored: what it reports is bad input, which is never judged", r.ID))
			default:
				list = append(list, &comment{Comment: found, rule: r.ID, reason: strings.Join(words[1:], " ")})
			}
		}
	}
	return list, bad
}

func invalid(at diag.Pos, format string, args ...any) diag.Finding {
	return diag.Finding{Pos: at, Severity: diag.Error, ID: invalidIgnore, Message: fmt.Sprintf(format, args...)}
}

// suppressor decides which findings are ignored.
type suppressor struct {
	comments map[string][]*comment // by file
	ignores  []Ignore
	used     []bool // of ignores
}

func newSuppressor(list []*comment, s Settings) *suppressor {
	p := &suppressor{comments: map[string][]*comment{}, ignores: s.ignores, used: make([]bool, len(s.ignores))}
	for _, c := range list {
		p.comments[c.At.File] = append(p.comments[c.At.File], c)
	}
	return p
}

// of returns what silences a finding, or nil.
func (p *suppressor) of(f *Finding) *Suppression {
	var out *Suppression
	for _, c := range p.comments[f.Pos.File] {
		if c.rule == f.ID && f.Pos.Line > 0 && c.Line == f.Pos.Line && f.Pos.Object() == "" {
			c.used = true
			out = &Suppression{Kind: InSource, Reason: c.reason, At: c.At}
		}
	}
	for i, ignore := range p.ignores {
		if ignore.matches(f.ID, f.Resource) {
			p.used[i] = true
			if out == nil {
				out = &Suppression{Kind: External, Reason: ignore.Reason, At: ignore.At}
			}
		}
	}
	return out
}

// unused returns a finding for every ignore that silenced nothing, of rules
// that ran.
func (p *suppressor) unused(sources []load.Source, s Settings) []diag.Finding {
	var out []diag.Finding
	for _, src := range sources {
		for _, c := range p.comments[src.Name] {
			if !c.used && !s.off(c.rule) {
				where := fmt.Sprintf("on line %d", c.Line)
				if c.Line == 0 {
					where = "below"
				}
				out = append(out, diag.Finding{Pos: c.At, Severity: diag.Warning, ID: unusedIgnore,
					Message: fmt.Sprintf("nothing %s has the finding %q; delete the `vpcpath:ignore`", where, c.rule),
					Fix:     &diag.Fix{Message: "delete the comment", Edits: []diag.Edit{c.Delete}}})
			}
		}
		delete(p.comments, src.Name) // a source given twice
	}
	for i, ignore := range p.ignores {
		if !p.used[i] && !s.off(ignore.Rule) {
			out = append(out, diag.Finding{Pos: ignore.At, Severity: diag.Warning, ID: unusedIgnore,
				Message: ignore.text() + " matches no finding; delete it"})
		}
	}
	return out
}
