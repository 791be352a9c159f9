package check

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// position matches a place in a message, as "net.yaml:40:9".
const position = `[^\s"'` + "`" + `(),]+:\d+:\d+`

// fingerprints names findings so that they are known again: by the rule, the
// resource and the message without places. Lines may move, and files may be
// named in another way. Of findings alike, each has its number.
type fingerprints struct {
	places *regexp.Regexp
	seen   map[string]int
}

func newFingerprints() *fingerprints {
	return &fingerprints{places: regexp.MustCompile(position), seen: map[string]int{}}
}

func (p *fingerprints) of(f diag.Finding, resource string) string {
	text := fmt.Sprintf("%s\x00%s\x00%s", f.ID, resource, p.places.ReplaceAllString(f.Message, "@"))
	p.seen[text]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", text, p.seen[text]))
	return hex.EncodeToString(sum[:16])
}
