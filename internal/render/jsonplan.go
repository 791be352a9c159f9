package render

import "github.com/vpcpath/vpcpath/internal/check"

// jsonPlan is what a plan changes.
type jsonPlan struct {
	Fresh   bool         `json:"fresh"`
	Changes []jsonChange `json:"changes"`
}

type jsonChange struct {
	At      string   `json:"at"`
	Name    string   `json:"name"`
	From    string   `json:"from"`
	To      string   `json:"to"`
	Ports   []string `json:"ports"`
	Before  *string  `json:"before"`
	After   string   `json:"after"`
	Missing string   `json:"missing,omitempty"`
}

func planJSON(p *check.Plan) *jsonPlan {
	if p == nil {
		return nil
	}
	out := &jsonPlan{Fresh: p.Fresh, Changes: []jsonChange{}}
	for _, c := range p.Changes {
		x := c.Expectation
		j := jsonChange{At: x.At.String(), Name: x.Name, From: x.From.Text, To: x.To.Text, Ports: []string{}, After: c.Verdict.String(), Missing: c.Missing}
		for _, p := range x.Ports {
			j.Ports = append(j.Ports, askedText(p))
		}
		if c.Missing == "" {
			before := c.Before.String()
			j.Before = &before
		}
		out.Changes = append(out.Changes, j)
	}
	return out
}
