package render

import (
	"encoding/json"
	"io"

	"github.com/vpcpath/vpcpath/internal/check"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// schemaVersion is the version of the JSON output. Fields may be added to a
// version, never renamed or removed; docs/json.md lists them all.
const schemaVersion = 1

// writeJSON writes v with an indent of two spaces and a final newline, and
// the characters of "->" as they are.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// ResultsJSON writes one result as an object, several under "results".
func ResultsJSON(w io.Writer, results []*eval.Result) error {
	if len(results) == 1 {
		return writeJSON(w, struct {
			Version int `json:"version"`
			jsonResult
		}{schemaVersion, resultJSON(results[0])})
	}
	list := make([]jsonResult, len(results))
	for i, r := range results {
		list[i] = resultJSON(r)
	}
	return writeJSON(w, struct {
		Version int            `json:"version"`
		Results []jsonResult   `json:"results"`
		Summary map[string]int `json:"summary"`
	}{schemaVersion, list, verdictCounts(results)})
}

// verdictCounts has every verdict as a key; encoding/json sorts them.
func verdictCounts(results []*eval.Result) map[string]int {
	m := map[string]int{}
	for _, v := range []eval.Verdict{eval.Reachable, eval.Partial, eval.Unreachable, eval.Unknown} {
		m[v.String()] = 0
	}
	for _, r := range results {
		m[r.Verdict.String()]++
	}
	return m
}

// FindingsJSON writes findings alone, for input that cannot be asked.
func FindingsJSON(w io.Writer, list []diag.Finding) error {
	return writeJSON(w, struct {
		Version  int           `json:"version"`
		Findings []jsonFinding `json:"findings"`
	}{schemaVersion, findingsJSON(check.Rejected(list).Findings)})
}

// CheckJSON writes the report of a check without a question.
func CheckJSON(w io.Writer, r check.Report) error {
	list := make([]jsonExpectation, len(r.Outcomes))
	for i, o := range r.Outcomes {
		list[i] = expectationJSON(o)
	}
	return writeJSON(w, struct {
		Version      int               `json:"version"`
		Findings     []jsonFinding     `json:"findings"`
		Expectations []jsonExpectation `json:"expectations"`
		Plan         *jsonPlan         `json:"plan,omitempty"`
		Summary      Summary           `json:"summary"`
	}{schemaVersion, findingsJSON(r.Findings), list, planJSON(r.Plan), Summarise(r)})
}

// CodesJSON writes the codes.
func CodesJSON(w io.Writer, list []eval.CodeInfo) error {
	type code struct {
		Code    string `json:"code"`
		AWS     bool   `json:"aws"`
		Meaning string `json:"meaning"`
	}
	out := make([]code, len(list))
	for i, c := range list {
		out[i] = code{string(c.Code), c.AWS, c.Meaning}
	}
	return writeJSON(w, struct {
		Version int    `json:"version"`
		Codes   []code `json:"codes"`
	}{schemaVersion, out})
}

// ExamplesJSON writes a list of examples.
func ExamplesJSON(w io.Writer, list []Example) error {
	return writeJSON(w, struct {
		Version  int       `json:"version"`
		Examples []Example `json:"examples"`
	}{schemaVersion, list})
}

type jsonFinding struct {
	At          string           `json:"at"`
	Severity    string           `json:"severity"`
	ID          string           `json:"id"`
	Message     string           `json:"message"`
	Related     []jsonRelated    `json:"related,omitempty"`
	Fix         *jsonFix         `json:"fix,omitempty"`
	Resource    string           `json:"resource,omitempty"`
	Fingerprint string           `json:"fingerprint,omitempty"`
	Suppressed  *jsonSuppression `json:"suppressed,omitempty"`
}

type jsonRelated struct {
	At      string `json:"at"`
	Message string `json:"message"`
}

type jsonFix struct {
	Message string     `json:"message"`
	Edits   []jsonEdit `json:"edits"`
}

type jsonEdit struct {
	At   string `json:"at"`
	End  string `json:"end"`
	Text string `json:"text"`
}

type jsonSuppression struct {
	By     string `json:"by"`
	Reason string `json:"reason,omitempty"`
	At     string `json:"at,omitempty"`
}

// suppressedBy are the words for the kinds of suppression.
var suppressedBy = map[check.SuppressionKind]string{check.InSource: "comment", check.External: "configuration", check.Known: "baseline"}

func findingsJSON(list []check.Finding) []jsonFinding {
	out := make([]jsonFinding, len(list))
	for i, f := range list {
		out[i] = jsonFinding{At: f.Pos.String(), Severity: f.Severity.String(), ID: f.ID, Message: f.Message,
			Resource: f.Resource, Fingerprint: f.Fingerprint}
		for _, r := range f.Related {
			out[i].Related = append(out[i].Related, jsonRelated{r.Pos.String(), r.Message})
		}
		if f.Fix != nil {
			fix := &jsonFix{Message: f.Fix.Message, Edits: []jsonEdit{}}
			for _, e := range f.Fix.Edits {
				fix.Edits = append(fix.Edits, jsonEdit{e.Pos.String(), e.End.String(), e.Text})
			}
			out[i].Fix = fix
		}
		if s := f.Suppressed; s != nil {
			out[i].Suppressed = &jsonSuppression{suppressedBy[s.Kind], s.Reason, s.At.String()}
		}
	}
	return out
}

type jsonExpectation struct {
	At       string        `json:"at"`
	Name     string        `json:"name"`
	From     string        `json:"from"`
	To       string        `json:"to"`
	Ports    []string      `json:"ports"`
	Expected string        `json:"expected"`
	Verdict  string        `json:"verdict"`
	OK       bool          `json:"ok"`
	Failures []jsonFailure `json:"failures"`
	Forward  jsonDelivered `json:"forward"`
	Return   jsonDelivered `json:"return"`
	Blockers []jsonBlocker `json:"blockers"`
}

type jsonFailure struct {
	Message     string `json:"message"`
	Source      string `json:"source,omitempty"`
	Destination string `json:"destination,omitempty"`
	Port        string `json:"port,omitempty"`
	Verdict     string `json:"verdict,omitempty"`
	// Example is a packet that shows it.
	Example *jsonExample `json:"example,omitempty"`
}

type jsonExample struct {
	Packet jsonPacket `json:"packet"`
	Path   []string   `json:"path"`
	Reply  []string   `json:"reply,omitempty"`
}

type jsonDelivered struct {
	Delivered bool `json:"delivered"`
}

func expectationJSON(o check.Outcome) jsonExpectation {
	x := o.Expectation
	out := jsonExpectation{
		At: x.At.String(), Name: x.Name, From: x.From.Text, To: x.To.Text, Ports: []string{},
		Expected: expectedText(x), Verdict: o.Verdict.String(), OK: o.OK,
		Failures: []jsonFailure{}, Blockers: []jsonBlocker{},
		Forward: jsonDelivered{len(o.Results) > 0}, Return: jsonDelivered{len(o.Results) > 0},
	}
	for _, p := range x.Ports {
		out.Ports = append(out.Ports, askedText(p))
	}
	for _, f := range o.Failures {
		j := jsonFailure{Message: f.Message}
		if r := f.Result; r != nil {
			j.Source, j.Destination, j.Port, j.Verdict = partyName(r.From), partyName(r.To), askedText(r.Port), r.Verdict.String()
		}
		if e := f.Example; e != nil {
			packets := boxesJSON([]packet.Box{e.Packet}, f.Result.From.Names)
			j.Example = &jsonExample{packets[0], append([]string{}, e.Path...), e.Reply}
		}
		out.Failures = append(out.Failures, j)
	}
	for _, r := range o.Results {
		out.Forward.Delivered = out.Forward.Delivered && r.Forward.Delivered
		out.Return.Delivered = out.Return.Delivered && returned(r, x)
		out.Blockers = append(out.Blockers, blockersJSON(r.Blockers)...)
	}
	return out
}

// returned reports whether replies come back. A verdict of reachable says so
// by itself where the reply is part of it.
func returned(r *eval.Result, x *model.Expectation) bool {
	judged := x.Reply || r.Port.Echo || !r.Port.All && r.Port.Protocol == packet.TCP
	return r.Return.Delivered || judged && r.Verdict == eval.Reachable
}
