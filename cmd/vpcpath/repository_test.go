package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// repository writes a topology of 40 files: 39 VPCs and what they share. edit
// changes the text of one file.
func repository(t *testing.T, edit func(name, text string) string) string {
	t.Helper()
	dir := t.TempDir()
	put := func(name, text string) {
		if edit != nil {
			text = edit(name, text)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("00-shared.yaml", "version: 1\nexternal_networks:\n  office: {cidrs: [198.51.100.0/24]}\n")
	for i := 1; i < 40; i++ {
		put(fmt.Sprintf("vpc-%02d.yaml", i), strings.NewReplacer("NN", fmt.Sprintf("%02d", i), "N", fmt.Sprint(i)).Replace(`# The network of team N.
vpcs:
  vpc-NN: {cidr: 10.N.0.0/16}
internet_gateways:
  igw-NN: {vpc: vpc-NN}
subnets:
  public-NN: {vpc: vpc-NN, cidr: 10.N.0.0/24, az: az-1, route_table: rtb-public-NN}
  private-NN: {vpc: vpc-NN, cidr: 10.N.1.0/24, az: az-1, route_table: rtb-private-NN}
route_tables:
  rtb-public-NN:
    vpc: vpc-NN
    routes:
      - {destination: 0.0.0.0/0, target: igw-NN}
  rtb-private-NN:
    vpc: vpc-NN
    routes:
      - {destination: 0.0.0.0/0, target: nat-NN}
nat_gateways:
  nat-NN: {subnet: public-NN, private_ip: 10.N.0.20, public_ip: 203.0.113.N}
security_groups:
  sg-web-NN:
    vpc: vpc-NN
    ingress:
      - {protocol: tcp, ports: 443, source: 0.0.0.0/0}
    egress:
      - {protocol: tcp, ports: 5432, destination: sg-db-NN}
  sg-db-NN:
    vpc: vpc-NN
    ingress:
      - {protocol: tcp, ports: 5432, source: sg-web-NN}
    egress:
      - {protocol: tcp, ports: 443, destination: 0.0.0.0/0}
instances:
  web-NN: {subnet: public-NN, private_ip: 10.N.0.10, public_ip: 198.51.N.1, security_groups: [sg-web-NN]}
  db-NN: {subnet: private-NN, private_ip: 10.N.1.10, security_groups: [sg-db-NN]}
expect:
  - {from: internet, to: web-NN, port: 443, verdict: reachable}
  - {from: web-NN, to: db-NN, port: 5432, verdict: reachable}
  - {from: internet, to: db-NN, port: 5432, verdict: unreachable}
  - {from: db-NN, to: internet, port: 443, verdict: reachable, via: nat-NN}
`))
	}
	return dir
}

// inProcess runs a command line, and returns its status and streams.
func inProcess(args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	a := &app{stdin: strings.NewReader(""), stdout: newOutput(&out), stderr: &err, getenv: func(string) string { return "" }}
	status = run(args, a)
	return status, out.String(), err.String()
}

// TestRepositoryWithOneBadLine: of 40 files the output is the one bad line and
// nothing else.
func TestRepositoryWithOneBadLine(t *testing.T) {
	t.Chdir(t.TempDir()) // no configuration
	clean := repository(t, nil)
	if status, out, err := inProcess("check", "--quiet", clean); status != statusOK || out+err != "" {
		t.Fatalf("a clean repository: status %d\n%s%s", status, out, err)
	}
	if status, out, err := inProcess("check", clean); status != statusOK || out+err != "156 expectations, all hold\n" {
		t.Fatalf("a clean repository: status %d\n%s%s", status, out, err)
	}
	for _, c := range []struct {
		name, old, new string
		status         int
		at, says       string
	}{
		{"a slip of the pen", "destination: 0.0.0.0/0, target: nat-23}", "destination: 0.0.0.0/0, target: nat-32x}", statusBadInput, ":17:42: ", `"nat-32x"`},
		{"a value that is none", "cidr: 10.23.1.0/24", "cidr: 10.23.1.0/240", statusBadInput, ":8:35: ", `"10.23.1.0/240" is not a CIDR`},
		{"a route to nowhere", "destination: 0.0.0.0/0, target: nat-23}", "destination: 0.0.0.0/0, target: nat-23}\n      - {destination: 10.99.0.0/16, target: blackhole}", statusNo, ":18:9: ", "blackhole-route"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := repository(t, func(name, text string) string {
				if name != "vpc-23.yaml" {
					return text
				}
				if !strings.Contains(text, c.old) {
					t.Fatalf("no %q", c.old)
				}
				return strings.Replace(text, c.old, c.new, 1)
			})
			status, out, err := inProcess("check", "--fail-on", "warning", dir)
			if status != c.status {
				t.Errorf("status %d", status)
			}
			text := out + err
			if strings.Count(text, "\n") != 1 || !strings.HasPrefix(text, filepath.Join(dir, "vpc-23.yaml")+c.at) || !strings.Contains(text, c.says) {
				t.Errorf("the output is not the bad line alone:\n%s", text)
			}
		})
	}
}
