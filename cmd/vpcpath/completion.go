package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vpcpath/vpcpath/internal/model"
)

// must is for what can fail only by a mistake in this package: completing a
// flag that does not exist. Every command line would show it.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// complete completes a flag from a fixed list; with none it keeps the shell
// from offering files.
func complete(cmd *cobra.Command, flag string, values ...string) {
	must(cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		return withPrefix(values, prefix), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}))
}

// completeFiles completes a flag with topology files.
func completeFiles(cmd *cobra.Command, flag string) {
	must(cmd.RegisterFlagCompletionFunc(flag, completeTopology))
}

func completeTopology(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml", "json"}, cobra.ShellCompDirectiveFilterFileExt
}

// completeEndpoints completes flags with the names of the topology that the
// command line names so far. Whatever is wrong with it, there is then just
// nothing to offer.
func (a *app) completeEndpoints(cmd *cobra.Command, flags ...string) {
	for _, flag := range flags {
		must(cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			return withPrefix(a.endpointNames(args), prefix), cobra.ShellCompDirectiveNoFileComp
		}))
	}
}

func (a *app) endpointNames(args []string) []string {
	paths, err := topologyPaths(args)
	if err != nil || slices.Contains(paths, "-") {
		return []string{"internet", "internet6"}
	}
	t, _ := a.loadTopology(paths)
	if t == nil {
		return nil
	}
	var names []string
	for _, name := range t.EndpointNames() {
		r, ok := t.Names[name]
		if i, is := r.(*model.Interface); is && i.Implicit {
			continue // its instance is offered
		}
		if ok {
			name += "\t" + r.ID().Kind.Words()
		}
		names = append(names, name)
	}
	return names
}

func withPrefix(list []string, prefix string) []string {
	var out []string
	for _, s := range list {
		if strings.HasPrefix(s, prefix) {
			out = append(out, s)
		}
	}
	return out
}
