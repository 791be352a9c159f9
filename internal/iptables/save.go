// Package iptables reads what iptables-save and ip6tables-save print of a host
// that forwards, into the words of the topology language: masquerade,
// port_forwards and forward_rules. What it does not understand makes the
// host's forwarding unknown, and is named.
package iptables

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// save is a file of iptables-save.
type save struct {
	file   string
	v6     bool
	tables map[string]*table
}

// table is nat, filter, mangle or raw.
type table struct {
	policies map[string]string // of the built-in chains
	chains   map[string][]*rule
}

// rule is one "-A" line. A flag may stand several times.
type rule struct {
	at    diag.Pos
	text  string
	flags []flag
}

// flag is an option with its values.
type flag struct {
	name   string // without dashes, in its long form
	values []string
	not    bool // "!" stands before it
}

func (r *rule) get(name string) *flag {
	for i := range r.flags {
		if r.flags[i].name == name {
			return &r.flags[i]
		}
	}
	return nil
}

// value is the first value of a flag; "" without it.
func (r *rule) value(name string) string {
	if f := r.get(name); f != nil && len(f.values) > 0 {
		return f.values[0]
	}
	return ""
}

// longNames are the long forms of short flags, and of spellings that mean one
// thing.
var longNames = map[string]string{"s": "source", "d": "destination", "p": "protocol", "i": "in-interface", "o": "out-interface", "j": "jump",
	"g": "goto", "m": "match", "dport": "dports", "destination-port": "dports", "destination-ports": "dports", "sport": "sports", "source-port": "sports",
	"source-ports": "sports", "state": "ctstate", "src": "source", "dst": "destination", "proto": "protocol"}

// read parses a file. It reports every line that is none of iptables-save's.
func read(file string, text []byte) (*save, []diag.Finding) {
	s := &save{file: file, tables: map[string]*table{}}
	var findings []diag.Finding
	bad := func(at diag.Pos, format string, args ...any) {
		findings = append(findings, diag.Finding{Pos: at, Severity: diag.Error, ID: idSyntax, Message: fmt.Sprintf(format, args...)})
	}
	var in *table
	for n, raw := range bytes.Split(text, []byte("\n")) {
		line, at := strings.TrimSpace(string(raw)), diag.Pos{File: file, Line: n + 1, Col: 1}
		switch {
		case line == "":
		case strings.HasPrefix(line, "#"):
			s.v6 = s.v6 || strings.Contains(line, "ip6tables-save")
		case strings.HasPrefix(line, "*"):
			in = &table{policies: map[string]string{}, chains: map[string][]*rule{}}
			s.tables[line[1:]] = in
		case line == "COMMIT":
			in = nil
		case in == nil:
			bad(at, "%q stands in no table; expected what iptables-save prints, which begins with a line as *nat", clip(line))
		case strings.HasPrefix(line, ":"):
			if f := strings.Fields(line[1:]); len(f) >= 2 {
				in.policies[f[0]] = f[1]
			}
		default:
			if strings.HasPrefix(line, "[") { // counters, of iptables-save -c
				_, line, _ = strings.Cut(line, "] ")
			}
			chain, r, err := parseRule(line)
			if err != nil {
				bad(at, "%q cannot be read: %v", clip(line), err)
				continue
			}
			r.at = at
			in.chains[chain] = append(in.chains[chain], r)
		}
	}
	if len(s.tables) == 0 && len(findings) == 0 {
		bad(diag.Pos{File: file, Line: 1, Col: 1}, "there is no table in the file; expected what iptables-save prints")
	}
	return s, findings
}

func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "..."
	}
	return s
}

// parseRule reads "-A CHAIN ...".
func parseRule(line string) (chain string, r *rule, err error) {
	words, err := split(line)
	if err != nil {
		return "", nil, err
	}
	if len(words) < 2 || words[0] != "-A" && words[0] != "--append" {
		return "", nil, errors.New("expected a rule as -A FORWARD -j ACCEPT")
	}
	r = &rule{text: line}
	not := false
	for _, w := range words[2:] {
		switch {
		case w == "!":
			not = true
		case strings.HasPrefix(w, "-") && len(w) > 1:
			name := strings.TrimLeft(w, "-")
			if long, ok := longNames[name]; ok {
				name = long
			}
			r.flags = append(r.flags, flag{name: name, not: not})
			not = false
		case len(r.flags) == 0:
			return "", nil, fmt.Errorf("%q stands where an option is expected", w)
		default:
			f := &r.flags[len(r.flags)-1]
			f.values = append(f.values, w)
		}
	}
	// -m names a module, which the options behind it show anyway.
	r.flags = slices.DeleteFunc(r.flags, func(f flag) bool {
		return f.name == "match" && len(f.values) == 1 && slices.Contains([]string{"tcp", "udp", "icmp", "icmp6", "multiport", "conntrack", "state", "comment"}, f.values[0])
	})
	return words[1], r, nil
}

// split cuts a line into words; quotes keep one together, as iptables-save
// writes them.
func split(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	open, quoted := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && quoted && i+1 < len(line):
			i++
			word.WriteByte(line[i])
		case c == '"':
			quoted, open = !quoted, true
		case (c == ' ' || c == '\t') && !quoted:
			if open {
				words = append(words, word.String())
				word.Reset()
				open = false
			}
		default:
			word.WriteByte(c)
			open = true
		}
	}
	if quoted {
		return nil, errors.New("a quote is not closed")
	}
	if open {
		words = append(words, word.String())
	}
	return words, nil
}
