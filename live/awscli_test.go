package live

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/live/emulator"
)

// awscli returns the AWS CLI's path; VPCPATH_AWS_CLI names another than
// Debian's. Without it the test is skipped, or fails where
// VPCPATH_LIVE=require says that it has to be there.
func awscli(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("VPCPATH_AWS_CLI"); path != "" {
		return path
	}
	for _, name := range []string{"/usr/bin/aws", "aws"} { // Debian's before another one on the PATH
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const why = "the AWS CLI is not there; Debian has it as awscli"
	if os.Getenv("VPCPATH_LIVE") == "require" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}

// command is the AWS CLI's command for a call, as describe-route-tables.
func command(action string) (service, name string) {
	service, action, _ = strings.Cut(action, ":")
	var b strings.Builder
	upper := func(i int) bool { return i < len(action) && action[i] >= 'A' && action[i] <= 'Z' }
	for i := range len(action) {
		if upper(i) && i > 0 && (!upper(i-1) || i+1 < len(action) && !upper(i+1)) {
			b.WriteByte('-')
		}
		b.WriteByte(action[i])
	}
	return service, strings.ToLower(b.String())
}

// TestServerSpeaksTheProtocols asks an independent client what the server
// says: the server is no better than that.
func TestServerSpeaksTheProtocols(t *testing.T) {
	aws := awscli(t)
	data := dumps(t)["own"]
	if d, ok := dumps(t)["terraform/raw1/describe"]; ok {
		for key, items := range d {
			if len(data[key]) == 0 {
				data[key] = items
			}
		}
	}
	serve(t, &emulator.Server{Account: "111122223333", Data: data, PageSize: 4, Refuse: true})
	t.Setenv("AWS_RETRY_MODE", "standard")
	t.Setenv("AWS_MAX_ATTEMPTS", "10")
	t.Setenv("AWS_PAGER", "")
	asked := 0
	for _, c := range calls {
		service, name := command(c.action)
		switch {
		case c.key == "PrefixLists" || len(data[c.key]) == 0, c.key == "LoadBalancers":
			continue // nothing recorded, or a key that two calls have
		case !strings.HasPrefix(name, "describe-") || service != "ec2" && service != "rds" && service != "directconnect":
			continue // asked about each item
		case c.key == "directConnectGatewayAssociations" || c.key == "VpcBlockPublicAccessOptions" || c.key == "VpcBlockPublicAccessExclusions":
			continue // Debian's CLI is older than these, or wants an argument
		}
		cmd := exec.Command(aws, "--endpoint-url", os.Getenv("AWS_ENDPOINT_URL"), "--output", "json", service, name)
		if name == "describe-byoip-cidrs" { // wants it
			cmd.Args = append(cmd.Args, "--max-results", "100")
		}
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); err != nil {
			t.Errorf("aws %s %s: %v: %s", service, name, err, &stderr)
			continue
		}
		dec := json.NewDecoder(&stdout)
		dec.UseNumber()
		var out map[string][]any
		if err := dec.Decode(&out); err != nil {
			t.Errorf("aws %s %s: %v", service, name, err)
			continue
		}
		same(t, c.key, out[outerKey(c.key)], without(data[c.key], append(newer[c.key], "SecurityGroupReferencingSupport")...))
		asked++
	}
	if asked < 8 {
		t.Errorf("only %d calls were asked", asked)
	}
}

// newer are the fields of a list that Debian's CLI is too old for.
var newer = map[string][]string{
	"ByoipCidrs":  {"NetworkBorderGroup", "AsnAssociations"},
	"RouteTables": {"PublicIpv4Pool"},
	"NatGateways": {"AvailabilityMode", "AutoProvisionZones", "AutoScalingIps", "RouteTableId", "AssociationId", "IsPrimary", "Status", "AvailabilityZone", "AvailabilityZoneId"},
}

// without is a recording without fields that Debian's CLI is too old for.
func without(items []any, fields ...string) []any {
	var drop func(v any) any
	drop = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			out := map[string]any{}
			for k, item := range v {
				if !slices.Contains(fields, k) {
					out[k] = drop(item)
				}
			}
			return out
		case []any:
			out := make([]any, len(v))
			for i := range v {
				out[i] = drop(v[i])
			}
			return out
		}
		return v
	}
	return drop(items).([]any)
}
