package load

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func TestComments(t *testing.T) {
	text := strings.Join([]string{
		"version: 1 # x on the line",                 // 1
		"# x above, over a blank line and a comment", // 2
		"",               // 3
		"# another",      // 4
		"  # x indented", // 5
		"a: {b: \"# x quoted\", c: '# x', d: it's} # x behind it", // 6
		"e: \"over # x",                      // 7
		"  lines # x\" # x behind a quote",   // 8
		"f: |  # x at the head of a block",   // 9
		"  # x inside a block",               // 10
		"",                                   // 11
		"  # x inside too",                   // 12
		"g: rock - 'n roll # x behind words", // 13
		"h: a#x no comment",                  // 14
		"i: [&y 'a # x', !!str \"b # x\"] # x anchors and tags", // 15
		"j: don''t  # x", // 16
		"- k: >-",        // 17
		"    # x folded", // 18
		"- \"é\" # x after more bytes than characters", // 19
		"l: ' it''s # x ' # x escaped",                 // 20
		"m: \"\\\" # x \" # x escaped too",             // 21
		"# x with nothing below",                       // 22
	}, "\n")
	var got []string
	for _, c := range Comments(Source{Name: "f", Data: []byte(text)}, "x") {
		got = append(got, fmt.Sprintf("%d:%d>%d", c.At.Line, c.At.Col, c.Line))
	}
	want := []string{"1:12>1", "2:1>6", "5:3>6", "6:41>6", "8:14>8", "9:7>9", "13:19>13", "15:32>15", "16:12>16", "19:8>19", "20:18>20", "21:14>21", "22:1>0"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestCommentsEqualParser compares with the comments that the parser keeps,
// which have no places, on the files of the examples with a comment on every
// line that can have one.
func TestCommentsEqualParser(t *testing.T) {
	files, err := filepath.Glob("../examples/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		var b strings.Builder
		for i, l := range strings.Split(text, "\n") {
			if !strings.Contains(l, "#") && strings.TrimSpace(l) != "" {
				l += fmt.Sprintf(" # mark %d", i+1)
			}
			b.WriteString(l + "\n")
		}
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(b.String()), &doc); err != nil {
			continue // a mark inside a value that spans lines
		}
		var want []string
		var walk func(n *yaml.Node)
		walk = func(n *yaml.Node) {
			for _, c := range []string{n.HeadComment, n.LineComment, n.FootComment} {
				for l := range strings.Lines(c) {
					if l = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(l), "#")); strings.HasPrefix(l, "mark ") {
						want = append(want, l)
					}
				}
			}
			for _, c := range n.Content {
				walk(c)
			}
		}
		walk(&doc)
		var got []string
		for _, c := range Comments(Source{Name: name, Data: []byte(b.String())}, "mark ") {
			if c.Text != fmt.Sprintf("mark %d", c.At.Line) || c.Line != c.At.Line {
				t.Errorf("%s:%d: %q speaks of line %d", name, c.At.Line, c.Text, c.Line)
			}
			got = append(got, c.Text)
		}
		for _, w := range want { // the parser loses some in flow mappings
			if !slices.Contains(got, w) {
				t.Errorf("%s: the parser has the comment %q", name, w)
			}
		}
		if len(got) < 10 {
			t.Errorf("%s: %d comments only", name, len(got))
		}
	}
}
