package render

import (
	"cmp"
	"encoding/xml"
	"io"
	"strings"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
)

// The elements of JUnit's XML, as Jenkins describes them. Times are left out:
// the same input gives the same bytes.
type junitReport struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	Classname string        `xml:"classname,attr"`
	File      string        `xml:"file,attr,omitempty"`
	Line      int           `xml:"line,attr,omitempty"`
	Error     *junitProblem `xml:"error"`
	Failure   *junitProblem `xml:"failure"`
	Out       string        `xml:"system-out,omitempty"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes a report as JUnit's XML: a test case for each expectation and
// each rule that ran. A rule fails where one of its findings fails the check;
// findings that do not, or that are suppressed, are in its output.
func JUnit(w io.Writer, r check.Report) error {
	expectations := junitSuite{Name: "expectations"}
	for _, o := range r.Outcomes {
		c := junitCase{Name: expectTitle(o), Classname: "vpcpath.expect", File: o.Expectation.At.Path(), Line: o.Expectation.At.Line}
		if !o.OK {
			c.Failure = &junitProblem{o.Failures[0].Message, expectRule, xmlText(o.Expectation.At.String() + ":\n" + outcomeText(o))}
			c.Failure.Message = xmlText(c.Failure.Message)
		}
		expectations.add(c)
	}
	rules := junitSuite{Name: "rules"}
	for _, id := range r.RuleIDs() {
		rules.add(ruleCase(r, id))
	}
	out := junitReport{Name: "vpcpath"}
	for _, s := range []junitSuite{expectations, rules} {
		out.Tests, out.Failures, out.Errors = out.Tests+s.Tests, out.Failures+s.Failures, out.Errors+s.Errors
		out.Suites = append(out.Suites, s)
	}
	return writeXML(w, out)
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Error != nil {
		s.Errors++
	}
	s.Cases = append(s.Cases, c)
}

// ruleCase is the test case of a rule, or of what reading a topology finds.
func ruleCase(r check.Report, id string) junitCase {
	c := junitCase{Name: id, Classname: "vpcpath.rule"}
	var failing, rest []string
	first, at := "", diag.Pos{}
	for _, f := range r.Findings {
		if f.ID != id {
			continue
		}
		t := &textWriter{}
		t.mark(f)
		if !r.FailOn.Fails(f) {
			rest = append(rest, t.String())
			continue
		}
		first, at = cmp.Or(first, f.Message), cmp.Or(at, f.Pos)
		failing = append(failing, t.String())
	}
	c.File, c.Line = at.Path(), at.Line
	if len(failing) > 0 {
		p := &junitProblem{xmlText(first), id, xmlText(strings.TrimRight(strings.Join(failing, ""), "\n"))}
		if r.Rejected {
			c.Error = p // nothing was judged
		} else {
			c.Failure = p
		}
	}
	c.Out = xmlText(strings.TrimRight(strings.Join(rest, ""), "\n"))
	return c
}
