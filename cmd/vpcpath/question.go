package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// question is what the flags ask.
type question struct {
	from, to, port string
	sourcePort     string
	reply          bool
	allRules       bool // record the rules that were passed over too
}

func (q *question) flags(cmd *cobra.Command, a *app) {
	f := cmd.Flags()
	f.StringVar(&q.from, "from", "", "who sends: a `name` of the topology, an address, a CIDR, internet or internet6")
	f.StringVar(&q.to, "to", "", "who is to receive: a `name`, an address, a CIDR, internet or internet6")
	f.StringVar(&q.port, "port", "", "what is sent: 443, tcp/443, udp/53, tcp/80,8000-8100, icmp, icmp/3/4, proto/47, all")
	f.StringVar(&q.sourcePort, "source-port", "", "the sender's `ports`: a port, a range, or linux, windows, nat (default 1024-65535)")
	f.BoolVar(&q.reply, "reply", false, "ask for the reply too where the protocol needs none, as UDP")
	a.completeEndpoints(cmd, "from", "to")
	complete(cmd, "port", "tcp/22", "tcp/80", "tcp/443", "tcp/3306", "tcp/3389", "tcp/5432", "udp/53", "udp/123", "icmp", "all")
	complete(cmd, "source-port", "linux", "windows", "nat", "1024-65535")
}

// given reports whether any part of a question is there.
func (q *question) given() bool { return q.from != "" || q.to != "" || q.port != "" }

// missing says which flags are missing.
func (q *question) missing() error {
	var missing []string
	for _, f := range []struct{ name, value string }{{"--from", q.from}, {"--to", q.to}, {"--port", q.port}} {
		if f.value == "" {
			missing = append(missing, f.name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("a question needs --from, --to and --port; missing: %s", strings.Join(missing, ", "))
}

// resolve turns the flags into a question about a topology.
func (q *question) resolve(t *model.Topology) (eval.Question, error) {
	var out eval.Question
	var err error
	if out.From, err = t.ParseEndpoint(q.from); err != nil {
		return out, badInputf("--from: %w", err)
	}
	if out.To, err = t.ParseEndpoint(q.to); err != nil {
		return out, badInputf("--to: %w", err)
	}
	out.Reply, out.AllRules = q.reply, q.allRules
	return out, q.ports(&out)
}

// ports reads the parts of a question that need no topology.
func (q *question) ports(out *eval.Question) (err error) {
	if out.Port, err = model.ParsePorts(q.port); err != nil {
		return badInputf("--port: %w", err)
	}
	if out.SourcePorts, err = model.ParseSourcePorts(q.sourcePort); err != nil {
		return badInputf("--source-port: %w", err)
	}
	return nil
}

// ask answers the question: with every hop, or with the reasons alone, which
// costs less where everything is reachable.
func (q *question) ask(t *model.Topology, hops bool) ([]*eval.Result, error) {
	what, err := q.resolve(t)
	if err != nil {
		return nil, err
	}
	what.Record, what.Why = hops, true
	results, err := eval.Compile(t).Ask(what)
	if err != nil {
		return nil, badInput{err}
	}
	return results, nil
}
