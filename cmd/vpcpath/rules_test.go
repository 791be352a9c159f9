package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/render"
)

// TestRulesDocumentIsGenerated compares docs/rules.md with what the rules say
// of themselves; UPDATE=1 writes it.
func TestRulesDocumentIsGenerated(t *testing.T) {
	var b bytes.Buffer
	if err := render.CatalogueMarkdown(&b, check.NewCatalogue().Rules()); err != nil {
		t.Fatal(err)
	}
	const path = "../../docs/rules.md"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, b.Bytes()) {
		t.Error("docs/rules.md is not what the rules say; run this test with UPDATE=1 and read the difference")
	}
}
