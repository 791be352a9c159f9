package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
)

// teamNet has a web tier that is open, a database that is not, a host behind
// a load balancer, and two ways out of one subnet.
const teamNet = `version: 1
vpcs: {vpc: {cidr: 10.0.0.0/16}}
internet_gateways: {igw: {vpc: vpc}}
subnets:
  public:  {vpc: vpc, cidr: 10.0.0.0/24, az: az-1, route_table: rtb}
  public-2: {vpc: vpc, cidr: 10.0.2.0/24, az: az-2, route_table: rtb}
  private: {vpc: vpc, cidr: 10.0.1.0/24, az: az-1, route_table: rtb-two}
route_tables:
  rtb: {vpc: vpc, routes: [{destination: 0.0.0.0/0, target: igw}]}
  rtb-two:
    vpc: vpc
    routes:
      - {destination: 0.0.0.0/1, target: nat-1}
      - {destination: 128.0.0.0/1, target: nat-2}
nat_gateways:
  nat-1: {subnet: public, private_ip: 10.0.0.20, public_ip: 203.0.113.20}
  nat-2: {subnet: public, private_ip: 10.0.0.21, public_ip: 203.0.113.21}
security_groups:
  sg-web: {vpc: vpc, ingress: [{protocol: tcp, ports: [80, 443], source: 0.0.0.0/0}]}
  sg-admin: {vpc: vpc, ingress: [{protocol: tcp, ports: 22, source: 198.51.100.0/24}, {protocol: udp, ports: 53, source: 0.0.0.0/0}]}
  sg-db: {vpc: vpc, ingress: [{protocol: tcp, ports: 5432, source: sg-web}, {protocol: tcp, ports: 8080, source: 10.0.0.0/16}]}
instances:
  web-1: {subnet: public, private_ip: 10.0.0.10, public_ip: 203.0.113.10, security_groups: [sg-web]}
  web-2: {subnet: public, private_ip: 10.0.0.11, public_ip: 203.0.113.11, security_groups: [sg-web, sg-admin]}
  db-1:  {subnet: private, private_ip: 10.0.1.10, security_groups: [sg-db]}
load_balancers:
  nlb:
    type: network
    scheme: internet_facing
    nodes: [{subnet: public, private_ip: 10.0.0.40, public_ip: 203.0.113.40}]
    listeners: [{protocol: tcp, port: 8080, targets: [{instance: db-1, port: 8080}], preserve_client_ip: false}]
`

// ask loads teamNet with one expectation and returns what comes of it.
func ask(t *testing.T, expect string) Outcome {
	t.Helper()
	topo, findings := load.Load([]load.Source{{Name: "f", Data: []byte(teamNet + "expect:\n  - " + expect + "\n")}})
	if diag.HasErrors(findings) {
		t.Fatalf("%s: %v", expect, findings)
	}
	return Expectations(eval.Compile(topo), topo.Expectations)[0]
}

// failures writes what fails as "from -> to: message".
func failures(o Outcome) string {
	var out []string
	for _, f := range o.Failures {
		text := f.Message
		if f.Result != nil {
			text = f.Result.From.Text + " -> " + f.Result.To.Text + ": " + text
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

func TestGroupsAndWildcards(t *testing.T) {
	for _, c := range []struct{ expect, want string }{
		// Everything that is open is found: the web tier and the load balancer.
		{`{from: internet, to: "*", port: any, verdict: unreachable}`,
			"internet -> web-1: expected unreachable, got partial\ninternet -> web-2: expected unreachable, got partial\ninternet -> eni-nlb: expected unreachable, got partial"},
		{`{from: internet, to: "*", except: ["web-*", nlb], port: any, verdict: unreachable}`, ""},
		{`{from: internet, to: "*", except: [sg-web, "n*"], port: any, verdict: unreachable}`, ""},
		{`{from: internet, to: vpc, except: public, port: any, verdict: unreachable}`, ""},
		{`{from: internet, to: "*b-*", except: web-2, port: 443, verdict: reachable}`, "internet -> db-1: expected reachable, got unreachable"},
		{`{from: "web-*", to: "db*", port: 5432, verdict: reachable}`, ""},
		{`{from: public, except: [web-2], to: db-1, port: 5432, verdict: reachable}`, ""},
		{`{from: internet, to: "web-*", except: "web*", port: any, verdict: unreachable}`, `pattern "web-*" has no network interface of an instance, interface endpoint or load balancer left`},
	} {
		got := failures(ask(t, c.expect))
		// The name of a load balancer's interface is the loader's.
		got = strings.ReplaceAll(got, "nlb.public", "eni-nlb")
		if got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.expect, got, c.want)
		}
	}
}

func TestOnly(t *testing.T) {
	for _, c := range []struct{ expect, want string }{
		{`{from: internet, to: web-1, only: [tcp/80, tcp/443]}`, ""},
		{`{from: internet, to: web-1, only: "tcp/80,443"}`, ""},
		{`{from: internet, to: web-1, only: tcp/80-443}`, "internet -> web-1: expected reachable, got partial"},
		{`{from: internet, to: web-1, only: [443]}`, "internet -> web-1: expected nothing but tcp/443 to be reachable; reachable too: tcp/80"},
		{`{from: internet, to: web-1, only: [80, 443, icmp]}`, "internet -> web-1: expected reachable, got unreachable"},
		{`{from: internet, to: "web-*", only: [80, 443]}`, "internet -> web-2: expected nothing but tcp/80 and tcp/443 to be reachable; reachable too: udp/53 and tcp/22"},
		{`{from: web-1, to: db-1, only: [5432, 8080], via: [db-1]}`, ""},
	} {
		o := ask(t, c.expect)
		got := failures(o)
		if got != c.want || o.OK != (c.want == "") {
			t.Errorf("%s\ngot  %s\nwant %s", c.expect, got, c.want)
		}
	}
}

// TestExamples: a counterexample is one packet of the question that does what
// is complained about; asked alone it does, too.
func TestExamples(t *testing.T) {
	for _, c := range []struct {
		expect, source, path, reply string
		port                        uint16
	}{
		{`{from: internet, to: "*", except: [nlb, web-1], port: any, verdict: unreachable}`, "", "internet > igw > web-2", "web-2 > igw > internet", 0},
		{`{from: internet, to: web-2, port: 22, verdict: unreachable}`, "198.51.100.0", "internet > igw > web-2", "web-2 > igw > internet", 22},
		{`{from: internet, to: web-1, only: 80}`, "", "internet > igw > web-1", "web-1 > igw > internet", 443},
		// Both NAT gateways carry a half: via and not_via speak of every way.
		{`{from: db-1, to: internet, port: 443, verdict: reachable, via: nat-1}`, "10.0.1.10", "db-1 > nat-2 > igw > internet", "internet > igw > nat-2 > db-1", 443},
		{`{from: db-1, to: internet, port: 443, verdict: reachable, not_via: nat-1}`, "10.0.1.10", "db-1 > nat-1 > igw > internet", "internet > igw > nat-1 > db-1", 443},
		{`{from: db-1, to: internet, port: 443, verdict: reachable, not_via: nat-2}`, "10.0.1.10", "db-1 > nat-2 > igw > internet", "internet > igw > nat-2 > db-1", 443},
	} {
		o := ask(t, c.expect)
		if o.OK || len(o.Failures) == 0 || o.Failures[0].Example == nil {
			t.Errorf("%s: no example: %s", c.expect, failures(o))
			continue
		}
		e := o.Failures[0].Example
		if got := strings.Join(e.Path, " > "); got != c.path {
			t.Errorf("%s: path %s", c.expect, got)
		}
		if got := strings.Join(e.Reply, " > "); got != c.reply {
			t.Errorf("%s: reply %s", c.expect, got)
		}
		if b := e.Packet; !one(b.Src, b.Family) || !one(b.Dst, b.Family) || c.port != 0 && b.DPorts[0].Lo != c.port {
			t.Errorf("%s: not one packet: %+v", c.expect, b)
		} else if got := b.Src[0].Lo.Addr(b.Family).String(); c.source != "" && got != c.source {
			t.Errorf("%s: from %s", c.expect, got)
		}
	}
	if o := ask(t, `{from: internet, to: db-1, port: 22, verdict: reachable}`); o.Failures[0].Example != nil {
		t.Error("an example where nothing gets through")
	}
}

// one reports whether ranges are one address.
func one(list []addr.Range, f addr.Family) bool {
	return len(list) == 1 && list[0] == addr.RangeOfAddr(list[0].Lo.Addr(f))
}

func TestExpectationsOfTeamsMistakes(t *testing.T) {
	for expect, want := range map[string]string{
		`{from: internet, to: web-1, only: 80, port: 80}`:                           "both `only` and `port`",
		`{from: internet, to: web-1, only: 80, verdict: reachable}`:                 "both `only` and `verdict`",
		`{from: internet, to: web-1, only: 80, because: TUNNEL_DOWN}`:               "both `only` and `because`",
		`{from: internet, to: web-1, only: []}`:                                     "the list of the only ports is empty",
		`{from: internet, to: web-1, only: all}`:                                    "leaves nothing out",
		`{from: internet, to: web-1, port: 80}`:                                     "lacks the key `verdict`, or `only`",
		`{from: internet, to: "wep-*", port: 80, verdict: reachable}`:               `has a name that matches "wep-*"`,
		`{from: internet, to: web-1, except: db-1, port: 80, verdict: reachable}`:   `neither "internet" nor "web-1" is one`,
		`{from: internet, to: "*", except: db-2, port: 80, verdict: reachable}`:     `no resource is named "db-2"`,
		`{from: internet, to: "*", except: "x*", port: 80, verdict: reachable}`:     `matches "x*"`,
		`{from: internet, to: "*", except: 10.0.0.1, port: 80, verdict: reachable}`: `"10.0.0.1" is no name of the topology`,
		`{from: internet, to: "*", except: igw, port: 80, verdict: reachable}`:      `"igw" is an internet gateway`,
		`{from: internet, to: "*", except: internet, port: 80, verdict: reachable}`: `"internet" is no name of the topology`,
		`{from: internet, to: "*", except: {}, port: 80, verdict: reachable}`:       "expected the name of a component",
	} {
		_, findings := load.Load([]load.Source{{Name: "f", Data: []byte(teamNet + "expect:\n  - " + expect + "\n")}})
		if !slices.ContainsFunc(findings, func(f diag.Finding) bool { return f.Severity == diag.Error && strings.Contains(f.Message, want) }) {
			t.Errorf("%s: %v", expect, findings)
		}
	}
}
