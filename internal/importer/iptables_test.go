package importer

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
)

// A rule that names a device says nothing on a host with one interface, and
// what is not known on one with two.
func TestIptablesOfAHostWithTwoInterfacesAreToldApart(t *testing.T) {
	rules := filepath.Join(t.TempDir(), "nat.rules")
	if err := os.WriteFile(rules, []byte("*nat\n-A POSTROUTING -o eth0 -j MASQUERADE\nCOMMIT\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	at := diag.Pos{File: "dump.json", Line: 1, Col: 1}
	for second, want := range map[bool]string{false: "true", true: "unknown"} {
		d := &doc.Document{}
		host := d.Entry("instances", "nat", at)
		host.Set("subnet", doc.Str("s", at)).Set("id", doc.Str("i-1", at))
		if second {
			d.Entry("network_interfaces", "eni-2", at).Set("instance", doc.Str("nat", at))
		}
		findings := applyIptables([]doc.Import{{Document: d}}, map[string]string{"i-1": rules})
		if got := host.Get("ip_forward"); got == nil || got.Text != want || len(findings) != 1 {
			t.Errorf("second interface %v: ip_forward %v, expected %s; %v", second, got, want, findings)
		}
	}
}
