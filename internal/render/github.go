package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
)

// annotationLevels are GitHub's words for the severities.
var annotationLevels = map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning", diag.Info: "notice"}

// Annotations writes a report as workflow commands of GitHub Actions, which
// shows them at the lines of a pull request
// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
// What is suppressed is left out, as there is no word for it.
func Annotations(w io.Writer, r check.Report, texts Texts) error {
	var b strings.Builder
	add := func(level string, at diag.Pos, title, message string) {
		var properties []string
		set := func(name, value string) {
			properties = append(properties, name+"="+annotationProperty.Replace(value))
		}
		if at.IsValid() {
			set("file", at.Path())
			if at.Line > 0 {
				set("line", itoa(at.Line))
				set("col", itoa(texts.column(at)))
			}
		}
		set("title", title)
		fmt.Fprintf(&b, "::%s %s::%s\n", level, strings.Join(properties, ","), annotationData.Replace(message))
	}
	for _, f := range r.Findings {
		if f.Suppressed != nil {
			continue
		}
		message := clean(f.Message)
		if f.Pos.Object() != "" {
			message = clean(f.Pos.Object()) + ": " + message
		}
		for _, rel := range f.Related {
			message += "\n" + joinNonEmpty(": ", clean(rel.Pos.String()), clean(rel.Message))
		}
		add(annotationLevels[f.Severity], f.Pos, f.ID, message)
	}
	for _, o := range r.Outcomes {
		if !o.OK {
			add("error", o.Expectation.At, expectRule, joinNonEmpty(": ", clean(o.Expectation.Name), outcomeText(o)))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// The escapes of GitHub's runner: for the message, and for the value of a
// property.
var (
	annotationData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	annotationProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
