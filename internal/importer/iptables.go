package importer

import (
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/iptables"
)

// applyIptables gives hosts of the imports the rules that iptables-save has
// printed of them: no API of AWS knows these.
func applyIptables(list []doc.Import, files map[string]string) []diag.Finding {
	var findings []diag.Finding
	fail := func(file, format string, args ...any) {
		findings = append(findings, diag.Finding{Pos: diag.Pos{File: file}, Severity: diag.Error, ID: "iptables-host", Message: fmt.Sprintf(format, args...)})
	}
	for _, host := range slices.Sorted(maps.Keys(files)) {
		file := files[host]
		text, err := os.ReadFile(file)
		if err != nil {
			fail(file, "the rules of %q cannot be read: %v", host, err)
			continue
		}
		var names []string
		found := false
		for _, m := range list {
			for _, d := range []*doc.Document{m.Document, m.Before} {
				if d == nil {
					continue
				}
				for _, e := range d.Section("instances").Entries {
					names = append(names, e.Name)
					if id := e.Get("id"); e.Name == host || id != nil && id.Text == host {
						found = true
						findings = append(findings, iptables.Apply(e, oneInterface(d, e), file, text)...)
					}
				}
			}
		}
		if !found {
			fail(file, "--iptables names %q, which is no instance of what is imported%s", host, diag.DidYouMean(host, names))
		}
	}
	return findings
}

// oneInterface reports whether a host has the interface of its shorthand and
// no other, so that it does not matter which one a rule names.
func oneInterface(d *doc.Document, host *doc.Entry) bool {
	n := 0
	if host.Get("subnet") != nil {
		n++
	}
	for _, e := range d.Section("network_interfaces").Entries {
		if v := e.Get("instance"); v != nil && v.Text == host.Name {
			n++
		}
	}
	return n == 1
}
