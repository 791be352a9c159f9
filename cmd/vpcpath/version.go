package main

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "Print the version of the program",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			info, ok := debug.ReadBuildInfo()
			if !ok {
				info = &debug.BuildInfo{}
			}
			_, err := fmt.Fprintln(a.stdout, versionText(info))
			return a.answer(statusOK, err)
		},
	}
}

// versionText writes "vpcpath v1.2.0 (0123456789ab, go1.26.8, linux/amd64)".
// It has no time in it, so that equal sources say the same.
func versionText(info *debug.BuildInfo) string {
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	var parts []string
	if revision := set["vcs.revision"]; revision != "" {
		text := revision[:min(12, len(revision))]
		if set["vcs.modified"] == "true" {
			text += " with changes"
		}
		parts = append(parts, text)
	}
	if info.GoVersion != "" {
		parts = append(parts, info.GoVersion)
	}
	if set["GOOS"] != "" {
		parts = append(parts, set["GOOS"]+"/"+set["GOARCH"])
	}
	return fmt.Sprintf("vpcpath %s (%s)", cmp.Or(info.Main.Version, "unknown"), strings.Join(parts, ", "))
}

// programVersion is the version alone, "" where the build does not know it.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "(devel)" {
		return ""
	}
	return info.Main.Version
}
