package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/vpcpath/vpcpath/internal/diag"
)

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "vpcpath",
		Short: "Can A reach B on port P in this AWS network, there and back?",
		Long: `vpcpath answers, offline and exactly, whether A can reach B on port P in an
AWS network that is written down as YAML: every security group, network ACL,
route, NAT and gateway on the way there and on the way back, and every reason
where it cannot.

Exit status: 0 reachable or all expectations hold, 1 not, 2 bad input or
usage, or output that cannot be written, 3 something that is not modelled
decides. A reader that stops early, as head does, changes none of it.

Settings: flags, else VPCPATH_* in the environment (VPCPATH_OUTPUT=json), else
.vpcpath.yaml in the working directory or the user's configuration directory.`,
		Example: `  vpcpath example openvpn > net.yaml
  vpcpath explain net.yaml --from app-1 --to app-2 --port tcp/5432
  vpcpath check net.yaml`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.configure(cmd); err != nil {
				return err
			}
			return a.checkOutputs(cmd)
		},
	}
	f := root.PersistentFlags()
	a.settings = settings{color: "auto"}
	f.VarP(&a.settings.output, "output", "o", "output `format`: table (default) or json; of check also sarif, junit, github, checkstyle, and FORMAT=FILE, several at once")
	f.Var(&choice{&a.settings.color, []string{"auto", "always", "never"}, "colour mode"}, "color", "colour `when`: auto, always, never")
	f.Var((*columns)(&a.settings.width), "width", "`columns` to fit text in (default: the terminal's up to 120, else 80)")
	root.SetFlagErrorFunc(flagError)
	complete(root, "output", reportFormats...)
	complete(root, "color", "auto", "always", "never")
	complete(root, "width")
	root.AddCommand(newCheck(a), newExplain(a), newCodes(a), newRules(a), newSchema(a), newExample(a), newVersion(a), newImport(a))
	return root
}

// flagError adds the nearest flag to the message about an unknown one.
func flagError(cmd *cobra.Command, err error) error {
	name, ok := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !ok {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := diag.Nearest(name, names); near != "" {
		return fmt.Errorf("%w; did you mean --%s?", err, near)
	}
	return err
}

// choice is a flag with a fixed list of values.
type choice struct {
	value   *string
	allowed []string
	noun    string
}

func (c *choice) String() string { return *c.value }
func (c *choice) Type() string   { return "string" }

func (c *choice) Set(s string) error {
	for _, a := range c.allowed {
		if s == a {
			*c.value = s
			return nil
		}
	}
	return fmt.Errorf("no %s is called %q; expected %s%s", c.noun, s, alternatives(c.allowed), diag.DidYouMean(s, c.allowed))
}

// alternatives writes "a, b or c".
func alternatives(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	n := len(list) - 1
	return strings.Join(list[:n], ", ") + " or " + list[n]
}

// columns is a flag with a width; 0 leaves it to the terminal.
type columns int

func (c *columns) String() string { return strconv.Itoa(int(*c)) }
func (c *columns) Type() string   { return "int" }

func (c *columns) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 10000 {
		return fmt.Errorf("%q is no width; expected a number of columns from 0 (the terminal's) to 10000", s)
	}
	*c = columns(n)
	return nil
}
