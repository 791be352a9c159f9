package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vpcpath/vpcpath/internal/importer"
)

// inputFlags are those that say more of sources which are not in the topology
// language.
func inputFlags(cmd *cobra.Command, o *importer.Options) {
	if o.Parameters == nil {
		o.Parameters, o.Iptables = map[string]string{}, map[string]string{}
	}
	f := cmd.Flags()
	f.Var(pairs{o.Parameters, "NAME=VALUE"}, "parameters", "the value of a CloudFormation parameter, as `NAME=VALUE`; may be given again")
	f.Var(pairs{o.Iptables, "INSTANCE=FILE"}, "iptables", "what iptables-save prints on a host that forwards, as `INSTANCE=FILE`; may be given again")
}

// pairs is a flag that may be given again, each time for another name.
type pairs struct {
	to   map[string]string
	form string
}

func (p pairs) String() string { return "" }
func (p pairs) Type() string   { return "string" }

func (p pairs) Set(s string) error {
	name, value, ok := strings.Cut(s, "=")
	if !ok || name == "" {
		return fmt.Errorf("%q is not of the form %s", s, p.form)
	}
	if old, twice := p.to[name]; twice && old != value {
		return fmt.Errorf("%q is given twice, as %q and as %q", name, old, value)
	}
	p.to[name] = value
	return nil
}
