package load

import (
	"bytes"
	"math/rand/v2"
	"os"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestFastEqualsParser: where fastNodes takes a text, its nodes are those of
// the parser, places included.
func TestFastEqualsParser(t *testing.T) {
	texts := [][]byte{bigTopology(40), []byte(everySection)}
	for _, s := range fuzzSeeds {
		texts = append(texts, []byte(s))
	}
	for _, s := range []string{
		"a:\n- b\n- c: d\n  e: f\ng:\n", "a: # x\n  b: 1\n", "a: b # c\n", "a: b#c\n", "a: -1\n", "a: - 1\n", "a:  {b: c , d: [e , f]}  # g\n",
		"a: null\nnull: b\n", "- a\n- b: c\n  d:\n    - e\n", "a: 'x'\nb: \"y\"\nc: 'it''s'\n", "a: {b: 'c', d: \"e\"}\n", "a: b\n c\n", "a:\n  b\n",
		"a: 1:2\n", "a: b:\n", "a: [1,2]\n", "a: [b: c]\n", "a: {b}\n", "a: {b:c}\n", "a: {b: }\n", "a: [,]\n", "a: [b,]\n", "a: {}\nb: []\n", "  a: 1\n  b: 2\n", "a: 1\n  b: 2\n",
		"a:\n    b: 1\n  c: 2\n", "a: .\n", "a: =\n", "a: +1\n", "a: ~\n", "a:\n\n\n  b: 1\r\n", "- - a\n", "-\n  a: 1\n", "a: 2001:db8::1\nb: {2001:db8::1: x}\n", "a:b: c\n", "a:: b\n",
	} {
		texts = append(texts, []byte(s))
	}
	for _, file := range scenarioFiles(t) {
		if data, err := os.ReadFile(file); err == nil {
			texts = append(texts, data)
		}
	}
	rng := rand.New(rand.NewPCG(3, 4))
	taken := 0
	for _, text := range texts {
		for round := range 300 {
			data := text
			if round > 0 {
				data = mutate(rng, text)
			}
			if _, ok := checkText(Source{Data: data}); !ok || doubtful(data) {
				continue
			}
			root, ok := fastNodes(data)
			if !ok {
				continue
			}
			taken++
			var doc yaml.Node
			if err := yaml.Unmarshal(data, &doc); err != nil || len(doc.Content) != 1 {
				t.Fatalf("taken, but the parser says %v:\n%s", err, data)
			}
			if problem := differ(root, doc.Content[0]); problem != "" {
				t.Fatalf("%s:\n%s", problem, data)
			}
		}
	}
	if taken < 1000 {
		t.Errorf("only %d texts were taken", taken)
	}
}

// differ compares what the walker looks at.
func differ(a, b *yaml.Node) string {
	null := func(n *yaml.Node) bool { return n.Tag == "!!null" }
	switch {
	case a.Kind != b.Kind || a.Value != b.Value || null(a) != null(b) || isQuoted(a) != isQuoted(b) || len(a.Content) != len(b.Content):
		return "node " + describe(a) + " is " + describe(b)
	case a.Line != b.Line || a.Column != b.Column:
		return "place of " + describe(a) + " is " + itoa(a.Line) + ":" + itoa(a.Column) + ", for the parser " + itoa(b.Line) + ":" + itoa(b.Column)
	case b.Tag == "!!merge" || b.Anchor != "" || b.Kind == yaml.AliasNode || b.Style&yaml.TaggedStyle != 0:
		return "a node that is not of the subset"
	}
	for i := range a.Content {
		if s := differ(a.Content[i], b.Content[i]); s != "" {
			return s
		}
	}
	return ""
}

// TestFastTakesWhatToolsWrite: a generated file takes the fast way.
func TestFastTakesWhatToolsWrite(t *testing.T) {
	if _, ok := fastNodes(bytes.ReplaceAll(bigTopology(20), []byte("\n\n"), []byte("\n"))); !ok {
		t.Error("not taken")
	}
}
