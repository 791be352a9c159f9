package render

import (
	"fmt"
	"strings"

	"github.com/vpcpath/vpcpath/internal/check"
)

// expectRule is the id under which an expectation that fails is reported.
const expectRule = "expect"

// expectTitle names an expectation: by its name, else by what it says.
func expectTitle(o check.Outcome) string {
	x := o.Expectation
	text := fmt.Sprintf("%s -> %s %s %s", x.From.Text, x.To.Text, portsText(o), expectedText(x))
	return clean(joinNonEmpty(": ", x.Name, text))
}

// outcomeText writes why an expectation fails, as plain text of some lines.
func outcomeText(o check.Outcome) string {
	t := &textWriter{opts: Options{Verbose: false}}
	t.failures(o, "")
	return strings.TrimRight(t.String(), "\n")
}
