package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/load"
)

// What the documents show is true: these tests do it. By the words behind the
// three ticks, a block of README.md or docs/*.md is
//
//	console        commands behind "$ " and what they print, both streams; a
//	               line "..." stands for any lines. All blocks of a document
//	               run in one directory, in their order; $? is the status of
//	               the command before.
//	yaml           a whole topology, which loads without errors
//	yaml FILE      the same, and a file in that directory for the commands
//	               below it; files of one folder are one topology
//	yaml fragment  a part of a topology, whose names may lead nowhere
//
// Anything else, such as sh, is left alone. With UPDATE=1 in the environment
// the outputs in the documents are rewritten, but for those with a "..." line;
// read the difference.

// block is a fenced block of a document.
type block struct {
	doc   string
	line  int // of the first line inside
	info  string
	lines []string
}

func (b block) text() string { return strings.Join(b.lines, "\n") + "\n" }

// documents returns the blocks of each document, by its path.
func documents(t *testing.T) map[string][]block {
	t.Helper()
	paths, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string][]block{}
	for _, path := range append(paths, "../../README.md") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		docs[path] = blocks(strings.TrimPrefix(path, "../../"), string(data))
	}
	return docs
}

func blocks(doc, text string) []block {
	var out []block
	open := false
	for i, line := range strings.Split(text, "\n") {
		switch info, fence := strings.CutPrefix(line, "```"); {
		case fence && open:
			open = false
		case fence:
			open = true
			out = append(out, block{doc: doc, line: i + 2, info: info})
		case open:
			b := &out[len(out)-1]
			b.lines = append(b.lines, line)
		}
	}
	return out
}

func TestDocumentsCommands(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("the commands need sh")
	}
	ran := 0
	for path, list := range documents(t) {
		if !slices.ContainsFunc(list, func(b block) bool { return b.info == "console" }) {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			s := shell{dir: t.TempDir(), status: "0", update: os.Getenv("UPDATE") != ""}
			for _, b := range list {
				kind, file, _ := strings.Cut(b.info, " ")
				switch {
				case kind == "yaml" && file != "" && file != "fragment":
					s.write(t, file, b.text())
				case kind == "console":
					ran += s.console(t, b)
				}
			}
			s.rewrite(t, path)
		})
	}
	if ran < 5 {
		t.Errorf("%d commands ran; expected those of README.md at least", ran)
	}
}

// shell runs the commands of one document.
type shell struct {
	dir    string
	status string // of the last command
	update bool
	edits  []edit // of the document, in its order
}

// edit replaces the lines from..to of a document, counted from 0, to left out.
type edit struct {
	from, to int
	lines    []string
}

// rewrite puts the outputs that have changed into the document.
func (s *shell) rewrite(t *testing.T, path string) {
	t.Helper()
	if len(s.edits) == 0 {
		return
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	for _, e := range slices.Backward(s.edits) {
		lines = slices.Replace(lines, e.from, e.to, e.lines...)
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (s *shell) write(t *testing.T, file, text string) {
	t.Helper()
	path := filepath.Join(s.dir, file)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// console runs a block and compares what it prints; it returns the number of
// commands.
func (s *shell) console(t *testing.T, b block) int {
	t.Helper()
	ran := 0
	for i := 0; i < len(b.lines); {
		command, ok := strings.CutPrefix(b.lines[i], "$ ")
		if !ok {
			t.Errorf("%s:%d: a block of commands begins with %q; expected \"$ \"", b.doc, b.line+i, b.lines[i])
			return ran
		}
		at := b.line + i
		for i++; strings.HasSuffix(command, "\\") && i < len(b.lines); i++ {
			command += "\n" + b.lines[i]
		}
		from := i
		for i < len(b.lines) && !strings.HasPrefix(b.lines[i], "$ ") {
			i++
		}
		got := s.run(t, command)
		want := trimmed(b.lines[from:i])
		switch free := slices.ContainsFunc(want, anyLines); {
		case matches(want, got):
		case s.update && !free:
			s.edits = append(s.edits, edit{b.line - 1 + from, b.line - 1 + i, got})
		default:
			t.Errorf("%s:%d: $ %s\nprints\n%s\n\nbut the document says\n%s",
				b.doc, at, command, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		ran++
	}
	return ran
}

// run runs one command as at a prompt and returns the lines that it prints.
func (s *shell) run(t *testing.T, command string) []string {
	t.Helper()
	cmd := exec.Command("sh", "-c", "(exit "+s.status+")\n"+command)
	cmd.Dir = s.dir
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "VPCPATH_") && !strings.HasPrefix(v, "COLUMNS=") && !strings.Contains(v, "COLOR") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "HOME="+s.dir, "XDG_CONFIG_HOME="+s.dir)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	s.status = "0"
	if exit != nil {
		s.status = strings.TrimPrefix(exit.String(), "exit status ")
	}
	return trimmed(strings.Split(string(bytes.TrimRight(out, "\n")), "\n"))
}

// trimmed drops blanks at the ends of lines and blank lines at the end.
func trimmed(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(l, " ")
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// anyLines reports whether a line stands for any lines.
func anyLines(line string) bool { return strings.TrimSpace(line) == "..." }

// matches compares what a document says with what a command prints.
func matches(want, got []string) bool {
	if len(want) == 0 {
		return len(got) == 0
	}
	if anyLines(want[0]) {
		for i := range len(got) + 1 {
			if matches(want[1:], got[i:]) {
				return true
			}
		}
		return false
	}
	return len(got) > 0 && want[0] == got[0] && matches(want[1:], got[1:])
}

func TestDocumentsTopologies(t *testing.T) {
	for path, list := range documents(t) {
		folders := map[string][]load.Source{}
		for _, b := range list {
			kind, file, _ := strings.Cut(b.info, " ")
			if kind != "yaml" {
				continue
			}
			// The lines of the document, so that findings point into it.
			src := load.Source{Name: b.doc, Data: []byte(strings.Repeat("\n", b.line-1) + b.text())}
			if dir := filepath.Dir(file); file != "fragment" && dir != "." {
				folders[dir] = append(folders[dir], src)
				continue
			}
			_, findings := load.Load([]load.Source{src})
			report(t, findings, file == "fragment")
		}
		for _, sources := range folders {
			_, findings := load.Load(sources)
			report(t, findings, false)
		}
		if len(list) == 0 && filepath.Base(path) == "language.md" {
			t.Errorf("%s shows no topology", path)
		}
	}
}

// report fails for every error, but for those that a fragment may have.
func report(t *testing.T, findings []diag.Finding, fragment bool) {
	t.Helper()
	for _, f := range findings {
		if f.Severity == diag.Error && !(fragment && (f.ID == "missing-version" || f.ID == "unknown-name")) {
			t.Error(f)
		}
	}
}

// TestLanguageReferenceIsComplete asks the loader which sections, keys and
// findings there are, and looks for each in the reference.
func TestLanguageReferenceIsComplete(t *testing.T) {
	data, err := os.ReadFile("../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	chapters := map[string]string{}
	for _, c := range strings.Split(text, "\n## ")[1:] {
		title, _, _ := strings.Cut(c, "\n")
		chapters[title] = c
	}
	sections := known(t, "bogus: {}")
	if len(sections) < 10 {
		t.Fatalf("the loader knows the sections %q only", sections)
	}
	for _, s := range sections {
		if s == "version" {
			continue
		}
		if _, ok := chapters[s]; !ok {
			t.Errorf("section %s has no chapter", s)
		}
		probes := []string{s + ": {x: {bogus: 1}}"}
		switch s {
		case "expect":
			probes = []string{"expect: [{bogus: 1}]"}
		case "route_tables":
			probes = append(probes, s+": {x: {routes: [{bogus: 1}]}}")
		case "network_acls":
			probes = append(probes, s+": {x: {ingress: [{bogus: 1}]}}")
		case "security_groups":
			probes = append(probes, s+": {x: {ingress: [{bogus: 1}]}}", s+": {x: {egress: [{bogus: 1}]}}")
		case "instances":
			probes = append(probes, s+": {x: {port_forwards: [{bogus: 1}]}}")
		case "tunnels":
			probes = append(probes, s+": {x: {ends: [{bogus: 1}]}}")
		}
		for _, p := range probes {
			for _, key := range known(t, p) {
				row := "\n| `" + key + "` |"
				if !strings.Contains(chapters[s], row) && !(s == "network_interfaces" && strings.Contains(chapters["instances"], row)) {
					t.Errorf("the chapter of %s has no row for the key %s", s, key)
				}
			}
		}
	}
	for _, id := range load.IDs() {
		if !strings.Contains(chapters["Findings"], "\n| `"+string(id.ID)+"` | ") {
			t.Errorf("the finding %s is missing", id.ID)
		}
	}
}

// known returns the keys that the loader expects instead of "bogus".
func known(t *testing.T, topology string) []string {
	t.Helper()
	_, findings := load.Load([]load.Source{{Name: "probe", Data: []byte("version: 1\n" + topology)}})
	for _, f := range findings {
		if _, list, ok := strings.Cut(f.Message, "; expected "); ok && f.ID == "unknown-key" {
			list, _, _ = strings.Cut(strings.TrimPrefix(list, "one of "), ";")
			return strings.Split(list, ", ")
		}
	}
	t.Fatalf("no word of the unknown key in %q: %v", topology, findings)
	return nil
}

// TestDocumentsLinks looks for what the documents link to inside the
// repository: the file, and in a document the heading.
func TestDocumentsLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	docs := documents(t)
	docs["../../CHANGELOG.md"] = nil
	for path := range docs {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(data), -1) {
			file, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(file, "://") {
				continue
			}
			target := path
			if file != "" {
				target = filepath.Join(filepath.Dir(path), file)
			}
			text, err := os.ReadFile(target)
			if err != nil {
				if _, err = os.Stat(target); err != nil {
					t.Errorf("%s links to %s, which is not there", path, m[1])
				}
				continue
			}
			if anchor != "" && !slices.Contains(anchors(string(text)), anchor) {
				t.Errorf("%s links to %s, and %s has no such heading", path, m[1], target)
			}
		}
	}
}

// anchors returns the names that the headings of a document have in links.
func anchors(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		title := strings.TrimLeft(line, "#")
		if title == line || !strings.HasPrefix(title, " ") {
			continue
		}
		out = append(out, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(title)))
	}
	return out
}
